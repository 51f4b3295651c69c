"""Durations, stored and in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.instance import durations


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("1970-01-03 04:05:06", "2 Days 4 Hours 5 Minutes"),
        ("1970-01-02 00:00:00", "1 Day"),
        ("1970-01-01 01:01:00", "1 Hour 1 Minute"),
        ("1970-01-01 00:00:30", "30 Seconds"),
        ("1970-01-01 00:00:01", "1 Second"),
        ("1970-01-01 00:00:00", "0 Seconds"),
    ],
)
def test_words__as_in_the_samples(stored: str, words: str) -> None:
    assert durations.words(stored) == words


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("1970-01-03 04:05:06", "1970-01-03 04:05:06"),
        ("04:05:06", "1970-01-01 04:05:06"),
        ("2 04:05:06", "1970-01-03 04:05:06"),
        ("30:00:00", "1970-01-02 06:00:00"),
        ("a while", None),
        ("1970-13-03 04:05:06", None),
    ],
)
def test_read_duration__forms(text: str, stored: str | None) -> None:
    assert durations.read_duration(text) == stored


def test_words__leaves_what_is_no_duration() -> None:
    assert durations.words("soon") == "soon"


@pytest.mark.parametrize("text", ["", "2 Weeks", "soon", "2 Days and more"])
def test_read_words__refuses_other_texts(text: str) -> None:
    assert durations.read_words(text) is None


@given(st.integers(0, 60 * 24 * 10_000))
def test_read_words__undoes_words(minutes: int) -> None:
    stored = durations.stored_duration(timedelta(minutes=minutes))
    assert durations.read_words(durations.words(stored)) == stored
