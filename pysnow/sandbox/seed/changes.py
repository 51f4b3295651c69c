"""The demo changes, their tasks and approvals."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from pysnow.sandbox.seed.configuration import item_id
from pysnow.sandbox.seed.groups import MEMBERS, group_id
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.people import user_id
from pysnow.sandbox.seed.rows import DemoRows, moment_text
from pysnow.sandbox.seed.tasks import Note, add_notes, closed, opened

NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED, CANCELED = "-5", "-4", "-3", "-2", "-1", "0", "3", "4"


class _Change(NamedTuple):
    serial: int
    text: str
    state: str
    type: str
    risk: str
    category: str
    item: str
    starts_in_days: float

    @property
    def number(self) -> str:
        return f"CHG{self.serial:07d}"


CHANGES = (
    _Change(1, "Replace fans of the core switch in Köln", CLOSED, "normal", "3", "Hardware", "sw-cgn-core-1", -120),
    _Change(2, "Update firmware of edge routers", CLOSED, "normal", "2", "Network", "rt-sd-edge-1", -95),
    _Change(3, "Monthly patches for Windows", CLOSED, "standard", "4", "System Software", "win-ad-01", -70),
    _Change(4, "Move ERP to a new server", CLOSED, "normal", "2", "Applications Software", "aix-erp-01", -128),
    _Change(5, "Monthly patches for Linux", REVIEW, "standard", "4", "System Software", "lnx-app-02", -3),
    _Change(6, "Restart mail transport", IMPLEMENT, "emergency", "2", "Service", "win-mail-02", -0.1),
    _Change(7, "Renew certificate of the web shop", SCHEDULED, "normal", "4", "Software", "nginx@lnx-web-01", 2),
    _Change(8, "Add 2 TB to the file server", AUTHORIZE, "normal", "3", "Hardware", "win-file-01", 9),
    _Change(9, "Replace switch in Köln", ASSESS, "normal", "2", "Network", "sw-cgn-core-1", 16),
    _Change(10, "Upgrade payroll database", NEW, "normal", "2", "Software", "payroll-prod", 30),
    _Change(11, "Retire old ERP server", NEW, "normal", "4", "Hardware", "aix-old-01", 40),
    _Change(12, "Swap telephone provider", CANCELED, "normal", "3", "Telecom", "", -20),
    _Change(23, "Put web shop behind a new load balancer", CLOSED, "normal", "2", "Network", "Retail Web Shop", -142),
)

CLOSE_CODES = {1: "successful", 2: "successful_issues", 3: "successful", 4: "unsuccessful", 23: "successful_issues"}

TASK_TEXTS = (("planning", "Plan the steps"), ("implementation", "Implement"), ("testing", "Test after the change"))

MODELS = (("Normal", "#2b5ea8"), ("Standard", "#2e7d32"), ("Emergency", "#b3261e"))

_DECIDED = {SCHEDULED, IMPLEMENT, REVIEW, CLOSED}


def add_changes(rows: DemoRows) -> None:
    """Add change models, changes, their tasks, approvals and affected items."""
    for name, color in MODELS:
        rows.add("chg_model", name, {"name": name, "description": f"{name} change", "color": color})
    version = {"name": "Monthly patches - 3", "version": "3", "change_count": "2"}
    rows.add("std_change_producer_version", "Monthly patches - 3", version)
    for position, change in enumerate(CHANGES):
        sys_id = _add_change(rows, change)
        _add_tasks(rows, change, sys_id, position)
        if change.type != "standard" and change.state != NEW:
            _add_approvals(rows, change, sys_id)


def _add_change(rows: DemoRows, change: _Change) -> str:
    start = rows.ago(-change.starts_in_days)
    made, end = min(start, rows.now) - timedelta(days=14), start + timedelta(hours=4)
    values = opened(change.number, change.text, made, "mikael.sandberg") | {
        "state": change.state,
        "type": change.type,
        "risk": change.risk,
        "category": change.category,
        "chg_model": sys_id_of("chg_model", change.type.capitalize()),
        "requested_by": user_id("mikael.sandberg"),
        "assignment_group": group_id("Change Management"),
        "start_date": moment_text(start),
        "end_date": moment_text(end),
        "cmdb_ci": item_id(change.item) if change.item else None,
        "justification": "Keeps the service within its agreed level.",
        "implementation_plan": "<ol><li>Announce</li><li>Implement</li><li>Check</li></ol>",
        "backout_plan": "<p>Restore the state before.</p>",
        "test_plan": "<p>Smoke tests of the service.</p>",
        "approval": _approval(change),
    }
    if change.type == "standard":
        values["std_change_producer_version"] = sys_id_of("std_change_producer_version", "Monthly patches - 3")
    if change.state != NEW:
        values["assigned_to"] = user_id("bronwyn.tully")
    if change.state in {IMPLEMENT, REVIEW, CLOSED}:
        values["work_start"] = moment_text(start)
    updated = made
    if change.state in {CLOSED, CANCELED}:
        code = CLOSE_CODES.get(change.serial)
        updated = min(end + timedelta(days=1), rows.now)
        values |= closed(made, updated, "bronwyn.tully") | {"close_code": code}
        values["close_notes"] = "Done as planned." if code == "successful" else "See work notes."
    sys_id = rows.add(
        "change_request", change.number, values, created=made, updated=updated, by="mikael.sandberg", mod_count=5
    )
    add_notes(rows, "change_request", sys_id, [Note("work_notes", "Announced to all users.", made, "mikael.sandberg")])
    if change.item:
        link = {"task": sys_id, "ci_item": item_id(change.item)}
        rows.add("task_ci", f"{change.number}/{change.item}", link, created=made)
    return sys_id


def _approval(change: _Change) -> str:
    if change.state == NEW:
        return "not requested"
    if change.state == CANCELED:
        return "rejected"
    return "approved" if change.type == "standard" or change.state in _DECIDED else "requested"


def _add_tasks(rows: DemoRows, change: _Change, sys_id: str, position: int) -> None:
    if change.state in {NEW, CANCELED}:
        return
    start = rows.ago(-change.starts_in_days)
    for step, (kind, text) in enumerate(TASK_TEXTS):
        number = f"CTASK{position * len(TASK_TEXTS) + step + 1:07d}"
        made = min(start, rows.now) - timedelta(days=7 - step)
        values = opened(number, text, made, "bronwyn.tully") | {
            "change_request": sys_id,
            "parent": sys_id,
            "change_task_type": kind,
            "state": "3" if change.state == CLOSED else ("1" if step == 0 else "-5"),
            "order": str(100 * (step + 1)),
            "planned_start_date": moment_text(start + timedelta(hours=step)),
            "planned_end_date": moment_text(start + timedelta(hours=step + 1)),
            "assignment_group": group_id("Change Management"),
            "assigned_to": user_id("mikael.sandberg"),
        }
        if change.state == CLOSED:
            end = start + timedelta(hours=step + 1)
            values |= closed(made, end, "mikael.sandberg") | {"close_code": "successful"}
        rows.add("change_task", number, values, created=made, by="bronwyn.tully")


def _add_approvals(rows: DemoRows, change: _Change, sys_id: str) -> None:
    made = min(rows.ago(-change.starts_in_days), rows.now) - timedelta(days=6)
    state = {"approved": "approved", "rejected": "rejected"}.get(_approval(change), "requested")
    for approver in MEMBERS["CAB Approval"]:
        values = {
            "sysapproval": sys_id,
            "document_id": sys_id,
            "source_table": "change_request",
            "approver": user_id(approver),
            "state": state,
        }
        key = f"{change.number}/{approver}"
        rows.add("sysapproval_approver", key, values, created=made, by="bronwyn.tully", mod_count=1)
