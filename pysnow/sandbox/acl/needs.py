"""What must hold of a row before it is given away or changed: a small algebra of conditions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Check:
    """One condition on a row.

    Attributes:
        table: Table whose columns the condition speaks of; ``*`` for the row's own.
        query: Encoded query that the row must match.
        is_negated: Whether it must not match instead.
    """

    table: str
    query: str
    is_negated: bool = False


Alternative: TypeAlias = tuple[Check, ...]
"""Checks that must all hold."""
Clause: TypeAlias = tuple[Alternative, ...]
"""Alternatives of which one must hold."""


@dataclass(frozen=True, slots=True)
class Need:
    """Clauses that must all hold; none at all is permission, a clause without alternatives refusal.

    Attributes:
        clauses: The clauses.
    """

    clauses: tuple[Clause, ...] = ()

    def __and__(self, other: Need) -> Need:
        """Give what holds where both needs are met."""
        if NEVER in (self, other):
            return NEVER
        return Need((*self.clauses, *other.clauses))

    def checks(self) -> set[Check]:
        """Give every condition once."""
        return {check for clause in self.clauses for alternative in clause for check in alternative}


ALWAYS = Need()
"""Permission, whatever the row holds."""
NEVER = Need(((),))
"""Refusal, whatever the row holds."""


def any_of(alternatives: list[Alternative]) -> Need:
    """Give the need that one alternative meets; an alternative without checks is met by every row."""
    if () in alternatives:
        return ALWAYS
    return Need((tuple(alternatives),)) if alternatives else NEVER
