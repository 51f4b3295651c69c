"""Moments of scripts in queries: ``gs.daysAgo``, ``gs.beginningOf...`` and their kin, and calendar arithmetic.

Boundaries are computed by the caller's clock and given in UTC. Weeks begin on Monday, "last n days" ends today (our
defaults).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

from pysnow.sandbox.query.context import QueryContext

Result: TypeAlias = datetime | str
_Method: TypeAlias = Callable[[QueryContext, Sequence[str]], Result]

_DURATION = re.compile(r"\s*([0-9]{1,6})\s+([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})\s*")

_EXACT_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_SECOND = timedelta(seconds=1)

# First and last calendar unit of each named period, counted from the current one.
_PERIODS: dict[str, tuple[str, int, int]] = {
    "CurrentMinute": ("minute", 0, 0),
    "LastMinute": ("minute", -1, -1),
    "Last15Minutes": ("minute", -15, 0),
    "Last30Minutes": ("minute", -30, 0),
    "Last45Minutes": ("minute", -45, 0),
    "CurrentHour": ("hour", 0, 0),
    "LastHour": ("hour", -1, -1),
    "Last2Hours": ("hour", -2, 0),
    "Day": ("day", 0, 0),
    "Today": ("day", 0, 0),
    "Yesterday": ("day", -1, -1),
    "Tomorrow": ("day", 1, 1),
    "Last7Days": ("day", -7, 0),
    "Last30Days": ("day", -30, 0),
    "Last60Days": ("day", -60, 0),
    "Last90Days": ("day", -90, 0),
    "Last120Days": ("day", -120, 0),
    "Week": ("week", 0, 0),
    "ThisWeek": ("week", 0, 0),
    "LastWeek": ("week", -1, -1),
    "NextWeek": ("week", 1, 1),
    "Month": ("month", 0, 0),
    "ThisMonth": ("month", 0, 0),
    "LastMonth": ("month", -1, -1),
    "NextMonth": ("month", 1, 1),
    "Last3Months": ("month", -3, 0),
    "Last6Months": ("month", -6, 0),
    "Last9Months": ("month", -9, 0),
    "Last12Months": ("month", -12, 0),
    "ThisQuarter": ("quarter", 0, 0),
    "LastQuarter": ("quarter", -1, -1),
    "NextQuarter": ("quarter", 1, 1),
    "Last2Quarters": ("quarter", -1, 0),
    "Next2Quarters": ("quarter", 0, 1),
    "Year": ("year", 0, 0),
    "ThisYear": ("year", 0, 0),
    "LastYear": ("year", -1, -1),
    "NextYear": ("year", 1, 1),
    "Last2Years": ("year", -1, 0),
}


def shifted(context: QueryContext, unit: str, count: int) -> datetime:
    """Give the moment a number of units from now: ``minute hour day week month quarter year``.

    Raises:
        KeyError: there is no such unit.
        OverflowError, ValueError: the year would leave 1 to 9999.
    """
    if unit in _EXACT_UNITS:
        return context.utc_now() + count * _EXACT_UNITS[unit]
    return _shifted_wall(context.local_now(), unit, count).astimezone(UTC)


def start_of(context: QueryContext, unit: str, count: int = 0) -> datetime:
    """Give the moment a calendar unit begins, a number of units from the current one, by the caller's clock."""
    begin = _floor(context.local_now(), unit)
    if unit in _EXACT_UNITS:
        return begin.astimezone(UTC) + count * _EXACT_UNITS[unit]
    return _shifted_wall(begin, unit, count).astimezone(UTC)


def end_of(context: QueryContext, unit: str, count: int = 0) -> datetime:
    """Give the last second of a calendar unit, a number of units from the current one, by the caller's clock."""
    return start_of(context, unit, count + 1) - _SECOND


def day_of(context: QueryContext, moment: datetime) -> QueryContext:
    """Give the same circumstances at another moment, to ask for the calendar units around it."""
    return QueryContext(moment, context.user_sys_id, context.user_name, context.time_zone)


def _shifted_wall(local: datetime, unit: str, count: int) -> datetime:
    # Wall-clock arithmetic: a day later is the same hour, though summer time may have begun.
    if unit in _DAYS:
        return local + timedelta(days=count * _DAYS[unit])
    months = local.year * 12 + local.month - 1 + count * _MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))


def _floor(local: datetime, unit: str) -> datetime:
    if unit == "minute":
        return local.replace(second=0)
    if unit == "hour":
        return local.replace(second=0, minute=0)
    midnight = local.replace(hour=0, minute=0, second=0, fold=0)
    if unit == "day":
        return midnight
    if unit == "week":
        return midnight - timedelta(days=midnight.weekday())
    month = {"month": midnight.month, "quarter": (midnight.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return midnight.replace(month=month, day=1)


def _date_generate(context: QueryContext, arguments: Sequence[str]) -> Result:
    # Clients also send date and time in one text; that a fraction of a second is ignored is our default.
    day, time = arguments if len(arguments) == 2 else arguments[0].split(" ")
    clock = {"start": "00:00:00", "end": "23:59:59"}.get(time, time.partition(".")[0])
    local = datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M:%S")
    return local.replace(tzinfo=context.time_zone).astimezone(UTC)


def _duration_date(context: QueryContext, arguments: Sequence[str]) -> Result:
    parts = _DURATION.fullmatch(arguments[0])
    if parts is None:
        raise ValueError(arguments[0])
    days, hours, minutes, seconds = map(int, parts.groups())
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _date_diff(_: QueryContext, arguments: Sequence[str]) -> Result:
    """Give the time between two date-times: seconds with ``true`` behind them, else days and a clock ("GlideSystem").

    They are read in the form in which an instance stores them, whatever the caller's format is (our default).
    """
    first, last = (datetime.fromisoformat(text.strip()) for text in arguments[:2])
    seconds = int((last - first).total_seconds())
    if len(arguments) > 2 and arguments[2] == "true":
        return str(seconds)
    sign, length = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{length // 86400} {length // 3600 % 24:02d}:{length // 60 % 60:02d}:{length % 60:02d}"


def _ago(unit: str) -> dict[str, _Method]:
    """Give the family ``<unit>sAgo``, ``<unit>sAgoStart``, ``<unit>sAgoEnd``."""
    return {
        f"{unit}sAgo": lambda context, arguments: shifted(context, unit, -int(arguments[0])),
        f"{unit}sAgoStart": lambda context, arguments: start_of(context, unit, -int(arguments[0])),
        f"{unit}sAgoEnd": lambda context, arguments: end_of(context, unit, -int(arguments[0])),
    }


def _period(name: str, unit: str, first: int, last: int) -> dict[str, _Method]:
    """Give the pair ``beginningOf<name>``, ``endOf<name>``."""
    return {
        f"beginningOf{name}": lambda context, _: start_of(context, unit, first),
        f"endOf{name}": lambda context, _: end_of(context, unit, last),
    }


def _local_text(unit: str) -> _Method:
    def text(context: QueryContext, arguments: Sequence[str]) -> Result:
        return f"{shifted(context, unit, -int(arguments[0])).astimezone(context.time_zone):%Y-%m-%d %H:%M:%S}"

    return text


def _one_year_ago(context: QueryContext, *, is_end: bool) -> Result:
    day = day_of(context, shifted(context, "year", -1))
    return end_of(day, "day") if is_end else start_of(day, "day")


def _methods() -> dict[str, _Method]:
    methods: dict[str, _Method] = {
        "now": lambda context, _: f"{context.local_now():%Y-%m-%d}",
        "nowDateTime": lambda context, _: f"{context.local_now():%Y-%m-%d %H:%M:%S}",
        "nowNoTZ": lambda context, _: f"{context.utc_now():%Y-%m-%d %H:%M:%S}",
        "nowGlideDateTime": lambda context, _: context.utc_now(),
        "dateGenerate": _date_generate,
        "dateDiff": _date_diff,
        "getDurationDate": _duration_date,
        "yesterday": lambda context, _: shifted(context, "day", -1),
        "lastWeek": lambda context, _: shifted(context, "week", -1),
        "hoursAgoLocal": _local_text("hour"),
        "daysAgoLocal": _local_text("day"),
        "beginningOfOneYearAgo": lambda context, _: _one_year_ago(context, is_end=False),
        "endOfOneYearAgo": lambda context, _: _one_year_ago(context, is_end=True),
    }
    for unit in ("minute", "hour", "day", "month", "quarter", "year"):
        methods |= _ago(unit)
    for name, (unit, first, last) in _PERIODS.items():
        methods |= _period(name, unit, first, last)
    return methods


DATE_METHODS: Mapping[str, _Method] = MappingProxyType(_methods())
"""Methods of ``gs`` that give moments, dates and distances."""
