"""Applications, plugins and upgrades; outgoing messages, the ECC queue, nodes, encryption contexts, database views."""

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

METADATA = "sys_metadata"

# What it holds beside the columns of an application.
CUSTOM_APP = Table(
    "sys_app",
    "Custom Application",
    (
        reference("menu", "Menu", "sys_app_application"),
        reference("user_role", "User role", "sys_user_role"),
        column("logo", "Logo", "user_image", max_length=40),
    ),
    extends="sys_scope",
)

STORE_APP = Table(
    "sys_store_app",
    "ServiceNow Store Application",
    (
        string("latest_version", "Latest version", 40),
        string("assigned_version", "Assigned version", 40),
        boolean("update_available", "Update available"),
        date_time("install_date", "Install date"),
        date_time("update_date", "Update date"),
    ),
    extends="sys_scope",
)

PLUGIN = Table("sys_plugins", "System Plugin", (), extends="sys_package")

# A table without rows of its own: the platform makes them up from what is installed and what could be.
PLUGIN_LIST = Table(
    "v_plugin",
    "Plugins",
    (
        string("name", "Name", 100, display=True),
        string("id", "ID", 255),
        string("version", "Version", 40),
        string("active", "Status", choices=options({"active": "Active", "inactive": "Inactive"})),
        string("description", "Description", 4000),
        string("provider", "Provider", 100),
    ),
    is_view=True,
)

UPGRADE = Table(
    "sys_upgrade_history",
    "Upgrade History",
    (
        string("from_version", "From", 255),
        string("to_version", "To", 255, display=True),
        date_time("upgrade_started", "Upgrade started"),
        date_time("upgrade_finished", "Upgrade finished"),
    ),
)

REMOTE_UPDATE_SET = Table(
    "sys_remote_update_set",
    "Retrieved Update Set",
    (
        string("name", "Name", 80, display=True),
        string("state", "State", choices=same("loaded", "previewed", "committed", "backed out"), default="loaded"),
        string("description", "Description", 4000),
        reference("application", "Application", "sys_scope", default="global"),
        string("remote_sys_id", "Remote sys ID", 32),
        date_time("commit_date", "Committed"),
        reference("update_set", "Update set", "sys_update_set"),
    ),
)

REST_MESSAGE = Table(
    "sys_rest_message",
    "REST Message",
    (
        string("name", "Name", 100, display=True),
        string("description", "Description", 1000),
        string("rest_endpoint", "Endpoint", 1024),
        string(
            "authentication_type",
            "Authentication type",
            choices=options({"no_authentication": "No authentication", "basic": "Basic", "oauth2": "OAuth 2.0"}),
            default="no_authentication",
        ),
        boolean("use_mutual_auth", "Use mutual authentication"),
    ),
    extends=METADATA,
)

REST_METHOD = Table(
    "sys_rest_message_fn",
    "HTTP Method",
    (
        reference("rest_message", "REST Message", "sys_rest_message", cascade="delete"),
        string("function_name", "Name", 100, display=True),
        string("http_method", "HTTP method", choices=options({each.lower(): each for each in ("GET", "POST", "PUT")})),
        string("rest_endpoint", "Endpoint", 1024),
        string("content", "Content", 8000),
        string("authentication_type", "Authentication type"),
    ),
    extends=METADATA,
)

QUEUE = Table(
    "ecc_queue",
    "Queue",
    (
        string("agent", "Agent", 100),
        string("topic", "Topic", 100),
        string("name", "Name", 1000, display=True),
        string("source", "Source", 1000),
        reference("response_to", "Response to", "ecc_queue"),
        string("queue", "Queue", choices=options({"input": "input", "output": "output"}), default="output"),
        string(
            "state",
            "State",
            choices=options({"ready": "ready", "processing": "processing", "processed": "processed", "error": "error"}),
            default="ready",
        ),
        date_time("processed", "Processed"),
        string("sequence", "Sequence"),
        string("agent_correlator", "Agent correlator", 32),
        string("payload", "Payload", 65000),
        string("error_string", "Error string", 4000),
        string("from_sys_id", "From sys ID", 32),
        string("from_host", "From host", 100),
    ),
    attributes="no_audit_delete=true",
)

AGENT = Table(
    "ecc_agent",
    "MID Server",
    (
        string("name", "Name", 100, display=True),
        string("status", "Status", choices=same("Up", "Down", "Paused", "Upgrading"), default="Down"),
        string("host_name", "Host name", 255),
        string("ip_address", "IP Address", 40),
        string("version", "Version", 255),
        date_time("started", "Started"),
        date_time("stopped", "Stopped"),
        date_time("last_refreshed", "Last refreshed"),
        string("validated", "Validated", choices=options({"true": "Yes", "false": "No", "validating": "Validating"})),
    ),
)

OBJECT_SOURCE = Table(
    "sys_object_source",
    "Source",
    (
        string("name", "Source name", 255, display=True),
        string("id", "Source ID", 255),
        table_name("target_table", "Target table"),
        document_id("target_sys_id", "Target sys ID", "target_table"),
        date_time("last_scan", "Last scan"),
    ),
)

NODE = Table(
    "sys_cluster_state",
    "Node State",
    (
        string("system_id", "System ID", 255, display=True),
        string("node_id", "Node ID", 100),
        string("status", "Status", choices=same("online", "offline")),
        date_time("most_recent_message", "Most recent message"),
        string("stats", "Stats", 65000),
    ),
)

ENCRYPTION_CONTEXT = Table(
    "sys_encryption_context",
    "Encryption Context",
    (
        string("name", "Name", 100, display=True),
        string("type", "Type", choices=same("AES 128-bit", "AES 256-bit", "3DES"), default="AES 256-bit"),
        column("encryption_key", "Encryption key", "password2", max_length=255),
    ),
)

DATABASE_VIEW = Table(
    "sys_db_view",
    "Database View",
    (
        string("name", "Name", 80, display=True),
        string("label", "Label", 80),
        string("plural", "Plural", 80),
        string("description", "Description", 1000),
    ),
    extends=METADATA,
)

VIEW_TABLE = Table(
    "sys_db_view_table",
    "View Table",
    (
        reference("view", "View", "sys_db_view", cascade="delete"),
        table_name("table", "Table", display=True),
        string("variable_prefix", "Variable prefix", 20),
        string("where_clause", "Where clause", 1000),
        boolean("left_join", "Left join"),
        integer("order", "Order", default="100"),
    ),
    extends=METADATA,
)

TABLES = (
    CUSTOM_APP,
    STORE_APP,
    PLUGIN,
    PLUGIN_LIST,
    UPGRADE,
    REMOTE_UPDATE_SET,
    REST_MESSAGE,
    REST_METHOD,
    QUEUE,
    AGENT,
    OBJECT_SOURCE,
    NODE,
    ENCRYPTION_CONTEXT,
    DATABASE_VIEW,
    VIEW_TABLE,
)
