"""Business rules and data policies of tasks and incidents."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.instance.refusals import OperationFailed

Update = Callable[..., Row]
CLOSE_INFO = {"close_code": "Solution provided", "close_notes": "restarted"}


@pytest.fixture
def update(instance: Instance, admin: Caller) -> Update:
    """Update one and the same new incident."""
    sys_id = instance.create("incident", {}, admin)["sys_id"] or ""

    def run(**values: object) -> Row:
        row = instance.update("incident", sys_id, values, admin)
        assert row is not None
        return row

    return run


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        ("1", "1", "1"),
        ("1", "2", "2"),
        ("2", "1", "2"),
        ("1", "3", "3"),
        ("2", "2", "3"),
        ("3", "1", "3"),
        ("2", "3", "4"),
        ("3", "2", "4"),
        ("3", "3", "5"),
    ],
)
def test_priority__is_looked_up(instance: Instance, admin: Caller, impact: str, urgency: str, priority: str) -> None:
    assert instance.create("incident", {"impact": impact, "urgency": urgency}, admin)["priority"] == priority


def test_priority__follows_an_update(update: Update) -> None:
    assert update(impact="1", urgency="1")["priority"] == "1"


def test_priority__of_a_plain_task_is_its_default(instance: Instance, admin: Caller) -> None:
    assert instance.create("task", {"impact": "1", "urgency": "1"}, admin)["priority"] == "4"


def test_priority__may_be_set_alone(update: Update) -> None:
    assert update(priority="1")["priority"] == "1"


@pytest.mark.parametrize("element", ["state", "incident_state"])
def test_state__is_mirrored(update: Update, element: str) -> None:
    row = update(**{element: "2"})
    assert (row["state"], row["incident_state"]) == ("2", "2")


@pytest.mark.parametrize("element", ["state", "incident_state"])
def test_state__is_mirrored_on_insert(instance: Instance, admin: Caller, element: str) -> None:
    row = instance.create("incident", {element: "2"}, admin)
    assert (row["state"], row["incident_state"]) == ("2", "2")


@pytest.mark.parametrize("state", ["6", "7"])
def test_resolve__needs_close_info(update: Update, state: str) -> None:
    with pytest.raises(OperationFailed, match="Resolution code, Close notes are mandatory"):
        update(state=state)


def test_resolve__names_the_only_missing_column(update: Update) -> None:
    with pytest.raises(OperationFailed, match="Exception: Close notes is mandatory"):
        update(state="6", close_code="Duplicate")


def test_resolve__refused_leaves_the_record(instance: Instance, admin: Caller) -> None:
    row = instance.create("incident", {}, admin)
    with pytest.raises(OperationFailed):
        instance.update("incident", row["sys_id"] or "", {"state": "6", "work_notes": "done"}, admin)
    assert instance.get("incident", row["sys_id"] or "") == row


def test_resolve__stamps(update: Update, admin: Caller) -> None:
    row = update(state="6", **CLOSE_INFO)
    assert (row["resolved_by"], row["resolved_at"], row["active"]) == (admin.sys_id, "2026-03-02 09:15:00", "true")


def test_resolve__keeps_given_stamps(update: Update, abel: Caller) -> None:
    row = update(state="6", resolved_by=abel.sys_id, resolved_at="2026-03-01 00:00:00", **CLOSE_INFO)
    assert (row["resolved_by"], row["resolved_at"]) == (abel.sys_id, "2026-03-01 00:00:00")


def test_close__stamps(update: Update, admin: Caller) -> None:
    row = update(state="7", **CLOSE_INFO)
    assert (row["active"], row["closed_by"], row["closed_at"]) == ("false", admin.sys_id, "2026-03-02 09:15:00")


def test_cancel__needs_no_close_info(update: Update) -> None:
    assert update(state="8")["active"] == "false"


def test_close__of_a_task_has_its_own_states(instance: Instance, admin: Caller) -> None:
    assert instance.create("task", {"state": "3"}, admin)["active"] == "false"


def test_close__on_insert(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {"state": "7", **CLOSE_INFO}, admin)["active"] == "false"


def test_reopen__is_active_again(update: Update) -> None:
    update(state="8")
    assert update(state="2")["active"] == "true"


def test_reopen__is_counted(update: Update) -> None:
    update(state="6", **CLOSE_INFO)
    assert update(state="2")["reopen_count"] == "1"


def test_reassignment__is_counted(update: Update, abel: Caller) -> None:
    update(assigned_to=abel.sys_id)
    assert update(assigned_to="")["reassignment_count"] == "2"


def test_reassignment__of_group_and_person_counts_once(update: Update, abel: Caller) -> None:
    assert update(assigned_to=abel.sys_id, assignment_group="x")["reassignment_count"] == "1"


def test_reassignment__not_on_insert(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {"assigned_to": admin.sys_id}, admin)["reassignment_count"] == "0"
