"""Deleting records: cascades by dictionary rule, attachments, journals, and the trace in ``sys_audit_delete``."""

from __future__ import annotations

from collections.abc import Iterator

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.audit import log_deletion
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.journals import delete_entries
from pysnow.sandbox.instance.platform import ATTACHMENT_TABLE, Platform, Row, same
from pysnow.sandbox.instance.records import refuse_view
from pysnow.sandbox.instance.refusals import OperationFailed
from pysnow.sandbox.instance.rules import refuse_aborted, run_rules


def delete_record(platform: Platform, table: str, sys_id: str, caller: Caller) -> bool:
    """Delete a record and what hangs from it, all or nothing.

    Args:
        platform: The instance's dictionary, store, clock.
        table: Table the request addresses, the record's class or one above it.
        sys_id: Key of the record.
        caller: Who deletes it.

    Returns:
        False if there is no such record of that class.

    Raises:
        UnknownTable: There is no such table.
        AccessDenied: The table is a view, which is read-only.
        OperationFailed: A reference with the rule ``restrict`` points to the record, or a business rule refuses.
    """
    refuse_view(platform, table, "Delete")
    with platform.store.transaction():
        name, row = platform.real_record(table, sys_id)
        if row is None:
            return False
        _delete(platform, name, row, caller)
        return True


def _delete(platform: Platform, table: str, row: Row, caller: Caller) -> None:
    change = Change(platform, table, "delete", row, row, frozenset(), caller, platform.now())
    refuse_aborted(change)
    run_rules(platform.rules, "before", change)
    # The row goes first: a circle of references with the rule "delete" then ends where it began.
    platform.store.delete(table, change.sys_id)
    for owner, columns in _referring_columns(platform, table).items():
        for referring in list(_referring_rows(platform, owner, columns, change.sys_id)):
            _cascade(platform, owner, columns, referring, change)
    for attachment in list(platform.attachments_of(change.sys_id)):
        _delete(platform, ATTACHMENT_TABLE, attachment, caller)
    delete_entries(platform, change.sys_id)
    log_deletion(platform, table, row, caller)
    run_rules(platform.rules, "after", change)


def _referring_columns(platform: Platform, table: str) -> dict[str, list[Column]]:
    """Return the columns that may hold the key of a row of a table, by the table that declares them."""
    dictionary = platform.dictionary
    lineage = frozenset(dictionary.ancestors(table))
    found: dict[str, list[Column]] = {}
    for owner in dictionary.names():
        columns = [column for column in dictionary.table(owner).columns if _may_hold(column, lineage)]
        if columns and not dictionary.table(owner).is_view:
            found[owner] = columns
    return found


def _may_hold(column: Column, lineage: frozenset[str]) -> bool:
    is_key = column.type == "reference" and column.reference_key == "sys_id"
    return is_key and column.reference in lineage and column.cascade != "none"


def _referring_rows(platform: Platform, owner: str, columns: list[Column], sys_id: str) -> Iterator[Row]:
    """Return the rows that point to a record through any of the columns, found in one pass."""
    return platform.rows_where_any(owner, [same(column.element, sys_id) for column in columns])


def _cascade(platform: Platform, owner: str, columns: list[Column], row: Row, change: Change) -> None:
    """Do to a referring row what the strictest of its references asks for."""
    pointing = [column for column in columns if row.get(column.element) == change.sys_id]
    rules = {column.cascade or "clear" for column in pointing}
    if "restrict" in rules:
        label = platform.dictionary.table(owner).label
        raise OperationFailed(f"Delete of '{change.table}' is restricted: records of {label} refer to it")
    if "delete" in rules:
        name, whole = platform.real_record(owner, row["sys_id"] or "")
        if whole is not None:
            _delete(platform, name, whole, change.caller)
    elif pointing:
        # The database clears the reference; no rule runs and sys_updated_on stays (our default).
        platform.store.update(owner, row["sys_id"] or "", {column.element: None for column in pointing})
