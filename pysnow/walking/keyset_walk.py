"""A walk through a table in the order of ``sys_id``, which never changes: the rule, and nothing that fetches.

It goes on *behind the last row that came* (keyset), so rows that come, go or change meanwhile move nothing.

* **Only the remaining count ends a walk**, never a page that is short or empty: access rules take rows out of a page
  after limit and count were applied (Table API documentation). ``X-Total-Count`` of *rows behind the last one* is what
  remains.
* **Hidden rows are crossed from border to border**, as :mod:`~pysnow.walking.crossing` tells, where there is no row to
  go on behind. An offset is used only among ids that no border can tell apart, or where nothing is counted; steps
  overlap then, because rows that are deleted meanwhile pull others forward.
* **The limit that was asked for need not be the one that was honoured**, so steps are as large as the largest page that
  came, or as the instance's own ``Link`` says, never as the limit.
* **A page is believed only if it fits.** Rows that lie before the last one, or outside of what was asked, come from a
  cache, or from an instance that does not apply the condition. The order of two ids that the platform made is known,
  as it is the same in every collation; of others nothing is presumed.
* **A count that contradicts the rows is not believed any more.** Then two empty answers in succession end the walk,
  and nothing vouches for its end.
"""

from __future__ import annotations

from operator import lt
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import IncompleteResult, PaginationStuck
from pysnow.walking.crossing import Crossing
from pysnow.walking.pagination import MAX_EMPTY_PAGES, Ask, Page, PageSize, Span, Step, Window, is_plain, sys_id_of

if TYPE_CHECKING:
    from pysnow.walking.pagination import KeyedRow

__all__ = ["KeysetWalk"]

_STEP_PAGE: Final = 100
"""Rows to ask for at least behind an offset: the more of them, the more may be deleted meanwhile without harm."""


class KeysetWalk:
    """A walk through a span. Not for several threads.

    Args:
        span: What to walk through.
        size: How many rows to ask for.
        max_empty_pages: Empty pages in succession that are borne.

    Attributes:
        span: What is left of it.
        is_done: Whether the end was reached.
        is_proven: Whether the count vouches for it.
        first_total: Rows that matched when the walk began, hidden ones included; None when that was not said.
        offset: Always 0: pages are not counted off.
        remaining: Rows behind the last one, hidden ones included, as far as the last page tells; None otherwise.
    """

    def __init__(self, span: Span, size: PageSize, *, max_empty_pages: int = MAX_EMPTY_PAGES) -> None:
        self.span = span
        self.is_done = False
        self.is_proven = False
        self.first_total: int | None = None
        self.offset = 0
        self.remaining: int | None = None
        self._size = size
        self._max_empty_pages = max_empty_pages
        self._window = Window()
        self._offset = 0
        self._crossing: Crossing | None = None
        self._empty_pages = 0
        self._uncounted_pages = 0
        self._is_counting = True
        self._has_hidden = False
        self._taken = 0
        self._before: tuple[int, Ask] | None = None  # the last count, and what it was the answer to
        self._last_plain = span.low if is_plain(span.low) and not span.is_low_included else None
        self._odd_of_page: set[str] = set()
        self._first_odd: set[str] = set()

    def ask(self, wanted: int | None = None) -> Ask:
        """Say which page is next; see :class:`~pysnow.walking.pagination.Walk`."""
        border = self._crossing.border if self._crossing is not None else None
        if border is not None:
            return Ask(self.span.until(border), self._size.now)
        # Where rows are hidden, a page of just the rows that are wanted would hardly ever hold them.
        size = self._size.now if wanted is None or self._has_hidden else min(self._size.now, wanted)
        return Ask(self.span, max(size, _STEP_PAGE) if self._offset else size, self._offset)

    def shrink(self) -> bool:
        """Ask for smaller pages from now on; see :class:`~pysnow.walking.pagination.Walk`."""
        return self._size.shrink()

    def narrow(self, span: Span) -> None:
        """Walk through the beginning of what is left only; counts begin anew.

        Args:
            span: That beginning.
        """
        self.span = span
        self.first_total = self.remaining = self._before = self._crossing = None
        self._taken = 0

    def take(self, ask: Ask, page: Page) -> Step:
        """Look at a page and decide how to go on; see :class:`~pysnow.walking.pagination.Walk`."""
        rows = tuple((sys_id_of(row), row) for row in page.rows)
        if not all(key for key, _ in rows):
            return Step(error=_without_sys_id())
        flaw = self._flaw(ask, [key for key, _ in rows])
        if flaw:
            return Step(error=PaginationStuck(f"The walk cannot go on: {flaw}"), is_flaw=True)
        total = self._believed(ask, page)
        is_whole = ask.offset == 0 and ask.span == self.span
        self.remaining = total - len(rows) if rows and total is not None and is_whole else None
        self._learn(ask, total)
        if rows:
            self._go_on_behind(ask, page, rows, total)
        elif page.error is None:
            self._go_across(ask, page, total)
        if self._empty_pages > self._max_empty_pages:
            self._empty_pages = 0
            return Step(error=PaginationStuck(f"The walk cannot go on: {self._max_empty_pages} pages were empty"))
        return Step(rows, page.error)

    def _believed(self, ask: Ask, page: Page) -> int | None:
        """The count, unless it is missing or was caught lying."""
        if page.total is not None and page.total < ask.offset + len(page.rows):
            self._is_counting = False
        total = page.total if self._is_counting else None
        if self.first_total is None and total is not None:
            self.first_total = self._taken + total
        return total

    def _learn(self, ask: Ask, total: int | None) -> None:
        """By how much the count went down tells how far the last page reached, hidden rows included."""
        if total is not None and self._before is not None and self._before[1].span.high == ask.span.high:
            before, asked = self._before
            if ask.offset:
                # Hidden rows that are gone: what stood behind them has moved forward.
                self._offset = max(0, self._offset - max(0, before - total))
            elif asked.offset == 0:
                self._window.note_reach(min(before - total, asked.limit))
        self._before = None if total is None else (total, ask)

    def _go_on_behind(self, ask: Ask, page: Page, rows: tuple[KeyedRow, ...], total: int | None) -> None:
        if page.error is None:
            self._size.grow()
            may_be_cut = page.stride is not None or len(rows) >= ask.limit or self._window.is_filled_by(len(rows))
            is_whole = ask.offset == 0 and ask.span.high == self.span.high
            self.is_done = self.is_proven = is_whole and len(rows) == total and not may_be_cut
            self._has_hidden = self._has_hidden or len(rows) < min(ask.limit, total or 0)
        self._taken += len(rows)
        self._window.note_page(len(rows))
        self._remember(rows)
        self.span = self.span.behind(rows[-1][0])
        self._offset = self._empty_pages = self._uncounted_pages = 0
        self._crossing = None

    def _go_across(self, ask: Ask, page: Page, total: int | None) -> None:
        """An empty page: the end, or a stretch of hidden rows."""
        self._empty_pages += 1
        self._has_hidden = True
        window = self._window.rows(ask, page.stride)
        if ask.span.high != self.span.high:
            self._pass_border(ask, total, window)
        elif total is None:
            self._uncounted_pages += 1
            self.is_done = self._uncounted_pages >= 2
            self._step(window)
        elif ask.offset + window >= total:
            self.is_done = self.is_proven = True
        else:
            self._uncounted_pages = 0
            if self._crossing is None:
                self._crossing = Crossing(self.span, total, window)
            else:
                self._crossing.tell(total, window)
            if self._crossing.is_stuck:
                self._step(window)

    def _pass_border(self, ask: Ask, total: int | None, window: int) -> None:
        if total is None or self._crossing is None:
            self._crossing = None
        elif self._crossing.tell(total, window):
            self.span = Span(ask.span.high, True, self.span.high)

    def _step(self, window: int) -> None:
        self._offset += max(1, window // 4)

    def _remember(self, rows: tuple[KeyedRow, ...]) -> None:
        odd = [key for key, _ in rows if not is_plain(key)]
        self._last_plain = next((key for key, _ in reversed(rows) if is_plain(key)), self._last_plain)
        self._odd_of_page = set(odd)
        # Enough to know a page again that came long ago, without keeping all of it.
        self._first_odd.update(odd[:1])

    def _flaw(self, ask: Ask, keys: list[str]) -> str:
        """What a page contradicts; empty when it fits."""
        plain = list(filter(is_plain, keys))
        is_ascending = all(map(lt, (self._last_plain or "", *plain), plain))
        others = [] if len(plain) == len(keys) else [key for key in keys if not is_plain(key)]
        if len(set(others)) < len(others) or (not is_ascending and len(set(plain)) < len(plain)):
            return "one page holds a sys_id twice. Is this a view? Try consistency='best-effort'"
        # Of ids that ascend, the first and the last tell for all.
        if any(map(ask.span.excludes, (plain[0], plain[-1]) if is_ascending and plain else plain)):
            return "the instance sends rows that had come before, or were not asked for"
        if not self._odd_of_page.isdisjoint(others) or not self._first_odd.isdisjoint(others):
            return "the instance sends rows that had come before"
        return "" if is_ascending else "rows do not come in the order of sys_id. Try consistency='best-effort'"


def _without_sys_id() -> IncompleteResult:
    return IncompleteResult(
        "The walk cannot go on: a row has no sys_id. Views and tables without one can be read with "
        "consistency='best-effort'"
    )
