"""Rows of a table, page after page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pysnow.walking.lane import Batch, Lane, rest_of

if TYPE_CHECKING:
    from pysnow.exceptions import PysnowException
    from pysnow.walking.page_pull import Pull
    from pysnow.walking.pagination import Span

__all__ = ["SequentialFeed"]


class SequentialFeed:
    """Goes through lanes one after the other; see :class:`~pysnow.walking.lane.Feed`. Not for several threads.

    Args:
        lanes: The lanes.
        pull: Pulls rows out of a walk.
    """

    def __init__(self, lanes: Iterable[Lane], pull: Pull) -> None:
        self._lanes = list(lanes)
        self._pull = pull
        self._error: PysnowException | None = None
        self.is_proven = True

    def next_batch(self, wanted: int | None) -> Batch | None:
        """Give the next rows; None at the end; see :class:`~pysnow.walking.lane.Feed`."""
        while self._lanes:
            lane = self._lanes[0]
            if self._error is not None:
                lane.settle()
                raise self._error
            step = self._pull.next_step(lane.walk, wanted)
            self._error = step.error
            if step.rows:
                return Batch(lane, step.rows, lane.walk.offset)
            if step.error is not None:
                continue
            self.is_proven = self.is_proven and lane.walk.is_proven
            del self._lanes[0]
        return None

    def rest(self, begun: Lane | None = None, last: str = "") -> tuple[Span, ...]:
        """Give what has not been handed out; see :class:`~pysnow.walking.lane.Feed`."""
        return rest_of(self._lanes, begun, last)

    def close(self) -> None:
        """Stop what is fetched ahead; see :class:`~pysnow.walking.lane.Feed`."""
        self._pull.close()
