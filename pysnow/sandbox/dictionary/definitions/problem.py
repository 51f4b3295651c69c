"""Problems and their tasks. States as in "Map legacy problem states"."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    date_time,
    dependent_options,
    html,
    integer,
    options,
    reference,
    string,
)
from pysnow.sandbox.dictionary.definitions.task import PRIORITIES, USER
from pysnow.sandbox.dictionary.model import Table

STATES = options(
    {
        "101": "New",
        "102": "Assess",
        "103": "Root Cause Analysis",
        "104": "Fix in Progress",
        "106": "Resolved",
        "107": "Closed",
        # Values of instances that were upgraded from the model before Madrid.
        "1": "Open",
        "2": "Known Error",
        "3": "Pending Change",
        "4": "Closed/Resolved",
    }
)
RESOLUTION_CODES = options(
    {"fix_applied": "Fix Applied", "risk_accepted": "Risk Accepted", "duplicate": "Duplicate", "canceled": "Canceled"},
)
CATEGORIES = options({"software": "Software", "hardware": "Hardware", "network": "Network", "database": "Database"})
SUBCATEGORIES = dependent_options(
    {
        "software": {"email": "Email", "os": "Operating System"},
        "hardware": {"cpu": "CPU", "disk": "Disk", "memory": "Memory"},
        "network": {"dns": "DNS", "vpn": "VPN", "wireless": "Wireless"},
        "database": {"sql server": "MS SQL Server", "oracle": "Oracle"},
    }
)

PROBLEM = Table(
    "problem",
    "Problem",
    (
        integer("state", "State", choices=STATES, default="101"),
        integer("priority", "Priority", choices=PRIORITIES, default="5", read_only=True),
        integer("problem_state", "Problem state", choices=STATES, default="101"),
        string("category", "Category", choices=CATEGORIES),
        string("subcategory", "Subcategory", choices=SUBCATEGORIES, dependent_on="category"),
        boolean("known_error", "Known error"),
        boolean("major_problem", "Major problem"),
        html("cause_notes", "Cause notes"),
        html("fix_notes", "Fix notes"),
        html("workaround", "Workaround"),
        boolean("workaround_applied", "Workaround applied"),
        string("resolution_code", "Resolution code", choices=RESOLUTION_CODES),
        reference("duplicate_of", "Duplicate of", "problem"),
        reference("first_reported_by_task", "First reported by", "task"),
        integer("related_incidents", "Related Incidents", default="0"),
        reference("confirmed_by", "Confirmed by", USER),
        date_time("confirmed_at", "Confirmed"),
        reference("fix_by", "Fix by", USER),
        date_time("fix_at", "Fix at"),
        reference("resolved_by", "Resolved by", USER),
        date_time("resolved_at", "Resolved"),
        reference("fix_communicated_by", "Fix communicated by", USER),
        date_time("fix_communicated_at", "Fix communicated at"),
        reference("workaround_communicated_by", "Workaround communicated by", USER),
        date_time("workaround_communicated_at", "Workaround communicated at"),
        reference("rfc", "Change request", "change_request"),
        string("review_outcome", "Review outcome", 4000),
        integer("reopen_count", "Reopen count", default="0"),
        reference("reopened_by", "Reopened by", USER),
        date_time("reopened_at", "Reopened"),
    ),
    extends="task",
    prefix="PRB",
)

PROBLEM_TASK = Table(
    "problem_task",
    "Problem Task",
    (
        integer(
            "state",
            "State",
            choices=options({"151": "New", "152": "Assess", "154": "Work in Progress", "157": "Closed"}),
            default="151",
        ),
        reference("problem", "Problem", "problem", cascade="delete"),
        string(
            "problem_task_type",
            "Type",
            choices=options({"general": "General", "rca": "Root Cause Analysis"}),
            default="general",
        ),
        string(
            "close_code",
            "Close code",
            choices=options({"completed": "Completed", "canceled": "Canceled"}),
        ),
        string("cause_notes", "Cause notes", 4000),
        string("fix_notes", "Fix notes", 4000),
        string("workaround", "Workaround", 4000),
        date_time("started_at", "Started"),
        reference("started_by", "Started by", USER),
    ),
    extends="task",
    prefix="PTASK",
)

TABLES = (PROBLEM, PROBLEM_TASK)
