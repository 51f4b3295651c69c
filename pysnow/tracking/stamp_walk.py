"""A walk through a table in order of stamps: each page begins behind the last row that came. Nothing is fetched here.

The order is that of (stamp, sys_id), as the instance sorts. Rows of one second are told apart by sys_id, so no second
is too full; a row that is written to meanwhile moves to the end and is met again there. The rest is as in
:mod:`pysnow.walking.keyset_walk`: only the count of what remains ends a walk, an offset is used across empty pages
only, steps overlap, and a page is believed only if it fits.

Stopping at any time loses nothing: the place says where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pysnow.encoded_query import Condition, Order
from pysnow.exceptions import IncompleteResult, PaginationStuck, PysnowException, QueryIgnored
from pysnow.field_value import raw_value
from pysnow.stamps import is_stamp
from pysnow.walking.pagination import MAX_EMPTY_PAGES, Ask, Coverage, Page, PageSize, Span, is_plain, sys_id_of
from pysnow.walking.query_branches import narrow_branches, reorder

if TYPE_CHECKING:
    from pysnow._types import JSON, Record

__all__ = ["Place", "StampWalk", "Stamped", "Stretch", "query_of"]


class Place(NamedTuple):
    """A row's place in the order.

    Attributes:
        stamp: Its stamp.
        sys_id: Its sys_id; empty stands before all rows of that second.
    """

    stamp: str
    sys_id: str = ""


class Stamped(NamedTuple):
    """A row and its place."""

    place: Place
    row: Record


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a table: the rows behind a place.

    Attributes:
        field: Column of the stamps.
        place: Where it begins.
        until: First stamp behind it; empty for no end.
    """

    field: str
    place: Place
    until: str = ""


def query_of(query: str, stretch: Stretch) -> str:
    """Narrow a query to a stretch, and put its rows in order.

    Args:
        query: Encoded query.
        stretch: What to narrow it to.

    Raises:
        QueryTypeError: Nothing can be added to the query.
    """
    field, (stamp, sys_id) = stretch.field, stretch.place
    end = (Condition(field, "<", stretch.until),) if stretch.until else ()
    if sys_id:
        later = narrow_branches(query, Condition(field, ">", stamp), *end)
        same = narrow_branches(query, Condition(field, "=", stamp), Condition("sys_id", ">", sys_id))
        query = f"{later}^NQ{same}"
    else:
        query = narrow_branches(query, Condition(field, ">=", stamp), *end)
    return reorder(query, Order(field), Order("sys_id"))


class StampWalk:
    """A walk through a stretch. Not for several threads.

    Without an end, it ends behind as many rows as there were at its beginning: on a table that is written to all the
    time there is always one more, which is for the next walk.

    Args:
        stretch: What to walk through.
        size: How many rows to ask for.
        max_empty_pages: Empty pages in succession that are borne.

    Attributes:
        stretch: What is left of it.
        is_done: Whether the end was reached.
        is_proven: Whether the count vouches for it.
        first_total: Rows that there were at the beginning, hidden ones included; None when that was not said.
        came: Rows that came.
    """

    def __init__(self, stretch: Stretch, size: PageSize, *, max_empty_pages: int = MAX_EMPTY_PAGES) -> None:
        self.stretch = stretch
        self.is_done = False
        self.is_proven = False
        self.first_total: int | None = None
        self.came = 0
        self._size = size
        self._max_empty_pages = max_empty_pages
        self._window = Coverage()
        self._offset = 0
        self._empty_pages = 0
        self._is_counting = True
        self._remaining: int | None = None  # the count before, where nothing but the offset has moved since
        self._last_page: set[Place] = set()

    def ask(self) -> Ask:
        """Say how much of the stretch is fetched next."""
        # The span of an Ask says which rows are meant in a walk by sys_id; here the stretch does.
        return Ask(Span(), self._size.now, self._offset)

    def shrink(self) -> bool:
        """Ask for smaller pages from now on; False when they cannot be smaller."""
        return self._size.shrink()

    def take(self, ask: Ask, page: Page) -> list[Stamped]:
        """Look at a page and decide how to go on.

        Returns:
            Its rows.

        Raises:
            QueryIgnored: The rows have no such column, or it does not hold moments.
            IncompleteResult: A row has no sys_id.
            PaginationStuck: The page contradicts what was asked, which asking again may heal; or too many were empty.
        """
        rows = [self._stamped(row) for row in page.rows]
        self._check([stamped.place for stamped in rows])
        total = self._believed(ask, page)
        if rows:
            self._go_on_behind(ask, page, rows, total)
        else:
            self._go_across(ask, page, total)
        return rows

    def _stamped(self, row: JSON) -> Stamped:
        sys_id = sys_id_of(row)
        if not sys_id:
            raise IncompleteResult("The reading cannot go on: a row has no sys_id, as in a view")
        field = self.stretch.field
        stamp = raw_value(row.get(field))
        if isinstance(stamp, str) and is_stamp(stamp):
            return Stamped(Place(stamp, sys_id), row)
        if field not in row:
            raise QueryIgnored(f"Rows come without {field!r}: the table has no such column, or you may not read it")
        raise QueryIgnored(f"Column {field!r} holds {stamp!r:.40}, which is no moment: choose a date-time column")

    def _check(self, places: Sequence[Place]) -> None:
        if len({place.sys_id for place in places}) < len(places) or not self._last_page.isdisjoint(places):
            raise _stuck("the instance sends a row twice")
        before = self.stretch.place
        for place in places:
            is_before = place.stamp < before.stamp or (
                place.stamp == before.stamp and is_plain(place.sys_id) and is_plain(before.sys_id) and place <= before
            )
            if is_before or (self.stretch.until and place.stamp >= self.stretch.until):
                raise _stuck(f"rows do not come by {self.stretch.field} as they were asked for. May you sort by it?")
            before = place

    def _believed(self, ask: Ask, page: Page) -> int | None:
        """The count, unless it is missing or was caught lying."""
        if page.total is not None and page.total < ask.offset + len(page.rows):
            self._is_counting = False
        total = page.total if self._is_counting else None
        if self.first_total is None:
            self.first_total = total
        return total

    def _go_on_behind(self, ask: Ask, page: Page, rows: list[Stamped], total: int | None) -> None:
        self._size.grow()
        self.came += len(rows)
        may_be_cut = page.stride is not None or len(rows) >= ask.limit or self._window.is_filled_by(len(rows))
        is_all = ask.offset == 0 and len(rows) == total and not may_be_cut
        is_enough = not self.stretch.until and self.first_total is not None and self.came >= self.first_total
        self.is_done = self.is_proven = is_all or (is_enough and self._is_counting)
        self._window.note_page(len(rows))
        self._last_page = {stamped.place for stamped in rows}
        self.stretch = Stretch(self.stretch.field, rows[-1].place, self.stretch.until)
        self._offset = self._empty_pages = 0
        self._remaining = None

    def _go_across(self, ask: Ask, page: Page, total: int | None) -> None:
        """An empty page: the end, or a stretch of hidden rows."""
        self._empty_pages += 1
        window = self._window.rows(ask, page.stride)
        self.is_done = self._empty_pages >= 2 if total is None else ask.offset + window >= total
        self.is_proven = self.is_done and total is not None
        if total is not None and self._remaining is not None:
            # Hidden rows that are gone, or were written to: what stood behind them has moved forward.
            self._offset = max(0, self._offset - max(0, self._remaining - total))
        self._remaining = total
        self._offset += (window + 1) // 2
        if self._empty_pages > self._max_empty_pages and not self.is_done:
            self._empty_pages = 0
            raise PaginationStuck(f"The reading cannot go on: {self._max_empty_pages} pages were empty")


def _stuck(why: str) -> PysnowException:
    return PaginationStuck(f"The reading cannot go on: {why}")
