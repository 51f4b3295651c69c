"""Which fields an update would change, however the same value is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import InvalidUsage
from pysnow.writing.field_diff import FieldChange, field_changes, is_same, unknown_fields, written
from pysnow.writing.record_state import RecordState

SAME: list[tuple[Any, str, str]] = [
    ("a", "a", ""),
    (" a ", "a", ""),
    ("a\r\nb", "a\nb", ""),
    (None, "", ""),
    (True, "true", ""),
    (True, "1", ""),
    (False, "0", ""),
    (False, "", ""),
    ("true", "1", ""),
    (3, "3", ""),
    (3.5, "3.50", ""),
    ("003", "3", ""),
    ("Network", "0123456789abcdef0123456789abcdef", "Network"),
    ("2 - Medium", "2", "2 - Medium"),
    ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05", ""),
    ("2026-01-02 04:04:05+01:00", "2026-01-02 03:04:05", ""),
    ("2026-01-02", "2026-01-02 00:00:00", ""),
]
OTHER: list[tuple[Any, str, str]] = [
    ("a", "A", ""),
    ("", "a", ""),
    ("", "a", "a"),
    (True, "false", ""),
    (False, "2", ""),
    (3, "4", "3"),
    ("2026-01-02 03:04:05", "2026-01-02 11:04:05", "2026-01-02 03:04:05"),
    ("x", "", ""),
]


@pytest.mark.parametrize(("wanted", "stored", "shown"), SAME)
def test_is_same__another_spelling(wanted: Any, stored: str, shown: str) -> None:
    assert is_same(wanted, stored, shown)


@pytest.mark.parametrize(("wanted", "stored", "shown"), OTHER)
def test_is_same__another_value(wanted: Any, stored: str, shown: str) -> None:
    assert not is_same(wanted, stored, shown)


@given(st.text())
def test_is_same__of_what_is_stored__holds(text: str) -> None:
    assert is_same(text, text)


def test_field_changes__a_difference__knows_both_values() -> None:
    state = RecordState("1", {"state": "1", "urgency": "3"}, {"state": "New"})
    assert field_changes({"state": "2", "urgency": 3}, state) == {"state": FieldChange("1", "2", "New")}


def test_field_changes__a_journal__is_no_difference() -> None:
    state = RecordState("1", {"work_notes": "", "u_visit_notes": ""}, {"work_notes": "", "u_visit_notes": "entries"})
    assert field_changes({"work_notes": "x", "u_visit_notes": "y"}, state) == {}


def test_field_changes__a_plain_column_with_the_name_of_a_journal__is_one() -> None:
    state = RecordState("1", {"close_notes": ""}, {"close_notes": ""})
    assert list(field_changes({"close_notes": "fixed"}, state)) == ["close_notes"]


def test_field_changes__of_a_new_record__are_all_fields() -> None:
    assert field_changes({"active": True}, None) == {"active": FieldChange("", "true")}


def test_unknown_fields__are_those_that_did_not_come() -> None:
    assert unknown_fields({"a": 1, "b": 2}, RecordState(None, {"a": "1"}, {})) == ("b",)


def test_written__a_moment__goes_as_utc() -> None:
    moment = datetime(2026, 1, 2, 4, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    assert written({"a": moment, "b": moment.astimezone(UTC), "c": date(2026, 1, 2)}) == {
        "a": "2026-01-02 03:04:05",
        "b": "2026-01-02 03:04:05",
        "c": "2026-01-02",
    }


def test_written__a_moment_without_a_zone__is_refused() -> None:
    with pytest.raises(InvalidUsage, match="'due_date' has no time zone"):
        written({"due_date": datetime(2026, 1, 2)})


def test_field_change__as_text__shows_what_people_read() -> None:
    assert str(FieldChange("1", "2", "New")) == "'1' (New) -> '2'"
