"""Events, alerts, logs and mail: tables that machines fill."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    document_id,
    integer,
    options,
    reference,
    same,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Table

# "Send events via web service": 0 clears, 1 is the worst.
SEVERITIES = options(
    {"0": "Clear", "1": "Critical", "2": "Major", "3": "Minor", "4": "Warning", "5": "OK"},
)

EVENT = Table(
    "em_event",
    "Event",
    (
        string("source", "Source", 100),
        string("node", "Node", 100),
        string("type", "Type", 100),
        string("resource", "Resource", 100),
        string("metric_name", "Metric Name", 100),
        string("event_class", "Source instance", 100),
        string("message_key", "Message key", 1024, display=True),
        integer("severity", "Severity", choices=SEVERITIES),
        string("description", "Description", 4000),
        string("additional_info", "Additional information", 4000),
        date_time("time_of_event", "Time of event"),
        string("resolution_state", "Resolution state", choices=same("New", "Closing"), default="New"),
        string(
            "state",
            "State",
            choices=same("Ready", "Queued", "Processed", "Error", "Ignored"),
            default="Ready",
        ),
        reference("alert", "Alert", "em_alert"),
        integer("bucket", "Bucket", default="0"),
        table_name("ci_type", "CI type"),
        string("ci_identifier", "CI identifier", 4000),
        string("error_msg", "Error message", 4000),
        reference("cmdb_ci", "Configuration item", "cmdb_ci"),
    ),
)

ALERT = Table(
    "em_alert",
    "Alert",
    (
        string("number", "Number", display=True, read_only=True),
        string("source", "Source", 100),
        string("node", "Node", 100),
        string("type", "Type", 100),
        string("resource", "Resource", 100),
        string("metric_name", "Metric Name", 100),
        string("message_key", "Message key", 1024),
        integer("severity", "Severity", choices=SEVERITIES),
        string("state", "State", choices=same("Open", "Reopen", "Flapping", "Closed"), default="Open"),
        string("description", "Description", 4000),
        string("additional_info", "Additional information", 4000),
        reference("cmdb_ci", "Configuration item", "cmdb_ci"),
        reference("incident", "Task", "task"),
        boolean("acknowledged", "Acknowledged"),
        boolean("maintenance", "Maintenance"),
        integer("event_count", "Event count", default="1"),
        date_time("initial_event_time", "Initial event generation time"),
        date_time("last_event_time", "Last event generation time"),
    ),
    prefix="Alert",
)

LOG = Table(
    "syslog",
    "Log Entry",
    (
        integer("level", "Level", choices=options({"0": "Information", "1": "Warning", "2": "Error"}), default="0"),
        string("message", "Message", 4000, display=True),
        string("source", "Source"),
        # Log tables are rotated over several shards; which one a row is in shows here. They have no sub-classes.
        column("sys_class_name", "Class", "sys_class_name", max_length=80, default="syslog"),
        string("sequence", "Sequence"),
    ),
    system_columns="created",
)

TRANSACTION_LOG = Table(
    "syslog_transaction",
    "Transaction Log Entry",
    (
        string("url", "URL", 4000, display=True),
        string("type", "Type"),
        integer("response_time", "Response time"),
        string("http_method", "HTTP method"),
    ),
    system_columns="created",
)

SYSTEM_EVENT = Table(
    "sysevent",
    "System Event",
    (
        string("name", "Name", 100, display=True),
        string("state", "State", choices=options({"ready": "Ready", "processed": "Processed", "error": "Error"})),
        string("queue", "Queue", 100),
        table_name("table", "Table"),
        document_id("instance", "Instance", "table"),
        string("parm1", "Parm1", 4000),
        string("parm2", "Parm2", 4000),
        date_time("process_on", "Process on"),
        date_time("processed", "Processed"),
    ),
    attributes="no_audit_delete=true",
)

EMAIL = Table(
    "sys_email",
    "Email",
    (
        string("subject", "Subject", 512, display=True),
        string(
            "type",
            "Type",
            choices=options(
                {"send-ready": "send-ready", "sent": "sent", "received": "received", "send-failed": "send-failed"}
            ),
        ),
        string("state", "State", choices=options({"ready": "Ready", "processed": "Processed", "error": "Error"})),
        string("mailbox", "Mailbox", choices=options({"outbox": "Outbox", "sent": "Sent", "inbox": "Inbox"})),
        string("recipients", "Recipients", 8000),
        string("copied", "Copied", 8000),
        string("blind_copied", "Blind copied", 8000),
        string("user", "User", 255),
        column("body", "Body", "html", max_length=65000),
        string("body_text", "Body text", 65000),
        string("headers", "Headers", 8000),
        string("uid", "UID", 255),
        string("message_id", "Message ID", 255),
        table_name("target_table", "Target table"),
        document_id("instance", "Target", "target_table"),
    ),
    attributes="no_audit_delete=true",
)

TABLES = (EVENT, ALERT, LOG, TRANSACTION_LOG, SYSTEM_EVENT, EMAIL)
