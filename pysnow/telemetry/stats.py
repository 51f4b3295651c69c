"""Counters of what a client sent, by method and kind of path."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from pysnow.fork import renew_after_fork

__all__ = ["CallStats", "Tally", "folded"]

_SYS_ID: Final = re.compile(r"/[0-9a-f]{32}(?=/|$)", re.ASCII)
_NUMBER: Final = re.compile(r"/[A-Z]{2,10}[0-9]{5,}(?=/|$)", re.ASCII)
_BELOW_TABLE: Final = re.compile(r"(/api/now(?:/v[0-9]+)?/table/[^/]+/)[^/]+", re.ASCII)


@dataclass(slots=True)
class Tally:
    """What was sent to one kind of path, or in all.

    Attributes:
        calls: Requests, repetitions left out.
        retries: How often one was sent again.
        errors: How often each status from 400 came, and how often no answer for which reason (name of the error).
        seconds: Seconds waited for answers.
        bytes: Bytes of the bodies that came, inflated; of streamed ones what was announced.
        rows: Records that reads received, as far as their answers were parsed.
        remaining: Requests that the hour of a rate limit rule has left, as the last answer to tell said
            (``X-RateLimit-Remaining``); of several kinds of path, the least. None where none told.
    """

    calls: int = 0
    retries: int = 0
    errors: Counter[int | str] = field(default_factory=Counter)
    seconds: float = 0.0
    bytes: int = 0
    rows: int = 0
    remaining: int | None = None

    def add(self, attempt: int, outcome: int | str, seconds: float, size: int) -> None:
        """Count one attempt.

        Args:
            attempt: Its number, from 1.
            outcome: Status of the answer, or why none came.
            seconds: How long that took.
            size: Bytes of the body.
        """
        if attempt == 1:
            self.calls += 1
        else:
            self.retries += 1
        if isinstance(outcome, str) or outcome >= 400:
            self.errors[outcome] += 1
        self.seconds += seconds
        self.bytes += size


class CallStats:
    """Counters by ``METHOD /path``, with sys_ids and numbers folded into ``{sys_id}`` and ``{number}``.

    ``stats["GET /api/now/table/incident"].calls``; iterating gives the keys. Threads may share it, and what is given
    out is a copy.
    """

    def __init__(self) -> None:
        self.part_from_parent()
        renew_after_fork(self)

    def part_from_parent(self) -> None:
        """In a forked process: begin at nothing."""
        self._lock = threading.Lock()
        self._tallies: dict[str, Tally] = {}

    def reset(self) -> None:
        """Begin at nothing."""
        with self._lock:
            self._tallies = {}

    def count(self, method: str, path: str, attempt: int, outcome: int | str, seconds: float, size: int) -> None:
        """Count one attempt.

        Args:
            method: HTTP method.
            path: Path, as it was sent.
            attempt: Its number, from 1.
            outcome: Status of the answer, or why none came.
            seconds: How long that took.
            size: Bytes of the body.
        """
        key = f"{method} {folded(path)}"
        with self._lock:
            self._tally(key).add(attempt, outcome, seconds, size)

    def count_rows(self, method: str, path: str, rows: int) -> None:
        """Count records that were received.

        Args:
            method: HTTP method.
            path: Path, as it was sent.
            rows: How many.
        """
        key = f"{method} {folded(path)}"
        with self._lock:
            self._tally(key).rows += rows

    def note_remaining(self, method: str, path: str, remaining: int) -> None:
        """Note what a rate limit rule has left.

        Args:
            method: HTTP method.
            path: Path, as it was sent.
            remaining: Requests.
        """
        key = f"{method} {folded(path)}"
        with self._lock:
            self._tally(key).remaining = remaining

    @property
    def total(self) -> Tally:
        """All of it together."""
        sums = Tally()
        with self._lock:
            for tally in self._tallies.values():
                sums.calls += tally.calls
                sums.retries += tally.retries
                sums.errors += tally.errors
                sums.seconds += tally.seconds
                sums.bytes += tally.bytes
                sums.rows += tally.rows
            told = [tally.remaining for tally in self._tallies.values() if tally.remaining is not None]
        sums.remaining = min(told, default=None)
        return sums

    def _tally(self, key: str) -> Tally:
        """The counters of a kind of path; the lock is held."""
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = Tally()
        return tally

    def __getitem__(self, key: str) -> Tally:
        with self._lock:
            tally = self._tallies.get(key) or Tally()
            return replace(tally, errors=Counter(tally.errors))

    def __contains__(self, key: object) -> bool:
        return key in self._tallies

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(list(self._tallies))

    def __len__(self) -> int:
        return len(self._tallies)

    def __repr__(self) -> str:
        total = self.total
        return f"<CallStats: {total.calls} calls, {total.retries} retries, {total.errors.total()} errors>"


@lru_cache(maxsize=512)
def folded(path: str) -> str:
    """A path with what names a single record taken out, so that equal calls are counted together.

    Args:
        path: The path.
    """
    path = _NUMBER.sub("/{number}", _SYS_ID.sub("/{sys_id}", path))
    return _BELOW_TABLE.sub(r"\g<1>{sys_id}", path)
