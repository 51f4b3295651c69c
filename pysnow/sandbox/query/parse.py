"""Reader of encoded queries: text to values. Pure, and total: any text gives a query, as on an instance.

What is no condition becomes one without operator, so that the compiler can drop it or refuse the query, as the
instance's properties say. The grammar is that of "Encoded query strings" (product documentation).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pysnow.sandbox.query.ast import (
    Clause,
    Condition,
    EncodedQuery,
    Group,
    JoinQuery,
    Order,
    RelatedListQuery,
    SubQuery,
    Term,
)
from pysnow.sandbox.query.operators import TOKENS, Operator

_MAX_DEPTH = 5
_ORDER, _ORDER_DESCENDING, _GROUP_BY, _END = "ORDERBY", "ORDERBYDESC", "GROUPBY", "EQ"
_NEW_QUERY, _OR = "NQ", "OR"
_RELATED, _RELATED_END = "RLQUERY", "ENDRLQUERY"
_SUB_QUERY, _SUB_QUERY_END = "SUBQUERY", "ENDSUBQUERY"
_JOIN = "JOIN"
_ENDS_OF_JOIN = (_NEW_QUERY, _ORDER, _GROUP_BY, _RELATED, _SUB_QUERY, _JOIN, _RELATED_END, _SUB_QUERY_END)

# The earliest operator counts, and of those that begin there the longest: "NOT IN" before "IN".
_OPERATOR = re.compile("|".join(map(re.escape, sorted(TOKENS, key=len, reverse=True))))
# A name in capitals, such as NUMBER or DESCRIPTION, may hold letters that spell an operator; it ends at a symbol.
_CAPITALS = re.compile(r"([A-Z][A-Z0-9_.]*)(!=|<=|>=|=|<|>)")
_RELATED_HEAD = re.compile(r"([^.,]+)\.([^,]+),([^,]+)(?:,(.*))?", re.DOTALL)
_JOIN_HEAD = re.compile(r"([^.=!]+)\.([^=!]+)=([^.=!]+)\.([^!]+)(?:!(.*))?", re.DOTALL)
_SUB_QUERY_HEAD = re.compile(r"([^,]+),([^,]+),([^,]+)")
_MANY_TO_MANY = "m2m"


def parse(text: str) -> EncodedQuery:
    """Read an encoded query (``sysparm_query``).

    Args:
        text: The query, already percent-decoded. What cannot be read becomes a condition without operator.
    """
    # Lone surrogates cannot be stored, and so cannot be asked for.
    readable = text.encode("utf-8", "replace").decode("utf-8")
    return _Reader(_split(readable)).read_query()


def parse_condition(text: str) -> Condition:
    """Read one condition, such as ``stateIN1,2``; stray text gives one without operator."""
    capitals = _CAPITALS.match(text)
    if capitals:
        return Condition(capitals[1], TOKENS[capitals[2]], text[capitals.end() :])
    found = _OPERATOR.search(text, 1)
    if found is None:
        return Condition("", Operator.NONE, text)
    return Condition(text[: found.start()], TOKENS[found[0]], text[found.end() :])


def _split(text: str) -> list[str]:
    """Cut a query at its carets; ``^^`` is a caret within a value."""
    terms = [""]
    for number, piece in enumerate(text.split("^^")):
        first, *rest = piece.split("^")
        terms[-1] += ("^" if number else "") + first
        terms += rest
    return terms


@dataclass(slots=True)
class _Parts:
    """A query as it is read."""

    groups: list[list[list[Clause]]] = field(default_factory=lambda: [[]])
    orders: list[Order] = field(default_factory=list)

    def finish(self) -> EncodedQuery:
        groups: list[Group] = []
        for group in self.groups:
            terms: list[Term] = [tuple(term) for term in group]
            if terms:
                groups.append(tuple(terms))
        return EncodedQuery(tuple(groups), tuple(self.orders))


@dataclass(slots=True)
class _Reader:
    """Reads terms one after the other; related queries within are read by the same reader, deeper by one."""

    terms: list[str]
    position: int = 0
    depth: int = 0

    def read_query(self, *, until: str = "", in_join: bool = False) -> EncodedQuery:
        """Read terms up to the end, a closing word, or what ends the conditions of a join."""
        parts = _Parts()
        start = self.position
        while self.position < len(self.terms):
            term = self.terms[self.position]
            is_first = self.position == start
            if in_join and not is_first and (term.startswith(_ENDS_OF_JOIN) or term == _END):
                break
            self.position += 1
            if until and term == until:
                break
            self._read_term(parts, term, is_first=is_first)
        return parts.finish()

    def _read_term(self, parts: _Parts, term: str, *, is_first: bool) -> None:
        if not is_first and term.startswith(_NEW_QUERY):
            parts.groups.append([])
            term = term[len(_NEW_QUERY) :]
        if term.startswith(_ORDER):
            _read_order(parts, term)
        elif not is_first and term.startswith(_OR):
            self._read_clause(parts, term[len(_OR) :], is_alternative=True)
        elif term and term != _END and not term.startswith(_GROUP_BY):
            self._read_clause(parts, term, is_alternative=False)

    def _read_clause(self, parts: _Parts, text: str, *, is_alternative: bool) -> None:
        group = parts.groups[-1]
        clause = self._read_nested(text) or parse_condition(text)
        if is_alternative and group:
            group[-1].append(clause)
        else:
            group.append([clause])

    def _read_nested(self, text: str) -> Clause | None:
        """Read a related query; None when the text does not begin one, stray text when it is broken or too deep."""
        readers = {_RELATED: self._read_related, _SUB_QUERY: self._read_sub_query, _JOIN: self._read_join}
        for word, read in readers.items():
            if text.startswith(word):
                nested = read(text[len(word) :]) if self.depth < _MAX_DEPTH else None
                return nested or Condition("", Operator.NONE, text)
        return None

    def _read_related(self, text: str) -> Clause | None:
        head = _RELATED_HEAD.fullmatch(text)
        if head is None:
            return None
        table, column, count, first = head.groups()
        query = self._read_inner("" if first == _MANY_TO_MANY else first or "", until=_RELATED_END)
        return RelatedListQuery(table, column, count, query)

    def _read_sub_query(self, text: str) -> Clause | None:
        head = _SUB_QUERY_HEAD.fullmatch(text)
        if head is None:
            return None
        column, other_column, other_table = head.groups()
        return SubQuery(column, other_column, other_table, self._read_inner("", until=_SUB_QUERY_END))

    def _read_join(self, text: str) -> Clause | None:
        head = _JOIN_HEAD.fullmatch(text)
        if head is None:
            return None
        table, column, other_table, other_column, first = head.groups()
        query = EncodedQuery() if first is None else self._read_inner(first, in_join=True)
        return JoinQuery(table, column, other_table, other_column, query)

    def _read_inner(self, first: str, *, until: str = "", in_join: bool = False) -> EncodedQuery:
        # The first inner condition stands in the opening term itself, behind the last comma or the "!".
        self.position -= 1
        self.terms[self.position] = first
        self.depth += 1
        query = self.read_query(until=until, in_join=in_join)
        self.depth -= 1
        return query


def _read_order(parts: _Parts, term: str) -> None:
    is_descending = term.startswith(_ORDER_DESCENDING)
    name = term[len(_ORDER_DESCENDING if is_descending else _ORDER) :]
    parts.orders.append(Order(name, is_descending))
