"""HTTP Basic: who may use it, one-time codes, lock-out; all failures are the ordinary 401 (recorded 2026)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import requests

from pysnow.sandbox import Sandbox
from pysnow.sandbox.instance.one_time_codes import one_time_code

INCIDENTS = "/api/now/table/incident?sysparm_limit=1"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

Send = Callable[..., requests.Response]


@pytest.fixture
def sandbox(stopped_sandbox: Sandbox) -> Sandbox:
    return stopped_sandbox


@pytest.fixture
def send(sandbox: Sandbox) -> Send:
    def do(user: str = "itil", password: str = "itil", **headers: str) -> requests.Response:
        return requests.get(f"{sandbox.url}{INCIDENTS}", auth=(user, password), headers=headers, timeout=30)

    return do


def user_id(sandbox: Sandbox, user_name: str) -> str:
    caller = sandbox.instance.caller(user_name)
    assert caller is not None
    return caller.sys_id


def change(sandbox: Sandbox, user_name: str, **values: str) -> None:
    sandbox.instance.update("sys_user", user_id(sandbox, user_name), values, sandbox.instance.system)


# -- restricted Basic ("security page", June 2026) -------------------------------------------------------------------


@pytest.fixture
def restricted(sandbox: Sandbox) -> None:
    sandbox.instance.properties["sandbox.basic_auth_restricted"] = "true"


@pytest.mark.usefixtures("restricted")
@pytest.mark.parametrize("user", ["admin", "itil"])
def test_restricted__refused(send: Send, user: str) -> None:
    error = {"message": "User Not Authenticated", "detail": "Required to provide Auth information"}
    assert send(user, user).json()["error"] == error


@pytest.mark.usefixtures("restricted")
def test_restricted__users_for_web_services_only_pass(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "itil", web_service_access_only="true")
    assert send().status_code == 200


@pytest.mark.usefixtures("restricted")
def test_restricted__role_passes(sandbox: Sandbox, send: Send) -> None:
    sandbox.grant("itil", "snc_basic_auth_api_access")
    assert send().status_code == 200


@pytest.mark.usefixtures("restricted")
def test_restricted__tokens_pass(grant: Send, use: Callable[[str], int]) -> None:
    assert use(grant(username="itil", password="itil").json()["access_token"]) == 200


def test_restricted__holds_for_sessions_too(sandbox: Sandbox) -> None:
    with requests.Session() as session:
        session.auth = ("itil", "itil")
        session.get(f"{sandbox.url}{INCIDENTS}", timeout=30)
        sandbox.instance.properties["sandbox.basic_auth_restricted"] = "true"
        assert session.get(f"{sandbox.url}{INCIDENTS}", timeout=30).status_code == 401


# -- multifactor authentication (known from clients) -----------------------------------------------------------------


@pytest.fixture
def code(sandbox: Sandbox, times: list[datetime]) -> str:
    """The present code of a user who needs one."""
    change(sandbox, "itil", enable_multifactor_authn="true")
    sandbox.add("user_multifactor_auth", {"user": user_id(sandbox, "itil"), "multifactor_secret": SECRET})
    return one_time_code(SECRET, times[0])


@pytest.mark.usefixtures("code")
def test_multifactor__header_says_that_a_code_lacks(send: Send) -> None:
    answer = send()
    assert (answer.status_code, answer.headers.get("X-MFA_TOKEN")) == (401, "invalid")


@pytest.mark.usefixtures("code")
def test_multifactor__wrong_password_says_nothing(send: Send) -> None:
    assert "X-MFA_TOKEN" not in send(password="wrong").headers


def test_multifactor__code_in_the_header(send: Send, code: str) -> None:
    assert send(**{"X-MFA_TOKEN": code}).status_code == 200


def test_multifactor__code_behind_the_password(send: Send, code: str) -> None:
    assert send(password=f"itil{code}").status_code == 200


def test_multifactor__old_code(send: Send, code: str, times: list[datetime]) -> None:
    times[0] += timedelta(seconds=90)
    assert send(**{"X-MFA_TOKEN": code}).status_code == 401


def test_multifactor__password_grant_needs_it_too(grant: Send, code: str) -> None:
    statuses = [grant(username="itil", password=text).status_code for text in ("itil", f"itil{code}")]
    assert statuses == [401, 200]


def test_multifactor__code_is_not_logged(sandbox: Sandbox, send: Send, code: str) -> None:
    send(**{"X-MFA_TOKEN": code})
    assert code not in str(sandbox.requests[-1].headers)


def test_multifactor__user_without_a_secret(sandbox: Sandbox, send: Send) -> None:
    change(sandbox, "itil", enable_multifactor_authn="true")
    assert send(**{"X-MFA_TOKEN": "000000"}).headers.get("X-MFA_TOKEN") == "invalid"


# -- lock-out --------------------------------------------------------------------------------------------------------


@pytest.fixture
def three_tries(sandbox: Sandbox) -> None:
    sandbox.instance.properties["glide.user.max_unlock_attempts"] = "3"


def test_lock_out__is_off_by_default(send: Send) -> None:
    statuses = [send(password=text).status_code for text in (*["wrong"] * 10, "itil")]
    assert statuses[-1] == 200


@pytest.mark.usefixtures("three_tries")
def test_lock_out__after_failures_in_a_row(sandbox: Sandbox, send: Send) -> None:
    statuses = [send(password=text).status_code for text in (*["wrong"] * 3, "itil")]
    row = sandbox.instance.get("sys_user", user_id(sandbox, "itil"))
    assert row is not None
    assert (statuses[-1], row["locked_out"]) == (401, "true")


@pytest.mark.usefixtures("three_tries")
def test_lock_out__success_starts_the_count_anew(send: Send) -> None:
    tries = ["wrong", "wrong", "itil", "wrong", "wrong", "itil"]
    assert [send(password=text).status_code for text in tries][-1] == 200


@pytest.mark.usefixtures("three_tries")
def test_lock_out__counts_the_password_grant(grant: Send, send: Send) -> None:
    for _ in range(3):
        grant(username="itil", password="wrong")
    assert send().status_code == 401


@pytest.mark.usefixtures("three_tries")
def test_lock_out__unlocked_by_an_administrator(sandbox: Sandbox, send: Send) -> None:
    for _ in range(3):
        send(password="wrong")
    change(sandbox, "itil", locked_out="false", failed_attempts="0")
    assert send().status_code == 200
