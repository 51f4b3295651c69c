"""History of records: a row of ``sys_audit`` for each value that an update changes in an audited table.

Which tables are audited, their entry in ``sys_dictionary`` says (``audit``). System columns are left out, and so are
columns with the attribute ``no_audit`` (documentation "History and auditing"). New records leave no such rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.platform import Row

HISTORY_TABLE = "sys_audit"

_SYSTEM = "sys_"
_NOT_AUDITED = "no_audit"


def log_changes(change: Change, entries: Mapping[str, str]) -> None:
    """Note what an update changes, if changes of that table are noted.

    Args:
        change: The update, as it was stored.
        entries: What it added to journals, by column: the new value of an entry is its text (our default).
    """
    platform = change.platform
    if HISTORY_TABLE not in platform.dictionary or not platform.audited_tables.holds(change.table):
        return
    checkpoint = platform.new_id()
    shared: Row = {
        "tablename": change.table,
        "documentkey": change.sys_id,
        "user": change.caller.user_name,
        "record_checkpoint": change.get("sys_mod_count"),
        "internal_checkpoint": checkpoint,
        "sys_created_on": change.now,
        "sys_created_by": change.caller.user_name,
    }
    values = [*_changed(change), *((name, None, text) for name, text in entries.items())]
    rows = [
        {**shared, "sys_id": platform.new_id(), "fieldname": name, "oldvalue": old, "newvalue": new}
        for name, old, new in values
    ]
    platform.store.insert_many(HISTORY_TABLE, rows)


def _changed(change: Change) -> Iterator[tuple[str, str | None, str | None]]:
    before = change.before or {}
    for name, column in change.platform.dictionary.columns(change.table).items():
        if name.startswith(_SYSTEM) or not change.changed(name):
            continue
        if form_of(column.type) is not Form.PASSWORD and _NOT_AUDITED not in column.attributes:
            yield name, before.get(name), change.get(name)
