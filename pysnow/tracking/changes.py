"""What ``Table.changes`` gives: what happened to the records of a table, and where the next run goes on from."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, get_args

from pysnow.exceptions import IncompleteResultWarning, InvalidUsage, PysnowException
from pysnow.stamps import aware_moment, stamp_of
from pysnow.tracking.change import Change, ChangesReport, Deletions
from pysnow.tracking.change_reader import ChangeReader, WhatToRead
from pysnow.tracking.checkpoint import Subject, opened, sealed
from pysnow.tracking.deletion_log import LOG_TABLE, LogCheck
from pysnow.tracking.deletions import LOG_COLUMNS, KnownRows, LoggedDeletions, sys_ids_in
from pysnow.tracking.trail import Trail
from pysnow.walking.pagination import Page

if TYPE_CHECKING:
    from pysnow.tracking.stamp_source import StampSource

__all__ = ["Changes", "ChangesOptions", "OpenReading", "TableToRead", "open_reading"]

_OVERLAP_MAX_SECONDS: Final = 86_400
_PAGE_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesOptions:
    """How changes are read; see :meth:`pysnow.Table.changes`."""

    since: datetime | None
    checkpoint: str | None
    deleted: Deletions
    known: object
    overlap: float
    page_size: int

    def __post_init__(self) -> None:
        deleted: object = self.deleted
        if deleted is not False and (not isinstance(deleted, str) or deleted not in get_args(Deletions)):
            raise InvalidUsage(f"deleted must be 'auto', 'audit', 'difference' or False, not {deleted!r:.60}")
        overlap: object = self.overlap
        is_number = isinstance(overlap, (int, float)) and not isinstance(overlap, bool)
        if not is_number or not 0 <= self.overlap <= _OVERLAP_MAX_SECONDS:
            raise InvalidUsage(f"overlap must be seconds from 0 to {_OVERLAP_MAX_SECONDS}, not {overlap!r:.60}")
        if type(self.page_size) is not int or not 1 <= self.page_size <= _PAGE_MAX:
            raise InvalidUsage(f"page_size must be a whole number from 1 to {_PAGE_MAX}, not {self.page_size!r:.60}")

    @property
    def span(self) -> timedelta:
        """How far each run reaches back, in whole seconds as stamps are."""
        return timedelta(seconds=-(-self.overlap // 1))


@dataclass(frozen=True, slots=True)
class TableToRead:
    """The table that is read, and the others that are needed for it.

    Attributes:
        name: Table name.
        instance: Address of the instance.
        rows: Rows that match the query.
        sys_ids: Reads the sys_ids of all of them.
        other: Gives the rows of another table: its name, a query, the columns.
        clock: Gives seconds that never run backwards.
    """

    name: str
    instance: str
    rows: StampSource
    sys_ids: Callable[[], Iterable[str]]
    other: Callable[[str, str, tuple[str, ...]], StampSource]
    clock: Callable[[], float]

    @property
    def subject(self) -> Subject:
        """What a checkpoint belongs to."""
        return Subject("changes", self.instance, self.name, self.rows.query)

    def look(self, table: str, query: str, columns: tuple[str, ...], limit: int) -> Page:
        """Fetch the first rows of another table."""
        return self.other(table, query, columns).first(limit)


@dataclass(frozen=True, slots=True)
class OpenReading:
    """A reader, and the checkpoints that are made of it."""

    reader: ChangeReader
    subject: Subject

    @property
    def checkpoint(self) -> str:
        """Where the reading stands."""
        return sealed(self.subject, self.reader.state())

    def __repr__(self) -> str:
        report = self.reader.report
        counts = f"{report.added} added, {report.updated} updated, {report.deleted} deleted"
        return f"of {self.subject.table.rpartition('/')[2]}: {counts}"

    def run(self) -> Iterator[Change]:
        """Tell what has changed; errors know the checkpoint."""
        try:
            yield from self.reader.run()
        except PysnowException as error:
            report = self.reader.report
            error.received = report.added + report.updated + report.deleted
            error.resume_token = self.checkpoint
            raise


def open_reading(table: TableToRead, options: ChangesOptions) -> OpenReading:
    """Make what reads changes. Without a moment to begin at, and a checkpoint, it takes what is there now for known.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
        PysnowException: The instance refuses, or does not answer.
    """
    known = None if options.known is None else KnownRows(sys_ids_in(options.known))
    if options.checkpoint is not None:
        reader = _resumed(table, options, known)
    elif options.since is not None:
        floor = stamp_of(aware_moment("since", options.since))
        reader = _reader(table, options, known, _trails(floor, options))
    else:
        floor = stamp_of(table.rows.now() - options.span)
        reader = _reader(table, options, known, _trails(floor, options))
        reader.settle()
    return OpenReading(reader, table.subject)


def _trails(floor: str, options: ChangesOptions) -> tuple[Trail, Trail]:
    return Trail(floor, options.span), Trail(floor, options.span)


def _resumed(table: TableToRead, options: ChangesOptions, known: KnownRows | None) -> ChangeReader:
    state = opened(table.subject, options.checkpoint)
    try:
        trails = Trail.from_state(state["written"], options.span), Trail.from_state(state["deleted"], options.span)
        return _reader(table, options, known, trails, str(state["began"]))
    except (KeyError, ValueError) as error:
        raise InvalidUsage(
            "This checkpoint does not hold what it should: begin with an earlier one, or anew"
        ) from error


def _reader(
    table: TableToRead,
    options: ChangesOptions,
    known: KnownRows | None,
    trails: tuple[Trail, Trail],
    began: str | None = None,
) -> ChangeReader:
    if options.deleted == "difference" and known is None:
        raise InvalidUsage("deleted='difference' needs known=<the sys_ids that you have>: what is missing, is gone")
    log = LoggedDeletions(
        trails[1],
        LogCheck(table.name, lambda name, query, columns, limit: table.look(name, query, tuple(columns), limit)),
        rows=lambda query: table.other(LOG_TABLE, query, LOG_COLUMNS),
        now=table.rows.now,
        clock=table.clock,
        page_size=options.page_size,
    )
    what = WhatToRead(table.rows, table.sys_ids, options.page_size, options.deleted)
    return ChangeReader(what, trails[0], log, known, began)


class Changes(Iterator[Change]):
    """What has changed, read as it is iterated over. Not for several threads at once.

    What a loop that was left early has not told, the next loop tells; so it is after an error. :attr:`added`,
    :attr:`updated` and :attr:`deleted` read everything, and keep it.
    """

    def __init__(self, reading: OpenReading) -> None:
        self._reading = reading
        self._run: Iterator[Change] | None = None
        self._told: list[Change] | None = None

    def __iter__(self) -> Iterator[Change]:
        """Give the iterator itself; or one over what was kept."""
        return self if self._told is None else iter(self._told)

    def __next__(self) -> Change:
        """Give the next change.

        Raises:
            StopIteration: There is none.
            IncompleteResult: Deletions cannot be told, or the instance does not answer what it was asked.
            PysnowException: The instance refuses, or does not answer. The error knows ``received`` and, as its
                ``resume_token``, the checkpoint.
        """
        if self.report.complete:
            raise StopIteration
        if self._run is None:
            self._run = self._reading.run()
        try:
            return next(self._run)
        except PysnowException:
            self._run = None
            raise
        except StopIteration:
            self._warn_unless_proven()
            raise

    def __repr__(self) -> str:
        state = "over" if self.report.complete else "under way" if self._run else "not begun"
        return f"<Changes {self._reading!r}, {state}>"

    def _warn_unless_proven(self) -> None:
        if self.report.complete == "unverified":
            warnings.warn(
                "The end of the changes is unverified: the instance gave no count that vouches for it",
                IncompleteResultWarning,
                stacklevel=3,
            )

    @property
    def checkpoint(self) -> str:
        """Where the reading stands, behind the change that was told last: keep it, and pass it to the next run.

        It holds no credentials, and goes on only with the same instance, table and query. It grows with the number of
        rows that were written in the last seconds.
        """
        return self._reading.checkpoint

    @property
    def report(self) -> ChangesReport:
        """How the run went so far."""
        return self._reading.reader.report

    @property
    def added(self) -> list[Change]:
        """Records that were created.

        Raises:
            InvalidUsage: A loop has told some of the changes already.
            PysnowException: They could not be read.
        """
        return self._of_kind("added")

    @property
    def updated(self) -> list[Change]:
        """Records that were written to, and there before.

        Raises:
            InvalidUsage: A loop has told some of the changes already.
            PysnowException: They could not be read.
        """
        return self._of_kind("updated")

    @property
    def deleted(self) -> list[Change]:
        """Records that are gone.

        Raises:
            InvalidUsage: A loop has told some of the changes already.
            PysnowException: They could not be read.
        """
        return self._of_kind("deleted")

    def _of_kind(self, kind: str) -> list[Change]:
        if self._told is None:
            if self._run is not None:
                raise InvalidUsage("These changes have been iterated over: sort them by their kind as they come")
            self._told = list(self)
        return [change for change in self._told if change.kind == kind]
