"""Rows of the tables that describe tables: read whole, in exact walks, and what may not be read is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from pysnow.exceptions import HTTPStatusError

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.table import Table

__all__ = ["DictionaryReader", "Instance"]

_NAMES_PER_REQUEST: Final = 100
"""Names of tables run to 80 characters, and an address to some 8,000."""

_REFUSED: Final = (400, 403, 404)
"""No right to the table, or no such table."""


class Instance(Protocol):
    """What an instance is asked through: a client, or the tables of one."""

    @property
    def base_url(self) -> str:
        """Address of the instance."""
        ...

    def table(self, name: str) -> Table:
        """Give a table."""
        ...


class DictionaryReader:
    """Reads rows of one instance's dictionary.

    Args:
        client: Who asks which instance.

    Attributes:
        unread: Tables of which not every row may be read.
    """

    def __init__(self, client: Instance) -> None:
        self._client = client
        self.unread: set[str] = set()

    def rows(
        self,
        table: str,
        condition: str,
        fields: str,
        names: Sequence[str] | None,
        *,
        key: str = "name",
        is_optional: bool = False,
    ) -> list[Record]:
        """Read all rows that match.

        Args:
            table: Their table.
            condition: Encoded query; empty for all.
            fields: Their columns, joined by commas. A row without the first two of them says nothing, and is left out.
            names: Names of which ``key`` has to be one; None for any.
            key: A column.
            is_optional: Whether a table that may not be read, or that is not there, has no rows.

        Raises:
            PysnowException: The instance refuses, or does not answer.
        """
        needed = fields.split(",")[:2]
        try:
            found = list(self._matching(table, condition, fields, names, key))
        except HTTPStatusError as error:
            if not is_optional or error.status not in _REFUSED:
                raise
            self.unread.add(table)
            return []
        return [row for row in found if all(name in row for name in needed) and row[needed[0]]]

    def _matching(
        self, table: str, condition: str, fields: str, names: Sequence[str] | None, key: str
    ) -> Iterator[Record]:
        if names is None:
            yield from self._walk(table, condition, fields)
            return
        for start in range(0, len(names), _NAMES_PER_REQUEST):
            chosen = f"{key}IN{','.join(names[start : start + _NAMES_PER_REQUEST])}"
            yield from self._walk(table, f"{condition}^{chosen}" if condition else chosen, fields)

    def _walk(self, table: str, query: str, fields: str) -> Iterator[Record]:
        walk = self._client.table(table).iterate(
            query, fields, display_value=False, exclude_reference_link=True, verify="off"
        )
        with walk:
            yield from walk
        if walk.report.hidden or walk.report.complete is not True:
            self.unread.add(table)
