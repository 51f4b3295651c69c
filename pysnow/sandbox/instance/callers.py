"""Who calls: a user of ``sys_user`` with the zone and formats in which values are shown to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pysnow.sandbox.instance import properties as names
from pysnow.sandbox.instance.platform import Platform, Row, same

# Asked for with every request: all sixty columns of a user would cost more than the password check.
_SIGN_IN_COLUMNS = (
    *("sys_id", "user_name", "name", "time_zone", "date_format", "time_format", "user_password"),
    *("active", "locked_out", "failed_attempts", "web_service_access_only", "enable_multifactor_authn"),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request.

    Attributes:
        sys_id: Key in ``sys_user``; empty for the system itself.
        user_name: Login name, what ``sys_created_by`` holds.
        name: Display name.
        time_zone: Name of the zone of display values, such as ``US/Pacific``.
        date_format: Java pattern of dates.
        time_format: Java pattern of times.
    """

    sys_id: str
    user_name: str
    name: str
    time_zone: str = "UTC"
    date_format: str = "yyyy-MM-dd"
    time_format: str = "HH:mm:ss"

    @property
    def zone(self) -> ZoneInfo:
        """The zone itself; UTC if the name is unknown."""
        return _zone(self.time_zone)

    @property
    def date_time_format(self) -> str:
        """Java pattern of a date with its time."""
        return f"{self.date_format} {self.time_format}"


def system_caller(properties: Mapping[str, str]) -> Caller:
    """Return the caller that stands for the platform itself, the ``system`` of ``sys_created_by``."""
    return Caller("", "system", "System", **_formats({}, properties))


def find_caller(platform: Platform, user_name: str) -> Caller | None:
    """Return the caller with a login name, active or not; None if there is no such user."""
    row = user_with_name(platform, user_name)
    return None if row is None else caller_of(row, platform.properties)


def user_with_name(platform: Platform, user_name: str) -> Row | None:
    """Return what signing in looks at of the user with a login name, whoever asks; None if there is none."""
    if not user_name:
        return None
    found = platform.rows_where("sys_user", same("user_name", user_name), columns=_SIGN_IN_COLUMNS, limit=1)
    return next(found, None)


def may_log_in(user: Row) -> bool:
    """Tell whether a user is neither inactive nor locked out."""
    return user.get("active") != "false" and user.get("locked_out") != "true"


def caller_of(row: Row, properties: Mapping[str, str]) -> Caller:
    """Return a row of ``sys_user`` as a caller."""
    user_name = row.get("user_name") or ""
    return Caller(row["sys_id"] or "", user_name, row.get("name") or user_name, **_formats(row, properties))


def _formats(row: Row, properties: Mapping[str, str]) -> dict[str, str]:
    """Return zone and formats: the user's own, else the system's."""
    return {
        "time_zone": row.get("time_zone") or properties.get(names.TIME_ZONE) or "UTC",
        "date_format": row.get("date_format") or properties.get(names.DATE_FORMAT) or "yyyy-MM-dd",
        "time_format": row.get("time_format") or properties.get(names.TIME_FORMAT) or "HH:mm:ss",
    }


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
