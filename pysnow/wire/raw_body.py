"""The bytes of one answer as they are on the wire, in pieces, with the errors of the layers below translated.

Moving the bytes is one thing, and inflating and decoding them another, which a thread of its own may do: take them off
the wire with :func:`take_raw`, and hand them back from wherever they went through with :func:`put_raw`. Everything that
reads the answer then reads those.

Invariants:

* Nothing that arrived whole is thrown away: what came before a broken connection is handed out before the error is
  raised, except for the beginning of a chunk (see :mod:`pysnow.wire.framing`).
* At the end, or when the caller stops early, the connection goes back to its pool or is closed.
* An answer is read off the wire by the process that asked for it; in one that was forked meanwhile, that is refused.
* A connection belongs to whoever moves the bytes: giving up an answer whose bytes were handed back does not touch it.
"""

from __future__ import annotations

import http.client
import io
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import requests.exceptions
import urllib3.exceptions
from urllib3.response import BaseHTTPResponse, HTTPResponse

from pysnow.exceptions import (
    DeadlineExceeded,
    IncompleteResponse,
    InvalidUsage,
    MalformedResponse,
    PysnowException,
    ReadTimeout,
)
from pysnow.wire.answer_context import answer_context, request_line
from pysnow.wire.answer_facts import facts_of
from pysnow.wire.framing import WholeAnswer, ends_unproven, prove_chunks
from pysnow.wire.inflate import INFLATED_FREELY_BYTES, INFLATION_LIMIT, PIECE_BYTES, is_inflatable

if TYPE_CHECKING:
    import requests

    from pysnow.wire.deadline import Deadline

__all__ = [
    "HeldBody",
    "RawBody",
    "cut",
    "held_body",
    "hold_raw",
    "is_kept",
    "is_read",
    "mark_read",
    "put_raw",
    "read_short",
    "release",
    "take_raw",
]

PACKED_PIECE_BYTES: Final = 65_536
"""Most compressed bytes read at once. They are inflated by the 64 KiB, however many these become."""

SHORT_BYTES: Final = 8_192
"""Longest body that is read in one go."""

_CONSUMED = "_content_consumed"  # requests tells in no public way whether a body is still on the wire
_HANDED_BACK = "__pysnow_raw__"
_HELD = "__pysnow_held__"
_READ_ALREADY = "The body of this answer has been read already"
_OF_ANOTHER_PROCESS = (
    "This answer is being read by the process that was forked: go on there, and send calls of its own in this one"
)
_TIMEOUTS = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_BREAKS = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body in pieces.

    Attributes:
        coding: How the pieces are compressed, as :func:`pysnow.wire.inflate.inflate` knows it; empty when not at all.
        pieces: The pieces, each at least a byte long. Errors come out of them, after what came before. Close them when
            you stop early.
    """

    coding: str
    pieces: Generator[bytes, None, None]


@dataclass(frozen=True, slots=True)
class HeldBody:
    """A whole body in memory, compressed as it came.

    Attributes:
        coding: How, as :func:`pysnow.wire.inflate.inflate` knows it.
        packed: The bytes.
    """

    coding: str
    packed: bytes = field(repr=False)


def take_raw(response: requests.Response, first_bytes: int = PIECE_BYTES) -> RawBody:
    """Take the body of an answer, uninflated where this library can inflate it.

    Works as well for answers that have been read already, and for those that a program or a test put together.

    Args:
        response: Answer whose body is wanted. Nothing is read before the first piece is asked for.
        first_bytes: Bytes of the first piece at most.

    Raises:
        IncompleteResponse: The connection broke; this and the others come out of the pieces.
        ReadTimeout: The rest did not come in time.
        DeadlineExceeded: The call has ended.
        MalformedResponse: The body is a decompression bomb, in a coding that is inflated further down.
        InvalidUsage: The body was read elsewhere and not kept.
    """
    held = held_body(response)
    if held is not None and not is_kept(response):
        return RawBody(held.coding, cut(held.packed, PACKED_PIECE_BYTES))
    source = _handed_back(response)
    if source is not None and not is_kept(response):
        return RawBody(source.body.coding, source.once())
    coding = _coding_on_wire(response)
    return RawBody(coding, _taken(response, first_bytes, is_packed=bool(coding)))


def read_short(response: requests.Response) -> HeldBody | None:
    """Read a short compressed body in one go, which costs half of taking it in pieces; None where it has to be those.

    Args:
        response: Answer whose body is wanted as a whole, or not at all.

    Raises:
        IncompleteResponse: The connection broke.
        ReadTimeout: The rest did not come in time.
        DeadlineExceeded: The call has ended.
    """
    raw = response.raw
    coding = _coding_on_wire(response) if _handed_back(response) is None else ""
    # Connections of this library end in time by themselves; those of another adapter may drip.
    if not coding or not isinstance(getattr(raw, "_original_response", None), WholeAnswer):
        return None
    length = raw.length_remaining
    if not length or length > SHORT_BYTES:
        return None
    try:
        packed = raw.read(length, decode_content=False)
        if len(packed) < length:  # urllib3 would say so at the next read only
            raise http.client.IncompleteRead(packed, length - len(packed))
        setattr(response, _CONSUMED, True)
    except _BREAKS as exc:
        raise _translated(exc, response) from exc
    finally:
        release(response)
    return HeldBody(coding, packed)


def put_raw(response: requests.Response, body: RawBody) -> None:
    """Let an answer be read from pieces that were taken off the wire, in this thread or in another one.

    Args:
        response: The answer.
        body: The pieces, with the coding that :func:`take_raw` told.
    """
    setattr(response, _HANDED_BACK, _HandedBack(body))


def hold_raw(response: requests.Response, body: HeldBody) -> None:
    """Let an answer be read from memory, as often as you like; ``requests`` itself finds the body there, too.

    Args:
        response: The answer, its body off the wire.
        body: All of the body.
    """
    old = response.raw
    response.raw = HTTPResponse(
        io.BytesIO(body.packed), headers=old.headers, status=old.status, reason=old.reason, preload_content=False
    )
    setattr(response, _CONSUMED, False)
    setattr(response, _HELD, body)


def held_body(response: requests.Response) -> HeldBody | None:
    """What :func:`hold_raw` put there, or None."""
    found = getattr(response, _HELD, None)
    return found if isinstance(found, HeldBody) else None  # a stand-in may have every attribute


class _HandedBack:
    """Pieces that come from elsewhere; requests' own mark tells about the wire, on which somebody else may be."""

    def __init__(self, body: RawBody) -> None:
        self.body = body
        self.is_over = False

    def once(self) -> Generator[bytes, None, None]:
        if self.is_over:
            raise InvalidUsage(_READ_ALREADY)
        try:
            yield from self.body.pieces
        finally:
            self.is_over = True
            self.body.pieces.close()


def is_kept(response: requests.Response) -> bool:
    """Whether an answer holds its body, inflated."""
    # Bytes put there by hand, as tests do, are a body too, whatever the mark says.
    return isinstance(response._content, bytes)


def is_read(response: requests.Response) -> bool:
    """Whether there is nothing left to read."""
    source = _handed_back(response)
    return bool(getattr(response, _CONSUMED)) if source is None else source.is_over


def mark_read(response: requests.Response) -> None:
    """Take note that there is nothing left to read."""
    setattr(response, _CONSUMED, True)
    source = _handed_back(response)
    if source is not None:
        source.is_over = True


def release(response: requests.Response) -> None:
    """Give the connection back to its pool, or close it when there is more on it.

    Args:
        response: Answer that is not read on.
    """
    if _handed_back(response) is not None:
        return
    raw = response.raw
    if raw is not None:  # an answer put together by hand
        response.close()
    if isinstance(raw, HTTPResponse):
        # Errors hang on to answers, and pools know the proxy's password.
        raw._pool = raw._connection = None  # as when it was never on a wire


def _coding_on_wire(response: requests.Response) -> str:
    raw = response.raw
    if is_kept(response) or is_read(response) or not isinstance(raw, BaseHTTPResponse) or raw.tell():
        return ""  # what somebody else has begun to read goes on as it began
    coding = raw.headers.get("Content-Encoding", "")
    return coding if is_inflatable(coding) else ""


def _handed_back(response: requests.Response) -> _HandedBack | None:
    found = getattr(response, _HANDED_BACK, None)
    return found if isinstance(found, _HandedBack) else None  # a stand-in may have every attribute


def _taken(response: requests.Response, first_bytes: int, *, is_packed: bool) -> Generator[bytes, None, None]:
    try:
        yield from _in_time(_pieces(response, first_bytes, is_packed=is_packed), facts_of(response).deadline)
    except requests.exceptions.StreamConsumedError as exc:
        raise InvalidUsage(_READ_ALREADY) from exc
    except (*_TIMEOUTS, *_BREAKS) as exc:
        if isinstance(exc, PysnowException):
            raise
        raise _translated(exc, response) from exc
    finally:
        release(response)


def _pieces(response: requests.Response, first_bytes: int, *, is_packed: bool) -> Iterator[bytes]:
    raw = response.raw
    if is_kept(response) or (is_read(response) and response._content is None):
        return cut(response._content or b"", PIECE_BYTES)
    if isinstance(raw, BaseHTTPResponse) and not is_read(response):
        prove_chunks(raw)
        reading = _packed(raw, first_bytes) if is_packed else _inflated_below(response, raw, first_bytes)
        return _marking(response, raw, reading)
    if raw is None:
        return iter(())
    # A stand-in for urllib3's class, or a body that is gone: requests knows what to do.
    return response.iter_content(PIECE_BYTES)


def cut(body: bytes, size: int) -> Generator[bytes, None, None]:
    """Give a body in pieces.

    Args:
        body: All of it.
        size: Most bytes of a piece.
    """
    for start in range(0, len(body), size):
        yield body[start : start + size]


def _marking(response: requests.Response, raw: BaseHTTPResponse, pieces: Iterator[bytes]) -> Iterator[bytes]:
    process = facts_of(response).process or os.getpid()
    while True:
        if os.getpid() != process:
            raise InvalidUsage(_OF_ANOTHER_PROCESS)
        piece = next(pieces, b"")
        if not piece:
            break
        yield piece
    if ends_unproven(raw):
        raise http.client.IncompleteRead(b"")
    # From here on, requests itself says that there is nothing left to read, instead of an empty body.
    setattr(response, _CONSUMED, True)


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


# read1() gives what has come; read() and stream() wait for a full piece, and drop it when the connection breaks.


def _packed(raw: BaseHTTPResponse, first_bytes: int) -> Iterator[bytes]:
    piece = raw.read1(min(max(first_bytes, 1), PACKED_PIECE_BYTES), decode_content=False)
    while piece:
        yield piece
        piece = raw.read1(PACKED_PIECE_BYTES, decode_content=False)


def _inflated_below(response: requests.Response, raw: BaseHTTPResponse, first_bytes: int) -> Iterator[bytes]:
    """Bytes that are not compressed, or in a way that urllib3 knows: several codings, or another one."""
    inflated = 0
    piece = raw.read1(max(first_bytes, 1), decode_content=True)
    while piece:
        inflated += len(piece)
        if inflated > INFLATED_FREELY_BYTES and inflated > INFLATION_LIMIT * raw.tell():
            raise MalformedResponse(
                f"The answer to {request_line(response)} inflates to more than {INFLATION_LIMIT} times its size",
                **answer_context(response),
            )
        yield piece
        piece = raw.read1(PIECE_BYTES, decode_content=True)


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
