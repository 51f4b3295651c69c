"""Display values: what a person with a certain time zone and date format reads instead of the raw value.

Works on one column of a page at a time, so that names are looked up in one query and equal values are written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.coercion import list_items
from pysnow.sandbox.instance.date_formats import show_date, show_date_time
from pysnow.sandbox.instance.display_names import display_names
from pysnow.sandbox.instance.durations import words
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.journals import journal_texts
from pysnow.sandbox.instance.paths import PageValues, Target
from pysnow.sandbox.instance.platform import Platform

MASK = "********"


def display_texts(platform: Platform, page: PageValues, path: str, target: Target, caller: Caller) -> list[str]:
    """Return the display value of a path for each row of a page; empty stays empty.

    Args:
        platform: The instance's dictionary and store.
        page: The rows.
        path: Column or dot-walked path.
        target: Where the path ends.
        caller: Whose zone and formats apply.
    """
    form = form_of(target.column.type)
    if form is Form.JOURNAL:
        return _journals(platform, page, path, target, caller)
    values = page.values(path)
    companion = _companion(path, target)
    if form is Form.DOCUMENT and companion and page.target(companion):
        return _documents(platform, values, page.values(companion))
    if form is Form.FIELD_NAME and companion and page.target(companion):
        return _field_labels(platform, values, page.values(companion))
    texts = distinct_texts(platform, target, {value for value in values if value}, caller)
    return [texts[value] if value else "" for value in values]


def distinct_texts(platform: Platform, target: Target, values: set[str], caller: Caller) -> dict[str, str]:
    """Return the display value of each distinct raw value of a column, none of them empty.

    Journals, document ids and field names need their rows as well: ``display_texts`` shows them.
    """
    column = target.column
    if choices := platform.dictionary.choices(target.table, column.element):
        labels = {choice.value: choice.label for choice in reversed(choices)}
        return {value: labels.get(value, value) for value in values}
    form = form_of(column.type)
    if form is Form.REFERENCE:
        return _references(platform, column, values)
    if form is Form.REFERENCE_LIST:
        return _lists(platform, column, values)
    if form is Form.DOMAIN:
        names = display_names(platform, "sys_user_group", values)
        return {value: names.get(value, value) for value in values}
    if form is Form.TABLE_NAME:
        return {value: _table_label(platform, value) for value in values}
    writer = _WRITERS.get(form)
    return {value: writer(value, caller) for value in values} if writer else {value: value for value in values}


def _references(platform: Platform, column: Column, values: set[str]) -> dict[str, str]:
    """Name referenced records. A key without a record has no name (our default), other than keys that are names."""
    names = display_names(platform, column.reference, values, key_element=column.reference_key)
    is_name = column.reference_key != "sys_id" or column.reference not in platform.dictionary
    return {value: names.get(value, value if is_name else "") for value in values}


def _lists(platform: Platform, column: Column, values: set[str]) -> dict[str, str]:
    """Name the members of lists; what is no key, such as a mail address, shows itself."""
    members = {item for value in values for item in list_items(value)}
    names = display_names(platform, column.reference, members, key_element=column.reference_key)
    return {value: ", ".join(names.get(item, item) for item in list_items(value)) for value in values}


def _journals(platform: Platform, page: PageValues, path: str, target: Target, caller: Caller) -> list[str]:
    owner_path = _sibling(path, "sys_id")
    owners = page.values(owner_path)
    entries = page.journal_entries(owner_path)
    texts = journal_texts(platform, target.table, target.column.element, entries, caller)
    return [texts.get(owner or "", "") for owner in owners]


def _documents(platform: Platform, values: list[str | None], tables: list[str | None]) -> list[str]:
    """Name the records that document ids point to; each row's companion column tells the table."""
    names = {
        table: display_names(
            platform, table, {value for value, each in zip(values, tables, strict=True) if value and each == table}
        )
        for table in set(filter(None, tables))
    }
    return [
        names[table].get(value, "") if value and table else value or ""
        for value, table in zip(values, tables, strict=True)
    ]


def _field_labels(platform: Platform, values: list[str | None], tables: list[str | None]) -> list[str]:
    """Label column names; each row's companion column tells the table."""
    return [_field_label(platform, table or "", value or "") for value, table in zip(values, tables, strict=True)]


def _field_label(platform: Platform, table: str, element: str) -> str:
    column = platform.dictionary.column(table, element) if table in platform.dictionary else None
    return column.label if column else element


def _table_label(platform: Platform, name: str) -> str:
    return platform.dictionary.table(name).label if name in platform.dictionary else name


def _companion(path: str, target: Target) -> str | None:
    """Return the path of the column that tells which table a document id or field name belongs to."""
    element = target.column.dependent_on
    return _sibling(path, element) if element else None


def _sibling(path: str, element: str) -> str:
    prefix, dot, _ = path.rpartition(".")
    return f"{prefix}{dot}{element}"


def _grouped(value: str) -> str:
    """Write a number with the thousands separators of English."""
    return f"{Decimal(value):,f}"


def _money(value: str) -> str:
    amount = Decimal(value)
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


_WRITERS: Mapping[Form, Callable[[str, Caller], str]] = MappingProxyType(
    {
        Form.INTEGER: lambda value, _caller: _grouped(value),
        Form.DECIMAL: lambda value, _caller: _grouped(value),
        Form.MONEY: lambda value, _caller: _money(value),
        Form.DATE_TIME: lambda value, caller: show_date_time(value, caller.zone, caller.date_time_format),
        Form.DATE: lambda value, caller: show_date(value, caller.date_format),
        Form.TIME: lambda value, caller: show_date(value, caller.time_format),
        Form.DURATION: lambda value, _caller: words(value),
        Form.PASSWORD: lambda _value, _caller: MASK,
    }
)
