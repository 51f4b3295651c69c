"""Records as a table for people."""

from __future__ import annotations

import io
import re

import pytest

from pysnow.cli.table import chosen_columns, write_record, write_table


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(params=["plain", "rich"])
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 60 columns, where rich is installed and where it is not."""
    monkeypatch.setenv("COLUMNS", "60")
    if request.param == "plain":
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    return Terminal()


def test_table__is_aligned_and_plain_where_it_is_piped() -> None:
    out = io.StringIO()
    write_table([{"a": "1", "b": "long text"}, {"a": "222", "b": ""}], ["a", "b"], out)
    assert out.getvalue() == "a    b\n---  ---------\n1    long text\n222\n"


def test_table__is_not_cut_where_it_is_piped() -> None:
    out = io.StringIO()
    write_table([{"a": "x" * 500}], ["a"], out)
    assert "x" * 500 in out.getvalue()


def test_table__fits_the_terminal(terminal: Terminal) -> None:
    write_table([{"number": "INC0000001", "text": "x" * 500, "state": "New"}], ["number", "text", "state"], terminal)
    shown = re.sub("\x1b\\[[0-9;]*m", "", terminal.getvalue())
    assert max(map(len, shown.splitlines())) <= 60


def test_table__keeps_short_columns_whole_on_a_terminal(terminal: Terminal) -> None:
    write_table([{"number": "INC0000001", "text": "x" * 500, "state": "New"}], ["number", "text", "state"], terminal)
    assert "INC0000001" in terminal.getvalue()


def test_table__does_not_obey_what_stands_in_a_value(terminal: Terminal) -> None:
    write_table([{"a": "\x1b[2J[red]bold[/red]"}], ["a"], terminal)
    assert "\\x1b[2J[red]bold[/red]" in terminal.getvalue()


def test_table__does_not_obey_what_stands_in_a_column_name(terminal: Terminal) -> None:
    write_table([{"[b]\x1b": "1"}], ["[b]\x1b"], terminal)
    assert "[b]\\x1b" in terminal.getvalue()


def test_record__is_one_row_a_field() -> None:
    out = io.StringIO()
    write_record({"number": "INC0000001", "caller_id": {"display_value": "Ada"}}, out)
    assert out.getvalue().splitlines() == ["number     INC0000001", "caller_id  Ada"]


def test_record__is_not_cut(terminal: Terminal) -> None:
    write_record({"description": "x" * 500}, terminal)
    assert "x" * 500 in terminal.getvalue()


def test_chosen_columns__are_the_telling_ones() -> None:
    assert chosen_columns([{"active": "", "state": "", "number": ""}]) == ["number", "state"]


def test_chosen_columns__are_the_first_ones_of_an_unknown_table() -> None:
    assert chosen_columns([dict.fromkeys("abcdefgh", "")]) == list("abcdef")
