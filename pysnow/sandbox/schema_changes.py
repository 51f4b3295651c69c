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


SchemaChange = NewTable | NewColumn


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
        _note(platform.store, made)
        _describe(platform, dict.fromkeys(change.name for change in made))
    return refused


def repeat_schema_changes(store: Store) -> None:
    """Make the changes that a store tells of in its dictionary, which is still the stock one."""
    for change in _noted(store):
        change.apply(store.dictionary)


def _note(store: Store, changes: Sequence[SchemaChange]) -> None:
    noted = json.loads(store.get_meta(_NOTE) or "[]")
    store.set_meta(_NOTE, json.dumps([*noted, *map(asdict, changes)]))


def _noted(store: Store) -> list[SchemaChange]:
    return [
        NewTable(_table(change["table"])) if "table" in change else NewColumn(change["name"], _column(change["column"]))
        for change in json.loads(store.get_meta(_NOTE) or "[]")
    ]


def _table(values: dict[str, Any]) -> Table:
    return Table(**{**values, "columns": tuple(map(_column, values["columns"]))})


def _column(values: dict[str, Any]) -> Column:
    return Column(**{**values, "choices": tuple(Choice(**choice) for choice in values["choices"])})


def _describe(platform: Platform, tables: Iterable[str]) -> None:
    rows = DemoRows(platform.dictionary, platform.clock())
    for name in tables:
        add_table_schema(rows, name)
        _forget_choices(platform, name)
        if parent := platform.dictionary.parent(name):
            platform.store.update("sys_db_object", sys_id_of("sys_db_object", parent), {"is_extendable": "true"})
    for table, of_table in rows:
        for row in of_table:
            _put(platform, table, row)


def _forget_choices(platform: Platform, table: str) -> None:
    for choice in list(platform.rows_where("sys_choice", same("name", table), columns=("sys_id",))):
        platform.store.delete("sys_choice", choice["sys_id"] or "")


def _put(platform: Platform, table: str, row: Row) -> None:
    """Change a row, or add it: made now, and not when the demo data was."""
    now = platform.now()
    changes = {name: value for name, value in row.items() if not name.startswith("sys_created_")}
    if not platform.store.update(table, row["sys_id"] or "", {**changes, "sys_updated_on": now}):
        platform.store.insert(table, {**row, "sys_created_on": now, "sys_updated_on": now})
