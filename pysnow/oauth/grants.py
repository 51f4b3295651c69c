"""Signing in with OAuth: what to hand to ``Client(auth=...)``, one class for each grant.

Each keeps its token in a store, fetches it when it is first needed, renews it a little before its end or when the
instance refuses it, and is shared by all threads of its client: they fetch one token between them.
"""

from __future__ import annotations

import difflib
import inspect
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, cast

from pysnow.auth import BearerAuth, Secret
from pysnow.exceptions import InvalidUsage, ReauthRequired
from pysnow.oauth.held_token import Clocks
from pysnow.oauth.oauth_token import TokenKeeper
from pysnow.oauth.token_endpoint import TokenEndpoint, form_of
from pysnow.oauth.token_store import MemoryTokenStore, Token, TokenStore
from pysnow.wire.call import deadline_of_caller

if TYPE_CHECKING:
    from pysnow.wire.transport import Transport

__all__ = ["ClientCredentials", "OAuthGrant", "PasswordGrant", "RefreshToken", "kept_secret", "named"]


@dataclass(frozen=True, slots=True)
class _Bond:
    """What belongs to the instance that a grant is bound to."""

    base_url: str
    endpoint: TokenEndpoint
    keeper: TokenKeeper


class OAuthGrant(BearerAuth):
    """What all grants have in common. The client that one is handed to binds it to its instance.

    Several clients of one instance may share one; for another instance, make another.

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret; None for a public application.
        store: Where the token is kept; in memory when not given.
        on_update: Called with each new token (a dict), after it was stored; its errors are logged, and warned of.

    Raises:
        InvalidUsage: The id is missing, or an argument is of another kind.
    """

    obtains: ClassVar[bool] = True
    """Whether it fetches a token by itself; otherwise somebody has to sign in."""

    _missing: ClassVar[str] = "There is no token, and no way to one"

    def __new__(cls, *arguments: object, **named: object) -> Self:
        """Refuse arguments that do not exist, before Python does so without naming the right one."""
        names = list(named)
        del arguments, named  # error reporters collect the variables of a traceback
        _refuse_unknown(names, cls)
        return super().__new__(cls)

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret[str] | None = None,
        *,
        store: TokenStore | None = None,
        on_update: Callable[[Token], object] | None = None,
    ) -> None:
        kept, client_secret = Secret(client_secret), None  # error reporters collect the variables of a traceback
        super().__init__(lambda: self._bound().keeper.access_token(), lambda old: self._bound().keeper.renew(old))
        self.client_id = named("client_id", client_id)
        self._client_secret = None if kept.reveal() is None else kept_secret("client_secret", kept)
        self._store: TokenStore = MemoryTokenStore() if store is None else _checked_store(store)
        self._on_update = on_update
        self._bond: _Bond | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(client_id={self.__dict__.get('client_id')!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("An auth object holds credentials and is not pickled: make it anew in the other process.")

    @property
    def identity(self) -> Mapping[str, str]:
        """Whom it signs in, and how: ``client_id``, ``grant`` and ``user``, those of them that it can tell.

        They are stored with the token; a token that says something else is not used.
        """
        return {"client_id": self.client_id}

    def bind(self, transport: Transport) -> Self:
        """Belong to an instance. The client that is made with this object calls it.

        Args:
            transport: Sends to the instance, without credentials of its own.

        Raises:
            InvalidUsage: It belongs to another instance already: its token must not be sent to this one.
        """
        base_url = transport.base_url
        if self._bond is None:
            endpoint = TokenEndpoint(transport)
            self._bond = _Bond(base_url, endpoint, self._new_keeper(base_url, endpoint))
        if self._bond.base_url != base_url:
            raise InvalidUsage(f"{self!r} belongs to {self._bond.base_url}: make another one for {base_url}")
        return self

    @property
    def token(self) -> Token | None:
        """The token in use as a plain dict, or None. Assign one to use it; None forgets it."""
        return self._bound().keeper.token

    @token.setter
    def token(self, token: Token | None) -> None:
        held, token = Secret(token), None  # error reporters collect the variables of a traceback
        self._bound().keeper.token = held.reveal()

    def obtain(self) -> Token:
        """Ask the instance for a token; the client does so when it needs one.

        Raises:
            TokenCreateError: The instance gave none.
            TransportError: It did not answer.
        """
        raise ReauthRequired("Error creating user token", "only a person can, by signing in")

    def refresh(self, refresh_token: Secret[str]) -> Token:
        """Ask the instance for a token in exchange for a refresh token; the client does so when it needs one.

        Args:
            refresh_token: The refresh token.

        Raises:
            ReauthRequired: The instance refused it.
            TokenRefreshError: It gave no token for another reason.
            TransportError: It did not answer.
        """
        form = self._form(grant_type="refresh_token", refresh_token=refresh_token.reveal())
        return self._bound().endpoint.refreshed(form)

    def sign_in(self) -> None:
        """Fetch a token now, and use it, in the place of one that is held.

        Raises:
            TokenCreateError: The instance gave none, or only a person can sign in.
            TransportError: It did not answer.
        """
        self._bound().keeper.adopt(self.obtain())

    def revoke(self) -> None:
        """End the token on the instance and forget it; where there is a refresh token, that one.

        Other programs that signed in as the same user through the same application may hold the same token, because
        the platform gives a running one again. Nothing else in the library ends a token.

        Raises:
            TokenCreateError: The instance did not confirm; the token is still held.
            TransportError: It did not answer.
        """
        keeper = self._bound().keeper
        held = Secret(keeper.token or {})
        if held.reveal():
            text = held.reveal().get("refresh_token") or held.reveal()["access_token"]
            form, text = form_of(token=str(text)), ""
            self._bound().endpoint.revoke(form)
            keeper.token = None

    def _form(self, **members: str | None) -> Secret[str]:
        """The form of a grant, with the application's id and secret in it, as the OAuth documentation has it."""
        secret = self._client_secret
        return form_of(client_id=self.client_id, client_secret=secret.reveal() if secret else None, **members)

    def _bound(self) -> _Bond:
        if self._bond is None:
            raise InvalidUsage(f"{self!r} belongs to no instance yet: hand it to Client(instance=..., auth=...)")
        return self._bond

    def _new_keeper(self, base_url: str, endpoint: TokenEndpoint, **more: Any) -> TokenKeeper:
        return TokenKeeper(
            self,
            store=self._store,
            on_update=self._on_update,
            instance=base_url,
            missing=self._missing,
            clocks=Clocks(endpoint.clockwork, lambda: endpoint.skew),
            patience=_patience,
            **more,
        )


class PasswordGrant(OAuthGrant):
    """Signs in with a user's name and password (``grant_type=password``).

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret.
        user: User name.
        password: Password.
        store: Where the token is kept; in memory when not given.
        on_update: Called with each new token (a dict), after it was stored; its errors are logged, and warned of.

    Raises:
        InvalidUsage: Something is missing, or of another kind.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret[str],
        user: str,
        password: str | Secret[str],
        *,
        store: TokenStore | None = None,
        on_update: Callable[[Token], object] | None = None,
    ) -> None:
        own, theirs = Secret(client_secret), Secret(password)
        client_secret = password = ""  # error reporters collect the variables of a traceback
        super().__init__(client_id, kept_secret("client_secret", own), store=store, on_update=on_update)
        self.user = named("user", user)
        self._password = kept_secret("password", theirs)

    @property
    def identity(self) -> Mapping[str, str]:
        """Application, grant and user."""
        return {"client_id": self.client_id, "grant": "password", "user": self.user}

    def obtain(self) -> Token:
        """Ask the instance for a token.

        Raises:
            TokenCreateError: The instance gave none.
            TransportError: It did not answer.
        """
        form = self._form(grant_type="password", username=self.user, password=self._password.reveal())
        return self._bound().endpoint.created(form)


class ClientCredentials(OAuthGrant):
    """Signs in as the user that the application itself stands for (``grant_type=client_credentials``).

    The instance needs the property ``glide.oauth.inbound.client.credential.grant_type.enabled``, and an *OAuth
    Application User* at the application.

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret.
        store: Where the token is kept; in memory when not given.
        on_update: Called with each new token (a dict), after it was stored; its errors are logged, and warned of.

    Raises:
        InvalidUsage: Something is missing, or of another kind.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret[str],
        *,
        store: TokenStore | None = None,
        on_update: Callable[[Token], object] | None = None,
    ) -> None:
        own, client_secret = Secret(client_secret), ""
        super().__init__(client_id, kept_secret("client_secret", own), store=store, on_update=on_update)

    @property
    def identity(self) -> Mapping[str, str]:
        """Application and grant."""
        return {"client_id": self.client_id, "grant": "client_credentials"}

    def obtain(self) -> Token:
        """Ask the instance for a token.

        Raises:
            TokenCreateError: The instance gave none.
            TransportError: It did not answer.
        """
        return self._bound().endpoint.created(self._form(grant_type="client_credentials"))


class RefreshToken(OAuthGrant):
    """Goes on from a refresh token that somebody obtained elsewhere (``grant_type=refresh_token``).

    What the store holds comes first. When the instance refuses the refresh token, calls raise ``ReauthRequired``.

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret; None for a public application.
        refresh_token: The refresh token; None to rely on the store.
        store: Where the token is kept; in memory when not given.
        on_update: Called with each new token (a dict), after it was stored; its errors are logged, and warned of. An
            instance that rotates refresh tokens ends the one given here when it is first used.

    Raises:
        InvalidUsage: Something is missing, or of another kind.
    """

    obtains = False
    _missing = "There is no refresh token: pass refresh_token=, or a store that holds one"

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret[str] | None,
        refresh_token: str | Secret[str] | None = None,
        *,
        store: TokenStore | None = None,
        on_update: Callable[[Token], object] | None = None,
    ) -> None:
        own, first = Secret(client_secret), Secret(refresh_token)
        client_secret = refresh_token = None  # error reporters collect the variables of a traceback
        super().__init__(client_id, own.reveal(), store=store, on_update=on_update)
        self._first = None if first.reveal() is None else kept_secret("refresh_token", first)

    def _new_keeper(self, base_url: str, endpoint: TokenEndpoint, **more: Any) -> TokenKeeper:
        return super()._new_keeper(base_url, endpoint, first_refresh=self._first, **more)


def _patience() -> float | None:
    deadline = deadline_of_caller()
    return None if deadline is None or math.isinf(deadline.remaining) else max(0.0, deadline.remaining)


def kept_secret(name: str, holder: Secret[Any]) -> Secret[str]:
    """A credential in its holder, if it is a text; it may have been handed in as a ``Secret``.

    Args:
        name: What it is called, for the error.
        holder: What was handed in.

    Raises:
        InvalidUsage: It is something else, or empty.
    """
    inner = holder.reveal()
    kept: Secret[Any] = inner if isinstance(inner, Secret) else holder
    inner = None  # error reporters collect the variables of a traceback
    if not isinstance(kept.reveal(), str) or not kept.reveal():
        raise InvalidUsage(f"{name} must be a text and not empty")
    return kept


def named(what: str, value: Any) -> str:
    """A name, if it is one.

    Raises:
        InvalidUsage: It is no text, or empty.
    """
    if not isinstance(value, str) or not value:
        raise InvalidUsage(f"{what} must be a text and not empty, not {value!r}")
    return value


def _checked_store(store: Any) -> TokenStore:
    if not all(callable(getattr(store, name, None)) for name in ("load", "save", "lock")):
        path = store if isinstance(store, (str, os.PathLike)) else "token.json"
        raise InvalidUsage(
            f"store must be a token store such as pysnow.FileTokenStore({str(path)!r}), not {type(store).__name__}"
        )
    return cast("TokenStore", store)


def _refuse_unknown(names: list[str], grant: type[OAuthGrant]) -> None:
    _, *parameters = inspect.signature(grant.__init__).parameters.values()
    known = [each.name for each in parameters]
    for name in names:
        if name not in known and not any(each.kind is each.VAR_KEYWORD for each in parameters):
            near = difflib.get_close_matches(name, known, 1)
            advice = f"did you mean {near[0]!r}?" if near else f"use {', '.join(known)}"
            raise InvalidUsage(f"{grant.__name__} has no argument {name!r}: {advice}")
