"""SQL of aggregate queries: counts, sums, averages, extremes, by group.

Every result is text as an instance writes it: averages with four decimals (Aggregate API samples), sums of integers
without any (our default), NULL where there was no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.types import Kind, boolean_value, number_value
from pysnow.sandbox.query.aggregation import Aggregate, Aggregation, Function, GroupOrder, Having
from pysnow.sandbox.query.compiled import CompiledQuery, Fragment, SqlValue
from pysnow.sandbox.query.joins import Joins, Operand
from pysnow.sandbox.store.errors import UnknownColumn
from pysnow.sandbox.store.rows import projection
from pysnow.sandbox.store.statements import Statement, checked, source

_COUNT = "count(*)"
_EXTREMES = frozenset({Function.MIN, Function.MAX})
_MOMENTS = frozenset({Kind.DATE, Kind.DATE_TIME, Kind.TIME, Kind.DURATION})
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_WHOLE = frozenset({Kind.INTEGER, Kind.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share the values of the grouping columns, and what was worked out about them.

    Attributes:
        values: Value by grouping column.
        statistics: Result by aggregate; None where no row had a value.
    """

    values: Mapping[str, str | None]
    statistics: Mapping[Aggregate, str | None]


def aggregate(dictionary: Dictionary, table: str, query: CompiledQuery | None, aggregation: Aggregation) -> Statement:
    """Give the SELECT of one row a group: grouping columns first, then the aggregates.

    Raises:
        UnknownColumn: a column to group by or to work on does not exist.
    """
    query = checked(table, query)
    columns = _Columns(dictionary, table, query)
    groups = [columns.find(field) for field in dict.fromkeys(aggregation.group_by)]
    shown = [projection(operand) for operand in groups] + [columns.shown(each) for each in aggregation.aggregates]
    having = [columns.condition(each) for each in aggregation.having]
    order = [*columns.order(aggregation), *map(columns.sorting, groups)]
    rows = source(dictionary, query, columns.joins.added())
    sql = f"SELECT {', '.join(shown) or 'NULL'}{rows.sql}"
    if groups or having:
        # SQLite knows no HAVING without GROUP BY; a constant makes one group of all rows.
        sql += f" GROUP BY {', '.join(operand.sql for operand in groups) or repr('all')}"
    if having:
        sql += f" HAVING {' AND '.join(each.sql for each in having)}"
    if groups:
        sql += f" ORDER BY {', '.join(order)}"
    return Statement(sql, (*rows.params, *(value for each in having for value in each.params)))


def groups_of(aggregation: Aggregation, rows: Iterable[tuple[str | None, ...]]) -> list[Group]:
    """Turn the rows of an aggregate SELECT into groups."""
    fields = tuple(dict.fromkeys(aggregation.group_by))
    return [
        Group(
            dict(zip(fields, row, strict=False)),
            dict(zip(aggregation.aggregates, row[len(fields) :], strict=False)),
        )
        for row in rows
    ]


class _Columns:
    """Finds the columns of one aggregate query, and writes the SQL of what is worked out from them."""

    def __init__(self, dictionary: Dictionary, table: str, query: CompiledQuery) -> None:
        self.joins = Joins(dictionary, table, query.joins)
        self._table = table

    def find(self, field: str) -> Operand:
        operand = self.joins.resolve(field)
        if operand is None:
            raise UnknownColumn(f"table {self._table!r} has no column {field!r}")
        return operand

    def shown(self, aggregate: Aggregate) -> str:
        """Give the SQL of a result's text."""
        if aggregate.function is Function.COUNT:
            return f"CAST({_COUNT} AS TEXT)"
        return _text(aggregate.function, self.find(aggregate.field))

    def condition(self, having: Having) -> Fragment:
        """Give the SQL of a condition on groups."""
        function, field = having.aggregate.function, having.aggregate.field
        operand = self.find(field) if field or function is not Function.COUNT else None
        value = _comparand(_result_kind(function, operand), having.value)
        return Fragment(f"{_value(function, operand)} {having.operator} ?", (value,))

    def order(self, aggregation: Aggregation) -> list[str]:
        """Give the ORDER BY terms asked for; a column that is not grouped by cannot sort groups and is passed over."""
        terms = []
        for order in aggregation.orders:
            if isinstance(order.by, Aggregate):
                field = order.by.field
                terms.append(_directed(_value(order.by.function, self.find(field) if field else None), order))
            elif order.by in aggregation.group_by:
                terms.append(_directed(self.sorting(self.find(order.by)), order))
        return terms

    def sorting(self, operand: Operand) -> str:
        """Give the SQL by which groups sort: references by what they display, as in lists."""
        return (self.joins.display(operand) or operand).sql


def _value(function: Function, operand: Operand | None) -> str:
    """Give the SQL of a result as it compares and sorts."""
    if operand is None or function is Function.COUNT:
        return _COUNT
    if function in _EXTREMES:
        return f"{function.value}({operand.sql})"
    # total() in place of sum(), which fails where integers overflow. Text counts as the number it begins with (MySQL).
    name = "avg" if function is Function.AVG else "total"
    if operand.kind not in _MOMENTS:
        return f"{name}({operand.sql})"
    moment = f"datetime({name}(CAST(strftime('%s', {operand.sql}) AS INTEGER)), 'unixepoch')"
    return f"CASE WHEN count({operand.sql}) THEN {moment} END"


def _text(function: Function, operand: Operand) -> str:
    """Give the SQL of a result as it is shown."""
    if operand.sql == "NULL":
        return operand.sql
    value = _value(function, operand)
    if function in _EXTREMES:
        return projection(replace(operand, sql=value))
    if operand.kind in _MOMENTS:
        return value
    if function is Function.AVG:
        text = f"printf('%.4f', {value})"
    elif operand.kind in _WHOLE:
        text = f"printf('%.0f', {value})"
    else:
        text = f"rtrim(rtrim(printf('%.4f', {value}), '0'), '.')"
    return f"CASE WHEN count({operand.sql}) THEN {text} END"


def _result_kind(function: Function, operand: Operand | None) -> Kind:
    if operand is None or function is Function.COUNT:
        return Kind.INTEGER
    return operand.kind if function in _EXTREMES or operand.kind in _MOMENTS else Kind.DECIMAL


def _comparand(kind: Kind, text: str) -> SqlValue:
    if kind is Kind.BOOLEAN:
        return int(boolean_value(text))
    return number_value(text) if kind in _NUMBERS else text


def _directed(sql: str, order: GroupOrder) -> str:
    return f"{sql} DESC" if order.is_descending else sql
