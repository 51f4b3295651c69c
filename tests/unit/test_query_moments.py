from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import QueryTypeError
from pysnow.query_moments import BUILDER_MOMENTS, EXPRESSION_MOMENTS, datetime_as_utc, moment_literal, moments_in

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
        (BUILDER_MOMENTS.ends, script("2026-07-01 12:30:00"), script("2026-07-01 12:30:00")),
        (BUILDER_MOMENTS.listed, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
        (EXPRESSION_MOMENTS.compared, script("2026-07-01 12:30:00"), script("2026-07-01 10:30:00")),
        (EXPRESSION_MOMENTS.ends, script("2026-07-01 12:30:00"), script("2026-07-01 10:30:00")),
        (EXPRESSION_MOMENTS.listed, "2026-07-01 12:30:00", "2026-07-01 10:30:00"),
    ],
)
def test_moments__as_pysnow_0_7(how, naive, aware):
    assert (how(NAIVE), how(PLUS_TWO)) == (naive, aware)


@pytest.mark.parametrize("place", [0, 1, 2], ids=["compared", "ends", "listed"])
def test_moments_in__literals_everywhere(place):
    assert moments_in(BERLIN)[place](NAIVE) == "2026-07-01 10:30:00"


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.timezones()))
def test_moment_literal__is_the_same_moment(moment):
    written = datetime.fromisoformat(moment_literal(moment)).replace(tzinfo=UTC)
    assert timedelta(0) <= moment.astimezone(UTC) - written < timedelta(seconds=1)
