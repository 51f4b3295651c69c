"""Records as programs hold them: in a list, or coming one by one."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pysnow._types import Record

__all__ = ["RecordList", "RecordStreamIterator"]


class RecordList(list["Record"]):
    """Records in a list, which can also be taken one by one with ``next()``, as from the generator it once was."""

    _position: int = 0

    def __next__(self) -> Record:
        """Give the next record that ``next()`` has not given yet."""
        if self._position >= len(self):
            raise StopIteration
        self._position += 1
        return self[self._position - 1]


class RecordStreamIterator(Iterator["Record"]):
    """Records one by one, out of batches: a ``for`` statement takes them without a step of Python for each.

    Args:
        batches: Iterators over the records of a batch.
    """

    def __init__(self, batches: Generator[Iterator[Record], None, None]) -> None:
        self._batches = batches
        self._records = chain.from_iterable(batches)

    def __iter__(self) -> Iterator[Record]:
        """Give what is iterated over at full speed; it goes on where this stands."""
        return self._records

    def __next__(self) -> Record:
        """Give the next record."""
        return next(self._records)

    def close(self) -> None:
        """Give up what is left, as with a generator."""
        self._batches.close()
        self._records = chain.from_iterable(())
