"""Which pages are fetched before a walk asks for them, and what becomes of those that it does not ask for.

One page ahead, it is the page *behind the last row* of the one that has just arrived: the last row is found without
decoding the others, and while these are decoded and handed out, the next page is on its way. Several pages ahead, the
others are counted off behind a row that has come, and overlap a little; the walk takes such a page only if it joins on
(see :mod:`~pysnow.walking.keyset_walk`). A page that is not taken is forgotten, and nobody has seen it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from pysnow.exceptions import DeadlineExceeded, RequestTimeout
from pysnow.walking.fetchers import Fetchers, Flight
from pysnow.walking.pagination import Page, Step, sys_id_of
from pysnow.walking.throttle import Throttle

if TYPE_CHECKING:
    from pysnow.walking.page_pull import Arrived, Source
    from pysnow.walking.pagination import Ask, Walk
    from pysnow.wire.deadline import Deadline

__all__ = ["ReadAhead"]


class ReadAhead:
    """Gives a walk its pages. Not for several threads.

    Args:
        source: Where pages come from.
        workers: Pages under way at most, and threads that fetch them; 0 for none ahead.
        note: Is told of pages that failed and are asked for again unseen.
    """

    def __init__(self, source: Source, workers: int, note: Callable[[Page, Step], None]) -> None:
        self._source = source
        self._workers = workers
        self._note = note
        self._fetchers = Fetchers(source, workers, Throttle(max(workers, 1), source.clock))
        self._flights: deque[Flight] = deque()
        self._walk: Walk | None = None
        self._parts: Generator[Page, None, None] | None = None
        self._ask: Ask | None = None  # which the page at hand answers

    def get(self, walk: Walk, wanted: int | None, deadline: Deadline, *, is_direct: bool = False) -> tuple[Ask, Page]:
        """Give the next page, or part of one, with what it answers, and have further pages fetched.

        Args:
            walk: What it is for.
            wanted: Rows that are still wanted; None for all.
            deadline: When to give up.
            is_direct: Whether it must be one that is asked for now.
        """
        page = None if is_direct or walk is not self._walk else self._next_part()
        if page is None or self._ask is None:
            page = self._next_page(walk, wanted, deadline, is_direct=is_direct)
        ask = self._ask
        assert ask is not None  # what the page answers
        if not (self._flights or page.has_more or is_direct) and page.error is None and page.reach >= ask.limit:
            # A full page says that there is more where nothing is counted.
            self._begin(walk, walk.following(ask, sys_id_of(page.rows[-1]), ask.limit + 1, wanted))
            self._fetchers.let_begin()
        return ask, page

    def _next_page(self, walk: Walk, wanted: int | None, deadline: Deadline, *, is_direct: bool) -> Page:
        self._drop_parts()
        ask = walk.ask(wanted)
        self._keep_what_fits(walk, ask)
        moved = None
        if self._flights and not is_direct:
            flight = self._flights.popleft()
            moved = self._landed(self._fetchers.wait(flight))
            if moved is not None:
                ask = flight.ask
        if moved is None:
            moved = self._source.move(ask, deadline)
            if moved.is_refused:
                self._fetchers.refuse()
        if not (moved.is_failed or moved.error is not None or is_direct):
            self._plan(walk, ask, moved, wanted)
            self._fetchers.let_begin()
        self._ask = ask
        return self._first_part(moved) if walk.takes_parts else moved.page()

    def close(self) -> None:
        """Stop what is under way, within a second."""
        self._drop_parts()
        self._flights.clear()
        self._fetchers.close()

    def _first_part(self, moved: Arrived) -> Page:
        self._parts = moved.parts()
        page = self._next_part()
        return moved.page() if page is None else page

    def _next_part(self) -> Page | None:
        page = None if self._parts is None else next(self._parts, None)
        if page is None or not page.has_more:
            self._drop_parts()
        return page

    def _drop_parts(self) -> None:
        parts, self._parts = self._parts, None
        if parts is not None:
            parts.close()

    def _keep_what_fits(self, walk: Walk, ask: Ask) -> None:
        """Forget pages that were fetched for another place."""
        is_plain = ask.span == walk.span and not ask.offset
        while self._flights:
            head = self._flights[0].ask
            if walk is self._walk and (
                (head.is_ahead and is_plain)
                or (not head.is_ahead and (head.span, head.offset) == (ask.span, ask.offset))
            ):
                break
            self._fetchers.drop(self._flights.popleft())
        self._walk = walk

    def _landed(self, moved: Arrived | None) -> Arrived | None:
        """A page that was fetched ahead; None when it must be asked for again."""
        if moved is None or not moved.is_failed or isinstance(moved.error, (DeadlineExceeded, RequestTimeout)):
            return moved
        page = moved.page()
        self._note(page, Step(error=page.error))
        return None

    def _plan(self, walk: Walk, ask: Ask, moved: Arrived, wanted: int | None) -> None:
        """Have pages fetched behind one that has arrived, as far as they may be."""
        allowed = self._fetchers.allowed
        if self._workers > 1:
            total = None if ask.is_ahead else moved.total
            gained = walk.gain(ask, moved.stride) + sum(flight.gain for flight in self._flights)
            while len(self._flights) < allowed:
                further = walk.further(gained, total, wanted)
                self._begin(walk, further)
                if further is None:
                    break
                gained += self._flights[-1].gain
        if self._workers and not self._flights and walk.following(ask, "?", moved.total, wanted) is not None:
            self._begin(walk, walk.following(ask, moved.last_sys_id(), moved.total, wanted))

    def _begin(self, walk: Walk, ask: Ask | None) -> None:
        if ask is not None and self._workers:
            self._flights.append(self._fetchers.begin(ask, walk.gain(ask)))
