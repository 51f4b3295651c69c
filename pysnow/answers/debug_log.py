"""What an instance logged of one call, where it was asked to say: ``session.debug_logs`` beside the result.

The REST API documentation ("session debug header") shows where the list stands. What an entry looks like depends on
what is being debugged, so each is kept as it came; nothing but its ``type``, where it has one, is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pysnow.exceptions import EmptyContent

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["DebugLog", "read_debug_log"]


class DebugLog(list["JSON"]):
    """The entries, in order, as the instance sent them."""

    @property
    def by_type(self) -> dict[str, list[JSON]]:
        """The entries by their ``type``; those without one under an empty text."""
        found: dict[str, list[JSON]] = {}
        for entry in self:
            kind = entry.get("type") if isinstance(entry, dict) else None
            found.setdefault(kind if isinstance(kind, str) else "", []).append(entry)
        return found


def read_debug_log(document: Callable[[], JSON]) -> DebugLog:
    """Read the log of a document; empty where there is none.

    Args:
        document: Gives the document.

    Raises:
        PysnowException: The document cannot be read.
    """  # noqa: DOC502
    try:
        whole = document()
    except EmptyContent:
        return DebugLog()
    session = whole.get("session") if isinstance(whole, dict) else None
    entries = session.get("debug_logs") if isinstance(session, dict) else None
    return DebugLog(entries if isinstance(entries, list) else [])
