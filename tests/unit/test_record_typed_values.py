"""Texts of columns as Python values, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import InvalidUsage
from pysnow.records.typed_values import as_datetime, as_decimal, as_duration, python_value, written_value

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("glide_date_time", "2026-03-02 09:15:00", datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        ("glide_date", "2026-03-02", date(2026, 3, 2)),
        ("glide_time", "1970-01-01 09:15:00", time(9, 15)),
        ("glide_duration", "1970-01-05 11:00:11", timedelta(days=4, hours=11, seconds=11)),
        ("timer", "1970-01-01 00:00:00", timedelta()),
        ("integer", "-5", -5),
        ("decimal", "1.50", Decimal("1.50")),
        ("currency", "USD;12.50", Decimal("12.50")),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("glide_list", "a,b", ["a", "b"]),
        ("string", "42", "42"),
        ("reference", "abc", "abc"),
    ],
)
def test_python_value__by_type(kind: str, text: str, value: object) -> None:
    assert python_value(kind, "x", text) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("glide_date_time", None),
        ("glide_date", None),
        ("glide_time", None),
        ("glide_duration", None),
        ("integer", None),
        ("decimal", None),
        ("boolean", None),
        ("glide_list", []),
        ("string", ""),
    ],
)
def test_python_value__of_an_empty_field(kind: str, value: object) -> None:
    assert python_value(kind, "x", "") == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("glide_date_time", "03/02/2026"),
        ("glide_date_time", "2026-02-30 00:00:00"),
        ("glide_date", "tomorrow"),
        ("glide_time", "25 Minutes"),
        ("glide_time", "1970-01-01 25:00:00"),
        ("glide_duration", "2 Days"),
        ("glide_duration", "1970-01-05"),
        ("integer", "1.5"),
        ("integer", "1_000"),
        ("decimal", "NaN"),
        ("decimal", "1,024"),
        ("boolean", "yes"),
    ],
)
def test_python_value__refuses_what_is_not_of_the_type(kind: str, text: str) -> None:
    with pytest.raises(InvalidUsage, match="opened_at holds"):
        python_value(kind, "opened_at", text)


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-03-02T09:15:00Z", 9), ("2026-03-02T09:15:00+02:00", 7), ("2026-03-02 09:15:00.5", 9)]
)
def test_as_datetime__reads_rfc_3339(text: str, hour: int) -> None:
    moment = as_datetime("x", text)
    assert moment is not None
    assert (moment.hour, moment.tzinfo) == (hour, UTC)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 1, 59, 59, tzinfo=BERLIN),
        datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN),
        datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0),
        datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
    ],
    ids=str,
)
def test_written_value__round_trip_over_summer_time(moment: datetime) -> None:
    read = as_datetime("x", str(written_value("x", moment)))
    assert read is not None
    assert read.timestamp() == moment.timestamp()


def test_written_value__naive_datetime_is_refused() -> None:
    with pytest.raises(InvalidUsage, match="due_date says no time zone"):
        written_value("due_date", datetime(2026, 3, 2))


@pytest.mark.parametrize(
    "value",
    [datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), timedelta.max, Decimal("NaN"), Decimal("1e999")],
)
def test_written_value__what_no_column_holds_is_refused(value: object) -> None:
    with pytest.raises(InvalidUsage, match="^x "):
        written_value("x", value)


def test_written_value__of_another_type_is_refused() -> None:
    with pytest.raises(InvalidUsage, match="x cannot be written: set is no value"):
        written_value("x", {1})


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (3, "3"), (0.1, "0.1"), (date(2026, 3, 2), "2026-03-02"), (time(9, 15), "1970-01-01 09:15:00")],
    ids=str,
)
def test_written_value__is_what_the_table_api_stores(value: object, text: str) -> None:
    assert written_value("x", value) == text


@given(st.datetimes(timezones=st.just(UTC), allow_imaginary=False).map(lambda moment: moment.replace(microsecond=0)))
def test_moments__survive_a_round_trip(moment: datetime) -> None:
    assert as_datetime("x", str(written_value("x", moment))) == moment


@given(st.integers(-(10**9), 10**10).map(lambda seconds: timedelta(seconds=seconds)))
def test_durations__survive_a_round_trip(duration: timedelta) -> None:
    assert as_duration("x", str(written_value("x", duration))) == duration


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=4))
def test_numbers__survive_a_round_trip(number: Decimal) -> None:
    assert as_decimal("x", str(written_value("x", number))) == number
