"""A record as it is now, as far as it tells whether an update was made: pure, but for :func:`read_state`.

Plain columns hold what was written. Journal columns hold nothing: what is written is appended to their entries, which
are seen in the display value alone, and stand there once more each time. So for them the entries are counted before
and after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pysnow.exceptions import RecordNotFound
from pysnow.field_value import raw_value

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.writing.writes import PendingWrite

__all__ = ["Finding", "RecordState", "compare", "holds", "is_journal", "journal_columns", "read_state", "state_of"]

Finding: TypeAlias = Literal["made", "not made", "unclear"]
"""What a look at the record says about an update: ``not made`` means: not so far."""

_JOURNAL = re.compile(r"comments|comments_and_work_notes|work_notes|.*_notes|.*_comments|.*journal.*", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordState:
    """Some columns of a record at one moment.

    Attributes:
        mod_count: Times it was changed (``sys_mod_count``), or None where that cannot be read.
        stored: Stored values by column.
        shown: Display values by column.
    """

    mod_count: str | None
    stored: Mapping[str, str]
    shown: Mapping[str, str]


def is_journal(column: str) -> bool:
    """Whether a column may be one whose entries are appended, going by its name.

    Some are plain columns, such as ``close_notes``; that shows when their values are compared.
    """
    return bool(_JOURNAL.fullmatch(column.lower()))


def journal_columns(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Columns of a payload that may append an entry: those of such a name with something in them."""
    return tuple(name for name, value in payload.items() if is_journal(name) and _text(value).strip())


def read_state(change: PendingWrite, sys_id: str, columns: Iterable[str]) -> RecordState | None:
    """Read the state of a record: one GET.

    Args:
        change: What asks.
        sys_id: The record.
        columns: Columns wanted beside ``sys_mod_count``.

    Returns:
        The state; None when there is no such record, or the user may not read it.

    Raises:
        PysnowException: The answer cannot be read.
    """
    try:
        return state_of(change.read(sys_id, state_params(columns)).one())
    except RecordNotFound:
        return None


def state_params(columns: Iterable[str]) -> dict[str, str]:
    """Query parameters of a request for what :func:`state_of` takes."""
    fields = dict.fromkeys(["sys_id", "sys_mod_count", *columns])
    return {
        "sysparm_fields": ",".join(fields),
        "sysparm_display_value": "all",
        "sysparm_exclude_reference_link": "true",
    }


def state_of(record: Record) -> RecordState:
    """The state that a record shows that was read with both stored and display values."""
    stored = {name: _text(raw_value(value)) for name, value in record.items()}
    shown = {name: _text(value["display_value"]) for name, value in record.items() if _has_display(value)}
    return RecordState(stored.get("sys_mod_count") or None, stored, shown)


def compare(payload: Mapping[str, Any], now: RecordState, before: RecordState | None) -> Finding:
    """Tell from the record whether an update was made.

    Args:
        payload: The update.
        now: The record after it was sent.
        before: The record before; None when it was not read, which is right without journal columns only.
    """
    entries = [column for column in journal_columns(payload) if not holds(payload, now, column)]
    if not entries:
        return "made" if all(holds(payload, now, column) for column in payload) else _unless_logged(payload, now)
    if before is None:
        return "unclear"
    if all(_entries(payload, now, column) > _entries(payload, before, column) for column in entries):
        return "made"
    return "not made" if _is_unchanged(entries, now, before) else "unclear"


def holds(payload: Mapping[str, Any], state: RecordState, column: str) -> bool:
    """Whether a column holds what was written. One that did not come, since the table has none such, holds nothing.

    Args:
        payload: What was written.
        state: The record.
        column: The column.
    """
    if column not in state.stored:
        return False
    wanted = _text(payload[column])
    return any(_equal(wanted, held) for held in (state.stored[column], state.shown.get(column, "")))


def _unless_logged(payload: Mapping[str, Any], now: RecordState) -> Finding:
    """A column that shows a text and stores none is a journal of another name: who knows what was appended to it."""
    logged = [column for column in payload if now.shown.get(column) and now.stored.get(column) == ""]
    return "unclear" if any(_text(payload[column]).strip() for column in logged) else "not made"


def _is_unchanged(entries: list[str], now: RecordState, before: RecordState) -> bool:
    """Whether nothing was appended to journals since, by anybody."""
    if all(column in now.shown and column in before.shown for column in entries):
        return all(now.shown[column] == before.shown[column] for column in entries)
    return now.mod_count is not None and now.mod_count == before.mod_count


def _entries(payload: Mapping[str, Any], state: RecordState, column: str) -> int:
    """How often a text stands among the entries of a journal, each below a line with time, author and label."""
    return f"{_lines(state.shown.get(column, ''))}\n\n".count(f"\n{_lines(_text(payload[column]))}\n\n")


def _equal(wanted: str, held: str) -> bool:
    wanted, held = _lines(wanted), _lines(held)
    if wanted == held:
        return True
    return bool(_NUMBER.fullmatch(wanted) and _NUMBER.fullmatch(held)) and Decimal(wanted) == Decimal(held)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _text(value: object) -> str:
    """A value as the instance stores it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _has_display(value: object) -> bool:
    return isinstance(value, Mapping) and "display_value" in value
