"""What people see the platform through: tags, views, forms, lists, menus, filters, reports, translations."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    conditions,
    date_time,
    document_id,
    integer,
    options,
    reference,
    same,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Column, Table

METADATA = "sys_metadata"


def _roles(element: str = "roles", label: str = "Roles") -> Column:
    return column(element, label, "user_roles", max_length=255)


# Conditions on sys_tags look at these two.
TAG = Table(
    "label",
    "Label",
    (
        string("name", "Name", 100, display=True),
        reference("owner", "Owner", "sys_user", default="javascript:gs.getUserID()"),
        string(
            "viewable_by",
            "Viewable by",
            choices=options({"me": "Me", "groups and users": "Groups and Users", "everyone": "Everyone"}),
            default="me",
        ),
        string("type", "Type", choices=same("standard", "bookmark", "most recent"), default="standard"),
        boolean("active", "Active", default="true"),
        boolean("global", "Global"),
        column("color", "Color", "color", max_length=40),
        column("background_color", "Background color", "color", max_length=40),
    ),
)

TAG_ENTRY = Table(
    "label_entry",
    "Label Entry",
    (
        reference("label", "Label", "label", cascade="delete"),
        table_name("table", "Table"),
        document_id("table_key", "Table key", "table"),
        string("title", "Title", 255, display=True),
        string("id_display", "ID Display", 255),
        string("id_type", "ID Type", 80),
        boolean("read", "Read"),
        boolean("notify_always", "Notify always"),
    ),
)

VIEW = Table(
    "sys_ui_view",
    "UI View",
    (
        string("name", "Name", 80),
        string("title", "Title", 80, display=True),
        reference("user", "User", "sys_user"),
        reference("group", "Group", "sys_user_group"),
        boolean("hidden", "Hidden"),
        _roles(),
    ),
    extends=METADATA,
)

SECTION = Table(
    "sys_ui_section",
    "Form Section",
    (
        table_name("name", "Table"),
        string("caption", "Caption", 80, display=True),
        reference("view", "View", "sys_ui_view"),
        string("view_name", "View name", 80),
        boolean("header", "Header"),
        boolean("title", "Title"),
        reference("sys_user", "User", "sys_user"),
    ),
    extends=METADATA,
)

SECTION_ELEMENT = Table(
    "sys_ui_element",
    "Section Element",
    (
        reference("sys_ui_section", "Section", "sys_ui_section", cascade="delete"),
        string("element", "Element", 255, display=True),
        integer("position", "Position"),
        string("type", "Type", 80),
        string("sys_ui_formatter", "Formatter", 255),
    ),
    extends=METADATA,
)

FORM = Table(
    "sys_ui_form",
    "Form",
    (
        table_name("name", "Table", display=True),
        reference("view", "View", "sys_ui_view"),
        string("view_name", "View name", 80),
        reference("sys_user", "User", "sys_user"),
    ),
    extends=METADATA,
)

FORM_SECTION = Table(
    "sys_ui_form_section",
    "Form Section",
    (
        reference("sys_ui_form", "Form", "sys_ui_form", cascade="delete", display=True),
        reference("sys_ui_section", "Section", "sys_ui_section", cascade="delete"),
        integer("position", "Position"),
    ),
    extends=METADATA,
)

LIST = Table(
    "sys_ui_list",
    "List Layout",
    (
        table_name("name", "Table", display=True),
        reference("view", "View", "sys_ui_view"),
        string("view_name", "View name", 80),
        string("parent", "Parent", 80),
        string("element", "Element", 255),
        reference("sys_user", "User", "sys_user"),
    ),
    extends=METADATA,
)

LIST_ELEMENT = Table(
    "sys_ui_list_element",
    "List Element",
    (
        reference("list_id", "List", "sys_ui_list", cascade="delete"),
        string("element", "Element", 255, display=True),
        integer("position", "Position"),
    ),
    extends=METADATA,
)

MENU = Table(
    "sys_app_application",
    "Application Menu",
    (
        string("title", "Title", 100, display=True),
        string("name", "Name", 100),
        boolean("active", "Active", default="true"),
        integer("order", "Order", default="100"),
        string("hint", "Hint", 255),
        _roles(),
    ),
    extends=METADATA,
)

MODULE = Table(
    "sys_app_module",
    "Module",
    (
        string("title", "Title", 100, display=True),
        reference("application", "Application menu", "sys_app_application", cascade="delete"),
        table_name("name", "Table"),
        string("link_type", "Link type", 40),
        string("query", "Arguments", 4000),
        conditions("filter", "Filter"),
        string("view_name", "View name", 80),
        boolean("active", "Active", default="true"),
        integer("order", "Order", default="100"),
        string("hint", "Hint", 255),
        _roles(),
    ),
    extends=METADATA,
)

FILTER = Table(
    "sys_filter",
    "Filter",
    (
        string("title", "Title", 100, display=True),
        table_name("table", "Table"),
        conditions("filter", "Filter"),
        reference("user", "User", "sys_user"),
        reference("group", "Group", "sys_user_group"),
    ),
)

REPORT = Table(
    "sys_report",
    "Report",
    (
        string("title", "Title", 100, display=True),
        table_name("table", "Table"),
        string("type", "Type", 40),
        conditions("filter", "Filter"),
        string("field", "Group by", 255),
        string("aggregate", "Aggregation", 40),
        string("field_list", "Columns", 4000),
        reference("user", "User", "sys_user"),
        _roles(),
        boolean("is_published", "Published"),
    ),
    extends=METADATA,
)

TEMPLATE = Table(
    "sys_template",
    "Template",
    (
        string("name", "Name", 100, display=True),
        table_name("table", "Table"),
        column("template", "Template", "template_value", max_length=4000),
        boolean("active", "Active", default="true"),
        boolean("global", "Global"),
        reference("user", "User", "sys_user"),
        string("short_description", "Short description", 160),
    ),
    extends=METADATA,
)

MESSAGE = Table(
    "sys_ui_message",
    "Message",
    (
        string("key", "Key", 1000, display=True),
        string("message", "Message", 4000),
        string("language", "Language", 3, default="en"),
    ),
    extends=METADATA,
)

TRANSLATED = Table(
    "sys_translated",
    "Translated Name / Field",
    (
        table_name("name", "Table"),
        column("element", "Element", "field_name", max_length=80, dependent_on="name"),
        string("language", "Language", 3, default="en"),
        string("value", "Value", 255, display=True),
        string("label", "Label", 255),
    ),
    extends=METADATA,
)

TRANSLATED_TEXT = Table(
    "sys_translated_text",
    "Translated Text",
    (
        string("tablename", "Table name", 80),
        string("fieldname", "Field name", 80),
        string("documentkey", "Document", 32),
        string("language", "Language", 3, default="en"),
        string("value", "Value", 65000, display=True),
    ),
    extends=METADATA,
)

METRIC_DEFINITION = Table(
    "metric_definition",
    "Metric Definition",
    (
        string("name", "Name", 100, display=True),
        table_name("table", "Table"),
        column("field", "Field", "field_name", max_length=80, dependent_on="table"),
        string("type", "Type", choices=same("Field value duration", "Script calculation")),
        boolean("active", "Active", default="true"),
        string("description", "Description", 4000),
    ),
    extends=METADATA,
)

METRIC = Table(
    "metric_instance",
    "Metric",
    (
        reference("definition", "Definition", "metric_definition", cascade="delete", display=True),
        table_name("table", "Table"),
        document_id("id", "ID", "table"),
        string("field", "Field", 80),
        string("field_value", "Field value", 255),
        string("value", "Value", 255),
        date_time("start", "Start"),
        date_time("end", "End"),
        column("duration", "Duration", "glide_duration"),
        boolean("calculation_complete", "Calculation complete"),
    ),
)

TABLES = (
    TAG,
    TAG_ENTRY,
    VIEW,
    SECTION,
    SECTION_ELEMENT,
    FORM,
    FORM_SECTION,
    LIST,
    LIST_ELEMENT,
    MENU,
    MODULE,
    FILTER,
    REPORT,
    TEMPLATE,
    MESSAGE,
    TRANSLATED,
    TRANSLATED_TEXT,
    METRIC_DEFINITION,
    METRIC,
)
