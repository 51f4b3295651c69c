"""Getting past rows that access rules hide, without counting them off.

Where a page is empty although rows are left, there is no row to go on behind. But a border can be made up: sys_ids are
numbers of 32 hexadecimal digits, and every border cuts a table into rows before it and rows behind it, whatever kind of
ids these have. When the rows before a border are no more than the instance looks at for one page, and the page is
empty, then all of them are hidden, and the walk goes on at the border. That is decided by one answer, so that nothing
that happens between two answers can make a row be missed, as it could when rows are skipped by an offset.
"""

from __future__ import annotations

from typing import Final

from pysnow.walking.pagination import Span, is_border, is_plain

__all__ = ["Crossing"]

_SPACE: Final = 16**32
_GROWTH_MAX: Final = 16
_FILL: Final = 0.7
"""How full a page should become: too full costs a request, too empty does, too."""

_NARROWINGS_MAX: Final = 128
"""As often as a space of 128 bits can be halved."""


class Crossing:
    """Finds borders within a span, each so far behind the last that the rows between fit into one page.

    Args:
        span: The span; it begins where rows are hidden.
        rows: Rows in it.
        window: Rows that the instance certainly looks at for one page.
    """

    def __init__(self, span: Span, rows: int, window: int) -> None:
        self._start = _number(span.low)
        self._end = _SPACE if span.high is None or not is_border(span.high) else _number(span.high)
        # Where an id of another kind stands among the borders, only the instance knows.
        self._is_start_known = span.low is None or is_border(span.low)
        self._ceiling = 0  # so far is too far, because of so many rows; 0 when that is not known of any place
        self._rows_below_ceiling = 0
        self._planned = 0
        self._is_tried = not self._is_start_known
        self._narrowings = 0
        self._width = self._scaled(self._end - self._start, rows, window)

    @property
    def border(self) -> str | None:
        """The next border; None when the rest of the span comes next."""
        place = self._start + self._width
        return f"{place:032x}" if place < self._end and not self.is_stuck else None

    @property
    def is_stuck(self) -> bool:
        """Whether no border helps, as the rows lie where none fits between, or their count lies."""
        return not self._width or self._narrowings > _NARROWINGS_MAX

    def tell(self, rows: int, window: int) -> bool:
        """Take note of how many rows there are before the border, or in the rest of the span, when none of them came.

        Args:
            rows: The number.
            window: Rows that the instance certainly looks at for one page.

        Returns:
            Whether the walk may go on at the border.
        """
        place = min(self._start + self._width, self._end)
        if rows > window:
            self._narrow(place, rows, window)
            return False
        self._start = place
        self._narrowings = 0
        self._rows_below_ceiling -= rows
        if self._rows_below_ceiling <= window:
            self._ceiling = 0
        self._width = self._planned or self._scaled(self._width, rows, window)
        self._planned = 0
        may_pass = rows > 0 or self._is_start_known
        self._is_start_known = may_pass
        return may_pass

    def _narrow(self, place: int, rows: int, window: int) -> None:
        if place - self._start <= 1:
            self._narrowings = _NARROWINGS_MAX  # no smaller part is left, and yet the count is the same
        self._ceiling, self._rows_below_ceiling = place, rows
        self._narrowings += 1
        self._width = self._scaled(place - self._start, rows, window)
        if not self._is_tried:
            # Once as narrow as can be, to see whether the count is to be relied on.
            self._is_tried = True
            self._planned, self._width = self._width, 1

    def _scaled(self, width: int, rows: int, window: int) -> int:
        wanted = max(1, int(window * _FILL))
        width = min(width * wanted // rows if rows else width * _GROWTH_MAX, width * _GROWTH_MAX)
        return min(width, (self._ceiling - self._start) // 2) if self._ceiling else width


def _number(sys_id: str | None) -> int:
    if sys_id is None or not is_border(sys_id):
        return 0
    return int(sys_id.ljust(32, "0"), 16) + is_plain(sys_id)
