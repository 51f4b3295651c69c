"""What the demo tasks of all classes have in common: numbers, dates, journal entries, durations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pysnow.sandbox.seed.people import user_id
from pysnow.sandbox.seed.rows import DemoRows, duration_text, moment_text

# Impact and urgency to priority ("Incident priority lookup rules").
PRIORITIES = {
    (1, 1): 1,
    (1, 2): 2,
    (2, 1): 2,
    (1, 3): 3,
    (2, 2): 3,
    (3, 1): 3,
    (2, 3): 4,
    (3, 2): 4,
    (3, 3): 5,
}


class Note(NamedTuple):
    """One journal entry: ``comments`` or ``work_notes``, its text, when, and by whom (user name)."""

    element: str
    text: str
    when: datetime
    by: str


def opened(number: str, text: str, when: datetime, by: str) -> dict[str, str | None]:
    """Return the columns of any task that was just opened."""
    return {
        "number": number,
        "task_effective_number": number,
        "short_description": text,
        "opened_at": moment_text(when),
        "opened_by": user_id(by),
    }


def closed(start: datetime, end: datetime, by: str) -> dict[str, str | None]:
    """Return the columns of any task that is done."""
    return {"active": "false", "closed_at": moment_text(end), "closed_by": user_id(by), **durations(start, end)}


def durations(start: datetime, end: datetime) -> dict[str, str | None]:
    """Return how long a task took, by the calendar and in working hours (taken as a third of it)."""
    length = end - start
    business = timedelta(seconds=length.total_seconds() // 3)
    return {"calendar_duration": duration_text(length), "business_duration": duration_text(business)}


def add_notes(rows: DemoRows, table: str, sys_id: str, notes: Sequence[Note]) -> None:
    """Add journal entries of a record; the record itself holds none of their text."""
    for position, note in enumerate(notes):
        values = {"name": table, "element": note.element, "element_id": sys_id, "value": note.text}
        rows.add("sys_journal_field", f"{sys_id}/{position}", values, created=note.when, by=note.by)
