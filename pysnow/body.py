"""The bytes of one answer, in pieces, with the errors of the layers below translated.

Invariants:

* Pieces are inflated with a ceiling, so that one small read cannot become hundreds of megabytes.
* Nothing that arrived is thrown away: what came before a broken connection is handed out before the error is raised.
* At the end, or when the caller stops early, the connection goes back to its pool or is closed.
"""

from __future__ import annotations

import http.client
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests.exceptions
import urllib3.exceptions
from urllib3.response import BaseHTTPResponse

from pysnow.defaults import CHUNK_SIZE_BYTES
from pysnow.exceptions import IncompleteResponse, InvalidUsage, MalformedResponse, PysnowException, RequestTimeout

if TYPE_CHECKING:
    import requests

__all__ = ["iter_body", "read_body"]

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
        RequestTimeout: The rest did not come in time.
        MalformedResponse: The body is a decompression bomb.
        InvalidUsage: The body was read elsewhere and not kept.
    """
    try:
        yield from _pieces(response, chunk_size)
    except requests.exceptions.StreamConsumedError as exc:
        raise InvalidUsage("The body of this answer has been read already") from exc
    except (*_TIMEOUTS, *_BREAKS) as exc:
        if isinstance(exc, PysnowException):
            raise
        raise _translated(exc, response) from exc
    finally:
        if response.raw is not None:  # an answer put together by hand
            response.close()


def read_body(response: requests.Response) -> bytes:
    """Read the whole body once and leave it in the answer, so that ``content`` and ``json()`` go on working.

    Args:
        response: Answer whose body is wanted.

    Raises:
        IncompleteResponse: The connection broke, or the compression is damaged.
        RequestTimeout: The rest did not come in time.
        MalformedResponse: The body is a decompression bomb.
        InvalidUsage: The body was read elsewhere and not kept.
    """
    if not (getattr(response, _CONSUMED) and isinstance(response._content, bytes)):
        # Left to itself, requests joins pieces of 10 KiB, which costs several times the reading.
        response._content = b"".join(iter_body(response, PIECE_BYTES))
        setattr(response, _CONSUMED, True)
    return response._content or b""


def _pieces(response: requests.Response, chunk_size: int) -> Iterator[bytes]:
    raw = response.raw
    if getattr(response, _CONSUMED) and not isinstance(response._content, bool):
        content = response._content or b""
        return (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))
    if isinstance(raw, BaseHTTPResponse) and not getattr(response, _CONSUMED):
        return _from_wire(response, raw, chunk_size)
    if raw is None:
        return iter(())
    # A stand-in for urllib3's class, or a body that is gone: requests knows what to do.
    return response.iter_content(PIECE_BYTES)


def _from_wire(response: requests.Response, raw: BaseHTTPResponse, chunk_size: int) -> Iterator[bytes]:
    # read1() gives what has come; read() and stream() wait for a full piece, and drop it when the connection breaks.
    inflated = 0
    piece = raw.read1(max(chunk_size, 1), decode_content=True)
    while piece:
        inflated += len(piece)
        if inflated > INFLATED_FREELY_BYTES and inflated > INFLATION_LIMIT * raw.tell():
            raise MalformedResponse(
                f"The answer to {_request_line(response)} inflates to more than {INFLATION_LIMIT} times its size",
                **_context(response),
            )
        yield piece
        piece = raw.read1(PIECE_BYTES, decode_content=True)
    # From here on, requests itself says that there is nothing left to read, instead of an empty body.
    setattr(response, _CONSUMED, True)


def _translated(exc: BaseException, response: requests.Response) -> PysnowException:
    where = _request_line(response)
    # requests wraps the time-outs of reading a body in its ConnectionError.
    if isinstance(exc, _TIMEOUTS) or any(isinstance(arg, _TIMEOUTS) for arg in exc.args):
        return RequestTimeout(
            f"The answer to {where} stopped arriving in time",
            hint="Raise timeout=, or ask for fewer records or fields",
            **_context(response),
        )
    return IncompleteResponse(
        f"The answer to {where} broke off or is damaged ({type(exc).__name__})",
        hint="Try again; if it stays, ask for fewer records",
        **_context(response),
    )


def _context(response: requests.Response) -> dict[str, Any]:
    method, _, path = _request_line(response).partition(" ")
    return {
        "method": method or None,
        "path": path or None,
        "status": response.status_code,
        "transaction_id": response.headers.get("X-Transaction-ID"),
        "response": response,
    }


def _request_line(response: requests.Response) -> str:
    """Method and path; never the query, which holds the caller's data."""
    request = response.request
    return f"{getattr(request, 'method', None) or 'GET'} {urlsplit(response.url or '').path}".strip()
