"""Rows as JSON text: whoever writes them, by columns or by SQLite itself, the bytes are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox
from pysnow.sandbox.dictionary.types import Kind, kind_of
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.shaping import json_shape, shape_page, write_page
from pysnow.sandbox.store.statements import by_sys_ids

TABLE = "incident"
LINKED = ("reference", "domain_id")
BLANK = ("journal", "journal_input", "journal_list", "related_tags", "password", "password2")
FIELDS = (
    *("sys_id", "number", "state", "active", "opened_at", "caller_id", "assignment_group", "short_description"),
    *("comments", "sys_tags", "calendar_duration", "sys_domain", "watch_list", "sys_class_name", "business_stc"),
    *("caller_id.email", "caller_id.company", "caller_id.company.name", "parent.ref_incident.category"),
    *("parent.comments", "caller_id.user_password", "u_nope", "NUMBER", "number.x", "caller_id.u_nope"),
)

# Control characters, quotes, what JSON and URLs escape, letters beyond the basic plane.
texts = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x1F6FF), max_size=6) | st.text(
    '\0"\\/\n\x1f\x7f%é🎉', max_size=6
)
moments = st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds"))
keys = st.sampled_from(
    ["62826bf03710200044e0bfc8bcbe5df1", "6816f79cc0a8016401c5a33be04be441", "f" * 32, "global", "A-Z_.~"]
)
fields = st.none() | st.lists(st.sampled_from(FIELDS), max_size=12)
styles = st.sampled_from(["false", "true", "all"])


def _value(kind: Kind, references: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return {
        Kind.INTEGER: st.integers(-(10**9), 10**9).map(str),
        Kind.DECIMAL: st.decimals(-1000, 1000, places=2).map(str),
        Kind.BOOLEAN: st.sampled_from(["true", "false"]),
        Kind.DATE_TIME: moments | texts,
        Kind.REFERENCE: references,
    }.get(kind, texts)


def _rows(references: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, str]]]:
    """A page of incidents that hold anything, most columns empty."""
    written = {
        **dict.fromkeys(("short_description", "description", "category", "close_notes", "watch_list"), Kind.TEXT),
        **dict.fromkeys(("caller_id", "assigned_to", "assignment_group", "sys_domain", "parent"), Kind.REFERENCE),
        **dict.fromkeys(("opened_at", "sys_updated_on", "calendar_duration"), Kind.DATE_TIME),
        **dict.fromkeys(("state", "impact", "business_stc"), Kind.INTEGER),
        "active": Kind.BOOLEAN,
    }
    row = st.fixed_dictionaries({}, optional={name: _value(kind, references) for name, kind in written.items()})
    return st.lists(row, min_size=1, max_size=4)


plain_pages = _rows(keys)
odd_pages = _rows(keys | texts)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The stock tables, and rules that hide columns of some incidents from all but administrators."""
    sandbox = Sandbox()
    sandbox.deny("incident.short_description", "read", where="state=2")
    sandbox.deny("incident.caller_id", "read", where="active=false")
    sandbox.deny("incident.watch_list", "read")
    yield sandbox
    sandbox.close()


@contextmanager
def _stored(sandbox: Sandbox, values: Sequence[Mapping[str, str]]) -> Iterator[list[Row]]:
    """Keep rows for the length of a block, and give them as they are found."""
    ids = [f"{position:032x}" for position in range(len(values))]
    store = sandbox.instance.store
    store.insert_many(TABLE, [{**row, "sys_id": sys_id} for row, sys_id in zip(values, ids, strict=True)])
    try:
        yield list(store.get_many(TABLE, ids))
    finally:
        for sys_id in ids:
            store.delete(TABLE, sys_id)


def _printed(sandbox: Sandbox, rows: list[Row], wanted: list[str] | None, *, links: bool) -> list[str] | None:
    shape = json_shape(sandbox.instance, TABLE, fields=wanted, exclude_reference_link=not links)
    texts = sandbox.instance.store.select_json(shape, by_sys_ids(TABLE, [row["sys_id"] or "" for row in rows]))
    return None if texts is None else [text.decode() for text in texts]


def _written(sandbox: Sandbox, rows: list[Row], wanted: list[str] | None, **options: Any) -> list[str]:
    given = {"display_value": "false", "exclude_reference_link": False, "caller": _caller(sandbox), **options}
    return write_page(sandbox.instance, TABLE, rows, fields=wanted, **given)


def _caller(sandbox: Sandbox, name: str = "admin") -> Caller:
    caller = sandbox.instance.caller(name)
    assert caller is not None
    return caller


@given(values=plain_pages, wanted=fields, links=st.booleans())
@example(values=[{}], wanted=[], links=True)
@example(values=[{"caller_id": "x", "short_description": "\0"}], wanted=None, links=True)
def test_select_json__prints_what_write_page_writes(
    sandbox: Sandbox, values: list[dict[str, str]], wanted: list[str] | None, links: bool
) -> None:
    with _stored(sandbox, values) as rows:
        printed = _printed(sandbox, rows, wanted, links=links)
        if printed is None:  # SQLite cannot tell a NUL in a key from one in a text
            assert any("\0" in (value or "") for row in rows for value in row.values())
        else:
            assert printed == _written(sandbox, rows, wanted, exclude_reference_link=not links)


@given(values=odd_pages, wanted=fields, links=st.booleans())
@example(values=[{"caller_id": "\0"}], wanted=None, links=True)
@example(values=[{"caller_id": "a\0b"}], wanted=["caller_id"], links=True)
@example(values=[{"caller_id": "a b"}], wanted=["caller_id"], links=True)
def test_select_json__prints_any_key_rightly_or_not_at_all(
    sandbox: Sandbox, values: list[dict[str, str]], wanted: list[str] | None, links: bool
) -> None:
    with _stored(sandbox, values) as rows:
        written = _written(sandbox, rows, wanted, exclude_reference_link=not links)
        assert _printed(sandbox, rows, wanted, links=links) in (None, written)


@given(values=odd_pages)
def test_select_json__without_links_prints_everything(sandbox: Sandbox, values: list[dict[str, str]]) -> None:
    with _stored(sandbox, values) as rows:
        assert _printed(sandbox, rows, None, links=False) is not None


@given(values=odd_pages)
def test_write_page__raw_values_by_the_book(sandbox: Sandbox, values: list[dict[str, str]]) -> None:
    with _stored(sandbox, values) as rows:
        expected = [json.loads(text) for text in _written(sandbox, rows, None)]
        assert expected == [_by_the_book(sandbox, row) for row in rows]


def _by_the_book(sandbox: Sandbox, row: Row) -> dict[str, object]:
    """The raw members of an incident, one value after the other (Table API documentation)."""
    members: dict[str, object] = {}
    for name, column in sandbox.instance.dictionary.columns(TABLE).items():
        value = "" if column.type in BLANK or kind_of(column.type) is Kind.NOTHING else row[name] or ""
        start = f"{sandbox.instance.base_url}/api/now/table/{column.reference or 'sys_user_group'}/"
        is_linked = bool(value) and column.type in LINKED
        members[name] = {"link": start + quote(value, safe=""), "value": value} if is_linked else value
    return members


@given(values=odd_pages, wanted=fields, style=styles, links=st.booleans(), name=st.sampled_from(["admin", "itil"]))
def test_write_page__rows_do_not_depend_on_their_neighbours(
    sandbox: Sandbox, values: list[dict[str, str]], wanted: list[str] | None, style: str, links: bool, name: str
) -> None:
    caller = _caller(sandbox, name)
    options = {"display_value": style, "exclude_reference_link": not links, "caller": caller}
    options["access"] = sandbox.instance.secured(caller).cells
    with _stored(sandbox, values) as rows:
        single = [text for row in rows for text in _written(sandbox, [row], wanted, **options)]
        assert _written(sandbox, rows, wanted, **options) == single


@given(values=odd_pages, wanted=fields, style=styles, links=st.booleans())
def test_write_page__writes_as_json_does(
    sandbox: Sandbox, values: list[dict[str, str]], wanted: list[str] | None, style: str, links: bool
) -> None:
    options: dict[str, Any] = {"display_value": style, "exclude_reference_link": not links}
    with _stored(sandbox, values) as rows:
        shaped = shape_page(sandbox.instance, TABLE, rows, fields=wanted, caller=_caller(sandbox), **options)
        dumped = [json.dumps(members, ensure_ascii=False, separators=(",", ":")) for members in shaped]
        assert _written(sandbox, rows, wanted, **options) == dumped


@given(values=odd_pages)
def test_write_page__hides_what_rules_hide(sandbox: Sandbox, values: list[dict[str, str]]) -> None:
    caller = _caller(sandbox, "itil")
    with _stored(sandbox, values) as rows:
        texts = _written(sandbox, rows, None, caller=caller, access=sandbox.instance.secured(caller).cells)
        shown = [set(json.loads(text)) for text in texts]
        everything = set(sandbox.instance.dictionary.columns(TABLE)) - {"watch_list"}
        hidden = [
            {"short_description" if row["state"] == "2" else "", "caller_id" if row["active"] == "false" else ""}
            for row in rows
        ]
        assert shown == [everything - names for names in hidden]


def test_select_json__holds_the_whole_of_a_wide_row(sandbox: Sandbox) -> None:
    """More members than one function of SQLite takes."""
    rows = sandbox.instance.find(TABLE, "", _caller(sandbox), limit=50).rows
    printed = _printed(sandbox, sorted(rows, key=lambda row: row["sys_id"] or ""), None, links=True)
    assert printed is not None
    assert {len(json.loads(text)) for text in printed} == {len(sandbox.instance.dictionary.columns(TABLE))}


def test_select_json__beyond_the_joins_of_sqlite(sandbox: Sandbox) -> None:
    dictionary = sandbox.instance.dictionary
    steps = [
        f"{name}.{further}.sys_id"
        for name, column in dictionary.columns(TABLE).items()
        if column.type == "reference"
        for further, reached in dictionary.columns(column.reference).items()
        if reached.type == "reference"
    ]
    shape = json_shape(sandbox.instance, TABLE, fields=steps, exclude_reference_link=True)
    assert sandbox.instance.store.select_json(shape) is None
