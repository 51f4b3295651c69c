"""Windows of time: they make up the whole, hold what they may, and cost few looks."""

from __future__ import annotations

import random
from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysnow.tracking.windows import Look, Window, halves, plan

START = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class _Rows:
    """Rows at seconds behind the start; those at hidden places are counted and not shown."""

    def __init__(self, seconds: list[int], hidden: frozenset[int] = frozenset(), *, counted: bool = True) -> None:
        self.moments = [START + second * SECOND for second in sorted(seconds)]
        self._hidden = hidden
        self._counted = counted
        self.looks = 0

    def between(self, window: Window) -> int:
        return bisect_left(self.moments, window.until) - bisect_left(self.moments, window.since)

    def look(self, window: Window, place: int) -> Look:
        self.looks += 1
        index = bisect_left(self.moments, window.since) + place
        is_there = place < self.between(window) and index not in self._hidden
        return Look(self.between(window) if self._counted else None, self.moments[index] if is_there else None)


def _whole(length: int) -> Window:
    return Window(START, START + length * SECOND)


def _planned(rows: _Rows, length: int, most: int) -> list[Window]:
    return list(plan(_whole(length), most, rows.look))


_SECONDS = st.lists(st.integers(0, 99) | st.just(7), max_size=80)
_HIDDEN = st.frozensets(st.integers(0, 79))


@settings(deadline=None)
@given(_SECONDS, _HIDDEN, st.integers(1, 20), st.booleans())
def test_plan__windows_make_up_the_whole(seconds: list[int], hidden: frozenset[int], most: int, counted: bool) -> None:
    windows = _planned(_Rows(seconds, hidden, counted=counted), 100, most)
    borders = [START, *(window.until for window in windows)]
    assert [window.since for window in windows] == borders[:-1]
    assert borders[-1] == START + 100 * SECOND


@settings(deadline=None)
@given(_SECONDS, _HIDDEN, st.integers(1, 20))
def test_plan__no_window_is_too_full_unless_it_is_a_second(
    seconds: list[int], hidden: frozenset[int], most: int
) -> None:
    rows = _Rows(seconds, hidden)
    for window in _planned(rows, 100, most):
        assert window.is_second or rows.between(window) <= most


@settings(deadline=None)
@given(_SECONDS, st.integers(1, 20))
def test_plan__without_counts_windows_fit_as_well(seconds: list[int], most: int) -> None:
    rows = _Rows(seconds, counted=False)
    for window in _planned(rows, 100, most):
        assert window.is_second or rows.between(window) <= most


@settings(deadline=None)
@given(_SECONDS, st.integers(1, 20))
def test_plan__looks_at_most_twice_for_each_window(seconds: list[int], most: int) -> None:
    rows = _Rows(seconds)
    assert rows.looks <= 2 * len(_planned(rows, 100, most))


def test_plan__few_rows_take_one_look() -> None:
    rows = _Rows([1, 2, 3])
    assert (len(_planned(rows, 100, 10)), rows.looks) == (1, 1)


def test_plan__many_rows_in_few_windows() -> None:
    """Windows are half full at the least, on the whole."""
    rows = _Rows(random.Random(1).choices(range(86_400), k=25_000))
    windows = _planned(rows, 86_400, 1_000)
    assert len(windows) <= 50


def test_plan__a_full_second_stands_alone() -> None:
    rows = _Rows([5] * 12 + list(range(20)))
    assert Window(START + 5 * SECOND, START + 6 * SECOND) in [
        Window(window.since, window.until) for window in _planned(rows, 20, 10)
    ]


def test_plan__counts_that_lie_come_to_an_end() -> None:
    asked = []

    def lie(window: Window, place: int) -> Look:
        asked.append(place)
        return Look(1_000_000, None)

    windows = list(plan(_whole(366 * 86_400), 10_000, lie))
    assert len(asked) < 300
    assert len(windows) < 300


def test_plan__a_window_that_cannot_be_looked_at_is_split() -> None:
    def too_much(window: Window, place: int) -> Look | None:
        return None if window.until - window.since > 10 * SECOND else Look(0, None)

    assert max(window.until - window.since for window in plan(_whole(100), 10, too_much)) <= 10 * SECOND


def test_plan__nothing_between_equal_ends() -> None:
    assert _planned(_Rows([0]), 0, 10) == []


@pytest.mark.parametrize("length", [2, 3, 86_400])
def test_halves__meet_at_a_whole_second(length: int) -> None:
    left, right = halves(_whole(length))
    assert left.until == right.since
    assert START < left.until < START + length * SECOND
