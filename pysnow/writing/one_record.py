"""Whether what is to become a record is the fields of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pysnow.exceptions import InvalidUsage

__all__ = ["one_record"]


def one_record(payload: Any) -> Any:
    """Give the fields of one record; those of a list that holds nothing else come out of it.

    Args:
        payload: What is to be created.

    Raises:
        InvalidUsage: It is something else. The Table API takes the first of a list and drops the others in silence.
    """
    if isinstance(payload, list) and len(payload) == 1 and isinstance(payload[0], Mapping):
        return payload[0]
    if isinstance(payload, (list, tuple)):
        raise InvalidUsage(
            f"create() makes one record, and the payload is a list of {len(payload)}: pass the fields of one, or the"
            " list to create_many()"
        )
    if not isinstance(payload, Mapping):
        raise InvalidUsage(f"The payload of a new record must be a dict of fields, not {type(payload).__name__}")
    return payload
