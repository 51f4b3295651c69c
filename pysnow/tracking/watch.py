"""What ``Table.watch`` gives: changes as they happen, found out by looking again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from pysnow.exceptions import InvalidUsage, PysnowException, RequestTimeout, RetriesExhausted
from pysnow.wire.clockwork import CLOCKWORK, Clockwork
from pysnow.wire.retry import is_transient

if TYPE_CHECKING:
    from types import TracebackType

    from pysnow.tracking.change import Change, ChangesReport
    from pysnow.tracking.changes import OpenReading

__all__ = ["Watch", "checked_interval", "pause_after"]

_LOG = logging.getLogger(__name__)

_DAY_SECONDS: Final = 86_400.0
_LONGEST_PAUSE_SECONDS: Final = 600.0
"""Longest pause after failures, unless the interval is longer, or the instance asks for more."""


def checked_interval(interval: object) -> float:
    """Give the seconds between two looks.

    Raises:
        InvalidUsage: It is no number above 0 and up to a day.
    """
    is_number = isinstance(interval, (int, float)) and not isinstance(interval, bool)
    if not is_number or not 0 < interval <= _DAY_SECONDS:  # type: ignore[operator]  # a number, as was just asked
        raise InvalidUsage(f"interval must be seconds above 0, up to a day; not {interval!r:.60}")
    return float(interval)  # type: ignore[arg-type]  # a number, as was just asked


def pause_after(failures: int, interval: float, retry_at: datetime | None, now: datetime) -> float:
    """Seconds to wait before the next look.

    Args:
        failures: Looks that have failed in succession.
        interval: Seconds between two looks when all is well.
        retry_at: When the instance wants to be asked again, if it said so.
        now: The time.
    """
    longest = max(interval, _LONGEST_PAUSE_SECONDS)
    pause = min(longest, interval * 2.0 ** min(failures, 63))
    if retry_at is not None:
        pause = max(pause, min((retry_at - now).total_seconds(), _DAY_SECONDS))
    return pause


def _may_heal(error: PysnowException) -> bool:
    # Those that others give up on for good: a watch has time.
    return is_transient(error) or isinstance(error, (RequestTimeout, RetriesExhausted))


class Watch(Iterator["Change"]):
    """Changes as they happen, without an end. It can be used in a ``with`` statement, which closes it.

    One thread iterates; any may close it.

    Args:
        reading: Reads the changes.
        interval: Seconds between two looks.
        clockwork: Time and waiting. Closing ends a wait of the real one.
    """

    def __init__(self, reading: OpenReading, interval: float, clockwork: Clockwork = CLOCKWORK) -> None:
        self._reading = reading
        self._interval = interval
        self._closed = threading.Event()
        self._wall = clockwork.wall
        self._sleep = self._closed.wait if clockwork is CLOCKWORK else clockwork.sleep
        self._run: Iterator[Change] | None = reading.run()
        self._failures = 0

    def __iter__(self) -> Self:
        """Give the watch itself."""
        return self

    def __repr__(self) -> str:
        state = "closed" if self._closed.is_set() else f"every {self._interval:g} s"
        return f"<Watch {self._reading!r} by the last look, {state}>"

    def __next__(self) -> Change:
        """Give the next change, and wait for it as long as there is none.

        Raises:
            StopIteration: The watch was closed.
            PysnowException: Something went wrong that waiting does not heal. Asking once more looks once more.
        """
        while not self._closed.is_set():
            try:
                if self._run is None:
                    self._run = self._reading.run()
                for change in self._run:
                    return change
                self._failures = 0
                self._pause(None)
            except PysnowException as error:
                self._run = None
                if not _may_heal(error):
                    raise
                self._failures += 1
                self._pause(error)
        raise StopIteration

    @property
    def checkpoint(self) -> str:
        """Where the watch stands, behind the change that came last: keep it, and pass it to the next watch."""
        return self._reading.checkpoint

    @property
    def report(self) -> ChangesReport:
        """How the last look went."""
        return self._reading.reader.report

    def close(self) -> None:
        """End the watch; who waits for a change gets none. ``checkpoint`` stays."""
        self._closed.set()

    def __enter__(self) -> Self:
        """Give the watch itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _pause(self, error: PysnowException | None) -> None:
        self._run = None
        now = datetime.fromtimestamp(self._wall(), UTC)
        seconds = pause_after(self._failures, self._interval, error.retry_at if error is not None else None, now)
        if error is not None:
            _LOG.warning("Looked %s times in vain (%s), next in %.0f s", self._failures, type(error).__name__, seconds)
        self._sleep(seconds)
