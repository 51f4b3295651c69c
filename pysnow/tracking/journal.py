"""What the platform writes down beside the records: journals, the audit, the log, over a span of time.

These tables answer callers who may not read them with an empty list, and not with 403. So nothing is taken for an
answer only after a look whether the caller can see anything there at all:

=====================================  ===================================================
an empty span, and ...                 then
=====================================  ===================================================
the instance counted rows in it        refused: they are hidden
rows of the table can be seen          there are none in the span
none can be seen, but were counted     refused: the table may not be read
none can be seen, none were counted    there are none, if the caller is an administrator;
                                       else refused: nobody can tell
=====================================  ===================================================
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, Self

from pysnow.caller import callers_level
from pysnow.encoded_query import Condition, add_to_branches, check_name
from pysnow.exceptions import IncompleteResult, IncompleteResultWarning, PysnowException
from pysnow.tracking.deletion_log import in_chunks

if TYPE_CHECKING:
    from types import TracebackType

    from pysnow._types import Query, Record
    from pysnow.table import Table
    from pysnow.tracking.history import History

__all__ = ["AUDIT", "JOURNAL", "LogEntries", "LogReport", "Register", "iter_log", "iter_register"]

_IDS_PER_SLICE: Final = 100
"""Sys_ids or names of one request: some 3,300 characters of its address, where proxies take 8,000."""

_LOOK_ROWS: Final = 100
"""Rows among which one has to be seen. Access rules are applied behind the limit, and may hide the first ones only."""

_CLASSES_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Register:
    """A table with rows about the records of all others.

    Attributes:
        table: Its name.
        named: Column with the name of the record's table.
        key: Column with the record's sys_id.
        column: Column with the name of the column that was written to.
    """

    table: str
    named: str
    key: str
    column: str


_BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)

JOURNAL: Final = Register("sys_journal_field", "name", "element_id", "element")
AUDIT: Final = Register("sys_audit", "tablename", "documentkey", "fieldname")


@dataclass(slots=True)
class LogReport:
    """How the reading went. It grows with the reading.

    Attributes:
        since: Where the span of time begins.
        until: Where it ends, without that moment itself; None before that is known.
        rows: Entries that were handed out.
        slices: Parts in which they were asked for, such as 100 records each.
        hidden: Entries that were counted and did not come: hidden by access rules, or gone meanwhile; None when the
            instance did not count.
        complete: True when everything has come. ``"unverified"`` when the end was reached, but the instance gave no
            count that vouches for it. False before that.
    """

    since: datetime
    until: datetime | None = None
    rows: int = 0
    slices: int = 0
    hidden: int | None = 0
    complete: bool | Literal["unverified"] = False


class LogEntries(Iterator["Record"]):
    """Entries, one by one; nothing is sent before the first is asked for. Not for several threads.

    It can be used in a ``with`` statement, which closes it.

    Args:
        log: The table that holds the entries.
        since: Where to begin.
        until: Where to end; None for now.
        slices: Gives the queries that make up what is wanted.
        is_admin: Whether the caller is an administrator, who sees everything.

    Raises:
        InvalidUsage: The moments cannot be used.

    Attributes:
        report: How the reading went so far.
    """

    def __init__(
        self,
        log: Table,
        since: datetime,
        until: datetime | None,
        slices: Callable[[], Generator[Query | None, None, None]],
        is_admin: Callable[[], bool],
    ) -> None:
        self.report = LogReport(log.history(since, until).report.since, until)
        self._log = log
        self._slices = slices
        self._is_admin = is_admin
        self._is_seen = False
        self._failure: PysnowException | None = None
        self._entries = self._read()

    def __iter__(self) -> Self:
        """Give the iterator itself."""
        return self

    def __next__(self) -> Record:
        """Give the next entry. What has failed once fails again, and does not look like an end.

        Raises:
            StopIteration: There is none, or it was closed.
            IncompleteResult: The entries may not be read.
            PysnowException: The instance or the connection failed; the error knows how many were ``received``.
        """
        if self._failure is not None:
            raise self._failure
        try:
            entry = next(self._entries)
        except PysnowException as error:
            error.received = self.report.rows
            error.resume_token = None  # it would be that of one slice, or of the walk over the records
            self._failure = error
            raise
        self.report.rows += 1
        return entry

    def close(self) -> None:
        """End the reading."""
        self._entries.close()

    def __enter__(self) -> Self:
        """Give the iterator itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _read(self) -> Generator[Record, None, None]:
        report = self.report
        is_proven = True
        with closing(self._slices()) as slices:
            for query in slices:
                with self._log.history(report.since, report.until, query=query) as history:
                    history.is_quiet = True
                    for entry in history:
                        self._is_seen = True
                        yield entry
                self._finish_slice(history)
                is_proven = is_proven and history.report.complete is True
        if report.hidden:
            self._say_hidden(report.hidden)
        elif not is_proven:
            self._warn("the instance gave no count that vouches for the end of what came")
        report.complete = True if is_proven else "unverified"

    def _finish_slice(self, history: History) -> None:
        report, hidden = self.report, history.report.hidden
        report.slices += 1
        report.until = history.report.until  # the first one says what "now" is, for all
        report.hidden = None if report.hidden is None or hidden is None else report.hidden + hidden
        if not self._is_seen:
            self._look()

    def _look(self) -> None:
        """Look whether the caller can see anything in the table at all."""
        page = self._log.get("", limit=_LOOK_ROWS, offset=0, fields=["sys_id"], display_value=False)
        self._is_seen = page.first_or_none() is not None or (page.total == 0 and self._is_admin())
        if not self._is_seen:
            raise self._refusal("not one of its rows can be seen")

    def _say_hidden(self, hidden: int) -> None:
        if not self.report.rows:
            raise self._refusal(f"{hidden} rows were counted, and none came")
        self._warn(f"{hidden} rows did not come: access rules hide them, or they were deleted meanwhile")

    def _warn(self, what: str) -> None:
        warnings.warn(f"{self._log.name}: {what}", IncompleteResultWarning, stacklevel=callers_level())

    def _refusal(self, evidence: str) -> IncompleteResult:
        return IncompleteResult(
            f"{self._log.name} may not be read, as it seems: {evidence}",
            table=self._log.name,
            hint="Instances hide its rows instead of refusing: call as a user who may read the table, such as an admin",
        )


def iter_log(
    log: Table, since: datetime, until: datetime | None, query: Query | None, is_admin: Callable[[], bool]
) -> LogEntries:
    """Give the entries of a log that is about no records; see :meth:`pysnow.Client.iter_syslog`.

    Args:
        log: The table.
        since: Where to begin.
        until: Where to end.
        query: Which entries.
        is_admin: Whether the caller is an administrator.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
    """
    log.history(since, until, query=query)  # refused now, not on the way

    def slices() -> Generator[Query | None, None, None]:
        yield query

    return LogEntries(log, since, until, slices, is_admin)


def iter_register(
    register: Register,
    table: Table,
    since: datetime | None,
    until: datetime | None,
    *,
    column: str | None,
    query: Query | None,
    is_admin: Callable[[], bool],
) -> LogEntries:
    """Give the entries about the records of a table; see :meth:`pysnow.Client.iter_journal`.

    Args:
        register: Which entries.
        table: The table of the records.
        since: Where to begin; None for the first entry.
        until: Where to end.
        column: Column of the records that is meant; all when None.
        query: Which records; all of the table, and those that extend it, when None.
        is_admin: Whether the caller is an administrator.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
    """
    said = "" if column is None else str(Condition(register.column, "=", check_name(column)))
    if query is not None:
        table.iterate(query)  # refused now, not on the way

    def slices() -> Generator[Query | None, None, None]:
        narrowing = _by_table(register, table) if query is None else _by_record(register, table, query)
        for condition in narrowing:
            yield add_to_branches(said, condition)

    return LogEntries(table.other(register.table), since or _BEFORE_ALL, until, slices, is_admin)


def _by_record(register: Register, table: Table, query: Query) -> Iterator[Condition]:
    with table.iterate(query, ["sys_id"], display_value=False, verify="off") as records:
        for keys in in_chunks((record["sys_id"] for record in records), _IDS_PER_SLICE):
            yield Condition(register.key, "IN", tuple(keys))
    if records.report.hidden or records.report.complete is not True:
        warnings.warn(
            f"{records.report.hidden or 'Some'} records of {table.name} did not come, so neither do their entries:"
            " access rules hide them, or they were deleted meanwhile",
            IncompleteResultWarning,
            stacklevel=callers_level(),
        )


def _by_table(register: Register, table: Table) -> Iterator[Condition]:
    for names in in_chunks(_classes(table), _IDS_PER_SLICE):
        yield Condition(register.named, "IN", tuple(names))


def _classes(table: Table) -> list[str]:
    """The table and all that extend it: entries name the class of the record."""
    tables = table.other("sys_db_object")
    known = dict.fromkeys([table.name])
    if not _names(tables, Condition("name", "=", table.name)):
        warnings.warn(
            f"sys_db_object does not show which tables extend {table.name}: entries about their records are left out",
            IncompleteResultWarning,
            stacklevel=callers_level(),
        )
    level = [table.name]
    while level:
        chunks = in_chunks(level, _IDS_PER_SLICE)
        below = chain.from_iterable(_names(tables, Condition("super_class.name", "IN", tuple(some))) for some in chunks)
        level = [name for name in dict.fromkeys(below) if name not in known]
        known.update(dict.fromkeys(level))
    return [*known]


def _names(tables: Table, condition: Condition) -> list[str]:
    rows = tables.get(str(condition), limit=_CLASSES_MAX, offset=0, fields=["name"], display_value=False).all()
    return [row["name"] for row in rows if row.get("name")]
