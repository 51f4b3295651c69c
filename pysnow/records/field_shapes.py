"""What one field of an answer says: its stored value, what people read, and its link; each only if it came.

Which of the two a plain text is does not show in it: it depends on ``sysparm_display_value``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from pysnow.exceptions import InvalidUsage
from pysnow.field_value import is_display_only, raw_value

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue

__all__ = ["Shown", "link_in", "shown_in", "stored_in", "text_of"]

Shown: TypeAlias = "DisplayValue"
"""How a record was read: stored values, what people read, or both."""

_RECORD_LINK: Final = re.compile(r"[^?#]*/api/now(?:/v\d+)?/table/[A-Za-z0-9_]+/([A-Za-z0-9_-]{1,64})", re.ASCII)


def stored_in(value: object, shown: Shown) -> object:
    """Give the stored value in a field; None where it did not come.

    A reference that was read as people see it has a link, and that ends in its sys_id; unless the reference is kept by
    another key, when the link is a query.

    Args:
        value: What the answer holds for the field.
        shown: How the record was read.
    """
    if is_display_only(value):
        found = _RECORD_LINK.fullmatch(link_in(value) or "")
        return found[1] if found else None
    if isinstance(value, Mapping):
        stored = raw_value(value)
        return "" if stored is None else stored
    return None if shown is True else value


def shown_in(value: object, shown: Shown) -> object:
    """Give what people read in a field; None where it did not come; arguments as for :func:`stored_in`."""
    if isinstance(value, Mapping):
        text = value.get("display_value")
        return "" if text is None and "display_value" in value else text
    return value if shown is True else None


def link_in(value: object) -> str | None:
    """Give the link of a reference, or None."""
    link = value.get("link") if isinstance(value, Mapping) else None
    return link if isinstance(link, str) and link else None


def text_of(value: object, name: str) -> str:
    """Give a value as the text that the Table API would send for it; some APIs send numbers.

    Args:
        value: A value out of an answer.
        name: Its field, for the error.

    Raises:
        InvalidUsage: It is a list or an object.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    raise InvalidUsage(f"{name} holds a {type(value).__name__}: take it as it is, with record[{name!r}]")
