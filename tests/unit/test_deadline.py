"""How long a call may take: told by a clock that is handed in."""

from __future__ import annotations

import math

import pytest

from pysnow.wire.deadline import NEVER, Deadline


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_remaining__runs_down(clock: Clock) -> None:
    deadline = Deadline(10, clock)
    clock.now += 4
    assert (deadline.remaining, deadline.elapsed) == (6, 4)


def test_remaining__without_an_end_is_infinite(clock: Clock) -> None:
    assert Deadline(None, clock).remaining == math.inf


@pytest.mark.parametrize(("seconds", "expected"), [(9.9, True), (10.0, False), (10.1, False)])
def test_allows__what_leaves_time_to_do_something(clock: Clock, seconds: float, expected: bool) -> None:
    assert Deadline(10, clock).allows(seconds) is expected


def test_pause__stands_still(clock: Clock) -> None:
    deadline = Deadline(10, clock)
    clock.now += 1
    deadline.pause()
    clock.now += 1000
    assert (deadline.remaining, deadline.is_paused) == (9, True)


def test_resume__goes_on_where_it_stood(clock: Clock) -> None:
    deadline = Deadline(10, clock)
    deadline.pause()
    clock.now += 1000
    deadline.resume()
    clock.now += 2
    assert (deadline.remaining, deadline.elapsed, deadline.is_paused) == (8, 1002, False)


def test_pause__twice_is_once(clock: Clock) -> None:
    deadline = Deadline(10, clock)
    deadline.pause()
    clock.now += 5
    deadline.pause()
    deadline.resume()
    deadline.resume()
    assert deadline.remaining == 10


def test_moved__a_file_that_moves_takes_no_time(clock: Clock) -> None:
    deadline = Deadline(10, clock, bytes_per_second=1000)
    clock.now += 3
    deadline.moved(5000, 3.0)
    assert deadline.remaining == 10


def test_moved__a_file_that_drips_does(clock: Clock) -> None:
    deadline = Deadline(10, clock, bytes_per_second=1000)
    clock.now += 3
    deadline.moved(1000, 3.0)
    assert deadline.remaining == 8


def test_moved__what_is_no_file_takes_its_time(clock: Clock) -> None:
    deadline = Deadline(10, clock)
    clock.now += 3
    deadline.moved(10**9, 3.0)
    assert deadline.remaining == 7


def test_never__does_not_end() -> None:
    NEVER.pause()
    assert (NEVER.remaining, NEVER.allows(10**9), NEVER.is_paused) == (math.inf, True, False)


def test_repr__says_what_is_left(clock: Clock) -> None:
    assert repr(Deadline(10, clock)) == "<Deadline of 10 seconds, 10.000 left>"
