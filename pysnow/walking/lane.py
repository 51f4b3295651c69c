"""Parts of a table that are read one after the other, or side by side, and what of each has been handed out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from pysnow.walking.pagination import KeyedRow, Span, Walk, is_plain

__all__ = ["Batch", "Feed", "Lane", "rest_of", "split_span"]

_DIGITS: Final = 12
"""Digits of a border between parts: fine enough for more rows than a table can have."""

_FILL: Final = 0.8
"""How full a page should become: the platform's sys_ids are spread evenly, but not perfectly."""

_PARTS_MAX: Final = 64
"""Most parts made at once; a part that turns out large is split again."""


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


def split_span(span: Span, rows: int, page_size: int) -> tuple[Span, ...]:
    """Cut a span into parts of about a page each.

    The borders are beginnings of sys_ids as the platform makes them. Ids of another kind fall wherever the instance
    sorts them: parts meet, so that there is no row between them.

    Args:
        span: What to cut; it is not cut unless it begins behind a sys_id of the platform.
        rows: Rows that it holds.
        page_size: Rows of a page.
    """
    count = min(-(-rows // max(1, int(page_size * _FILL))), _PARTS_MAX)
    if count < 2 or not is_plain(span.low) or span.low is None:
        return (span,)
    first, end = _number(span.low), 16**32 if span.high is None else _number(span.high)
    cuts = {f"{first + (end - first) * part // count:032x}"[:_DIGITS] for part in range(1, count)}
    borders = sorted(cut for cut in cuts if span.low < cut and (span.high is None or cut < span.high))
    if not borders:
        return (span,)
    starts = [span, *(Span(border, True) for border in borders)]
    return tuple(
        Span(start.low, start.is_low_included, high) for start, high in zip(starts, [*borders, span.high], strict=True)
    )


def _number(sys_id: str) -> int:
    """A sys_id, or the beginning of one, as a number."""
    return int(sys_id.ljust(32, "0")[:32], 16)
