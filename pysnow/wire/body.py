"""The bytes of one answer, in pieces, with the errors of the layers below translated.

Invariants:

* Pieces are inflated with a ceiling, so that one small read cannot become hundreds of megabytes.
* Nothing that arrived is thrown away: what came before a broken connection is handed out before the error is raised.
* At the end, or when the caller stops early, the connection goes back to its pool or is closed.
* What is held in memory as a whole has a ceiling.
"""

from __future__ import annotations

import http.client
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests.exceptions
import urllib3.exceptions
from urllib3.response import BaseHTTPResponse, HTTPResponse

from pysnow.defaults import BUFFERED_BODY_BYTES, CHUNK_SIZE_BYTES
from pysnow.exceptions import (
    DeadlineExceeded,
    IncompleteResponse,
    InvalidUsage,
    MalformedResponse,
    PysnowException,
    ReadTimeout,
    ResponseTooLarge,
)
from pysnow.wire.answer_facts import facts_of

if TYPE_CHECKING:
    import requests

    from pysnow.wire.deadline import Deadline

__all__ = ["close_body", "answer_context", "iter_body", "read_beginning", "read_body", "release", "request_line"]

PIECE_BYTES: Final = 65_536
"""Size of the pieces after the first: 16 to 64 KiB stay in a processor's cache; larger ones leave it."""

INFLATED_FREELY_BYTES: Final = 1_048_576
"""Bytes below which an answer may have any compression ratio."""

INFLATION_LIMIT: Final = 200
"""Most bytes that one byte on the wire may become; pages of records stay below 50, deflate itself ends at 1,032."""

_CONSUMED = "_content_consumed"  # requests tells in no public way whether a body is still on the wire
_TIMEOUTS = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_BREAKS = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)


def iter_body(response: requests.Response, chunk_size: int = CHUNK_SIZE_BYTES) -> Generator[bytes, None, None]:
    """Read the inflated body in pieces: a small one first, so that the first records are there soon.

    Works as well for answers that have been read already, and for those that a program or a test put together.

    Args:
        response: Answer whose body is wanted.
        chunk_size: Bytes of the first piece at most; the later ones have up to 64 KiB.

    Raises:
        IncompleteResponse: The connection broke, or the compression is damaged.
        ReadTimeout: The rest did not come in time.
        MalformedResponse: The body is a decompression bomb.
        InvalidUsage: The body was read elsewhere and not kept.
    """
    try:
        yield from _in_time(_pieces(response, chunk_size), facts_of(response).deadline)
    except requests.exceptions.StreamConsumedError as exc:
        raise InvalidUsage("The body of this answer has been read already") from exc
    except (*_TIMEOUTS, *_BREAKS) as exc:
        if isinstance(exc, PysnowException):
            raise
        raise _translated(exc, response) from exc
    finally:
        release(response)


def read_body(response: requests.Response, limit_bytes: int = BUFFERED_BODY_BYTES) -> bytes:
    """Read the whole body once and leave it in the answer, so that ``content`` and ``json()`` go on working.

    Args:
        response: Answer whose body is wanted.
        limit_bytes: Most bytes to hold in memory, inflated. What the answer holds already counts for nothing.

    Raises:
        ResponseTooLarge: The body has more bytes.
        IncompleteResponse: The connection broke, or the compression is damaged.
        ReadTimeout: The rest did not come in time.
        MalformedResponse: The body is a decompression bomb.
        InvalidUsage: The body was read elsewhere and not kept.
    """
    if not _is_kept(response):
        # Left to itself, requests joins pieces of 10 KiB, which costs several times the reading.
        with closing(iter_body(response, PIECE_BYTES)) as pieces:
            response._content = b"".join(_limited(pieces, response, limit_bytes))
        setattr(response, _CONSUMED, True)
    return response._content or b""


def read_beginning(response: requests.Response, limit_bytes: int) -> bytes:
    """Read as much of a body as there is, up to a limit, and leave it in the answer as :func:`read_body` does.

    This is for explaining what went wrong already, so nothing that happens meanwhile is an error.

    Args:
        response: Answer whose body is wanted.
        limit_bytes: Bytes that are enough, inflated; a piece more may be read.
    """
    if not _is_kept(response) and not getattr(response, _CONSUMED):
        gathered = bytearray()
        with closing(iter_body(response, PIECE_BYTES)) as pieces, suppress(PysnowException):
            while len(gathered) < limit_bytes and (piece := next(pieces, b"")):
                gathered += piece
        response._content = bytes(gathered)
        setattr(response, _CONSUMED, True)
    return response._content[:limit_bytes] if _is_kept(response) and response._content else b""


def release(response: requests.Response) -> None:
    """Give the connection back to its pool, or close it when there is more on it.

    Args:
        response: Answer that is not read on.
    """
    raw = response.raw
    if raw is not None:  # an answer put together by hand
        response.close()
    if isinstance(raw, HTTPResponse):
        # Errors hang on to answers, and pools know the proxy's password.
        raw._pool = raw._connection = None  # as when it was never on a wire


def close_body(response: requests.Response) -> None:
    """Give up what is left of a body, and with it the connection. Whoever reads it after all is told so.

    Args:
        response: Answer that is not read on.
    """
    release(response)
    setattr(response, _CONSUMED, True)  # else the rest would look like a broken connection


def _is_kept(response: requests.Response) -> bool:
    # Bytes put there by hand, as tests do, are a body too, whatever the mark says.
    return isinstance(response._content, bytes)


def _limited(pieces: Iterator[bytes], response: requests.Response, limit_bytes: int) -> Iterator[bytes]:
    received = 0
    for piece in pieces:
        received += len(piece)
        if received > limit_bytes:
            raise ResponseTooLarge(
                f"The answer to {request_line(response)} has more than {limit_bytes:,} bytes",
                hint="Ask for fewer records or fields, or read them with stream=True",
                **answer_context(response),
            )
        yield piece


def _pieces(response: requests.Response, chunk_size: int) -> Iterator[bytes]:
    raw = response.raw
    if _is_kept(response) or (getattr(response, _CONSUMED) and response._content is None):
        content = response._content or b""
        return (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))
    if isinstance(raw, BaseHTTPResponse) and not getattr(response, _CONSUMED):
        return _from_wire(response, raw, chunk_size)
    if raw is None:
        return iter(())
    # A stand-in for urllib3's class, or a body that is gone: requests knows what to do.
    return response.iter_content(PIECE_BYTES)


def _in_time(pieces: Iterator[bytes], deadline: Deadline) -> Iterator[bytes]:
    """The same pieces; the deadline, if it stands still because the caller works, runs while they are waited for."""
    stands_still = deadline.is_paused
    while True:
        if stands_still:
            deadline.resume()
        began = deadline.elapsed
        try:
            piece = next(pieces, b"")
            deadline.moved(len(piece), deadline.elapsed - began)
        finally:
            if stands_still:
                deadline.pause()
        if not piece:
            return
        # Connections of this library end in time by themselves; those of another adapter may drip.
        if deadline.remaining <= 0:
            raise TimeoutError
        yield piece


def _from_wire(response: requests.Response, raw: BaseHTTPResponse, chunk_size: int) -> Iterator[bytes]:
    # read1() gives what has come; read() and stream() wait for a full piece, and drop it when the connection breaks.
    inflated = 0
    piece = raw.read1(max(chunk_size, 1), decode_content=True)
    while piece:
        inflated += len(piece)
        if inflated > INFLATED_FREELY_BYTES and inflated > INFLATION_LIMIT * raw.tell():
            raise MalformedResponse(
                f"The answer to {request_line(response)} inflates to more than {INFLATION_LIMIT} times its size",
                **answer_context(response),
            )
        yield piece
        piece = raw.read1(PIECE_BYTES, decode_content=True)
    # From here on, requests itself says that there is nothing left to read, instead of an empty body.
    setattr(response, _CONSUMED, True)


def _translated(exc: BaseException, response: requests.Response) -> PysnowException:
    where = request_line(response)
    # requests wraps the time-outs of reading a body in its ConnectionError.
    if isinstance(exc, _TIMEOUTS) or any(isinstance(arg, _TIMEOUTS) for arg in exc.args):
        deadline = facts_of(response).deadline
        if deadline.remaining <= 0:
            return DeadlineExceeded(
                f"The answer to {where} was not complete within {deadline.seconds:g} seconds (deadline=)",
                hint="Raise deadline=, or ask for fewer records or fields",
                **answer_context(response),
            )
        return ReadTimeout(
            f"The answer to {where} stopped arriving in time",
            hint="Raise timeout=, or ask for fewer records or fields",
            **answer_context(response),
        )
    return IncompleteResponse(
        f"The answer to {where} broke off or is damaged ({type(exc).__name__})",
        hint="Try again; if it stays, ask for fewer records",
        **answer_context(response),
    )


def answer_context(response: requests.Response) -> dict[str, Any]:
    """What every error about an answer knows: method, path, status, transaction id, response."""
    method, _, path = request_line(response).partition(" ")
    _blot_cookies(response)
    return {
        **facts_of(response).context(response.status_code),
        "method": method or None,
        "path": path or None,
        "status": response.status_code,
        "transaction_id": response.headers.get("X-Transaction-ID"),
        "response": response,
    }


def _blot_cookies(response: requests.Response) -> None:
    """Take the session cookie off an answer that hangs from an error; the session has it."""
    if response.headers.get("Set-Cookie", "***") != "***":
        response.headers["Set-Cookie"] = "***"
        response.cookies.clear()
        original = getattr(response.raw, "_original_response", None)
        for headers in (getattr(response.raw, "headers", None), getattr(original, "msg", None)):
            if headers is not None and "Set-Cookie" in headers:
                del headers["Set-Cookie"]


def request_line(response: requests.Response) -> str:
    """Method and path of the request behind an answer; never the query, which holds the caller's data."""
    request = response.request
    return f"{getattr(request, 'method', None) or 'GET'} {urlsplit(response.url or '').path}".strip()
