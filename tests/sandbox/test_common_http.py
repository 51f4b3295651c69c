"""What all endpoints share: login, errors, formats, headers, compression, sessions, the request log."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Row = dict[str, str | None]

INCIDENTS = "/api/now/table/incident"


def envelope(message: str, detail: str | None) -> dict[str, Any]:
    return {"error": {"message": message, "detail": detail}, "status": "failure"}


NOT_AUTHENTICATED = envelope("User Not Authenticated", "Required to provide Auth information")
UNROUTED = envelope("Requested URI does not represent any resource", None)


# -- login ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param("Basic YWRtaW46d3Jvbmc=", id="wrong password"),
        pytest.param("Basic bm9ib2R5Om5vYm9keQ==", id="unknown user"),
        pytest.param("Basic !!!", id="no base64"),
        pytest.param("Basic", id="nothing after the scheme"),
        pytest.param("Bearer unknown", id="unknown token"),
        pytest.param("Digest username=admin", id="other scheme"),
    ],
)
def test_login__refused(sandbox: Sandbox, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.get(f"{sandbox.url}{INCIDENTS}", headers=headers, timeout=30)
    assert (answer.status_code, answer.json()) == (401, NOT_AUTHENTICATED)


def test_login__challenge(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}{INCIDENTS}", timeout=30)
    assert answer.headers["WWW-Authenticate"] == 'BASIC realm="Service-now"'


@pytest.mark.parametrize("flags", [{"active": "false"}, {"locked_out": "true"}])
def test_login__inactive_or_locked_user(sandbox: Sandbox, call: Call, flags: dict[str, str]) -> None:
    itil = next(user for user in sandbox.table("sys_user").rows if user["user_name"] == "itil")
    call("PATCH", f"/api/now/table/sys_user/{itil['sys_id']}", json=flags)
    assert call("GET", INCIDENTS, auth=("itil", "itil")).status_code == 401


def test_login__comes_before_routing(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.url}/api/now/nope", timeout=30).status_code == 401


# -- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/api/now/tabel/incident",
        "/api/now/table",
        "/api/now/table/incident/a/b",
        "/api/now/table/incident/",
        "/api/now//table/incident",
        "/api/now/v3/table/incident",
        "/api/nope/table/incident",
        "/%00",
    ],
)
def test_unrouted__path(call: Call, path: str) -> None:
    answer = call("GET", path)
    assert (answer.status_code, answer.json()) == (400, UNROUTED)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("table", ["u_nope", "incident_list", "üñ", "a b"])
def test_unknown_table(call: Call, method: str, table: str) -> None:
    answer = call(method, f"/api/now/table/{table}", json={})
    assert (answer.status_code, answer.json()) == (400, envelope(f"Invalid table {table}", None))


def test_errors__members_in_fixed_order(call: Call) -> None:
    assert call("GET", "/api/now/table/u_nope").content == (
        b'{"error":{"message":"Invalid table u_nope","detail":null},"status":"failure"}'
    )


@pytest.mark.parametrize(
    ("method", "suffix"), [("DELETE", ""), ("PATCH", ""), ("POST", "/abc"), ("OPTIONS", ""), ("TRACE", "")]
)
def test_method__not_offered(call: Call, method: str, suffix: str) -> None:
    answer = call(method, INCIDENTS + suffix)
    assert (answer.status_code, set(answer.json())) == (405, {"error", "status"})


def test_method__unknown_override(call: Call) -> None:
    assert call("POST", INCIDENTS, headers={"X-HTTP-Method-Override": "BREW"}).status_code == 405


def test_method__override_is_for_post_alone(call: Call, incident: Row) -> None:
    answer = call("GET", f"{INCIDENTS}/{incident['sys_id']}", headers={"X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/sn_sc/servicecatalog/items",
        "/api/sn_chg_rest/change",
        "/api/global/user_role_inheritance",
        "/api/now/cmdb/instance/cmdb_ci",
        "/api/now/graphql",
        "/api/now/pa/scorecards",
        "/api/sn_cicd/app_repo/install",
        "/incident.do?JSONv2",
    ],
)
def test_not_emulated__is_said_aloud(call: Call, path: str) -> None:
    answer = call("GET", path)
    assert (answer.status_code, answer.json()["error"]["message"]) == (501, "Not emulated by the sandbox")


@pytest.mark.parametrize(("length", "status"), [(10_000, 200), (23_000, 414)])
def test_url__too_long(call: Call, length: int, status: int) -> None:
    params = {"sysparm_query": f"number={'x' * length}", "sysparm_limit": 1}
    assert call("GET", INCIDENTS, params=params).status_code == status


def test_unexpected_error__is_an_envelope(sandbox: Sandbox, call: Call, caplog: pytest.LogCaptureFixture) -> None:
    """A broken setting stands for any fault of the sandbox itself."""
    sandbox.instance.properties["glide.rest.max_content_length"] = "ten"
    answer = call("POST", INCIDENTS, json={})
    assert (answer.status_code, answer.json()["error"]["message"]) == (500, "Internal server error")
    assert "POST /api/now/table/incident failed" in caplog.text


# -- formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json;charset=UTF-8"),
        ("application/json", "application/json;charset=UTF-8"),
        ("application/*", "application/json;charset=UTF-8"),
        ("text/html,*/*;q=0.1", "application/json;charset=UTF-8"),
        ("application/xml", "application/xml;charset=UTF-8"),
        ("application/json;q=0.1,application/xml", "application/xml;charset=UTF-8"),
    ],
)
def test_accept__chooses_the_format(call: Call, accept: str, content_type: str) -> None:
    answer = call("GET", INCIDENTS, params={"sysparm_limit": 1}, headers={"Accept": accept})
    assert answer.headers["Content-Type"] == content_type


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/json;q=0"])
def test_accept__neither_format(call: Call, accept: str) -> None:
    assert call("GET", INCIDENTS, headers={"Accept": accept}).status_code == 406


def test_xml__list(call: Call) -> None:
    params = {"sysparm_limit": 2, "sysparm_fields": "number"}
    root = ElementTree.fromstring(call("GET", INCIDENTS, params=params, headers={"Accept": "application/xml"}).content)
    assert (root.tag, [child.tag for child in root]) == ("response", ["result", "result"])


def test_xml__reference(sandbox: Sandbox, call: Call) -> None:
    user = sandbox.add("sys_user", {"user_name": "jd"})
    task = sandbox.add("incident", {"caller_id": user["sys_id"]})
    answer = call("GET", f"{INCIDENTS}/{task['sys_id']}", headers={"Accept": "application/xml"})
    assert ElementTree.fromstring(answer.content).findtext("result/caller_id/value") == user["sys_id"]


def test_xml__error(call: Call) -> None:
    answer = call("GET", f"{INCIDENTS}/{'0' * 32}", headers={"Accept": "application/xml"})
    assert ElementTree.fromstring(answer.content).findtext("error/message") == "No Record found"


# -- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Server", "snow_adc"),
        ("Content-Type", "application/json;charset=UTF-8"),
        ("Transfer-Encoding", "chunked"),
        ("X-Is-Logged-In", "true"),
        ("X-Content-Type-Options", "nosniff"),
        ("Pragma", "no-store,no-cache"),
        ("Cache-Control", "no-cache,no-store,must-revalidate,max-age=-1"),
        ("Expires", "0"),
    ],
)
def test_headers__recorded_values(call: Call, name: str, value: str) -> None:
    assert call("GET", INCIDENTS).headers[name] == value


@pytest.mark.parametrize("name", ["Content-Length", "Strict-Transport-Security"])
def test_headers__absent(call: Call, name: str) -> None:
    """No length was recorded, and plain HTTP must not announce TLS for the future."""
    assert name not in call("GET", INCIDENTS).headers


def test_headers__transaction_id(call: Call) -> None:
    headers = call("GET", INCIDENTS).headers
    transaction_id = headers["X-Transaction-ID"]
    assert re.fullmatch("[0-9a-f]{12}", transaction_id)
    assert headers["Server-Timing"] == f't;desc="{transaction_id}", sem_wait;dur=0, sesh_wait;dur=0'


def test_gzip__when_asked(call: Call) -> None:
    assert call("GET", INCIDENTS, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


def test_gzip__same_bytes(call: Call) -> None:
    plain = call("GET", INCIDENTS, headers={"Accept-Encoding": "identity"}).content
    packed = call("GET", INCIDENTS, headers={"Accept-Encoding": "gzip"}, stream=True).raw.read(decode_content=False)
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize("asked", ["identity", "gzip;q=0", ""])
def test_gzip__not_asked(call: Call, asked: str) -> None:
    assert "Content-Encoding" not in call("GET", INCIDENTS, headers={"Accept-Encoding": asked}).headers


def test_gzip__not_worthwhile(call: Call) -> None:
    params = {"sysparm_limit": 1, "sysparm_fields": "number"}
    assert "Content-Encoding" not in call("GET", INCIDENTS, params=params).headers


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_cookies__of_a_first_call(call: Call) -> None:
    answer = call("GET", INCIDENTS)
    assert {"JSESSIONID", "glide_user_route", "glide_node_id_for_js", "glide_session_store"} <= set(
        answer.cookies.keys()
    )


def test_cookies__sent_back_open_no_new_session(call: Call) -> None:
    call("GET", INCIDENTS)
    assert "Set-Cookie" not in call("GET", INCIDENTS).headers


def test_cookies__of_another_user_open_a_session(call: Call) -> None:
    call("GET", INCIDENTS)
    assert "Set-Cookie" in call("GET", INCIDENTS, auth=("itil", "itil")).headers


def test_cookies__alone_log_nobody_in(sandbox: Sandbox, call: Call) -> None:
    cookies = call("GET", INCIDENTS).cookies
    assert requests.get(f"{sandbox.url}{INCIDENTS}", cookies=cookies, timeout=30).status_code == 401


def test_cookies__wrong_password_with_a_living_session(call: Call) -> None:
    call("GET", INCIDENTS)
    assert call("GET", INCIDENTS, auth=("admin", "wrong")).status_code == 401


def test_session__deactivated_user(sandbox: Sandbox, call: Call) -> None:
    """A session does not outlive its user's right to log in."""
    itil = next(user for user in sandbox.table("sys_user").rows if user["user_name"] == "itil")
    call("GET", INCIDENTS, auth=("itil", "itil"))
    sandbox.instance.store.update("sys_user", itil["sys_id"] or "", {"active": "false"})
    assert call("GET", INCIDENTS, auth=("itil", "itil")).status_code == 401


# -- request log ------------------------------------------------------------------------------------------------------


def test_requests__entry(sandbox: Sandbox, call: Call) -> None:
    call("POST", INCIDENTS, params={"sysparm_fields": "number"}, data=b"{}", auth=("itil", "itil"))
    (logged,) = sandbox.requests
    assert (logged.method, logged.path, logged.query, logged.body, logged.status, logged.user) == (
        "POST",
        INCIDENTS,
        [("sysparm_fields", "number")],
        b"{}",
        201,
        "itil",
    )


def test_requests__credentials_are_masked(sandbox: Sandbox, call: Call) -> None:
    call("GET", INCIDENTS)
    assert sandbox.requests[-1].headers["authorization"] == "Basic ***"


def test_requests__oauth_secrets_are_masked(sandbox: Sandbox, call: Call) -> None:
    call("POST", "/oauth_token.do", data={"grant_type": "password", "password": "s3cret"}, auth=None)
    assert b"s3cret" not in sandbox.requests[-1].body


def test_requests__refused_calls_too(sandbox: Sandbox) -> None:
    requests.get(f"{sandbox.url}{INCIDENTS}", timeout=30)
    assert (sandbox.requests[-1].status, sandbox.requests[-1].user) == (401, "")


def test_date__is_that_of_the_instance() -> None:
    with Sandbox(seed=False, clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC)) as sandbox:
        answer = requests.get(f"{sandbox.url}/api/now/table/incident", auth=("admin", "admin"), timeout=10)
    assert answer.headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT"
