"""The keeper of a token: fetched once however many threads need it, and never sent when it is known to be dead.

Invariants:

* One thread at a time fetches a token: the leader of a *flight*. Those who come meanwhile take its outcome, be it a
  token or an error. Who finds the token early, not dead, does not wait: it goes on with the old one.
* The leader holds the lock of the store, and what it fetched is in there before anybody uses it.
* The caller is told outside of all locks: it may set a token meanwhile, or make another client.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Callable

from pysnow.auth import Secret
from pysnow.exceptions import DeadlineExceeded, PysnowException
from pysnow.fork import renew_after_fork
from pysnow.oauth.failure_warning import warn_of_failure
from pysnow.oauth.held_token import Clocks, HeldToken, Stage, checked_token
from pysnow.oauth.token_renewal import TokenRenewal, TokenSource
from pysnow.oauth.token_store import MemoryTokenStore, Token, TokenStore

__all__ = ["Token", "TokenKeeper", "checked_token"]

_LOG = logging.getLogger(__name__)
_NO_TOKEN = "No token is set: call set_token() with what generate_token() returned"


class _Flight:
    """One fetch of a token, and those who wait for it."""

    def __init__(self) -> None:
        self._is_over = threading.Event()
        self._error: PysnowException | None = None
        self._token: HeldToken | None = None

    def land(self, token: HeldToken | None, error: PysnowException | None) -> None:
        self._token, self._error = token, error
        self._is_over.set()

    def outcome(self, timeout_seconds: float | None) -> HeldToken | None:
        """Wait for it; None when its leader was interrupted, so that somebody else has to lead.

        Raises:
            DeadlineExceeded: It took too long.
        """
        if not self._is_over.wait(timeout_seconds):
            raise DeadlineExceeded("Another thread's request for a token took longer than this call may take")
        if self._error is not None:
            raise copy.copy(self._error)  # each thread adds to its own what it was doing
        return self._token


class TokenKeeper:
    """Holds the token of a client. Threads may share it.

    Args:
        source: Asks the instance for tokens.
        store: Where the token is kept; in memory when not given.
        on_update: Called with each token that was fetched, after it was stored and with no lock held.
        first_refresh: A refresh token to begin with.
        instance: Address of the instance; the store refuses to give its token to another one.
        missing: What to say when there is no token and no way to one.
        clocks: The time.
        patience: Gives the seconds that the calling thread can wait for another one's request; None for any number.
    """

    def __init__(
        self,
        source: TokenSource,
        *,
        store: TokenStore | None = None,
        on_update: Callable[[Token], object] | None = None,
        first_refresh: Secret[str] | None = None,
        instance: str = "",
        missing: str = _NO_TOKEN,
        clocks: Clocks | None = None,
        patience: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._patience = patience
        self._clocks = Clocks() if clocks is None else clocks
        self._store: TokenStore = MemoryTokenStore() if store is None else store
        self._renewal = TokenRenewal(
            source,
            self._store,
            first_refresh=first_refresh,
            instance=instance,
            missing=missing,
            clocks=self._clocks,
        )
        self._on_update = on_update
        self._held: HeldToken | None = None
        self._not_ahead_before = float("-inf")
        self.part_from_parent()
        renew_after_fork(self)

    def __repr__(self) -> str:
        return f"TokenKeeper({'with' if self._held else 'without'} a token)"

    @property
    def token(self) -> Token | None:
        """The token in use, or None."""
        held = self._current()
        return held.token() if held else None

    @token.setter
    def token(self, token: Token | None) -> None:
        given, token = Secret(token), None  # error reporters collect the variables of a traceback
        held = HeldToken.of(checked_token(given.reveal()), self._clocks) if given.reveal() else None
        with self._store.lock():
            self._renewal.keep(held)
            self._held = held

    def adopt(self, token: Token) -> None:
        """Use a token that was fetched on behalf of whoever is told of new ones.

        Raises:
            InvalidUsage: It holds no access token.
        """
        holder, token = Secret(token), {}
        self.token = holder.reveal()
        self._announce(HeldToken.of(checked_token(holder.reveal()), self._clocks))

    def access_token(self) -> str:
        """The access token to send now; fetches another one first when it is dead.

        Raises:
            MissingToken: There is no token, and no way to one.
            ReauthRequired: It is dead, and so is the refresh token.
            TokenCreateError: The instance gave no other one.
            TransportError: The token endpoint gave no answer.
        """
        held = self._current()
        if held is None:
            return self._renewed(None).access.reveal()
        stage = held.stage(self._clocks.own.clock())
        if stage is Stage.FRESH or not self._renewal.is_possible(held):
            return held.access.reveal()  # without a way to another one, the instance decides
        return (self._ahead(held) if stage is Stage.EARLY else self._renewed(held)).access.reveal()

    def renew(self, refused: str) -> str:
        """Replace an access token that the instance refused.

        The first thread that comes makes the request; the others wait and take its result.

        Args:
            refused: The access token to replace.

        Returns:
            Another access token, or the same one when there is no way to another.

        Raises:
            ReauthRequired: The refresh token was refused, too.
            TokenCreateError: The instance gave no other one.
            TransportError: The token endpoint gave no answer.
        """
        holder, refused = Secret(refused), ""
        held = self._current()
        if held is None:
            return holder.reveal()
        if held.access != holder:
            return self.access_token()
        if not self._renewal.is_possible(held):
            return holder.reveal()
        with self._lock:
            if self._held is held:
                held = self._held = held.dead()  # should there be no other one, this one is not sent again
        return self._renewed(held).access.reveal()

    def part_from_parent(self) -> None:
        """In a forked process: keep the token, and wait for no thread of the parent's."""
        self._lock = threading.Lock()
        self._flight: _Flight | None = None

    def _current(self) -> HeldToken | None:
        if self._held is None:
            loaded = self._renewal.loaded()
            with self._lock:
                if self._held is None:  # another thread may have been there
                    self._held = loaded
        return self._held

    def _ahead(self, held: HeldToken) -> HeldToken:
        """One thread fetches the next token while the others go on with this one, which lives if that fails."""
        now = self._clocks.own.clock()
        if self._flight is not None or now < self._not_ahead_before:
            return held
        try:
            return self._renewed(held, waits=False)
        except PysnowException as exc:
            left = (held.dead_at or now) - now
            self._not_ahead_before = now + left / 2
            _LOG.warning("The token could not be renewed ahead of its end (%s); it lives on", type(exc).__name__)
            return held

    def _renewed(self, held: HeldToken | None, *, waits: bool = True) -> HeldToken:
        """Another token than this one: of the flight that is under way, or of one that this thread leads."""
        while True:
            with self._lock:
                if self._held is not None and (held is None or self._held.access != held.access):
                    return self._held
                flight, is_leader = self._flight, self._flight is None
                if flight is None:
                    flight = self._flight = _Flight()
            if is_leader:
                return self._led(flight, held)
            if held is not None and not waits:
                return held
            outcome = flight.outcome(self._patience())
            if outcome is not None:
                return outcome

    def _led(self, flight: _Flight, held: HeldToken | None) -> HeldToken:
        token: HeldToken | None = None
        error: PysnowException | None = None
        try:
            with self._store.lock():
                renewed = self._renewal.another(held)
                token = self._held = renewed.token
        except PysnowException as exc:
            error = copy.copy(exc)
            raise
        finally:
            with self._lock:
                self._flight = None
            flight.land(token, error)
        if renewed.is_fetched:
            self._announce(token)
        return token

    def _announce(self, held: HeldToken) -> None:
        if self._on_update is None:
            return
        try:
            self._on_update(held.token())
        except Exception as exc:  # the caller's own code; the token is valid all the same
            warn_of_failure("on_update (token_updater) failed; the new token is used, but was not stored by it", exc)
