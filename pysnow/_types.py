"""Names for the shapes that several modules speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from pysnow.criterion import Criterion
    from pysnow.query_builder import QueryBuilder

JSON: TypeAlias = Any
"""A decoded JSON value."""

Record: TypeAlias = dict[str, Any]
"""One record: column names with what the instance sent for them."""

Timeout: TypeAlias = float | tuple[float | None, float | None] | None
"""Seconds to connect and to read: one number for both, a pair, or None to wait for ever."""

Query: TypeAlias = "str | Mapping[str, Any] | QueryBuilder | Criterion"
"""The three spellings of a query, and its text."""
