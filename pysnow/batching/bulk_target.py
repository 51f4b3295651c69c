"""The table that rows are written to, as far as writing many of them needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlencode

from pysnow.batching.part import Part
from pysnow.exceptions import PysnowException
from pysnow.reading.decoders import make_decode
from pysnow.reading.json_scanner import JSONScanner
from pysnow.request import encoded
from pysnow.writing.field_diff import written
from pysnow.writing.table_memory import memory_of
from pysnow.writing.write_verdict import attempts_of
from pysnow.writing.writes import judged

if TYPE_CHECKING:
    from pysnow._types import Query, Record, Timeout
    from pysnow.batching.batch_sender import Answered
    from pysnow.batching.part import PartAnswer
    from pysnow.reading.decoders import Decode
    from pysnow.request import SnowRequest
    from pysnow.response import RecordOwner
    from pysnow.walking.record_iterator import RecordIterator
    from pysnow.wire.transport import Transport
    from pysnow.writing.table_memory import TableMemory
    from pysnow.writing.writes import PendingWrite

__all__ = ["BulkTable", "BulkTarget"]

_HEADERS: Final = {"Accept": "application/json", "Content-Type": "application/json"}


class BulkTable(Protocol):
    """What writing many rows asks of a :class:`~pysnow.table.Table`."""

    name: str
    kwargs: dict[str, Any]

    @property
    def path(self) -> str:
        """Path of the table below the instance's address."""
        ...

    @property
    def _request(self) -> SnowRequest: ...

    @property
    def _transport(self) -> Transport: ...

    def _change(
        self,
        operation: str,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        timeout: Timeout | EllipsisType,
    ) -> PendingWrite:
        """A change of this table that is about to be sent."""
        ...

    @property
    def iterate(self) -> Callable[..., RecordIterator]:
        """Walks through all records that match."""
        ...

    def count(self, query: Query | None = None) -> int:
        """Count the records that match."""
        ...


@dataclass(frozen=True, slots=True)
class BulkTarget:
    """A table, and how its rows are written. Threads may share it.

    Attributes:
        table: The table.
        params: Query parameters of each write.
        headers: Headers of each write, beside the usual ones.
    """

    table: BulkTable
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    _query: str = field(init=False, repr=False)
    _decode: Decode = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # The same for all rows, and the parameters of a table are not for ever.
        object.__setattr__(self, "_query", urlencode(self.change("create").params))
        object.__setattr__(self, "_decode", make_decode(JSONScanner()))

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.table.name

    @property
    def memory(self) -> TableMemory:
        """What is known about the table."""
        return memory_of(self.table._transport)

    @property
    def clock(self) -> float:
        """The time, by the transport's clock."""
        return self.table._transport.clock()

    def change(self, operation: str) -> PendingWrite:
        """A change that is about to be sent by itself.

        Args:
            operation: ``create``, ``update`` or ``delete``.
        """
        return self.table._change(operation, self.params, self.headers, ...)

    def begun_change(self, operation: str, error: PysnowException, sent: float) -> PendingWrite:
        """A change that was sent before, as part of a batch, with an outcome that is not known.

        Args:
            operation: ``create``, ``update`` or ``delete``.
            error: What came instead of an answer.
            sent: When it was sent, by the transport's clock.
        """
        change = self.change(operation)
        change.failures, change.attempts, change.sent = 1, attempts_of(error), sent
        return change

    def part(
        self, operation: str, method: str, sys_id: str = "", payload: object = None, *, may_repeat: bool = True
    ) -> Part:
        """A change as part of a batch.

        Args:
            operation: ``create``, ``update`` or ``delete``.
            method: HTTP method.
            sys_id: The record, of one that is there.
            payload: Its fields.
            may_repeat: As for :class:`~pysnow.batching.part.Part`.

        Raises:
            InvalidUsage: The payload holds something that JSON cannot say.
        """
        path = f"{self.table.path}/{sys_id}" if sys_id else self.table.path
        body = b"" if payload is None else encoded(payload)
        return Part(operation, method, path, self._query, {**_HEADERS, **self.headers}, body, may_repeat)

    def fields(self, row: object) -> dict[str, Any]:
        """The fields of a row as they are sent: references looked up, moments in UTC.

        Args:
            row: A dict of fields.

        Raises:
            InvalidUsage: It is none, or holds something that cannot be sent.
        """
        from pysnow.records.preparing import prepared_payload

        return written(prepared_payload(self.table, row))  # type: ignore[arg-type]  # see above

    def changes(self, row: object) -> dict[str, Any]:
        """The fields that a row changes: of a record that was read, those that were assigned since.

        Args:
            row: A dict of fields, or a record.

        Raises:
            InvalidUsage: As for :meth:`fields`.
        """
        from pysnow.records.record import Record as TableRecord

        return dict(row.changes) if isinstance(row, TableRecord) else self.fields(row)

    def shaped(self, record: Mapping[str, Any]) -> Record:
        """A record as it is handed out: it knows its table.

        Args:
            record: What the instance gave back.
        """
        from pysnow.records.record import Record as TableRecord

        return TableRecord(record, self.table)  # type: ignore[arg-type]  # any table is more than is asked for here

    def judged(self, part: Part, answered: Answered) -> dict[str, Any]:
        """The record that the answer to a part of a batch holds.

        Args:
            part: What was sent.
            answered: The answer.

        Raises:
            PysnowException: The change failed, or the answer cannot be read.
        """
        record = self._plain(answered.answer)
        if record is not None:
            return record
        response = answered.answer.response(part, self.table._transport.base_url)
        owner: RecordOwner = self.table  # type: ignore[assignment]  # a table is one, and more
        return dict(judged(response, owner, self.name))

    def _plain(self, answer: PartAnswer) -> dict[str, Any] | None:
        """The record of an answer as most are, in a fraction of the time; None for all others."""
        if answer.status not in (200, 201):
            return None
        # In brackets it is a list of one, for what reads lists of records by the rules of all other answers.
        documents = self._decode(b"[%b]" % answer.body)
        if not documents or len(documents) != 1 or type(documents[0]) is not dict or len(documents[0]) != 1:
            return None
        record = documents[0].get("result")
        return record if type(record) is dict and record else None
