"""An OAuth token in use: checked when it is set, refreshed once however many threads find it expired."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage, MissingToken

__all__ = ["Token", "TokenKeeper", "checked_token"]

_LOG = logging.getLogger(__name__)

Token: TypeAlias = dict[str, Any]
"""A token as the endpoint gives it: ``access_token``, ``refresh_token``, ``expires_at`` ..., ready for a JSON file."""

_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)
_KEYS = ("token_type", "refresh_token", "access_token", "scope", "expires_in", "expires_at")
_EARLY_SECONDS = 10
"""How long before its end a token counts as expired: it must still be valid when the request arrives."""


def checked_token(token: Any) -> Token:
    """The parts of a token that are used.

    Args:
        token: A dict with ``access_token`` and, as far as there are, ``refresh_token``, ``token_type``, ``scope``,
            ``expires_in`` (seconds) and ``expires_at`` (seconds since 1970).

    Raises:
        InvalidUsage: It is no dict, or holds no access token.
    """
    if not isinstance(token, dict):
        raise InvalidUsage(f"A token must be a dict as generate_token() returns it, not {type(token).__name__}")
    if not isinstance(token.get("access_token"), str) or not _PRINTABLE.fullmatch(token["access_token"]):
        raise InvalidUsage(
            "A token must hold an 'access_token' without blanks or line breaks: pass what generate_token() returned"
        )
    return {key: token[key] for key in _KEYS if key in token}


class TokenKeeper:
    """Holds the token of a client. Threads may share it.

    Args:
        refresh: Obtains a new token for a refresh token.
        on_refresh: Called with the new token afterwards, with no lock held.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        refresh: Callable[[str], Token],
        on_refresh: Callable[[Token], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._refresh = refresh
        self._on_refresh = on_refresh
        self._clock = clock
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._held: Secret[Token] | None = None

    def __repr__(self) -> str:
        return f"TokenKeeper({'with' if self._held else 'without'} a token)"

    @property
    def token(self) -> Token | None:
        """The token in use, or None."""
        return dict(self._held.reveal()) if self._held else None

    @token.setter
    def token(self, token: Token | None) -> None:
        with self._lock_of_this_process():
            self._held = Secret(checked_token(token)) if token else None

    def access_token(self) -> str:
        """The access token to send now; refreshes an expired one first.

        Raises:
            MissingToken: No token is set.
            TokenRefreshError: It has expired, and the refresh token is no longer accepted.
        """
        # Tokens stay in their holders here: error reporters collect the variables of a traceback.
        held = self._held
        if held is None:
            raise MissingToken("No token is set: call set_token() with what generate_token() returned")
        return self._renewed(Secret(_access(held))) if self._is_expired(held) else _access(held)

    def renew(self, refused: str) -> str:
        """Replace an access token that has expired or was refused.

        The first thread that comes makes the request; the others wait and take its result.

        Args:
            refused: The access token to replace.

        Returns:
            Another access token, or the same one when there is nothing to refresh it with.
        """
        holder, refused = Secret(refused), ""
        return self._renewed(holder)

    def _renewed(self, refused: Secret[str]) -> str:
        with self._lock_of_this_process():
            held = self._held
            if held is None:
                return refused.reveal()
            if _access(held) != refused.reveal() or not held.reveal().get("refresh_token"):
                return _access(held)
            # An instance may leave out what does not change, such as the refresh token.
            answer = checked_token(self._refresh(str(held.reveal()["refresh_token"])))
            fresh = self._held = Secret({**held.reveal(), **answer})
        self._announce(dict(fresh.reveal()))
        return _access(fresh)

    def _lock_of_this_process(self) -> threading.Lock:
        """The lock; another one after a fork, which may have copied it locked."""
        if self._process != os.getpid():
            self._lock, self._process = threading.Lock(), os.getpid()
        return self._lock

    def _is_expired(self, held: Secret[Token]) -> bool:
        if not held.reveal().get("refresh_token"):
            return False  # the instance decides; there is nothing to be done before
        try:
            return float(held.reveal()["expires_at"]) - _EARLY_SECONDS <= self._clock()
        except (KeyError, TypeError, ValueError):
            return False

    def _announce(self, token: Token) -> None:
        try:
            self._on_refresh(token)
        except Exception:  # the caller's own code; the token is valid all the same
            _LOG.exception("token_updater failed; the refreshed token is used, but was not stored")


def _access(held: Secret[Token]) -> str:
    return str(held.reveal()["access_token"])
