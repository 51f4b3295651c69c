"""Where an OAuth token is kept between calls: in memory or in the keyring; ``token_file`` keeps it in a file.

A store is what clients, threads and processes share: who refreshes a token holds its lock, looks into it first, and
takes what another one has put there meanwhile.
"""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage
from pysnow.fork import renew_after_fork

__all__ = ["KeyringTokenStore", "MemoryTokenStore", "Token", "TokenStore", "read_token", "written_token"]

Token: TypeAlias = dict[str, Any]
"""A token as the endpoint gives it: ``access_token``, ``refresh_token``, ``expires_at`` ..., ready for a JSON file."""


class TokenStore(Protocol):
    """Keeps one token. Threads share it; processes, as far as it says so.

    :class:`MemoryTokenStore`, :class:`~pysnow.oauth.token_file.FileTokenStore` and :class:`KeyringTokenStore` are such;
    any object with these three methods is.
    """

    def load(self) -> Token | None:
        """Give the token; None when there is none."""

    def save(self, token: Token | None) -> None:
        """Keep a token instead of the one before; None forgets it. Called with the lock held."""

    def lock(self) -> AbstractContextManager[object]:
        """Hold off everybody else who would refresh the token, until the block ends."""


class MemoryTokenStore:
    """Keeps a token for as long as the process lives; clients that are given the same store share it."""

    def __init__(self) -> None:
        self._kept: Secret[str] | None = None
        self.part_from_parent()
        renew_after_fork(self)

    def load(self) -> Token | None:
        """Give the token; None when there is none."""
        return read_token(self._kept.reveal()) if self._kept else None

    def save(self, token: Token | None) -> None:
        """Keep a token; None forgets it."""
        self._kept = Secret(written_token(token)) if token else None

    def lock(self) -> AbstractContextManager[object]:
        """Hold off the other threads; the one that holds it may take it again."""
        return self._lock

    def part_from_parent(self) -> None:
        """In a forked process: have a lock that no thread of the parent holds."""
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"MemoryTokenStore({'with' if self._kept else 'without'} a token)"


class KeyringTokenStore:
    """Keeps a token in the operating system's keyring (package ``keyring``, extra ``keyring``).

    Its lock holds off the threads of this process. Where several processes use it, each may refresh the token; that is
    fine unless the instance rotates refresh tokens: use a :class:`~pysnow.oauth.token_file.FileTokenStore` then.

    Args:
        service: Name of the service in the keyring.
        name: Name of the entry, such as the instance's.

    Raises:
        InvalidUsage: A name is empty, or the package is not installed.
    """

    def __init__(self, service: str, name: str) -> None:
        names: tuple[object, ...] = (service, name)
        if not all(isinstance(text, str) and text for text in names):
            raise InvalidUsage("A keyring entry needs the name of a service and one of its own, both texts")
        self._keyring = _keyring()
        self.service = service
        self.name = name
        self.part_from_parent()
        renew_after_fork(self)

    def load(self) -> Token | None:
        """Give the token; None when there is none.

        Raises:
            InvalidUsage: The entry holds something else, or the keyring does not work.
        """
        kept = Secret(self._done(lambda: self._keyring.get_password(self.service, self.name)))
        if not kept.reveal():
            return None
        token = Secret(read_token(kept.reveal()))
        if token.reveal() is None:
            raise InvalidUsage(f"The keyring entry {self.service}/{self.name} holds no token: choose another name")
        return token.reveal()

    def save(self, token: Token | None) -> None:
        """Keep a token; None removes the entry.

        Raises:
            InvalidUsage: The keyring does not work.
        """
        text, token = Secret(written_token(token) if token else None), None
        if text.reveal() is not None:
            self._done(lambda: self._keyring.set_password(self.service, self.name, text.reveal()))
        elif self._done(lambda: self._keyring.get_password(self.service, self.name)) is not None:
            self._done(lambda: self._keyring.delete_password(self.service, self.name))

    def lock(self) -> AbstractContextManager[object]:
        """Hold off the other threads of this process; the one that holds it may take it again."""
        return self._lock

    def part_from_parent(self) -> None:
        """In a forked process: have a lock that no thread of the parent holds."""
        self._lock = threading.RLock()

    def _done(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except Exception as exc:  # backends raise what their systems raise
            why = type(exc).__name__
        # Not from that error: its frames hold the token.
        raise InvalidUsage(f"The keyring does not work here ({why}): unlock it, or use a FileTokenStore")

    def __repr__(self) -> str:
        return f"KeyringTokenStore({self.service!r}, {self.name!r})"


def read_token(text: str) -> Token | None:
    """The token that a text holds as JSON; None when it is none."""
    try:
        token = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return token if isinstance(token, dict) and isinstance(token.get("access_token"), str) else None


def written_token(token: Token) -> str:
    """A token as JSON; what JSON cannot say goes as its text."""
    return json.dumps(token, default=str)


def _keyring() -> Any:
    try:
        return importlib.import_module("keyring")
    except ModuleNotFoundError as exc:
        if exc.name != "keyring":
            raise
        raise InvalidUsage("A token in the keyring needs the package keyring: pip install 'pysnow[keyring]'") from None
