"""Waiting that takes no time: while a local instance answers, a client's waits are skipped, and its clock goes ahead.

Nothing else about the client changes: it makes the same attempts in the same order, and a wait that does not fit into a
deadline is still not begun. Each thread skips its own waits, so that none runs out of time by those of the others.
"""

from __future__ import annotations

import threading
import time
from weakref import WeakKeyDictionary

from pysnow.wire.clockwork import CLOCKWORK, Clockwork
from pysnow.wire.transport import Transport

__all__ = ["TimeLapse"]


class TimeLapse:
    """Takes the waits out of transports. Threads may share it."""

    def __init__(self) -> None:
        self._thread = threading.local()
        self._taken: WeakKeyDictionary[Transport, Clockwork] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._clockwork = Clockwork(clock=self._clock, sleep=self._skip, wall=self._wall)

    def take(self, transport: Transport) -> None:
        """Let a transport skip its waits; one to which a test has given a clock of its own keeps that."""
        with self._lock:
            if transport.clockwork is CLOCKWORK:
                self._taken[transport] = transport.clockwork
                transport.exchange_clockwork(self._clockwork)

    def give_back(self, transport: Transport) -> None:
        """Let a transport wait again, if it did."""
        with self._lock:
            own = self._taken.pop(transport, None)
            if own is not None:
                transport.exchange_clockwork(own)

    def give_all_back(self) -> None:
        """Let all transports wait again."""
        for transport in list(self._taken):
            self.give_back(transport)

    @property
    def _skipped(self) -> float:
        """Seconds that this thread has not waited."""
        seconds: float = getattr(self._thread, "seconds", 0.0)
        return seconds

    def _clock(self) -> float:
        return time.monotonic() + self._skipped

    def _wall(self) -> float:
        return time.time() + self._skipped

    def _skip(self, seconds: float) -> None:
        self._thread.seconds = self._skipped + max(0.0, seconds)
        time.sleep(0)  # others may be waiting for their turn
