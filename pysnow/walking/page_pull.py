"""Pulling the next rows out of a walk: asking again where that may help, for smaller pages where that may help more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from pysnow.exceptions import (
    ConnectTimeout,
    DeadlineExceeded,
    ErrorInResult,
    IncompleteResponse,
    PartialResult,
    PysnowException,
    RequestTimeout,
    ResponseTooLarge,
    ServerError,
    TruncatedResponse,
)
from pysnow.walking.pagination import Step
from pysnow.wire.retry import is_transient

if TYPE_CHECKING:
    from pysnow.walking.pagination import Ask, Page, Walk
    from pysnow.wire.deadline import Deadline

__all__ = ["Pull", "Source"]


class Source(Protocol):
    """Where pages come from."""

    def deadline(self) -> Deadline:
        """Give the end of an attempt at one page, repetitions included."""
        ...

    def fetch(self, ask: Ask, deadline: Deadline) -> Page:
        """Fetch a page; what goes wrong is part of it."""
        ...

    def backoff(self, failures: int, error: PysnowException, deadline: Deadline) -> bool:
        """Wait after so many failures in succession; False when it is no use to ask again."""
        ...

    def recover(self, failures: int) -> None:
        """Take note that a page came after so many failures."""
        ...


_ABOUT_SIZE: Final = (
    PartialResult,
    ErrorInResult,
    IncompleteResponse,
    TruncatedResponse,
    RequestTimeout,
    ResponseTooLarge,
)
_SLOW_STATUSES: Final = frozenset({500, 504})
"""A transaction that runs out of time ends in a 500 of the instance (KB1297438), or a 504 of what stands before it."""


class Pull:
    """Pulls rows out of walks. Not for several threads.

    Args:
        source: Where pages come from.
        note: Is told of every page that was read.
    """

    def __init__(self, source: Source, note: Callable[[Page, Step], None]) -> None:
        self._source = source
        self._note = note

    def next_step(self, walk: Walk, wanted: int | None = None) -> Step:
        """Give the next rows; none when the walk is over, or where the error says that it cannot go on.

        A page that fails is asked for once more as it is, then for half as many rows, down to a single one; after
        silence for half at once, but then the deadline of the page is the end.

        Args:
            walk: The walk.
            wanted: Rows that are still wanted; None for all.
        """
        failures, repeated, deadline = 0, 0, self._source.deadline()
        while not walk.is_done:
            ask = walk.ask(wanted)
            page = self._source.fetch(ask, deadline)
            step = walk.take(ask, page)
            self._note(page, step)
            error = step.error
            if error is not None and not (step.is_flaw or _may_heal(error)):
                return step
            if step.rows or error is None:
                self._source.recover(repeated)
                if error is not None:
                    walk.shrink()
                if step.rows:
                    return replace(step, error=None)
                failures, repeated, deadline = 0, 0, self._source.deadline()
                continue
            failures, repeated = failures + 1, repeated + 1
            is_silent = isinstance(error, RequestTimeout)
            if (is_silent or failures > 1) and _is_about_size(error) and walk.shrink() and not is_silent:
                # The instance answers, if only that it did not get done: what is smaller has all the time again.
                failures, deadline = 1, self._source.deadline()
            if not self._source.backoff(failures, error, deadline):
                return step
        return Step()


def _may_heal(error: PysnowException) -> bool:
    return is_transient(error) or isinstance(error, (DeadlineExceeded, ResponseTooLarge))


def _is_about_size(error: PysnowException) -> bool:
    """Whether a smaller page may come through where this one did not."""
    if isinstance(error, ConnectTimeout):
        return False
    return isinstance(error, _ABOUT_SIZE) or (isinstance(error, ServerError) and error.status in _SLOW_STATUSES)
