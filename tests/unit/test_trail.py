"""Trails: where reading begins again, and what is passed over then."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysnow.stamps import stamp_of
from pysnow.tracking.trail import Trail, Version

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OVERLAP = timedelta(seconds=10)


def _stamp(seconds: float) -> str:
    return stamp_of(NOON + timedelta(seconds=seconds))


def _trail() -> Trail:
    return Trail(_stamp(0), OVERLAP)


@pytest.mark.parametrize(
    ("row", "clock", "floor"),
    [
        pytest.param(100, 100, 90, id="both at once"),
        pytest.param(50, 100, 40, id="behind the rows"),
        pytest.param(100, 50, 40, id="behind the clock"),
        pytest.param(5, 5, 0, id="never before the beginning"),
    ],
)
def test_reach__floor(row: int, clock: int, floor: int) -> None:
    trail = _trail()
    trail.reach(_stamp(row), NOON + timedelta(seconds=clock))
    assert trail.floor == _stamp(floor)


def test_reach__never_goes_back() -> None:
    trail = _trail()
    trail.reach(_stamp(100), NOON + timedelta(seconds=100))
    trail.reach(_stamp(50), NOON + timedelta(seconds=50))
    assert trail.floor == _stamp(90)


def test_reach__the_beginning_of_the_calendar() -> None:
    trail = Trail("0001-01-01 00:00:00", OVERLAP)
    trail.reach("0001-01-01 00:00:05", NOON)
    assert trail.floor == "0001-01-01 00:00:00"


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from("abc"), st.integers(0, 3)), max_size=40))
def test_note__what_lies_from_the_floor_on_is_remembered(rows: list[tuple[int, str, int]]) -> None:
    trail = _trail()
    for second, sys_id, count in sorted(rows):
        trail.note(Version(_stamp(second), sys_id, str(count)))
        trail.reach(_stamp(second), NOON + timedelta(seconds=30))
    again = Trail.from_state(json.loads(json.dumps(trail.state())), OVERLAP)
    for second, sys_id, count in rows:
        version = Version(_stamp(second), sys_id, str(count))
        assert again.is_new(version) == (version.stamp < again.floor)


def test_note__memory_does_not_grow_with_what_was_read() -> None:
    trail = _trail()
    for second in range(20_000):
        trail.note(Version(_stamp(second), f"{second:032x}"))
        trail.reach(_stamp(second), NOON + timedelta(days=1))
    assert len(trail._seen) < 2_100


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"floor": "2026-03-01 12:00:00"},
        {"floor": "yesterday", "seen": {}},
        {"floor": "2026-03-01 12:00:00", "seen": []},
        {"floor": "2026-03-01 12:00:00", "seen": {"yesterday": [["a", "0"]]}},
        {"floor": "2026-03-01 12:00:00", "seen": {"2026-03-01 12:00:00": [["a", "0", "1"]]}},
        {"floor": 5, "seen": {}},
        None,
    ],
)
def test_from_state__anything_else_is_refused(state: Any) -> None:
    with pytest.raises(ValueError, match="no "):
        Trail.from_state(state, OVERLAP)
