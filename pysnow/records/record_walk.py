"""A walk whose rows are records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pysnow.records.record import Record
from pysnow.walking.record_iterator import RecordIterator

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue
    from pysnow.table import Table

__all__ = ["RecordWalk"]


class RecordWalk(RecordIterator):
    """A walk, as :meth:`Table.iterate` gives it: each row knows its table.

    Args:
        walk: The walk, not begun yet.
        table: Table of the rows.
        display_value: How they are read.
    """

    def __init__(self, walk: RecordIterator, table: Table, display_value: DisplayValue) -> None:
        super().__init__(walk._plan)
        self._table = table
        self._shown = display_value

    def _handed_out(self, row: dict[str, Any]) -> Record:
        super()._handed_out(row)
        return Record(row, self._table, display_value=self._shown)
