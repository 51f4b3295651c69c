"""Table API: creating, changing and deleting records, and how bodies are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Row = dict[str, str | None]

INCIDENTS = "/api/now/table/incident"


def stored(sandbox: Sandbox, incident: Row) -> Row:
    """The incident as it is stored now."""
    return next(row for row in sandbox.table("incident").rows if row["sys_id"] == incident["sys_id"])


def test_create__status_and_record(call: Call) -> None:
    answer = call("POST", INCIDENTS, json={"short_description": "New one"})
    assert (answer.status_code, answer.json()["result"]["short_description"]) == (201, "New one")


@pytest.mark.parametrize("version", ["", "/v1", "/v2"])
def test_create__location(sandbox: Sandbox, call: Call, version: str) -> None:
    answer = call("POST", f"/api/now{version}/table/incident", json={})
    sys_id = answer.json()["result"]["sys_id"]
    assert answer.headers["Location"] == f"{sandbox.url}/api/now{version}/table/incident/{sys_id}"


def test_create__chosen_sys_id(call: Call) -> None:
    assert call("POST", INCIDENTS, json={"sys_id": "A" * 32}).json()["result"]["sys_id"] == "A" * 32


def test_create__sys_id_that_is_too_long(call: Call) -> None:
    assert call("POST", INCIDENTS, json={"sys_id": "a" * 40}).json()["result"]["sys_id"] == "a" * 32


def test_create__application_file_is_in_the_global_scope(call: Call) -> None:
    """Seen on a live instance: the scope that a caller names is passed over without a word."""
    body = {"name": "Mine", "collection": "incident", "sys_scope": "x_acme"}
    answer = call("POST", "/api/now/table/sys_script?sysparm_exclude_reference_link=true", json=body)
    assert answer.json()["result"]["sys_scope"] == "global"


def test_create__sys_id_that_would_break_the_location(call: Call) -> None:
    answer = call("POST", INCIDENTS, json={"sys_id": "x\r\nX-Evil: 1"})
    assert (answer.status_code, "X-Evil" in answer.headers) == (201, False)


def test_create__same_sys_id_twice(call: Call) -> None:
    call("POST", INCIDENTS, json={"sys_id": "a" * 32})
    answer = call("POST", INCIDENTS, json={"sys_id": "a" * 32})
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Operation Failed")


def test_create__answer_is_shaped(call: Call) -> None:
    params = {"sysparm_fields": "state", "sysparm_display_value": "true"}
    assert call("POST", INCIDENTS, params=params, json={}).json() == {"result": {"state": "New"}}


def test_create__display_values_in(sandbox: Sandbox, call: Call) -> None:
    user = sandbox.add("sys_user", {"user_name": "jd", "first_name": "Jane", "last_name": "Doe"})
    params = {"sysparm_input_display_value": "true", "sysparm_exclude_reference_link": "true"}
    answer = call("POST", INCIDENTS, params=params, json={"caller_id": "Jane Doe"})
    assert answer.json()["result"]["caller_id"] == user["sys_id"]


def test_create__kept_system_fields(call: Call) -> None:
    params = {"sysparm_suppress_auto_sys_field": "true"}
    answer = call("POST", INCIDENTS, params=params, json={"sys_created_on": "2020-01-02 03:04:05"})
    assert answer.json()["result"]["sys_created_on"] == "2020-01-02 03:04:05"


def test_create__by_the_caller(call: Call) -> None:
    assert call("POST", INCIDENTS, json={}, auth=("itil", "itil")).json()["result"]["sys_created_by"] == "itil"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_update__changes_only_what_is_named(sandbox: Sandbox, call: Call, incident: Row, method: str) -> None:
    answer = call(method, f"{INCIDENTS}/{incident['sys_id']}", json={"urgency": "3"})
    row = stored(sandbox, incident)
    assert (answer.status_code, row["urgency"], row["short_description"]) == (200, "3", "Printer on fire")


def test_update__unknown_sys_id(call: Call) -> None:
    assert call("PATCH", f"{INCIDENTS}/{'0' * 32}", json={"urgency": "3"}).status_code == 404


def test_update__by_override(sandbox: Sandbox, call: Call, incident: Row) -> None:
    path, headers = f"{INCIDENTS}/{incident['sys_id']}", {"X-HTTP-Method-Override": "PATCH"}
    answer = call("POST", path, json={"urgency": "3"}, headers=headers)
    assert (answer.status_code, stored(sandbox, incident)["urgency"]) == (200, "3")


def test_delete__has_neither_body_nor_type(sandbox: Sandbox, call: Call, incident: Row) -> None:
    answer = call("DELETE", f"{INCIDENTS}/{incident['sys_id']}")
    assert (answer.status_code, answer.content, "Content-Type" in answer.headers) == (204, b"", False)


def test_delete__removes_the_record(sandbox: Sandbox, call: Call, incident: Row) -> None:
    call("DELETE", f"{INCIDENTS}/{incident['sys_id']}")
    assert incident["sys_id"] not in {row["sys_id"] for row in sandbox.table("incident").rows}


def test_delete__unknown_sys_id(call: Call) -> None:
    assert call("DELETE", f"{INCIDENTS}/{'0' * 32}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_no_response_body__keeps_the_status(call: Call, incident: Row, method: str) -> None:
    path = INCIDENTS if method == "POST" else f"{INCIDENTS}/{incident['sys_id']}"
    answer = call(method, path, json={"urgency": "2"}, headers={"X-no-response-body": "true"})
    assert (answer.status_code, answer.content) == (201 if method == "POST" else 200, b"")


def test_no_response_body__keeps_the_location(call: Call) -> None:
    assert "Location" in call("POST", INCIDENTS, json={}, headers={"X-no-response-body": "true"}).headers


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{'urgency':'1'}", id="single quotes"),
        pytest.param('{"urgency":1}', id="number"),
        pytest.param('[{"urgency":"1"},{"urgency":"2"}]', id="several records"),
    ],
)
def test_body__lenient_json(call: Call, body: str) -> None:
    answer = call("POST", INCIDENTS, data=body, headers={"Content-Type": "application/json"})
    assert answer.json()["result"]["urgency"] == "1"


def test_body__without_content_type(call: Call) -> None:
    assert call("POST", INCIDENTS, data=b'{"urgency":"1"}').json()["result"]["urgency"] == "1"


def test_body__xml(call: Call) -> None:
    body = "<request><entry><short_description>From XML</short_description></entry></request>"
    answer = call("POST", INCIDENTS, data=body, headers={"Content-Type": "application/xml"})
    assert answer.json()["result"]["short_description"] == "From XML"


@pytest.mark.parametrize(
    ("body", "content_type"), [("{", "application/json"), ("nope", "application/json"), ("<a>", "application/xml")]
)
def test_body__malformed(sandbox: Sandbox, call: Call, body: str, content_type: str) -> None:
    answer = call("POST", INCIDENTS, data=body, headers={"Content-Type": content_type})
    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["message"], error["detail"][:20]) == (
        400,
        "Exception while reading request",
        "Cannot decode: java.",
    )


def test_body__too_large(call: Call) -> None:
    body = json.dumps({"description": "x" * (10 * 1024 * 1024)})
    answer = call("POST", INCIDENTS, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["detail"]) == (
        400,
        f"Rejected large REST payload with content-length = {len(body)} bytes. Max allowed: 10485760 bytes.",
    )


def test_body__too_large_in_chunks(sandbox: Sandbox, call: Call) -> None:
    sandbox.instance.properties["glide.rest.max_content_length"] = "1"
    body = iter([b'{"description":"', b"x" * (1024 * 1024), b'"}'])
    answer = call("POST", INCIDENTS, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Exception while reading request")


def test_body__in_chunks(call: Call) -> None:
    body = iter([b'{"urgency"', b':"1"}'])
    assert call("POST", INCIDENTS, data=body).json()["result"]["urgency"] == "1"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"]
)
def test_body__unsupported_type(call: Call, content_type: str) -> None:
    answer = call("POST", INCIDENTS, data=b"{}", headers={"Content-Type": content_type})
    assert (answer.status_code, set(answer.json())) == (415, {"error", "status"})


def test_body__unsupported_type_stores_nothing(sandbox: Sandbox, call: Call) -> None:
    before = len(sandbox.table("incident").rows)
    call("POST", INCIDENTS, data=b"{}", headers={"Content-Type": "text/plain"})
    assert len(sandbox.table("incident").rows) == before


def test_accept__unsupported_stores_nothing(sandbox: Sandbox, call: Call) -> None:
    before = len(sandbox.table("incident").rows)
    answer = call("POST", INCIDENTS, json={}, headers={"Accept": "text/csv"})
    assert (answer.status_code, len(sandbox.table("incident").rows)) == (406, before)


def test_body__lone_surrogate(call: Call) -> None:
    answer = call("POST", INCIDENTS, data=rb'{"short_description":"\ud83d"}')
    assert (answer.status_code, answer.json()["result"]["short_description"]) == (201, "\ufffd")


def children(sandbox: Sandbox, parent: Row) -> str | None:
    return stored(sandbox, parent)["child_incidents"]


def test_child_incidents__counted_at_the_parent(sandbox: Sandbox, call: Call, incident: Row) -> None:
    child = call("POST", INCIDENTS, json={"parent_incident": incident["sys_id"]}).json()["result"]
    counts = [children(sandbox, incident)]
    call("PATCH", f"{INCIDENTS}/{child['sys_id']}", json={"parent_incident": ""})
    counts.append(children(sandbox, incident))
    call("PATCH", f"{INCIDENTS}/{child['sys_id']}", json={"parent_incident": incident["sys_id"]})
    call("DELETE", f"{INCIDENTS}/{child['sys_id']}")
    assert [*counts, children(sandbox, incident)] == ["1", "0", "0"]


def test_child_incidents__update_the_parent(sandbox: Sandbox, call: Call, incident: Row) -> None:
    call("POST", INCIDENTS, json={"parent_incident": incident["sys_id"]})
    assert stored(sandbox, incident)["sys_mod_count"] == "1"


def test_child_incidents__other_updates_leave_the_parent(sandbox: Sandbox, call: Call, incident: Row) -> None:
    child = call("POST", INCIDENTS, json={"parent_incident": incident["sys_id"]}).json()["result"]
    call("PATCH", f"{INCIDENTS}/{child['sys_id']}", json={"short_description": "x"})
    assert stored(sandbox, incident)["sys_mod_count"] == "1"
