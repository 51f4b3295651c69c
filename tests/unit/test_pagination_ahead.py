"""Pages that are fetched before they are asked for: which they are, when they count, and what becomes of the others."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest

from pysnow.exceptions import InvalidUsage, ServerError
from pysnow.walking.fetchers import Fetchers
from pysnow.walking.keyset_walk import KeysetWalk
from pysnow.walking.pagination import Ask, Page, PageSize, Span, keyed, odd_ones
from pysnow.walking.throttle import Throttle
from pysnow.wire.deadline import NEVER, Deadline
from tests.unit.simulated_table import SimulatedArrival, SimulatedTable, cut, ids, plain_id, walk

ROWS = [plain_id(number) for number in range(1, 101)]


def _table(count: int = 100) -> SimulatedTable:
    return SimulatedTable(set(ROWS[:count]))


def _asked(table: SimulatedTable) -> list[Ask]:
    asked: list[Ask] = []
    table.after_page = lambda ask, page: (asked.append(ask), page)[1]
    return asked


def _begun(size: int = 10, total: int = 100) -> KeysetWalk:
    """A walk that has seen its first page."""
    walk = KeysetWalk(Span(), PageSize(size))
    walk.take(Ask(Span(), size), Page([{"sys_id": key} for key in ROWS[:size]], total))
    return walk


def _page(keys: list[str], total: int | None = 90) -> Page:
    return Page([{"sys_id": key} for key in keys], total)


# -- which pages are asked for ahead -----------------------------------------------------------------------------------


def test_following__is_what_will_be_asked_for():
    walk = KeysetWalk(Span(), PageSize(10))
    ask = walk.ask()
    guess = walk.following(ask, ROWS[9], 100)
    walk.take(ask, _page(ROWS[:10], 100))
    assert guess == walk.ask()


@pytest.mark.parametrize(
    ("last", "total", "wanted"),
    [(None, 100, None), (ROWS[9], None, None), (ROWS[9], 9, None), (ROWS[9], 100, 10)],
    ids=["last unknown", "nothing counted", "nothing left", "no more wanted"],
)
def test_following__no_guess(last, total, wanted):
    walk = KeysetWalk(Span(), PageSize(10))
    assert walk.following(walk.ask(wanted), last, total, wanted) is None


def test_following__asks_for_no_more_than_is_wanted():
    walk = KeysetWalk(Span(), PageSize(10))
    guess = walk.following(walk.ask(13), ROWS[9], 100, 13)
    assert guess is not None
    assert guess.limit == 3


def test_further__overlaps_with_the_page_before():
    further = _begun().further(10)
    assert further == Ask(Span(ROWS[9]), 10, 9, is_ahead=True, is_counted=False)


@pytest.mark.parametrize(("gained", "wanted"), [(90, None), (95, None), (20, 20)], ids=["end", "behind it", "wanted"])
def test_further__nothing_is_asked_for_behind_the_end(gained, wanted):
    assert _begun().further(gained, wanted=wanted) is None


def test_further__pages_of_two_rows_cannot_overlap():
    assert _begun(2).further(2) is None


def test_further__not_any_more_after_many_misses():
    walk = _begun()
    for _ in range(4):
        walk.take(Ask(Span(ROWS[9]), 10, 9, is_ahead=True), _page(ROWS[50:60]))
    assert walk.further(10) is None


# -- when they count ---------------------------------------------------------------------------------------------------


def test_ahead__what_joins_on_is_taken():
    walk = _begun()
    step = walk.take(Ask(Span(ROWS[4]), 10, 3, is_ahead=True), _page(ROWS[8:18], 95))
    assert ([key for key, _ in step.rows], walk.span.low) == (ROWS[10:18], ROWS[17])


@pytest.mark.parametrize(
    "keys",
    [ROWS[10:20], ROWS[0:10], [ROWS[9], *ROWS[3:9], *ROWS[10:12]][::-1], []],
    ids=["gap", "nothing new", "out of order", "empty"],
)
def test_ahead__what_does_not_join_on_is_not(keys):
    walk = _begun()
    step = walk.take(Ask(Span(ROWS[4]), 10, 5, is_ahead=True), _page(keys, 95))
    assert (step.is_missed, step.rows, walk.span.low) == (True, (), ROWS[9])


def test_ahead__last_page_proves_the_end():
    walk = _begun(total=17)
    walk.take(Ask(Span(ROWS[4]), 10, 4, is_ahead=True), _page(ROWS[9:17], 12))
    assert (walk.is_done, walk.is_proven) == (True, True)


@pytest.mark.parametrize(("rows", "total"), [(17, 13), (19, 14)], ids=["one is hidden", "full page"])
def test_ahead__what_does_not_prove_the_end(rows, total):
    walk = _begun(total=20)
    walk.take(Ask(Span(ROWS[4]), 10, 4, is_ahead=True), _page(ROWS[9:rows], total))
    assert not walk.is_done


def test_ahead__too_many_deletions_cost_no_row():
    table, gone = _table(), iter(ROWS[12:30])

    def delete(table: SimulatedTable) -> None:
        table.visible.difference_update(key for key, _ in zip(gone, range(3), strict=False))

    table.before_page = delete
    seen = ids(walk(table, workers=4))
    assert set(ROWS[:12] + ROWS[30:]) <= set(seen)
    assert len(seen) == len(set(seen))


# -- what is counted ---------------------------------------------------------------------------------------------------


def test_count__only_near_the_ends():
    table = _table()
    asked = _asked(table)
    ids(walk(table))
    assert [ask.is_counted for ask in asked] == [True, *[False] * 7, *[True] * 3]


def test_count__page_without_one_ends_nothing():
    walk = _begun()
    walk.take(Ask(Span(ROWS[9]), 10, is_counted=False), Page())
    assert (walk.is_done, walk.ask().is_counted) == (False, True)


def test_count__short_page_has_the_next_one_counted():
    walk = _begun()
    walk.take(Ask(Span(ROWS[9]), 10, is_counted=False), _page(ROWS[10:15], None))
    assert walk.ask().is_counted


def test_count__hidden_rows_have_all_pages_counted_once_that_is_known():
    table = SimulatedTable(set(ROWS[::2]), set(ROWS[1::2]))
    asked = _asked(table)
    ids(walk(table))
    assert all(ask.is_counted for ask in asked[2:])


def test_count__many_rows_that_go_meanwhile_end_nothing_early():
    table = _table()
    asked = _asked(table)
    table.before_page = lambda table: len(asked) == 3 and table.visible.difference_update(ROWS[35:90])
    assert set(ids(walk(table))) >= set(ROWS[:30] + ROWS[90:])


# -- threads -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"limit": 10}, {"limit": 7}, {"page_size": 101}, {"workers": 4, "limit": 10}])
def test_threads__none_for_one_page(new_threads, options):
    iterator = walk(_table(), **options)
    next(iterator)
    assert [thread for thread in new_threads() if thread.name == "pysnow-walk"] == []


def test_threads__first_page_is_fetched_by_the_caller():
    table, threads = _table(), []
    table.before_page = lambda table: threads.append(threading.current_thread())
    ids(walk(table, workers=4))
    assert threads[0] is threading.current_thread()


@pytest.mark.parametrize("workers", [1, 4])
def test_threads__full_page_says_that_there_is_more_where_nothing_is_counted(workers):
    table, threads = _table(), set()
    table.lie = None
    table.before_page = lambda table: threads.add(threading.current_thread())
    assert (ids(walk(table, workers=workers)), len(threads) > 1) == (ROWS, True)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_threads__no_more_pages_wait_than_there_are_workers(workers):
    table = _table()
    iterator = walk(table, workers=workers)
    next(iterator)
    iterator.close()
    assert table.pages <= 1 + workers


def test_threads__closed_walk_leaves_none(new_threads):
    iterator = walk(_table(), workers=4)
    next(iterator)
    iterator.close()
    assert new_threads() == set()


@pytest.mark.parametrize("workers", [1, 4])
def test_threads__page_that_failed_ahead_is_asked_for_again_unseen(workers):
    table = _table()
    failed: list[Ask] = []

    def fail_once(ask: Ask, page: Page) -> Page:
        if table.pages == 3:
            failed.append(ask)
            return cut(page, 0, ServerError({}, status=500))
        return page

    table.after_page = fail_once
    assert (ids(walk(table, workers=workers)), len(failed)) == (ROWS, 1)


def test_threads__error_that_is_none_of_the_library_reaches_the_caller():
    table = _table()

    def fail(table: SimulatedTable) -> None:
        if table.pages > 1:
            raise InvalidUsage("a header that cannot be sent")

    table.before_page = fail
    with pytest.raises(InvalidUsage, match="cannot be sent"):
        ids(walk(table))


# -- fetchers ----------------------------------------------------------------------------------------------------------


class _Gate:
    """A source whose pages come when they are let through."""

    def __init__(self, arrival: Callable[[], object] = lambda: SimulatedArrival(Page())) -> None:
        self.is_open = threading.Event()
        self.began = threading.Event()
        self.arrival = arrival

    def interruptible(self, interrupt: object) -> _Gate:
        return self

    def clock(self) -> float:
        return 0.0

    def deadline(self) -> Deadline:
        return NEVER

    def move(self, ask: Ask, deadline: Deadline) -> object:
        self.began.set()
        self.is_open.wait()
        return self.arrival()


def _fetchers(gate: _Gate, workers: int = 1, **options: object) -> Fetchers:
    return Fetchers(gate, workers, Throttle(workers, gate.clock), **options)


def test_fetchers__page_that_nobody_has_begun_is_left_to_the_caller():
    gate = _Gate()
    fetchers = _fetchers(gate)
    fetchers.begin(Ask(Span(), 1), 1)
    gate.began.wait()
    second = fetchers.begin(Ask(Span("a"), 1), 1)
    assert fetchers.wait(second) is None
    gate.is_open.set()
    fetchers.close()


def test_fetchers__after_a_fork_what_was_under_way_is_left_to_the_caller():
    gate = _Gate()
    fetchers = _fetchers(gate)
    flight = fetchers.begin(Ask(Span(), 1), 1)
    gate.began.wait()
    fetchers.part_from_parent()
    assert fetchers.wait(flight) is None
    gate.is_open.set()


def test_fetchers__refusal_halves_what_may_be_under_way():
    gate = _Gate(lambda: SimulatedArrival(Page(), is_refused=True))
    gate.is_open.set()
    fetchers = _fetchers(gate, 4)
    flight = fetchers.begin(Ask(Span(), 1), 1)
    gate.began.wait()
    fetchers.wait(flight)
    assert fetchers.allowed == 2
    fetchers.close()


@pytest.mark.parametrize("decodes", [True, False])
def test_fetchers__who_decodes_is_one_switch(decodes):
    decoded: list[bool] = []

    class Arrival:
        is_refused = False

        def page(self) -> Page:
            decoded.append(True)
            return Page()

    gate = _Gate(Arrival)
    gate.is_open.set()
    fetchers = _fetchers(gate, decodes=decodes)
    flight = fetchers.begin(Ask(Span(), 1), 1)
    gate.began.wait()
    fetchers.wait(flight)
    fetchers.close()
    assert bool(decoded) is decodes


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "odd"),
    [
        ([], []),
        (ROWS, []),
        ([ROWS[0], "INC-7", ROWS[1]], ["INC-7"]),
        ([f"{ROWS[0]}\n{ROWS[1]}"], [f"{ROWS[0]}\n{ROWS[1]}"]),
        ([ROWS[0] + "\n"], [ROWS[0] + "\n"]),
    ],
    ids=["none", "plain", "one odd", "two in one", "end of line"],
)
def test_odd_ones(keys, odd):
    assert odd_ones(keys) == odd


@pytest.mark.parametrize(
    ("row", "key"),
    [({"sys_id": "a"}, "a"), ({"sys_id": {"value": "a"}}, "a"), ({"sys_id": None}, ""), ("text", ""), (None, "")],
    ids=repr,
)
def test_keyed(row, key):
    assert keyed([{"sys_id": "b"}, row]) == (("b", {"sys_id": "b"}), (key, row))


def test_walk__fuzz_of_deletions_while_several_pages_are_under_way():
    for seed in range(150):
        chance = random.Random(seed)
        table = _table()
        touched: set[str] = set()

        def churn(table: SimulatedTable, chance: random.Random = chance, touched: set[str] = touched) -> None:
            for key in chance.sample(ROWS, chance.randint(0, 3)):
                touched.add(key)
                (table.visible.discard if key in table.visible else table.visible.add)(key)

        table.before_page = churn
        seen = ids(walk(table, page_size=chance.randint(3, 20), workers=chance.randint(1, 6)))
        assert len(seen) == len(set(seen))
        assert set(ROWS) - touched <= set(seen)
