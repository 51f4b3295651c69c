"""Values of columns and dot-walked paths for a whole page of rows, fetched a column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.journals import journal_entries
from pysnow.sandbox.instance.platform import Platform, Row

_CAST = "ref_"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path ends.

    Attributes:
        table: Table through which the last column is seen.
        column: The last column.
    """

    table: str
    column: Column


def find_target(dictionary: Dictionary, table: str, path: str) -> Target | None:
    """Follow a path such as ``caller_id.company`` or ``parent.ref_incident.category``; None if it breaks off."""
    *steps, last = path.split(".")
    for step in steps:
        following = _next_table(dictionary, table, step)
        if following is None:
            return None
        table = following
    column = dictionary.columns(table).get(last)
    return Target(table, column) if column else None


def _next_table(dictionary: Dictionary, table: str, step: str) -> str | None:
    column = dictionary.columns(table).get(step)
    if column is not None:
        is_walkable = column.type == "reference" and column.reference in dictionary
        return column.reference if is_walkable else None
    cast = step.removeprefix(_CAST)
    is_cast = cast != step and cast in dictionary.descendants(table)
    return cast if is_cast else None


class PageValues:
    """The values of any path for the rows of one page, each path fetched at most once.

    Rows need to hold ``sys_id`` only; what else they hold is used, what they lack is fetched in batches.
    """

    def __init__(self, platform: Platform, table: str, rows: Sequence[Row]) -> None:
        """Take the rows of a page.

        Args:
            platform: The instance's dictionary and store.
            table: Table through which the rows are read.
            rows: The rows; flat keys such as ``caller_id.email`` count as values of that path.
        """
        self._platform = platform
        self._table = table
        self._rows = rows
        self._known: dict[str, list[str | None]] = {}
        self._journals: dict[str, list[Row]] = {}

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def target(self, path: str) -> Target | None:
        """Return where a path ends; None if the dictionary does not know it."""
        return find_target(self._platform.dictionary, self._table, path)

    def values(self, path: str) -> list[str | None]:
        """Return the value of a known path for each row, in the rows' order."""
        values = self._known.get(path)
        if values is None:
            values = self._known[path] = self._read(path)
        return values

    def journal_entries(self, path: str) -> list[Row]:
        """Return what was written to any journal of the records whose ``sys_id`` a path holds, newest first."""
        entries = self._journals.get(path)
        if entries is None:
            owners = {owner for owner in self.values(path) if owner}
            entries = self._journals[path] = journal_entries(self._platform, owners)
        return entries

    def _read(self, path: str) -> list[str | None]:
        try:
            return [row[path] for row in self._rows]
        except KeyError:  # to ask each row first would cost as much again on every page
            pass
        prefix, _, element = path.rpartition(".")
        if not prefix:
            return self._fetch(self._table, "sys_id", [row["sys_id"] for row in self._rows], element)
        reference, target = self.target(prefix), self.target(path)
        if target is None:
            return [None] * len(self._rows)
        if reference is None:  # ref_<table>: the same row, seen through a table below
            head, dot, _ = prefix.rpartition(".")
            return self._fetch(target.table, "sys_id", self.values(f"{head}{dot}sys_id"), element)
        return self._fetch(target.table, reference.column.reference_key, self.values(prefix), element)

    def _fetch(self, table: str, key: str, keys: Sequence[str | None], element: str) -> list[str | None]:
        wanted = {value for value in keys if value}
        rows = self._platform.rows_with_keys(table, key, wanted, columns=(key, element))
        found = {row[key]: row.get(element) for row in rows}
        return [found.get(value) if value else None for value in keys]
