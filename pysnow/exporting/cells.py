"""What a field comes to in a column: its value, its label, or both side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from pysnow.exceptions import InvalidUsage
from pysnow.field_value import raw_value

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["LABEL_SUFFIX", "Values", "cell_reader", "check_read", "checked_values", "flat_columns"]

Values: TypeAlias = Literal["value", "display", "both"]
"""``value``: what is stored; ``display``: what people read; ``both``: two columns, for ``display_value="all"``."""

LABEL_SUFFIX: Final = "_display"
"""Ends the name of the column of labels when there are both."""


def checked_values(values: object) -> Values:
    """Give the argument back.

    Raises:
        InvalidUsage: It is another one.
    """
    if values not in ("value", "display", "both"):
        raise InvalidUsage(f"values must be 'value', 'display' or 'both', not {values!r}")
    return values


def check_read(values: Values, shown: str) -> None:
    """Refuse labels that were not read; ``both`` takes values that were, too.

    Args:
        values: What is wanted of each field.
        shown: How the records are read, as ``sysparm_display_value`` has it; empty where nobody knows.

    Raises:
        InvalidUsage: The records do not have that.
    """
    enough = {"display": ("true", "all"), "both": ("all",)}.get(checked_values(values), (shown,))
    if shown and shown not in enough:
        way = "'all'" if values == "both" else "True or 'all'"
        raise InvalidUsage(f"values={values!r}: labels are wanted that were not read: read with display_value={way}")


def flat_columns(fields: list[str], values: Values) -> list[str]:
    """Name the columns of a table in which each field is one, or with its label two."""
    if values != "both":
        return fields
    return [name for field in fields for name in (field, field + LABEL_SUFFIX)]


def cell_reader(fields: list[str], values: Values) -> Callable[[Mapping[str, JSON]], list[str | None]]:
    """Make what turns a record into its cells, in the order of :func:`flat_columns`; None where it has nothing.

    Args:
        fields: The fields, in order.
        values: What is wanted of each.
    """
    if values == "both":
        return lambda row: [cell for field in fields for cell in _value_and_label(field, row.get(field))]
    take = _value if values == "value" else _label
    return lambda row: [take(row.get(field)) for field in fields]


def _value(member: JSON) -> str | None:
    # The text of a reference that was read with display_value=True is all there is of it.
    kept: Any = raw_value(member)
    return _text(kept["display_value"] if isinstance(kept, Mapping) and "display_value" in kept else kept)


def _label(member: JSON) -> str | None:
    if not isinstance(member, Mapping) or not {"value", "display_value"} & member.keys():
        return _text(member)
    if "display_value" not in member:
        check_read("display", "false")
    return _text(member["display_value"])


def _value_and_label(field: str, member: JSON) -> tuple[str | None, str | None]:
    if member is None:
        return None, None
    if not (isinstance(member, Mapping) and "display_value" in member and "value" in member):
        raise InvalidUsage(f"values='both' needs records read with display_value='all'; {field!r} came as {member!r}")
    return _text(member["value"]), _text(member["display_value"])


def _text(value: JSON) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
