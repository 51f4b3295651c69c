"""Access control rules as values, and the book that finds them by name. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from pysnow.sandbox.acl.needs import Alternative, Check
from pysnow.sandbox.acl.scripts import read_script

ANY = "*"
"""Stands for every table, or every column, in the name of a rule."""

OPERATIONS = ("read", "create", "write", "delete")
"""What rules on records are about."""
FIELD_OPERATIONS = ("read", "create", "write", "query_match", "query_range")
"""What rules on columns are about; the last two guard conditions and orders."""

Name: TypeAlias = tuple[str, str]
"""Table and column of a rule; the column is empty for rules on records."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """One rule (a row of ``sys_security_acl`` of the type ``record``).

    Attributes:
        name: Table and column it speaks of.
        operation: ``read``, ``create``, ``write``, ``delete``, ``query_match`` or ``query_range``.
        roles: Names of roles, one of which the user must have; empty asks for none.
        condition: Encoded query that the record must match; empty for none.
        script: Script whose ``answer`` decides as well; empty for none.
        is_denial: Whether it denies unless it is met ("Deny Unless") instead of allowing if it is ("Allow If").
        is_overridden_by_admin: Whether administrators pass without a look at it (``admin_overrides``).
    """

    name: Name
    operation: str
    roles: frozenset[str] = frozenset()
    condition: str = ""
    script: str = ""
    is_denial: bool = False
    is_overridden_by_admin: bool = True

    def checks(self) -> Alternative | None:
        """Give what the rule asks of the record; None when no record can meet it."""
        table = self.name[0]
        checks = (Check(table, self.condition),) if self.condition else ()
        answer = read_script(self.script) if self.script else None
        if self.script and answer is None:
            return None  # what cannot be understood must not open anything
        if answer is None or answer.is_constant:
            return None if answer is not None and not answer.value else checks
        return (*checks, Check(table, answer.query, is_negated=not answer.value))


class RuleBook:
    """All active rules, found by name. Immutable; threads may share it."""

    def __init__(self, rules: Iterable[AccessRule]) -> None:
        """Sort rules in.

        Args:
            rules: The active rules.
        """
        allowing: dict[tuple[Name, str], list[AccessRule]] = defaultdict(list)
        denying: dict[tuple[Name, str], list[AccessRule]] = defaultdict(list)
        strict: set[str] = set()
        for rule in rules:
            (denying if rule.is_denial else allowing)[rule.name, rule.operation].append(rule)
            if not rule.is_overridden_by_admin:
                strict.add(rule.operation)
        self._allowing, self._denying = dict(allowing), dict(denying)
        self.strict_operations = frozenset(strict)
        """Operations with a rule that administrators must meet too."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no rule at all."""
        return not self._allowing and not self._denying

    def allowing(self, names: Iterable[Name], operation: str) -> list[AccessRule] | None:
        """Give the rules of the first name that has any: one of them must be met. None when no name has."""
        return next((rules for name in names if (rules := self._allowing.get((name, operation)))), None)

    def denying(self, names: Iterable[Name], operation: str) -> list[AccessRule]:
        """Give the "Deny Unless" rules of all names: every one of them must be met."""
        return [rule for name in names for rule in self._denying.get((name, operation), ())]
