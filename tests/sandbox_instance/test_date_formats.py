"""Java date patterns and zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pysnow.sandbox.instance import date_formats

PACIFIC = ZoneInfo("US/Pacific")
MOMENT = datetime(2026, 3, 2, 17, 5, 9)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd", "2026-03-02"),
        ("MM-dd-yyyy", "03-02-2026"),
        ("dd/MM/yyyy", "02/03/2026"),
        ("dd.MM.yyyy", "02.03.2026"),
        ("d/M/yy", "2/3/26"),
        ("dd-MMM-yyyy", "02-Mar-2026"),
        ("HH:mm:ss", "17:05:09"),
        ("HH.mm", "17.05"),
        ("hh:mm:ss a", "05:05:09 PM"),
        ("h:mm a", "5:05 PM"),
        ("HH'h'mm", "17h05"),
    ],
)
def test_write__every_platform_format(pattern: str, text: str) -> None:
    assert date_formats.write(MOMENT, pattern) == text


@pytest.mark.parametrize("hour", [(0, "12 AM"), (1, "01 AM"), (12, "12 PM"), (23, "11 PM")], ids=str)
def test_write__twelve_hour_clock(hour: tuple[int, str]) -> None:
    assert date_formats.write(MOMENT.replace(hour=hour[0]), "hh a") == hour[1]


@pytest.mark.parametrize("text", ["02/03/2026", "2026-13-01", "2026-02-30", "", "tomorrow", "2026-03-02x"])
def test_read__refuses_what_does_not_fit(text: str) -> None:
    assert date_formats.read(text, "yyyy-MM-dd") is None


def test_read__letter_that_comes_again_is_passed_over() -> None:
    assert date_formats.read("02/05", "dd/dd") == datetime(1970, 1, 2)


@given(st.text("yMdHhmsa'/:- xQ", max_size=20), st.text("0123456789/:- aPMarx", max_size=20))
def test_read__any_pattern_and_text(pattern: str, text: str) -> None:
    """People can type any text into their date format."""
    found = date_formats.read(text, pattern)
    assert found is None or isinstance(found, datetime)


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    st.sampled_from(["UTC", "US/Pacific", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Monrovia", "Europe/Berlin"]),
)
# Hours that hold a change of clocks, or a zone whose offset is no whole hour.
@example(datetime(2026, 3, 8, 9, 59, 59), "US/Pacific")
@example(datetime(2026, 3, 8, 10, 0, 0), "US/Pacific")
@example(datetime(2026, 4, 4, 15, 29, 59), "Australia/Lord_Howe")
@example(datetime(2026, 4, 4, 15, 30, 0), "Australia/Lord_Howe")
@example(datetime(1972, 1, 7, 0, 44, 29), "Africa/Monrovia")
def test_show_date_time__is_that_of_the_zone(moment: datetime, zone: str) -> None:
    local = moment.replace(microsecond=0, tzinfo=UTC).astimezone(ZoneInfo(zone))
    stored = moment.replace(microsecond=0).isoformat(" ")
    shown = date_formats.show_date_time(stored, ZoneInfo(zone), "yyyy-MM-dd HH:mm:ss")
    assert shown == local.replace(tzinfo=None).isoformat(" ")


@pytest.mark.parametrize(
    "stored", ["2026-03-02 17:05:60", "2026-03-02 25:05:00", "2026-03-02 17:05:0x", "2026-03-02 17-05-00"]
)
def test_show_date_time__what_is_none_stays(stored: str) -> None:
    assert date_formats.show_date_time(stored, PACIFIC, "yyyy-MM-dd HH:mm:ss") == stored


@given(
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), st.sampled_from(["dd/MM/yyyy", "yyyy-MM-dd", "MMM d yyyy"])
)
def test_read__undoes_write(moment: datetime, pattern: str) -> None:
    moment = moment.replace(microsecond=0)
    whole = f"{pattern} hh:mm:ss a"
    assert date_formats.read(date_formats.write(moment, whole), whole) == moment


def test_show_date_time__shifts_into_the_zone() -> None:
    assert date_formats.show_date_time("2026-03-02 09:15:00", PACIFIC, "yyyy-MM-dd HH:mm:ss") == "2026-03-02 01:15:00"


def test_show_date_time__follows_daylight_saving() -> None:
    assert date_formats.show_date_time("2026-07-02 09:15:00", PACIFIC, "HH:mm") == "02:15"


def test_show_date_time__survives_the_edge_of_time() -> None:
    assert date_formats.show_date_time("0001-01-01 00:00:00", PACIFIC, "yyyy-MM-dd") == "0001-01-01"


def test_show_date_time__leaves_what_is_no_date() -> None:
    assert date_formats.show_date_time("soon", PACIFIC, "yyyy") == "soon"


def test_read_date_time__refuses_what_utc_cannot_hold() -> None:
    assert date_formats.read_date_time("9999-12-31 23:00:00", PACIFIC, "yyyy-MM-dd", "HH:mm:ss") is None


def test_show_date__does_not_shift() -> None:
    assert date_formats.show_date("2026-03-02", "dd/MM/yyyy") == "02/03/2026"


def test_read_date_time__reads_in_the_zone() -> None:
    stored = date_formats.read_date_time("03/02/2026 01:15:00 AM", PACIFIC, "MM/dd/yyyy", "hh:mm:ss a")
    assert stored == "2026-03-02 09:15:00"


def test_read_date_time__takes_a_date_alone() -> None:
    assert date_formats.read_date_time("2026-03-02", PACIFIC, "yyyy-MM-dd", "HH:mm:ss") == "2026-03-02 08:00:00"


def test_stored_date_time__is_utc_with_whole_seconds() -> None:
    assert date_formats.stored_date_time(datetime(2026, 3, 2, 9, 15, 0, 999999, tzinfo=UTC)) == "2026-03-02 09:15:00"
