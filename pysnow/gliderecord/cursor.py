"""The half of a GlideRecord that goes through rows: where it stands, and how it gets there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

from pysnow.encoded_query import check_name
from pysnow.exceptions import InvalidUsage, NoResults
from pysnow.gliderecord.element import Row
from pysnow.gliderecord.query import GlideQuery
from pysnow.gliderecord.rows import Rows

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["BOTH", "GlideCursor"]

_Place: TypeAlias = Literal["nowhere", "new", "row", "other"]
"""What is current: nothing, a record that is not inserted yet, a row of the query, or a record that came otherwise."""

BOTH: Final = "all"
"""Elements have the stored value and what people read."""


class GlideCursor(GlideQuery):
    """A query, and the one row of it that is current.

    Args:
        table: The table.
    """

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._rows: Rows | None = None
        self._asked = ""
        self._stand_on({}, "nowhere")

    def query(self) -> None:
        """Begin to read what was asked for, before the first row; nothing is sent yet.

        Raises:
            InvalidUsage: The conditions make no query.
        """
        meant = self._meant()
        orders = meant.orders
        walk = self._table.iterate(meant, self._fields, limit=self._limit, order_by=orders or None, display_value=BOTH)
        self._close()
        self._rows = Rows(walk, is_ordered=bool(orders))
        self._asked = str(meant)
        self._stand_on({}, "nowhere")

    def next(self) -> bool:
        """Go on to the next row, and tell whether there is one. Reads a page when that is needed.

        Raises:
            InvalidUsage: There was no :meth:`query`.
            PysnowException: As for :meth:`Table.iterate <pysnow.Table.iterate>`.
        """
        row = self._begun().take()
        self._stand_on(row or {}, "nowhere" if row is None else "row")
        return row is not None

    def has_next(self) -> bool:
        """Tell whether there is a row behind the current one. Reads a page when that is needed.

        Raises:
            InvalidUsage: There was no :meth:`query`.
            PysnowException: As for :meth:`next`.
        """
        return self._begun().has_next()

    def rewind(self) -> None:
        """Go back before the first row: the rows are read once more, by the conditions as they are now."""
        self.query()

    def __iter__(self) -> Iterator[Self]:
        """Begin at the first row, and give this same cursor once for each."""
        self.query()
        while self.next():
            yield self

    def get(self, name: str, value: object = ...) -> bool:
        """Stand on one record, and tell whether there is one: by its sys_id, or by a value. One GET.

        Conditions that were added do not count. What the instance thinks equal is compared once more, exactly.

        Args:
            name: The sys_id; or a column.
            value: What the column holds.

        Raises:
            InvalidUsage: It is no sys_id or value; nothing was sent.
            MultipleResults: More than one record holds the value.
            QueryIgnored: The table has no such column.
            PysnowException: The instance refuses, or does not answer.
        """
        self._close()
        self._stand_on({}, "nowhere")
        try:
            if value is ...:
                found = self._table.get_by_id(name, self._fields, display_value=BOTH)
            else:
                found = self._table.find(fields=self._fields, display_value=BOTH, **{check_name(name): value})
        except NoResults:
            return False
        self._stand_on(found, "other")
        return True

    def get_row_count(self) -> int:
        """Give the number of rows: of those that came, once all have; else the instance counts, with one GET.

        Raises:
            PysnowException: As for :meth:`Table.count <pysnow.Table.count>`.
        """
        known = self._rows.count if self._rows is not None else None
        if known is not None:
            return known
        meant = self._meant() if self._rows is None else self._asked
        count = int(self._table.count(meant))
        return count if self._limit is None else min(count, self._limit)

    def _stand_on(self, row: Mapping[str, Any], place: _Place) -> None:
        self._read = row  # as it came: what is set goes into the copy
        self._row = Row(row, self._table, display_value=BOTH)
        self._place: _Place = place

    def _begun(self) -> Rows:
        if self._rows is None:
            raise InvalidUsage("There are no rows to go through: call query() first")
        return self._rows

    def _close(self) -> None:
        if self._rows is not None:
            self._rows.close()
        self._rows = None

    @property
    def _is_current(self) -> bool:
        return self._place in ("row", "other")

    def _check_current(self, method: str) -> None:
        if not self._is_current:
            raise InvalidUsage(f"{method}() needs a current record: next() or get() must have given True")
