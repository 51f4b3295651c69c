"""The demo problems and their tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from pysnow.sandbox.seed.configuration import item_id
from pysnow.sandbox.seed.groups import group_id
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.people import user_id
from pysnow.sandbox.seed.rows import DemoRows, moment_text
from pysnow.sandbox.seed.tasks import PRIORITIES, Note, add_notes, closed, opened


class _Problem(NamedTuple):
    number: str
    text: str
    state: str
    category: str
    item: str
    impact: int
    urgency: int
    age: float
    known_error: bool = False


NEW, ASSESS, ANALYSIS, FIX, RESOLVED, CLOSED = "101", "102", "103", "104", "106", "107"

PROBLEMS = (
    _Problem("PRB0000001", "File server runs full every quarter", CLOSED, "hardware", "win-file-01", 2, 2, 150),
    _Problem("PRB0000002", "VPN sessions end after 30 minutes", ANALYSIS, "network", "rt-sd-edge-1", 2, 2, 60),
    _Problem("PRB0000003", "Deadlocks during payroll run", FIX, "database", "payroll-prod", 1, 2, 55, True),
    _Problem("PRB0000004", "Notebooks of one batch do not wake up", ASSESS, "hardware", "", 3, 2, 20),
    _Problem("PRB0000005", "Calendar entries shift by one hour", RESOLVED, "software", "Email", 3, 3, 90, True),
    _Problem("PRB0000006", "Intranet names resolve slowly", NEW, "network", "Corporate Network", 2, 3, 9),
    _Problem("PRB0000007", "Replication lag grows during backup", ANALYSIS, "database", "shop-prod", 2, 2, 35),
    _Problem("PRB0000008", "Printer firmware loses its settings", NEW, "hardware", "prn-bos-2f", 3, 3, 4),
    _Problem("PRB0000050", "Access points restart under load", FIX, "network", "sw-sd-core-1", 1, 1, 75, True),
    _Problem("PRB0007601", "Mail queue stalls on large attachments", RESOLVED, "software", "win-mail-02", 1, 1, 110),
)

# problem, text, state, type
TASKS = (
    ("PRB0000050", "Reproduce in the lab", "157", "rca"),
    ("PRB0000050", "Ask the vendor for a firmware fix", "154", "general"),
    ("PRB0000003", "Trace lock order of the payroll jobs", "157", "rca"),
    ("PRB0000002", "Compare idle timers of both gateways", "152", "rca"),
    ("PRB0000007", "Measure disk latency during backup", "151", "general"),
    ("PRB0007601", "Raise the limit of the transport agent", "157", "general"),
)


def add_problems(rows: DemoRows) -> None:
    """Add problems, their journals and tasks."""
    for problem in PROBLEMS:
        _add_problem(rows, problem)
    for position, (parent, text, state, kind) in enumerate(TASKS, start=1):
        number, when = f"PTASK{position:07d}", rows.ago(50 - 3 * position)
        values = opened(number, text, when, "hector.alvarado") | {
            "problem": sys_id_of("problem", parent),
            "parent": sys_id_of("problem", parent),
            "state": state,
            "problem_task_type": kind,
            "assignment_group": group_id("Problem Analysis"),
            "assigned_to": user_id("arjun.mehta"),
        }
        if state == "157":
            values |= closed(when, when + timedelta(days=2), "arjun.mehta") | {"close_code": "completed"}
        rows.add("problem_task", number, values, created=when, by="hector.alvarado")


def _add_problem(rows: DemoRows, problem: _Problem) -> None:
    when = rows.ago(problem.age)
    end = when + timedelta(days=problem.age / 3)
    values = opened(problem.number, problem.text, when, "hector.alvarado") | {
        "state": problem.state,
        "problem_state": problem.state,
        "category": problem.category,
        "impact": str(problem.impact),
        "urgency": str(problem.urgency),
        "priority": str(PRIORITIES[problem.impact, problem.urgency]),
        "known_error": "true" if problem.known_error else "false",
        "cmdb_ci": item_id(problem.item) if problem.item else None,
        "assignment_group": group_id("Problem Analysis"),
    }
    if problem.state != NEW:
        values["assigned_to"] = user_id("hector.alvarado")
    if problem.known_error:
        values["workaround"] = "<p>Restart the service, then try again.</p>"
    if problem.state in {FIX, RESOLVED, CLOSED}:
        values |= {
            "confirmed_at": moment_text(when + timedelta(days=1)),
            "confirmed_by": user_id("hector.alvarado"),
            "cause_notes": "<p>Found in the lab, see the tasks.</p>",
        }
    if problem.state in {RESOLVED, CLOSED}:
        values |= {
            "resolution_code": "fix_applied",
            "fix_notes": "<p>Rolled out to all sites.</p>",
            "resolved_at": moment_text(end),
            "resolved_by": user_id("hector.alvarado"),
        }
    if problem.state == CLOSED:
        values |= closed(when, end, "hector.alvarado")
    sys_id = rows.add("problem", problem.number, values, created=when, updated=end, by="hector.alvarado", mod_count=4)
    if problem.state != NEW:
        note = Note(
            "work_notes", "Collected all incidents that show this.", when + timedelta(hours=3), "hector.alvarado"
        )
        add_notes(rows, "problem", sys_id, [note])
