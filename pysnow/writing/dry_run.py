"""What a change would do, found out by reading alone: which record it means, and which of its fields would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from pysnow.exceptions import InvalidUsage, NoResults
from pysnow.writing.creation_key import key_of_call
from pysnow.writing.field_diff import FieldChange, as_stored, field_changes, unknown_fields, written
from pysnow.writing.keyed_record import found_by
from pysnow.writing.record_state import journal_columns, read_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import EllipsisType

    from pysnow._types import Query, Record, Timeout
    from pysnow.writing.creation_key import Idempotency
    from pysnow.writing.outcome import Action
    from pysnow.writing.record_state import RecordState
    from pysnow.writing.writes import PendingWrite

__all__ = [
    "CreateOptions",
    "DeleteOptions",
    "DryRun",
    "UpdateOptions",
    "columns_missing",
    "dry_create",
    "dry_delete",
    "dry_update",
    "entries_added",
]


class CreateOptions(TypedDict, total=False):
    """Options of ``create()``, see :meth:`pysnow.Resource.create`."""

    key: str | None
    idempotency: Idempotency | None
    params: Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    timeout: Timeout | EllipsisType


class UpdateOptions(TypedDict, total=False):
    """Options of ``update()``, see :meth:`pysnow.Resource.update`."""

    allow_raw: bool
    if_mod_count: int | None
    params: Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    timeout: Timeout | EllipsisType


class DeleteOptions(TypedDict, total=False):
    """Options of ``delete()``, see :meth:`pysnow.Resource.delete`."""

    allow_raw: bool
    timeout: Timeout | EllipsisType


class ChangingTable(Protocol):
    """What this asks of a table."""

    name: str

    def _change(
        self,
        operation: str,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        timeout: Timeout | EllipsisType,
    ) -> PendingWrite:
        """A change of this table; here it only reads."""
        ...

    def _found(
        self, change: PendingWrite, query: Query, *, allow_raw: bool, watched: Sequence[str] = ()
    ) -> tuple[str, RecordState | None]:
        """The one record that a query matches."""
        ...


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change would do. It is never the record that the change would give.

    Attributes:
        table: The table.
        action: What would be done: ``created``, ``existed``, ``updated``, ``unchanged`` or ``deleted``.
        sys_id: The record concerned; None for one that is not there yet.
        changes: Fields that would get another value; journals with the entry that would be added.
        ignored: Fields that the table does not have, or does not show to this user: an instance ignores them.
        record: The record as it is now, where it was read whole.
    """

    table: str
    action: Action
    sys_id: str | None = None
    changes: Mapping[str, FieldChange] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    record: Record | None = None

    def __str__(self) -> str:
        """Say it on a few lines, as for a terminal."""
        head = f"{self.table} {self.sys_id or '(new)'}: would be {self.action}"
        lines = [f"  {name}: {change}" for name, change in self.changes.items()]
        return "\n".join([head, *lines, *(f"  {name}: ignored, no such field" for name in self.ignored)])


def dry_create(
    table: ChangingTable,
    payload: object,
    *,
    key: str | None = None,
    idempotency: Idempotency | None = None,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: Timeout | EllipsisType = ...,
) -> DryRun:
    """Tell what ``create()`` would do: one GET, and with a key up to two more.

    Args:
        table: The table.
        payload: As for ``create()``, and so are the others.
        key: Name of the creation.
        idempotency: By which column it is recognised.
        params: Query parameters.
        headers: Headers.
        timeout: Seconds to connect and to read.

    Raises:
        InvalidUsage: An argument cannot be used.
        PysnowException: The instance refuses, or does not answer.
    """
    fields, change = _fields(payload), table._change("read", params, headers, timeout)
    creation = key_of_call(table.name, fields, key, idempotency, by_default=False)
    if creation is not None and not creation.is_fresh:
        for way, value in creation.columns.items():
            record = found_by(change, way, value)
            if record is not None:
                return DryRun(table.name, "existed", str(record["sys_id"]), record=dict(record))
    ignored = columns_missing(change, fields)
    changes = {name: each for name, each in field_changes(fields, None).items() if name not in ignored}
    return DryRun(table.name, "created", changes=changes, ignored=ignored)


def dry_update(
    table: ChangingTable,
    query: Query,
    payload: object,
    *,
    allow_raw: bool = False,
    if_mod_count: int | None = None,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: Timeout | EllipsisType = ...,
) -> DryRun:
    """Tell what ``update()`` would do: one GET.

    Args:
        table: The table.
        query: As for ``update()``, and so are the others.
        payload: Fields to change.
        allow_raw: Whether an encoded query may be one that cannot be read.
        if_mod_count: ``sys_mod_count`` that the record must have.
        params: Query parameters.
        headers: Headers.
        timeout: Seconds to connect and to read.

    Raises:
        InvalidUsage: An argument cannot be used.
        NoResults: No record matches, or its ``sys_mod_count`` is another.
        MultipleResults: More than one matches.
        PysnowException: The instance refuses, or does not answer.
    """
    fields, change = _fields(payload), table._change("read", params, headers, timeout)
    sys_id, state = table._found(change, query, allow_raw=allow_raw, watched=tuple(fields))
    state = state or read_state(change, sys_id, fields)
    if state is None or (if_mod_count is not None and state.mod_count != str(if_mod_count)):
        found = "There is no such record" if state is None else f"The record has sys_mod_count {state.mod_count}"
        raise NoResults(f"{found}: the update would be refused", operation="update", table=table.name, sys_id=sys_id)
    changes = {**field_changes(fields, state), **entries_added(fields, state)}
    return DryRun(table.name, "updated" if changes else "unchanged", sys_id, changes, unknown_fields(fields, state))


def dry_delete(
    table: ChangingTable, query: Query, *, allow_raw: bool = False, timeout: Timeout | EllipsisType = ...
) -> DryRun:
    """Tell what ``delete()`` would do: one GET, and one more where a query is given.

    Args:
        table: The table.
        query: As for ``delete()``, and so are the others.
        allow_raw: Whether an encoded query may be one that cannot be read.
        timeout: Seconds to connect and to read.

    Raises:
        NoResults: No record matches.
        MultipleResults: More than one matches.
        PysnowException: The instance refuses, or does not answer.
    """
    change = table._change("read", None, None, timeout)
    sys_id, _ = table._found(change, query, allow_raw=allow_raw)
    return DryRun(table.name, "deleted", sys_id, record=change.read(sys_id, {}).one())


def entries_added(payload: Mapping[str, Any], state: RecordState) -> dict[str, FieldChange]:
    """Entries that would be added to journals.

    Args:
        payload: What is written.
        state: The record as it is.
    """
    logged = [column for column in journal_columns(payload) if state.stored.get(column) == ""]
    return {column: FieldChange("", as_stored(payload[column])) for column in logged}


def _fields(payload: object) -> dict[str, Any]:
    if not isinstance(payload, Mapping):
        raise InvalidUsage(f"A payload must be a dict of fields, not {type(payload).__name__}")
    return written(payload)


def columns_missing(change: PendingWrite, fields: Iterable[str]) -> tuple[str, ...]:
    """Fields that no record of the table has: one GET; nothing is known of an empty table.

    Args:
        change: What asks.
        fields: The fields.
    """
    probe = {"sysparm_limit": "1", "sysparm_fields": ",".join(["sys_id", *fields])}
    rows = change.read(None, probe).all()
    return tuple(name for name in fields if name not in rows[0]) if rows else ()
