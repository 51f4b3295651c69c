"""What administrators write for forms, lists and servers: actions, policies, client scripts, jobs, notifications.

Rows to read and to write, as far as nothing else says so: the sandbox runs none of these scripts.
"""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    conditions,
    date_time,
    document_id,
    duration,
    glide_list,
    html,
    integer,
    options,
    reference,
    same,
    script,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Column, Table

METADATA = "sys_metadata"


def _field(element: str, label: str, table_element: str) -> Column:
    return column(element, label, "field_name", max_length=80, dependent_on=table_element)


UI_ACTION = Table(
    "sys_ui_action",
    "UI Action",
    (
        string("name", "Name", 100, display=True),
        table_name("table", "Table"),
        string("action_name", "Action name", 80),
        boolean("active", "Active", default="true"),
        integer("order", "Order", default="100"),
        boolean("show_insert", "Show insert", default="true"),
        boolean("show_update", "Show update", default="true"),
        boolean("form_button", "Form button"),
        boolean("form_context_menu", "Form context menu"),
        boolean("form_link", "Form link"),
        boolean("list_button", "List bottom button"),
        boolean("list_banner_button", "List banner button"),
        boolean("list_choice", "List choice"),
        boolean("list_context_menu", "List context menu"),
        boolean("list_link", "List link"),
        boolean("client", "Client"),
        string("onclick", "Onclick", 8000),
        string("condition", "Condition", 254),
        script("script", "Script"),
        string("hint", "Hint", 254),
        string("comments", "Comments", 4000),
    ),
    extends=METADATA,
)

UI_POLICY = Table(
    "sys_ui_policy",
    "UI Policy",
    (
        string("short_description", "Short description", 100, display=True),
        table_name("table", "Table"),
        boolean("active", "Active", default="true"),
        conditions("conditions", "Conditions"),
        integer("order", "Order", default="100"),
        boolean("global", "Global", default="true"),
        reference("view", "View", "sys_ui_view"),
        boolean("on_load", "On load", default="true"),
        boolean("reverse_if_false", "Reverse if false", default="true"),
        boolean("inherit", "Inherit"),
        boolean("run_scripts", "Run scripts"),
        script("script_true", "Execute if true"),
        script("script_false", "Execute if false"),
        string("description", "Description", 4000),
    ),
    extends=METADATA,
)

_SETTINGS = options({"ignore": "Leave alone", "true": "True", "false": "False"})

UI_POLICY_ACTION = Table(
    "sys_ui_policy_action",
    "UI Policy Action",
    (
        reference("ui_policy", "UI policy", "sys_ui_policy", cascade="delete"),
        table_name("table", "Table"),
        column("field", "Field name", "field_name", max_length=80, display=True, dependent_on="table"),
        string("visible", "Visible", choices=_SETTINGS, default="ignore"),
        string("mandatory", "Mandatory", choices=_SETTINGS, default="ignore"),
        string("disabled", "Read only", choices=_SETTINGS, default="ignore"),
    ),
    extends=METADATA,
)

CLIENT_SCRIPT = Table(
    "sys_script_client",
    "Client Script",
    (
        string("name", "Name", 100, display=True),
        table_name("table", "Table"),
        string("type", "Type", choices=same("onLoad", "onChange", "onSubmit", "onCellEdit")),
        _field("field", "Field name", "table"),
        boolean("active", "Active", default="true"),
        boolean("global", "Global", default="true"),
        boolean("applies_extended", "Inherited"),
        script("script", "Script"),
        string("description", "Description", 4000),
        string("messages", "Messages", 4000),
    ),
    extends=METADATA,
)

DATA_POLICY = Table(
    "sys_data_policy2",
    "Data Policy",
    (
        string("short_description", "Short description", 100, display=True),
        table_name("model_table", "Table"),
        boolean("active", "Active", default="true"),
        conditions("conditions", "Conditions"),
        boolean("apply_import_set", "Apply to import sets", default="true"),
        boolean("apply_soap", "Apply to SOAP", default="true"),
        boolean("enforce_ui", "Use as UI Policy on client", default="true"),
        boolean("inherit", "Inherit"),
        boolean("reverse_if_false", "Reverse if false", default="true"),
        string("description", "Description", 4000),
    ),
    extends=METADATA,
)

DATA_POLICY_RULE = Table(
    "sys_data_policy_rule",
    "Data Policy Rule",
    (
        reference("sys_data_policy", "Data policy", "sys_data_policy2", cascade="delete"),
        table_name("table", "Table"),
        column("field", "Field name", "field_name", max_length=80, display=True, dependent_on="table"),
        string("mandatory", "Mandatory", choices=_SETTINGS, default="ignore"),
        string("disabled", "Read only", choices=_SETTINGS, default="ignore"),
    ),
    extends=METADATA,
)

SCRIPTED_API = Table(
    "sys_ws_definition",
    "Scripted REST Service",
    (
        string("name", "Name", 100, display=True),
        string("service_id", "API ID", 100),
        string("namespace", "API namespace", 100),
        string("base_uri", "Base API path", 255),
        boolean("active", "Active", default="true"),
        string("short_description", "Short description", 255),
    ),
    extends=METADATA,
)

SCRIPTED_RESOURCE = Table(
    "sys_ws_operation",
    "Scripted REST Resource",
    (
        string("name", "Name", 100, display=True),
        reference("web_service_definition", "API definition", "sys_ws_definition", cascade="delete"),
        string("http_method", "HTTP method", choices=same("GET", "POST", "PUT", "PATCH", "DELETE")),
        string("relative_path", "Relative path", 255),
        string("operation_uri", "Resource path", 255),
        boolean("active", "Active", default="true"),
        boolean("requires_authentication", "Requires authentication", default="true"),
        script("operation_script", "Script"),
    ),
    extends=METADATA,
)

JOB = Table(
    "sysauto",
    "Scheduled Job",
    (
        string("name", "Name", 100, display=True),
        boolean("active", "Active", default="true"),
        string(
            "run_type",
            "Run",
            choices=options(
                {
                    "daily": "Daily",
                    "weekly": "Weekly",
                    "monthly": "Monthly",
                    "periodically": "Periodically",
                    "once": "Once",
                    "on_demand": "On Demand",
                }
            ),
            default="daily",
        ),
        date_time("run_start", "Starting"),
        column("run_time", "Time", "glide_time"),
        duration("run_period", "Repeat Interval"),
        integer("run_dayofweek", "Day"),
        integer("run_dayofmonth", "Day"),
        reference("run_as", "Run as", "sys_user"),
        boolean("conditional", "Conditional"),
        script("condition", "Condition"),
    ),
    extends=METADATA,
)

SCRIPT_JOB = Table(
    "sysauto_script", "Scheduled Script Execution", (script("script", "Run this script"),), extends="sysauto"
)

TRIGGER = Table(
    "sys_trigger",
    "Schedule Item",
    (
        string("name", "Name", 100, display=True),
        date_time("next_action", "Next action"),
        integer("trigger_type", "Trigger type"),
        integer(
            "state",
            "State",
            choices=options({"0": "Ready", "1": "Running", "2": "Queued", "3": "Error"}),
            default="0",
        ),
        integer("priority", "Priority", default="100"),
        table_name("document", "Document"),
        document_id("document_key", "Document key", "document"),
        string("claimed_by", "Claimed by", 100),
        string("system_id", "System ID", 100),
        script("script", "Script"),
        string("last_error", "Last error", 4000),
        integer("error_count", "Error count"),
        integer("processing_duration", "Processing duration"),
    ),
    attributes="no_audit_delete=true",
)

EVENT_REGISTRATION = Table(
    "sysevent_register",
    "Event Registration",
    (
        string("event_name", "Event name", 100, display=True),
        table_name("table", "Table"),
        string("description", "Description", 4000),
        string("fired_by", "Fired by", 255),
        string("queue", "Queue", 100),
    ),
    extends=METADATA,
)

NOTIFICATION = Table(
    "sysevent_email_action",
    "Notification",
    (
        string("name", "Name", 100, display=True),
        table_name("collection", "Table"),
        boolean("active", "Active", default="true"),
        string("event_name", "Event name", 100),
        boolean("action_insert", "Inserted"),
        boolean("action_update", "Updated"),
        conditions("condition", "Conditions"),
        glide_list("recipient_users", "Users", "sys_user"),
        glide_list("recipient_groups", "Groups", "sys_user_group"),
        string("recipient_fields", "Users/Groups in fields", 1000),
        string("subject", "Subject", 255),
        html("message_html", "Message HTML"),
        integer("weight", "Weight", default="0"),
    ),
    extends=METADATA,
)

INBOUND_ACTION = Table(
    "sysevent_in_email_action",
    "Inbound Email Action",
    (
        string("name", "Name", 100, display=True),
        table_name("table", "Target table"),
        boolean("active", "Active", default="true"),
        string("type", "Type", choices=options({"new": "New", "reply": "Reply", "forward": "Forward"}), default="new"),
        integer("order", "Execution Order", default="100"),
        boolean("stop_processing", "Stop processing"),
        conditions("filter_condition", "Conditions"),
        script("script", "Script"),
    ),
    extends=METADATA,
)

SCRIPT_ACTION = Table(
    "sysevent_script_action",
    "Script Action",
    (
        string("name", "Name", 100, display=True),
        string("event_name", "Event name", 100),
        boolean("active", "Active", default="true"),
        integer("order", "Execution Order", default="100"),
        string("condition_script", "Condition script", 255),
        script("script", "Script"),
    ),
    extends=METADATA,
)

FLOW = Table(
    "sys_hub_flow",
    "Flow",
    (
        string("name", "Name", 100, display=True),
        string("internal_name", "Internal name", 100),
        string("type", "Type", choices=options({"flow": "Flow", "subflow": "Subflow"}), default="flow"),
        string("status", "Status", choices=options({"draft": "Draft", "published": "Published"}), default="draft"),
        boolean("active", "Active"),
        string("description", "Description", 4000),
        reference("run_as", "Run as", "sys_user"),
    ),
    extends=METADATA,
)

TABLES = (
    UI_ACTION,
    UI_POLICY,
    UI_POLICY_ACTION,
    CLIENT_SCRIPT,
    DATA_POLICY,
    DATA_POLICY_RULE,
    SCRIPTED_API,
    SCRIPTED_RESOURCE,
    JOB,
    SCRIPT_JOB,
    TRIGGER,
    EVENT_REGISTRATION,
    NOTIFICATION,
    INBOUND_ACTION,
    SCRIPT_ACTION,
    FLOW,
)
