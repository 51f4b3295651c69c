"""A loopback server that answers with prepared bytes, so that broken answers come over a real socket.

    with CannedServer(http(b'{"result":[]}')) as server:
        requests.get(server.url)

Each connection gets the next answer, and the last one again when they run out.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

JSON_TYPE = ("Content-Type", "application/json;charset=UTF-8")
# Unsaid, a client would send its next request where nobody reads any more, and meet a broken connection.
LAST = ("Connection", "close")


@dataclass(frozen=True)
class Canned:
    """One answer as bytes, and what happens to the connection behind it.

    Attributes:
        raw: Everything that is sent, status line included.
        ending: ``close``; ``reset`` for a broken connection; ``hang`` to send no more and keep it open.
    """

    raw: bytes
    ending: str = "close"


def http(
    body: bytes = b"",
    status: str = "200 OK",
    headers: Iterable[tuple[str, str]] = (JSON_TYPE,),
    *,
    length: int | None = None,
    ending: str = "close",
) -> Canned:
    """An answer with a ``Content-Length``: the body's own, unless told otherwise."""
    lines = [*headers, ("Content-Length", str(len(body) if length is None else length)), LAST]
    return Canned(_head(status, lines) + body, ending)


def unframed(body: bytes, headers: Iterable[tuple[str, str]] = (JSON_TYPE,)) -> Canned:
    """An answer that ends where the connection ends."""
    return Canned(_head("200 OK", [*headers, LAST]) + body)


def chunked(
    *chunks: bytes, headers: Iterable[tuple[str, str]] = (JSON_TYPE,), is_whole: bool = True, ending: str = "close"
) -> Canned:
    """An answer in chunks, as instances send them; without the last one when it is not whole."""
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    head = _head("200 OK", [*headers, ("Transfer-Encoding", "chunked"), LAST])
    return Canned(head + framed + (b"0\r\n\r\n" if is_whole else b""), ending)


def _head(status: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


class CannedServer:
    """The server; a context manager.

    Args:
        answers: What the connections get, in turn.

    Attributes:
        url: Address of a table on it.
        requests: Head of each request that came.
        closed_early: Set when a client closed the connection while an answer was being sent.
    """

    def __init__(self, *answers: Canned) -> None:
        self._answers = list(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._hanging: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/now/table/incident"
        self.requests: list[bytes] = []
        self.closed_early = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self._hanging:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        self.requests.append(connection.recv(65_536))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        try:
            connection.sendall(answer.raw)
        except OSError:
            self.closed_early.set()
        if answer.ending == "hang":
            self._hanging.append(connection)
            return
        if answer.ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
