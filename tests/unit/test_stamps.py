"""Moments as the platform writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from pysnow import InvalidUsage
from pysnow.stamps import aware_moment, clock_shown, is_stamp, moment_of, stamp_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1))), id="another zone"),
        pytest.param(NOON - timedelta(microseconds=1), id="a fraction before"),
        pytest.param(NOON, id="itself"),
    ],
)
def test_aware_moment__is_the_next_whole_second_of_utc(moment: datetime) -> None:
    assert aware_moment("since", moment) == NOON


def test_aware_moment__the_hour_that_comes_twice_has_two_meanings() -> None:
    """In Berlin 2:30 came twice on 2025-10-26."""
    first = datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert aware_moment("since", first.replace(fold=1)) - aware_moment("since", first) == timedelta(hours=1)


def test_aware_moment__naive_is_refused_with_advice() -> None:
    with pytest.raises(InvalidUsage, match="since says no time zone: write datetime.*tzinfo=UTC"):
        aware_moment("since", datetime(2026, 3, 1))


@pytest.mark.parametrize("moment", ["2026-03-01", date(2026, 3, 1), 1, None])
def test_aware_moment__anything_else_is_refused(moment: object) -> None:
    with pytest.raises(InvalidUsage, match="must be an aware datetime"):
        aware_moment("until", moment)


@pytest.mark.parametrize(
    "moment",
    [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))],
)
def test_aware_moment__ends_of_the_calendar_are_refused(moment: datetime) -> None:
    with pytest.raises(InvalidUsage, match="end of the calendar"):
        aware_moment("since", moment)


def test_stamp_of__is_read_back() -> None:
    assert moment_of(stamp_of(NOON)) == NOON


def test_stamp_of__early_years_have_four_digits() -> None:
    assert stamp_of(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01 00:00:00"


@pytest.mark.parametrize(
    "value", ["", "2026-03-01", "01.03.2026 12:00:00", "2026-13-01 12:00:00", "2026-02-30 00:00:00", None, 5]
)
def test_is_stamp__other_values_are_none(value: object) -> None:
    assert not is_stamp(value)


def test_is_stamp__as_the_platform_writes_it() -> None:
    assert is_stamp("2026-03-01 12:00:00")


def test_clock_shown__reads_the_header() -> None:
    assert clock_shown("Sun, 01 Mar 2026 12:00:00 GMT") == NOON


@pytest.mark.parametrize(
    "header", [None, "", "soon", "Sun, 01 Mar 99999 12:00:00 GMT", "Sun, 32 Mar 2026 12:00:00 GMT"]
)
def test_clock_shown__headers_without_a_clock(header: str | None) -> None:
    assert clock_shown(header) is None
