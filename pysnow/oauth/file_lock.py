"""A lock that threads and processes share by the name of a file; what dies with it held lets go of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pysnow.exceptions import InvalidUsage, TokenRefreshError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["file_lock"]

_POLL_SECONDS: Final = 0.02
"""How often a lock is asked for: what it guards takes at least one request to the instance."""


@contextmanager
def file_lock(
    path: Path,
    timeout_seconds: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[None]:
    """Hold a lock until the block ends.

    The file stays behind, empty: to remove it would take the lock away from those who have it open.

    Args:
        path: The file; made when it is not there, for its owner alone.
        timeout_seconds: How long to wait for it.
        clock: Gives seconds.
        sleep: Waits for seconds.

    Raises:
        InvalidUsage: The file cannot be made or opened.
        TokenRefreshError: Another thread or process did not let go of it in time.
    """
    descriptor = _opened(path)
    try:
        _wait(descriptor, path, clock() + timeout_seconds, clock, sleep)
        try:
            yield
        finally:
            # Said in words: a process forked meanwhile has the file open, too, and closing it here would not do.
            with suppress(OSError):
                _release(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    except OSError as exc:
        raise InvalidUsage(
            f"The lock file {path} cannot be opened ({exc.strerror}): name a folder of your own"
        ) from exc


def _wait(
    descriptor: int, path: Path, until: float, clock: Callable[[], float], sleep: Callable[[float], object]
) -> None:
    while not _acquire(descriptor):
        if clock() >= until:
            raise TokenRefreshError("The token store is locked", f"another process does not let go of {path}")
        sleep(_POLL_SECONDS)


if sys.platform == "win32":

    def _acquire(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:

    def _acquire(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
