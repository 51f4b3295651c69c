"""Writes with ``sysparm_input_display_value=true``."""

from __future__ import annotations

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance


@pytest.mark.parametrize(
    ("element", "given", "stored"),
    [
        ("state", "In Progress", "2"),
        ("state", "in progress", "2"),
        ("state", "2", "2"),
        ("category", "Inquiry / Help", "inquiry"),
        ("category", "magic", "magic"),
        ("caller_id", "Abel Tuter", "62826bf03710200044e0bfc8bcbe5df1"),
        ("caller_id", "62826bf03710200044e0bfc8bcbe5df1", "62826bf03710200044e0bfc8bcbe5df1"),
        ("caller_id", "Nobody", None),
        ("watch_list", "Abel Tuter, x@example.com, Nobody", "62826bf03710200044e0bfc8bcbe5df1,x@example.com"),
        ("due_date", "03/02/2026 01:15:00 AM", "2026-03-02 09:15:00"),
        ("due_date", "2026-03-02 09:15:00", None),
        ("time_worked", "1 Day 2 Hours", "1970-01-02 02:00:00"),
        ("time_worked", "02:00:00", "1970-01-01 02:00:00"),
        ("active", "false", "false"),
    ],
)
def test_incident__display_value(
    instance: Instance, abel: Caller, element: str, given: str, stored: str | None
) -> None:
    assert instance.create("incident", {element: given}, abel, input_display_value=True)[element] == stored


@pytest.mark.parametrize(
    ("element", "given", "stored"),
    [
        ("u_count", "1,024", "1024"),
        ("u_cost", "$1,299.50", "1299.5"),
        ("u_bought", "03/02/2026", "2026-03-02"),
        ("u_opens", "01:15:00 PM", "1970-01-01 13:15:00"),
        ("u_table", "Incident", "incident"),
        ("u_table", "incident", "incident"),
    ],
)
def test_asset__display_value(instance: Instance, abel: Caller, element: str, given: str, stored: str) -> None:
    assert instance.create("u_asset", {element: given}, abel, input_display_value=True)[element] == stored


def test_reference__by_a_key_that_is_no_sys_id(instance: Instance, abel: Caller) -> None:
    instance.store.insert("u_type", {"sys_id": "1", "name": "laptop", "u_label": "Laptop computer"})
    row = instance.create("u_asset", {"u_type": "Laptop computer"}, abel, input_display_value=True)
    assert row["u_type"] == "laptop"


def test_reference__to_an_unknown_table_is_taken_as_it_is(instance: Instance, abel: Caller) -> None:
    assert instance.create("u_loan", {"u_vendor": "v1"}, abel, input_display_value=True)["u_vendor"] == "v1"


def test_update__by_display_value(instance: Instance, abel: Caller) -> None:
    sys_id = instance.create("incident", {}, abel)["sys_id"] or ""
    row = instance.update("incident", sys_id, {"state": "In Progress"}, abel, input_display_value=True)
    assert row is not None
    assert row["incident_state"] == "2"
