"""Rows as JSON members, the way the Table and Attachment API write them.

Every value is a string, except that references are objects with a link, and that ``sysparm_display_value=all`` makes an
object of everything (Table API documentation). Work goes column by column over a page, so that a page costs one query
per referenced table and column, however many rows it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.attachments import attachment_records
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.display import display_texts
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.paths import PageValues, Target
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.member_order import member_order

Cell: TypeAlias = "str | dict[str, str]"
Members: TypeAlias = "dict[str, object]"

_HIDDEN_RAW = frozenset({Form.JOURNAL, Form.NOTHING, Form.PASSWORD})
_LINKED = frozenset({Form.REFERENCE, Form.DOMAIN})

# Domains are shown as if they were groups (recorded: ".../sys_user_group/global").
_DOMAIN_TABLE = "sys_user_group"


@dataclass(frozen=True, slots=True)
class _Style:
    """How the request wants values to look."""

    display_value: str
    exclude_reference_link: bool
    caller: Caller


def shape_page(
    instance: Instance,
    table: str,
    rows: Sequence[Row],
    *,
    fields: Sequence[str] | None,
    display_value: str,
    exclude_reference_link: bool,
    caller: Caller,
) -> list[Members]:
    """Shape the rows of a page.

    Args:
        instance: Where the rows come from.
        table: Table through which they were read.
        rows: The rows; each holds at least ``sys_id``, what else is missing is fetched.
        fields: Columns and dot-walked paths to show (``sysparm_fields``); unknown ones are left out, None shows all.
        display_value: ``false``, ``true`` or ``all`` (``sysparm_display_value``); anything else counts as ``false``.
        exclude_reference_link: Whether references lose their link (``sysparm_exclude_reference_link``).
        caller: Whose zone and formats display values take.

    Returns:
        One object a row, members in the order of a Java ``HashMap``.
    """
    if not rows:
        return []
    page = PageValues(instance.platform, table, rows)
    wanted = dict.fromkeys(instance.dictionary.columns(table) if fields is None else fields)
    targets = {path: target for path in wanted if (target := page.target(path))}
    names = member_order(tuple(targets))
    style = _Style(display_value, exclude_reference_link, caller)
    columns = [_shape_column(instance, page, path, targets[path], style) for path in names]
    if not columns:
        return [{} for _ in rows]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def shape_record(
    instance: Instance,
    table: str,
    row: Row,
    *,
    fields: Sequence[str] | None,
    display_value: str,
    exclude_reference_link: bool,
    caller: Caller,
) -> Members:
    """Shape a single row; see ``shape_page``."""
    return shape_page(
        instance,
        table,
        [row],
        fields=fields,
        display_value=display_value,
        exclude_reference_link=exclude_reference_link,
        caller=caller,
    )[0]


def shape_attachments(instance: Instance, rows: Sequence[Row]) -> list[Members]:
    """Shape rows of ``sys_attachment`` for the Attachment API, whose values are all plain strings."""
    records = attachment_records(instance.platform, rows, instance.base_url)
    return [{name: record[name] for name in member_order(tuple(record))} for record in records]


def _shape_column(instance: Instance, page: PageValues, path: str, target: Target, style: _Style) -> list[Cell]:
    form = form_of(target.column.type)
    raws = _raw_texts(page, path, form)
    links = [""] * len(raws)
    if form in _LINKED and not style.exclude_reference_link:
        links = _links(instance.base_url, target.column, raws)
    if style.display_value not in ("true", "all"):
        return [_raw_cell(raw, link) for raw, link in zip(raws, links, strict=True)]
    texts = display_texts(instance.platform, page, path, target, style.caller)
    cell = _full_cell if style.display_value == "all" else _display_cell
    return [cell(*parts) for parts in zip(texts, raws, links, strict=True)]


def _raw_texts(page: PageValues, path: str, form: Form) -> list[str]:
    """Return raw values; those of journals and passwords are never shown."""
    values = page.values("sys_id" if form in _HIDDEN_RAW else path)
    return [""] * len(values) if form in _HIDDEN_RAW else [value or "" for value in values]


def _links(base_url: str, column: Column, raws: Sequence[str]) -> list[str]:
    """Return the link of each reference, empty for an empty one.

    A reference that holds another key than the sys_id links to a query (recorded on ``sys_dictionary``, 2026).
    """
    table = column.reference or _DOMAIN_TABLE
    start = (
        f"{base_url}/api/now/table/{table}{'/' if column.reference_key == 'sys_id' else f'?{column.reference_key}='}"
    )
    known = {raw: start + quote(raw, safe="") if raw else "" for raw in set(raws)}
    return [known[raw] for raw in raws]


def _raw_cell(raw: str, link: str) -> Cell:
    return {"link": link, "value": raw} if link else raw


def _display_cell(text: str, _raw: str, link: str) -> Cell:
    return {"display_value": text, "link": link} if link else text


def _full_cell(text: str, raw: str, link: str) -> Cell:
    if link:
        return {"display_value": text, "link": link, "value": raw}
    return {"display_value": text, "value": raw}
