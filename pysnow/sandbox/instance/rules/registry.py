"""What a business rule is, and which ones run for a write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pysnow.sandbox.instance.changes import Change, Operation

When = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule (a row of ``sys_script``), written in Python.

    Attributes:
        table: Table it belongs to; it runs for that table and all that extend it.
        when: Before or after the row reaches the store. Only rules before may change the row.
        operations: Writes it runs for.
        run: What it does; raises a ``Refusal`` to abort the write.
    """

    table: str
    when: When
    operations: frozenset[Operation]
    run: Callable[[Change], None]


WRITES: frozenset[Operation] = frozenset({"insert", "update"})
INSERT: frozenset[Operation] = frozenset({"insert"})
UPDATE: frozenset[Operation] = frozenset({"update"})
DELETE: frozenset[Operation] = frozenset({"delete"})


def run_rules(rules: Iterable[Rule], when: When, change: Change) -> None:
    """Run the rules that apply to a write, in the order in which they are listed."""
    for rule in _applicable(rules, when, change):
        rule.run(change)


def _applicable(rules: Iterable[Rule], when: When, change: Change) -> Iterator[Rule]:
    lineage = frozenset(change.platform.dictionary.ancestors(change.table))
    return (
        rule for rule in rules if rule.when == when and rule.table in lineage and change.operation in rule.operations
    )
