"""The dictionary as rows: what ``sys_db_object``, ``sys_dictionary``, ``sys_choice`` and their kin answer.

Generated from the definitions, so that both always agree.
"""

from __future__ import annotations

from collections.abc import Mapping

from pysnow.sandbox.dictionary.model import Column, Table
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.rows import DemoRows

LAST_STOCK_NUMBER = 10000
"""The last number that a counter gave: the first new incident is INC0010001."""

# Labels of field types that are more than their name in capitals.
_TYPE_LABELS = {
    "GUID": "Sys ID (GUID)",
    "boolean": "True/False",
    "glide_date": "Date",
    "glide_date_time": "Date/Time",
    "glide_duration": "Duration",
    "glide_list": "List",
    "html": "HTML",
    "json": "JSON",
    "url": "URL",
    "xml": "XML",
}
# The type of a table's own entry, and types that no stock column here has, but that new columns may.
_MORE_TYPES = (
    "collection",
    "choice",
    "glide_time",
    "json",
    "longint",
    "translated_text",
    "ip_addr",
    "percent_complete",
    "long",
)

# Incidents, problems and changes are audited on a stock instance; that all tasks are is our default.
_AUDITED = "task"

_DROPDOWN_WITH_NONE, _DROPDOWN = "1", "3"


def add_schema(rows: DemoRows, generated_incidents: int) -> None:
    """Add a row for each table, column, label, choice, field type and number counter.

    Args:
        rows: Where to.
        generated_incidents: How many numbers the counter of ``incident`` gave beyond the stock ones.
    """
    types = set(_MORE_TYPES)
    for name in rows.dictionary.names():
        types |= add_table_schema(rows, name, generated_incidents)
    for type_ in sorted(types):
        label = _TYPE_LABELS.get(type_, type_.replace("_", " ").capitalize())
        rows.add("sys_glide_object", type_, {"name": type_, "sys_name": label, "label": label}, by="system")


def add_table_schema(rows: DemoRows, name: str, generated_incidents: int = 0) -> set[str]:
    """Add the rows that describe one table, its columns and their choices.

    Args:
        rows: Where to.
        name: The table.
        generated_incidents: As for ``add_schema``.

    Returns:
        The field types of its columns.
    """
    table = rows.dictionary.table(name)
    _add_table(rows, table, generated_incidents)
    columns = _own_columns(rows, table).values()
    for column in columns:
        _add_column(rows, table, column)
    for column in table.columns:
        _add_choices(rows, name, column)
    return {column.type for column in columns}


def _own_columns(rows: DemoRows, table: Table) -> Mapping[str, Column]:
    """Return the columns that a table adds to its parent's, system columns among them, and those it overrides."""
    inherited = rows.dictionary.columns(table.extends) if table.extends else {}
    return {
        name: column for name, column in rows.dictionary.columns(table.name).items() if inherited.get(name) != column
    }


def _add_table(rows: DemoRows, table: Table, generated_incidents: int) -> None:
    name = table.name
    values: dict[str, str | None] = {
        "name": name,
        "label": table.label,
        "sys_name": table.label,
        "super_class": sys_id_of("sys_db_object", table.extends) if table.extends else None,
        "is_extendable": "true" if len(rows.dictionary.descendants(name)) > 1 else "false",
        "number_ref": sys_id_of("sys_number", name) if table.prefix else None,
        "sys_update_name": f"sys_db_object_{sys_id_of('sys_db_object', name)}",
    }
    rows.add("sys_db_object", name, values, by="system")
    entry = {
        "name": name,
        "internal_type": "collection",
        "column_label": table.label,
        "sys_name": name,
        "attributes": table.attributes or None,
        "audit": _flag(_AUDITED in rows.dictionary.ancestors(name)),
        "sys_update_name": f"sys_dictionary_{name}_null",
    }
    rows.add("sys_dictionary", name, entry, by="system")
    _add_label(rows, name, "", table.label)
    if table.prefix:
        _add_counter(rows, table, generated_incidents if name == "incident" else 0)


def _add_counter(rows: DemoRows, table: Table, given: int) -> None:
    number = str(LAST_STOCK_NUMBER + given)
    values = {"category": table.name, "prefix": table.prefix, "number": number, "sys_name": table.prefix}
    rows.add("sys_number", table.name, values, by="system")


def _add_column(rows: DemoRows, table: Table, column: Column) -> None:
    if table.extends and column.element in rows.dictionary.columns(table.extends):
        _add_override(rows, table, column)
        return
    element = column.element
    values: dict[str, str | None] = {
        "name": table.name,
        "element": element,
        "sys_name": column.label,
        "column_label": column.label,
        "internal_type": column.type,
        "max_length": str(_max_length(column)),
        "mandatory": _flag(column.mandatory),
        "read_only": _flag(column.read_only),
        "display": _flag(column.display),
        "unique": _flag(column.unique or element == "sys_id"),
        "primary": _flag(element == "sys_id"),
        "default_value": column.default or None,
        "choice": _choice_kind(column),
        "dependent": column.dependent_on or None,
        "dependent_on_field": column.dependent_on or None,
        "use_dependent_field": _flag(bool(column.dependent_on)),
        "reference": column.reference or None,
        "reference_key": column.reference_key if column.reference_key != "sys_id" else None,
        "reference_cascade_rule": column.cascade or None,
        "attributes": column.attributes or None,
        "sys_update_name": f"sys_dictionary_{table.name}_{element}",
    }
    rows.add("sys_dictionary", f"{table.name}.{element}", values, by="system")
    _add_label(rows, table.name, element, column.label)


def _add_override(rows: DemoRows, table: Table, column: Column) -> None:
    """Add what a table changes about an inherited column; the column itself stays described at the parent."""
    inherited = rows.dictionary.columns(table.extends)[column.element]
    values: dict[str, str | None] = {
        "name": table.name,
        "base_table": _declaring_table(rows, table.extends, column.element),
        "element": column.element,
        "sys_name": column.label,
    }
    if column.default != inherited.default:
        values |= {"default_value_override": "true", "default_value": column.default or None}
    if column.read_only != inherited.read_only:
        values |= {"read_only_override": "true", "read_only": _flag(column.read_only)}
    rows.add("sys_dictionary_override", f"{table.name}.{column.element}", values, by="system")


def _declaring_table(rows: DemoRows, table: str, element: str) -> str:
    return [name for name in rows.dictionary.ancestors(table) if element in rows.dictionary.columns(name)][-1]


def _add_label(rows: DemoRows, table: str, element: str, label: str) -> None:
    values = {"name": table, "element": element or None, "label": label, "plural": f"{label}s", "sys_name": label}
    rows.add("sys_documentation", f"{table}.{element}", values, by="system")


def _add_choices(rows: DemoRows, table: str, column: Column) -> None:
    for position, choice in enumerate(column.choices):
        values = {
            "name": table,
            "element": column.element,
            "value": choice.value,
            "label": choice.label,
            "dependent_value": choice.dependent or None,
            "sequence": str(position),
        }
        key = f"{table}.{column.element}.{choice.dependent}.{choice.value}"
        rows.add("sys_choice", key, values, by="system")


def _choice_kind(column: Column) -> str | None:
    if not column.choices:
        return None
    return _DROPDOWN if column.default else _DROPDOWN_WITH_NONE


def _max_length(column: Column) -> int:
    return column.max_length or 40


def _flag(value: bool) -> str:
    return "true" if value else "false"
