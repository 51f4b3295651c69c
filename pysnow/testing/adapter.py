"""The adapter of ``requests`` that calls a local instance directly, where others open a connection."""

from __future__ import annotations

import http.client
import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import requests
import urllib3
from requests.adapters import HTTPAdapter

from pysnow.sandbox.http.direct import ChunkStream, DirectRequest, answer_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["InstanceAdapter"]

_PIECE_BYTES = 64 * 1024


@runtime_checkable
class SupportsRead(Protocol):
    """A file, in bytes or text."""

    def read(self, size: int, /) -> str | bytes:
        """Read so much at most."""


class InstanceAdapter(HTTPAdapter):
    """Hands requests to a WSGI application in this process, and reads its answers as from a connection.

    Bodies stream in both directions, time-outs and broken answers raise what ``requests`` raises for them; certificates
    and proxies do not matter. Threads may share it.

    Args:
        application: What answers.
        clock: Gives seconds; differences alone count.
    """

    def __init__(self, application: WSGIApplication, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._application = application
        self._clock = clock
        self._threads = threading.local()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request.

        Args:
            request: What to send.
            stream: Does not matter: a body comes as it is read.
            timeout: Seconds to wait for the answer, and for each further piece of it; of a pair the second counts.
            verify: Does not matter.
            cert: Does not matter.
            proxies: Does not matter.

        Raises:
            requests.ConnectionError: The instance closed the connection instead of answering.
            requests.ReadTimeout: The answer did not begin in time.
        """
        patience = _read_timeout(timeout)
        # As if each thread had one connection, which is kept until an answer fails to come.
        calls = getattr(self._threads, "calls", 0)
        self._threads.calls = 0
        pieces = answer_bytes(self._application, _direct(request, patience, calls))
        connection = _Connection(_in_time(pieces, patience, self._clock))
        answer = http.client.HTTPResponse(connection, method=request.method)  # type: ignore[arg-type]  # reads a file
        try:
            answer.begin()
        except TimeoutError as exc:
            answer.close()
            raise requests.ReadTimeout(exc, request=request) from exc
        except (http.client.HTTPException, OSError) as exc:
            answer.close()
            broken = urllib3.exceptions.ProtocolError("Connection aborted.", exc)
            raise requests.ConnectionError(broken, request=request) from exc
        self._threads.calls = calls + 1
        return self.build_response(request, _raw(answer, request.method))


class _Connection:
    """What ``http.client`` wants of a socket that answers.

    Args:
        pieces: The bytes of the answer.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def makefile(self, mode: str) -> io.BufferedReader:
        """Give the bytes as a file."""
        return io.BufferedReader(ChunkStream(self._pieces), _PIECE_BYTES)


def _raw(answer: http.client.HTTPResponse, method: str | None) -> urllib3.HTTPResponse:
    headers = urllib3.HTTPHeaderDict()
    for name, value in answer.getheaders():
        headers.add(name, value)
    return urllib3.HTTPResponse(
        body=answer,
        headers=headers,
        status=answer.status,
        version=answer.version,
        reason=answer.reason,
        preload_content=False,
        decode_content=False,
        original_response=answer,  # requests reads the cookies from it
        request_method=method,
    )


def _direct(request: requests.PreparedRequest, patience: float | None, calls: int) -> DirectRequest:
    headers = [(_text(name), _text(value)) for name, value in request.headers.items()]
    body = _body_stream(request.body)
    return DirectRequest(request.method or "GET", request.url or "", headers, body, patience, calls)


def _body_stream(body: object) -> io.BufferedIOBase | io.RawIOBase:
    """Give the body of a prepared request, which may be bytes, text, a file or pieces of either, as a file."""
    if body is None:
        return io.BytesIO()
    if isinstance(body, str | bytes | bytearray):
        return io.BytesIO(_bytes(body))
    if isinstance(body, SupportsRead):
        return ChunkStream(_file_pieces(body))
    assert isinstance(body, Iterable)  # requests takes nothing else
    return ChunkStream(_bytes(piece) for piece in body)


def _file_pieces(file: SupportsRead) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield _bytes(piece)


def _bytes(piece: str | bytes | bytearray) -> bytes:
    return piece.encode() if isinstance(piece, str) else bytes(piece)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _read_timeout(timeout: Any) -> float | None:
    if isinstance(timeout, tuple):
        timeout = timeout[1]
    elif isinstance(timeout, urllib3.Timeout):
        timeout = timeout.read_timeout
    return float(timeout) if isinstance(timeout, int | float) else None


def _in_time(pieces: Iterator[bytes], patience: float | None, clock: Callable[[], float]) -> Iterator[bytes]:
    """Give the pieces of an answer until one takes longer than the caller would have waited."""
    started = clock()
    try:
        for piece in pieces:
            if patience is not None and clock() - started > patience:
                raise TimeoutError("timed out")
            yield piece
            started = clock()
        if patience is not None and clock() - started > patience:
            raise TimeoutError("timed out")
    finally:
        pieces.close()  # type: ignore[attr-defined]  # a generator
