"""The instance's own log of deletions, ``sys_audit_delete``, and whether it can be trusted to be whole.

It holds a row for each deleted record: ``tablename``, the record's real class; ``documentkey``, its sys_id; and
``sys_created_on``, when. It is not whole where

* the account may not read it, or the tables that say which classes there are;
* a class has the attribute ``no_audit_delete=true``, or is a system table that the property
  ``glide.ui.audit_deleted_tables`` does not list ("Restore a deleted record", "Configure system tables for deletion
  auditing");
* it was pruned: then its oldest row is younger than what is asked for.

Deletions by table cleaner, truncation and archiving leave no trace in it at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from pysnow.encoded_query import Condition, Order
from pysnow.exceptions import NotFound, PermissionDenied
from pysnow.field_value import raw_value
from pysnow.stamps import is_stamp, stamp_of
from pysnow.walking.query_branches import narrow_branches, reorder

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.walking.pagination import Page

__all__ = ["LOG_TABLE", "Ask", "LogCheck", "classes_query", "in_chunks"]

LOG_TABLE: Final = "sys_audit_delete"

Ask = Callable[[str, str, list[str], int], "Page"]
"""Fetches from a table, for a query, some columns of so many rows."""

_NAMES_MAX: Final = 100
"""Table names of one request: some 3,000 characters of its address, where proxies take 8,000."""

_ROWS_MAX: Final = 10_000
_KEPT_AT_LEAST = timedelta(days=2)
"""No instance prunes the log of the last days: table cleaners keep weeks. So a daily run can rely on an empty log."""

_LISTED = "glide.ui.audit_deleted_tables"
_UNLOGGED = "no_audit_delete=true"


class _Doubt(Exception):  # noqa: N818  # an answer, not an error; it stays in this module
    """Why the log cannot be trusted."""


class LogCheck:
    """Looks at what decides whether the log of deletions is whole for one table.

    Args:
        table: The table.
        ask: Fetches rows of any table.

    Attributes:
        classes: The table and those that extend it, once that is known.
        doubt: Why the log cannot be trusted; empty when it can.
    """

    def __init__(self, table: str, ask: Ask) -> None:
        self.classes: tuple[str, ...] = ()
        self.doubt = ""
        self._table = table
        self._ask = ask

    def run(self, since: str, now: datetime) -> bool:
        """Look at it: one request for each level of tables, and a few more.

        Args:
            since: Stamp from which on deletions are wanted.
            now: The instance's clock.

        Returns:
            Whether the log can be trusted.
        """
        try:
            self.classes = self._classes()
            self._check_attributes()
            self._check_system_tables()
            self._check_horizon(since, now)
        except _Doubt as doubt:
            self.doubt = str(doubt)
        except (PermissionDenied, NotFound) as error:
            self.doubt = f"{error.table or 'a table of the platform'} may not be read ({error.status})"
        else:
            self.doubt = ""
        return not self.doubt

    def _classes(self) -> tuple[str, ...]:
        """The table and all that extend it, level by level."""
        level = self._names(Condition("name", "=", self._table))
        known = dict.fromkeys(level)
        if self._table not in known:
            raise _Doubt(f"sys_db_object does not show which tables extend {self._table}")
        while level:
            below = [
                name
                for chunk in in_chunks(level, _NAMES_MAX)
                for name in self._names(Condition("super_class.name", "IN", tuple(chunk)))
            ]
            level = [name for name in below if name not in known]
            known.update(dict.fromkeys(level))
        return tuple(known)

    def _ancestors(self) -> list[str]:
        """What the table extends, whose attributes hold for it, too."""
        known: list[str] = []
        level = [self._table]
        while level:
            known += level
            found = self._names(Condition("name", "=", level[0]), "super_class.name")
            level = [name for name in found if name not in known]
        return known

    def _names(self, condition: Condition, column: str = "name") -> list[str]:
        rows = self._all("sys_db_object", str(condition), [column])
        return [name for row in rows if isinstance(name := raw_value(row.get(column)), str) and name]

    def _check_attributes(self) -> None:
        for chunk in in_chunks(dict.fromkeys((*self._ancestors(), *self.classes)), _NAMES_MAX):
            query = narrow_branches(
                "", Condition("name", "IN", tuple(chunk)), Condition("internal_type", "=", "collection")
            )
            for row in self._all("sys_dictionary", query, ["name", "attributes"]):
                if _UNLOGGED in str(raw_value(row.get("attributes")) or "").replace(" ", ""):
                    raise _Doubt(f"deletions of {raw_value(row.get('name'))} are not logged ({_UNLOGGED})")

    def _check_system_tables(self) -> None:
        named = [name for name in self.classes if name.startswith("sys_")]
        if not named:
            return
        rows = self._all("sys_properties", str(Condition("name", "=", _LISTED)), ["value"])
        listed = {name.strip() for row in rows for name in str(raw_value(row.get("value")) or "").split(",")}
        unlisted = [name for name in named if name not in listed]
        if unlisted:
            raise _Doubt(f"deletions of {unlisted[0]} are not logged (the property {_LISTED} does not list it)")

    def _check_horizon(self, since: str, now: datetime) -> None:
        page = self._ask(LOG_TABLE, reorder("", Order("sys_created_on")), ["sys_created_on"], 1)
        oldest = raw_value(page.rows[0].get("sys_created_on")) if page.rows else None
        if oldest is None and page.total != 0:
            raise _Doubt(f"{LOG_TABLE} may not be read")
        if since >= stamp_of(now - _KEPT_AT_LEAST):
            return
        if not is_stamp(oldest):
            raise _Doubt(f"{LOG_TABLE} is empty, so nobody knows how far back it goes")
        if str(oldest) > since:
            raise _Doubt(f"{LOG_TABLE} goes back to {oldest} UTC only, and {since} is asked for")

    def _all(self, table: str, query: str, columns: list[str]) -> list[JSON]:
        """Rows of a table, if they can all be seen."""
        page = self._ask(table, reorder(query, Order("sys_id")), columns, _ROWS_MAX)
        if page.total is None or page.total > len(page.rows):
            raise _Doubt(f"{table} does not show all its rows")
        return list(page.rows)


def classes_query(classes: Iterable[str]) -> Iterator[str]:
    """Give queries for the log's rows about some tables, several where their names would make one too long."""
    for chunk in in_chunks(classes, _NAMES_MAX):
        yield str(Condition("tablename", "IN", tuple(chunk)))


def in_chunks(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Cut into lists of so many."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
