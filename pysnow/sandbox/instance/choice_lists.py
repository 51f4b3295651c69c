"""Choice lists follow the rows of ``sys_choice``: one added, changed or deleted there shows at once as a display value.

A table without rows of its own shows its parent's list (documentation "Choice lists"). Rows of other languages than
English are kept and not shown. An inactive choice still labels the records that hold it (our default).
"""

from __future__ import annotations

import json

from pysnow.sandbox.dictionary.model import Choice
from pysnow.sandbox.instance.platform import Platform, Row, same

CHOICE_TABLE = "sys_choice"

_CHANGED = "choice_lists.changed"
_LANGUAGES = ("en", None)


def follow(platform: Platform, table: str, element: str) -> None:
    """Read a choice list anew from its rows, and note that it differs from the definitions. In a transaction.

    Args:
        platform: The instance's dictionary and store.
        table: Table whose own list it is; an unknown one is passed over.
        element: The column.
    """
    if table not in platform.dictionary:
        return
    _read(platform, table, element)
    changed = sorted({*_changed(platform), (table, element)})
    platform.store.set_meta(_CHANGED, json.dumps(changed))


def load(platform: Platform) -> None:
    """Read all lists that differ from the definitions: those a file has kept since it was last open."""
    for table, element in _changed(platform):
        if table in platform.dictionary:
            _read(platform, table, element)


def _changed(platform: Platform) -> list[tuple[str, str]]:
    noted = platform.store.get_meta(_CHANGED)
    return [(table, element) for table, element in json.loads(noted)] if noted else []


def _read(platform: Platform, table: str, element: str) -> None:
    rows = platform.rows_where(CHOICE_TABLE, same("name", table), same("element", element))
    shown = sorted((row for row in rows if row.get("language") in _LANGUAGES), key=_position)
    choices = (
        Choice(row.get("value") or "", row.get("label") or "", row.get("dependent_value") or "") for row in shown
    )
    platform.dictionary.keep_choices(table, element, choices)


def _position(row: Row) -> tuple[int, str]:
    return int(row.get("sequence") or 0), row.get("label") or ""
