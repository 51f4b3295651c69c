"""Calls of the application without a socket: the bytes of the answer, as they would come over a connection.

They are written as they are asked for, so that a large answer is never whole in memory, and they are HTTP down to the
framing, so that a fault that breaks the framing breaks it here as well.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pysnow.sandbox.http.environ import build_environ
from pysnow.sandbox.http.wire import WIRE

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

_PORTS = {"http": 80, "https": 443}
_CALLER = "127.0.0.1"
_BODILESS = frozenset({204, 304})
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
_LONGEST_WAIT_SECONDS = 3600.0

Head = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class DirectRequest:
    """A request as a client would write it on a connection.

    Attributes:
        method: HTTP method.
        url: The whole address, escaped.
        headers: Names and values, in order.
        body: The body, readable to its end.
        patience_seconds: How long the client waits for more bytes; None for ever.
        calls: Requests that the client sent before on what it takes for the same connection.
    """

    method: str
    url: str
    headers: Iterable[tuple[str, str]]
    body: io.BufferedIOBase | io.RawIOBase
    patience_seconds: float | None = None
    calls: int = 0


class ChunkStream(io.RawIOBase):
    """Chunks of bytes, read like a file; each is asked for when it is needed, and not before.

    Args:
        chunks: The bytes, in pieces; closed with the stream where they can be.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._source = chunks
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read the next bytes, of one chunk at most; 0 at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        view = memoryview(buffer).cast("B")
        taken = self._rest[: len(view)]
        view[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """Close it; what was not read is given up."""
        if not self.closed and (close := getattr(self._source, "close", None)):
            close()
        super().close()


def answer_bytes(application: WSGIApplication, request: DirectRequest) -> Iterator[bytes]:
    """Give the bytes of an answer, status line and framing included; nothing runs before the first is asked for.

    Fewer bytes than announced, or none at all, mean that the instance closed the connection.

    Args:
        application: What answers.
        request: What to answer.

    Raises:
        ConnectionResetError: The instance reset the connection.
        TimeoutError: The instance let the client wait longer than it does, on purpose.
    """
    wire = _MemoryWire(request)
    chunks: Iterable[bytes] = ()
    heads: list[Head] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        heads.append((status, headers))
        return _refuse_writing

    try:
        chunks = application(_environ(request, wire), start_response)
        yield from _framed(request.method, heads, wire.watched(chunks), wire)
    except ConnectionResetError:
        yield from wire.sent()
        raise
    except TimeoutError:
        raise
    except OSError:  # the application closes the connection, which is no error of this side
        yield from wire.sent()
    except Exception:  # the edge of the instance: a caller meets a cut answer, never a traceback of the other side
        logger.exception("An answer broke off")
    finally:
        if close := getattr(chunks, "close", None):
            close()


class _MemoryWire:
    """The connection below a call, where there is none.

    Args:
        request: The call.

    Attributes:
        calls: Requests that came on the connection before the present one.
    """

    def __init__(self, request: DirectRequest) -> None:
        patience = request.patience_seconds
        self.calls = request.calls
        self._patience_seconds = _LONGEST_WAIT_SECONDS if patience is None else patience
        self._left_seconds = self._patience_seconds
        self._sent: list[bytes] = []

    def send(self, piece: bytes) -> None:
        """Send bytes as they are; they arrive with the next piece of the answer, be it empty, or with its end."""
        self._sent.append(piece)

    def wait(self, seconds: float, sleep: Callable[[float], object]) -> None:
        """Wait, but not longer than the client does: what is answered then does not reach it."""
        sleep(max(min(seconds, self._left_seconds), 0.0))
        self._left_seconds -= seconds

    def hang(self, seconds: float, sleep: Callable[[float], object]) -> None:
        """Wait until the client gives up, or the time is over.

        Raises:
            TimeoutError: The client gave up.
        """
        self.wait(seconds, sleep)
        self._check()

    def sent(self) -> list[bytes]:
        """Give what was sent as it is since the last time."""
        self._check()
        sent, self._sent = self._sent, []
        return sent

    def watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Give the pieces of an answer, as long as the client waits for each.

        Raises:
            TimeoutError: The client gave up.
        """
        for chunk in chunks:
            self._check()
            yield chunk
            self._left_seconds = self._patience_seconds

    def _check(self) -> None:
        if self._left_seconds < 0:
            raise TimeoutError("timed out")


def _framed(method: str, heads: list[Head], chunks: Iterator[bytes], wire: _MemoryWire) -> Iterator[bytes]:
    # An application may start its response as late as with the first piece, and one that sends bytes as they are never.
    first = b""
    for first in chunks:
        yield from wire.sent()
        if first:
            break
    status, headers = heads[-1]
    is_bodiless = method == "HEAD" or int(status[:3]) in _BODILESS
    own = {name.lower() for name, _ in headers}
    framing = "" if is_bodiless or not own.isdisjoint(_FRAMING) else "chunked" if first else "empty"
    yield _head(status, headers, own, framing)
    if is_bodiless:
        return
    for chunk in _with_first(first, chunks):
        yield b"%x\r\n%b\r\n" % (len(chunk), chunk) if framing == "chunked" else chunk
    if framing == "chunked":
        yield b"0\r\n\r\n"


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
        yield from filter(None, rest)


def _head(status: str, headers: list[tuple[str, str]], own: set[str], framing: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    if "date" not in own:
        lines.append(f"Date: {formatdate(usegmt=True)}")
    if framing:
        lines.append("Transfer-Encoding: chunked" if framing == "chunked" else "Content-Length: 0")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def _environ(request: DirectRequest, wire: _MemoryWire) -> WSGIEnvironment:
    url = urlsplit(request.url)
    headers = [(name, value) for name, value in request.headers if name.lower() != "host"]
    environ = build_environ(
        request.method,
        url.path or "/",
        url.query,
        [("Host", url.netloc.rpartition("@")[2]), *headers],
        request.body,
        scheme=url.scheme,
        server=(url.hostname or "", url.port or _PORTS[url.scheme]),
        client=_CALLER,
    )
    environ[WIRE] = wire
    return environ


def _refuse_writing(_: bytes) -> object:
    raise NotImplementedError("answers are returned, not written")
