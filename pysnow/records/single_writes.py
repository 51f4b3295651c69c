"""Creating and changing one record: its fields made ready, the write, and a look at what the instance answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pysnow.params_builder import wire_params
from pysnow.records.choice_labels import with_stored_values
from pysnow.records.payload_defaults import completed
from pysnow.records.record import Record
from pysnow.records.written_fields import changed_fields, fields_of_new
from pysnow.resource import Resource
from pysnow.writing.applied import ignored_fields, tell
from pysnow.writing.dry_run import dry_create, dry_update
from pysnow.writing.record_state import read_state
from pysnow.writing.upsert import upsert

if TYPE_CHECKING:
    from pysnow._types import JSON, Query
    from pysnow.record_response import RecordResponse
    from pysnow.records.choice_labels import Labels
    from pysnow.table import Table
    from pysnow.writing.dry_run import CreateOptions, DryRun, UpdateOptions
    from pysnow.writing.record_state import RecordState
    from pysnow.writing.upsert import Upsert, UpsertOptions

__all__ = ["create_record", "update_record", "upsert_record"]


def create_record(
    table: Table, payload: JSON, labels: Labels, options: CreateOptions, *, dry_run: bool, strict: bool
) -> RecordResponse | DryRun:
    """Create a record; see ``Table.create``.

    Raises:
        NotApplied: ``strict``, and a field did not take what was sent.
        PysnowException: As ``Table.create`` does.
    """
    fields = fields_of_new(table, payload, options.get("params"), labels)
    if dry_run:
        return dry_create(table, fields, **options)
    record = Resource.create(table, fields, **options)
    if not (table._judges_later or record.existed):
        _look_at(table, fields, record, options.get("params"), strict=strict)
    return record


def update_record(
    table: Table,
    query: Query,
    payload: dict[str, Any],
    labels: Labels,
    options: UpdateOptions,
    *,
    dry_run: bool,
    strict: bool,
    before: RecordState | None = None,
) -> RecordResponse | DryRun:
    """Change a record; see ``Table.update``.

    Raises:
        NotApplied: ``strict``, and a field did not take what was sent.
        PysnowException: As ``Table.update`` does.
    """
    fields, params = changed_fields(table, payload, options.get("params"), labels), options.get("params")
    if dry_run:
        return dry_update(table, query, fields, **options)
    if strict and before is None and isinstance(fields, dict):
        # Found first, so that it is known what was there, and then changed by its sys_id.
        query, before = _read_before(table, query, fields, options)
    record = Resource.update(table, query, fields, **options)
    if not table._judges_later:
        _look_at(table, fields, record, params, before, strict=strict)
    return record


def upsert_record(
    table: Table,
    payload: Mapping[str, Any],
    key: str | Iterable[str],
    labels: Labels,
    options: UpsertOptions,
    *,
    strict: bool,
) -> Upsert:
    """Have one record of a key; see ``Table.upsert``.

    Raises:
        NotApplied: ``strict``, and a field did not take what was sent.
        PysnowException: As ``Table.upsert`` does.
    """
    if labels is not False:
        payload = with_stored_values(table, payload, labels)
    done = upsert(table, payload, key, complete=partial(completed, table), **options)
    if not done.is_dry_run:
        tell(table.name, done.ignored, done.record, strict=strict)
    return replace(done, record=Record(done.record, table))


def _read_before(
    table: Table, query: Query, fields: dict[str, Any], options: UpdateOptions
) -> tuple[Query, RecordState | None]:
    change = table._change("update", None, None, options.get("timeout", ...))
    watched = ("sys_mod_count", *fields)
    sys_id, state = table._found(change, query, allow_raw=options.get("allow_raw", False), watched=watched)
    return sys_id, state or read_state(change, sys_id, watched)


def _look_at(
    table: Table,
    fields: Mapping[str, Any],
    record: RecordResponse,
    params: Mapping[str, Any] | None,
    before: RecordState | None = None,
    *,
    strict: bool,
) -> None:
    if record.is_left_out:
        return
    usual = {**table.parameters.for_writing(), **wire_params(params)}
    tell(table.name, ignored_fields(fields, record, usual, before), record, strict=strict)
