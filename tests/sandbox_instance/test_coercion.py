"""Raw values of requests and what is stored of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.coercion import stored_value, text_of
from pysnow.sandbox.instance.passwords import verify_password
from pysnow.sandbox.instance.refusals import NotEmulated


def stored(internal_type: str, value: object, max_length: int = 0) -> str | None:
    return stored_value(Column("u_x", "X", internal_type, max_length=max_length), value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (False, "false"), (7, "7"), (1.5, "1.5"), ({"a": [1]}, '{"a":[1]}'), ("x", "x")],
    ids=repr,
)
def test_text_of__json_values(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("internal_type", "value", "expected"),
    [
        ("boolean", True, "true"),
        ("boolean", 1, "true"),
        ("boolean", "1", "true"),
        ("boolean", "TRUE", "true"),
        ("boolean", 0, "false"),
        ("boolean", "maybe", "false"),
        ("boolean", "", None),
        ("integer", 5, "5"),
        ("integer", " 007 ", "7"),
        ("integer", "3.9", "3"),
        ("integer", "-0", "0"),
        ("integer", "many", None),
        ("integer", "9" * 12, "2147483647"),
        ("integer", "-" + "9" * 12, "-2147483648"),
        ("integer", "1e99999", None),
        ("longint", "9" * 12, "9" * 12),
        ("decimal", "12.50", "12.5"),
        ("decimal", "12.345", "12.35"),
        ("decimal", "NaN", None),
        ("decimal", 1e-7, "0"),
        ("float", "0.1", "0.1"),
        ("currency", "USD;12.50", "12.5"),
        ("currency", "12", "12"),
        ("price", "$5", None),
        ("glide_date_time", "2026-03-02 09:15:00", "2026-03-02 09:15:00"),
        ("glide_date_time", "2026-03-02", "2026-03-02 00:00:00"),
        ("glide_date_time", "02/03/2026 09:15:00", None),
        ("glide_date_time", "2026-02-30 09:15:00", None),
        ("glide_date_time", "2026-03-02T09:15:00Z", None),
        ("due_date", "2026-03-02 09:15:00", "2026-03-02 09:15:00"),
        ("glide_date", "2026-03-02", "2026-03-02"),
        ("glide_date", "2026-03-02 09:15:00", "2026-03-02"),
        ("glide_date", "someday", None),
        ("glide_time", "09:15:00", "1970-01-01 09:15:00"),
        ("glide_duration", "2 04:05:06", "1970-01-03 04:05:06"),
        ("glide_list", "a, b,,c", "a,b,c"),
        ("journal_input", "a note", None),
        ("string", None, None),
        ("html", "<p>x</p>", "<p>x</p>"),
    ],
    ids=repr,
)
def test_stored_value__of_each_type(internal_type: str, value: object, expected: str | None) -> None:
    assert stored(internal_type, value) == expected


def test_stored_value__cuts_over_long_text() -> None:
    assert stored("string", "abcdef", max_length=3) == "abc"


def test_stored_value__keeps_line_ends() -> None:
    assert stored("string", "a\r\nb\n") == "a\r\nb\n"


def test_stored_value__hashes_passwords() -> None:
    assert verify_password("secret", stored("password", "secret"))


def test_stored_value__refuses_currencies_without_a_rate() -> None:
    with pytest.raises(NotEmulated, match="EUR"):
        stored("currency", "EUR;12")


@given(
    st.text(),
    st.sampled_from(["integer", "decimal", "float", "currency", "glide_date_time", "glide_duration", "boolean"]),
)
def test_stored_value__is_canonical(text: str, internal_type: str) -> None:
    """What is stored reads as itself, so that writing it again changes nothing."""
    try:
        once = stored(internal_type, text)
    except NotEmulated:
        return
    assert stored(internal_type, once) == once


@given(st.decimals(allow_nan=False, allow_infinity=False).map(str))
def test_stored_value__decimals_are_plain(text: str) -> None:
    assert "E" not in (stored("decimal", text) or "")
