"""Whether a list holds all that match, as far as its headers tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.reading.completeness import AskedPage

FIRST_AND_LAST = (
    '<https://dev1.example/a?sysparm_offset=0>;rel="first",<https://dev1.example/a?sysparm_offset=0>;rel="last"'
)


def _link(offset: int) -> str:
    return f'<https://dev1.example/api/now/table/incident?sysparm_limit=2&sysparm_offset={offset}>;rel="next"'


@pytest.mark.parametrize(
    ("limit", "offset", "total", "received", "links", "expected"),
    [
        (10, 0, 5, 5, "", False),
        (10, 0, 5, 3, "", None),  # two are hidden by access rules, or the instance capped the limit
        (10, 0, 5, 3, FIRST_AND_LAST, False),  # two are hidden: no page follows
        (10, 0, 5, 3, "<https://dev1.example/first>", None),
        (10, 0, 11, 3, FIRST_AND_LAST, True),
        (10, 0, 11, 10, "", True),
        (10, 10, 20, 10, "", False),
        (10, 10, 21, 9, "", True),
        (10, 0, None, 10, "", None),
        (10, 0, None, 10, _link(10), True),
        (10, 0, 25, 7, _link(7), True),  # the instance capped the limit
        (10, 0, 5, 5, _link(10), False),
        (2, 0, 5, 9, "", None),
        (10, 0, 11, 10, "<http://[::1>;rel=next", True),
    ],
)
def test_is_truncated__by_the_headers(
    limit: int, offset: int, total: int | None, received: int, links: str, expected: bool | None
) -> None:
    assert AskedPage(limit, offset).is_truncated(total, received, links) is expected


@pytest.mark.parametrize(
    ("limit", "links", "expected"),
    [(10_000, "", True), (10, "", False), (10, _link(10), False), (10, _link(7), True)],
    ids=["nobody chose", "chosen", "chosen, with a link", "capped"],
)
def test_is_worth_a_warning__when_it_is_a_surprise(limit: int, links: str, expected: bool) -> None:
    assert AskedPage(limit, 0).is_worth_a_warning(links) is expected


@pytest.mark.parametrize("params", [{}, {"sysparm_limit": "x"}, {"sysparm_limit": "1", "sysparm_offset": "-1"}])
def test_of__parameters_that_do_not_tell(params: dict[str, str]) -> None:
    assert AskedPage.of(params) is None


def test_of__reads_limit_and_offset() -> None:
    assert AskedPage.of({"sysparm_limit": "5", "sysparm_offset": "10"}) == AskedPage(5, 10)


@given(st.text())
def test_is_truncated__takes_any_header(links: str) -> None:
    assert AskedPage(10, 0).is_truncated(5, 5, links) is False
