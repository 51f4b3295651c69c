"""Aggregate API (product documentation "Aggregate API"; counts recorded on a 2026 instance)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Stats = Callable[..., Any]

TASKS = (
    {"short_description": "one", "state": "1", "priority": "1", "order": "3"},
    {"short_description": "two", "state": "1", "priority": "1", "order": "4"},
    {"short_description": "three", "state": "2", "priority": "2", "order": "4"},
    {"short_description": "four", "state": "2", "priority": "4"},
)
MINE = "correlation_id=aggregates"


@pytest.fixture
def tasks(sandbox: Sandbox) -> list[dict[str, str | None]]:
    """Four tasks of the test's own."""
    return [sandbox.add("task", {**task, "correlation_id": "aggregates"}) for task in TASKS]


@pytest.fixture
def ask(call: Call) -> Callable[..., requests.Response]:
    """Ask for statistics of a table: parameters without their prefix."""

    def send(table: str = "task", query: str = MINE, **parameters: str) -> requests.Response:
        params = {f"sysparm_{name}": value for name, value in {"query": query, **parameters}.items()}
        return call("GET", f"/api/now/stats/{table}", params=params)

    return send


@pytest.fixture
def stats(tasks: object, ask: Callable[..., requests.Response]) -> Stats:
    """The result of such a request about the test's tasks."""
    return lambda **parameters: ask(**parameters).json()["result"]


def values(groups: list[Mapping[str, Any]]) -> list[str]:
    """The value of the first grouping column, group by group."""
    return [group["groupby_fields"][0]["value"] for group in groups]


def test_count__whole_table(call: Call) -> None:
    answer = call("GET", "/api/now/stats/incident?sysparm_count=true")
    assert answer.text == '{"result":{"stats":{"count":"66"}}}'


def test_count__v1(call: Call) -> None:
    assert call("GET", "/api/now/v1/stats/incident?sysparm_count=true").json()["result"]["stats"]["count"] == "66"


def test_count__nothing_matches(ask: Callable[..., requests.Response]) -> None:
    assert ask(query="number=nope", count="true").json() == {"result": {"stats": {"count": "0"}}}


def test_count__field_shorthand(call: Call, tasks: object) -> None:
    answer = call("GET", "/api/now/stats/task?correlation_id=aggregates&state=2&sysparm_count=true")
    assert answer.json()["result"]["stats"] == {"count": "2"}


def test_count__field_shorthand_takes_display_values(call: Call, tasks: object) -> None:
    """As on a list: ``field=value`` finds choices by their label."""
    answer = call("GET", "/api/now/stats/task?correlation_id=aggregates&state=Open&sysparm_count=true")
    assert answer.json()["result"]["stats"] == {"count": "2"}


def test_count__limit_and_offset_mean_nothing(stats: Stats) -> None:
    assert stats(count="true", limit="1", offset="2")["stats"] == {"count": "4"}


def test_count__rows_of_sub_classes(call: Call) -> None:
    """A base table counts the rows of all that extend it."""

    def count(table: str, query: str) -> str:
        params = {"sysparm_count": "true", "sysparm_query": query}
        return str(call("GET", f"/api/now/stats/{table}", params=params).json()["result"]["stats"]["count"])

    assert count("task", "sys_class_name=incident") == count("incident", "")


def test_nothing_asked__no_statistics(stats: Stats) -> None:
    assert stats() == {"stats": {}}


def test_average__four_decimals(stats: Stats) -> None:
    """The documentation's samples: ``804162.7143``, ``1.0000``; rows without a value do not count."""
    assert stats(avg_fields="order,priority")["stats"] == {"avg": {"priority": "2.0000", "order": "3.6667"}}


def test_sum__of_integers_has_no_decimals(stats: Stats) -> None:
    assert stats(sum_fields="order")["stats"] == {"sum": {"order": "11"}}


def test_sum__beyond_64_bits(sandbox: Sandbox, ask: Callable[..., requests.Response]) -> None:
    for _ in range(3):
        row = sandbox.add("task", {"correlation_id": "aggregates"})
        sandbox.instance.store.update("task", str(row["sys_id"]), {"order": str(2**62)})
    found = ask(sum_fields="order").json()["result"]["stats"]["sum"]["order"]
    assert int(found) == pytest.approx(3 * 2**62)


def test_sum__of_money_keeps_cents(sandbox: Sandbox, ask: Callable[..., requests.Response]) -> None:
    for price in ("0.10", "0.20", "12"):
        sandbox.add("sc_request", {"correlation_id": "aggregates", "price": price})
    assert ask("sc_request", sum_fields="price").json()["result"]["stats"] == {"sum": {"price": "12.3"}}


def test_extremes__of_numbers(stats: Stats) -> None:
    found = stats(min_fields="priority", max_fields="priority")
    assert found["stats"] == {"min": {"priority": "1"}, "max": {"priority": "4"}}


def test_extremes__of_text_and_dates(call: Call) -> None:
    params = {"sysparm_max_fields": "sys_updated_on", "sysparm_min_fields": "number"}
    rows = call("GET", "/api/now/table/incident?sysparm_fields=number,sys_updated_on").json()["result"]
    assert call("GET", "/api/now/stats/incident", params=params).json()["result"]["stats"] == {
        "min": {"number": min(row["number"] for row in rows)},
        "max": {"sys_updated_on": max(row["sys_updated_on"] for row in rows)},
    }


def test_extremes__of_booleans(stats: Stats) -> None:
    assert stats(max_fields="active")["stats"] == {"max": {"active": "true"}}


@pytest.mark.parametrize("function", ["avg", "min", "max", "sum"])
def test_statistics__of_no_value_are_empty(ask: Callable[..., requests.Response], function: str) -> None:
    answer = ask(query="number=nope", **{f"{function}_fields": "priority"})
    assert answer.json()["result"]["stats"] == {function: {"priority": ""}}


def test_average__of_durations(sandbox: Sandbox, ask: Callable[..., requests.Response]) -> None:
    """The platform averages the stored date-time."""
    for duration in ("1970-01-01 01:00:00", "1970-01-02 02:00:00"):
        sandbox.add("task", {"correlation_id": "aggregates", "business_duration": duration})
    assert ask(avg_fields="business_duration").json()["result"]["stats"]["avg"] == {
        "business_duration": "1970-01-01 13:30:00"
    }


def test_sum__of_dates_is_refused_aloud(ask: Callable[..., requests.Response]) -> None:
    assert ask(sum_fields="opened_at").status_code == 501


def test_statistics__dot_walked(call: Call) -> None:
    answer = call("GET", "/api/now/stats/incident?sysparm_max_fields=caller_id.user_name")
    people = call("GET", "/api/now/table/incident?sysparm_fields=caller_id.user_name").json()["result"]
    highest = max(person["caller_id.user_name"] for person in people)
    assert answer.json()["result"]["stats"] == {"max": {"caller_id.user_name": highest}}


def test_members__in_the_order_of_an_instance(ask: Callable[..., requests.Response], tasks: object) -> None:
    answer = ask(count="true", avg_fields="order", max_fields="priority")
    assert answer.text == '{"result":{"stats":{"avg":{"order":"3.6667"},"max":{"priority":"4"},"count":"4"}}}'


def test_groups__body_to_the_letter(ask: Callable[..., requests.Response], tasks: object) -> None:
    assert ask(count="true", group_by="state").text == (
        '{"result":[{"stats":{"count":"2"},"groupby_fields":[{"field":"state","value":"1"}]},'
        '{"stats":{"count":"2"},"groupby_fields":[{"field":"state","value":"2"}]}]}'
    )


def test_groups__several_columns(stats: Stats) -> None:
    found = stats(count="true", group_by="state,priority")
    assert [[field["value"] for field in group["groupby_fields"]] for group in found] == [
        ["1", "1"],
        ["2", "2"],
        ["2", "4"],
    ]


def test_groups__statistics_of_each(stats: Stats) -> None:
    found = stats(sum_fields="order", group_by="state")
    assert [group["stats"]["sum"]["order"] for group in found] == ["7", "4"]


def test_groups__without_statistics(stats: Stats) -> None:
    assert [group["stats"] for group in stats(group_by="state")] == [{}, {}]


def test_groups__empty_value(stats: Stats) -> None:
    assert stats(count="true", group_by="order")[0] == {
        "stats": {"count": "1"},
        "groupby_fields": [{"field": "order", "value": ""}],
    }


def test_groups__empty_reference_has_no_link(stats: Stats) -> None:
    found = stats(count="true", group_by="assigned_to", display_value="all")
    assert found[0]["groupby_fields"] == [{"display_value": "", "field": "assigned_to", "value": ""}]


def test_groups__of_nothing(ask: Callable[..., requests.Response]) -> None:
    assert ask(query="number=nope", count="true", group_by="state").json() == {"result": []}


def test_groups__labels(stats: Stats) -> None:
    assert values(stats(group_by="state", display_value="true")) == ["Open", "Work in Progress"]


def test_groups__labels_and_values(stats: Stats) -> None:
    assert stats(group_by="state", display_value="all")[0]["groupby_fields"] == [
        {"display_value": "Open", "field": "state", "value": "1"}
    ]


def test_groups__name_of_a_reference(call: Call) -> None:
    path = "/api/now/stats/incident?sysparm_group_by=caller_id&sysparm_query=number=INC0000060"
    (group,) = call("GET", f"{path}&sysparm_display_value=all").json()["result"]
    (field,) = group["groupby_fields"]
    shown = call("GET", f"/api/now/table/sys_user/{field['value']}?sysparm_fields=name").json()["result"]["name"]
    assert field["display_value"] == shown


def test_groups__dot_walked(call: Call) -> None:
    path = "/api/now/stats/incident?sysparm_count=true&sysparm_group_by=caller_id.user_name"
    found = call("GET", path).json()["result"]
    people = call("GET", "/api/now/table/incident?sysparm_fields=caller_id.user_name").json()["result"]
    names = [person["caller_id.user_name"] for person in people]
    assert {group["groupby_fields"][0]["value"]: group["stats"]["count"] for group in found} == {
        name: str(names.count(name)) for name in names
    }


def test_groups__counts_add_up(call: Call) -> None:
    found = call("GET", "/api/now/stats/cmdb_ci?sysparm_count=true&sysparm_group_by=sys_class_name").json()["result"]
    total = call("GET", "/api/now/stats/cmdb_ci?sysparm_count=true").json()["result"]["stats"]["count"]
    assert str(sum(int(group["stats"]["count"]) for group in found)) == total


def test_groups__as_xml(call: Call, tasks: object) -> None:
    params = {"sysparm_query": MINE, "sysparm_count": "true", "sysparm_group_by": "state"}
    answer = call("GET", "/api/now/stats/task", params=params, headers={"Accept": "application/xml"})
    assert answer.text.endswith(
        "<response>"
        "<result><stats><count>2</count></stats><groupby_fields><field>state</field><value>1</value></groupby_fields>"
        "</result>"
        "<result><stats><count>2</count></stats><groupby_fields><field>state</field><value>2</value></groupby_fields>"
        "</result></response>"
    )


@pytest.mark.parametrize(
    ("having", "left"),
    [
        ("count^priority^>^1", ["1"]),
        ("count^priority^=^1", ["2", "4"]),
        ("count^priority^!=^2", ["2", "4"]),
        ("count^priority^<^2", ["2", "4"]),
        ("sum^order^>=^4", ["1", "2"]),
        ("avg^order^<=^3.5", ["1"]),
        ("max^order^=^4", ["1", "2"]),
        ("min^short_description^>^p", ["2"]),
        ("count^priority^=^1,sum^order^>^3", ["2"]),
        ("COUNT^priority^>^1", ["1"]),
    ],
)
def test_having__keeps_groups(stats: Stats, having: str, left: list[str]) -> None:
    assert values(stats(count="true", group_by="priority", having=having)) == left


@pytest.mark.parametrize("having", ["count", "count^priority^~^3", "median^order^>^3", "avg^^>^3"])
def test_having__malformed(ask: Callable[..., requests.Response], having: str) -> None:
    answer = ask(group_by="priority", having=having)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Aggregate Query Failed")


def test_having__value_is_data(stats: Stats) -> None:
    assert values(stats(group_by="priority", having="max^short_description^=^' OR 1=1 --")) == []


@pytest.mark.parametrize(
    ("order_by", "priorities"),
    [
        ("priority", ["1", "2", "4"]),
        ("priority^DESC", ["4", "2", "1"]),
        ("COUNT^DESC", ["1", "2", "4"]),
        ("COUNT", ["2", "4", "1"]),
        ("COUNT,priority^DESC", ["4", "2", "1"]),
        ("SUM^order^DESC", ["1", "2", "4"]),
        ("AVG^order^DESC", ["2", "1", "4"]),
        ("MAX^short_description", ["4", "2", "1"]),
        ("short_description", ["1", "2", "4"]),
    ],
)
def test_order__of_groups(stats: Stats, order_by: str, priorities: list[str]) -> None:
    assert values(stats(group_by="priority", order_by=order_by)) == priorities


def test_order__references_by_name(call: Call) -> None:
    path = "/api/now/stats/incident?sysparm_group_by=assignment_group&sysparm_display_value=true"
    names = values(call("GET", f"{path}&sysparm_order_by=assignment_group").json()["result"])
    assert names == sorted(names)


@pytest.mark.parametrize("parameter", ["avg_fields", "min_fields", "max_fields", "sum_fields", "group_by"])
def test_unknown_column__fails(ask: Callable[..., requests.Response], parameter: str) -> None:
    """Recorded 2026: ``max`` of ``sys_updated_on`` on a log table, which has none."""
    answer = ask(**{parameter: "u_nope"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Aggregate Query Failed")


def test_unknown_column__of_a_log_table(ask: Callable[..., requests.Response]) -> None:
    assert ask("syslog", query="", max_fields="sys_updated_on").status_code == 400


def test_unknown_column__in_a_condition_is_dropped(ask: Callable[..., requests.Response], tasks: object) -> None:
    assert ask(query=f"{MINE}^u_nope=1", count="true").json()["result"]["stats"] == {"count": "4"}


def test_unknown_table(ask: Callable[..., requests.Response]) -> None:
    answer = ask("u_nope", count="true")
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Invalid table u_nope")


def test_unreadable_table__is_refused(sandbox: Sandbox, call: Call) -> None:
    """Documented: the Aggregate API needs read access to the table."""
    answer = call("GET", "/api/now/stats/sys_user_has_role?sysparm_count=true", auth=("employee", "employee"))
    assert answer.status_code == 403


def test_not_logged_in(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/api/now/stats/incident?sysparm_count=true", timeout=30)
    assert answer.status_code == 401


def test_head__has_no_body(call: Call) -> None:
    assert call("HEAD", "/api/now/stats/incident?sysparm_count=true").content == b""


def test_post__is_not_offered(call: Call) -> None:
    assert call("POST", "/api/now/stats/incident", json={}).status_code == 405


FIELDS = st.sampled_from(
    [
        *("state", "caller_id", "caller_id.department.name", "opened_at", "business_duration", "active", "work_notes"),
        *("sys_class_name", "watch_list", "NUMBER", "parent.ref_incident.category", "sys_tags", "u_nope", "", "a.b.c"),
    ]
)
LISTS = st.lists(FIELDS | st.text(max_size=5), max_size=3).map(",".join)
CONDITIONS = st.tuples(
    st.sampled_from(["count", "sum", "avg", "min", "MAX", ""]), FIELDS, st.sampled_from(["=", "!=", ">", "~"]), LISTS
).map("^".join)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "sysparm_count": st.just("true"),
        "sysparm_group_by": LISTS,
        "sysparm_having": CONDITIONS | LISTS,
        "sysparm_order_by": LISTS | CONDITIONS,
        "sysparm_display_value": st.sampled_from(["true", "false", "all"]),
        **{f"sysparm_{function}_fields": LISTS for function in ("avg", "min", "max", "sum")},
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(params=REQUESTS)
def test_any_parameters__end_in_an_answer(call: Call, params: dict[str, str]) -> None:
    """Refusals are fine; a fault of the server is not."""
    assert call("GET", "/api/now/stats/incident", params=params).status_code in (200, 400, 501)
