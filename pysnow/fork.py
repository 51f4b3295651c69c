"""What a forked process must not share with its parent: locks, connections, cookies, counts.

A lock that another thread held when the process forked stays locked in the child for ever, so each owner of such things
makes new ones there, before anything else runs.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol

__all__ = ["Forkable", "renew_after_fork"]


class Forkable(Protocol):
    """What has things that a forked process must not share."""

    def part_from_parent(self) -> None:
        """Make new locks, connections and the like. No other thread runs meanwhile; nothing may be waited for."""
        ...


# One for the process, because what it is about is the process; empty until somebody asks.
_OWNERS: weakref.WeakSet[Forkable] = weakref.WeakSet()
_WATCHES: list[bool] = []


def renew_after_fork(owner: Forkable) -> None:
    """Have ``owner.part_from_parent()`` called in each forked process, for as long as the owner lives.

    Args:
        owner: Must be hashable and weakly referable.
    """
    if not _WATCHES and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_part_all)
        _WATCHES.append(True)
    _OWNERS.add(owner)


def _part_all() -> None:
    for owner in list(_OWNERS):
        owner.part_from_parent()
