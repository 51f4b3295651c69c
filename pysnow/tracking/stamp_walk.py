"""A walk through a table in order of stamps: each page begins behind the last row that came. Nothing is fetched here.

The order is that of (stamp, sys_id), as the instance sorts. Rows of one second are told apart by sys_id, so no second
is too full; a row that is written to meanwhile moves to the end and is met again there. The rest is as in
:mod:`pysnow.walking.keyset_walk`: only the count of what remains ends a walk, looks tell how far a page reaches where
few rows have come, and a page is believed only if it fits. Hidden rows are skipped by an offset, as a moment is no
border that cuts between rows of one second; pages overlap there by half at least.

Stopping at any time loses nothing: the place says where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from pysnow.encoded_query import Condition, Order
from pysnow.exceptions import IncompleteResult, PaginationStuck, PysnowException, QueryIgnored
from pysnow.field_value import raw_value
from pysnow.stamps import is_stamp
from pysnow.walking.coverage import Coverage
from pysnow.walking.look import Look
from pysnow.walking.pagination import MAX_EMPTY_PAGES, Ask, Page, PageSize, Span, is_plain, sys_id_of
from pysnow.walking.query_branches import narrow_branches, reorder

if TYPE_CHECKING:
    from pysnow._types import JSON, Record

__all__ = ["Place", "StampWalk", "Stamped", "Stretch", "query_of"]


_STEP_PAGE: Final = 100
"""Rows to ask for at least behind an offset: the more of them, the more may be deleted meanwhile without harm."""


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
        last: The row it ends with, itself included, instead of ``until``.
        is_backward: Whether its rows come in reverse order, the one at the place as the last of them.
    """

    field: str
    place: Place
    until: str = ""
    last: Place | None = None
    is_backward: bool = False


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
    if stretch.last is not None:
        before = narrow_branches(query, Condition(field, ">=", stamp), Condition(field, "<", stretch.last.stamp))
        up_to = Condition(field, "=", stretch.last.stamp), Condition("sys_id", "<=", stretch.last.sys_id)
        query = f"{before}^NQ{narrow_branches(query, *up_to)}"
    elif sys_id:
        later = narrow_branches(query, Condition(field, ">", stamp), *end)
        behind = Condition("sys_id", ">=" if stretch.is_backward else ">", sys_id)
        same = narrow_branches(query, Condition(field, "=", stamp), behind)
        query = f"{later}^NQ{same}"
    else:
        query = narrow_branches(query, Condition(field, ">=", stamp), *end)
    return reorder(query, Order(field, stretch.is_backward), Order("sys_id", stretch.is_backward))


class StampWalk:
    """A walk through a stretch. Not for several threads.

    Without an end, it ends behind as many rows as there were at its beginning: on a table that is written to all the
    time there is always one more, which is for the next walk.

    Args:
        stretch: What to walk through.
        size: How many rows to ask for.
        coverage: How far pages reach, as far as other walks through the table have seen it; threads may share it.
        max_empty_pages: Empty pages in succession that are borne.

    Attributes:
        stretch: What is left of it.
        is_done: Whether the end was reached.
        is_proven: Whether the count vouches for it; whether pages reach as far as was presumed, ``coverage`` tells.
        first_total: Rows that there were at the beginning, hidden ones included; None when that was not said.
        came: Rows that came.
    """

    def __init__(
        self,
        stretch: Stretch,
        size: PageSize,
        coverage: Coverage | None = None,
        *,
        max_empty_pages: int = MAX_EMPTY_PAGES,
    ) -> None:
        self.stretch = stretch
        self.is_done = False
        self.is_proven = False
        self.first_total: int | None = None
        self.came = 0
        self._size = size
        self._max_empty_pages = max_empty_pages
        self._coverage = Coverage() if coverage is None else coverage
        self._largest = 0
        self._offset = 0
        self._step_page = _STEP_PAGE
        self._limit_to_learn: int | None = None
        self._look: Look[Stretch, Place] | None = None
        self._search: Ask | None = None
        self._empty_pages = 0
        self._is_counting = True
        self._is_enough = False
        self._remaining: int | None = None  # the count before, where nothing but the offset has moved since
        self._last_page: set[Place] = set()

    def ask(self) -> tuple[Stretch, Ask]:
        """Say what is fetched next: of which rows, and how many of them."""
        # The span of an Ask says which rows are meant in a walk by sys_id; here the stretch does.
        if self._look is not None:
            return self._look.part, Ask(Span(), self._look.limit, self._look.offset, is_look=True)
        size = max(self._size.now, self._step_page) if self._offset else self._size.now
        return self.stretch, self._search or Ask(Span(), self._limit_to_learn or size, self._offset)

    def shrink(self) -> bool:
        """Ask for smaller pages from now on; False when they cannot be smaller."""
        self._look = self._search = self._limit_to_learn = None
        is_step_page_smaller = self._step_page > self._size.now
        self._step_page //= 2
        return self._size.shrink() or is_step_page_smaller

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
        if ask.is_look:
            self._take_look(page, rows[-1].place if rows else None)
            return []
        self._check([stamped.place for stamped in rows])
        total = self._believed(ask, page)
        if rows:
            self._go_on_behind(ask, page, rows, total)
        else:
            self._go_across(ask, page, total)
        return rows

    def _take_look(self, page: Page, last: Place | None) -> None:
        """A row further on, which a look may be taken at; or the answer to a look."""
        if self._search is not None:
            self._search = None
            if last is not None:
                part = replace(self.stretch, until="", last=last)
                self._look = Look(part, last, self._coverage, self._size.now)
        elif self._look is not None:
            self._look.take(last, page.total)
            self._look = None if self._look.is_over else self._look

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
        count = len(rows)
        self._size.grow()
        self.came += count
        may_be_cut = page.stride is not None or count >= ask.limit or 0 < self._largest <= count
        is_all = ask.offset == 0 and count == total and not may_be_cut
        was_enough = self._is_enough
        self._is_enough = not self.stretch.until and self.first_total is not None and self.came >= self.first_total
        # A full page that the count calls the last one: another shows whether the count is too low.
        is_in_doubt = count >= ask.limit and total is not None and total - ask.offset <= count
        is_last = self._is_enough and self._is_counting and (was_enough or not is_in_doubt)
        self.is_done = is_all or is_last
        self.is_proven = is_all or (is_last and not was_enough)
        self._coverage.note_page(count)
        self._largest = max(self._largest, count)
        self._last_page = {stamped.place for stamped in rows}
        self.stretch = Stretch(self.stretch.field, rows[-1].place, self.stretch.until)
        self._offset = self._empty_pages = 0
        self._remaining = self._limit_to_learn = None

    def _go_across(self, ask: Ask, page: Page, total: int | None) -> None:
        """An empty page: the end, or a stretch of hidden rows."""
        self._empty_pages += 1
        self._coverage.note_stride(ask, page.stride)
        window, self._limit_to_learn = self._coverage.rows(ask), None
        if total is not None and self._remaining is not None:
            # Hidden rows that are gone, or were written to: what stood behind them has moved forward.
            self._offset = max(0, self._offset - max(0, self._remaining - total))
        self._remaining = total
        if total is None:
            self.is_done = self._empty_pages >= 2 and page.stride is None
            self._offset += (self._coverage.rows_at_word(ask, ask.limit) + 1) // 2
        elif ask.offset + window >= total or not self._is_learning(total - ask.offset):
            window = self._coverage.rows_at_word(ask, total - ask.offset)
            self._coverage.note_passed(min(window, total - ask.offset))
            self.is_done = self.is_proven = ask.offset + window >= total
            self._offset += (window + 1) // 2
        if self._empty_pages > self._max_empty_pages and not self.is_done:
            self._empty_pages = 0
            raise PaginationStuck(f"The reading cannot go on: {self._max_empty_pages} pages were empty")

    def _is_learning(self, left: int) -> bool:
        """Whether something is asked for to learn how far a page reaches."""
        size, place = self._size.now, self.stretch.place
        if place.sys_id and not self._offset:
            part = replace(self.stretch, is_backward=True)
            look = Look(part, place, self._coverage, size, left + 1, is_backward=True)
            self._look = None if look.is_over else look
        elif not place.sys_id and (offset := self._coverage.offset_to_search(left)) is not None:
            self._search = Ask(Span(), size, self._offset + offset, is_look=True)
        if self._look is None and self._search is None:
            self._limit_to_learn = self._coverage.limit_to_learn(left, size)
        return any((self._look, self._search, self._limit_to_learn))


def _stuck(why: str) -> PysnowException:
    return PaginationStuck(f"The reading cannot go on: {why}")
