"""The instance's own rate limit rules (``sys_rate_limit_rules``): what they have no room for is not sent.

A rule counts the requests of an hour to one API and says on each answer, good ones too, how many it allows and when its
hour ends (Rate limit REST API documentation): ``X-RateLimit-Limit``, ``X-RateLimit-Reset``, ``X-RateLimit-Rule``.

Invariants:

* A rule stops only what it has shown that it concerns: requests of a method to an API, to lists or to records.
* What was allowed and is used up is waited for, if the hour ends before the call's deadline; else nothing is sent.
* While a rule stops requests for long, one is let through every two minutes: the rule may have been changed.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pysnow.wire.clockwork import CLOCKWORK, Clockwork
from pysnow.wire.rate_limit import LONGEST_HOLD_SECONDS
from pysnow.wire.retry import wait_told

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from pysnow.wire.deadline import Deadline
    from pysnow.wire.exchange import Request

__all__ = ["RuleLimits"]

_PROBE_SECONDS: Final = 120.0
_API_SEGMENTS: Final = 3
"""``/api/now/table``: what is behind that is a table, a record, or what an API has for a path."""

_VERSION: Final = re.compile(r"v\d+", re.ASCII)
_COUNT: Final = re.compile(r"\s*(\d{1,9})\s*", re.ASCII)


@dataclass(slots=True)
class _Rule:
    """What is known of one rule: the hour it counts, the answers in it, and until when it stops requests."""

    hour: str = ""
    answers: int = 0
    until: float = 0.0
    probe_at: float = 0.0


class RuleLimits:
    """What the instance's rules have room for, as far as one client can know. Threads share it.

    Args:
        clockwork: Time and waiting.
    """

    def __init__(self, clockwork: Clockwork = CLOCKWORK) -> None:
        self.exchange_clockwork(clockwork)

    def exchange_clockwork(self, clockwork: Clockwork) -> None:
        """Go by another clock, knowing of no rule.

        Args:
            clockwork: Time and waiting.
        """
        self._clockwork = clockwork
        self.part_from_parent()

    def part_from_parent(self) -> None:
        """Begin anew, with a lock of one's own."""
        self._lock = threading.Lock()
        self._rules: dict[str, _Rule] = {}
        self._rule_of: dict[str, str] = {}

    def enter(self, request: Request, deadline: Deadline) -> float | None:
        """Wait until a request may be sent.

        Args:
            request: The request.
            deadline: End of the call.

        Returns:
            None when it may be sent now; seconds after which it could be, when they do not fit into the deadline.
        """
        if not self._rules:
            return None
        wait = self._left(_scope(request))
        if not deadline.allows(wait):
            return wait or None
        if wait > 0:
            self._clockwork.sleep(wait)
        return None

    def note(self, request: Request, response: requests.Response) -> None:
        """Take note of what an answer says about the rule that the request is under.

        Args:
            request: The request.
            response: Its answer.
        """
        headers = response.headers
        most = _number(headers.get("X-RateLimit-Limit"))
        if most is None and response.status_code != 429 and not self._rules:
            return
        scope = _scope(request)
        with self._lock:
            if response.status_code == 429:
                self._refused(scope, headers)
            elif most is None:
                self._forget(scope)
            else:
                self._counted(scope, most, headers)

    def _refused(self, scope: str, headers: Mapping[str, str]) -> None:
        told = wait_told(headers.get("Retry-After"), headers.get("X-RateLimit-Reset"), self._clockwork.wall)
        # Up to that length all requests wait, see Limiter.hold().
        if told is not None and told > LONGEST_HOLD_SECONDS:
            self._stop(self._rule(scope, headers), told)

    def _counted(self, scope: str, most: int, headers: Mapping[str, str]) -> None:
        rule, hour = self._rule(scope, headers), headers.get("X-RateLimit-Reset", "")
        rule.answers = rule.answers + 1 if rule.hour == hour else 1
        rule.hour, rule.until = hour, 0.0
        left = _number(headers.get("X-RateLimit-Remaining"))
        told = wait_told(None, hour, self._clockwork.wall)
        if told and (rule.answers >= most if left is None else left == 0):
            self._stop(rule, told)

    def _stop(self, rule: _Rule, seconds: float) -> None:
        now = self._clockwork.clock()
        rule.until, rule.probe_at = now + seconds, now + _PROBE_SECONDS

    def _rule(self, scope: str, headers: Mapping[str, str]) -> _Rule:
        name = self._rule_of[scope] = headers.get("X-RateLimit-Rule") or scope
        return self._rules.setdefault(name, _Rule())

    def _forget(self, scope: str) -> None:
        self._rules.pop(self._rule_of.pop(scope, ""), None)

    def _left(self, scope: str) -> float:
        """Seconds until a request of this kind may be sent; 0 for one that finds out whether the rule still holds."""
        with self._lock:
            rule, now = self._rules.get(self._rule_of.get(scope, "")), self._clockwork.clock()
            if rule is None or rule.until <= now:
                return 0.0
            if rule.probe_at <= now:
                rule.probe_at = now + _PROBE_SECONDS
                return 0.0
            return rule.until - now


def _scope(request: Request) -> str:
    """What a rule may tell requests apart by: method, API, and whether a list or one of it is meant."""
    segments = [each for each in request.path.split("/") if each and not _VERSION.fullmatch(each)]
    return f"{request.method} {'/'.join(segments[:_API_SEGMENTS])} {len(segments)}"


def _number(text: str | None) -> int | None:
    found = _COUNT.fullmatch(text or "")
    return int(found[1]) if found else None
