"""A walk through a table in the order of ``sys_id``, which never changes: the rule, and nothing that fetches.

It goes on *behind the last row that came* (keyset), so rows that come, go or change meanwhile move nothing.

* **Only the remaining count ends a walk**, never a page that is short or empty: access rules take rows out of a page
  after limit and count were applied (Table API documentation). ``X-Total-Count`` of *rows behind the last one* is what
  remains.
* **Hidden rows are crossed from border to border**, as :mod:`~pysnow.walking.crossing` tells, where there is no row to
  go on behind. An offset is used only among ids that no border can tell apart, or where nothing is counted; steps
  overlap then, because rows that are deleted meanwhile pull others forward.
* **The limit that was asked for need not be the one that was honoured**, so steps are as large as the largest page that
  came, or as the instance's own ``Link`` says, never as the limit. Where few rows have come, a look from the far end
  back to the last of them tells how far a page reaches; where none has come, a look further on, by the place of a row
  there. Where none comes there either, ``Link`` is taken at its word; then nothing vouches for the end.
* **A page is believed only if it fits.** Rows that lie before the last one, or outside of what was asked, come from a
  cache, or from an instance that does not apply the condition. The order of two ids that the platform made is known,
  as it is the same in every collation; of others nothing is presumed.
* **A page that was fetched ahead must join on.** It was asked for by an offset behind a row that had come by then, and
  overlaps with the page before it. It is taken only if it holds the last row that came: what stands behind that row in
  it is what followed at that moment, whatever happened in between. Otherwise nothing of it counts.
* **Far from the end nothing need be counted.** A page of which no count was asked for ends nothing: where it is short
  or empty, the next one is counted again.
* **A count that contradicts the rows is not believed any more.** Then two empty answers in succession end the walk, if
  ``Link`` names no further page, and nothing vouches for its end.
"""

from __future__ import annotations

from operator import lt
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import IncompleteResult, PaginationStuck
from pysnow.walking.coverage import Coverage
from pysnow.walking.crossing import Crossing
from pysnow.walking.look import Look
from pysnow.walking.pagination import (
    MAX_EMPTY_PAGES,
    Ask,
    Page,
    PageSize,
    Span,
    Step,
    is_plain,
    keyed,
    odd_ones,
)

if TYPE_CHECKING:
    from pysnow.walking.pagination import KeyedRow

__all__ = ["KeysetWalk"]

_STEP_PAGE: Final = 100
"""Rows to ask for at least behind an offset: the more of them, the more may be deleted meanwhile without harm."""

_OVERLAP: Final = 50
"""One row in so many is fetched twice where pages are fetched ahead, so that as many may be deleted meanwhile."""

_FAR_PAGES: Final = 3
"""Pages before the end of which no count is needed."""

_MISSES_MAX: Final = 6
"""Misses, less what joined on, after which no page is asked for ahead by an offset."""


class KeysetWalk:
    """A walk through a span. Not for several threads.

    Args:
        span: What to walk through.
        size: How many rows to ask for.
        max_empty_pages: Empty pages in succession that are borne.

    Attributes:
        span: What is left of it.
        takes_parts: True: each row tells where to go on.
        is_done: Whether the end was reached.
        is_proven: Whether the count vouches for it.
        first_total: Rows that matched when the walk began, hidden ones included; None when that was not said.
        offset: Always 0: pages are not counted off.
    """

    def __init__(self, span: Span, size: PageSize, *, max_empty_pages: int = MAX_EMPTY_PAGES) -> None:
        self.span = span
        self.takes_parts = True
        self.is_done = False
        self.is_proven = False
        self.first_total: int | None = None
        self.offset = 0
        self._size = size
        self._max_empty_pages = max_empty_pages
        self._coverage = Coverage()
        self._offset = 0
        self._crossing: Crossing | None = None
        self._left_across = 0
        self._limit_to_learn: int | None = None
        self._look: Look[Span, str] | None = None
        self._search: Ask | None = None
        self._empty_pages = 0
        self._uncounted_pages = 0
        self._is_counting = True
        self._has_hidden = False
        self._taken = 0
        self._left: int | None = None  # rows behind the last one, hidden ones included, as far as that is known
        self._misses = 0
        self._is_capped = False
        self._before: int | None = None  # the last count of the same rows
        self._last_plain = span.low if is_plain(span.low) and not span.is_low_included else None
        self._odd_of_page: set[str] = set()
        self._first_odd: set[str] = set()

    def ask(self, wanted: int | None = None) -> Ask:
        """Say which page is next; see :class:`~pysnow.walking.pagination.Walk`."""
        if self._search is not None:
            return self._search
        if self._look is not None:
            look = self._look
            return Ask(look.part, look.limit, look.offset, is_look=True, is_backward=look.is_backward)
        border = self._crossing.border if self._crossing is not None else None
        if border is not None:
            return Ask(self.span.until(border), self._size.now)
        # Where rows are hidden, a page of just the rows that are wanted would hardly ever hold them.
        size = self._size.now if wanted is None or self._has_hidden else min(self._size.now, wanted)
        if self._limit_to_learn is not None:
            return Ask(self.span, self._limit_to_learn)
        if self._offset:
            return Ask(self.span, max(size, _STEP_PAGE), self._offset)
        return Ask(self.span, size, is_counted=not self._is_far(self._left))

    def following(self, ask: Ask, last: str | None, total: int | None, wanted: int | None = None) -> Ask | None:
        """Guess which page is next; see :class:`~pysnow.walking.pagination.Walk`."""
        if not last or ask.offset or ask.is_look or ask.span.high != self.span.high:
            return None
        rows = total if ask.is_counted else self._left
        # A page that is just full is followed by one that shows whether it was the last.
        if rows is None or rows < ask.limit or (wanted is not None and wanted <= ask.limit):
            return None
        limit = self._size.now if wanted is None else min(self._size.now, wanted - ask.limit)
        return Ask(self.span.behind(last), limit, is_counted=not self._is_far(rows - ask.limit))

    def further(self, gained: int, total: int | None = None, wanted: int | None = None) -> Ask | None:
        """Say which page to fetch ahead; see :class:`~pysnow.walking.pagination.Walk`."""
        rows, size = self._left if total is None else total, self._size.now
        overlap = max(1, size // _OVERLAP)
        if (
            self._crossing is not None
            or self._look is not None
            or self._search is not None
            or self._offset
            or self._misses > _MISSES_MAX
            or size <= 2 * overlap
        ):
            return None
        if rows is None or gained < overlap or gained >= (rows if wanted is None else min(rows, wanted)):
            return None
        limit = size if wanted is None else min(size, wanted - gained + overlap)
        return Ask(self.span, limit, gained - overlap, is_ahead=True, is_counted=not self._is_far(rows - gained))

    def gain(self, ask: Ask, stride: int | None = None) -> int:
        """Rows that a page is to bring; see :class:`~pysnow.walking.pagination.Walk`."""
        reach = stride if stride is not None and 0 < stride <= ask.limit else ask.limit
        if self._is_capped:
            reach = self._coverage.rows(ask)
        return max(0, reach - max(1, self._size.now // _OVERLAP)) if ask.is_ahead else reach

    def _is_far(self, rows: int | None) -> bool:
        """Whether the end, so many rows away, cannot be on the next page."""
        return rows is not None and not self._has_hidden and rows >= _FAR_PAGES * self._size.now

    def shrink(self) -> bool:
        """Ask for smaller pages from now on; see :class:`~pysnow.walking.pagination.Walk`."""
        self._look = self._search = None
        return self._size.shrink()

    def take(self, ask: Ask, page: Page) -> Step:
        """Look at a page and decide how to go on; see :class:`~pysnow.walking.pagination.Walk`."""
        rows = keyed(page.rows)
        if not all(key for key, _ in rows):
            return Step(error=_without_sys_id())
        if ask.is_look:
            return self._take_look(page, rows)
        if rows and page.stride is not None and not 0 < page.stride <= ask.limit:
            # The rows may be in order, and still stand far behind those that were asked for.
            return self._miss() if ask.is_ahead else _flawed("the instance answers another request than this one")
        must_join = ask.is_ahead and page.place == 0
        known = self._known_rows(rows) if must_join else 0
        if must_join and not 0 < known < len(rows):
            return self._miss()
        new = rows[known:]
        keys = [key for key, _ in new]
        odd = odd_ones(keys)
        flaw = self._flaw(ask, keys, odd)
        if flaw:
            return _flawed(flaw)
        total = self._believed(ask, page)
        if page.place == 0:
            self._step_back(ask, total)
        if new:
            self._go_on_behind(ask, page, new, total)
            self._remember(keys, odd, is_same_page=page.place > 0)
        elif page.error is None:
            self._go_across(ask, page, total)
        if self._empty_pages > self._max_empty_pages:
            self._empty_pages = 0
            return Step(error=PaginationStuck(f"The walk cannot go on: {self._max_empty_pages} pages were empty"))
        return Step(new, page.error)

    def _take_look(self, page: Page, rows: tuple[KeyedRow, ...]) -> Step:
        """A row further on, which a look may be taken at; or the answer to a look."""
        if page.error is not None or page.has_more:
            return Step(error=page.error)
        last = rows[-1][0] if rows else None
        if self._search is not None:
            self._search = None
            if last is not None and not self.span.excludes(last):
                # What comes behind an id is known of the platform's kind only; the part before it is the longer one.
                is_backward = not is_plain(last)
                part = Span(last, True, self.span.high) if is_backward else self.span.until(_successor(last))
                self._look = Look(part, last, self._coverage, self._size.now, is_backward=is_backward)
        elif self._look is not None:
            self._look.take(last, page.total)
            self._look = None if self._look.is_over else self._look
        return Step()

    def _known_rows(self, rows: tuple[KeyedRow, ...]) -> int:
        """How many rows of a page that was fetched ahead end with the last one that came; 0 when it is not there."""
        place = next((place for place, (key, _) in enumerate(rows) if key == self.span.low), None)
        plain = [key for key, _ in rows[: (place or 0) + 1] if is_plain(key)]
        return 0 if place is None or not all(map(lt, plain, plain[1:])) else place + 1

    def _miss(self) -> Step:
        self._misses += 2
        # Either more has gone than pages overlap, or the instance keeps to a limit of its own.
        self._is_capped = True
        if self._coverage.rows(Ask(self.span, self._size.now)) < self._size.now // 2:
            self._misses = _MISSES_MAX + 1  # so few rows to a page that it is not worth it
        return Step(is_missed=True)

    def _believed(self, ask: Ask, page: Page) -> int | None:
        """The count, unless it is missing or was caught lying."""
        if page.total is not None and page.total < ask.offset + page.reach:
            self._is_counting = False
        total = page.total if self._is_counting else None
        if self.first_total is None and total is not None:
            self.first_total = self._taken + total
        return total

    def _step_back(self, ask: Ask, total: int | None) -> None:
        """Hidden rows that are gone: what stood behind them has moved forward."""
        if ask.offset and not ask.is_ahead and total is not None and self._before is not None:
            self._offset = max(0, self._offset - max(0, self._before - total))
        self._before = total if ask.span == self.span else None

    def _go_on_behind(self, ask: Ask, page: Page, rows: tuple[KeyedRow, ...], total: int | None) -> None:
        count = page.reach
        is_whole = (ask.offset == 0 or ask.is_ahead) and ask.span.high == self.span.high
        if page.error is None and not page.has_more:
            self._size.grow()
            may_be_cut = page.stride is not None or count >= ask.limit or self._coverage.is_filled_by(count)
            # From the offset on, all that the instance counted is there: none is hidden, and none is left.
            self.is_done = is_whole and ask.offset + count == total and not may_be_cut
            self.is_proven = self.is_done and not self._coverage.rests_on_word
            self._has_hidden = self._has_hidden or count < min(ask.limit, (total or 0) - ask.offset)
        self._left = self._left_behind(ask, page, len(rows), total) if is_whole else None
        self._misses = max(0, self._misses - (ask.is_ahead and page.place == 0))
        self._taken += len(rows)
        if not page.has_more:
            self._coverage.note_page(count)  # of a whole page: one that is as large as the largest may have been cut
        self.span = self.span.behind(rows[-1][0])
        self._offset = self._empty_pages = self._uncounted_pages = 0
        self._crossing = self._limit_to_learn = None

    def _left_behind(self, ask: Ask, page: Page, rows: int, total: int | None) -> int | None:
        if page.error is not None:
            return None
        if total is not None:
            return total - ask.offset - page.reach
        is_full = not ask.is_counted and (page.has_more or page.reach >= ask.limit)
        return self._left - rows if is_full and self._left is not None else None

    def _go_across(self, ask: Ask, page: Page, total: int | None) -> None:
        """An empty page: the end, or a stretch of hidden rows."""
        self._left = None
        if not ask.is_counted:
            return  # it decides nothing
        self._empty_pages += 1
        self._has_hidden = True
        self._coverage.note_stride(ask, page.stride)
        self._limit_to_learn = None
        if ask.span.high != self.span.high:
            self._pass_border(ask, total)
        elif total is None:
            self._uncounted_pages += 1
            self.is_done = self._uncounted_pages >= 2 and page.stride is None
            self._step(self._coverage.rows_at_word(ask, ask.limit))
        elif not self._ends_within(ask, total, self._coverage.rows(ask)) and not self._is_learning(total):
            self._uncounted_pages = 0
            window = self._coverage.rows_at_word(ask, total)
            if not self._ends_within(ask, total, window):
                self._cross(total, window)

    def _ends_within(self, ask: Ask, total: int, window: int) -> bool:
        """Whether an empty page reached over all that is left; then the end is there."""
        if ask.offset + window >= total:
            self._coverage.note_passed(total - ask.offset)
            self.is_done = True
            self.is_proven = not self._coverage.rests_on_word
        return self.is_done

    def _is_learning(self, left: int) -> bool:
        """Whether something is asked for to learn how far a page reaches."""
        span, size = self.span, self._size.now
        if span.low is not None and not span.is_low_included:
            part = Span(span.low, True, span.high)
            look = Look(part, span.low, self._coverage, size, left + 1, is_backward=True)
            self._look = None if look.is_over else look
        elif (offset := self._coverage.offset_to_search(left)) is not None:
            self._search = Ask(span, size, offset, is_look=True)
        if self._look is None and self._search is None:
            self._limit_to_learn = self._coverage.limit_to_learn(left, size)
        return any((self._look, self._search, self._limit_to_learn))

    def _cross(self, left: int, window: int) -> None:
        self._left_across = left
        if self._crossing is None:
            self._crossing = Crossing(self.span, left, window)
        else:
            self._crossing.tell(left, window)
        if self._crossing.is_stuck:
            self._step(window)

    def _pass_border(self, ask: Ask, total: int | None) -> None:
        if total is None or self._crossing is None:
            self._crossing = None
        elif self._crossing.tell(total, self._coverage.rows_at_word(ask, self._left_across)):
            self._coverage.note_passed(total)
            self.span = Span(ask.span.high, True, self.span.high)

    def _step(self, window: int) -> None:
        self._offset += max(1, window // 4)

    def _remember(self, keys: list[str], odd: list[str], *, is_same_page: bool) -> None:
        self._last_plain = next(filter(is_plain, reversed(keys)), self._last_plain)
        self._odd_of_page = self._odd_of_page.union(odd) if is_same_page else set(odd)
        # Enough to know a page again that came long ago, without keeping all of it.
        self._first_odd.update(odd[:1])

    def _flaw(self, ask: Ask, keys: list[str], odd: list[str]) -> str:
        """What a page contradicts; empty when it fits."""
        plain = list(filter(is_plain, keys)) if odd else keys
        is_ascending = all(map(lt, (self._last_plain or "", *plain), plain))
        if len(set(odd)) < len(odd) or (not is_ascending and len(set(plain)) < len(plain)):
            return "one page holds a sys_id twice. Is this a view? Try consistency='best-effort'"
        # Of ids that ascend, the first and the last tell for all.
        if any(map(ask.span.excludes, (plain[0], plain[-1]) if is_ascending and plain else plain)):
            return "the instance sends rows that had come before, or were not asked for"
        if not self._odd_of_page.isdisjoint(odd) or not self._first_odd.isdisjoint(odd):
            return "the instance sends rows that had come before"
        return "" if is_ascending else "rows do not come in the order of sys_id. Try consistency='best-effort'"


def _successor(sys_id: str) -> str | None:
    """The sys_id behind one of the platform's kind; None when there is none."""
    number = int(sys_id, 16) + 1
    return f"{number:032x}" if number < 16**32 else None


def _flawed(flaw: str) -> Step:
    return Step(error=PaginationStuck(f"The walk cannot go on: {flaw}"), is_flaw=True)


def _without_sys_id() -> IncompleteResult:
    return IncompleteResult(
        "The walk cannot go on: a row has no sys_id. Views and tables without one can be read with "
        "consistency='best-effort'"
    )
