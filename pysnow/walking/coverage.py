"""How far a page of an instance reaches, when it answers with few rows or none; nothing is fetched here.

The limit that was asked for need not be the one that was honoured, and rows that access rules hide are counted off, but
not shown. So what counts is what pages have shown, and only where none has shown anything, what ``Link`` says.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pysnow.walking.pagination import Ask

__all__ = ["Coverage"]

_FEW: Final = 10
"""Hidden rows that are rather taken one by one than passed at the word of a header."""

_PLACES: Final = (0.5, 0.75, 0.25, 0.9)
"""Where, among the rows that are left, one is searched for that is shown."""


class Coverage:
    """How many rows behind an offset an instance has certainly looked at, when it answers with few or none.

    Threads that walk through the same table may share it.
    """

    def __init__(self) -> None:
        self._largest = 0
        self._stride = 0
        self._believed = 0
        self._tried = 0
        self._searches = 0
        self._out_of_reach: int | None = None
        self._lock = Lock()

    @property
    def is_blank(self) -> bool:
        """Whether no page has shown so far how far one reaches."""
        return not self._largest

    @property
    def rests_on_word(self) -> bool:
        """Whether more rows were passed at a time than any page has borne out, as ``Link`` alone allowed it.

        An instance that caps the limit may still reckon with what was asked for.
        """
        return self._believed > max(self._largest, 1)

    def note_page(self, rows: int) -> None:
        """Note how many rows a page held, or certainly reached."""
        self._largest = max(self._largest, rows)

    def is_filled_by(self, rows: int) -> bool:
        """Tell whether a page of so many rows may have been cut at the limit that the instance keeps to."""
        return rows >= self._largest > 0

    def rows(self, ask: Ask) -> int:
        """Give the number, 1 at least: as far as a page has been seen to reach.

        Args:
            ask: What was asked for.
        """
        return min(max(self._largest, 1), ask.limit)

    def rows_at_word(self, ask: Ask, left: int) -> int:
        """Give the number as ``Link`` has it, where no page has shown how far one reaches; otherwise as seen.

        Args:
            ask: What was asked for.
            left: Rows that are left.
        """
        takes_word = self.is_blank and self._out_of_reach is None and left > _FEW
        return min(max(self._stride, 1), ask.limit) if takes_word else self.rows(ask)

    def note_stride(self, ask: Ask, stride: int | None) -> None:
        """Note how far behind a page the next one begins, as ``Link`` has it.

        Args:
            ask: What was asked for.
            stride: The number; None without a next one.
        """
        if stride is not None and 0 < stride <= ask.limit:
            self._stride = max(self._stride, stride)

    def note_passed(self, rows: int) -> None:
        """Note how many rows were passed at a time, none of which came."""
        with self._lock:  # of what pages show, a smaller number may win; of what was believed, never
            self._believed = max(self._believed, rows)

    def limit_to_learn(self, left: int, page_size: int) -> int | None:
        """Rows to ask for so that ``Link`` tells how far such a page reaches; None when that is known well enough.

        A page that would hold all that is left has no next one, and ``Link`` says nothing; and where few rows have come
        that could tell, a walk would have to take hidden rows one by one. So few that this is bearable are taken so.

        Args:
            left: Rows behind the last one, hidden ones included.
            page_size: Most rows to ask for.
        """
        limit = min(left // 2, page_size)
        if not self.is_blank or left <= _FEW or limit <= 2 * max(self._stride, self._tried):
            return None
        self._tried = limit
        return limit

    def offset_to_search(self, left: int) -> int | None:
        """Rows to skip to come upon one that may tell how far a page reaches, as none has come; None for no use.

        Args:
            left: Rows that are left, hidden ones included.
        """
        if not self.is_blank or left <= _FEW or self._searches == len(_PLACES):
            return None
        self._searches += 1
        return int(left * _PLACES[self._searches - 1])

    def limit_of_look(self, rows: int, page_size: int) -> int | None:
        """Rows to ask for so that a page that shows the last of them tells how far it reaches; None for no use.

        Args:
            rows: Rows there are, hidden ones included.
            page_size: Most rows to ask for.
        """
        limit = min(rows, page_size, self._out_of_reach or page_size)
        return limit if rows > _FEW and limit > 2 * max(self._largest, 1) else None

    def note_out_of_reach(self, rows: int) -> None:
        """Note that a page of so many rows did not show the last of them, although it was to be seen before."""
        self._out_of_reach = max(1, rows // 2)
