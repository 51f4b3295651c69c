"""Link and X-Total-Count of a list."""

from __future__ import annotations

import pytest

from pysnow.sandbox.http.paging import Window, paging_headers

URL = "https://dev00000.service-now.com/api/now/table/incident"


def link(limit: int, offset: int, total: int | None, *, has_next: bool) -> str:
    pairs = (("sysparm_limit", str(limit)), ("sysparm_offset", str(offset)))
    return dict(paging_headers(URL, pairs, Window(limit, offset, total, has_next), with_links=True)).get("Link", "")


def entry(limit: int, offset: int, relation: str) -> str:
    return f'<{URL}?sysparm_limit={limit}&sysparm_offset={offset}>;rel="{relation}"'


def test_link__middle_page() -> None:
    """The documented sample: 11 rows, the third page of two."""
    assert link(2, 4, 11, has_next=True) == ",".join(
        (entry(2, 0, "first"), entry(2, 2, "prev"), entry(2, 6, "next"), entry(2, 10, "last"))
    )


def test_link__first_page_has_a_negative_prev() -> None:
    """Recorded 2026: 77 rows, limit 1."""
    assert link(1, 0, 77, has_next=True) == ",".join(
        (entry(1, 0, "first"), entry(1, -1, "prev"), entry(1, 1, "next"), entry(1, 76, "last"))
    )


def test_link__last_page_has_no_next() -> None:
    assert 'rel="next"' not in link(2, 10, 11, has_next=False)


@pytest.mark.parametrize(("total", "last"), [(10, 8), (11, 10), (12, 10)])
def test_link__last_is_the_largest_multiple_below_the_total(total: int, last: int) -> None:
    assert link(2, 4, total, has_next=True).endswith(entry(2, last, "last"))


def test_link__absent_when_one_page_holds_everything() -> None:
    assert link(100, 0, 66, has_next=False) == ""


def test_link__without_count_has_no_last() -> None:
    assert 'rel="last"' not in link(2, 4, None, has_next=True)


def test_link__repeats_the_other_parameters_encoded() -> None:
    pairs = (("sysparm_query", "a=b^c d"), ("sysparm_limit", "1"))
    headers = dict(paging_headers(URL, pairs, Window(1, 0, 5, True), with_links=True))
    assert headers["Link"].startswith(f"<{URL}?sysparm_query=a%3Db%5Ec%20d&sysparm_limit=1&sysparm_offset=0>")


def test_paging_headers__suppressed_links_keep_the_count() -> None:
    headers = paging_headers(URL, (), Window(1, 0, 5, True), with_links=False)
    assert headers == (("X-Total-Count", "5"),)


def test_paging_headers__no_count() -> None:
    headers = dict(paging_headers(URL, (), Window(1, 0, None, True), with_links=True))
    assert "X-Total-Count" not in headers
