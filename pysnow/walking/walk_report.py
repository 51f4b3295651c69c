"""What a walk through a table can say of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Completeness", "Consistency", "WalkReport"]

Consistency = Literal["exact", "best-effort"]
"""What a walk promises, see :meth:`pysnow.Table.iterate`."""

Completeness = bool | Literal["unverified"]
"""Whether everything has come. False before that; ``"unverified"`` if no count of the instance vouches for it."""


@dataclass(slots=True)
class WalkReport:
    """How a walk went. It grows with the walk; all counts include what came before the walk was resumed.

    Attributes:
        mode: How pages follow each other: ``keyset`` behind the last sys_id, ``offset`` counted off.
        consistency: ``exact``: each row that was there for the whole walk, once. ``best-effort``: rows may be missed
            where the table changes meanwhile.
        workers: Threads that read.
        expected: Rows that matched when the walk began, hidden ones included, or None when the instance did not say.
        expected_at_end: The same when it was over, where that was asked (``verify="strict"``).
        received: Rows that were handed out.
        pages: Answers that were read.
        retries: Pages that were asked for again, whole or in part.
        duplicates: Rows left out because they had come before.
        resumed: Whether the walk began with a resume token.
        complete: True when everything has come. ``"unverified"`` when the end was reached, but the instance gave no
            count that vouches for it, or not as many rows. False before that.
    """

    mode: Literal["keyset", "offset"] = "keyset"
    consistency: Consistency = "exact"
    workers: int = 1
    expected: int | None = None
    expected_at_end: int | None = None
    received: int = 0
    pages: int = 0
    retries: int = 0
    duplicates: int = 0
    resumed: bool = False
    complete: Completeness = False

    @property
    def hidden(self) -> int | None:
        """Rows that were counted and did not come, hidden by access rules or deleted meanwhile. None before the end.

        A walk that was given a limit hides nothing.
        """
        if not self.complete or self.expected is None:
            return None
        return max(0, self.expected - self.received)
