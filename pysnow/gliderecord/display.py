"""From what people read in a field to what is stored in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pysnow.exceptions import InvalidUsage
from pysnow.records.choices import choices_of
from pysnow.records.dictionary import column_at
from pysnow.records.resolving import resolved

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["stored_for"]

_FORMATTED: Final = ("glide_", "due_date", "currency", "price", "timer")
"""Types that are shown by the settings of a user: what such a text means depends on who reads it."""


def stored_for(table: Table, column: str, text: str) -> str:
    """Give the stored value that people read as a text.

    Args:
        table: The table.
        column: The column.
        text: What people read.

    Raises:
        InvalidUsage: No choice has the label, or the column's type has no such text.
        NoResults: No record has the name.
        MultipleResults: More than one has.
        PysnowException: The dictionary cannot be read.
    """
    found = column_at(table, table.name, column)
    if not text:
        return ""
    if found.kind == "reference":
        return resolved(table, found.reference, text)
    if found.kind.startswith(_FORMATTED):
        raise InvalidUsage(f"{column} is shown as a user's settings want it: set_value() takes the value itself")
    choices = choices_of(table, table.name, column, "en", None, inactive=False)
    return choices.value_of(text) if choices else text
