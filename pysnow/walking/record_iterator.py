"""What ``Table.iterate`` gives: the rows, how the walk went, and where to go on from."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, NoReturn, Self, TypeAlias

from pysnow.exceptions import IncompleteResult, IncompleteResultWarning, InvalidUsage, PysnowException
from pysnow.exporting.exports import Exports, ExportSource
from pysnow.walking.pagination import Position
from pysnow.walking.resume_token import ResumePoint, encode_token

if TYPE_CHECKING:
    from types import TracebackType

    from pysnow._types import Record as Row
    from pysnow.records.record import Record
    from pysnow.walking.lane import Batch, Feed
    from pysnow.walking.pagination import KeyedRow
    from pysnow.walking.progress import Meter
    from pysnow.walking.walk_report import WalkReport

__all__ = ["RecordIterator", "Verify", "WalkPlan"]

Verify: TypeAlias = Literal["off", "warn", "strict"]
"""What to do about a walk whose end nothing vouches for."""

_CALLER: Final = 4
"""Frames between a warning and the loop that it is for."""


@dataclass(frozen=True, slots=True)
class WalkPlan:
    """All that a walk needs to know, decided before anything is sent.

    Attributes:
        open_feed: Makes what rows come from, beginning at a position.
        start: Where to begin.
        wanted: Most rows to hand out; None for all.
        walked: Digest of what is walked through.
        report: Where it is noted how the walk goes.
        verify: What to do about an end that nothing vouches for.
        is_keyed: Whether rows have a sys_id that tells where to go on.
        adds_sys_id: Whether rows have a sys_id that the caller did not ask for; files and frames go without it.
        page_size: Tells how many rows the walk asks for by now.
        count: Asks the instance how many rows match.
        meter: Shows how many rows have come; None for nothing.
        check: Is called before the first page is fetched; None for nothing.
        fields: Columns that the caller asked for; empty for all.
        types: Asks the instance for the types of columns; None where nobody knows.
        table: Name of the table, to be shown; empty where nobody knows.
        shown: How rows are read, as ``sysparm_display_value`` has it; empty where nobody knows.
    """

    open_feed: Callable[[Position], Feed]
    start: ResumePoint
    wanted: int | None
    walked: str
    report: WalkReport
    verify: Verify
    is_keyed: bool
    adds_sys_id: bool
    page_size: Callable[[], int]
    count: Callable[[], int | None]
    meter: Meter | None
    check: Callable[[], object] | None = None
    fields: tuple[str, ...] = ()
    types: Callable[[], Mapping[str, str]] | None = None
    table: str = ""
    shown: str = ""


class RecordIterator(Exports, Iterator["Record"]):
    """The rows of a walk, one by one; nothing is sent before the first is asked for. Not for several threads at once.

    It can be used in a ``with`` statement, which closes it. When an error was raised, asking for the next row goes on
    where the walk stands, as a new walk with :attr:`resume_token` would.
    """

    def __init__(self, plan: WalkPlan) -> None:
        self._plan = plan
        self._position = plan.start.position
        self._left = plan.wanted
        self._last: str | None = None  # of the batch at hand
        self._feed: Feed | None = None
        self._batch: Batch | None = None
        self._rows: Iterator[KeyedRow] = iter(())
        self._is_over = False
        self.report = plan.report
        """How the walk went so far; see :class:`~pysnow.walking.walk_report.WalkReport`."""

    def __iter__(self) -> Self:
        """Give the iterator itself."""
        return self

    def __next__(self) -> Record:
        """Give the next row.

        Raises:
            StopIteration: The walk has come to its end, or was closed.
            IncompleteResult: The walk cannot go on, or with ``verify="strict"`` not as many rows came as there are.
            PysnowException: The instance or the connection failed. The error knows ``received``, ``last_sys_id`` and
                ``resume_token``.
        """
        while True:
            keyed_row = next(self._rows, None)
            if keyed_row is not None:
                if self._plan.meter is not None:
                    self._show(self._plan.meter, keyed_row)
                self._last = keyed_row[0]
                return self._handed_out(keyed_row[1])
            if not self._refill():
                raise StopIteration

    def _handed_out(self, row: Row) -> Record:
        self.report.received += 1
        if self._left is not None:
            self._left -= 1
        return row  # type: ignore[return-value]  # walks of tables make it one

    def _show(self, meter: Meter, coming: KeyedRow) -> None:
        """Tell of a row before it counts as handed out: when the caller's function raises, it is still to come."""
        received, expected = self.report.received, self.report.expected
        if expected is not None and self._left is not None:
            expected = min(expected, received + self._left)
        try:
            meter.show(received + 1, expected)
        except BaseException:
            self._rows = chain((coming,), self._rows)
            raise

    def _export_source(self) -> ExportSource:
        taken = self.report.received - self._plan.start.received
        if taken or self._is_over:
            raise InvalidUsage(
                f"This walk was begun before, and {taken} of its rows would be missing: export a new one; to export "
                "the rest alone, one with resume=walk.resume_token"
            )
        rows = self._as_asked() if self._plan.adds_sys_id else self
        return ExportSource(rows, self._plan.fields, self._plan.types, self._plan.shown)

    def _as_asked(self) -> Iterator[Row]:
        """Rows without the sys_id that came along."""
        for row in self:
            dict.pop(row, "sys_id", None)
            yield row

    @property
    def resume_token(self) -> str:
        """Where the walk stands. Pass it as ``resume`` to go on behind the row that came last, in another process, too.

        It holds no credentials, and goes on only with the same instance, table, query and order.
        """
        report, start = self.report, self._plan.start
        # Behind a walk that kept to its limit, the limit of the next one counts anew.
        counted = start.counted + report.received - start.received if self._left != 0 else 0
        point = ResumePoint(self._where(), report.received, report.expected, counted, self._plan.page_size())
        return encode_token(point, self._plan.walked)

    def close(self) -> None:
        """End the walk; workers stop. ``resume_token`` stays."""
        self._pause()
        self._is_over = True
        if self._plan.meter is not None:
            self._plan.meter.end()

    def __enter__(self) -> Self:
        """Give the iterator itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __del__(self) -> None:
        # A loop was left by break, and nobody holds the iterator: its workers must go, too.
        feed = getattr(self, "_feed", None)
        if feed is not None:
            feed.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("A walk holds connections and is not pickled: hand resume_token on.")

    def __repr__(self) -> str:
        state = "over" if self._is_over else "under way" if self._feed else "not begun"
        table = f" of {self._plan.table}" if self._plan.table else ""
        count = self.report.received
        return f"<RecordIterator{table} {state}, {count} {'row' if count == 1 else 'rows'}>"

    def _refill(self) -> bool:
        """Fetch more rows; False when there are none."""
        if self._is_over:
            return False
        self._settle()
        if self._left == 0:
            self._finish(is_proven=True, is_cut=True)
            return False
        try:
            if self._feed is None:
                if self._plan.check is not None and self.report.pages == 0:
                    self._plan.check()
                self._feed = self._plan.open_feed(self._position)
            self._batch = self._feed.next_batch(self._left)
        except BaseException as exc:
            if self._feed is not None and self._plan.is_keyed:
                self._position = Position(self._feed.rest(), last=self._position.last)
            self._pause()
            if isinstance(exc, PysnowException):
                self._tell(exc)
            raise
        if self._batch is None:
            self._position = Position((), last=self._position.last)
            self._finish(is_proven=self._feed.is_proven)
            return False
        self._rows = iter(self._batch.rows[: self._left])
        return True

    def _settle(self) -> None:
        """Note that the rows of the batch, as far as they were asked for, have been handed out."""
        self._position = self._where()
        if self._batch is not None and self._last is not None:
            self._batch.lane.rest = self._batch.lane.rest.behind(self._last)
        self._batch = self._last = None
        self._rows = iter(())

    def _where(self) -> Position:
        feed, batch = self._feed, self._batch
        if feed is None or batch is None or self._last is None:
            return self._position
        if not self._plan.is_keyed:
            return Position(offset=batch.offset, last=self._last or None)
        return Position(feed.rest(batch.lane, self._last), last=self._last)

    def _pause(self) -> None:
        """Stop what is under way; the next row would begin it anew, where the walk stands."""
        self._settle()
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()

    def _finish(self, *, is_proven: bool, is_cut: bool = False) -> None:
        report = self.report
        report.complete = True if is_proven else "unverified"
        self.close()
        if is_cut or self._plan.verify == "off":
            return
        if self._plan.verify == "strict":
            self._check_strictly()
        elif report.complete == "unverified":
            warnings.warn(
                f"The end of the walk is unverified: {report.received} rows came, and nothing vouches for "
                "their being all: the instance gave no count to rely on, or too few rows to tell how far pages go",
                IncompleteResultWarning,
                stacklevel=_CALLER,
            )

    def _check_strictly(self) -> None:
        report = self.report
        report.expected_at_end = self._plan.count()
        counts = (report.expected, report.expected_at_end)
        if report.complete is True and report.received in counts:
            return
        report.complete = "unverified"
        error = IncompleteResult(
            f"{report.received} rows came, where the instance counted {counts[0]} at first and {counts[1]} at last: "
            "rows are hidden from this user, or came or went meanwhile"
        )
        error.expected = counts[1] if counts[0] is None else counts[0]
        self._tell(error)
        raise error

    def _tell(self, error: PysnowException) -> None:
        """Let an error know what came before it."""
        error.received = self.report.received
        error.last_sys_id = self._position.last
        error.resume_token = self.resume_token
