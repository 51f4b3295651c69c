"""Where an answer ends, and whether what came before the end is whole: its header and the chunks of its body.

``http.client`` takes the end of the connection for the end of a header, and for the size of a chunk whatever ``int()``
takes: an answer that was cut or damaged there looks like another answer. Here both are read as RFC 9112 has them.

Invariants:

* An answer exists when the empty line behind its header was seen; before that, the connection broke before the answer.
* Interim answers (1xx) are skipped, however many a server of good will sends.
* A byte of a chunk is handed out when the end of the chunk was found where its size says: a size that is wrong makes no
  framing into data. Only chunks of more than :data:`HELD_BYTES` that hold no JSON are handed out before; a file counts
  when it is complete.
"""

from __future__ import annotations

import http.client
import io
import re
import tempfile
from email.errors import MissingHeaderBodySeparatorDefect
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

__all__ = ["HELD_BYTES", "LARGEST_CHUNK_BYTES", "ProvenChunks", "WholeAnswer", "ends_unproven", "prove_chunks"]

HELD_BYTES: Final = 1_048_576
"""Largest chunk that is held in memory until its end was seen; instances and what stands before them send some KiB."""

LARGEST_CHUNK_BYTES: Final = 2**31
"""Largest chunk there is; a size above is damage."""

MOST_INTERIM_ANSWERS: Final = 16
"""More than a server sends before its answer."""

_LINE_BYTES: Final = 8192
_EDGE: Final = b"\r\n"
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\r\n")
_TRAILER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n")
_FRAME = re.compile(rb"\r\n([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?(?=\r\n)")
_BEGUN_FRAME = re.compile(rb"\r\n[0-9A-Fa-f]{1,16}(?:;[\t\x20-\x7e\x80-\xff]*)?\Z")
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)


class WholeAnswer(http.client.HTTPResponse):
    """An answer whose header is whole, and whose chunks are what they say."""

    def begin(self) -> None:
        """Read the header of the answer.

        Raises:
            RemoteDisconnected: The connection ended within it.
            HTTPException: It is damaged, or does not tell where the body ends.
        """
        if cast("Any", self.headers) is not None:  # has begun
            return
        for _ in range(MOST_INTERIM_ANSWERS):
            self._begin_next()
            if self.status >= HTTPStatus.OK or self.status == HTTPStatus.SWITCHING_PROTOCOLS:
                break
            self.headers = self.msg = cast("Any", None)  # as before the first, so that the next one is read
        else:
            raise http.client.HTTPException("interim answers, and no end of them")
        _refuse_unclear_framing(self)
        if self.chunked:
            self.fp = cast("Any", ProvenChunks(self.fp, holds_json=_is_json(self)))

    def _begin_next(self) -> None:
        source: Any = self.fp
        watched: Any = _Lines(source)
        self.fp = watched
        try:
            super().begin()
        finally:
            if self.fp is watched:  # and was not closed
                self.fp = source
        if watched.last not in (_EDGE, b"\n"):
            raise http.client.RemoteDisconnected("Remote end closed connection within the header of its answer")
        if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in self.msg.defects):
            raise http.client.HTTPException("a line of the answer's header is damaged")


class _Lines:
    """A file that is read line by line, and the last line that came."""

    __slots__ = ("_source", "last")

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = line = self._source.readline(limit)
        return line

    def close(self) -> None:
        self._source.close()


class ProvenChunks(io.BufferedIOBase):
    """A body in chunks, framing included, for whoever takes the framing off: each chunk once it is known to be whole.

    Args:
        source: The bytes as they come.
        holds_json: Whether chunks of more than :data:`HELD_BYTES` wait for their end, too; in a temporary file.
    """

    def __init__(self, source: Any, *, holds_json: bool) -> None:
        self._source = source
        self._holds_json = holds_json
        self._chunk: Any = source
        self._left = 0  # of the chunk and the line break behind it
        self._ahead: int | None = None  # the size behind the chunk, when the chunk alone could not be judged
        self._is_over = False

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readline(self, limit: int | None = -1, /) -> bytes:
        """Read the line before a chunk, or one behind the last.

        Args:
            limit: Does not matter; what is longer than such a line may be is damage.

        Raises:
            HTTPException: It is none, or the chunk behind it is not what it says.
        """
        if self._is_over:
            return self._trailer()
        size = self._next_size() if self._ahead is None else self._ahead
        self._ahead = None
        if size:
            self._begin_chunk(size)
        else:
            self._is_over = True
        return b"%x\r\n" % size

    def read(self, size: int | None = -1, /) -> bytes:
        """Read from the current chunk, or all of the line break behind it.

        Args:
            size: Most bytes.

        Raises:
            HTTPException: The chunk does not end where its size says.
        """
        return self._taken(self._chunk.read, size)

    def read1(self, size: int = -1, /) -> bytes:
        """Read what is there; else as :meth:`read`.

        Args:
            size: Most bytes.

        Raises:
            HTTPException: The chunk does not end where its size says.
        """
        return self._taken(self._chunk.read1 if self._chunk is self._source else self._chunk.read, size)

    def readinto(self, buffer: Any, /) -> int:
        """Read into a buffer; else as :meth:`read`.

        Args:
            buffer: The buffer.
        """
        view = memoryview(buffer).cast("B")
        piece = self.read(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def peek(self, size: int = -1, /) -> bytes:
        """Show nothing; who peeks reads then.

        Args:
            size: Does not matter.
        """
        return b""

    def fileno(self) -> int:
        """Give the number of the socket."""
        return cast("int", self._source.fileno())

    def close(self) -> None:
        """Close the connection's file."""
        self._leave_chunk()
        self._source.close()
        super().close()

    def _next_size(self) -> int:
        line = cast("bytes", self._source.readline(_LINE_BYTES))
        found = _SIZE.fullmatch(line)
        size = int(found[1], 16) if found and not self._left else -1
        if not 0 <= size <= LARGEST_CHUNK_BYTES:
            raise _damaged(f"{line[:40]!r} is no size of a chunk") if line else http.client.IncompleteRead(b"")
        return size

    def _trailer(self) -> bytes:
        # The empty chunk ends a body (RFC 9112, section 8); a connection that ends there takes nothing from it.
        line = cast("bytes", self._source.readline(_LINE_BYTES))
        if line not in (_EDGE, b"") and not _TRAILER.fullmatch(line):
            raise _damaged(f"{line[:40]!r} behind the last chunk")
        return line

    def _begin_chunk(self, size: int) -> None:
        if size <= HELD_BYTES:
            held = _ended(self._source.read(size + len(_EDGE)), size + len(_EDGE))
            if held.find(_EDGE, 0, size) >= 0:
                self._refuse_framing(held[:size])
            self._chunk = io.BytesIO(held)
        elif self._holds_json:
            self._chunk = self._set_aside(size + len(_EDGE))
        else:
            self._chunk = self._source
        self._left = size + len(_EDGE)

    def _refuse_framing(self, data: bytes) -> None:
        """Notice a size that is wrong by just as much that another line break lies where the chunk is to end."""
        if any(int(frame[1], 16) == len(data) - frame.end() - len(_EDGE) for frame in _FRAME.finditer(data)):
            raise _damaged("a chunk holds another one")
        if _BEGUN_FRAME.search(data):
            self._ahead = self._next_size()

    def _set_aside(self, size: int) -> IO[bytes]:
        aside = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the chunk
        try:
            while aside.tell() < size:
                piece = self._source.read(min(size - aside.tell(), HELD_BYTES))
                if not piece:
                    raise http.client.IncompleteRead(b"")
                aside.write(piece)
            aside.seek(-len(_EDGE), io.SEEK_END)
            _ended(aside.read(), len(_EDGE))
            aside.seek(0)
        except BaseException:
            aside.close()
            raise
        return aside

    def _taken(self, read: Any, size: int | None) -> bytes:
        most = self._left - len(_EDGE)
        if most > 0:
            piece = cast("bytes", read(most if size is None or size < 0 else min(size, most)))
            self._left -= len(piece)
            return piece
        if not self._left or size == 0:
            return b""
        edge = _ended(self._chunk.read(len(_EDGE)), len(_EDGE))
        self._leave_chunk()
        return edge

    def _leave_chunk(self) -> None:
        if self._chunk is not self._source:
            self._chunk.close()
            self._chunk = self._source
        self._left = 0


def prove_chunks(raw: BaseHTTPResponse) -> None:
    """See to it that the chunks of an answer are read so, whatever connection it came over.

    Args:
        raw: The answer; nothing happens when it is not in chunks, or somebody has begun to read it.
    """
    answer = getattr(raw, "_original_response", None)  # by another adapter, whose classes are its own
    if not isinstance(answer, http.client.HTTPResponse) or isinstance(answer.fp, ProvenChunks):
        return
    source: Any = answer.fp
    if answer.chunked is True and answer.chunk_left is None and source is not None and not raw.tell():
        answer.fp = cast("Any", ProvenChunks(source, holds_json=_is_json(answer)))


def ends_unproven(raw: BaseHTTPResponse) -> bool:
    """Whether an answer that was read to its end may be one whose header was cut.

    That is when nothing came, nothing said that nothing would come, and nobody saw the end of the header.

    Args:
        raw: The answer.
    """
    answer = getattr(raw, "_original_response", None)
    if not isinstance(answer, http.client.HTTPResponse) or isinstance(answer, WholeAnswer):
        return False
    return not raw.tell() and not getattr(raw, "chunked", False) and getattr(raw, "length_remaining", 0) is None


def _refuse_unclear_framing(answer: http.client.HTTPResponse) -> None:
    codings = answer.headers.get_all("Transfer-Encoding")
    # http.client looks at the first, and at nothing but "chunked"; the body would hold the framing of the others.
    if codings and {coding.strip().lower() for coding in codings} not in ({"chunked"}, {"identity"}):
        raise http.client.HTTPException("the header names an unknown transfer coding")
    if answer.chunked:
        return
    lengths = answer.headers.get_all("Content-Length")
    if lengths:
        told = {length.strip() for line in lengths for length in line.split(",")}
        if len(told) > 1 or not _LENGTH.fullmatch(told.pop()):
            raise http.client.HTTPException("the header tells no clear length of the body")


def _is_json(answer: http.client.HTTPResponse) -> bool:
    return "json" in (answer.headers.get("Content-Type") or "").lower()


def _ended(data: bytes, size: int) -> bytes:
    """The same data, which is all there and ends a line."""
    if len(data) < size:
        raise http.client.IncompleteRead(b"")
    if not data.endswith(_EDGE):
        raise _damaged("a chunk does not end where its size says")
    return data


def _damaged(what: str) -> http.client.HTTPException:
    return http.client.HTTPException(f"damaged chunks: {what}")
