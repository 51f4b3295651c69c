"""Framing of a request body: where it ends, by length or by chunks (RFC 9112), whatever a handler reads of it."""

from __future__ import annotations

import io
from email.message import Message
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LONGEST_LINE = 8 * 1024
_DRAINED_BYTES = 2 * 1024**3  # an upload refused early is read to its end, so that the client sees why; not for ever
_PIECE_BYTES = 256 * 1024


class BrokenBody(Exception):
    """The body's framing is wrong, or the client left before its end."""


def body_length(headers: Message) -> int | None:
    """Give the length of a body in bytes; None when it comes in chunks.

    Raises:
        BrokenBody: The headers contradict each other, or hold something else than a length.
    """
    coding = headers.get("Transfer-Encoding")
    lengths = set(headers.get_all("Content-Length", []))
    if coding is not None:
        if lengths or coding.strip().lower() != "chunked":
            raise BrokenBody("Unsupported transfer encoding")
        return None
    if not lengths:
        return 0
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdigit()):
        raise BrokenBody("Bad content length")
    return int(length)


class RequestBody(io.RawIOBase):
    """The body of one request, ending where its framing says so.

    Args:
        stream: The connection.
        length: Bytes of the body; None when it comes in chunks.
    """

    def __init__(self, stream: io.BufferedIOBase, length: int | None) -> None:
        self._stream = stream
        self._is_chunked = length is None
        self._left = length or 0  # of the body, or of the current chunk
        self._is_at_end = length == 0
        self._is_first_chunk = True

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read the next bytes; 0 at the end of the body.

        Raises:
            BrokenBody: The client left, or a chunk has no proper size.
        """
        view = memoryview(buffer).cast("B")
        if self._is_chunked and self._left == 0 and not self._is_at_end:
            self._next_chunk()
        if self._is_at_end or not view:
            return 0
        chunk = self._stream.read1(min(len(view), self._left))
        if not chunk:
            raise BrokenBody("The connection ended inside a request body")
        view[: len(chunk)] = chunk
        self._left -= len(chunk)
        self._is_at_end = self._left == 0 and not self._is_chunked
        return len(chunk)

    def drain(self) -> bool:
        """Read what the handler left, so that the next request starts where it should.

        Returns:
            Whether the connection can go on.
        """
        drained = 0
        try:
            while piece := self.read(_PIECE_BYTES):
                if (drained := drained + len(piece)) > _DRAINED_BYTES:
                    return False
        except BrokenBody:
            return False
        return True

    def _next_chunk(self) -> None:
        if not self._is_first_chunk and self._line():
            raise BrokenBody("A chunk is longer than its size")
        self._is_first_chunk = False
        size = self._line().partition(b";")[0].strip()
        if not size or size.strip(b"0123456789abcdefABCDEF"):
            raise BrokenBody("A chunk has no size")
        self._left = int(size, 16)
        if self._left == 0:
            while self._line():
                pass  # trailers mean nothing to an instance
            self._is_at_end = True

    def _line(self) -> bytes:
        line = self._stream.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise BrokenBody("A line of the body's framing does not end")
        return line.rstrip(b"\r\n")
