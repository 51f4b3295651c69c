"""The trace a deletion leaves: a row of ``sys_audit_delete`` with the deleted row as XML.

Deletions of any table are logged, except those of tables with the attribute ``no_audit_delete=true`` and of tables
whose name begins with ``sys_``, unless ``glide.ui.audit_deleted_tables`` lists them (documentation pages "Restore a
deleted record" and "Configure system tables for deletion auditing").
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.platform import Platform, Row
from pysnow.sandbox.instance.properties import AUDIT_DELETED_TABLES, words_of

AUDIT_TABLE = "sys_audit_delete"

# Characters that XML 1.0 cannot hold in any spelling.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def log_deletion(platform: Platform, table: str, row: Row, caller: Caller) -> None:
    """Note a deletion, if deletions of that table are noted at all.

    Args:
        platform: The instance's store and clock.
        table: The row's real class, which is what ``tablename`` holds.
        row: The deleted row.
        caller: Who deleted it.
    """
    if AUDIT_TABLE not in platform.dictionary or not is_logged(platform, table):
        return
    display = platform.dictionary.display_column(table)
    entry = {
        "sys_id": platform.new_id(),
        "tablename": table,
        "documentkey": row["sys_id"],
        "display_value": row.get(display) if display else None,
        "payload": payload_xml(platform, table, row),
        "sys_created_on": platform.now(),
        "sys_created_by": caller.user_name,
        "sys_updated_on": platform.now(),
        "sys_updated_by": caller.user_name,
        "sys_mod_count": "0",
    }
    columns = platform.dictionary.columns(AUDIT_TABLE)
    platform.store.insert(AUDIT_TABLE, {name: value for name, value in entry.items() if name in columns})


def is_logged(platform: Platform, table: str) -> bool:
    """Tell whether deletions of a table leave a trace."""
    attributes = ",".join(platform.dictionary.table(name).attributes for name in platform.dictionary.ancestors(table))
    if "no_audit_delete=true" in attributes:
        return False
    return not table.startswith("sys_") or table in words_of(platform.properties, AUDIT_DELETED_TABLES)


def payload_xml(platform: Platform, table: str, row: Row) -> str:
    """Return a row as the XML of an update set, passwords left out."""
    members = []
    for element, column in platform.dictionary.columns(table).items():
        if form_of(column.type) is not Form.PASSWORD:
            text = escape(_FORBIDDEN.sub("", row.get(element) or ""))
            members.append(f"<{element}>{text}</{element}>" if text else f"<{element}/>")
    body = "".join(members)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><record_update table="{table}">'
        f'<{table} action="INSERT_OR_UPDATE">{body}</{table}></record_update>'
    )
