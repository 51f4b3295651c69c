"""Between the texts of the platform and the values of SQLite.

The store speaks texts and None, SQLite holds numbers as numbers so that they compare as such. Writing converts here,
reading lets SQLite convert, which is several times faster for a page of a thousand rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.physical import PhysicalColumn
from pysnow.sandbox.dictionary.types import Kind, boolean_value, is_number, number_value
from pysnow.sandbox.query.compiled import SqlValue
from pysnow.sandbox.query.joins import Operand
from pysnow.sandbox.store.errors import UnknownColumn


# The same few texts come in row after row: remembering them halves the time of a large seeding.
@lru_cache(maxsize=4096)
def _integer(text: str) -> SqlValue:
    if len(text) < _SHORT and text.isascii() and text.isdigit():
        return int(text)
    return int(number_value(text)) if _is_storable(text) else None


@lru_cache(maxsize=4096)
def _decimal(text: str) -> SqlValue:
    # SQLite turns the text into a number itself, exactly where it is a whole one.
    return text.strip() if _is_storable(text) else None


def _boolean(text: str) -> SqlValue:
    found = _BOOLEANS.get(text)
    return int(boolean_value(text)) if found is None else found


def _is_storable(text: str) -> bool:
    return is_number(text.strip()) and abs(number_value(text)) < 2**63


_SHORT = 18
_BOOLEANS = {"true": 1, "false": 0}
_ENCODERS: dict[Kind, Callable[[str], SqlValue]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
}


def projection(operand: Operand) -> str:
    """Give the SQL expression of a column's text."""
    if operand.sql == "NULL":
        return "NULL"
    if operand.kind is Kind.BOOLEAN:
        return f"CASE {operand.sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    if operand.kind in (Kind.INTEGER, Kind.DECIMAL):
        return f"CAST({operand.sql} AS TEXT)"
    return operand.sql


@dataclass(frozen=True, slots=True)
class RowShape:
    """How rows with certain columns of one table are written.

    Attributes:
        columns: SQL names of the columns that are stored.
        elements: Their names in the dictionary.
        encoders: Position of each column that is not text, and what turns its texts into values.
    """

    columns: tuple[str, ...]
    elements: tuple[str, ...]
    encoders: tuple[tuple[int, Callable[[str], SqlValue]], ...]

    def encode(self, values: Mapping[str, str | None]) -> list[SqlValue]:
        """Give the SQL values of a row that has these columns; an empty text is None."""
        encoded: list[SqlValue] = list(map(values.__getitem__, self.elements))
        if "" in encoded:
            encoded = [value or None for value in encoded]
        for position, encode in self.encoders:
            text = encoded[position]
            if text is not None:
                encoded[position] = encode(str(text))
        return encoded


def row_shape(dictionary: Dictionary, table: str, elements: tuple[str, ...]) -> RowShape:
    """Work out how to write rows of a table that have the given columns; journals and tags are left out.

    Raises:
        UnknownColumn: the table has no such column.
        UnknownTable: the dictionary has no such table.
    """
    visible = dictionary.columns(table)
    stored: dict[str, PhysicalColumn] = {}
    for element in elements:
        if element not in visible:
            raise UnknownColumn(f"table {table!r} has no column {element!r}: leave it out or define it")
        physical = dictionary.physical(table, element)
        if physical is not None:
            stored[element] = physical
    kinds = enumerate(physical.kind for physical in stored.values())
    encoders = tuple((position, _ENCODERS[kind]) for position, kind in kinds if kind in _ENCODERS)
    return RowShape(tuple(physical.name for physical in stored.values()), tuple(stored), encoders)
