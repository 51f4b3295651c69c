"""Rows of a table that several threads read side by side, each a part of it.

Invariants:

* A sys_id never changes, so a row is in one part only, whatever happens to it meanwhile. Parts meet: the first is open
  below and the last above, whatever kind of sys_ids there is.
* The first page is read by the caller's own thread; there are threads only when more follows.
* A part that holds more than a page is cut into as many as it needs, so that all threads have something to do next to
  where the caller is. What lies further on is not held: two pages for each thread, and no more.
* Each thread has a session, and with it a cookie jar, of its own: an instance handles one request at a time for each.
* When the walk is closed or fails, no thread begins anything any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import EmptyContent, HTTPStatusError
from pysnow.walking.keyset_walk import KeysetWalk
from pysnow.walking.lane import split_span
from pysnow.walking.lane_board import BoardLane, Census, LaneBoard
from pysnow.walking.page_pull import Pull
from pysnow.walking.pagination import PageSize
from pysnow.walking.throttle import Throttle
from pysnow.wire.interrupt import Interrupt

if TYPE_CHECKING:
    from pysnow.walking.lane import Batch, Lane
    from pysnow.walking.page_source import PageSource
    from pysnow.walking.pagination import Page, Span, Step

__all__ = ["WorkerFeed"]

_PAGES_AHEAD: Final = 2
"""Pages for each thread that may be under way or wait to be handed out."""

_DEPTH_MAX: Final = 6
"""How often parts of parts are cut: sys_ids that all begin alike cannot be cut apart."""

_BUSY: Final = frozenset({429, 503})


class WorkerFeed:
    """Reads spans with several threads; see :class:`~pysnow.walking.lane.Feed`.

    Args:
        spans: Parts of the table, in ascending order.
        source: Where pages come from.
        note: Is told of every page that was read, by one thread at a time.
        page_size: Rows of a page.
        workers: Threads.
        is_ordered: Whether rows are handed out in the order of ``sys_id``.
    """

    def __init__(
        self,
        spans: Iterable[Span],
        source: PageSource,
        note: Callable[[Page, Step], None],
        *,
        page_size: int,
        workers: int,
        is_ordered: bool,
    ) -> None:
        self._interrupt = Interrupt()
        self._source = source.interruptible(self._interrupt)
        self._note = note
        self._page_size = page_size
        self._workers = workers
        self._lanes = [self._lane(span) for span in spans]
        self._board = LaneBoard(
            self._lanes, Throttle(workers, source.clock), _PAGES_AHEAD * workers, is_ordered=is_ordered
        )
        self._censuses: list[Census] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._has_begun = False
        self._is_cutting = True
        self._are_ends_proven = True
        self.is_proven = False

    def next_batch(self, wanted: int | None) -> Batch | None:
        """Give the next rows; None at the end; see :class:`~pysnow.walking.lane.Feed`."""
        if not self._has_begun:
            self._has_begun = True
            self._read_first_page()
        batch = self._board.take()
        if batch is None:
            self.is_proven = self._are_ends_proven and all(each.adds_up(self._source.count) for each in self._censuses)
        return batch

    def rest(self, begun: Lane | None = None, last: str = "") -> tuple[Span, ...]:
        """Give what has not been handed out; see :class:`~pysnow.walking.lane.Feed`."""
        return self._board.rest(begun, last)

    def close(self) -> None:
        """Stop the threads; see :class:`~pysnow.walking.lane.Feed`."""
        self._interrupt.set()
        self._board.stop()
        self._interrupt.join(self._threads)

    def _read_first_page(self) -> None:
        lane = self._board.claim()
        if lane is not None:
            self._read_page(lane, self._pull())
            self._board.leave(lane)
            self._employ()

    def _employ(self) -> None:
        """Have a thread for each lane to read, as far as there may be threads."""
        with self._lock:
            if self._interrupt.is_set:
                return
            for _ in range(min(self._workers - len(self._threads), self._board.unclaimed)):
                thread = threading.Thread(target=self._work, name="pysnow-walk", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self) -> None:
        pull = self._pull()
        while (lane := self._board.claim()) is not None:
            while not lane.is_read and self._read_page(lane, pull):
                self._employ()

    def _read_page(self, lane: BoardLane, pull: Pull) -> bool:
        """Read the next page of a lane, and cut off what is more; False when the walk was stopped."""
        if not self._board.start_page(lane):
            return False
        try:
            step = pull.next_step(lane.walk)
            parts = self._cut(lane) if step.error is None else []
        except BaseException as exc:  # the caller gets to see it, whatever it is
            self._board.end_page(lane, error=exc)
            return True
        with self._lock:
            if lane.walk.is_done and not lane.walk.is_proven:
                self._are_ends_proven = False
        self._board.end_page(lane, step.rows, parts=parts, error=step.error)
        return True

    def _cut(self, lane: BoardLane) -> list[BoardLane]:
        """Take note of how much a lane holds, and cut it when that is more than a page."""
        if lane.census is not None and lane.walk.first_total is not None:
            lane.census.count(lane.walk.first_total)
            self._is_cutting = self._is_cutting and not lane.census.is_exaggerated
            lane.census = None
        remaining = lane.walk.remaining
        if remaining is None or remaining <= self._page_size or lane.depth >= _DEPTH_MAX or not self._is_cutting:
            return []
        spans = split_span(lane.walk.span, remaining, self._page_size)
        if len(spans) == 1:
            return []
        census = Census(lane.walk.span, remaining, len(spans))
        with self._lock:
            self._censuses.append(census)
        lane.walk.narrow(spans[0])
        parts = [self._lane(span) for span in spans[1:]]
        for part in (lane, *parts):
            part.census, part.depth = census, lane.depth + 1
        return parts

    def _lane(self, span: Span) -> BoardLane:
        return BoardLane(span, KeysetWalk(span, PageSize(self._page_size)))

    def _pull(self) -> Pull:
        return Pull(self._source, self._noted)

    def _noted(self, page: Page, step: Step) -> None:
        error = page.error
        if isinstance(error, EmptyContent) or (isinstance(error, HTTPStatusError) and error.status in _BUSY):
            self._board.refuse()
        with self._lock:
            self._note(page, step)
