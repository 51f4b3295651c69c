"""What ``Table.history`` gives: the rows of a span of time, window by window.

Windows follow each other, and each is read in order of (moment, sys_id); so the whole is in that order, and the place
of the last row is all that is needed to go on. Several workers read windows ahead, two for each of them at the most.
"""

from __future__ import annotations

import json
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from pysnow.encoded_query import check_name
from pysnow.exceptions import IncompleteResultWarning, InvalidUsage, PysnowException
from pysnow.stamps import aware_moment, moment_of, stamp_of
from pysnow.tracking.checkpoint import Subject, opened, sealed
from pysnow.tracking.stamp_reader import is_too_much, read_walk
from pysnow.tracking.stamp_walk import Place, Stamped, StampWalk, Stretch
from pysnow.tracking.windows import Look, Window, halves, plan
from pysnow.walking.coverage import Coverage
from pysnow.walking.pagination import Ask, PageSize, Span
from pysnow.wire.interrupt import Interrupt

if TYPE_CHECKING:
    from types import TracebackType

    from pysnow._types import JSON, Record
    from pysnow.tracking.stamp_source import StampSource

__all__ = ["History", "HistoryOptions", "HistoryReport"]

_SET_BY_PLATFORM: Final = frozenset({"sys_created_on", "sys_updated_on"})
"""Columns in which the instance writes its own clock."""

_AHEAD: Final = 2
_STOP_SECONDS: Final = 0.9
_NUMBERS: Final = {"window": 1_000_000, "workers": 64, "page_size": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOptions:
    """What is read, and how; see :meth:`pysnow.Table.history`."""

    since: datetime
    until: datetime | None
    field: str
    window: int
    workers: int
    page_size: int
    checkpoint: str | None

    def __post_init__(self) -> None:
        check_name(self.field)
        for name, most in _NUMBERS.items():
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= most:
                raise InvalidUsage(f"{name} must be a whole number from 1 to {most}, not {value!r:.60}")


@dataclass(slots=True)
class HistoryReport:
    """How the reading went. It grows with the reading; counts include what came before it was resumed.

    Attributes:
        since: Where the span of time begins.
        until: Where it ends, without that moment itself. A moment that the instance has not reached is brought down to
            its clock; None before that is known.
        windows: Windows that were read.
        looks: Requests to find out where they begin.
        expected: Rows that were counted in them, hidden ones included; None when the instance did not say.
        rows: Rows that were handed out.
        resumed: Whether it began with a checkpoint.
        complete: True when everything has come. ``"unverified"`` when the end was reached, but the instance gave no
            count that vouches for it. False before that.
    """

    since: datetime
    until: datetime | None = None
    windows: int = 0
    looks: int = 0
    expected: int | None = 0
    rows: int = 0
    resumed: bool = False
    complete: bool | Literal["unverified"] = False

    @property
    def hidden(self) -> int | None:
        """Rows that were counted and did not come: hidden by access rules, or gone meanwhile. None before the end."""
        if not self.complete or self.expected is None:
            return None
        return max(0, self.expected - self.rows)


class _WindowReader:
    """Reads one window, splitting it where it is too much for the instance."""

    def __init__(self, source: StampSource, options: HistoryOptions, coverage: Coverage, interrupt: Interrupt) -> None:
        self._source = source
        self._options = options
        self._coverage = coverage
        self._interrupt = interrupt
        self.expected: int | None = 0
        self.is_proven = True

    def read(self, window: Window, sys_id: str = "") -> Iterator[Stamped]:
        """Give its rows; those behind a sys_id, of its first second."""
        place = Place(stamp_of(window.since), sys_id)
        stretch = Stretch(self._options.field, place, stamp_of(window.until))
        walk = StampWalk(stretch, PageSize(self._options.page_size), self._coverage)
        try:
            yield from read_walk(lambda stretch, ask: self._source.fetch(stretch, ask, self._interrupt), walk)
        except PysnowException as error:
            rest = Window(moment_of(walk.stretch.place.stamp), window.until)
            if not is_too_much(error) or rest.is_second:
                raise
            self._expect(walk.came)
            for half in halves(rest):
                yield from self.read(half, walk.stretch.place.sys_id if half.since == rest.since else "")
            return
        self.is_proven = self.is_proven and walk.is_proven
        self._expect(walk.first_total)

    def _expect(self, rows: int | None) -> None:
        self.expected = None if rows is None or self.expected is None else self.expected + rows


_Opened: TypeAlias = tuple[Window, _WindowReader, Iterator[Stamped]]


class History(Iterator["Record"]):
    """The rows of a span of time, one by one; nothing is sent before the first is asked for. Not for several threads.

    It can be used in a ``with`` statement, which closes it. After an error, asking for the next row goes on where the
    reading stands, as a new one with :attr:`checkpoint` would.

    Args:
        source: Fetches the rows.
        instance: Address of the instance.
        options: What is read, and how.

    Raises:
        InvalidUsage: The moments or the checkpoint cannot be used.

    Attributes:
        report: How the reading went so far.
        is_quiet: Whether whoever reads it judges by the report, so that no warning is needed.
    """

    def __init__(self, source: StampSource, instance: str, options: HistoryOptions) -> None:
        self._source = source
        self._options = options
        since = aware_moment("since", options.since)
        self._wanted_until = None if options.until is None else aware_moment("until", options.until)
        question = json.dumps([source.query, options.field, str(since), str(self._wanted_until)])
        self._subject = Subject("history", instance, source.path, question)
        if self._wanted_until is not None and self._wanted_until < since:
            raise InvalidUsage(f"until ({options.until}) lies before since ({options.since})")
        self._place = Place(stamp_of(since))
        self._last: str | None = None
        self._stamped: Generator[Stamped, None, None] | None = None
        self._is_closed = False
        self._is_counted = True
        self._coverage = Coverage()
        self.report = HistoryReport(since)
        self.is_quiet = False
        if options.checkpoint is not None:
            self._resume(opened(self._subject, options.checkpoint))

    def __iter__(self) -> Self:
        """Give the iterator itself."""
        return self

    def __next__(self) -> Record:
        """Give the next row.

        Raises:
            StopIteration: There is none, or it was closed.
            QueryIgnored: The rows have no such column, or it holds no moments.
            PysnowException: The instance or the connection failed. The error knows ``received``, ``last_sys_id`` and,
                as its ``resume_token``, the checkpoint.
        """
        if self.report.complete or self._is_closed:
            raise StopIteration
        if self._stamped is None:
            self._stamped = self._read()
        try:
            stamped = next(self._stamped)
        except PysnowException as error:
            self._stamped = None
            error.received = self.report.rows
            error.last_sys_id = self._last
            error.resume_token = self.checkpoint
            raise
        self._place = stamped.place
        self._last = stamped.place.sys_id
        self.report.rows += 1
        return self._source.trimmed(stamped.row)

    @property
    def checkpoint(self) -> str:
        """Where the reading stands: pass it, with the same arguments, to go on behind the row that came last.

        It holds no credentials.
        """
        report = self.report
        return sealed(
            self._subject,
            {
                "place": list(self._place),
                "until": None if report.until is None else stamp_of(report.until),
                "counts": [report.windows, report.looks, report.expected, report.rows],
                "proven": self._is_proven,
            },
        )

    def close(self) -> None:
        """End the reading; workers stop. ``checkpoint`` stays."""
        self._is_closed = True
        if self._stamped is not None:
            self._stamped.close()

    def __enter__(self) -> Self:
        """Give the iterator itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        report = self.report
        state = "over" if report.complete or self._is_closed else "under way" if self._stamped else "not begun"
        table = self._source.path.rpartition("/")[2]
        return f"<History of {table} by {self._options.field} {state}, {report.rows} rows>"

    def _resume(self, state: dict[str, JSON]) -> None:
        report = self.report
        try:
            self._place = Place(*state["place"])
            report.until = None if state["until"] is None else moment_of(state["until"])
            report.windows, report.looks, report.expected, report.rows = state["counts"]
            self._is_counted = bool(state["proven"])
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidUsage("This checkpoint does not hold what it should: begin anew") from error
        report.resumed = True

    # -- windows -------------------------------------------------------------------------------------------------------

    def _read(self) -> Generator[Stamped, None, None]:
        if self.report.until is None:
            self.report.until = max(self.report.since, self._until())
        interrupt = Interrupt()
        whole = Window(moment_of(self._place.stamp), self.report.until)
        windows = plan(whole, self._options.window, lambda window, place: self._look(window, place, interrupt))
        with closing(self._opened(windows, self._place, interrupt)) as readings:
            for window, reader, rows in readings:
                yield from rows
                self._finish_window(window, reader)
        if not self.report.rows and self._options.field not in _SET_BY_PLATFORM:
            self._check_field()
        self._finish()

    def _check_field(self) -> None:
        """Look at one value of the column, which may hold no moments at all: then no row can lie within the span."""
        walk = StampWalk(Stretch(self._options.field, Place("")), PageSize(1))
        walk.take(Ask(Span(), 1), self._source.sample(self._options.field))

    def _until(self) -> datetime:
        wanted = self._wanted_until
        if wanted is not None and self._options.field not in _SET_BY_PLATFORM:
            return wanted
        now = self._source.now()
        return now if wanted is None else min(wanted, now)

    def _look(self, window: Window, place: int, interrupt: Interrupt) -> Look | None:
        self.report.looks += 1
        field = self._options.field
        stretch = Stretch(field, Place(stamp_of(window.since)), stamp_of(window.until))
        try:
            page = self._source.fetch(stretch, Ask(Span(), 1, place), interrupt)
        except PysnowException as error:
            if is_too_much(error):
                return None
            raise
        if not page.rows:
            return Look(page.total, None)
        # The walk looks at it with its own eyes: that it has the column, and belongs here.
        walk = StampWalk(stretch, PageSize(1))
        return Look(page.total, moment_of(walk.take(Ask(Span(), 1, place), page)[0].place.stamp))

    def _opened(self, windows: Iterator[Window], place: Place, interrupt: Interrupt) -> Generator[_Opened, None, None]:
        """Windows with what their rows come from, in order."""
        begin = moment_of(place.stamp)

        def reading(window: Window) -> tuple[_WindowReader, Iterator[Stamped]]:
            reader = _WindowReader(self._source, self._options, self._coverage, interrupt)
            return reader, reader.read(window, place.sys_id if window.since == begin else "")

        if self._options.workers == 1:
            for window in windows:
                yield window, *reading(window)
        else:
            yield from _ahead(windows, reading, self._options.workers, interrupt)

    def _finish_window(self, window: Window, reader: _WindowReader) -> None:
        report = self.report
        report.windows += 1
        report.expected = (
            None if report.expected is None or reader.expected is None else report.expected + reader.expected
        )
        self._is_counted = self._is_counted and reader.is_proven
        self._place = Place(stamp_of(window.until))

    @property
    def _is_proven(self) -> bool:
        return self._is_counted and not self._coverage.rests_on_word

    def _finish(self) -> None:
        self.report.complete = True if self._is_proven else "unverified"
        if not self._is_proven and not self.is_quiet:
            warnings.warn(
                f"The end of the history is unverified: {self.report.rows} rows came, and the instance gave no count"
                " that vouches for them",
                IncompleteResultWarning,
                stacklevel=4,
            )


def _ahead(
    windows: Iterator[Window],
    reading: Callable[[Window], tuple[_WindowReader, Iterator[Stamped]]],
    workers: int,
    interrupt: Interrupt,
) -> Generator[_Opened, None, None]:
    """Read windows ahead by several threads; a single second, which may be huge, when its turn comes."""
    waiting: deque[tuple[Window, _WindowReader, Iterator[Stamped] | Future[list[Stamped]]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="pysnow-history")
    try:
        while True:
            for window in islice(windows, _AHEAD * workers - len(waiting)):
                reader, rows = reading(window)
                waiting.append((window, reader, rows if window.is_second else pool.submit(list, rows)))
            if not waiting:
                return
            window, reader, coming = waiting.popleft()
            yield window, reader, iter(coming.result()) if isinstance(coming, Future) else coming
    finally:
        interrupt.set()
        pool.shutdown(wait=False, cancel_futures=True)
        futures = [coming for _, _, coming in waiting if isinstance(coming, Future)]
        wait([future for future in futures if not future.cancelled()], _STOP_SECONDS)
