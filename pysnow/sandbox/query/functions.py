"""SQL functions that SQLite lacks: case folding beyond ASCII, words, and parts of a date in a time zone.

They never raise: SQLite would give up the whole statement. What they cannot read is NULL.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

_Value: TypeAlias = "str | int | float | None"

_WORD = re.compile(r"\w+")
_PLACES = {
    "contains": str.__contains__,
    "starts": str.startswith,
    "ends": str.endswith,
}


def fold(value: _Value) -> str | None:
    """Give a text without regard to case, in every script; SQLite's own comparison knows ASCII letters only."""
    return None if value is None else str(value).casefold()


def matches(value: _Value, wanted: str, place: str) -> bool | None:
    """Tell whether a text holds another: ``contains``, ``starts`` or ``ends``; ``wanted`` must be folded already."""
    folded = fold(value)
    return None if folded is None else _PLACES[place](folded, wanted)


def words_of(text: str) -> list[str]:
    """List the different words of a text, folded."""
    return list(dict.fromkeys(_WORD.findall(text.casefold())))


def has_words(value: _Value, wanted: str) -> bool | None:
    """Tell whether a text holds all of the words in another."""
    return None if value is None else set(words_of(wanted)) <= set(words_of(str(value)))


def period(value: _Value, unit: str, zone: str) -> str | None:
    """Name the calendar unit a UTC moment falls into, by the clock of a zone; equal names mean the same unit."""
    local = _local(value, zone)
    if local is None:
        return None
    if unit == "week":
        year, week, _ = local.isocalendar()
        return f"{year}W{week}"
    if unit == "quarter":
        return f"{local.year}Q{(local.month + 2) // 3}"
    lengths = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16}
    return local.isoformat()[: lengths[unit]]


def part(value: _Value, name: str, zone: str) -> int | None:
    """Give a part of a UTC moment, by the clock of a zone; days of the week count from Sunday as 1."""
    local = _local(value, zone)
    if local is None:
        return None
    return {
        "dayofweek": local.isoweekday() % 7 + 1,
        "hour": local.hour,
        "week": local.isocalendar().week,
        "month": local.month,
        "quarter": (local.month + 2) // 3,
        "year": local.year,
    }[name]


def register(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    for name, count, function in (
        ("snow_fold", 1, fold),
        ("snow_matches", 3, matches),
        ("snow_has_words", 2, has_words),
        ("snow_period", 3, period),
        ("snow_part", 3, part),
    ):
        connection.create_function(name, count, function, deterministic=True)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _local(value: _Value, zone: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.replace(tzinfo=UTC).astimezone(_zone(zone)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
