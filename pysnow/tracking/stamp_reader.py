"""Drives a walk in order of stamps: fetches page after page, and asks again where that may heal what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, Protocol

from pysnow.exceptions import ErrorInResult, PaginationStuck, PartialResult, PysnowException, ReadTimeout, ServerError
from pysnow.tracking.stamp_source import shown_clock
from pysnow.tracking.stamp_walk import Stamped, StampWalk, Stretch
from pysnow.walking.coverage import Coverage
from pysnow.walking.pagination import PageSize

if TYPE_CHECKING:
    from datetime import datetime

    from pysnow.tracking.stamp_source import DatedPage
    from pysnow.walking.pagination import Ask, Page

__all__ = ["Reading", "StampedRows", "is_too_much", "read_walk"]

_FLAWS_MAX: Final = 2
"""Pages in succession that may contradict what was asked: a cache on the way gives up an old answer once."""

_TOO_MUCH = (PartialResult, ErrorInResult, ReadTimeout)


def is_too_much(error: BaseException) -> bool:
    """Tell whether the instance may have run out of time for what was asked, so that less of it would do.

    Args:
        error: What was raised, when the transport had given up.
    """
    return isinstance(error, _TOO_MUCH) or (isinstance(error, ServerError) and error.status in (500, 504))


def read_walk(fetch: Callable[[Stretch, Ask], Page], walk: StampWalk) -> Iterator[Stamped]:
    """Give all rows of a walk, in order, holding one page at a time.

    Args:
        fetch: Fetches one page, or raises.
        walk: Says which. It asks for smaller pages where the instance runs out of time.

    Raises:
        PysnowException: A page could not be fetched, however small, or does not fit however often it is asked for.
    """
    flaws = 0
    while not walk.is_done:
        stretch, ask = walk.ask()
        try:
            page = fetch(stretch, ask)
        except PysnowException as error:
            if not is_too_much(error) or not walk.shrink():
                raise
            continue
        try:
            rows = walk.take(ask, page)
        except PaginationStuck:
            flaws += 1
            if not page.rows or flaws > _FLAWS_MAX:
                raise
            continue
        if rows:
            flaws = 0
        yield from rows


class StampedRows(Protocol):
    """Where pages come from that show the instance's clock."""

    def fetch(self, stretch: Stretch, ask: Ask) -> DatedPage:
        """Fetch a page of a stretch."""
        ...


class Reading:
    """One reading of a stretch, which can be iterated over once.

    Args:
        rows: Where its pages come from.
        stretch: What to read.
        page_size: Most rows to ask for at a time.

    Attributes:
        started: What the instance's clock showed when the reading began; known from the first page on.
    """

    def __init__(self, rows: StampedRows, stretch: Stretch, page_size: int) -> None:
        self.started: datetime | None = None
        self._rows = rows
        self._coverage = Coverage()
        self._walk = StampWalk(stretch, PageSize(page_size), self._coverage)

    @property
    def is_proven(self) -> bool:
        """Whether the end was reached, and the instance's count vouches for it."""
        return self._walk.is_proven and not self._coverage.rests_on_word

    def __iter__(self) -> Iterator[Stamped]:
        """Give the rows.

        Raises:
            UnexpectedResponseFormat: The instance shows no clock.
            PysnowException: As for :func:`read_walk`.
        """
        return read_walk(self._fetch, self._walk)

    def _fetch(self, stretch: Stretch, ask: Ask) -> Page:
        page = self._rows.fetch(stretch, ask)
        if self.started is None:
            self.started = shown_clock(page)
        return page
