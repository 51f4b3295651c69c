"""Parts of a table that are read one after the other, and what of each has been handed out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pysnow.walking.pagination import KeyedRow, Span, Walk

__all__ = ["Batch", "Feed", "Lane", "rest_of"]


class Lane:
    """A part of a table that one walk goes through.

    Args:
        rest: The part.
        walk: The walk.

    Attributes:
        rest: What has not been handed out.
        walk: As given.
    """

    def __init__(self, rest: Span, walk: Walk) -> None:
        self.rest = rest
        self.walk = walk

    def settle(self) -> None:
        """Note that all rows have been handed out; hidden ones that were crossed since then need not be once more."""
        self.rest = self.walk.span


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one page, to be handed out.

    Attributes:
        lane: Where they come from.
        rows: The rows.
        offset: Where their page begins, where pages are counted off.
    """

    lane: Lane
    rows: tuple[KeyedRow, ...]
    offset: int = 0


class Feed(Protocol):
    """What a walk's rows come from, page by page."""

    @property
    def is_proven(self) -> bool:
        """Whether the instance's counts vouch for the end."""
        ...

    def next_batch(self, wanted: int | None) -> Batch | None:
        """Give the next rows; None at the end.

        Args:
            wanted: Rows that are still wanted; None for all.
        """
        ...

    def rest(self, begun: Lane | None = None, last: str = "") -> tuple[Span, ...]:
        """Give what has not been handed out.

        Args:
            begun: Lane of the batch that is being handed out, if one is.
            last: The row of it that was handed out last.
        """
        ...

    def close(self) -> None:
        """Give up what was begun."""
        ...


def rest_of(lanes: Iterable[Lane], begun: Lane | None, last: str) -> tuple[Span, ...]:
    """Give what has not been handed out of some lanes, in as few spans as possible: those that meet become one.

    Args:
        lanes: The lanes, in ascending order.
        begun: Lane of the batch that is being handed out, if one is.
        last: The row of it that was handed out last.
    """
    joined: list[Span] = []
    for lane in lanes:
        span = lane.rest.behind(last) if lane is begun else lane.rest
        before = joined[-1] if joined else None
        if before is not None and before.high is not None and before.high == span.low and span.is_low_included:
            joined[-1] = Span(before.low, before.is_low_included, span.high)
        else:
            joined.append(span)
    return tuple(joined)
