"""Which fields an update would change: what is wanted against what the record holds. Pure.

The same value is written in several ways: ``True`` and ``"true"``, ``3`` and ``"3.00"``, a reference by its sys_id or
by what people read, a choice by its value or its label, a moment with ``T`` and a zone or without. Journals are passed
over: what is written to them is added, and no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import InvalidUsage
from pysnow.field_value import stored_payload
from pysnow.writing.record_state import is_journal

if TYPE_CHECKING:
    from pysnow.writing.record_state import RecordState

__all__ = ["FieldChange", "as_stored", "field_changes", "is_same", "unknown_fields", "written"]

_JOURNALS: Final = frozenset({"comments", "work_notes", "comments_and_work_notes"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?.*)?", re.ASCII)
_TRUTH: Final = {"true": "1", "false": "0"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after.

    Attributes:
        old: Stored value before; empty where there was none.
        new: Value to be written, as it is stored.
        shown: What people read before.
    """

    old: str
    new: str
    shown: str = ""

    def __str__(self) -> str:
        """Say it on one line."""
        old = f"{self.old!r} ({self.shown})" if self.shown and self.shown != self.old else repr(self.old)
        return f"{old} -> {self.new!r}"


def written(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as it is sent: fields that were read stand for their stored values, moments for their text in UTC.

    Args:
        payload: Fields by name.

    Raises:
        InvalidUsage: It is no dict, a field was read without its stored value, or a datetime has no time zone.
    """
    if not isinstance(payload, Mapping):
        raise InvalidUsage(f"A row must be a dict of fields, not {type(payload).__name__}")
    stored: dict[str, Any] = stored_payload(payload)
    return {name: _moment_text(name, value) for name, value in stored.items()}


def field_changes(payload: Mapping[str, Any], state: RecordState | None) -> dict[str, FieldChange]:
    """Fields that a record would get another value in.

    Args:
        payload: What is written, see :func:`written`.
        state: The record, read with both stored and display values; None for one that is not there yet.
    """
    if state is None:
        return {name: FieldChange("", as_stored(value)) for name, value in payload.items()}
    return {
        name: FieldChange(state.stored[name], as_stored(value), state.shown.get(name, ""))
        for name, value in payload.items()
        if name in state.stored
        and not _is_logged(name, state)
        and not is_same(value, state.stored[name], state.shown.get(name, ""))
    }


def unknown_fields(payload: Mapping[str, Any], state: RecordState) -> tuple[str, ...]:
    """Fields that the table does not have, or does not show to this user; an instance ignores them in silence.

    Args:
        payload: What is written.
        state: The record, read with all these fields asked for.
    """
    return tuple(name for name in payload if name not in state.stored)


def is_same(wanted: object, stored: str, shown: str = "") -> bool:
    """Whether a field holds what is wanted already.

    Args:
        wanted: What would be written.
        stored: Stored value.
        shown: What people read.
    """
    wish, held = _canonical(as_stored(wanted)), _canonical(stored)
    if wish == held or _are_equal_moments(wish, held):
        return True
    if {wish, held} & _TRUTH.keys() and _TRUTH.get(wish, wish) == (_TRUTH.get(held, held) or "0"):
        return True
    if _NUMBER.fullmatch(wish) and _NUMBER.fullmatch(held):
        return Decimal(wish) == Decimal(held)
    # What people read of a moment is in their own zone, and says nothing about the stored one.
    return bool(wish) and not _MOMENT.fullmatch(wish) and not _MOMENT.fullmatch(held) and wish == _canonical(shown)


def as_stored(value: object) -> str:
    """A value as the text that the instance stores.

    Args:
        value: A value of a payload.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _moment_text(name: str, value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidUsage(f"The datetime of {name!r} has no time zone: add one, such as datetime.UTC")
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


def _is_logged(name: str, state: RecordState) -> bool:
    """Whether a column is a journal: by its name, or because it shows entries and stores none."""
    return name in _JOURNALS or (is_journal(name) and not state.stored[name] and bool(state.shown.get(name)))


def _canonical(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _are_equal_moments(wanted: str, held: str) -> bool:
    if not _MOMENT.fullmatch(wanted) or not _MOMENT.fullmatch(held):
        return False
    moments = [_moment(text) for text in (wanted, held)]
    return None not in moments and moments[0] == moments[1]


def _moment(text: str) -> datetime | None:
    """A moment; without a zone it is in UTC, as the platform stores it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
