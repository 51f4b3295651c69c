"""Journal columns: nothing in the row, one row of ``sys_journal_field`` per entry.

The raw value is always empty. The display value is all entries, newest first, each as recorded::

    2026-03-02 10:20:00 - System Administrator (Work notes)
    Restarted the service.

"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.date_formats import show_date_time
from pysnow.sandbox.instance.platform import Platform, Row, same

JOURNAL_TABLE = "sys_journal_field"

# Columns that show what was written to others; they take no entries of their own.
COMBINED: Mapping[str, tuple[str, ...]] = MappingProxyType({"comments_and_work_notes": ("comments", "work_notes")})


def is_writable(column: Column) -> bool:
    """Tell whether a journal column takes entries."""
    return column.element not in COMBINED


def append_entries(
    platform: Platform, table: str, sys_id: str, entries: Mapping[str, str], *, caller: Caller, now: str
) -> None:
    """Append entries to the journal of a record.

    Args:
        platform: The instance's store.
        table: Class of the record.
        sys_id: Key of the record.
        entries: Text by journal column.
        caller: Who writes.
        now: When, in stored form.
    """
    columns = platform.dictionary.columns(JOURNAL_TABLE) if entries else {}
    for element, text in entries.items():
        row = {
            "sys_id": platform.new_ordered_id(),
            "name": table,
            "element": element,
            "element_id": sys_id,
            "value": text,
            "sys_created_on": now,
            "sys_created_by": caller.user_name,
        }
        platform.store.insert(JOURNAL_TABLE, {name: value for name, value in row.items() if name in columns})


def journal_entries(platform: Platform, sys_ids: Iterable[str]) -> list[Row]:
    """Return what was written to any journal of many records, newest first.

    Args:
        platform: The instance's store.
        sys_ids: Keys of the records.
    """
    if JOURNAL_TABLE not in platform.dictionary:
        return []
    return sorted(platform.rows_with_keys(JOURNAL_TABLE, "element_id", sys_ids), key=_age, reverse=True)


def journal_texts(
    platform: Platform, table: str, element: str, entries: Iterable[Row], caller: Caller
) -> dict[str, str]:
    """Return the display value of a journal column for many records at once.

    Args:
        platform: The instance's store.
        table: Table through which the records are read, for the labels.
        element: The journal column.
        entries: What ``journal_entries`` found for the records.
        caller: In whose zone and format the entries are dated.

    Returns:
        The text by sys_id; records without an entry are missing.
    """
    elements = COMBINED.get(element, (element,))
    entries = [entry for entry in entries if entry.get("element") in elements]
    names = platform.user_display_names({entry.get("sys_created_by") or "" for entry in entries})
    texts: dict[str, list[str]] = {}
    for entry in entries:
        author = entry.get("sys_created_by") or ""
        head = _headline(platform, table, entry, names.get(author, author), caller)
        texts.setdefault(entry["element_id"] or "", []).append(f"{head}\n{entry.get('value') or ''}\n\n")
    return {sys_id: "".join(parts) for sys_id, parts in texts.items()}


def delete_entries(platform: Platform, sys_id: str) -> None:
    """Delete the journal of a record."""
    if JOURNAL_TABLE in platform.dictionary:
        for row in list(platform.rows_where(JOURNAL_TABLE, same("element_id", sys_id), columns=("sys_id",))):
            platform.store.delete(JOURNAL_TABLE, row["sys_id"] or "")


def _age(entry: Row) -> tuple[str, str]:
    # Entries of one second are told apart by their ids, which are handed out in rising order.
    return entry.get("sys_created_on") or "", entry["sys_id"] or ""


def _headline(platform: Platform, table: str, entry: Row, author: str, caller: Caller) -> str:
    element = entry.get("element") or ""
    column = platform.dictionary.column(table, element)
    moment = show_date_time(entry.get("sys_created_on") or "", caller.zone, caller.date_time_format)
    return f"{moment} - {author} ({column.label if column else element})"
