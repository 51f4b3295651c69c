"""Incidents and their tasks. States as in "Incident Management state model"; choices as a current family ships them."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    date_time,
    dependent_options,
    duration,
    integer,
    options,
    reference,
    same,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.definitions.task import LEVELS, PRIORITIES, USER
from pysnow.sandbox.dictionary.model import Table

STATES = options({"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled"})
HOLD_REASONS = options(
    {"1": "Awaiting Caller", "5": "Awaiting Change", "3": "Awaiting Problem", "4": "Awaiting Vendor"},
)
CATEGORIES = options(
    {
        "inquiry": "Inquiry / Help",
        "software": "Software",
        "hardware": "Hardware",
        "network": "Network",
        "database": "Database",
        "password_reset": "Password Reset",
    }
)
SUBCATEGORIES = dependent_options(
    {
        "inquiry": {"antivirus": "Antivirus", "email": "Email", "internal application": "Internal Application"},
        "software": {"email": "Email", "os": "Operating System"},
        "hardware": {
            "cpu": "CPU",
            "disk": "Disk",
            "keyboard": "Keyboard",
            "memory": "Memory",
            "monitor": "Monitor",
            "mouse": "Mouse",
        },
        "network": {
            "dhcp": "DHCP",
            "dns": "DNS",
            "ip address": "IP Address",
            "vpn": "VPN",
            "wireless": "Wireless",
        },
        "database": {"db2": "DB2", "sql server": "MS SQL Server", "oracle": "Oracle"},
    }
)
# The older codes stay in the list because demo data and upgraded instances still carry them.
CLOSE_CODES = same(
    "Duplicate",
    "Known error",
    "No resolution provided",
    "Resolved by caller",
    "Resolved by change",
    "Resolved by problem",
    "Resolved by request",
    "Solution provided",
    "Workaround provided",
    "User error",
    "Solved (Permanently)",
    "Solved (Work Around)",
    "Solved Remotely (Permanently)",
    "Not Solved (Not Reproducible)",
    "Closed/Resolved by Caller",
)

INCIDENT = Table(
    "incident",
    "Incident",
    (
        # Overrides of columns that task already has.
        integer("state", "State", choices=STATES, default="1"),
        integer("priority", "Priority", choices=PRIORITIES, default="5", read_only=True),
        # Columns of its own.
        reference("caller_id", "Caller", USER, mandatory=True),
        string("category", "Category", choices=CATEGORIES, default="inquiry"),
        string("subcategory", "Subcategory", choices=SUBCATEGORIES, dependent_on="category"),
        integer("incident_state", "Incident state", choices=STATES, default="1"),
        integer("hold_reason", "On hold reason", choices=HOLD_REASONS),
        integer("severity", "Severity", choices=LEVELS, default="3"),
        integer(
            "notify",
            "Notify",
            choices=options({"1": "Do Not Notify", "2": "Send Email", "3": "Telephone"}),
            default="1",
        ),
        reference("problem_id", "Problem", "problem"),
        reference("rfc", "Change Request", "change_request"),
        reference("caused_by", "Caused by Change", "change_request"),
        reference("parent_incident", "Parent Incident", "incident"),
        integer("child_incidents", "Child Incidents", default="0"),
        string("close_code", "Resolution code", choices=CLOSE_CODES),
        reference("resolved_by", "Resolved by", USER),
        date_time("resolved_at", "Resolved"),
        reference("reopened_by", "Last reopened by", USER),
        date_time("reopened_time", "Last reopened at"),
        integer("reopen_count", "Reopen count", default="0"),
        integer("business_stc", "Business resolve time"),
        integer("calendar_stc", "Resolve time"),
        string("business_impact", "Business impact", 4000),
        string("cause", "Probable cause", 4000),
        string("origin_id", "Origin", 32),
        table_name("origin_table", "Origin table"),
    ),
    extends="task",
    prefix="INC",
)

INCIDENT_TASK = Table(
    "incident_task",
    "Incident Task",
    (
        reference("incident", "Incident", "incident", cascade="delete"),
        boolean("is_major", "Major"),
        duration("work_duration", "Work duration"),
    ),
    extends="task",
    prefix="TASK",
)

TABLES = (INCIDENT, INCIDENT_TASK)
