"""What an instance sends for one field, and the stored value in it.

``sysparm_display_value`` and ``sysparm_exclude_reference_link`` decide about the shape::

                 plain column                        reference
    false        "1"                                 {"link": .., "value": ..}, or the value alone without links
    true         "New"                               {"link": .., "display_value": ..}, or the text alone
    all          {"display_value": .., "value": ..}  {"link": .., "display_value": .., "value": ..}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

__all__ = ["is_display_only", "raw_value"]

_KEYS = frozenset({"display_value", "link", "value"})


def raw_value(value: object) -> object:
    """Give the stored value of a field, in whatever shape it was read.

    A mapping with other keys is no field: it is given back as it is, and so is one for which :func:`is_display_only`
    holds. Neither is ever changed.

    Args:
        value: What an answer holds for the field, or the value itself.
    """
    return value["value"] if _is_field(value) and "value" in value else value


def is_display_only(value: object) -> bool:
    """Tell whether this is a reference read with ``display_value=True``: its text came, its stored value did not."""
    return _is_field(value) and "value" not in value


def _is_field(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping) and bool(value) and _KEYS.issuperset(value)
