"""Any number of further incidents, made fast.

Rows are copies of the demo incidents with their own identity and dates. They come in ascending ``sys_id``, which is
how the store keeps them, so a million rows go in without rearranging; the numbers run in another order, as on a real
instance, where ``sys_id`` says nothing about age.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import gcd
from random import Random
from typing import NamedTuple

from pysnow.sandbox.seed.identity import FIRST_INCIDENT
from pysnow.sandbox.seed.rows import DemoRows, Row, compact
from pysnow.sandbox.seed.schema_rows import LAST_STOCK_NUMBER

# The first new number is one above what the stock counter gave last.
FIRST_NUMBER = LAST_STOCK_NUMBER + 1

# Upper 48 bits of an id: behind the first stock incident, spread evenly up to the end.
_LOWEST = int(FIRST_INCIDENT[:12], 16) + 1
_HIGHEST = 2**48

# When they were opened, in days before the demo's present; the last early enough for every pattern to run its course.
_OLDEST_DAYS = 730
_NEWEST_DAYS = 30
# No pattern runs longer than this, or was written down earlier than this.
_MARGIN_DAYS = 60
_DAY_SECONDS = 86_400

_DATES = ("opened_at", "sys_created_on", "sys_updated_on", "work_start", "resolved_at", "closed_at")
_OWN = ("parent_incident", "problem_id", "rfc", "caused_by", "correlation_id", "correlation_display")


class _Pattern(NamedTuple):
    """A demo incident without its own links, and how many seconds after its opening each of its dates lies."""

    row: Row
    dates: tuple[tuple[str, int], ...]


class _Calendar:
    """Writes points in time by joining known texts: half the time of formatting each anew."""

    def __init__(self, start: datetime) -> None:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        days = range(-_MARGIN_DAYS, _OLDEST_DAYS + _MARGIN_DAYS)
        self.start_seconds = int((start.replace(tzinfo=None) - midnight).total_seconds())
        self._days = {day: f"{(midnight + timedelta(days=day)).date()} " for day in days}
        self._minutes = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(24 * 60)]
        self._seconds = [f"{second:02d}" for second in range(60)]

    def text(self, seconds: int) -> str:
        """Give the point in time so many seconds after the first midnight, as it is stored."""
        day, second = divmod(seconds, _DAY_SECONDS)
        return self._days[day] + self._minutes[second // 60] + self._seconds[second % 60]


def generated_incidents(rows: DemoRows, count: int, random: Random) -> Iterator[Row]:
    """Yield incidents modelled on the demo ones, which must be in ``rows``.

    Args:
        rows: The demo rows.
        count: How many.
        random: Where the low bits of the ids come from.
    """
    patterns = [_pattern(row) for row in compact([_without_own(row) for row in rows.rows("incident")])]
    stride = (_HIGHEST - _LOWEST) // max(count, 1)
    step = _coprime_step(count)
    calendar = _Calendar(rows.ago(_OLDEST_DAYS))
    span_seconds = (_OLDEST_DAYS - _NEWEST_DAYS) * _DAY_SECONDS
    for position in range(count):
        index = position * step % count
        opened = calendar.start_seconds + index * span_seconds // count
        row = _copy(patterns[index % len(patterns)], FIRST_NUMBER + index, opened, calendar)
        row["sys_id"] = f"{_LOWEST + position * stride:012x}{random.getrandbits(80):020x}"
        yield row


def _without_own(row: Row) -> Row:
    return {**row, **dict.fromkeys(_OWN), "child_incidents": "0"}


def _pattern(row: Row) -> _Pattern:
    opened = datetime.fromisoformat(row["opened_at"] or "")
    dates = ((name, datetime.fromisoformat(text) - opened) for name in _DATES if (text := row[name]))
    return _Pattern(row, tuple((name, int(after.total_seconds())) for name, after in dates))


def _copy(pattern: _Pattern, number: int, opened: int, calendar: _Calendar) -> Row:
    row = pattern.row.copy()
    row["number"] = row["task_effective_number"] = f"INC{number:07d}"
    for name, after in pattern.dates:
        row[name] = calendar.text(opened + after)
    return row


def _coprime_step(count: int) -> int:
    """Return a step that, taken again and again modulo ``count``, meets every index once and jumps far each time."""
    step = max(1, int(count * 0.618))
    while gcd(step, count) > 1:
        step += 1
    return step
