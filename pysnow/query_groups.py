"""Boolean combinations in the only shape an encoded query has: groups of clauses of conditions.

The invariant: the rows of a combination are those of one group (``^NQ``) at least; those of a group satisfy all its
clauses (``^``); those of a clause satisfy one of its conditions (``^OR``). Orders belong to the whole.

The language has no parentheses. Where a combination needs them, it is multiplied out: ``(a & b) | c`` becomes
``a^b^NQc``, and ``(a ^ b) & c`` becomes ``a^c^NQb^c``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pysnow.exceptions import QueryExpressionError

__all__ = ["CONDITIONS_MAX", "Groups", "both", "either", "one_condition", "one_order", "separately"]

CONDITIONS_MAX: Final = 1000
"""Most conditions that multiplying out may lead to; each further ``&`` can double them."""

Clause: TypeAlias = list[str]


@dataclass(slots=True)
class Groups:
    """A combination; the functions of this module take theirs apart to build the next.

    Attributes:
        groups: Groups of clauses of printed conditions.
        first: Printed orders that stand before the groups.
        last: Printed orders that stand after them.
    """

    groups: list[list[Clause]] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        groups = "^NQ".join("^".join(map("^OR".join, group)) for group in self.groups)
        return "^".join(self.first + [groups] * bool(groups) + self.last)


def one_condition(text: str) -> Groups:
    """Give the combination that is just one printed condition."""
    return Groups([[[text]]])


def one_order(text: str) -> Groups:
    """Give the combination that is just one printed order."""
    return Groups(last=[text])


def both(left: Groups, right: Groups) -> Groups:
    """Demand both.

    Raises:
        QueryExpressionError: multiplied out, it has too many conditions.
    """
    if not left.groups:
        return Groups(right.groups, left.first + left.last + right.first, right.last)
    if len(left.groups) == 1 and len(right.groups) == 1:
        left.groups[0] += right.groups[0]
    elif right.groups:
        left.groups = _multiplied(left.groups, right.groups)
    return _with_orders_of(left, right)


def either(left: Groups, right: Groups) -> Groups:
    """Demand one of them at least.

    Raises:
        QueryExpressionError: one is an order alone.
    """
    _check_conditions(left, right)
    if len(left.groups[-1]) == 1 and len(right.groups[0]) == 1:
        left.groups[-1][0] += right.groups.pop(0)[0]
    left.groups += right.groups
    return _with_orders_of(left, right)


def separately(left: Groups, right: Groups) -> Groups:
    """Demand one of them at least, each in a query of its own.

    Raises:
        QueryExpressionError: one is an order alone.
    """
    _check_conditions(left, right)
    left.groups += right.groups
    return _with_orders_of(left, right)


def _multiplied(left: list[list[Clause]], right: list[list[Clause]]) -> list[list[Clause]]:
    conditions = len(right) * _size(left) + len(left) * _size(right)
    if conditions > CONDITIONS_MAX:
        raise QueryExpressionError(
            f"a query without parentheses needs {conditions} conditions for this combination, more than"
            f" {CONDITIONS_MAX}: use is_in() in place of many alternatives, or send several queries"
        )
    return [[list(clause) for clause in a + b] for a in left for b in right]


def _size(groups: list[list[Clause]]) -> int:
    return sum(len(clause) for group in groups for clause in group)


def _with_orders_of(left: Groups, right: Groups) -> Groups:
    left.last += right.first
    left.last += right.last
    return left


def _check_conditions(left: Groups, right: Groups) -> None:
    if not left.groups or not right.groups:
        raise QueryExpressionError("an order cannot be an alternative: add orders with '&' (AND)")
