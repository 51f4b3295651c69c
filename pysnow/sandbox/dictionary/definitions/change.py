"""Changes and their tasks. States as in "Change state model"."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    glide_list,
    html,
    integer,
    options,
    reference,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.definitions.task import USER
from pysnow.sandbox.dictionary.model import Table

STATES = options(
    {
        "-5": "New",
        "-4": "Assess",
        "-3": "Authorize",
        "-2": "Scheduled",
        "-1": "Implement",
        "0": "Review",
        "3": "Closed",
        "4": "Canceled",
    }
)
CLOSE_CODES = options(
    {"successful": "Successful", "successful_issues": "Successful with issues", "unsuccessful": "Unsuccessful"},
)
RISKS = options({"1": "Very High", "2": "High", "3": "Moderate", "4": "Low", "5": "None"})
CATEGORIES = options(
    {
        "Hardware": "Hardware",
        "Software": "Software",
        "Service": "Service",
        "System Software": "System Software",
        "Applications Software": "Applications Software",
        "Network": "Network",
        "Telecom": "Telecom",
        "Documentation": "Documentation",
        "Other": "Other",
    }
)

CHANGE_REQUEST = Table(
    "change_request",
    "Change Request",
    (
        integer("state", "State", choices=STATES, default="-5"),
        string(
            "type",
            "Type",
            choices=options({"standard": "Standard", "normal": "Normal", "emergency": "Emergency"}),
            default="normal",
        ),
        reference("chg_model", "Model", "chg_model"),
        string("category", "Category", choices=CATEGORIES, default="Other"),
        integer("risk", "Risk", choices=RISKS, default="4"),
        integer(
            "scope",
            "Scope",
            choices=options({"1": "Massive", "2": "Large", "3": "Medium", "4": "Small", "5": "Tiny"}),
            default="3",
        ),
        string(
            "phase",
            "Phase",
            choices=options({"requested": "Requested", "plan": "Plan", "build": "Build", "deploy": "Deploy"}),
            default="requested",
        ),
        string(
            "phase_state",
            "Phase state",
            choices=options({"open": "Open", "work in progress": "Work in Progress", "complete": "Complete"}),
            default="open",
        ),
        string("reason", "Reason", 4000),
        reference("requested_by", "Requested by", USER, default="javascript:gs.getUserID()"),
        date_time("start_date", "Planned start date"),
        date_time("end_date", "Planned end date"),
        date_time("cab_date_time", "CAB date/time"),
        boolean("cab_required", "CAB required"),
        reference("cab_delegate", "CAB delegate", USER),
        string("cab_recommendation", "CAB recommendation", 4000),
        string("justification", "Justification", 4000),
        html("implementation_plan", "Implementation plan"),
        html("backout_plan", "Backout plan"),
        html("test_plan", "Test plan"),
        string("risk_impact_analysis", "Risk and impact analysis", 4000),
        integer("review_status", "Review status"),
        string("review_comments", "Review comments", 4000),
        string(
            "conflict_status",
            "Conflict status",
            choices=options({"Not Run": "Not Run", "Conflict": "Conflict", "No Conflict": "No Conflict"}),
            default="Not Run",
        ),
        date_time("conflict_last_run", "Conflict last run"),
        boolean("on_hold", "On hold"),
        string("on_hold_reason", "On hold reason", 4000),
        string("close_code", "Close code", choices=CLOSE_CODES),
        boolean("unauthorized", "Unauthorized"),
        boolean("outside_maintenance_schedule", "Outside maintenance schedule"),
        boolean("production_system", "Production system"),
        reference("std_change_producer_version", "Standard Change Template version", "std_change_producer_version"),
    ),
    extends="task",
    prefix="CHG",
)

CHANGE_TASK = Table(
    "change_task",
    "Change Task",
    (
        integer(
            "state",
            "State",
            choices=options({"-5": "Pending", "1": "Open", "2": "In Progress", "3": "Closed", "4": "Canceled"}),
            default="-5",
        ),
        reference("change_request", "Change request", "change_request", cascade="delete"),
        string(
            "change_task_type",
            "Type",
            choices=options(
                {
                    "planning": "Planning",
                    "implementation": "Implementation",
                    "testing": "Testing",
                    "review": "Review",
                }
            ),
        ),
        date_time("planned_start_date", "Planned start date"),
        date_time("planned_end_date", "Planned end date"),
        string("close_code", "Close code", choices=CLOSE_CODES),
        boolean("on_hold", "On hold"),
        string("on_hold_reason", "On hold reason", 4000),
    ),
    extends="task",
    prefix="CTASK",
)

CHANGE_MODEL = Table(
    "chg_model",
    "Change Model",
    (
        string("name", "Name", 100, display=True),
        string("description", "Description", 1000),
        boolean("active", "Active", default="true"),
        boolean("available_in_ui", 'Available in "New"', default="true"),
        table_name("table_name", "Table", default="change_request"),
        column("color", "Color", "color"),
        glide_list("default_change_model", "Default for", "chg_model"),
    ),
)

STANDARD_CHANGE_VERSION = Table(
    "std_change_producer_version",
    "Standard Change Template Version",
    (
        string("name", "Name", 255, display=True),
        integer("version", "Version", default="1"),
        boolean("active", "Active", default="true"),
        integer("change_count", "Change count", default="0"),
    ),
)

TABLES = (CHANGE_REQUEST, CHANGE_TASK, CHANGE_MODEL, STANDARD_CHANGE_VERSION)
