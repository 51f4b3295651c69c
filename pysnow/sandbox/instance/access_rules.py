"""Adding access control rules and roles from Python: the rows that an administrator would write by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pysnow.sandbox.acl.loading import read_name
from pysnow.sandbox.acl.rules import ANY, FIELD_OPERATIONS, OPERATIONS
from pysnow.sandbox.acl.scripts import write_mismatch
from pysnow.sandbox.instance.callers import find_caller, system_caller
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.instance.records import create_record
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.fragments import NOTHING
from pysnow.sandbox.query.parse import parse

Values = dict[str, object]


def allow(
    platform: Platform, name: str, operations: Iterable[str], *, roles: str | Iterable[str] = (), where: str = ""
) -> list[Row]:
    """Add "Allow If" rules, one for each operation, and return their rows.

    Args:
        platform: The instance's dictionary and store.
        name: Table, ``table.column``, or either with ``*``.
        operations: What they allow.
        roles: Names of roles of which one is needed; none asks for no role.
        where: Encoded query on the record; empty for any.

    Raises:
        ValueError: There is no such table, column, operation or role, or the query cannot be meant.
    """
    _check_condition(platform, name, where)
    role_ids = [_role_id(platform, role) for role in _names(roles)]
    rules = [_add_rule(platform, name, each, {"condition": where}) for each in _checked(platform, name, operations)]
    for rule in rules:
        for role_id in role_ids:
            _create(platform, "sys_security_acl_role", {"sys_security_acl": rule["sys_id"], "sys_user_role": role_id})
    return rules


def deny(
    platform: Platform, name: str, operations: Iterable[str], *, where: str = "", admins_too: bool = False
) -> list[Row]:
    """Add "Deny Unless" rules that no record meets, or none that matches a query, and return their rows.

    Args:
        platform: The instance's dictionary and store.
        name: Table, ``table.column``, or either with ``*``.
        operations: What they deny.
        where: Encoded query on the records concerned; empty for all.
        admins_too: Whether administrators are bound.

    Raises:
        ValueError: There is no such table, column or operation, or the query cannot be meant.
    """
    _check_condition(platform, name, where)
    script = write_mismatch(where) if where else "answer = false;"
    values: Values = {"decision_type": "deny", "advanced": True, "script": script, "admin_overrides": not admins_too}
    return [_add_rule(platform, name, each, values) for each in _checked(platform, name, operations)]


def grant(platform: Platform, user_name: str, roles: Iterable[str]) -> None:
    """Give a user roles.

    Args:
        platform: The instance's store.
        user_name: Login name.
        roles: Names of roles.

    Raises:
        ValueError: There is no such user or role.
    """
    user = find_caller(platform, user_name)
    if user is None:
        raise ValueError(f"no user {user_name!r}: add a record to sys_user first")
    for role_id in [_role_id(platform, role) for role in roles]:
        _create(platform, "sys_user_has_role", {"user": user.sys_id, "role": role_id})


def _add_rule(platform: Platform, name: str, operation: str, values: Values) -> Row:
    return _create(platform, "sys_security_acl", {"name": name, "type": "record", "operation": operation, **values})


def _create(platform: Platform, table: str, values: Values) -> Row:
    return create_record(platform, table, values, system_caller(platform.properties), WriteOptions())


def _names(roles: str | Iterable[str]) -> list[str]:
    return [roles] if isinstance(roles, str) else list(roles)


def _role_id(platform: Platform, name: str) -> str:
    row = next(platform.rows_where("sys_user_role", same("name", name), limit=1), None)
    if row is None:
        raise ValueError(f"no role {name!r}: add a record to sys_user_role first")
    return row["sys_id"] or ""


def _checked(platform: Platform, name: str, operations: Iterable[str]) -> list[str]:
    """Check that the name exists, and that all operations make sense for it, before anything is written."""
    table, element = read_name(name)
    if table != ANY and table not in platform.dictionary:
        raise ValueError(f"no table {table!r}: name a table, as in 'incident', or a column, as in 'incident.state'")
    if element and ANY not in (table, element) and element not in platform.dictionary.columns(table):
        raise ValueError(f"table {table!r} has no column {element!r}")
    known = FIELD_OPERATIONS if element else OPERATIONS
    wanted = list(operations)
    unknown = [each for each in wanted if each not in known]
    if unknown or not wanted:
        raise ValueError(f"operations on {name!r} are {', '.join(known)}, not {', '.join(unknown) or 'none'}")
    return wanted


def _check_condition(platform: Platform, name: str, where: str) -> None:
    """Refuse a condition that would hide everything because of a misspelt column."""
    table, _ = read_name(name)
    if not where or table not in platform.dictionary:
        return
    caller = system_caller(platform.properties)
    context = platform.query_context(caller.sys_id, caller.user_name, caller.zone)
    context = replace(context, invalid_query_returns_no_rows=True)
    if compile(platform.dictionary, table, parse(where), context).where == NOTHING:
        raise ValueError(f"query {where!r} has a condition that table {table!r} does not know")
