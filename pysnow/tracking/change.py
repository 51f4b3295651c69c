"""What happened to a record, and what a run that found out can say of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from pysnow._types import Record

__all__ = ["Change", "ChangesReport", "Deletions"]

Deletions: TypeAlias = Literal["auto", "audit", "difference", False]
"""How deletions are found out, see :meth:`pysnow.Table.changes`."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one record.

    Attributes:
        kind: ``added``: created since the last run. ``updated``: written to, and there before. ``deleted``: gone.
        sys_id: The record's sys_id.
        record: The record as it is now, with the columns that were asked for; None of a deleted one.
        at: When it was written or deleted last; None where deletions are found out by difference.
    """

    kind: Literal["added", "updated", "deleted"]
    sys_id: str
    record: Record | None = None
    at: datetime | None = None


@dataclass(slots=True)
class ChangesReport:
    """How a run went. It grows with the run.

    Attributes:
        since: Moment from which on rows were read; some of them may have been told before.
        added: Records that were created.
        updated: Records that were written to.
        deleted: Records that are gone.
        passed_over: Rows that were read again and had been told before.
        deletions: How deletions are found out: ``"audit"``, ``"difference"``, or False.
        doubt: Why the log of deletions cannot be trusted, where that was looked at; empty when it can.
        complete: Whether the run came to its end: not yet, or cut off (False); yes; or ``"unverified"``, because the
            instance gave no count that vouches for it.
    """

    since: datetime | None = None
    added: int = 0
    updated: int = 0
    deleted: int = 0
    passed_over: int = 0
    deletions: Literal["audit", "difference", False] = False
    doubt: str = ""
    complete: bool | Literal["unverified"] = False

    def count(self, change: Change) -> Change:
        """Count a change in, and give it back."""
        setattr(self, change.kind, getattr(self, change.kind) + 1)
        return change
