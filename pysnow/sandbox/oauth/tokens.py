"""Tokens of OAuth: how they are given out, used, exchanged and ended.

The running-token rule ("OAuth API request parameters", vendor docs): while an access token lives, a further request of
the same client for the same user returns that token again, with less time left. Refreshing makes a new access token and
keeps the refresh token, whose life is not extended, unless the application rotates its refresh tokens.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from pysnow.sandbox.instance.platform import Platform
from pysnow.sandbox.oauth.applications import Application
from pysnow.sandbox.oauth.credentials import Credential, Credentials, Kind

_TOKEN_BYTES = 64  # 86 characters, as the opaque tokens of an instance


def new_secret_text() -> str:
    """Make up a token."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a caller holds after a token request.

    Attributes:
        access: The access token.
        refresh: The refresh token; None where the grant has none.
        expires_in_seconds: Rest of the access token's life; 1799 for a fresh one, as recorded.
    """

    access: Credential
    refresh: Credential | None
    expires_in_seconds: int


class TokenBook:
    """All tokens of an instance, on the instance's clock; threads may share it.

    They are rows of ``oauth_credential``: a sandbox on a file knows them again after a restart.

    Args:
        platform: The instance's store and clock.
        new_token: Source of token texts.
    """

    def __init__(self, platform: Platform, new_token: Callable[[], str] = new_secret_text) -> None:
        self._platform = platform
        self._credentials = Credentials(platform)
        self._new_token = new_token

    def user_of(self, access_token: str) -> str | None:
        """Give the user name a living access token stands for."""
        token = self._credentials.find(Kind.ACCESS, access_token)
        return token.user_name if token else None

    def grant(self, application: Application, user: str, *, is_refreshable: bool = True) -> Grant:
        """Give the running tokens of an application and user, or new ones where none run.

        Args:
            application: Who asks.
            user: Key of the user in ``sys_user``.
            is_refreshable: Whether a refresh token belongs to the answer.
        """
        with self._platform.store.transaction():
            self._drop_dead(application, user)
            refresh = self._running(Kind.REFRESH, application, user) if is_refreshable else None
            if refresh is None and is_refreshable:
                refresh = self._issue(Kind.REFRESH, application, user)
            access = self._running(Kind.ACCESS, application, user) or self._issue(Kind.ACCESS, application, user)
            return self._granted(access, refresh)

    def refresh_user(self, application: Application, refresh_token: str) -> str | None:
        """Give the key of the user a living refresh token of an application stands for."""
        token = self._refresh_token(application, refresh_token)
        return token.user if token else None

    def refreshed(self, application: Application, refresh_token: str) -> Grant | None:
        """Exchange a refresh token for a new access token; None when it is not this application's, or dead."""
        with self._platform.store.transaction():
            refresh = self._refresh_token(application, refresh_token)
            if refresh is None:
                return None
            self._drop_dead(application, refresh.user)
            if application.rotates:
                refresh = self._rotated(application, refresh)
            return self._granted(self._issue(Kind.ACCESS, application, refresh.user), refresh)

    def revoke(self, token: str) -> None:
        """End one token; with a refresh token the access tokens of its client and user end too (our default)."""
        with self._platform.store.transaction():
            refresh = self._credentials.find(Kind.REFRESH, token)
            if refresh is not None:
                self._remove(Kind.ACCESS, refresh.application, refresh.user)
            if refresh is not None or self._credentials.find(Kind.ACCESS, token) is not None:
                self._credentials.remove(token)

    def rotate(self, refresh_token: str) -> str | None:
        """Give a living refresh token another text, whatever its application does; None when it is dead."""
        with self._platform.store.transaction():
            token = self._credentials.find(Kind.REFRESH, refresh_token)
            if token is None:
                return None
            rotated = replace(token, text=self._new_token())
            self._credentials.remove(token.text)
            self._credentials.add(rotated)
            return rotated.text

    def expire_refresh(self) -> None:
        """End all refresh tokens now; access tokens live on."""
        self._credentials.remove_all(Kind.REFRESH)

    def expire_access(self) -> None:
        """End all access tokens now; refresh tokens live on."""
        self._credentials.remove_all(Kind.ACCESS)

    def expire_all(self) -> None:
        """End all tokens now."""
        self._credentials.remove_all(Kind.ACCESS, Kind.REFRESH)

    def _refresh_token(self, application: Application, text: str) -> Credential | None:
        token = self._credentials.find(Kind.REFRESH, text)
        return token if token and token.application == application.sys_id else None

    def _rotated(self, application: Application, refresh: Credential) -> Credential:
        """Replace a refresh token by another that ends when it would have ended (our default)."""
        self._credentials.remove(refresh.text)
        return self._issue(Kind.REFRESH, application, refresh.user, life=refresh.ends - self._platform.clock())

    def _granted(self, access: Credential, refresh: Credential | None) -> Grant:
        seconds_left = (access.ends - self._platform.clock()).total_seconds()
        return Grant(access, refresh, max(math.ceil(seconds_left) - 1, 0))

    def _issue(self, kind: Kind, application: Application, user: str, *, life: timedelta | None = None) -> Credential:
        """Make a new token, which is the running one from now on."""
        for earlier in self._credentials.of(application.sys_id, user):
            if earlier.kind is kind and earlier.is_running:
                self._credentials.retire(earlier)
        if life is None:
            life = application.access_life if kind is Kind.ACCESS else application.refresh_life
        ends = self._platform.clock() + life
        token = Credential(kind, self._new_token(), application.sys_id, user, ends, is_running=True)
        self._credentials.add(token)
        return token

    def _running(self, kind: Kind, application: Application, user: str) -> Credential | None:
        found = self._credentials.of(application.sys_id, user)
        return next((token for token in found if token.kind is kind and token.is_running), None)

    def _drop_dead(self, application: Application, user: str) -> None:
        for token in self._credentials.of(application.sys_id, user):
            if not self._credentials.is_living(token):
                self._credentials.remove(token.text)

    def _remove(self, kind: Kind, application: str, user: str) -> None:
        for token in self._credentials.of(application, user):
            if token.kind is kind:
                self._credentials.remove(token.text)
