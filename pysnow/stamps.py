"""Moments as the columns of a table hold them: whole seconds of UTC, ``YYYY-MM-DD HH:MM:SS``.

Texts of that form sort as the moments they stand for. A bare one in a query is read as UTC, whatever the time zone of
the account that asks; so no script is needed, and no night of summer time is an hour short or long.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pysnow.exceptions import InvalidUsage

__all__ = ["SECOND", "aware_moment", "clock_shown", "is_stamp", "moment_of", "next_second", "stamp_of"]

SECOND = timedelta(seconds=1)

_STAMP = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]", re.ASCII)


def aware_moment(name: str, moment: object) -> datetime:
    """Give a moment in UTC, as the first whole second that is not before it.

    Rows are stamped in whole seconds: those from 12:00:00.5 on are those from 12:00:01 on.

    Args:
        name: Argument it came in, for the error.
        moment: An aware datetime.

    Raises:
        InvalidUsage: It is something else, or too close to an end of the calendar.
    """
    if not isinstance(moment, datetime):
        raise InvalidUsage(f"{name} must be an aware datetime, not {type(moment).__name__}")
    if moment.utcoffset() is None:
        raise InvalidUsage(
            f"{name} says no time zone: write datetime(..., tzinfo=UTC), or give it its own with"
            f" {name}.replace(tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))"
        )
    try:
        return next_second(moment.astimezone(UTC))
    except (OverflowError, ValueError) as error:
        raise InvalidUsage(f"{name} is too close to an end of the calendar: {moment!r}") from error


def next_second(moment: datetime) -> datetime:
    """Give the first whole second that is not before a moment.

    Raises:
        OverflowError: There is none.
    """
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + SECOND


def stamp_of(moment: datetime) -> str:
    """Write a moment of UTC as the platform does."""
    return moment.replace(tzinfo=None, microsecond=0).isoformat(" ", "seconds")


def moment_of(stamp: str) -> datetime:
    """Read a text for which :func:`is_stamp` holds."""
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC)


def is_stamp(value: object) -> bool:
    """Tell whether this is a moment as the platform writes it."""
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def clock_shown(date: str | None) -> datetime | None:
    """Read the clock of an instance off the ``Date`` header of its answer; None when it shows none.

    Args:
        date: The header's text.
    """
    try:
        moment = parsedate_to_datetime(date or "")
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (OverflowError, TypeError, ValueError):
        return None
