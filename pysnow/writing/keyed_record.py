"""Finding the record that has a key, on an instance that may not know the column that carries it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pysnow.encoded_query import print_equality
from pysnow.field_value import raw_value
from pysnow.record_response import RecordResponse
from pysnow.writing.writes import Unclear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pysnow._types import Record
    from pysnow.writing.creation_key import Way
    from pysnow.writing.table_memory import TableMemory
    from pysnow.writing.writes import PendingWrite

__all__ = ["found_by"]

_LOOKED_AT = 5
"""Records read to find the one: the columns compare without regard to case, so there may be others."""

_SHAPING = frozenset({"sysparm_display_value", "sysparm_exclude_reference_link", "sysparm_fields"})


def found_by(change: PendingWrite, way: Way, value: str, memory: TableMemory | None = None) -> RecordResponse | None:
    """Look for the record that holds a value in a column: one GET, or two when the first contradicts itself.

    Args:
        change: What asks; the record is shaped as its answer would be.
        way: The column.
        value: The value, which only one record has.
        memory: Learns that the column is of no use, when the answer shows that.

    Raises:
        Unclear: There is one, it seems, but this user may not read it.
        PysnowException: The answer cannot be read.
    """
    found = change.read(None, _params(change.params, way, value))
    if not found.all() and found.total:
        # Counted, and not there: hidden, or created between the list and its count.
        found = change.read(None, _params(change.params, way, value))
    rows = found.all()
    for row in rows:
        if raw_value(row.get(way)) == value:
            return RecordResponse(found._response, change.owner, record=_shaped(row, change.params))
    is_applied = all(_is_alike(row.get(way), value) for row in rows)
    # The count is taken before access rules take rows away (Table API documentation).
    if (not rows and found.total and not _is_miscounted(change)) or (is_applied and len(rows) >= _LOOKED_AT):
        raise Unclear
    if rows and memory is not None and change.table is not None:
        # Other records come when the instance does not know the column, and drops the condition.
        memory.learn(change.table, way, is_applied)
    return None


def _is_miscounted(change: PendingWrite) -> bool:
    """Whether the instance counts a record even where none can be: then its counts tell nothing of hidden ones."""
    return bool(change.read(None, _params({}, "sys_id", secrets.token_hex(16))).total)


def _is_alike(held: object, value: str) -> bool:
    return str(raw_value(held)).strip().casefold() == value.strip().casefold()


def _params(usual: Mapping[str, str], way: Way, value: str) -> dict[str, str]:
    params = {name: text for name, text in usual.items() if name in _SHAPING}
    if fields := params.get("sysparm_fields"):
        params["sysparm_fields"] = f"{fields},sys_id,{way}"
    return {**params, "sysparm_query": print_equality(way, value), "sysparm_limit": str(_LOOKED_AT)}


def _shaped(row: Record, usual: Mapping[str, str]) -> Record:
    """A row as the answer to the POST would have it: without columns that were added to recognise it."""
    fields = usual.get("sysparm_fields")
    if not fields:
        return row
    asked = {name.strip() for name in fields.split(",")}
    return {name: value for name, value in row.items() if name in asked or name not in ("sys_id", "correlation_id")}
