"""Encoded queries in the hands of people: how a list is sorted, and what of a query an instance passes over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.query.ast import Condition, EncodedQuery, Order
from pysnow.sandbox.query.joins import Joins
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.parse import parse

_ORDER = "ORDERBY"
_TEXT_SEARCH = "123TEXTQUERY321"
_TAGS = "sys_tags."
_TERM = re.compile(r"(?:[^^]|\^\^)+")  # a doubled caret belongs to a value


def first_order(query: str) -> Order | None:
    """Give what a query sorts by first; None when it leaves the order open."""
    return next(iter(parse(query).orders), None)


def sorted_by(query: str, field: str, *, descending: bool) -> str:
    """Give a query that is sorted by one field, whatever it was sorted by before."""
    kept = [term for term in _TERM.findall(query) if not term.startswith(_ORDER)]
    return "^".join((*kept, f"{_ORDER}{'DESC' if descending else ''}{field}"))


def passed_over(dictionary: Dictionary, table: str, query: str) -> list[str]:
    """Name what an instance passes over without a word: unknown columns, broken paths, stray text.

    Args:
        dictionary: Knows the columns.
        table: Table that is asked.
        query: The encoded query.
    """
    joins, parsed = Joins(dictionary, table), parse(query)
    conditions = [condition for condition in _conditions(parsed) if not _is_search(condition)]
    stray = [condition.value for condition in conditions if condition.operator is Operator.NONE]
    named = [condition.field for condition in conditions if condition.operator is not Operator.NONE]
    unknown = [name for name in (*named, *(order.field for order in parsed.orders)) if joins.resolve(name) is None]
    return list(dict.fromkeys((*stray, *unknown)))


def _conditions(query: EncodedQuery) -> Iterator[Condition]:
    clauses = (clause for group in query.groups for term in group for clause in term)
    return (clause for clause in clauses if isinstance(clause, Condition))


def _is_search(condition: Condition) -> bool:
    return condition.field.endswith(_TEXT_SEARCH) or condition.field.startswith(_TAGS)
