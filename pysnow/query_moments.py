"""Dates and times in an encoded query.

Two rules of the platform decide how a moment is written: a bare ``YYYY-MM-DD HH:MM:SS`` is read as UTC, while
``gs.dateGenerate`` reads its argument in the time zone of the account that asks. So an aware datetime is only ever
written bare, in UTC; with ``gs.dateGenerate`` it would be another moment for every zone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from pysnow.exceptions import InvalidUsage, QueryTypeError

__all__ = [
    "AWARE_MOMENTS",
    "BUILDER_MOMENTS",
    "DayText",
    "EXPRESSION_MOMENTS",
    "MomentText",
    "Moments",
    "datetime_as_utc",
    "moment_literal",
    "moment_script",
    "moments_in",
]

MomentText: TypeAlias = Callable[[datetime], str]
"""A way to write a moment."""

DayText: TypeAlias = Callable[[date], str]
"""A way to write a day."""


def datetime_as_utc(moment: datetime) -> datetime:
    """Give an aware datetime in UTC; a naive one unchanged.

    Raises:
        QueryTypeError: the moment has no counterpart in UTC, so close it is to an end of the calendar.
    """
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise QueryTypeError(f"a query cannot carry {moment!r}: it has no counterpart in UTC") from error


def moment_literal(moment: datetime, zone: tzinfo | None = None) -> str:
    """Write a moment as ``YYYY-MM-DD HH:MM:SS``, which the instance reads as UTC.

    Args:
        moment: An aware datetime is converted to UTC. A naive one stands for itself.
        zone: Zone of naive datetimes, if they are not UTC.
    """
    if zone is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return _clock(datetime_as_utc(moment))


def moment_script(moment: datetime) -> str:
    """Write a naive moment as ``javascript:gs.dateGenerate("YYYY-MM-DD HH:MM:SS")``, on the clock of the account.

    An aware one, which no account may read as another, is written by :func:`moment_literal`.
    """
    return f'javascript:gs.dateGenerate("{_clock(moment)}")' if moment.tzinfo is None else moment_literal(moment)


def _aware_literal(moment: datetime) -> str:
    """Write an aware moment as :func:`moment_literal` does.

    Raises:
        QueryTypeError: the moment is naive: some would mean UTC by it, others the clock of the account.
    """
    text = moment_literal(moment)
    if moment.tzinfo is None:
        raise QueryTypeError(
            f"{moment!r:.60} does not say its time zone: pass an aware datetime, such as datetime(..., tzinfo=UTC), or"
            " say the zone of naive ones with F(name, tz=...)"
        )
    return text


class Moments(NamedTuple):
    """How a builder of queries writes moments.

    Attributes:
        compared: As the operand of a comparison.
        ends: As an end of ``BETWEEN``.
        member: In a list, where no script would be run.
        text: What was given as text.
        day: How a day is compared.
    """

    compared: MomentText
    ends: MomentText
    member: MomentText
    text: MomentText
    day: DayText


def moments_in(zone: tzinfo) -> Moments:
    """Write every moment as a UTC literal, and compare with the midnight at which a day begins.

    Args:
        zone: Zone of naive datetimes, and of days.

    Raises:
        InvalidUsage: it is no ``tzinfo``.
    """
    given: object = zone
    if not isinstance(given, tzinfo):
        raise InvalidUsage(f"tz must be a tzinfo, such as zoneinfo.ZoneInfo('Europe/Berlin'), not {given!r:.60}")
    literal = partial(moment_literal, zone=zone)
    return Moments(literal, literal, literal, literal, partial(_midnight, zone=zone))


def _midnight(day: date, zone: tzinfo) -> str:
    return moment_literal(datetime.combine(day, time()), zone)


def _clock(moment: datetime) -> str:
    text = moment.replace(tzinfo=None).isoformat(" ", "seconds")
    # pandas.NaT is a datetime, and prints as "NaT".
    if len(text) != 19:
        raise QueryTypeError(f"a query cannot carry {moment!r}: it is no moment")
    return text


# pysnow 0.7 wrote naive ones so, and programs compare the text.
BUILDER_MOMENTS: Final = Moments(moment_literal, moment_script, moment_literal, moment_literal, date.isoformat)
"""How ``QueryBuilder`` writes moments when it is not told a zone."""

EXPRESSION_MOMENTS: Final = Moments(moment_script, moment_script, moment_literal, moment_literal, date.isoformat)
"""How the expressions of 0.7 write moments when they are not told a zone."""

AWARE_MOMENTS: Final = Moments(_aware_literal, _aware_literal, _aware_literal, moment_literal, date.isoformat)
"""How ``F``, which 0.7 did not have, writes moments when it is not told a zone."""
