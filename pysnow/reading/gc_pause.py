"""Python's search for reference cycles, held off while a list is built.

Records hold no cycles, and every full search walks all of those that are there already: over a growing list, that costs
as much as decoding. The switch is the process's, so whoever uses it counts: the search goes on when the last list is
done, and only if it was on when the first one began.
"""

from __future__ import annotations

import gc
import threading
from types import TracebackType
from typing import Final

from pysnow.fork import renew_after_fork

__all__ = ["GC_PAUSE", "GCPause"]


class GCPause:
    """A ``with`` statement within which there is no search for cycles. It may be nested, and entered by many threads.

    Never let a caller's code run within: a generator must not yield there.

    Attributes:
        is_wanted: Whether the search is held off at all; assign False for a program whose other threads leave so many
            cycles behind that they cannot wait.
    """

    def __init__(self) -> None:
        self.is_wanted = True
        self._lock = threading.Lock()
        self._users: list[int] = []
        self._was_on = False

    def __enter__(self) -> None:
        """Hold the search off."""
        with self._lock:
            if not self._users:
                renew_after_fork(self)
                self._was_on = self.is_wanted and gc.isenabled()
                if self._was_on:
                    gc.disable()
            self._users.append(threading.get_ident())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go on, unless someone else is still at work."""
        with self._lock:
            self._leave(threading.get_ident())

    def part_from_parent(self) -> None:
        """In a forked process, forget the threads that stayed behind, and the lock that they may hold."""
        self._lock = threading.Lock()
        for user in set(self._users) - {threading.get_ident()}:
            while user in self._users:
                self._leave(user)

    def _leave(self, user: int) -> None:
        self._users.remove(user)
        if not self._users and self._was_on:
            gc.enable()


GC_PAUSE: Final = GCPause()
"""The pause of lists: one for the process, as its search for cycles is one."""
