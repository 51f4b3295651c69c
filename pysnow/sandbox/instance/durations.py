"""Durations: stored as an offset from 1970-01-01 00:00:00, shown in words ("2 Days 4 Hours 5 Minutes")."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pysnow.sandbox.dictionary.types import Kind, date_value

# Without a zone: an offset written as a date, not a point in time.
EPOCH = datetime(1970, 1, 1)

_CLOCK = re.compile(r"(?:(\d{1,6}) )?(\d{1,4}):(\d{2}):(\d{2})", re.ASCII)
_WORD = re.compile(r"(\d{1,6}) (day|hour|minute|second)s?", re.ASCII | re.IGNORECASE)
_UNITS = ("Day", "Hour", "Minute", "Second")


def read_duration(text: str) -> str | None:
    """Check a raw duration: the stored form, or ``days hours:minutes:seconds`` as ``GlideDuration`` reads it.

    Returns:
        The stored form, None if the text is no duration.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        return date_value(Kind.DURATION, text)
    days, hours, minutes, seconds = (int(part or "0") for part in match.groups())
    return stored_duration(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))


def read_words(text: str) -> str | None:
    """Read a duration as it is shown, ``1 Day 2 Hours``; None if the text is anything else."""
    amounts: dict[str, int] = {}
    rest = _WORD.sub("", text).strip()
    for amount, unit in _WORD.findall(text):
        amounts[f"{unit.lower()}s"] = int(amount)
    return stored_duration(timedelta(**amounts)) if amounts and not rest else None


def stored_duration(length: timedelta) -> str:
    """Return the stored form of a length of time, at most some two thousand years."""
    return (EPOCH + length).isoformat(" ", timespec="seconds")


def words(stored: str) -> str:
    """Return a stored duration in words, seconds only when it is shorter than a minute (Table API samples)."""
    length = _offset(stored)
    if length is None:
        return stored
    minutes, seconds = divmod(abs(int(length.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if not (days or hours or minutes):
        return _amount(seconds, "Second")
    return " ".join(
        _amount(number, unit) for number, unit in zip((days, hours, minutes), _UNITS, strict=False) if number
    )


def _amount(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _offset(stored: str) -> timedelta | None:
    try:
        return datetime.fromisoformat(stored) - EPOCH
    except ValueError:
        return None
