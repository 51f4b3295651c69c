"""OAuth endpoints, and tokens in use ("OAuth API request parameters", vendor docs; failures as recorded in 2026)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Grant = Callable[..., requests.Response]
Use = Callable[[str], int]

DENIED = {"error_description": "access_denied", "error": "server_error"}
ADMIN = {"username": "admin", "password": "admin"}
CLIENT = {"client_id": "sandbox", "client_secret": "sandbox"}


@pytest.fixture
def sandbox(stopped_sandbox: Sandbox) -> Sandbox:
    return stopped_sandbox


def refresh(grant: Grant, token: str, **parameters: str) -> requests.Response:
    return grant("refresh_token", refresh_token=token, **parameters)


def register(sandbox: Sandbox, **values: str) -> dict[str, str]:
    """Register another application, and give its id and secret."""
    sandbox.add("oauth_entity", {"name": "Other", "client_id": "other", "client_secret": "secret", **values})
    return {"client_id": "other", "client_secret": "secret"}


# -- password --------------------------------------------------------------------------------------------------------


def test_password__members_in_order(grant: Grant) -> None:
    assert list(grant(**ADMIN).json()) == ["access_token", "refresh_token", "scope", "token_type", "expires_in"]


def test_password__fixed_members(grant: Grant) -> None:
    answer = grant(**ADMIN).json()
    assert (answer["scope"], answer["token_type"], answer["expires_in"]) == ("useraccount", "Bearer", 1799)


def test_password__token_works(grant: Grant, use: Use) -> None:
    assert use(grant(**ADMIN).json()["access_token"]) == 200


def test_password__token_stands_for_its_user(sandbox: Sandbox, grant: Grant, use: Use) -> None:
    use(grant(username="itil", password="itil").json()["access_token"])
    assert sandbox.requests[-1].user == "itil"


def test_password__running_token(grant: Grant, times: list[datetime]) -> None:
    first = grant(**ADMIN).json()
    times[0] += timedelta(seconds=300)
    second = grant(**ADMIN).json()
    assert (second["access_token"], second["expires_in"]) == (first["access_token"], 1499)


def test_password__many_at_once_get_one_token(grant: Grant) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: grant(**ADMIN).json(), range(8)))
    assert len({(answer["access_token"], answer["refresh_token"]) for answer in answers}) == 1


def test_token__expires_on_the_instances_clock(grant: Grant, use: Use, times: list[datetime]) -> None:
    token = grant(**ADMIN).json()["access_token"]
    times[0] += timedelta(seconds=1800)
    assert use(token) == 401


@pytest.mark.parametrize("token", ["unknown", "", "javascript:gs.getUserID()", "\u00fc"])
def test_token__unknown_is_the_ordinary_401(sandbox: Sandbox, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    answer = requests.get(f"{sandbox.url}/api/now/table/incident", headers=headers, timeout=30)
    error = {"message": "User Not Authenticated", "detail": "Required to provide Auth information"}
    assert (answer.status_code, answer.json()["error"]) == (401, error)


def test_token__is_exact_where_the_database_ignores_case(grant: Grant, use: Use) -> None:
    assert use(grant(**ADMIN).json()["access_token"].swapcase()) == 401


# -- refresh ---------------------------------------------------------------------------------------------------------


def test_refresh__new_access_token_same_refresh_token(grant: Grant) -> None:
    first = grant(**ADMIN).json()
    second = refresh(grant, first["refresh_token"]).json()
    assert (second["access_token"] != first["access_token"], second["refresh_token"]) == (True, first["refresh_token"])


def test_refresh__deactivated_user(sandbox: Sandbox, grant: Grant) -> None:
    token = grant(username="itil", password="itil").json()["refresh_token"]
    itil = next(user for user in sandbox.table("sys_user").rows if user["user_name"] == "itil")
    sandbox.instance.store.update("sys_user", itil["sys_id"] or "", {"active": "false"})
    assert refresh(grant, token).json() == DENIED


def test_refresh__token_of_another_application(sandbox: Sandbox, grant: Grant) -> None:
    token = grant(**ADMIN).json()["refresh_token"]
    assert refresh(grant, token, **register(sandbox)).json() == DENIED


def test_refresh__access_token_in_its_place(grant: Grant) -> None:
    assert refresh(grant, grant(**ADMIN).json()["access_token"]).json() == DENIED


def test_refresh__rotation_replaces_the_token(sandbox: Sandbox, grant: Grant) -> None:
    application = register(sandbox, refresh_token_rotation="true")
    first = grant(**ADMIN, **application).json()["refresh_token"]
    second = refresh(grant, first, **application).json()["refresh_token"]
    statuses = [refresh(grant, token, **application).status_code for token in (first, second)]
    assert (second != first, statuses) == (True, [401, 200])


# -- failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"username": "nobody"},
        {"username": None},
        {"client_id": "unknown"},
        {"client_id": "SANDBOX"},
        {"client_id": "javascript:'sandbox'"},
        {"client_secret": "wrong"},
        {"client_secret": None},
        {"client_id": None},
        {"grant_type": "client_credentials"},
        {"grant_type": "nonsense"},
        {"grant_type": "refresh_token", "refresh_token": "unknown"},
        {"grant_type": "refresh_token"},
        {"grant_type": "authorization_code"},
        {"grant_type": "authorization_code", "code": "unknown"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"},
    ],
    ids=str,
)
def test_failure__one_answer_for_all(grant: Grant, changes: dict[str, Any]) -> None:
    answer = grant(**{**ADMIN, **changes})
    assert (answer.status_code, answer.json()) == (401, DENIED)


def test_failure__json_body(sandbox: Sandbox) -> None:
    body = {"grant_type": "password", **CLIENT, **ADMIN}
    answer = requests.post(f"{sandbox.url}/oauth_token.do", json=body, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_failure__no_grant_type(grant: Grant) -> None:
    assert grant(None).json()["error"] == "invalid_request"


def test_failure__a_form_without_end(grant: Grant) -> None:
    assert grant(username="x" * 600_000).status_code == 400


# -- applications ----------------------------------------------------------------------------------------------------


def test_application__by_http_basic(sandbox: Sandbox) -> None:
    form = {"grant_type": "password", **ADMIN}
    answer = requests.post(f"{sandbox.url}/oauth_token.do", data=form, auth=("sandbox", "sandbox"), timeout=30)
    assert answer.status_code == 200


def test_application__has_lives_of_its_own(sandbox: Sandbox, grant: Grant, times: list[datetime]) -> None:
    application = register(sandbox, access_token_lifespan="60", refresh_token_lifespan="120")
    token = grant(**ADMIN, **application).json()
    times[0] += timedelta(seconds=120)
    assert (token["expires_in"], refresh(grant, token["refresh_token"], **application).status_code) == (59, 401)


def test_application__registered_over_rest(sandbox: Sandbox, grant: Grant) -> None:
    body = {"name": "Mine", "client_id": "mine", "client_secret": "s3cret"}
    requests.post(f"{sandbox.url}/api/now/table/oauth_entity", json=body, auth=("admin", "admin"), timeout=30)
    assert grant(**ADMIN, client_id="mine", client_secret="s3cret").status_code == 200


def test_application__without_id_and_secret_gets_both(sandbox: Sandbox, grant: Grant) -> None:
    row = sandbox.add("oauth_entity", {"name": "Made up"})
    answer = grant(**ADMIN, client_id=row["client_id"], client_secret=row["client_secret"])
    assert answer.status_code == 200


def test_application__secret_is_not_shown(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/api/now/table/oauth_entity?sysparm_query=client_id=sandbox"
    (row,) = requests.get(url, auth=("admin", "admin"), timeout=30).json()["result"]
    assert row["client_secret"] == ""


def test_application__switched_off(sandbox: Sandbox, grant: Grant, use: Use) -> None:
    """Neither new tokens nor those given before."""
    application = register(sandbox)
    token = grant(**ADMIN, **application).json()["access_token"]
    row = next(row for row in sandbox.table("oauth_entity").rows if row["client_id"] == "other")
    sandbox.instance.update("oauth_entity", row["sys_id"] or "", {"active": "false"}, sandbox.instance.system)
    assert (grant(**ADMIN, **application).status_code, use(token)) == (401, 401)


# -- client credentials ----------------------------------------------------------------------------------------------


@pytest.fixture
def with_client_credentials(sandbox: Sandbox) -> None:
    sandbox.instance.properties["glide.oauth.inbound.client.credential.grant_type.enabled"] = "true"


@pytest.mark.usefixtures("with_client_credentials")
def test_client_credentials__stand_for_the_applications_user(sandbox: Sandbox, grant: Grant, use: Use) -> None:
    use(grant("client_credentials").json()["access_token"])
    assert sandbox.requests[-1].user == "admin"


@pytest.mark.usefixtures("with_client_credentials")
def test_client_credentials__have_no_refresh_token(grant: Grant) -> None:
    assert list(grant("client_credentials").json()) == ["access_token", "scope", "token_type", "expires_in"]


@pytest.mark.usefixtures("with_client_credentials")
def test_client_credentials__have_one_in_some_releases(sandbox: Sandbox, grant: Grant) -> None:
    user = sandbox.instance.caller("itil")
    assert user is not None
    application = register(sandbox, user=user.sys_id, client_credentials_refresh_token="true")
    token = grant("client_credentials", **application).json()["refresh_token"]
    assert refresh(grant, token, **application).status_code == 200


@pytest.mark.usefixtures("with_client_credentials")
def test_client_credentials__application_without_user(sandbox: Sandbox, grant: Grant) -> None:
    answer = grant("client_credentials", **register(sandbox))
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")


@pytest.mark.usefixtures("with_client_credentials")
def test_client_credentials__public_client(sandbox: Sandbox, grant: Grant) -> None:
    """It could not keep a secret, so that knowing its id proves nothing."""
    user = sandbox.instance.caller("itil")
    assert user is not None
    register(sandbox, user=user.sys_id, public_client="true")
    assert grant("client_credentials", client_id="other", client_secret=None).json() == DENIED


# -- the end of tokens -----------------------------------------------------------------------------------------------


def test_expire_all__from_python(sandbox: Sandbox, grant: Grant, use: Use) -> None:
    tokens = grant(**ADMIN).json()
    sandbox.oauth.expire_all()
    assert (use(tokens["access_token"]), refresh(grant, tokens["refresh_token"]).status_code) == (401, 401)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_revoke(sandbox: Sandbox, grant: Grant, use: Use, method: str) -> None:
    token = grant(**ADMIN).json()["access_token"]
    url, parameters = f"{sandbox.url}/oauth_revoke_token.do", {"token": token}
    if method == "GET":
        answer = requests.get(url, params=parameters, timeout=30)
    else:
        answer = requests.post(url, data=parameters, timeout=30)
    assert (answer.status_code, use(token)) == (200, 401)


def test_session__does_not_outlive_its_token(sandbox: Sandbox, grant: Grant) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {grant(**ADMIN).json()['access_token']}"
        session.get(f"{sandbox.url}/api/now/table/incident", timeout=30)
        sandbox.oauth.expire_access()
        assert session.get(f"{sandbox.url}/api/now/table/incident", timeout=30).status_code == 401


# -- where they are kept ---------------------------------------------------------------------------------------------


def test_tokens__survive_a_restart(tmp_path: Path, times: list[datetime]) -> None:
    path = tmp_path / "instance.db"
    form = {"grant_type": "password", **CLIENT, **ADMIN}
    with Sandbox(path=path, clock=lambda: times[0]) as first:
        token = requests.post(f"{first.url}/oauth_token.do", data=form, timeout=30).json()
    times[0] += timedelta(seconds=60)
    with Sandbox(path=path, clock=lambda: times[0]) as second:
        again = requests.post(f"{second.url}/oauth_token.do", data=form, timeout=30).json()
    assert again == token | {"expires_in": 1739}


def test_tokens__are_not_shown(sandbox: Sandbox, grant: Grant) -> None:
    grant(**ADMIN)
    url = f"{sandbox.url}/api/now/table/oauth_credential"
    rows = requests.get(url, auth=("admin", "admin"), timeout=30).json()["result"]
    assert sorted((row["type"], row["token"]) for row in rows) == [("access_token", ""), ("refresh_token", "")]


def test_log__has_no_secrets(sandbox: Sandbox, grant: Grant, use: Use) -> None:
    token = grant(**ADMIN, client_id="sandbox", client_secret="canary").json()
    token = grant(**ADMIN).json()
    use(token["access_token"])
    refresh(grant, token["refresh_token"])
    requests.get(f"{sandbox.url}/oauth_revoke_token.do", params={"token": token["access_token"]}, timeout=30)
    log = str(list(sandbox.requests))
    assert [text for text in (token["access_token"], token["refresh_token"], "canary") if text in log] == []
