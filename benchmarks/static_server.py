"""A server that does next to nothing: pages are prepared, and each request is answered with one ``sendall``.

In a process of its own, started with ``python -m benchmarks.static_server SHAPE:RECORDS ...``; it prints its port and
serves until its input ends. The table ``SHAPE-RECORDS`` has that page at every offset below ``x-total``, so that a
hundred pages cost no more to prepare than one.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.data import Page, make_page

__all__ = ["serving", "table_name"]

WARM = ("narrow", 3)
_TABLE = re.compile(rb"^GET /api/now/(?:v\d/)?table/([a-z]+-\d+)(?:-of-(\d+))?[?/ ]")
_OFFSET = re.compile(rb"[?&]sysparm_offset=(\d+)")
_GZIP = re.compile(rb"^accept-encoding:.*gzip", re.IGNORECASE | re.MULTILINE)


def table_name(shape: str, page: int, total: int) -> str:
    """The table whose pages have so many records, of so many in all."""
    return f"{shape}-{page}-of-{total}"


@contextmanager
def serving(pages: list[tuple[str, int]]) -> Iterator[str]:
    """Run the server; gives its address, host and port.

    Args:
        pages: Shapes and lengths of the pages wanted.
    """
    wanted = [f"{shape}:{records}" for shape, records in (*pages, WARM)]
    server = subprocess.Popen(
        [sys.executable, "-m", __name__, *wanted],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield f"127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()


class _Answers:
    """Whole answers, header and body, by table."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self._pages = pages

    def answer(self, request: bytes) -> list[bytes]:
        found = _TABLE.match(request)
        page = self._pages.get(found[1].decode()) if found else None
        if page is None or found is None:
            return [_head("404 Not Found", 2, 0, False), b"{}"]
        total = int(found[2] or page.records)
        offset = _OFFSET.search(request.partition(b"\r\n")[0])
        if offset and int(offset[1]) >= total:
            return [_head("200 OK", 13, total, False), b'{"result":[]}']
        is_gzipped = _GZIP.search(request) is not None
        body = page.gzipped if is_gzipped else page.identity
        return [_head("200 OK", len(body), total, is_gzipped), body]


def _head(status: str, length: int, total: int, is_gzipped: bool) -> bytes:
    coding = "Content-Encoding: gzip\r\n" if is_gzipped else ""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json;charset=UTF-8\r\nX-Total-Count: {total}\r\n{coding}"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def _converse(connection: socket.socket, answers: _Answers) -> None:
    received = b""
    with connection, suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while piece := connection.recv(65_536):
            received += piece
            while b"\r\n\r\n" in received:
                request, _, received = received.partition(b"\r\n\r\n")
                for part in answers.answer(request):
                    connection.sendall(part)


def main(wanted: list[str]) -> None:
    """Prepare the pages, print the port, and serve until the input ends."""
    specs = [text.split(":") for text in wanted]
    answers = _Answers({f"{shape}-{records}": make_page(shape, int(records)) for shape, records in specs})
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    threading.Thread(target=_accept, args=(listener, answers), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


def _accept(listener: socket.socket, answers: _Answers) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_converse, args=(connection, answers), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1:])
