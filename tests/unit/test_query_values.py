from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import QueryTypeError
from pysnow.query_builder import QueryBuilder
from pysnow.query_moments import EXPRESSION_MOMENTS, moment_literal, moment_script, moments_in
from pysnow.query_values import (
    Script,
    as_text,
    between_text,
    comparison_text,
    day_text,
    expression_text,
    list_text,
    literal,
    value_text,
)


class Colour(StrEnum):
    red = "r"


class Level(IntEnum):
    high = 3


class Anything(Enum):
    scalar = 1.5
    reference = {"value": "x"}
    bad = object()


class Shouting(str):
    def __str__(self):
        return "something else"

    __format__ = __str__


SCRIPTS = [
    "javascript:x",
    "JAVASCRIPT:x",
    "  javascript:x",
    "\n\tJavaScript:",
    "\x7fjavascript:x",
    "\u00a0javascript:x",
]
SCRIPTS += [
    "\u200bjavascript:x",
    "\ufeffjavascript:x",
    "java\u200dscript:x",
    "java\u00adscript:x",
    "javascript\u2060:x",
]
SCRIPTS += [
    "\u2003javascript:x",
    "javascript\uff1ax",
    "java\u017fcript:x",
    "\u202ejavascript:x",
    " " * 5000 + "javascript:",
]
INNOCENT = [
    "java script: x",
    "javascript",
    "learn javascript: now",
    "xjavascript:",
    "java:script",
    "typescript:",
    "javascript\n",
]


# -- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SCRIPTS, ids=ascii)
def test_literal__script(text):
    with pytest.raises(QueryTypeError, match="Script"):
        literal(text)


@pytest.mark.parametrize("text", INNOCENT, ids=ascii)
def test_literal__no_script(text):
    assert literal(text) == text


@pytest.mark.parametrize("bad", ["\0", "\x01", "\x0b", "\r", "\x1b", "\x1f", "\ud800", "a\udfff"], ids=ascii)
def test_literal__control_characters_and_surrogates(bad):
    with pytest.raises(QueryTypeError, match="control"):
        literal(f"a{bad}b")


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "é\u202e😀", "\x7f\x85", " a ", ""], ids=ascii)
def test_literal__kept(text):
    assert literal(text) == text


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (Colour.red, "r"), (Script("x"), "javascript:x"), (Shouting("a"), "a")]
)
def test_as_text__taken(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize("value", [1, None, True, b"a", ["a"], datetime, 1.5, Level.high])
def test_as_text__no_text(value):
    with pytest.raises(QueryTypeError, match="a text"):
        as_text(value)


# -- scripts -----------------------------------------------------------------------------------------------------------


def test_script__text():
    assert str(Script("gs.getUserID()")) == "javascript:gs.getUserID()"


def test_script__repr_can_be_read():
    assert repr(Script("gs.x('a')")) == "Script(code=\"gs.x('a')\")"


def test_script__frozen():
    with pytest.raises(AttributeError):
        Script("a").code = "b"


def test_script__hashable_value():
    assert {Script("a"), Script("a")} == {Script("a")}


@pytest.mark.parametrize("code", ["a^b", "", "  ", "a\0b", "javascript:x", " JavaScript:x", None, 1, b"x"])
def test_script__refused(code):
    with pytest.raises(QueryTypeError):
        Script(code)


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (Shouting("a"), "a"),
        (1, "1"),
        (-5, "-5"),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Colour.red, "r"),
        (Level.high, "3"),
        (Anything.scalar, "1.5"),
        (Anything.reference, "x"),
        (date(2026, 3, 1), "2026-03-01"),
        (date(26, 3, 1), "0026-03-01"),
        (datetime(2026, 3, 1, 8, 0, 1, 999), "2026-03-01 08:00:01"),
        (datetime(26, 3, 1), "0026-03-01 00:00:00"),
        (datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-02-28 23:00:00"),
        ({"link": "l", "value": "v"}, "v"),
        ({"display_value": "d", "value": 3}, "3"),
        ({"value": Colour.red}, "r"),
        (Script("gs.x()"), "javascript:gs.x()"),
    ],
    ids=repr,
)
def test_value_text__output(value, text):
    assert value_text(value) == text


@pytest.mark.parametrize(
    "value",
    [None, b"a", bytearray(b"a"), ..., datetime, date, int, ["a"], {"link": "x"}, {}, {"value": None}, 1j]
    + [{"value": "x", "state": "1"}, {"state": "1"}]
    + [{"value": ["x"]}, {"value": {"value": "x"}}, float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN")]
    + [Decimal("-Infinity"), Decimal("1E+999999"), Decimal("1E-999999"), Anything.bad, timedelta(1), len]
    + [datetime.max.replace(tzinfo=timezone(timedelta(hours=-2)))],
    ids=lambda value: ascii(value)[:30],
)
def test_value_text__refused(value):
    with pytest.raises(QueryTypeError):
        value_text(value)


def test_value_text__reference_read_without_its_value():
    with pytest.raises(QueryTypeError, match="display_value=False or 'all'"):
        value_text({"display_value": "Joe Employee", "link": "https://x/api"})


def test_value_text__number_of_senseless_size():
    with pytest.raises(QueryTypeError, match="sensible"):
        value_text(10**5000)


def test_value_text__error_is_one_short_line():
    with pytest.raises(QueryTypeError) as caught:
        value_text({"link": "x" * 1000, "\n": "y"}.items())
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_value_text__not_a_time():
    class NaT(datetime):
        def replace(self, **changes):
            return self

        def isoformat(self, *args):
            return "NaT"

    with pytest.raises(QueryTypeError, match="no moment"):
        value_text(NaT(2026, 1, 1))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e90, max_value=1e90))
def test_value_text__floats_keep_their_value(value):
    try:
        assert float(value_text(value)) == value
    except QueryTypeError:
        assert abs(value) < 1e-90


# -- comparisons -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (1.5, "1.5"),
        ("10", "10"),
        ("-1.50", "-1.50"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01 08:00:00", "2026-03-01 08:00:00"),
        ("2026-03-01T08:00:00Z", "2026-03-01 08:00:00"),
        ("2026-03-01T08:00:00+02:00", "2026-03-01 06:00:00"),
        ("2026-03-01T08:00", "2026-03-01 08:00:00"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1), "2026-03-01 00:00:00"),
        (Script("gs.daysAgo(3)"), "javascript:gs.daysAgo(3)"),
        (Level.high, "3"),
        ({"value": "7"}, "7"),
    ],
    ids=repr,
)
def test_comparison_text__output(value, text):
    assert comparison_text(value) == text


@pytest.mark.parametrize(
    "value",
    ["a", "", "=5", "1e5", " 1", "1 ", "NaN", "١", "2026-13-01", "2026-03-01 25:00:00", "javascript:gs.x()", "10^ORa=1"]
    + ["2026-03-01@x", True, False, None, b"1", datetime, [1], "9" * 200],
    ids=repr,
)
def test_comparison_text__refused(value):
    with pytest.raises(QueryTypeError):
        comparison_text(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-02-27T12:00:00+02:00", "2026-02-27 10:00:00"),
        ("2026-02-27 12:00:00+02:00", "2026-02-27 10:00:00"),
        ("2026-02-27T12:00:00-0330", "2026-02-27 15:30:00"),
        ("2026-02-27T12:00:00Z", "2026-02-27 12:00:00"),
        ("2026-02-27t12:00:00.250z", "2026-02-27 12:00:00"),
        ("2026-02-27T12+02", "2026-02-27 10:00:00"),
        ("20260227T120000+0200", "2026-02-27 10:00:00"),
        ("2026-02-27T12:00", "2026-02-27 12:00:00"),
        ("2026-02-27 12:00:00", "2026-02-27 12:00:00"),
        ("2026-02-27", "2026-02-27"),
        ({"value": "2026-02-27T12:00:00+02:00"}, "2026-02-27 10:00:00"),
        (Shouting("2026-02-27T12:00:00+02:00"), "2026-02-27 10:00:00"),
    ],
    ids=repr,
)
def test_expression_text__moment_as_text(value, text):
    assert expression_text(value, EXPRESSION_MOMENTS) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-02-27T12:00:00+02:00", "2026-02-27 10:00:00"),
        ("2026-02-27T12:00:00", "2026-02-27 07:00:00"),
        ("2026-02-27 12:00:00", "2026-02-27 07:00:00"),
        ("2026-02-27", "2026-02-26 19:00:00"),
        (date(2026, 2, 27), "2026-02-26 19:00:00"),
        (datetime(2026, 2, 27), "2026-02-26 19:00:00"),
        ("20260227", "20260227"),
    ],
    ids=repr,
)
def test_expression_text__in_a_zone(value, text):
    assert expression_text(value, moments_in(timezone(timedelta(hours=5)))) == text


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "",
        "INC0010001",
        "10",
        "1e5",
        "T12:00",
        "2026",
        "2026-02",
        "20260227",
        "12:00+02:00",
        "2026-02-27 ten servers",
    ]
    + ["2026-02-27T", "2026-02-27 10 servers", "1000 5", "1234-5678 90", "on 2026-02-27T12:00:00Z"],
)
def test_expression_text__other_text(text):
    assert expression_text(text, EXPRESSION_MOMENTS) == text


@pytest.mark.parametrize(
    "value",
    ["2026-02-30", "2026-13-27T12:00:00Z", "2026-02-27T25:00", "2026-02-27 12:00:00 +02:00", "2026-02-27 12:00:00 UTC"]
    + ["2026-02-27T12:00:00+02:00^active=true", "2026-02-27 12:00\n+02:00", "javascript:gs.x()", {"value": True}]
    + [True, None, b"1", [1], datetime],
    ids=repr,
)
def test_expression_text__refused(value):
    with pytest.raises(QueryTypeError):
        expression_text(value, EXPRESSION_MOMENTS)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.timezones()), st.sampled_from("T "))
def test_expression_text__as_the_builder_writes_it(moment, separator):
    # Offsets of the nineteenth century have seconds, which ISO 8601 cannot say.
    text = moment.astimezone(timezone(timedelta(hours=-9, minutes=-30))).isoformat(separator)
    assert expression_text(text, EXPRESSION_MOMENTS) == comparison_text(text) == moment_literal(moment)


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["a", "b"], "a,b"),
        ((1, "b", True, Colour.red), "1,b,true,r"),
        ({"b", "a", 3}, "3,a,b"),
        (frozenset({"x"}), "x"),
        (["", "a"], ",a"),
        ([{"value": "x"}], "x"),
        ([datetime(2026, 3, 1, tzinfo=UTC)], "2026-03-01 00:00:00"),
    ],
)
def test_list_text__output(values, text):
    assert list_text(values) == text


@pytest.mark.parametrize(
    "values",
    ["abc", b"abc", 1, None, {"a": 1}, iter(["a"]), [], (), set(), [""], ["", ""], ["a,b"], [None], [datetime], [["a"]]]
    + [[Script("x")], ["a", "javascript:x"], [float("nan")], range(3)],
)
def test_list_text__refused(values):
    with pytest.raises(QueryTypeError):
        list_text(values)


# -- ranges ------------------------------------------------------------------------------------------------------------

AWARE = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (1, 2, "1@2"),
        (1, 1, "1@1"),
        (1, 2.5, "1@2.5"),
        ("1", Decimal(2), "1@2"),
        (date(2026, 1, 1), date(2026, 1, 2), "2026-01-01 00:00:00@2026-01-02 00:00:00"),
        (date(2026, 1, 1), datetime(2026, 1, 1, 5), "2026-01-01 00:00:00@2026-01-01 05:00:00"),
        ("2026-01-01", "2026-01-02T03:00", "2026-01-01 00:00:00@2026-01-02 03:00:00"),
        (AWARE, AWARE + timedelta(days=1), "2026-03-01 00:00:00@2026-03-02 00:00:00"),
        (Script("gs.a()"), Script("gs.b()"), "javascript:gs.a()@javascript:gs.b()"),
        (datetime(2026, 1, 1), Script("gs.b()"), "2026-01-01 00:00:00@javascript:gs.b()"),
    ],
    ids=repr,
)
def test_between_text__output(start, end, text):
    assert between_text(start, end, moment_literal) == text


def test_between_text__within_the_hour_that_comes_twice():
    start = datetime(2026, 10, 25, 2, 45, tzinfo=ZoneInfo("Europe/Berlin"))
    end = start.replace(minute=30, fold=1)
    assert between_text(start, end, moment_literal) == "2026-10-25 00:45:00@2026-10-25 01:30:00"


def test_between_text__reversed_within_the_hour_that_comes_twice():
    end = datetime(2026, 10, 25, 2, 45, tzinfo=ZoneInfo("Europe/Berlin"))
    with pytest.raises(QueryTypeError, match="start first"):
        between_text(end.replace(minute=30, fold=1), end, moment_literal)


def test_between_text__moments_as_told():
    text = between_text(datetime(1970, 1, 1), datetime(2026, 1, 1, 2, 3, 4), moment_script)
    assert text == 'javascript:gs.dateGenerate("1970-01-01 00:00:00")@javascript:gs.dateGenerate("2026-01-01 02:03:04")'


@pytest.mark.parametrize(
    ("start", "end"),
    [(2, 1), (date(2026, 1, 2), date(2026, 1, 1)), ("2", "1"), ("2026-01-02", "2026-01-01"), ("10", "9")]
    + [(1, date(2026, 1, 1)), (AWARE, datetime(2026, 3, 2)), ("a", "b"), ("1@5", "9"), (1, None), (None, 1), (True, 2)]
    + [
        (datetime, datetime),
        (Script("a@b"), 1),
        (float("nan"), 1),
        (1, Decimal("sNaN")),
        ("1", "2026-01-01"),
        ([1], [2]),
    ],
    ids=repr,
)
def test_between_text__refused(start, end):
    with pytest.raises(QueryTypeError):
        between_text(start, end, moment_literal)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 23), "2026-03-01"),
        (datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-02-28"),
        ("2026-03-01T05:00", "2026-03-01"),
    ],
)
def test_day_text__output(when, text):
    assert day_text(when) == text


@pytest.mark.parametrize("when", [1, None, "today", datetime, Script("x")])
def test_day_text__refused(when):
    with pytest.raises(QueryTypeError):
        day_text(when)


def test_import__leaves_the_date_parser_alone():
    code = (
        "import pysnow.query_builder, pysnow.criterion, pysnow.params_builder, sys; sys.exit('dateutil' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("zoned", ["2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00Z"])
def test_between__a_text_keeps_its_zone(zoned: str) -> None:
    """``gs.dateGenerate`` would read its clock in the account's zone."""
    assert str(QueryBuilder().field("opened_at").between(zoned, "2026-03-02T00:00:00Z")) == (
        "opened_atBETWEEN2026-03-01 10:00:00@2026-03-02 00:00:00"
    )
