"""Going on behind what was handed out, if another answer begins with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.reading.handed_out import HandedOut, Moved


def _rows(*ids: str) -> list[dict[str, Any]]:
    return [{"sys_id": sys_id, "n": "1"} for sys_id in ids]


def _nothing(record: Any) -> None:
    """Every record will do."""


@given(st.lists(st.text(), max_size=20), st.data())
def test_following__together_each_record_comes_once(ids: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(ids)))
    handed = HandedOut(_nothing)
    first = list(handed.following(_rows(*ids[:cut])))
    rest = list(handed.following(_rows(*ids)))
    assert first + rest == _rows(*ids)


@pytest.mark.parametrize("again", [("b", "a", "c"), ("a", "c", "b"), ("a",), (), ("x", "a", "b", "c")])
def test_following__rows_that_moved_are_noticed(again: tuple[str, ...]) -> None:
    handed = HandedOut(_nothing)
    list(handed.following(_rows("a", "b")))
    with pytest.raises(Moved):
        list(handed.following(_rows(*again)))


def test_following__notes_the_last_one() -> None:
    handed = HandedOut(_nothing)
    list(handed.following(_rows("a", "b")))
    assert (handed.count, handed.last_sys_id, handed.is_known) == (2, "b", True)


def test_following__sys_ids_with_display_values_are_known_too() -> None:
    handed = HandedOut(_nothing)
    rows = [{"sys_id": {"value": "a", "display_value": "a"}}, {"sys_id": {"value": "b", "display_value": "b"}}]
    list(handed.following(rows[:1]))
    assert list(handed.following(rows)) == rows[1:]
    assert (handed.is_known, handed.last_sys_id) == (True, "b")


@pytest.mark.parametrize("record", [{"number": "1"}, {"sys_id": None}, {"sys_id": ["a"]}, "text"])
def test_following__records_without_a_sys_id_are_not_known(record: Any) -> None:
    handed = HandedOut(_nothing)
    list(handed.following([record]))
    assert not handed.is_known


def test_following__odd_records_are_looked_at() -> None:
    odd: list[Any] = []
    list(HandedOut(odd.append).following([*_rows("a"), "text"]))  # type: ignore[list-item]  # that is the point
    assert odd == ["text"]
