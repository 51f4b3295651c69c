"""A walk in order of stamps, over a table that moves, hides rows and answers with less than it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysnow import InvalidUsage, PaginationStuck, PysnowException, ServerError
from pysnow.exceptions import IncompleteResult, QueryIgnored, QueryTypeError
from pysnow.tracking.stamp_reader import read_walk
from pysnow.tracking.stamp_walk import Place, Stamped, StampWalk, Stretch, query_of
from pysnow.walking.coverage import Coverage
from pysnow.walking.pagination import Ask, Page, PageSize
from tests.unit.moving_table import MovingTable, sys_id

FIELD = "sys_updated_on"
T0, T1, T9 = "2026-03-01 12:00:00", "2026-03-01 12:00:01", "2026-03-01 12:00:09"
ALL = Stretch(FIELD, Place(T0))


def _walked(fetch: Callable[[Stretch, Ask], Page], stretch: Stretch, page_size: int) -> Iterator[Stamped]:
    return read_walk(fetch, StampWalk(stretch, PageSize(page_size)))


def _read(table: MovingTable, stretch: Stretch = ALL, page_size: int = 3) -> list[str]:
    return [stamped.place.sys_id for stamped in _walked(table.fetch, stretch, page_size)]


def _page(*rows: Any, total: int | None = 9) -> Page:
    return Page(rows, total)


@pytest.mark.parametrize(
    ("stretch", "expected"),
    [
        (Stretch("opened_at", Place(T0)), f"opened_at>={T0}^a=1^ORDERBYopened_at^ORDERBYsys_id"),
        (
            Stretch("opened_at", Place(T0), T1),
            f"opened_at>={T0}^opened_at<{T1}^a=1^ORDERBYopened_at^ORDERBYsys_id",
        ),
        (
            Stretch("opened_at", Place(T0, "ab"), T1),
            f"opened_at>{T0}^opened_at<{T1}^a=1^NQopened_at={T0}^sys_id>ab^a=1^ORDERBYopened_at^ORDERBYsys_id",
        ),
        (
            Stretch("opened_at", Place(T0, "ab"), is_backward=True),
            f"opened_at>{T0}^a=1^NQopened_at={T0}^sys_id>=ab^a=1^ORDERBYDESCopened_at^ORDERBYDESCsys_id",
        ),
        (
            Stretch("opened_at", Place(T0), last=Place(T1, "cd")),
            f"opened_at>={T0}^opened_at<{T1}^a=1^NQopened_at={T1}^sys_id<=cd^a=1^ORDERBYopened_at^ORDERBYsys_id",
        ),
    ],
)
def test_query_of__narrows_and_orders(stretch: Stretch, expected: str) -> None:
    assert query_of("a=1", stretch) == expected


def test_query_of__each_branch_is_narrowed() -> None:
    text = query_of("a=1^NQb=2^ORDERBYc", Stretch(FIELD, Place(T0, "ab")))
    branches = text.split("^NQ")
    assert [branch.count(FIELD + ">") + branch.count(FIELD + "=") for branch in branches] == [1, 1, 1, 1]
    assert "ORDERBYc" not in text


def test_query_of__a_torn_query_is_refused() -> None:
    with pytest.raises(QueryTypeError):
        query_of("a=1^NQ", ALL)


@settings(deadline=None)
@given(
    stamps=st.lists(st.integers(0, 5), max_size=30),
    hidden=st.sets(st.integers(0, 29)),
    page_size=st.integers(1, 8),
    cap=st.integers(1, 8),
    link=st.sampled_from(["honoured", "asked", None]),
    counted=st.booleans(),
)
def test_read_walk__every_visible_row_once_in_order(
    stamps: list[int],
    hidden: set[int],
    page_size: int,
    cap: int,
    link: Literal["honoured", "asked"] | None,
    counted: bool,
) -> None:
    table = MovingTable(stamps, {sys_id(number) for number in hidden}, cap, link, counted)
    if not counted:
        table.hidden = set()  # without a count, hidden rows cannot be told from the end
    coverage = Coverage()
    walk = StampWalk(ALL, PageSize(page_size), coverage)
    came = [stamped.place.sys_id for stamped in read_walk(table.fetch, walk)]
    is_vouched_for = walk.is_proven and not coverage.rests_on_word
    # A header that says more than the instance does is borne out by no page, so nothing vouches for the end then.
    assert came == table.visible_ids() or not (is_vouched_for or link != "asked")
    assert is_vouched_for or not counted or table.hidden


@pytest.mark.parametrize("link", ["honoured", "asked", None])
@pytest.mark.parametrize("page_size", [10, 1_000])
def test_read_walk__first_rows_hidden_and_a_capped_limit(
    link: Literal["honoured", "asked"] | None, page_size: int
) -> None:
    """Rows further on tell how far a page reaches, whatever the header says."""
    table = MovingTable([*range(40)] * 5, {sys_id(number) for number in range(60)}, cap=7, link=link)
    coverage = Coverage()
    walk = StampWalk(ALL, PageSize(page_size), coverage)
    assert [stamped.place.sys_id for stamped in read_walk(table.fetch, walk)] == table.visible_ids()
    assert walk.is_proven
    assert not coverage.rests_on_word


@pytest.mark.parametrize("hidden", [range(499), range(1, 500), range(500), range(250, 500)])
def test_read_walk__hidden_rows_are_not_taken_one_by_one(hidden: range) -> None:
    table = MovingTable([number // 3 for number in range(500)], {sys_id(number) for number in hidden})
    assert _read(table, page_size=1_000) == table.visible_ids()
    assert table.requests <= 12


@pytest.mark.parametrize("page_size", [1, 3, 5])
def test_read_walk__a_count_that_is_too_low_is_found_out(page_size: int) -> None:
    """Not by the rows of a page, which are no more than it says, but by those that follow."""
    table = MovingTable([0] * 30)

    def fetch(stretch: Stretch, ask: Ask) -> Page:
        page = table.fetch(stretch, ask)
        return replace(page, total=max(0, (page.total or 0) - 15), stride=None)

    walk = StampWalk(ALL, PageSize(page_size))
    assert [stamped.place.sys_id for stamped in read_walk(fetch, walk)] == table.visible_ids()
    assert not walk.is_proven


@settings(deadline=None)
@given(
    stamps=st.lists(st.integers(0, 5), min_size=1, max_size=30),
    hidden=st.sets(st.integers(0, 29), max_size=10),
    page_size=st.integers(1, 8),
    moves=st.lists(st.tuples(st.sampled_from(["insert", "update", "delete"]), st.integers(0, 40)), max_size=60),
)
def test_read_walk__rows_that_stay_are_read_once_while_others_move(
    stamps: list[int], hidden: set[int], page_size: int, moves: list[tuple[str, int]]
) -> None:
    """Rows that are hidden stay as they are: where they come and go, there is no place to go on from."""
    table = MovingTable(stamps, hidden={sys_id(number) for number in hidden})
    before = table.versions()
    queue = list(moves)

    def between_pages() -> None:
        for verb, number in queue[:2]:
            table.move(verb, sys_id(number % len(stamps)) if verb != "insert" else "", spare=table.hidden)
        del queue[:2]

    table.between_pages = between_pages
    read = [(each.place.sys_id, each.place.stamp) for each in _walked(table.fetch, ALL, page_size)]
    stayed = (before & table.versions()) - {(key, stamp) for key, stamp in before if key in table.hidden}
    assert len(set(read)) == len(read)
    assert stayed <= set(read)


def test_read_walk__ends_on_a_table_that_is_written_to_all_the_time() -> None:
    table = MovingTable([0] * 10)

    def between_pages() -> None:
        for _ in range(5):
            table.move("insert")

    table.between_pages = between_pages
    assert len(_read(table, page_size=2)) <= 12


def test_read_walk__ends_before_until() -> None:
    table = MovingTable([0, 1, 2, 3])
    assert len(_read(table, Stretch(FIELD, Place(T0), T1))) == 1


def test_read_walk__goes_on_behind_a_place() -> None:
    table = MovingTable([0, 0, 0, 1])
    ids = table.visible_ids()
    assert _read(table, Stretch(FIELD, Place(T0, ids[1]))) == ids[2:]


def test_read_walk__pages_too_large_for_the_instance_become_smaller() -> None:
    table = MovingTable([0] * 10)

    def fetch(stretch: Stretch, ask: Ask) -> Page:
        if ask.limit > 2:
            raise ServerError({"message": "Transaction cancelled"}, status=500)
        return table.fetch(stretch, ask)

    assert len(list(_walked(fetch, ALL, 8))) == 10


def test_read_walk__gives_up_where_not_even_one_row_comes() -> None:
    def fetch(stretch: Stretch, ask: Ask) -> Page:
        raise ServerError({"message": "Transaction cancelled"}, status=500)

    with pytest.raises(ServerError):
        list(_walked(fetch, ALL, 8))


@pytest.mark.parametrize(
    ("page", "error"),
    [
        pytest.param(_page({"sys_id": sys_id(1)}), QueryIgnored, id="no such column"),
        pytest.param(_page({"sys_id": sys_id(1), FIELD: "2026-03-01"}), QueryIgnored, id="a date"),
        pytest.param(_page({FIELD: T0}), IncompleteResult, id="no sys_id"),
        pytest.param(_page({"sys_id": sys_id(1), FIELD: "2020-01-01 00:00:00"}), PaginationStuck, id="not asked for"),
        pytest.param(
            _page({"sys_id": sys_id(1), FIELD: T9}, {"sys_id": sys_id(2), FIELD: T1}), PaginationStuck, id="not sorted"
        ),
        pytest.param(
            _page({"sys_id": sys_id(2), FIELD: T0}, {"sys_id": sys_id(1), FIELD: T0}), PaginationStuck, id="ties"
        ),
        pytest.param(_page(*[{"sys_id": "ABC", FIELD: T0}] * 2), PaginationStuck, id="twice"),
        pytest.param(_page({"sys_id": "ABC", FIELD: T0}), PaginationStuck, id="the same page again"),
        pytest.param(_page(), PaginationStuck, id="nothing but a count"),
        pytest.param(_page("no row"), IncompleteResult, id="not a row"),
    ],
)
def test_read_walk__pages_that_do_not_fit(page: Page, error: type[PysnowException]) -> None:
    if page.rows == ():
        page = Page((), 1_000_000_000)
    with pytest.raises(error) as caught:
        list(_walked(lambda stretch, ask: page, ALL, 3))
    assert "\n" not in str(caught.value)


def test_read_walk__a_page_that_came_from_a_cache_once_is_asked_for_again() -> None:
    table = MovingTable([0, 1, 2, 3])
    pages: list[Page] = []

    def fetch(stretch: Stretch, ask: Ask) -> Page:
        pages.append(table.fetch(stretch, ask) if len(pages) != 1 else pages[0])
        return pages[-1]

    assert [each.place.sys_id for each in _walked(fetch, ALL, 2)] == table.visible_ids()


def test_read_walk__other_errors_pass() -> None:
    def fetch(stretch: Stretch, ask: Ask) -> Page:
        raise InvalidUsage("no")

    with pytest.raises(InvalidUsage):
        list(_walked(fetch, ALL, 2))
