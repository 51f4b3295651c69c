"""The decisions about repeating, over every combination of what can be known about an attempt."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import exceptions
from pysnow.exceptions import (
    AmbiguousWrite,
    ConnectTimeout,
    DeadlineExceeded,
    EmptyContent,
    ErrorInResult,
    HTMLResponse,
    IncompleteResponse,
    InstanceHibernating,
    InvalidUsage,
    LoginPage,
    MalformedResponse,
    MissingResult,
    PartialResult,
    PermissionDenied,
    Phase,
    ProxyError,
    RateLimited,
    ReadTimeout,
    RetriesExhausted,
    ServerError,
    TLSError,
    TransportError,
    TruncatedResponse,
)
from pysnow.wire.retry import (
    LONGEST_WAIT_SECONDS,
    Retry,
    RetryBudget,
    Stop,
    Verify,
    Wait,
    decide,
    is_transient,
    parse_retry_after,
    wait_told,
)

OPERATIONS = ("read", "download", "token", "create", "update", "delete", "upload", "custom")
READS = ("read", "download", "token")
PHASES: tuple[Phase, ...] = ("not_sent", "maybe_sent", "answered")
STATUSES = (None, 200, 201, 202, 204, 301, 400, 401, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504)
CAUSES = (
    None,
    TransportError,
    ReadTimeout,
    ConnectTimeout,
    ProxyError,
    TLSError,
    RetriesExhausted,
    IncompleteResponse,
    TruncatedResponse,
    MalformedResponse,
    MissingResult,
    EmptyContent,
    ErrorInResult,
    PartialResult,
    InstanceHibernating,
    LoginPage,
    InvalidUsage,
)
ATTEMPTS = (1, 3, 4, 9)
REMAINING = (0.0, 0.1, 3.0, float("inf"))
TOLD = (None, 0.0, 2.0, 90.0)
POLICY = Retry(attempts=4, base=0.5, cap=20.0)

HEALED_BY_ANOTHER_TRY = (408, 429, 500, 502, 503, 504, 202)
DAMAGED = (
    TransportError,
    ReadTimeout,
    ConnectTimeout,
    ProxyError,
    IncompleteResponse,
    TruncatedResponse,
    EmptyContent,
    ErrorInResult,
    PartialResult,
    InstanceHibernating,
)


def expected_kind(operation: str, phase: Phase, status: int | None, cause: Any) -> str:
    """What the table of the manual says, spelled out anew."""
    if cause in (TLSError, InvalidUsage):
        return "stop"
    if cause is RetriesExhausted:
        return "stop" if operation in READS else "verify"
    if phase == "not_sent" or status == 429:
        return "wait"
    is_doubtful = phase == "maybe_sent" or status in HEALED_BY_ANOTHER_TRY or cause in DAMAGED
    if not is_doubtful:
        return "stop"
    return "wait" if operation in READS else "verify"


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("phase", PHASES)
def test_decide__every_combination(operation: str, phase: Phase) -> None:
    for status, cause, attempt, remaining, told in itertools.product(STATUSES, CAUSES, ATTEMPTS, REMAINING, TOLD):
        known: dict[str, Any] = {"status": status, "cause": cause, "retry_after": told}
        decision = POLICY.decide(
            operation=operation, phase=phase, attempt=attempt, remaining=remaining, roll=1.0, **known
        )
        kind = expected_kind(operation, phase, status, cause)
        wait = told if told is not None else min(20.0, 0.5 * 2 ** (attempt - 1))
        wanted: object = {"stop": Stop("final"), "verify": Verify()}.get(kind)
        if wanted is None and attempt >= 4:
            wanted = Stop("attempts", told)
        elif wanted is None:
            wanted = Wait(wait) if wait < remaining else Stop("deadline", wait)
        assert decision == wanted, (operation, phase, known, attempt, remaining)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("status", STATUSES)
def test_decide__without_a_policy_nothing_is_repeated(operation: str, phase: Phase, status: int | None) -> None:
    assert not isinstance(decide(None, operation=operation, phase=phase, status=status), Wait)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in READS])
@pytest.mark.parametrize("status", [status for status in STATUSES if status != 429])
def test_decide__a_change_that_may_have_been_made_is_never_repeated(operation: str, status: int | None) -> None:
    for phase, cause in itertools.product(("maybe_sent", "answered"), CAUSES):
        decision = POLICY.decide(operation=operation, phase=phase, status=status, cause=cause)  # type: ignore[arg-type]  # a product forgets
        assert not isinstance(decision, Wait)


# -- waits -------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 2000), st.floats(0, 1), st.floats(0, 60), st.floats(0, 60))
def test_backoff__is_within_its_bounds(failures: int, roll: float, base: float, cap: float) -> None:
    assert 0 <= Retry(base=base, cap=cap).backoff(failures, roll) <= min(cap, base * 2.0 ** min(failures - 1, 63))


@pytest.mark.parametrize(("failures", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 20.0), (50, 20.0)])
def test_backoff__doubles_up_to_the_cap(failures: int, longest: float) -> None:
    assert Retry().backoff(failures, 1.0) == longest


def test_backoff__is_evenly_distributed() -> None:
    """Chi-square over ten bins: 27.9 is passed by 1 in 1000 even distributions, and the dice are loaded the same."""
    dice, policy = random.Random(7), Retry(base=1, cap=1)
    bins = [0] * 10
    for _ in range(10_000):
        bins[min(9, int(10 * policy.backoff(1, dice.random())))] += 1
    assert sum((count - 1000) ** 2 / 1000 for count in bins) < 27.9


def test_backoff__without_jitter_is_the_longest() -> None:
    assert Retry(jitter="none").backoff(2, 0.0) == 1.0


@pytest.mark.parametrize(
    "arguments",
    [
        {"attempts": 0},
        {"attempts": 1.5},
        {"attempts": True},
        {"base": -1},
        {"base": "1"},
        {"cap": float("nan")},
        {"cap": True},
        {"jitter": "some"},
        {"transaction_seconds": -1},
        {"budget_tokens": -1},
    ],
)
def test_retry__refuses_what_makes_no_sense(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage, match=f"Retry\\({next(iter(arguments))}="):
        Retry(**arguments)


# -- what an instance asks for -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("9" * 1000, None),
        ("Thu, 99 Jan 1970 00:00:00 GMT", None),
        ("٧", None),
    ],
)
def test_parse_retry_after__takes_what_makes_sense(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, lambda: 10.0) == seconds


@given(st.text())
def test_parse_retry_after__takes_any_text(value: str) -> None:
    seconds = parse_retry_after(value, lambda: 10.0)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("retry_after", "reset", "seconds"),
    [
        ("7", None, 7.0),
        ("7", "1000", 7.0),
        (None, "1030", 30.0),
        ("soon", "1030", 30.0),
        (None, "999", None),
        (None, "99999999", None),
        (None, "soon", None),
        (None, None, None),
        ("999999999", None, LONGEST_WAIT_SECONDS),
    ],
)
def test_wait_told__is_what_the_headers_say(retry_after: str | None, reset: str | None, seconds: float | None) -> None:
    assert wait_told(retry_after, reset, lambda: 1000.0) == seconds


@given(st.none() | st.text(), st.none() | st.text())
def test_wait_told__takes_any_text(retry_after: str | None, reset: str | None) -> None:
    seconds = wait_told(retry_after, reset, lambda: 1000.0)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT_SECONDS


# -- what another try may heal -----------------------------------------------------------------------------------------


def _of(kind: type[exceptions.HTTPStatusError], status: int) -> exceptions.HTTPStatusError:
    return kind({"message": "x"}, status=status)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransportError("x"), True),
        (ReadTimeout("x"), True),
        (ProxyError("x"), True),
        (IncompleteResponse("x"), True),
        (TruncatedResponse("x"), True),
        (PartialResult("x"), True),
        (ErrorInResult("x"), True),
        (EmptyContent("x"), True),
        (InstanceHibernating("x"), True),
        (_of(RateLimited, 429), True),
        (_of(ServerError, 500), True),
        (_of(ServerError, 503), True),
        (_of(ServerError, 501), False),
        (_of(PermissionDenied, 403), False),
        (TLSError("x"), False),
        (RetriesExhausted("x"), False),
        (DeadlineExceeded("x"), False),
        (AmbiguousWrite("x"), False),
        (MissingResult("x"), False),
        (MalformedResponse("x"), False),
        (LoginPage("x"), False),
        (HTMLResponse("x"), False),
        (InvalidUsage("x"), False),
        (ValueError("x"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_is_transient__by_what_was_raised(error: Exception, expected: bool) -> None:
    assert is_transient(error) is expected


# -- the budget --------------------------------------------------------------------------------------------------------


def _taken(budget: RetryBudget, causes: Iterable[type[BaseException] | None]) -> list[int]:
    return [budget.take(cause) for cause in causes]


def test_budget__a_repetition_costs_five_and_a_time_out_ten() -> None:
    assert _taken(RetryBudget(), [None, TransportError, ConnectTimeout, ReadTimeout, DeadlineExceeded]) == [
        5,
        5,
        5,
        10,
        10,
    ]


def test_budget__is_empty_after_a_hundred() -> None:
    budget = RetryBudget(500)
    assert (sum(_taken(budget, [None] * 100)), budget.take()) == (500, 0)


def test_budget__too_little_is_left_alone() -> None:
    budget = RetryBudget(9)
    assert (budget.take(ReadTimeout), budget.tokens) == (0, 9)


def test_budget__success_gives_back_what_was_taken() -> None:
    budget = RetryBudget(20)
    budget.succeeded(sum(_taken(budget, [None, None])))
    assert budget.tokens == 20


def test_budget__success_of_others_brings_one() -> None:
    budget = RetryBudget(20)
    budget.take()
    budget.succeeded(0)
    assert budget.tokens == 16


def test_budget__is_never_more_than_full() -> None:
    budget = RetryBudget(20)
    budget.succeeded(15)
    assert budget.tokens == 20


def test_budget__threads_take_no_more_than_there_is() -> None:
    budget, taken = RetryBudget(500), list[int]()
    threads = [threading.Thread(target=lambda: taken.extend(_taken(budget, [None] * 40))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(taken), budget.tokens) == (500, 0)
