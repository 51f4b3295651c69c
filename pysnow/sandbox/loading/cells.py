"""Cells of an export, turned into what is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.coercion import stored_value, text_of
from pysnow.sandbox.instance.display_input import raw_value
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.passwords import SCHEME
from pysnow.sandbox.instance.platform import Platform

_SYS_ID = re.compile(r"[0-9a-f]{32}")
_VALUE, _DISPLAY_VALUE, _LINK = "value", "display_value", "link"


def cell_text(cell: object) -> tuple[str, bool]:
    """Give the text of a cell, and whether it is what people read.

    Args:
        cell: A plain JSON value, or an object: ``{"link", "value"}``, ``{"display_value", "value"}`` or
            ``{"display_value", "link"}``, whose link ends with the key.
    """
    if not isinstance(cell, Mapping):
        return text_of(cell), False
    if _VALUE in cell:
        return text_of(cell[_VALUE]), False
    if _LINK in cell:
        return _key_of(text_of(cell[_LINK])), False
    return text_of(cell.get(_DISPLAY_VALUE)), True


def stored_cell(
    platform: Platform, table: str, column: Column, text: str, reader: Caller, *, is_display: bool
) -> str | None:
    """Give what is stored for a text, None for an empty field.

    Args:
        platform: Where names are looked up.
        table: Table of the row.
        column: Column of the cell.
        text: The text of the cell.
        reader: In whose zone and formats dates are read.
        is_display: Whether the text is what people read.

    Raises:
        NotEmulated: An amount in a foreign currency.
    """
    if is_display and text and not _SYS_ID.fullmatch(text):
        text = raw_value(platform, table, column, text, reader)
    if form_of(column.type) is Form.PASSWORD and text.startswith(f"{SCHEME}$"):
        return text  # a hash of ours, out of another sandbox
    return stored_value(column, text)


def _key_of(link: str) -> str:
    """Give the key in a link: ``.../sys_user/<sys_id>``, or ``.../sys_db_object?name=incident``."""
    end = link.rstrip("/").rpartition("/")[2]
    return end.partition("=")[2] if "?" in end else end
