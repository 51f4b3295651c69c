"""An exported dictionary: the rows that describe the tables of an instance, and the definitions that they come down to.

They are answers of the Table API, or XML exports, of ``sys_db_object`` (which tables there are, and what they extend),
``sys_dictionary`` (their columns), and as far as wanted ``sys_choice``, ``sys_dictionary_override`` and ``sys_number``.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pysnow.sandbox.dictionary.declaration import label_of
from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.model import Choice, Column, Table
from pysnow.sandbox.loading.cells import cell_text
from pysnow.sandbox.loading.entries import Entry, LoadError
from pysnow.sandbox.loading.files import export_files, read_export

_TABLES, _COLUMNS, _CHOICES = "sys_db_object", "sys_dictionary", "sys_choice"
_OVERRIDES, _NUMBERS = "sys_dictionary_override", "sys_number"
_CASCADES = frozenset({"clear", "delete", "restrict", "none"})
_COLLECTION = ""  # the entry of sys_dictionary without an element describes the table itself

Values = Mapping[str, str]
Place = tuple[str, str]
"""Names of a table and of a column."""


@dataclass(slots=True)
class DictionaryExport:
    """The rows of an exported dictionary.

    Attributes:
        path: Where they come from, for messages.
        tables: Rows of ``sys_db_object`` by table.
        columns: Rows of ``sys_dictionary`` by table and column.
        overrides: Rows of ``sys_dictionary_override`` by place.
        choices: Rows of ``sys_choice`` by place.
        prefixes: Prefixes of numbers by table.
    """

    path: str
    tables: dict[str, Values] = field(default_factory=dict)
    columns: dict[str, dict[str, Values]] = field(default_factory=lambda: defaultdict(dict))
    overrides: dict[Place, Values] = field(default_factory=dict)
    choices: dict[Place, list[Values]] = field(default_factory=lambda: defaultdict(list))
    prefixes: dict[str, str] = field(default_factory=dict)

    def names(self) -> list[str]:
        """List the tables that it tells of."""
        return list(dict.fromkeys((*self.tables, *self.columns)))

    def parents(self, dictionary: Dictionary) -> dict[str, str]:
        """Give the table that each extends, empty for none.

        Raises:
            LoadError: One extends a table that nobody knows.
        """
        by_id = {row.get("sys_id", ""): name for name, row in self.tables.items()}
        by_label = {row.get("label", ""): name for name, row in self.tables.items()}
        parents = {}
        for name in self.names():
            row = self.tables.get(name, {})
            given = row.get("super_class.name") or row.get("super_class", "")
            parent = by_id.get(given) or (given if given in self.tables or given in dictionary else by_label.get(given))
            if given and not parent:
                raise LoadError(
                    self.path,
                    f"table {name} extends {given}, which is not in the export: export that row of {_TABLES} as well, "
                    "or the column super_class.name",
                )
            parents[name] = parent or ""
        return parents

    def table(self, name: str, extends: str, columns: tuple[Column, ...]) -> Table:
        """Give the definition of a table."""
        own = self.columns[name]
        label = self.tables.get(name, {}).get("label") or own.get(_COLLECTION, {}).get("column_label")
        # An export without system columns says nothing about them.
        has_updates = "sys_updated_on" in own or "sys_created_on" not in own
        return Table(
            name,
            label or label_of(name),
            columns,
            extends=extends,
            prefix=self.prefixes.get(name, ""),
            system_columns="all" if extends or has_updates else "created",
            domain="sys_domain" in own,
        )

    def column(self, table: str, element: str) -> Column:
        """Give the definition of a column."""
        return column_of(self.columns[table][element], self.choice_list(table, element))

    def overridden(self, table: str, column: Column) -> Column:
        """Give an inherited column as a table changes it."""
        row = self.overrides.get((table, column.element), {})
        changed = replace(column, choices=self.choice_list(table, column.element) or column.choices)
        if _flag(row, "default_value_override"):
            changed = replace(changed, default=row.get("default_value", ""))
        if _flag(row, "mandatory_override"):
            changed = replace(changed, mandatory=_flag(row, "mandatory"))
        if _flag(row, "read_only_override"):
            changed = replace(changed, read_only=_flag(row, "read_only"))
        return changed

    def choice_list(self, table: str, element: str) -> tuple[Choice, ...]:
        """Give the choices of a column at a table, in their sequence."""
        rows = sorted(self.choices.get((table, element), ()), key=lambda row: _number(row.get("sequence", "")))
        return tuple(Choice(row.get("value", ""), row.get("label", ""), row.get("dependent_value", "")) for row in rows)


def column_of(row: Values, choices: tuple[Choice, ...]) -> Column:
    """Give the column that a row of ``sys_dictionary`` describes.

    Args:
        row: Its values; what is missing or empty has its usual meaning.
        choices: The choice list of the column.
    """
    element, cascade = row.get("element", ""), row.get("reference_cascade_rule", "")
    return Column(
        element,
        row.get("column_label") or label_of(element),
        row.get("internal_type") or "string",
        max_length=_number(row.get("max_length", "")),
        reference=row.get("reference", ""),
        reference_key=row.get("reference_key") or "sys_id",
        cascade=cascade if cascade in _CASCADES else "",
        display=_flag(row, "display"),
        mandatory=_flag(row, "mandatory"),
        read_only=_flag(row, "read_only"),
        unique=_flag(row, "unique"),
        default=row.get("default_value", ""),
        choices=choices,
        dependent_on=row.get("dependent_on_field") or row.get("dependent", ""),
        attributes=row.get("attributes", ""),
    )


def read_dictionary(path: str | os.PathLike[str], dictionary: Dictionary) -> DictionaryExport:
    """Read an exported dictionary.

    Args:
        path: A ``.json`` or ``.xml`` file, or a folder of them; rows of other tables are passed over.
        dictionary: The tables there are.

    Raises:
        LoadError: A file cannot be read, or there is no dictionary in them.
    """
    export = DictionaryExport(os.fspath(path))
    for file in export_files(path):
        if file.suffix.lower() != ".csv":
            for entry in read_export(file, dictionary):
                _sort(export, entry.table, _texts(entry))
        elif not Path(path).is_dir():
            raise LoadError(file, "a dictionary is loaded from JSON or XML: CSV has labels in the place of types")
    if not export.names():
        raise LoadError(path, f"there are no rows of {_TABLES} or {_COLUMNS}")
    return export


def _sort(export: DictionaryExport, table: str, row: Values) -> None:
    name, element = row.get("name", ""), row.get("element", "")
    if table == _NUMBERS:
        export.prefixes[row.get("category", "")] = row.get("prefix", "")
    elif not name:
        return
    elif table == _TABLES:
        export.tables[name] = row
    elif table == _COLUMNS and row.get("active") != "false":
        export.columns[name][element] = row
    elif table == _OVERRIDES:
        export.overrides[name, element] = row
    elif table == _CHOICES and row.get("inactive") != "true" and row.get("language", "") in ("", "en"):
        export.choices[name, element].append(row)


def _texts(entry: Entry) -> Values:
    return {name: cell_text(cell)[0].strip() for name, cell in entry.values.items()}


def _flag(row: Values, name: str) -> bool:
    return row.get(name) in ("true", "1")


def _number(text: str) -> int:
    # Some lists write thousands apart.
    digits = text.replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
