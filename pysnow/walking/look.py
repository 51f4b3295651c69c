"""Learning how far a page reaches, where too few rows come to tell: by a row whose place the same answer tells.

A part of the table that ends with a row that is known has this row as its last one, so the count of the part is the
place of the row. A page that begins so many rows before the end, and shows the row, has reached over all that lies
between, hidden or not. One answer decides, so that nothing that happens between two answers can deceive. A page that
does not show the row is no proof of anything; then the next one begins nearer to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from pysnow.walking.coverage import Coverage

__all__ = ["Look"]

PartT = TypeVar("PartT")
RowT = TypeVar("RowT")


class Look(Generic[PartT, RowT]):
    """Pages that are asked for to learn how far one reaches; their rows are left for later.

    Args:
        part: Part of the table that ends with the row.
        row: The row.
        coverage: Is told.
        page_size: Most rows to ask for.
        rows: Rows of the part, hidden ones included, if that is known; otherwise it is asked for first.
        is_backward: Whether the rows come in reverse order.

    Attributes:
        part: As given.
        is_backward: As given.
        limit: Rows to ask for next.
        offset: Rows to skip.
        is_over: Whether nothing is left to be asked for.
    """

    def __init__(
        self,
        part: PartT,
        row: RowT,
        coverage: Coverage,
        page_size: int,
        rows: int | None = None,
        *,
        is_backward: bool = False,
    ) -> None:
        self.part = part
        self.is_backward = is_backward
        self.limit, self.offset = 1, 0
        self.is_over = False
        self._row = row
        self._coverage = coverage
        self._page_size = page_size
        self._is_counted = False
        if rows is not None:
            self._plan(rows)

    def take(self, last: RowT | None, total: int | None) -> None:
        """Look at an answer.

        Args:
            last: The last row that it shows.
            total: Rows of the part at that moment.
        """
        if total is None:
            self.is_over = True
        elif self._is_counted and last == self._row:
            self._coverage.note_page(min(total - self.offset, self.limit))
            self.is_over = True
        else:
            if self._is_counted:
                self._coverage.note_out_of_reach(self.limit)
            self._plan(total)

    def _plan(self, rows: int) -> None:
        limit = self._coverage.limit_of_look(rows, self._page_size)
        self._is_counted = True
        self.is_over = limit is None
        self.limit = limit or 1
        self.offset = max(0, rows - self.limit)
