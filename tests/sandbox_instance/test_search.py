"""Finding records."""

from __future__ import annotations

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.refusals import UnknownTable


@pytest.fixture(autouse=True)
def _incidents(instance: Instance, admin: Caller, abel: Caller) -> None:
    for state, caller_id in (("1", abel.sys_id), ("2", abel.sys_id), ("2", admin.sys_id), ("1", "")):
        instance.create("incident", {"state": state, "caller_id": caller_id}, admin)


def _numbers(instance: Instance, caller: Caller, query: str = "", **filters: str) -> list[str]:
    page = instance.find("incident", query, caller, columns=["number"], filters=filters.items())
    return sorted((row["number"] or "")[-1] for row in page.rows)


def test_find__by_query(instance: Instance, admin: Caller) -> None:
    assert _numbers(instance, admin, "state=2^caller_id.nameSTARTSWITHabel") == ["2"]


def test_find__everything(instance: Instance, admin: Caller) -> None:
    assert _numbers(instance, admin) == ["1", "2", "3", "4"]


def test_find__a_window_and_the_total(instance: Instance, admin: Caller) -> None:
    page = instance.find("incident", "ORDERBYnumber", admin, limit=2, offset=1)
    assert ([row["number"] for row in page.rows], page.total) == (["INC0010002", "INC0010003"], 4)


def test_find__without_a_count(instance: Instance, admin: Caller) -> None:
    assert instance.find("incident", "", admin, count=False).total is None


def test_find__rows_hold_what_is_asked_and_the_sys_id(instance: Instance, admin: Caller) -> None:
    page = instance.find("incident", "number=INC0010001", admin, columns=["caller_id.email", "u_nope"])
    assert [sorted(row) for row in page.rows] == [["caller_id.email", "sys_id"]]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"state": "2"}, ["2", "3"]),
        ({"state": "In Progress"}, ["2", "3"]),
        ({"caller_id": "62826bf03710200044e0bfc8bcbe5df1"}, ["1", "2"]),
        ({"caller_id": "Abel Tuter"}, ["1", "2"]),
        ({"caller_id.user_name": "abel.tuter"}, ["1", "2"]),
        ({"caller_id": "Abel Tuter", "state": "2"}, ["2"]),
        ({"caller_id": "Nobody"}, []),
        ({"u_nope": "1"}, ["1", "2", "3", "4"]),
        ({"number": "INC0010001^ORstate=2"}, []),
    ],
    ids=str,
)
def test_find__by_shorthand(instance: Instance, admin: Caller, filters: dict[str, str], numbers: list[str]) -> None:
    assert _numbers(instance, admin, **filters) == numbers


def test_find__a_query_overrides_the_shorthand(instance: Instance, admin: Caller) -> None:
    assert _numbers(instance, admin, "number=INC0010001", state="2") == ["1"]


def test_find__scripts_speak_of_the_caller(instance: Instance, abel: Caller) -> None:
    assert _numbers(instance, abel, "caller_id=javascript:gs.getUserID()") == ["1", "2"]


def test_find__unknown_table(instance: Instance, admin: Caller) -> None:
    with pytest.raises(UnknownTable):
        instance.find("u_nope", "", admin)


def test_get__unknown_table(instance: Instance) -> None:
    with pytest.raises(UnknownTable):
        instance.get("u_nope", "x")


def test_view_columns__of_a_known_view(instance: Instance) -> None:
    assert instance.view_columns("incident", "ess") == [
        "number",
        "caller_id",
        "opened_at",
        "urgency",
        "state",
        "watch_list",
        "short_description",
        "comments",
    ]


@pytest.mark.parametrize(("table", "view"), [("incident", "u_nope"), ("incident", ""), ("u_asset", "mobile")])
def test_view_columns__otherwise_all(instance: Instance, table: str, view: str) -> None:
    assert instance.view_columns(table, view) is None
