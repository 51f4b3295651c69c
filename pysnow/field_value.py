"""What an instance sends for one field, and the stored value in it.

``sysparm_display_value`` and ``sysparm_exclude_reference_link`` decide about the shape::

                 plain column                        reference
    false        "1"                                 {"link": .., "value": ..}, or the value alone without links
    true         "New"                               {"link": .., "display_value": ..}, or the text alone
    all          {"display_value": .., "value": ..}  {"link": .., "display_value": .., "value": ..}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["is_display_only", "raw_value", "stored_payload"]

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


def stored_payload(payload: JSON) -> JSON:
    """Give a payload in which fields that were read, link and display value included, stand for what is stored.

    Args:
        payload: What is to be written; anything but a mapping is given back as it is.

    Raises:
        InvalidUsage: A field was read without its stored value.
    """
    if not isinstance(payload, Mapping):
        return payload
    return {name: _stored(name, value) for name, value in payload.items()}


def _stored(name: Any, value: object) -> object:
    if is_display_only(value):
        raise InvalidUsage(
            f"Field {name!r} was read with display_value=True and holds no stored value: read it with "
            "display_value='all', or pass the sys_id"
        )
    return raw_value(value)


def _is_field(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping) and bool(value) and _KEYS.issuperset(value)
