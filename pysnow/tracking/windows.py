"""Spans of time that hold no more rows than fit, found by asking for the row in the middle of those that hold more.

Invariants: the windows that come out follow each other without a gap and make up the whole; each holds at most
``most`` rows, as far as rows stood still while it was looked at, or is a single second, which cannot be split. Ties
never straddle a border, because borders are whole seconds, as stamps are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pysnow.stamps import SECOND, next_second

__all__ = ["Look", "Window", "halves", "plan"]

_BLIND_MAX = 100
"""Windows in a row that are split without a row to be seen, before the rest is taken as it is: the counts lie."""


@dataclass(frozen=True, slots=True)
class Window:
    """The moments from ``since`` on and before ``until``, both whole seconds of UTC.

    Attributes:
        since: First moment of it.
        until: First moment behind it.
        bound: Rows it holds at the most, or None when that is not known.
        guess: Rows it is thought to hold, which tells where the one in the middle is looked for.
    """

    since: datetime
    until: datetime
    bound: int | None = None
    guess: int = 0

    @property
    def is_second(self) -> bool:
        """Whether it is a single second."""
        return self.until - self.since <= SECOND


class Look(NamedTuple):
    """What the instance says of a window.

    Attributes:
        rows: Rows in it, or None when it did not say.
        moment: Moment of the row at the place that was asked for, or None when there is no such row to be seen.
    """

    rows: int | None
    moment: datetime | None


def plan(whole: Window, most: int, look: Callable[[Window, int], Look | None]) -> Iterator[Window]:
    """Give windows that make up the whole, in their order, looking no further ahead than is asked for.

    A look is one request. There are fewer than two for each window, as long as the rows looked for can be seen.

    Args:
        whole: What to split.
        most: Rows that a window may hold.
        look: Asks the instance for the number of rows in a window, and for the moment of the row at a place, counted
            from 0 in order of the moments. None stands for an answer that did not come, because the window is too much.
    """
    waiting = [whole] if whole.since < whole.until else []
    blind = 0
    while waiting:
        window = waiting.pop()
        if _is_fit(window, most) or blind > _BLIND_MAX:
            yield window
            continue
        place, seen = _look(window, most, look)
        if seen is not None and (seen.moment is None if seen.rows is None else seen.rows <= most):
            blind = 0
            yield window
        else:
            blind = blind + 1 if seen is None or seen.moment is None else 0
            waiting.extend(reversed(_parts(window, place, seen)))


def halves(window: Window) -> tuple[Window, Window]:
    """Split a window of more than a second in the middle of its time."""
    middle = min(next_second(window.since + (window.until - window.since) / 2), window.until - SECOND)
    guess = window.guess // 2
    return Window(window.since, middle, guess=guess), Window(middle, window.until, guess=guess)


def _is_fit(window: Window, most: int) -> bool:
    return window.is_second or (window.bound is not None and window.bound <= most)


def _look(window: Window, most: int, look: Callable[[Window, int], Look | None]) -> tuple[int, Look | None]:
    """Look at the place that is thought to be the middle, and once more if it is not."""
    place = window.guess // 2
    seen = look(window, place)
    if seen is None:
        return place, None
    if seen.rows is None:
        better = most  # without a count: is there a row that is one too many?
    elif seen.rows <= most or seen.rows // 8 <= place <= seen.rows - seen.rows // 8:
        return place, seen
    else:
        better = seen.rows // 2
    return better, look(window, better)


def _parts(window: Window, place: int, seen: Look | None) -> tuple[Window, Window]:
    if seen is None or seen.moment is None:
        return halves(window)
    behind = max(seen.rows - place, 0) if seen.rows is not None else 0
    if seen.moment > window.since:
        # What lies before that second lies before that place. How many rows share the second, is not known.
        return Window(window.since, seen.moment, place, place), Window(seen.moment, window.until, guess=behind)
    second = window.since + SECOND
    bound = behind if seen.rows is not None else None
    return Window(window.since, second), Window(second, window.until, bound, behind)
