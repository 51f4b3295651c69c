"""What a look at a record says about an update."""

from __future__ import annotations

from typing import Any

import pytest

from pysnow.writing.record_state import RecordState, compare, journal_columns, state_of


def _state(count: str | None = "1", **columns: Any) -> RecordState:
    """A column is given as its stored value, or as a pair of stored and display value."""
    both = {name: value if isinstance(value, tuple) else (value, value) for name, value in columns.items()}
    record: dict[str, Any] = {name: {"value": pair[0], "display_value": pair[1]} for name, pair in both.items()}
    return state_of(record if count is None else {**record, "sys_mod_count": {"value": count, "display_value": count}})


def _journal(*entries: str) -> tuple[str, str]:
    lines = [
        f"2026-03-02 10:20:0{at} - System Administrator (Work notes)\n{text}\n\n" for at, text in enumerate(entries)
    ]
    return "", "".join(lines)


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"work_notes": "x", "comments": "y"}, ("work_notes", "comments")),
        ({"u_dev_notes": "x", "u_internal_comments": "y"}, ("u_dev_notes", "u_internal_comments")),
        ({"work_notes": "", "comments": None}, ()),
        ({"short_description": "x", "comment": "y"}, ()),
    ],
)
def test_journal_columns(payload: dict[str, Any], found: tuple[str, ...]) -> None:
    assert journal_columns(payload) == found


@pytest.mark.parametrize(
    ("payload", "now", "finding"),
    [
        ({"state": "2"}, _state(state="2"), "made"),
        ({"state": 2}, _state(state="2"), "made"),
        ({"active": True}, _state(active="true"), "made"),
        ({"a": None}, _state(a=""), "made"),
        ({"a": "x\r\ny "}, _state(a="x\ny"), "made"),
        ({"cost": "5.00"}, _state(cost="5"), "made"),
        ({"state": "In Progress"}, _state(state=("2", "In Progress")), "made"),
        ({"state": "2"}, _state(state="1"), "not made"),
        ({"a": "abc"}, _state(a="ABC"), "not made"),
        ({"a": "x", "b": "y"}, _state(a="x", b="z"), "not made"),
        ({"a": "x", "u_unknown": "y"}, _state(a="x"), "not made"),
        ({"a": "x"}, _state(a=""), "not made"),
        ({"u_log": "x"}, _state(u_log=_journal("y")), "unclear"),
    ],
)
def test_compare__plain_columns(payload: dict[str, Any], now: RecordState, finding: str) -> None:
    assert compare(payload, now, None) == finding


NOTE = {"work_notes": "ping"}


@pytest.mark.parametrize(
    ("before", "now", "finding"),
    [
        (_state("1", work_notes=_journal()), _state("2", work_notes=_journal("ping")), "made"),
        (_state("1", work_notes=_journal("ping")), _state("2", work_notes=_journal("ping", "ping")), "made"),
        (_state("1", work_notes=_journal("ping")), _state("1", work_notes=_journal("ping")), "not made"),
        (_state("1", work_notes=_journal()), _state("2", work_notes=_journal()), "not made"),
        (_state("1", work_notes=_journal()), _state("2", work_notes=_journal("ping pong")), "unclear"),
        (_state("1", work_notes=_journal()), _state("2", work_notes=_journal("other")), "unclear"),
        (_state("1"), _state("1"), "not made"),
        (_state("1"), _state("2"), "unclear"),
        (_state(None), _state(None), "unclear"),
        (_state("1", work_notes=""), _state("2", work_notes="ping"), "made"),
        (None, _state("2", work_notes=_journal("ping")), "unclear"),
    ],
)
def test_compare__journal_columns(before: RecordState | None, now: RecordState, finding: str) -> None:
    assert compare(NOTE, now, before) == finding


def test_compare__a_note_that_stands_there_proves_the_rest() -> None:
    """A column of the payload may be one that rules change at once."""
    before, now = _state(work_notes=_journal(), state="1"), _state(work_notes=_journal("ping"), state="6")
    assert compare({**NOTE, "state": "2"}, now, before) == "made"


def test_compare__two_notes_must_both_stand_there() -> None:
    before = _state(work_notes=_journal(), comments=_journal())
    now = _state(work_notes=_journal("ping"), comments=_journal())
    assert compare({**NOTE, "comments": "pong"}, now, before) == "unclear"


def test_state__reads_what_came_without_display_values() -> None:
    assert state_of({"sys_mod_count": "3", "a": "x"}) == RecordState("3", {"sys_mod_count": "3", "a": "x"}, {})
