"""Who calls: a user of ``sys_user`` with the zone and formats in which values are shown to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pysnow.sandbox.instance import properties as names
from pysnow.sandbox.instance.passwords import verify_password
from pysnow.sandbox.instance.platform import Platform, Row, same


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
    row = _user(platform, user_name)
    return None if row is None else _caller(row, platform.properties)


def authenticate(platform: Platform, user_name: str, password: str) -> Caller | None:
    """Return the caller whom user name and password identify.

    An instance gives one and the same answer for a wrong password, an unknown, an inactive and a locked user.
    """
    row = _user(platform, user_name)
    if row is None or not verify_password(password, row.get("user_password")):
        return None
    if row.get("active") == "false" or row.get("locked_out") == "true":
        return None
    return _caller(row, platform.properties)


def _user(platform: Platform, user_name: str) -> Row | None:
    return next(platform.rows_where("sys_user", same("user_name", user_name), limit=1), None) if user_name else None


def _caller(row: Row, properties: Mapping[str, str]) -> Caller:
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
