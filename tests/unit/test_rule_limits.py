"""What the instance's own rules have no room for is not sent: as far as they said, and no further."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from pysnow.wire.clockwork import Clockwork
from pysnow.wire.deadline import Deadline
from pysnow.wire.exchange import Request
from pysnow.wire.rule_limits import RuleLimits

HOUR_ENDS = 1_001_800
LIST = Request("GET", "/api/now/table/incident", "read", "incident")
RECORD = Request("GET", "/api/now/table/incident/46d44a23a9fe19810012d100cca80666", "read", "incident")
OTHER_TABLE = Request("GET", "/api/now/v2/table/problem", "read", "problem")
WRITE = Request("POST", "/api/now/table/incident", "create", "incident")
OTHER_API = Request("GET", "/api/now/stats/incident", "read", "incident")


class Time:
    """A clock that only moves when somebody sleeps, 1,800 seconds before the end of an hour."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def works(self) -> Clockwork:
        return Clockwork(clock=lambda: self.now, sleep=self.sleep, wall=lambda: 1_000_000 + self.now)

    def deadline(self, seconds: float | None = 120) -> Deadline:
        return Deadline(seconds, lambda: self.now)


@pytest.fixture
def passing() -> Time:
    return Time()


@pytest.fixture
def limits(passing: Time) -> RuleLimits:
    return RuleLimits(passing.works())


def _answer(status: int = 200, limit: object = 2, reset: object = HOUR_ENDS, **more: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    told = {"X-RateLimit-Limit": limit, "X-RateLimit-Reset": reset, **more}
    response.headers = CaseInsensitiveDict({name: str(value) for name, value in told.items() if value is not None})
    return response


def _answer_without() -> requests.Response:
    return _answer(limit=None, reset=None)


def test_enter__as_long_as_nothing_is_known(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer_without())
    assert limits.enter(LIST, passing.deadline()) is None


def test_enter__as_long_as_there_is_room(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer())
    assert (limits.enter(LIST, passing.deadline()), passing.now) == (None, 0)


def test_enter__refuses_when_the_hour_is_used_up(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer())
    limits.note(LIST, _answer())
    assert limits.enter(LIST, passing.deadline()) == 1800


def test_enter__refuses_when_the_instance_counts_none_left(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer(**{"X-RateLimit-Remaining": 0}))
    assert limits.enter(LIST, passing.deadline()) == 1800


def test_enter__believes_the_instance_that_some_are_left(limits: RuleLimits, passing: Time) -> None:
    for _ in range(3):
        limits.note(LIST, _answer(**{"X-RateLimit-Remaining": 1}))
    assert limits.enter(LIST, passing.deadline()) is None


@pytest.mark.parametrize("seconds", [1801, None], ids=["long-enough", "no-end"])
def test_enter__waits_if_the_deadline_allows(limits: RuleLimits, passing: Time, seconds: float | None) -> None:
    limits.note(LIST, _answer(limit=1))
    assert (limits.enter(LIST, passing.deadline(seconds)), passing.now) == (None, 1800)


def test_enter__a_new_hour_counts_anew(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer())
    limits.note(LIST, _answer(reset=HOUR_ENDS + 3600))
    assert limits.enter(LIST, passing.deadline()) is None


def test_enter__the_next_hour_is_free(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer(limit=1))
    passing.now = 1800
    assert (limits.enter(LIST, passing.deadline()), passing.now) == (None, 1800)


@pytest.mark.parametrize("request_", [WRITE, OTHER_API, RECORD], ids=["write", "other-api", "record"])
def test_enter__what_the_rule_does_not_concern_is_sent(limits: RuleLimits, passing: Time, request_: Request) -> None:
    limits.note(LIST, _answer(limit=1))
    assert limits.enter(request_, passing.deadline()) is None


def test_enter__tables_are_one_api(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer(limit=1))
    assert limits.enter(OTHER_TABLE, passing.deadline()) == 1800


def test_enter__what_one_rule_concerns_counts_together(limits: RuleLimits, passing: Time) -> None:
    for request in (LIST, RECORD):
        limits.note(request, _answer(**{"X-RateLimit-Rule": "a"}))
    assert (limits.enter(LIST, passing.deadline()), limits.enter(RECORD, passing.deadline())) == (1800, 1800)


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"Retry-After": "3600"}, 3600),
        ({"X-RateLimit-Reset": str(HOUR_ENDS)}, 1800),
        ({"Retry-After": "60"}, None),
        ({}, None),
    ],
    ids=["long", "reset", "short", "none"],
)
def test_enter__after_a_429(limits: RuleLimits, passing: Time, headers: dict[str, str], left: float | None) -> None:
    """Short ones hold back all that a client sends, which is another's to do."""
    response = _answer(429, None, None)
    response.headers.update(headers)
    limits.note(LIST, response)
    assert limits.enter(LIST, passing.deadline()) == left


def test_enter__one_in_two_minutes_finds_out(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer(429, None, None, **{"Retry-After": 3600}))
    passing.now = 120
    left = [limits.enter(LIST, passing.deadline()) for _ in range(2)]
    assert left == [None, 3480]


@pytest.mark.parametrize("answer", [_answer(limit=500), _answer_without()], ids=["raised", "gone"])
def test_note__a_rule_that_was_changed_stops_nothing(
    limits: RuleLimits, passing: Time, answer: requests.Response
) -> None:
    limits.note(LIST, _answer(limit=1))
    limits.note(LIST, answer)
    assert limits.enter(LIST, passing.deadline()) is None


@pytest.mark.parametrize(
    ("limit", "reset"),
    [("x", HOUR_ENDS), ("-1", HOUR_ENDS), (1, None), (1, "x"), (1, 1), (1, 9_999_999_999), ("9" * 400, HOUR_ENDS)],
)
def test_note__nonsense_stops_nothing(limits: RuleLimits, passing: Time, limit: object, reset: object) -> None:
    limits.note(LIST, _answer(limit=limit, reset=reset))
    assert limits.enter(LIST, passing.deadline()) is None


def test_exchange_clockwork__forgets(limits: RuleLimits, passing: Time) -> None:
    limits.note(LIST, _answer(limit=1))
    limits.exchange_clockwork(passing.works())
    assert limits.enter(LIST, passing.deadline()) is None
