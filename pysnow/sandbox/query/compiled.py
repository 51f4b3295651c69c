"""What a compiled query is: SQL fragments whose values are bound, never spliced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

SqlValue: TypeAlias = "str | int | float | None"

BASE_ALIAS = "t0"
"""Alias of the queried table in every fragment."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL and the values for its placeholders, in order."""

    sql: str
    params: tuple[SqlValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """One LEFT JOIN that follows a reference.

    Attributes:
        path: The references followed from the queried table, in their exact names.
        alias: Alias of the joined table.
        table: Table whose columns are visible there.
        on: The whole ``LEFT JOIN`` clause.
    """

    path: tuple[str, ...]
    alias: str
    table: str
    on: Fragment


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """An encoded query, ready for the store.

    Attributes:
        table: The table it asks.
        where: The condition; an empty one matches every row.
        joins: The joins that the condition needs.
        order: ``ORDER BY`` terms, most significant first; empty for none asked.
        order_joins: Further joins that only the order needs.
    """

    table: str
    where: Fragment = Fragment("")
    joins: tuple[Join, ...] = ()
    order: tuple[str, ...] = ()
    order_joins: tuple[Join, ...] = ()
