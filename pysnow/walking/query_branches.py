"""Saying something more in a query that somebody else wrote: the same in each part that ``^NQ`` sets off.

A query is passed on as it was written, terms included that nobody here can read. Nothing is therefore spliced in
blindly: conditions go in front, because a ``JOIN`` takes everything behind it for its own, and what was put together
is cut up again and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from pysnow.encoded_query import Condition, Order, check_name, is_torn, split_terms
from pysnow.exceptions import InvalidUsage, QueryTypeError
from pysnow.query_values import short

__all__ = ["Orders", "narrow_branches", "orders_of", "reorder", "without_orders"]

Orders: TypeAlias = tuple[Order, ...]
"""An order by several columns, the most important one first."""

# Terms that narrow nothing: a part of a query that has no others is passed over by the instance.
_WORDS = ("ORDERBY", "GROUPBY")
_END = "EQ"
_BLOCKS = ("RLQUERY", "SUBQUERY")


@dataclass(frozen=True, slots=True)
class _Term:
    separator: str
    text: str

    @property
    def is_order(self) -> bool:
        return self.separator != "^OR" and self.text.startswith("ORDERBY")

    @property
    def is_condition(self) -> bool:
        return bool(self.text) and self.text != _END and not self.text.startswith(_WORDS)


def narrow_branches(query: str, *conditions: Condition) -> str:
    """Let conditions hold for every row of a query, by putting them in front of each of its parts.

    Args:
        query: Encoded query; empty for all rows. It need not be one that can be parsed.
        conditions: What must hold, too.

    Raises:
        QueryTypeError: the query begins or ends within a term, has a block within a block or a part without any
            condition, or a condition cannot be printed.
    """
    branches = _branches(query)
    if not conditions:
        return query
    if any(_begins_with_alternative(branch) for branch in branches):
        raise QueryTypeError(f"nothing can be added to {short(query)}: '^OR' does not follow a condition")
    if len(branches) > 1 and not all(any(term.is_condition for term in branch) for branch in branches):
        raise QueryTypeError(f"nothing can be added to {short(query)}: nothing stands beside '^NQ'")
    head = "^".join(map(str, conditions))
    return _checked("^NQ".join(_joined(head, branch) for branch in branches), query, len(conditions))


def orders_of(order_by: str | Iterable[str]) -> Orders:
    """Read an order as callers write it.

    Args:
        order_by: Columns, as a list or joined by commas, ``-`` before one for descending.

    Raises:
        InvalidUsage: It is something else.
    """
    given: object = order_by
    names = given.split(",") if isinstance(given, str) else given
    if not isinstance(names, Iterable) or isinstance(names, Mapping):
        raise InvalidUsage(f"order_by must be a column, or a list of them, not {type(names).__name__}")
    return tuple(map(_order, names))


def reorder(query: str, *orders: Order, keeps_own: bool = False) -> str:
    """Give a query another order.

    The orders that were there are exchanged where they stand: one of them may be what ends a ``JOIN``.

    Args:
        query: Encoded query; empty for all rows.
        orders: The new order, the most important column first.
        keeps_own: Whether the orders that are there come first.

    Raises:
        QueryTypeError: the query begins or ends within a term, or an order cannot be printed.
    """
    text = "^".join(map(str, orders))
    branches = _branches(query)
    if not orders:
        return query
    had_order = False
    for branch in branches:
        for place, term in enumerate(branch):
            if term.is_order and not keeps_own:
                branch[place] = _Term(term.separator, text)
                had_order = True
    if not had_order:
        branches[-1].append(_Term("^", text))
    return "^NQ".join(_joined("", branch) for branch in branches)


def without_orders(query: str) -> str:
    """Leave the orders out of a query that is counted: they say nothing about how many rows there are.

    A query that might mean something else without them is given back as it is: one ends a ``JOIN``, or parts a
    condition from the ``^OR`` behind it, or stands alone beside ``^NQ``. So is one that cannot be taken apart.

    Args:
        query: Encoded query; empty for all rows.
    """
    try:
        branches = _branches(query)
    except QueryTypeError:
        return query
    terms = [term for branch in branches for term in branch]
    is_bound = any(term.text.startswith("JOIN") for term in terms)
    is_bound |= any(term.is_order and after.separator == "^OR" for term, after in pairwise(terms))
    kept = [[term for term in branch if not term.is_order] for branch in branches]
    if kept == branches or is_bound or (len(kept) > 1 and not all(kept)):
        return query
    return "^NQ".join(_joined("", branch) for branch in kept)


def _order(name: object) -> Order:
    if not isinstance(name, str):
        raise InvalidUsage(f"order_by must name columns, not {type(name).__name__}")
    text = name.strip()
    return Order(check_name(text.removeprefix("-")), descending=text.startswith("-"))


def _branches(query: str) -> list[list[_Term]]:
    branches: list[list[_Term]] = [[]]
    for separator, text in split_terms(query):
        if is_torn(text) or (separator == "^OR" and not (text and branches[-1])):
            raise QueryTypeError(f"nothing can be added to {short(query)}: it begins or ends within a term")
        if text.startswith(_BLOCKS) and sum(text.count(block) for block in _BLOCKS) > 2:  # its beginning and its end
            raise QueryTypeError(
                f"nothing can be added to {short(query)}: a block within a block can be read in two ways"
            )
        if separator == "^NQ":
            branches.append([])
        if text:
            branches[-1].append(_Term(separator, text))
    return branches


def _begins_with_alternative(branch: list[_Term]) -> bool:
    """Whether a branch begins with what would become an alternative to a condition in front of it."""
    first = next((term for term in branch if term.is_condition or term.separator == "^OR"), None)
    return first is not None and first.separator == "^OR"


def _joined(head: str, branch: list[_Term]) -> str:
    text = head
    for term in branch:
        glue = "^OR" if term.separator == "^OR" else "^" if text else ""
        text += glue + term.text
    return text


def _checked(text: str, query: str, added: int) -> str:
    """The new text, if it reads as the terms of the old one with others before them."""
    branches = _branches(text)
    kept = [[term.text for term in branch[added:]] for branch in branches]
    if kept != [[term.text for term in branch] for branch in _branches(query)]:
        raise QueryTypeError(f"nothing can be added to {short(query)}: its beginning would be read as something else")
    return text
