"""Walks through a simulated table: every row that had to be seen, once, or an error that says where it stands."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysnow.exceptions import IncompleteResult, PaginationStuck, PysnowException, ReadTimeout
from pysnow.walking.pagination import Ask, Page, Span
from tests.unit.simulated_table import ERRORS, Churn, SimulatedTable, cut, ids, plain_id, walk

ODD_IDS = ("A1B2", "zz-top", "0123456789ABCDEF0123456789ABCDEF", "INC-7", "a^b", "~", "é", " x")


def _random_id(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return "".join(chance.choices("ABCXYZabcxyz0189_-", k=chance.randint(1, 40)))
    return f"{chance.getrandbits(128):032x}"


def _plain_id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _instance(seed: int) -> tuple[SimulatedTable, set[str], Churn, int]:
    """A table, the rows that are visible at first, what changes it, and the size of a page."""
    chance = random.Random(seed)
    cap = chance.choice((None, None, 1, 3, 7, 20))
    # Where one row comes at a time, and no border lies between ids, a deletion can move others past the reader.
    make_id = _plain_id if cap == 1 else _random_id
    rows = {make_id(chance) for _ in range(chance.randint(0, 120))}
    if cap != 1 and chance.random() < 0.5:
        rows |= set(chance.sample(ODD_IDS, 3))
    everyone = sorted({key.casefold(): key for key in rows}.values(), key=str.casefold)
    share = chance.choice((0.0, 0.1, 0.6, 0.95))
    hidden = {key for key in everyone if chance.random() < share}
    if everyone and chance.random() < 0.5:
        start = chance.randrange(len(everyone))
        hidden |= set(everyone[start : start + chance.randint(1, 60)])
    churn = Churn(chance.getrandbits(32), chance.randint(0, 2), make_id)
    probability = chance.choice((0.0, 0.1, 0.3))

    def break_off(ask: Ask, page: Page) -> Page:
        if chance.random() >= probability:
            return page
        return cut(page, chance.randint(0, len(page.rows)), chance.choice(ERRORS)())

    table = SimulatedTable(
        set(everyone) - hidden,
        hidden,
        cap=cap,
        links=chance.choice((True, True, False)),
        before_page=churn,
        after_page=break_off,
    )
    return table, set(table.visible), churn, chance.randint(1, 25)


def _taken_up_again(table: SimulatedTable, chance: random.Random, kills: float, **options: Any) -> list[str]:
    """The rows of a walk that is resumed with its token whenever it fails, or is left, at any row."""
    seen: list[str] = []
    for _ in range(2000):
        iterator = walk(table, **options)
        error = None
        try:
            for row in iterator:
                seen.append(row["sys_id"])
                if chance.random() < kills:
                    break
            else:
                return seen
        except PysnowException as exc:
            error = exc
        iterator.close()
        assert error is None or error.received == len(seen)
        options["token"] = error.resume_token if error else iterator.resume_token
    raise AssertionError("the walk does not come to an end")


def _check(seen: list[str], visible: set[str], churn: Churn) -> None:
    assert len(seen) == len(set(seen))
    assert visible - churn.touched <= set(seen) <= visible | churn.touched


@settings(deadline=None, max_examples=500)
@given(st.integers(0, 2**32))
def test_walk__moving_table(seed):
    table, visible, churn, page_size = _instance(seed)
    _check(_taken_up_again(table, random.Random(seed), 0.0, page_size=page_size), visible, churn)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 2**32))
def test_walk__left_at_any_row_and_resumed(seed):
    table, visible, churn, page_size = _instance(seed)
    _check(_taken_up_again(table, random.Random(seed), 0.1, page_size=page_size), visible, churn)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32), st.integers(2, 16))
def test_walk__workers(seed, workers):
    table, visible, churn, page_size = _instance(seed)
    options = {"page_size": page_size, "workers": workers}
    _check(_taken_up_again(table, random.Random(seed), 0.0, **options), visible, churn)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32), st.integers(2, 8))
def test_walk__workers_left_at_any_row_and_resumed(seed, workers):
    table, visible, churn, page_size = _instance(seed)
    options = {"page_size": page_size, "workers": workers}
    _check(_taken_up_again(table, random.Random(seed), 0.03, **options), visible, churn)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(2, 16))
def test_walk__workers_keep_the_order(seed, workers):
    table, visible, _, page_size = _instance(seed)
    table.before_page = lambda table: None
    options = {"page_size": page_size, "workers": workers}
    assert _taken_up_again(table, random.Random(seed), 0.0, **options) == sorted(visible, key=table.collate)


# -- one thing at a time -----------------------------------------------------------------------------------------------


def _table(rows: int = 30, **options: Any) -> SimulatedTable:
    return SimulatedTable({f"{number * 16**30:032x}" for number in range(rows)}, **options)


def _asked(table: SimulatedTable) -> list[Ask]:
    """What is asked for from now on."""
    asked: list[Ask] = []
    before = table.after_page
    table.after_page = lambda ask, page: (asked.append(ask), before(ask, page))[1]
    return asked


def test_walk__nothing_is_asked_before_the_first_row():
    table = _table()
    walk(table)
    assert table.pages == 0


def test_walk__in_order():
    table = _table()
    assert ids(walk(table)) == sorted(table.visible)


def test_walk__goes_on_behind_the_last_row():
    table = _table(25)
    asked = _asked(table)
    rows = ids(walk(table))
    assert [(ask.span.low, ask.offset) for ask in asked] == [(None, 0), (rows[9], 0), (rows[19], 0)]


def test_walk__full_last_page_is_not_taken_for_the_end():
    """A count that is too low by one would hide the last row otherwise."""
    table = _table(21, lie=-1, links=False)
    assert len(ids(walk(table))) == 21


def test_walk__short_page_is_the_end():
    table = _table(5)
    ids(walk(table))
    assert table.pages == 1


def test_walk__empty_table():
    iterator = walk(_table(0))
    assert ids(iterator) == []
    assert iterator.report.complete is True


def test_walk__count_vouches_for_the_end():
    iterator = walk(_table())
    ids(iterator)
    assert iterator.report.complete is True


@pytest.mark.parametrize("lie", [None, -3], ids=["missing", "low"])
def test_walk__without_a_count_the_end_is_unverified(lie):
    iterator = walk(_table(lie=lie))
    assert len(ids(iterator)) == 30
    assert iterator.report.complete == "unverified"


def test_walk__count_that_is_too_high_costs_no_row():
    table = _table(lie=50)
    assert len(ids(walk(table))) == 30


def test_walk__count_without_end_is_given_up():
    table = _table(lie=10**9)
    with pytest.raises(PaginationStuck, match="empty") as caught:
        ids(walk(table, max_empty_pages=50))
    assert caught.value.received == 30


def test_walk__hidden_rows_only():
    table = SimulatedTable(set(), {_plain_id(random.Random(number)) for number in range(500)})
    iterator = walk(table)
    assert ids(iterator) == []
    assert iterator.report.hidden == 500


def test_walk__hidden_rows_are_crossed_without_offset():
    table = _table(200)
    table.hidden = set(sorted(table.visible)[20:170])
    table.visible -= table.hidden
    asked = _asked(table)
    assert len(ids(walk(table))) == 50
    assert not any(ask.offset for ask in asked)


def test_walk__hidden_rows_among_odd_ids():
    table = SimulatedTable({"~1", "~9"}, {f"~2{number:03}" for number in range(150)})
    assert ids(walk(table)) == ["~1", "~9"]


def test_walk__limit_is_capped_and_links_reckon_with_what_was_asked():
    chance = random.Random(7)
    rows = {_plain_id(chance) for _ in range(300)}
    hidden = {key for key in rows if chance.random() < 0.3}
    table = SimulatedTable(rows - hidden, hidden, cap=7, links="asked")
    assert len(ids(walk(table, page_size=20))) == len(table.visible)


def test_walk__same_page_again_is_not_taken():
    table, pages = _table(), []

    def again(ask: Ask, page: Page) -> Page:
        pages.append(page)
        return pages[0]

    table.after_page = again
    with pytest.raises(PaginationStuck, match="had come before") as caught:
        ids(walk(table))
    assert caught.value.received == 10


def test_walk__stale_page_heals():
    table, pages = _table(), []

    def once_again(ask: Ask, page: Page) -> Page:
        pages.append(page)
        return pages[0] if len(pages) == 3 else page

    table.after_page = once_again
    assert len(ids(walk(table))) == 30


def test_walk__order_that_is_not_kept():
    table = _table()
    table.after_page = lambda ask, page: Page(page.rows[::-1], page.total, page.stride)
    with pytest.raises(PaginationStuck, match="best-effort"):
        ids(walk(table))


def test_walk__answer_to_another_request():
    """Its rows are in order, and none came before; only the link tells that they stand behind others."""
    table = _table()
    table.after_page = lambda ask, page: Page(page.rows, page.total, 3 * ask.limit)
    with pytest.raises(PaginationStuck, match="another request"):
        ids(walk(table))


def test_walk__sys_id_twice_in_a_page():
    table = _table()
    table.after_page = lambda ask, page: Page([*page.rows, *page.rows], page.total, page.stride)
    with pytest.raises(PaginationStuck, match="view"):
        ids(walk(table))


@pytest.mark.parametrize("row", [{"number": "1"}, {"sys_id": ""}, {"sys_id": None}, "text", None], ids=repr)
def test_walk__row_without_sys_id(row):
    table = _table()
    table.after_page = lambda ask, page: Page([row], page.total, page.stride)
    with pytest.raises(IncompleteResult, match="best-effort"):
        ids(walk(table))


def test_walk__limit():
    table = _table()
    assert ids(walk(table, limit=12)) == sorted(table.visible)[:12]


def test_walk__limit_asks_for_no_more():
    table = _table()
    asked = _asked(table)
    ids(walk(table, limit=12))
    assert [ask.limit for ask in asked] == [10, 2]


def test_walk__limit_of_nothing_asks_for_nothing():
    table = _table()
    assert ids(walk(table, limit=0)) == []
    assert table.pages == 0


def test_walk__limit_counts_both_parts():
    table = _table()
    first = walk(table, limit=12)
    begun = [next(first) for _ in range(5)]
    assert len(begun) + len(ids(walk(table, token=first.resume_token, limit=12))) == 12


def test_walk__limit_is_not_inherited():
    table = _table()
    first = walk(table, limit=12)
    begun = [next(first)["sys_id"] for _ in range(5)]
    assert begun + ids(walk(table, token=first.resume_token)) == sorted(table.visible)


def test_walk__that_ended_at_its_limit_leaves_the_limit_of_the_next_one_whole():
    table, runs, token = _table(), [], None
    for _ in range(3):
        part = walk(table, limit=5, token=token)
        runs.append(ids(part))
        token = part.resume_token
    assert [len(run) for run in runs] == [5, 5, 5]
    assert sum(runs, []) == sorted(table.visible)[:15]


def test_walk__limit_below_what_came_before_counts_anew():
    table = _table()
    first = walk(table)
    begun = [next(first) for _ in range(9)]
    assert len(ids(walk(table, token=first.resume_token, limit=len(begun)))) == 9


def test_walk__cut_page_is_gone_on_behind_its_last_row():
    table = _table()
    asked = _asked(table)
    table.after_page = lambda ask, page: cut(page, 3, ERRORS[0]()) if len(asked) == 1 else page
    asked = _asked(table)
    rows = ids(walk(table))
    assert rows == sorted(table.visible)
    assert (asked[1].span.low, asked[1].limit) == (rows[2], 5)


def test_walk__page_that_fails_as_a_whole_is_asked_for_again_then_smaller():
    table = _table()
    table.after_page = lambda ask, page: page if ask.limit <= 2 else cut(page, 0, ERRORS[3]())
    asked = _asked(table)
    assert len(ids(walk(table))) == 30
    assert [ask.limit for ask in asked[:4]] == [10, 10, 5, 2]


def test_walk__silence_is_followed_by_half_at_once():
    table = _table()
    table.after_page = lambda ask, page: page if ask.limit <= 5 else cut(page, 0, ReadTimeout("silence"))
    asked = _asked(table)
    assert len(ids(walk(table))) == 30
    assert [ask.limit for ask in asked[:2]] == [10, 5]


def test_walk__pages_grow_again():
    table = _table(200)
    asked = _asked(table)
    table.after_page = lambda ask, page: cut(page, 1, ERRORS[0]()) if len(asked) == 1 else page
    asked = _asked(table)
    ids(walk(table))
    assert asked[-1].limit == 10


def test_walk__lasting_failure_is_raised_with_what_came():
    table = _table()
    table.after_page = lambda ask, page: page if ask.span.low is None else cut(page, 0, ERRORS[3]())
    iterator = walk(table)
    with pytest.raises(PysnowException) as caught:
        ids(iterator)
    assert (caught.value.received, caught.value.last_sys_id) == (10, sorted(table.visible)[9])


def test_walk__goes_on_after_a_failure_when_asked_again():
    table = _table()
    table.after_page = lambda ask, page: page if ask.span.low is None else cut(page, 0, ERRORS[3]())
    iterator = walk(table)
    with pytest.raises(PysnowException):
        ids(iterator)
    table.after_page = lambda ask, page: page
    assert ids(iterator) == sorted(table.visible)[10:]


def test_walk__rows_before_a_failure_are_handed_out():
    table = _table()
    table.after_page = lambda ask, page: cut(page, 4, PysnowException("final"))
    iterator = walk(table)
    assert [next(iterator)["sys_id"] for _ in range(4)] == sorted(table.visible)[:4]
    with pytest.raises(PysnowException, match="final"):
        next(iterator)


def test_walk__token_of_a_finished_walk_brings_nothing_more():
    table = _table()
    iterator = walk(table)
    ids(iterator)
    assert ids(walk(table, token=iterator.resume_token)) == []


def test_walk__token_before_the_first_row_is_that_of_the_whole():
    table = _table()
    assert len(ids(walk(table, token=walk(table).resume_token))) == 30


def test_walk__closed_gives_no_more():
    iterator = walk(_table())
    next(iterator)
    iterator.close()
    assert list(iterator) == []


def test_walk__closed_knows_where_it_stood():
    table = _table()
    with walk(table) as iterator:
        begun = [next(iterator)["sys_id"] for _ in range(7)]
    assert begun + ids(walk(table, token=iterator.resume_token)) == sorted(table.visible)


class _Interrupted:
    """A feed in whose wait somebody presses Ctrl-C."""

    is_proven = False
    is_closed = False

    def next_batch(self, wanted: int | None) -> None:
        raise KeyboardInterrupt

    def rest(self, begun: object = None, last: str = "") -> tuple[Span, ...]:
        return (Span("a"),)

    def close(self) -> None:
        self.is_closed = True


def test_walk__ctrl_c_closes_what_is_under_way():
    feed = _Interrupted()
    iterator = walk(_table(), feed=feed)
    with pytest.raises(KeyboardInterrupt):
        next(iterator)
    assert feed.is_closed


# -- pages counted off -------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32))
def test_offset_walk__table_that_stands_still(seed):
    table, visible, _, page_size = _instance(seed)
    table.before_page = lambda table: None
    seen = _taken_up_again(table, random.Random(seed), 0.0, page_size=page_size, is_keyed=False)
    assert set(seen) == visible


def test_offset_walk__nothing_twice_when_rows_move_down():
    table = _table(40)
    chance = random.Random(1)
    table.before_page = lambda table: table.visible.add(f"{chance.getrandbits(100):032x}")
    seen = ids(walk(table, is_keyed=False))
    assert len(seen) == len(set(seen))


def test_offset_walk__steps_back_when_rows_go():
    table = _table(40)
    rows = sorted(table.visible)
    table.before_page = lambda table: table.visible.discard(rows[table.pages])
    assert set(rows[10:]) <= set(ids(walk(table, is_keyed=False)))


def test_offset_walk__rows_without_sys_id():
    table = _table(25)
    strip = lambda row: {"number": row["sys_id"]}  # noqa: E731
    table.after_page = lambda ask, page: Page([strip(row) for row in page.rows], page.total, page.stride)
    assert [row["number"] for row in walk(table, is_keyed=False)] == sorted(table.visible)


def test_offset_walk__count_that_stood_still_vouches_for_the_end():
    table = SimulatedTable({plain_id(1), plain_id(2)}, {plain_id(3)})
    iterator = walk(table, is_keyed=False)
    ids(iterator)
    assert (iterator.report.complete, iterator.report.hidden) == (True, 1)


def test_offset_walk__count_that_moved_does_not():
    table = _table(40)
    rows = sorted(table.visible)
    table.before_page = lambda table: table.visible.discard(rows[20 + table.pages])
    table.hidden |= {f"{number:x}" * 32 for number in range(10)}
    iterator = walk(table, is_keyed=False)
    ids(iterator)
    assert iterator.report.complete == "unverified"


def test_offset_walk__same_page_again_is_not_the_end():
    table, pages = _table(), []

    def again(ask: Ask, page: Page) -> Page:
        pages.append(page)
        return pages[0]

    table.after_page = again
    with pytest.raises(PaginationStuck):
        ids(walk(table, is_keyed=False))


@pytest.mark.parametrize("is_keyed", [True, False])
@pytest.mark.parametrize("visible", [0, 1, 2, 5])
def test_walk__hidden_rows_that_one_page_would_hold_are_not_taken_one_by_one(is_keyed, visible):
    chance = random.Random(3)
    rows = [_plain_id(chance) for _ in range(500)]
    table = SimulatedTable(set(rows[:visible]), set(rows[visible:]))
    assert len(ids(walk(table, page_size=1000, is_keyed=is_keyed))) == visible
    assert table.pages < (25 if visible else 40)


def test_walk__first_row_behind_hidden_ones():
    chance = random.Random(3)
    rows = sorted(_plain_id(chance) for _ in range(300))
    table = SimulatedTable(set(rows[280:]), set(rows[:280]))
    assert ids(walk(table, page_size=1000, is_keyed=False, limit=1)) == rows[280:281]
    assert table.pages < 10


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("lie", [-15, -20])
def test_offset_walk__count_that_is_too_low_does_not_end_it(links, lie):
    table = _table(30, lie=lie, links=links)
    rows = walk(table, page_size=5, is_keyed=False)
    assert ids(rows) == sorted(table.visible)
    assert rows.report.complete == "unverified"


def test_offset_walk__row_twice_on_a_page_comes_once():
    table = _table()
    table.after_page = lambda _, page: replace(page, rows=[*page.rows, *page.rows[:2]])
    rows = walk(table, is_keyed=False)
    assert ids(rows) == sorted(table.visible)
    assert rows.report.complete == "unverified"


def test_offset_walk__rows_that_change_places_are_not_vouched_for():
    table, pages = _table(), []

    def shifted(ask: Ask, page: Page) -> Page:
        pages.append(page)
        return page if len(pages) == 1 else replace(page, rows=[*pages[0].rows[-1:], *page.rows[:-1]])

    table.after_page = shifted
    rows = walk(table, is_keyed=False)
    assert len(ids(rows)) < len(table.visible)
    assert rows.report.complete == "unverified"


@pytest.mark.parametrize("cap", [1, 2, 7])
@pytest.mark.parametrize("page_size", [5, 100])
def test_walk__link_that_reckons_with_what_was_asked_loses_nothing_behind_hidden_rows(cap, page_size):
    chance = random.Random(cap)
    rows = sorted(_plain_id(chance) for _ in range(90))
    table = SimulatedTable(set(rows[40:]), set(rows[:40]), cap=cap, links="asked")
    walked = walk(table, page_size=page_size)
    assert (ids(walked), walked.report.complete) == (rows[40:], True)


def test_walk__a_row_further_on_tells_how_far_pages_reach():
    chance = random.Random(3)
    rows = sorted(_plain_id(chance) for _ in range(500))
    table = SimulatedTable({rows[400]}, set(rows) - {rows[400]}, links=False)
    walked = walk(table, page_size=300)
    assert (ids(walked), walked.report.complete) == ([rows[400]], True)
    assert table.pages < 30


@pytest.mark.parametrize("is_keyed", [True, False])
def test_walk__where_no_row_is_shown_the_word_of_a_link_vouches_for_nothing(is_keyed):
    chance = random.Random(3)
    table = SimulatedTable(set(), {_plain_id(chance) for _ in range(300)})
    walked = walk(table, page_size=1000, is_keyed=is_keyed)
    assert (ids(walked), walked.report.complete) == ([], "unverified")


def test_walk__few_hidden_rows_are_proven_one_by_one():
    chance = random.Random(3)
    walked = walk(SimulatedTable(set(), {_plain_id(chance) for _ in range(8)}), page_size=1000)
    assert (ids(walked), walked.report.complete) == ([], True)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 2**32), st.booleans())
def test_walk__link_that_reckons_with_what_was_asked_never_makes_a_loss_complete(seed, is_keyed):
    table, visible, churn, page_size = _instance(seed)
    table.links = "asked"
    table.after_page = lambda ask, page: page
    if not is_keyed:
        table.before_page = lambda table: None
    walked = walk(table, page_size=random.Random(seed).choice((page_size, 1000)), is_keyed=is_keyed)
    seen = ids(walked)
    assert len(seen) == len(set(seen))
    assert visible - churn.touched <= set(seen) or walked.report.complete == "unverified"


@pytest.mark.parametrize("is_keyed", [True, False])
@pytest.mark.parametrize("links", [True, "asked", False])
@pytest.mark.parametrize("cap", [None, 40])
@pytest.mark.parametrize("place", [0, 1500])
def test_walk__one_visible_row_among_thousands(is_keyed, links, cap, place):
    """As for somebody who may see a record of their own: a look back to it tells how far a page reaches."""
    chance = random.Random(3)
    rows = sorted(_plain_id(chance) for _ in range(3000))
    table = SimulatedTable({rows[place]}, set(rows) - {rows[place]}, cap=cap, links=links)
    walked = walk(table, page_size=1000, is_keyed=is_keyed)
    assert ids(walked) == [rows[place]]
    assert table.pages < 180


@pytest.mark.parametrize("is_keyed", [True, False])
def test_walk__a_row_that_goes_before_it_is_looked_back_to_proves_nothing(is_keyed):
    chance = random.Random(3)
    rows = sorted(_plain_id(chance) for _ in range(300))
    table, asked = SimulatedTable({rows[0]}, set(rows[1:])), []

    def go(table: SimulatedTable) -> None:
        if len(asked) == 1:
            table.visible.clear()

    table.before_page = go
    table.after_page = lambda ask, page: asked.append(ask) or page
    assert ids(walk(table, page_size=1000, is_keyed=is_keyed)) == [rows[0]]
    assert any(ask.is_backward for ask in asked)


@pytest.mark.parametrize("is_keyed", [True, False])
def test_walk__without_a_count_a_link_tells_that_there_is_more(is_keyed):
    chance = random.Random(3)
    rows = sorted(_plain_id(chance) for _ in range(90))
    table = SimulatedTable(set(rows[50:]), set(rows[:50]), lie=None)
    walked = walk(table, page_size=10, is_keyed=is_keyed)
    assert (ids(walked), walked.report.complete) == (rows[50:], "unverified")
