"""An instance without demo data: what the platform itself needs, and somebody to log in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pysnow.sandbox.seed.rows import DemoRows, Row

if TYPE_CHECKING:
    from pysnow.sandbox.dictionary.dictionary import Dictionary

_PLATFORM = frozenset(
    {"chg_model", "cmdb_rel_type", "dl_matcher", "sys_choice", "sys_metadata", "sys_package", "sys_user_group_type"}
)
"""Hierarchies whose rows are configuration; what people work on lies elsewhere."""

_LOGINS = frozenset({"admin", "itil", "employee", "guest"})
"""Users of every instance, demo data or not."""


def bare_rows(rows: DemoRows) -> Iterator[tuple[str, list[Row]]]:
    """Give the rows of an instance without demo data, by table.

    Args:
        rows: The rows of one with demo data.
    """
    users = [user for user in rows.rows("sys_user") if user["user_name"] in _LOGINS]
    user_ids = {user["sys_id"] for user in users}
    roles = [_own(role) for role in rows.rows("sys_user_has_role") if role["user"] in user_ids]
    kept = [(table, of_table) for table, of_table in rows if rows.dictionary.root(table) in _PLATFORM]
    ids = user_ids | {row["sys_id"] for _, of_table in kept for row in of_table}
    yield from kept
    for table, of_table in (("sys_user", users), ("sys_user_has_role", roles)):
        if of_table:
            yield table, [_without_loose_ends(rows.dictionary, table, row, ids) for row in of_table]


def _without_loose_ends(dictionary: Dictionary, table: str, row: Row, ids: set[str | None]) -> Row:
    """Give a row without references to rows that are left out."""
    columns = dictionary.columns(table)
    return {
        name: None if columns[name].type == "reference" and value not in ids else value for name, value in row.items()
    }


def _own(role: Row) -> Row:
    """Give a role that came by a group to the user, for the group is left out."""
    return role if role["included_in_role"] else role | {"inherited": "false", "granted_by": None}
