"""Going on behind what was handed out, if another answer begins with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pysnow.exceptions import MalformedResponse
from pysnow.reading.handed_out import HandedOut, Moved
from tests.unit.counting import count_calls


def _rows(*ids: str) -> list[dict[str, Any]]:
    return [{"sys_id": sys_id, "n": "1"} for sys_id in ids]


def _cut(rows: list[Any], sizes: Iterable[int]) -> Iterator[list[Any]]:
    """The same rows in batches."""
    source = iter(rows)
    for size in sizes:
        yield list(islice(source, size))
    yield list(source)


def _nothing(record: Any) -> None:
    """Every record will do."""


def _taken(
    handed: HandedOut,
    rows: list[Any],
    sizes: Iterable[int] = (),
    check_odd: Callable[[Any], None] = _nothing,
) -> list[Any]:
    return list(chain.from_iterable(handed.following(_cut(rows, sizes), check_odd)))


@given(st.lists(st.text(), max_size=20), st.data())
def test_following__together_each_record_comes_once(ids: list[str], data: st.DataObject) -> None:
    cut, sizes = data.draw(st.integers(0, len(ids))), st.lists(st.integers(0, 8))
    handed = HandedOut()
    first = _taken(handed, _rows(*ids[:cut]), data.draw(sizes))
    rest = _taken(handed, _rows(*ids), data.draw(sizes))
    assert first + rest == _rows(*ids)


@pytest.mark.parametrize("again", [("b", "a", "c"), ("a", "c", "b"), ("a",), (), ("x", "a", "b", "c")])
def test_following__rows_that_moved_are_noticed(again: tuple[str, ...]) -> None:
    handed = HandedOut()
    _taken(handed, _rows("a", "b"))
    with pytest.raises(Moved):
        _taken(handed, _rows(*again))


def test_following__notes_the_last_one() -> None:
    handed = HandedOut()
    _taken(handed, _rows("a", "b"))
    assert (handed.count, handed.last_sys_id, handed.is_known) == (2, "b", True)


def test_following__sys_ids_with_display_values_are_known_too() -> None:
    handed = HandedOut()
    rows = [{"sys_id": {"value": "a", "display_value": "a"}}, {"sys_id": {"value": "b", "display_value": "b"}}]
    _taken(handed, rows[:1])
    assert _taken(handed, rows) == rows[1:]
    assert (handed.is_known, handed.last_sys_id) == (True, "b")


@pytest.mark.parametrize("record", [{"number": "1"}, {"sys_id": None}, {"sys_id": ["a"]}, "text"])
def test_following__records_without_a_sys_id_are_not_known(record: Any) -> None:
    handed = HandedOut()
    _taken(handed, [record])
    assert not handed.is_known


def test_following__odd_records_are_looked_at() -> None:
    odd: list[Any] = []
    _taken(HandedOut(), [*_rows("a"), "text"], check_odd=odd.append)
    assert odd == ["text"]


def test_following__records_before_one_that_is_refused_are_handed_out() -> None:
    def refuse(record: Any) -> None:
        raise MalformedResponse("no record")

    taken: list[Any] = []
    batches: list[Any] = [[*_rows("a", "b"), "text", *_rows("c")]]
    with pytest.raises(MalformedResponse):
        taken.extend(chain.from_iterable(HandedOut().following(batches, refuse)))
    assert taken == _rows("a", "b")


@given(
    st.lists(st.text("ab\\\n", max_size=3), min_size=1, max_size=6), st.lists(st.text("ab\\\n", max_size=3), max_size=6)
)
def test_following__other_rows_are_never_taken_for_the_same(ids: list[str], others: list[str]) -> None:
    handed = HandedOut()
    _taken(handed, _rows(*ids))
    assume(others[: len(ids)] != ids)
    with pytest.raises(Moved):
        _taken(handed, _rows(*others))


def test_following__what_the_caller_does_to_a_record_changes_nothing() -> None:
    handed = HandedOut()
    for row in _taken(handed, _rows("a", "b")):
        row.clear()
    assert _taken(handed, _rows("a", "b", "c")) == _rows("c")


def test_count__grows_with_each_record() -> None:
    handed = HandedOut()
    records = chain.from_iterable(handed.following([_rows("a", "b"), _rows("c")], _nothing))
    assert [handed.count, *(handed.count for _ in records)] == [0, 1, 2, 3]


def test_stop__leaves_out_the_rest_of_the_batch() -> None:
    handed = HandedOut()
    records = chain.from_iterable(handed.following([_rows("a", "b"), _rows("c")], _nothing))
    next(records)
    handed.stop()
    assert (handed.count, next(records)) == (1, {"sys_id": "c", "n": "1"})


def test_following__costs_the_same_for_many_small_records_as_for_few() -> None:
    def cost(number: int) -> int:
        rows = [_rows(*map(str, range(number)))]
        return count_calls(lambda: deque(chain.from_iterable(HandedOut().following(rows, _nothing)), maxlen=0)).total()

    assert cost(1000) == cost(10)
