"""Threads that fetch pages before these are asked for. They move bytes; the caller's thread decodes.

Invariants:

* There is no thread before there is something to fetch, and never more of them than were allowed.
* Each thread has a session, and with it a cookie jar, of its own: an instance handles one request at a time for each.
* A page that no thread has begun to fetch is left to whoever waits for it.
* When they are closed, what they wait for is cut off, and nothing is begun any more.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from pysnow.fork import renew_after_fork
from pysnow.wire.interrupt import Interrupt

if TYPE_CHECKING:
    from pysnow.walking.page_pull import Arrived, Source
    from pysnow.walking.pagination import Ask
    from pysnow.walking.throttle import Throttle

__all__ = ["Fetchers", "Flight"]

_GLANCE_SECONDS: Final = 0.5
"""Longest wait at a stretch: on Windows a wait without end does not heed Ctrl-C."""


_START_SECONDS: Final = 0.01
"""Longest wait for a thread to begin: left to chance, it gets its turn 5 ms after the caller has begun to decode."""


class Flight:
    """A page that is fetched ahead.

    Args:
        ask: What is fetched.
        gain: Rows that it is to bring.

    Attributes:
        ask: As given.
        gain: As given.
    """

    def __init__(self, ask: Ask, gain: int) -> None:
        self.ask = ask
        self.gain = gain
        self._page: Arrived | None = None
        self._error: BaseException | None = None
        self._is_over = False


class Fetchers:
    """A few threads, and the pages that they fetch.

    Args:
        source: Where pages come from.
        workers: Most threads.
        throttle: Is told when the instance refuses.
        decodes: Whether they decode the pages, too; by default only where threads of Python run side by side.
    """

    def __init__(self, source: Source, workers: int, throttle: Throttle, *, decodes: bool | None = None) -> None:
        self._shared = source
        self._workers = workers
        self._throttle = throttle
        self._decodes = not _has_gil() if decodes is None else decodes
        self._part()
        renew_after_fork(self)

    @property
    def allowed(self) -> int:
        """Pages that may be under way at this moment."""
        with self._changed:
            return self._throttle.allowed

    def begin(self, ask: Ask, gain: int) -> Flight:
        """Have a page fetched.

        Args:
            ask: What to fetch.
            gain: Rows that it is to bring.
        """
        flight = Flight(ask, gain)
        with self._changed:
            self._waiting.append(flight)
            if self._idle < len(self._waiting) and len(self._threads) < self._workers and not self._interrupt.is_set:
                thread = threading.Thread(target=self._work, name="pysnow-walk", daemon=True)
                thread.start()
                self._threads.append(thread)
            self._changed.notify_all()
        return flight

    def let_begin(self) -> None:
        """Let the threads that are free begin with what there is to fetch."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._waiting or len(self._begun) >= len(self._threads), timeout=_START_SECONDS
            )

    def wait(self, flight: Flight) -> Arrived | None:
        """Give a page as soon as it is there; None when no thread has begun with it, and none will.

        Args:
            flight: The page.

        Raises:
            BaseException: What kept the thread from fetching it.
        """
        with self._changed:
            while not flight._is_over:
                if flight not in self._begun:
                    self.drop(flight)
                    return None
                self._changed.wait(_GLANCE_SECONDS)
        if flight._error is not None:
            raise flight._error
        return flight._page

    def drop(self, flight: Flight) -> None:
        """Forget a page; where it is under way already, it is not handed out.

        Args:
            flight: The page.
        """
        with self._changed:
            if flight in self._waiting:
                self._waiting.remove(flight)

    def refuse(self) -> None:
        """Note that the instance has too much to do."""
        with self._changed:
            self._throttle.refuse()

    def close(self) -> None:
        """Stop the threads, within a second."""
        self._interrupt.set()
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()
        self._interrupt.join(self._threads)

    def part_from_parent(self) -> None:
        """After a fork: there are no threads; what they were to fetch is left to whoever waits for it."""
        self._part()

    def _part(self) -> None:
        self._interrupt = Interrupt()
        self._source = self._shared.interruptible(self._interrupt)
        self._begun: set[Flight] = set()
        self._changed = threading.Condition(threading.RLock())
        self._waiting: deque[Flight] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0

    def _work(self) -> None:
        # What a page leads to, an error and through its traceback the whole walk, must not hang on an idle thread.
        while self._fetch_next():
            pass

    def _fetch_next(self) -> bool:
        flight = self._next()
        if flight is None:
            return False
        page, error = None, None
        try:
            page = self._source.move(flight.ask, self._source.deadline())
            if self._decodes:
                page.page()
        except BaseException as exc:  # whoever waits for the page gets to see it, whatever it is
            error = exc
        with self._changed:
            if page is not None and page.is_refused:
                self._throttle.refuse()
            flight._page, flight._error, flight._is_over = page, error, True
            self._begun.discard(flight)
            self._changed.notify_all()
        return True

    def _next(self) -> Flight | None:
        with self._changed:
            self._idle += 1
            while not self._waiting and not self._interrupt.is_set:
                self._changed.wait()
            self._idle -= 1
            if self._interrupt.is_set:
                return None
            flight = self._waiting.popleft()
            self._begun.add(flight)
            self._changed.notify_all()
            return flight


def _has_gil() -> bool:
    tell = getattr(sys, "_is_gil_enabled", None)
    return tell is None or bool(tell())
