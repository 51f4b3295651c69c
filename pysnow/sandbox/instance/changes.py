"""One write as business rules see it: the row before, the row as it is about to be, and who writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.platform import Platform, Row

Operation = Literal["insert", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """A row on its way into, within or out of the store.

    Attributes:
        platform: The instance's dictionary, store, clock and properties.
        table: The row's own class.
        operation: ``insert``, ``update`` or ``delete``.
        before: The row as stored; None for an insert.
        row: The row as it will be; rules that run before the store change it through ``set``.
        given: Columns the request itself names.
        caller: Who writes.
        now: The moment of the write, in stored form.
    """

    platform: Platform
    table: str
    operation: Operation
    before: Row | None
    row: Row
    given: frozenset[str]
    caller: Caller
    now: str

    @property
    def sys_id(self) -> str:
        """Key of the row."""
        return self.row["sys_id"] or ""

    def get(self, element: str) -> str | None:
        """Return the value a column is about to have; None for empty or no such column."""
        return self.row.get(element)

    def set(self, element: str, value: str | None) -> None:
        """Give a column a stored value; nothing happens on tables without that column."""
        if element in self.row:
            self.row[element] = value

    def fill(self, element: str, value: str | None) -> None:
        """Give a column a stored value unless the request itself names one."""
        if element not in self.given or not self.row.get(element):
            self.set(element, value)

    def count_up(self, element: str) -> None:
        """Add one to a counter."""
        self.set(element, str(int(self.row.get(element) or "0") + 1))

    def changed(self, element: str) -> bool:
        """Tell whether the write changes a column; for an insert: whether the request names it."""
        if self.before is None:
            return element in self.given
        return self.before.get(element) != self.row.get(element)

    def entered(self, element: str, values: Collection[str]) -> bool:
        """Tell whether a column goes from a value outside a set to one inside."""
        was_inside = self.before is not None and self.before.get(element) in values
        return not was_inside and self.row.get(element) in values

    def left(self, element: str, values: Collection[str]) -> bool:
        """Tell whether a column goes from a value inside a set to one outside."""
        was_inside = self.before is not None and self.before.get(element) in values
        return was_inside and self.row.get(element) not in values
