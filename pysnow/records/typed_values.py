"""Texts of the Table API as Python values, by the type of their column, and Python values as such texts.

Stored values only: moments are UTC, durations count from 1970-01-01, numbers have a dot and no thousands separators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from pysnow.exceptions import InvalidUsage
from pysnow.stamps import stamp_of
from pysnow.writing.plain_values import plain_value

__all__ = ["Typed", "as_datetime", "as_decimal", "as_duration", "python_value", "written_value"]

Typed: TypeAlias = str | int | bool | Decimal | datetime | date | time | timedelta | list[str] | None
"""What a column's text stands for; None for an empty one that is no text."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_CLOCK: Final = re.compile(r"(?:1970-01-01 )?(\d\d:\d\d:\d\d)", re.ASCII)
_AMOUNT: Final = re.compile(r"(?:[A-Z]{3};)?([+-]?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?)", re.ASCII)


def as_datetime(name: str, text: str) -> datetime | None:
    """Read a moment: ``YYYY-MM-DD HH:MM:SS`` is UTC, an RFC 3339 text has its own zone.

    Args:
        name: The column, for the error.
        text: Its stored value.

    Returns:
        An aware datetime in UTC; None for an empty text.

    Raises:
        InvalidUsage: The text is no moment.
    """
    if not text:
        return None
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unreadable(name, text, "moment, such as '2026-03-02 09:15:00'") from None


def as_duration(name: str, text: str) -> timedelta | None:
    """Read a duration, which is kept as the moment so long after 1970-01-01; arguments as for :func:`as_datetime`.

    Raises:
        InvalidUsage: The text is no duration.
    """
    if not text:
        return None
    try:
        moment = as_datetime(name, text)
    except InvalidUsage:
        moment = None
    if moment is None or len(text) < len("1970-01-01 00:00"):
        raise _unreadable(name, text, "duration, such as '1970-01-05 11:00:11'")
    return moment - _EPOCH


def as_decimal(name: str, text: str) -> Decimal | None:
    """Read a number; the currency before an amount (``USD;12.50``) is left out; arguments as for :func:`as_datetime`.

    Raises:
        InvalidUsage: The text is no number.
    """
    if not text:
        return None
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise _unreadable(name, text, "number")
    return Decimal(found[1])


def python_value(kind: str, name: str, text: str) -> Typed:
    """Read the text of a column by its type.

    Args:
        kind: Type of the column (``sys_dictionary.internal_type``).
        name: The column, for the error.
        text: Its stored value.

    Raises:
        InvalidUsage: The text is not of that type.
    """
    return _READERS.get(kind, _as_text)(name, text)


def written_value(name: str, value: object) -> object:
    """Give what is sent for a Python value: UTC for moments, counts from 1970-01-01 for durations, texts for the rest.

    A mapping is given back as it is.

    Args:
        name: The column, for the error.
        value: The value; None empties the column, a list becomes a text with commas.

    Raises:
        InvalidUsage: It is a datetime without a time zone, missing (NaN, NaT), or of a type that no column holds.
    """
    if isinstance(value, (str, Mapping)):
        return value
    value = plain_value(name, value)
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return ",".join(str(written_value(name, member)) for member in value)
    for kind, written in _WRITERS.items():
        if isinstance(value, kind):
            return written(name, value)
    raise InvalidUsage(f"{name} cannot be written: {type(value).__name__} is no value of a column")


def _as_text(name: str, text: str) -> str:
    return text


def _as_date(name: str, text: str) -> date | None:
    moment = as_datetime(name, text[:10])
    return None if moment is None else moment.date()


def _as_time(name: str, text: str) -> time | None:
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    try:
        return time.fromisoformat(found[1] if found else "")
    except ValueError:
        raise _unreadable(name, text, "time of day, such as '1970-01-01 11:00:11'") from None


def _as_int(name: str, text: str) -> int | None:
    number = as_decimal(name, text)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise _unreadable(name, text, "whole number")
    return int(number)


def _as_bool(name: str, text: str) -> bool | None:
    if text not in _TRUTH:
        raise _unreadable(name, text, "boolean, 'true' or 'false'")
    return _TRUTH[text]


def _as_list(name: str, text: str) -> list[str]:
    return [member for member in text.split(",") if member]


_TRUTH: Final[dict[str, bool | None]] = {"true": True, "1": True, "false": False, "0": False, "": None}

_READERS: Final[dict[str, Callable[[str, str], Typed]]] = {
    **dict.fromkeys(("glide_date_time", "due_date", "datetime", "calendar_date_time", "glide_utc_time"), as_datetime),
    **dict.fromkeys(("glide_date", "date"), _as_date),
    **dict.fromkeys(("glide_duration", "timer"), as_duration),
    **dict.fromkeys(("integer", "longint", "long", "order_index", "auto_increment"), _as_int),
    **dict.fromkeys(("decimal", "float", "currency", "currency2", "price", "percent_complete"), as_decimal),
    "glide_time": _as_time,
    "boolean": _as_bool,
    "glide_list": _as_list,
}


def _moment_text(name: str, moment: datetime) -> str:
    if moment.utcoffset() is None:
        raise InvalidUsage(
            f"{name} says no time zone: write datetime(..., tzinfo=UTC), or give it its own with"
            " .replace(tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))"
        )
    try:
        return stamp_of(moment.astimezone(UTC))
    except (OverflowError, ValueError) as error:
        raise InvalidUsage(f"{name} is too close to an end of the calendar: {moment!r}") from error


def _duration_text(name: str, duration: timedelta) -> str:
    try:
        return stamp_of(_EPOCH + duration)
    except OverflowError as error:
        raise InvalidUsage(f"{name} is longer than the calendar: {duration!r}") from error


def _decimal_text(name: str, number: Decimal) -> str:
    if not number.is_finite() or abs(number.adjusted()) > 100:
        raise InvalidUsage(f"{name} must be a finite number of sensible size, not {number!r}")
    return format(number, "f")


def _float_text(name: str, number: float) -> str:
    return _decimal_text(name, Decimal(repr(number)))


# In this order: a bool is an int, too, and a datetime a date.
_WRITERS: Final[dict[type, Callable[..., str]]] = {
    type(None): lambda name, nothing: "",
    bool: lambda name, truth: "true" if truth else "false",
    int: lambda name, number: str(number),
    float: _float_text,
    Decimal: _decimal_text,
    datetime: _moment_text,
    date: lambda name, day: day.isoformat(),
    time: lambda name, clock: f"1970-01-01 {clock.isoformat('seconds')[:8]}",
    timedelta: _duration_text,
}


def _unreadable(name: str, text: str, expected: str) -> InvalidUsage:
    return InvalidUsage(f"{name} holds {text[:60]!r}, which is no {expected}")
