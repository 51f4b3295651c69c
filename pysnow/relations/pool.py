"""A few threads that read chunks side by side, for as long as a walk lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from pysnow.exceptions import InvalidUsage

__all__ = ["WORKERS", "Pool", "checked_workers"]

WORKERS: Final = 4
"""Requests under way at a time, all relations together; an instance serves a handful of integrations."""

_WORKERS_MAX: Final = 16

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class Pool:
    """Threads, started when there is something to do side by side. One thread at a time gives them work.

    Args:
        workers: Most of them.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._threads: ThreadPoolExecutor | None = None

    def map(self, work: Callable[[_Task], _Result], tasks: Sequence[_Task]) -> list[_Result]:
        """Do some work, and give the results in order.

        Args:
            work: What to do with a task; raises nothing that is not meant to end it all.
            tasks: The tasks.
        """
        if len(tasks) < 2 or self._workers == 1:
            return [work(task) for task in tasks]
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="pysnow-related")
        futures = [self._threads.submit(work, task) for task in tasks]
        try:
            return [future.result() for future in futures]
        except BaseException:
            self.close()  # what has not begun yet never will
            raise

    def close(self) -> None:
        """Let the threads go; what is under way comes to its end."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)


def checked_workers(workers: object) -> int:
    """Give a number of threads back, if it is one.

    Raises:
        InvalidUsage: It is no whole number from 1 to 16.
    """
    if type(workers) is not int or not 1 <= workers <= _WORKERS_MAX:
        raise InvalidUsage(f"workers must be a whole number from 1 to {_WORKERS_MAX}, not {workers!r}")
    return workers
