"""``task``, the parent of everything that is worked on, and the approvals that hang from it.

Columns and lengths as in the documentation page "Important task table fields".
"""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    document_id,
    duration,
    glide_list,
    integer,
    journal,
    journal_input,
    options,
    reference,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Table

USER = "sys_user"
GROUP = "sys_user_group"

LEVELS = options({"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"})
PRIORITIES = options(
    {"1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low", "5": "5 - Planning"},
)
CONTACT_TYPES = options(
    {
        "chat": "Chat",
        "email": "Email",
        "monitoring": "Monitoring",
        "phone": "Phone",
        "self-service": "Self-service",
        "virtual_agent": "Virtual Agent",
        "walk-in": "Walk-in",
    }
)
TASK_STATES = options(
    {
        "-5": "Pending",
        "1": "Open",
        "2": "Work in Progress",
        "3": "Closed Complete",
        "4": "Closed Incomplete",
        "7": "Closed Skipped",
    }
)
APPROVALS = options(
    {
        "not requested": "Not Yet Requested",
        "requested": "Requested",
        "approved": "Approved",
        "rejected": "Rejected",
        "cancelled": "Cancelled",
        "not_required": "Not Required",
        "duplicate": "Duplicate",
    }
)

TASK = Table(
    "task",
    "Task",
    (
        string("number", "Number", display=True, read_only=True),
        string("short_description", "Short description", 160),
        string("description", "Description", 4000),
        integer("state", "State", choices=TASK_STATES, default="1"),
        boolean("active", "Active", default="true"),
        integer("priority", "Priority", choices=PRIORITIES, default="4"),
        integer("urgency", "Urgency", choices=LEVELS, default="3"),
        integer("impact", "Impact", choices=LEVELS, default="3"),
        reference("assigned_to", "Assigned to", USER),
        reference("assignment_group", "Assignment group", GROUP),
        reference("opened_by", "Opened by", USER, default="javascript:gs.getUserID()"),
        date_time("opened_at", "Opened", default="javascript:gs.nowDateTime()"),
        reference("closed_by", "Closed by", USER),
        date_time("closed_at", "Closed"),
        column("due_date", "Due date", "due_date"),
        date_time("expected_start", "Expected start"),
        date_time("work_start", "Actual start"),
        date_time("work_end", "Actual end"),
        date_time("follow_up", "Follow up"),
        date_time("activity_due", "Activity due"),
        date_time("sla_due", "SLA due", read_only=True),
        boolean("made_sla", "Made SLA", default="true", read_only=True),
        integer(
            "escalation",
            "Escalation",
            choices=options({"0": "Normal", "1": "Moderate", "2": "High", "3": "Overdue"}),
            default="0",
        ),
        string("approval", "Approval", choices=APPROVALS, default="not requested"),
        date_time("approval_set", "Approval set"),
        journal("approval_history", "Approval history"),
        string(
            "upon_approval",
            "Upon approval",
            choices=options({"proceed": "Proceed to Next Task", "do_nothing": "Wait for a User to Close this task"}),
            default="proceed",
        ),
        string(
            "upon_reject",
            "Upon reject",
            choices=options({"cancel": "Cancel all future Tasks", "goto": "Go to a previous Task"}),
            default="cancel",
        ),
        reference("parent", "Parent", "task"),
        reference("company", "Company", "core_company"),
        reference("location", "Location", "cmn_location"),
        reference("cmdb_ci", "Configuration item", "cmdb_ci"),
        reference("business_service", "Service", "cmdb_ci_service"),
        reference("service_offering", "Service offering", "service_offering"),
        string("contact_type", "Contact type", choices=CONTACT_TYPES),
        journal_input("comments", "Additional comments"),
        journal_input("work_notes", "Work notes"),
        journal("comments_and_work_notes", "Comments and Work notes"),
        string("close_notes", "Close notes", 4000),
        glide_list("watch_list", "Watch list", USER),
        glide_list("work_notes_list", "Work notes list", USER),
        glide_list("additional_assignee_list", "Additional assignee list", USER),
        glide_list("group_list", "Group list", GROUP),
        string("correlation_id", "Correlation ID", 100),
        string("correlation_display", "Correlation display", 100),
        boolean("knowledge", "Knowledge"),
        integer("order", "Order"),
        integer("reassignment_count", "Reassignment count", default="0", read_only=True),
        integer("route_reason", "Transfer reason"),
        column("time_worked", "Time worked", "timer"),
        duration("business_duration", "Business duration"),
        duration("calendar_duration", "Duration"),
        reference("contract", "Contract", "ast_contract"),
        reference("universal_request", "Universal Request", "task"),
        string("task_effective_number", "Effective number", read_only=True),
        reference("delivery_plan", "Delivery plan", "sc_cat_item_delivery_plan"),
        reference("delivery_task", "Delivery task", "sc_cat_item_delivery_task"),
        reference("rejection_goto", "Rejection goto", "task"),
        reference("wf_activity", "Workflow activity", "wf_activity"),
        column("user_input", "User input", "user_input", max_length=4000),
        glide_list("skills", "Skills", "cmn_skill"),
    ),
    prefix="TASK",
    domain=True,
)

APPROVER = Table(
    "sysapproval_approver",
    "Approval",
    (
        reference("sysapproval", "Approval for", "task", cascade="delete"),
        reference("approver", "Approver", USER, display=True),
        string("state", "State", choices=APPROVALS, default="not requested"),
        journal_input("comments", "Comments"),
        table_name("source_table", "Source table"),
        document_id("document_id", "Approving", "source_table"),
        column("due_date", "Due date", "due_date"),
        reference("group", "Assignment group", "sysapproval_group"),
        reference("wf_activity", "Workflow activity", "wf_activity"),
        date_time("expected_start", "Expected start"),
        integer("iteration", "Iteration", default="1"),
    ),
)

GROUP_APPROVAL = Table(
    "sysapproval_group",
    "Group approval",
    (
        string(
            "wait_for",
            "Wait for",
            choices=options({"any": "Anyone to approve", "all": "Everyone to approve"}),
            default="any",
        ),
    ),
    extends="task",
    prefix="GAPRV",
)

AFFECTED_CI = Table(
    "task_ci",
    "CIs Affected",
    (
        reference("task", "Task", "task", cascade="delete"),
        reference("ci_item", "Configuration Item", "cmdb_ci", cascade="delete", display=True),
        date_time("applied_date", "Applied date"),
        boolean("applied", "Applied"),
        boolean("manual_proposed_change", "Manual Proposed Change"),
    ),
)

TABLES = (TASK, APPROVER, GROUP_APPROVAL, AFFECTED_CI)
