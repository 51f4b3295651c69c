"""Numbers that the instance works out: what is asked for, and what is read out of the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import Client, InvalidUsage, MissingResult, QueryIgnored
from pysnow.apis.statistics import Stats, statistics_of
from pysnow.exceptions import ErrorInResult, HTTPStatusError, PartialResult, PermissionDenied, PysnowException
from tests.unit.canned_server import CannedServer, http

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

# In the form of the sample of the Aggregate API's documentation.
SAMPLE = {
    "result": [
        {
            "stats": {
                "count": "7",
                "avg": {"business_stc": "804162.7143", "reassignment_count": "1.0000"},
                "sum": {"reassignment_count": "7"},
            },
            "groupby_fields": [{"display_value": "Closed", "field": "state", "value": "7"}],
        },
        {
            "stats": {"count": "1", "avg": {"business_stc": "", "reassignment_count": ""}, "sum": {}},
            "groupby_fields": [{"display_value": "", "field": "state", "value": ""}],
        },
    ]
}


@pytest.fixture
def table(client: Client) -> Table:
    """The incident table."""
    return client.table("incident")


def _sent(sandbox: Sandbox) -> dict[str, str]:
    return dict(sandbox.requests[-1].query)


def _answered(document: object, **asked: Any) -> Stats:
    with CannedServer(http(json.dumps(document).encode())) as server:
        client = Client(instance=server.url, user="ada", password="secret", retry=None)
        return client.table("incident").aggregate(**asked)


# -- what is asked for -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({}, {"sysparm_count": "true"}),
        ({"query": {"state": "1"}}, {"sysparm_query": "state=1", "sysparm_count": "true"}),
        ({"count": False, "avg": "priority"}, {"sysparm_avg_fields": "priority"}),
        ({"count": False, "sum": ["priority", "urgency"]}, {"sysparm_sum_fields": "priority,urgency"}),
        (
            {"count": False, "min": "opened_at", "max": "opened_at,state"},
            {"sysparm_min_fields": "opened_at", "sysparm_max_fields": "opened_at,state"},
        ),
        (
            {"group_by": ["state", "caller_id.active"], "display_value": False},
            {
                "sysparm_count": "true",
                "sysparm_group_by": "state,caller_id.active",
                "sysparm_display_value": "false",
            },
        ),
    ],
)
def test_parameters__are_the_platforms(
    table: Table, sandbox: Sandbox, asked: Mapping[str, Any], sent: dict[str, str]
) -> None:
    table.aggregate(**asked)
    assert _sent(sandbox) == sent


@pytest.mark.parametrize(
    ("having", "sent"),
    [
        ([("count", "state", ">", 10)], "count^state^>^10"),
        ([("count", ">", 10)], "count^state^>^10"),
        (("count", ">=", 10), "count^state^>=^10"),
        (
            [("count", "state", ">", 1), ("avg", "priority", "<=", Decimal("2.5"))],
            "count^state^>^1,avg^priority^<=^2.5",
        ),
    ],
)
def test_having__is_written_with_carets(table: Table, sandbox: Sandbox, having: Any, sent: str) -> None:
    table.aggregate(group_by="state", having=having)
    assert _sent(sandbox)["sysparm_having"] == sent


@pytest.mark.parametrize(
    ("order", "sent"),
    [
        ("state", "state"),
        ("-state", "state^DESC"),
        (["-count", "state"], "COUNT^DESC,state"),
        (["avg^priority", "-max^priority"], "AVG^priority,MAX^priority^DESC"),
    ],
)
def test_order__is_a_parameter_of_its_own(table: Table, sandbox: Sandbox, order: Any, sent: str) -> None:
    table.aggregate(group_by="state", avg="priority", max="priority", order_by=order)
    assert _sent(sandbox)["sysparm_order_by"] == sent


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"count": False}, "Nothing is asked for"),
        ({"count": 1}, "count must be True or False"),
        ({"having": [("count", ">", 1)]}, "say group_by"),
        ({"order_by": "-count"}, "say group_by"),
        ({"group_by": "state^x"}, "is no column name"),
        ({"avg": 5}, "avg must be a column"),
        ({"avg": [5]}, "avg must name columns"),
        ({"group_by": "state", "having": "count>1"}, "must be a list such as"),
        ({"group_by": "state", "having": [("count", "state", ">")]}, "is such as"),
        ({"group_by": "state", "having": [("total", "state", ">", 1)]}, "begins with one of count"),
        ({"group_by": "state", "having": [("count", "state", "LIKE", 1)]}, "compares by one of"),
        ({"group_by": "state", "having": [("count", "state", ">", "1,2")]}, "without ',' and"),
        ({"group_by": "state", "having": [("count", "state", ">", None)]}, "compares with a number"),
        ({"group_by": "state", "order_by": "median^state"}, "order_by takes columns"),
        ({"group_by": "state", "order_by": "-cuont"}, "did you mean 'count'"),
        ({"group_by": "state", "order_by": "priority"}, "there are 'state', 'count'"),
        ({"group_by": "state", "order_by": "sum^priority", "avg": "priority"}, "did you mean 'avg\\^priority'"),
        ({"group_by": "state", "order_by": "count", "count": False, "avg": "priority"}, "order_by takes columns"),
        ({"group_by": "state", "display_value": "yes"}, "display_value must be"),
        ({"query": "INC0010001"}, "is a number, not a query"),
    ],
)
def test_nonsense__is_refused_unsent(table: Table, sandbox: Sandbox, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidUsage, match=message):
        table.aggregate(**asked)
    assert len(sandbox.requests) == 0


# -- what is read out of the answer ------------------------------------------------------------------------------------


def test_count__of_all(table: Table) -> None:
    assert table.aggregate().count == table.count() == 66


def test_numbers__are_exact(table: Table) -> None:
    stats = table.aggregate(avg="reassignment_count", sum="reassignment_count", max="priority")
    assert (stats.avg, stats.sum, stats.max) == (
        {"reassignment_count": Decimal("0.8333")},
        {"reassignment_count": 55},
        {"priority": 5},
    )


def test_extremes__of_moments_are_texts(table: Table) -> None:
    assert str(table.aggregate(min="sys_created_on").min["sys_created_on"]).startswith("2025-")


def test_durations__sum_is_that_of_the_records(table: Table, sandbox: Sandbox) -> None:
    texts = table.column("business_duration", "business_durationISNOTEMPTY")
    total = sum((datetime.fromisoformat(text) - datetime(1970, 1, 1) for text in texts), timedelta())
    assert table.aggregate(sum="business_duration").sum == {"business_duration": total}


def test_durations__sum_takes_one_request(table: Table, sandbox: Sandbox) -> None:
    table.aggregate(sum="business_duration")
    assert len(sandbox.requests) == 1


def test_durations__average_is_that_of_the_records(table: Table) -> None:
    texts = table.column("business_duration", "business_durationISNOTEMPTY")
    total = sum((datetime.fromisoformat(text) - datetime(1970, 1, 1) for text in texts), timedelta())
    average = table.aggregate(avg="business_duration").avg["business_duration"]
    assert isinstance(average, timedelta)
    assert abs(average - total / len(texts)) <= timedelta(seconds=1)


def test_durations__of_groups(table: Table) -> None:
    groups = table.aggregate("business_durationISNOTEMPTY", group_by="state", avg="business_duration")
    assert {type(group.avg["business_duration"]) for group in groups} == {timedelta}


def test_durations__behind_a_reference(client: Client) -> None:
    stats = client.table("task_sla").aggregate("task.business_durationISNOTEMPTY", avg="task.business_duration")
    assert isinstance(stats.avg["task.business_duration"], timedelta)


def test_durations__of_nothing(table: Table) -> None:
    stats = table.aggregate("number=nope", avg="business_duration", sum="business_duration")
    assert (stats.avg, stats.sum) == ({"business_duration": None}, {"business_duration": None})


def test_durations__are_shown_as_such(table: Table) -> None:
    assert re.search(r"^66 +\d+ days, \d+:\d\d:\d\d$", table.aggregate(sum="business_duration").table(), re.MULTILINE)


def test_average__of_moments_is_a_text(table: Table) -> None:
    average = table.aggregate(avg="opened_at").avg["opened_at"]
    extremes = table.aggregate(min="opened_at", max="opened_at")
    assert str(extremes.min["opened_at"]) < str(average) < str(extremes.max["opened_at"])


def test_average__as_it_came_where_the_dictionary_may_not_be_read(sandbox: Sandbox) -> None:
    sandbox.add_user("clerk", roles=["itil"])
    for name in ("sys_db_object", "sys_dictionary"):
        sandbox.deny(name, "read", admins_too=True)
    with Client(instance=sandbox.url, user="clerk", password="clerk") as clerk:
        stats = clerk.table("incident").aggregate(avg=["business_duration", "reassignment_count"])
    assert isinstance(stats.avg["reassignment_count"], Decimal)
    assert str(stats.avg["business_duration"]).startswith("1970-01-")


def test_sum__that_is_no_duration() -> None:
    with pytest.raises(MissingResult, match="no duration"):
        statistics_of({"sum": {"x": "2026-13-45 00:00:00"}})


def test_numbers__of_nothing(table: Table) -> None:
    stats = table.aggregate("number=nope", avg="priority", min="priority")
    assert (stats.count, stats.avg["priority"], stats.min["priority"]) == (0, None, None)


def test_groups__counts_are_those_of_the_list(table: Table) -> None:
    found = {group["state"]: group.count for group in table.aggregate(group_by="state")}
    rows = table.get(fields="state").all()
    assert found == {state: sum(row["state"] == state for row in rows) for state in {row["state"] for row in rows}}


def test_groups__all_together(table: Table) -> None:
    assert table.aggregate(group_by="state").count == 66


def test_groups__order_and_condition(table: Table) -> None:
    counts = [group.count for group in table.aggregate(group_by="state", having=("count", ">", 3), order_by="-count")]
    assert counts == sorted(counts, reverse=True)
    assert min(counts) > 3


def test_groups__by_several_columns(table: Table) -> None:
    group = table.aggregate("stateISNOTEMPTY", group_by=["state", "priority"])[0]
    assert [value.field for value in group.values] == ["state", "priority"]


def test_groups__value_and_label(table: Table) -> None:
    group = table.aggregate("state=1", group_by="state")[0]
    assert (group.value("state"), group.label("state"), group["state"]) == ("1", "New", "1")


def test_groups__labels_alone(table: Table) -> None:
    group = table.aggregate("state=1", group_by="state", display_value=True)[0]
    assert (group.label("state"), group["state"]) == ("New", "New")
    with pytest.raises(InvalidUsage, match="labels alone"):
        group.value("state")


def test_groups__values_alone(table: Table) -> None:
    group = table.aggregate("state=1", group_by="state", display_value=False)[0]
    with pytest.raises(InvalidUsage, match="brings no labels"):
        group.label("state")


def test_groups__empty_value_is_kept(table: Table) -> None:
    values = [group["assigned_to"] for group in table.aggregate(group_by="assigned_to")]
    assert "" in values


def test_groups__numbers_of_all_are_not_there(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="each has its own numbers"):
        _ = table.aggregate(group_by="state", avg="priority").avg


def test_groups__column_that_was_not_asked_for(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="grouped by state, not by 'priority'"):
        _ = table.aggregate(group_by="state")[0]["priority"]


def test_groups__that_were_not_counted(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="ask with count=True"):
        _ = table.aggregate(count=False, avg="priority", group_by="state").count


def test_sample__of_the_documentation() -> None:
    stats = _answered(SAMPLE, group_by="state", avg="business_stc,reassignment_count", sum="reassignment_count")
    closed, empty = stats
    assert (closed.count, closed.avg["business_stc"], closed.sum["reassignment_count"], closed.label("state")) == (
        7,
        Decimal("804162.7143"),
        7,
        "Closed",
    )
    assert (empty["state"], empty.label("state"), empty.avg["business_stc"]) == ("", "", None)


def test_sample__as_dicts() -> None:
    assert _answered(SAMPLE, group_by="state").to_dict()["groups"][0] == {
        "values": {"state": "7"},
        "labels": {"state": "Closed"},
        "stats": {
            "count": 7,
            "avg": {"business_stc": Decimal("804162.7143"), "reassignment_count": Decimal("1.0000")},
            "sum": {"reassignment_count": 7},
        },
    }


def test_sample__as_rows() -> None:
    assert _answered(SAMPLE, group_by="state").rows()[0] == {
        "state": "7",
        "state_label": "Closed",
        "count": 7,
        "avg_business_stc": Decimal("804162.7143"),
        "avg_reassignment_count": Decimal("1.0000"),
        "sum_reassignment_count": 7,
    }


def test_table__has_labels_and_numbers(table: Table) -> None:
    text = table.aggregate("state=1", group_by="state").table()
    assert text.splitlines() == ["state  count", "New    7"]


def test_table__of_groups_whose_numbers_are_not_alike() -> None:
    lines = _answered(SAMPLE, group_by="state").table().splitlines()
    assert lines[0].split()[-1] == "sum_reassignment_count"
    assert len(lines) == 3


def test_table__without_groups(table: Table) -> None:
    assert table.aggregate("number=nope").table() == "count\n0"


def test_table__of_no_groups(table: Table) -> None:
    assert table.aggregate("number=nope", group_by="state").table() == ""


def test_html__is_escaped() -> None:
    document = {"result": [{"stats": {"count": "1"}, "groupby_fields": [{"field": "u_x", "value": "<b>"}]}]}
    assert "&lt;b&gt;" in _answered(document, group_by="u_x")._repr_html_()


def test_repr__is_one_line(table: Table) -> None:
    assert (repr(table.aggregate()), repr(table.aggregate("state=1", group_by="state"))) == (
        "<Stats count=66>",
        "<Stats, 1 groups>",
    )


# -- errors ------------------------------------------------------------------------------------------------------------


def test_unknown_column__says_so(table: Table) -> None:
    with pytest.raises(HTTPStatusError, match="Aggregate Query Failed"):
        table.aggregate(avg="nope")


def test_no_right__says_so(table: Table, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "read", admins_too=True)
    with pytest.raises(PermissionDenied):
        table.aggregate()


def test_strict__misspelt_column_of_the_query(sandbox: Sandbox) -> None:
    strict = Client(instance=sandbox.url, user="admin", password="admin", strict=True)
    with pytest.raises(QueryIgnored):
        strict.table("incident").aggregate("nmber=1")


@pytest.mark.parametrize(
    ("document", "asked", "error"),
    [
        ({"error": {"message": "no", "detail": ""}, "status": "failure"}, {}, ErrorInResult),
        ({"result": {"stats": []}}, {}, MissingResult),
        ({"result": {}}, {}, MissingResult),
        ({"result": {"stats": {"count": "many"}}}, {}, MissingResult),
        ({"result": {"stats": {"count": "-3"}}}, {}, MissingResult),
        ({"result": {"stats": {"count": "\u0661\u0662"}}}, {}, MissingResult),
        ({"result": {"stats": {"count": "9" * 5000}}}, {}, MissingResult),
        ({"result": {"stats": {"count": "7"}}, "error": {"message": "no"}}, {}, PartialResult),
        ({"result": {"stats": {"count": "7"}}, "status": "failure"}, {}, PartialResult),
        ({"result": {"stats": {"avg": ["1"]}}}, {"avg": "x"}, MissingResult),
        ({"result": {"stats": {"sum": {"x": "lots"}}}}, {"sum": "x"}, MissingResult),
        ({"result": [{"stats": {"count": "1"}}]}, {"group_by": "x"}, MissingResult),
        ({"result": [{"groupby_fields": []}]}, {"group_by": "x"}, MissingResult),
    ],
)
def test_answer__that_is_none(document: object, asked: dict[str, Any], error: type[PysnowException]) -> None:
    with pytest.raises(error):
        _answered(document, **asked)


@given(st.integers(-(10**30), 10**30))
def test_numbers__whole_ones_come_back(number: int) -> None:
    assert statistics_of({"sum": {"x": str(number)}}).sum["x"] == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_numbers__decimals_come_back(number: Decimal) -> None:
    assert statistics_of({"avg": {"x": f"{number:f}"}}).avg["x"] == number


@given(st.text(max_size=12))
def test_extremes__anything_is_a_number_or_the_text(text: str) -> None:
    found = statistics_of({"max": {"x": text}}).max["x"]
    assert found == text or not isinstance(found, str)
