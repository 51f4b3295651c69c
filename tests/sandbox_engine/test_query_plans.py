"""The indexes that pages and counts of a large table need are used, whatever its size."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.query import CompiledQuery, QueryContext, compile, parse
from pysnow.sandbox.query.functions import register
from pysnow.sandbox.store import Store
from pysnow.sandbox.store.statements import Statement, columns_shown, count, select

Plan = Callable[[Statement], str]


def _select(dictionary: Dictionary, query: CompiledQuery, *, limit: int | None, offset: int) -> Statement:
    """Read all columns of a page."""
    shown = columns_shown(dictionary, query.table, None, (*query.joins, *query.order_joins))
    return select(dictionary, query, shown, limit=limit, offset=offset)


@pytest.fixture
def plan(dictionary: Dictionary, tmp_path: Path) -> Iterator[Plan]:
    """Ask SQLite how it would run a statement."""
    Store(dictionary, tmp_path / "rows.db").close()
    connection = sqlite3.connect(tmp_path / "rows.db")
    register(connection)
    yield lambda made: str(connection.execute(f"EXPLAIN QUERY PLAN {made.sql}", made.params).fetchall())
    connection.close()


@pytest.fixture
def query(dictionary: Dictionary, context: QueryContext) -> Callable[[str, str], CompiledQuery]:
    """Compile a text."""
    return lambda table, text: compile(dictionary, table, parse(text), context)


@pytest.mark.parametrize(
    ("table", "text", "index"),
    [
        ("task", "sys_id>5^ORDERBYsys_id", "sqlite_autoindex_task_1 (sys_id>?)"),
        ("task", "sys_id>5", "sqlite_autoindex_task_1 (sys_id>?)"),
        ("problem", "sys_id>5^ORDERBYsys_id", "task.sys_class_name (sys_class_name=? AND sys_id>?)"),
        ("incident", "sys_id>5^ORDERBYsys_id", "sqlite_autoindex_task_1 (sys_id>?)"),
        ("task", "state=1^sys_id>5^NQstate=2^sys_id>5^ORDERBYsys_id", "sqlite_autoindex_task_1 (sys_id>?)"),
        ("problem", "sys_updated_on>2026-01-01^ORDERBYsys_updated_on^ORDERBYsys_id", "task.sys_updated_on"),
        (
            "problem",
            "sys_updated_on>2026-01-01^NQsys_updated_on=2026-01-01^sys_id>5^ORDERBYsys_updated_on^ORDERBYsys_id",
            "task.sys_updated_on (sys_updated_on>?)",
        ),
        ("problem", "ORDERBYnumber^ORDERBYsys_id", "task.number"),
    ],
)
def test_select__page_is_read_in_order_of_an_index(
    plan: Plan, query: Callable[[str, str], CompiledQuery], dictionary: Dictionary, table: str, text: str, index: str
) -> None:
    made = _select(dictionary, query(table, text), limit=1000, offset=0)
    found = plan(made)
    assert index in found
    assert "TEMP B-TREE FOR ORDER BY" not in found


@pytest.mark.parametrize(
    ("table", "text", "index"),
    [
        ("problem", "number=PRB1", "task.number (number=?)"),
        ("incident", "caller_id=abel", "task.caller_id (caller_id=?)"),
        ("incident", "caller_id.user_name=abel", "sys_user.user_name (user_name=?)"),
        ("incident", "caller_id.user_name=abel", "task.caller_id (caller_id=?)"),
        ("task", "sys_idINa,b,c", "sqlite_autoindex_task_1 (sys_id=?)"),
    ],
)
def test_select__few_rows_are_found_by_an_index(
    plan: Plan, query: Callable[[str, str], CompiledQuery], dictionary: Dictionary, table: str, text: str, index: str
) -> None:
    made = _select(dictionary, query(table, text), limit=1000, offset=0)
    assert index in plan(made)


@pytest.mark.parametrize(
    ("table", "text"),
    [("task", ""), ("incident", ""), ("problem", "sys_id>5"), ("problem", "sys_updated_on>2026-01-01")],
)
def test_count__reads_an_index_only(
    plan: Plan, query: Callable[[str, str], CompiledQuery], dictionary: Dictionary, table: str, text: str
) -> None:
    assert "COVERING INDEX" in plan(count(dictionary, table, query(table, text)))
