"""The SQL against a second evaluator, a few lines of Python; and any text at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pysnow.sandbox.dictionary import Column, Dictionary, Table
from pysnow.sandbox.query import QueryContext, compile, parse
from pysnow.sandbox.query.operators import TOKENS
from pysnow.sandbox.store import Store

Row: TypeAlias = dict[str, str | None]
Test: TypeAlias = Callable[[Row], bool]

TABLE = Table(
    "u_thing",
    "Thing",
    (
        Column("name", "Name"),
        Column("size", "Size", "integer"),
        Column("active", "Active", "boolean"),
        Column("made", "Made", "glide_date_time"),
        Column("next", "Next", "reference", reference="u_thing"),
    ),
)
CONTEXT = QueryContext(datetime(2026, 3, 4, 12, tzinfo=UTC), "1", "abel", ZoneInfo("Europe/Berlin"))

NAMES = ["a", "A", "b", "ab", "AB", "ba", "a b", "é", "É", "10", "9"]
SIZES = ["-1", "0", "2", "9", "10"]
DATES = ["2026-01-01 00:00:00", "2026-03-04 12:00:00", "2026-12-31 23:59:59"]
ID_NUMBERS = range(5)
VALUES = {
    "name": NAMES,
    "size": SIZES,
    "active": ["true", "false"],
    "made": DATES,
    "next": [str(i) for i in ID_NUMBERS],
}
ORDERING = ["=", "!=", "<", "<=", ">", ">="]
LISTS = ["IN", "NOT IN"]
PIECES_OF_TEXT = ["LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH"]
UNARY = ["ISEMPTY", "ISNOTEMPTY", "ANYTHING"]
NAME_PATHS = ["name", "next.name"]
OTHER_PATHS = ["size", "active", "made", "next", "next.size", "next.next.made"]
WALKED = ["next.name", "next.size", "next.next.made"]


def _rows() -> st.SearchStrategy[list[Row]]:
    columns = {name: st.none() | st.sampled_from(values) for name, values in VALUES.items()}
    row = st.fixed_dictionaries(columns)
    return st.lists(row, max_size=5).map(lambda rows: [{"sys_id": str(i), **row} for i, row in enumerate(rows)])


@st.composite
def _conditions(draw: st.DrawFn) -> tuple[str, Test]:
    """One condition, as text and as a test of a row."""
    path = draw(st.sampled_from(NAME_PATHS) | st.sampled_from(OTHER_PATHS))
    pieces = PIECES_OF_TEXT if path in NAME_PATHS else []
    operator = draw(st.sampled_from(ORDERING + LISTS + pieces * 2 + UNARY))
    if operator in UNARY:
        return f"{path}{operator}", lambda row: operator == "ANYTHING" or (row[path] is None) == (operator == "ISEMPTY")
    element = path.rpartition(".")[2]
    # The order of letters beyond ASCII is the collation's own business.
    values = [value for value in VALUES[element] if value.isascii() or operator not in ("<", "<=", ">", ">=")]
    listed = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3 if operator in LISTS else 1))
    return f"{path}{operator}{','.join(listed)}", lambda row: _holds(element, operator, row[path], listed)


def _holds(element: str, operator: str, value: str | None, listed: list[str]) -> bool:
    if value is None:
        return element == "active" and operator == "!="
    if operator in PIECES_OF_TEXT:
        return _holds_text(operator, value.casefold(), listed[0].casefold())
    mine, theirs = _key(element, value), [_key(element, each) for each in listed]
    first = theirs[0]
    return {
        "=": mine == first,
        "!=": mine != first,
        "<": mine < first,
        "<=": mine <= first,
        ">": mine > first,
        ">=": mine >= first,
        "IN": mine in theirs,
        "NOT IN": mine not in theirs,
    }[operator]


def _holds_text(operator: str, value: str, wanted: str) -> bool:
    return {
        "LIKE": wanted in value,
        "NOT LIKE": wanted not in value,
        "STARTSWITH": value.startswith(wanted),
        "ENDSWITH": value.endswith(wanted),
    }[operator]


def _key(element: str, value: str) -> tuple[int, str]:
    return (int(value), "") if element == "size" else (0, value.casefold())


@pytest.fixture(scope="module")
def thing_per_value() -> Iterator[Store]:
    """A row for each value of each column, and an empty one."""
    with closing(Store(Dictionary((TABLE,)))) as store:
        store.insert("u_thing", {"sys_id": "none"})
        for element, values in VALUES.items():
            store.insert_many(
                "u_thing", ({"sys_id": f"{element}{i}", element: value} for i, value in enumerate(values))
            )
        yield store


@pytest.mark.parametrize(
    ("element", "operator"),
    [(element, operator) for element in VALUES for operator in ORDERING + LISTS]
    + [("name", operator) for operator in PIECES_OF_TEXT],
)
def test_operator__agrees_with_python_for_every_value(thing_per_value: Store, element: str, operator: str) -> None:
    rows = list(thing_per_value.select("u_thing"))
    for value in VALUES[element]:
        if value.isascii() or operator not in ("<", "<=", ">", ">="):
            query = compile(thing_per_value.dictionary, "u_thing", parse(f"{element}{operator}{value}"), CONTEXT)
            found = [row["sys_id"] for row in thing_per_value.select("u_thing", query)]
            expected = [row["sys_id"] for row in rows if _holds(element, operator, row[element], [value])]
            assert (value, found) == (value, expected)


@st.composite
def _queries(draw: st.DrawFn) -> tuple[str, Test]:
    """Groups of terms of alternatives, as text and as a test of a row."""
    alternatives = st.lists(_conditions(), min_size=1, max_size=2)
    groups = draw(st.lists(st.lists(alternatives, min_size=1, max_size=3), min_size=1, max_size=3))
    text = "^NQ".join("^".join("^OR".join(text for text, _ in term) for term in group) for group in groups)

    def test(row: Row) -> bool:
        return any(all(any(matches(row) for _, matches in term) for term in group) for group in groups)

    return text, test


def _walked(rows: list[Row]) -> list[Row]:
    """Give the rows with the dotted paths of the conditions looked up."""
    by_id = {row["sys_id"]: row for row in rows}

    def look(row: Row, path: str) -> str | None:
        step, _, rest = path.partition(".")
        if not rest:
            return row[step]
        target = by_id.get(row[step])
        return look(target, rest) if target else None

    return [{**row, **{path: look(row, path) for path in WALKED}} for row in rows]


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(_rows(), _queries())
def test_select__agrees_with_python(rows: list[Row], query: tuple[str, Test]) -> None:
    text, test = query
    with closing(Store(Dictionary((TABLE,)))) as store:
        store.insert_many("u_thing", rows)
        compiled = compile(store.dictionary, "u_thing", parse(text), CONTEXT)
        found = [row["sys_id"] for row in store.select("u_thing", compiled, columns=["sys_id"])]
        assert found == [row["sys_id"] for row in _walked(rows) if test(row)]


@settings(max_examples=100)
@given(_rows(), st.permutations([("size", False), ("active", True), ("made", False), ("name", True)]))
def test_order__agrees_with_python(rows: list[Row], orders: list[tuple[str, bool]]) -> None:
    rows = [row for row in rows if (row["name"] or "").isascii()]
    with closing(Store(Dictionary((TABLE,)))) as store:
        store.insert_many("u_thing", rows)
        text = "^".join(f"ORDERBY{'DESC' if is_descending else ''}{name}" for name, is_descending in orders)
        compiled = compile(store.dictionary, "u_thing", parse(text), CONTEXT)
        expected = list(rows)
        for name, is_descending in reversed(orders):
            expected.sort(key=_sort_key(name), reverse=is_descending)
        assert [row["sys_id"] for row in store.select("u_thing", compiled)] == [row["sys_id"] for row in expected]


def _sort_key(name: str) -> Callable[[Row], tuple[bool, tuple[int, str]]]:
    """Empties first."""
    return lambda row: (row[name] is not None, _key(name, row[name] or "0"))


NAMES_OF_FIELDS = [
    "number",
    "caller_id",
    "caller_id.name",
    "opened_at",
    "due",
    "state",
    "active",
    "watch_list",
    "sys_id",
]
SNIPPETS = [
    "^",
    "^OR",
    "^NQ",
    "^^",
    "^EQ",
    "ORDERBY",
    "ORDERBYDESC",
    "RLQUERY",
    "^ENDRLQUERY",
    "JOIN",
    "SUBQUERY",
    "@",
    ",",
    "!",
]
SCRIPTS = [
    "javascript:gs.daysAgo(1)",
    "javascript:gs.now()",
    "javascript:",
    "incident.caller_id",
    ">=1",
    "2026-03-04",
    "-1",
]
PIECES = NAMES_OF_FIELDS + SNIPPETS + SCRIPTS + sorted(TOKENS)


@pytest.fixture(scope="module")
def small_store(tables: tuple[Table, ...]) -> Iterator[Store]:
    """One incident, to ask anything of."""
    with closing(Store(Dictionary(tables))) as store:
        store.insert("sys_user", {"sys_id": "abel", "name": "Abel"})
        row = {"sys_id": "1", "number": "INC1", "caller_id": "abel", "state": "1", "opened_at": "2026-03-04 08:00:00"}
        store.insert("incident", row)
        yield store


@settings(max_examples=400)
@given(text=st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_any_text__is_asked_without_an_error(small_store: Store, text: str) -> None:
    compiled = compile(small_store.dictionary, "incident", parse(text), CONTEXT)
    assert small_store.count("incident", compiled) == len(list(small_store.select("incident", compiled)))


@settings(max_examples=200)
@given(
    field=st.sampled_from(NAMES_OF_FIELDS),
    token=st.sampled_from(sorted(TOKENS)),
    value=st.text() | st.floats().map(str),
)
def test_any_value__is_asked_without_an_error(small_store: Store, field: str, token: str, value: str) -> None:
    compiled = compile(small_store.dictionary, "incident", parse(f"{field}{token}{value.replace('^', '^^')}"), CONTEXT)
    assert small_store.count("incident", compiled) in (0, 1)


@settings(max_examples=100)
@given(name=st.text(), sys_id=st.text(min_size=1))
def test_any_row__comes_back(name: str, sys_id: str) -> None:
    with closing(Store(Dictionary((TABLE,)))) as store:
        store.insert("u_thing", {"sys_id": sys_id, "name": name})
        row = store.get("u_thing", sys_id) or {}
        assert (row["sys_id"], row["name"]) == (sys_id, name or None)
