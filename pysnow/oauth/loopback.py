"""A listener on this machine that waits for a browser to be sent to it, once (RFC 8252, 7.3).

Browsers open connections that they do not use, and ask for icons: all connections are served at once, and only a call
of the expected path ends the wait.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage

__all__ = ["LOOPBACK", "LoopbackListener", "loopback_port"]

LOOPBACK: Final = "127.0.0.1"
_HEAD_BYTES: Final = 16_384
_CONNECTIONS: Final = 64
_POLL_SECONDS: Final = 0.25
"""How often the clock is looked at while nobody comes."""

_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
    "<body style='font-family:sans-serif;margin:4em'><p>{title}</p></body></html>"
)
_DONE = "You can close this window and go back to the program."
_ELSEWHERE = "There is nothing here."


class LoopbackListener:
    """Listens from the moment it is made until it is closed; a context manager. Belongs to one thread.

    Args:
        port: Port of the loopback interface; 0 for a free one.
        path: Path that the browser will be sent to.

    Raises:
        InvalidUsage: The port is taken.
    """

    def __init__(self, port: int, path: str) -> None:
        self._path = path
        self._heads: dict[socket.socket, bytes] = {}
        try:
            self._listener = socket.create_server((LOOPBACK, port))
        except OSError as exc:
            raise InvalidUsage(f"Port {port} of {LOOPBACK} cannot be listened on ({exc.strerror})") from exc
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)

    @property
    def port(self) -> int:
        """The port."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it and all its connections."""
        for connection in list(self._heads):
            self._drop(connection)
        self._selector.close()
        self._listener.close()

    def query(self, timeout_seconds: float, clock: Callable[[], float] = time.monotonic) -> Secret[str] | None:
        """Wait for the browser.

        Args:
            timeout_seconds: How long.
            clock: Gives seconds.

        Returns:
            The query that it came with; None when it did not come in time.
        """
        until = clock() + timeout_seconds
        while (left := until - clock()) > 0:
            for key, _ in self._selector.select(min(left, _POLL_SECONDS)):
                if key.data is None:
                    self._accept()
                elif (found := self._read(key.data)) is not None:
                    return found
        return None

    def _accept(self) -> None:
        with suppress(OSError):  # gone again
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            if len(self._heads) >= _CONNECTIONS:
                self._drop(next(iter(self._heads)))
            self._heads[connection] = b""
            self._selector.register(connection, selectors.EVENT_READ, connection)

    def _read(self, connection: socket.socket) -> Secret[str] | None:
        """Read on; the query, when this is what is waited for."""
        try:
            piece = connection.recv(_HEAD_BYTES)
        except BlockingIOError:
            return None
        except OSError:
            piece = b""
        head = self._heads.get(connection, b"") + piece
        if piece and b"\r\n\r\n" not in head and len(head) < _HEAD_BYTES:
            self._heads[connection] = head
            return None
        query = self._query_of(head)
        if piece:
            self._answer(connection, _ELSEWHERE if query is None else _DONE, 404 if query is None else 200)
        self._drop(connection)
        return query

    def _query_of(self, head: bytes) -> Secret[str] | None:
        words = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
        if b"\r\n\r\n" not in head or len(words) != 3 or words[0] != "GET":
            return None
        path, _, query = words[1].partition("?")
        return Secret(query) if path == self._path and query else None

    def _answer(self, connection: socket.socket, title: str, status: int) -> None:
        body = _PAGE.format(title=title)
        head = (
            f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}",
            "Content-Type: text/html;charset=utf-8",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store",
            "Referrer-Policy: no-referrer",
            "Connection: close",
        )
        with suppress(OSError):  # a browser that has left gets no page, and needs none
            connection.sendall(("\r\n".join(head) + "\r\n\r\n" + body).encode())

    def _drop(self, connection: socket.socket) -> None:
        self._heads.pop(connection, None)
        with suppress(KeyError, ValueError):
            self._selector.unregister(connection)
        connection.close()


def loopback_port(redirect_uri: str) -> int | None:
    """The port of an address on this machine, 0 when it names none; None for an address elsewhere."""
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError:
        return None
    is_here = parts.scheme == "http" and parts.hostname in (LOOPBACK, "localhost")
    return (port or 0) if is_here else None
