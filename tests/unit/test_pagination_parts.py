"""What walks are made of: spans, page sizes, windows, borders across hidden rows, parts for workers."""

from __future__ import annotations

import random
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.reading.completeness import next_offset
from pysnow.walking.coverage import Coverage
from pysnow.walking.crossing import Crossing
from pysnow.walking.keyset_walk import KeysetWalk
from pysnow.walking.lane import Lane, rest_of
from pysnow.walking.pagination import Ask, PageSize, Span, sys_id_of
from pysnow.walking.throttle import Throttle
from pysnow.wire.interrupt import Interrupt, InterruptibleDeadline

plain_ids = st.integers(0, 16**32 - 1).map(lambda number: f"{number:032x}")
ANY_ID = plain_ids | st.text("ABCabc019_-", min_size=1, max_size=40)


# -- spans -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "conditions"),
    [
        (Span(), []),
        (Span("a"), ["sys_id>a"]),
        (Span("a", True), ["sys_id>=a"]),
        (Span("a", high="b"), ["sys_id>a", "sys_id<b"]),
        (Span(high="b"), ["sys_id<b"]),
        (Span("a^b"), ["sys_id>a^^b"]),
    ],
)
def test_span__conditions(span, conditions):
    assert [str(condition) for condition in span.conditions] == conditions


@given(plain_ids, st.none() | plain_ids, st.booleans(), st.none() | plain_ids)
def test_span__excludes_exactly_what_lies_outside(key, low, is_low_included, high):
    inside = (low is None or key > low or (is_low_included and key == low)) and (high is None or key < high)
    assert Span(low, is_low_included, high).excludes(key) is not inside


@given(st.text("ABCXYZ_-", min_size=1), ANY_ID, ANY_ID)
def test_span__presumes_nothing_of_other_ids(key, low, high):
    assert not Span(low, False, high).excludes(key)


@pytest.mark.parametrize(
    "row",
    [{"sys_id": "a"}, {"sys_id": {"value": "a", "display_value": "a"}}],
    ids=["plain", "both values"],
)
def test_sys_id_of__shapes(row):
    assert sys_id_of(row) == "a"


# -- page size and window ----------------------------------------------------------------------------------------------


def test_page_size__halves_down_to_one():
    size = PageSize(10)
    seen = [size.now for _ in range(4) if size.shrink() or True]
    assert (seen, size.now) == ([5, 2, 1, 1], 1)


def test_page_size__smallest_does_not_shrink():
    assert PageSize(1).shrink() is False


def test_page_size__grows_back_to_the_most():
    size = PageSize(10)
    size.shrink()
    for _ in range(10):
        size.grow()
    assert size.now == 10


def test_page_size__waits_longer_after_each_failure():
    size = PageSize(100)
    size.shrink()
    size.shrink()
    size.grow()
    assert size.now == 25


def test_coverage__nothing_known_is_one_row():
    coverage = Coverage()
    assert (coverage.rows(Ask(Span(), 100)), coverage.rows_at_word(Ask(Span(), 100), 100)) == (1, 1)


def test_coverage__largest_page():
    coverage = Coverage()
    coverage.note_page(7)
    assert coverage.rows(Ask(Span(), 100)) == 7


@pytest.mark.parametrize(
    ("stride", "largest", "left", "expected"),
    [
        pytest.param(50, 0, 100, 50, id="no page held anything"),
        pytest.param(50, 3, 100, 3, id="something was seen"),
        pytest.param(50, 0, 10, 1, id="few are left"),
        pytest.param(0, 0, 100, 1, id="no sense: no step"),
        pytest.param(-1, 0, 100, 1, id="no sense: backwards"),
        pytest.param(101, 0, 100, 1, id="no sense: more than was asked"),
    ],
)
def test_coverage__link_is_believed_where_nothing_else_is_known(stride, largest, left, expected):
    coverage, ask = Coverage(), Ask(Span(), 100)
    coverage.note_page(largest)
    coverage.note_stride(ask, stride)
    assert coverage.rows_at_word(ask, left) == expected


def test_coverage__link_is_not_believed_where_a_page_did_not_reach_so_far():
    coverage, ask = Coverage(), Ask(Span(), 100)
    coverage.note_stride(ask, 50)
    coverage.note_out_of_reach(80)
    assert coverage.rows_at_word(ask, 100) == 1


# -- borders -----------------------------------------------------------------------------------------------------------


def _ids(seed: int) -> list[str]:
    """Ids spread evenly, or crowded at one place."""
    chance = random.Random(seed)
    bits = chance.choice((128, 128, 100, 40, 10))
    return sorted({f"{chance.getrandbits(bits):032x}" for _ in range(chance.randint(30, 80))})


def _cross(ids: list[str], span: Span, window: int) -> list[str]:
    """Cross hidden rows, and give the borders passed; a part must never hold more rows than the window."""
    crossing, passed, low = Crossing(span, len(ids), window), [], span.low or ""
    for _ in range(2000):
        border = crossing.border
        rows = sum(low <= key and (border is None or key < border) for key in ids)
        if crossing.is_stuck or (border is None and rows <= window):
            break
        if crossing.tell(rows, window) and border is not None:
            assert rows <= window
            passed.append(border)
            low = border
    return passed


@given(st.integers(0, 2**32), st.integers(1, 20))
def test_crossing__borders_ascend(seed, window):
    passed = _cross(_ids(seed), Span(), window)
    assert passed == sorted(set(passed))


@given(st.integers(0, 2**32), st.integers(5, 20))
def test_crossing__leaves_no_more_than_a_page_at_the_end(seed, window):
    ids = _ids(seed)
    passed = _cross(ids, Span(), window)
    assert sum(key >= passed[-1] for key in ids) <= window


def test_crossing__stays_within_its_span():
    span = Span("4" * 32, high="8")
    assert all(span.low < border < "8" for border in _cross([f"5{n:031x}" for n in range(50)], span, 5))


def test_crossing__count_that_never_shrinks_is_given_up():
    crossing = Crossing(Span("4" * 32), 100, 10)
    for _ in range(3):
        crossing.tell(100, 10)
    assert crossing.is_stuck


def test_crossing__behind_an_odd_id_passes_only_borders_with_rows_before_them():
    assert Crossing(Span("zz-top"), 100, 10).tell(0, 10) is False


# -- parts of a table --------------------------------------------------------------------------------------------------


def test_rest_of__lane_that_is_under_way():
    spans = (Span("a", high="c"), Span("c", True))
    lanes = [Lane(span, KeysetWalk(span, PageSize(1))) for span in spans]
    assert rest_of(lanes, lanes[0], "b") == (Span("b"),)


def test_rest_of__gap_stays():
    spans = (Span("a", high="c"), Span("d", True))
    lanes = [Lane(span, KeysetWalk(span, PageSize(1))) for span in spans]
    assert rest_of(lanes, None, "") == spans


# -- workers -----------------------------------------------------------------------------------------------------------


def test_throttle__halves():
    throttle = Throttle(8, lambda: 0.0)
    throttle.refuse()
    assert throttle.allowed == 4


def test_throttle__refusals_of_one_crowd_count_once():
    throttle = Throttle(8, lambda: 0.0)
    throttle.refuse()
    throttle.refuse()
    assert throttle.allowed == 4


def test_throttle__never_below_one():
    now = [0.0]
    throttle = Throttle(8, lambda: now[0])
    for _ in range(10):
        throttle.refuse()
        now[0] += 2
    assert throttle.allowed == 1


def test_throttle__one_more_for_each_clean_minute():
    now = [0.0]
    throttle = Throttle(8, lambda: now[0])
    throttle.refuse()
    now[0] = 125.0
    assert throttle.allowed == 6


def test_throttle__never_above_what_was_set():
    now = [0.0]
    throttle = Throttle(4, lambda: now[0])
    throttle.refuse()
    now[0] = 10_000.0
    assert throttle.allowed == 4


def test_interrupt__ends_deadlines():
    interrupt = Interrupt()
    deadline = InterruptibleDeadline(None, lambda: 0.0, interrupt)
    before = deadline.remaining
    interrupt.set()
    assert (before, deadline.remaining) == (float("inf"), 0.0)


def test_interrupt__ends_waits():
    interrupt = Interrupt()
    thread = threading.Thread(target=interrupt.sleep, args=(3600,))
    thread.start()
    interrupt.set()
    interrupt.join([thread])
    assert not thread.is_alive()


class _Connection:
    """As much of a connection as can be cut off."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock


def test_interrupt__cuts_off_connections_that_are_at_work():
    interrupt = Interrupt()
    here, there = socket.socketpair()
    with here, there:
        connection = _Connection(here)
        interrupt.watch(connection)
        interrupt.set()
        assert there.recv(1) == b""


def test_interrupt__leaves_connections_alone_that_were_let_go():
    interrupt = Interrupt()
    here, there = socket.socketpair()
    with here, there:
        connection = _Connection(here)
        interrupt.watch(connection)
        interrupt.let_go(connection)
        interrupt.set()
        here.sendall(b"x")
        assert there.recv(1) == b"x"


# -- Link --------------------------------------------------------------------------------------------------------------

LINK = '<https://a.example/api/now/table/incident?sysparm_limit=2&sysparm_offset={}>;rel="{}"'


@pytest.mark.parametrize(
    ("links", "offset"),
    [
        (LINK.format(4, "next"), 4),
        (
            ",".join(
                [LINK.format(0, "first"), LINK.format(-2, "prev"), LINK.format(2, "next"), LINK.format(8, "last")]
            ),
            2,
        ),
        (LINK.format(4, "last"), None),
        (LINK.format(-4, "next"), None),
        (LINK.format("x", "next"), None),
        (LINK.format("9" * 13, "next"), None),
        (LINK.format(4, "next").replace("incident", "problem"), None),
        ('<file:///etc/passwd?sysparm_offset=4>;rel="next"', None),
        ('<//[bad?sysparm_offset=4>;rel="next"', None),
        ("", None),
        ("<" * 100_000, None),
    ],
)
def test_next_offset__of_this_list_only(links, offset):
    assert next_offset(links, "/api/now/table/incident") == offset
