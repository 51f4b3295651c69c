"""A record that has others with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pysnow.exceptions import InvalidUsage, PysnowException
from pysnow.records.record import Record
from pysnow.schema.near_misses import did_you_mean

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue
    from pysnow.table import Table

__all__ = ["RelatedRecord", "RelationError"]


@dataclass(frozen=True, slots=True)
class RelationError:
    """Related rows that could not be read; the records themselves were.

    Attributes:
        relation: Name of the relation.
        parents: Keys of the records whose rows they are.
        error: Why.
    """

    relation: str
    parents: tuple[str, ...]
    error: PysnowException

    def __str__(self) -> str:
        return f"{self.relation} of {len(self.parents)} records: {self.error}"


class RelatedRecord(Record):
    """A :class:`~pysnow.records.record.Record` whose related rows were read with it.

    Args:
        wire: As for a record.
        table: As for a record.
        display_value: As for a record.
        related: Rows, or the error in their place, by the name of the relation.
    """

    __slots__ = ("_related",)

    def __init__(
        self,
        wire: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        table: Table | None = None,
        *,
        display_value: DisplayValue | None = None,
        related: Mapping[str, list[Record] | PysnowException] | None = None,
    ) -> None:
        super().__init__(wire, table, display_value=display_value)
        self._related: dict[str, list[Record] | PysnowException] = dict(related or {})

    @property
    def relationship_names(self) -> tuple[str, ...]:
        """Names of the relations that were asked for."""
        return tuple(self._related)

    @property
    def related_errors(self) -> dict[str, PysnowException]:
        """Why rows could not be read, by the name of the relation; empty when all were."""
        return {name: rows for name, rows in self._related.items() if isinstance(rows, PysnowException)}

    def has_related(self, name: str) -> bool:
        """Tell whether the rows of a relation were read, and there are some."""
        rows = self._related.get(name)
        return isinstance(rows, list) and bool(rows)

    def related(self, name: str) -> list[Record]:
        """Give the rows of a relation; records that are equal share the list.

        Args:
            name: The relation, as it was asked for.

        Raises:
            InvalidUsage: It was not asked for.
            PysnowException: They could not be read; this is why.
        """
        if name not in self._related:
            near = did_you_mean(name, self._related)
            raise InvalidUsage(f"The relation {name!r} was not asked for: say related=[{name!r}]{near}")
        rows = self._related[name]
        if isinstance(rows, PysnowException):
            raise rows
        return rows

    def __copy__(self) -> Self:
        twin = super().__copy__()
        twin._related = dict(self._related)
        return twin
