"""What one client has learnt about the tables of its instance, in one place and behind one lock."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pysnow.fork import renew_after_fork

if TYPE_CHECKING:
    from pysnow.wire.transport import Transport
    from pysnow.writing.creation_key import Way

__all__ = ["TableMemory", "memory_of"]

_NAME = "_table_memory"
_IDS_KEPT = 10_000
"""Sys_ids that are remembered: of files that were uploaded, and of records whose key the instance does not keep."""


@dataclass(slots=True)
class _Turn:
    """Whose turn it is to create the record of one key."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0


class TableMemory:
    """Ways that are honoured, keys whose outcome is not known, columns that exist. Threads share it."""

    def __init__(self) -> None:
        self.part_from_parent()
        self._honoured: dict[tuple[str, Way], bool] = {}
        self._unresolved: dict[tuple[str, str], float] = {}
        self._ids: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._columns: dict[str, set[str]] = {}
        renew_after_fork(self)

    def part_from_parent(self) -> None:
        """Have locks of one's own in a forked process. What was learnt stays true, and open outcomes stay open."""
        self._lock = threading.Lock()
        self._turns: dict[tuple[str, str], _Turn] = {}

    def honours(self, table: str, way: Way) -> bool | None:
        """Tell whether the instance keeps what is sent in a column; None when that has not been seen yet."""
        return self._honoured.get((table, way))

    def learn(self, table: str, way: Way, is_honoured: bool) -> None:
        """Note what an answer showed. What was not honoured once is not relied on again."""
        with self._lock:
            self._honoured[table, way] = is_honoured and self._honoured.get((table, way), True)

    def sent_at(self, table: str, key: str) -> float | None:
        """Tell when a creation was sent whose outcome is not known; None when there is none of that key."""
        return self._unresolved.get((table, key))

    def leave_open(self, table: str, key: str, sent_at: float) -> None:
        """Note that the record of a key may have been created, or may yet be."""
        with self._lock:
            self._unresolved[table, key] = sent_at

    def settle(self, table: str, key: str) -> None:
        """Note that the outcome of a key is known."""
        with self._lock:
            self._unresolved.pop((table, key), None)

    def keep_id(self, owner: str, key: str, sys_id: str) -> None:
        """Remember the sys_id that something of this client got; the oldest are forgotten in time."""
        with self._lock:
            self._ids[owner, key] = sys_id
            while len(self._ids) > _IDS_KEPT:
                self._ids.popitem(last=False)

    def kept_id(self, owner: str, key: str) -> str | None:
        """Give a sys_id that was remembered, or None."""
        return self._ids.get((owner, key))

    def unseen(self, table: str, columns: Iterable[str]) -> list[str]:
        """Those of the columns that the table has not been seen to have."""
        with self._lock:
            seen = self._columns.get(table, set())
            return [column for column in columns if column not in seen]

    def see(self, table: str, columns: Iterable[str]) -> None:
        """Note that a table has these columns."""
        with self._lock:
            self._columns.setdefault(table, set()).update(columns)

    @contextmanager
    def turn(self, table: str, key: str) -> Iterator[None]:
        """Let one thread at a time create the record of a key."""
        with self._lock:
            turn = self._turns.setdefault((table, key), _Turn())
            turn.waiting += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.waiting -= 1
                if not turn.waiting and self._turns.get((table, key)) is turn:
                    del self._turns[table, key]


def memory_of(transport: Transport) -> TableMemory:
    """Give the memory that belongs to a transport, and so to all resources of a client."""
    known = vars(transport)
    # setdefault() is one step: two threads that come first at once get the same one.
    memory: TableMemory = known.get(_NAME) or known.setdefault(_NAME, TableMemory())
    return memory
