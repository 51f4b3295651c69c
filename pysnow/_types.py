"""Names for the shapes that several modules speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from pysnow.criterion import Criterion
    from pysnow.query_builder import QueryBuilder
    from pysnow.response import Response

JSON: TypeAlias = Any
"""A decoded JSON value."""

Record: TypeAlias = dict[str, Any]
"""One record: column names with what the instance sent for them."""

Timeout: TypeAlias = float | tuple[float | None, float | None] | None
"""Seconds to connect and to read: one number for both, a pair, or None to wait for ever."""

Query: TypeAlias = "str | Mapping[str, Any] | QueryBuilder | Criterion"
"""The three spellings of a query, and its text."""


class Uploads(Protocol):
    """What can attach a file to a record."""

    def upload(self, sys_id: str, *args: Any, **kwargs: Any) -> Response:
        """Attach a file to the record."""
        ...


class RecordOwner(Protocol):
    """What an answer asks to change or delete the record it holds: the resource it came from."""

    @property
    def table_name(self) -> str | None:
        """Table whose records these are, or None where the path is not of the Table API."""
        ...

    @property
    def attachments(self) -> Uploads:
        """Files of the records."""
        ...

    def update(self, query: Query, payload: Record) -> Response:
        """Change the one record that matches."""
        ...

    def delete(self, query: Query) -> Record:
        """Delete the one record that matches."""
        ...
