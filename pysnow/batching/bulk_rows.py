"""Rows as they are given, turned into what is to be done about each."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pysnow.batching.creation_job import CreationJob
from pysnow.batching.deletion_job import DeletionJob
from pysnow.batching.planned_creations import PlannedCreations
from pysnow.batching.update_job import UpdateJob
from pysnow.encoded_query import print_equality
from pysnow.exceptions import InvalidUsage, NoResults, PysnowException, QueryTypeError
from pysnow.field_value import raw_value
from pysnow.records.record import Record
from pysnow.writing.creation_key import CreationKey, Idempotency, creation_key
from pysnow.writing.dry_run import entries_added
from pysnow.writing.field_diff import field_changes, unknown_fields
from pysnow.writing.outcome import Outcome
from pysnow.writing.record_state import journal_columns, state_of

if TYPE_CHECKING:
    from pysnow.batching.bulk_run import Entry
    from pysnow.batching.bulk_target import BulkTarget
    from pysnow.writing.record_state import RecordState

__all__ = ["KeyOf", "creations", "deletions", "key_reader", "updates"]

KeyOf: TypeAlias = "str | Callable[[Mapping[str, Any]], str] | None"
"""Where the key of a row stands: in a column, or in what a function gives; None for rows without one."""

READ_TOGETHER: Final = 100
"""Records whose state is read in one request: their sys_ids take 3.3 KB of an address that may have 8."""


def key_reader(key: KeyOf) -> Callable[[Mapping[str, Any]], str | None]:
    """Give what reads the key of a row.

    Args:
        key: As given to the call.

    Raises:
        InvalidUsage: It is neither a name nor a function.
    """
    if key is None:
        return lambda row: None
    if not isinstance(key, str):
        if not callable(key):
            raise InvalidUsage(f"key must be the name of a column, or a function that gives a row's key; not {key!r}")
        return lambda row: _checked_key(key(row), "the function given as key=")
    if not key:
        raise InvalidUsage("key must be the name of a column, and not empty")
    return lambda row: _checked_key(raw_value(row.get(key)), f"column {key!r}, which key= names,")


def creations(
    target: BulkTarget, rows: Iterable[Any], key: KeyOf, idempotency: Idempotency | None, *, dry_run: bool = False
) -> Iterator[Entry]:
    """Turn rows into records to be created.

    Args:
        target: The table.
        rows: Dicts of fields.
        key: Where their keys are.
        idempotency: As for ``Table.create``; a sys_id of its own for each row when neither this nor a key is given.
        dry_run: Whether only to tell what would be created.
    """
    read = key_reader(key)
    plan = PlannedCreations(target)
    for row in rows:
        try:
            payload = target.new_fields(row)
            known_by = _key_of(target.name, payload, read(row), key, idempotency)
            yield plan.of(row, payload, known_by) if dry_run else CreationJob(target, row, payload, known_by)
        except PysnowException as error:
            yield _unusable(row, error)


def updates(target: BulkTarget, rows: Iterable[Any], *, dry_run: bool = False) -> Iterator[Entry]:
    """Turn rows into records to be changed.

    What they hold is read before where that is needed: for a dry run, and where entries are added to journals.

    Args:
        target: The table.
        rows: Dicts of fields with a ``sys_id`` each.
        dry_run: Whether only to tell what would change.
    """
    feed = iter(rows)
    while chunk := list(islice(feed, READ_TOGETHER)):
        read = [_update_of(target, row, dry_run=dry_run) for row in chunk]
        states = _states(target, [each for each in read if not isinstance(each, Outcome)], everything=dry_run)
        for each in read:
            yield each if isinstance(each, Outcome) else _update(target, each, states, dry_run=dry_run)


def deletions(target: BulkTarget, rows: Iterable[Any], *, dry_run: bool = False) -> Iterator[Entry]:
    """Turn rows into records to be deleted.

    Args:
        target: The table.
        rows: Sys_ids, or dicts that hold one.
        dry_run: Whether only to tell what would be deleted.
    """
    for row in rows:
        try:
            sys_id = target.sys_id_of(row)
            yield Outcome(row, "dry_run", "deleted") if dry_run else DeletionJob(target, row, sys_id)
        except PysnowException as error:
            yield _unusable(row, error)


class _Update:
    __slots__ = ("payload", "row", "sys_id")

    def __init__(self, target: BulkTarget, row: Any) -> None:
        self.row = row
        self.sys_id = target.sys_id_of(row)
        payload = target.changes(row)
        payload.pop("sys_id", None)
        self.payload = payload


def _update_of(target: BulkTarget, row: Any, *, dry_run: bool) -> _Update | Outcome:
    try:
        update = _Update(target, row)
        if update.payload:
            return update
        if isinstance(row, Record):  # nothing was assigned, or what it held already
            return Outcome(row, "dry_run" if dry_run else "done", "unchanged", row)
        raise InvalidUsage(f"The row of {update.sys_id} has no field to change")
    except PysnowException as error:
        return _unusable(row, error)


def _update(target: BulkTarget, each: _Update, states: Mapping[str, RecordState], *, dry_run: bool) -> Entry:
    state = states.get(each.sys_id)
    if not dry_run:
        try:
            before = state or target.before(each.row, each.payload)
            return UpdateJob(target, each.row, each.sys_id, each.payload, before)
        except PysnowException as error:
            return _unusable(each.row, error)
    if state is None:
        missing = NoResults(f"{target.name} has no record {each.sys_id}, or you may not read it", table=target.name)
        return Outcome(each.row, "not_executed", error=missing.describe(sys_id=each.sys_id, committed=False))
    changes = {**field_changes(each.payload, state), **entries_added(each.payload, state)}
    ignored = unknown_fields(each.payload, state)
    return Outcome(each.row, "dry_run", "updated" if changes else "unchanged", changes=changes, ignored=ignored)


def _states(target: BulkTarget, updates: list[_Update], *, everything: bool) -> dict[str, RecordState]:
    """Records as they are now, by sys_id: those that matter."""
    wanted = [each for each in updates if everything or journal_columns(each.payload)]
    if not wanted:
        return {}
    columns = dict.fromkeys(
        column for each in wanted for column in (each.payload if everything else journal_columns(each.payload))
    )
    names = ",".join(dict.fromkeys(each.sys_id for each in wanted))
    walk = target.table.iterate(
        f"sys_idIN{names}",
        ["sys_id", "sys_mod_count", *columns],
        display_value="all",
        exclude_reference_link=True,
        page_size=READ_TOGETHER,
    )
    with walk as records:
        return {str(raw_value(record["sys_id"])): state_of(record) for record in records}


def _key_of(
    table: str, payload: Mapping[str, Any], text: str | None, key: KeyOf, idempotency: Idempotency | None
) -> CreationKey | None:
    if idempotency == "none":
        if text is not None:
            raise InvalidUsage("A key with idempotency='none' says two things: leave one of them out")
        return None
    if text is None and idempotency in (None, "sys_id") and "sys_id" not in payload:
        drawn = secrets.token_hex(16)
        return CreationKey(drawn, {"sys_id": drawn}, is_fresh=True)
    if text is None:
        return creation_key(table, payload, None, idempotency or "sys_id")
    if key == "correlation_id" and _is_found_as_it_is(text):
        # The row says it itself, in the column in which it is looked for.
        payload = {name: value for name, value in payload.items() if name != "correlation_id"}
    return creation_key(table, payload, text, idempotency)


def _is_found_as_it_is(text: str) -> bool:
    try:
        print_equality("correlation_id", text)
    except QueryTypeError:
        return False
    return text == text.strip() and text.isprintable() and len(text) <= 100


def _checked_key(found: object, where: str) -> str:
    if isinstance(found, str) and found.strip():
        return found
    raise InvalidUsage(f"Each row needs a key, a text that names it and no other: {where} gives {found!r}")


def _unusable(row: Any, error: PysnowException) -> Outcome:
    return Outcome(row, "not_executed", error=error.describe(committed=False))
