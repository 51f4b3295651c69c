"""One fault that is switched on: whom it strikes, how often it did, and its own source of chance."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from pysnow.sandbox.faults.call import Call, Memory
from pysnow.sandbox.faults.conditions import Conditions
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.reply import Reply


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that strikes one call.

    Attributes:
        fault: The fault.
        random: Source of chance of this strike alone, so that calls at the same time do not disturb each other.
        memory: What the rule remembers.
    """

    fault: Fault
    random: random.Random
    memory: Memory

    def play(self, call: Call, serve: Serve) -> Reply:
        """Play the fault."""
        return self.fault.play(replace(call, random=self.random, memory=self.memory), serve)


class Rule:
    """One fault that is switched on; threads may share it. A context manager switches it off when its block ends.

    Of calls that come one after another, equal seeds strike the same ones in the same way.

    Args:
        number: Tells it from the others of a sandbox.
        fault: What strikes.
        conditions: Whom.
        seed: Where its chance starts.
        remove: Switches it off.
    """

    def __init__(
        self, number: int, fault: Fault, conditions: Conditions, seed: str, remove: Callable[[Rule], None]
    ) -> None:
        self.number = number
        self.fault = fault
        self.conditions = conditions
        self._random = random.Random(seed)
        self._memory = Memory(seed)
        self._matched = 0
        self._strikes = 0
        self._lock = threading.Lock()
        self._remove = remove
        self._is_over = False

    def __repr__(self) -> str:
        from pysnow.sandbox.faults.spec import format_spec  # late, as in the book

        return f"<Rule {format_spec(self.fault, self.conditions)}, {self._strikes} strikes>"

    def __enter__(self) -> Self:
        """Begin the block: it is switched on already.

        Raises:
            RuntimeError: A block of its own has switched it off.
        """
        if self._is_over:
            raise RuntimeError("this fault was switched off at the end of its block: switch on another one")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Switch it off."""
        self._is_over = True
        self._remove(self)

    @property
    def strikes(self) -> int:
        """How many calls it has struck."""
        return self._strikes

    def strike(self, call: Call) -> Strike | None:
        """Count a call, and decide whether it is struck."""
        if not (self.fault.applies(call) and self.conditions.match(call)):
            return None
        with self._lock:
            self._matched += 1
            if not self._is_due():
                return None
            self._strikes += 1
            return Strike(self.fault, random.Random(self._random.getrandbits(64)), self._memory)

    def _is_due(self) -> bool:
        most, share = self.conditions.most, self.conditions.probability
        if self._matched < self.conditions.first or (most is not None and self._strikes >= most):
            return False
        return share >= 1 or self._random.random() < share
