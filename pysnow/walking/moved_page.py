"""A page whose bytes are off the wire: moving them is one thing, inflating and decoding them another.

Threads that fetch pages ahead only move bytes, which are still compressed then: waiting pages are small, and threads
that decode would only take turns with the caller's own.
"""

from __future__ import annotations

import json
import re
import sys
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Final

from pysnow.defaults import BUFFERED_BODY_BYTES
from pysnow.exceptions import InvalidUsage, PysnowException, ResponseTooLarge
from pysnow.reading.completeness import next_offset
from pysnow.walking.pagination import Page, sys_id_of
from pysnow.wire.inflate import inflate
from pysnow.wire.raw_body import RawBody, put_raw, release, take_raw

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON
    from pysnow.response import Response

__all__ = ["MovedPage", "moved"]

PART_ROWS: Final = 50
"""Rows that are decoded at a time: as objects they take several times the room of their bytes, and more of them at once
leave a processor's cache, which makes decoding take up to twice as long."""

_END: Final = object()
_PEEKED_BYTES: Final = 65_536
_LAST_RECORD = re.compile(rb'.*\},(?=\{")', re.DOTALL)
_REFUSALS: Final = frozenset({202, 429, 503})


class MovedPage:
    """A page that has arrived, or the reason why it has not. Belongs to one thread at a time.

    Args:
        response: The answer; its body can be read without waiting. None when there is none.
        pieces: The body.
        coding: How it is compressed.
        error: What kept the answer from coming, or from coming whole.
        offset: Rows of the list that were skipped.
        path: Path of the list.

    Attributes:
        error: As given.
        total: Rows that match, hidden ones included; None when that was not said.
        stride: How far behind this page the next one begins, as ``Link`` has it; None without a next one.
    """

    def __init__(
        self,
        response: Response | None,
        answer: requests.Response | None = None,
        pieces: Iterable[bytes] = (),
        coding: str = "",
        error: PysnowException | None = None,
        *,
        offset: int = 0,
        path: str = "",
    ) -> None:
        self.error = error
        self.total = response.total if response is not None else None
        following = None if response is None else next_offset(response.headers.get("Link", ""), path)
        self.stride = None if following is None else following - offset
        self._response = response
        self._answer = answer
        self._pieces = deque(pieces)
        self._coding = coding
        self._broken = error
        self._page: Page | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the instance had too much to do."""
        return self._response is not None and self._response.status_code in _REFUSALS

    @property
    def is_failed(self) -> bool:
        """Whether nothing but asking again can bring rows."""
        return self._response is None or self._response.status_code != 200

    def last_sys_id(self) -> str | None:
        """Give the sys_id of the last row, found without decoding the others; None when it cannot be told.

        It is a guess until the page has been read.
        """
        if self.is_failed or self._broken is not None or self._page is not None:
            return None
        self._inflate()
        tail = b""
        for piece in reversed(self._pieces):
            tail = piece + tail
            if len(tail) >= _PEEKED_BYTES:
                break
        found = _LAST_RECORD.match(tail)
        return _sys_id_at(tail[found.end() :]) if found else None

    def page(self) -> Page:
        """Decode it. What goes wrong is part of the page.

        Raises:
            InvalidUsage: The request could not be sent as it was.
        """
        if self._page is None:
            (self._page,) = self._decoded(sys.maxsize)
        return self._page

    def parts(self) -> Generator[Page, None, None]:
        """Decode it part by part; what goes wrong is part of the last one.

        Raises:
            InvalidUsage: The request could not be sent as it was.
        """
        if self._page is not None:
            yield self._page
        else:
            yield from self._decoded(PART_ROWS)

    def _inflate(self) -> None:
        pieces: deque[bytes] = deque()
        try:
            pieces.extend(inflate(self._taken(), self._coding) if self._coding else self._taken())
        except PysnowException as exc:
            self._broken = exc
        self._pieces, self._coding = pieces, ""

    def _taken(self) -> Generator[bytes, None, None]:
        """The pieces, none of which stays in memory behind it."""
        while self._pieces:
            yield self._pieces.popleft()
        if self._broken is not None:
            raise self._broken

    def _decoded(self, most: int) -> Generator[Page, None, None]:
        response, answer = self._response, self._answer
        if response is None or answer is None:
            yield Page(error=self.error)
            return
        put_raw(answer, RawBody(self._coding, self._taken()))
        rows: list[JSON] = []
        place = 0
        with response:
            try:
                response.raise_for_status()
                records = iter(response.all())
                rows.extend(islice(records, most))
                while len(rows) >= most and (following := next(records, _END)) is not _END:
                    yield Page(rows, self.total, self.stride, place=place, has_more=True)
                    place += len(rows)
                    rows = [following]
                    rows.extend(islice(records, most - 1))
            except InvalidUsage:
                raise
            except PysnowException as exc:
                yield Page(rows, self.total, self.stride, exc, place=place)
            else:
                yield Page(rows, self.total, self.stride, place=place)


def moved(answer: requests.Response, response: Response, *, offset: int, path: str) -> MovedPage:
    """Take the body of an answer off the wire, as it is.

    Args:
        answer: The answer.
        response: What reads it.
        offset: Rows of the list that were skipped.
        path: Path of the list.
    """
    pieces: list[bytes] = []
    error = None
    try:
        body = take_raw(answer)
        with closing(body.pieces):
            size = 0
            for piece in body.pieces:
                pieces.append(piece)
                size += len(piece)
                if size > BUFFERED_BODY_BYTES:
                    raise ResponseTooLarge(f"A page has more than {BUFFERED_BODY_BYTES:,} bytes")
    except PysnowException as exc:
        error = exc
    except BaseException:
        release(answer)  # whatever it is, the connection is not left to chance
        raise
    return MovedPage(response, answer, pieces, body.coding, error, offset=offset, path=path)


def _sys_id_at(text: bytes) -> str | None:
    """The sys_id of a record with which the whole document ends: behind one that was cut off stands something else."""
    decoded = text.decode("utf-8", "replace")
    try:
        row, end = json.JSONDecoder().raw_decode(decoded)
    except (ValueError, RecursionError):
        return None
    return sys_id_of(row) if decoded[end:].strip() == "]}" else None
