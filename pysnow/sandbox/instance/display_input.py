"""Display values of a request (``sysparm_input_display_value=true``), turned into raw ones.

References come by display name, choices by label, dates in the caller's zone and format, durations in words
(KB0534905). What is no display value is handed on as a raw one, except for dates, which would be ambiguous.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.coercion import list_items
from pysnow.sandbox.instance.date_formats import read, read_date_time
from pysnow.sandbox.instance.durations import read_words
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.platform import Platform, same


def raw_value(platform: Platform, table: str, column: Column, text: str, caller: Caller) -> str:
    """Return the raw value for a display value.

    Args:
        platform: Dictionary and store to look names up in.
        table: Table the column is written through, for its choices.
        column: The column.
        text: What a person would type or pick.
        caller: Whose zone and formats apply.
    """
    if choice := choice_value(platform, table, column, text):
        return choice
    form = form_of(column.type)
    if form is Form.REFERENCE:
        return reference_value(platform, column, text)
    if form is Form.REFERENCE_LIST:
        return ",".join(filter(None, (_list_value(platform, column, item) for item in list_items(text))))
    if form is Form.TABLE_NAME:
        return _table_called(platform, text) or text
    reader = _READERS.get(form)
    return reader(text, caller) if reader else text


def choice_value(platform: Platform, table: str, column: Column, label: str) -> str | None:
    """Return the value of the choice with a label, without regard to case; None if no choice has it."""
    wanted = label.casefold()
    choices = platform.dictionary.choices(table, column.element)
    return next((choice.value for choice in choices if choice.label.casefold() == wanted), None)


def reference_value(platform: Platform, column: Column, name: str) -> str:
    """Return the key of the row with a display name, or the text itself if it is such a key; else empty.

    Of several rows with one name the first by sys_id is taken (our default).
    """
    if column.reference not in platform.dictionary:
        return name
    display = platform.dictionary.display_column(column.reference)
    for element in filter(None, (display, column.reference_key)):
        row = next(platform.rows_where(column.reference, same(element, name), limit=1), None)
        if row is not None:
            return row.get(column.reference_key) or ""
    return ""


def _list_value(platform: Platform, column: Column, item: str) -> str:
    # Watch lists hold mail addresses next to users, and lists without a target hold plain words.
    return item if "@" in item or not column.reference else reference_value(platform, column, item)


def _table_called(platform: Platform, label: str) -> str | None:
    wanted = label.casefold()
    dictionary = platform.dictionary
    return next((name for name in dictionary.names() if dictionary.table(name).label.casefold() == wanted), None)


def _read_date_time(text: str, caller: Caller) -> str:
    return read_date_time(text, caller.zone, caller.date_format, caller.time_format) or ""


def _read_date(text: str, caller: Caller) -> str:
    day = read(text, caller.date_format) or read(text, caller.date_time_format)
    return day.date().isoformat() if day else ""


def _read_time(text: str, caller: Caller) -> str:
    moment = read(text, caller.time_format)
    return moment.time().isoformat() if moment else ""


def _read_number(text: str, _caller: Caller) -> str:
    return text.replace(",", "").replace("$", "").strip()


_READERS: Mapping[Form, Callable[[str, Caller], str]] = MappingProxyType(
    {
        Form.DATE_TIME: _read_date_time,
        Form.DATE: _read_date,
        Form.TIME: _read_time,
        Form.DURATION: lambda text, _caller: read_words(text) or text,
        Form.INTEGER: _read_number,
        Form.DECIMAL: _read_number,
        Form.MONEY: _read_number,
    }
)
