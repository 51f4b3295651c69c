"""Configuration of the platform itself: properties, scripts, access rules, rate limits, lookups, OAuth registry."""

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
    url,
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

ACCESS_CONTROL = Table(
    "sys_security_acl",
    "Access Control",
    (
        string("name", "Name", 255, display=True),
        string("type", "Type", choices=same("record", "REST_Endpoint", "client_callable_script_include")),
        string("operation", "Operation", choices=same("create", "read", "write", "delete", "execute")),
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

OAUTH_ENTITY = Table(
    "oauth_entity",
    "Application Registry",
    (
        string("name", "Name", 100, display=True),
        string("client_id", "Client ID", 255, unique=True),
        column("client_secret", "Client Secret", "password2", max_length=255),
        string(
            "type",
            "Type",
            choices=options({"client": "OAuth Client", "jwt": "OAuth JWT", "oauth_provider": "OAuth Provider"}),
            default="client",
        ),
        boolean("active", "Active", default="true"),
        integer("access_token_lifespan", "Access Token Lifespan", default="1800"),
        integer("refresh_token_lifespan", "Refresh Token Lifespan", default="8640000"),
        string("redirect_url", "Redirect URL", 4000),
        url("logo_url", "Logo URL"),
        boolean("public_client", "Public Client"),
        string("default_grant_type", "Default Grant type"),
        reference("user", "OAuth Application User", "sys_user"),
        string("comments", "Comments", 1000),
        string("scope_restriction_policy", "Scope Restriction", default="broad"),
    ),
    extends="sys_metadata",
)

OAUTH_CREDENTIAL = Table(
    "oauth_credential",
    "OAuth Credential",
    (
        string("type", "Type", choices=options({"access_token": "Access Token", "refresh_token": "Refresh Token"})),
        column("token", "Token", "password2", max_length=4000),
        reference("peer", "Application Registry", "oauth_entity", cascade="delete", display=True),
        reference("user", "User", "sys_user", cascade="delete"),
        column("expires", "Expires", "glide_date_time"),
        string("scopes", "Scopes", 4000),
    ),
    attributes="no_audit_delete=true",
)

USER_CERTIFICATE = Table(
    "sys_user_certificate",
    "User to X.509 Certificate",
    (
        string("name", "Name", 100, display=True),
        reference("user", "User", "sys_user", cascade="delete"),
        string("issuer", "Issuer", 1000),
        string("subject", "Subject", 1000),
        boolean("active", "Active", default="true"),
    ),
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
    OAUTH_ENTITY,
    OAUTH_CREDENTIAL,
    USER_CERTIFICATE,
)
