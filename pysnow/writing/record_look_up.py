"""Which one record is to be changed: named by its sys_id, or found by a query that the instance has really applied."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pysnow.exceptions import InvalidUsage, MultipleResults, NoResults, PysnowException
from pysnow.field_value import raw_value
from pysnow.params_builder import ParamsBuilder
from pysnow.writing.query_echo import echo_of
from pysnow.writing.record_state import RecordState, state_of, state_params

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.writing.query_echo import Echo
    from pysnow.writing.writes import PendingWrite

__all__ = ["OF_THE_LOOK_UP", "as_query", "is_number", "look_up", "named_sys_id"]

OF_THE_LOOK_UP = frozenset(
    {"sysparm_query", "sysparm_limit", "sysparm_offset", "sysparm_fields", "sysparm_display_value", "sysparm_view"}
)
"""Parameters that decide which record is found, or what is seen of it."""

_SYS_ID = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
# Of one case: nameLIKE12345 is a query.
_NUMBER = re.compile(r"(?:[A-Z]{2,10}|[a-z]{2,10})[0-9]{5,}", re.ASCII)


def named_sys_id(query: Any) -> str | None:
    """Give the sys_id that a query consists of, if that is all it says."""
    if isinstance(query, Mapping):
        query = raw_value(query["sys_id"]) if set(query) == {"sys_id"} else raw_value(query)
    return query if isinstance(query, str) and _SYS_ID.fullmatch(query) else None


def is_number(text: str) -> bool:
    """Whether a text is a number such as ``INC0010001``, and neither a sys_id nor a query."""
    return _NUMBER.fullmatch(text) is not None


def as_query(query: Any) -> Any:
    """Give a query back, with a sys_id written out as one.

    Raises:
        InvalidUsage: It is a number: the instance would ignore it, and send everything.
    """
    if isinstance(query, str):
        if _SYS_ID.fullmatch(query):
            return {"sys_id": query}
        if is_number(query):
            raise InvalidUsage(f"{query!r} is a number, not a query: pass {{'number': {query!r}}}")
    return query


def look_up(
    change: PendingWrite, query: Any, usual: Mapping[str, str], *, allow_raw: bool = False, watched: Sequence[str] = ()
) -> tuple[str, RecordState | None]:
    """Find the one record that is to be changed: one GET.

    Args:
        change: What it is for.
        query: The query, in any spelling.
        usual: Parameters of every request.
        allow_raw: Whether an encoded query may be one that cannot be read here.
        watched: Columns whose state is wanted.

    Returns:
        Its sys_id; and its state, when columns are watched.

    Raises:
        InvalidUsage: The query has no condition, needs ``allow_raw``, or the record has no sys_id.
        QueryIgnored: The record does not satisfy the query.
        NoResults: No record matches.
        MultipleResults: More than one matches.
    """
    text = ParamsBuilder.stringify_query(query)
    if not text:
        raise InvalidUsage("An empty query matches every record: say which one is to be changed")
    echo = echo_of(text, is_raw=isinstance(query, str), allow_raw=allow_raw)
    try:
        record = _only(change, _params(text, echo, usual, watched), echo)
        return _sys_id_of(record, change), state_of(record) if watched else None
    except PysnowException as error:
        error.describe(committed=False)
        raise


def _sys_id_of(record: Record, change: PendingWrite) -> str:
    sys_id = raw_value(record.get("sys_id"))
    if not isinstance(sys_id, str) or not sys_id:
        raise InvalidUsage(f"The record that matches has no sys_id: {change.table} cannot be changed by query")
    return sys_id


def _params(text: str, echo: Echo, usual: Mapping[str, str], watched: Sequence[str]) -> dict[str, str]:
    state = state_params(watched) if watched else {"sysparm_display_value": "false"}
    fields = dict.fromkeys(["sys_id", *echo.columns, *state.get("sysparm_fields", "sys_id").split(",")])
    return {
        **usual,
        "sysparm_exclude_reference_link": "true",
        **state,
        "sysparm_fields": ",".join(fields),
        "sysparm_query": text,
        "sysparm_limit": "2",  # two tell that there is more than one
    }


def _only(change: PendingWrite, params: Mapping[str, str], echo: Echo) -> Record:
    found = change.read(None, params)
    rows = found.all()
    for row in rows:
        echo.check(row, change.table)
    if len(rows) != 1:
        kind, found_some = (MultipleResults, "More than one") if rows else (NoResults, "No")
        # Names alone: a query holds the caller's data.
        conditions = f" the conditions on {', '.join(echo.columns)}" if echo.columns else ""
        text = f"{found_some} record of {change.table} matches{conditions}"
        raise kind(text, operation=change.operation, table=change.table, response=found._response)
    return rows[0]
