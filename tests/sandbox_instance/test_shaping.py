"""Rows as JSON members: every shape of every type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.member_order import member_order
from pysnow.sandbox.shaping import shape_page, shape_record

BASE = "https://dev00000.service-now.com/api/now/table"
ABEL = "62826bf03710200044e0bfc8bcbe5df1"
ABEL_LINK = f"{BASE}/sys_user/{ABEL}"
ACME = "31bea3d53790200044e0bfc8bcbe5dec"


class Shaper:
    """Shapes one incident or asset, written with given values, as one member."""

    def __init__(self, instance: Instance, writer: Caller, reader: Caller) -> None:
        self.instance, self.writer, self.reader = instance, writer, reader

    def row(self, table: str, **values: object) -> Row:
        return self.instance.create(table, values, self.writer)

    def __call__(self, row: Row, table: str, *fields: str, display_value: str = "false", links: bool = True) -> Any:
        members = shape_record(
            self.instance,
            table,
            row,
            fields=fields,
            display_value=display_value,
            exclude_reference_link=not links,
            caller=self.reader,
        )
        return members[fields[0]] if len(fields) == 1 else members


@pytest.fixture
def shape(instance: Instance, admin: Caller, abel: Caller) -> Shaper:
    """Rows written by the administrator, read by Abel Tuter."""
    return Shaper(instance, admin, abel)


@pytest.mark.parametrize(
    ("style", "shaped"),
    [("false", "2"), ("true", "In Progress"), ("all", {"display_value": "In Progress", "value": "2"}), ("x", "2")],
)
def test_plain(shape: Shaper, style: str, shaped: object) -> None:
    assert shape(shape.row("incident", state="2"), "incident", "state", display_value=style) == shaped


@pytest.mark.parametrize(
    ("style", "shaped"),
    [
        ("false", {"link": ABEL_LINK, "value": ABEL}),
        ("true", {"display_value": "Abel Tuter", "link": ABEL_LINK}),
        ("all", {"display_value": "Abel Tuter", "link": ABEL_LINK, "value": ABEL}),
    ],
)
def test_reference(shape: Shaper, style: str, shaped: dict[str, str]) -> None:
    found = shape(shape.row("incident", caller_id=ABEL), "incident", "caller_id", display_value=style)
    assert list(found.items()) == list(shaped.items())


@pytest.mark.parametrize(
    ("style", "shaped"),
    [("false", ABEL), ("true", "Abel Tuter"), ("all", {"display_value": "Abel Tuter", "value": ABEL})],
)
def test_reference__without_link(shape: Shaper, style: str, shaped: object) -> None:
    row = shape.row("incident", caller_id=ABEL)
    assert shape(row, "incident", "caller_id", display_value=style, links=False) == shaped


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize(
    ("style", "shaped"), [("false", ""), ("true", ""), ("all", {"display_value": "", "value": ""})]
)
def test_reference__empty(shape: Shaper, style: str, shaped: object, links: bool) -> None:
    assert shape(shape.row("incident"), "incident", "caller_id", display_value=style, links=links) == shaped


def test_reference__to_nothing_has_no_name(shape: Shaper) -> None:
    row = shape.row("incident", caller_id="f" * 32)
    assert shape(row, "incident", "caller_id", display_value="true") == {
        "display_value": "",
        "link": f"{BASE}/sys_user/{'f' * 32}",
    }


def test_reference__is_named_by_the_name_of_a_reference(shape: Shaper) -> None:
    first = shape.row("u_loan", u_borrower=ABEL)
    row = shape.row("u_loan", u_renews=first["sys_id"])
    assert shape(row, "u_loan", "u_renews", display_value="true", links=False) == "Abel Tuter"


def test_reference__to_an_unknown_table_shows_its_key(shape: Shaper) -> None:
    row = shape.row("u_loan", u_vendor="v1")
    assert shape(row, "u_loan", "u_vendor", display_value="true", links=False) == "v1"


def test_reference__keyed_by_name_links_to_a_query(shape: Shaper) -> None:
    shape.instance.store.insert("u_type", {"sys_id": "1", "name": "lap top", "u_label": "Laptop"})
    row = shape.row("u_asset", u_type="lap top")
    assert shape(row, "u_asset", "u_type", display_value="all") == {
        "display_value": "Laptop",
        "link": f"{BASE}/u_type?name=lap%20top",
        "value": "lap top",
    }


@pytest.mark.parametrize(
    ("style", "shaped"),
    [
        ("false", {"link": f"{BASE}/sys_user_group/global", "value": "global"}),
        ("true", {"display_value": "global", "link": f"{BASE}/sys_user_group/global"}),
    ],
)
def test_domain__is_an_object(shape: Shaper, style: str, shaped: object) -> None:
    assert shape(shape.row("incident"), "incident", "sys_domain", display_value=style) == shaped


@pytest.mark.parametrize(
    ("style", "shaped"),
    [("false", f"{ABEL},x@example.com"), ("true", "Abel Tuter, x@example.com")],
)
def test_glide_list__names_its_members(shape: Shaper, style: str, shaped: str) -> None:
    row = shape.row("incident", watch_list=f"{ABEL},x@example.com")
    assert shape(row, "incident", "watch_list", display_value=style) == shaped


@pytest.mark.parametrize(
    ("element", "value", "raw", "display"),
    [
        ("u_count", 1024, "1024", "1,024"),
        ("u_weight", "1234.5", "1234.5", "1,234.5"),
        ("u_cost", 0, "0", "$0.00"),
        ("u_cost", "-1299.5", "-1299.5", "-$1,299.50"),
        ("u_bought", "2026-03-02", "2026-03-02", "03/02/2026"),
        ("u_opens", "13:15:00", "1970-01-01 13:15:00", "01:15:00 PM"),
        ("u_uptime", "1970-01-03 04:05:06", "1970-01-03 04:05:06", "2 Days 4 Hours 5 Minutes"),
        ("u_vital", "true", "true", "true"),
        ("u_table", "incident", "incident", "Incident"),
        ("u_table", "u_nope", "u_nope", "u_nope"),
        ("u_secret", "secret", "", "********"),
        ("u_secret", "", "", ""),
        ("u_count", "", "", ""),
        ("sys_tags", "x", "", ""),
    ],
)
def test_asset__of_each_type(shape: Shaper, element: str, value: object, raw: str, display: str) -> None:
    row = shape.row("u_asset", **{element: value})
    assert shape(row, "u_asset", element, display_value="all") == {"display_value": display, "value": raw}


@pytest.mark.parametrize(
    ("element", "raw", "display"),
    [
        ("opened_at", "2026-03-02 09:15:00", "03/02/2026 01:15:00 AM"),
        ("sys_class_name", "incident", "Incident"),
        ("category", "inquiry", "Inquiry / Help"),
        ("sys_domain_path", "/", "/"),
    ],
)
def test_incident__of_each_type(shape: Shaper, element: str, raw: str, display: str) -> None:
    row = shape.row("incident")
    assert shape(row, "incident", element, display_value="all") == {"display_value": display, "value": raw}


def test_choice__without_label_shows_itself(shape: Shaper) -> None:
    assert shape(shape.row("incident", state="99"), "incident", "state", display_value="true") == "99"


def test_choice__is_that_of_the_table_asked(shape: Shaper) -> None:
    row = shape.row("incident", state="2")
    assert shape(row, "task", "state", display_value="true") == "Work in Progress"


def test_document_id__takes_its_table_from_the_companion(shape: Shaper) -> None:
    incident = shape.row("incident")
    row = shape.row("u_asset", u_table="incident", u_document=incident["sys_id"])
    assert shape(row, "u_asset", "u_document", display_value="all") == {
        "display_value": "INC0010001",
        "value": incident["sys_id"],
    }


def test_document_id__of_an_unknown_table(shape: Shaper) -> None:
    row = shape.row("u_asset", u_table="u_nope", u_document="x")
    assert shape(row, "u_asset", "u_document", display_value="true") == ""


def test_field_name__is_the_label_in_its_table(shape: Shaper) -> None:
    row = shape.row("u_asset", u_table="incident", u_field="caller_id")
    assert shape(row, "u_asset", "u_field", display_value="true") == "Caller"


def test_dot_walk__has_a_flat_key(shape: Shaper) -> None:
    row = shape.row("incident", caller_id=ABEL)
    assert shape(row, "incident", "caller_id.email", "number") == {
        "caller_id.email": "abel.tuter@example.com",
        "number": "INC0010001",
    }


def test_dot_walk__to_a_reference(shape: Shaper) -> None:
    row = shape.row("incident", caller_id=ABEL)
    assert shape(row, "incident", "caller_id.company", display_value="all") == {
        "display_value": "ACME",
        "link": f"{BASE}/core_company/{ACME}",
        "value": ACME,
    }


@pytest.mark.parametrize(
    ("path", "shaped"),
    [
        ("caller_id.company.name", "ACME"),
        ("parent.number", "INC0010001"),
        ("parent.ref_incident.category", "inquiry"),
        ("parent.ref_incident.caller_id.email", ""),
        ("parent.parent.number", ""),
    ],
)
def test_dot_walk__several_steps(shape: Shaper, path: str, shaped: str) -> None:
    parent = shape.row("incident")
    row = shape.row("incident", caller_id=ABEL, parent=parent["sys_id"])
    assert shape(row, "incident", path) == shaped


def test_dot_walk__to_a_journal(shape: Shaper) -> None:
    parent = shape.row("incident", comments="Hello")
    row = shape.row("incident", parent=parent["sys_id"])
    assert "Hello" in shape(row, "incident", "parent.comments", display_value="true")


@pytest.mark.parametrize(
    "path", ["parent.ref_incident.caller_id.email", "ref_incident.category", "caller_id.company.name"]
)
def test_dot_walk__joined_by_the_store_or_not(shape: Shaper, path: str) -> None:
    """What the store's joins give and what is fetched afterwards are the same."""
    shape.row("incident", caller_id=ABEL, parent=shape.row("incident", caller_id=ABEL)["sys_id"])
    shaped = []
    for columns in (["sys_id"], [path]):
        page = shape.instance.find("task", "ORDERBYnumber", shape.reader, columns=columns)
        shaped.append(_page(shape, "task", page.rows, [path]))
    assert shaped[0] == shaped[1]


@pytest.mark.parametrize("name", ["u_nope", "caller_id.u_nope", "number.x", "watch_list.name", "", ".", "NUMBER"])
def test_unknown_name__is_absent(shape: Shaper, name: str) -> None:
    assert shape(shape.row("incident"), "incident", name, "number") == {"number": "INC0010001"}


def test_all_columns__in_the_order_of_java(shape: Shaper) -> None:
    [members] = _page(shape, "incident", [shape.row("incident")], None)
    assert tuple(members) == member_order(tuple(shape.instance.dictionary.columns("incident")))


def test_fields__asked_twice_come_once(shape: Shaper) -> None:
    assert shape(shape.row("incident"), "incident", "number", "number") == {"number": "INC0010001"}


def test_fields__none_known(shape: Shaper) -> None:
    assert _page(shape, "incident", [shape.row("incident")], ["u_nope"]) == [{}]


def test_page__of_no_rows(shape: Shaper) -> None:
    assert _page(shape, "incident", [], None) == []


def test_page__costs_no_query_per_row(shape: Shaper) -> None:
    def queries(count: int) -> int:
        rows = [shape.row("incident", caller_id=ABEL, comments="x", watch_list=ABEL) for _ in range(count)]
        with _counted_queries(shape.instance) as counter:
            _page(shape, "incident", rows, None, display_value="all")
        return len(counter)

    assert queries(1) == queries(50)


def _page(
    shape: Shaper, table: str, rows: list[Row], fields: list[str] | None, display_value: str = "false"
) -> list[dict[str, object]]:
    return shape_page(
        shape.instance,
        table,
        rows,
        fields=fields,
        display_value=display_value,
        exclude_reference_link=False,
        caller=shape.reader,
    )


@contextmanager
def _counted_queries(instance: Instance) -> Iterator[list[str]]:
    """Collect the statements that SQLite runs."""
    statements: list[str] = []
    with instance.store._connections.reading() as connection:
        connection.set_trace_callback(statements.append)
        try:
            yield statements
        finally:
            connection.set_trace_callback(None)
