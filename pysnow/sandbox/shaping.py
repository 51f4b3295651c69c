"""Rows as JSON objects, the way the Table and Attachment API write them.

Every value is a string, except that references are objects with a link, and that ``sysparm_display_value=all`` makes an
object of everything (Table API documentation). Work goes column by column over a page, so that a page costs one query
per referenced table and column, however many rows it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pysnow.sandbox.column_cells import ColumnCells, Style, column_cells, has_hidden_raw, link_start
from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.instance.attachments import attachment_records
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.cell_access import CellAccess
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.paths import PageValues, Target, find_target
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.json_text import json_text
from pysnow.sandbox.member_order import member_order
from pysnow.sandbox.store.json_rows import JsonMember, JsonShape

Members: TypeAlias = "dict[str, object]"


def write_page(
    instance: Instance,
    table: str,
    rows: Sequence[Row],
    *,
    fields: Sequence[str] | None,
    display_value: str,
    exclude_reference_link: bool,
    caller: Caller,
    access: CellAccess | None = None,
) -> list[str]:
    """Write the rows of a page as JSON text.

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
    style = Style(display_value, instance.base_url, exclude_reference_link, caller)
    page = _laid_out(instance, table, rows, fields, style, access)
    texts = _written(page)
    return _without_hidden(texts, page.partly_hidden) if page.partly_hidden else texts


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
    """Give what ``write_page`` writes of the rows of a page, as members."""
    texts = write_page(
        instance,
        table,
        rows,
        fields=fields,
        display_value=display_value,
        exclude_reference_link=exclude_reference_link,
        caller=caller,
        access=access,
    )
    return list(map(json.loads, texts))


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


def json_shape(
    instance: Instance, table: str, *, fields: Sequence[str] | None, exclude_reference_link: bool
) -> JsonShape:
    """Give what ``write_page`` writes of raw values, nothing hidden, for the store to print: ``Store.select_json``.

    Args:
        instance: Where the rows come from.
        table: Table through which they are read.
        fields: As for ``shape_page``.
        exclude_reference_link: As for ``shape_page``.
    """
    base_url = "" if exclude_reference_link else instance.base_url
    wanted = None if fields is None else tuple(fields)
    return instance.store.remembered(_json_shape, instance.dictionary, table, wanted, base_url)


def shape_attachments(instance: Instance, rows: Sequence[Row]) -> list[Members]:
    """Shape rows of ``sys_attachment`` for the Attachment API, whose values are all plain strings."""
    records = attachment_records(instance.platform, rows, instance.base_url)
    return [{name: record[name] for name in member_order(tuple(record))} for record in records]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which members rows of a table show, whoever asks: where each leads, and their order."""

    targets: Mapping[str, Target]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The cells of a page, column by column, and of partly hidden columns the rows in which each is visible."""

    count: int
    columns: Mapping[str, ColumnCells]
    partly_hidden: Mapping[str, list[bool]]


def _plan(dictionary: Dictionary, table: str, fields: tuple[str, ...] | None) -> _Plan:
    wanted = dict.fromkeys(dictionary.columns(table) if fields is None else fields)
    targets = {path: target for path in wanted if (target := find_target(dictionary, table, path))}
    return _Plan(targets, member_order(tuple(targets)))


def _json_shape(dictionary: Dictionary, table: str, fields: tuple[str, ...] | None, base_url: str) -> JsonShape:
    plan = _plan(dictionary, table, fields)
    columns = {name: plan.targets[name].column for name in plan.names}
    links = {name: link_start(base_url, column) if base_url else "" for name, column in columns.items()}
    members = (JsonMember(name, links[name], has_hidden_raw(column)) for name, column in columns.items())
    return JsonShape(table, tuple(members))


def _laid_out(
    instance: Instance,
    table: str,
    rows: Sequence[Row],
    fields: Sequence[str] | None,
    style: Style,
    access: CellAccess | None,
) -> _Layout:
    wanted = None if fields is None else tuple(fields)
    plan = instance.store.remembered(_plan, instance.dictionary, table, wanted)
    page = PageValues(instance.platform, table, rows)
    hidden = _hidden_cells(page, plan.targets, access)
    names = plan.names
    if hidden:
        names = member_order(tuple(path for path in plan.targets if path not in hidden or any(hidden[path])))
    columns = {name: column_cells(instance.platform, page, name, plan.targets[name], style) for name in names}
    return _Layout(len(rows), columns, {path: hidden[path] for path in names if path in hidden})


def _hidden_cells(page: PageValues, paths: Iterable[str], access: CellAccess | None) -> dict[str, list[bool]]:
    """Give the paths that are hidden in some rows, each with the rows in which it is visible."""
    if access is None or access.is_free:
        return {}
    return {path: cells for path in paths if (cells := access.visible(page, path)) is not None}


def _without_hidden(texts: list[str], visible: Mapping[str, list[bool]]) -> list[str]:
    """Take out of each row what is hidden in it; fewer members may come in another order."""
    found = []
    for position, row in enumerate(map(json.loads, texts)):
        kept = tuple(name for name in row if name not in visible or visible[name][position])
        found.append(json_text({name: row[name] for name in member_order(kept)}))
    return found


def _written(page: _Layout) -> list[str]:
    """Write each row; what all rows of the page share goes before the next cell that differs, or at the end."""
    varying: list[Iterable[str]] = []
    lead = "{"
    for name, column in page.columns.items():
        lead += f'"{name}":'
        texts = {key: lead + cell for key, cell in column.cells.items()}
        if len(texts) == 1:
            lead = f"{texts.popitem()[1]},"
            continue
        varying.append(map(texts.__getitem__, column.keys))
        lead = ","
    end = lead.removesuffix(",") + "}"
    if not varying:
        return [end] * page.count
    return [text + end for text in map("".join, zip(*varying, strict=True))]
