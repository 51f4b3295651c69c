"""What callers write into ``sys_db_object`` and ``sys_dictionary`` changes the tables of the instance, at once.

A new row is a new table or column; a changed one changes label, length, default value and so on of a column; a deleted
one takes a table or column away, as long as it is a custom one (product documentation "Create a table", "Add and
customize a field", "Delete a table"). What no documentation tells, is our default: names that nobody gives are made
from the label with ``u_`` before it, names that are taken or malformed are refused with 403.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pysnow.sandbox.dictionary.declaration import declared_table, label_of
from pysnow.sandbox.dictionary.dictionary import is_name
from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.dictionary.types import Kind, kind_of, known_types
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.defaults import is_understood
from pysnow.sandbox.instance.platform import Platform, same
from pysnow.sandbox.instance.refusals import NotEmulated, OperationFailed
from pysnow.sandbox.instance.rules.registry import DELETE, INSERT, UPDATE, Rule
from pysnow.sandbox.loading.dictionary_export import column_of
from pysnow.sandbox.schema_changes import (
    GoneColumn,
    GoneTable,
    NewColumn,
    NewTable,
    SchemaChange,
    TableText,
    describe,
    note_changes,
)

_TABLES, _ENTRIES, _LABELS = "sys_db_object", "sys_dictionary", "sys_documentation"
_TELLING = (_ENTRIES, _LABELS, "sys_choice", "sys_dictionary_override")
_COLLECTION = "collection"
_CUSTOM = ("u_", "x_")
_NOT_IN_NAMES = re.compile("[^a-z0-9]+")


def _make(change: Change, *made: SchemaChange) -> None:
    """Make changes of the dictionary, for a write that is under way.

    Raises:
        OperationFailed: They contradict what is there.
    """
    platform = change.platform
    for each in made:
        try:
            each.apply(platform.dictionary)
        except ValueError as error:
            raise OperationFailed(str(error)) from error
    note_changes(platform.store, made)


def _named_after(label: str | None) -> str:
    words = _NOT_IN_NAMES.sub("_", (label or "").lower()).strip("_")
    return f"u_{words}" if words else ""


def _is_custom(*names: str | None) -> bool:
    return any((name or "").startswith(_CUSTOM) for name in names)


# -- tables -----------------------------------------------------------------------------------------------------------


def complete_table(change: Change) -> None:
    """Give a new table the name or label that it lacks."""
    name = change.get("name") or _named_after(change.get("label"))
    if not is_name(name):
        raise OperationFailed(f"Invalid table name '{name}': use letters, digits and _ after a letter")
    if name in change.platform.dictionary:
        raise OperationFailed(f"Table '{name}' already exists")
    change.set("name", name)
    change.set("label", change.get("label") or label_of(name))
    change.set("sys_name", change.get("label"))
    if change.get("super_class"):
        _parent(change)


def add_table(change: Change) -> None:
    """Add the table that a new row tells of."""
    name, label = change.get("name") or "", change.get("label") or ""
    extends = _parent(change) if change.get("super_class") else ""
    table = declared_table(name, label=label, extends=extends, prefix=_prefix(change))
    _make(change, NewTable(table))
    describe(change.platform, [name], keep=True)


def change_table(change: Change) -> None:
    """Let another label of a table count.

    Raises:
        OperationFailed: The row is about to get another name.
        NotEmulated: It is about to get another parent.
    """
    if change.changed("name"):
        raise OperationFailed("The name of a table cannot be changed")
    if change.changed("super_class"):
        raise NotEmulated("Tables that get another parent")
    name, dictionary = change.get("name") or "", change.platform.dictionary
    if change.changed("label") and name in dictionary:
        attributes = dictionary.table(name).attributes
        _make(change, TableText(name, change.get("label") or label_of(name), attributes))


def refuse_to_drop_table(change: Change) -> None:
    """Refuse to delete tables of the platform, and those that others extend; empty the others.

    Raises:
        OperationFailed: It is no custom table, or another one extends it.
    """
    name, platform = change.get("name") or "", change.platform
    if name not in platform.dictionary:
        return
    if not _is_custom(name):
        raise OperationFailed(f"Table '{name}' is not a custom table and cannot be deleted")
    if below := platform.dictionary.descendants(name)[1:]:
        raise OperationFailed(f"Table '{name}' is extended by {', '.join(below)}")
    for row in list(platform.store.select(name, columns=("sys_id",))):
        platform.store.delete(name, row["sys_id"] or "")


def drop_table(change: Change) -> None:
    """Take the table away that a deleted row told of, and what else tells of it."""
    name = change.get("name") or ""
    if name not in change.platform.dictionary:
        return
    for table in _TELLING:
        _delete_rows(change.platform, table, name)
    for row in list(change.platform.rows_where("sys_number", same("category", name), columns=("sys_id",))):
        change.platform.store.delete("sys_number", row["sys_id"] or "")
    _make(change, GoneTable(name))


def _parent(change: Change) -> str:
    row = change.platform.store.get(_TABLES, change.get("super_class") or "")
    name = (row or {}).get("name") or ""
    if name not in change.platform.dictionary or change.platform.dictionary.table(name).is_view:
        raise OperationFailed(f"There is no table '{change.get('super_class')}' to extend")
    return name


def _prefix(change: Change) -> str:
    counter = change.platform.store.get("sys_number", change.get("number_ref") or "")
    return (counter or {}).get("prefix") or ""


# -- columns ----------------------------------------------------------------------------------------------------------


def complete_column(change: Change) -> None:
    """Give a new column the name, label and type that it lacks, and refuse what cannot become one.

    Raises:
        OperationFailed: There is no such table, the name is malformed or taken, or a reference leads nowhere.
        NotEmulated: The type, or the script of the default value, is not known here.
    """
    table, dictionary = change.get("name") or "", change.platform.dictionary
    if change.get("internal_type") == _COLLECTION or table not in dictionary:
        raise OperationFailed(f"Dictionary entry of table '{table}': create tables in {_TABLES}")
    element = change.get("element") or _named_after(change.get("column_label"))
    if not is_name(element):
        raise OperationFailed(f"Invalid column name '{element}': use letters, digits and _ after a letter")
    if any(dictionary.column(each, element) for each in dictionary.descendants(table)):
        raise OperationFailed(f"Column '{element}' already exists in table '{table}'")
    change.set("element", element)
    change.set("column_label", change.get("column_label") or label_of(element))
    change.set("internal_type", change.get("internal_type") or "string")
    change.set("sys_name", change.get("column_label"))
    _check(change, _column(change))


def add_column(change: Change) -> None:
    """Add the column that a new row tells of."""
    table = change.get("name") or ""
    _make(change, NewColumn(table, _column(change)))
    describe(change.platform, [table], keep=True)


def check_column(change: Change) -> None:
    """Refuse changes of a column that it cannot go through.

    Raises:
        OperationFailed: It is about to get another name or table, or no target.
        NotEmulated: It is about to hold other values, to be unique or not any more, or to be inactive.
    """
    if change.changed("name") or change.changed("element"):
        raise OperationFailed("Table and name of a column cannot be changed")
    present = _present(change)
    if present is None:
        return
    column = _column(change)
    _check(change, column)
    if kind_of(column.type) is not kind_of(present.type) or column.unique != present.unique:
        raise NotEmulated("Columns whose values change their type, or whether they are unique")


def change_column(change: Change) -> None:
    """Let a changed entry count: of a column, or of the table itself."""
    name, dictionary = change.get("name") or "", change.platform.dictionary
    present = _present(change)
    if present is not None:
        column = _column(change)
        if column != present:
            _make(change, NewColumn(name, column))
            _relabel(change, column.label)
    elif name in dictionary and not change.get("element"):
        table = dictionary.table(name)
        attributes = change.get("attributes") or ""
        if table.attributes != attributes:
            _make(change, TableText(name, table.label, attributes))


def refuse_to_drop_column(change: Change) -> None:
    """Refuse to delete columns of the platform, and the entry of a table itself; empty the others.

    Raises:
        OperationFailed: It is no custom column.
    """
    name, element, platform = change.get("name") or "", change.get("element") or "", change.platform
    if _present(change) is None or not _is_custom(name, element):
        raise OperationFailed(f"'{name}.{element}' is not a custom column and cannot be deleted")
    for row in list(platform.store.select(name, columns=("sys_id",))):
        platform.store.update(name, row["sys_id"] or "", {element: None})


def drop_column(change: Change) -> None:
    """Take the column away that a deleted row told of, and what else tells of it."""
    name, element = change.get("name") or "", change.get("element") or ""
    for table in _TELLING:
        _delete_rows(change.platform, table, name, element)
    _make(change, GoneColumn(name, element))


def _present(change: Change) -> Column | None:
    """Give the column that a row tells of; None for an entry of a table, or of a system column."""
    name, element, dictionary = change.get("name") or "", change.get("element"), change.platform.dictionary
    columns = dictionary.table(name).columns if name in dictionary else ()
    return next((column for column in columns if column.element == element), None)


def _column(change: Change) -> Column:
    row = {name: value or "" for name, value in change.row.items()}
    present = _present(change)
    column = column_of(row, present.choices if present else ())
    if present is None:
        return column
    # Entries show a length, too, where the type decides about it.
    return replace(column, max_length=column.max_length if change.changed("max_length") else present.max_length)


def _check(change: Change, column: Column) -> None:
    if change.get("active") == "false":
        raise NotEmulated("Inactive dictionary entries")
    if column.type not in known_types():
        raise NotEmulated(f"Columns of type {column.type}")
    if kind_of(column.type) in (Kind.REFERENCE, Kind.LIST) and column.reference not in change.platform.dictionary:
        raise OperationFailed(f"Column '{column.element}' refers to table '{column.reference}', which does not exist")
    if not is_understood(column.default):
        raise NotEmulated(f"Default value of column {column.element}: {column.default}")


def follow_label(change: Change) -> None:
    """Let a changed English label of a table or column count."""
    name, element, label = change.get("name") or "", change.get("element"), change.get("label") or ""
    dictionary = change.platform.dictionary
    if not change.changed("label") or change.get("language") != "en" or name not in dictionary:
        return
    present = _present(change)
    if present is not None:
        _make(change, NewColumn(name, replace(present, label=label)))
    elif not element:
        _make(change, TableText(name, label, dictionary.table(name).attributes))
    for key in _keys(change.platform, _ENTRIES, name, element or ""):
        change.platform.store.update(_ENTRIES, key, {"column_label": label})


def _relabel(change: Change, label: str) -> None:
    for key in _keys(change.platform, _LABELS, change.get("name") or "", change.get("element") or ""):
        change.platform.store.update(_LABELS, key, {"label": label})


def _delete_rows(platform: Platform, table: str, name: str, element: str | None = None) -> None:
    for key in _keys(platform, table, name, element):
        platform.store.delete(table, key)


def _keys(platform: Platform, table: str, name: str, element: str | None) -> Iterator[str]:
    conditions = (same("name", name), *(() if element is None else (same("element", element),)))
    return iter([row["sys_id"] or "" for row in platform.rows_where(table, *conditions, columns=("sys_id",))])


RULES = (
    Rule(_TABLES, "before", INSERT, complete_table),
    Rule(_TABLES, "after", INSERT, add_table),
    Rule(_TABLES, "before", UPDATE, change_table),
    Rule(_TABLES, "before", DELETE, refuse_to_drop_table),
    Rule(_TABLES, "after", DELETE, drop_table),
    Rule(_ENTRIES, "before", INSERT, complete_column),
    Rule(_ENTRIES, "after", INSERT, add_column),
    Rule(_ENTRIES, "before", UPDATE, check_column),
    Rule(_ENTRIES, "after", UPDATE, change_column),
    Rule(_ENTRIES, "before", DELETE, refuse_to_drop_column),
    Rule(_ENTRIES, "after", DELETE, drop_column),
    Rule(_LABELS, "after", UPDATE, follow_label),
)
