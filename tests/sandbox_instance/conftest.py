"""An instance with a dictionary of a few tables and a clock that the tests move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.dictionary.model import Choice, Column, Table
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.passwords import hash_password

ADMIN_ID = "6816f79cc0a8016401c5a33be04be441"
ABEL_ID = "62826bf03710200044e0bfc8bcbe5df1"
ACME_ID = "31bea3d53790200044e0bfc8bcbe5dec"


def _choices(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(value.lstrip("_"), label) for value, label in labels.items())


STATES = _choices(_1="New", _2="In Progress", _6="Resolved", _7="Closed", _8="Canceled")
TASK_STATES = _choices(_1="Open", _2="Work in Progress", _3="Closed Complete", _4="Closed Incomplete")

TABLES = (
    Table("core_company", "Company", (Column("name", "Name", max_length=80, display=True),)),
    Table(
        "sys_user",
        "User",
        (
            Column("user_name", "User ID", max_length=40, unique=True),
            Column("first_name", "First name", max_length=50),
            Column("last_name", "Last name", max_length=50),
            Column("name", "Name", max_length=151, display=True),
            Column("email", "Email", "email", max_length=100),
            Column("company", "Company", "reference", reference="core_company"),
            Column("active", "Active", "boolean", default="true"),
            Column("locked_out", "Locked out", "boolean"),
            Column("vip", "VIP", "boolean"),
            Column("time_zone", "Time zone", max_length=40),
            Column("date_format", "Date format", max_length=40),
            Column("time_format", "Time format", max_length=40),
            Column("user_password", "Password", "password", max_length=255),
        ),
    ),
    Table("sys_user_group", "Group", (Column("name", "Name", max_length=80, display=True),)),
    Table(
        "task",
        "Task",
        (
            Column("number", "Number", max_length=40, display=True),
            Column("short_description", "Short description", max_length=160),
            Column("description", "Description", max_length=4000),
            Column("state", "State", "integer", default="1", choices=TASK_STATES),
            Column("active", "Active", "boolean", default="true"),
            Column("impact", "Impact", "integer", default="3"),
            Column("urgency", "Urgency", "integer", default="3"),
            Column("priority", "Priority", "integer", default="4"),
            Column("opened_by", "Opened by", "reference", reference="sys_user", default="javascript:gs.getUserID()"),
            Column("opened_at", "Opened", "glide_date_time", default="javascript:gs.nowDateTime()"),
            Column("assigned_to", "Assigned to", "reference", reference="sys_user"),
            Column("assignment_group", "Assignment group", "reference", reference="sys_user_group"),
            Column("reassignment_count", "Reassignment count", "integer", default="0"),
            Column("closed_by", "Closed by", "reference", reference="sys_user"),
            Column("closed_at", "Closed", "glide_date_time"),
            Column("due_date", "Due date", "due_date"),
            Column("watch_list", "Watch list", "glide_list", reference="sys_user", max_length=1024),
            Column("parent", "Parent", "reference", reference="task"),
            Column("comments", "Additional comments", "journal_input"),
            Column("work_notes", "Work notes", "journal_input"),
            Column("comments_and_work_notes", "Comments and Work notes", "journal"),
            Column("close_notes", "Close notes", max_length=4000),
            Column("task_effective_number", "Effective number", max_length=40),
            Column("time_worked", "Time worked", "timer"),
        ),
        prefix="TASK",
        domain=True,
    ),
    Table(
        "incident",
        "Incident",
        (
            Column("state", "State", "integer", default="1", choices=STATES),
            Column("incident_state", "Incident state", "integer", default="1", choices=STATES),
            Column("caller_id", "Caller", "reference", reference="sys_user"),
            Column("category", "Category", default="inquiry", choices=_choices(inquiry="Inquiry / Help")),
            Column("close_code", "Resolution code", max_length=40),
            Column("resolved_by", "Resolved by", "reference", reference="sys_user"),
            Column("resolved_at", "Resolved", "glide_date_time"),
            Column("reopen_count", "Reopen count", "integer", default="0"),
        ),
        extends="task",
        prefix="INC",
    ),
    Table(
        "incident_task",
        "Incident Task",
        (Column("incident", "Incident", "reference", reference="incident", cascade="delete"),),
        extends="task",
    ),
    Table(
        "u_asset",
        "Asset",
        (
            Column("u_name", "Name", max_length=20),
            Column("u_tag", "Tag", unique=True),
            Column("u_cost", "Cost", "currency"),
            Column("u_weight", "Weight", "decimal"),
            Column("u_count", "Count", "integer"),
            Column("u_big", "Big", "longint"),
            Column("u_bought", "Bought", "glide_date"),
            Column("u_opens", "Opens", "glide_time"),
            Column("u_uptime", "Uptime", "glide_duration"),
            Column("u_vital", "Vital", "boolean"),
            Column("u_owner", "Owner", "reference", reference="sys_user", cascade="restrict"),
            Column("u_table", "Table", "table_name", max_length=80),
            Column("u_document", "Document", "document_id", dependent_on="u_table"),
            Column("u_field", "Field", "field_name", dependent_on="u_table"),
            Column("u_type", "Type", "reference", reference="u_type", reference_key="name", max_length=80),
            Column("u_secret", "Secret", "password2", max_length=255),
        ),
        attributes="no_attachment",
    ),
    Table("u_type", "Asset type", (Column("name", "Name", max_length=80), Column("u_label", "Label", display=True))),
    Table("u_base", "Base", (Column("u_key", "Key", unique=True),)),
    Table("u_left", "Left", (Column("number", "Number", max_length=40),), extends="u_base", prefix="LFT"),
    Table("u_right", "Right", extends="u_base"),
    Table(
        "u_loan",
        "Loan",
        (
            Column("u_borrower", "Borrower", "reference", reference="sys_user", display=True),
            Column("u_renews", "Renews", "reference", reference="u_loan", cascade="delete"),
            Column("u_keeps", "Keeps", "reference", reference="u_loan", cascade="none"),
            Column("u_vendor", "Vendor", "reference", reference="u_elsewhere"),
        ),
    ),
    Table("u_odd", "Odd", (Column("u_text", "Text", default="javascript:gs.odd();"),)),
    Table("u_scratch", "Scratch", (Column("u_text", "Text"),), attributes="no_audit_delete=true"),
    Table("u_view", "View", (Column("u_text", "Text"),), is_view=True),
    Table("u_log", "Log", (Column("message", "Message", max_length=255),), system_columns="created"),
    Table(
        "sys_journal_field",
        "Journal Entry",
        (
            Column("name", "Table", "table_name", max_length=80),
            Column("element", "Element", max_length=80),
            Column("element_id", "Element ID", "document_id", dependent_on="name"),
            Column("value", "Value", max_length=4000),
        ),
        system_columns="created",
    ),
    Table(
        "sys_attachment",
        "Attachment",
        (
            Column("table_name", "Table name", max_length=80),
            Column("table_sys_id", "Table sys ID", max_length=32),
            Column("file_name", "File name", max_length=255, display=True),
            Column("content_type", "Content type", max_length=255),
            Column("size_bytes", "Size bytes", "integer"),
            Column("size_compressed", "Size compressed", "integer"),
            Column("compressed", "Compressed", "boolean"),
            Column("chunk_size_bytes", "Chunk size bytes", "integer", default="700000"),
            Column("state", "State", max_length=40),
            Column("hash", "Hash", max_length=64),
        ),
    ),
    Table(
        "sys_attachment_doc",
        "Attachment Document",
        (
            Column("sys_attachment", "Attachment", "reference", reference="sys_attachment", cascade="delete"),
            Column("position", "Position", "integer"),
            Column("length", "Length", "integer"),
            Column("data", "Data", max_length=1_000_000),
        ),
    ),
    Table(
        "sys_audit_delete",
        "Deleted Record",
        (
            Column("tablename", "Table name", "table_name"),
            Column("documentkey", "Document key", max_length=32),
            Column("display_value", "Display value", max_length=255),
            Column("payload", "Payload", "xml"),
        ),
    ),
    Table(
        "sys_properties",
        "System Property",
        (Column("name", "Name", max_length=100, unique=True), Column("value", "Value", max_length=4000)),
    ),
)


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **delta: int) -> None:
        self.moment += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def later(clock: Clock) -> Callable[..., None]:
    """Let time pass: ``later(minutes=5)``."""
    return clock.move


@pytest.fixture(scope="session")
def dictionary() -> Dictionary:
    return Dictionary(TABLES)


@pytest.fixture
def instance(dictionary: Dictionary, clock: Clock) -> Iterator[Instance]:
    """An instance with two users, one of them in Los Angeles with American dates."""
    instance = Instance(dictionary, clock=clock)
    instance.store.insert("core_company", {"sys_id": ACME_ID, "name": "ACME"})
    instance.store.insert(
        "sys_user",
        {
            "sys_id": ADMIN_ID,
            "user_name": "admin",
            "first_name": "System",
            "last_name": "Administrator",
            "name": "System Administrator",
            "active": "true",
            "time_zone": "UTC",
            "user_password": hash_password("admin", salt="x"),
        },
    )
    instance.store.insert(
        "sys_user",
        {
            "sys_id": ABEL_ID,
            "user_name": "abel.tuter",
            "name": "Abel Tuter",
            "email": "abel.tuter@example.com",
            "active": "true",
            "company": ACME_ID,
            "time_zone": "US/Pacific",
            "date_format": "MM/dd/yyyy",
            "time_format": "hh:mm:ss a",
            "user_password": hash_password("abel.tuter", salt="x"),
        },
    )
    yield instance
    instance.close()


@pytest.fixture
def admin(instance: Instance) -> Caller:
    """The administrator, in UTC with the formats of the system."""
    caller = instance.caller("admin")
    assert caller is not None
    return caller


@pytest.fixture
def abel(instance: Instance) -> Caller:
    """Abel Tuter, on the west coast."""
    caller = instance.caller("abel.tuter")
    assert caller is not None
    return caller
