"""A small instance of our own: a hierarchy of tasks, users with managers, companies in a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest

from pysnow.sandbox.dictionary import Choice, Column, Dictionary, Table
from pysnow.sandbox.query import QueryContext, compile, parse
from pysnow.sandbox.store import Store

Find: TypeAlias = Callable[..., list[str]]

TASK = Table(
    "task",
    "Task",
    (
        Column("number", "Number", display=True),
        Column("short_description", "Short description", max_length=160),
        Column("state", "State", "integer", choices=(Choice("1", "Open"), Choice("3", "Closed"))),
        Column("active", "Active", "boolean"),
        Column("cost", "Cost", "decimal"),
        Column("parent", "Parent", "reference", reference="task"),
        Column("assigned_to", "Assigned to", "reference", reference="sys_user"),
        Column("assignment_group", "Group", "reference", reference="sys_user_group"),
        Column("watch_list", "Watch list", "glide_list", reference="sys_user"),
        Column("work_notes", "Work notes", "journal_input"),
        Column("opened_at", "Opened", "glide_date_time"),
        Column("closed_at", "Closed", "glide_date_time"),
        Column("due", "Due", "glide_date"),
        Column("time_worked", "Time worked", "timer"),
        Column("contract", "Contract", "reference", reference="ast_contract"),
    ),
    domain=True,
)
INCIDENT = Table(
    "incident",
    "Incident",
    (
        Column("category", "Category"),
        Column("severity", "Severity", "integer"),
        Column("caller_id", "Caller", "reference", reference="sys_user"),
        Column("state", "State", "integer", choices=(Choice("1", "New"), Choice("2", "In Progress"))),
    ),
    extends="task",
    prefix="INC",
)
PROBLEM = Table(
    "problem", "Problem", (Column("category", "Category"), Column("severity", "Severity", "string")), extends="task"
)
MAJOR = Table("major_incident", "Major incident", (Column("plan", "Plan"),), extends="incident")
USER = Table(
    "sys_user",
    "User",
    (
        Column("user_name", "User ID", unique=True),
        Column("name", "Name", display=True),
        Column("email", "Email", "email"),
        Column("active", "Active", "boolean"),
        Column("manager", "Manager", "reference", reference="sys_user"),
        Column("company", "Company", "reference", reference="core_company"),
    ),
)
COMPANY = Table(
    "core_company",
    "Company",
    (Column("name", "Name"), Column("parent", "Parent", "reference", reference="core_company")),
)
GROUP = Table("sys_user_group", "Group", (Column("name", "Name"),))
MEMBER = Table(
    "sys_user_grmember",
    "Member",
    (
        Column("user", "User", "reference", reference="sys_user"),
        Column("group", "Group", "reference", reference="sys_user_group"),
    ),
)
NUMBERS = Table(
    "sys_number",
    "Number",
    (
        Column("category", "Table", "reference", reference="sys_db_object", reference_key="name"),
        Column("prefix", "Prefix"),
    ),
)
TABLES = Table("sys_db_object", "Table", (Column("name", "Name"), Column("label", "Label", display=True)))
LOG = Table("syslog", "Log", (Column("message", "Message"),), system_columns="created")

ALL_TABLES = (MAJOR, INCIDENT, PROBLEM, TASK, USER, COMPANY, GROUP, MEMBER, NUMBERS, TABLES, LOG)

NOW = datetime(2026, 3, 4, 12, 30, 15, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture(scope="session")
def tables() -> tuple[Table, ...]:
    """The tables above."""
    return ALL_TABLES


@pytest.fixture
def dictionary(tables: tuple[Table, ...]) -> Dictionary:
    """A dictionary of the tables above."""
    return Dictionary(tables)


@pytest.fixture
def store(dictionary: Dictionary) -> Iterator[Store]:
    """An empty store in memory."""
    store = Store(dictionary)
    yield store
    store.close()


@pytest.fixture
def context() -> QueryContext:
    """Abel asks from Berlin, an hour ahead of UTC, at noon of a Wednesday."""
    return QueryContext(NOW, "abel", "abel.tuter", ZoneInfo("Europe/Berlin"))


@pytest.fixture
def find(store: Store, context: QueryContext) -> Find:
    """Ask the store an encoded query, and get the ids found."""

    def find(table: str, text: str, context: QueryContext = context) -> list[str]:
        query = compile(store.dictionary, table, parse(text), context)
        found = [str(row["sys_id"]) for row in store.select(table, query, columns=["sys_id"])]
        assert store.count(table, query) == len(found)
        return found

    return find
