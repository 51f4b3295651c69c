"""A token is refreshed when it must be, once, and told to whoever stores it."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pysnow.exceptions import InvalidUsage, MissingToken
from pysnow.oauth_token import TokenKeeper, checked_token

NOW = 1_000_000.0


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


class Endpoint:
    """Hands out tokens and remembers what it was asked with."""

    def __init__(self, **answer: object) -> None:
        self.asked_with: list[str] = []
        self.answer = answer

    def __call__(self, refresh_token: str) -> dict[str, Any]:
        self.asked_with.append(refresh_token)
        return {**_token(f"a{len(self.asked_with) + 1}", NOW + 1800), **self.answer}


def _keeper(endpoint: Endpoint, told: list[dict[str, Any]] | None = None) -> TokenKeeper:
    return TokenKeeper(endpoint, (told if told is not None else []).append, clock=lambda: NOW)


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
    endpoint = Endpoint()
    keeper = TokenKeeper(
        lambda refresh_token: {"access_token": "a2", "expires_at": NOW + 1800}, lambda token: None, clock=lambda: NOW
    )
    keeper.token = _token(expires_at=NOW - 1)
    keeper.access_token()
    assert keeper.token is not None
    assert (keeper.token["refresh_token"], endpoint.asked_with) == ("r1", [])


def test_refresh__takes_a_rotated_refresh_token() -> None:
    keeper = _keeper(Endpoint(refresh_token="r2"))
    keeper.token = _token(expires_at=NOW - 1)
    keeper.access_token()
    assert keeper.token is not None
    assert keeper.token["refresh_token"] == "r2"


def test_refresh__survives_an_updater_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    def updater(token: dict[str, Any]) -> None:
        raise OSError("disk full")

    keeper = TokenKeeper(Endpoint(), updater, clock=lambda: NOW)
    keeper.token = _token(expires_at=NOW - 1)
    with caplog.at_level(logging.ERROR):
        assert keeper.access_token() == "a2"
    assert "not stored" in caplog.text


def test_refresh__lets_the_updater_set_the_token() -> None:
    """A caller's updater may make a new client and set its token: no lock may be held meanwhile."""
    keeper = TokenKeeper(Endpoint(), lambda token: setattr(keeper, "token", token), clock=lambda: NOW)
    keeper.token = _token(expires_at=NOW - 1)
    thread = threading.Thread(target=keeper.access_token, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def test_refresh__is_made_once_for_many_threads() -> None:
    endpoint, start = Endpoint(), threading.Barrier(16)
    keeper = _keeper(endpoint)
    keeper.token = _token(expires_at=NOW - 1)

    def ask(_: int) -> str:
        start.wait()
        return keeper.access_token()

    with ThreadPoolExecutor(16) as pool:
        tokens = list(pool.map(ask, range(16)))
    assert (set(tokens), endpoint.asked_with) == ({"a2"}, ["r1"])


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
