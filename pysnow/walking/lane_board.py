"""Which part of a table is read by whom, and which pages wait to be handed out: shared by the threads of a walk.

Lanes stand in ascending order, also when one of them is cut into several. The room for pages that wait is limited, but
the first lane always has some: its rows are what the caller waits for.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from pysnow.walking.lane import Batch, Lane, rest_of

if TYPE_CHECKING:
    from pysnow.walking.keyset_walk import KeysetWalk
    from pysnow.walking.pagination import KeyedRow, Span
    from pysnow.walking.throttle import Throttle

__all__ = ["BoardLane", "Census", "LaneBoard"]


_GLANCE_SECONDS: Final = 0.5
"""Longest wait at a stretch: on Windows a wait without end does not heed Ctrl-C."""


class BoardLane(Lane):
    """A lane, and its pages that wait to be handed out.

    Args:
        rest: The part of the table.
        walk: The walk through it.

    Attributes:
        walk: As given.
        error: Why it cannot be read on.
        is_read: Whether there is nothing more to read.
        is_claimed: Whether a thread reads it.
        pages: What was read and not handed out.
        census: Where it is counted, once that is known.
        depth: How often something was cut to get here.
    """

    def __init__(self, rest: Span, walk: KeysetWalk) -> None:
        super().__init__(rest, walk)
        self.walk: KeysetWalk = walk
        self.error: BaseException | None = None
        self.is_read = False
        self.is_claimed = False
        self.pages: deque[tuple[KeyedRow, ...]] = deque()
        self.census: Census | None = None
        self.depth = 0


class Census:
    """Whether the parts of a span hold as many rows as the whole. Its owner's threads take turns.

    Args:
        span: The whole.
        rows: Rows that it held when it was cut.
        parts: Parts that it was cut into.
    """

    def __init__(self, span: Span, rows: int, parts: int) -> None:
        self._span = span
        self._rows = rows
        self._uncounted = parts
        self._counted = 0
        self._lock = threading.Lock()

    def count(self, rows: int) -> None:
        """Note how many rows a part held when it was first read."""
        with self._lock:
            self._uncounted -= 1
            self._counted += rows

    @property
    def is_exaggerated(self) -> bool:
        """Whether the parts hold so much more than the whole that the counts mean nothing."""
        return self._counted > 2 * self._rows

    def adds_up(self, count: Callable[[Span], int | None]) -> bool:
        """Tell whether nothing is missing; rows may have gone meanwhile, so that it is counted again if need be.

        Args:
            count: Asks the instance.
        """
        if self._uncounted or self._counted >= self._rows:
            return True
        now = count(self._span)
        return now is not None and self._counted >= now


class LaneBoard:
    """The lanes of a walk.

    Args:
        lanes: The lanes, in ascending order.
        throttle: How many pages may be fetched at a time.
        most_pages: Pages that may be under way or wait to be handed out.
        is_ordered: Whether the rows of a lane are handed out only when all lanes before it are done with.
    """

    def __init__(self, lanes: Iterable[BoardLane], throttle: Throttle, most_pages: int, *, is_ordered: bool) -> None:
        self._lanes = list(lanes)
        self._throttle = throttle
        self._most_pages = most_pages
        self._is_ordered = is_ordered
        self._changed = threading.Condition()
        self._waiting_pages = 0
        self._fetching = 0
        self._is_stopped = False

    # -- threads that read ---------------------------------------------------------------------------------------------

    def claim(self) -> BoardLane | None:
        """Give the next lane that nobody reads, as soon as there is room; None when nothing is left to do."""
        with self._changed:
            while not self._is_stopped:
                unread = [lane for lane in self._lanes if not lane.is_read]
                lane = next((lane for lane in unread if not lane.is_claimed), None)
                if lane is not None and self._has_room(lane):
                    lane.is_claimed = True
                    return lane
                if not unread:
                    return None
                self._changed.wait()
        return None

    def start_page(self, lane: BoardLane) -> bool:
        """Wait until the next page of a lane may be fetched; False when none may be any more."""
        with self._changed:
            while not self._is_stopped:
                if self._has_room(lane):
                    self._fetching += 1
                    return True
                self._changed.wait()
        return False

    def end_page(
        self,
        lane: BoardLane,
        rows: tuple[KeyedRow, ...] = (),
        *,
        parts: Sequence[BoardLane] = (),
        error: BaseException | None = None,
    ) -> None:
        """Put up what a page brought.

        Args:
            lane: The lane.
            rows: Rows to hand out.
            parts: Lanes that were cut off its end.
            error: Why it cannot be read on.
        """
        with self._changed:
            self._fetching -= 1
            if rows:
                lane.pages.append(rows)
                self._waiting_pages += 1
            if parts:
                place = self._lanes.index(lane)
                lane.rest = lane.rest.until(parts[0].rest.low)
                self._lanes[place + 1 : place + 1] = parts
            lane.error = error
            lane.is_read = error is not None or lane.walk.is_done
            self._changed.notify_all()

    def leave(self, lane: BoardLane) -> None:
        """Let another thread go on with a lane."""
        with self._changed:
            lane.is_claimed = False
            self._changed.notify_all()

    def refuse(self) -> None:
        """Note that the instance has too much to do: fewer threads may ask it."""
        with self._changed:
            self._throttle.refuse()

    def _has_room(self, lane: BoardLane) -> bool:
        if self._fetching >= self._throttle.allowed:
            return False
        is_first = self._is_ordered and self._lanes[0] is lane
        return is_first or self._fetching + self._waiting_pages < self._most_pages

    # -- the caller ----------------------------------------------------------------------------------------------------

    def take(self) -> Batch | None:
        """Give the next rows, as soon as they are there; None at the end.

        Raises:
            BaseException: What a lane cannot be read on for.
        """
        with self._changed:
            while True:
                self._lanes = [lane for lane in self._lanes if lane.pages or not lane.is_read or lane.error]
                lane = self._next_lane()
                if lane is not None and lane.pages:
                    self._waiting_pages -= 1
                    self._changed.notify_all()
                    return Batch(lane, lane.pages.popleft())
                if lane is not None and lane.error is not None:
                    lane.settle()
                    raise lane.error
                if not self._lanes:
                    return None
                self._changed.wait(_GLANCE_SECONDS)

    def _next_lane(self) -> BoardLane | None:
        if self._is_ordered:
            return self._lanes[0] if self._lanes else None
        with_rows = next((lane for lane in self._lanes if lane.pages), None)
        return with_rows or next((lane for lane in self._lanes if lane.error is not None), None)

    @property
    def unclaimed(self) -> int:
        """Lanes that nobody reads yet."""
        with self._changed:
            return sum(not lane.is_read and not lane.is_claimed for lane in self._lanes)

    def rest(self, begun: Lane | None, last: str) -> tuple[Span, ...]:
        """Give what has not been handed out; see :class:`~pysnow.walking.lane.Feed`."""
        with self._changed:
            return rest_of(self._lanes, begun, last)

    def stop(self) -> None:
        """Let no page be fetched any more."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
