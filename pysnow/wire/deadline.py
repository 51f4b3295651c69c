"""How long one call may take, all attempts and waits together.

Invariants:

* Time is that of a monotonic clock: setting the computer's clock changes nothing.
* While the caller works on what was handed out, the deadline stands still.
* A file may take as much longer as it is large: the time in which its bytes move does not count, unless they drip.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

__all__ = ["NEVER", "Deadline"]


class Deadline:
    """The end of a call. Belongs to the thread that makes the call.

    Args:
        seconds: Seconds from now; None for no end.
        clock: Gives seconds that never run backwards.
        bytes_per_second: Least speed of a file, see :meth:`moved`; 0 when there is none.
    """

    __slots__ = ("_bytes_per_second", "_clock", "_end", "_paused_at", "_started", "seconds")

    def __init__(
        self, seconds: float | None, clock: Callable[[], float] = time.monotonic, *, bytes_per_second: int = 0
    ) -> None:
        self.seconds = seconds
        self._clock = clock
        self._started = clock()
        self._end = math.inf if seconds is None else self._started + seconds
        self._paused_at: float | None = None
        self._bytes_per_second = bytes_per_second

    @property
    def remaining(self) -> float:
        """Seconds that are left: infinite without an end, 0 or less when it has passed."""
        return self._end - (self._clock() if self._paused_at is None else self._paused_at)

    @property
    def elapsed(self) -> float:
        """Seconds since the call began, pauses included."""
        return self._clock() - self._started

    @property
    def is_paused(self) -> bool:
        """Whether it stands still."""
        return self._paused_at is not None

    def allows(self, seconds: float) -> bool:
        """Whether so many seconds can be waited, and something be done after that."""
        return seconds < self.remaining

    def pause(self) -> None:
        """Stand still until :meth:`resume`; pausing twice is pausing once."""
        if self._paused_at is None:
            self._paused_at = self._clock()

    def resume(self) -> None:
        """Go on; without a pause, do nothing."""
        if self._paused_at is not None:
            self._end += self._clock() - self._paused_at
            self._paused_at = None

    def moved(self, size: int, seconds: float) -> None:
        """Take note that so many bytes of a file took so long: that time does not count, as far as it was needed.

        Args:
            size: Bytes.
            seconds: How long they were waited for.
        """
        if self._bytes_per_second:
            self._end += min(seconds, size / self._bytes_per_second)

    def serve(self, connection: object) -> None:
        """Take note of a connection that works for the call; an end that can be brought forward cuts it off.

        Args:
            connection: The connection.
        """

    def dismiss(self, connection: object) -> None:
        """Take note that it has done its work, and is for others now.

        Args:
            connection: The connection.
        """

    def __repr__(self) -> str:
        return f"<Deadline of {self.seconds} seconds, {self.remaining:.3f} left>"


class _Never(Deadline):
    """The deadline of what has none, shared by all."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None)

    def pause(self) -> None:
        """Do nothing."""

    def resume(self) -> None:
        """Do nothing."""


NEVER = _Never()
"""No deadline."""
