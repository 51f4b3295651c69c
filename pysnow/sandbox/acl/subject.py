"""What one user needs for an operation on a table or column, by the rules. Pure, apart from remembering answers."""

from __future__ import annotations

from collections.abc import Sequence

from pysnow.sandbox.acl.needs import ALWAYS, NEVER, Alternative, Need, any_of
from pysnow.sandbox.acl.roles import ADMIN, PUBLIC, READ_ONLY
from pysnow.sandbox.acl.rules import ANY, AccessRule, Name, RuleBook
from pysnow.sandbox.dictionary.dictionary import Dictionary

GUEST = "guest"

_READING = frozenset({"read", "query_match", "query_range"})


class Subject:
    """A user, as the rules see one. Threads may share it.

    Attributes:
        user_name: Login name.
        roles: Names of all roles the user has; for a guest ``public`` is one of them.
    """

    def __init__(self, user_name: str, roles: frozenset[str], book: RuleBook, dictionary: Dictionary) -> None:
        """Take a user's roles.

        Args:
            user_name: Login name.
            roles: Names of all roles the user has.
            book: The rules.
            dictionary: Knows the lineage of tables.
        """
        self.user_name = user_name
        self.roles = roles | {PUBLIC}
        self._book = book
        self._dictionary = dictionary
        self._known: dict[tuple[str, str, str], Need] = {}

    def has_role(self, name: str) -> bool:
        """Tell whether the user has a role; administrators have every one (``gs.hasRole``)."""
        return name in self.roles or ADMIN in self.roles

    def is_free(self, operation: str) -> bool:
        """Tell whether no rule can stop the user: there is none, or administrators override all of them."""
        if self._book.is_empty:
            return True
        return ADMIN in self.roles and operation not in self._book.strict_operations

    @property
    def asks_freely(self) -> bool:
        """Whether the user may use every column in a query."""
        return all(self.is_free(operation) for operation in _READING)

    def row_need(self, table: str, operation: str) -> Need:
        """Give what the user needs for an operation on records of a class; without any rule it is refused."""
        return self._remembered(table, "", operation)

    def field_need(self, table: str, element: str, operation: str) -> Need:
        """Give what the user needs for a column, beside the right to the record; without any rule nothing."""
        return self._remembered(table, element, operation)

    def may_ask(self, table: str, element: str, operation: str) -> bool:
        """Tell whether the user may use a column in a condition or an order.

        Query rules (``query_match``, ``query_range``) decide where there are some, else the right to read the column
        ("Query ACLs"). Conditions of the rules count as met: there is no record to look at yet (our default).
        """
        guarding = operation if self._book.allowing(self._field_names(table, element), operation) else "read"
        needs = (self.field_need(table, element, each) for each in {guarding, operation})
        return all(need != NEVER for need in needs)

    def _remembered(self, table: str, element: str, operation: str) -> Need:
        key = (table, element, operation)
        need = self._known.get(key)
        if need is None:
            need = self._known[key] = self._need(table, element, operation)
        return need

    def _need(self, table: str, element: str, operation: str) -> Need:
        if self.is_free(operation):
            return ALWAYS
        names = self._field_names(table, element) if element else [(each, "") for each in self._lineage(table)]
        need = self._allowed(names, operation, default=ALWAYS if element else NEVER)
        for denying in self._book.denying(names, operation):
            need &= self._one_met([denying])
        return need

    def _allowed(self, names: Sequence[Name], operation: str, *, default: Need) -> Need:
        rules = self._book.allowing(names, operation)
        return default if rules is None else self._one_met(rules)

    def _one_met(self, rules: Sequence[AccessRule]) -> Need:
        return any_of([checks for rule in rules if (checks := self._checks(rule)) is not None])

    def _checks(self, rule: AccessRule) -> Alternative | None:
        """Give what a rule still asks of the record; None when the user cannot meet it."""
        if rule.is_overridden_by_admin and ADMIN in self.roles:
            return ()
        return rule.checks() if self._meets_roles(rule) else None

    def _meets_roles(self, rule: AccessRule) -> bool:
        if READ_ONLY in self.roles and rule.operation not in _READING and not rule.is_denial:
            return READ_ONLY in rule.roles
        if not rule.roles:
            # Guests pass where a rule says so, and not where it says nothing (our default).
            return self.user_name != GUEST or rule.is_denial
        return not self.roles.isdisjoint(rule.roles)

    def _field_names(self, table: str, element: str) -> list[Name]:
        """Give the names that speak of a column, the most specific first: that order is the documented one."""
        lineage = self._lineage(table)
        return [(each, element) for each in lineage] + [(each, ANY) for each in lineage]

    def _lineage(self, table: str) -> list[str]:
        return [*self._dictionary.ancestors(table), ANY]
