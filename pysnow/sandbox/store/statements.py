"""SQL statements over rows, as values: text, parameters and the names of the result's columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.query.compiled import BASE_ALIAS, CompiledQuery, Fragment, Join, SqlValue
from pysnow.sandbox.query.joins import Joins, class_condition
from pysnow.sandbox.store.rows import RowShape, projection

_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement to execute.

    Attributes:
        sql: Its text.
        params: Values of its placeholders.
        names: Names of the columns it gives, when it reads.
    """

    sql: str
    params: tuple[SqlValue, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """What a SELECT gives of each row.

    Attributes:
        expressions: Its SQL expressions, with commas between.
        joins: The joins they need, those of the query included.
        names: Their names.
    """

    expressions: Fragment
    joins: tuple[Join, ...]
    names: tuple[str, ...] = ()


def insert(dictionary: Dictionary, table: str, shape: RowShape) -> str:
    """Give the INSERT for rows of a shape; the class of the row is the last parameter."""
    columns = [f'"{name}"' for name in (*shape.columns, "sys_class_name")]
    return f'INSERT INTO "{dictionary.root(table)}" ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})'


def update(
    dictionary: Dictionary, table: str, shape: RowShape, values: Sequence[SqlValue], sys_id: str
) -> tuple[str, tuple[SqlValue, ...]]:
    """Give the UPDATE of one row; without columns it changes nothing but tells whether the row is there."""
    settings = ", ".join(f'"{name}" = ?' for name in shape.columns) or '"sys_id" = "sys_id"'
    where = _one_row(dictionary, table, sys_id)
    return f'UPDATE "{dictionary.root(table)}" AS {BASE_ALIAS} SET {settings} WHERE {where.sql}', (
        *values,
        *where.params,
    )


def clear_foreign(dictionary: Dictionary, table: str, sys_id: str) -> tuple[str, tuple[SqlValue, ...]]:
    """Give the UPDATE that empties the columns of a row which its class does not have."""
    visible = {
        physical.name for element in dictionary.columns(table) if (physical := dictionary.physical(table, element))
    }
    foreign = [column.name for column in dictionary.physical_columns(table) if column.name not in visible]
    settings = ", ".join(f'"{name}" = NULL' for name in foreign if name != "sys_class_name") or '"sys_id" = "sys_id"'
    return f'UPDATE "{dictionary.root(table)}" SET {settings} WHERE "sys_id" = ?', (sys_id,)


def delete(dictionary: Dictionary, table: str, sys_id: str) -> tuple[str, tuple[SqlValue, ...]]:
    """Give the DELETE of one row."""
    where = _one_row(dictionary, table, sys_id)
    return f'DELETE FROM "{dictionary.root(table)}" AS {BASE_ALIAS} WHERE {where.sql}', where.params


def by_sys_ids(table: str, sys_ids: Iterable[str]) -> CompiledQuery:
    """Give the query for certain rows."""
    wanted = list(sys_ids)
    if len(wanted) == 1:
        return CompiledQuery(table, Fragment(f'{BASE_ALIAS}."sys_id" = ?', (wanted[0],)))
    return CompiledQuery(
        table, Fragment(f'{BASE_ALIAS}."sys_id" IN (SELECT value FROM json_each(?))', (json.dumps(wanted),))
    )


def columns_shown(
    dictionary: Dictionary, table: str, names: tuple[str, ...] | None, given: tuple[Join, ...]
) -> Projection:
    """Give what reads columns of a table.

    Args:
        dictionary: The tables.
        table: The table.
        names: Columns and dotted paths, of which unknown ones are left out; None for all columns.
        given: Joins that the query has made already.
    """
    joins = Joins(dictionary, table, given)
    wanted = dictionary.columns(table) if names is None else dict.fromkeys(names)
    shown = {name: projection(operand) for name in wanted if (operand := joins.resolve(name))}
    return Projection(Fragment(", ".join(shown.values()) or "NULL"), joins.added(), tuple(shown))


def select(
    dictionary: Dictionary, query: CompiledQuery, shown: Projection, *, limit: int | None, offset: int
) -> Statement:
    """Give the SELECT of a page of rows.

    Args:
        dictionary: The tables.
        query: What must hold of the rows, and their order.
        shown: What to give of each row; its joins begin with those of the query.
        limit: Most rows to give; None for no limit.
        offset: Matching rows to skip first.

    Raises:
        ValueError: ``limit`` or ``offset`` is negative.
    """
    if offset < 0 or (limit is not None and limit < 0):
        raise ValueError(f"limit {limit} and offset {offset} must not be negative")
    rows = source(dictionary, query, shown.joins)
    order = ", ".join(_with_tie_break(query.order))
    bounds = (_MOST if limit is None else min(limit, _MOST), min(offset, _MOST))
    sql = f"SELECT {shown.expressions.sql}{rows.sql} ORDER BY {order} LIMIT ? OFFSET ?"
    return Statement(sql, (*shown.expressions.params, *rows.params, *bounds), shown.names)


def count(dictionary: Dictionary, table: str, query: CompiledQuery | None) -> Statement:
    """Give the SELECT of the number of matching rows."""
    query = checked(table, query)
    rows = source(dictionary, query, query.joins, use_index=True)
    return Statement(f"SELECT count(*){rows.sql}", rows.params)


def checked(table: str, query: CompiledQuery | None) -> CompiledQuery:
    """Give a query, an empty one for None.

    Raises:
        ValueError: it was compiled for another table.
    """
    if query is not None and query.table != table:
        raise ValueError(f"the query was compiled for table {query.table!r}: compile it for {table!r}")
    return query or CompiledQuery(table)


def source(dictionary: Dictionary, query: CompiledQuery, joins: Sequence[Join], *, use_index: bool = False) -> Fragment:
    """Give what a SELECT of the rows that match begins its FROM with, the conditions included."""
    clauses = [join.on for join in joins]
    of_class = class_condition(dictionary, query.table, BASE_ALIAS, use_index=use_index)
    conditions = [part for part in (of_class, query.where) if part.sql]
    sql = f' FROM "{dictionary.root(query.table)}" AS {BASE_ALIAS}' + "".join(f" {clause.sql}" for clause in clauses)
    if conditions:
        sql += " WHERE " + " AND ".join(f"({part.sql})" for part in conditions)
    return Fragment(sql, tuple(value for part in (*clauses, *conditions) for value in part.params))


def _with_tie_break(order: tuple[str, ...]) -> tuple[str, ...]:
    # An instance leaves ties to chance; a fixed order keeps tests repeatable.
    sys_id = f'{BASE_ALIAS}."sys_id"'
    return order if sys_id in order or f"{sys_id} DESC" in order else (*order, sys_id)


def _one_row(dictionary: Dictionary, table: str, sys_id: str) -> Fragment:
    of_class = class_condition(dictionary, table, BASE_ALIAS)
    also = f" AND {of_class.sql}" if of_class.sql else ""
    return Fragment(f'{BASE_ALIAS}."sys_id" = ?{also}', (sys_id, *of_class.params))
