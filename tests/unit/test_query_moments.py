from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import InvalidUsage, QueryTypeError
from pysnow.query_moments import (
    AWARE_MOMENTS,
    BUILDER_MOMENTS,
    EXPRESSION_MOMENTS,
    datetime_as_utc,
    moment_literal,
    moments_in,
)

NAIVE = datetime(2026, 7, 1, 12, 30)
PLUS_TWO = NAIVE.replace(tzinfo=timezone(timedelta(hours=2)))
BERLIN = ZoneInfo("Europe/Berlin")


def script(text):
    return f'javascript:gs.dateGenerate("{text}")'


def test_datetime_as_utc__naive_is_unchanged():
    assert datetime_as_utc(NAIVE) is NAIVE


def test_datetime_as_utc__aware():
    assert datetime_as_utc(PLUS_TWO) == datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    assert datetime_as_utc(PLUS_TWO).utcoffset() == timedelta(0)


def test_datetime_as_utc__off_the_calendar():
    with pytest.raises(QueryTypeError, match="UTC"):
        datetime_as_utc(datetime.min.replace(tzinfo=timezone(timedelta(hours=1))))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NAIVE, "2026-07-01 10:30:00"),
        (datetime(2026, 1, 1, 12), "2026-01-01 11:00:00"),
        (datetime(2026, 3, 29, 1, 59), "2026-03-29 00:59:00"),
        (datetime(2026, 3, 29, 3, 0), "2026-03-29 01:00:00"),
        (datetime(2026, 10, 25, 2, 30), "2026-10-25 00:30:00"),
        (datetime(2026, 10, 25, 2, 30, fold=1), "2026-10-25 01:30:00"),
        (PLUS_TWO, "2026-07-01 10:30:00"),
    ],
)
def test_moment_literal__zone(moment, text):
    assert moment_literal(moment, BERLIN) == text


@pytest.mark.parametrize(
    ("how", "naive", "aware"),
    [
        (BUILDER_MOMENTS.compared, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
        (BUILDER_MOMENTS.ends, script("2026-07-01 12:30:00"), "2026-07-01 10:30:00"),
        (BUILDER_MOMENTS.member, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
        (BUILDER_MOMENTS.text, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
        (EXPRESSION_MOMENTS.compared, script("2026-07-01 12:30:00"), "2026-07-01 10:30:00"),
        (EXPRESSION_MOMENTS.ends, script("2026-07-01 12:30:00"), "2026-07-01 10:30:00"),
        (EXPRESSION_MOMENTS.member, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
        (EXPRESSION_MOMENTS.text, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
        (AWARE_MOMENTS.text, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
    ],
)
def test_moments__naive_as_pysnow_0_7_and_aware_in_utc(how, naive, aware):
    assert (how(NAIVE), how(PLUS_TWO)) == (naive, aware)


@pytest.mark.parametrize("place", [0, 1, 2, 3], ids=["compared", "ends", "member", "text"])
def test_moments_in__literals_everywhere(place):
    assert moments_in(BERLIN)[place](NAIVE) == "2026-07-01 10:30:00"


@pytest.mark.parametrize("place", [0, 1, 2], ids=["compared", "ends", "member"])
def test_aware_moments__refuse_a_naive_one(place):
    with pytest.raises(QueryTypeError, match="does not say its time zone"):
        AWARE_MOMENTS[place](NAIVE)


@pytest.mark.parametrize("place", [0, 1, 2], ids=["compared", "ends", "member"])
def test_aware_moments__write_others_in_utc(place):
    assert AWARE_MOMENTS[place](PLUS_TWO) == "2026-07-01 10:30:00"


@pytest.mark.parametrize(
    "moments", [BUILDER_MOMENTS, EXPRESSION_MOMENTS, AWARE_MOMENTS], ids=["builder", "expression", "F"]
)
def test_moments__day_without_zone(moments):
    assert moments.day(date(2026, 7, 1)) == "2026-07-01"


@pytest.mark.parametrize(
    ("day", "text"), [(date(2026, 7, 1), "2026-06-30 22:00:00"), (date(2026, 1, 1), "2025-12-31 23:00:00")]
)
def test_moments_in__day_begins_at_midnight(day, text):
    assert moments_in(BERLIN).day(day) == text


@pytest.mark.parametrize("zone", ["UTC", 0, timedelta(hours=2), ZoneInfo, NAIVE], ids=repr)
def test_moments_in__no_zone(zone):
    with pytest.raises(InvalidUsage, match="tz must be a tzinfo"):
        moments_in(zone)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.timezones()))
def test_moment_literal__is_the_same_moment(moment):
    written = datetime.fromisoformat(moment_literal(moment)).replace(tzinfo=UTC)
    assert timedelta(0) <= moment.astimezone(UTC) - written < timedelta(seconds=1)
