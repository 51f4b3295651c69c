"""Rules of ``task`` and its children, for the most part as tables of states.

States as in the documentation's state models of incident, problem, change and task.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.rules.registry import INSERT, UPDATE, WRITES, Rule

Value = TypeVar("Value")

# Priority lookup rules of a stock instance: (impact, urgency) to priority.
PRIORITY_LOOKUP: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("1", "1"): "1",
        ("1", "2"): "2",
        ("2", "1"): "2",
        ("1", "3"): "3",
        ("2", "2"): "3",
        ("3", "1"): "3",
        ("2", "3"): "4",
        ("3", "2"): "4",
        ("3", "3"): "5",
    }
)

# The column in which a class keeps its state a second time, from the days before all of them shared task.state.
MIRRORED_STATE: Mapping[str, str] = MappingProxyType({"incident": "incident_state", "problem": "problem_state"})

RESOLVED_STATES: Mapping[str, frozenset[str]] = MappingProxyType(
    {"incident": frozenset({"6"}), "problem": frozenset({"106"})}
)

# The nearest class up the hierarchy decides.
CLOSED_STATES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "task": frozenset({"3", "4", "7"}),
        "incident": frozenset({"7", "8"}),
        "problem": frozenset({"4", "107"}),
        "problem_task": frozenset({"157"}),
        "change_request": frozenset({"3", "4"}),
        "change_task": frozenset({"3", "4"}),
    }
)


def look_up_priority(change: Change) -> None:
    """Derive the priority from impact and urgency, on insert and whenever one of them changes."""
    if change.operation == "insert" or change.changed("impact") or change.changed("urgency"):
        priority = PRIORITY_LOOKUP.get((change.get("impact") or "", change.get("urgency") or ""))
        if priority:
            change.set("priority", priority)


def mirror_state(change: Change) -> None:
    """Keep ``state`` and the class's own state column alike; ``state`` wins when both change."""
    twin = _nearest(MIRRORED_STATE, change)
    if twin is None:
        return
    if change.changed("state") or not change.changed(twin):
        change.set(twin, change.get("state"))
    else:
        change.set("state", change.get(twin))


def stamp_resolution(change: Change) -> None:
    """Note who resolved the record, and when."""
    if change.entered("state", _nearest(RESOLVED_STATES, change) or ()):
        change.fill("resolved_by", change.caller.sys_id or None)
        change.fill("resolved_at", change.now)


def close(change: Change) -> None:
    """Make a closed task inactive and note who closed it, and when."""
    if change.entered("state", _nearest(CLOSED_STATES, change) or ()):
        change.set("active", "false")
        change.fill("closed_by", change.caller.sys_id or None)
        change.fill("closed_at", change.now)


def reopen(change: Change) -> None:
    """Make a task active again that leaves its closed states (our default)."""
    if change.left("state", _nearest(CLOSED_STATES, change) or ()) and not change.changed("active"):
        change.set("active", "true")


def count_reopening(change: Change) -> None:
    """Count each way back from resolved or closed to work in progress (our default for the details)."""
    done = (_nearest(RESOLVED_STATES, change) or frozenset()) | (_nearest(CLOSED_STATES, change) or frozenset())
    if change.left("state", done):
        change.count_up("reopen_count")
        change.set("reopened_by", change.caller.sys_id or None)
        change.set("reopened_time", change.now)


def count_reassignment(change: Change) -> None:
    """Count changes of group or person; one write counts once."""
    if change.changed("assignment_group") or change.changed("assigned_to"):
        change.count_up("reassignment_count")


def set_effective_number(change: Change) -> None:
    """Show the task's own number as its effective one."""
    change.fill("task_effective_number", change.get("number"))


def _nearest(by_class: Mapping[str, Value], change: Change) -> Value | None:
    lineage = change.platform.dictionary.ancestors(change.table)
    return next((by_class[name] for name in lineage if name in by_class), None)


RULES = (
    Rule("task", "before", INSERT, set_effective_number),
    Rule("task", "before", WRITES, mirror_state),
    Rule("incident", "before", WRITES, look_up_priority),
    Rule("problem", "before", WRITES, look_up_priority),
    Rule("task", "before", UPDATE, count_reassignment),
    Rule("task", "before", WRITES, stamp_resolution),
    Rule("task", "before", WRITES, close),
    Rule("task", "before", UPDATE, reopen),
    Rule("task", "before", UPDATE, count_reopening),
)
