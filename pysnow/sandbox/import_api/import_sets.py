"""Import sets: rows stored in a staging table, transformed, and marked with what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.import_api.maps import MAP_TABLE, active_maps
from pysnow.sandbox.import_api.transform import Outcome, run_map
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.instance.refusals import InvalidRequest

SET_TABLE = "sys_import_set"
ROW_TABLE = "sys_import_set_row"

_OUTCOMES = frozenset({"inserted", "updated", "ignored", "error"})


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row of a staging table after its transformation.

    Attributes:
        sys_id: Key of the row.
        outcomes: What each transform map did about it.
    """

    sys_id: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class ImportSet:
    """An import set with its rows (``sys_import_set``).

    Attributes:
        sys_id: Key of the set.
        number: Its number, ``ISET0010001``.
        rows: The rows.
    """

    sys_id: str
    number: str
    rows: tuple[ImportedRow, ...]


def staging_columns(instance: Instance, table: str) -> Mapping[str, Column]:
    """Give the columns of a staging table that callers may fill.

    Raises:
        UnknownTable: There is no such table.
        InvalidRequest: The table is no staging table (our default for the texts).
    """
    instance.platform.table(table)
    if ROW_TABLE not in instance.dictionary.ancestors(table):
        raise InvalidRequest(f"Invalid staging table {table}", f"Table {table} does not extend {ROW_TABLE}")
    inherited = instance.dictionary.columns(ROW_TABLE)
    columns = instance.dictionary.columns(table)
    return {element: column for element, column in columns.items() if element not in inherited}


def import_rows(
    instance: Instance, table: str, records: Iterable[Mapping[str, str]], caller: Caller, *, mode: str
) -> ImportSet:
    """Store records in a staging table as a new import set, and transform them one after another.

    All or nothing: whatever this raises, nothing of the set is kept. The caller needs the right to create rows of the
    staging table; what maps do with them is the platform's own work.

    Args:
        instance: The instance.
        table: The staging table.
        records: Values by column.
        caller: Who imports.
        mode: ``synchronous`` or ``asynchronous``. The second one's rows are transformed at once too, before the caller
            gets an answer (our default).

    Raises:
        AccessDenied: The caller may not create rows of the staging table.
        ReadDenied: The staging table is closed to web services.
        NotEmulated: A map or a value needs something that this sandbox does not know.
    """
    staging = instance.secured(caller)
    # Asked before all else: a list without records writes no row that could be refused.
    staging.check_creatable(table)
    with instance.store.transaction(), instance.dictionary.tentative():
        maps = active_maps(instance.platform, table)
        opened = instance.create(SET_TABLE, {"table_name": table, "mode": mode}, caller)
        set_id = opened["sys_id"] or ""
        rows = []
        for position, record in enumerate(records):
            values = {**record, "sys_import_set": set_id, "sys_import_row": position}
            staged = staging.create(table, values, WriteOptions())
            outcomes = tuple(run_map(instance, transform_map, staged, caller) for transform_map in maps)
            rows.append(ImportedRow(staged["sys_id"] or "", outcomes))
            _mark_row(instance, table, rows[-1], caller)
        closing = {"state": "processed", "load_completed": instance.platform.now()}
        instance.update(SET_TABLE, set_id, closing, caller)
    return ImportSet(set_id, opened["number"] or "", tuple(rows))


def stored_outcomes(instance: Instance, row: Row) -> tuple[Outcome, ...]:
    """Give the outcomes noted in a row of a staging table: that of the last map, or none for a row still pending."""
    status = row["sys_import_state"] or ""
    if status not in _OUTCOMES:
        return ()
    map_sys_id = row["sys_transform_map"] or ""
    transform_map = instance.get(MAP_TABLE, map_sys_id) or {}
    return (
        Outcome(
            map_sys_id=map_sys_id,
            map_name=transform_map.get("name") or "",
            table=row["sys_target_table"] or "",
            status=status,
            target=row["sys_target_sys_id"] or "",
            message=(row["sys_row_error"] if status == "error" else row["sys_import_state_comment"]) or "",
        ),
    )


def _mark_row(instance: Instance, table: str, row: ImportedRow, caller: Caller) -> None:
    """Note in a row what became of it; there is room for one map, so that of several the last counts."""
    if not row.outcomes:
        return
    outcome = row.outcomes[-1]
    values = {
        "sys_import_state": outcome.status,
        "sys_import_state_comment": outcome.message,
        "sys_row_error": outcome.message if outcome.status == "error" else "",
        "sys_transform_map": outcome.map_sys_id,
        "sys_target_table": outcome.table,
        "sys_target_sys_id": outcome.target,
    }
    instance.update(table, row.sys_id, values, caller)
