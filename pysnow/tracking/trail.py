"""What has been read of a table in order of its stamps, and from which second on it has to be read again.

A row is stamped when it is written and visible when it is committed, and within a second rows come in any order. So
there is no moment of which a reader knows that nothing will be stamped with it any more; but some seconds later there
is. Hence the invariants:

* Whatever is stamped before ``floor`` has been read. Reading begins there again, and not behind the last row.
* Whatever was read with a stamp from ``floor`` on is remembered, by its version, and passed over the next time.
* ``floor`` stays ``overlap`` behind both the rows that were read and the clock that the instance showed when the
  reading began. Behind the rows, because that clock may be wrong; behind the clock, because a reading takes time, and
  because a row may be stamped with a moment to come. It never goes back: what was forgotten would be told again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from pysnow.stamps import is_stamp, moment_of, stamp_of

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["Trail", "Version"]

_FORGET_EVERY = 1000


class Version(NamedTuple):
    """One state of one row.

    Attributes:
        stamp: Its stamp, as the platform writes it.
        sys_id: The row's sys_id.
        mod_count: How often the row had been changed (``sys_mod_count``); empty where rows are never changed.
    """

    stamp: str
    sys_id: str
    mod_count: str = ""


class Trail:
    """Where a reading in order of stamps stands. Not for sharing by threads.

    Args:
        floor: Stamp to begin at.
        overlap: How long after its stamp a row may still become visible, and by how much clocks may differ.
        seen: Versions from ``floor`` on that were read already.
    """

    def __init__(self, floor: str, overlap: timedelta, seen: Iterable[Version] = ()) -> None:
        self.floor = floor
        self.overlap = overlap
        self._seen: dict[str, set[Version]] = {}
        self._size = 0
        self._forget_at = _FORGET_EVERY
        for version in seen:
            self.note(version)

    def is_new(self, version: Version) -> bool:
        """Tell whether this version has not been read yet."""
        return version not in self._seen.get(version.sys_id, ())

    def knows(self, sys_id: str) -> bool:
        """Tell whether a version of this row has been read, as far as that is remembered."""
        return sys_id in self._seen

    def note(self, version: Version) -> None:
        """Note that a version has been read."""
        versions = self._seen.setdefault(version.sys_id, set())
        self._size += version not in versions
        versions.add(version)
        if self._size >= self._forget_at:
            self._forget()

    def forget(self, sys_id: str) -> None:
        """Note that a row is gone: should it be there again, it is new, however much it looks like the old one."""
        self._size -= len(self._seen.pop(sys_id, ()))

    def reach(self, stamp: str, started: datetime | None) -> None:
        """Note that all has been read that could be seen and is stamped before a moment.

        Args:
            stamp: Stamp of a row that was read.
            started: What the instance's clock showed when the reading began.
        """
        if started is not None:
            self.floor = max(self.floor, _earlier(min(stamp, stamp_of(started)), self.overlap))

    def state(self) -> dict[str, JSON]:
        """Give what :meth:`from_state` needs, as JSON."""
        self._forget()
        by_stamp: dict[str, list[list[str]]] = {}
        for version in sorted(version for versions in self._seen.values() for version in versions):
            by_stamp.setdefault(version.stamp, []).append([version.sys_id, version.mod_count])
        return {"floor": self.floor, "seen": by_stamp}

    @classmethod
    def from_state(cls, state: JSON, overlap: timedelta) -> Self:
        """Go on where another trail stood.

        Args:
            state: What :meth:`state` gave.
            overlap: As for the class. A longer one than before reaches back no further than what is remembered.

        Raises:
            ValueError: It is no such state.
        """
        try:
            seen = [Version(stamp, *key) for stamp, keys in state["seen"].items() for key in keys]
            if not all(is_stamp(stamp) for stamp in (state["floor"], *state["seen"])):
                raise ValueError("no stamp")
            return cls(state["floor"], overlap, seen)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("no trail") from error

    def _forget(self) -> None:
        """Let go of what lies before the floor: nobody will ask for it."""
        kept = {
            sys_id: alive
            for sys_id, versions in self._seen.items()
            if (alive := {version for version in versions if version.stamp >= self.floor})
        }
        self._seen = kept
        self._size = sum(map(len, kept.values()))
        # Twice as many before the next time: all in all, each version is looked at a constant number of times.
        self._forget_at = 2 * self._size + _FORGET_EVERY


def _earlier(stamp: str, span: timedelta) -> str:
    moment = moment_of(stamp)
    first = datetime.min.replace(tzinfo=moment.tzinfo)
    return stamp_of(moment - span if moment - first > span else first)
