"""A bound that all parts of a query have in common, so that a page starts where the last one ended.

The usual increment, ``sys_updated_on>T^NQsys_updated_on=T^sys_id>L^ORDERBYsys_updated_on^ORDERBYsys_id``, says twice
that ``sys_updated_on`` is at least T. Said once more in front, it lets SQLite walk the index from T on, in order,
instead of collecting and sorting everything behind T for each page.
"""

from __future__ import annotations

from collections.abc import Callable

from pysnow.sandbox.dictionary.types import Kind
from pysnow.sandbox.query.ast import Condition, EncodedQuery, Group, Order
from pysnow.sandbox.query.compiled import Fragment
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.joins import Operand
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.values import typed_value

_SYS_ID = "sys_id"
_BOUNDS = frozenset({Operator.EQUALS, Operator.GREATER, Operator.GREATER_OR_EQUAL})


def bounded(
    where: Fragment, query: EncodedQuery, resolve: Callable[[str], Operand | None], context: QueryContext
) -> Fragment:
    """Put the common lower bound of the first ordering column in front of a condition, if there is one.

    Args:
        where: The condition, all parts together.
        query: The query it stands for.
        resolve: Finds a column.
        context: Who asks, and when.
    """
    first = query.orders[0] if query.orders else Order(_SYS_ID)
    operand = None if first.is_descending or "." in first.field else resolve(first.field)
    if operand is None or not (operand.kind is Kind.DATE_TIME or operand.column.element == _SYS_ID):
        return where
    bounds = [_lower_bound(group, first.field, operand.kind, context) for group in query.groups]
    known = [bound for bound in bounds if bound is not None]
    if not known or len(known) < len(bounds):
        return where
    # likely(): keeps SQLite from collecting the parts one by one, which would lose the order.
    return Fragment(f"{operand.sql} >= ? AND likely({where.sql})", (min(known, key=str.lower), *where.params))


def _lower_bound(group: Group, column: str, kind: Kind, context: QueryContext) -> str | None:
    for term in group:
        clause = term[0]
        if isinstance(clause, Condition) and len(term) == 1 and clause.operator in _BOUNDS and clause.field == column:
            bound = str(typed_value(kind, clause.value, context) or "")
            # Trailing blanks and letters beyond ASCII compare by rules of their own.
            if bound and bound.isascii() and not bound.endswith(" "):
                return bound
    return None
