"""The small schema that comes along: how the usual tables of every instance hang together, by name and nothing else.

It holds no dictionary of anybody's: labels, lengths, choices and all other columns are read from an instance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["document"]

# Table: what it extends, its references, its journals.
_TABLES: Final[Mapping[str, tuple[str | None, str, str]]] = {
    "task": (
        None,
        "assigned_to>sys_user assignment_group>sys_user_group opened_by>sys_user closed_by>sys_user parent>task "
        "cmdb_ci>cmdb_ci business_service>cmdb_ci_service company>core_company location>cmn_location",
        "work_notes comments",
    ),
    "incident": (
        "task",
        "caller_id>sys_user problem_id>problem rfc>change_request caused_by>change_request parent_incident>incident "
        "resolved_by>sys_user reopened_by>sys_user",
        "",
    ),
    "problem": (
        "task",
        "duplicate_of>problem first_reported_by_task>task rfc>change_request confirmed_by>sys_user fix_by>sys_user "
        "resolved_by>sys_user",
        "",
    ),
    "problem_task": ("task", "problem>problem", ""),
    "change_request": ("task", "requested_by>sys_user", ""),
    "change_task": ("task", "change_request>change_request", ""),
    "sc_request": ("task", "requested_for>sys_user", ""),
    "sc_req_item": ("task", "request>sc_request cat_item>sc_cat_item configuration_item>cmdb_ci", ""),
    "sc_task": ("task", "request>sc_request request_item>sc_req_item", ""),
    "task_sla": (None, "task>task sla>contract_sla schedule>cmn_schedule", ""),
    "task_ci": (None, "task>task ci_item>cmdb_ci", ""),
    "contract_sla": (None, "schedule>cmn_schedule", ""),
    "sysapproval_approver": (None, "sysapproval>task approver>sys_user group>sysapproval_group", "comments"),
    "sys_user": (
        None,
        "manager>sys_user department>cmn_department company>core_company location>cmn_location",
        "",
    ),
    "sys_user_group": (None, "manager>sys_user parent>sys_user_group", ""),
    "sys_user_grmember": (None, "user>sys_user group>sys_user_group", ""),
    "sys_user_has_role": (None, "user>sys_user role>sys_user_role granted_by>sys_user_group", ""),
    "sys_journal_field": (None, "", ""),
    "cmdb": (None, "", ""),
    "cmdb_ci": (
        "cmdb",
        "manufacturer>core_company vendor>core_company company>core_company department>cmn_department "
        "location>cmn_location assigned_to>sys_user managed_by>sys_user owned_by>sys_user "
        "support_group>sys_user_group assignment_group>sys_user_group",
        "",
    ),
    "cmdb_rel_ci": (None, "parent>cmdb_ci child>cmdb_ci type>cmdb_rel_type", ""),
    "kb_knowledge": (None, "author>sys_user", ""),
}

# Table, name: where to, by which column there, and which of its rows.
_RELATIONS: Final[Mapping[tuple[str, str], tuple[str, str, str]]] = {
    ("task", "task_sla"): ("task_sla", "task", ""),
    ("incident", "child_incidents"): ("incident", "parent_incident", ""),
    ("change_request", "change_task"): ("change_task", "change_request", ""),
    ("change_request", "approvals"): ("sysapproval_approver", "sysapproval", ""),
    # The journal of all tables: its `element_id` is a text, and `name` says whose record is meant.
    ("change_request", "work_notes"): ("sys_journal_field", "element_id", "name=change_request^element=work_notes"),
    ("change_request", "affected_cis"): ("task_ci", "task", ""),
    ("problem", "related_incidents"): ("incident", "problem_id", ""),
    ("sc_request", "requested_items"): ("sc_req_item", "request", ""),
    ("sc_req_item", "sc_tasks"): ("sc_task", "request_item", ""),
    ("sys_user_group", "members"): ("sys_user_grmember", "group", ""),
}


def document() -> dict[str, JSON]:
    """Make it, in the format of a schema file."""
    tables = {name: _table(name, *about) for name, about in _TABLES.items()}
    for (owner, name), (table, key, condition) in _RELATIONS.items():
        relation = {"table": table, "foreign_key": key, "type": "one_to_many"}
        if condition:
            relation["filter"] = condition
        tables[owner]["relationships"][name] = relation
    return {"release": "", "partial": True, "tables": tables}


def _table(name: str, extends: str | None, references: str, journals: str) -> dict[str, JSON]:
    fields: dict[str, JSON] = {}
    for pair in references.split():
        column, target = pair.split(">")
        fields[column] = {"type": "reference", "reference_table": target}
    for column in journals.split():
        fields[column] = {"type": "journal_input", "write_only": True}
    parent = {"extends": extends} if extends else {}
    return {"label": name.replace("_", " ").title(), **parent, "fields": fields, "relationships": {}}
