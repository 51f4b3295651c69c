"""An instance in memory whose table and log of deletions change while they are read: late commits, wrong clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pysnow.stamps import stamp_of
from pysnow.tracking.change_reader import ChangeReader, WhatToRead
from pysnow.tracking.deletion_log import LogCheck
from pysnow.tracking.deletions import KnownRows, LoggedDeletions
from pysnow.tracking.stamp_source import DatedPage
from pysnow.tracking.stamp_walk import Stretch
from pysnow.tracking.trail import Trail
from pysnow.walking.pagination import Ask, Page

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Rows:
    """Rows with stamps, some of which are not visible yet."""

    def __init__(self, instance: Instance, field: str) -> None:
        self.instance = instance
        self.field = field
        self.rows: dict[str, dict[str, Any]] = {}
        self._late: list[tuple[float, dict[str, Any]]] = []

    def put(self, row: dict[str, Any], delay: float) -> None:
        """Write a row, which becomes visible after so many seconds."""
        self.commit(row["sys_id"])
        self._late.append((self.instance.seconds + delay, row))
        self.settle()

    def commit(self, sys_id: str) -> None:
        """End what is under way for a row, as the next write to it would have to wait for that."""
        self._late = [(0.0, row) if row["sys_id"] == sys_id else (at, row) for at, row in self._late]
        self.settle()

    def settle(self) -> None:
        """Let become visible what is due."""
        for at, row in self._late:
            if at <= self.instance.seconds:
                self.rows[row["sys_id"]] = row
        self._late = [(at, row) for at, row in self._late if at > self.instance.seconds]

    def fetch(self, stretch: Stretch, ask: Ask) -> DatedPage:
        asked_at = self.instance.clock_shown()
        self.instance.act()
        self.settle()
        found = sorted(
            (row for row in self.rows.values() if self._is_behind(row, stretch)),
            key=lambda row: (row[self.field], row["sys_id"]),
        )
        rows = [dict(row) for row in found[ask.offset : ask.offset + ask.limit]]
        stride = ask.limit if ask.offset + ask.limit < len(found) else None
        return DatedPage(rows, len(found), stride, asked_at=asked_at)

    def named(self, sys_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        self.instance.act()
        self.settle()
        return {key: dict(self.rows[key]) for key in sys_ids if key in self.rows}

    def trimmed(self, row: dict[str, Any]) -> dict[str, Any]:
        return row

    def _is_behind(self, row: dict[str, Any], stretch: Stretch) -> bool:
        place = (row[self.field], row["sys_id"])
        return place > tuple(stretch.place) if stretch.place.sys_id else row[self.field] >= stretch.place.stamp


class Instance:
    """A table ``t``, its log of deletions, and a clock that others see wrong by some seconds.

    Args:
        skew: By how many seconds the clock that is shown differs from the one that stamps.
    """

    def __init__(self, skew: float = 0.0) -> None:
        self.seconds = 1_000.0
        self.skew = skew
        self.table = Rows(self, "sys_updated_on")
        self.log = Rows(self, "sys_created_on")
        self.actions: list[Callable[[], object]] = []
        self.is_log_readable = True
        self.made_anew: set[int] = set()
        self._serial = 0
        self._deleted_at: dict[str, str] = {}

    # -- what happens on it --------------------------------------------------------------------------------------------

    def act(self) -> None:
        """Let what comes next happen, while a request is under way."""
        self.seconds += 0.05
        if self.actions:
            self.actions.pop(0)()

    def tick(self, seconds: float) -> None:
        self.seconds += seconds
        self.table.settle()
        self.log.settle()

    def write(self, sys_id: str, delay: float = 0.0) -> None:
        """Create a row, or change it."""
        self.table.commit(sys_id)
        before = self.table.rows.get(sys_id)
        self._serial += 1
        stamp = self._stamp()
        row = {
            "sys_id": sys_id,
            "sys_updated_on": stamp,
            "sys_created_on": before["sys_created_on"] if before else stamp,
            "sys_mod_count": str(int(before["sys_mod_count"]) + 1) if before else "0",
            "serial": self._serial,
        }
        if self._deleted_at.get(sys_id) == stamp:
            self.made_anew.add(self._serial)
        self.table.put(row, delay)

    def delete(self, sys_id: str, delay: float = 0.0) -> None:
        self.table.commit(sys_id)
        if self.table.rows.pop(sys_id, None) is not None:
            self._serial += 1
            self._deleted_at[sys_id] = self._stamp()
            entry = {"sys_id": f"{self._serial:032x}", "sys_created_on": self._stamp(), "documentkey": sys_id}
            self.log.put(entry, delay)

    def _stamp(self) -> str:
        return stamp_of(START + timedelta(seconds=self.seconds))

    # -- what readers see ----------------------------------------------------------------------------------------------

    def clock_shown(self) -> datetime:
        return (START + timedelta(seconds=self.seconds + self.skew)).replace(microsecond=0)

    def ask(self, table: str, query: str, columns: list[str], limit: int) -> Page:
        rows: list[dict[str, Any]] = []
        if table == "sys_db_object" and query.startswith("name=t^") and columns == ["name"]:
            rows = [{"name": "t"}]
        elif table == "sys_audit_delete":
            rows = [] if self.is_log_readable else [{}]
        return Page(rows if self.is_log_readable else [], len(rows))

    def reader(self, state: dict[str, Any], **options: Any) -> ChangeReader:
        """Make what reads changes, where another one stood."""
        span = timedelta(seconds=options.get("overlap", 10))
        page_size = options.get("page_size", 3)
        known = options.get("known")
        log = LoggedDeletions(
            Trail.from_state(state["deleted"], span),
            LogCheck("t", self.ask),
            rows=lambda query: self.log,
            now=self.clock_shown,
            clock=lambda: self.seconds,
            page_size=page_size,
        )
        what = WhatToRead(self.table, lambda: list(self.table.rows), page_size, options.get("deleted", "auto"))
        rows = None if known is None else KnownRows(known)
        return ChangeReader(what, Trail.from_state(state["written"], span), log, rows, state["began"])

    def state_now(self) -> dict[str, Any]:
        """The state of a reader that begins now."""
        trail = {"floor": self._stamp(), "seen": {}}
        return {"written": trail, "deleted": trail, "began": trail["floor"]}
