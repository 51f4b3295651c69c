"""Reads what has changed in a table since it was last read, again and again.

A run tells first what was written, then what is gone. In this order the end result is right, whatever happens in
between: a record that was deleted and came back is there, one that was written to and then deleted is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

from pysnow.exceptions import IncompleteResult
from pysnow.field_value import raw_value
from pysnow.stamps import is_stamp, moment_of, stamp_of
from pysnow.tracking.change import Change, ChangesReport
from pysnow.tracking.stamp_reader import Reading, StampedRows
from pysnow.tracking.stamp_walk import Place, Stretch
from pysnow.tracking.trail import Trail, Version

if TYPE_CHECKING:
    from datetime import datetime

    from pysnow._types import JSON, Record
    from pysnow.tracking.change import Deletions
    from pysnow.tracking.deletions import Absence, KnownRows, LoggedDeletions

__all__ = ["COLUMNS", "ChangeReader", "Rows", "WhatToRead"]

COLUMNS: Final = ("sys_id", "sys_updated_on", "sys_created_on", "sys_mod_count")
"""Columns without which a change cannot be told."""


class Rows(StampedRows, Protocol):
    """Rows of a table, for a query."""

    def named(self, sys_ids: Iterable[str]) -> dict[str, Record]:
        """Find out which of some rows are there."""
        ...

    def trimmed(self, row: Record) -> Record:
        """Take out of a row what nobody asked for."""
        ...


@dataclass(frozen=True, slots=True)
class WhatToRead:
    """What is read.

    Attributes:
        rows: Rows that match the query.
        sys_ids: Reads the sys_ids of all of them.
        page_size: Rows to ask for at a time.
        deleted: How deletions are found out.
    """

    rows: Rows
    sys_ids: Callable[[], Iterable[str]]
    page_size: int
    deleted: Deletions


class ChangeReader:
    """Where the reading of changes stands. Not for sharing by threads.

    Args:
        what: What is read.
        written: What has been read of the table.
        log: The log of deletions.
        known: The records that were there; None when nobody said.
        began: Stamp at which a run began that did not come to its end; where the trail begins, when not given.

    Attributes:
        report: How the last run went.
    """

    def __init__(
        self,
        what: WhatToRead,
        written: Trail,
        log: LoggedDeletions,
        known: KnownRows | None = None,
        began: str | None = None,
    ) -> None:
        self.report = ChangesReport()
        self._what = what
        self._written = written
        self._log = log
        self._known = known
        self._began = began or written.floor

    def state(self) -> dict[str, JSON]:
        """Give where the reading stands, as JSON."""
        return {"written": self._written.state(), "deleted": self._log.trail.state(), "began": self._began}

    def settle(self) -> None:
        """Take what is there now for known, so that the next run tells what comes after.

        Raises:
            IncompleteResult: Deletions could not be told later.
            PysnowException: The instance refuses, or does not answer.
        """
        way = self._way()
        for stamped in self._reading():
            self._written.note(_version_of(stamped.place.sys_id, stamped.row))
        if way == "audit":
            self._log.settle()

    def run(self) -> Iterator[Change]:
        """Tell what has changed. What a run that was left early, or failed, has told is not told by the next.

        Raises:
            IncompleteResult: Deletions cannot be told, or the instance does not answer what it was asked.
            PysnowException: The instance refuses, or does not answer.
        """
        report = self.report = ChangesReport(moment_of(self._began))
        report.deletions = self._way()
        report.doubt = self._log.doubt
        reading = self._reading()
        for change in self._changes(report.deletions, reading):
            yield report.count(change)
        self._began = self._written.floor
        report.complete = True if reading.is_proven else "unverified"

    def _changes(self, way: Literal["audit", "difference", False], reading: Reading) -> Iterator[Change]:
        yield from self._writings(reading)
        if way == "audit":
            yield from self._absences(self._log.read(self._what.rows.named))
        elif way == "difference" and self._known is not None:
            yield from self._absences(self._known.missing(self._what.sys_ids(), self._what.rows.named))
            # What is gone by then has been told: the log is needed from there on, if it can be read another time.
            self._log.catch_up(reading.started)

    def _way(self) -> Literal["audit", "difference", False]:
        """The way to find out deletions that will do, looked for before anything is told."""
        deleted = self._what.deleted
        if deleted is False or deleted == "difference":
            return deleted
        if self._log.is_trusted():
            return "audit"
        if deleted == "auto" and self._known is not None:
            return "difference"
        raise IncompleteResult(
            f"Deletions cannot be told: {self._log.doubt}. Pass known=<the sys_ids that you have>, to find them by"
            " difference, or deleted=False to do without"
        )

    def _reading(self) -> Reading:
        return Reading(self._what.rows, Stretch("sys_updated_on", Place(self._written.floor)), self._what.page_size)

    def _writings(self, reading: Reading) -> Iterator[Change]:
        for stamped in reading:
            version = _version_of(stamped.place.sys_id, stamped.row)
            if not self._written.is_new(version):
                self.report.passed_over += 1
                continue
            change = self._change(version, stamped.row)
            self._written.note(version)
            self._written.reach(version.stamp, reading.started)
            yield change

    def _absences(self, absences: Iterable[Absence]) -> Iterator[Change]:
        told: set[str] = set()
        for sys_id, at, row in absences:
            if sys_id in told:
                continue  # it was deleted more than once
            if row is None:
                told.add(sys_id)
                self._written.forget(sys_id)
                if self._known is not None:
                    self._known.drop(sys_id)
                yield Change("deleted", sys_id, None, at)
            elif self._is_unread(version := _version_of(sys_id, row), at):
                told.add(sys_id)
                self._written.note(version)
                yield self._change(version, row)

    def _is_unread(self, version: Version, at: datetime | None) -> bool:
        """Whether a row that was gone, and is there, may be one that no reading in order of stamps comes by.

        A row that was restored has its stamp of old. One that was made anew, in the second in which it was deleted, may
        look like the one before: rather tell it once more.
        """
        return version.stamp < self._began or (at is not None and version.stamp == stamp_of(at))

    def _change(self, version: Version, row: Record) -> Change:
        created = _text(row, "sys_created_on")
        is_known = self._written.knows(version.sys_id) or created < self._began
        if self._known is not None:
            is_known = not self._known.add(version.sys_id)
        at = moment_of(version.stamp) if is_stamp(version.stamp) else None
        return Change("updated" if is_known else "added", version.sys_id, self._what.rows.trimmed(row), at)


def _version_of(sys_id: str, row: Record) -> Version:
    return Version(_text(row, "sys_updated_on"), sys_id, _text(row, "sys_mod_count"))


def _text(row: Record, column: str) -> str:
    value = raw_value(row.get(column))
    return value if isinstance(value, str) else ""
