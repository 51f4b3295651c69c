"""Pieces of work done by several threads side by side, their results handed out in order.

Invariants:

* Threads are started as there is work for them, and never more than were asked for; each has a session of its own.
* When it is closed no thread begins anything any more, and none is waited for longer than it takes to notice.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

__all__ = ["Lanes", "Result"]

_Work = TypeVar("_Work")
_Done = TypeVar("_Done")

_GLANCE_SECONDS: Final = 0.5
"""Longest wait at a stretch: on Windows a wait without end does not heed Ctrl-C."""


class Result(Generic[_Done]):
    """The result of one piece of work, which comes later."""

    def __init__(self) -> None:
        self._is_there = threading.Event()
        self._done: _Done | None = None
        self._error: BaseException | None = None

    def settle(self, done: _Done | None, error: BaseException | None = None) -> None:
        """Say what came of it.

        Args:
            done: The result.
            error: What was raised instead.
        """
        self._done, self._error = done, error
        self._is_there.set()

    def wait(self) -> _Done | None:
        """Give it, as soon as it is there.

        Raises:
            BaseException: What was raised instead.
        """
        while not self._is_there.wait(_GLANCE_SECONDS):
            pass
        if self._error is not None:
            raise self._error
        return self._done


class Lanes(Generic[_Work, _Done]):
    """Threads that work.

    Args:
        work: What is done with a piece.
        workers: Most threads.
    """

    def __init__(self, work: Callable[[_Work], _Done], workers: int) -> None:
        self._work = work
        self._workers = workers
        self._waiting: queue.SimpleQueue[tuple[_Work, Result[_Done]] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def submit(self, piece: _Work) -> Result[_Done]:
        """Have a piece of work done.

        Args:
            piece: The piece.
        """
        result: Result[_Done] = Result()
        self._waiting.put((piece, result))
        if len(self._threads) < self._workers:
            thread = threading.Thread(target=self._run, name="pysnow-batch", daemon=True)
            self._threads.append(thread)
            thread.start()
        return result

    def close(self) -> None:
        """Let nothing begin any more. What is under way goes on, and nobody hears of it."""
        self._is_closed = True
        for _ in self._threads:
            self._waiting.put(None)

    def _run(self) -> None:
        while (task := self._waiting.get()) is not None:
            if self._is_closed:
                continue
            piece, result = task
            try:
                result.settle(self._work(piece))
            except BaseException as error:  # the caller gets to see it, whatever it is
                result.settle(None, error)
