"""What the record of an upsert is recognised by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pysnow.encoded_query import print_equality
from pysnow.exceptions import InvalidUsage, QueryTypeError

__all__ = ["key_values"]


def key_values(fields: Mapping[str, Any], key: str | Iterable[str]) -> dict[str, str]:
    """Values of the key by column.

    Args:
        fields: Fields of the row, as they are sent.
        key: The column, or columns.

    Raises:
        InvalidUsage: There are no columns, or one has no value that a query can carry.
    """
    columns = [key] if isinstance(key, str) else list(key)
    if not columns or not all(columns):
        raise InvalidUsage(f"key must be the name of a column, or a list of such names; not {key!r}")
    values = {}
    for column in columns:
        value = fields.get(column)
        text = ("true" if value else "false") if isinstance(value, bool) else "" if value is None else str(value)
        if not text.strip():
            raise InvalidUsage(
                f"The payload needs a value for {column!r}, by which the record is recognised: add it, or name another"
                " column with key="
            )
        try:
            print_equality(column, text)
        except QueryTypeError as error:
            raise InvalidUsage(f"The value of {column!r} cannot be looked for: {error}") from error
        values[column] = text
    return values
