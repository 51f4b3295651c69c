"""Rows as JSON members, the way the Table and Attachment API write them.

Every value is a string, except that references are objects with a link, and that ``sysparm_display_value=all`` makes an
object of everything (Table API documentation). Work goes column by column over a page, so that a page costs one query
per referenced table and column, however many rows it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.attachments import attachment_records
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.cell_access import CellAccess
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
# Their display value is not a matter of the raw value alone.
_BOUND_TO_ROW = frozenset({Form.JOURNAL, Form.DOCUMENT, Form.FIELD_NAME})

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
    access: CellAccess | None = None,
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
        access: Which columns the caller may see; hidden ones are left out like unknown ones (recorded by PySNC's
            tests). None shows all.

    Returns:
        One object a row, members in the order of a Java ``HashMap``.
    """
    if not rows:
        return []
    page = PageValues(instance.platform, table, rows)
    wanted = dict.fromkeys(instance.dictionary.columns(table) if fields is None else fields)
    targets = {path: target for path in wanted if (target := page.target(path))}
    hidden = _hidden_cells(page, targets, access)
    names = member_order(tuple(path for path in targets if path not in hidden or any(hidden[path])))
    style = _Style(display_value, exclude_reference_link, caller)
    columns = [_shape_column(instance, page, path, targets[path], style) for path in names]
    if not columns:
        return [{} for _ in rows]
    shaped = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    partly_hidden = {path: hidden[path] for path in names if path in hidden}
    return _without(shaped, partly_hidden) if partly_hidden else shaped


def shape_record(
    instance: Instance,
    table: str,
    row: Row,
    *,
    fields: Sequence[str] | None,
    display_value: str,
    exclude_reference_link: bool,
    caller: Caller,
    access: CellAccess | None = None,
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
        access=access,
    )[0]


def shape_attachments(instance: Instance, rows: Sequence[Row]) -> list[Members]:
    """Shape rows of ``sys_attachment`` for the Attachment API, whose values are all plain strings."""
    records = attachment_records(instance.platform, rows, instance.base_url)
    return [{name: record[name] for name in member_order(tuple(record))} for record in records]


def _hidden_cells(page: PageValues, paths: Iterable[str], access: CellAccess | None) -> dict[str, list[bool]]:
    """Give the paths that are hidden in some rows, each with the rows in which it is visible."""
    if access is None or access.is_free:
        return {}
    return {path: cells for path in paths if (cells := access.visible(page, path)) is not None}


def _without(shaped: list[Members], visible: dict[str, list[bool]]) -> list[Members]:
    """Take out of each row what is hidden in it; fewer members may come in another order."""
    found = []
    for position, row in enumerate(shaped):
        kept = tuple(name for name in row if name not in visible or visible[name][position])
        found.append({name: row[name] for name in member_order(kept)})
    return found


def _shape_column(instance: Instance, page: PageValues, path: str, target: Target, style: _Style) -> list[Cell]:
    form = form_of(target.column.type)
    raws = _raw_texts(page, path, form)
    links: Mapping[str, str] = {}
    if form in _LINKED and not style.exclude_reference_link:
        links = _links(instance.base_url, target.column, set(raws))
    if style.display_value not in ("true", "all"):
        return _spread({raw: _raw_cell(raw, link) for raw, link in links.items()}, raws) if links else [*raws]
    texts = display_texts(instance.platform, page, path, target, style.caller)
    cell = _full_cell if style.display_value == "all" else _display_cell
    if form in _BOUND_TO_ROW:
        return [cell(text, raw, "") for text, raw in zip(texts, raws, strict=True)]
    shown = dict(zip(raws, texts, strict=True))
    return _spread({raw: cell(text, raw, links.get(raw, "")) for raw, text in shown.items()}, raws)


def _spread(cells: Mapping[str, Cell], raws: Iterable[str]) -> list[Cell]:
    # Most columns of a page hold few different values: rows share their cells, which nobody changes.
    return [cells[raw] for raw in raws]


def _raw_texts(page: PageValues, path: str, form: Form) -> list[str]:
    """Return raw values; those of journals and passwords are never shown."""
    values = page.values("sys_id" if form in _HIDDEN_RAW else path)
    return [""] * len(values) if form in _HIDDEN_RAW else [value or "" for value in values]


def _links(base_url: str, column: Column, raws: Iterable[str]) -> dict[str, str]:
    """Return the link of each reference, empty for an empty one.

    A reference that holds another key than the sys_id links to a query (recorded on ``sys_dictionary``, 2026).
    """
    table = column.reference or _DOMAIN_TABLE
    start = (
        f"{base_url}/api/now/table/{table}{'/' if column.reference_key == 'sys_id' else f'?{column.reference_key}='}"
    )
    return {raw: start + quote(raw, safe="") if raw else "" for raw in raws}


def _raw_cell(raw: str, link: str) -> Cell:
    return {"link": link, "value": raw} if link else raw


def _display_cell(text: str, _raw: str, link: str) -> Cell:
    return {"display_value": text, "link": link} if link else text


def _full_cell(text: str, raw: str, link: str) -> Cell:
    if link:
        return {"display_value": text, "link": link, "value": raw}
    return {"display_value": text, "value": raw}
