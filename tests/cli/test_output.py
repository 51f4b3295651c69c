"""JSON, JSON lines and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.cli.errors import CommandError
from pysnow.cli.output import cell_text, json_text, write_csv, write_json, write_json_lines

RECORDS = st.lists(st.dictionaries(st.text(max_size=8), st.text(alphabet=st.characters(), max_size=20), max_size=4))


def written_csv(*records: dict[str, object], columns: tuple[str, ...] = ()) -> str:
    out = io.StringIO()
    write_csv(records, columns, out)
    return out.getvalue()


@given(RECORDS)
def test_json__reads_back(records: list[dict[str, str]]) -> None:
    out = io.StringIO()
    write_json(records, out)
    assert json.loads(out.getvalue()) == records


@given(RECORDS)
def test_json_lines__reads_back_line_by_line(records: list[dict[str, str]]) -> None:
    out = io.StringIO()
    write_json_lines(records, out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == records


@given(RECORDS)
def test_json_lines__can_always_be_encoded(records: list[dict[str, str]]) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert write_json_lines(records, out) == len(records)


def test_json_text__keeps_letters_readable() -> None:
    assert json_text("Zürich") == '"Zürich"'


def test_json_text__escapes_what_the_encoding_lacks() -> None:
    assert json_text("Zürich 🎉", io.TextIOWrapper(io.BytesIO(), encoding="ascii")) == '"Z\\u00fcrich \\ud83c\\udf89"'


def test_json_text__escapes_control_characters_of_eight_bits() -> None:
    assert json_text("\x9b31m") == '"\\u009b31m"'


def test_json__of_no_records_is_an_empty_array() -> None:
    out = io.StringIO()
    write_json([], out)
    assert json.loads(out.getvalue()) == []


def test_json__stays_open_when_the_records_break_off() -> None:
    out = io.StringIO()

    def records() -> Iterator[dict[str, str]]:
        yield {"number": "INC0000001"}
        raise ConnectionError

    with pytest.raises(ConnectionError):
        write_json(records(), out)
    assert out.getvalue() == '[\n{"number": "INC0000001"}'


@pytest.mark.parametrize("write", [write_json, write_json_lines, lambda records, out: write_csv(records, (), out)])
def test_writers__write_each_record_before_they_take_the_next_but_one(write) -> None:
    """A list of a million records never stands in memory."""
    out = io.StringIO()
    seen = []

    def records() -> Iterator[dict[str, str]]:
        for number in range(5):
            seen.append(out.getvalue().count("INC"))
            yield {"number": f"INC{number}"}

    write(records(), out)
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "\uff1d1",
        "-",
        "=cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_csv__disarms_formulas(value: str) -> None:
    assert list(csv.reader(io.StringIO(written_csv({"a": value}), newline=""))) == [["a"], [f"'{value}"]]


@pytest.mark.parametrize("value", ["-5", "-1.5", "5", "a=b", "", "'quoted'", "two\nlines", 'a "quote", a comma'])
def test_csv__leaves_other_values_as_they_are(value: str) -> None:
    assert list(csv.reader(io.StringIO(written_csv({"a": value, "b": "x"}), newline="")))[1] == [value, "x"]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4))
def test_csv__reads_back(values: list[str]) -> None:
    record = {f"c{place}": f"x{value}" for place, value in enumerate(values)}
    assert list(csv.reader(io.StringIO(written_csv(record), newline="")))[1] == list(record.values())


def test_csv__of_one_empty_cell_is_a_line() -> None:
    assert list(csv.reader(io.StringIO(written_csv({"a": ""})))) == [["a"], [""]]


def test_csv__takes_the_columns_of_the_first_record() -> None:
    assert written_csv({"a": "1", "b": "2"}, {"b": "4"}) == "a,b\n1,2\n,4\n"


def test_csv__writes_the_columns_asked_for_even_without_records() -> None:
    assert written_csv(columns=("a", "b")) == "a,b\n"


def test_csv__refuses_to_lose_a_column() -> None:
    with pytest.raises(CommandError, match="Record 2 .* --fields"):
        written_csv({"a": "1"}, {"a": "1", "b": "2"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (None, ""),
        ({"link": "https://dev1/x", "value": "6816"}, "6816"),
        ({"link": "https://dev1/x", "display_value": "Ada"}, "Ada"),
        ({"display_value": "", "value": ""}, ""),
        ([1, 2], "[1, 2]"),
        (True, "true"),
    ],
)
def test_cell_text__is_what_a_person_would_write_there(value: object, text: str) -> None:
    assert cell_text(value) == text
