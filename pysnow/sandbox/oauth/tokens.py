"""State of OAuth: registered clients, and the tokens given out.

The running-token rule ("OAuth API request parameters", vendor docs): while an access token lives, a further request of
the same client for the same user returns that token again, with less time left. Refreshing makes a new access token and
keeps the refresh token, whose life is not extended.
"""

from __future__ import annotations

import hmac
import math
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

ACCESS_LIFE = timedelta(seconds=1800)
REFRESH_LIFE = timedelta(seconds=8_640_000)

_TOKEN_BYTES = 64  # 86 characters, as the opaque tokens of an instance


@dataclass(frozen=True, slots=True)
class Token:
    """One access or refresh token.

    Attributes:
        text: What callers send.
        client_id: The OAuth client it was given to.
        user_name: The user it stands for.
        ends: When it expires.
    """

    text: str
    client_id: str
    user_name: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What a caller holds after a token request.

    Attributes:
        access: The access token.
        refresh: The refresh token.
        expires_in_seconds: Rest of the access token's life; 1799 for a fresh one, as recorded.
    """

    access: Token
    refresh: Token
    expires_in_seconds: int


class TokenBook:
    """All tokens of an instance, on the instance's clock; threads may share it.

    Args:
        now: The clock.
        clients: Registered clients: secrets by client id.
        new_token: Source of token texts.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        clients: dict[str, str],
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(_TOKEN_BYTES),
    ) -> None:
        self._now = now
        self._clients = dict(clients)
        self._new_token = new_token
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}
        self._lock = threading.RLock()

    def knows_client(self, client_id: str, client_secret: str) -> bool:
        """Say whether a client is registered with this secret."""
        known = self._clients.get(client_id)
        return known is not None and hmac.compare_digest(known.encode(), client_secret.encode())

    def user_of(self, access_token: str) -> str | None:
        """Give the user name a living access token stands for."""
        with self._lock:
            token = self._living(self._access, access_token)
        return token.user_name if token else None

    def grant(self, client_id: str, user_name: str) -> Grant:
        """Give the running tokens of a client and user, or new ones where none run."""
        with self._lock:
            refresh = self._running(self._refresh, client_id, user_name)
            if refresh is None:
                refresh = self._issue(self._refresh, client_id, user_name, REFRESH_LIFE)
            access = self._running(self._access, client_id, user_name)
            if access is None:
                access = self._issue(self._access, client_id, user_name, ACCESS_LIFE)
            return self._granted(access, refresh)

    def refresh_user(self, client_id: str, refresh_token: str) -> str | None:
        """Give the user name a client's living refresh token stands for."""
        with self._lock:
            token = self._living(self._refresh, refresh_token)
        return token.user_name if token and token.client_id == client_id else None

    def refreshed(self, client_id: str, refresh_token: str) -> Grant | None:
        """Exchange a refresh token for a new access token; None when it is not this client's, or dead."""
        with self._lock:
            refresh = self._living(self._refresh, refresh_token)
            if refresh is None or refresh.client_id != client_id:
                return None
            access = self._issue(self._access, client_id, refresh.user_name, ACCESS_LIFE)
            return self._granted(access, refresh)

    def revoke(self, token: str) -> None:
        """End one token; with a refresh token the access tokens of its client and user end too (our default)."""
        with self._lock:
            self._access.pop(token, None)
            refresh = self._refresh.pop(token, None)
            if refresh is not None:
                self._access = {
                    text: access
                    for text, access in self._access.items()
                    if (access.client_id, access.user_name) != (refresh.client_id, refresh.user_name)
                }

    def expire_access(self) -> None:
        """End all access tokens now; refresh tokens live on."""
        with self._lock:
            self._access.clear()

    def expire_all(self) -> None:
        """End all tokens now."""
        with self._lock:
            self._access.clear()
            self._refresh.clear()

    def _granted(self, access: Token, refresh: Token) -> Grant:
        seconds_left = (access.ends - self._now()).total_seconds()
        return Grant(access, refresh, max(math.ceil(seconds_left) - 1, 0))

    def _issue(self, book: dict[str, Token], client_id: str, user_name: str, life: timedelta) -> Token:
        token = Token(self._new_token(), client_id, user_name, self._now() + life)
        book[token.text] = token
        return token

    def _living(self, book: dict[str, Token], text: str) -> Token | None:
        token = book.get(text)
        if token is not None and token.ends <= self._now():
            del book[text]
            return None
        return token

    def _running(self, book: dict[str, Token], client_id: str, user_name: str) -> Token | None:
        """Find the newest living token of a client and user."""
        theirs = [text for text, token in book.items() if (token.client_id, token.user_name) == (client_id, user_name)]
        living = [token for text in theirs if (token := self._living(book, text))]
        return living[-1] if living else None
