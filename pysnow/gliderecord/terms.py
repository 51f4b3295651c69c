"""The terms of a query that is collected piece by piece, some of them written by hand.

What an encoded query says is taken apart into the terms of one query, so that each further condition holds for all the
parts that ``^NQ`` sets off. Joins are put last: a join takes the conditions behind it for its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pysnow.criterion import Criterion
from pysnow.encoded_query import check_name, is_torn, split_terms
from pysnow.exceptions import QueryTypeError
from pysnow.query_groups import Groups
from pysnow.query_values import short

__all__ = ["JOIN", "Collected", "EncodedText", "Printed"]

JOIN: Final = "JOIN"
_ENDS_OF_JOIN: Final = ("ORDERBY", "GROUPBY", "RLQUERY", "SUBQUERY", JOIN)


class Printed(Criterion):
    """A term that is printed as it is.

    Args:
        text: The term.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def _groups(self) -> Groups:
        return Groups([[[self._text]]])


class EncodedText(Criterion):
    """An encoded query that was written by hand, taken apart at its ``^``, ``^OR`` and ``^NQ``.

    Its terms need not be ones that can be read here.

    Args:
        text: The query.

    Raises:
        QueryTypeError: It is no text, or begins or ends within a term.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise QueryTypeError(f"an encoded query is a text, not {short(text)}")
        self._text = text
        self._groups()

    def _groups(self) -> Groups:
        groups: list[list[list[str]]] = [[]]
        orders: list[str] = []
        in_join = False
        for separator, term in split_terms(self._text):
            if separator == "^NQ":
                groups.append([])
                in_join = False
            self._check(separator, term, groups[-1])
            in_join = in_join and term != "EQ" and not (separator == "^" and term.startswith(_ENDS_OF_JOIN))
            if term.startswith("ORDERBY"):
                orders.append(term)
            elif in_join:
                groups[-1][-1][0] += separator + term
            elif separator == "^OR":
                groups[-1][-1].append(term)
            elif term and term != "EQ":
                groups[-1].append([term])
                in_join = term.startswith(JOIN)
        if groups == [[]]:
            return Groups(last=orders)
        if not all(groups):
            raise QueryTypeError(f"{short(self._text)} cannot be read: nothing stands beside '^NQ'")
        return Groups(groups, last=orders)

    def _check(self, separator: str, term: str, group: list[list[str]]) -> None:
        if is_torn(term) or (separator == "^OR" and not (term and group)):
            raise QueryTypeError(f"nothing can be added to {short(self._text)}: it begins or ends within a term")


class Collected(Criterion):
    """All that was added to a GlideRecord.

    Args:
        parts: Conditions and orders.
    """

    __slots__ = ("_parts",)

    def __init__(self, parts: Iterable[Criterion]) -> None:
        self._parts = tuple(parts)

    @property
    def orders(self) -> list[str]:
        """Columns to order by, ``-`` before one for descending."""
        groups = self._groups()
        return [_column(order) for order in (*groups.first, *groups.last)]

    @property
    def has_join(self) -> bool:
        """Whether conditions in it are about another table."""
        return any(_is_join(clause) for group in self._groups().groups for clause in group)

    def _groups(self) -> Groups:
        groups = Criterion.all(self._parts)._groups()
        for group in groups.groups:
            group.sort(key=_is_join)
        return groups


def _is_join(clause: list[str]) -> bool:
    return clause[0].startswith(JOIN)


def _column(order: str) -> str:
    name = order.removeprefix("ORDERBY")
    return f"-{check_name(name.removeprefix('DESC'))}" if name.startswith("DESC") else check_name(name)
