"""Import sets: staging tables, transform maps, and a staging table of users the way an administrator would make one."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    document_id,
    integer,
    options,
    reference,
    script,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Table

IMPORT_SET = Table(
    "sys_import_set",
    "Import Set",
    (
        string("number", "Number", display=True, read_only=True),
        string("short_description", "Short description", 160),
        table_name("table_name", "Table name"),
        string(
            "state",
            "State",
            choices=options(
                {"loading": "Loading", "loaded": "Loaded", "processed": "Processed", "cancelled": "Cancelled"}
            ),
            default="loading",
        ),
        reference("data_source", "Data source", "sys_data_source"),
        string("mode", "Mode", choices=options({"synchronous": "Synchronous", "asynchronous": "Asynchronous"})),
        date_time("load_completed", "Completed"),
        column("load_run_time", "Load run time", "glide_duration"),
    ),
    prefix="ISET",
)

IMPORT_ROW = Table(
    "sys_import_set_row",
    "Import Set Row",
    (
        reference("sys_import_set", "Set", "sys_import_set", cascade="delete", display=True),
        integer("sys_import_row", "Row"),
        string(
            "sys_import_state",
            "State",
            choices=options(
                {
                    "pending": "Pending",
                    "processed": "Processed",
                    "inserted": "Inserted",
                    "updated": "Updated",
                    "ignored": "Ignored",
                    "skipped": "Skipped",
                    "error": "Error",
                }
            ),
            default="pending",
        ),
        string("sys_import_state_comment", "Comment", 4000),
        boolean("import_set_run", "Import set run"),
        reference("sys_transform_map", "Transform map", "sys_transform_map"),
        table_name("sys_target_table", "Target table"),
        document_id("sys_target_sys_id", "Target record", "sys_target_table"),
        string("sys_row_error", "Row error", 4000),
        string("template_import_log", "Import log", 4000),
    ),
)

IMPORT_RUN = Table(
    "sys_import_set_run",
    "Import Set Run",
    (
        reference("set", "Set", "sys_import_set", cascade="delete", display=True),
        reference("sys_transform_map", "Transform map", "sys_transform_map"),
        string("state", "State", choices=options({"running": "Running", "complete": "Complete", "error": "Error"})),
        integer("total", "Total"),
        integer("inserts", "Inserts"),
        integer("updates", "Updates"),
        integer("ignored", "Ignored"),
        integer("skipped", "Skipped"),
        integer("errors", "Errors"),
        date_time("completed", "Completed"),
    ),
)

IMPORT_ERROR = Table(
    "sys_import_set_row_error",
    "Import Set Row Error",
    (
        reference("import_set", "Import set", "sys_import_set", cascade="delete"),
        reference("import_set_row", "Import set row", "sys_import_set_row", cascade="delete"),
        reference("import_set_run", "Import set run", "sys_import_set_run", cascade="delete"),
        string("error", "Error", 4000, display=True),
    ),
)

DATA_SOURCE = Table(
    "sys_data_source",
    "Data Source",
    (
        string("name", "Name", 100, display=True),
        table_name("import_set_table_name", "Import set table name"),
        string("type", "Type", choices=options({"File": "File", "JDBC": "JDBC", "LDAP": "LDAP", "REST": "REST"})),
        string("format", "Format", choices=options({"CSV": "CSV", "Excel": "Excel", "JSON": "JSON", "XML": "XML"})),
        boolean("active", "Active", default="true"),
    ),
    extends="sys_metadata",
)

TRANSFORM_MAP = Table(
    "sys_transform_map",
    "Table Transform Map",
    (
        string("name", "Name", 100, display=True),
        table_name("source_table", "Source table"),
        table_name("target_table", "Target table"),
        boolean("active", "Active", default="true"),
        integer("order", "Order", default="100"),
        boolean("run_business_rules", "Run business rules", default="true"),
        boolean("enforce_mandatory_fields", "Enforce mandatory fields"),
        boolean("copy_empty_fields", "Copy empty fields"),
        boolean("run_script", "Run script"),
        script("script", "Script"),
    ),
    extends="sys_metadata",
)

TRANSFORM_ENTRY = Table(
    "sys_transform_entry",
    "Transform Map Field",
    (
        reference("map", "Map", "sys_transform_map", cascade="delete"),
        table_name("source_table", "Source table"),
        column("source_field", "Source field", "field_name", max_length=80, display=True, dependent_on="source_table"),
        table_name("target_table", "Target table"),
        column("target_field", "Target field", "field_name", max_length=80, dependent_on="target_table"),
        boolean("coalesce", "Coalesce"),
        boolean("coalesce_case_sensitive", "Case sensitive"),
        string(
            "choice_action",
            "Choice action",
            choices=options({"create": "create", "ignore": "ignore", "reject": "reject"}),
            default="create",
        ),
        string("date_format", "Date format"),
        boolean("use_source_script", "Use source script"),
        script("source_script", "Source script"),
    ),
    extends="sys_metadata",
)

# The name and the columns are an administrator's; the documentation's own sample is a staging table of users too.
STAGED_USER = Table(
    "u_imp_user",
    "Imported User",
    (
        string("u_user_id", "User ID"),
        string("u_first_name", "First name", 50),
        string("u_last_name", "Last name", 50),
        string("u_email", "Email", 100),
        string("u_phone", "Phone"),
        string("u_title", "Title", 60),
        string("u_department", "Department", 100),
        string("u_company", "Company", 80),
        string("u_active", "Active"),
    ),
    extends="sys_import_set_row",
)

TABLES = (IMPORT_SET, IMPORT_ROW, IMPORT_RUN, IMPORT_ERROR, DATA_SOURCE, TRANSFORM_MAP, TRANSFORM_ENTRY, STAGED_USER)
