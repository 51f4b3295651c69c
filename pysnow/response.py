"""One answer: the only reader of what an instance sends, as records or as the document it is.

Streaming is the one way of reading; a list is a stream that was collected.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast, overload

from pysnow.caller import callers_level
from pysnow.defaults import CHUNK_SIZE_BYTES
from pysnow.exceptions import (
    IncompleteResultWarning,
    InvalidUsage,
    MalformedResponse,
    MultipleResults,
    NoResults,
    PysnowException,
)
from pysnow.field_value import raw_value
from pysnow.reading.handed_out import HandedOut, Moved
from pysnow.reading.record_stream import RecordStream, parse_document
from pysnow.wire import diagnosis
from pysnow.wire.answer_check import check_start, check_status, read_head
from pysnow.wire.answer_facts import take_call
from pysnow.wire.body import close_body, iter_body, read_body, request_line

if TYPE_CHECKING:
    from types import TracebackType

    import requests
    from requests.structures import CaseInsensitiveDict

    from pysnow._types import JSON, Query, Record
    from pysnow.reading.completeness import AskedPage
    from pysnow.record_response import RecordResponse

__all__ = ["RecordList", "RecordOwner", "Response"]

_Error = TypeVar("_Error", bound=PysnowException)

_COUNT = re.compile(r"[0-9]{1,18}", re.ASCII)


class Uploads(Protocol):
    """What can attach a file to a record."""

    def upload(self, sys_id: str, *args: Any, **kwargs: Any) -> RecordResponse:
        """Attach a file to the record."""
        ...


class RecordOwner(Protocol):
    """What an answer asks to change or delete the record it holds: the resource it came from."""

    @property
    def table_name(self) -> str | None:
        """Table whose records these are, or None where the path is not of the Table API."""
        ...

    @property
    def attachments(self) -> Uploads:
        """Files of the records."""
        ...

    def update(self, query: Query, payload: Record) -> RecordResponse:
        """Change the one record that matches."""
        ...

    def delete(self, query: Query) -> Record:
        """Delete the one record that matches."""
        ...


class RecordList(list["Record"]):
    """Records in a list, which can also be taken one by one with ``next()``, as from the generator it once was."""

    _position: int = 0

    def __next__(self) -> Record:
        """Give the next record that ``next()`` has not given yet."""
        if self._position >= len(self):
            raise StopIteration
        self._position += 1
        return self[self._position - 1]


class Response:
    """Records of one answer.

    Nothing is judged before it is read: status, body and records raise their errors then. Threads must not share one
    that is streamed. What is left of a streamed one stays on the wire until it is read or closed, so that a ``with``
    statement suits it::

        with incidents.get(stream=True) as response:
            for incident in response.all():
                ...

    Args:
        response: The answer.
        resource: Resource it came from; ``update``, ``delete`` and ``upload`` go there.
        chunk_size: Bytes read before the first record of a streamed answer can come.
        stream: Whether the body is still on the wire and is read as records are asked for. Its records can be read
            once; otherwise as often as you like.
        asked: Which records of a list were asked for.
    """

    def __init__(
        self,
        response: requests.Response,
        resource: RecordOwner,
        chunk_size: int = CHUNK_SIZE_BYTES,
        stream: bool = False,
        *,
        asked: AskedPage | None = None,
    ) -> None:
        self._asked = asked
        self._call = take_call(response)
        self._response = response
        self._resource = resource
        self._chunk_size = chunk_size
        self._stream = stream
        self._is_read = False
        self._is_closed = False
        self._count: int | None = None
        self._first: Record | None = None
        self._records: list[Record] | None = None

    # -- the records ---------------------------------------------------------------------------------------------------

    def all(self) -> RecordList:
        """Give all records: a list, or when streamed an iterator that parses as it goes.

        The iterator is called a list here, too, so that type checkers let programs index what is not streamed.

        Raises:
            HTTPStatusError: The status is outside 2xx.
            ErrorInResult: The body is an error, although the status says success.
            PartialResult: Records were followed by an error: they are not all there are.
            MissingResult: The body is JSON, but holds no records.
            MalformedResponse: The body is not JSON, is cut off, or is a page for people.
            EmptyContent: There is no body.
            TransportError: The connection broke.
            InvalidUsage: A streamed answer is read a second time.
        """
        if self._stream and self._records is None:
            return cast("RecordList", self._read_once())
        return RecordList(self._complete())

    def first(self) -> Record:
        """Give the first record. A streamed answer is closed behind it.

        Raises:
            NoResults: There is none.
            PysnowException: The answer cannot be read, see :meth:`all`.
        """
        if self._first is None:
            self._first = next(iter(self._beginning(1)), None)
        if self._first is None:
            raise self._described(NoResults("No record matches"))
        return self._first

    def first_or_none(self) -> Record | None:
        """Give the first record, or None. A streamed answer is closed behind it.

        Raises:
            PysnowException: The answer cannot be read, see :meth:`all`.
        """
        try:
            return self.first()
        except NoResults:
            return None

    def one(self) -> Record:
        """Give the only record.

        Raises:
            NoResults: There is none.
            MultipleResults: There is more than one.
            PysnowException: The answer cannot be read, see :meth:`all`.
        """
        records = self._beginning(2)
        if not records:
            raise self._described(NoResults("No record matches"))
        if len(records) > 1:
            raise self._described(MultipleResults("More than one record matches"))
        return records[0]

    def one_or_none(self) -> Record | None:
        """Give the only record, or None when there is none.

        Raises:
            MultipleResults: There is more than one.
            PysnowException: The answer cannot be read, see :meth:`all`.
        """
        try:
            return self.one()
        except NoResults:
            return None

    @overload
    def __getitem__(self, key: str) -> JSON: ...

    @overload
    def __getitem__(self, key: int) -> Record: ...

    @overload
    def __getitem__(self, key: slice) -> list[Record]: ...

    def __getitem__(self, key: str | int | slice) -> JSON:
        """Give a record by its place, or a field of the only record by its name: None when it has no such field."""
        if isinstance(key, str):
            return self.one().get(key)
        return self._complete()[key]

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the records."""
        return iter(self.all())

    def __len__(self) -> int:
        """Count the records. A streamed answer has no length, as no iterator has one."""
        if self._stream and self._records is None:
            raise TypeError("A streamed answer has no length: count its records as they come")
        return len(self._complete())

    def __bool__(self) -> bool:
        """Say True: there is an answer, whatever it holds."""
        return True

    @property
    def count(self) -> int:
        """Records in this answer; of a streamed one, those given so far. Not the matches on the instance: ``total``."""
        if self._count is None:
            return 0 if self._stream and self._records is None else len(self._collected())
        return self._count

    @count.setter
    def count(self, value: int) -> None:
        if type(value) is not int:  # a bool is one, too
            raise TypeError(f"count must be an int, not {type(value).__name__}")
        self._count = value

    # -- the answer itself ---------------------------------------------------------------------------------------------

    @property
    def status_code(self) -> int:
        """HTTP status."""
        return self._response.status_code

    @property
    def headers(self) -> CaseInsensitiveDict[str]:
        """Headers of the answer; names without regard to case."""
        return self._response.headers

    @property
    def total(self) -> int | None:
        """Records that match on the instance, before limit, offset and access rules (``X-Total-Count``), or None.

        Only lists have it, and not with ``sysparm_no_count``.
        """
        text = self._response.headers.get("X-Total-Count", "").strip()
        return int(text) if _COUNT.fullmatch(text) else None

    @property
    def truncated(self) -> bool | None:
        """Whether more records match behind those of this answer; None when the instance does not tell.

        The limit ends a list (10,000 when nothing else is said), and an instance may cap it. Rows that access rules
        hide are no truncation.
        """
        if self._asked is None or not 200 <= self.status_code < 300:
            return None
        return self._asked.is_truncated(self.total, self._count or 0, self._response.headers.get("Link", ""))

    def json(self) -> JSON:
        """Give the document as it is, whatever the status and whether or not it holds a result.

        Raises:
            MalformedResponse: The body is not JSON, is cut off, is a page for people, or is too large for memory.
            EmptyContent: There is no body.
            TransportError: The connection broke.
            InvalidUsage: The answer was streamed and has been read.
        """
        while True:
            try:
                body = read_body(self._response)
                check_start(self._response, body, table=self._table)
                return parse_document(body, where=request_line(self._response))
            except PysnowException as exc:
                self._described(exc)
                if self._is_read or not self._is_answered_again(exc):
                    raise

    def raise_for_status(self) -> None:
        """Raise what a status outside 2xx means.

        Raises:
            HTTPStatusError: The status is none of the others; which subclass, tells the status.
            RecordNotFound: 404, because no record has that sys_id or the user may not read it.
            UnexpectedRedirect: The status is that of a redirect.
        """
        check_status(self._response, table=self._table)

    def close(self) -> None:
        """Give up what has not been read, and the connection with it. What has been read into a list stays."""
        self._is_closed = True
        close_body(self._response)

    def __enter__(self) -> Self:
        """Give the response itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Say status and method."""
        return f"<Response [{self._response.status_code} - {self._method}]>"

    # -- the record on the instance ------------------------------------------------------------------------------------

    def update(self, payload: Record) -> RecordResponse:
        """Change the only record of this answer on the instance.

        Args:
            payload: Fields to change; the others keep their values.

        Returns:
            The changed record.

        Raises:
            InvalidUsage: The record has no sys_id, or the payload is not a dict; nothing was sent.
            NoResults: There is no record.
            MultipleResults: There is more than one record.
            PysnowException: This answer cannot be read, see :meth:`all`; or the update failed.
        """
        return self._resource.update({"sys_id": self._sys_id()}, payload)

    def delete(self) -> Record:
        """Delete the only record of this answer on the instance.

        Raises:
            InvalidUsage: The record has no sys_id; nothing was sent.
            NoResults: There is no record.
            MultipleResults: There is more than one record.
            PysnowException: This answer cannot be read, see :meth:`all`; or the deletion failed.
        """
        return self._resource.delete({"sys_id": self._sys_id()})

    def upload(self, *args: Any, **kwargs: Any) -> RecordResponse:
        """Attach a file to the only record of this answer.

        Args:
            args: As for ``Attachment.upload``, behind the sys_id.
            kwargs: As for ``Attachment.upload``.

        Returns:
            The record of the attachment.

        Raises:
            InvalidUsage: The record has no sys_id; nothing was sent.
            NoResults: There is no record.
            MultipleResults: There is more than one record.
            PysnowException: This answer cannot be read, see :meth:`all`; or the upload failed.
        """
        return self._resource.attachments.upload(self._sys_id(), *args, **kwargs)

    def _sys_id(self) -> str:
        record: JSON = self.one()
        sys_id = raw_value(record.get("sys_id")) if isinstance(record, dict) else None
        if not isinstance(sys_id, str) or not sys_id:
            raise self._described(
                InvalidUsage(
                    "This record has no sys_id, by which it could be changed: ask for the field, or use request() with"
                    " the method and path that this API offers"
                )
            )
        return sys_id

    # -- reading -------------------------------------------------------------------------------------------------------

    def _collected(self) -> list[Record]:
        """All records, read when first asked for."""
        if self._records is None:
            self._records = list(self._read_once()) if self._stream else self._whole()
        return self._records

    def _complete(self) -> list[Record]:
        """All records, for somebody who wants them all."""
        records = self._collected()
        self._warn_if_truncated(len(records))
        return records

    def _whole(self) -> list[Record]:
        """The records of the first answer that can be read to its end."""
        while True:
            try:
                records = list(self._read())
                for record in records:
                    if type(record) is not dict:
                        self._check_row(record)
                return records
            except PysnowException as exc:
                if not self._is_answered_again(exc):
                    raise

    def _beginning(self, length: int) -> list[Record]:
        """At least so many of the first records, if there are; what a stream holds behind them is given up."""
        if not self._stream or self._records is not None:
            return self._collected()
        with closing(self._read_once()) as stream:
            records = list(islice(stream, length))
        if len(records) < length:  # that was all, so it can be asked for again
            self._records = records
        return records

    def _read_once(self) -> Generator[Record, None, None]:
        if self._is_read or self._is_closed:
            done = "read" if self._is_read else "closed"
            raise self._described(
                InvalidUsage(
                    f"This answer was streamed and has been {done}: keep its records, or do without stream=True"
                )
            )
        return self._counted()

    def _counted(self) -> Generator[Record, None, None]:
        self._read_once()  # refuse, if it was closed meanwhile, or another iterator was quicker
        handed = HandedOut(self._check_row)
        for record in self._healed(handed):
            self._count = handed.count
            yield record
            if self._is_closed:
                raise self._described(InvalidUsage("This answer was closed before its end"))
        self._warn_if_truncated(handed.count)

    def _healed(self, handed: HandedOut) -> Generator[Record, None, None]:
        """The records of a stream; when it breaks off, another answer goes on behind those that were handed out."""
        broken: PysnowException | None = None
        while True:
            try:
                self.raise_for_status()
                self._is_read = True
                with closing(self._read()) as records:
                    yield from handed.following(records)
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
        if self._call is None or self._is_closed:
            return False
        answer = self._call.again(error)
        if answer is None:
            return False
        close_body(self._response)
        self._response = answer
        self._call = take_call(answer)
        return True

    def _check_row(self, record: JSON) -> None:
        """Refuse what is no record where only records can be; other APIs may list what they like."""
        if self._asked is not None and self._table is not None and not isinstance(record, dict):
            raise self._described(
                MalformedResponse(
                    f"The answer to {request_line(self._response)} holds {type(record).__name__} where a record belongs"
                )
            )

    def _read(self) -> Generator[Record, None, None]:
        self.raise_for_status()
        status = self._response.status_code
        if status == 204 and self._method == "DELETE":
            self._response.close()
            yield {"status": "record deleted"}
        elif status == 202 and self._method == "GET":
            self._response.close()
            raise diagnosis.diagnose_nothing(self._response, table=self._table)
        else:
            with closing(iter_body(self._response, self._chunk_size)) as pieces:
                try:
                    yield from self._parsed(pieces)
                except PysnowException as exc:
                    self._described(exc)
                    raise

    def _parsed(self, pieces: Iterator[bytes]) -> Iterator[Record]:
        head = read_head(pieces)
        check_start(self._response, head, table=self._table)
        stream = RecordStream(chain((head,), pieces), where=request_line(self._response))
        yield from stream
        error = diagnosis.diagnose_envelope(
            self._response,
            error=stream.error,
            has_result=stream.has_result,
            found=stream.found,
            received=stream.received,
            table=self._table,
        )
        if error is not None:
            raise error

    def _warn_if_truncated(self, received: int) -> None:
        asked = self._asked
        if asked is None or not asked.warns or not self.truncated:
            return
        self._asked = replace(asked, warns=False)
        if asked.is_worth_a_warning(self._response.headers.get("Link", "")):
            matching = "more records match" if self.total is None else f"{self.total} records match"
            warnings.warn(
                f"{request_line(self._response)}: {matching}, but this answer ends after {received}. Ask for the others"
                " with limit= and offset=, or use iterate(). Client(warn_truncated=False) says no more about it",
                IncompleteResultWarning,
                stacklevel=callers_level(),
            )

    def _described(self, error: _Error) -> _Error:
        return error.describe(**diagnosis.context_of(self._response, self._table))

    @property
    def _table(self) -> str | None:
        return getattr(self._resource, "table_name", None)

    @property
    def _method(self) -> str:
        return getattr(self._response.request, "method", None) or "GET"
