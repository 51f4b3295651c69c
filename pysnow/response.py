"""One answer: the only reader of what an instance sends, as records or as the document it is.

Streaming is the one way of reading; a list is a stream that was collected.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast, overload
from urllib.parse import parse_qs, urlsplit

from pysnow.answers.healed_answer import HealedAnswer
from pysnow.answers.judged_batches import method_of
from pysnow.answers.record_list import RecordList, RecordStreamIterator
from pysnow.answers.truncation import Truncation, total_of
from pysnow.defaults import CHUNK_SIZE_BYTES
from pysnow.exceptions import InvalidUsage, MultipleResults, NoResults, PysnowException
from pysnow.exporting.exports import Exports, ExportSource
from pysnow.field_value import raw_value
from pysnow.wire.answer_check import check_status
from pysnow.wire.answer_facts import facts_of

if TYPE_CHECKING:
    from types import TracebackType

    import requests
    from requests.structures import CaseInsensitiveDict

    from pysnow._types import JSON, Query, Record
    from pysnow.answers.debug_log import DebugLog
    from pysnow.reading.completeness import AskedPage
    from pysnow.record_response import RecordResponse

__all__ = ["RecordList", "RecordOwner", "Response"]

_Error = TypeVar("_Error", bound=PysnowException)


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


class Response(Exports):
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
        decimals: Whether numbers with a fraction or an exponent become exact ``Decimal`` instead of ``float``. The
            Table API sends numbers as texts; other APIs may not.
    """

    def __init__(
        self,
        response: requests.Response,
        resource: RecordOwner,
        chunk_size: int = CHUNK_SIZE_BYTES,
        stream: bool = False,
        *,
        asked: AskedPage | None = None,
        decimals: bool = False,
    ) -> None:
        table: str | None = getattr(resource, "table_name", None)
        is_list = asked is not None and table is not None
        self._answer = HealedAnswer(response, table, chunk_size, lists_records=is_list, decimals=decimals)
        self._truncation = Truncation(asked)
        self._resource = resource
        self._stream = stream
        self._count: int | None = None
        self._first: Record | None = None
        self._records: list[Record] | None = None

    def _export_source(self) -> ExportSource:
        query = parse_qs(urlsplit(str(self._answer.response.url)).query)
        fields = [name for name in ",".join(query.get("sysparm_fields", [])).split(",") if name]
        types = getattr(self._resource, "_column_types", None)  # tables have them
        shown = ",".join(query.get("sysparm_display_value", []))
        return ExportSource(self.all(), fields, partial(types, fields, shown) if types else None, shown)

    # -- the records ---------------------------------------------------------------------------------------------------

    def all(self) -> RecordList:
        """Give all records: a list, or when streamed an iterator that parses as it goes.

        The iterator is called a list here, too, so that type checkers let programs index what is not streamed.

        Raises:
            HTTPStatusError: The status is outside 2xx.
            ErrorInResult: The body is an error, although the status says success.
            PartialResult: Records were followed by an error: they are not all there are. Its ``records`` are those of a
                list.
            MissingResult: The body is JSON, but holds no records.
            MalformedResponse: The body is not JSON, is cut off, or is a page for people.
            EmptyContent: There is no body.
            TransportError: The connection broke.
            InvalidUsage: A streamed answer is read a second time.
        """
        if self._stream and self._records is None:
            return cast("RecordList", RecordStreamIterator(self._read_once()))
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
        if self._count is not None:
            return self._count
        return self._answer.handed_out if self._stream else len(self._collected())

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
    def transaction_id(self) -> str | None:
        """What the instance's logs know the call by (``X-Transaction-ID``), or None."""
        return self._response.headers.get("X-Transaction-ID")

    @property
    def elapsed(self) -> float | None:
        """Seconds until the answer came, all attempts and waits included; None for one that no client has sent for."""
        return facts_of(self._response).elapsed

    @property
    def etag(self) -> str | None:
        """Mark of the version that came (``ETag``), quotes included, or None: few APIs send one."""
        return self._response.headers.get("ETag")

    @property
    def links(self) -> dict[str, str]:
        """Addresses of other pages of a list (``Link``), by ``first``, ``prev``, ``next`` and ``last``; or empty."""
        return {rel: str(link["url"]) for rel, link in self._response.links.items() if "url" in link}

    @property
    def total(self) -> int | None:
        """Records that match on the instance, before limit, offset and access rules (``X-Total-Count``), or None.

        Only lists have it, and not with ``sysparm_no_count``.
        """
        return total_of(self._response)

    @property
    def truncated(self) -> bool | None:
        """Whether more records match behind those of this answer; None when the instance does not tell.

        The limit ends a list (10,000 when nothing else is said), and an instance may cap it. Rows that access rules
        hide are no truncation, but count as matching: where fewer came than match, and no ``Link`` header tells
        whether a page follows, it is None. So it is of a streamed answer before its end.
        """
        return self._truncation.is_truncated(self._response, self._received)

    @property
    def debug_log(self) -> DebugLog:
        """What the instance logged of this call: ask with ``headers={"X-WantSessionDebugMessages": "true"}``.

        Empty when that was not asked for, or nothing is being debugged in the user's session.

        Raises:
            InvalidUsage: The answer is streamed.
            PysnowException: The answer cannot be read, see :meth:`json`.
        """
        from pysnow.answers.debug_log import read_debug_log

        if self._stream:
            raise self._described(InvalidUsage("A streamed answer has no debug log: do without stream=True"))
        return read_debug_log(self._answer.document)

    def json(self) -> JSON:
        """Give the document as it is, whatever the status and whether or not it holds a result.

        Raises:
            MalformedResponse: The body is not JSON, is cut off, is a page for people, or is too large for memory.
            EmptyContent: There is no body.
            TransportError: The connection broke.
            InvalidUsage: The answer was streamed and has been read.
        """
        return self._answer.document()

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
        self._answer.close()

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

    @property
    def _response(self) -> requests.Response:
        """The answer itself; another one, after the first turned out to be useless."""
        return self._answer.response

    @property
    def _received(self) -> int:
        """Records that are known to have come."""
        return self._answer.handed_out if self._records is None else len(self._records)

    def _collected(self) -> list[Record]:
        """All records, read when first asked for."""
        if self._records is None:
            self._records = list(RecordStreamIterator(self._read_once())) if self._stream else self._answer.whole()
        return self._records

    def _complete(self) -> list[Record]:
        """All records, for somebody who wants them all."""
        records = self._collected()
        self._truncation.warn(self._response, len(records))
        return records

    def _beginning(self, length: int) -> list[Record]:
        """At least so many of the first records, if there are; what a stream holds behind them is given up."""
        if not self._stream or self._records is not None:
            return self._collected()
        with closing(RecordStreamIterator(self._read_once())) as stream:
            records = list(islice(stream, length))
        if len(records) < length:  # that was all, so it can be asked for again
            self._records = records
        return records

    def _read_once(self) -> Generator[Iterator[Record], None, None]:
        self._answer.check_unread()
        return self._streamed()

    def _streamed(self) -> Generator[Iterator[Record], None, None]:
        yield from self._answer.stream()
        self._truncation.warn(self._response, self._answer.handed_out)

    def _described(self, error: _Error) -> _Error:
        return self._answer.described(error)

    @property
    def _table(self) -> str | None:
        return self._answer.table

    @property
    def _method(self) -> str:
        return method_of(self._response)
