"""Conditions as GlideRecord has them: name, operator, value; printed by the expressions of this library.

A value is data, whatever is in it, and ``0`` and ``False`` are values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from difflib import get_close_matches
from typing import Any, Final, Self, TypeAlias

from pysnow.criterion import Criterion, Term
from pysnow.encoded_query import is_torn, split_terms
from pysnow.exceptions import QueryTypeError
from pysnow.gliderecord.terms import JOIN, Printed
from pysnow.query_values import Script, short

__all__ = ["JoinQuery", "QueryCondition", "RelatedListQuery", "condition"]

_Make: TypeAlias = Callable[[Term, Any], Criterion]


def _members(value: object) -> object:
    """The members of a list, which scripts also write as one text with commas."""
    return value.split(",") if isinstance(value, str) else value


def _is_in(term: Term, value: object) -> Criterion:
    return term.is_in(_members(value))


def _not_in(term: Term, value: object) -> Criterion:
    return term.not_in(_members(value))


def _between(term: Term, value: object) -> Criterion:
    ends = value.split("@") if isinstance(value, str) else value
    if not isinstance(ends, (list, tuple)) or len(ends) != 2:
        raise QueryTypeError(f"BETWEEN takes two ends, such as (1, 3), not {short(value)}")
    return term.between(*ends)


_OPERATORS: Final[Mapping[str, _Make]] = {
    "=": Term.eq,
    "!=": Term.ne,
    ">": Term.gt,
    ">=": Term.gte,
    "<": Term.lt,
    "<=": Term.lte,
    "IN": _is_in,
    "NOT IN": _not_in,
    "STARTSWITH": Term.starts_with,
    "ENDSWITH": Term.ends_with,
    "CONTAINS": Term.contains,
    "LIKE": Term.contains,
    "DOES NOT CONTAIN": Term.not_contains,
    "NOT LIKE": Term.not_contains,
    "BETWEEN": _between,
    "ON": Term.on,
    "NOTON": Term.not_on,
    "INSTANCEOF": Term.instance_of,
    "DYNAMIC": Term.dynamic,
    "IN_HIERARCHY": Term.in_hierarchy,
    "SAMEAS": Term.same_as,
    "NSAMEAS": Term.not_same_as,
    "GT_FIELD": Term.greater_than_field,
    "GT_OR_EQUALS_FIELD": Term.greater_than_or_equal_field,
    "LT_FIELD": Term.less_than_field,
    "LT_OR_EQUALS_FIELD": Term.less_than_or_equal_field,
}

_WITHOUT_VALUE: Final[Mapping[str, Callable[[Term], Criterion]]] = {
    "ISEMPTY": Term.is_empty,
    "ISNOTEMPTY": Term.is_not_empty,
    "EMPTYSTRING": Term.is_empty_string,
    "ANYTHING": Term.is_anything,
}


def condition(name: str, operator: object, value: object = ...) -> Criterion:
    """Make one condition; with two arguments the second one is the value, as scripts have it.

    Args:
        name: The column, dot-walked if need be.
        operator: Operator, such as ``">="`` or ``"IN"``; or the value that the column equals.
        value: The value. Moments without a time zone are in UTC, as they are in scripts.

    Raises:
        QueryTypeError: There is no such operator, or it cannot carry the value.
    """
    term = Term(name, UTC)
    if value is ...:
        operator, value = "=", operator
    word = _operator(operator)
    if word in _WITHOUT_VALUE:
        if value not in (None, ""):
            raise QueryTypeError(f"{word} takes no value: pass an empty text, not {short(value)}")
        return _WITHOUT_VALUE[word](term)
    if value is None:
        raise QueryTypeError(
            f"The value of {name} is None, which is more often a mistake than a wish: for empty columns say "
            f"add_null_query({name!r})"
        )
    if isinstance(value, Script) and word in ("IN", "NOT IN"):
        return term.is_in(value) if word == "IN" else term.not_in(value)
    return _OPERATORS[word](term, value)


def _operator(given: object) -> str:
    word = " ".join(given.upper().split()) if isinstance(given, str) else ""
    known = {"NOTIN": "NOT IN", "NOTLIKE": "NOT LIKE"} | {name: name for name in (*_OPERATORS, *_WITHOUT_VALUE)}
    if word in known:
        return known[word]
    near = get_close_matches(word, known, n=1)
    hint = f"; near: {near[0]}" if near else f"; there are {', '.join(known)}"
    raise QueryTypeError(f"{short(given)} is no operator of a query{hint}")


class _Conditions(ABC):
    """Conditions that further ones are added to."""

    def __init__(self, clauses: Iterable[Criterion] = ()) -> None:
        self._clauses = list(clauses)

    def add_condition(self, name: str, operator: object, value: object = ...) -> Self:
        """Demand a further condition.

        Args:
            name: As for :meth:`GlideRecord.add_query`.
            operator: As for :meth:`GlideRecord.add_query`.
            value: As for :meth:`GlideRecord.add_query`.

        Raises:
            QueryTypeError: It is no condition.
        """
        self._clauses.append(condition(name, operator, value))
        return self

    def add_or_condition(self, name: str, operator: object, value: object = ...) -> Self:
        """Offer a condition in place of the last one.

        Args:
            name: As for :meth:`GlideRecord.add_query`.
            operator: As for :meth:`GlideRecord.add_query`.
            value: As for :meth:`GlideRecord.add_query`.

        Raises:
            QueryTypeError: It is no condition, there is none before it, or that is a join.
        """
        if not self._clauses or str(self._clauses[-1]).startswith(JOIN):
            raise QueryTypeError("An alternative needs a condition before it, which is no join: add_condition() first")
        self._clauses[-1] |= condition(name, operator, value)
        return self

    @property
    @abstractmethod
    def criterion(self) -> Criterion:
        """The conditions as an expression."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {short(str(self.criterion))}>"


class QueryCondition(_Conditions):
    """What :meth:`GlideRecord.add_query` gives: a condition, to which alternatives can be added.

    Args:
        clauses: The condition.
    """

    @property
    def criterion(self) -> Criterion:
        """The conditions as an expression."""
        return Criterion.all(self._clauses)


class JoinQuery(_Conditions):
    """What :meth:`GlideRecord.add_join_query` gives: rows for which another table has a row (``JOIN``).

    Args:
        head: The two columns that must be equal, as they are printed.
    """

    def __init__(self, head: str) -> None:
        super().__init__()
        self._head = head

    @property
    def criterion(self) -> Criterion:
        """The join as an expression."""
        return Printed(f"{JOIN}{self._head}!{Criterion.all(self._clauses)}")


class RelatedListQuery(_Conditions):
    """What :meth:`GlideRecord.add_rl_query` gives: rows that so many rows of another table refer to (``RLQUERY``).

    Args:
        head: Table, column and number, as they are printed.
    """

    def __init__(self, head: str) -> None:
        super().__init__()
        self._head = head

    @property
    def criterion(self) -> Criterion:
        """The condition as an expression.

        Raises:
            QueryTypeError: A value in it would end it.
        """
        inner = "".join(f"^{clause}" for clause in self._clauses)
        text = f"RLQUERY{self._head}{inner}^ENDRLQUERY"
        if [term for _, term in split_terms(text)] != [text] or is_torn(text):
            raise QueryTypeError(f"A value in {short(text)} would be read as the end of the related query")
        return Printed(text)
