"""The cells of one column of a page, as JSON text: each different one is written once, and rows share it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.display import display_texts, distinct_texts
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.paths import PageValues, Target
from pysnow.sandbox.instance.platform import Platform
from pysnow.sandbox.json_text import string_text

_HIDDEN_RAW = frozenset({Form.JOURNAL, Form.NOTHING, Form.PASSWORD})
_LINKED = frozenset({Form.REFERENCE, Form.DOMAIN})
# Their display value is not a matter of the raw value alone.
_BOUND_TO_ROW = frozenset({Form.JOURNAL, Form.DOCUMENT, Form.FIELD_NAME})

# Domains are shown as if they were groups (recorded: ".../sys_user_group/global").
_DOMAIN_TABLE = "sys_user_group"

_DISPLAYED = ("true", "all")


@dataclass(frozen=True, slots=True)
class Style:
    """How the request wants values to look.

    Attributes:
        display_value: ``false``, ``true`` or ``all`` (``sysparm_display_value``); anything else counts as ``false``.
        base_url: URL of the instance, with which links begin.
        exclude_reference_link: Whether references lose their link (``sysparm_exclude_reference_link``).
        caller: Whose zone and formats display values take.
    """

    display_value: str
    base_url: str
    exclude_reference_link: bool
    caller: Caller


@dataclass(frozen=True, slots=True)
class ColumnCells:
    """The cells of a column.

    Attributes:
        keys: For each row of the page, which cell it has.
        cells: The cells as JSON text, by key; none that no row has.
    """

    keys: Sequence[Hashable]
    cells: Mapping[Hashable, str]


@dataclass(frozen=True, slots=True)
class _Traits:
    """What matters of a type: whether raw values are hidden, have links, are not all that display values depend on."""

    has_hidden_raw: bool
    is_linked: bool
    is_bound_to_row: bool


@lru_cache(maxsize=256)
def _traits(internal_type: str) -> _Traits:
    form = form_of(internal_type)
    return _Traits(form in _HIDDEN_RAW, form in _LINKED, form in _BOUND_TO_ROW)


def has_hidden_raw(column: Column) -> bool:
    """Tell whether the raw value of a column is never shown: it is kept elsewhere, or a secret."""
    return _traits(column.type).has_hidden_raw


def link_start(base_url: str, column: Column) -> str:
    """Give what the links of a column begin with, before the key; empty for a column whose values are no references.

    A reference that holds another key than the sys_id links to a query (recorded on ``sys_dictionary``, 2026).
    """
    if not _traits(column.type).is_linked:
        return ""
    place = "/" if column.reference_key == "sys_id" else f"?{column.reference_key}="
    return f"{base_url}/api/now/table/{column.reference or _DOMAIN_TABLE}{place}"


def column_cells(platform: Platform, page: PageValues, path: str, target: Target, style: Style) -> ColumnCells:
    """Make the cells of a column.

    Args:
        platform: The instance's dictionary and store.
        page: The rows.
        path: Column or dot-walked path.
        target: Where the path ends.
        style: How values look.
    """
    traits, is_plain = _traits(target.column.type), style.display_value not in _DISPLAYED
    if is_plain and traits.has_hidden_raw:
        return ColumnCells([None] * len(page), {None: _raw_cell("", "", "")})
    write = _raw_cell if is_plain else _full_cell if style.display_value == "all" else _display_cell
    if traits.is_bound_to_row and not is_plain:
        return _cells_by_row(platform, page, path, target, style.caller, write)
    values = page.values(path)
    different = set(values)
    cells: dict[Hashable, str] = {value: write("", "", "") for value in (None, "") if value in different}
    if full := {value for value in different if value}:
        texts = {} if is_plain else distinct_texts(platform, target, full, style.caller)
        links = {} if style.exclude_reference_link else _links(link_start(style.base_url, target.column), full)
        for value in full:
            cells[value] = write(texts.get(value, ""), "" if traits.has_hidden_raw else value, links.get(value, ""))
    return ColumnCells(values, cells)


_Write = Callable[[str, str, str], str]


def _cells_by_row(
    platform: Platform, page: PageValues, path: str, target: Target, caller: Caller, write: _Write
) -> ColumnCells:
    texts = display_texts(platform, page, path, target, caller)
    is_hidden = has_hidden_raw(target.column)
    raws = [""] * len(texts) if is_hidden else [value or "" for value in page.values(path)]
    keys = list(zip(texts, raws, strict=True))
    return ColumnCells(keys, {key: write(*key, "") for key in set(keys)})


def _links(start: str, keys: Iterable[str]) -> dict[str, str]:
    return {key: start + quote(key, safe="") for key in keys} if start else {}


def _raw_cell(_text: str, raw: str, link: str) -> str:
    if link:
        return f'{{"link":{string_text(link)},"value":{string_text(raw)}}}'
    return string_text(raw)


def _display_cell(text: str, _raw: str, link: str) -> str:
    if link:
        return f'{{"display_value":{string_text(text)},"link":{string_text(link)}}}'
    return string_text(text)


def _full_cell(text: str, raw: str, link: str) -> str:
    if link:
        return f'{{"display_value":{string_text(text)},"link":{string_text(link)},"value":{string_text(raw)}}}'
    return f'{{"display_value":{string_text(text)},"value":{string_text(raw)}}}'
