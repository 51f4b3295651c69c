"""The connection below a call, for what WSGI has no words for: bytes of one's own, and silence."""

from __future__ import annotations

import io
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from struct import pack

WIRE = "pysnow.sandbox.wire"
"""Key of the ``Wire`` in a WSGI environment; missing where another server runs the application."""

_RESET_ON_CLOSE = pack("ii", 1, 0)


class Wire:
    """One connection, as the application sees it.

    Args:
        connection: The socket.
        output: What is written to it, buffered.

    Attributes:
        calls: Requests that came on it before the present one.
    """

    def __init__(self, connection: socket.socket, output: io.BufferedIOBase) -> None:
        self._connection = connection
        self._output = output
        self.calls = 0

    def send(self, piece: bytes) -> None:
        """Send bytes as they are, at once; the application then has to end the answer with an ``OSError``.

        Raises:
            OSError: The client went away.
        """
        self._output.write(piece)
        self._output.flush()

    def wait(self, seconds: float, sleep: Callable[[float], object]) -> None:
        """Wait, whether the client does or not: over a connection nobody can tell."""
        sleep(seconds)

    def hang(self, seconds: float, sleep: Callable[[float], object]) -> None:
        """Wait until the client leaves, the listener stops, or the time is over."""
        with selectors.DefaultSelector() as selector:
            # Whatever can be read from a client that has no answer yet is its farewell.
            selector.register(self._connection, selectors.EVENT_READ)
            selector.select(seconds)

    def reset(self) -> None:
        """Make the end of the connection a reset (RST), after what was written so far."""
        with suppress(OSError):  # the client may be gone
            self._output.flush()
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
