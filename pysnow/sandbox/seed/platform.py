"""Demo rows of the platform's own tables: properties, rules, registries, logs, events."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import NamedTuple

from pysnow.sandbox.seed.configuration import item_id
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.rows import DemoRows, moment_text
from pysnow.sandbox.seed.tasks import PRIORITIES

# name, value, type, description
PROPERTIES = (
    ("glide.buildname", "Zurich", "string", "Release family"),
    ("glide.buildname.full", "glide-zurich-07-01-2025__patch4-11-19-2025", "string", "Release, with patch"),
    ("glide.buildtag", "glide-zurich-07-01-2025__patch4-11-19-2025", "string", "Build tag"),
    ("glide.war", "glide-zurich-07-01-2025__patch4-11-19-2025_12-04-2025_1133.zip", "string", "Build file"),
    ("glide.product.name", "Service Management", "string", "Name of the product"),
    ("glide.product.description", "Local instance", "string", "Text under the banner"),
    ("glide.servlet.uri", "https://dev00000.service-now.com/", "string", "URL of the instance"),
    ("instance_name", "dev00000", "string", "Name of the instance"),
    ("glide.invalid_query.returns_no_rows", "false", "boolean", "Invalid conditions give no rows"),
    ("glide.rest.choice.allow_non_existing_value", "true", "boolean", "REST may store values that are no choice"),
    ("glide.rest.replace_request_host_with_property", "true", "boolean", "Links use the instance's URL"),
    ("glide.rest.debug", "false", "boolean", "Log REST calls"),
    ("glide.rest.max_content_length", "10", "integer", "Most megabytes of a request's body"),
    ("glide.rest.batch.max.inputSize", "5", "integer", "Most megabytes of a batch's request"),
    ("glide.rest.batch.max.outputSize", "10", "integer", "Most megabytes of a batch's answer"),
    ("glide.db.max_view_records", "10000", "integer", "Rows of a list without a limit"),
    ("glide.processor.json.row_limit", "250", "integer", "Rows of a JSONv2 answer"),
    ("com.glide.attachment.max_size", "1024", "integer", "Most megabytes of an attachment"),
    ("glide.attachment.extensions", None, "string", "File name endings that may be attached; empty for all"),
    ("glide.sys.date_format", "yyyy-MM-dd", "string", "Dates of users without a format of their own"),
    ("glide.sys.time_format", "HH:mm:ss", "string", "Times of users without a format of their own"),
    ("glide.sys.default.tz", "America/Los_Angeles", "string", "Zone of users without one of their own"),
    ("glide.ui.session_timeout", "30", "integer", "Minutes until a session ends"),
    ("glide.ui.audit_deleted_tables", None, "string", "Tables named sys_ whose deletions are kept"),
    ("glide.oauth.inbound.client.credential.grant_type.enabled", "false", "boolean", "Client credentials grant"),
    ("glide.oauth.state.parameter.required", "true", "boolean", "OAuth authorization needs a state"),
    ("glide.user.max_unlock_attempts", "0", "integer", "Failed logins that lock a user out; 0 for any number"),
    ("sandbox.basic_auth_restricted", "false", "boolean", "Basic authentication is for those who need it"),
)


class _Rule(NamedTuple):
    name: str
    when: str
    order: str
    actions: tuple[str, ...]
    condition: str
    script: str


# All of them on incident. They are rows to read; what the sandbox does about incidents is not decided by them.
RULES = (
    _Rule("Mark closed", "before", "100", ("update",), "state=7^ORstate=8", "current.active = false;"),
    _Rule("Stamp resolution", "before", "200", ("update",), "state=6", "current.resolved_at = gs.nowDateTime();"),
    _Rule("Notify watchers", "async", "1000", ("insert", "update"), "", "gs.eventQueue('incident.updated', current);"),
    _Rule(
        "Count children", "after", "300", ("insert", "delete"), "parent_incidentISNOTEMPTY", "countChildren(current);"
    ),
)

_EVENTS = (
    ("lnx-app-01", "CPU", "cpu.load", "1", "Load average above 40"),
    ("lnx-app-01", "CPU", "cpu.load", "0", "Load average back to normal"),
    ("win-file-01", "Disk", "disk.free", "2", "2% of disk D: left"),
    ("rt-tyo-edge-1", "Device", "uptime", "3", "Device restarted"),
    ("lnx-db-01", "Replication", "lag.seconds", "4", "Lag of 95 seconds"),
)

# source column, target column, coalesce
_IMPORT_FIELDS = (
    ("u_user_id", "user_name", "true"),
    ("u_first_name", "first_name", "false"),
    ("u_last_name", "last_name", "false"),
    ("u_email", "email", "false"),
    ("u_phone", "phone", "false"),
    ("u_title", "title", "false"),
    ("u_department", "department", "false"),
    ("u_company", "company", "false"),
    ("u_active", "active", "false"),
)

_OLDER_LOG_ENTRIES = 1500

# label, table, script, as on a stock instance; the keys of the last two are our default
_DYNAMIC_FILTERS = (
    ("Me", "sys_user", "gs.getUserID()"),
    ("One of My Groups", "sys_user_group", "getMyGroups()"),
    ("One of My Assignments", "sys_user", "getMyAssignments()"),
    ("One of My Approvals", "sys_user", "getMyApprovals()"),
)


def add_platform(rows: DemoRows) -> None:
    """Add properties, scopes, lookup tables, rules and the transform map."""
    rows.add("sys_scope", "global", {"name": "Global", "scope": "global", "source": "global"}, by="system")
    for name, value, kind, description in PROPERTIES:
        values = {"name": name, "sys_name": name, "value": value, "type": kind, "description": description}
        rows.add("sys_properties", name, values, by="system")
    for (impact, urgency), priority in PRIORITIES.items():
        lookup = {"impact": str(impact), "urgency": str(urgency), "priority": str(priority)}
        rows.add("dl_u_priority", f"{impact}/{urgency}", lookup)
    for label, table, script in _DYNAMIC_FILTERS:
        values = {"label": label, "sys_name": label, "table": table, "filter_script": script}
        rows.add("sys_filter_option_dynamic", label, values)
    default = {"name": "Default", "is_default": "true", "description": "Changes that nobody put anywhere else"}
    rows.add("sys_update_set", "Default", default, by="system")
    _add_rules(rows)
    _add_transform_map(rows)


def add_machine_rows(rows: DemoRows, random: Random) -> None:
    """Add what machines wrote: events with their alert, log entries, two deletions."""
    alert_text = "Load average back to normal"
    alert = {
        "number": "Alert0000001",
        "source": "Monitoring",
        "node": "lnx-app-01",
        "type": "CPU",
        "resource": "CPU",
        "metric_name": "cpu.load",
        "message_key": "lnx-app-01/cpu.load",
        "description": alert_text,
        # The second of its events cleared it.
        "severity": "0",
        "state": "Closed",
        "cmdb_ci": item_id("lnx-app-01"),
        "incident": sys_id_of("incident", "INC0000039"),
        "event_count": "2",
    }
    rows.add("em_alert", "Alert0000001", alert, created=rows.ago(8), by="svc.monitoring")
    for position, event in enumerate(_EVENTS):
        _add_event(rows, position, *event)
    for position in range(30):
        level = random.choice("0001012")
        entry = {"level": level, "source": "Scheduler", "message": f"Job {position % 6} ended, code {level}"}
        entry |= {"sequence": f"{position:012x}"}
        rows.add("syslog", str(position), entry, created=rows.ago(2) + timedelta(minutes=37 * position), by="system")
    _add_older_log(rows)
    for number in ("INC0000901", "INC0000902"):
        _add_deletion(rows, number)


def _add_older_log(rows: DemoRows) -> None:
    """Add log entries of the days before: even an instance that nobody works on writes a thousand in no time."""
    for position in range(_OLDER_LOG_ENTRIES):
        entry = {"level": "0", "source": "Scheduler", "message": f"Job {position % 6} ended, code 0"}
        entry |= {"sequence": f"{position:012x}"}
        created = rows.ago(2) - timedelta(minutes=5 * (position + 1))
        rows.add("syslog", f"older/{position}", entry, created=created, by="system")


def _add_rules(rows: DemoRows) -> None:
    for rule in RULES:
        values: dict[str, str | None] = {
            "name": rule.name,
            "sys_name": rule.name,
            "collection": "incident",
            "when": rule.when,
            "order": rule.order,
            "filter_condition": rule.condition or None,
            "script": f"(function executeRule(current, previous) {{\n    {rule.script}\n}})(current, previous);",
            "advanced": "true",
            **{f"action_{action}": "true" for action in rule.actions},
        }
        rows.add("sys_script", rule.name, values)


def _add_transform_map(rows: DemoRows) -> None:
    tables = {"source_table": "u_imp_user", "target_table": "sys_user"}
    name = {"name": "User", "sys_name": "User"}
    user_map = rows.add("sys_transform_map", "User", tables | name)
    for source, target, coalesce in _IMPORT_FIELDS:
        values = tables | {"map": user_map, "source_field": source, "target_field": target, "coalesce": coalesce}
        rows.add("sys_transform_entry", f"User/{target}", values)


def _add_event(
    rows: DemoRows, position: int, node: str, resource: str, metric: str, severity: str, description: str
) -> None:
    when = rows.ago(8, hours=-position)
    values = {
        "source": "Monitoring",
        "node": node,
        "type": resource,
        "resource": resource,
        "metric_name": metric,
        "event_class": "monitoring-1",
        "message_key": f"{node}/{metric}",
        "severity": severity,
        "description": description,
        "additional_info": '{"site":"Denver","interval":"60"}',
        "time_of_event": moment_text(when),
        "resolution_state": "Closing" if severity == "0" else "New",
        "state": "Processed" if position < 2 else "Ready",
        "alert": sys_id_of("em_alert", "Alert0000001") if position < 2 else None,
    }
    rows.add("em_event", str(position), values, created=when, by="svc.monitoring")


def _add_deletion(rows: DemoRows, number: str) -> None:
    gone = sys_id_of("incident", number)
    payload = (
        f'<?xml version="1.0" encoding="UTF-8"?><incident><sys_id>{gone}</sys_id><number>{number}</number>'
        "<short_description>Test, please ignore</short_description></incident>"
    )
    values = {"tablename": "incident", "documentkey": gone, "display_value": number, "payload": payload}
    rows.add("sys_audit_delete", number, values, created=rows.ago(11))
