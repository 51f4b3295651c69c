"""Two ways to find out what is gone from a table: the instance's log, and the difference to what was there.

Nothing is called gone before it was looked for by its sys_id, so that neither a record that came back nor a list that
was cut short leads to a deletion that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from pysnow.exceptions import IncompleteResult, InvalidUsage
from pysnow.field_value import raw_value
from pysnow.stamps import moment_of, stamp_of
from pysnow.tracking.deletion_log import classes_query
from pysnow.tracking.stamp_reader import Reading
from pysnow.tracking.stamp_source import NAMED_MAX
from pysnow.tracking.stamp_walk import Place, Stretch
from pysnow.tracking.trail import Trail, Version

if TYPE_CHECKING:
    from datetime import datetime

    from pysnow._types import Record
    from pysnow.tracking.deletion_log import LogCheck
    from pysnow.tracking.stamp_reader import StampedRows

__all__ = ["LOG_COLUMNS", "Absence", "KnownRows", "LoggedDeletions", "sys_ids_in"]

LOG_COLUMNS: Final = ("sys_id", "sys_created_on", "documentkey")
"""Columns of the log that are read."""

_TRUSTED_SECONDS: Final = 3600.0
_CLOCK_ERROR_MAX = timedelta(hours=1)

Find = Callable[[Iterable[str]], "dict[str, Record]"]
"""Finds out which of some rows are there."""


class Absence(NamedTuple):
    """A row that was deleted, or seems to be missing.

    Attributes:
        sys_id: Its sys_id.
        at: When it was deleted, or None.
        row: The row, if it is there all the same.
    """

    sys_id: str
    at: datetime | None
    row: Record | None


class LoggedDeletions:
    """Reads the log of deletions, ``sys_audit_delete``.

    Args:
        trail: What has been read of it.
        check: Looks at whether it can be trusted.
        rows: Gives its rows, for a query.
        now: Asks the instance for its clock.
        clock: Gives seconds that never run backwards.
        page_size: Rows to ask for at a time.
    """

    def __init__(
        self,
        trail: Trail,
        check: LogCheck,
        *,
        rows: Callable[[str], StampedRows],
        now: Callable[[], datetime],
        clock: Callable[[], float],
        page_size: int,
    ) -> None:
        self.trail = trail
        self._check = check
        self._rows = rows
        self._now = now
        self._clock = clock
        self._page_size = page_size
        self._checked_at: float | None = None

    @property
    def doubt(self) -> str:
        """Why the log cannot be trusted; empty when it can, or nobody looked."""
        return self._check.doubt

    def is_trusted(self) -> bool:
        """Tell whether the log is whole from the floor of the trail on; looked at anew after an hour."""
        if self._checked_at is not None and self._clock() - self._checked_at < _TRUSTED_SECONDS:
            return True
        self._checked_at = self._clock() if self._check.run(self.trail.floor, self._now()) else None
        return self._checked_at is not None

    def settle(self) -> None:
        """Take what the log holds now for told."""
        for reading in self._readings():
            for stamped in reading:
                self.trail.note(Version(*stamped.place))

    def read(self, find: Find) -> Iterator[Absence]:
        """Give what was deleted since, as often as it was.

        Args:
            find: Finds out which of some rows are there.

        Raises:
            IncompleteResult: An entry does not say what was deleted.
        """
        newest = ""
        started: datetime | None = None
        for reading in self._readings():
            entries = self._new_entries(reading)
            while batch := list(islice(entries, NAMED_MAX)):
                found = find([sys_id for _, sys_id in batch])
                for version, sys_id in batch:
                    newest = max(newest, version.stamp)
                    self.trail.note(version)
                    yield Absence(sys_id, moment_of(version.stamp), found.get(sys_id))
            started = started or reading.started
        # Not before: where there are several readings, each of them begins at the floor.
        self._move_on(newest, started)

    def catch_up(self, moment: datetime | None) -> None:
        """Take what was deleted before a moment for told."""
        if moment is not None:
            self.trail.reach(stamp_of(moment), moment)

    def _readings(self) -> Iterator[Reading]:
        floor = self.trail.floor
        for query in classes_query(self._check.classes):
            yield Reading(self._rows(query), Stretch("sys_created_on", Place(floor)), self._page_size)

    def _new_entries(self, reading: Reading) -> Iterator[tuple[Version, str]]:
        for stamped in reading:
            version = Version(*stamped.place)
            if self.trail.is_new(version):
                sys_id = raw_value(stamped.row.get("documentkey"))
                if not isinstance(sys_id, str) or not sys_id:
                    raise IncompleteResult(
                        "Deletions cannot be told: an entry of the log does not say what was deleted"
                    )
                yield version, sys_id

    def _move_on(self, newest: str, started: datetime | None) -> None:
        if newest:
            self.trail.reach(newest, started)
        # Where nothing is deleted for months, the floor would be left behind by the pruning of the log.
        self.catch_up(None if started is None else started - _CLOCK_ERROR_MAX)


class KnownRows:
    """The sys_ids of the rows that were there, some 100 bytes for each.

    Args:
        sys_ids: The sys_ids.
    """

    def __init__(self, sys_ids: Iterable[str]) -> None:
        self._known = set(sys_ids)

    def add(self, sys_id: str) -> bool:
        """Note that a row is there; True when it is new."""
        is_new = sys_id not in self._known
        self._known.add(sys_id)
        return is_new

    def drop(self, sys_id: str) -> None:
        """Note that a row is gone."""
        self._known.discard(sys_id)

    def missing(self, present: Iterable[str], find: Find) -> Iterator[Absence]:
        """Give the rows that are there no more; and those that are there and were not known.

        Args:
            present: Sys_ids of the rows that are there.
            find: Finds out which of some rows are there.
        """
        gone = set(self._known)
        strangers = []
        for sys_id in present:
            if sys_id not in self._known:
                strangers.append(sys_id)
            gone.discard(sys_id)
        for suspects in (sorted(gone), strangers):
            rest = iter(suspects)
            while batch := list(islice(rest, NAMED_MAX)):
                found = find(batch)
                for sys_id in batch:
                    if (sys_id in found) == (suspects is strangers):
                        yield Absence(sys_id, None, found.get(sys_id))


def sys_ids_in(known: object) -> set[str]:
    """Read the sys_ids that somebody has: from an iterable, such as a list, a set, or the lines of an open file.

    Raises:
        InvalidUsage: It is something else, or holds something else than sys_ids.
    """
    if isinstance(known, (str, bytes)) or not isinstance(known, Iterable):
        raise InvalidUsage(
            f"known must be sys_ids, as a list or an open file with one a line; not {type(known).__name__}"
        )
    found = set()
    for line in known:
        if not isinstance(line, str) or len(line) > 64:
            raise InvalidUsage(f"known must hold sys_ids, not {line!r:.60}")
        if sys_id := line.strip():
            found.add(sys_id)
    return found
