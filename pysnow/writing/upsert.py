"""One record for each key: found and brought up to date, or created, and then looked at once more.

::

    look for the key (and when=)
      one    -> nothing differs, or update=False: read it, unchanged; else one PUT of what differs: updated,
                or unchanged where the answer shows that none of it took
      none   -> create it, under a sys_id made of the key where that is sure to be free: created
                look again: more than one -> DuplicateCreated
      more   -> MultipleResults

Threads of one client take turns for a key. Others are kept apart by the database where the ``sys_id`` is made of the
key; else by the second look, of which at least one of two that create at the same moment sees both records.

Whatever columns the caller wants to have back, ``sys_id`` and those that are written are asked for with them: they tell
which record it is, and what became of the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict

from pysnow.encoded_query import print_equality
from pysnow.exceptions import (
    DuplicateCreated,
    IncompleteResult,
    InvalidUsage,
    MultipleResults,
    PysnowException,
)
from pysnow.field_value import raw_value
from pysnow.params_builder import ParamsBuilder, field_list
from pysnow.record_response import location_id
from pysnow.writing.applied import Ignored, changes_made, ignored_fields
from pysnow.writing.create_record import KeyedCreation
from pysnow.writing.creation_key import creation_key
from pysnow.writing.dry_run import columns_missing, entries_added
from pysnow.writing.field_diff import FieldChange, as_stored, field_changes, is_same, unknown_fields, written
from pysnow.writing.query_echo import echo_of
from pysnow.writing.record_look_up import as_query
from pysnow.writing.record_state import journal_columns, state_of, state_params
from pysnow.writing.table_memory import memory_of
from pysnow.writing.update_record import update_once
from pysnow.writing.upsert_key import key_values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import EllipsisType

    from pysnow._types import Query, Record, Timeout
    from pysnow.record_response import RecordResponse
    from pysnow.wire.transport import Transport
    from pysnow.writing.outcome import Action
    from pysnow.writing.query_echo import Echo
    from pysnow.writing.record_state import RecordState
    from pysnow.writing.writes import PendingWrite

__all__ = ["Upsert", "UpsertOptions", "upsert"]

_LOOKED_AT = 3
"""Records read for a key: two tell that it is not unique, and one more is named in the error."""


class UpsertTable(Protocol):
    """What this asks of a table."""

    name: str

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

    def _check_payload(
        self, operation: Literal["create", "update"], payload: Any, params: object = None, told: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Compare a payload with the client's schema, if it has one."""
        ...


class UpsertOptions(TypedDict, total=False):
    """Options of ``upsert()``, see ``Table.upsert``."""

    update: bool
    when: Query | None
    dry_run: bool
    params: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Upsert:
    """What an upsert did.

    Attributes:
        record: The record as it is now.
        action: ``created``, ``updated`` or ``unchanged``.
        changes: Fields that got another value, as the answer shows it.
        is_dry_run: Whether nothing was sent, and this is what would be done; ``record`` is the one before then.
        ignored: Fields that did not take what was sent, or would not.
    """

    record: Record
    action: Action
    changes: Mapping[str, FieldChange] = field(default_factory=dict)
    is_dry_run: bool = False
    ignored: Mapping[str, Ignored] = field(default_factory=dict)

    @property
    def sys_id(self) -> str | None:
        """The record's sys_id."""
        found = raw_value(self.record.get("sys_id"))
        return found if isinstance(found, str) else None

    def __str__(self) -> str:
        """Say it on a few lines, as for a terminal."""
        table = getattr(self.record, "table", None) or "record"
        head = f"{table} {self.sys_id or '(new)'}: {'would be ' if self.is_dry_run else ''}{self.action}"
        lines = [f"  {name}: {change}" for name, change in self.changes.items()]
        lines += [f"  {name}: {_why_ignored(each)}" for name, each in self.ignored.items()]
        return "\n".join([head, *lines])


def upsert(
    table: UpsertTable,
    payload: Mapping[str, Any],
    key: str | Iterable[str] = "correlation_id",
    *,
    update: bool = True,
    when: Query | None = None,
    dry_run: bool = False,
    params: Mapping[str, Any] | None = None,
    complete: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> Upsert:
    """Have one record of a key; see ``Table.upsert``.

    Args:
        table: The table.
        payload: Its fields, those of the key among them.
        key: Columns that make the key.
        update: Whether a record that is there is changed.
        when: Which records count, such as ``{"active": "true"}``.
        dry_run: Whether only to tell what would be done.
        params: Query parameters of the change.
        complete: Gives the fields of a new record: these, and what every one of the table gets.

    Raises:
        InvalidUsage: A column of the key has no value, or ``when`` cannot be used; nothing was sent.
        MultipleResults: More than one record has the key; nothing was changed.
        DuplicateCreated: Somebody else created a record with the same key at the same moment.
        PysnowException: As for ``create()`` and ``update()``.
    """
    fields = written(payload)
    values = key_values(fields, key)
    call = _Upsert(table, fields, values, when, params, complete)
    with memory_of(table._transport).turn(table.name, f"upsert\0{call.text}"):
        return call.run(update=update, dry_run=dry_run)


class _Upsert:
    def __init__(
        self,
        table: UpsertTable,
        fields: dict[str, Any],
        values: Mapping[str, str],
        when: Query | None,
        params: Mapping[str, Any] | None,
        complete: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        self._table = table
        self._complete = complete
        self._fields = fields
        self._values = values
        self._when = ParamsBuilder.stringify_query(as_query(when)) if when is not None else ""
        if "^NQ" in self._when:
            raise InvalidUsage("when= must be conditions that all hold together: it has several parts (^NQ)")
        self.text = "^".join(print_equality(name, value) for name, value in values.items())
        self._query = f"{self.text}^{self._when}" if self._when else self.text
        # By hand or not: its parts were printed here or are one group, so that it can be read.
        self._echo: Echo = echo_of(self._query, is_raw=False)
        self._params = params
        self._told: tuple[str, ...] = ()

    def run(self, *, update: bool, dry_run: bool) -> Upsert:
        if not dry_run:
            self._change("upsert").request.deadline("upsert")  # whoever keeps the client from writing is asked here
        fields = {name: value for name, value in self._fields.items() if name != "sys_id"}
        self._told = self._table._check_payload("update", fields, self._params)
        try:
            found = self._look()
        except PysnowException as error:
            error.describe(committed=False)
            raise
        if found is None:
            return self._dry_creation() if dry_run else self._created(update=update)
        return self._brought_up_to_date(*found, update=update, dry_run=dry_run)

    # -- there already -------------------------------------------------------------------------------------------------

    def _look(self) -> tuple[Record, RecordState] | None:
        """The one record that counts, or None."""
        rows = self._rows()
        if len(rows) > 1:
            listed = ", ".join(_sys_id(row) for row in rows[:_LOOKED_AT])
            raise MultipleResults(
                f"More than one record of {self._table.name} has the key {self.text!r}, among them {listed}: nothing"
                " was changed. Add a column to key=, or say with when= which ones count",
                operation="upsert",
                table=self._table.name,
                committed=False,
            )
        if not rows:
            return None
        return {name: raw_value(value) for name, value in rows[0].items()}, state_of(rows[0])

    def _rows(self) -> list[Record]:
        columns = dict.fromkeys([*self._fields, *self._values, *self._echo.columns])
        params = {
            **state_params(columns),
            "sysparm_query": f"{self._query}^ORDERBYsys_id",
            "sysparm_limit": str(_LOOKED_AT),
        }
        found = self._change("read").read(None, params)
        rows = found.all()
        if not rows and found.total:
            # Counted, and not there: hidden, or created between the list and its count.
            found = self._change("read").read(None, params)
            rows = found.all()
        for row in rows:
            self._echo.check(row, self._table.name)
        # The count is taken before access rules take rows away (Table API documentation).
        if not rows and found.total:
            raise IncompleteResult(
                f"{found.total} records of {self._table.name} have the key {self.text!r}, and you may read none of"
                " them: nothing was changed",
                operation="upsert",
                table=self._table.name,
                committed=False,
            )
        return list(rows)

    def _brought_up_to_date(self, record: Record, state: RecordState, *, update: bool, dry_run: bool) -> Upsert:
        changes = field_changes(self._fields, state) if update else {}
        changes.pop("sys_id", None)
        missing = unknown_fields(self._fields, state) if update else ()
        ignored = {name: Ignored(as_stored(self._fields[name])) for name in missing}
        if not changes or dry_run:
            planned: Action = "updated" if changes else "unchanged"
            if changes:
                changes |= entries_added(self._fields, state)
            return Upsert(self._read(_sys_id(record)), planned, changes, dry_run, ignored)
        return self._updated(_sys_id(record), state, changes, ignored)

    def _updated(
        self, sys_id: str, state: RecordState, changes: dict[str, FieldChange], ignored: dict[str, Ignored]
    ) -> Upsert:
        sent = [*changes, *(name for name in journal_columns(self._fields) if name not in changes)]
        payload = {name: self._fields[name] for name in sent}
        watched = ("sys_mod_count", *journal_columns(payload))
        change = self._writing("update", payload)
        done = update_once(change, sys_id, payload, watched=watched, before=state)
        ignored |= ignored_fields(payload, done, change.params, state)
        made = changes_made(changes, ignored, done, change.params)
        logged = [name for name in payload if name not in changes and name not in ignored]
        return Upsert(self._shaped(done), "updated" if made or logged else "unchanged", made, ignored=ignored)

    def _read(self, sys_id: str) -> Record:
        """The record as it is, in the shape in which an answer to a change would come."""
        change = self._writing("read", {})
        try:
            return self._shaped(change.read(sys_id, change.params).one())
        except PysnowException as error:
            error.describe(committed=False)  # nothing was to be changed
            raise

    # -- not there -----------------------------------------------------------------------------------------------------

    def _dry_creation(self) -> Upsert:
        fields = self._completed()
        missing = columns_missing(self._change("read"), fields)
        ignored = {name: Ignored(as_stored(fields[name])) for name in missing}
        made = {name: each for name, each in field_changes(fields, None).items() if name not in ignored}
        return Upsert({}, "created", made, is_dry_run=True, ignored=ignored)

    def _completed(self) -> dict[str, Any]:
        fields = self._complete(self._fields)
        self._table._check_payload("create", fields, self._params, self._told)
        return fields

    def _created(self, *, update: bool) -> Upsert:
        fields = self._completed()
        made = self._created_once(fields)
        own = _sys_id(made) or location_id(made._response) or ""
        twins = self._twins(own)
        others = [sys_id for sys_id in twins if sys_id != own]
        # An answer that does not tell which record it is of leaves it open which of two is the other one's.
        if others and not made.existed and (own or len(others) > 1):
            error = DuplicateCreated(
                f"{own} was created in {self._table.name}, and meanwhile somebody else created {others[0]} with the"
                f" same key {self.text!r}: delete one of them",
                operation="upsert",
                table=self._table.name,
                sys_id=own or None,
                committed=True,
            )
            error.sys_ids = tuple(filter(None, (own, *others)))
            raise error
        if made.existed and (found := self._look()) is not None:
            return self._brought_up_to_date(*found, update=update, dry_run=False)
        params = self._writing("create", fields).params
        ignored = ignored_fields(fields, made, params)
        changes = changes_made(field_changes(fields, None), ignored, made, params)
        return Upsert(self._shaped(made), "created", changes, ignored=ignored)

    def _twins(self, own: str) -> list[str]:
        """Sys_ids of the records that have the key, now that one was created."""
        try:
            return [_sys_id(row) for row in self._rows()]
        except PysnowException as error:
            error.committed = True  # the creation is, whatever is known of the look
            error.describe(sys_id=own or None)
            raise

    def _created_once(self, fields: dict[str, Any]) -> RecordResponse:
        """The record; it ``existed`` when somebody else has created it since it was looked for."""
        if not self._when:
            made = self._created_under(self.text, fields)
            if not made.existed or self._has_key(made):
                return made
            # The sys_id made of the key belongs to a record that got another key since: this one needs its own.
        made = self._created_under(None, fields)
        made.existed = False
        return made

    def _created_under(self, name: str | None, fields: dict[str, Any]) -> RecordResponse:
        """Create the record, under a sys_id made of a name, or drawn at random."""
        key = creation_key(self._table.name, fields, name, "sys_id")
        if key is None:
            raise InvalidUsage("The payload has a sys_id that no record can have")
        memory = memory_of(self._table._transport)
        return KeyedCreation(self._writing("create", fields), self._table.name, key, fields, memory).run()

    def _has_key(self, record: Mapping[str, Any]) -> bool:
        return all(is_same(value, str(raw_value(record.get(name)) or "")) for name, value in self._values.items())

    def _change(self, operation: str) -> PendingWrite:
        return self._table._change(operation, self._params, None, ...)

    def _writing(self, operation: str, fields: Iterable[str]) -> PendingWrite:
        """A change whose answer shows which record it is of, and the fields that are written."""
        change = self._change(operation)
        asked = change.params.get("sysparm_fields")
        if not asked:
            return change
        names = dict.fromkeys([*field_list(asked), "sys_id", *self._values, *fields])
        params = {**(self._params or {}), "sysparm_fields": ",".join(names)}
        return self._table._change(operation, params, None, ...)

    def _shaped(self, record: Mapping[str, Any]) -> Record:
        """A record with the columns that the caller has asked for, and its sys_id."""
        asked = self._change("read").params.get("sysparm_fields")
        kept = {*field_list(asked), "sys_id"} if asked else record.keys()
        return {name: value for name, value in record.items() if name in kept}


def _why_ignored(ignored: Ignored) -> str:
    return "ignored, no such field" if ignored.now is None else f"did not take {ignored.sent!r}, is {ignored.now!r}"


def _sys_id(record: Mapping[str, Any]) -> str:
    return str(raw_value(record.get("sys_id")) or "")
