"""Pulling the next rows out of a walk: asking again where that may help, for smaller pages where that may help more."""

from __future__ import annotations

from collections.abc import Callable, Generator
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
    from pysnow.wire.interrupt import Interrupt

__all__ = ["Arrived", "Pages", "Pull", "Source"]


class Arrived(Protocol):
    """A page whose bytes are there."""

    @property
    def total(self) -> int | None:
        """Rows that match, hidden ones included; None when that was not said."""
        ...

    @property
    def stride(self) -> int | None:
        """How far behind this page the next one begins, as ``Link`` has it; None without a next one."""
        ...

    @property
    def error(self) -> PysnowException | None:
        """What kept it from coming whole."""
        ...

    @property
    def is_refused(self) -> bool:
        """Whether the instance had too much to do."""
        ...

    @property
    def is_failed(self) -> bool:
        """Whether nothing but asking again can bring rows."""
        ...

    def last_sys_id(self) -> str | None:
        """Guess the sys_id of its last row; None when it cannot be told."""
        ...

    def page(self) -> Page:
        """Decode it; what goes wrong is part of the page."""
        ...

    def parts(self) -> Generator[Page, None, None]:
        """Decode it part by part; what goes wrong is part of the last one."""
        ...


class Source(Protocol):
    """Where pages come from."""

    def deadline(self) -> Deadline:
        """Give the end of an attempt at one page, repetitions included."""
        ...

    def clock(self) -> float:
        """Seconds that never run backwards."""
        ...

    def interruptible(self, interrupt: Interrupt) -> Source:
        """Give the same, for threads that are to stop at once when told."""
        ...

    def move(self, ask: Ask, deadline: Deadline) -> Arrived:
        """Fetch the bytes of a page; what goes wrong is part of it."""
        ...

    def backoff(self, failures: int, error: PysnowException, deadline: Deadline) -> bool:
        """Wait after so many failures in succession; False when it is no use to ask again."""
        ...

    def recover(self, failures: int) -> None:
        """Take note that a page came after so many failures."""
        ...


class Pages(Protocol):
    """What gives a walk its pages."""

    def get(self, walk: Walk, wanted: int | None, deadline: Deadline, *, is_direct: bool = False) -> tuple[Ask, Page]:
        """Give the next page, with what it answers."""
        ...

    def close(self) -> None:
        """Give up what was begun."""
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
        pages: Gives them, those that were fetched ahead among them.
        note: Is told of every page that was read.
    """

    def __init__(self, source: Source, pages: Pages, note: Callable[[Page, Step], None]) -> None:
        self._source = source
        self._pages = pages
        self._note = note

    def close(self) -> None:
        """Give up what was begun."""
        self._pages.close()

    def next_step(self, walk: Walk, wanted: int | None = None) -> Step:
        """Give the next rows; none when the walk is over, or where the error says that it cannot go on.

        A page that fails is asked for once more as it is, then for half as many rows, down to a single one; after
        silence for half at once, but then the deadline of the page is the end.

        Args:
            walk: The walk.
            wanted: Rows that are still wanted; None for all.
        """
        failures, repeated, deadline = 0, 0, self._source.deadline()
        is_direct = False
        while not walk.is_done:
            ask, page = self._pages.get(walk, wanted, deadline, is_direct=is_direct)
            step = walk.take(ask, page)
            self._note(page, step)
            is_direct = step.is_missed or step.error is not None
            error = step.error
            if step.is_missed:
                continue
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
