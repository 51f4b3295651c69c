"""API keys and the policies that let them in ("API key", "REST API access policies", vendor docs)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import requests

from pysnow.sandbox import Sandbox

INCIDENTS = "/api/now/table/incident?sysparm_limit=1"
KEY = {"x-sn-apikey": "sandbox"}

Send = Callable[..., requests.Response]


@pytest.fixture
def sandbox(stopped_sandbox: Sandbox) -> Sandbox:
    return stopped_sandbox


@pytest.fixture
def send(sandbox: Sandbox) -> Iterator[Send]:
    with requests.Session() as session:
        session.trust_env = False

        def do(path: str = INCIDENTS, method: str = "GET", **options: object) -> requests.Response:
            return session.request(method, f"{sandbox.url}{path}", timeout=30, **options)  # type: ignore[arg-type]  # any

        yield do


def change(sandbox: Sandbox, table: str, name: str, **values: str) -> None:
    row = next(row for row in sandbox.table(table).rows if row["name"] == name)
    sandbox.instance.update(table, row["sys_id"] or "", values, sandbox.instance.system)


def profile(sandbox: Sandbox, name: str) -> str:
    return next(row["sys_id"] or "" for row in sandbox.table("inbound_auth_profile").rows if row["name"] == name)


# -- keys ------------------------------------------------------------------------------------------------------------


def test_key__stands_for_its_user(sandbox: Sandbox, send: Send) -> None:
    itil = sandbox.instance.caller("itil")
    assert itil is not None
    sandbox.add("api_key", {"name": "Mine", "token": "mine", "user": itil.sys_id})
    send(headers={"x-sn-apikey": "mine"})
    assert (sandbox.requests[-1].status, sandbox.requests[-1].user) == (200, "itil")


def test_key__made_up_where_none_is_given(sandbox: Sandbox, send: Send) -> None:
    admin = sandbox.instance.caller("admin")
    assert admin is not None
    row = sandbox.add("api_key", {"name": "Mine", "user": admin.sys_id})
    assert send(headers={"x-sn-apikey": row["token"]}).status_code == 200


@pytest.mark.parametrize("key", ["wrong", "SANDBOX", "", "\u00fc"])
def test_key__wrong_is_the_ordinary_401(send: Send, key: str) -> None:
    answer = send(headers={"x-sn-apikey": key.encode()})
    error = {"message": "User Not Authenticated", "detail": "Required to provide Auth information"}
    assert (answer.status_code, answer.json()["error"]) == (401, error)


def test_key__switched_off(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "api_key", "Sandbox", active="false")
    assert send(headers=KEY).status_code == 401


def test_key__expires_on_the_instances_clock(sandbox: Sandbox, send: Send, times: list[datetime]) -> None:
    change(sandbox, "api_key", "Sandbox", expires="2026-03-02 09:01:00")
    statuses = [send(headers=KEY).status_code]
    times[0] += timedelta(seconds=60)
    assert [*statuses, send(headers=KEY).status_code] == [200, 401]


def test_key__of_a_user_who_may_not_log_in(sandbox: Sandbox, send: Send) -> None:
    vera = sandbox.instance.caller("vera.holloway")
    assert vera is not None
    sandbox.add("api_key", {"name": "Hers", "token": "hers", "user": vera.sys_id})
    assert send(headers={"x-sn-apikey": "hers"}).status_code == 401


def test_key__does_not_help_wrong_credentials(send: Send) -> None:
    assert send(headers=KEY, auth=("admin", "wrong")).status_code == 401


def test_key__session_does_not_outlive_it(sandbox: Sandbox, send: Send) -> None:
    send(headers=KEY)
    change(sandbox, "api_key", "Sandbox", active="false")
    assert send(headers=KEY).status_code == 401


def test_key__session_is_used_again(send: Send) -> None:
    send(headers=KEY)
    assert "JSESSIONID" not in send(headers=KEY).cookies


def test_key__is_not_logged(sandbox: Sandbox, send: Send) -> None:
    send(headers={"x-sn-apikey": "canary"}, params={"x-sn-apikey": "canary"})
    assert "canary" not in str(list(sandbox.requests))


def test_key__is_not_shown(send: Send) -> None:
    rows = send("/api/now/table/api_key", auth=("admin", "admin")).json()["result"]
    assert [row["token"] for row in rows] == [""]


# -- where a key may stand -------------------------------------------------------------------------------------------


def test_place__query_needs_a_profile_that_says_so(send: Send) -> None:
    assert send(params=KEY).status_code == 401


def test_place__query(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "inbound_auth_profile", "API Key", auth_parameter="query")
    assert [send(params=KEY).status_code, send(headers=KEY).status_code] == [200, 401]


# -- policies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/api/now/table/incident", "/api/now/v1/table/problem", "/api/now/v2/table/task", "/api/now/stats/incident"],
)
def test_policy__names_an_api_in_all_its_versions(send: Send, path: str) -> None:
    assert send(path, headers=KEY, params={"sysparm_limit": "1", "sysparm_count": "true"}).status_code == 200


def test_policy__api_that_none_names(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "sys_api_access_policy", "Table API", active="false")
    statuses = [send(headers=KEY).status_code, send(auth=("admin", "admin")).status_code]
    assert statuses == [401, 200]


def test_policy__for_one_method(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "sys_api_access_policy", "Table API", http_method="GET")
    body = {"short_description": "x"}
    statuses = [send(headers=KEY), send("/api/now/table/incident", "POST", headers=KEY, json=body)]
    assert [answer.status_code for answer in statuses] == [200, 401]


def test_policy__for_all_apis_opens_none_to_keys(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "sys_api_access_policy", "Table API", active="false")
    profiles = profile(sandbox, "API Key")
    sandbox.add("sys_api_access_policy", {"name": "All", "global": "true", "inbound_auth_profiles": profiles})
    assert send(headers=KEY).status_code == 401


def test_policy__switches_basic_off(sandbox: Sandbox, send: Send) -> None:
    """One API only: the others take what they took before."""
    change(sandbox, "sys_api_access_policy", "Table API", inbound_auth_profiles=profile(sandbox, "OAuth"))
    admin = ("admin", "admin")
    statuses = [
        send(path, auth=admin).status_code for path in (INCIDENTS, "/api/now/stats/incident?sysparm_count=true")
    ]
    assert statuses == [401, 200]


def test_policy__switches_oauth_off(sandbox: Sandbox, grant: Send, use: Callable[[str], int]) -> None:
    change(sandbox, "sys_api_access_policy", "Table API", inbound_auth_profiles=profile(sandbox, "HTTP Basic"))
    assert use(grant(username="admin", password="admin").json()["access_token"]) == 401


def test_policy__for_all_apis_switches_basic_off(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "sys_api_access_policy", "Table API", active="false")
    profiles = profile(sandbox, "OAuth")
    sandbox.add("sys_api_access_policy", {"name": "All", "global": "true", "inbound_auth_profiles": profiles})
    assert send(auth=("admin", "admin")).status_code == 401


def test_policy__profile_switched_off(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "inbound_auth_profile", "API Key", active="false")
    assert send(headers=KEY).status_code == 401
