"""Foreign text, made safe and measured."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.cli.terminal_text import fitted, on_one_line, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines", "two lines"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31mred", "\\x9b31mred"),
        ("back\x08space", "back\\x08space"),
        ("title\x1b]0;x\x07", "title\\x1b]0;x\\x07"),
        ("invoice\u202etxt.exe", "invoice\\u202etxt.exe"),
        ("half \ud83d", "half \\ud83d"),
        ("Zürich 東京 🎉", "Zürich 東京 🎉"),
    ],
    ids=["plain", "lines", "colour", "8-bit colour", "backspace", "window title", "reversed", "surrogate", "letters"],
)
def test_on_one_line__keeps_letters_and_spells_out_the_rest(text: str, shown: str) -> None:
    assert on_one_line(text) == shown


@given(st.text(alphabet=st.characters(), max_size=40))
def test_on_one_line__leaves_nothing_that_a_terminal_obeys(text: str) -> None:
    assert not [character for character in on_one_line(text) if unicodedata.category(character) in ("Cc", "Cs", "Zl")]


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("東京", 4), ("e\u0301", 1), ("", 0)])
def test_width__counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@given(st.text(alphabet="ab東e\u0301", max_size=30), st.integers(1, 20))
def test_fitted__takes_exactly_the_columns(text: str, columns: int) -> None:
    assert width(fitted(text, columns)) == columns


def test_fitted__shows_that_something_was_cut() -> None:
    assert fitted("incident", 5) == "inci…"
