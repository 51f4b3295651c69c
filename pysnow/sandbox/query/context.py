"""Who asks, and when: what the meaning of a query depends on besides its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Asker(Protocol):
    """What scripts of a query may want to know about the user who asks, looked up when they do."""

    def column(self, element: str) -> str:
        """Give a column of the user's record in ``sys_user``; empty when there is none."""

    def groups(self) -> tuple[str, ...]:
        """Give the keys of the groups that the user is a member of."""

    def has_role(self, name: str) -> bool:
        """Tell whether the user has a role; administrators have every one."""

    def delegators(self, duty: str) -> tuple[str, ...]:
        """Give the users whose ``approvals`` or ``assignments`` are delegated to this one now."""

    def preference(self, name: str) -> str | None:
        """Give a preference of the user; None when it is not set."""

    def filter_script(self, sys_id: str) -> str | None:
        """Give the script of a dynamic filter option (``sys_filter_option_dynamic``); None when there is none."""


class Nobody:
    """An asker of whom nothing is known."""

    def column(self, element: str) -> str:
        """Give nothing."""
        return ""

    def groups(self) -> tuple[str, ...]:
        """Give none."""
        return ()

    def has_role(self, name: str) -> bool:
        """Tell that there is none."""
        return False

    def delegators(self, duty: str) -> tuple[str, ...]:
        """Give none."""
        return ()

    def preference(self, name: str) -> str | None:
        """Give nothing."""
        return None

    def filter_script(self, sys_id: str) -> str | None:
        """Give nothing."""
        return None


NOBODY = Nobody()


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
        asker: Knows the rest about the caller.
    """

    now: datetime
    user_sys_id: str = ""
    user_name: str = ""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    invalid_query_returns_no_rows: bool = False
    asker: Asker = NOBODY

    def utc_now(self) -> datetime:
        """Give the moment in UTC, to the second, which is as precise as an instance is."""
        moment = self.now if self.now.tzinfo else self.now.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(microsecond=0)

    def local_now(self) -> datetime:
        """Give the moment by the caller's clock."""
        return self.utc_now().astimezone(self.time_zone)
