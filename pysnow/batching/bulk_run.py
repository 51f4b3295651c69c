"""Rows in, outcomes out: in groups, over several sessions, in order, and with bounded memory.

Invariants:

* Outcomes come in the order of the rows, one for each.
* No two rows of the same record, or key, are under way at a time.
* Groups under way or waiting to be handed out: two for each worker, and no more.
* What would fail for each row alike, such as wrong credentials, is tried once.
* An instance that is silent is given up after two calls in a row: what was not sent is not executed, what was sent and
  not answered stays open.
* A request leaves a group of its own only when it is known not to have been carried out, or its job has looked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from pysnow.batching.batch_sender import Alone, Answered, Lost, NotExecuted
from pysnow.batching.lanes import Lanes
from pysnow.batching.patience import Patience
from pysnow.exceptions import AmbiguousWrite, InvalidUsage, PysnowException
from pysnow.writing.outcome import Outcome

if TYPE_CHECKING:
    from pysnow.batching.batch_sender import BatchSender, Fate
    from pysnow.batching.job import Job
    from pysnow.batching.lanes import Result

__all__ = ["GROUP_ROWS", "BulkRun", "checked_size", "checked_workers", "grouped"]

GROUP_ROWS: Final = 50
"""Requests of a batch when nothing else is said: a round trip for fifty, and far below what 30 seconds allow."""

GROUP_BYTES: Final = 4_500_000
"""Bytes of a batch: an instance takes 5 MB (``glide.rest.batch.max.inputSize``) unless changed."""

_MOST_ROWS: Final = 200
_MOST_WORKERS: Final = 16
_AHEAD: Final = 2
"""Groups for each worker that may be under way or wait to be handed out."""

Entry: TypeAlias = "Job | Outcome"
"""A row to be written, or one of which is known already what became of it."""


class BulkRun:
    """The writing of many rows. Iterate over it once.

    Args:
        entries: The rows; asked for one by one as there is room.
        sender: Sends groups.
        workers: Most threads.
        size: Rows of a group.
    """

    def __init__(self, entries: Iterable[Entry], sender: BatchSender, *, workers: int, size: int = GROUP_ROWS) -> None:
        self._entries = entries
        self._sender = sender
        self._workers = workers
        self._size = size
        self._is_stopped = False
        self._is_alone: PysnowException | None = None
        self._patience = Patience()

    def __iter__(self) -> Generator[Outcome, None, None]:
        """Write the rows, and give what became of each."""
        outcomes = self._outcomes()
        with closing(outcomes):
            for index, outcome in enumerate(outcomes):
                yield replace(outcome, index=index)

    def _outcomes(self) -> Generator[Outcome, None, None]:
        lanes: Lanes[list[Entry], list[Outcome]] = Lanes(self._written, self._workers)
        under_way: deque[tuple[Result[list[Outcome]], frozenset[str]]] = deque()
        try:
            for group, is_last in self._groups():
                names = frozenset(entry.name for entry in group if not isinstance(entry, Outcome) and entry.name)
                while len(under_way) >= self._room or any(not names.isdisjoint(busy) for _, busy in under_way):
                    yield from under_way.popleft()[0].wait() or ()
                if is_last and not under_way:
                    yield from self._written(group)
                else:
                    under_way.append((lanes.submit(group), names))
            while under_way:
                yield from under_way.popleft()[0].wait() or ()
        except (KeyboardInterrupt, SystemExit) as stop:
            raise stop from AmbiguousWrite("Rows were under way, and nobody knows what became of them")
        finally:
            self._is_stopped = True
            lanes.close()

    @property
    def _room(self) -> int:
        return _AHEAD * self._workers

    def _groups(self) -> Iterator[tuple[list[Entry], bool]]:
        """Groups, and whether the caller's own thread may write them, because nothing else is to be done meanwhile."""
        groups = grouped(self._entries, self._size)
        if self._workers == 1:
            for group in groups:
                yield group, True
            return
        last = next(groups, None)
        for group in groups:
            if last is not None:
                yield last, False
            last = group
        if last is not None:
            yield last, True

    # -- one group -----------------------------------------------------------------------------------------------------

    def _written(self, group: list[Entry]) -> list[Outcome]:
        """Write a group: together what can go together, the others one by one."""
        outcomes: dict[int, Outcome] = {}
        together: list[tuple[int, Job]] = []
        for place, entry in enumerate(group):
            if self._is_stopped:  # nobody waits for what comes of it
                return []
            if isinstance(entry, Outcome):
                outcomes[place] = entry
            elif self._patience.over is not None or self._is_alone is not None or entry.size > GROUP_BYTES:
                outcomes[place] = self._by_itself(entry)
            else:
                together.append((place, entry))
        outcomes.update(self._sent(together))
        return [outcomes[place] for place in range(len(group))]

    def _sent(self, jobs: list[tuple[int, Job]]) -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        ready = []
        for place, job in jobs:
            part = job.part()
            if part is None:  # it may teach what is needed to know for sending the others together
                outcomes[place] = self._by_itself(job)
            else:
                ready.append((place, job, part))
        if self._patience.over is not None:
            outcomes.update((place, self._by_itself(job)) for place, job, _ in ready)
        elif ready:
            fates = self._sender.run([part for _, _, part in ready])
            self._patience.note(next((fate.error for fate in fates if isinstance(fate, (Lost, NotExecuted))), None))
            settled = ((place, self._settled(job, fate)) for (place, job, _), fate in zip(ready, fates, strict=True))
            outcomes.update(settled)
        return outcomes

    def _settled(self, job: Job, fate: Fate) -> Outcome:
        if isinstance(fate, Answered):
            found = job.answered(fate)
            return self._looked_after(job, found) if isinstance(found, Lost) else found
        if isinstance(fate, Lost):
            return self._looked_after(job, fate)
        if isinstance(fate, Alone):
            self._is_alone = self._is_alone or fate.error
            return self._by_itself(job)
        return job.not_executed(fate.error)

    def _looked_after(self, job: Job, lost: Lost) -> Outcome:
        return self._noted(job.lost(lost)) if self._patience.over is None else job.unsettled(lost)

    def _by_itself(self, job: Job) -> Outcome:
        return self._noted(job.alone()) if self._patience.over is None else job.not_executed(self._patience.over)

    def _noted(self, outcome: Outcome) -> Outcome:
        self._patience.note(outcome.error)
        return outcome


def grouped(entries: Iterable[Entry], size: int, most_bytes: int = GROUP_BYTES) -> Iterator[list[Entry]]:
    """Divide rows into groups that fit into a batch each.

    Args:
        entries: The rows.
        size: Most rows of a group.
        most_bytes: Most bytes of a group; a row that is larger is a group of its own.
    """
    group: list[Entry] = []
    names: set[str] = set()
    filled = 0
    for entry in entries:
        name, needed = ("", 0) if isinstance(entry, Outcome) else (entry.name, entry.size)
        if group and (len(group) >= size or filled + needed > most_bytes or name in names):
            yield group
            group, names, filled = [], set(), 0
        group.append(entry)
        filled += needed
        names.update([name] if name else [])
    if group:
        yield group


def checked_workers(workers: object) -> int:
    """Number of threads, if it is one.

    Raises:
        InvalidUsage: It is something else.
    """
    if type(workers) is int and 1 <= workers <= _MOST_WORKERS:
        return workers
    raise InvalidUsage(f"workers must be a whole number from 1 to {_MOST_WORKERS}, not {workers!r}")


def checked_size(size: object) -> int:
    """Rows of a group, if they are such.

    Raises:
        InvalidUsage: It is something else.
    """
    if type(size) is int and 1 <= size <= _MOST_ROWS:
        return size
    raise InvalidUsage(f"batch_size must be a whole number from 1 to {_MOST_ROWS}, not {size!r}")
