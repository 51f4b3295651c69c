"""Requests to any path: how it may be spelled, and where it must not lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from pysnow import Client, InvalidUsage, MissingToken, OAuthClient
from pysnow.any_path import path_of
from pysnow.sandbox import Sandbox

HOME = "https://dev1.service-now.com"
ID = "0" * 32


@pytest.mark.parametrize(
    ("spelling", "path", "query"),
    [
        ("table/incident", "/api/now/table/incident", {}),
        ("/table/incident", "/api/now/table/incident", {}),
        (f"v2/table/incident/{ID}", f"/api/now/v2/table/incident/{ID}", {}),
        ("/api/now/stats/incident", "/api/now/stats/incident", {}),
        ("api/x_acme/v1/things", "/api/x_acme/v1/things", {}),
        ("/stats.do", "/stats.do", {}),
        (f"{HOME}/api/now/table/sys_user/{ID}", f"/api/now/table/sys_user/{ID}", {}),
        (f"{HOME.upper()}:443/api/now/table/x", "/api/now/table/x", {}),
        ("https://DEV1.service-now.com./x", "/x", {}),
        ("table/x?a=1&b=%20c&d=", "/api/now/table/x", {"a": "1", "b": " c", "d": ""}),
        ("table/x/a%20b", "/api/now/table/x/a%20b", {}),
    ],
)
def test_path__is_found(spelling: str, path: str, query: dict[str, str]) -> None:
    assert path_of(HOME, spelling) == (path, query)


@pytest.mark.parametrize(
    "spelling",
    [
        f"{HOME}.evil.example/api/now/table/x",
        "https://dev1.service-now.com@evil.example/x",
        "https://user:secret@dev1.service-now.com/x",
        "https://evil.example/x",
        "http://dev1.service-now.com/x",
        f"{HOME}:8443/x",
        f"{HOME}:x/x",
        "//evil.example/x",
        "//user@evil.example/x",
        "/\\evil.example/x",
        "https:evil.example/x",
        "javascript:alert(1)",
        "/../etc",
        "table/%2e%2e/x",
        "table//x",
        "table/x#y",
        "table/x y",
        "table/x\n",
        "table/x?a=1&a=2",
        "",
        "/",
        None,
        5,
    ],
)
def test_path__is_refused(spelling: Any) -> None:
    with pytest.raises(InvalidUsage):
        path_of(HOME, spelling)


def test_refusal_of_an_address__does_not_quote_a_password() -> None:
    with pytest.raises(InvalidUsage) as caught:
        path_of(HOME, "https://user:secret@dev1.service-now.com/x")
    assert "secret" not in str(caught.value)


def test_look_alike__gets_no_byte(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="another origin"):
        client.get(f"http://127.0.0.1.evil.example:{sandbox.url.rpartition(':')[2]}/api/now/table/incident")
    assert len(sandbox.requests) == 0


def test_get__gives_the_answer(client: Client) -> None:
    answer = client.get("table/incident", params={"sysparm_limit": 2})
    assert (answer.status_code, len(answer.json()["result"])) == (200, 2)


def test_missing_record__raises_nothing(client: Client) -> None:
    assert client.get(f"table/incident/{ID}").status_code == 404


def test_link_of_a_reference__leads_there(client: Client) -> None:
    link = client.table("incident").get("caller_idISNOTEMPTY", limit=1).one()
    assert client.get(link["caller_id"]["link"]).json()["result"]["sys_id"] == link["caller_id"]["value"]


def test_query_of_the_path__gives_way_to_params(client: Client) -> None:
    answer = client.get("table/incident?sysparm_limit=1&sysparm_fields=number", params={"sysparm_limit": 3})
    assert [list(row) for row in answer.json()["result"]] == [["number"]] * 3


def test_record__is_made_changed_and_deleted(client: Client) -> None:
    made = client.post("table/incident", json={"short_description": "x"})
    path = f"table/incident/{made.json()['result']['sys_id']}"
    statuses = [client.patch(path, json={"state": "2"}).status_code, client.put(path, json={}).status_code]
    assert (made.status_code, statuses, client.delete(path).status_code) == (201, [200, 200], 204)


@pytest.mark.parametrize("method", ["FETCH", "", None, "GET "])
def test_method__is_refused(client: Client, method: Any) -> None:
    with pytest.raises(InvalidUsage, match="method"):
        client.request(method, "table/incident")


def test_authorization_of_the_caller__is_refused(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="Authorization"):
        client.get("table/incident", headers={"authorization": "Basic x"})


def test_two_bodies__are_refused(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="one body"):
        client.post("table/incident", json={}, data=b"{}")


def test_payload_that_is_no_json__is_refused(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="JSON"):
        client.post("table/incident", json={"x": {1, 2}})


def test_oauth_client__needs_a_token_first() -> None:
    with pytest.raises(MissingToken):
        OAuthClient("id", "secret", instance="dev1").get("table/incident")


def test_read__is_repeated(client: Client, sandbox: Sandbox) -> None:
    with sandbox.fault("server-error", times=1):
        assert client.get("table/incident", params={"sysparm_limit": 1}).status_code == 200


def test_creation__is_not_repeated(client: Client, sandbox: Sandbox) -> None:
    with sandbox.fault("server-error"):
        assert client.post("table/incident", json={}).status_code >= 500
    assert len(sandbox.requests) == 1


# -- who is calling: one rule ------------------------------------------------------------------------------------------


def _calls(client: Client) -> dict[str, Callable[[dict[str, str]], object]]:
    table = client.table("incident")
    return {
        "client.get": lambda headers: client.get("table/incident", headers=headers),
        "get": lambda headers: table.get(limit=1, headers=headers).all(),
        "iterate": lambda headers: next(table.iterate(headers=headers)),
        "create": lambda headers: table.create({}, headers=headers),
        "create_many": lambda headers: table.create_many([{}], headers=headers),
        "update": lambda headers: table.update("1c741bd70b2322007518478d83673af3", {"state": "2"}, headers=headers),
        "request": lambda headers: table.request("GET", params={"sysparm_limit": 1}, headers=headers).all(),
    }


CALLS = ["client.get", "get", "iterate", "create", "create_many", "update", "request"]
ADMIN = {"authorization": "Basic YWRtaW46YWRtaW4="}


@pytest.mark.parametrize("name", CALLS)
def test_authorization__of_a_call_is_refused(client: Client, sandbox: Sandbox, name: str) -> None:
    with pytest.raises(InvalidUsage, match="Authorization"):
        _calls(client)[name](ADMIN)
    assert len(sandbox.requests) == 0


def test_authorization__of_many_rows_belongs_on_the_session(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="Authorization header on the session"):
        _calls(Client(instance=sandbox.url, session=requests.Session()))["create_many"](ADMIN)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "create_many"])
def test_authorization__of_a_call_is_sent_where_nobody_else_says_who_calls(sandbox: Sandbox, name: str) -> None:
    _calls(Client(instance=sandbox.url, session=requests.Session()))[name](ADMIN)
    assert {entry.user for entry in sandbox.requests} == {"admin"}


def test_authorization__of_a_call_goes_before_that_of_the_session(sandbox: Sandbox) -> None:
    session = requests.Session()
    session.headers["Authorization"] = "Basic d3Jvbmc6d3Jvbmc="
    Client(instance=sandbox.url, session=session).table("incident").get(limit=1, headers=ADMIN).all()
    assert sandbox.requests[-1].user == "admin"
