"""How many workers an instance bears: half of them when it refuses, one more for each minute in which it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

__all__ = ["Throttle"]

CLEAN_SECONDS: Final = 60.0
"""Time without a refusal after which one worker more may read: its counters are kept by the minute at least."""

_SAME_REFUSAL_SECONDS: Final = 1.0
"""Refusals within this time are of one and the same crowd, and count once."""


class Throttle:
    """Number of workers that may ask at a time. Not for several threads: its owner holds a lock.

    Args:
        workers: Most of them.
        clock: Gives seconds that never run backwards.
    """

    def __init__(self, workers: int, clock: Callable[[], float]) -> None:
        self._most = workers
        self._allowed = workers
        self._clock = clock
        self._since = clock()
        self._refused_at: float | None = None

    @property
    def allowed(self) -> int:
        """Workers that may ask at this moment."""
        if self._allowed < self._most:
            minutes = int((self._clock() - self._since) // CLEAN_SECONDS)
            if minutes > 0:
                self._allowed = min(self._most, self._allowed + minutes)
                self._since += minutes * CLEAN_SECONDS
        return self._allowed

    def refuse(self) -> None:
        """Note that the instance refused because there is too much to do."""
        now = self._clock()
        self._since = now
        if self._refused_at is None or now - self._refused_at >= _SAME_REFUSAL_SECONDS:
            self._allowed = max(1, self.allowed // 2)
            self._refused_at = now
