"""A token is renewed when it must be, once, by the way that there is, and told to whoever stores it."""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage, MissingToken, ReauthRequired, TokenRefreshError, TransportError
from pysnow.oauth.held_token import Clocks, HeldToken, Stage, lifetime_seconds
from pysnow.oauth.oauth_token import TokenKeeper, checked_token
from pysnow.oauth.token_store import MemoryTokenStore
from pysnow.wire.clockwork import Clockwork

NOW = 1_000_000.0
THREADS = 32


@dataclass
class Time:
    """A clock that stands until it is set; both hands move together unless told otherwise."""

    now: float = 5_000.0
    wall: float = NOW
    skew: float | None = None

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds

    @property
    def clocks(self) -> Clocks:
        own = Clockwork(clock=lambda: self.now, roll=lambda: 1.0, wall=lambda: self.wall)
        return Clocks(own, lambda: self.skew)


def _token(access: str = "a1", expires_at: object = NOW + 1800, **more: object) -> dict[str, Any]:
    return {
        "access_token": access,
        "refresh_token": "r1",
        "expires_in": 1799,
        "expires_at": expires_at,
        "scope": [],
        "token_type": "Bearer",
        **more,
    }


@dataclass
class Endpoint:
    """Hands out tokens and remembers what it was asked with."""

    answer: dict[str, Any] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    obtains: bool = False
    identity: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None
    asked_with: list[str] = field(default_factory=list)
    during: Callable[[], object] = lambda: None

    def refresh(self, refresh_token: Secret[str]) -> dict[str, Any]:
        return self._next(refresh_token.reveal())

    def obtain(self) -> dict[str, Any]:
        return self._next("grant")

    def _next(self, asked_with: str) -> dict[str, Any]:
        self.asked_with.append(asked_with)
        self.during()
        if self.error is not None:
            raise self.error
        if asked_with in self.refused:
            raise ReauthRequired("Error refreshing token", "access_denied", 401)
        return {**_token(f"a{len(self.asked_with) + 1}", NOW + 1800), **self.answer}


def _keeper(
    endpoint: Endpoint, told: list[dict[str, Any]] | None = None, time: Time | None = None, **options: Any
) -> TokenKeeper:
    on_update = (told if told is not None else []).append
    return TokenKeeper(endpoint, on_update=on_update, clocks=(time or Time()).clocks, **options)


def _at_once(keeper: TokenKeeper, call: Callable[[], str] | None = None, threads: int = THREADS) -> list[object]:
    """What each of many threads gets that come at the same time."""
    start = threading.Barrier(threads)

    def ask(_: int) -> object:
        start.wait()
        try:
            return (call or keeper.access_token)()
        except Exception as exc:
            return exc

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(ask, range(threads)))


def test_access_token__is_used_while_it_is_valid() -> None:
    endpoint = Endpoint()
    keeper = _keeper(endpoint)
    keeper.token = _token()
    assert (keeper.access_token(), endpoint.asked_with) == ("a1", [])


@pytest.mark.parametrize("expires_at", [NOW - 1, NOW, NOW + 5, str(NOW - 1)])
def test_access_token__is_refreshed_when_it_has_expired_or_is_about_to(expires_at: object) -> None:
    keeper = _keeper(Endpoint())
    keeper.token = _token(expires_at=expires_at)
    assert keeper.access_token() == "a2"


@pytest.mark.parametrize("expires_at", [None, "soon", [], {}])
def test_access_token__is_used_when_its_end_is_unknown(expires_at: object) -> None:
    keeper = _keeper(Endpoint())
    keeper.token = _token(expires_at=expires_at)
    assert keeper.access_token() == "a1"


def test_access_token__is_used_when_there_is_nothing_to_refresh_it_with() -> None:
    keeper = _keeper(Endpoint())
    keeper.token = {"access_token": "a1", "expires_at": NOW - 1}
    assert keeper.access_token() == "a1"


def test_access_token__wants_a_token() -> None:
    with pytest.raises(MissingToken):
        _keeper(Endpoint()).access_token()


def test_token__shows_the_refreshed_one() -> None:
    keeper = _keeper(Endpoint())
    keeper.token = _token(expires_at=NOW - 1)
    keeper.access_token()
    assert keeper.token is not None
    assert keeper.token["access_token"] == "a2"


def test_refresh__tells_the_updater_once() -> None:
    told: list[dict[str, Any]] = []
    keeper = _keeper(Endpoint(), told)
    keeper.token = _token(expires_at=NOW - 1)
    keeper.access_token()
    keeper.access_token()
    assert [token["access_token"] for token in told] == ["a2"]


def test_refresh__keeps_a_refresh_token_that_the_answer_leaves_out() -> None:
    store = MemoryTokenStore()
    keeper = _keeper(Endpoint({"refresh_token": None}), store=store)
    keeper.token = _token(expires_at=NOW - 1)
    keeper.access_token()
    stored = store.load()
    assert stored is not None
    assert (stored["access_token"], stored["refresh_token"]) == ("a2", "r1")


def test_refresh__takes_a_rotated_refresh_token() -> None:
    keeper = _keeper(Endpoint({"refresh_token": "r2"}))
    keeper.token = _token(expires_at=NOW - 1)
    keeper.access_token()
    assert keeper.token is not None
    assert keeper.token["refresh_token"] == "r2"


def test_refresh__survives_an_updater_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    def updater(token: dict[str, Any]) -> None:
        raise OSError("disk full")

    keeper = TokenKeeper(Endpoint(), on_update=updater, clocks=Time().clocks)
    keeper.token = _token(expires_at=NOW - 1)
    with caplog.at_level(logging.ERROR):
        assert keeper.access_token() == "a2"
    assert "not stored" in caplog.text


def test_refresh__lets_the_updater_set_the_token() -> None:
    """A caller's updater may make a new client and set its token: no lock may be held meanwhile."""
    keeper = TokenKeeper(Endpoint(), on_update=lambda token: setattr(keeper, "token", token), clocks=Time().clocks)
    keeper.token = _token(expires_at=NOW - 1)
    thread = threading.Thread(target=keeper.access_token, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize("refresh_token", ["r1", "r2"], ids=["kept", "rotated"])
def test_refresh__is_made_once_for_many_threads(refresh_token: str) -> None:
    for _ in range(20):
        endpoint = Endpoint({"refresh_token": refresh_token})
        keeper = _keeper(endpoint)
        keeper.token = _token(expires_at=NOW - 1)
        assert (set(_at_once(keeper)), endpoint.asked_with) == ({"a2"}, ["r1"])


def test_renew__is_made_once_for_many_threads() -> None:
    endpoint = Endpoint()
    keeper = _keeper(endpoint)
    keeper.token = _token()
    assert (set(_at_once(keeper, lambda: keeper.renew("a1"))), endpoint.asked_with) == ({"a2"}, ["r1"])


def test_obtain__is_made_once_for_many_threads() -> None:
    endpoint = Endpoint(obtains=True)
    assert (set(_at_once(_keeper(endpoint))), endpoint.asked_with) == ({"a2"}, ["grant"])


def test_refusal__reaches_every_waiter_after_one_request() -> None:
    endpoint = Endpoint(refused={"r1"})
    keeper = _keeper(endpoint)
    keeper.token = _token(expires_at=NOW - 1)
    errors = _at_once(keeper)
    assert ({type(error) for error in errors}, endpoint.asked_with) == ({ReauthRequired}, ["r1"])
    assert len({id(error) for error in errors}) == THREADS


def test_interruption__of_the_first_lets_another_thread_lead() -> None:
    """Ctrl-C in the thread that makes the request: those who wait must not wait for ever, nor fail."""
    waiters_wait = threading.Event()

    def interrupt() -> None:
        endpoint.during = lambda: None
        waiters_wait.wait(10)
        raise KeyboardInterrupt

    endpoint = Endpoint(during=interrupt)
    keeper = _keeper(endpoint)
    keeper.token = _token(expires_at=NOW - 1)

    def lead() -> None:
        with pytest.raises(KeyboardInterrupt):
            keeper.access_token()

    leader = threading.Thread(target=lead)
    leader.start()
    found: list[str] = []
    waiter = threading.Thread(target=lambda: found.append(keeper.access_token()))
    waiter.start()
    waiters_wait.set()
    leader.join(10)
    waiter.join(10)
    assert found == ["a3"]


# -- ways to another token ---------------------------------------------------------------------------------------------


def test_refused_refresh__is_not_sent_again() -> None:
    endpoint = Endpoint(refused={"r1"})
    keeper = _keeper(endpoint)
    keeper.token = _token(expires_at=NOW - 1)
    for _ in range(2):
        with pytest.raises(ReauthRequired):
            keeper.access_token()
    assert endpoint.asked_with == ["r1"]


def test_refused_refresh__gives_way_to_the_grant() -> None:
    endpoint = Endpoint(refused={"r1"}, obtains=True)
    keeper = _keeper(endpoint)
    keeper.token = _token(expires_at=NOW - 1)
    assert (keeper.access_token(), endpoint.asked_with) == ("a3", ["r1", "grant"])


def test_refused_refresh__takes_what_the_store_got_meanwhile() -> None:
    """A keyring is shared by processes that its lock does not hold off."""
    store = MemoryTokenStore()
    endpoint = Endpoint(refused={"r1"}, during=lambda: store.save(_token("b1", refresh_token="r2")))
    keeper = _keeper(endpoint, store=store)
    keeper.token = _token(expires_at=NOW - 1)
    assert (keeper.access_token(), endpoint.asked_with) == ("b1", ["r1"])


def test_failed_refresh__is_tried_again_by_the_next_call() -> None:
    endpoint = Endpoint(error=TransportError("no answer"))
    keeper = _keeper(endpoint)
    keeper.token = _token(expires_at=NOW - 1)
    with pytest.raises(TransportError):
        keeper.access_token()
    endpoint.error = None
    assert keeper.access_token() == "a3"


def test_refused_token__is_not_sent_again_when_there_is_no_other() -> None:
    endpoint = Endpoint(error=TokenRefreshError("Error refreshing token", "down", 503))
    keeper = _keeper(endpoint)
    keeper.token = _token()
    for call in (lambda: keeper.renew("a1"), keeper.access_token):
        with pytest.raises(TokenRefreshError):
            call()


def test_first_refresh_token__is_used_when_the_store_is_empty() -> None:
    endpoint = Endpoint()
    keeper = _keeper(endpoint, first_refresh=Secret("r0"))
    assert (keeper.access_token(), endpoint.asked_with) == ("a2", ["r0"])


def test_first_refresh_token__is_tried_after_that_of_the_store() -> None:
    endpoint = Endpoint(refused={"r1"})
    keeper = _keeper(endpoint, first_refresh=Secret("r0"))
    keeper.token = _token(expires_at=NOW - 1)
    assert (keeper.access_token(), endpoint.asked_with) == ("a3", ["r1", "r0"])


# -- the store ---------------------------------------------------------------------------------------------------------


def test_store__is_looked_into_before_the_instance_is_asked() -> None:
    store, endpoint = MemoryTokenStore(), Endpoint()
    keeper, other = (_keeper(endpoint, store=store) for _ in range(2))
    keeper.token = _token(expires_at=NOW - 1)
    assert [keeper.access_token(), other.access_token(), endpoint.asked_with] == ["a2", "a2", ["r1"]]


def test_store__of_several_clients_means_one_refresh() -> None:
    store, endpoint = MemoryTokenStore(), Endpoint()
    store.save(_token(expires_at=NOW - 1))
    keepers = [_keeper(endpoint, store=store) for _ in range(THREADS)]
    waiting = iter(keepers)
    assert set(_at_once(keepers[0], lambda: next(waiting).access_token())) == {"a2"}
    assert endpoint.asked_with == ["r1"]


def test_store__has_the_token_before_the_updater_is_told() -> None:
    store, seen = MemoryTokenStore(), []
    keeper = TokenKeeper(
        Endpoint(), store=store, on_update=lambda token: seen.append(store.load() == token), clocks=Time().clocks
    )
    keeper.token = _token(expires_at=NOW - 1)
    keeper.access_token()
    assert seen == [True]


def test_store__that_fails_is_reported_and_the_token_used(caplog: pytest.LogCaptureFixture) -> None:
    class Full(MemoryTokenStore):
        def save(self, token: dict[str, Any] | None) -> None:
            raise OSError(f"disk full: {token}")

    store = Full()
    keeper = _keeper(Endpoint(), store=store, first_refresh=Secret("canary"))
    with caplog.at_level(logging.DEBUG):
        assert keeper.access_token() == "a2"
    assert "not stored: OSError" in caplog.text
    assert "canary" not in caplog.text


def test_store__that_fails_is_warned_of() -> None:
    class Full(MemoryTokenStore):
        def save(self, token: dict[str, Any] | None) -> None:
            raise OSError(errno.ENOSPC, f"disk full: {token}")

    keeper = _keeper(Endpoint(), store=Full(), first_refresh=Secret("canary"))
    with pytest.warns(RuntimeWarning) as caught:
        keeper.access_token()
    text = f"The new token is used, but was not stored: OSError ({os.strerror(errno.ENOSPC)})"
    assert [str(warning.message) for warning in caught] == [text]


def test_updater__that_fails_is_warned_of() -> None:
    def updater(token: dict[str, Any]) -> None:
        raise ValueError(f"canary {token}")

    keeper = TokenKeeper(Endpoint(), on_update=updater, clocks=Time().clocks)
    keeper.token = _token(expires_at=NOW - 1)
    with pytest.warns(RuntimeWarning, match="ValueError in line") as caught:
        keeper.access_token()
    assert not any("canary" in str(warning.message) for warning in caught)


def test_store__that_failed_does_not_bring_the_old_token_back() -> None:
    """Revoked before its end, the token that is still in the store looks alive."""

    class Stuck(MemoryTokenStore):
        is_full = False

        def save(self, token: dict[str, Any] | None) -> None:
            if self.is_full:
                raise OSError("disk full")
            super().save(token)

    store, endpoint = Stuck(), Endpoint({"refresh_token": "r2"}, refused=set())
    keeper = _keeper(endpoint, store=store)
    keeper.token = _token()
    store.is_full = True
    assert [keeper.renew("a1"), keeper.renew("a2")] == ["a2", "a3"]
    assert endpoint.asked_with == ["r1", "r2"]


def test_store__gives_no_token_of_another_instance() -> None:
    store = MemoryTokenStore()
    _keeper(Endpoint(), store=store, instance="https://one.example").token = _token()
    with pytest.raises(InvalidUsage, match="https://one.example"):
        _keeper(Endpoint(), store=store, instance="https://two.example").access_token()


def test_store__shows_no_instance_to_the_caller() -> None:
    keeper = _keeper(Endpoint(), instance="https://one.example")
    keeper.token = {"access_token": "a1"}
    assert keeper.token == {"access_token": "a1"}


ITIL = {"client_id": "app", "grant": "password", "user": "itil"}
ADMIN = ITIL | {"user": "admin"}


def test_store__keeps_who_signed_in() -> None:
    store = MemoryTokenStore()
    _keeper(Endpoint(identity=ITIL), store=store).token = _token()
    assert ITIL.items() <= (store.load() or {}).items()


def test_store__shows_not_who_signed_in_to_the_caller() -> None:
    store = MemoryTokenStore()
    _keeper(Endpoint(identity=ITIL), store=store).token = {"access_token": "a1"}
    assert _keeper(Endpoint(identity=ITIL), store=store).token == {"access_token": "a1"}


@pytest.mark.parametrize("name", ["client_id", "grant", "user"])
def test_store__gives_no_token_of_another_sign_in(name: str) -> None:
    store, endpoint = MemoryTokenStore(), Endpoint(identity=ITIL | {name: "other"}, obtains=True)
    _keeper(Endpoint(identity=ITIL), store=store).token = _token()
    with pytest.raises(InvalidUsage, match="another sign-in"):
        _keeper(endpoint, store=store).access_token()
    assert endpoint.asked_with == []


def test_store__of_another_sign_in_is_refused_while_a_token_is_in_use() -> None:
    """Somebody else signs in while this one runs: neither is turned into the other."""
    store, endpoint = MemoryTokenStore(), Endpoint(identity=ITIL, obtains=True)
    keeper = _keeper(endpoint, store=store)
    keeper.access_token()
    _keeper(Endpoint(identity=ADMIN), store=store).adopt(_token("b1"))
    with pytest.raises(InvalidUsage, match="user 'admin'"):
        keeper.renew("a2")


def test_store__token_of_nobody_known_is_not_used_where_another_can_be_fetched() -> None:
    store = MemoryTokenStore()
    store.save(_token("old"))
    assert _keeper(Endpoint(identity=ITIL, obtains=True), store=store).access_token() == "a2"


def test_store__token_of_nobody_known_is_used_where_no_other_can_be_fetched() -> None:
    store = MemoryTokenStore()
    store.save(_token("old"))
    assert _keeper(Endpoint(identity={"client_id": "app"}), store=store).access_token() == "old"


def test_store__keeps_who_signed_in_when_somebody_else_refreshes() -> None:
    store = MemoryTokenStore()
    _keeper(Endpoint(identity=ITIL), store=store).token = _token()
    _keeper(Endpoint(identity={"client_id": "app"}), store=store).renew("a1")
    assert _keeper(Endpoint(identity=ITIL, obtains=True), store=store).access_token() == "a2"


def test_first_refresh_token__is_not_taken_for_that_of_the_store() -> None:
    """Whose it is nobody knows; and it is kept, in the place of the dead one, where the answer leaves it out."""
    store, endpoint = MemoryTokenStore(), Endpoint(refused={"r1"})
    _keeper(Endpoint(identity=ITIL), store=store).token = _token()
    _keeper(endpoint, store=store, first_refresh=Secret("given")).renew("a1")
    kept = store.load() or {}
    assert "user" not in kept


def test_token__none_takes_it_out_of_the_store() -> None:
    store = MemoryTokenStore()
    keeper = _keeper(Endpoint(), store=store)
    keeper.token = _token()
    keeper.token = None
    assert store.load() is None


# -- ahead of the end --------------------------------------------------------------------------------------------------


def _aging(time: Time, endpoint: Endpoint, lifetime: float) -> TokenKeeper:
    keeper = _keeper(endpoint, time=time)
    keeper.token = _token(expires_at=time.wall + lifetime, expires_in=lifetime)
    return keeper


@pytest.mark.parametrize(
    ("lifetime", "early"), [(1800, 60), (600, 60), (100, 10), (10, 1)], ids=lambda seconds: f"{seconds}s"
)
def test_early__begins_a_minute_or_a_tenth_before_the_end(lifetime: float, early: float) -> None:
    held = HeldToken.of(_token(expires_at=NOW + lifetime, expires_in=lifetime), Time().clocks)
    start = Time().now + lifetime - early
    assert [held.stage(start - 0.01), held.stage(start)] == [Stage.FRESH, Stage.EARLY]


@given(lifetime=st.floats(0.1, 1e8), roll=st.floats(0, 1, exclude_max=True))
def test_early__comes_before_dead_and_dead_before_the_end(lifetime: float, roll: float) -> None:
    own = Clockwork(clock=lambda: 0.0, roll=lambda: roll, wall=lambda: NOW)
    held = HeldToken.of(_token(expires_at=NOW + lifetime, expires_in=lifetime), Clocks(own))
    assert held.early_at is not None
    assert held.dead_at is not None
    assert 0 < held.early_at < held.dead_at < max(lifetime, 1) + 1e-6


def test_early__one_thread_goes_ahead_and_the_others_do_not_wait() -> None:
    time, is_asked, may_answer = Time(), threading.Event(), threading.Event()
    endpoint = Endpoint({"expires_at": NOW + 3600}, during=lambda: (is_asked.set(), may_answer.wait(10)))
    keeper = _aging(time, endpoint, 1800)
    time.pass_by(1770)
    ahead = threading.Thread(target=keeper.access_token)
    ahead.start()
    assert is_asked.wait(10)
    assert keeper.access_token() == "a1"  # while the other one's request is on its way
    may_answer.set()
    ahead.join(10)
    assert (keeper.access_token(), endpoint.asked_with) == ("a2", ["r1"])


def test_early__failure_leaves_the_token_in_use(caplog: pytest.LogCaptureFixture) -> None:
    time, endpoint = Time(), Endpoint(error=TransportError("no answer"))
    keeper = _aging(time, endpoint, 1800)
    time.pass_by(1750)
    with caplog.at_level(logging.WARNING):
        assert [keeper.access_token() for _ in range(5)] == ["a1"] * 5
    assert (len(endpoint.asked_with), "lives on" in caplog.text) == (1, True)


def test_dead__is_never_sent() -> None:
    time, endpoint = Time(), Endpoint(error=TransportError("no answer"))
    keeper = _aging(time, endpoint, 1800)
    time.pass_by(1795)
    with pytest.raises(TransportError):
        keeper.access_token()


def test_clock__set_forward_or_back_changes_nothing() -> None:
    time, endpoint = Time(), Endpoint()
    keeper = _aging(time, endpoint, 1800)
    for jump in (3600, -7200):
        time.wall += jump
        assert keeper.access_token() == "a1"
    assert endpoint.asked_with == []


def test_clock__of_the_instance_ends_a_token_that_another_computer_stored() -> None:
    """Its clock was an hour slow when it wrote the end down; ours is right."""
    time = Time(skew=0.0)
    held = HeldToken.of(_token(expires_at=NOW - 3600 + 1800, clock_skew=3600), time.clocks)
    assert [held.stage(time.now), held.stage(time.now + 1800)] == [Stage.FRESH, Stage.DEAD]


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (1799, 1799),
        ("1799", 1799),
        (0.5, 0.5),
        *((odd, 1800) for odd in (None, "", "soon", 0, -5, float("nan"), [], True)),
    ],
)
def test_lifetime__is_what_the_answer_says_or_the_default(expires_in: object, seconds: float) -> None:
    assert lifetime_seconds(expires_in) == seconds


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_renew__does_not_replace_a_token_that_is_newer_than_the_refused_one() -> None:
    endpoint = Endpoint()
    keeper = _keeper(endpoint)
    keeper.token = _token("a7")
    assert (keeper.renew("a1"), endpoint.asked_with) == ("a7", [])


def test_token__is_a_copy() -> None:
    keeper = _keeper(Endpoint())
    keeper.token = _token()
    assert keeper.token is not None
    keeper.token["access_token"] = "changed"
    assert keeper.access_token() == "a1"


def test_repr__does_not_show_the_token() -> None:
    keeper = _keeper(Endpoint())
    keeper.token = _token("canary")
    assert "canary" not in repr(keeper)


def test_checked_token__drops_what_is_not_used() -> None:
    assert "instance_url" not in checked_token(_token(instance_url="x"))


@pytest.mark.parametrize("scope", ["useraccount", ["useraccount"], None])
def test_checked_token__takes_any_scope(scope: object) -> None:
    assert checked_token(_token(scope=scope))["scope"] == scope


@pytest.mark.parametrize(
    "token", ["text", 1, ["access_token"], {"foo": "bar"}, {"access_token": None}, {"access_token": ""}]
)
def test_checked_token__refuses_the_rest(token: object) -> None:
    with pytest.raises(InvalidUsage):
        checked_token(token)


@pytest.mark.parametrize("access_token", ["canary\n", "can ary", "canary\u20ac", "\x00"])
def test_checked_token__refuses_what_no_header_can_carry(access_token: str) -> None:
    with pytest.raises(InvalidUsage) as caught:
        checked_token({"access_token": access_token})
    assert "ary" not in str(caught.value)


def test_vars__do_not_show_the_token() -> None:
    keeper = _keeper(Endpoint())
    keeper.token = _token("canary")
    assert "canary" not in str(vars(keeper))
