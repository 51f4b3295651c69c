"""Service level agreements and their measurements, and the workflow engine's tables that tasks point to."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    conditions,
    date_time,
    decimal,
    document_id,
    duration,
    integer,
    options,
    reference,
    same,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.definitions.users import TIME_ZONES
from pysnow.sandbox.dictionary.model import Table

STAGES = options(
    {
        "in_progress": "In progress",
        "paused": "Paused",
        "completed": "Completed",
        "breached": "Breached",
        "cancelled": "Cancelled",
        "achieved": "Achieved",
    }
)

DEFINITION = Table(
    "contract_sla",
    "SLA Definition",
    (
        string("name", "Name", 100, display=True),
        string("type", "Type", choices=same("SLA", "OLA", "Underpinning contract"), default="SLA"),
        string(
            "target",
            "Target",
            choices=options({"response": "Response", "resolution": "Resolution"}),
            default="resolution",
        ),
        table_name("collection", "Table", default="incident"),
        duration("duration", "Duration"),
        reference("schedule", "Schedule", "cmn_schedule"),
        string("timezone", "Timezone", choices=TIME_ZONES),
        conditions("start_condition", "Start condition"),
        conditions("stop_condition", "Stop condition"),
        conditions("pause_condition", "Pause condition"),
        conditions("cancel_condition", "Cancel condition"),
        boolean("active", "Active", default="true"),
        reference("workflow", "Workflow", "wf_workflow"),
    ),
)

TASK_SLA = Table(
    "task_sla",
    "Task SLA",
    (
        reference("task", "Task", "task", cascade="delete", display=True),
        reference("sla", "SLA definition", "contract_sla"),
        string("stage", "Stage", choices=STAGES, default="in_progress"),
        boolean("active", "Active", default="true"),
        boolean("has_breached", "Has breached"),
        date_time("start_time", "Start time"),
        date_time("end_time", "Stop time"),
        date_time("planned_end_time", "Breach time"),
        date_time("original_breach_time", "Original breach time"),
        date_time("pause_time", "Pause time"),
        duration("pause_duration", "Pause duration"),
        # Decimal percentages without an upper limit: a breached SLA goes on counting.
        decimal("percentage", "Actual elapsed percentage"),
        decimal("business_percentage", "Business elapsed percentage"),
        duration("time_left", "Actual time left"),
        duration("duration", "Actual elapsed time"),
        duration("business_duration", "Business elapsed time"),
        duration("business_time_left", "Business time left"),
        duration("business_pause_duration", "Business pause duration"),
        reference("schedule", "Schedule", "cmn_schedule"),
        string("timezone", "Timezone", choices=TIME_ZONES),
    ),
)

WORKFLOW = Table(
    "wf_workflow",
    "Workflow",
    (
        string("name", "Name", 100, display=True),
        table_name("table", "Table"),
        string("description", "Description", 1000),
        boolean("active", "Active", default="true"),
    ),
    extends="sys_metadata",
)

ACTIVITY = Table(
    "wf_activity",
    "Workflow Activity",
    (
        string("name", "Name", 100, display=True),
        reference("workflow", "Workflow", "wf_workflow", cascade="delete"),
        integer("x", "X"),
        integer("y", "Y"),
    ),
    extends="sys_metadata",
)

CONTEXT = Table(
    "wf_context",
    "Workflow Context",
    (
        string("name", "Name", 100, display=True),
        reference("workflow", "Workflow", "wf_workflow"),
        table_name("table", "Table"),
        document_id("id", "Related record", "table"),
        string(
            "state",
            "State",
            choices=options(
                {"executing": "Executing", "finished": "Finished", "cancelled": "Cancelled", "faulted": "Faulted"}
            ),
            default="executing",
        ),
        boolean("active", "Active", default="true"),
        date_time("started", "Started"),
        reference("started_by", "Started by", "sys_user"),
        date_time("ended", "Ended"),
    ),
)

TABLES = (DEFINITION, TASK_SLA, WORKFLOW, ACTIVITY, CONTEXT)
