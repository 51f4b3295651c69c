"""What an aggregate query asks for, as values: numbers over rows, groups, which groups, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Function(Enum):
    """A number or value that stands for many rows; the value is its name in an answer."""

    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function of a column.

    Attributes:
        function: What is worked out.
        field: Column or dotted path; COUNT counts rows, whatever it names.
    """

    function: Function
    field: str = ""


COUNT = Aggregate(Function.COUNT)
"""The number of rows."""


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on groups, such as ``count > 3``.

    Attributes:
        aggregate: What is compared.
        operator: ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``.
        value: With what.
    """

    aggregate: Aggregate
    operator: str
    value: str


HAVING_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})
"""Comparisons that a ``Having`` may ask for."""


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """How to sort groups.

    Attributes:
        by: A grouping column, or an aggregate.
        is_descending: Highest first.
    """

    by: str | Aggregate
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Aggregation:
    """An aggregate query over the rows that an encoded query finds.

    Attributes:
        aggregates: What to work out, for each group.
        group_by: Columns or dotted paths whose values make a group; without any, all rows are one.
        having: What must hold of a group; all of it.
        orders: How to sort the groups, most significant first.
    """

    aggregates: tuple[Aggregate, ...] = ()
    group_by: tuple[str, ...] = ()
    having: tuple[Having, ...] = ()
    orders: tuple[GroupOrder, ...] = ()

    def fields(self) -> tuple[str, ...]:
        """Name every column or path that is grouped by, worked on or compared."""
        worked_on = (*self.aggregates, *(having.aggregate for having in self.having))
        sorted_by = (order.by for order in self.orders if isinstance(order.by, Aggregate))
        named = (*self.group_by, *(aggregate.field for aggregate in (*worked_on, *sorted_by)))
        return tuple(dict.fromkeys(field for field in named if field))
