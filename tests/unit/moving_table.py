"""A table in memory that is written to while it is read: what an instance would answer, without one."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pysnow.stamps import stamp_of
from pysnow.tracking.stamp_walk import Stretch
from pysnow.walking.pagination import Ask, Page

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIELD = "sys_updated_on"


def sys_id(number: int) -> str:
    """A sys_id; their order is not that of the numbers."""
    return f"{(number * 7919) % 65521:032x}"


@dataclass
class MovingTable:
    """Rows stamped so many seconds behind the start.

    Attributes:
        stamps: Seconds of the rows that there are at the beginning.
        hidden: Sys_ids of rows that are counted and not shown.
        cap: Most rows of a page, whatever is asked for.
        link: The limit that its ``Link`` reckons with; None for no such header.
        counted: Whether answers hold a count.
        clock: The instance's clock, in seconds behind the start.
        between_pages: Called after each page.
    """

    stamps: list[int]
    hidden: set[str] = field(default_factory=set)
    cap: int = 1_000
    link: Literal["honoured", "asked"] | None = "honoured"
    counted: bool = True
    clock: float = 100.0
    between_pages: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self._rows = {sys_id(number): self._row(sys_id(number), second) for number, second in enumerate(self.stamps)}
        self._made = len(self.stamps)
        self.requests = 0

    def _row(self, key: str, second: float, mod_count: int = 0) -> dict[str, Any]:
        stamp = stamp_of(START + timedelta(seconds=second))
        return {"sys_id": key, FIELD: stamp, "sys_created_on": stamp, "sys_mod_count": str(mod_count)}

    def versions(self) -> set[tuple[str, str]]:
        """Each row's sys_id with its stamp."""
        return {(key, row[FIELD]) for key, row in self._rows.items()}

    def visible_ids(self) -> list[str]:
        """Sys_ids of the rows that are shown, in order."""
        return [row["sys_id"] for row in self._sorted() if row["sys_id"] not in self.hidden]

    def move(self, verb: str, key: str = "", *, spare: Collection[str] = ()) -> None:
        """Insert, update or delete a row."""
        self.clock += 0.4
        if key in spare:
            return
        if verb == "insert":
            key = sys_id(self._made)
            self._made += 1
            self._rows[key] = self._row(key, int(self.clock))
        elif verb == "delete":
            self._rows.pop(key, None)
        elif key in self._rows:
            count = int(self._rows[key]["sys_mod_count"]) + 1
            created = self._rows[key]["sys_created_on"]
            self._rows[key] = {**self._row(key, int(self.clock), count), "sys_created_on": created}

    def fetch(self, stretch: Stretch, ask: Ask) -> Page:
        """Answer one request."""
        found = [row for row in self._sorted() if self._is_in(row, stretch)]
        if stretch.is_backward:
            found.reverse()
        limit = min(ask.limit, self.cap)
        part = found[ask.offset : ask.offset + limit]
        step = ask.limit if self.link == "asked" else limit
        stride = step if self.link and ask.offset + step < len(found) else None
        rows = [dict(row) for row in part if row["sys_id"] not in self.hidden]
        self.requests += 1
        self.between_pages()
        return Page(rows, len(found) if self.counted else None, stride)

    def _is_in(self, row: dict[str, Any], stretch: Stretch) -> bool:
        place = (row[FIELD], row["sys_id"])
        if stretch.until and row[FIELD] >= stretch.until:
            return False
        if stretch.last is not None and place > tuple(stretch.last):
            return False
        if stretch.is_backward and place == tuple(stretch.place):
            return True
        return place > tuple(stretch.place) if stretch.place.sys_id else row[FIELD] >= stretch.place.stamp

    def _sorted(self) -> list[dict[str, Any]]:
        rows: list[tuple[str, str]] = []
        for key, row in self._rows.items():
            insort(rows, (row[FIELD], key))
        return [self._rows[key] for _, key in rows]
