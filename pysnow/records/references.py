"""A record of another table, named by what people know of it, where a sys_id belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pysnow.exceptions import InvalidUsage
from pysnow.url_builder import checked_table

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["Ref"]


class Ref(Mapping[str, Any]):
    """A record that is looked up when its sys_id is needed: ``Ref("sys_user_group", name="Network")``.

    It stands for the sys_id in payloads, and in queries that are dicts, of a :class:`~pysnow.Table`. Expressions and
    builders print at once, so there it has to know its client: :meth:`Client.ref <pysnow.Client.ref>` makes one that
    does, and that can be used everywhere. What was found is kept for five minutes; that there is no such record, or
    more than one, is an error before anything is written.

    It reads as what an instance sends for a reference: a mapping with a ``value``.

    Args:
        table: Table of the record.
        value: What people call it: display value, number, user name, email address, ``@me``, pasted address.
        columns: Columns and the values that they hold, instead of ``value``.

    Raises:
        InvalidUsage: Neither or both are given.
    """

    def __init__(self, table: str, value: str | None = None, /, **columns: object) -> None:
        if (value is None) != bool(columns):
            raise InvalidUsage(
                "Ref needs what the record is known by: Ref('sys_user_group', name='Network'), Ref('sys_user', 'ada')"
            )
        self.table = checked_table(table)
        self._value = value
        self._columns = columns
        self._home: Table | None = None

    def bound(self, table: Table) -> Ref:
        """Give the same reference, which knows where to look.

        Args:
            table: Any table of the client.
        """
        twin = Ref(self.table, self._value, **self._columns)
        twin._home = table
        return twin

    @property
    def sys_id(self) -> str:
        """The record's sys_id: one GET, or more where it is not said by which column it is known; kept for a while.

        Raises:
            InvalidUsage: It has no client.
            NoResults: There is no such record, or it may not be read.
            MultipleResults: There is more than one.
            PysnowException: The instance refuses, or does not answer.
        """
        if self._home is None:
            raise InvalidUsage(
                f"{self!r} has no client to look it up with. Use client.ref{self._arguments} in F and QueryBuilder; "
                "Ref does in the payloads of a table, and in its queries that are dicts"
            )
        from pysnow.records.resolving import resolved, resolved_by

        if self._value is not None:
            return resolved(self._home, self.table, self._value)
        return resolved_by(self._home, self.table, self._columns)

    def __getitem__(self, key: str) -> str:
        if key != "value":
            raise KeyError(key)
        return self.sys_id

    def __iter__(self) -> Iterator[str]:
        return iter(("value",))

    def __len__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        # A mapping would compare its values, and so ask the instance.
        return isinstance(other, Ref) and self._known() == other._known()

    def __hash__(self) -> int:
        return hash((self.table, self._value, *sorted(self._columns)))

    def __repr__(self) -> str:
        return f"Ref{self._arguments}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self.table, self._value, self._columns)

    @property
    def _arguments(self) -> str:
        """What it was made with, as one would write it."""
        named = [repr(self._value)] if self._value is not None else []
        named += [f"{name}={value!r}" for name, value in self._columns.items()]
        return f"({', '.join([repr(self.table), *named])})"

    def _known(self) -> tuple[object, ...]:
        return self.table, self._value, self._columns


def _made(table: str, value: str | None, columns: dict[str, object]) -> Ref:
    return Ref(table, value, **columns)
