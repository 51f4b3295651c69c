"""From an encoded query to SQL over the store's tables.

Invariants: every value is bound as a parameter; every name in the SQL is one the dictionary holds; a compiled query
always executes. A condition on an unknown column, along a broken path, or with an operator that makes no sense there is
dropped silently, as an instance does, or makes the query match nothing where
``glide.invalid_query.returns_no_rows`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.query import comparisons, date_conditions, keyset, relations
from pysnow.sandbox.query.ast import Clause, Condition, EncodedQuery, Group, JoinQuery, Order, RelatedListQuery, Term
from pysnow.sandbox.query.compiled import CompiledQuery, Fragment
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.fragments import EVERYTHING, NOTHING, combined
from pysnow.sandbox.query.joins import Joins, Operand
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.question import Answer, Question

_TEXT_QUERIES = frozenset({"123TEXTQUERY321", "GOTO123TEXTQUERY321"})
_INDEX_GROUP = "123TEXTINDEXGROUP321"
_TAGS = "sys_tags."
_MAX_ORDERS = 50
# SQLite as most systems build it takes 32 766 parameters; a query that needs more matches nothing.
_MAX_PARAMS = 30_000


def compile(dictionary: Dictionary, table: str, query: EncodedQuery, context: QueryContext) -> CompiledQuery:
    """Compile a query for one table.

    Args:
        dictionary: Knows the columns.
        table: The table asked.
        query: What ``parse`` gave.
        context: Who asks, and when: scripts and relative dates become values here.

    Raises:
        UnknownTable: the dictionary lacks the table.
    """
    compiler = _Compiler(dictionary, table, context)
    where = compiler.where(query)
    needed = len(compiler.joins)
    order = compiler.order(query.orders)
    return CompiledQuery(table, where, compiler.joins.added()[:needed], order, compiler.joins.added(needed))


class _Invalid(Exception):
    """A condition cannot be meant; never leaves this module."""


class _Compiler:
    """Compiles the conditions of one query level; nested queries get a compiler of their own."""

    def __init__(self, dictionary: Dictionary, table: str, context: QueryContext) -> None:
        self.joins = Joins(dictionary, table)
        self._dictionary = dictionary
        self._table = table
        self._context = context

    def where(self, query: EncodedQuery) -> Fragment:
        """Give the condition of the whole query; an empty fragment when every row matches."""
        try:
            groups = [self._group(group) for group in query.groups]
        except _Invalid:
            return NOTHING
        if not groups or EVERYTHING in groups:
            return Fragment("")
        where = combined("OR", groups)
        if len(groups) > 1:
            where = keyset.bounded(where, query, self._operand, self._context)
        return where if len(where.params) <= _MAX_PARAMS else NOTHING

    def order(self, orders: Iterable[Order]) -> tuple[str, ...]:
        """Give the ``ORDER BY`` terms; unknown columns are passed over, references sort by what they display."""
        terms: dict[str, str] = {}
        for order in orders:
            operand = self._operand(order.field)
            shown = self.joins.display(operand) or operand if operand else None
            if shown and shown.sql != "NULL":
                terms.setdefault(shown.sql, f"{shown.sql} DESC" if order.is_descending else shown.sql)
        return tuple(terms.values())[:_MAX_ORDERS]

    def _operand(self, path: str) -> Operand | None:
        return self.joins.resolve(path)

    def _group(self, group: Group) -> Fragment:
        terms = [term for each in group if (term := self._term(each)) is not None]
        return combined("AND", terms) if terms else EVERYTHING

    def _term(self, term: Term) -> Fragment | None:
        valid = []
        for clause in term:
            fragment = self._clause(clause)
            if fragment is not None:
                valid.append(fragment)
            elif self._context.invalid_query_returns_no_rows:
                raise _Invalid
        return combined("OR", valid) if valid else None

    def _clause(self, clause: Clause) -> Fragment | None:
        if isinstance(clause, Condition):
            return self._condition(clause)
        if isinstance(clause, RelatedListQuery):
            return relations.related_list(clause, self._subselect)
        if isinstance(clause, JoinQuery):
            operand = self._operand(clause.field) if clause.table == self._table else None
            other = (clause.other_table, clause.other_field)
        else:
            operand, other = self._operand(clause.field), (clause.other_table, clause.other_field)
        if operand is None:
            return None
        return relations.among(operand, *other, clause.query, self._subselect)

    def _subselect(self, table: str, path: str, query: EncodedQuery) -> relations.Subselect | None:
        """Give the source of a nested SELECT: its column, and everything from FROM on."""
        if table not in self._dictionary:
            return None
        inner = _Compiler(self._dictionary, table, self._context)
        operand = inner._operand(path)
        if operand is None or operand.sql == "NULL":
            return None
        return relations.subselect(self._dictionary, table, operand, inner.where(query), inner.joins)

    def _condition(self, condition: Condition) -> Fragment | None:
        if condition.field in _TEXT_QUERIES:
            return relations.text_search(self._dictionary, self._table, condition.value)
        if condition.field == _INDEX_GROUP:
            return EVERYTHING  # it says how hits are ranked, and asks nothing of a row
        if condition.field.startswith(_TAGS):
            tag = condition.value or condition.field.removeprefix(_TAGS)
            return relations.has_tag(self._dictionary, tag, condition.operator)
        operand, answer = self._operand(condition.field), _ANSWERS.get(condition.operator)
        if operand is None or answer is None:
            return None
        question = Question(operand, condition.operator, condition.value, self._context, self.joins, self._dictionary)
        return answer(question)


_ANSWERS: dict[Operator, Answer] = {
    Operator.EQUALS: comparisons.equals,
    Operator.NOT_EQUALS: comparisons.differs,
    Operator.LESS: comparisons.compares,
    Operator.LESS_OR_EQUAL: comparisons.compares,
    Operator.GREATER: comparisons.compares,
    Operator.GREATER_OR_EQUAL: comparisons.compares,
    Operator.BETWEEN: comparisons.is_between,
    Operator.IN: comparisons.is_in,
    Operator.NOT_IN: comparisons.is_not_in,
    Operator.IS_EMPTY: comparisons.has_no_value,
    Operator.EMPTY_STRING: comparisons.has_no_value,
    Operator.IS_NOT_EMPTY: comparisons.has_value,
    Operator.ANYTHING: comparisons.anything,
    Operator.CONTAINS: comparisons.looks_like,
    Operator.NOT_CONTAINS: comparisons.looks_like,
    Operator.STARTS_WITH: comparisons.looks_like,
    Operator.ENDS_WITH: comparisons.looks_like,
    Operator.SAME_AS: date_conditions.is_same_as,
    Operator.NOT_SAME_AS: date_conditions.is_same_as,
    Operator.GREATER_FIELD: date_conditions.compares_field,
    Operator.LESS_FIELD: date_conditions.compares_field,
    Operator.GREATER_OR_EQUAL_FIELD: date_conditions.compares_field,
    Operator.LESS_OR_EQUAL_FIELD: date_conditions.compares_field,
    Operator.MORE_THAN: date_conditions.is_apart,
    Operator.LESS_THAN: date_conditions.is_apart,
    Operator.ON: date_conditions.is_on,
    Operator.NOT_ON: date_conditions.is_on,
    Operator.DATE_PART: date_conditions.is_date_part,
    Operator.RELATIVE_GREATER: date_conditions.is_relative,
    Operator.RELATIVE_LESS: date_conditions.is_relative,
    Operator.RELATIVE_GREATER_OR_EQUAL: date_conditions.is_relative,
    Operator.RELATIVE_LESS_OR_EQUAL: date_conditions.is_relative,
    Operator.RELATIVE_EQUAL: date_conditions.is_relative,
    Operator.INSTANCE_OF: relations.is_instance_of,
    Operator.DYNAMIC: relations.is_dynamic,
    Operator.IN_HIERARCHY: relations.is_in_hierarchy,
    Operator.IN_HIERARCHY_DYNAMIC: relations.is_in_hierarchy,
}
# VALCHANGES, CHANGESFROM and CHANGESTO are missing: they mean something in notification rules only, never in a list.
