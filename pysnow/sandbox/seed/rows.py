"""Collecting rows: values completed with defaults and system columns, ready for the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pysnow.sandbox.seed.identity import sys_id_of

if TYPE_CHECKING:
    from pysnow.sandbox.dictionary.dictionary import Dictionary

Row = dict[str, str | None]
Values = Mapping[str, str | None]

_DURATION_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


def moment_text(moment: datetime) -> str:
    """Return a point in time (UTC) as it is stored."""
    return moment.isoformat(" ", "seconds")[:19]


def duration_text(length: timedelta) -> str:
    """Return a length of time as it is stored: as far after 1970 began."""
    return moment_text(_DURATION_ZERO + length)


class DemoRows:
    """The rows to plant, by table, in the order they were added.

    Not for several threads; one planting has one.
    """

    def __init__(self, dictionary: Dictionary, now: datetime) -> None:
        """Start without rows.

        Args:
            dictionary: Tables whose defaults and columns apply.
            now: Point in time that all ages count from, UTC.
        """
        self.dictionary = dictionary
        self.now = now
        self._rows: dict[str, list[Row]] = {}
        self._blanks: dict[str, Row] = {}
        self._long_ago = self.ago(365)

    def ago(self, days: float, hours: float = 0) -> datetime:
        """Return the point in time that lies so far before ``now``, in whole seconds."""
        return (self.now - timedelta(days=days, hours=hours)).replace(microsecond=0)

    def add(
        self,
        table: str,
        key: str,
        values: Values,
        *,
        created: datetime | None = None,
        updated: datetime | None = None,
        by: str = "admin",
        updated_by: str = "",
        mod_count: int = 0,
    ) -> str:
        """Add a row.

        Args:
            table: Its class.
            key: What its ``sys_id`` is derived from.
            values: What differs from the columns' defaults; must name existing columns.
            created: When it was made; a year ago unless given.
            updated: When it was changed last; when it was made unless given.
            by: User name of who made it.
            updated_by: User name of who changed it last; ``by`` unless given.
            mod_count: How often it was changed.

        Returns:
            The row's ``sys_id``.
        """
        created = created or self._long_ago
        row = self.blank(table) | dict(values)
        created_on = moment_text(created)
        stamps = {
            "sys_id": sys_id_of(table, key),
            "sys_created_on": created_on,
            "sys_created_by": by,
            "sys_updated_on": moment_text(updated) if updated else created_on,
            "sys_updated_by": updated_by or by,
            "sys_mod_count": str(mod_count),
        }
        # Log tables have no sys_updated_*.
        row.update((name, value) for name, value in stamps.items() if name in row)
        self._rows.setdefault(table, []).append(row)
        return stamps["sys_id"]

    def blank(self, table: str) -> Row:
        """Return a new row's values before anybody typed anything: every column, most of them empty."""
        if table not in self._blanks:
            self._blanks[table] = _blank(self.dictionary, table)
        return self._blanks[table].copy()

    def rows(self, table: str) -> list[Row]:
        """Return the rows added to exactly this class."""
        return self._rows.get(table, [])

    def __iter__(self) -> Iterator[tuple[str, list[Row]]]:
        """Go through the tables with their rows."""
        return iter(self._rows.items())


def compact(rows: list[Row]) -> list[Row]:
    """Return the rows without the columns that are empty in all of them.

    They still share one set of columns, which the store writes fastest.
    """
    used = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    return [{name: row[name] for name in used} for row in rows]


def _blank(dictionary: Dictionary, table: str) -> Row:
    columns = dictionary.columns(table)
    row: Row = {name: column.default or None for name, column in columns.items()}
    # Who and when are given with each row; there is no caller here to evaluate a script for.
    row.update((name, None) for name, value in row.items() if value and value.startswith("javascript:"))
    fixed = {"sys_class_name": table, "sys_domain": "global", "sys_domain_path": "/"}
    row.update((name, value) for name, value in fixed.items() if name in columns)
    return row
