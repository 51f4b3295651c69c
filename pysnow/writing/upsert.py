"""One record for each key: found and brought up to date, or created, and then looked at once more.

::

    look for the key (and when=)
      one    -> nothing differs, or update=False: unchanged; else one PUT of what differs: updated
      none   -> create it, under a sys_id made of the key where that is sure to be free: created
                look again: more than one -> DuplicateCreated
      more   -> MultipleResults

Threads of one client take turns for a key. Others are kept apart by the database where the ``sys_id`` is made of the
key; else by the second look, of which at least one of two that create at the same moment sees both records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pysnow.encoded_query import print_equality
from pysnow.exceptions import DuplicateCreated, IncompleteResult, InvalidUsage, MultipleResults, QueryTypeError
from pysnow.field_value import raw_value
from pysnow.params_builder import ParamsBuilder
from pysnow.writing.create_record import KeyedCreation
from pysnow.writing.creation_key import creation_key
from pysnow.writing.field_diff import FieldChange, field_changes, is_same, written
from pysnow.writing.query_echo import echo_of
from pysnow.writing.record_look_up import as_query
from pysnow.writing.record_state import journal_columns, state_of, state_params
from pysnow.writing.table_memory import memory_of
from pysnow.writing.update_record import update_once

if TYPE_CHECKING:
    from types import EllipsisType

    from pysnow._types import Query, Record, Timeout
    from pysnow.wire.transport import Transport
    from pysnow.writing.outcome import Action
    from pysnow.writing.query_echo import Echo
    from pysnow.writing.record_state import RecordState
    from pysnow.writing.writes import PendingWrite

__all__ = ["Upsert", "upsert"]

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


@dataclass(frozen=True, slots=True)
class Upsert:
    """What an upsert did.

    Attributes:
        record: The record as it is now.
        action: ``created``, ``updated`` or ``unchanged``.
        changes: Fields that got another value.
        is_dry_run: Whether nothing was sent, and this is what would be done; ``record`` is the one before then.
    """

    record: Record
    action: Action
    changes: Mapping[str, FieldChange] = field(default_factory=dict)
    is_dry_run: bool = False

    @property
    def sys_id(self) -> str | None:
        """The record's sys_id."""
        found = raw_value(self.record.get("sys_id"))
        return found if isinstance(found, str) else None


def upsert(
    table: UpsertTable,
    payload: Mapping[str, Any],
    key: str | Iterable[str] = "correlation_id",
    *,
    update: bool = True,
    when: Query | None = None,
    dry_run: bool = False,
    params: Mapping[str, Any] | None = None,
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

    Raises:
        InvalidUsage: A column of the key has no value, or ``when`` cannot be used; nothing was sent.
        MultipleResults: More than one record has the key; nothing was changed.
        DuplicateCreated: Somebody else created a record with the same key at the same moment.
        PysnowException: As for ``create()`` and ``update()``.
    """
    fields = written(payload)
    values = _key_values(fields, key)
    call = _Upsert(table, fields, values, when, params)
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
    ) -> None:
        self._table = table
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

    def run(self, *, update: bool, dry_run: bool) -> Upsert:
        found = self._look()
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
        found = self._change("update").read(None, params)
        rows = found.all()
        if not rows and found.total:
            # Counted, and not there: hidden, or created between the list and its count.
            found = self._change("update").read(None, params)
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
        if not changes:
            return Upsert(record, "unchanged", is_dry_run=dry_run)
        if dry_run:
            return Upsert(record, "updated", changes, is_dry_run=True)
        sent = [*changes, *(name for name in journal_columns(self._fields) if name not in changes)]
        payload = {name: self._fields[name] for name in sent}
        watched = ("sys_mod_count", *journal_columns(payload))
        change = self._change("update")
        done = update_once(change, _sys_id(record), payload, watched=watched, before=state)
        return Upsert(dict(done), "updated", changes)

    # -- not there -----------------------------------------------------------------------------------------------------

    def _dry_creation(self) -> Upsert:
        return Upsert({}, "created", field_changes(self._fields, None), is_dry_run=True)

    def _created(self, *, update: bool) -> Upsert:
        record, existed = self._created_once()
        twins = [_sys_id(row) for row in self._rows()]
        own = _sys_id(record)
        others = [sys_id for sys_id in twins if sys_id != own]
        if others and not existed:
            error = DuplicateCreated(
                f"{own} was created in {self._table.name}, and meanwhile somebody else created {others[0]} with the"
                f" same key {self.text!r}: delete one of them",
                operation="upsert",
                table=self._table.name,
                sys_id=own,
                committed=True,
            )
            error.sys_ids = (own, *others)
            raise error
        if existed and (found := self._look()) is not None:
            return self._brought_up_to_date(*found, update=update, dry_run=False)
        return Upsert(record, "created", field_changes(self._fields, None))

    def _created_once(self) -> tuple[Record, bool]:
        """The record, and whether it had been there, created by somebody else since it was looked for."""
        if not self._when:
            made = self._created_under(self.text)
            if not made.existed or self._has_key(made):
                return dict(made), made.existed
            # The sys_id made of the key belongs to a record that got another key since: this one needs its own.
        made = self._created_under(None)
        return dict(made), False

    def _created_under(self, name: str | None) -> Any:
        """Create the record, under a sys_id made of a name, or drawn at random."""
        key = creation_key(self._table.name, self._fields, name, "sys_id")
        if key is None:
            raise InvalidUsage("The payload has a sys_id that no record can have")
        memory = memory_of(self._table._transport)
        return KeyedCreation(self._change("create"), self._table.name, key, self._fields, memory).run()

    def _has_key(self, record: Mapping[str, Any]) -> bool:
        return all(is_same(value, str(raw_value(record.get(name)) or "")) for name, value in self._values.items())

    def _change(self, operation: str) -> PendingWrite:
        return self._table._change(operation, self._params, None, ...)


def _key_values(fields: Mapping[str, Any], key: str | Iterable[str]) -> dict[str, str]:
    """Values of the key by column.

    Raises:
        InvalidUsage: There are no columns, or one has no value that a query can carry.
    """
    columns = [key] if isinstance(key, str) else list(key)
    if not columns or not all(columns):
        raise InvalidUsage(f"key must be the name of a column, or a list of such names; not {key!r}")
    values = {}
    for column in columns:
        value = fields.get(column)
        text = ("true" if value else "false") if isinstance(value, bool) else "" if value is None else str(value)
        if not text.strip():
            raise InvalidUsage(
                f"The payload needs a value for {column!r}, by which the record is recognised: add it, or name another"
                " column with key="
            )
        try:
            print_equality(column, text)
        except QueryTypeError as error:
            raise InvalidUsage(f"The value of {column!r} cannot be looked for: {error}") from error
        values[column] = text
    return values


def _sys_id(record: Mapping[str, Any]) -> str:
    return str(raw_value(record.get("sys_id")) or "")
