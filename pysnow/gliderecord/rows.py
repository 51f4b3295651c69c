"""The rows of one query, read as they are asked for, with a look at the one behind; and whether it was heeded."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.encoded_query import Directive, Query
from pysnow.exceptions import InvalidUsage
from pysnow.writing.query_echo import echo_of, missing_columns, unknown_column

if TYPE_CHECKING:
    from pysnow.walking.record_iterator import RecordIterator

__all__ = ["Rows", "refuse_ignored"]


class Rows:
    """A cursor over a walk; nothing is sent before the first row is asked for.

    Args:
        walk: The walk.
        is_ordered: Whether pages are counted off, so that a row that moves shifts those behind it.
    """

    def __init__(self, walk: RecordIterator, *, is_ordered: bool) -> None:
        self._walk = walk
        self._is_ordered = is_ordered
        self._ahead: deque[Mapping[str, Any]] = deque()
        self._is_over = False
        self._taken = 0

    @property
    def count(self) -> int | None:
        """How many rows there are, once the last one has come."""
        return self._taken + len(self._ahead) if self._is_over else None

    def has_next(self) -> bool:
        """Tell whether there is a row behind the current one; reads on if need be."""
        if not self._ahead and not self._is_over:
            self._read_one()
        return bool(self._ahead)

    def take(self) -> Mapping[str, Any] | None:
        """Give the next row, or None."""
        if not self.has_next():
            return None
        self._taken += 1
        return self._ahead.popleft()

    def settle(self) -> None:
        """Read what a write could shift: all that is left of pages that are counted off."""
        while self._is_ordered and not self._is_over:
            self._read_one()

    def close(self) -> None:
        """Read no more."""
        self._walk.close()

    def _read_one(self) -> None:
        row = next(self._walk, None)
        if row is None:
            self._is_over = True
        else:
            self._ahead.append(row)


def refuse_ignored(text: str, row: Mapping[str, Any], table: str, *, is_whole: bool) -> None:
    """Refuse to write to a row that a query should not have found, as far as the row shows it.

    Args:
        text: The encoded query.
        row: The row, as it was read.
        table: Table it is of, for the error.
        is_whole: Whether all columns of the table were asked for.

    Raises:
        QueryIgnored: A column of the query is missing from it, or it does not satisfy an equality.
    """
    try:
        echo = echo_of(text, is_raw=False)
    except InvalidUsage:  # no condition, or one that cannot be read here
        return
    if echo.query is None or _has_join(echo.query):
        return
    missing = missing_columns(row, echo.columns)
    unknown = [name for name in missing if "." not in name]
    if is_whole and unknown:
        raise unknown_column(unknown[0], table, row, changes=True)
    if not missing:
        echo.check(row, table)


def _has_join(query: Query) -> bool:
    """Whether conditions in it may be about another table."""
    terms = (term for group in query.groups for term in group if isinstance(term, Directive))
    return any(term.text.startswith("JOIN") for term in terms)
