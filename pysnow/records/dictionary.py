"""The columns of a table, its ancestors' included, as the instance's own dictionary lists them.

All that the records need to know about types goes through :func:`columns_of`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from pysnow.criterion import F
from pysnow.exceptions import InvalidUsage, NoResults
from pysnow.field_value import raw_value
from pysnow.records.client_memory import DICTIONARY_SECONDS, memory_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pysnow.table import Table

__all__ = ["Column", "ancestors_of", "column_at", "column_of", "columns_of", "display_column", "types_of"]

_DEPTH_MAX: Final = 30
_USUAL: Final = ("name", "number", "u_name")
_READ_BY: Final = "Reading types takes an account that may read sys_db_object and sys_dictionary"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: Its name.
        kind: Its type (``internal_type``), such as ``glide_date_time``.
        reference: Table that it refers to, or empty.
        is_display: Whether it stands for the record where a reference is shown.
    """

    name: str
    kind: str
    reference: str
    is_display: bool


def ancestors_of(table: Table, name: str) -> tuple[str, ...]:
    """Give a table and those that it extends, nearest first (``sys_db_object``); kept for an hour.

    Args:
        table: Any table of the client.
        name: The table that is meant.

    Raises:
        NoResults: The instance has no such table, or the account may not read ``sys_db_object``.
        PysnowException: The instance refuses, or does not answer.
    """
    return memory_of(table._transport).kept(("ancestors", name), DICTIONARY_SECONDS, lambda: _ancestors(table, name))


def columns_of(table: Table, name: str) -> Mapping[str, Column]:
    """Give the columns of a table by name (``sys_dictionary``); kept for an hour; arguments and errors as above."""
    return memory_of(table._transport).kept(("columns", name), DICTIONARY_SECONDS, lambda: _columns(table, name))


def column_of(table: Table, name: str, column: str) -> Column:
    """Give a column of a table itself.

    Args:
        table: Any table of the client.
        name: The table that is meant.
        column: Name of the column.

    Raises:
        InvalidUsage: The dictionary has no such column; near ones are named.
        PysnowException: The dictionary cannot be read.
    """
    columns = columns_of(table, name)
    if column not in columns:
        near = " or ".join(map(repr, get_close_matches(column.lower(), columns, n=3)))
        hint = f"; did you mean {near}?" if near else ""
        raise InvalidUsage(f"The dictionary has no column {column!r} of {name}, or you may not read it{hint}")
    return columns[column]


def column_at(table: Table, name: str, path: str) -> Column:
    """Give a column, dot-walked if need be.

    Args:
        table: Any table of the client.
        name: The table at which the path begins.
        path: Name of the column, with dots behind references.

    Raises:
        InvalidUsage: The dictionary has no such column; near ones are named.
        PysnowException: The dictionary cannot be read.
    """
    *steps, last = path.split(".")
    for step in steps:
        name = column_of(table, name, step).reference
        if not name:
            raise InvalidUsage(f"{path!r} leads through {step!r}, which is no reference")
    return column_of(table, name, last)


def types_of(table: Table, name: str, paths: Iterable[str] = ()) -> Mapping[str, str]:
    """Give the types of a table's columns, and of dot-walked ones that are named.

    Args:
        table: Any table of the client.
        name: The table that is meant.
        paths: Columns that are wanted; those that do not exist are left out.

    Raises:
        PysnowException: The dictionary cannot be read.
    """
    types = {column.name: column.kind for column in columns_of(table, name).values()}
    for path in paths:
        if "." in path:
            with suppress(InvalidUsage):
                types[path] = column_at(table, name, path).kind
    return types


def display_column(table: Table, name: str) -> str:
    """Give the column that stands for a record of a table: the nearest one marked so, else its name or number.

    Raises:
        InvalidUsage: It has none.
        PysnowException: The dictionary cannot be read.
    """
    columns = columns_of(table, name)
    marked = [column.name for column in columns.values() if column.is_display]
    usual = [column for column in _USUAL if column in columns]
    if not marked and not usual:
        raise InvalidUsage(f"{name} has no display column: say which one is meant, as in find(column=value)")
    return (marked or usual)[0]


def _ancestors(table: Table, name: str) -> tuple[str, ...]:
    found: list[str] = []
    tables, above = table._sibling("/table/sys_db_object"), name
    while above and above not in found and len(found) < _DEPTH_MAX:
        fields = ["super_class.name", "super_class.super_class.name"]
        row = tables.get({"name": above}, limit=1, fields=["name", *fields], display_value=False).first_or_none()
        if row is None:
            raise NoResults(f"There is no table {above!r}, or it may not be seen. {_READ_BY}", table="sys_db_object")
        chain = [above, *(str(row.get(field) or "") for field in fields)]
        found += [link for link in chain[:2] if link and link not in found]
        above = chain[2]
    return tuple(found)


def _columns(table: Table, name: str) -> Mapping[str, Column]:
    order = ancestors_of(table, name)
    meant = F.name.is_in(order) & F.element.is_not_empty()
    fields = ["name", "element", "internal_type", "reference", "display"]
    rows = table._sibling("/table/sys_dictionary").get(meant, fields=fields, display_value=False).all()
    if not rows:
        raise NoResults(f"The dictionary shows no column of {name}. {_READ_BY}", table="sys_dictionary")
    columns: dict[str, Column] = {}
    # Nearest table first, so that its display column comes before an inherited one.
    for row in sorted(rows, key=lambda row: order.index(row["name"])):
        stored = {field: str(raw_value(row.get(field)) or "") for field in fields}
        column = Column(stored["element"], stored["internal_type"], stored["reference"], stored["display"] == "true")
        columns.setdefault(column.name, column)
    return columns
