"""Where a warning points: at the line of the caller's program that led to it."""

from __future__ import annotations

import sys

__all__ = ["callers_level"]


def callers_level() -> int:
    """Give the ``stacklevel`` at which a warning points at the line outside the package that led here."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("pysnow."):
        level, frame = level + 1, frame.f_back
    return level
