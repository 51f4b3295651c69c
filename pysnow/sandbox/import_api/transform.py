"""Running a transform map over one import row: find the target by the coalesce fields, then insert or update."""

from __future__ import annotations

from dataclasses import dataclass

from pysnow.sandbox.import_api.maps import Entry, TransformMap
from pysnow.sandbox.import_api.values import RowMapping
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.coercion import stored_value
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row, same
from pysnow.sandbox.instance.refusals import NotEmulated, Refusal

NOTHING_TO_DO = "No transform entry or scripts are defined; Target record not found"
"""Recorded for a map without fields."""

UNCHANGED = "No field values changed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a map did about one import row.

    Attributes:
        map_sys_id: Key of the map.
        map_name: Name of the map.
        table: Target table.
        status: ``inserted``, ``updated``, ``ignored`` or ``error``.
        target: Key of the target record; empty when there is none.
        message: Why the row was ignored, or what went wrong.
    """

    map_sys_id: str
    map_name: str
    table: str
    status: str
    target: str = ""
    message: str = ""


def run_map(instance: Instance, transform_map: TransformMap, staged: Row, caller: Caller) -> Outcome:
    """Run a map over an import row; a refused record is an outcome as well, and leaves nothing behind.

    Raises:
        NotEmulated: A value needs something that this sandbox does not know.
    """
    if not transform_map.entries:
        return _outcome(transform_map, "error", message=NOTHING_TO_DO)
    try:
        with instance.store.transaction():
            return _write(instance, transform_map, staged, caller)
    except NotEmulated:
        raise
    except Refusal as refusal:
        return _outcome(transform_map, "error", message=refusal.detail or refusal.message)


def _write(instance: Instance, transform_map: TransformMap, staged: Row, caller: Caller) -> Outcome:
    values = RowMapping(instance, transform_map, caller).values(staged)
    table = transform_map.target_table
    before = _find_target(instance, transform_map, values)
    if before is None:
        created = instance.create(table, values, caller)
        return _outcome(transform_map, "inserted", target=created["sys_id"] or "")
    target = before["sys_id"] or ""
    if instance.update(table, target, values, caller) == before:
        return _outcome(transform_map, "ignored", target=target, message=UNCHANGED)
    return _outcome(transform_map, "updated", target=target)


def _find_target(instance: Instance, transform_map: TransformMap, values: dict[str, str]) -> Row | None:
    """Find the record that agrees in all coalesce fields; of several the first by sys_id (our default).

    A row whose coalesce fields are all empty is a new one, as with "Coalesce empty fields" unset.
    """
    columns = instance.dictionary.columns(transform_map.target_table)
    keys = {
        entry: stored_value(columns[entry.target], values.get(entry.target))
        for entry in transform_map.entries
        if entry.coalesces and entry.target in columns
    }
    if not any(keys.values()):
        return None
    conditions = [same(entry.target, value) for entry, value in keys.items() if value]
    rows = instance.platform.rows_where(transform_map.target_table, *conditions)
    return next((row for row in rows if all(_agrees(entry, row, value) for entry, value in keys.items())), None)


def _agrees(entry: Entry, row: Row, value: str | None) -> bool:
    held, wanted = row.get(entry.target) or "", value or ""
    return held == wanted if entry.is_case_sensitive else held.casefold() == wanted.casefold()


def _outcome(transform_map: TransformMap, status: str, *, target: str = "", message: str = "") -> Outcome:
    return Outcome(transform_map.sys_id, transform_map.name, transform_map.target_table, status, target, message)
