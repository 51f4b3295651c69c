"""Where a client's sending is looked at: told of each attempt by the transport, it counts, calls hooks and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pysnow.telemetry.debug_line import debug_line, write_line
from pysnow.telemetry.event import Event
from pysnow.telemetry.hooks import Hook, Hooks
from pysnow.telemetry.stats import CallStats
from pysnow.wire.raw_body import held_body
from pysnow.wire.received_rows import attach_counter

if TYPE_CHECKING:
    import requests

    from pysnow.exceptions import PysnowException
    from pysnow.wire.exchange import Request

__all__ = ["WatchPost"]

_DIGITS_MAX: Final = 10


class WatchPost:
    """Looks at what one client sends; see :class:`~pysnow.wire.observer.Observer`. Threads may share it.

    Args:
        debug: Whether each request is written as a line.
        write: Writes a line.

    Attributes:
        debug: As given; may be assigned.
        hooks: The program's own functions.
        stats: What was sent since the client was made.
    """

    def __init__(self, *, debug: bool = False, write: Callable[[str], object] = write_line) -> None:
        self.debug = debug
        self.hooks = Hooks()
        self.stats = CallStats()
        self._counters: tuple[CallStats, ...] = (self.stats,)
        self._write = write

    @contextmanager
    def measure(self) -> Iterator[CallStats]:
        """Count what is sent until the block ends, in all threads."""
        measured = CallStats()
        self._counters = (*self._counters, measured)
        try:
            yield measured
        finally:
            self._counters = tuple(counter for counter in self._counters if counter is not measured)

    def sending(self, request: Request, number: int) -> None:
        """An attempt begins."""
        if self.hooks.request:
            _call(self.hooks.request, _event(request, number))

    def answered(self, request: Request, number: int, response: requests.Response, seconds: float) -> None:
        """An answer came."""
        size = _size(response, is_read=not request.stream)
        for counter in self._counters:
            counter.count(request.method, request.path, number, response.status_code, seconds, size or 0)
        self._count_what_it_holds(request, response)
        if self.debug or self.hooks.response:
            event = _event(
                request,
                number,
                status=response.status_code,
                seconds=seconds,
                size=size,
                transaction_id=response.headers.get("X-Transaction-ID"),
                response=response,
            )
            self._tell(event, self.hooks.response)

    def count_rows_of(self, method: str, path: str, response: requests.Response) -> None:
        """The records of an answer count as they are parsed."""
        counters = self._counters

        def count_rows(rows: int) -> None:
            for counter in counters:
                counter.count_rows(method, path, rows)

        attach_counter(response, count_rows)

    def failed(self, request: Request, number: int, error: PysnowException, seconds: float) -> None:
        """No answer came."""
        for counter in self._counters:
            counter.count(request.method, request.path, number, type(error).__name__, seconds, 0)
        if self.debug or self.hooks.error:
            self._tell(_event(request, number, seconds=seconds, error=error), self.hooks.error)

    def repeating(self, request: Request, number: int, cause: str, wait: float) -> None:
        """The request will be sent again."""
        if self.hooks.retry:
            _call(self.hooks.retry, _event(request, number, cause=cause, wait=wait))

    def _count_what_it_holds(self, request: Request, response: requests.Response) -> None:
        method, path, counters = request.method, request.path, self._counters
        told = response.headers.get("X-RateLimit-Remaining", "").strip()
        if told.isdecimal() and len(told) < _DIGITS_MAX:
            for counter in counters:
                counter.note_remaining(method, path, int(told))
        if request.operation == "read":
            self.count_rows_of(method, path, response)

    def _tell(self, event: Event, hooks: list[Hook]) -> None:
        if self.debug:
            self._write(debug_line(event))
        _call(hooks, event)


def _call(hooks: list[Hook], event: Event) -> None:
    for hook in tuple(hooks):  # a hook may take itself off the list
        hook(event)


def _event(request: Request, number: int, **more: Any) -> Event:
    return Event(request.method, request.path, dict(request.params), request.operation, request.table, number, **more)


def _size(response: requests.Response, *, is_read: bool) -> int | None:
    if is_read and held_body(response) is None:  # a large list stays compressed until it is read
        return len(response.content or b"")
    told = response.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() else None
