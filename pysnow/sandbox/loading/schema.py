"""Loading tables and columns from the dictionary that an instance exported.

What the export says counts over the stock definitions, except for the kind of values that a column holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from pysnow.sandbox.dictionary.dictionary import Dictionary, is_name
from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.dictionary.types import kind_of
from pysnow.sandbox.instance.defaults import is_understood
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.loading.dictionary_export import DictionaryExport, read_dictionary
from pysnow.sandbox.loading.entries import LoadError
from pysnow.sandbox.schema_changes import NewColumn, NewTable, SchemaChange, change_schema

_SYSTEM_COLUMNS = frozenset(
    {"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count", "sys_tags"}
    | {"sys_class_name", "sys_domain", "sys_domain_path"}
)


@dataclass(frozen=True, slots=True)
class LoadedSchema:
    """What came of loading a dictionary.

    Attributes:
        tables: Names of the tables that were added.
        columns: Columns that were added to, or changed in, tables that were there, as ``table.column``.
        ignored: What was passed over, as ``table.column: reason``.
    """

    tables: tuple[str, ...]
    columns: tuple[str, ...]
    ignored: tuple[str, ...]


def load_schema(instance: Instance, path: str | os.PathLike[str]) -> LoadedSchema:
    """Add the tables and columns of an exported dictionary to an instance.

    Args:
        instance: Where to.
        path: A ``.json`` or ``.xml`` file, or a folder of them; rows of other tables are passed over.

    Raises:
        LoadError: A file cannot be read, there is no dictionary in them, or a table extends one that is not there.
    """
    plan = _Plan(read_dictionary(path, instance.dictionary), instance.dictionary)
    order = plan.order()
    refused = change_schema(instance.platform, plan.changes(order))
    made = [change for change in plan.given if all(change is not other for other, _ in refused)]
    return LoadedSchema(
        tuple(change.name for change in made if isinstance(change, NewTable)),
        tuple(_title(change) for change in made if isinstance(change, NewColumn)),
        (*plan.ignored, *(f"{_title(change)}: {error}" for change, error in refused)),
    )


def _title(change: SchemaChange) -> str:
    return f"{change.name}.{change.column.element}" if isinstance(change, NewColumn) else change.name


class _Plan:
    """What there is to change, decided one by one, because what a table inherits shows when its parent is there.

    Attributes:
        given: The changes given so far.
        ignored: What was passed over so far.
    """

    def __init__(self, export: DictionaryExport, dictionary: Dictionary) -> None:
        self.given: list[SchemaChange] = []
        self.ignored: list[str] = []
        self._export = export
        self._dictionary = dictionary
        self._parents = export.parents(dictionary)

    def order(self) -> list[str]:
        """List the tables, parents first.

        Raises:
            LoadError: They extend each other in a circle.
        """
        graph = {name: {parent} if parent else set() for name, parent in self._parents.items()}
        try:
            return [name for name in TopologicalSorter(graph).static_order() if name in self._parents]
        except CycleError as error:
            raise LoadError(self._export.path, f"tables extend each other in a circle: {error.args[1]}") from error

    def changes(self, order: list[str]) -> Iterator[SchemaChange]:
        """Give the changes, each to be made before the next one is asked for."""
        for name in order:
            for change in self._of_present(name) if name in self._dictionary else self._of_new(name):
                self.given.append(change)
                yield change
        for change in self._overrides():
            self.given.append(change)
            yield change

    def _of_new(self, name: str) -> Iterator[SchemaChange]:
        parent = self._parents[name]
        if parent and parent not in self._dictionary:
            self.ignored.append(f"{name}: it extends {parent}, which was passed over")
            return
        inherited = self._dictionary.columns(parent) if parent else {}
        columns = [column for column in self._columns(name) if self._fits(name, column, inherited.get(column.element))]
        yield NewTable(self._export.table(name, parent, tuple(columns)))

    def _of_present(self, name: str) -> Iterator[SchemaChange]:
        for column in self._columns(name):
            present = self._dictionary.columns(name).get(column.element)
            if not self._fits(name, column, present):
                continue
            if present is not None:
                column = replace(column, unique=present.unique, choices=column.choices or present.choices)
            if column != present:
                yield NewColumn(name, column)

    def _overrides(self) -> Iterator[SchemaChange]:
        """Give the inherited columns that tables change: with choices of their own, or by an override."""
        export, dictionary = self._export, self._dictionary
        for table, element in dict.fromkeys((*export.overrides, *export.choices)):
            present = dictionary.columns(table).get(element) if table in dictionary else None
            if present is None or element in export.columns.get(table, ()) or element in _SYSTEM_COLUMNS:
                continue
            column = self._understood(table, export.overridden(table, present))
            if column != present:
                yield NewColumn(table, column)

    def _columns(self, name: str) -> Iterator[Column]:
        for element in self._export.columns[name]:
            if is_name(element):
                if element not in _SYSTEM_COLUMNS:
                    yield self._understood(name, self._export.column(name, element))
            elif element:
                self.ignored.append(f"{name}.{element}: no column can have this name")

    def _understood(self, table: str, column: Column) -> Column:
        """Give a column without a default value that would make every new row fail."""
        if is_understood(column.default):
            return column
        self.ignored.append(f"{table}.{column.element}: its default value is a script: {column.default}")
        return replace(column, default="")

    def _fits(self, table: str, column: Column, present: Column | None) -> bool:
        if present is None or kind_of(present.type) is kind_of(column.type):
            return True
        self.ignored.append(f"{table}.{column.element}: it stays {present.type}, {column.type} is stored differently")
        return False
