"""Tables and columns that an instance gets while it runs, and the rows that tell of them.

An instance describes itself in ``sys_db_object``, ``sys_dictionary``, ``sys_choice`` and their kin; whatever changes
the dictionary goes through here, so that both agree. The changes are noted in the store in their order: a file that is
opened again gets the same ones, and with them the same places for its values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pysnow.sandbox.dictionary.dictionary import Dictionary, UnknownTable
from pysnow.sandbox.dictionary.model import Choice, Column, Table
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.rows import DemoRows
from pysnow.sandbox.seed.schema_rows import add_table_schema
from pysnow.sandbox.store import Store

_NOTE = "sandbox.schema_changes"

# What a row tells of, by its table.
_IDENTITIES = {
    "sys_db_object": ("name",),
    "sys_dictionary": ("name", "element"),
    "sys_dictionary_override": ("name", "element"),
    "sys_documentation": ("name", "element", "language"),
    "sys_choice": ("name", "element", "value", "dependent_value", "language"),
    "sys_number": ("category",),
}


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table to add.

    Attributes:
        table: Its definition.
    """

    table: Table

    @property
    def name(self) -> str:
        """Name of the table that changes."""
        return self.table.name

    def apply(self, dictionary: Dictionary) -> None:
        """Make the change.

        Raises:
            UnknownTable: The table it extends does not exist.
            ValueError: The definition contradicts what is there.
        """
        dictionary.add_table(self.table)


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column to add to a table, or to put in the place of the one it has.

    Attributes:
        name: Name of the table that changes.
        column: The column's definition.
    """

    name: str
    column: Column

    def apply(self, dictionary: Dictionary) -> None:
        """Make the change.

        Raises:
            UnknownTable: The table does not exist.
            ValueError: The definition contradicts what is there.
        """
        dictionary.define_column(self.name, self.column)


@dataclass(frozen=True, slots=True)
class TableText:
    """Another label and other attributes of a table.

    Attributes:
        name: Name of the table that changes.
        label: Its label.
        attributes: Its attribute string.
    """

    name: str
    label: str
    attributes: str

    def apply(self, dictionary: Dictionary) -> None:
        """Make the change.

        Raises:
            UnknownTable: The table does not exist.
        """
        dictionary.describe_table(self.name, label=self.label, attributes=self.attributes)


@dataclass(frozen=True, slots=True)
class GoneColumn:
    """A column that a table has no longer.

    Attributes:
        name: Name of the table that changes.
        element: Name of the column.
    """

    name: str
    element: str

    def apply(self, dictionary: Dictionary) -> None:
        """Make the change.

        Raises:
            UnknownTable: The table does not exist.
            ValueError: It declares no such column.
        """
        dictionary.remove_column(self.name, self.element)


@dataclass(frozen=True, slots=True)
class GoneTable:
    """A table that there is no longer.

    Attributes:
        name: Its name.
    """

    name: str

    def apply(self, dictionary: Dictionary) -> None:
        """Make the change.

        Raises:
            UnknownTable: The table does not exist.
            ValueError: Another one extends it.
        """
        dictionary.remove_table(self.name)


SchemaChange = NewTable | NewColumn | TableText | GoneColumn | GoneTable


def change_schema(platform: Platform, changes: Iterable[SchemaChange]) -> list[tuple[SchemaChange, Exception]]:
    """Make changes one after another, and describe the tables that changed.

    Returns:
        The changes that contradict what is there, each with the reason. The others have been made.
    """
    made: list[SchemaChange] = []
    refused: list[tuple[SchemaChange, Exception]] = []
    for change in changes:
        try:
            change.apply(platform.dictionary)
        except (UnknownTable, ValueError) as error:
            refused.append((change, error))
        else:
            made.append(change)
    with platform.store.transaction():
        note_changes(platform.store, made)
        describe(platform, dict.fromkeys(change.name for change in made))
    return refused


def repeat_schema_changes(store: Store) -> None:
    """Make the changes that a store tells of in its dictionary, which is still the stock one."""
    for change in _noted(store):
        change.apply(store.dictionary)


def note_changes(store: Store, changes: Sequence[SchemaChange]) -> None:
    """Keep changes that were made, so that a file gets them again when it is opened."""
    noted = json.loads(store.get_meta(_NOTE) or "[]")
    store.set_meta(_NOTE, json.dumps([*noted, *map(asdict, changes)]))


def _noted(store: Store) -> list[SchemaChange]:
    return [_change(values) for values in json.loads(store.get_meta(_NOTE) or "[]")]


def _change(values: dict[str, Any]) -> SchemaChange:
    if "table" in values:
        return NewTable(_table(values["table"]))
    if "column" in values:
        return NewColumn(values["name"], _column(values["column"]))
    if "label" in values:
        return TableText(**values)
    return GoneColumn(**values) if "element" in values else GoneTable(**values)


def _table(values: dict[str, Any]) -> Table:
    return Table(**{**values, "columns": tuple(map(_column, values["columns"]))})


def _column(values: dict[str, Any]) -> Column:
    return Column(**{**values, "choices": tuple(Choice(**choice) for choice in values["choices"])})


def describe(platform: Platform, tables: Iterable[str], *, keep: bool = False) -> None:
    """Write the rows that tell of tables: of themselves, their columns, labels, choices and number counters.

    Args:
        platform: The instance's dictionary and store.
        tables: Names of the tables; those that are gone are passed over.
        keep: Whether rows that are there stay as they are, for callers may have written more into them.
    """
    rows = DemoRows(platform.dictionary, platform.clock())
    for name in (name for name in tables if name in platform.dictionary):
        add_table_schema(rows, name)
        if not keep:
            _forget_choices(platform, name)
        if parent := platform.dictionary.parent(name):
            platform.store.update("sys_db_object", key_of_table(platform, parent), {"is_extendable": "true"})
    for table, of_table in rows:
        for row in of_table:
            _put(platform, table, row, keep=keep)
    platform.audited_tables.forget()


def key_of_table(platform: Platform, name: str) -> str:
    """Give the key of the row of ``sys_db_object`` that tells of a table; that of a stock one if there is none."""
    found = platform.rows_where("sys_db_object", same("name", name), columns=("sys_id",), limit=1)
    return next((row["sys_id"] or "" for row in found), sys_id_of("sys_db_object", name))


def _forget_choices(platform: Platform, table: str) -> None:
    for choice in list(platform.rows_where("sys_choice", same("name", table), columns=("sys_id",))):
        platform.store.delete("sys_choice", choice["sys_id"] or "")


def _put(platform: Platform, table: str, row: Row, *, keep: bool) -> None:
    """Change a row, or add it: made now, and not when the demo data was."""
    now = platform.now()
    if table == "sys_db_object" and (parent := platform.dictionary.parent(row["name"] or "")):
        row["super_class"] = key_of_table(platform, parent)
    present = _present(platform, table, row)
    if present is None:
        platform.store.insert(table, {**row, "sys_created_on": now, "sys_updated_on": now})
    elif not keep:
        changes = {
            name: value for name, value in row.items() if name != "sys_id" and not name.startswith("sys_created_")
        }
        platform.store.update(table, present, {**changes, "sys_updated_on": now})


def _present(platform: Platform, table: str, row: Row) -> str | None:
    """Give the key of the row that tells of the same: callers who write one choose its key, or get a fresh one."""
    own = [same(element, row[element] or "") for element in _IDENTITIES[table]]
    found = platform.rows_where(table, *own, columns=("sys_id",), limit=1)
    return next((present["sys_id"] for present in found), None)
