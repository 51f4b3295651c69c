"""Values of numpy and pandas as Python has them, without importing either: rows of a frame are payloads, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pysnow.exceptions import InvalidUsage

__all__ = ["plain_value"]

_MOMENTS: Final = "mM"
"""Kinds of numpy's moments and spans, whose ``item()`` may be a bare number of nanoseconds."""


def plain_value(name: str, value: Any) -> Any:
    """Give a value of a row as Python has it: scalars of numpy as numbers, booleans and texts, all else as it is.

    Args:
        name: The column, for the error.
        value: The value.

    Raises:
        InvalidUsage: It stands for a value that is missing (NaN, NaT, NA), or is a moment of numpy, which has no zone.
    """
    if _is_missing(value):
        raise InvalidUsage(
            f"{name} is missing ({value}): leave the key out of the row, or pass '' or None to empty the column"
        )
    if not _is_scalar(value):
        return value
    if value.dtype.kind in _MOMENTS:
        raise InvalidUsage(f"{name} is a {type(value).__name__} of numpy, without a zone: pass a datetime with tzinfo")
    return value.item()


def _is_scalar(value: object) -> bool:
    return hasattr(value, "dtype") and getattr(value, "shape", None) == () and hasattr(value, "item")


def _is_missing(value: Any) -> bool:
    if type(value).__name__ == "NAType":  # which answers no comparison
        return True
    # NaN and NaT alone are not equal to themselves.
    return (isinstance(value, (float, datetime)) or _is_scalar(value)) and bool(value != value)
