"""What is different between two schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from pysnow.schema.definitions import Field, Relationship

if TYPE_CHECKING:
    from pysnow.schema.definitions import TableDefinition

__all__ = ["Difference", "differences"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is in one schema only, or is not the same in both; ``str()`` says it in a line.

    Attributes:
        change: What happened to it on the way from the first to the second.
        table: The table.
        name: The column or relation; empty for the table itself.
        member: What is not the same, such as ``max_length``; empty for a whole table, column or relation.
        before: What it was.
        after: What it is.
    """

    change: Literal["added", "removed", "changed"]
    table: str
    name: str = ""
    member: str = ""
    before: object = None
    after: object = None

    def __str__(self) -> str:
        what = ".".join(part for part in (self.table, self.name) if part)
        return f"{what}: {self.member} {self.before!r} -> {self.after!r}" if self.member else f"{what}: {self.change}"


def differences(before: Mapping[str, TableDefinition], after: Mapping[str, TableDefinition]) -> Iterator[Difference]:
    """Tell what is different, table by table; each table is compared by what it adds to its parent.

    Args:
        before: Tables of the first schema.
        after: Tables of the second.
    """
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield Difference("added" if old is None else "removed", name)
            continue
        for member in ("label", "extends"):
            if getattr(old, member) != getattr(new, member):
                yield Difference("changed", name, "", member, getattr(old, member), getattr(new, member))
        yield from _entries(name, old.fields, new.fields)
        yield from _entries(name, old.relationships, new.relationships)


def _entries(
    table: str, before: Mapping[str, Field | Relationship], after: Mapping[str, Field | Relationship]
) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield Difference("added" if old is None else "removed", table, name)
        elif type(old) is type(new):
            yield from _members(table, name, old, new)


def _members(table: str, name: str, old: Field | Relationship, new: Field | Relationship) -> Iterator[Difference]:
    for member in fields(old):
        before, after = getattr(old, member.name), getattr(new, member.name)
        if before != after:
            yield Difference("changed", table, name, member.name, before, after)
