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

_DATES = ("opened_at", "sys_created_on", "sys_updated_on", "work_start", "resolved_at", "closed_at")
_OWN = ("parent_incident", "problem_id", "rfc", "caused_by", "correlation_id", "correlation_display")


class _Pattern(NamedTuple):
    """A demo incident without its own links, and how long after its opening each of its dates lies."""

    row: Row
    dates: tuple[tuple[str, timedelta], ...]


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
    # Without a zone from here on: such values print themselves the way they are stored, without a formatting call.
    start = rows.ago(_OLDEST_DAYS).replace(tzinfo=None)
    span_seconds = (_OLDEST_DAYS - _NEWEST_DAYS) * 86400
    for position in range(count):
        index = position * step % count
        opened = start + timedelta(seconds=index * span_seconds // count)
        row = _copy(patterns[index % len(patterns)], FIRST_NUMBER + index, opened)
        row["sys_id"] = f"{_LOWEST + position * stride:012x}{random.getrandbits(80):020x}"
        yield row


def _without_own(row: Row) -> Row:
    return {**row, **dict.fromkeys(_OWN), "child_incidents": "0"}


def _pattern(row: Row) -> _Pattern:
    opened = datetime.fromisoformat(row["opened_at"] or "")
    dates = ((name, datetime.fromisoformat(text) - opened) for name in _DATES if (text := row[name]))
    return _Pattern(row, tuple(dates))


def _copy(pattern: _Pattern, number: int, opened: datetime) -> Row:
    row = pattern.row.copy()
    row["number"] = row["task_effective_number"] = f"INC{number:07d}"
    for name, after in pattern.dates:
        row[name] = str(opened + after)
    return row


def _coprime_step(count: int) -> int:
    """Return a step that, taken again and again modulo ``count``, meets every index once and jumps far each time."""
    step = max(1, int(count * 0.618))
    while gcd(step, count) > 1:
        step += 1
    return step
