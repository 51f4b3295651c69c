"""Service level agreements and how the demo incidents keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.rows import DemoRows, Row, duration_text, moment_text

_DONE = ("6", "7", "8")


class _Level(NamedTuple):
    name: str
    priority: str
    hours: int


LEVELS = (
    _Level("Priority 1 resolution (4 hours)", "1", 4),
    _Level("Priority 2 resolution (8 hours)", "2", 8),
    _Level("Priority 3 resolution (3 days)", "3", 72),
)


def add_levels(rows: DemoRows) -> None:
    """Add the definitions, and a measurement for each incident that one applies to; the incidents must be there."""
    for level in LEVELS:
        _add_definition(rows, level)
    by_priority = {level.priority: level for level in LEVELS}
    for incident in rows.rows("incident"):
        applies = by_priority.get(incident["priority"] or "")
        if applies and incident["state"] != "8":
            _add_measurement(rows, applies, incident)


def _add_definition(rows: DemoRows, level: _Level) -> None:
    values = {
        "name": level.name,
        "duration": duration_text(timedelta(hours=level.hours)),
        "schedule": sys_id_of("cmn_schedule", "24x7"),
        "start_condition": f"priority={level.priority}^active=true",
        "stop_condition": "stateIN6,7",
        "pause_condition": "state=3",
        "cancel_condition": f"priority!={level.priority}",
    }
    rows.add("contract_sla", level.name, values, created=rows.ago(700))


def _add_measurement(rows: DemoRows, level: _Level, incident: Row) -> None:
    start = _moment(incident["opened_at"])
    end = _moment(incident["resolved_at"]) if incident["resolved_at"] else None
    allowed = timedelta(hours=level.hours)
    elapsed = (end or rows.now) - start
    breached = elapsed > allowed
    left = max(allowed - elapsed, timedelta())
    percentage = f"{100 * elapsed / allowed:.2f}"
    values = {
        "task": incident["sys_id"],
        "sla": sys_id_of("contract_sla", level.name),
        "stage": _stage(incident["state"] or "", breached=breached),
        "active": "false" if end else "true",
        "has_breached": "true" if breached else "false",
        "start_time": moment_text(start),
        "end_time": moment_text(end) if end else None,
        "planned_end_time": moment_text(start + allowed),
        "original_breach_time": moment_text(start + allowed),
        "percentage": percentage,
        "business_percentage": percentage,
        "duration": duration_text(elapsed),
        "business_duration": duration_text(elapsed),
        "time_left": duration_text(left),
        "business_time_left": duration_text(left),
        "schedule": sys_id_of("cmn_schedule", "24x7"),
        "timezone": "US/Pacific",
    }
    key = f"{incident['number']}/{level.name}"
    rows.add("task_sla", key, values, created=start, updated=end or rows.now, by="system", mod_count=2)


def _stage(state: str, *, breached: bool) -> str:
    if state in _DONE:
        return "breached" if breached else "completed"
    return "paused" if state == "3" else "in_progress"


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "").replace(tzinfo=UTC)
