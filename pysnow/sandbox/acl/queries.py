"""Encoded queries on their way to the store: conditions that the caller may not ask, and rows hidden from the start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pysnow.sandbox.acl.needs import NEVER
from pysnow.sandbox.acl.roles import ADMIN
from pysnow.sandbox.acl.subject import Subject
from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.query.ast import (
    Clause,
    Condition,
    EncodedQuery,
    JoinQuery,
    Order,
    RelatedListQuery,
    SubQuery,
    Term,
)
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.parse import parse

_MATCHING = frozenset(
    {
        *(Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN, Operator.NOT_IN, Operator.SAME_AS, Operator.NOT_SAME_AS),
        *(Operator.ANYTHING, Operator.IS_EMPTY, Operator.IS_NOT_EMPTY, Operator.EMPTY_STRING),
    }
)
_MATCH, _RANGE = "query_match", "query_range"
_CAST = "ref_"

# The compiler treats it like an unknown column: passed over, or no rows with glide.invalid_query.returns_no_rows.
_REFUSED = Condition("", Operator.NONE)


@dataclass(frozen=True, slots=True)
class QueryRule:
    """A business rule that runs before a query and takes rows out of it, and out of its count.

    Attributes:
        table: Table it belongs to, with all that extend it.
        condition: Encoded query that remaining rows match.
        exempt_role: Role that is not bound by it.
    """

    table: str
    condition: str
    exempt_role: str


QUERY_RULES = (
    # The stock rule "user query": inactive users are hidden from everybody but administrators.
    QueryRule("sys_user", "active=true", ADMIN),
)


def hidden_by_rule(subject: Subject, dictionary: Dictionary, table: str) -> list[str]:
    """Give the encoded queries that rows must match before anything else is asked of them."""
    if subject.is_free("read"):
        return []
    lineage = dictionary.ancestors(table)
    rules = (rule for rule in QUERY_RULES if rule.table in lineage)
    return [rule.condition for rule in rules if not subject.has_role(rule.exempt_role)]


def restricted(query: EncodedQuery, conditions: list[str]) -> EncodedQuery:
    """Give a query whose every alternative also asks for conditions (each a plain ``^`` chain)."""
    terms = tuple(term for text in conditions for group in parse(text).groups for term in group)
    if not terms:
        return query
    return replace(query, groups=tuple((*group, *terms) for group in query.groups) or (terms,))


class QueryGuard:
    """Takes out of queries what a caller may not ask ("Query ACLs").

    A refused condition is passed over, or matches no rows with ``glide.invalid_query.returns_no_rows`` (our default:
    what REST answers is not documented).
    """

    def __init__(self, subject: Subject, dictionary: Dictionary) -> None:
        """Take a caller.

        Args:
            subject: Who asks.
            dictionary: Knows where paths lead.
        """
        self._subject = subject
        self._dictionary = dictionary

    def guarded(self, query: EncodedQuery, table: str) -> EncodedQuery:
        """Give a query without the conditions and orders that are refused."""
        if table not in self._dictionary:
            return query
        groups = tuple(tuple(self._term(term, table) for term in group) for group in query.groups)
        orders = tuple(order for order in query.orders if self._allows_order(order, table))
        return EncodedQuery(groups, orders)

    def allows(self, table: str, path: str, operator: Operator = Operator.EQUALS) -> bool:
        """Tell whether a column or dotted path may be used with an operator."""
        operation = _MATCH if operator in _MATCHING else _RANGE
        for place, element in self._steps(table, path):
            is_walked = place != table and self._subject.row_need(place, "read") == NEVER
            if is_walked or not self._subject.may_ask(place, element, operation):
                return False
        return True

    def _allows_order(self, order: Order, table: str) -> bool:
        return self.allows(table, order.field, Operator.NONE)

    def _term(self, term: Term, table: str) -> Term:
        return tuple(self._clause(clause, table) for clause in term)

    def _clause(self, clause: Clause, table: str) -> Clause:
        if isinstance(clause, Condition):
            return clause if self.allows(table, clause.field, clause.operator) else _REFUSED
        if isinstance(clause, RelatedListQuery):
            return self._nested(clause, clause.table, clause.field)
        is_allowed = self.allows(table, clause.field)
        return self._nested(clause, clause.other_table, clause.other_field) if is_allowed else _REFUSED

    def _nested(self, clause: RelatedListQuery | JoinQuery | SubQuery, table: str, field: str) -> Clause:
        if table in self._dictionary and not self.allows(table, field):
            return _REFUSED
        return replace(clause, query=self.guarded(clause.query, table))

    def _steps(self, table: str, path: str) -> Iterator[tuple[str, str]]:
        """Follow a path: each table with its column, as far as the dictionary knows them."""
        for step in path.split("."):
            column = self._dictionary.column(table, step) if table in self._dictionary else None
            if column is not None:
                yield table, column.element
                table = column.reference
            elif step.startswith(_CAST):
                table = step.removeprefix(_CAST)
            else:
                return
