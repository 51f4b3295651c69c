"""Which calls a fault strikes."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.operations import OPERATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Which calls a fault strikes; several verbs, tables or operations are joined by ``+``.

    Attributes:
        method: Verbs; empty for all.
        path: Pattern of the decoded path, with ``*`` and ``?``; empty for all.
        table: Tables; empty for all.
        operation: Operations: ``list``, ``read``, ``create``, ``update``, ``delete``, ``aggregate``, ``upload``,
            ``download``, ``import``, ``batch``, ``event``, ``token``, ``refresh``, ``revoke``; empty for all.
        nth: The matching call to strike first, 1 or more; without ``times``, the only one. 0 for the very first.
        times: Most calls to strike; 0 for no limit.
        probability: Share of the matching calls to strike, above 0 and up to 1.
    """

    method: str = ""
    path: str = ""
    table: str = ""
    operation: str = ""
    nth: int = 0
    times: int = 0
    probability: float = 1.0

    def __post_init__(self) -> None:
        """Check them.

        Raises:
            ValueError: A number is out of range, or an operation is unknown.
        """
        for name in ("nth", "times"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more, not {getattr(self, name)}")
        if not 0 < self.probability <= 1:
            raise ValueError(f"probability must be above 0 and up to 1, not {self.probability}")
        if unknown := _names(self.operation) - OPERATIONS:
            known = ", ".join(sorted(OPERATIONS))
            raise ValueError(f"unknown operation {'+'.join(sorted(unknown))}: use {known}")

    def match(self, call: Call) -> bool:
        """Say whether a call is one of those meant, counts and chance aside."""
        return (
            (not self.method or call.method in _names(self.method.upper()))
            and (not self.table or call.operation.table in _names(self.table))
            and (not self.operation or call.operation.name in _names(self.operation))
            and (not self.path or fnmatchcase(call.path, self.path))
        )

    @property
    def first(self) -> int:
        """The matching call to strike first, counted from 1."""
        return self.nth or 1

    @property
    def most(self) -> int | None:
        """Most calls to strike; None for no limit."""
        if self.times:
            return self.times
        return 1 if self.nth else None


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split("+")) if text else frozenset()
