"""The stored key in a row, however it was read; and a row that was read in full, as people see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.records.field_shapes import stored_in

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.params_builder import DisplayValue

__all__ = ["displayed", "key_in"]


def key_in(row: Mapping[str, Any], column: str, shown: DisplayValue) -> str | None:
    """Give a stored key; empty where the column is, None where the stored value did not come.

    Args:
        row: The row, as it came.
        column: The column.
        shown: How it was read.
    """
    if column not in row:
        return None
    # A sys_id is shown as it is, whatever is asked for; and nothing is shown of nothing.
    value = row[column]
    found = value if isinstance(value, str) and (column == "sys_id" or not value) else stored_in(value, shown)
    return found if isinstance(found, str) else None


def displayed(row: Record) -> Record:
    """Give a row that was read with ``display_value="all"`` the form that ``True`` gives it.

    Args:
        row: The row.
    """
    return {name: _displayed(value) for name, value in row.items()}


def _displayed(value: object) -> object:
    if not isinstance(value, Mapping) or "display_value" not in value:
        return value
    if "link" in value:
        return {name: part for name, part in value.items() if name != "value"}
    return value["display_value"]
