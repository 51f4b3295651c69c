"""The rules and roles of an instance, read once and again after each change of theirs."""

from __future__ import annotations

from dataclasses import dataclass, field

from pysnow.sandbox.acl import loading
from pysnow.sandbox.acl.roles import RoleGraph
from pysnow.sandbox.acl.rules import RuleBook
from pysnow.sandbox.acl.subject import Subject
from pysnow.sandbox.store import Store

SOURCE_TABLES = (
    loading.RULE_TABLE,
    loading.RULE_ROLE_TABLE,
    loading.ROLE_TABLE,
    loading.CONTAINED_TABLE,
    loading.USER_ROLE_TABLE,
    loading.GROUP_ROLE_TABLE,
    loading.GROUP_TABLE,
    loading.MEMBER_TABLE,
    loading.TABLE_TABLE,
)
"""Tables whose rows decide about access; whoever writes to them must call ``Security.forget``."""


class Security:
    """Answers who is who, for one store. Threads may share it.

    What it read is kept until ``forget``: a request of an administrator then costs two look-ups in a dict.
    """

    def __init__(self, store: Store) -> None:
        """Read nothing yet.

        Args:
            store: Where rules and roles are kept.
        """
        self._store = store
        self._kept: _Snapshot | None = None

    def forget(self) -> None:
        """Read everything anew when it is needed next; to be called within the transaction that changes it."""
        self._kept = None

    def learn_from(self, other: Security) -> None:
        """Take over what another store says, of which this one is a copy that nobody has changed yet."""
        self._kept = _Snapshot(self._store, other._snapshot().laws)

    def subject(self, user: str, user_name: str) -> Subject:
        """Give a user with all roles.

        Args:
            user: Key of the user in ``sys_user``.
            user_name: Login name.
        """
        return self._snapshot().subject(user, user_name)

    def is_closed(self, table: str) -> bool:
        """Tell whether web services may not reach a table ("Allow access to this table via web services")."""
        return table in self._snapshot().laws.closed_tables

    def _snapshot(self) -> _Snapshot:
        snapshot = self._kept
        if snapshot is None:
            # As a writer: whoever is changing rules right now has told us to forget, but has not committed yet.
            with self._store.transaction():
                snapshot = self._kept = _Snapshot(self._store, _read_laws(self._store))
        return snapshot


@dataclass(frozen=True, slots=True)
class _Laws:
    """Rules, roles and closed tables; they know nothing of the store they were read from."""

    roles: RoleGraph
    book: RuleBook
    closed_tables: frozenset[str]


def _read_laws(store: Store) -> _Laws:
    roles = loading.load_roles(store)
    return _Laws(roles, loading.load_rules(store, roles), loading.load_closed_tables(store))


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Rules and roles at one moment, with the users that were asked for since."""

    store: Store
    laws: _Laws
    _subjects: dict[str, Subject] = field(default_factory=dict)

    def subject(self, user: str, user_name: str) -> Subject:
        subject = self._subjects.get(user)
        if subject is None or subject.user_name != user_name:
            roles = loading.load_roles_of(self.store, self.laws.roles, user)
            subject = self._subjects[user] = Subject(user_name, roles, self.laws.book, self.store.dictionary)
        return subject
