"""What a client has learnt about its instance, and keeps for a while: columns, prefixes of numbers, references."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final, TypeVar, cast

from pysnow.fork import renew_after_fork

if TYPE_CHECKING:
    from pysnow.wire.transport import Transport

__all__ = ["DICTIONARY_SECONDS", "REFERENCE_SECONDS", "ClientMemory", "forget", "memory_of"]

DICTIONARY_SECONDS: Final = 3600.0
"""How long columns, choices and prefixes are kept: they change when somebody develops."""

REFERENCE_SECONDS: Final = 300.0
"""How long the sys_id behind a name is kept: people are renamed in the middle of a day."""

_ENTRIES_MAX: Final = 10_000
_NAME: Final = "_records_memory"

_Value = TypeVar("_Value")


class ClientMemory:
    """Answers to questions, each with the moment when it is forgotten. Threads share it.

    Args:
        clock: Gives seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: OrderedDict[Hashable, tuple[float, object]] = OrderedDict()
        self.part_from_parent()
        renew_after_fork(self)

    def part_from_parent(self) -> None:
        """Have a lock of one's own in a forked process."""
        self._lock = threading.Lock()

    def kept(self, key: Hashable, seconds: float, make: Callable[[], _Value]) -> _Value:
        """Give what is kept under a key, or make it. Two threads that come first at once both do.

        Args:
            key: What was asked.
            seconds: How long the answer holds.
            make: Asks the instance.
        """
        with self._lock:
            until, value = self._entries.get(key, (float("-inf"), None))
        if self._clock() < until:
            return cast("_Value", value)
        made = make()
        with self._lock:
            self._entries[key] = self._clock() + seconds, made
            self._entries.move_to_end(key)
            while len(self._entries) > _ENTRIES_MAX:
                self._entries.popitem(last=False)
        return made


def memory_of(transport: Transport) -> ClientMemory:
    """Give the memory that belongs to a transport, and so to all tables of a client."""
    known = vars(transport)
    # setdefault() is one step: two threads that come first at once get the same one.
    memory: ClientMemory = known.get(_NAME) or known.setdefault(_NAME, ClientMemory(transport.clock))
    return memory


def forget(transport: Transport) -> None:
    """Begin with an empty memory: who calls from now on may see other things, and is somebody else behind ``@me``."""
    vars(transport).pop(_NAME, None)
