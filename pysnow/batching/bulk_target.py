"""The table that rows are written to, as far as writing many of them needs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlencode

from pysnow.batching.part import Part
from pysnow.exceptions import InvalidUsage, PysnowException
from pysnow.field_value import raw_value
from pysnow.reading.decoders import make_decode
from pysnow.reading.json_scanner import shared_scanner
from pysnow.request import checked_headers, encoded
from pysnow.wire.translation import SECRET_HEADERS
from pysnow.writing.answer_fit import why_misfit
from pysnow.writing.applied import changes_made, ignored_fields, is_untouched
from pysnow.writing.field_diff import written
from pysnow.writing.plain_values import plain_value
from pysnow.writing.record_state import journal_columns
from pysnow.writing.table_memory import memory_of
from pysnow.writing.write_verdict import attempts_of
from pysnow.writing.writes import judged

if TYPE_CHECKING:
    from pysnow._types import Query, Record, Timeout
    from pysnow.batching.batch_sender import Answered
    from pysnow.batching.part import PartAnswer
    from pysnow.reading.decoders import Decode
    from pysnow.records.choice_labels import Labels
    from pysnow.records.field_shapes import Shown
    from pysnow.request import SnowRequest
    from pysnow.response import RecordOwner
    from pysnow.table import Table
    from pysnow.walking.record_iterator import RecordIterator
    from pysnow.wire.transport import Transport
    from pysnow.writing.applied import Ignored
    from pysnow.writing.field_diff import FieldChange
    from pysnow.writing.record_state import RecordState
    from pysnow.writing.table_memory import TableMemory
    from pysnow.writing.writes import PendingWrite

__all__ = ["BulkTable", "BulkTarget"]

_SYS_ID = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
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
        labels: Whether texts of the rows may be labels of choices, and of which language.
        is_ready: Whether rows hold their fields as they are sent.
    """

    table: BulkTable
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    labels: Labels = False
    is_ready: bool = False
    _params: Mapping[str, str] = field(init=False, repr=False)
    _query: str = field(init=False, repr=False)
    _decode: Decode = field(init=False, repr=False)

    def __post_init__(self) -> None:
        named = set(map(str.lower, checked_headers(self.headers, self.table._transport)))
        secret = next((name for name in SECRET_HEADERS if name.lower() in named), None)
        if secret is not None:
            raise InvalidUsage(
                "Many rows travel in batches, and within one no header says who is calling: put the "
                f"{secret} header on the session"
            )
        # The same for all rows, and the parameters of a table are not for ever.
        object.__setattr__(self, "_params", self.change("create").params)
        object.__setattr__(self, "_query", urlencode(self._params))
        object.__setattr__(self, "_decode", make_decode(shared_scanner(False)))

    @property
    def _table(self) -> Table:
        return self.table  # type: ignore[return-value]  # any table is more than is asked for here

    @property
    def full_table(self) -> Table:
        """The table, for what takes no less."""
        return self._table

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.table.name

    def begin(self, operation: str) -> None:
        """Ask whether such changes may be made at all, before the first row is looked at.

        Args:
            operation: ``create``, ``update`` or ``delete``.

        Raises:
            InvalidUsage: The client does not make any.
        """
        self.table._request.deadline(operation)

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
        """The fields that are to be changed, as they are sent: references looked up, labels exchanged, moments in UTC.

        Args:
            row: A dict of fields.

        Raises:
            InvalidUsage: It is none, or holds something that cannot be sent.
            SchemaMismatch: The client is strict about its schema, and it does not fit.
        """
        from pysnow.records.preparing import prepared_payload
        from pysnow.records.written_fields import changed_fields

        prepared = row if self.is_ready else prepared_payload(self._table, row)
        if not isinstance(prepared, Mapping):
            return written(prepared)  # type: ignore[arg-type]  # which refuses it
        # Which record is meant is not what is written to it.
        fields = {name: value for name, value in prepared.items() if name != "sys_id"}
        return fields if self.is_ready else written(changed_fields(self._table, fields, self.params, self.labels))

    def new_fields(self, row: object) -> dict[str, Any]:
        """The fields of a row that becomes a record: with the client's defaults under them.

        Args:
            row: A dict of fields.

        Raises:
            InvalidUsage: As for :meth:`fields`.
        """
        from pysnow.records.preparing import prepared_payload
        from pysnow.records.written_fields import fields_of_new

        prepared = written(prepared_payload(self._table, row))
        return written(fields_of_new(self._table, prepared, self.params, self.labels))

    def whole_fields(self, row: object) -> dict[str, Any]:
        """The fields of a row, its sys_id among them, of which it is not known yet whether they become a record.

        Args:
            row: A dict of fields.

        Raises:
            InvalidUsage: As for :meth:`fields`.
        """
        from pysnow.records.choice_labels import with_stored_values
        from pysnow.records.preparing import prepared_payload

        prepared = written(prepared_payload(self._table, row))
        return prepared if self.labels is False else written(with_stored_values(self._table, prepared, self.labels))

    def check_changes(self, fields: Mapping[str, Any]) -> None:
        """Compare the fields of an update with the client's schema, if it has one.

        Args:
            fields: The fields.

        Raises:
            SchemaMismatch: The client is strict about it, and they do not fit.
        """
        self._table._check_payload("update", fields, self.params)

    def changes(self, row: object) -> dict[str, Any]:
        """The fields that a row changes: of a record that was read, those that were assigned since.

        Args:
            row: A dict of fields, or a record.

        Raises:
            InvalidUsage: As for :meth:`fields`.
        """
        from pysnow.records.record import Record as TableRecord
        from pysnow.records.written_fields import changed_fields

        if not isinstance(row, TableRecord):
            return self.fields(row)
        for name in row._before or ():
            plain_value(name, row.get(name))  # a missing one cannot be compared with what was there
        return dict(changed_fields(self._table, row.changes, self.params, self.labels))

    def before(self, row: object, payload: Mapping[str, Any]) -> RecordState | None:
        """A record that is a row as it was read, as far as that tells what became of plain columns.

        Args:
            row: A dict of fields, or a record.
            payload: What is sent of it.
        """
        from pysnow.records.record import Record as TableRecord

        return row._state_before() if isinstance(row, TableRecord) and not journal_columns(payload) else None

    def shaped(self, record: Mapping[str, Any]) -> Record:
        """A record as it is handed out: it knows its table.

        Args:
            record: What the instance gave back.
        """
        from pysnow.records.record import Record as TableRecord

        return TableRecord(record, self._table)

    def sys_id_of(self, row: Any) -> str:
        """The sys_id of the record that is meant.

        Args:
            row: The sys_id, or a dict that holds it.

        Raises:
            InvalidUsage: There is none, or the record is of another instance or table.
        """
        from pysnow.records.same_home import refuse_stranger

        refuse_stranger(self._table, row)
        found = raw_value(row.get("sys_id")) if isinstance(row, Mapping) else row
        if isinstance(found, str) and _SYS_ID.fullmatch(found):
            return found
        shown = f"this one has {found!r}" if isinstance(row, Mapping) else f"not {row!r}"
        raise InvalidUsage(f"A row needs the sys_id of the record that is meant; {shown}")

    def ignored(
        self, payload: Mapping[str, Any], record: Mapping[str, Any], before: RecordState | None = None
    ) -> dict[str, Ignored]:
        """Fields that did not take what was sent, by name.

        Args:
            payload: What was sent.
            record: What the instance gave back.
            before: The record as it was read before.
        """
        return ignored_fields(payload, record, self._params, before)

    def changes_made(
        self,
        payload: Mapping[str, Any],
        changes: Mapping[str, FieldChange],
        record: Mapping[str, Any],
        ignored: Mapping[str, Ignored],
        before: RecordState | None,
    ) -> dict[str, FieldChange] | None:
        """What an update has changed, as far as that is known; None when it certainly left the record as it was.

        Args:
            payload: What was sent.
            changes: What was to change, as far as that was known.
            record: What the instance gave back.
            ignored: What :meth:`ignored` gives.
            before: The record as it was read before.
        """
        if is_untouched(payload, record, ignored, self._params, before):
            return None
        return changes_made(changes, ignored, record, self._params)

    @property
    def shown(self) -> Shown:
        """How answers hold the fields of a record."""
        asked = str(self._params.get("sysparm_display_value", "false")).lower()
        return "all" if asked == "all" else asked == "true"

    def judged(self, part: Part, answered: Answered, sys_id: str | None = None) -> dict[str, Any]:
        """The record that the answer to a part of a batch holds.

        Args:
            part: What was sent.
            answered: The answer.
            sys_id: The record that was to be changed; None of a new one.

        Raises:
            UnexpectedResponseFormat: It is not the record that was written.
            PysnowException: The change failed, or the answer cannot be read.
        """
        record = self._plain(answered.answer)
        if record is not None and why_misfit(record, self._params, sys_id) is None:
            return record
        response = answered.answer.response(part, self.table._transport.base_url)
        owner: RecordOwner = self.table  # type: ignore[assignment]  # a table is one, and more
        return dict(judged(response, owner, self.name, params=self._params, sys_id=sys_id))

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
