"""Callers and how they prove who they are."""

from __future__ import annotations

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance


def test_caller__has_a_zone_and_formats_of_its_own(abel: Caller) -> None:
    assert (abel.zone.key, abel.date_time_format) == ("US/Pacific", "MM/dd/yyyy hh:mm:ss a")


def test_caller__takes_the_rest_from_the_system(instance: Instance, admin: Caller) -> None:
    instance.create("sys_user", {"user_name": "ann"}, admin)
    ann = instance.caller("ann")
    assert ann is not None
    assert (ann.time_zone, ann.date_format, ann.time_format) == ("America/Los_Angeles", "yyyy-MM-dd", "HH:mm:ss")


def test_caller__unknown(instance: Instance) -> None:
    assert instance.caller("nobody") is None


def test_caller__without_a_name(instance: Instance, admin: Caller) -> None:
    instance.create("sys_user", {"first_name": "No", "last_name": "Login"}, admin)
    assert instance.caller("") is None


def test_caller__unknown_zone_is_utc(instance: Instance, admin: Caller) -> None:
    instance.create("sys_user", {"user_name": "ann", "time_zone": "Mars/Olympus"}, admin)
    ann = instance.caller("ann")
    assert ann is not None
    assert ann.zone.key == "UTC"


def test_authenticate__right_password(instance: Instance, admin: Caller) -> None:
    assert instance.authenticate("admin", "admin") == admin


@pytest.mark.parametrize(("user", "password"), [("admin", "Admin"), ("admin", ""), ("nobody", "x"), ("", "")])
def test_authenticate__wrong(instance: Instance, user: str, password: str) -> None:
    assert instance.authenticate(user, password) is None


@pytest.mark.parametrize("flag", [{"active": "false"}, {"locked_out": "true"}], ids=str)
def test_authenticate__inactive_or_locked(instance: Instance, admin: Caller, flag: dict[str, str]) -> None:
    instance.update("sys_user", admin.sys_id, flag, admin)
    assert instance.authenticate("admin", "admin") is None


def test_authenticate__a_password_set_over_rest(instance: Instance, admin: Caller, abel: Caller) -> None:
    instance.update("sys_user", abel.sys_id, {"user_password": "new"}, admin)
    assert instance.authenticate("abel.tuter", "new") == abel


def test_context__is_the_callers(instance: Instance, abel: Caller) -> None:
    context = instance.context(abel)
    assert (context.user_sys_id, context.user_name, str(context.time_zone)) == (abel.sys_id, "abel.tuter", "US/Pacific")


def test_context__follows_the_property(instance: Instance, abel: Caller) -> None:
    instance.properties["glide.invalid_query.returns_no_rows"] = "true"
    assert instance.context(abel).invalid_query_returns_no_rows
