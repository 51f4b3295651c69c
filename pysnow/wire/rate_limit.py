"""How fast, and with how many requests at a time, a client calls its instance.

Invariants:

* Every request has a moment of its own, reserved in the order of asking: what is sent in an hour is exactly what was
  set, and no thread is passed over.
* Only what can be sent before its deadline takes a moment; the rest is refused at once, and told when to come back.
* What the instance asks of one thread (429) all threads of the client heed.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import InvalidUsage
from pysnow.wire.clockwork import CLOCKWORK, Clockwork
from pysnow.wire.deadline import NEVER

if TYPE_CHECKING:
    from pysnow.wire.deadline import Deadline

__all__ = ["Limiter", "RateLimit"]

LONGEST_HOLD_SECONDS: Final = 120.0
"""Waits that an instance asks for are shared up to this length. A longer one is the rest of an hour, for which a rule
about one API has run out (``sys_rate_limit_rules``): it must not stop what the rule does not concern."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How fast a client may call. Pass it to :class:`~pysnow.Client`; its threads share it.

    Attributes:
        per_second: Requests a second on the average, such as ``5`` or ``0.5``; None for any number.
        burst: Requests that may go out at once after a quiet time.
        max_concurrency: Requests that may be on their way at the same moment; None for any number. A streamed answer
            counts until it begins.

    Raises:
        InvalidUsage: A number makes no sense.
    """

    per_second: float | None = None
    burst: int = 1
    max_concurrency: int | None = None

    def __post_init__(self) -> None:
        rate: Any = self.per_second
        if rate is not None and (isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 < rate < 1e6):
            raise InvalidUsage(f"RateLimit(per_second=) must be a number above 0, or None; not {rate!r}")
        if type(self.burst) is not int or self.burst < 1:
            raise InvalidUsage(f"RateLimit(burst=) must be a whole number, 1 or more, not {self.burst!r}")
        most: Any = self.max_concurrency
        if most is not None and (type(most) is not int or most < 1):
            raise InvalidUsage(f"RateLimit(max_concurrency=) must be a whole number, 1 or more, or None; not {most!r}")


class Limiter:
    """Lets the requests of one client through. Threads share it.

    Args:
        limit: How fast; None for as fast as the threads are, except while the instance asked to wait.
        clockwork: Time and waiting.
    """

    def __init__(self, limit: RateLimit | None = None, clockwork: Clockwork = CLOCKWORK) -> None:
        self._limit = limit or RateLimit()
        self._clockwork = clockwork
        self._interval = 1 / self._limit.per_second if self._limit.per_second else 0.0
        self.part_from_parent()

    def exchange_clockwork(self, clockwork: Clockwork) -> None:
        """Go by another clock, on which no moment is reserved yet.

        Args:
            clockwork: Time and waiting.
        """
        with self._lock:
            self._clockwork = clockwork
            self._next = self._held_until = 0.0

    def part_from_parent(self) -> None:
        """Begin anew, with locks of one's own."""
        self._lock = threading.Lock()
        self._next = 0.0
        self._held_until = 0.0
        self._running = 0
        self._waiting: deque[threading.Lock] = deque()

    def enter(self, deadline: Deadline = NEVER) -> float | None:
        """Wait until one more request may be sent. :meth:`leave` must follow when it has been answered.

        Args:
            deadline: End of the call.

        Returns:
            None when it may be sent now; seconds after which it could be, when they do not fit into the deadline.
        """
        if not self._take_place(deadline):
            return max(0.0, deadline.remaining)
        late = self._wait_for_moment(deadline)
        if late is not None:
            self.leave()
        return late

    def leave(self) -> None:
        """Take note that a request has been answered."""
        if self._limit.max_concurrency is None:
            return
        with self._lock:
            # Handed over, not given back: whoever waits longest is next, however quick the others are.
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._running -= 1

    def hold(self, seconds: float) -> None:
        """Let no request through for so many seconds, because the instance asked for it.

        Args:
            seconds: More than two minutes count for nothing: they concern one rule, not the whole instance.
        """
        if seconds <= LONGEST_HOLD_SECONDS:
            with self._lock:
                self._held_until = max(self._held_until, self._clockwork.clock() + seconds)

    def _wait_for_moment(self, deadline: Deadline) -> float | None:
        while self._interval or self._held_until:
            wait = self._reserved(deadline)
            if not deadline.allows(wait):
                return wait
            if wait > 0:
                self._clockwork.sleep(wait)
            if self._held_until <= self._clockwork.clock():
                break
        return None

    def _reserved(self, deadline: Deadline) -> float:
        """Seconds until the moment that was reserved; none was, when they are too many."""
        with self._lock:
            now = self._clockwork.clock()
            if self._held_until <= now:
                self._held_until = 0.0
            earliest = now - self._interval * (self._limit.burst - 1)
            moment = max(self._next, earliest, self._held_until)
            if deadline.allows(moment - now):
                self._next = moment + self._interval
            return max(0.0, moment - now)

    def _take_place(self, deadline: Deadline) -> bool:
        most = self._limit.max_concurrency
        if most is None:
            return True
        with self._lock:
            if self._running < most:
                self._running += 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        # A lock waits for two centuries at the most.
        if turn.acquire(timeout=min(max(0.0, deadline.remaining), threading.TIMEOUT_MAX)):
            return True
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # handed over at the last moment
