"""What a policy counts failures by, and how waits grow that depend on the last one. Pure.

Failures are of one kind when they have the same status and the policy has a number for it; when no answer came, and the
policy has a number for that; and all others together. Each kind is counted by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from pysnow.exceptions import Attempt

__all__ = ["StatusCounts", "alike", "checked_number", "checked_status_counts", "staggered_wait"]

StatusCounts: TypeAlias = "Mapping[int, int] | Iterable[tuple[int, int]]"
"""Repetitions by status; pairs are what is kept, since a mapping could be changed behind a policy's back."""

_REPETITIONS_MAX: Final = 100
_STEPS_MAX: Final = 63
"""Steps by which waits grow: far above any cap by then, and above that a float may run over."""


def checked_status_counts(counts: Any, statuses: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Give repetitions by status as pairs, in order.

    Args:
        counts: A mapping, or pairs.
        statuses: The statuses that can be repeated.

    Raises:
        InvalidUsage: It is something else, a status is none of these, or a number makes no sense.
    """
    try:
        pairs = dict(counts)
    except (TypeError, ValueError):
        raise InvalidUsage(f"Retry(per_status=) must be such as {{503: 6}}, not {counts!r:.80}") from None
    known = sorted(statuses)
    for status, times in pairs.items():
        if type(status) is not int or status not in known:
            raise InvalidUsage(
                f"Retry(per_status=) takes the statuses {', '.join(map(str, known))}, not {status!r:.40}: others stay"
                " what they are, however often they are asked for"
            )
        if type(times) is not int or not -1 <= times <= _REPETITIONS_MAX:
            raise InvalidUsage(
                f"Retry(per_status={{{status}: ...}}) must be repetitions from 0 to {_REPETITIONS_MAX}, or -1 for no"
                f" end but deadline and budget; not {times!r:.40}"
            )
    return tuple(sorted(pairs.items()))


def checked_number(name: str, value: Any, most: float, least: float = 0) -> None:
    """Refuse what is no number within its bounds.

    Args:
        name: What it is called, such as ``Retry(base=)``.
        value: The number.
        most: The largest that is allowed.
        least: The smallest.

    Raises:
        InvalidUsage: It is something else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise InvalidUsage(f"{name} must be a number from {least:g} to {most:g}, not {value!r:.60}")


def alike(
    status: int | None,
    attempt: int,
    earlier: Sequence[Attempt] | None,
    counted: Mapping[int, int],
    *,
    parts_network: bool,
) -> int:
    """Count the failures of the kind of the last one, itself included.

    Args:
        status: Its HTTP status, or None.
        attempt: Failures of all kinds, which counts where nobody knows what the others were.
        earlier: The others; None when nobody knows.
        counted: Statuses that are counted each by itself.
        parts_network: Whether those without an answer are counted by themselves.
    """
    if earlier is None:
        return attempt

    def kind(status: int | None) -> int | str:
        if status is None:
            return "network" if parts_network else "other"
        return status if status in counted else "other"

    return 1 + sum(kind(attempt.status) == kind(status) for attempt in earlier)


def staggered_wait(
    start: float, factor: float, stagger: float, failures: int, roll: float, last: float | None
) -> float:
    """Seconds of a wait that is ``factor * (1 + stagger * roll)`` times as long as the one before.

    Args:
        start: Seconds that stand for the wait before the first one.
        factor: How waits grow at the least.
        stagger: By which share more they may grow at the most.
        failures: Failures so far, 1 or more.
        roll: A number from 0 to 1.
        last: The last wait. What was waited at the instance's own wish counts as the nearest one that could have been.
            None when it is not known: one roll then stands for all.
    """
    growth = factor * (1 + stagger * roll)
    steps = min(failures - 1, _STEPS_MAX)
    if last is None:
        return start * math.pow(growth, steps) * growth
    shortest, longest = start * math.pow(factor, steps), start * math.pow(factor * (1 + stagger), steps)
    return min(max(last, shortest), longest) * growth
