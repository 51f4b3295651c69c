"""Records as CSV and as JSON lines; frames have tests of their own, with the libraries that they need."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import InvalidUsage
from pysnow.exporting.csv_lines import defused
from pysnow.exporting.exports import Exports, ExportSource


class Rows(Exports):
    """Records at hand."""

    def __init__(self, rows: Iterator[Any] | Sequence[Any], fields: Sequence[str] = ()) -> None:
        self.rows, self.fields = rows, fields

    def _export_source(self) -> ExportSource:
        return ExportSource(self.rows, self.fields)


def lines(rows: Sequence[Mapping[str, Any]], fields: Sequence[str] = (), **options: Any) -> list[list[str]]:
    target = io.StringIO(newline="")
    Rows(rows, fields).to_csv(target, **options)
    return list(csv.reader(io.StringIO(target.getvalue(), newline="")))


BOTH = {"state": {"value": "1", "display_value": "New"}, "to": {"value": "a" * 32, "display_value": "Ada", "link": "x"}}


def test_csv__columns_are_those_that_were_asked_for():
    assert lines([{"b": "1", "a": "2"}], ["a", "b", "gone"]) == [["a", "b", "gone"], ["2", "1", ""]]


def test_csv__without_fields_no_record_speaks_for_the_others():
    assert lines([{"a": "1"}, {"b": "2"}]) == [["a", "b"], ["1", ""], ["", "2"]]


def test_csv__of_nothing_has_its_header():
    assert lines([], ["a"]) == [["a"]]


def test_csv__holds_what_is_stored():
    assert lines([{"to": {"value": "x", "link": "y"}, "n": None}], ["to", "n"])[1] == ["x", ""]


def test_csv__reference_read_as_text_gives_its_text():
    assert lines([{"to": {"display_value": "Ada", "link": "y"}}])[1] == ["Ada"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("value", [["state", "to"], ["1", "a" * 32]]),
        ("display", [["state", "to"], ["New", "Ada"]]),
        ("both", [["state", "state_display", "to", "to_display"], ["1", "New", "a" * 32, "Ada"]]),
    ],
)
def test_csv__value_label_or_both(values: str, expected: list[list[str]]):
    assert lines([BOTH], values=values) == expected


def test_csv__both_of_what_has_no_label_is_refused():
    with pytest.raises(InvalidUsage, match="display_value='all'"):
        lines([{"a": "1"}], values="both")


def test_csv__label_of_a_reference_that_was_read_without_is_refused():
    with pytest.raises(InvalidUsage, match="labels are wanted that were not read"):
        lines([{"to": {"value": "x", "link": "y"}}], values="display")


def test_csv__unknown_values_are_refused():
    with pytest.raises(InvalidUsage, match="'value', 'display' or 'both'"):
        lines([{"a": "1"}], values="raw")


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2+3", "@x", "\tx", "\rx", "\n=x", "\uff1dx"])
def test_csv__runs_nothing(text: str):
    assert lines([{"a": text}])[1] == ["'" + text]


@pytest.mark.parametrize("text", ["-5", "+1.5", "-1,000.50", "a=b", "", "'", "-1e5"])
def test_csv__leaves_other_texts_alone(text: str):
    assert lines([{"a": text, "b": "x"}])[1] == [text, "x"]


def test_csv__raw_leaves_formulas():
    assert lines([{"a": "=1+1"}], raw=True)[1] == ["=1+1"]


def test_csv__a_column_is_no_formula_either():
    assert lines([{"=x": "1"}])[0] == ["'=x"]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.text(st.characters(exclude_categories=["Cs"])))))
def test_csv__reads_back(rows: list[dict[str, str | None]]):
    header, *cells = lines([{"id": "x", **row} for row in rows] or [{"id": "x"}])
    expected = [[(defused(({"id": "x", **row}).get(name)) or "") for name in header] for row in rows]
    assert cells[: len(rows)] == expected


def test_csv__counts_records(tmp_path: Path):
    assert Rows([{"a": "1"}] * 3).to_csv(tmp_path / "a.csv") == 3


def test_csv__lines_end_as_the_format_says(tmp_path: Path):
    Rows([{"a": "1"}]).to_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"a\r\n1\r\n"


def test_csv__encoding(tmp_path: Path):
    Rows([{"a": "\u00e9"}]).to_csv(tmp_path / "a.csv", encoding="utf-8-sig")
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbfa\r\n\xc3\xa9\r\n"


def broken() -> Iterator[dict[str, str]]:
    yield {"a": "1"}
    raise OSError("broken")


def test_file__after_an_error_is_as_it_was(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text("before")
    with pytest.raises(OSError, match="broken"):
        Rows(broken()).to_jsonl(path)
    assert (os.listdir(tmp_path), path.read_text()) == (["a.jsonl"], "before")


def test_file__keeps_its_mode(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.touch(0o640)
    Rows([{"a": "1"}]).to_csv(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_file__a_link_keeps_leading_to_it(tmp_path: Path):
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    Rows([{"a": "1"}]).to_jsonl(tmp_path / "link")
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "real").read_text()) == (True, '{"a":"1"}\n')


@pytest.mark.parametrize("target", [None, 5, "", b"x"])
def test_file__must_be_one(target: Any):
    with pytest.raises(InvalidUsage, match="path of a file"):
        Rows([]).to_csv(target)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5)


@given(st.lists(st.dictionaries(st.text(max_size=3), JSON)))
def test_jsonl__reads_back_line_by_line(rows: list[dict[str, Any]]):
    target = io.BytesIO()
    wrapped = io.TextIOWrapper(target, "utf-8", "backslashreplace", newline="")
    Rows(rows).to_jsonl(wrapped)
    wrapped.flush()
    assert [json.loads(line) for line in target.getvalue().decode().splitlines()] == rows


def test_jsonl__half_a_pair_is_written_as_json_writes_it(tmp_path: Path):
    Rows([{"a": "\ud83d"}]).to_jsonl(tmp_path / "a.jsonl")
    assert json.loads((tmp_path / "a.jsonl").read_text()) == {"a": "\ud83d"}


def test_export__of_something_else_is_refused():
    with pytest.raises(InvalidUsage, match="Only records"):
        lines(["text"])  # type: ignore[list-item]


def test_memory__does_not_grow_with_the_records(tmp_path: Path):
    import tracemalloc

    def peak(count: int) -> int:
        tracemalloc.start()
        Rows({"id": str(number), "text": "x" * 5000} for number in range(count)).to_csv(tmp_path / "a.csv")
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    few = peak(5_000)  # more than is put aside in memory
    assert peak(15_000) < 1.5 * few


@pytest.mark.parametrize("write", [Rows.to_csv, Rows.to_jsonl], ids=["csv", "jsonl"])
def test_path__of_a_folder_that_is_not_there_is_named(tmp_path: Path, write: Any) -> None:
    target = str(tmp_path / "none" / "x.csv")
    with pytest.raises(FileNotFoundError) as caught:
        write(Rows([{"a": "1"}]), target)
    assert (caught.value.filename, caught.value.errno) == (target, errno.ENOENT)


def test_path__that_cannot_be_written_is_named(tmp_path: Path) -> None:
    target = str(tmp_path / ("x" * 250))  # with a few characters more, no file can have the name
    with pytest.raises(OSError, match=os.strerror(errno.ENAMETOOLONG)) as caught:
        Rows([{"a": "1"}]).to_csv(target)
    assert caught.value.filename == target
