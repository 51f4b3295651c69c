"""What time is, to everything that waits: handed in, so that nothing that is tested has to wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["CLOCKWORK", "Clockwork"]


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Time, waiting and chance.

    Attributes:
        clock: Gives seconds that never run backwards; differences alone count.
        sleep: Waits so many seconds.
        roll: Gives a number from 0 to 1, evenly distributed.
        wall: Gives seconds since 1970.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    roll: Callable[[], float] = random.random
    wall: Callable[[], float] = time.time


CLOCKWORK = Clockwork()
"""The real one."""
