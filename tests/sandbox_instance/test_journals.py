"""Journal columns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.shaping import shape_record

Later = Callable[..., None]


def _shown(instance: Instance, sys_id: str, element: str, caller: Caller, table: str = "incident") -> object:
    row = instance.get(table, sys_id)
    assert row is not None
    return shape_record(
        instance, table, row, fields=[element], display_value="true", exclude_reference_link=False, caller=caller
    )[element]


@pytest.fixture
def sys_id(instance: Instance, admin: Caller) -> str:
    return instance.create("incident", {"work_notes": "Restarted the service."}, admin)["sys_id"] or ""


def test_entry__is_stored_apart(instance: Instance, sys_id: str) -> None:
    entries = [
        {name: row[name] for name in ("name", "element", "element_id", "value", "sys_created_on", "sys_created_by")}
        for row in instance.store.select("sys_journal_field")
    ]
    assert entries == [
        {
            "name": "incident",
            "element": "work_notes",
            "element_id": sys_id,
            "value": "Restarted the service.",
            "sys_created_on": "2026-03-02 09:15:00",
            "sys_created_by": "admin",
        }
    ]


def test_display__is_as_recorded(instance: Instance, sys_id: str, admin: Caller) -> None:
    text = "2026-03-02 09:15:00 - System Administrator (Work notes)\nRestarted the service.\n\n"
    assert _shown(instance, sys_id, "work_notes", admin) == text


def test_display__is_dated_for_its_reader(instance: Instance, sys_id: str, abel: Caller) -> None:
    assert str(_shown(instance, sys_id, "work_notes", abel)).startswith("03/02/2026 01:15:00 AM - ")


def test_display__newest_first_within_one_second(instance: Instance, sys_id: str, admin: Caller) -> None:
    for text in ("second", "third"):
        instance.update("incident", sys_id, {"work_notes": text}, admin)
    entries = str(_shown(instance, sys_id, "work_notes", admin)).split("\n\n")
    assert [entry.partition("\n")[2] for entry in entries if entry] == ["third", "second", "Restarted the service."]


def test_display__newest_first_over_time(instance: Instance, sys_id: str, admin: Caller, later: Later) -> None:
    later(hours=1)
    instance.update("incident", sys_id, {"work_notes": "later"}, admin)
    assert str(_shown(instance, sys_id, "work_notes", admin)).startswith("2026-03-02 10:15:00 - ")


def test_display__of_the_other_journal_is_empty(instance: Instance, sys_id: str, admin: Caller) -> None:
    assert _shown(instance, sys_id, "comments", admin) == ""


def test_display__combined_holds_both_kinds(instance: Instance, sys_id: str, admin: Caller) -> None:
    instance.update("incident", sys_id, {"comments": "Hello"}, admin)
    text = str(_shown(instance, sys_id, "comments_and_work_notes", admin))
    assert (text.count("(Additional comments)"), text.count("(Work notes)")) == (1, 1)


def test_display__through_the_parent(instance: Instance, sys_id: str, admin: Caller) -> None:
    assert "Restarted" in str(_shown(instance, sys_id, "work_notes", admin, table="task"))


def test_raw__is_always_empty(instance: Instance, sys_id: str, admin: Caller) -> None:
    row = instance.get("incident", sys_id)
    assert row is not None
    shaped = shape_record(
        instance,
        "incident",
        row,
        fields=["work_notes"],
        display_value="false",
        exclude_reference_link=False,
        caller=admin,
    )
    assert shaped == {"work_notes": ""}


def test_append__counts_as_an_update(instance: Instance, sys_id: str, abel: Caller) -> None:
    row = instance.update("incident", sys_id, {"comments": "Hello"}, abel)
    assert row is not None
    assert (row["sys_mod_count"], row["sys_updated_by"]) == ("1", "abel.tuter")


def test_append__empty_text_is_none(instance: Instance, sys_id: str, admin: Caller) -> None:
    instance.update("incident", sys_id, {"comments": ""}, admin)
    assert instance.store.count("sys_journal_field") == 1


def test_append__the_combined_column_takes_none(instance: Instance, sys_id: str, admin: Caller) -> None:
    instance.update("incident", sys_id, {"comments_and_work_notes": "Hello"}, admin)
    assert instance.store.count("sys_journal_field") == 1


def test_append__display_values_too(instance: Instance, sys_id: str, admin: Caller) -> None:
    instance.update("incident", sys_id, {"comments": "Hello"}, admin, input_display_value=True)
    assert instance.store.count("sys_journal_field") == 2
