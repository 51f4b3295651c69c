"""The way to another token: what the store has got meanwhile, the refresh token, or the grant from the beginning.

Everything here happens with the lock of the store held, so that of all who share it one asks the instance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage, MissingToken, ReauthRequired
from pysnow.oauth.failure_warning import warn_of_failure
from pysnow.oauth.held_token import Clocks, HeldToken, Stage, checked_token
from pysnow.oauth.token_store import Token, TokenStore

__all__ = ["Renewed", "TokenRenewal", "TokenSource"]

_INSTANCE: Final = "instance"
_OWNER: Final = ("client_id", "grant", "user")
"""Members of a stored token that tell who signed in, and how."""
_REMEMBERED: Final = 16


class TokenSource(Protocol):
    """Asks the instance for tokens."""

    @property
    def obtains(self) -> bool:
        """Whether it can fetch a token without a refresh token."""

    @property
    def identity(self) -> Mapping[str, str]:
        """Whom it signs in, and how: ``client_id``, ``grant`` and ``user``, those of them that it can tell."""

    def refresh(self, refresh_token: Secret[str]) -> Token:
        """Exchange a refresh token.

        Raises:
            ReauthRequired: The instance refused it.
        """

    def obtain(self) -> Token:
        """Fetch a token from the beginning; called only where ``obtains`` says so."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of it.

    Attributes:
        token: The token.
        is_fetched: Whether the instance gave it now, and nobody has been told yet.
    """

    token: HeldToken
    is_fetched: bool


class TokenRenewal:
    """Finds the token to use after another one.

    Args:
        source: Asks the instance.
        store: Where the token is kept.
        first_refresh: A refresh token to begin with.
        instance: Address of the instance, noted with the token so that another one's is never sent to it.
        missing: What to say when there is no token and no way to one.
        clocks: The time.
    """

    def __init__(
        self,
        source: TokenSource,
        store: TokenStore,
        *,
        first_refresh: Secret[str] | None = None,
        instance: str = "",
        missing: str = "",
        clocks: Clocks,
    ) -> None:
        self._source = source
        self._store = store
        self._first_refresh = first_refresh
        self._instance = instance
        self._missing = missing
        self._clocks = clocks
        self._refused: list[Secret[str]] = []
        self._replaced: deque[Secret[str]] = deque(maxlen=_REMEMBERED)

    def is_possible(self, held: HeldToken) -> bool:
        """Whether there may be a way from this token to another one."""
        return self._source.obtains or held.refresh is not None or self._first_refresh is not None

    def loaded(self) -> HeldToken | None:
        """The token of the store; None when there is none, or nobody knows whose it is.

        Raises:
            InvalidUsage: It is no token, or that of another instance, or of another sign-in.
        """
        token = Secret(self._store.load())
        if not token.reveal():
            return None
        held = HeldToken.of(checked_token(token.reveal()), self._clocks)
        there = held.rest.get(_INSTANCE)
        if there and self._instance and there != self._instance:
            raise InvalidUsage(f"The token store holds a token of {there}: each instance needs a store of its own")
        owner = _owner_in(token)
        return replace(held.without(_INSTANCE), owner=owner) if self._is_ours(owner) else None

    def keep(self, held: HeldToken | None) -> None:
        """Put a token into the store; None takes it out."""
        if held is None:
            self._store.save(None)
        else:
            where = {_INSTANCE: self._instance} if self._instance else {}
            self._store.save(held.token() | where | {**held.owner, **self._source.identity})

    def another(self, held: HeldToken | None) -> Renewed:
        """Find a token other than this one.

        Raises:
            MissingToken: There is none, and no way to one.
            ReauthRequired: The refresh token is dead, and there is nothing else to obtain a token with.
            TokenCreateError: The instance gave none.
            TransportError: It did not answer.
        """
        stored = self.loaded()
        if held is not None:
            if stored is not None and stored.access != held.access and stored.access in self._replaced:
                stored = None  # what followed it could not be stored
            self._replaced.append(held.access)
        if stored is not None and self._is_news(stored, held):
            return Renewed(stored, is_fetched=False)
        found = self._refreshed(stored or held) or self._obtained()
        if found.is_fetched:
            self._stored(found.token)
        return found

    def _is_ours(self, owner: Mapping[str, str]) -> bool:
        """Whether a stored token may be used; one that was put there by hand has no owner."""
        wanted = self._source.identity
        if any(name in owner and owner[name] != wanted[name] for name in wanted):
            raise InvalidUsage(
                f"The token store holds a token of another sign-in ({_in_words(owner)}), not of {_in_words(wanted)}: "
                "give each a store of its own; sign_in() or login() takes the place of the other one"
            )
        # What can fetch a token for certain does not take one that may be somebody else's.
        return not self._source.obtains or owner.keys() >= wanted.keys()

    def _is_news(self, stored: HeldToken, held: HeldToken | None) -> bool:
        is_other = held is None or stored.access != held.access
        return is_other and stored.stage(self._clocks.own.clock()) is not Stage.DEAD

    def _refreshed(self, base: HeldToken | None) -> Renewed | None:
        """What a refresh token gives; None when there is none that works, but another way."""
        refusal: ReauthRequired | None = None
        for refresh_token in self._usable(base):
            try:
                return Renewed(self._after(base, refresh_token), is_fetched=True)
            except ReauthRequired as exc:
                refusal = exc
                self._refused.append(refresh_token)
                # The lock of a store need not reach as far as the store does, as with a keyring.
                stored = self.loaded()
                if stored is not None and self._is_news(stored, base):
                    return Renewed(stored, is_fetched=False)
        if refusal is not None and not self._source.obtains:
            raise refusal
        return None

    def _usable(self, base: HeldToken | None) -> list[Secret[str]]:
        known = [base.refresh if base else None, self._first_refresh]
        distinct = [each for place, each in enumerate(known) if each is not None and each not in known[:place]]
        return [each for each in distinct if each not in self._refused]

    def _after(self, base: HeldToken | None, refresh_token: Secret[str]) -> HeldToken:
        answer = Secret(checked_token(self._source.refresh(refresh_token)))
        if base is not None and refresh_token == base.refresh:
            return base.followed_by(answer.reveal(), self._clocks)
        return HeldToken.of({"refresh_token": refresh_token.reveal(), **answer.reveal()}, self._clocks)

    def _obtained(self) -> Renewed:
        if self._source.obtains:
            return Renewed(HeldToken.of(checked_token(self._source.obtain()), self._clocks), is_fetched=True)
        if self._refused:
            raise ReauthRequired(
                "Error refreshing token",
                "the instance refused this refresh token before; it is not sent again",
                hint="Somebody has to sign in again",
            )
        raise MissingToken(self._missing)

    def _stored(self, held: HeldToken) -> None:
        try:
            self.keep(held)
        except Exception as exc:  # the store may be the caller's own; the token is valid all the same
            warn_of_failure("The new token is used, but was not stored", exc)


def _owner_in(stored: Secret[Token | None]) -> dict[str, str]:
    token = stored.reveal() or {}
    return {name: str(token[name]) for name in _OWNER if name in token}


def _in_words(owner: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {owner[name]!r}" for name in reversed(_OWNER) if name in owner)
