"""Dates: the stored form, and the Java patterns (``dd/MM/yyyy``, ``hh:mm:ss a``) in which people see them.

Stored date-times are ``YYYY-MM-DD HH:MM:SS`` in UTC, stored dates ``YYYY-MM-DD`` without a zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

_TOKEN = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")
_USUAL_PATTERN = "yyyy-MM-dd HH:mm:ss"
_USUAL_LENGTH = 19  # what follows is the zone
_HOUR_LENGTH = 13
_WITHIN_HOUR = re.compile(r":[0-5]\d:[0-5]\d", re.ASCII)
_LAST_SECOND = timedelta(minutes=59, seconds=59)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_WRITERS: Mapping[str, Callable[[datetime], int]] = MappingProxyType(
    {
        "y": lambda moment: moment.year,
        "M": lambda moment: moment.month,
        "d": lambda moment: moment.day,
        "H": lambda moment: moment.hour,
        "h": lambda moment: moment.hour % 12 or 12,
        "m": lambda moment: moment.minute,
        "s": lambda moment: moment.second,
    }
)


def stored_date_time(moment: datetime) -> str:
    """Return the stored form of an aware date-time."""
    return _plain(moment.astimezone(UTC).replace(tzinfo=None))


def show_date_time(stored: str, zone: ZoneInfo, pattern: str) -> str:
    """Write a stored date-time in a zone and a Java pattern; a text that is no date stays as it is."""
    if pattern == _USUAL_PATTERN and len(stored) == _USUAL_LENGTH:
        # A page may hold ten thousand of them, and within an hour all are shifted alike.
        local_hour = _local_hour(stored[:_HOUR_LENGTH], zone)
        if local_hour and _WITHIN_HOUR.fullmatch(stored, _HOUR_LENGTH):
            return local_hour + stored[_HOUR_LENGTH:]
    moment = _parsed(stored)
    if moment is None:
        return stored
    try:
        local = moment.replace(tzinfo=UTC).astimezone(zone)
    except OverflowError:  # within hours of year 1 or 9999
        local = moment
    return write(local, pattern)


def show_date(stored: str, pattern: str) -> str:
    """Write a stored date, or the time of day of a stored time, in a Java pattern and without shifting zones."""
    moment = _parsed(stored)
    return stored if moment is None else write(moment, pattern)


def read_date_time(text: str, zone: ZoneInfo, date_pattern: str, time_pattern: str) -> str | None:
    """Read a date-time as a person in that zone types it, with or without the time.

    Returns:
        The stored form, None for a text that does not fit the patterns.
    """
    local = read(text, f"{date_pattern} {time_pattern}") or read(text, date_pattern)
    try:
        return stored_date_time(local.replace(tzinfo=zone)) if local else None
    except OverflowError:
        return None


def write(moment: datetime, pattern: str) -> str:
    """Write a date-time in a Java ``SimpleDateFormat`` pattern.

    Args:
        moment: What to write, already in the right zone.
        pattern: Letters ``y M d H h m s a`` and text in between; other letters are written as they are.
    """
    if pattern == _USUAL_PATTERN:
        return moment.isoformat(" ", "seconds")[:_USUAL_LENGTH]
    return "".join(_written(moment, letter, width, text) for letter, width, text in _tokens(pattern))


def read(text: str, pattern: str) -> datetime | None:
    """Read a date-time in a Java pattern; None if the text does not fit or names no real day."""
    match = _reader(pattern).fullmatch(text.strip())
    if match is None:
        return None
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    try:
        return datetime(_year(parts), _month(parts), int(parts.get("d", "1")), *_clock(parts))
    except ValueError:
        return None


def _plain(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat(" ")


@lru_cache(maxsize=4096)
def _parsed(stored: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stored)
    except ValueError:
        return None


@lru_cache(maxsize=32768)
def _local_hour(hour: str, zone: ZoneInfo) -> str:
    """Give a UTC hour, ``YYYY-MM-DD HH``, in a zone; empty where not all of its minutes keep their number there."""
    try:
        first = datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(zone)
        last = datetime.fromisoformat(f"{hour}:59:59+00:00").astimezone(zone)
    except (ValueError, OverflowError):
        return ""
    is_whole = (first.minute, first.second, last - first) == (0, 0, _LAST_SECOND) and first.hour == last.hour
    return first.isoformat(" ")[:_HOUR_LENGTH] if is_whole else ""


@lru_cache(maxsize=256)
def _tokens(pattern: str) -> tuple[tuple[str, int, str], ...]:
    """Split a pattern into (letter, width, text); the letter is empty for literal text."""
    found = []
    for match in _TOKEN.finditer(pattern):
        literal = match[1] if match[1] is not None else match[0]
        letter = match[2] if match[2] in {*_WRITERS, "a"} else ""
        found.append((letter or "", len(match[0]), literal))
    return tuple(found)


def _written(moment: datetime, letter: str, width: int, text: str) -> str:
    if not letter:
        return text
    if letter == "a":
        return "AM" if moment.hour < 12 else "PM"
    if letter == "M" and width >= 3:
        return _MONTHS[moment.month - 1]
    number = _WRITERS[letter](moment)
    if letter == "y" and width == 2:
        number %= 100
    return f"{number:0{width}d}"


@lru_cache(maxsize=256)
def _reader(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for letter, width, text in _tokens(pattern):
        # A letter that comes again (``dd/dd``) is read and passed over: one date has one day.
        parts.append(_group(letter, width, is_named=letter not in seen) if letter else re.escape(text))
        seen.add(letter)
    return re.compile("".join(parts), re.ASCII)


def _group(letter: str, width: int, *, is_named: bool) -> str:
    name = f"?P<{letter}>" if is_named else "?:"
    if letter == "a":
        return f"({name}[AaPp][Mm])"
    if letter == "M" and width >= 3:
        return f"({name}{'|'.join(_MONTHS)})"
    return rf"({name}\d{{{'4' if letter == 'y' and width != 2 else '1,2'}}})"


def _year(parts: Mapping[str, str]) -> int:
    year = parts.get("y", "1970")
    return int(year) + 2000 if len(year) <= 2 else int(year)


def _month(parts: Mapping[str, str]) -> int:
    month = parts.get("M", "1")
    return _MONTHS.index(month) + 1 if month in _MONTHS else int(month)


def _clock(parts: Mapping[str, str]) -> tuple[int, int, int]:
    hour = int(parts.get("H", parts.get("h", "0")))
    if "H" not in parts and "a" in parts:
        hour = hour % 12 + (12 if parts["a"].upper() == "PM" else 0)
    return hour, int(parts.get("m", "0")), int(parts.get("s", "0"))
