"""What a batch was answered with about one of its requests."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.wire.batch_item import Item, read_item

ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text())
)


@given(st.binary(), st.integers(100, 599), st.dictionaries(st.text(), st.text()))
def test_read_item__gives_what_was_written(body: bytes, status: int, headers: dict[str, str]) -> None:
    listed: Any = [{"name": name, "value": value} for name, value in headers.items()]
    member = {"status_code": status, "body": base64.b64encode(body).decode(), "headers": listed}
    assert read_item(member) == Item(status, headers, body)


@given(st.fixed_dictionaries({}, optional={"status_code": ANYTHING, "body": ANYTHING, "headers": ANYTHING}))
def test_read_item__of_anything__raises_nothing(member: dict[str, Any]) -> None:
    assert isinstance(read_item(member), (Item, type(None)))


@pytest.mark.parametrize("status", [None, True, 0, 99, 600, "", "2xx", "\u00b2\u2070\u2070", "9" * 5_000])
def test_read_item__status_that_is_none__makes_no_sense(status: Any) -> None:
    assert read_item({"status_code": status, "body": ""}) is None


@pytest.mark.parametrize("body", ["e30", "e3\u00e9=", "<html>", 7, ["e30="]])
def test_read_item__body_that_is_no_base64__makes_no_sense(body: Any) -> None:
    assert read_item({"status_code": 200, "body": body}) is None


def test_read_item__status_as_text__is_read() -> None:
    assert read_item({"status_code": "204"}) == Item(204, {}, b"")
