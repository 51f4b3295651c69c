"""A walk through a list in any order, page by page, counted off: what is left where rows cannot be gone on behind.

It is exact on a table that stands still. Rows that are deleted or change their place meanwhile move others across the
borders of pages: the sys_ids that came are remembered, so that none comes twice, and where the count goes down, the
walk steps back by as much, and lets its pages overlap from then on. Yet a row may be missed, since a row that goes and
another that comes leave the count as it was. That is why its reports say ``best-effort``.

Pages are counted on as in :mod:`~pysnow.walking.keyset_walk`: by what was certainly looked at, not by the limit. How
far a page reaches is no matter of order: where few rows come, a look in the order of sys_ids tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow.exceptions import PaginationStuck
from pysnow.walking.coverage import Coverage
from pysnow.walking.look import Look
from pysnow.walking.pagination import MAX_EMPTY_PAGES, Ask, Page, PageSize, Span, Step, sys_id_of

if TYPE_CHECKING:
    from pysnow.walking.pagination import KeyedRow

__all__ = ["OffsetWalk"]


class OffsetWalk:
    """A walk through all rows of a list. Not for several threads. Remembers the sys_ids, some 100 bytes for each row.

    Args:
        size: How many rows to ask for.
        offset: Rows to skip.
        last: Row to begin behind, when it is on the first page.
        max_empty_pages: Pages in succession without a new row that are borne.

    Attributes:
        span: All of the table.
        takes_parts: False: only all of a page tells how far it reached.
        offset: Where the page that was taken last begins.
        is_done: Whether the end was reached.
        is_proven: Whether as many rows came as there are, or hidden ones aside, and their number stood still.
        first_total: Rows that matched when the walk began; None when that was not said.
    """

    def __init__(
        self, size: PageSize, offset: int = 0, last: str | None = None, *, max_empty_pages: int = MAX_EMPTY_PAGES
    ) -> None:
        self.span = Span()
        self.takes_parts = False
        self.offset = offset
        self.is_done = False
        self.is_proven = False
        self.first_total: int | None = None
        self._size = size
        self._covered = offset  # so many rows from the first one on have certainly been looked at
        self._margin = 0
        self._is_repeating = last is not None
        self._last = last
        self._max_empty_pages = max_empty_pages
        self._coverage = Coverage()
        self._seen: set[str] = set()
        self._count = offset
        self._total: int | None = None
        self._barren_pages = 0
        self._has_hidden = False
        self._limit_to_learn: int | None = None
        self._look: Look[Span, str] | None = None
        self._lowest: str | None = None
        self._has_looked = False
        self._search: Ask | None = None
        self._was_full = True
        self._is_counting = True
        self._has_stood_still = True

    def ask(self, wanted: int | None = None) -> Ask:
        """Say which page is next; see :class:`~pysnow.walking.pagination.Walk`."""
        if self._search is not None:
            return self._search
        if self._look is not None:
            look = self._look
            return Ask(look.part, look.limit, look.offset, is_look=True, is_backward=True)
        offset = max(0, self._covered - self._margin)
        if self._limit_to_learn is not None:
            return Ask(self.span, self._limit_to_learn, offset)
        # Rows that are hidden, or had come before, would use up a page of just the rows that are wanted.
        is_cut = wanted is not None and not (self._margin or self._has_hidden) and offset == self._covered
        return Ask(self.span, min(self._size.now, wanted) if is_cut and wanted else self._size.now, offset)

    def shrink(self) -> bool:
        """Ask for smaller pages from now on; see :class:`~pysnow.walking.pagination.Walk`."""
        self._look = self._search = None
        return self._size.shrink()

    def take(self, ask: Ask, page: Page) -> Step:
        """Look at a page and decide how to go on; see :class:`~pysnow.walking.pagination.Walk`."""
        if ask.is_look:
            return self._take_look(page)
        rows = tuple((sys_id_of(row), row) for row in page.rows)
        is_keyed = all(key for key, _ in rows)
        fresh = self._fresh(rows)
        self.offset = ask.offset
        is_repeated, self._is_repeating = self._is_repeating, page.error is not None
        if page.error is not None:
            # The same place is asked for again. What came is known by its sys_id then; without one it is thrown away.
            kept = self._noted(fresh) if is_keyed else ()
            return Step(kept, page.error, duplicates=len(rows) - len(kept))
        # Only full pages do not overlap: of others, hidden rows may be part.
        is_next = len(rows) == ask.limit and ask.offset == self._covered and self._total == page.total
        if is_next and not (fresh or is_repeated):
            return Step(error=PaginationStuck("The walk cannot go on: the same rows come again"), is_flaw=True)
        self._size.grow()
        self._coverage.note_page(len(rows))
        self._barren_pages = 0 if fresh else self._barren_pages + 1
        self._noted(fresh)
        if len(fresh) < len(rows) and self._was_full and ask.offset == self._covered and not is_repeated:
            self._has_stood_still = False  # behind a full page none overlaps: rows have changed their place
        self._was_full = len(rows) == ask.limit
        self._go_on(ask, page, is_keyed=is_keyed)
        if self._barren_pages > self._max_empty_pages:
            self._barren_pages = 0
            return Step(error=PaginationStuck(f"The walk cannot go on: {self._max_empty_pages} pages brought no row"))
        return Step(fresh, duplicates=len(rows) - len(fresh))

    def _take_look(self, page: Page) -> Step:
        if page.error is not None:
            return Step(error=page.error)
        if self._search is not None:
            self._search = None
            self._lowest = min(filter(None, map(sys_id_of, page.rows)), default=None)
            self._look = self._look_at_lowest()
        elif self._look is not None:
            self._look.take(sys_id_of(page.rows[-1]) if page.rows else None, page.total)
            self._look = None if self._look.is_over else self._look
        return Step()

    def following(self, ask: Ask, last: str | None, total: int | None, wanted: int | None = None) -> Ask | None:
        """Guess which page is next; see :class:`~pysnow.walking.pagination.Walk`."""
        left = None if wanted is None else wanted - ask.limit
        offset = ask.offset + ask.limit
        if self._margin or ask.is_look or total is None or total <= offset or (left is not None and left <= 0):
            return None
        return Ask(self.span, self._size.now if left is None else min(self._size.now, left), offset)

    def further(self, gained: int, total: int | None = None, wanted: int | None = None) -> Ask | None:
        """Say None: where pages are counted off, one is fetched ahead, and no more."""
        return None

    def gain(self, ask: Ask, stride: int | None = None) -> int:
        """Rows that a page is to bring; see :class:`~pysnow.walking.pagination.Walk`."""
        return ask.limit

    def _believed(self, ask: Ask, page: Page) -> int | None:
        if page.total is not None and page.total < ask.offset + len(page.rows) and page.rows:
            self._is_counting = False
        total = page.total if self._is_counting else None
        if self.first_total is None:
            self.first_total = total
        return total

    def _fresh(self, rows: tuple[KeyedRow, ...]) -> tuple[KeyedRow, ...]:
        if self._last is not None:
            keys = [key for key, _ in rows]
            self._seen.update(keys[: keys.index(self._last) + 1] if self._last in keys else ())
            self._last = None
        first = {key: place for place, (key, _) in reversed([*enumerate(rows)])}
        return tuple(
            (key, row)
            for place, (key, row) in enumerate(rows)
            if not key or (key not in self._seen and first[key] == place)
        )

    def _noted(self, fresh: tuple[KeyedRow, ...]) -> tuple[KeyedRow, ...]:
        keys = [key for key, _ in fresh if key]
        self._seen.update(keys)
        if self._lowest is None:
            self._lowest = min(keys, default=None)
        self._count += len(fresh)
        return fresh

    def _go_on(self, ask: Ask, page: Page, *, is_keyed: bool) -> None:
        total = self._believed(ask, page)
        self._has_stood_still = self._has_stood_still and total is not None and self._total in (None, total)
        gone = max(0, self._total - total) if is_keyed and total is not None and self._total is not None else 0
        self._total = total
        self._covered = max(0, self._covered - gone)
        self._margin = max(gone, self._margin // 2)
        self._limit_to_learn = None
        if ask.offset <= self._covered:
            self._cover(ask, page, total)
        if total is None:
            self.is_done = self._barren_pages >= 2 and page.stride is None
        elif self._covered >= total:
            # Of a page that is full, or has a next one, the count alone does not say that it was the last.
            self.is_done = self._barren_pages > 0 or not (page.stride is not None or len(page.rows) >= ask.limit)
            is_vouched_for = self._has_stood_still and not self._coverage.rests_on_word
            self.is_proven = self.is_done and (is_vouched_for or self._count >= total)

    def _cover(self, ask: Ask, page: Page, total: int | None) -> None:
        """Count on by what was certainly looked at, once nothing more can be learned of that."""
        left, window = (total or 0) - ask.offset, self._coverage.rows(ask)
        is_short = len(page.rows) < (page.stride or ask.limit)
        if not page.rows:
            self._has_hidden = True
            self._coverage.note_stride(ask, page.stride)
        if window < left and is_short and self._is_learning(ask, left, is_empty=not page.rows):
            return
        if not page.rows:
            window = self._coverage.rows_at_word(ask, left)
            self._coverage.note_passed(min(window, max(0, left)))
        self._covered = max(self._covered, ask.offset + window)

    def _is_learning(self, ask: Ask, left: int, *, is_empty: bool) -> bool:
        """Whether something is asked for to learn how far a page reaches."""
        size = self._size.now
        if self._lowest is not None and self._coverage.limit_of_look(left, size):
            self._look = self._look_at_lowest()
        elif is_empty and (offset := self._coverage.offset_to_search(left)) is not None:
            self._search = Ask(self.span, size, ask.offset + offset, is_look=True)
        if is_empty and self._look is None and self._search is None:
            self._limit_to_learn = self._coverage.limit_to_learn(left, size)
        return any((self._look, self._search, self._limit_to_learn))

    def _look_at_lowest(self) -> Look[Span, str] | None:
        """A look at a row that came, in the order of sys_ids, where its place is known."""
        if self._lowest is None or self._has_looked:
            return None
        self._has_looked = True
        return Look(Span(self._lowest, True), self._lowest, self._coverage, self._size.now, is_backward=True)
