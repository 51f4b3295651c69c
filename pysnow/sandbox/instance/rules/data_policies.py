"""Data policies: columns that must hold a value under a condition, whoever writes.

Unlike the dictionary's mandatory flag, which only forms enforce, an instance enforces these over REST too.
"""

from __future__ import annotations

from dataclasses import dataclass

from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.refusals import OperationFailed
from pysnow.sandbox.instance.rules.registry import WRITES, Rule


@dataclass(frozen=True, slots=True)
class DataPolicy:
    """A data policy (``sys_data_policy2``) of one condition.

    Attributes:
        name: Its short description.
        table: Table it guards, with all that extend it.
        element: Column of the condition.
        values: Values of that column under which it applies.
        mandatory: Columns that must not be empty then.
    """

    name: str
    table: str
    element: str
    values: frozenset[str]
    mandatory: tuple[str, ...]

    def enforce(self, change: Change) -> None:
        """Refuse a row that lacks a mandatory value.

        Raises:
            OperationFailed: Names the policy and the labels of the empty columns.
        """
        if change.get(self.element) not in self.values:
            return
        columns = change.platform.dictionary.columns(change.table)
        empty = [columns[element].label for element in self.mandatory if element in columns and not change.get(element)]
        if empty:
            verb = "is" if len(empty) == 1 else "are"
            raise OperationFailed(f"Data Policy Exception: {', '.join(empty)} {verb} mandatory ({self.name})")


POLICIES = (
    DataPolicy(
        "Make close info mandatory when resolved or closed",
        "incident",
        "state",
        frozenset({"6", "7"}),
        ("close_code", "close_notes"),
    ),
)

RULES = tuple(Rule(policy.table, "before", WRITES, policy.enforce) for policy in POLICIES)
