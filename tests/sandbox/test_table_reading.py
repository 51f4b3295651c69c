"""Table API: lists and single records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

ENVELOPE_404 = {
    "error": {
        "message": "No Record found",
        "detail": "Record doesn't exist or ACL restricts the record retrieval",
    },
    "status": "failure",
}
Call = Callable[..., requests.Response]
Row = dict[str, str | None]

INCIDENTS = "/api/now/table/incident"


def rows(answer: requests.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()["result"]
    return found


def test_list__plain_values_are_strings(call: Call) -> None:
    (row,) = rows(call("GET", INCIDENTS, params={"sysparm_limit": 1, "sysparm_fields": "number,active,state"}))
    assert {type(value) for value in row.values()} == {str}


def test_list__unordered_comes_by_sys_id(call: Call) -> None:
    ids = [row["sys_id"] for row in rows(call("GET", INCIDENTS, params={"sysparm_fields": "sys_id"}))]
    assert ids == sorted(ids)


def test_list__body_has_no_whitespace(call: Call) -> None:
    answer = call("GET", INCIDENTS, params={"sysparm_limit": 2, "sysparm_fields": "sys_id"})
    assert answer.content.startswith(b'{"result":[{"sys_id":"')


def test_list__batches_are_joined(sandbox: Sandbox, call: Call) -> None:
    """More rows than are shaped at once arrive as one list."""
    names = [f"Batch {number:03}" for number in range(450)]
    for name in names:
        sandbox.add("sys_user_group", {"name": name})
    params = {"sysparm_query": "nameSTARTSWITHBatch ^ORDERBYname", "sysparm_fields": "name"}
    assert [row["name"] for row in rows(call("GET", "/api/now/table/sys_user_group", params=params))] == names


def test_list__query(call: Call) -> None:
    found = rows(
        call("GET", INCIDENTS, params={"sysparm_query": "active=true^priority=1", "sysparm_fields": "active,priority"})
    )
    assert [row for row in found if row != {"active": "true", "priority": "1"}] == []


def test_list__limit_and_offset(call: Call) -> None:
    def ids(**params: int) -> list[str]:
        query = {"sysparm_fields": "sys_id", **{f"sysparm_{name}": value for name, value in params.items()}}
        return [row["sys_id"] for row in rows(call("GET", INCIDENTS, params=query))]

    assert ids(limit=3, offset=2) == ids(limit=5)[2:]


def test_list__total_count_is_before_the_limit(sandbox: Sandbox, call: Call) -> None:
    answer = call("GET", INCIDENTS, params={"sysparm_limit": 1})
    assert answer.headers["X-Total-Count"] == str(len(sandbox.table("incident").rows))


def test_list__links_lead_through_the_table(sandbox: Sandbox, call: Call) -> None:
    """Following ``next`` to its end shows every row once."""
    path: str | None = f"{INCIDENTS}?sysparm_limit=7&sysparm_fields=sys_id&sysparm_query=ORDERBYsys_id"
    seen: list[str] = []
    while path:
        answer = call("GET", path)
        seen += [row["sys_id"] for row in rows(answer)]
        path = answer.links.get("next", {}).get("url", "").removeprefix(sandbox.url) or None
    assert seen == [row["sys_id"] for row in sandbox.table("incident").rows]


def test_list__no_count(call: Call) -> None:
    answer = call("GET", INCIDENTS, params={"sysparm_limit": 1, "sysparm_no_count": "true"})
    assert ("X-Total-Count" in answer.headers, sorted(answer.links)) == (False, ["first", "next", "prev"])


def test_list__no_count_last_page(sandbox: Sandbox, call: Call) -> None:
    total = len(sandbox.table("incident").rows)
    params = {"sysparm_limit": 1, "sysparm_offset": total - 1, "sysparm_no_count": "true"}
    answer = call("GET", INCIDENTS, params=params)
    assert (len(rows(answer)), sorted(answer.links)) == (1, ["first", "prev"])


def test_list__suppressed_links(call: Call) -> None:
    answer = call("GET", INCIDENTS, params={"sysparm_limit": 1, "sysparm_suppress_pagination_header": "true"})
    assert ("Link" in answer.headers, "X-Total-Count" in answer.headers) == (False, True)


def test_list__field_filter(call: Call) -> None:
    found = rows(call("GET", INCIDENTS, params={"active": "false", "sysparm_fields": "active"}))
    assert {row["active"] for row in found} == {"false"}


def test_list__field_filter_by_display_value(call: Call, incident: Row) -> None:
    found = rows(call("GET", INCIDENTS, params={"state": "New", "sysparm_fields": "state"}))
    assert {row["state"] for row in found} == {"1"}


def test_list__field_filter_yields_to_a_query(call: Call) -> None:
    params = {"active": "false", "sysparm_query": "active=true", "sysparm_fields": "active"}
    assert {row["active"] for row in rows(call("GET", INCIDENTS, params=params))} == {"true"}


@pytest.mark.parametrize("name", ["u_unknown", "sysparm_unknown"])
def test_list__unknown_parameters_are_ignored(sandbox: Sandbox, call: Call, name: str) -> None:
    answer = call("GET", INCIDENTS, params={name: "x", "sysparm_limit": 1})
    assert answer.headers["X-Total-Count"] == str(len(sandbox.table("incident").rows))


def test_list__nothing_found_in_v2(call: Call) -> None:
    answer = call("GET", "/api/now/v2/table/incident", params={"sysparm_query": "number=nope"})
    assert (answer.status_code, answer.content) == (200, b'{"result":[]}')


def test_list__nothing_found_in_v1(call: Call) -> None:
    answer = call("GET", "/api/now/v1/table/incident", params={"sysparm_query": "number=nope"})
    assert (answer.status_code, answer.json()) == (404, ENVELOPE_404)


@pytest.mark.parametrize("name", ["sysparm_limit", "sysparm_offset"])
def test_list__negative_numbers_are_refused(call: Call, name: str) -> None:
    assert call("GET", INCIDENTS, params={name: "-1"}).status_code == 400


@pytest.mark.parametrize("limit", ["", "ten", "9" * 30, "1.5", "\u0661"])
def test_list__a_limit_that_is_no_number_counts_as_not_given(sandbox: Sandbox, call: Call, limit: str) -> None:
    answer = call("GET", INCIDENTS, params={"sysparm_limit": limit, "sysparm_fields": "sys_id"})
    assert len(rows(answer)) == len(sandbox.table("incident").rows)


def test_list__base_table_shows_its_own_columns(call: Call, incident: Row) -> None:
    params = {"sysparm_query": f"sys_id={incident['sys_id']}"}
    (row,) = rows(call("GET", "/api/now/table/task", params=params))
    assert ("caller_id" in row, row["sys_class_name"]) == (False, "incident")


def test_record__found(call: Call, incident: Row) -> None:
    answer = call("GET", f"{INCIDENTS}/{incident['sys_id']}")
    assert answer.json()["result"]["number"] == incident["number"]


def test_record__has_no_paging_headers(call: Call, incident: Row) -> None:
    answer = call("GET", f"{INCIDENTS}/{incident['sys_id']}")
    assert {"Link", "X-Total-Count"} & set(answer.headers) == set()


def test_record__list_parameters_mean_nothing(call: Call, incident: Row) -> None:
    params = {"sysparm_query": "number=nope", "sysparm_limit": "0", "sysparm_offset": "-3"}
    assert call("GET", f"{INCIDENTS}/{incident['sys_id']}", params=params).status_code == 200


@pytest.mark.parametrize("version", ["", "/v1", "/v2"])
def test_record__unknown_sys_id(call: Call, version: str) -> None:
    answer = call("GET", f"/api/now{version}/table/incident/{'0' * 32}")
    assert (answer.status_code, answer.json()) == (404, ENVELOPE_404)


def test_record__through_the_wrong_class(call: Call, incident: Row) -> None:
    assert call("GET", f"/api/now/table/problem/{incident['sys_id']}").status_code == 404


def test_fields__unknown_names_are_absent(call: Call) -> None:
    (row,) = rows(call("GET", INCIDENTS, params={"sysparm_limit": 1, "sysparm_fields": "number,u_nope"}))
    assert set(row) == {"number"}


def test_fields__dot_walked(sandbox: Sandbox, call: Call) -> None:
    user = sandbox.add("sys_user", {"user_name": "jd", "email": "jd@example.com"})
    task = sandbox.add("incident", {"caller_id": user["sys_id"]})
    answer = call("GET", f"{INCIDENTS}/{task['sys_id']}", params={"sysparm_fields": "caller_id.email"})
    assert answer.json() == {"result": {"caller_id.email": "jd@example.com"}}


def test_fields__win_over_a_view(call: Call) -> None:
    params = {"sysparm_limit": 1, "sysparm_fields": "sys_id", "sysparm_view": "mobile"}
    assert set(rows(call("GET", INCIDENTS, params=params))[0]) == {"sys_id"}


def test_view__chooses_columns(call: Call) -> None:
    params = {"sysparm_limit": 1, "sysparm_view": "ess"}
    assert "work_notes" not in rows(call("GET", INCIDENTS, params=params))[0]


@pytest.mark.parametrize(
    ("display_value", "state"),
    [("false", "1"), ("true", "New"), ("all", {"display_value": "New", "value": "1"}), ("nonsense", "1")],
)
def test_display_value__of_a_choice(call: Call, incident: Row, display_value: str, state: object) -> None:
    params = {"sysparm_display_value": display_value, "sysparm_fields": "state"}
    answer = call("GET", f"{INCIDENTS}/{incident['sys_id']}", params=params)
    assert answer.json()["result"]["state"] == state


def test_reference__links_point_to_the_sandbox(sandbox: Sandbox, call: Call) -> None:
    user = sandbox.add("sys_user", {"user_name": "jd"})
    task = sandbox.add("incident", {"caller_id": user["sys_id"]})
    answer = call("GET", f"{INCIDENTS}/{task['sys_id']}", params={"sysparm_fields": "caller_id"})
    link = f"{sandbox.url}/api/now/table/sys_user/{user['sys_id']}"
    assert answer.json() == {"result": {"caller_id": {"link": link, "value": user["sys_id"]}}}


def test_reference__without_link(sandbox: Sandbox, call: Call) -> None:
    user = sandbox.add("sys_user", {"user_name": "jd"})
    task = sandbox.add("incident", {"caller_id": user["sys_id"]})
    params = {"sysparm_fields": "caller_id", "sysparm_exclude_reference_link": "true"}
    answer = call("GET", f"{INCIDENTS}/{task['sys_id']}", params=params)
    assert answer.json() == {"result": {"caller_id": user["sys_id"]}}


@pytest.mark.parametrize("suffix", ["", "?sysparm_limit=1"])
def test_head__headers_of_get(call: Call, suffix: str) -> None:
    got, head = call("GET", INCIDENTS + suffix), call("HEAD", INCIDENTS + suffix)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["X-Total-Count"] == got.headers["X-Total-Count"]


def test_text__is_raw_utf_8(sandbox: Sandbox, call: Call) -> None:
    task = sandbox.add("incident", {"short_description": "Drücker \U0001f525"})
    answer = call("GET", f"{INCIDENTS}/{task['sys_id']}", params={"sysparm_fields": "short_description"})
    assert answer.content == '{"result":{"short_description":"Drücker \U0001f525"}}'.encode()


def test_stats__count(sandbox: Sandbox, call: Call) -> None:
    params = {"sysparm_count": "true", "sysparm_query": "active=true"}
    count = sum(row["active"] == "true" for row in sandbox.table("incident").rows)
    assert call("GET", "/api/now/stats/incident", params=params).json() == {"result": {"stats": {"count": str(count)}}}


def test_stats__unknown_table(call: Call) -> None:
    assert call("GET", "/api/now/stats/u_nope", params={"sysparm_count": "true"}).status_code == 400
