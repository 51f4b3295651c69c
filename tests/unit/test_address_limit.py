"""How long the addresses may be that an instance takes."""

from __future__ import annotations

import math

import pytest
import requests

from pysnow.wire.address_limit import LONGEST_ADDRESS, AddressLimit, is_too_long


def test_longest__before_anything_was_shown() -> None:
    assert AddressLimit().longest == LONGEST_ADDRESS


@pytest.mark.parametrize(
    ("refused", "is_closed", "longest"),
    [
        ([], True, math.inf),
        ([5_000], False, 4_999),
        ([5_000, 7_000], False, 4_999),
        ([7_000, 5_000], True, 4_999),
        ([20_000], False, LONGEST_ADDRESS),
        ([20_000], True, 19_999),
    ],
)
def test_longest__as_shown(refused: list[int], is_closed: bool, longest: float) -> None:
    limit = AddressLimit()
    for length in refused:
        limit.refuse(length)
    limit.is_batch_closed = is_closed
    assert limit.longest == longest


@pytest.mark.parametrize(
    ("status", "kind", "length", "expected"),
    [
        (414, "application/json", 4_000, True),
        (431, "", 4_000, True),
        (400, "text/html", 4_000, True),
        (413, "text/html; charset=iso-8859-1", 4_000, True),
        (400, "application/json", 4_000, False),
        (404, "text/html", 4_000, False),
        (403, "text/html", 4_000, False),
        (414, "text/html", 1_000, False),
        (200, "text/html", 4_000, False),
    ],
)
def test_is_too_long__by_status_and_kind(status: int, kind: str, length: int, expected: bool) -> None:
    response = requests.Response()
    response.status_code, response.headers["Content-Type"] = status, kind
    assert is_too_long(response, length) is expected
