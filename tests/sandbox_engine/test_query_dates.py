"""Scripts in queries: boundaries by the caller's clock, users, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.query import QueryContext
from pysnow.sandbox.query.scripts import evaluate

# Wednesday, 4 March 2026, 13:30:15 in Berlin.
CONTEXT = QueryContext(
    datetime(2026, 3, 4, 12, 30, 15, 999, tzinfo=UTC), "abel", "abel.tuter", ZoneInfo("Europe/Berlin")
)


@pytest.mark.parametrize(
    ("call", "moment"),
    [
        ("beginningOfToday()", "2026-03-03 23:00:00"),
        ("endOfToday()", "2026-03-04 22:59:59"),
        ("beginningOfYesterday()", "2026-03-02 23:00:00"),
        ("endOfTomorrow()", "2026-03-05 22:59:59"),
        ("beginningOfThisWeek()", "2026-03-01 23:00:00"),
        ("endOfLastWeek()", "2026-03-01 22:59:59"),
        ("beginningOfThisMonth()", "2026-02-28 23:00:00"),
        ("endOfThisMonth()", "2026-03-31 21:59:59"),
        ("beginningOfLastMonth()", "2026-01-31 23:00:00"),
        ("beginningOfNextMonth()", "2026-03-31 22:00:00"),
        ("beginningOfThisQuarter()", "2025-12-31 23:00:00"),
        ("endOfThisQuarter()", "2026-03-31 21:59:59"),
        ("beginningOfLastQuarter()", "2025-09-30 22:00:00"),
        ("beginningOfThisYear()", "2025-12-31 23:00:00"),
        ("endOfNextYear()", "2027-12-31 22:59:59"),
        ("beginningOfCurrentHour()", "2026-03-04 12:00:00"),
        ("endOfCurrentMinute()", "2026-03-04 12:30:59"),
        ("beginningOfLast15Minutes()", "2026-03-04 12:15:00"),
        ("beginningOfLast7Days()", "2026-02-24 23:00:00"),
        ("endOfLast30Days()", "2026-03-04 22:59:59"),
        ("beginningOfLast3Months()", "2025-11-30 23:00:00"),
        ("beginningOfLast2Quarters()", "2025-09-30 22:00:00"),
        ("endOfNext2Quarters()", "2026-06-30 21:59:59"),
        ("beginningOfOneYearAgo()", "2025-03-03 23:00:00"),
        ("endOfOneYearAgo()", "2025-03-04 22:59:59"),
        ("minutesAgo(15)", "2026-03-04 12:15:15"),
        ("minutesAgoStart(15)", "2026-03-04 12:15:00"),
        ("hoursAgo(1)", "2026-03-04 11:30:15"),
        ("hoursAgoEnd(1)", "2026-03-04 11:59:59"),
        ("daysAgo(1)", "2026-03-03 12:30:15"),
        ("daysAgo(-1)", "2026-03-05 12:30:15"),
        ("daysAgoStart(0)", "2026-03-03 23:00:00"),
        ("daysAgoEnd(7)", "2026-02-25 22:59:59"),
        ("daysAgoStart('7')", "2026-02-24 23:00:00"),
        ("monthsAgo(1)", "2026-02-04 12:30:15"),
        ("monthsAgoStart(3)", "2025-11-30 23:00:00"),
        ("quartersAgoEnd(1)", "2025-12-31 22:59:59"),
        ("yearsAgo(2)", "2024-03-04 12:30:15"),
        ("yesterday()", "2026-03-03 12:30:15"),
        ("lastWeek()", "2026-02-25 12:30:15"),
        ("nowGlideDateTime()", "2026-03-04 12:30:15"),
        ("dateGenerate('2026-03-01','08:00:00')", "2026-03-01 07:00:00"),
        ("dateGenerate('2026-07-01', 'start')", "2026-06-30 22:00:00"),
        ('dateGenerate("2026-07-01", "end")', "2026-07-01 21:59:59"),
        ("getDurationDate('3 04:05:06')", "1970-01-04 04:05:06"),
    ],
)
def test_evaluate__moments_are_utc(call: str, moment: str) -> None:
    assert evaluate(f"gs.{call}", CONTEXT) == datetime.fromisoformat(f"{moment}+00:00")


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("gs.getUserID()", "abel"),
        ("gs.userID()", "abel"),
        ("gs.user_id()", "abel"),
        (" gs.getUserName() ; ", "abel.tuter"),
        ("gs.getUser().getID()", "abel"),
        ("gs.getUser().getName()", "abel.tuter"),
        ("-3", "-3"),
        ("true", "true"),
        ("gs.now()", "2026-03-04"),
        ("gs.nowDateTime()", "2026-03-04 13:30:15"),
        ("gs.nowNoTZ()", "2026-03-04 12:30:15"),
        ("gs.daysAgoLocal(1)", "2026-03-03 13:30:15"),
        ("'a literal'", "a literal"),
        ('"another"', "another"),
        ("gs.getUserID() + 'x'", "abelx"),
        ("1 + 1", "2"),
        ("7 / 2 - 1 * 3", "0.5"),
        ("-7 % 3", "-1"),
        ("'1' + 1", "11"),
        ("true + 1", "2"),
        ("[1, 'b', gs.getUserID()]", "1,b,abel"),
        ("[]", ""),
        ("1 < 2 ? 'yes' : 'no'", "yes"),
        ("!gs.nil('x') && 'a' == 'a' ? ('y') : 'n'", "y"),
        ("gs.nil('') ? 1 : 2", "1"),
        ("'2' == 2", "true"),
        ("'2' === 2", "false"),
        ("'' || 'other'", "other"),
        ("0 && gs.nope()", "0"),
        (r"'it\'s'", "it's"),
        ("gs.hasRole('admin')", "false"),
        ("gs.isInteractive()", "false"),
        ("gs.getPreference('x', 'y')", "y"),
        ("getMyAssignments()", "abel"),
        ("getMyGroups()", ""),
        ("gs.dateDiff('2026-03-01 00:00:00', '2026-03-03 01:02:03', true)", "176523"),
        ("gs.dateDiff('2026-03-01 00:00:00', '2026-03-03 01:02:03')", "2 01:02:03"),
        ("gs.dateDiff('2026-03-03 00:00:00', '2026-03-01 00:00:00', true)", "-172800"),
    ],
)
def test_evaluate__texts(script: str, text: str) -> None:
    assert evaluate(script, CONTEXT) == text


@pytest.mark.parametrize(
    "script",
    [
        "",
        "gs.nope()",
        "gs.getProperty('x')",
        "gs.getUserID",
        "gs.getUser().daysAgo(1)",
        "gs.getUserID();gs.getUserName()",
        "new GlideRecord('incident').deleteMultiple()",
        "gs.daysAgo()",
        "gs.daysAgo('x')",
        "gs.daysAgo(gs.getUserID())",
        "gs.daysAgo(999999999)",
        "gs.yearsAgo(9999)",
        "gs.dateGenerate('2026-02-30','start')",
        "gs.dateGenerate('2026-02-28')",
        "gs.dateGenerate('a','b','c')",
        "gs.getDurationDate('x')",
        "__import__('os').getcwd()",
        "gs.dateDiff('x', 'y')",
        "gs.getPreference('x')",
        "gs.getUser().getMyGroups",
        "getMyCats()",
        "current.sys_id",
        "x = 1",
        "function() { return 1 }",
        "'a' 'b'",
        "1 +",
        "[1, 2",
        "(1",
        "1 / 0",
        "'a' - 1",
        "gs.",
        "{}",
        "/x/.test('x')",
        "(" * 100 + "1" + ")" * 100,
        "'" + "x" * 5000 + "'",
    ],
)
def test_evaluate__everything_else_is_refused(script: str) -> None:
    assert evaluate(script, CONTEXT) is None


def test_evaluate__month_lengths_are_respected() -> None:
    late = replace(CONTEXT, now=datetime(2026, 3, 31, 10, tzinfo=UTC), time_zone=ZoneInfo("UTC"))
    assert evaluate("gs.monthsAgo(1)", late) == datetime(2026, 2, 28, 10, tzinfo=UTC)


def test_evaluate__a_day_ago_keeps_the_wall_clock_over_summer_time() -> None:
    spring = replace(CONTEXT, now=datetime(2026, 3, 29, 10, tzinfo=UTC))
    assert evaluate("gs.daysAgo(1)", spring) == datetime(2026, 3, 28, 11, tzinfo=UTC)


def test_evaluate__hours_count_real_hours_over_summer_time() -> None:
    spring = replace(CONTEXT, now=datetime(2026, 3, 29, 10, tzinfo=UTC))
    assert evaluate("gs.hoursAgo(24)", spring) == datetime(2026, 3, 28, 10, tzinfo=UTC)


def test_evaluate__naive_now_is_utc() -> None:
    naive = replace(CONTEXT, now=datetime(2026, 3, 4, 12))
    assert evaluate("gs.nowNoTZ()", naive) == "2026-03-04 12:00:00"


@given(st.text() | st.builds("gs.{}({})".format, st.sampled_from(["daysAgo", "dateGenerate", "now"]), st.text()))
def test_evaluate__never_raises(script: str) -> None:
    assert isinstance(evaluate(script, CONTEXT), datetime | str | None)
