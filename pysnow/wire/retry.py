"""Whether a request is sent again, and after how long: the policy, its decisions, and the budget of a client.

Decisions are pure: what is known about an attempt goes in, a verdict comes out. Not the HTTP method decides but how far
the request got, because a lost answer to a change does not tell whether the change was made:

============================================  ==============  ================================================
evidence                                      reads           changes
============================================  ==============  ================================================
certificate not trusted                       stop            stop
not sent (refused, no such host, no proxy)    repeat          repeat
answered 429                                  repeat          repeat: the instance has not begun
sent, and the answer lost or damaged          repeat          verify: look whether the change was made
answered 202 without content, 408, 5xx        repeat          verify
answered anything else                        stop            stop
============================================  ==============  ================================================

A wait that does not fit into what is left of the deadline is not begun.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from pysnow.exceptions import (
    AmbiguousWrite,
    ConnectTimeout,
    DeadlineExceeded,
    EmptyContent,
    ErrorInResult,
    HTTPStatusError,
    InstanceHibernating,
    InvalidUsage,
    PartialResult,
    RequestTimeout,
    RetriesExhausted,
    TLSError,
    TransportError,
    TruncatedResponse,
    UnexpectedRedirect,
)
from pysnow.wire.retry_counts import StatusCounts, alike, checked_number, checked_status_counts, staggered_wait

if TYPE_CHECKING:
    from pysnow.exceptions import Attempt, Phase

__all__ = [
    "Decision",
    "Retry",
    "RetryBudget",
    "Stop",
    "Verify",
    "Wait",
    "decide",
    "is_transient",
    "parse_retry_after",
    "wait_told",
]

READS: Final = frozenset({"read", "download", "token"})
"""Operations that may be repeated at will. A token is asked for anew without harm; who asks knows what follows."""

TRANSIENT_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that another try may heal."""

LONGEST_WAIT_SECONDS: Final = 86_400.0
"""Most seconds that an instance's own wish to wait counts for: a day; its rules count by the hour."""

_SECONDS_MAX: Final = 3600.0
_FACTOR_MAX: Final = 100.0
_STAGGER_MAX: Final = 10.0

Reason: TypeAlias = Literal["final", "attempts", "deadline", "off"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Send again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Verify:
    """Do not send again before it is known whether the change was made."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Do not send again.

    Attributes:
        reason: ``final``: it would be the same again. ``attempts``: there were enough. ``deadline``: the wait does not
            fit. ``off``: nothing is repeated here.
        wait: Seconds after which another try may succeed, where that is known.
    """

    reason: Reason
    wait: float | None = None


Decision: TypeAlias = Wait | Verify | Stop


@dataclass(frozen=True, slots=True)
class Retry:
    """When requests are repeated, and after how long. Pass it to :class:`~pysnow.Client`; ``retry=None`` repeats none.

    Before the n-th repetition a time between 0 and ``min(cap, base * factor ** (n - 1))`` is waited, evenly
    distributed, so that many clients do not come back at the same moment. What the instance asks for (``Retry-After``)
    goes before.

    Attributes:
        attempts: Most times that a request is sent, the first one included. What ``per_status`` and
            ``network_attempts`` count does not count here.
        base: Seconds that the first wait may take at the most.
        cap: Seconds that any wait may take at the most.
        jitter: ``"full"`` as described; ``"none"`` always waits the longest time.
        transaction_seconds: Seconds that a request may go on working on the instance after its answer was lost; the
            platform ends transactions of its REST API after 60 (KB1297438).
        budget_tokens: What all calls of a client may spend on repeating together: 5 for each repetition, 10 after a
            time-out. A call that succeeds gives back what it took, others bring 1. When it is empty nothing is
            repeated, so that an outage is not made worse.
        per_status: Times to repeat after a status, such as ``{503: 6, 429: -1}``, each counted by itself; 0 for never,
            -1 for as often as deadline and budget allow. For 408, 429, 500, 502, 503 and 504; kept as pairs. Changes
            are repeated after 429 alone, whatever it says.
        network_attempts: Most times that a request is sent to which no answer comes, counted by itself; None to count
            them among ``attempts``.
        factor: How much longer each wait may be than the one before.
        stagger: Share by which each wait grows beyond that at random, where ``jitter`` is ``"none"``.

    Raises:
        InvalidUsage: A number makes no sense.
    """

    attempts: int = 4
    base: float = 0.5
    cap: float = 20.0
    jitter: Literal["full", "none"] = "full"
    transaction_seconds: float = 60.0
    budget_tokens: int = 500
    per_status: StatusCounts = ()
    network_attempts: int | None = None
    factor: float = 2.0
    stagger: float = 0.0

    @classmethod
    def cooldown(
        cls,
        *,
        sleep_timer: float = 1.5,
        sleep_timer_base: float = 2.0,
        stagger_cooldown: float = 0.0,
        max_http_attempts: int = 10,
        max_network_attempts: int = 3,
        cap: float | None = None,
        per_status: StatusCounts = (),
    ) -> Self:
        """Make a policy in the words of other clients: each wait is a multiple of the one before.

        The first wait is ``sleep_timer * sleep_timer_base``; each is ``sleep_timer_base * (1 + stagger_cooldown * r)``
        times as long as the one before, ``r`` being a random number from 0 to 1. What the instance asks for goes
        before, and no wait goes beyond the deadline of the call.

        Args:
            sleep_timer: Seconds to begin with.
            sleep_timer_base: How waits grow.
            stagger_cooldown: Share by which they grow beyond that at random.
            max_http_attempts: Most times that a request is sent, the first one included.
            max_network_attempts: The same for those to which no answer comes.
            cap: Seconds that any wait may take at the most; None for a day, or the deadline.
            per_status: As for the class.

        Raises:
            InvalidUsage: A number makes no sense.
        """
        checked_number("Retry.cooldown(sleep_timer=)", sleep_timer, _SECONDS_MAX)
        checked_number("Retry.cooldown(sleep_timer_base=)", sleep_timer_base, _FACTOR_MAX)
        first = sleep_timer * sleep_timer_base
        checked_number("The first wait of Retry.cooldown(), sleep_timer * sleep_timer_base,", first, _SECONDS_MAX)
        checked_number("Retry.cooldown(stagger_cooldown=)", stagger_cooldown, _STAGGER_MAX)
        for name, count in (("http", max_http_attempts), ("network", max_network_attempts)):
            _check_attempts(f"Retry.cooldown(max_{name}_attempts=)", count)
        return cls(
            attempts=max_http_attempts,
            base=first,
            cap=LONGEST_WAIT_SECONDS if cap is None else cap,
            jitter="none",
            per_status=per_status,
            network_attempts=max_network_attempts,
            factor=sleep_timer_base,
            stagger=stagger_cooldown,
        )

    def __post_init__(self) -> None:
        _check_attempts("Retry(attempts=)", self.attempts)
        if self.network_attempts is not None:
            _check_attempts("Retry(network_attempts=)", self.network_attempts)
        checked_number("Retry(base=)", self.base, _SECONDS_MAX)
        checked_number("Retry(cap=)", self.cap, LONGEST_WAIT_SECONDS)
        checked_number("Retry(transaction_seconds=)", self.transaction_seconds, _SECONDS_MAX)
        checked_number("Retry(factor=)", self.factor, _FACTOR_MAX)
        checked_number("Retry(stagger=)", self.stagger, _STAGGER_MAX)
        object.__setattr__(self, "per_status", checked_status_counts(self.per_status, TRANSIENT_STATUSES))
        if self.jitter not in ("full", "none"):
            raise InvalidUsage(f"Retry(jitter=) must be 'full' or 'none', not {self.jitter!r}")
        if type(self.budget_tokens) is not int or self.budget_tokens < 0:
            raise InvalidUsage(f"Retry(budget_tokens=) must be a whole number, 0 or more, not {self.budget_tokens!r}")

    def backoff(self, failures: int, roll: float, last: float | None = None) -> float:
        """Seconds to wait after so many failures.

        Args:
            failures: Attempts that have failed, 1 or more.
            roll: A number from 0 to 1.
            last: Seconds of the last wait, for waits that are staggered; None when that is not known.
        """
        if self.stagger and self.jitter == "none":
            start = self.base / self.factor if self.factor else 0.0
            last = start if failures == 1 else last
            return min(self.cap, staggered_wait(start, self.factor, self.stagger, failures, roll, last))
        # 63 steps are far above any cap, and above that a float may run over.
        longest = min(self.cap, self.base * float(self.factor) ** min(failures - 1, 63))
        return longest * roll if self.jitter == "full" else longest

    def is_spent(self, status: int | None, attempt: int, earlier: Sequence[Attempt] | None = None) -> bool:
        """Whether a request has been sent as often as failures of this kind allow.

        Args:
            status: HTTP status of the last failure; None when no answer came.
            attempt: Number of the attempt, from 1.
            earlier: The failures before it; when they are not known, all count as being of its kind.
        """
        counted = dict(self.per_status)
        parts_network = self.network_attempts is not None
        failures = alike(status, attempt, earlier, counted, parts_network=parts_network)
        if status in counted:
            return 0 <= counted[status] < failures
        if status is None and self.network_attempts is not None:
            return failures >= self.network_attempts
        return failures >= self.attempts

    def decide(
        self,
        *,
        operation: str,
        phase: Phase,
        status: int | None = None,
        cause: type[BaseException] | None = None,
        retry_after: float | None = None,
        attempt: int = 1,
        earlier: Sequence[Attempt] | None = None,
        remaining: float = float("inf"),
        roll: float = 1.0,
    ) -> Decision:
        """Tell what follows an attempt that brought no usable answer; see :func:`decide`."""
        return decide(
            self,
            operation=operation,
            phase=phase,
            status=status,
            cause=cause,
            retry_after=retry_after,
            attempt=attempt,
            earlier=earlier,
            remaining=remaining,
            roll=roll,
        )


def _check_attempts(name: str, count: object) -> None:
    if type(count) is not int or not 1 <= count <= 100:
        raise InvalidUsage(f"{name} must be a whole number from 1 to 100, not {count!r:.60}")


def decide(
    policy: Retry | None,
    *,
    operation: str,
    phase: Phase,
    status: int | None = None,
    cause: type[BaseException] | None = None,
    retry_after: float | None = None,
    attempt: int = 1,
    earlier: Sequence[Attempt] | None = None,
    remaining: float = float("inf"),
    roll: float = 1.0,
) -> Decision:
    """Tell what follows an attempt that brought no usable answer. Pure.

    Args:
        policy: The policy; None repeats nothing.
        operation: ``read``, ``download``, ``token``, or a change: ``create``, ``update``, ``delete``, ``upload`` ...
        phase: How far the request got.
        status: HTTP status, when it was answered.
        cause: What is wrong, when no status tells: the class of the error.
        retry_after: Seconds to wait that the instance asked for.
        attempt: Number of the attempt, from 1.
        earlier: The attempts before it, which also failed; None when they are not known.
        remaining: Seconds that are left of the deadline.
        roll: A number from 0 to 1.
    """
    verdict = _verdict(operation in READS, phase, status, cause)
    if verdict == "stop":
        return Stop("final")
    if verdict == "verify":
        return Verify()
    if policy is None:
        return Stop("off", retry_after)
    wait = policy.backoff(attempt, roll, earlier[-1].wait if earlier else None) if retry_after is None else retry_after
    if policy.is_spent(status, attempt, earlier):
        return Stop("attempts", retry_after)
    return Wait(wait) if wait < remaining else Stop("deadline", wait)


def _verdict(
    is_read: bool, phase: Phase, status: int | None, cause: type[BaseException] | None
) -> Literal["repeat", "verify", "stop"]:
    if cause is not None and issubclass(cause, (TLSError, InvalidUsage, UnexpectedRedirect)):
        return "stop"
    if cause is not None and issubclass(cause, RetriesExhausted):  # a session repeats by itself, and has had enough
        return "stop" if is_read else "verify"
    if phase == "not_sent" or status == 429:
        return "repeat"
    in_doubt = phase == "maybe_sent" or status in TRANSIENT_STATUSES or status == 202
    if cause is not None and phase == "answered":
        in_doubt = in_doubt or issubclass(cause, _TRANSIENT)
    if not in_doubt:
        return "stop"
    return "repeat" if is_read else "verify"


_TRANSIENT: Final = (
    TransportError,
    TruncatedResponse,
    PartialResult,
    ErrorInResult,
    EmptyContent,
    InstanceHibernating,
)
_LASTING: Final = (TLSError, RetriesExhausted, AmbiguousWrite, DeadlineExceeded, UnexpectedRedirect)


def is_transient(error: BaseException) -> bool:
    """Whether another try may heal what went wrong with a read: pure, and the same for all that reads.

    Args:
        error: What was raised.
    """
    if isinstance(error, _LASTING):
        return False
    if isinstance(error, HTTPStatusError):
        return error.status in TRANSIENT_STATUSES
    return isinstance(error, _TRANSIENT)


def parse_retry_after(value: str | None, wall: Callable[[], float] = time.time) -> float | None:
    """Seconds that a ``Retry-After`` header asks to wait; None when it says nothing that makes sense.

    Args:
        value: A number of seconds, or an HTTP date.
        wall: Seconds since 1970, to count a date from.
    """
    text = (value or "").strip()[:64]
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - wall())
    except (ValueError, TypeError, OverflowError):
        return None


def wait_told(retry_after: str | None, reset: str | None = None, wall: Callable[[], float] = time.time) -> float | None:
    """Seconds that an answer asks to wait, a day at the most; None when it says nothing that makes sense.

    Args:
        retry_after: ``Retry-After``: seconds, or an HTTP date.
        reset: ``X-RateLimit-Reset``: when the hour of the rule ends, in seconds since 1970.
        wall: Seconds since 1970.
    """
    told = parse_retry_after(retry_after, wall)
    if told is None and reset and re.fullmatch(r"[0-9]{1,12}", reset.strip(), re.ASCII):
        left = float(reset) - wall()
        # What has passed, or lies days ahead, is no end of this hour.
        told = left if 0 <= left <= LONGEST_WAIT_SECONDS else None
    return None if told is None else min(told, LONGEST_WAIT_SECONDS)


class RetryBudget:
    """What the calls of one client may spend on repeating together. Threads share it.

    Args:
        tokens: Tokens at the beginning, and at the most.
    """

    RETRY_COST: Final = 5
    TIMEOUT_COST: Final = 10

    def __init__(self, tokens: int = 500) -> None:
        self._most = tokens
        self.part_from_parent()

    def part_from_parent(self) -> None:
        """Be full, with a lock of one's own."""
        self._tokens = self._most
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        """Tokens that are left."""
        return self._tokens

    def take(self, cause: type[BaseException] | None = None) -> int:
        """Take what a repetition costs.

        Args:
            cause: Error that it follows.

        Returns:
            The tokens taken; 0 when there are not enough, and nothing must be repeated.
        """
        is_timeout = cause is not None and issubclass(cause, RequestTimeout) and not issubclass(cause, ConnectTimeout)
        cost = self.TIMEOUT_COST if is_timeout else self.RETRY_COST
        with self._lock:
            if self._tokens < cost:
                return 0
            self._tokens -= cost
            return cost

    def succeeded(self, taken: int) -> None:
        """Take note of a call that succeeded.

        Args:
            taken: Tokens that it took.
        """
        if self._tokens < self._most:
            with self._lock:
                self._tokens = min(self._most, self._tokens + (taken or 1))
