"""Ending what other threads do: what they wait for is over at once, and the connections they read from are cut off."""

from __future__ import annotations

import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from pysnow.wire.deadline import Deadline

__all__ = ["Interrupt", "InterruptibleDeadline"]

_STOP_SECONDS: Final = 0.9
"""Longest wait for threads that were interrupted: one that waits for a connection to be made cannot be woken."""


class Interrupt:
    """Tells threads to stop. Threads share it.

    A connection is cut off only while it works for one of them: it is let go of, under the same lock, before anybody
    else can have it.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lock = threading.RLock()

    @property
    def is_set(self) -> bool:
        """Whether they were told."""
        return self._event.is_set()

    def set(self) -> None:
        """Tell them."""
        with self._lock:
            self._event.set()
            for connection in self._connections:
                _cut(connection.sock)

    def watch(self, connection: Any) -> None:
        """Take note of a connection that works for one of the threads.

        Args:
            connection: It knows its ``sock``.
        """
        with self._lock:
            self._connections.add(connection)

    def let_go(self, connection: Any) -> None:
        """Take note that it does not, any more: it is not cut off from now on.

        Args:
            connection: The connection.
        """
        with self._lock:
            self._connections.discard(connection)

    def sleep(self, seconds: float) -> None:
        """Wait, unless told to stop.

        Args:
            seconds: How long.
        """
        self._event.wait(seconds)

    def join(self, threads: Iterable[threading.Thread]) -> None:
        """Wait for threads to end, for less than a second altogether.

        Args:
            threads: The threads.
        """
        end = time.monotonic() + _STOP_SECONDS
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, end - time.monotonic()))


class InterruptibleDeadline(Deadline):
    """A deadline that has passed as soon as there is an interrupt.

    Args:
        seconds: Seconds from now; None for no end.
        clock: Gives seconds that never run backwards.
        interrupt: Tells to stop.

    Attributes:
        interrupt: As given.
    """

    __slots__ = ("interrupt",)

    def __init__(self, seconds: float | None, clock: Callable[[], float], interrupt: Interrupt) -> None:
        super().__init__(seconds, clock)
        self.interrupt = interrupt

    @property
    def remaining(self) -> float:
        """Seconds that are left; none after an interrupt."""
        return 0.0 if self.interrupt.is_set else super().remaining

    def serve(self, connection: object) -> None:
        """Take note of a connection that works for the call."""
        self.interrupt.watch(connection)

    def dismiss(self, connection: object) -> None:
        """Take note that it has done its work."""
        self.interrupt.let_go(connection)


def _cut(sock: socket.socket | None) -> None:
    """Wake whoever waits for bytes of a socket."""
    if isinstance(sock, socket.socket):
        with suppress(OSError):
            # Not that of an SSLSocket, which would take the cipher away from under the reader.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
