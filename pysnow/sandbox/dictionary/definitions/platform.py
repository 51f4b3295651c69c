"""Configuration of the platform itself: properties, scripts, access rules, rate limits, lookups."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    conditions,
    integer,
    options,
    reference,
    same,
    script,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.definitions.task import LEVELS, PRIORITIES
from pysnow.sandbox.dictionary.model import Table

PROPERTY = Table(
    "sys_properties",
    "System Property",
    (
        string("name", "Name", 100, display=True, unique=True),
        string("value", "Value", 4000),
        string(
            "type",
            "Type",
            choices=options(
                {
                    "string": "string",
                    "integer": "integer",
                    "boolean": "true | false",
                    "choicelist": "choice list",
                    "color": "color",
                    "password": "password",
                }
            ),
            default="string",
        ),
        string("description", "Description", 512),
        string("suffix", "Suffix", 100),
        string("choices", "Choices", 4000),
        boolean("ignore_cache", "Ignore cache"),
        boolean("is_private", "Private"),
        column("read_roles", "Read roles", "user_roles", max_length=255),
        column("write_roles", "Write roles", "user_roles", max_length=255),
    ),
    extends="sys_metadata",
)

BUSINESS_RULE = Table(
    "sys_script",
    "Business Rule",
    (
        string("name", "Name", 100, display=True),
        table_name("collection", "Table"),
        boolean("active", "Active", default="true"),
        string("when", "When", choices=same("before", "after", "async", "display"), default="before"),
        integer("order", "Order", default="100"),
        boolean("action_insert", "Insert"),
        boolean("action_update", "Update"),
        boolean("action_delete", "Delete"),
        boolean("action_query", "Query"),
        conditions("filter_condition", "Filter Conditions"),
        string("condition", "Condition", 254),
        script("script", "Script"),
        boolean("advanced", "Advanced"),
        boolean("abort_action", "Abort action"),
        boolean("add_message", "Add message"),
        column("message", "Message", "html", max_length=4000),
        column("role_conditions", "Role conditions", "user_roles", max_length=255),
        string("description", "Description", 4000),
    ),
    extends="sys_metadata",
)

SCRIPT_INCLUDE = Table(
    "sys_script_include",
    "Script Include",
    (
        string("name", "Name", 100, display=True),
        string("api_name", "API Name", 255),
        boolean("active", "Active", default="true"),
        boolean("client_callable", "Client callable"),
        script("script", "Script"),
        string("description", "Description", 4000),
    ),
    extends="sys_metadata",
)

# The name of decision_type, and its values, are from memory (our default).
ACCESS_CONTROL = Table(
    "sys_security_acl",
    "Access Control",
    (
        string("name", "Name", 255, display=True),
        string(
            "type", "Type", choices=same("record", "REST_Endpoint", "client_callable_script_include"), default="record"
        ),
        string(
            "operation",
            "Operation",
            choices=same("create", "read", "write", "delete", "execute", "query_match", "query_range"),
        ),
        string(
            "decision_type",
            "Decision Type",
            choices=options({"allow": "Allow If", "deny": "Deny Unless"}),
            default="allow",
        ),
        boolean("active", "Active", default="true"),
        boolean("admin_overrides", "Admin overrides", default="true"),
        conditions("condition", "Condition"),
        boolean("advanced", "Advanced"),
        script("script", "Script"),
        string("description", "Description", 4000),
    ),
    extends="sys_metadata",
)

ACCESS_ROLE = Table(
    "sys_security_acl_role",
    "Access Roles",
    (
        reference("sys_security_acl", "Access Control", "sys_security_acl", cascade="delete"),
        reference("sys_user_role", "Role", "sys_user_role", cascade="delete", display=True),
    ),
    extends="sys_metadata",
)

RATE_LIMIT_RULE = Table(
    "sys_rate_limit_rules",
    "Rate Limit Rule",
    (
        string("name", "Name", 100, display=True),
        boolean("active", "Active", default="true"),
        string("type", "Type", choices=options({"user": "User", "role": "Role", "all": "All users"}), default="all"),
        reference("user", "User", "sys_user"),
        reference("role", "Role", "sys_user_role"),
        integer("requests", "Request limit per hour"),
        string("api", "REST API", 255),
        string("api_resource", "REST resource", 255),
        string("api_version", "REST API version"),
    ),
    extends="sys_metadata",
)

MATCHER = Table(
    "dl_matcher",
    "Data Lookup Matcher Rules",
    (boolean("active", "Active", default="true"), integer("order", "Order", default="100")),
)

PRIORITY_LOOKUP = Table(
    "dl_u_priority",
    "Priority Data Lookup",
    (
        integer("impact", "Impact", choices=LEVELS),
        integer("urgency", "Urgency", choices=LEVELS),
        integer("priority", "Priority", choices=PRIORITIES, display=True),
    ),
    extends="dl_matcher",
)

TABLES = (
    PROPERTY,
    BUSINESS_RULE,
    SCRIPT_INCLUDE,
    ACCESS_CONTROL,
    ACCESS_ROLE,
    RATE_LIMIT_RULE,
    MATCHER,
    PRIORITY_LOOKUP,
)
