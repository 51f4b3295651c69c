"""What an instance keeps of a text, by the type of the column."""

from __future__ import annotations

import pytest

from pysnow.sandbox.dictionary import Column, Kind, kind_of, length_of, stored_value


@pytest.mark.parametrize(
    ("type_name", "kind"),
    [
        ("string", Kind.TEXT),
        ("integer", Kind.INTEGER),
        ("currency", Kind.DECIMAL),
        ("boolean", Kind.BOOLEAN),
        ("glide_date", Kind.DATE),
        ("due_date", Kind.DATE_TIME),
        ("glide_duration", Kind.DURATION),
        ("reference", Kind.REFERENCE),
        ("glide_list", Kind.LIST),
        ("journal_input", Kind.NOTHING),
        ("type_of_the_future", Kind.TEXT),
    ],
)
def test_kind_of__types(type_name: str, kind: Kind) -> None:
    assert kind_of(type_name) is kind


@pytest.mark.parametrize(
    ("type_name", "text", "kept"),
    [
        ("string", "x" * 50, "x" * 40),
        ("html", "x" * 50, "x" * 50),
        ("string", "", None),
        ("boolean", "true", "true"),
        ("boolean", "1", "true"),
        ("boolean", "TRUE", "true"),
        ("boolean", "no", "false"),
        ("integer", "7", "7"),
        ("integer", "-7", "-7"),
        ("integer", "7.9", "7"),
        ("integer", "seven", None),
        ("integer", "9" * 30, None),
        ("decimal", " 12.50 ", "12.50"),
        ("decimal", "1e999", None),
        ("decimal", "nan", None),
        ("glide_date", "2026-03-04", "2026-03-04"),
        ("glide_date", "2026-03-04 05:06:07", "2026-03-04"),
        ("glide_date", "2026-02-30", None),
        ("glide_date_time", "2026-03-04 05:06:07", "2026-03-04 05:06:07"),
        ("glide_date_time", "2026-3-4 5:6:7", "2026-03-04 05:06:07"),
        ("glide_date_time", "2026-03-04", "2026-03-04 00:00:00"),
        ("glide_date_time", "04.03.2026", None),
        ("glide_date_time", "26-03-04 05:06:07", None),
        ("glide_date_time", "0001-01-01 00:00:00", "0001-01-01 00:00:00"),
        ("glide_time", "05:06:07", "1970-01-01 05:06:07"),
        ("glide_duration", "1970-01-03 04:05:06", "1970-01-03 04:05:06"),
        ("journal_input", "a note", None),
    ],
)
def test_stored_value__what_is_kept(type_name: str, text: str, kept: str | None) -> None:
    assert stored_value(Column("x", "X", type_name), text) == kept


def test_stored_value__own_length() -> None:
    assert stored_value(Column("x", "X", max_length=3), "abcd") == "abc"


@pytest.mark.parametrize(("column", "length"), [(Column("x", "X", "script"), 0), (Column("x", "X", "GUID"), 32)])
def test_length_of__default_of_the_type(column: Column, length: int) -> None:
    assert length_of(column) == length
