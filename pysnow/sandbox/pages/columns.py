"""Which columns a list shows when nobody says."""

from __future__ import annotations

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.instance.forms import Form, form_of

# What identifies a record stands first, then what people ask about it.
_FAVOURITES = (
    *("number", "name", "user_name", "element", "label", "short_description", "title", "file_name", "source"),
    *("document_id", "priority", "state", "stage", "caller_id", "assignment_group", "assigned_to", "user", "group"),
    *("role", "type", "email", "department", "manager", "location", "active", "value", "sys_class_name"),
)
_MOST = 6
_LAST = "sys_updated_on"
_UNSUITABLE = frozenset({Form.JOURNAL, Form.NOTHING, Form.PASSWORD})


def usual_columns(dictionary: Dictionary, table: str) -> list[str]:
    """Choose the columns of a list: few enough to be read side by side.

    Args:
        dictionary: Knows the columns.
        table: Table name.
    """
    columns = dictionary.columns(table)
    suitable = [
        element
        for element, column in columns.items()
        if form_of(column.type) not in _UNSUITABLE and not element.startswith("sys_")
    ]
    display = dictionary.display_column(table)
    first = [element for element in (display, *_FAVOURITES) if element and element in columns]
    chosen = list(dict.fromkeys((*first, *suitable)))[:_MOST]
    return [*chosen, _LAST] if _LAST in columns else chosen or ["sys_id"]
