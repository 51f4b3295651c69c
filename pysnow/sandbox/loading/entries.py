"""What every kind of export comes down to: rows of tables, and the errors of files that are none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

LARGEST_FILE_BYTES = 100 * 1024 * 1024
"""A larger file is refused: rows are held in memory, in several times the room that they take in a file."""


class LoadError(ValueError):
    """A file that cannot be loaded; nothing of it was.

    Attributes:
        path: The file.
        reason: What is wrong with it, and where.
    """

    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        """Refuse a file."""
        super().__init__(f"{os.fspath(path)}: {reason}")
        self.path = os.fspath(path)
        self.reason = reason

    def __reduce__(self) -> tuple[type[LoadError], tuple[str, str]]:
        return type(self), (self.path, self.reason)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of an export.

    Attributes:
        table: Its table.
        values: Cells by column: texts, other plain JSON values, or objects with ``value`` or ``display_value`` and
            ``link``.
        place: Where it stands in the file, for messages: ``row 7``.
        is_deletion: Whether the export says that the row is to be deleted.
        is_display: Whether the cells are what people read rather than what is stored.
    """

    table: str
    values: Mapping[str, object]
    place: str
    is_deletion: bool = False
    is_display: bool = False
