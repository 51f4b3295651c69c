"""One answer, and those that take its place when it turns out to be useless.

Invariants:

* A list is made of one whole answer.
* A stream that breaks off goes on with another answer if that begins with the records that were handed out; else it
  ends with the error. No record is handed out twice, and none is left out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from pysnow.answers.judged_batches import described, judged_batches
from pysnow.exceptions import InvalidUsage, MalformedResponse, PartialResult, PysnowException
from pysnow.field_value import raw_value
from pysnow.reading.gc_pause import GC_PAUSE
from pysnow.reading.handed_out import HandedOut, Moved
from pysnow.reading.record_stream import parse_document
from pysnow.wire.answer_check import check_start, check_status
from pysnow.wire.answer_facts import take_call
from pysnow.wire.body import close_body, read_body, request_line
from pysnow.wire.received_rows import counted

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Record

__all__ = ["HealedAnswer"]

_Error = TypeVar("_Error", bound=PysnowException)


class HealedAnswer:
    """What came back for one call. Belongs to one thread while it is read.

    Args:
        response: The answer.
        table: Table whose records these are.
        chunk_size: Bytes of the first piece that is read.
        lists_records: Whether what is no object cannot be a record; other APIs may list what they like.
        decimals: Whether numbers with a fraction or an exponent become exact ``Decimal`` instead of ``float``.

    Attributes:
        response: The answer at hand.
        table: As given.
        is_read: Whether a stream of it has begun.
        is_closed: Whether it was given up.
    """

    def __init__(
        self,
        response: requests.Response,
        table: str | None,
        chunk_size: int,
        *,
        lists_records: bool = False,
        decimals: bool = False,
    ) -> None:
        self.response = response
        self.table = table
        self.is_read = False
        self.is_closed = False
        self._chunk_size = chunk_size
        self._lists_records = lists_records
        self._decimals = decimals
        self._call = take_call(response)
        self._handed = HandedOut()

    @property
    def handed_out(self) -> int:
        """Records that a stream has given so far."""
        return self._handed.count

    def read(self) -> list[Record]:
        """Give what the answer at hand lists; nothing takes its place.

        Raises:
            PartialResult: An error followed the records; it holds them.
            PysnowException: It cannot be read.
        """
        records: list[Record] = []
        try:
            with GC_PAUSE:
                for batch in self._batches():
                    records.extend(batch)
        except PartialResult as exc:
            exc.records = tuple(records)
            exc.last_sys_id = _last_sys_id(records)
            raise
        return records

    def whole(self) -> list[Record]:
        """Give the records of the first answer that can be read to its end.

        Raises:
            PysnowException: None can.
        """
        while True:
            try:
                return self._collected()
            except PysnowException as exc:
                if not self._is_answered_again(exc):
                    raise

    def stream(self) -> Generator[Iterator[Record], None, None]:
        """Give the records as they come, an iterator for each batch; once.

        Raises:
            InvalidUsage: It was read or closed before, or is closed meanwhile.
            PysnowException: The answer cannot be read, and no other one goes on behind it.
        """
        self.check_unread()
        return self._streamed()

    def check_unread(self) -> None:
        """Refuse to be read a second time.

        Raises:
            InvalidUsage: It was read or closed.
        """
        if self.is_read or self.is_closed:
            done = "read" if self.is_read else "closed"
            raise self.described(
                InvalidUsage(
                    f"This answer was streamed and has been {done}: keep its records, or do without stream=True"
                )
            )

    def document(self) -> JSON:
        """Give the document as it is, whatever the status.

        Raises:
            PysnowException: It is not JSON, or cannot be read.
        """
        while True:
            try:
                body = read_body(self.response)
                check_start(self.response, body, table=self.table)
                return parse_document(body, where=request_line(self.response), decimals=self._decimals)
            except PysnowException as exc:
                self.described(exc)
                if self.is_read or not self._is_answered_again(exc):
                    raise

    def close(self) -> None:
        """Give up what has not been read, and the connection with it."""
        self.is_closed = True
        self._handed.stop()
        close_body(self.response)

    def described(self, error: _Error) -> _Error:
        """Add to an error what is known about the call; returns the error itself.

        Args:
            error: The error.
        """
        return described(error, self.response, self.table)

    def _collected(self) -> list[Record]:
        records = self.read()
        if not {dict}.issuperset(map(type, records)):
            for record in records:
                self._check_row(record)
        return records

    def _batches(self) -> Generator[list[Record], None, None]:
        response = self.response
        batches = judged_batches(response, table=self.table, chunk_size=self._chunk_size, decimals=self._decimals)
        return counted(response, batches)

    def _streamed(self) -> Generator[Iterator[Record], None, None]:
        self.check_unread()  # it may have been closed meanwhile, or another iterator was quicker
        for records in self._healed():
            yield records
            if self.is_closed:
                raise self.described(InvalidUsage("This answer was closed before its end"))

    def _healed(self) -> Generator[Iterator[Record], None, None]:
        """The records of a stream; when it breaks off, another answer goes on behind those that were handed out."""
        broken: PysnowException | None = None
        handed = self._handed
        while True:
            try:
                check_status(self.response, table=self.table)
                self.is_read = True
                with closing(self._batches()) as batches:
                    yield from handed.following(batches, self._check_row)
                return
            except Moved:
                assert broken is not None  # nothing is skipped in a first answer
                raise broken from broken.__cause__
            except PysnowException as exc:
                broken = exc
                if handed.count:
                    exc.received, exc.last_sys_id = handed.count, handed.last_sys_id
                if not handed.is_known or not self._is_answered_again(exc):
                    raise

    def _is_answered_again(self, error: PysnowException) -> bool:
        """Whether another answer has come in the place of this one, which is useless."""
        if self._call is None or self.is_closed:
            return False
        answer = self._call.again(error)
        if answer is None:
            return False
        close_body(self.response)
        self.response = answer
        self._call = take_call(answer)
        return True

    def _check_row(self, record: JSON) -> None:
        """Refuse what is no record where only records can be."""
        if self._lists_records and not isinstance(record, dict):
            raise self.described(
                MalformedResponse(
                    f"The answer to {request_line(self.response)} holds {type(record).__name__} where a record belongs"
                )
            )


def _last_sys_id(records: list[Record]) -> str | None:
    last: JSON = records[-1] if records else None
    sys_id = raw_value(last.get("sys_id")) if isinstance(last, dict) else None
    return sys_id if isinstance(sys_id, str) else None
