"""How fast requests are let through: exactly, fairly, and no faster than the instance asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from pysnow.exceptions import InvalidUsage
from pysnow.wire.clockwork import Clockwork
from pysnow.wire.deadline import Deadline
from pysnow.wire.rate_limit import LONGEST_HOLD_SECONDS, Limiter, RateLimit


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def works(self) -> Clockwork:
        return Clockwork(clock=lambda: self.now, sleep=self.sleep)


@pytest.fixture
def passing() -> Time:
    return Time()


def _moments(limiter: Limiter, passing: Time, count: int) -> list[float]:
    moments = []
    for _ in range(count):
        assert limiter.enter() is None
        moments.append(round(passing.now - 1000, 6))
        limiter.leave()
    return moments


def test_enter__one_after_the_other(passing: Time) -> None:
    limiter = Limiter(RateLimit(per_second=4), passing.works())
    assert _moments(limiter, passing, 5) == [0, 0.25, 0.5, 0.75, 1.0]


def test_enter__a_burst_after_a_quiet_time(passing: Time) -> None:
    limiter = Limiter(RateLimit(per_second=4, burst=3), passing.works())
    assert _moments(limiter, passing, 5) == [0, 0, 0, 0.25, 0.5]


def test_enter__unused_time_is_not_saved_up(passing: Time) -> None:
    limiter = Limiter(RateLimit(per_second=4), passing.works())
    _moments(limiter, passing, 2)
    passing.now += 100
    assert _moments(limiter, passing, 2) == [100.25, 100.5]


def test_enter__without_a_limit_does_not_wait(passing: Time) -> None:
    assert _moments(Limiter(None, passing.works()), passing, 3) == [0, 0, 0]


def test_enter__what_does_not_fit_takes_no_moment(passing: Time) -> None:
    limiter = Limiter(RateLimit(per_second=0.1), passing.works())
    assert limiter.enter() is None
    assert limiter.enter(Deadline(5, lambda: passing.now)) == 10
    assert limiter.enter() is None
    assert passing.now == 1010


def test_hold__all_wait(passing: Time) -> None:
    limiter = Limiter(None, passing.works())
    limiter.hold(7)
    assert _moments(limiter, passing, 2) == [7, 7]


def test_hold__and_the_rate_goes_on_behind_it(passing: Time) -> None:
    limiter = Limiter(RateLimit(per_second=2), passing.works())
    limiter.hold(7)
    assert _moments(limiter, passing, 3) == [7, 7.5, 8]


def test_hold__that_begins_while_somebody_waits_counts_for_him(passing: Time) -> None:
    limiter: Limiter
    held: list[bool] = []

    def sleep(seconds: float) -> None:
        passing.now += seconds
        if not held:
            held.append(True)
            limiter.hold(30)

    limiter = Limiter(RateLimit(per_second=1), Clockwork(clock=lambda: passing.now, sleep=sleep))
    limiter.enter()
    limiter.enter()
    assert passing.now == 1031


def test_hold__past_the_deadline_is_said_at_once(passing: Time) -> None:
    limiter = Limiter(None, passing.works())
    limiter.hold(100)
    assert limiter.enter(Deadline(50, lambda: passing.now)) == 100
    assert passing.now == 1000


def test_hold__for_the_rest_of_an_hour_concerns_one_rule_only(passing: Time) -> None:
    limiter = Limiter(None, passing.works())
    limiter.hold(LONGEST_HOLD_SECONDS + 1)
    assert _moments(limiter, passing, 1) == [0]


def test_concurrency__no_more_than_so_many_at_once() -> None:
    limiter, lock = Limiter(RateLimit(max_concurrency=3)), threading.Lock()
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        for _ in range(20):
            limiter.enter()
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0)
            with lock:
                running -= 1
            limiter.leave()

    _in_threads(work, 10)
    assert (most <= 3, running) == (True, 0)


def test_concurrency__a_place_that_does_not_come_free_in_time() -> None:
    limiter = Limiter(RateLimit(max_concurrency=1))
    limiter.enter()
    assert limiter.enter(Deadline(0.01)) is not None
    limiter.leave()
    assert limiter.enter(Deadline(0.01)) is None


def test_concurrency__places_are_handed_over_in_turn() -> None:
    limiter = Limiter(RateLimit(max_concurrency=1))
    limiter.enter()
    order: list[int] = []

    def work(number: int) -> None:
        limiter.enter()
        order.append(number)
        limiter.leave()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        while len(limiter._waiting) <= number:
            time.sleep(0)
    limiter.leave()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_rate__threads_together_are_as_fast_as_was_set() -> None:
    """The clock stands: whoever comes is told to wait until a moment of its own, each one interval behind the last."""
    waits: list[float] = []
    limiter = Limiter(RateLimit(per_second=400), Clockwork(clock=lambda: 1000.0, sleep=waits.append))
    together = threading.Barrier(10)

    def work() -> None:
        together.wait()
        for _ in range(10):
            limiter.enter()
            limiter.leave()

    _in_threads(work, 10)
    assert sorted(waits) == pytest.approx([number / 400 for number in range(1, 100)])


def test_part_from_parent__a_lock_that_was_held_is_none(passing: Time) -> None:
    limiter = Limiter(RateLimit(max_concurrency=1), passing.works())
    limiter.enter()
    limiter._lock.acquire()
    limiter.part_from_parent()
    assert limiter.enter() is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"per_second": 0},
        {"per_second": -1},
        {"per_second": float("nan")},
        {"per_second": "5"},
        {"per_second": True},
        {"burst": 0},
        {"burst": 1.5},
        {"max_concurrency": 0},
        {"max_concurrency": True},
    ],
)
def test_rate_limit__refuses_what_makes_no_sense(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage, match=f"RateLimit\\({next(iter(arguments))}="):
        RateLimit(**arguments)


def _in_threads(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
