"""The dictionary that describes itself: tables, columns, labels, choices, number counters.

Column names as recorded on a live instance's ``sys_dictionary`` rows.
"""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    conditions,
    glide_list,
    integer,
    options,
    reference,
    same,
    script,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Column, Table


def _by_name(element: str, label: str, table: str) -> Column:
    # These few columns hold the target's name, and an instance answers with a query link instead of a record link.
    return reference(element, label, table, reference_key="name", max_length=80)


APPLICATION_FILE = Table(
    "sys_metadata",
    "Application File",
    (
        string("sys_name", "Display name", 255, display=True),
        reference("sys_scope", "Application", "sys_scope", default="global"),
        reference("sys_package", "Package", "sys_package", default="global"),
        string("sys_update_name", "Update name", 250),
        string("sys_policy", "Protection policy", choices=options({"read": "Read-only", "protected": "Protected"})),
        boolean("sys_customer_update", "Customer update"),
        boolean("sys_replace_on_upgrade", "Replace on upgrade"),
    ),
)

PACKAGE = Table(
    "sys_package",
    "Package",
    (
        string("name", "Name", 100, display=True),
        string("source", "ID", 100),
        string("version", "Version"),
        boolean("active", "Active", default="true"),
    ),
)

SCOPE = Table(
    "sys_scope",
    "Application",
    (
        string("scope", "Scope", 18),
        string("short_description", "Short description", 255),
        string("vendor", "Vendor", 100),
        boolean("private", "Private"),
    ),
    extends="sys_package",
)

DB_OBJECT = Table(
    "sys_db_object",
    "Table",
    (
        string("name", "Name", 80, unique=True),
        string("label", "Label", 80, display=True),
        reference("super_class", "Extends table", "sys_db_object", cascade="restrict"),
        boolean("is_extendable", "Extensible"),
        reference("number_ref", "Auto number", "sys_number"),
        reference("user_role", "User role", "sys_user_role"),
        string(
            "access",
            "Accessible from",
            choices=options({"public": "All application scopes", "package_private": "This application scope only"}),
            default="public",
        ),
        boolean("ws_access", "Allow access to this table via web services", default="true"),
        boolean("read_access", "Can read", default="true"),
        boolean("create_access", "Can create", default="true"),
        boolean("update_access", "Can update", default="true"),
        boolean("delete_access", "Can delete", default="true"),
        boolean("create_access_controls", "Create access controls"),
        boolean("live_feed_enabled", "Live feed"),
        boolean("scriptable_table", "Scriptable table"),
        string(
            "extension_model",
            "Extension model",
            choices=options({"class": "Class", "tpp": "Table per partition", "tpc": "Table per class"}),
        ),
    ),
    extends="sys_metadata",
)

DICTIONARY = Table(
    "sys_dictionary",
    "Dictionary Entry",
    (
        table_name("name", "Table"),
        column("element", "Column name", "field_name", max_length=80, display=True, dependent_on="name"),
        string("column_label", "Column label", 80),
        _by_name("internal_type", "Type", "sys_glide_object"),
        integer("max_length", "Max length"),
        boolean("mandatory", "Mandatory"),
        boolean("read_only", "Read only"),
        boolean("display", "Display"),
        boolean("active", "Active", default="true"),
        boolean("unique", "Unique"),
        boolean("primary", "Primary"),
        boolean("array", "Array"),
        boolean("virtual", "Calculated"),
        boolean("audit", "Audit"),
        boolean("text_index", "Text index"),
        string("default_value", "Default value", 512),
        boolean("use_dynamic_default", "Use dynamic default"),
        reference("dynamic_default_value", "Dynamic default value", "sys_filter_option_dynamic"),
        integer(
            "choice",
            "Choice",
            choices=options(
                {
                    "0": "-- None --",
                    "1": "Dropdown with -- None --",
                    "2": "Suggestion",
                    "3": "Dropdown without -- None --",
                }
            ),
        ),
        table_name("choice_table", "Choice table"),
        column("choice_field", "Choice field", "field_name", max_length=80),
        column("dependent", "Dependent", "field_name", max_length=80),
        column("dependent_on_field", "Dependent on field", "field_name", max_length=80),
        boolean("use_dependent_field", "Use dependent field"),
        _by_name("reference", "Reference", "sys_db_object"),
        string("reference_key", "Reference key"),
        string("reference_qual", "Reference qual", 1000),
        string(
            "use_reference_qualifier",
            "Use reference qualifier",
            choices=options({"simple": "Simple", "advanced": "Advanced", "dynamic": "Dynamic"}),
            default="simple",
        ),
        conditions("reference_qual_condition", "Reference qual condition"),
        reference("dynamic_ref_qual", "Dynamic ref qual", "sys_filter_option_dynamic"),
        string("reference_type", "Reference type"),
        string(
            "reference_cascade_rule",
            "Reference cascade rule",
            choices=same("clear", "delete", "restrict", "none", "delete_no_workflow"),
        ),
        boolean("reference_floats", "Reference floats"),
        boolean("dynamic_creation", "Dynamic creation"),
        script("dynamic_creation_script", "Dynamic creation script"),
        script("calculation", "Calculation"),
        string("attributes", "Attributes", 1000),
        string("comments", "Comments", 4000),
        string("sizeclass", "Size class"),
        boolean("spell_check", "Spell check"),
        boolean("staged", "Staged"),
        boolean("table_reference", "Table reference"),
        boolean("element_reference", "Element reference"),
        string("foreign_database", "Foreign database"),
        string("next_element", "Next element", 80),
        boolean("xml_view", "XML view"),
        string("widget", "Widget"),
        string("defaultsort", "Default sort"),
        column("create_roles", "Create roles", "user_roles", max_length=255),
        column("read_roles", "Read roles", "user_roles", max_length=255),
        column("write_roles", "Write roles", "user_roles", max_length=255),
        column("delete_roles", "Delete roles", "user_roles", max_length=255),
    ),
    extends="sys_metadata",
)

DICTIONARY_OVERRIDE = Table(
    "sys_dictionary_override",
    "Dictionary Entry Override",
    (
        table_name("name", "Table"),
        table_name("base_table", "Base table"),
        column("element", "Column name", "field_name", max_length=80, display=True, dependent_on="base_table"),
        boolean("default_value_override", "Override default value"),
        string("default_value", "Default value", 512),
        boolean("mandatory_override", "Override mandatory"),
        boolean("mandatory", "Mandatory"),
        boolean("read_only_override", "Override read only"),
        boolean("read_only", "Read only"),
        boolean("display_override", "Override display value"),
        boolean("reference_qual_override", "Override reference qualifier"),
        string("reference_qual", "Reference qualifier", 1000),
        boolean("dependent_override", "Override dependent"),
        column("dependent", "Dependent", "field_name", max_length=80),
        boolean("attributes_override", "Override attributes"),
        string("attributes", "Attributes", 1000),
    ),
    extends="sys_metadata",
)

DOCUMENTATION = Table(
    "sys_documentation",
    "Field Label",
    (
        table_name("name", "Table"),
        column("element", "Element", "field_name", max_length=80, dependent_on="name"),
        string("label", "Label", 80, display=True),
        string("plural", "Plural", 80),
        string("language", "Language", 3, default="en"),
        string("hint", "Hint", 4000),
        string("help", "Help", 4000),
        column("url", "URL", "url", max_length=1024),
        string("url_target", "URL target"),
    ),
    extends="sys_metadata",
)

CHOICE = Table(
    "sys_choice",
    "Choice",
    (
        table_name("name", "Table"),
        column("element", "Element", "field_name", max_length=80, dependent_on="name"),
        string("value", "Value"),
        string("label", "Label", 100, display=True),
        string("language", "Language", 3, default="en"),
        integer("sequence", "Sequence"),
        boolean("inactive", "Inactive"),
        string("dependent_value", "Dependent value"),
        string("hint", "Hint", 255),
        string("synonyms", "Synonyms", 4000),
    ),
)

FIELD_TYPE = Table(
    "sys_glide_object",
    "Field class",
    (
        string("name", "Name", 40),
        string("label", "Label", 40, display=True),
        string("class_name", "Class name", 255),
        string("scalar_type", "Extends"),
        integer("scalar_length", "Length"),
        boolean("visible", "Visible", default="true"),
        boolean("use_original_value", "Use original value"),
        string("attributes", "Attributes", 1000),
    ),
    extends="sys_metadata",
)

NUMBER = Table(
    "sys_number",
    "Number",
    (
        _by_name("category", "Table", "sys_db_object"),
        string("prefix", "Prefix", display=True),
        integer("number", "Number", default="1000"),
        integer("maximum_digits", "Number of digits", default="7"),
    ),
    extends="sys_metadata",
)

NUMBER_COUNTER = Table(
    "sys_number_counter",
    "Number Counter",
    (table_name("table", "Table", display=True), integer("number", "Number")),
)

DYNAMIC_FILTER = Table(
    "sys_filter_option_dynamic",
    "Dynamic Filter Options",
    (
        string("label", "Label", 100, display=True),
        string("field_type", "Field type", default="reference"),
        table_name("table", "Reference table", default="sys_user"),
        string("filter_script", "Script", 4000),
        boolean("available_for_default", "Available for default"),
        boolean("available_for_filter", "Available for filter", default="true"),
        boolean("available_for_ref_qual", "Available for ref qual"),
        boolean("active", "Active", default="true"),
        glide_list("roles", "Roles", "sys_user_role"),
        integer("order", "Order", default="100"),
    ),
    extends="sys_metadata",
)

TABLES = (
    APPLICATION_FILE,
    PACKAGE,
    SCOPE,
    DB_OBJECT,
    DICTIONARY,
    DICTIONARY_OVERRIDE,
    DOCUMENTATION,
    CHOICE,
    FIELD_TYPE,
    NUMBER,
    NUMBER_COUNTER,
    DYNAMIC_FILTER,
)
