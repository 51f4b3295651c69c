"""Whether a table got any record since a moment: if none at all, then not the one in question either.

This is for instances of which it is not known whether they keep a key. The newest records are looked at, and only a
clear answer counts: all of them visible, stamped, in order, older than the moment by the clock that the instance shows,
and none that holds what was sent. The last condition is there for instances whose clocks disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pysnow.field_value import raw_value
from pysnow.stamps import clock_shown, is_stamp, moment_of
from pysnow.writing.record_state import holds, state_of

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.response import Response
    from pysnow.writing.writes import PendingWrite

__all__ = ["nothing_created_since"]

_STAMP = "sys_created_on"
_LOOKED_AT = 20
_MARGIN = timedelta(seconds=10)
"""How far the clocks of the nodes of an instance may be apart."""


def nothing_created_since(change: PendingWrite, payload: Mapping[str, Any], sent: float) -> bool:
    """Tell whether the table certainly got no record since a creation was sent: one GET.

    Args:
        change: What asks.
        payload: What was sent.
        sent: When, by the transport's clock.

    Returns:
        True if it is certain; False if there is a newer record, or anything is not as it should be.

    Raises:
        PysnowException: The answer cannot be read.
    """
    columns = [column for column in payload if column not in ("sys_id", "correlation_id")]
    if not columns or _STAMP in columns:
        return False
    listed = change.read(None, _params(columns))
    rows = listed.all()
    since = _shown_at(listed, timedelta(seconds=change.transport.clock() - sent))
    if since is None or listed.total is None or len(rows) < min(listed.total, _LOOKED_AT):
        return False  # some are hidden from this user
    return _are_older(rows, since - _MARGIN) and not any(_resembles(row, payload, columns) for row in rows)


def _params(columns: list[str]) -> dict[str, str]:
    return {
        "sysparm_query": f"ORDERBYDESC{_STAMP}",
        "sysparm_limit": str(_LOOKED_AT),
        "sysparm_fields": ",".join(dict.fromkeys(["sys_id", _STAMP, *columns])),
        "sysparm_display_value": "all",
        "sysparm_exclude_reference_link": "true",
    }


def _shown_at(listed: Response, ago: timedelta) -> datetime | None:
    """What the clock of the instance showed some time before it answered."""
    shown = clock_shown(listed.headers.get("Date"))
    return None if shown is None else shown - ago


def _are_older(rows: list[Record], since: datetime) -> bool:
    stamps = [raw_value(row.get(_STAMP)) for row in rows]
    if not all(is_stamp(stamp) for stamp in stamps):
        return False
    moments = [moment_of(str(stamp)) for stamp in stamps]
    return moments == sorted(moments, reverse=True) and all(moment < since for moment in moments)


def _resembles(row: Record, payload: Mapping[str, Any], columns: list[str]) -> bool:
    """Whether a record may be the one that was sent, going by what it holds of it; one that shows nothing may be."""
    state = state_of(row)
    shown = [column for column in columns if column in state.stored]
    return all(holds(payload, state, column) for column in shown)
