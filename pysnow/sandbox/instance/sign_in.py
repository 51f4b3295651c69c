"""Signing in with user name and password: one answer for all that is wrong, lock-out, one-time codes."""

from __future__ import annotations

from dataclasses import dataclass

from pysnow.sandbox.instance.callers import Caller, caller_of, may_log_in, user_with_name
from pysnow.sandbox.instance.one_time_codes import CODE_DIGITS, is_current_code
from pysnow.sandbox.instance.passwords import verify_password
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.instance.properties import MOST_FAILED_LOGINS


@dataclass(frozen=True, slots=True)
class SignIn:
    """How an attempt to sign in ended.

    Attributes:
        caller: Who signed in; None when the attempt failed.
        lacks_code: Whether the password was right and a one-time code was missing or wrong.
        user: The user's row; None when the attempt failed.
    """

    caller: Caller | None = None
    lacks_code: bool = False
    user: Row | None = None


_REFUSED = SignIn()


def sign_in(platform: Platform, user_name: str, password: str, one_time_code: str = "") -> SignIn:
    """Try user name and password.

    An instance gives one and the same answer for a wrong password, an unknown, an inactive and a locked user. Users
    with multifactor authentication add a one-time code, beside the password or at the end of it.

    Args:
        platform: The instance's users and clock.
        user_name: Login name.
        password: The password, with or without the code behind it.
        one_time_code: The code, where it comes apart from the password; empty for none.
    """
    user = user_with_name(platform, user_name)
    if user is None:
        return _REFUSED
    outcome = _attempt(platform, user, password, one_time_code)
    if outcome.caller is None:
        _count_failure(platform, user)
    elif user.get("failed_attempts") not in (None, "0"):
        platform.store.update("sys_user", user["sys_id"] or "", {"failed_attempts": "0"})
    return outcome


def _attempt(platform: Platform, user: Row, password: str, one_time_code: str) -> SignIn:
    stored = user.get("user_password")
    if not may_log_in(user):
        return _REFUSED
    accepted = SignIn(caller_of(user, platform.properties), user=user)
    if user.get("enable_multifactor_authn") != "true":
        return accepted if verify_password(password, stored) else _REFUSED
    if verify_password(password, stored):
        return accepted if _is_code_of(platform, user, one_time_code) else SignIn(lacks_code=True)
    if verify_password(password[:-CODE_DIGITS], stored):
        return accepted if _is_code_of(platform, user, password[-CODE_DIGITS:]) else SignIn(lacks_code=True)
    return _REFUSED


def _is_code_of(platform: Platform, user: Row, code: str) -> bool:
    settings = platform.rows_where("user_multifactor_auth", same("user", user["sys_id"] or ""))
    return any(
        is_current_code(code, each["multifactor_secret"] or "", platform.clock())
        for each in settings
        if each["validated"] == "true"
    )


def _count_failure(platform: Platform, user: Row) -> None:
    """Lock a user out after too many failures in a row, where a property says how many those are."""
    most = platform.properties.get(MOST_FAILED_LOGINS, "").strip()
    if not most.isdecimal() or int(most) == 0:
        return
    key = user["sys_id"] or ""
    with platform.store.transaction():
        row = platform.store.get("sys_user", key)
        if row is None:
            return
        failures = int(row["failed_attempts"] or "0") + 1
        values: Row = {"failed_attempts": str(failures)}
        if failures >= int(most):
            values["locked_out"] = "true"
        platform.store.update("sys_user", key, values)
