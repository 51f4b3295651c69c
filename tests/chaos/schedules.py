"""Random schedules of faults, each told by a number, so that one that failed can be played again.

A schedule is drawn from a generator that is seeded with its number alone.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

# Faults that another try may heal, as SPECs; none of them waits for real seconds.
READ_FAULTS = (
    "drop-before",
    "drop-before:reset=true",
    "drop-after",
    "stale-keep-alive",
    "reset-body",
    "cut-body:framing=chunked",
    "cut-body:framing=in-chunk",
    "cut-body:framing=length",
    "cut-body:framing=close",
    "cut-body:framing=close,after_rows=3",
    "too-many-requests",
    "too-many-requests:retry_after=1",
    "too-many-requests:retry_after=nonsense",
    "accepted",
    "transaction-cancelled",
    "server-error",
    "server-error:status=502,html=true",
    "server-error:status=503,html=true",
    "server-error:status=504,html=true",
    "request-timeout",
    "rows-then-error:rows=2",
    "rows-then-error:rows=2,variant=comma",
    "rows-then-error:rows=2,variant=cut-row",
    "error-only",
    "error-first",
    "empty-body",
    "empty-body:status=204",
    "hibernating-page",
)
# Faults that no other try heals: an error is right, a wrong result is not.
LASTING_FAULTS = (
    "null-body",
    "bare-list",
    "no-result",
    "wrong-result",
    "row-not-object",
    "not-a-number",
    "trailing-bytes",
    "invalid-utf8",
    "deep-nesting:levels=200",
    "huge-integer",
    "login-page",
    "proxy-page",
    "maintenance-page",
    "redirect",
    "forbidden",
)
WRITE_FAULTS = (
    "drop-before",
    "drop-after",
    "drop-after:reset=true",
    "stale-keep-alive",
    "reset-body",
    "cut-body:framing=length",
    "cut-body:framing=close",
    "too-many-requests",
    "accepted",
    "accepted:commit=true",
    "transaction-cancelled",
    "transaction-cancelled:commit=true",
    "server-error",
    "server-error:commit=true",
    "server-error:status=503,html=true",
    "server-error:status=503,html=true,commit=true",
    "request-timeout",
    "request-timeout:commit=true",
    "hibernating-page",
    "hibernating-page:commit=true",
    "proxy-page:commit=true",
    "empty-body",
    "error-only",
    "no-result",
    "forbidden",
    "forbidden:commit=true",
    "unauthorized",
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Faults of one run.

    Attributes:
        number: What it is drawn from.
        specs: The faults, as SPECs.
    """

    number: int
    specs: tuple[str, ...]


def read_schedule(number: int) -> Schedule:
    """Draw faults for a reading run: one to three, most of which another try heals."""
    dice = random.Random(f"read {number}")
    kinds = [dice.choice(READ_FAULTS if dice.random() < 0.85 else LASTING_FAULTS) for _ in range(dice.randint(1, 3))]
    return Schedule(number, tuple(_struck(kind, dice, "GET") for kind in kinds))


def write_schedule(number: int) -> Schedule:
    """Draw faults for a writing run: one to three, some of which let the change be made all the same."""
    dice = random.Random(f"write {number}")
    kinds = [dice.choice(WRITE_FAULTS) for _ in range(dice.randint(1, 3))]
    return Schedule(number, tuple(_struck(kind, dice, dice.choice(("", "POST+PUT+PATCH+DELETE"))) for kind in kinds))


def dice_of(schedule: Schedule) -> random.Random:
    """Further chance that belongs to a schedule."""
    return random.Random(f"more {schedule.number}")


def _struck(kind: str, dice: random.Random, method: str) -> str:
    conditions = [f"nth={dice.randint(1, 4)}", f"times={dice.randint(1, 2)}", *([f"method={method}"] if method else [])]
    return f"{kind}{',' if ':' in kind else ':'}{','.join(conditions)}"
