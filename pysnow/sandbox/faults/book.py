"""The faults of one sandbox: switched on and off while it runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Option
from pysnow.sandbox.faults.rule import Rule, Strike


class FaultBook:
    """All faults that are switched on, in order; threads may share it.

    Of several that strike one call, the one added first is nearest to the caller.

    Args:
        seed: Equal seeds make equal choices.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._rules: tuple[Rule, ...] = ()
        self._added = 0
        self._lock = threading.Lock()

    @property
    def seed(self) -> int:
        """Where chance starts."""
        return self._seed

    def add(self, fault: Fault | str, **options: Option) -> Rule:
        """Switch a fault on; with the rule in a ``with`` statement, until that ends.

        Args:
            fault: A fault, or its name, or a SPEC such as ``"latency:seconds=0.5,table=incident"``.
            **options: Its conditions (``method``, ``path``, ``table``, ``operation``, ``nth``, ``times``,
                ``probability``); with a name or a SPEC, its own options too.

        Raises:
            ValueError: The name or an option is unknown, or a value is out of range.
        """
        # Late: defining several dozen kinds takes longer than opening a sandbox, and most never use one.
        from pysnow.sandbox.faults.spec import planned

        planned_fault, conditions = planned(fault, options)
        with self._lock:
            self._added += 1
            rule = Rule(self._added, planned_fault, conditions, f"{self._seed}:{self._added}", self.remove)
            self._rules = (*self._rules, rule)
        return rule

    def remove(self, rule: Rule) -> None:
        """Switch one off; it may be off already."""
        with self._lock:
            self._rules = tuple(each for each in self._rules if each is not rule)

    def clear(self) -> None:
        """Switch all off; those added next make the choices that the first ones made."""
        with self._lock:
            self._rules = ()
            self._added = 0

    def striking(self, call: Call) -> list[Strike]:
        """Give the faults that strike a call, and count it."""
        return [strike for rule in self._rules if (strike := rule.strike(call))]

    def __iter__(self) -> Iterator[Rule]:
        """Give the rules in order."""
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __repr__(self) -> str:
        return f"<FaultBook: {', '.join(rule.fault.name() for rule in self._rules) or 'no faults'}>"
