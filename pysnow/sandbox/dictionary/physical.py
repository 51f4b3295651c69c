"""Names of the SQL columns behind the dictionary's columns.

All tables of a hierarchy share one SQL table, so columns of the same name in sibling classes (``category`` of incident
and problem) meet there. Invariants: a name, once given, never changes; siblings share a SQL column only when their
columns hold the same kind of value, otherwise the later one is called ``<table>__<element>``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pysnow.sandbox.dictionary.types import Kind


@dataclass(frozen=True, slots=True)
class PhysicalColumn:
    """One SQL column.

    Attributes:
        name: Its name in SQL.
        kind: What it holds.
        unique: Whether two rows may not share a value.
    """

    name: str
    kind: Kind
    unique: bool


@dataclass(slots=True)
class PhysicalColumns:
    """The SQL columns of one hierarchy, in the order they were placed."""

    by_name: dict[str, PhysicalColumn] = field(default_factory=dict)

    def place(self, table: str, element: str, *, kind: Kind, unique: bool) -> PhysicalColumn:
        """Give the SQL column for a column that a table declares first in its line of ancestors."""
        wanted = PhysicalColumn(element, kind, unique)
        # SQL names do not tell upper from lower case.
        taken = self.by_name.setdefault(element.lower(), wanted)
        if (taken.kind, taken.unique) == (kind, unique):
            return taken
        own = PhysicalColumn(f"{table}__{element}", kind, unique)
        return self.by_name.setdefault(own.name.lower(), own)

    def copy(self) -> PhysicalColumns:
        """Give an independent copy."""
        return PhysicalColumns(dict(self.by_name))
