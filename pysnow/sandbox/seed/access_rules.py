"""The stock access control rules: who reads and changes what, before anybody adds rules of their own.

Roles are those of a stock instance, rules are modelled on its behaviour (our default where it is not documented). Of
rules on one name one must be met; the most specific name with a rule decides; what no rule names is left to ``*``.
"""

from __future__ import annotations

from typing import NamedTuple

from pysnow.sandbox.seed.groups import role_id
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.rows import DemoRows

_ME = "javascript:gs.getUserID()"


class _Rule(NamedTuple):
    """Rules for several names and operations, apart from these alike.

    Attributes:
        names: Tables, or ``table.column``.
        operations: ``read``, ``create``, ``write``, ``delete``.
        roles: One of them is needed; empty for everybody but guests.
        condition: Encoded query on the record.
        admin_overrides: Whether administrators need not meet it.
    """

    names: str
    operations: str
    roles: str = ""
    condition: str = ""
    admin_overrides: bool = True


RULES = (
    _Rule("*", "read create write delete", "admin"),
    # Tasks: the service desk works on them, callers see and comment their own incidents and orders.
    _Rule("task", "read create write", "itil"),
    _Rule("task.work_notes task.comments_and_work_notes task.work_notes_list", "read", "itil"),
    _Rule("task.work_notes task.work_notes_list", "create write", "itil"),
    _Rule("incident", "read write", "itil"),
    _Rule("incident", "read", condition=f"caller_id={_ME}^ORopened_by={_ME}"),
    _Rule("incident", "write", condition=f"active=true^caller_id={_ME}^ORopened_by={_ME}"),
    _Rule("incident", "create"),
    _Rule("incident.*", "write", "itil"),
    _Rule("incident.comments", "write"),
    _Rule("sc_request", "read", "itil"),
    _Rule("sc_request", "read", condition=f"requested_for={_ME}^ORopened_by={_ME}"),
    _Rule("sc_req_item", "read", "itil"),
    _Rule("sc_req_item", "read", condition=f"request.requested_for={_ME}^ORopened_by={_ME}"),
    _Rule("task_sla contract_sla cmn_schedule cmn_schedule_span", "read", "itil"),
    _Rule("task_ci", "read create write delete", "itil"),
    _Rule("sysapproval_approver", "read create", "itil"),
    _Rule("sysapproval_approver", "read write", "approver_user", f"approver={_ME}"),
    # Configuration items and assets.
    _Rule("cmdb", "read create write", "itil"),
    _Rule("cmdb_rel_ci", "read create write delete", "itil"),
    _Rule("cmdb_rel_type cmdb_model alm_asset ast_contract", "read", "itil"),
    # People and places. Everybody may keep part of the own profile.
    _Rule("sys_user sys_user_group sys_user_group_type sys_user_grmember cmn_skill", "read"),
    _Rule("sys_user sys_user_group", "create write", "user_admin"),
    _Rule("sys_user", "write", condition=f"sys_id={_ME}"),
    _Rule("sys_user.*", "write", "user_admin"),
    _Rule("sys_user.phone sys_user.mobile_phone sys_user.home_phone sys_user.photo", "write"),
    _Rule("sys_user.time_zone sys_user.date_format sys_user.time_format sys_user.preferred_language", "write"),
    _Rule("sys_user.failed_attempts sys_user.user_password", "read", "user_admin"),
    _Rule("sys_user_grmember sys_user_has_role sys_group_has_role", "create write delete", "user_admin"),
    _Rule("sys_user_role sys_user_role_contains sys_user_has_role sys_group_has_role", "read", "user_admin"),
    _Rule("sys_user_preference", "read create write delete", condition=f"user={_ME}"),
    _Rule("cmn_location cmn_building cmn_department cmn_cost_center core_company business_unit", "read"),
    # Knowledge and catalog.
    _Rule("kb_knowledge_base kb_category", "read"),
    _Rule("kb_knowledge", "read", condition="workflow_state=published"),
    _Rule("kb_knowledge", "read create write", "knowledge"),
    _Rule("sc_catalog sc_category item_option_new question_choice", "read"),
    _Rule("sc_cat_item", "read", condition="active=true"),
    _Rule("sc_cat_item", "read create write", "catalog_admin"),
    _Rule("sc_catalog sc_category item_option_new question_choice", "create write", "catalog_admin"),
    # What the platform keeps about itself.
    _Rule("sys_choice sys_documentation", "read"),
    _Rule("sys_db_object sys_dictionary sys_glide_object", "read", "personalize_dictionary"),
    _Rule("sys_journal_field sys_audit sys_audit_delete", "read", "admin"),
    _Rule("sys_import_set sys_import_set_row", "read create write", "import_transformer"),
    _Rule("em_event", "create", "evt_mgmt_integration"),
    _Rule("em_event em_alert", "read", "itil"),
    # Attachments follow their record, beside these.
    _Rule("sys_attachment", "read create write delete"),
    # Tags, delegates, and what hangs from tasks and configuration items.
    _Rule("label", "read", condition=f"viewable_by=everyone^ORowner={_ME}"),
    _Rule("label label_entry", "create"),
    _Rule("label", "write delete", condition=f"owner={_ME}"),
    _Rule("label_entry", "read", condition=f"label.viewable_by=everyone^ORlabel.owner={_ME}"),
    _Rule("label_entry", "write delete", condition=f"label.owner={_ME}"),
    _Rule("sys_user_delegate", "read create write delete", condition=f"user={_ME}"),
    _Rule("task_cmdb_ci_service cmdb_ci_outage", "read create write delete", "itil"),
    # Locked: not even administrators delete update sets (recorded 2026).
    _Rule("sys_update_set", "delete", "nobody", admin_overrides=False),
)


def add_access_rules(rows: DemoRows) -> None:
    """Add the rules and the roles that each asks for."""
    for position, rule in enumerate(RULES):
        for name in rule.names.split():
            for operation in rule.operations.split():
                _add_rule(rows, rule, position, name, operation)


def _add_rule(rows: DemoRows, rule: _Rule, position: int, name: str, operation: str) -> None:
    key = f"{name}/{operation}/{position}"
    values = {
        "name": name,
        "sys_name": name,
        "type": "record",
        "operation": operation,
        "condition": rule.condition or None,
        "admin_overrides": "true" if rule.admin_overrides else "false",
    }
    rows.add("sys_security_acl", key, values, by="system")
    for role in rule.roles.split():
        needed = {"sys_security_acl": sys_id_of("sys_security_acl", key), "sys_user_role": role_id(role)}
        rows.add("sys_security_acl_role", f"{key}/{role}", needed, by="system")
