"""Values of records as people read them: the display value, the stored one, and where a reference leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.coercion import list_items
from pysnow.sandbox.instance.display_names import display_names
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.paths import PageValues, Target
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.markup import NOTHING, Html, group, joined
from pysnow.sandbox.pages.addresses import record_address, table_address
from pysnow.sandbox.pages.layout import link
from pysnow.sandbox.shaping import shape_page


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one record.

    Attributes:
        shown: The display value, with links where it names other records.
        text: The display value alone.
        raw: The stored value; empty for what is never shown, such as passwords.
    """

    shown: Html
    text: str
    raw: str


def read_cells(
    instance: Instance, table: str, rows: Sequence[Row], fields: Sequence[str], caller: Caller
) -> list[dict[str, Cell]]:
    """Give the values of a page of rows, by field; fields that the table does not have are left out.

    Args:
        instance: Where the rows come from.
        table: Table through which they were read.
        rows: The rows, holding at least ``sys_id``.
        fields: Columns and dot-walked paths.
        caller: Whose zone and formats display values take.
    """
    shaped = shape_page(
        instance, table, rows, fields=fields, display_value="all", exclude_reference_link=True, caller=caller
    )
    page = PageValues(instance.platform, table, rows)
    read: list[dict[str, Cell]] = [{} for _ in rows]
    for field, target in [(field, target) for field in fields if (target := page.target(field))]:
        values = [cast("dict[str, str]", members[field]) for members in shaped]
        for cells, cell in zip(read, _column(instance, page, field, target, values), strict=True):
            cells[field] = cell
    return read


def _column(
    instance: Instance, page: PageValues, field: str, target: Target, values: list[dict[str, str]]
) -> list[Cell]:
    column, form = target.column, form_of(target.column.type)
    pairs = [(value["display_value"], value["value"]) for value in values]
    if form is Form.REFERENCE_LIST:
        return _lists(instance, column, pairs)
    if form is Form.DOCUMENT and column.dependent_on:
        tables = _companions(page, field, column)
        return [
            _cell(text, raw, _record(instance, table, raw, text))
            for (text, raw), table in zip(pairs, tables, strict=True)
        ]
    return [_cell(text, raw, _address(instance, column, form, text, raw)) for text, raw in pairs]


def _address(instance: Instance, column: Column, form: Form, text: str, raw: str) -> str:
    """Give the address a value leads to; empty for none."""
    if form is Form.TABLE_NAME and raw in instance.dictionary:
        return table_address(raw)
    if form is not Form.REFERENCE or not raw or column.reference not in instance.dictionary:
        return ""
    if column.reference_key == "sys_id":
        return _record(instance, column.reference, raw, text)
    return table_address(column.reference, query=f"{column.reference_key}={raw}")


def _record(instance: Instance, table: str | None, raw: str, text: str) -> str:
    # A reference to a record that is gone has no display value: it leads nowhere.
    return record_address(table, raw) if raw and text and table and table in instance.dictionary else ""


def _companions(page: PageValues, field: str, column: Column) -> Sequence[str | None]:
    """Give the tables of document ids: another column of the same record holds them."""
    prefix, dot, _ = field.rpartition(".")
    companion = f"{prefix}{dot}{column.dependent_on}"
    return page.values(companion) if page.target(companion) else [None] * len(page.values(field))


def _lists(instance: Instance, column: Column, pairs: list[tuple[str, str]]) -> list[Cell]:
    members = {item for _, raw in pairs for item in list_items(raw)}
    names = display_names(instance.platform, column.reference, members, key_element=column.reference_key)
    return [Cell(_members(column, list_items(raw), names) if raw else NOTHING, text, raw) for text, raw in pairs]


def _members(column: Column, items: list[str], names: dict[str, str]) -> Html:
    linked = [
        link(names[item] or item, record_address(column.reference, item))
        if item in names and column.reference_key == "sys_id"
        else names.get(item, item)
        for item in items
    ]
    return joined(", ", linked)


def _cell(text: str, raw: str, address: str) -> Cell:
    shown = text or raw
    return Cell(link(shown, address) if address else group(shown), text, raw)
