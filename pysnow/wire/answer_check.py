"""Judging an answer by its status and its first bytes, before its body is handed to anyone.

``diagnosis`` says which error it is; here it is read far enough to tell, and raised.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Final

from pysnow.defaults import ERROR_BODY_BYTES
from pysnow.exceptions import IncompleteResponse, MalformedResponse, PysnowException, UnexpectedResponse
from pysnow.reading.record_stream import parse_document
from pysnow.wire import diagnosis
from pysnow.wire.body import PIECE_BYTES, iter_body, read_beginning, release

if TYPE_CHECKING:
    import requests

__all__ = ["check_file", "check_start", "check_status", "read_head"]

_PAGE_PIECES: Final = 8
"""Pieces of a page that are read to tell what kind of page it is."""

_SIGN_BYTES: Final = 64
"""Bytes by which a page or an object shows."""

_BOM: Final = b"\xef\xbb\xbf"
_GZIP: Final = b"\x1f\x8b"
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_PAGE_STARTS = (b"<!doctype html", b"<html")


def check_status(response: requests.Response, *, table: str | None = None) -> None:
    """Raise what a status outside 2xx means; of the body, only that of such an answer is read.

    Args:
        response: The answer.
        table: Table concerned.

    Raises:
        HTTPStatusError: The status is outside 2xx; which subclass, tells the status.
        UnexpectedRedirect: The status is that of a redirect.
    """
    if not 200 <= response.status_code < 300:
        body = read_beginning(response, ERROR_BODY_BYTES)
        raise diagnosis.diagnose_status(response, body, table=table)


def check_start(response: requests.Response, head: bytes, *, table: str | None = None) -> None:
    """Raise what a body means that cannot be JSON.

    Args:
        response: The answer.
        head: Beginning of its body, see :func:`read_head`.
        table: Table concerned.

    Raises:
        EmptyContent: There is nothing but blanks.
        MalformedResponse: It is a page or XML.
        IncompleteResponse: It is compressed, and does not say so.
    """
    start = _start(head)
    if not start:
        raise diagnosis.diagnose_nothing(response, table=table)
    if start.startswith(b"<"):
        raise diagnosis.diagnose_page(response, head, table=table)
    if start.startswith(_GZIP):
        raise IncompleteResponse("The answer is compressed, and lost the header on its way that says so")


def check_file(
    response: requests.Response, *, table: str | None = None, chunk_size: int = PIECE_BYTES
) -> Generator[bytes, None, None]:
    """Judge an answer whose body is a file (``GET /attachment/<sys_id>/file``), and give the file in pieces.

    The answer is judged before this returns. What ``X-Attachment-Metadata`` describes is the file, whatever is in it;
    without that header, a page for people or an error object is not taken for one.

    Args:
        response: The answer, its body on the wire or read.
        table: Table concerned.
        chunk_size: Bytes of the first piece at most; the later ones have up to 64 KiB.

    Returns:
        The whole body; close it when you stop early.

    Raises:
        HTTPStatusError: The status is outside 2xx.
        UnexpectedRedirect: The status is that of a redirect.
        EmptyContent: There is no file: 202, 204, or neither content nor description.
        UnexpectedResponse: Another status than 200.
        HTMLResponse: It is a page for people; which subclass, tells the page.
        ErrorInResult: It is an error object, although the status says success.
        TransportError: The connection broke.
    """
    try:
        _check_file_status(response, table)
        pieces = iter_body(response, chunk_size)
        if response.headers.get("X-Attachment-Metadata"):
            return pieces
        return _resumed(_judged_head(response, pieces, table), pieces)
    except PysnowException as exc:
        release(response)
        exc.describe(**diagnosis.context_of(response, table))
        raise


def read_head(pieces: Iterator[bytes]) -> bytes:
    """Take as much from the beginning of a body as it takes to judge it; leading pieces of blanks are left out.

    Args:
        pieces: The body; what is not taken stays there.
    """
    head = next((piece for piece in pieces if not piece.isspace()), b"")
    if _start(head).startswith(b"<"):
        head += b"".join(islice(pieces, _PAGE_PIECES))
    return head


def _check_file_status(response: requests.Response, table: str | None) -> None:
    check_status(response, table=table)
    status = response.status_code
    if status in (202, 204):
        raise diagnosis.diagnose_nothing(response, table=table)
    if status != 200:
        raise UnexpectedResponse(200, status, "GET", "a file comes with 200 only")


def _judged_head(response: requests.Response, pieces: Iterator[bytes], table: str | None) -> bytes:
    """The beginning of a body that may be a file for all one can see."""
    head = b""
    while len(_start(head)) < _SIGN_BYTES and (piece := next(pieces, b"")):
        head += piece
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not head:
        raise diagnosis.diagnose_nothing(response, table=table)
    if _is_page(_start(head), media_type):
        raise diagnosis.diagnose_page(response, head + b"".join(islice(pieces, _PAGE_PIECES)), table=table)
    if _start(head).startswith(b"{"):
        head = _with_more(head, pieces)
        _check_error_object(response, head, table)
    return head


def _is_page(start: bytes, media_type: str) -> bool:
    # An image may be text in angle brackets, too, and login pages come under any media type.
    return start.lower().startswith(_PAGE_STARTS) or (media_type in _PAGE_TYPES and start.startswith(b"<"))


def _with_more(head: bytes, pieces: Iterator[bytes]) -> bytes:
    gathered = bytearray(head)
    while len(gathered) <= ERROR_BODY_BYTES and (piece := next(pieces, b"")):
        gathered += piece
    return bytes(gathered)


def _check_error_object(response: requests.Response, head: bytes, table: str | None) -> None:
    if len(head) > ERROR_BODY_BYTES:
        return
    try:
        document = parse_document(head)
    except MalformedResponse:
        return
    error = document.get("error") if isinstance(document, dict) and "result" not in document else None
    found = diagnosis.diagnose_envelope(
        response, error=error or None, has_result=not error, found="", received=0, table=table
    )
    if found is not None:
        raise found


def _resumed(head: bytes, pieces: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    with closing(pieces):
        yield head
        yield from pieces


def _start(head: bytes) -> bytes:
    return head.removeprefix(_BOM).lstrip()
