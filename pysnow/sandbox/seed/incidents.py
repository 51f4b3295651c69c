"""The demo incidents: old ones closed, newer ones in all states, with journals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from pysnow.sandbox.seed.configuration import item_id
from pysnow.sandbox.seed.groups import MEMBERS, group_id
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.incident_texts import CLOSE_NOTES, COMMENTS, COMPLAINTS, WORK_NOTES, Complaint
from pysnow.sandbox.seed.organization import HOME_COMPANY
from pysnow.sandbox.seed.people import CALLERS, LOCATION_OF, user_id
from pysnow.sandbox.seed.rows import DemoRows, moment_text
from pysnow.sandbox.seed.tasks import PRIORITIES, Note, add_notes, closed, durations, opened

NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = "1", "2", "3", "6", "7", "8"

# A stock instance has a low run of numbers and some stragglers further up.
NUMBERS = (
    *(f"INC{number:07d}" for number in range(1, 61)),
    *("INC0007001", "INC0007002", "INC0008001", "INC0008111", "INC0009001", "INC0009005"),
)

# Days between one incident and the next; the first is a good five months old.
_DAYS_APART = 2.4

# Links to other records, by number.
_PROBLEM_OF = {
    "INC0000003": "PRB0000050",
    "INC0000013": "PRB0000002",
    "INC0000046": "PRB0000050",
    "INC0000048": "PRB0007601",
    "INC0000050": "PRB0000050",
    "INC0008111": "PRB0007601",
}
_CAUSED_BY = {"INC0000010": "CHG0000023", "INC0000021": "CHG0000004"}
_FIXED_BY = {"INC0000042": "CHG0000007", "INC0000027": "CHG0000009"}
_PARENT_OF = {"INC0000046": "INC0000003", "INC0000050": "INC0000003", "INC0008111": "INC0000048"}

_STATES_BY_AGE = (
    # days, states that incidents older than that have
    (60, (CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, CANCELED)),
    (25, (RESOLVED, CLOSED, CLOSED, IN_PROGRESS, ON_HOLD)),
    (0, (NEW, NEW, IN_PROGRESS, IN_PROGRESS, ON_HOLD, RESOLVED)),
)


@dataclass(frozen=True, slots=True)
class _Case:
    """One incident while it is being made up."""

    number: str
    complaint: Complaint
    state: str
    opened_at: datetime
    worked_at: datetime
    caller: str
    agent: str

    @property
    def sys_id(self) -> str:
        return sys_id_of("incident", self.number)


def add_incidents(rows: DemoRows, random: Random) -> None:
    """Add the incidents, their journals, and tasks of two of them."""
    for position, (number, complaint) in enumerate(zip(NUMBERS, COMPLAINTS, strict=True)):
        case = _case(rows, random, number, complaint, position)
        _add_incident(rows, random, case)
        add_notes(rows, "incident", case.sys_id, _notes(random, case))
    _add_incident_tasks(rows)


def _case(rows: DemoRows, random: Random, number: str, complaint: Complaint, position: int) -> _Case:
    age = (len(NUMBERS) - position) * _DAYS_APART
    opened_at = rows.ago(age, hours=random.uniform(0, 30))
    state = random.choice(next(states for days, states in _STATES_BY_AGE if age > days))
    if not complaint.group and state in {IN_PROGRESS, ON_HOLD}:
        state = NEW
    worked_at = opened_at + timedelta(seconds=int(random.uniform(0.02, 0.8) * min(age, 12) * 86400))
    agent = random.choice(MEMBERS[complaint.group or "Service Desk"])
    return _Case(number, complaint, state, opened_at, worked_at, random.choice(CALLERS), agent)


def _add_incident(rows: DemoRows, random: Random, case: _Case) -> None:
    values = opened(case.number, case.complaint.text, case.opened_at, case.caller)
    values |= _classification(case) | _circumstances(random, case) | _links(case.number)
    if case.state != NEW:
        values |= _assignment(case)
    if case.state == ON_HOLD:
        values["hold_reason"] = random.choice(("1", "3", "4", "5"))
    if case.state in {RESOLVED, CLOSED}:
        values |= _resolution(random, case)
    end = case.worked_at + timedelta(days=5) if case.state == CLOSED else case.worked_at
    if case.state in {CLOSED, CANCELED}:
        values |= closed(case.opened_at, min(end, rows.now), "admin")
    updated = min(end, rows.now) if case.state != NEW else case.opened_at
    mod_count = 0 if case.state == NEW else random.randrange(1, 12)
    rows.add(
        "incident",
        case.number,
        values,
        created=case.opened_at,
        updated=updated,
        by=case.caller,
        updated_by={NEW: case.caller, CLOSED: "admin"}.get(case.state, case.agent),
        mod_count=mod_count,
    )


def _classification(case: _Case) -> dict[str, str | None]:
    complaint = case.complaint
    return {
        "state": case.state,
        "incident_state": case.state,
        "category": complaint.category,
        "subcategory": complaint.subcategory or None,
        "impact": str(complaint.impact),
        "urgency": str(complaint.urgency),
        "severity": str(complaint.impact),
        "priority": str(PRIORITIES[complaint.impact, complaint.urgency]),
        "cmdb_ci": item_id(complaint.item) if complaint.item else None,
        "business_service": item_id("Email") if complaint.item == "Email" else None,
    }


def _circumstances(random: Random, case: _Case) -> dict[str, str | None]:
    values: dict[str, str | None] = {
        "caller_id": user_id(case.caller),
        "location": sys_id_of("cmn_location", LOCATION_OF[case.caller]),
        "company": sys_id_of("core_company", HOME_COMPANY),
        "contact_type": random.choice(("phone", "email", "self-service", "self-service", "walk-in", "chat")),
        "description": random.choice((None, f"{case.complaint.text}.\n\nSince today. Please help.\n")),
    }
    if case.complaint.impact == 1:
        values["watch_list"] = ",".join((user_id("owen.hartley"), user_id("marta.quintero")))
        values["business_impact"] = "Several departments cannot work."
    if case.complaint.item.endswith("-01"):
        values |= {"correlation_id": f"MON-{case.number[3:]}", "correlation_display": "Monitoring"}
    return values


def _links(number: str) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for column, table, targets in (
        ("problem_id", "problem", _PROBLEM_OF),
        ("caused_by", "change_request", _CAUSED_BY),
        ("rfc", "change_request", _FIXED_BY),
        ("parent_incident", "incident", _PARENT_OF),
    ):
        if number in targets:
            values[column] = sys_id_of(table, targets[number])
    children = sum(parent == number for parent in _PARENT_OF.values())
    return values | ({"child_incidents": str(children)} if children else {})


def _assignment(case: _Case) -> dict[str, str | None]:
    return {
        "assignment_group": group_id(case.complaint.group or "Service Desk"),
        "assigned_to": user_id(case.agent),
        "reassignment_count": str(len(case.agent) % 4),
        "work_start": moment_text(case.opened_at + (case.worked_at - case.opened_at) / 4),
    }


def _resolution(random: Random, case: _Case) -> dict[str, str | None]:
    code = random.choice(tuple(CLOSE_NOTES))
    seconds = int((case.worked_at - case.opened_at).total_seconds())
    return {
        "close_code": code,
        "close_notes": CLOSE_NOTES[code],
        "resolved_at": moment_text(case.worked_at),
        "resolved_by": user_id(case.agent),
        "calendar_stc": str(seconds),
        "business_stc": str(seconds // 3),
        "made_sla": "false" if case.complaint.impact == 1 and seconds > 4 * 3600 else "true",
        **durations(case.opened_at, case.worked_at),
    }


def _notes(random: Random, case: _Case) -> list[Note]:
    if case.state == NEW:
        return []
    step = (case.worked_at - case.opened_at) / 5
    notes = [Note("comments", COMMENTS[0], case.opened_at + step, case.agent)]
    for position in range(random.randrange(3)):
        when = case.opened_at + step * (2 + position)
        notes.append(Note("work_notes", random.choice(WORK_NOTES), when, case.agent))
    if case.state in {RESOLVED, CLOSED}:
        notes.append(Note("comments", COMMENTS[3], case.worked_at, case.caller))
    return notes


def _add_incident_tasks(rows: DemoRows) -> None:
    for position, (incident, text, state) in enumerate(
        (
            ("INC0000003", "Measure signal strength on the second floor", "3"),
            ("INC0000003", "Replace access point 2F-07", "2"),
            ("INC0000010", "Take thread dumps of all nodes", "3"),
        ),
        start=1,
    ):
        number, when = f"TASK{position:07d}", rows.ago(40 - position)
        values = opened(number, text, when, "itil") | {
            "incident": sys_id_of("incident", incident),
            "parent": sys_id_of("incident", incident),
            "state": state,
            "assignment_group": group_id("Network"),
            "assigned_to": user_id("don.goodliffe"),
        }
        if state == "3":
            values |= closed(when, when + timedelta(hours=5), "don.goodliffe")
        rows.add("incident_task", number, values, created=when, by="itil")
