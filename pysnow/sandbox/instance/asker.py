"""The user who asks a query, as its scripts may look at one: columns, groups, roles, delegates, preferences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pysnow.sandbox.acl import Security
from pysnow.sandbox.query.ast import Condition, EncodedQuery
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.store import Row, Store

_MEMBERS, _DELEGATES, _PREFERENCES = "sys_user_grmember", "sys_user_delegate", "sys_user_preference"
_OPTIONS = "sys_filter_option_dynamic"


@dataclass(frozen=True, slots=True)
class StoredAsker:
    """A user of the store, of whom nothing is read before it is asked for.

    Attributes:
        store: The rows.
        security: Who has which roles.
        user: Key in ``sys_user``.
        user_name: Login name.
        now: The moment; delegations have a beginning and an end.
    """

    store: Store
    security: Security
    user: str
    user_name: str
    now: datetime

    def column(self, element: str) -> str:
        """Give a column of the user's record; empty when there is none."""
        row = self.store.get("sys_user", self.user) if self.user else None
        return (row or {}).get(element) or ""

    def groups(self) -> tuple[str, ...]:
        """Give the keys of the groups that the user is a member of."""
        rows = self._rows(_MEMBERS, ("group",), Condition("user", Operator.EQUALS, self.user))
        return tuple(dict.fromkeys(row["group"] or "" for row in rows))

    def has_role(self, name: str) -> bool:
        """Tell whether the user has a role; administrators have every one."""
        return self.security.subject(self.user, self.user_name).has_role(name)

    def delegators(self, duty: str) -> tuple[str, ...]:
        """Give the users whose ``approvals`` or ``assignments`` are delegated to this one now."""
        conditions = [
            Condition("delegate", Operator.EQUALS, self.user),
            Condition(duty, Operator.EQUALS, "true"),
            Condition("starts", Operator.LESS_OR_EQUAL, f"{self.now:%Y-%m-%d %H:%M:%S}"),
            Condition("ends", Operator.GREATER_OR_EQUAL, f"{self.now:%Y-%m-%d %H:%M:%S}"),
        ]
        rows = self._rows(_DELEGATES, ("user",), *conditions)
        return tuple(dict.fromkeys(row["user"] or "" for row in rows))

    def preference(self, name: str) -> str | None:
        """Give a preference of the user; None when it is not set."""
        conditions = (Condition("user", Operator.EQUALS, self.user), Condition("name", Operator.EQUALS, name))
        return next((row["value"] or "" for row in self._rows(_PREFERENCES, ("value",), *conditions)), None)

    def filter_script(self, sys_id: str) -> str | None:
        """Give the script of a dynamic filter option; None when there is none."""
        row = self.store.get(_OPTIONS, sys_id) if _OPTIONS in self.store.dictionary else None
        return (row or {}).get("filter_script")

    def _rows(self, table: str, columns: Sequence[str], *conditions: Condition) -> Iterator[Row]:
        if table not in self.store.dictionary or not self.user:
            return iter(())
        query = EncodedQuery((tuple((condition,) for condition in conditions),))
        compiled = compile(self.store.dictionary, table, query, QueryContext(self.now))
        return self.store.select(table, compiled, columns=columns)
