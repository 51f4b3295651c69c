"""Who is calling, and what they may do, as far as the instance tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from pysnow.encoded_query import Script
from pysnow.exceptions import InvalidUsage, MultipleResults, NoResults, PermissionDenied, ResponseError
from pysnow.query_builder import QueryBuilder
from pysnow.url_builder import checked_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pysnow.table import Table

__all__ = ["Caller", "Identity", "Operation", "Verdict", "can", "has_role", "who"]

Tables: TypeAlias = "Callable[[str], Table]"

Operation: TypeAlias = Literal["read", "create", "write", "delete"]
"""What may be done with the records of a table, in the words of its access rules."""

_COLUMNS: Final = (
    *("sys_id", "user_name", "name", "email", "time_zone", "date_format", "time_format"),
    *("preferred_language", "sys_domain"),
)
_ME: Final = "gs.getUserID()"
_ROLE_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that an instance takes a client for (a record of ``sys_user``).

    Attributes:
        sys_id: The user's record.
        user_name: What the user signs in with.
        name: What the user is called.
        email: The user's address; None when there is none, or it may not be read. So for all below.
        time_zone: Zone that the user sees times in; None for the instance's own.
        date_format: How the user sees dates; None for the instance's own.
        time_format: How the user sees times; None for the instance's own.
        language: The user's language.
        domain: Domain of the user, on instances that are separated by domains.
        roles: Names of the user's roles, inherited ones included (``sys_user_has_role``); None when the instance shows
            none: most users may not read them. :meth:`pysnow.Client.has_role` knows in any case.
    """

    sys_id: str
    user_name: str
    name: str | None = None
    email: str | None = None
    time_zone: str | None = None
    date_format: str | None = None
    time_format: str | None = None
    language: str | None = None
    domain: str | None = None
    roles: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done. It is true in a condition when it certainly may.

    Attributes:
        allowed: True, False, or None when that cannot be told without doing it.
        because: What that is concluded from.
    """

    allowed: bool | None
    because: str

    def __bool__(self) -> bool:
        return self.allowed is True


class Caller:
    """What is known about one caller: each thing is asked once.

    Args:
        tables: Gives the resource of a table.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._identity: Identity | None = None
        self._has: dict[str, bool] = {}

    def who(self) -> Identity:
        """The user that the instance takes the caller for; see :func:`who`."""
        if self._identity is None:
            self._identity = who(self._tables)
        return self._identity

    def has_role(self, role: str) -> bool:
        """Whether the user has a role; see :func:`has_role`."""
        if role not in self._has:
            self._has[role] = has_role(self._tables, role)
        return self._has[role]

    def can(self, table: str, operation: Operation) -> Verdict:
        """Whether the user may do something; see :func:`can`. This is asked anew each time."""
        return can(self._tables, table, operation)


def who(tables: Tables) -> Identity:
    """The user that the instance takes the caller for.

    Args:
        tables: Gives the resource of a table.

    Raises:
        NoResults: The instance shows no such user: it may not read its own record, or is none.
        MultipleResults: It shows more than one: the instance did not apply the question.
        PysnowException: It did not answer, or not well.
    """
    rows = _ask(tables("sys_user"), QueryBuilder().field("sys_id").equals(Script(_ME)), _COLUMNS, 2)
    if not rows:
        raise NoResults("The instance does not show the record of the calling user: it may not read sys_user")
    if len(rows) > 1:
        raise MultipleResults("The instance ignores gs.getUserID() in queries, so who is calling cannot be told")
    told = {name: _text(rows[0].get(name)) for name in _COLUMNS}
    sys_id, user_name = told.pop("sys_id"), told.pop("user_name")
    if sys_id is None:
        raise NoResults("The instance does not show the sys_id of the calling user")
    return Identity(
        sys_id,
        user_name or "",
        language=told.pop("preferred_language"),
        domain=told.pop("sys_domain"),
        roles=_roles(tables, sys_id),
        **told,
    )


def has_role(tables: Tables, role: Any) -> bool:
    """Whether the calling user has a role, as ``gs.hasRole()`` has it: administrators have every one.

    The instance is asked to evaluate that within a query about the user's own record.

    Args:
        tables: Gives the resource of a table.
        role: Name of the role.

    Raises:
        InvalidUsage: The name is none.
        PysnowException: The instance did not answer, or not well.
    """
    if not isinstance(role, str) or not role or not role.replace(".", "").replace("_", "").isalnum():
        raise InvalidUsage(f"A role has a name such as 'itil', not {role!r}")
    mine = QueryBuilder().field("sys_id").equals(Script(_ME))
    asked = mine.AND().field("active").equals(Script(f"gs.hasRole('{role}')"))
    return len(_ask(tables("sys_user"), asked, ("sys_id",), 2)) == 1


def can(tables: Tables, table: str, operation: Operation) -> Verdict:
    """Whether the calling user may do something with the records of a table, as far as that shows without doing it.

    Reading is tried, with one row. For the rest there are the user's roles and the table's access rules, if they may be
    read; rules with conditions or scripts, rules of single columns and business rules decide record by record, so that
    the answer is often that nobody knows.

    Args:
        tables: Gives the resource of a table.
        table: Name of the table.
        operation: ``read``, ``create``, ``write`` or ``delete``.

    Raises:
        InvalidUsage: An argument cannot be used.
        PysnowException: The instance did not answer, or not well.
    """
    if operation not in get_args(Operation):
        raise InvalidUsage(f"operation must be one of {', '.join(get_args(Operation))}, not {operation!r}")
    checked_table(table)
    if operation == "read":
        return _can_read(tables(table))
    if has_role(tables, "admin"):
        return Verdict(True, "the user is an administrator; single rules may be made to hold for them, too")
    return _by_rules(tables, table, operation)


def _can_read(table: Table) -> Verdict:
    try:
        response = table.get(limit=1, fields=["sys_id"])
        shown, total = len(response.all()), response.total
    except PermissionDenied:
        return Verdict(False, "the instance refuses to read the table (403)")
    if shown:
        return Verdict(True, "a record was read")
    if total:
        return Verdict(None, f"the first of {total} records is hidden; others may be shown")
    return Verdict(None, "no record is shown: there is none, or all are hidden")


def _by_rules(tables: Tables, table: str, operation: Operation) -> Verdict:
    unknown = Verdict(None, "the table's access rules may not be read by this user")
    query = {"name": table, "operation": operation, "type": "record", "active": "true"}
    try:
        rules = _ask(tables("sys_security_acl"), query, ("sys_id", "condition", "script", "advanced"), 50)
        if not rules:
            return unknown
        if any(_text(rule.get("condition")) or _text(rule.get("script")) for rule in rules):
            return Verdict(None, "the table's access rules have conditions, which hold for some records only")
        needed = [_roles_of_rule(tables, str(rule["sys_id"])) for rule in rules]
    except (ResponseError, KeyError):
        return unknown
    if not all(needed):
        return unknown  # a rule without roles lets everybody in, but so looks one whose roles are hidden
    passed = any(has_role(tables, role) for roles in needed for role in roles)
    names = ", ".join(sorted({role for roles in needed for role in roles}))
    return Verdict(passed, f"the table's access rules ask for one of these roles: {names}")


def _roles_of_rule(tables: Tables, sys_id: str) -> list[str]:
    rows = _ask(tables("sys_security_acl_role"), {"sys_security_acl": sys_id}, ("sys_user_role.name",), 100)
    return [name for row in rows if (name := _text(row.get("sys_user_role.name")))]


def _roles(tables: Tables, sys_id: str) -> tuple[str, ...] | None:
    try:
        rows = _ask(tables("sys_user_has_role"), {"user": sys_id}, ("role.name",), _ROLE_LIMIT)
    except ResponseError:
        return None
    names = {name for row in rows if (name := _text(row.get("role.name")))}
    return tuple(sorted(names)) or None


def _ask(table: Table, query: Any, columns: tuple[str, ...], limit: int) -> list[dict[str, Any]]:
    # What the client's own parameters say is about its data, not about this.
    rows = table.get(
        query, limit=limit, offset=0, fields=columns, display_value=False, exclude_reference_link=True, strict=False
    ).all()
    return list(rows)


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) and value else None
