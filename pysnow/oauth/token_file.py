"""A token in a file of its own: readable by its owner alone, never half-written, shared by processes.

Invariants: the file is replaced in one step, so that whoever reads it finds a whole token, and whoever is killed while
writing leaves the old one; neither it nor its lock is ever reached through a symbolic link.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage
from pysnow.oauth.file_lock import file_lock
from pysnow.oauth.token_store import Token, read_token, written_token

__all__ = ["FileTokenStore"]

LOCK_TIMEOUT_SECONDS: Final = 45.0
"""Longest wait for the refresh of another process, whose token call may take 30 seconds."""

_LONGEST_BYTES: Final = 65_536
_OTHERS = 0o077
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class FileTokenStore:
    """Keeps a token in a file, as JSON. Threads and processes of one machine may share it.

    Beside the file stands its lock, ``<name>.lock``.

    Args:
        path: The file; made when the first token is saved. Its folder must exist.
        lock_timeout: Seconds to wait for the lock; another process may be refreshing.
        clock: Gives seconds.
        sleep: Waits for seconds.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        lock_timeout: float = LOCK_TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        # Made absolute here: the working directory may change.
        self.path = Path(os.path.abspath(path))
        self._lock_timeout = lock_timeout
        self._clock = clock
        self._sleep = sleep
        self._held = threading.local()

    def load(self) -> Token | None:
        """Give the token; None when there is no file.

        Raises:
            InvalidUsage: The file can be read by others than its owner, is a symbolic link, or holds something else.
        """
        text = Secret(self._read())
        if not text.reveal().strip():
            return None
        token = Secret(read_token(text.reveal()))
        if token.reveal() is None:
            raise InvalidUsage(f"{self.path} holds no token: name another file, or remove it and sign in anew")
        return token.reveal()

    def save(self, token: Token | None) -> None:
        """Put a token in the place of the one before, for its owner alone; None removes the file.

        Raises:
            InvalidUsage: The file cannot be written, or a symbolic link stands in its place.
        """
        text, token = Secret(written_token(token) if token else ""), None
        with self.lock():
            try:
                self._refuse_link()
                if text.reveal():
                    self._replace(text)
                else:
                    self.path.unlink(missing_ok=True)
            except OSError as exc:
                raise InvalidUsage(f"The token cannot be written to {self.path} ({exc.strerror})") from exc

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold off all other threads and processes that use the file; the thread that holds it may take it again.

        Raises:
            InvalidUsage: The lock file cannot be made.
            TokenRefreshError: Another process holds it for longer than ``lock_timeout``.
        """
        if getattr(self._held, "process", None) == os.getpid():
            yield
            return
        path = self.path.with_name(f"{self.path.name}.lock")
        with file_lock(path, self._lock_timeout, clock=self._clock, sleep=self._sleep):
            self._held.process = os.getpid()
            try:
                yield
            finally:
                self._held.process = None

    def __repr__(self) -> str:
        return f"FileTokenStore({str(self.path)!r})"

    def _read(self) -> str:
        self._refuse_link()
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _SAFELY)
        except FileNotFoundError:
            return ""
        except OSError as exc:
            raise self._unsafe("is a symbolic link" if exc.errno == errno.ELOOP else str(exc.strerror)) from exc
        try:
            self._refuse_shared(os.fstat(descriptor))
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(_LONGEST_BYTES).decode("utf-8", "replace")
        finally:
            os.close(descriptor)

    def _replace(self, text: Secret[str]) -> None:
        # Its name is fixed: what a killed process left behind is found and goes; the lock keeps the living apart.
        fresh = self.path.with_name(f".{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o600)
        try:
            with open(descriptor, "wb") as file:
                if sys.platform != "win32":
                    os.fchmod(descriptor, 0o600)  # the umask may have taken a right away from the owner
                file.write(text.reveal().encode())
                file.flush()
                os.fsync(descriptor)
            os.replace(fresh, self.path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        self._settle_folder()

    def _settle_folder(self) -> None:
        """Write the folder's entry to the disk, where a folder can be opened."""
        with suppress(OSError):
            descriptor = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _refuse_link(self) -> None:
        if self.path.is_symlink():
            raise self._unsafe("is a symbolic link")

    def _refuse_shared(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise self._unsafe("is no regular file")
        if sys.platform == "win32":
            return
        if status.st_mode & _OTHERS:
            raise self._unsafe(f"may be read or written by others: chmod 600 {self.path}")
        if status.st_uid != os.geteuid():
            raise self._unsafe("belongs to another user")

    def _unsafe(self, why: str) -> InvalidUsage:
        return InvalidUsage(f"{self.path} is not used for tokens: it {why}")
