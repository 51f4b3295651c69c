"""Failures counted by their kind, and waits that grow from one to the next."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import Attempt, InvalidUsage
from pysnow.wire.retry import Retry, Stop, Verify, Wait

STATUSES = (408, 429, 500, 502, 503, 504)
NO_ANSWER = None


def _waits(
    policy: Retry,
    statuses: Iterable[int | None],
    *,
    operation: str = "read",
    told: float | None = None,
    roll: Callable[[], float] = lambda: 1.0,
    deadline: float = float("inf"),
) -> tuple[list[float], object]:
    """Play a call that fails with these statuses in turn: what was waited, and what ended it."""
    earlier: list[Attempt] = []
    for status in statuses:
        phase = "maybe_sent" if status is None else "answered"
        decision = policy.decide(
            operation=operation,
            phase=phase,  # type: ignore[arg-type]  # a conditional forgets
            status=status,
            retry_after=told,
            attempt=len(earlier) + 1,
            earlier=earlier,
            remaining=deadline - sum(attempt.wait for attempt in earlier),
            roll=roll(),
        )
        if not isinstance(decision, Wait):
            return [attempt.wait for attempt in earlier], decision
        earlier.append(Attempt("answered", status, "", decision.seconds))
    return [attempt.wait for attempt in earlier], None


def _requests(policy: Retry, statuses: Iterable[int | None], **options: Any) -> int:
    waits, end = _waits(policy, statuses, **options)
    return len(waits) + (end is not None)


# -- by status ---------------------------------------------------------------------------------------------------------


def test_per_status__as_many_repetitions_as_it_says() -> None:
    assert _requests(Retry(per_status={503: 6}), [503] * 50) == 7


def test_per_status__more_than_attempts() -> None:
    assert _requests(Retry(attempts=2, per_status={503: 6}), [503] * 50) == 7


def test_per_status__others_as_ever() -> None:
    assert _requests(Retry(attempts=4, per_status={503: 6}), [500] * 50) == 4


def test_per_status__mixed_ones_are_counted_apart() -> None:
    """One repetition each: the second 503 is one too many, the 500 between them is not."""
    waits, end = _waits(Retry(attempts=2, per_status={503: 1, 500: 1}), [503, 500, 503, 503])
    assert (len(waits), end) == (2, Stop("attempts"))


def test_per_status__does_not_count_among_attempts() -> None:
    assert _requests(Retry(attempts=2, per_status={503: 2}), [503, 500, 503, 502]) == 4


def test_per_status__none_at_all() -> None:
    assert _requests(Retry(per_status={503: 0}), [503] * 50) == 1


def test_per_status__no_end_but_the_deadline() -> None:
    waits, end = _waits(Retry(per_status={429: -1}, jitter="none"), [429] * 10_000, deadline=1000.0)
    assert isinstance(end, Stop)
    assert end.reason == "deadline"
    assert sum(waits) <= 1000.0


def test_per_status__a_change_is_not_repeated_for_it() -> None:
    assert _waits(Retry(per_status={503: 6}), [503], operation="create") == ([], Verify())


def test_per_status__a_change_is_repeated_after_429() -> None:
    assert _requests(Retry(per_status={429: 6}), [429] * 50, operation="create") == 7


def test_per_status__where_the_others_are_unknown_all_count() -> None:
    policy = Retry(per_status={503: 6})
    kinds = [policy.decide(operation="read", phase="answered", status=503, attempt=number) for number in (6, 7)]
    assert [type(kind) for kind in kinds] == [Wait, Stop]


@given(
    st.dictionaries(st.sampled_from(STATUSES), st.integers(0, 8)),
    st.integers(1, 8),
    st.lists(st.sampled_from([*STATUSES, NO_ANSWER]), min_size=100, max_size=100),
)
def test_per_status__requests_are_never_more_than_all_numbers_together(
    counts: dict[int, int], attempts: int, statuses: list[int | None]
) -> None:
    assert _requests(Retry(attempts=attempts, per_status=counts), statuses) <= attempts + sum(counts.values())


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({200: 3}, "takes the statuses 408, 429"),
        ({401: 3}, "takes the statuses 408, 429"),
        ({404: 3}, "takes the statuses 408, 429"),
        ({"503": 3}, "takes the statuses 408, 429"),
        ({503.0: 3}, "takes the statuses 408, 429"),
        ({503: -2}, "repetitions from 0 to 100"),
        ({503: 101}, "repetitions from 0 to 100"),
        ({503: True}, "repetitions from 0 to 100"),
        ({503: 1.5}, "repetitions from 0 to 100"),
        (503, "must be such as"),
        ("503", "must be such as"),
    ],
)
def test_per_status__refuses_what_makes_no_sense(counts: Any, words: str) -> None:
    with pytest.raises(InvalidUsage, match=words):
        Retry(per_status=counts)


# -- the value stays what it is ----------------------------------------------------------------------------------------


def test_per_status__later_changes_of_the_mapping_do_not_count() -> None:
    counts = {503: 6}
    policy = Retry(per_status=counts)
    counts[503] = 0
    assert policy.per_status == ((503, 6),)


def test_policy__is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Retry().per_status = {503: 6}  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    "policy", [Retry(), Retry(per_status={503: 6, 429: -1}), Retry.cooldown(stagger_cooldown=0.5)], ids=repr
)
def test_policy__copies_are_equal(policy: Retry) -> None:
    copies = {policy, copy.deepcopy(policy), pickle.loads(pickle.dumps(policy)), dataclasses.replace(policy)}
    assert len(copies) == 1


def test_policy__order_of_statuses_does_not_matter() -> None:
    assert Retry(per_status={503: 6, 429: -1}) == Retry(per_status={429: -1, 503: 6})


# -- attempts ----------------------------------------------------------------------------------------------------------


def test_cooldown__attempts_count_requests() -> None:
    """Four requests, three waits: the number counts what is sent."""
    waits, end = _waits(Retry.cooldown(max_http_attempts=4), [500] * 50)
    assert (waits, end) == ([3.0, 6.0, 12.0], Stop("attempts"))


def test_cooldown__network_is_counted_apart() -> None:
    statuses = [NO_ANSWER, 500, NO_ANSWER, 500, NO_ANSWER]
    assert _requests(Retry.cooldown(max_http_attempts=10, max_network_attempts=3), statuses * 9) == 5


def test_cooldown__ten_and_three_when_nothing_is_said() -> None:
    assert [_requests(Retry.cooldown(), [status] * 50) for status in (500, NO_ANSWER)] == [10, 3]


def test_cooldown__by_status() -> None:
    policy = Retry.cooldown(per_status={500: 2, 502: 4, 503: 6, 504: 6})
    assert [_requests(policy, [status] * 50) for status in (500, 502, 503, 504)] == [3, 5, 7, 7]


# -- waits -------------------------------------------------------------------------------------------------------------


def test_cooldown__waits_double() -> None:
    waits, _ = _waits(Retry.cooldown(), [500] * 50)
    assert waits == [1.5 * 2.0**number for number in range(1, 10)]


def test_cooldown__tenth_wait_is_not_cut() -> None:
    assert Retry.cooldown().backoff(10, 1.0) == 1536.0


def test_cooldown__cap() -> None:
    assert max(_waits(Retry.cooldown(cap=20), [500] * 50)[0]) == 20.0


def test_cooldown__cap_holds_for_staggered_waits() -> None:
    assert max(_waits(Retry.cooldown(cap=20, stagger_cooldown=1), [500] * 50)[0]) == 20.0


def test_cooldown__what_the_instance_asks_for_goes_before() -> None:
    assert _waits(Retry.cooldown(max_http_attempts=3), [503] * 50, told=7.0)[0] == [7.0, 7.0]


def test_cooldown__all_waits_together_fit_the_deadline() -> None:
    waits, end = _waits(Retry.cooldown(), [500] * 50, deadline=120.0)
    assert (waits, end) == ([3.0, 6.0, 12.0, 24.0, 48.0], Stop("deadline", 96.0))


def test_cooldown__each_wait_follows_from_the_last() -> None:
    rolls = iter([0.0, 1.0, 0.5, 0.0])
    waits, _ = _waits(Retry.cooldown(stagger_cooldown=0.5, max_http_attempts=4), [500] * 4, roll=lambda: next(rolls))
    assert waits == [3.0, 9.0, 22.5]


def test_cooldown__bounds_and_mean_of_ten_thousand_draws() -> None:
    """The third of waits that grow by 2 to 3: from 12 to 40.5 seconds, and 1.5 * 2.5 ** 3 on the average."""
    dice, policy = random.Random(7), Retry.cooldown(stagger_cooldown=0.5)
    third = [_waits(policy, [500] * 3, roll=dice.random)[0][2] for _ in range(10_000)]
    assert min(third) >= 12.0
    assert max(third) < 40.5
    assert sum(third) / len(third) == pytest.approx(23.4375, rel=0.01)


@given(st.integers(1, 200), st.floats(0, 1), st.floats(0, 100_000), st.floats(0, 10))
def test_cooldown__is_within_its_bounds(failures: int, roll: float, last: float, stagger: float) -> None:
    wait = Retry.cooldown(stagger_cooldown=stagger).backoff(failures, roll, last)
    shortest = min(86_400.0, 1.5 * 2.0 ** min(failures, 64))
    longest = min(86_400.0, 1.5 * (2.0 * (1 + stagger)) ** min(failures, 64))
    assert shortest * (1 - 1e-9) <= wait <= longest * (1 + 1e-9)


@pytest.mark.parametrize(
    ("failures", "roll", "wait"), [(1, 0.0, 3.0), (1, 1.0, 4.5), (2, 0.0, 6.0), (2, 1.0, 13.5), (2, 0.5, 9.375)]
)
def test_cooldown__where_the_last_wait_is_unknown_one_roll_stands_for_all(
    failures: int, roll: float, wait: float
) -> None:
    assert Retry.cooldown(stagger_cooldown=0.5).backoff(failures, roll) == wait


@pytest.mark.parametrize("last", [0.0, 3600.0])
def test_cooldown__a_wait_that_was_told_changes_no_bounds(last: float) -> None:
    assert 6.0 <= Retry.cooldown(stagger_cooldown=0.5).backoff(2, 0.0, last) <= 13.5


@pytest.mark.parametrize(
    "arguments",
    [
        {"sleep_timer": -1},
        {"sleep_timer": "1"},
        {"sleep_timer": True},
        {"sleep_timer": float("nan")},
        {"sleep_timer_base": -1},
        {"sleep_timer_base": None},
        {"sleep_timer_base": float("inf")},
        {"stagger_cooldown": -0.1},
        {"stagger_cooldown": "0"},
        {"max_http_attempts": 0},
        {"max_http_attempts": 1.5},
        {"max_network_attempts": 0},
        {"max_network_attempts": True},
    ],
)
def test_cooldown__refuses_what_makes_no_sense(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage, match=f"Retry\\.cooldown\\({next(iter(arguments))}="):
        Retry.cooldown(**arguments)


@pytest.mark.parametrize("arguments", [{"network_attempts": 0}, {"factor": -1}, {"stagger": "much"}, {"cap": -1}])
def test_retry__refuses_what_makes_no_sense(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage, match=f"Retry\\({next(iter(arguments))}="):
        Retry(**arguments)


def test_cooldown__refuses_a_first_wait_of_hours() -> None:
    with pytest.raises(InvalidUsage, match="first wait"):
        Retry.cooldown(sleep_timer=3000, sleep_timer_base=10)
