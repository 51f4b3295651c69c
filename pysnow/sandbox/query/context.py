"""Who asks, and when: what the meaning of a query depends on besides its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QueryContext:
    """Circumstances of one query.

    Attributes:
        now: The moment that ``gs.daysAgo`` and its kin count from, in UTC.
        user_sys_id: The caller's ``sys_user`` row (``gs.getUserID()``).
        user_name: The caller's ``user_name`` (``gs.getUserName()``).
        time_zone: The caller's zone; days, weeks and months begin by its clock.
        invalid_query_returns_no_rows: Whether an invalid condition makes the whole query match nothing
            (``glide.invalid_query.returns_no_rows``); otherwise it is dropped.
    """

    now: datetime
    user_sys_id: str = ""
    user_name: str = ""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    invalid_query_returns_no_rows: bool = False

    def utc_now(self) -> datetime:
        """Give the moment in UTC, to the second, which is as precise as an instance is."""
        moment = self.now if self.now.tzinfo else self.now.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(microsecond=0)

    def local_now(self) -> datetime:
        """Give the moment by the caller's clock."""
        return self.utc_now().astimezone(self.time_zone)
