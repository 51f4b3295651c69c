"""The bytes of one answer, inflated: in pieces, as a whole, or as much of them as explains what went wrong.

Invariants:

* Pieces are inflated with a ceiling, so that one small read cannot become hundreds of megabytes, and to their end, so
  that a compression which stops early is noticed.
* Nothing that arrived is thrown away: what came before the damage is handed out before the error is raised.
* What is held in memory as a whole has a ceiling.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from pysnow.defaults import BUFFERED_BODY_BYTES, CHUNK_SIZE_BYTES
from pysnow.exceptions import PysnowException, ResponseTooLarge
from pysnow.wire.answer_context import answer_context, request_line
from pysnow.wire.inflate import PIECE_BYTES, inflate
from pysnow.wire.raw_body import (
    HeldBody,
    cut,
    held_body,
    hold_raw,
    is_kept,
    is_read,
    mark_read,
    read_short,
    release,
    take_raw,
)

if TYPE_CHECKING:
    import requests

__all__ = [
    "PIECE_BYTES",
    "answer_context",
    "close_body",
    "hold_body",
    "iter_body",
    "kept_bytes",
    "read_beginning",
    "read_body",
    "release",
    "request_line",
]


HELD_PACKED_BYTES: Final = 262_144
"""Compressed bytes above which a body is held as it came; below, it is inflated at once, as ``requests`` does."""


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
    if is_kept(response):
        yield from cut(response._content or b"", PIECE_BYTES)
        return
    is_held = held_body(response) is not None
    raw = take_raw(response, chunk_size)
    with closing(raw.pieces) as pieces:
        inflated = _inflated(response, pieces, raw.coding, chunk_size)
        yield from _limited(inflated, response, BUFFERED_BODY_BYTES) if is_held else inflated


def kept_bytes(response: requests.Response) -> int:
    """How many bytes of an answer's body it holds, inflated; -1 where they are still on the wire, or compressed.

    Args:
        response: The answer.
    """
    return len(response._content or b"") if is_kept(response) else -1


def hold_body(response: requests.Response) -> None:
    """Take the whole body off the wire and hold it in memory: a large one as it came, which is a fraction of it.

    Either way it can be read as often as you like.

    Args:
        response: Answer whose body is wanted.

    Raises:
        ResponseTooLarge: It has more bytes than :data:`~pysnow.defaults.BUFFERED_BODY_BYTES`. Of a body that is held
            as it came, this, damage to its compression and bombs show when it is read.
        IncompleteResponse: The connection broke.
        ReadTimeout: The rest did not come in time.
        InvalidUsage: The body was read elsewhere and not kept.
    """
    held = read_short(response) or _whole(response)
    if held is None:
        read_body(response)
    elif len(held.packed) > HELD_PACKED_BYTES:
        hold_raw(response, held)
    else:
        inflated = _inflated(response, (held.packed,) if held.packed else (), held.coding, PIECE_BYTES)
        response._content = b"".join(_limited(inflated, response, BUFFERED_BODY_BYTES))


def _whole(response: requests.Response) -> HeldBody | None:
    """A body off the wire, compressed as it came; None where it is not, or is held already."""
    raw = take_raw(response)
    if not raw.coding or held_body(response) is not None:
        return None
    with closing(raw.pieces) as pieces:
        return HeldBody(raw.coding, b"".join(_limited(pieces, response, BUFFERED_BODY_BYTES)))


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
    if not is_kept(response):
        # Left to itself, requests joins pieces of 10 KiB, which costs several times the reading.
        with closing(iter_body(response, PIECE_BYTES)) as pieces:
            response._content = b"".join(_limited(pieces, response, limit_bytes))
        mark_read(response)
    return response._content or b""


def read_beginning(response: requests.Response, limit_bytes: int) -> bytes:
    """Read as much of a body as there is, up to a limit, and leave it in the answer as :func:`read_body` does.

    This is for explaining what went wrong already, so nothing that happens meanwhile is an error.

    Args:
        response: Answer whose body is wanted.
        limit_bytes: Bytes that are enough, inflated; a piece more may be read.
    """
    if held_body(response) is not None and not is_kept(response):
        with closing(iter_body(response, PIECE_BYTES)) as pieces, suppress(PysnowException):
            return b"".join(islice(pieces, limit_bytes // PIECE_BYTES + 2))[:limit_bytes]
    if not is_kept(response) and not is_read(response):
        gathered = bytearray()
        with closing(iter_body(response, PIECE_BYTES)) as pieces, suppress(PysnowException):
            while len(gathered) < limit_bytes and (piece := next(pieces, b"")):
                gathered += piece
        response._content = bytes(gathered)
        mark_read(response)
    return response._content[:limit_bytes] if is_kept(response) and response._content else b""


def close_body(response: requests.Response) -> None:
    """Give up what is left of a body, and with it the connection. Whoever reads it after all is told so.

    Args:
        response: Answer that is not read on.
    """
    release(response)
    mark_read(response)  # else the rest would look like a broken connection


def _inflated(response: requests.Response, pieces: Iterable[bytes], coding: str, first_bytes: int) -> Iterator[bytes]:
    if not coding:
        yield from pieces
        return
    try:
        yield from inflate(pieces, coding, where=request_line(response), first_bytes=first_bytes)
    except PysnowException as exc:
        exc.describe(**answer_context(response))
        raise


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
