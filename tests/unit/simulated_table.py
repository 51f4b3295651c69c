"""A table that changes while it is read, behind an instance that caps, hides, lies and breaks off; all in memory."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from pysnow.exceptions import IncompleteResponse, PartialResult, PysnowException, ServerError, TruncatedResponse
from pysnow.walking.keyset_walk import KeysetWalk
from pysnow.walking.lane import Feed, Lane
from pysnow.walking.offset_walk import OffsetWalk
from pysnow.walking.page_pull import Pull
from pysnow.walking.pagination import Ask, Page, PageSize, Position, Span, sys_id_of
from pysnow.walking.read_ahead import ReadAhead
from pysnow.walking.record_iterator import RecordIterator, WalkPlan
from pysnow.walking.resume_token import ResumePoint, decode_token
from pysnow.walking.sequential_feed import SequentialFeed
from pysnow.walking.walk_report import WalkReport
from pysnow.wire.deadline import NEVER, Deadline
from pysnow.wire.interrupt import Interrupt

WALKED = "a walk of a test"
PART_ROWS = 7


def plain_id(number: int) -> str:
    """A sys_id as the platform makes them, in the order of the numbers."""
    return f"{number:032x}"


@dataclass(frozen=True)
class SimulatedArrival:
    """A page of a simulated table, as it stands before it is decoded."""

    decoded: Page
    is_refused: bool = False

    @property
    def total(self) -> int | None:
        """The count."""
        return self.decoded.total

    @property
    def stride(self) -> int | None:
        """As ``Link`` has it."""
        return self.decoded.stride

    @property
    def error(self) -> PysnowException | None:
        """What cut it short."""
        return self.decoded.error

    @property
    def is_failed(self) -> bool:
        """Whether it holds nothing but an error."""
        return self.error is not None and not self.decoded.rows

    def last_sys_id(self) -> str | None:
        """The last row's."""
        return sys_id_of(self.decoded.rows[-1]) if self.decoded.rows and self.error is None else None

    def page(self) -> Page:
        """The page."""
        return self.decoded

    def parts(self) -> Generator[Page, None, None]:
        """The page, a few rows at a time."""
        page = self.decoded
        for place in range(0, max(1, len(page.rows)), PART_ROWS):
            rows, is_last = page.rows[place : place + PART_ROWS], place + PART_ROWS >= len(page.rows)
            error = page.error if is_last else None
            yield Page(rows, page.total, page.stride, error, place=place, has_more=not is_last)


@dataclass
class SimulatedTable:
    """A table, as an instance shows it to one user.

    Attributes:
        visible: Rows that the user may see, by sys_id; of the others only the ids are known.
        cap: Most rows of a page, whatever is asked for.
        links: Whether pages name the offset of the next one; ``"asked"`` reckons with the limit that was asked for.
        lie: What the count is off by; None leaves it out.
        collate: Key by which the instance sorts and compares sys_ids.
        before_page: Is called before each page: the table moves.
        after_page: Is called with each page, and gives what arrives.
    """

    visible: set[str]
    hidden: set[str] = field(default_factory=set)
    cap: int | None = None
    links: bool | str = True
    lie: int | None = 0
    collate: Callable[[str], object] = str.casefold
    before_page: Callable[[SimulatedTable], object] = lambda table: None
    after_page: Callable[[Ask, Page], Page] = lambda ask, page: page
    pages: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    interrupt: Interrupt = field(default_factory=Interrupt)

    def interruptible(self, interrupt: Interrupt) -> SimulatedTable:
        """The same table; it never waits."""
        return self

    def clock(self) -> float:
        """Time stands still."""
        return 0.0

    def count(self, span: Span | None = None) -> int | None:
        """Rows of a span, hidden ones included."""
        with self.lock:
            return None if self.lie is None else len(self._matching(span or Span())) + self.lie

    def deadline(self) -> Deadline:
        """No deadline."""
        return NEVER

    def backoff(self, failures: int, error: PysnowException, deadline: Deadline) -> bool:
        """Allow four attempts."""
        return failures < 4

    def recover(self, failures: int) -> None:
        """Keep no budget."""

    def move(self, ask: Ask, deadline: Deadline = NEVER) -> SimulatedArrival:
        """A page that has arrived."""
        return SimulatedArrival(self.fetch(ask))

    def fetch(self, ask: Ask) -> Page:
        """Serve a page as the Table API does: query, count, offset and limit, and only then access rules."""
        with self.lock:
            self.pages += 1
            self.before_page(self)
            matching = self._matching(ask.span)
            if ask.is_backward:
                matching.reverse()
            limit = ask.limit if self.cap is None else min(ask.limit, self.cap)
            window = matching[ask.offset : ask.offset + limit]
            rows = [{"sys_id": key} for key in window if key in self.visible]
            total = None if self.lie is None or not ask.is_counted else max(0, len(matching) + self.lie)
            has_next = ask.offset + limit < len(matching)
            stride = (ask.limit if self.links == "asked" else limit) if self.links and has_next else None
            return self.after_page(ask, Page(rows, total, stride))

    def _matching(self, span: Span) -> list[str]:
        return sorted(filter(lambda key: self._is_in(span, key), self.visible | self.hidden), key=self.collate)

    def _is_in(self, span: Span, key: str) -> bool:
        place = self.collate(key)
        if span.low is not None:
            low = self.collate(span.low)
            if place < low or (place == low and not span.is_low_included):  # type: ignore[operator]
                return False
        return span.high is None or place < self.collate(span.high)  # type: ignore[operator]


def walk(
    table: SimulatedTable,
    *,
    page_size: int = 10,
    limit: int | None = None,
    token: str | None = None,
    is_keyed: bool = True,
    max_empty_pages: int = 1000,
    workers: int = 1,
    feed: Feed | None = None,
) -> RecordIterator:
    """Walk through a simulated table."""
    start = ResumePoint(Position()) if token is None else decode_token(token, WALKED)
    report = WalkReport(received=start.received, expected=start.expected, resumed=token is not None)

    def note(page: Page, step: object) -> None:
        report.pages += page.place == 0
        if report.expected is None:
            report.expected = page.total

    def open_feed(position: Position) -> Feed:
        if feed is not None:
            return feed
        size = PageSize(page_size)
        lanes = [
            Lane(
                span,
                KeysetWalk(span, size, max_empty_pages=max_empty_pages)
                if is_keyed
                else OffsetWalk(size, position.offset, position.last, max_empty_pages=max_empty_pages),
            )
            for span in position.spans
        ]
        return SequentialFeed(lanes, Pull(table, ReadAhead(table, workers, note), note))

    plan = WalkPlan(
        open_feed=open_feed,
        start=start,
        wanted=start.left_of(limit),
        walked=WALKED,
        report=report,
        verify="off",
        is_keyed=is_keyed,
        adds_sys_id=False,
        page_size=lambda: page_size,
        count=lambda: len(table.visible | table.hidden),
        meter=None,
    )
    return RecordIterator(plan)


def ids(rows: RecordIterator) -> list[str]:
    """The sys_ids that a walk yields."""
    return [row["sys_id"] for row in rows]


def cut(page: Page, rows: int, error: PysnowException) -> Page:
    """The page, broken off behind so many rows."""
    return Page(page.rows[:rows], page.total, page.stride, error)


ERRORS = (
    lambda: PartialResult({"message": "Transaction cancelled: maximum execution time exceeded"}),
    lambda: TruncatedResponse("cut"),
    lambda: IncompleteResponse("broken"),
    lambda: ServerError({}, status=500),
)


class Churn:
    """Rows come, go, hide and show, chosen by chance.

    Args:
        seed: Equal seeds make equal choices.
        changes: Changes before each page.
        make_id: Makes an id for a new row.
    """

    def __init__(self, seed: int, changes: int, make_id: Callable[[random.Random], str]) -> None:
        self._random = random.Random(seed)
        self._changes = changes
        self._make_id = make_id
        self.touched: set[str] = set()

    def __call__(self, table: SimulatedTable) -> None:
        """Change a few rows."""
        for _ in range(self._changes):
            what = self._random.choice(("insert", "insert", "delete", "delete", "hide", "show"))
            if what == "insert":
                key = self._make_id(self._random)
                if table.collate(key) not in set(map(table.collate, table.visible | table.hidden)):
                    table.visible.add(key)
                    self.touched.add(key)
            else:
                pool = sorted(table.hidden if what == "show" else table.visible | table.hidden)
                if pool:
                    key = self._random.choice(pool)
                    self.touched.add(key)
                    table.visible.discard(key)
                    table.hidden.discard(key)
                    if what != "delete":
                        (table.visible if what == "show" else table.hidden).add(key)
