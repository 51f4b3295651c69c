"""OAuth endpoints, and tokens in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Grant = Callable[..., requests.Response]

INCIDENTS = "/api/now/table/incident"
DENIED = {"error_description": "access_denied", "error": "server_error"}
CLIENT = {"client_id": "sandbox", "client_secret": "sandbox"}
PASSWORD = {"grant_type": "password", "username": "admin", "password": "admin", **CLIENT}


@pytest.fixture
def times() -> list[datetime]:
    """The present, as the only item."""
    return [datetime(2026, 3, 2, 9, tzinfo=UTC)]


@pytest.fixture
def sandbox(times: list[datetime]) -> Iterator[Sandbox]:
    """A sandbox whose clock stands."""
    with Sandbox(clock=lambda: times[0]) as running:
        yield running


@pytest.fixture
def grant(sandbox: Sandbox) -> Grant:
    """Ask for a token by password, with some parameters changed; None leaves one out."""

    def ask(**changes: str | None) -> requests.Response:
        return requests.post(f"{sandbox.url}/oauth_token.do", data=PASSWORD | changes, timeout=30)

    return ask


def use(sandbox: Sandbox, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    params = {"sysparm_limit": 1}
    return requests.get(f"{sandbox.url}{INCIDENTS}", params=params, headers=headers, timeout=30).status_code


def refresh(grant: Grant, token: str) -> requests.Response:
    return grant(grant_type="refresh_token", refresh_token=token, username=None, password=None)


def test_password__members_in_order(grant: Grant) -> None:
    assert list(grant().json()) == ["access_token", "refresh_token", "scope", "token_type", "expires_in"]


def test_password__fixed_members(grant: Grant) -> None:
    answer = grant().json()
    assert (answer["scope"], answer["token_type"], answer["expires_in"]) == ("useraccount", "Bearer", 1799)


def test_password__token_works(sandbox: Sandbox, grant: Grant) -> None:
    assert use(sandbox, grant().json()["access_token"]) == 200


def test_password__token_stands_for_its_user(sandbox: Sandbox, grant: Grant) -> None:
    use(sandbox, grant(username="itil", password="itil").json()["access_token"])
    assert sandbox.requests[-1].user == "itil"


def test_password__running_token(grant: Grant, times: list[datetime]) -> None:
    first = grant().json()
    times[0] += timedelta(seconds=300)
    second = grant().json()
    assert (second["access_token"], second["expires_in"]) == (first["access_token"], 1499)


def test_token__expires_on_the_instances_clock(sandbox: Sandbox, grant: Grant, times: list[datetime]) -> None:
    token = grant().json()["access_token"]
    times[0] += timedelta(seconds=1800)
    assert use(sandbox, token) == 401


def test_refresh__new_access_token_same_refresh_token(grant: Grant) -> None:
    first = grant().json()
    second = refresh(grant, first["refresh_token"]).json()
    assert (second["access_token"] != first["access_token"], second["refresh_token"]) == (True, first["refresh_token"])


def test_refresh__deactivated_user(sandbox: Sandbox, grant: Grant) -> None:
    token = grant(username="itil", password="itil").json()["refresh_token"]
    itil = next(user for user in sandbox.table("sys_user").rows if user["user_name"] == "itil")
    sandbox.instance.store.update("sys_user", itil["sys_id"] or "", {"active": "false"})
    assert refresh(grant, token).json() == DENIED


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"username": "nobody"},
        {"username": None},
        {"client_id": "unknown"},
        {"client_secret": "wrong"},
        {"client_id": None},
        {"grant_type": "client_credentials"},
        {"grant_type": "nonsense"},
        {"grant_type": "refresh_token", "refresh_token": "unknown"},
        {"grant_type": "refresh_token"},
    ],
    ids=str,
)
def test_failure__one_answer_for_all(grant: Grant, changes: dict[str, Any]) -> None:
    answer = grant(**changes)
    assert (answer.status_code, answer.json()) == (401, DENIED)


def test_failure__json_body(sandbox: Sandbox) -> None:
    answer = requests.post(f"{sandbox.url}/oauth_token.do", json=PASSWORD, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_failure__no_grant_type(grant: Grant) -> None:
    assert grant(grant_type=None).json()["error"] == "invalid_request"


def test_authorization_code__is_refused_aloud(grant: Grant) -> None:
    assert grant(grant_type="authorization_code").status_code == 501


def test_client__by_http_basic(sandbox: Sandbox) -> None:
    form = {name: value for name, value in PASSWORD.items() if name not in CLIENT}
    answer = requests.post(f"{sandbox.url}/oauth_token.do", data=form, auth=("sandbox", "sandbox"), timeout=30)
    assert answer.status_code == 200


def test_expire_all__from_python(sandbox: Sandbox, grant: Grant) -> None:
    tokens = grant().json()
    sandbox.oauth.expire_all()
    assert (use(sandbox, tokens["access_token"]), refresh(grant, tokens["refresh_token"]).status_code) == (401, 401)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_revoke(sandbox: Sandbox, grant: Grant, method: str) -> None:
    token = grant().json()["access_token"]
    url, parameters = f"{sandbox.url}/oauth_revoke_token.do", {"token": token}
    if method == "GET":
        answer = requests.get(url, params=parameters, timeout=30)
    else:
        answer = requests.post(url, data=parameters, timeout=30)
    assert (answer.status_code, use(sandbox, token)) == (200, 401)


def test_session__does_not_outlive_its_token(sandbox: Sandbox, grant: Grant) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {grant().json()['access_token']}"
        session.get(f"{sandbox.url}{INCIDENTS}", timeout=30)
        sandbox.oauth.expire_access()
        assert session.get(f"{sandbox.url}{INCIDENTS}", timeout=30).status_code == 401
