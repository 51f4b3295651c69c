"""Creating and updating records: defaults, numbers, stamps, rules before and after the store, journals."""

from __future__ import annotations

from collections.abc import Mapping

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.coercion import text_of
from pysnow.sandbox.instance.defaults import default_value
from pysnow.sandbox.instance.history import log_changes
from pysnow.sandbox.instance.journals import append_entries
from pysnow.sandbox.instance.numbering import next_number
from pysnow.sandbox.instance.payload import Intake, WriteOptions, read_payload
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.instance.refusals import AccessDenied, DuplicateKey
from pysnow.sandbox.instance.rules import refuse_aborted, run_rules
from pysnow.sandbox.store import DuplicateKey as StoreDuplicateKey

_SYS_ID_LENGTH = 32
"""Characters of a ``sys_id``; like any text, a longer one is cut (our default)."""


def create_record(
    platform: Platform, table: str, payload: Mapping[str, object], caller: Caller, options: WriteOptions
) -> Row:
    """Create a record and return it as it is stored, with the columns of ``table``.

    Args:
        platform: The instance's dictionary, store, clock.
        table: Table the request addresses; a ``sys_class_name`` in the body may name one of its children.
        payload: Values by column.
        caller: Who creates it.
        options: How the values are meant.

    Raises:
        UnknownTable: There is no such table.
        AccessDenied: The table is a view, which is read-only.
        DuplicateKey: A unique value, or the sys_id, exists already.
        OperationFailed: A data policy or a business rule refuses the row.
    """
    refuse_view(platform, table, "Insert")
    now = platform.now()
    with platform.store.transaction():
        intake = read_payload(platform, table, payload, caller, options)
        name = class_of_new_row(platform, table, payload)
        row = new_row(platform, name, intake.values, caller, now)
        row["sys_id"] = text_of(payload.get("sys_id"))[:_SYS_ID_LENGTH] or platform.new_id()
        change = Change(platform, name, "insert", None, row, frozenset(intake.values), caller, now)
        run_rules(platform.rules, "before", change)
        _refuse_duplicates(change)
        _insert(change)
        refuse_aborted(change)
        append_entries(platform, name, change.sys_id, intake.entries, caller=caller, now=now)
        run_rules(platform.rules, "after", change)
        return platform.store.get(table, change.sys_id) or row


def update_record(
    platform: Platform, table: str, sys_id: str, payload: Mapping[str, object], caller: Caller, options: WriteOptions
) -> Row | None:
    """Change a record and return it as it is stored then, None if there is none of that class.

    A body that changes nothing leaves ``sys_updated_on`` and ``sys_mod_count`` alone, and no rule runs. Columns the
    table does not show are ignored, rules are those of the record's real class.

    Raises:
        UnknownTable: There is no such table.
        AccessDenied: The table is a view, which is read-only.
        DuplicateKey: A unique value exists already.
        OperationFailed: A data policy or a business rule refuses the row.
    """
    refuse_view(platform, table, "Update")
    with platform.store.transaction():
        name, before = platform.real_record(table, sys_id)
        if before is None:
            return None
        intake = read_payload(platform, table, payload, caller, options)
        moved = _class_after_update(platform, name, payload)
        row = {**before, **intake.values}
        if row != before or intake.entries or moved != name:
            _write(platform, name, moved, before, row, intake, caller)
        return platform.store.get(table, sys_id) or platform.store.get(moved, sys_id)


def refuse_view(platform: Platform, table: str, operation: str) -> None:
    """Refuse writes to an unknown table or to a database view (Table API documentation: views are read-only).

    Raises:
        UnknownTable: There is no such table.
        AccessDenied: It is a view.
    """
    if platform.table(table).is_view:
        raise AccessDenied(operation)


def new_row(platform: Platform, table: str, values: Row, caller: Caller, now: str) -> Row:
    """Return a new row of a class with its defaults, stamps and number; to be called inside a transaction."""
    row: Row = {}
    for element, column in platform.dictionary.columns(table).items():
        row[element] = values[element] if element in values else default_value(column, caller, now)
    stamps = {
        "sys_created_on": now,
        "sys_created_by": caller.user_name,
        "sys_updated_on": now,
        "sys_updated_by": caller.user_name,
        "sys_mod_count": "0",
        "sys_class_name": table,
    }
    row.update({name: value for name, value in stamps.items() if name in row and name not in values})
    if "number" in row and not row["number"]:
        row["number"] = next_number(platform, table)
    return row


def _write(platform: Platform, table: str, moved: str, before: Row, row: Row, intake: Intake, caller: Caller) -> None:
    """Run the rules around an update that changes something and store what is new."""
    now = platform.now()
    change = Change(platform, table, "update", before, row, frozenset(intake.values), caller, now)
    run_rules(platform.rules, "before", change)
    _refuse_duplicates(change)
    _stamp_update(change)
    values = {name: value for name, value in row.items() if value != before.get(name)}
    if moved != table:
        values["sys_class_name"] = moved
    platform.store.update(table, change.sys_id, values)
    refuse_aborted(change)
    append_entries(platform, table, change.sys_id, intake.entries, caller=caller, now=now)
    log_changes(change, intake.entries)
    run_rules(platform.rules, "after", change)


def _insert(change: Change) -> None:
    try:
        change.platform.store.insert(change.table, change.row)
    except StoreDuplicateKey as error:
        # Other unique values have been looked at before.
        raise DuplicateKey(change.sys_id, "sys_id") from error


def _stamp_update(change: Change) -> None:
    """Note who updated and when, unless the request was allowed to set that itself."""
    stamps = {"sys_updated_on": change.now, "sys_updated_by": change.caller.user_name}
    for element, value in stamps.items():
        if element not in change.given:
            change.set(element, value)
    if "sys_mod_count" in change.row and "sys_mod_count" not in change.given:
        change.count_up("sys_mod_count")


def class_of_new_row(platform: Platform, table: str, payload: Mapping[str, object]) -> str:
    """Return the class a new row gets: the one the body names, if it is the table or below it (our default)."""
    wanted = text_of(payload.get("sys_class_name"))
    return wanted if wanted in platform.dictionary.descendants(table) else table


def _class_after_update(platform: Platform, table: str, payload: Mapping[str, object]) -> str:
    """Return the class of a row after an update: any of the same hierarchy, which is how CIs are reclassified."""
    wanted = text_of(payload.get("sys_class_name"))
    if not wanted or wanted not in platform.dictionary:
        return table
    return wanted if platform.dictionary.root(wanted) == platform.dictionary.root(table) else table


def _refuse_duplicates(change: Change) -> None:
    """Refuse a unique value that another row holds already."""
    platform = change.platform
    for element, column in platform.dictionary.columns(change.table).items():
        value = change.get(element)
        if not column.unique or not value or (change.before is not None and not change.changed(element)):
            continue
        table = platform.topmost(change.table, element)
        holders = platform.rows_where(table, same(element, value), columns=("sys_id",), limit=2)
        if any(holder["sys_id"] != change.sys_id for holder in holders):
            raise DuplicateKey(value, element)
