"""An OAuth client against a local instance: tokens obtained, used, refreshed in place, refused with a reason."""

from __future__ import annotations

import copy
import json
import logging
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import (
    AuthenticationError,
    InvalidUsage,
    MissingToken,
    OAuthClient,
    PysnowException,
    TokenCreateError,
    TokenRefreshError,
    TransportError,
)
from pysnow.oauth.token_file import FileTokenStore
from pysnow.oauth.token_store import MemoryTokenStore, TokenStore

if TYPE_CHECKING:
    from pysnow.resource import Resource
    from pysnow.sandbox import Sandbox

SECRET = "canary-s"


@pytest.fixture
def oauth(sandbox: Sandbox) -> OAuthClient:
    return OAuthClient(client_id="sandbox", client_secret="sandbox", instance=sandbox.url)


def _signed_in(oauth: OAuthClient, **changes: Any) -> OAuthClient:
    oauth.set_token({**oauth.generate_token("admin", "admin"), **changes})
    return oauth


# -- construction ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [{}, {"client_id": "x"}, {"client_secret": "x"}, {"client_id": "", "client_secret": "x"}]
)
def test_init__wants_id_and_secret(arguments: dict[str, str]) -> None:
    with pytest.raises(InvalidUsage, match="client_id and client_secret"):
        OAuthClient(instance="dev1", **arguments)


@pytest.mark.parametrize("name", ["user", "password", "session"])
def test_init__ignores_with_a_warning(name: str) -> None:
    with pytest.warns(UserWarning, match=name):
        OAuthClient(client_id="x", client_secret="y", instance="dev1", **{name: "string"})


def test_attributes__are_what_programs_read() -> None:
    client = OAuthClient(client_id="x", client_secret="y", instance="dev1")
    assert (client.token, client.session, client.client_id, client.client_secret) == (None, None, "x", "y")
    assert (client.token_updater, client.token_url) == (None, "https://dev1.service-now.com/oauth_token.do")


def test_close__works_before_the_first_resource() -> None:
    with OAuthClient(client_id="x", client_secret="y", instance="dev1") as client:
        client.close()


# -- obtaining ---------------------------------------------------------------------------------------------------------


def test_generate_token__gives_a_plain_dict(oauth: OAuthClient) -> None:
    token = oauth.generate_token("admin", "admin")
    assert type(token) is dict
    assert set(json.loads(json.dumps(token))) >= {
        "access_token", "refresh_token", "scope", "token_type", "expires_in", "expires_at",
    }  # fmt: skip


def test_generate_token__sends_the_documented_form(oauth: OAuthClient, sandbox: Sandbox) -> None:
    oauth.generate_token("admin", "admin")
    entry = sandbox.requests[-1]
    assert (entry.method, entry.path, entry.query) == ("POST", "/oauth_token.do", [])
    assert entry.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert "authorization" not in entry.headers


@pytest.mark.parametrize(("user", "password"), [("admin", "wrong"), ("nobody", "admin"), ("", "")])
def test_generate_token__refused(oauth: OAuthClient, user: str, password: str) -> None:
    with pytest.raises(TokenCreateError) as caught:
        oauth.generate_token(user, password)
    error = caught.value
    assert (error.error, error.description, error.snow_status_code) == (
        "Error creating user token",
        "access_denied",
        401,
    )


def test_generate_token__with_a_wrong_client_secret(sandbox: Sandbox) -> None:
    client = OAuthClient(client_id="sandbox", client_secret="wrong", instance=sandbox.url)
    with pytest.raises(TokenCreateError):
        client.generate_token("admin", "admin")


def test_generate_token__from_nobody_is_a_transport_error() -> None:
    client = OAuthClient(client_id="x", client_secret="y", instance="http://127.0.0.1:9", retry=None)
    with pytest.raises(TransportError) as caught:
        client.generate_token("admin", "canary-7f3a")
    assert "canary" not in repr(caught.value)


def test_generate_token__does_not_use_it_yet(oauth: OAuthClient) -> None:
    oauth.generate_token("admin", "admin")
    assert oauth.token is None


# -- using -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call", [lambda c: c.resource("/table/incident"), lambda c: c.query("incident"), lambda c: c.insert("incident", {})]
)
def test_token__is_wanted_first(oauth: OAuthClient, call) -> None:
    with pytest.raises(MissingToken):
        call(oauth)


def test_set_token__and_read(oauth: OAuthClient, sandbox: Sandbox) -> None:
    assert _signed_in(oauth).resource("/table/incident").get(limit=1).one()
    assert sandbox.requests[-1].headers["authorization"].startswith("Bearer")


def test_set_token__takes_one_that_went_through_json(oauth: OAuthClient) -> None:
    oauth.set_token(json.loads(json.dumps(oauth.generate_token("admin", "admin"))))
    assert oauth.resource("/table/incident").get(limit=1).one()


def test_set_token__takes_an_access_token_alone(oauth: OAuthClient) -> None:
    access_token = oauth.generate_token("admin", "admin")["access_token"]
    oauth.set_token({"access_token": access_token})
    assert oauth.resource("/table/incident").get(limit=1).one()


@pytest.mark.parametrize("empty", [None, {}, ""])
def test_set_token__empty_takes_it_away(oauth: OAuthClient, empty: Any) -> None:
    _signed_in(oauth).set_token(empty)
    assert oauth.token is None
    with pytest.raises(MissingToken):
        oauth.resource("/table/incident")


@pytest.mark.parametrize("token", ["text", 5, {"foo": "bar"}, [1]])
def test_set_token__refuses_the_rest(oauth: OAuthClient, token: Any) -> None:
    with pytest.raises(InvalidUsage):
        oauth.set_token(token)


def test_session__stays_the_same_for_all_resources(oauth: OAuthClient) -> None:
    _signed_in(oauth)
    session = oauth.session
    oauth.resource("/table/incident")
    assert oauth.session is session


def test_resource__takes_a_timeout(oauth: OAuthClient) -> None:
    assert _signed_in(oauth).resource("/table/incident", timeout=5)._request._timeout == 5


# -- refreshing --------------------------------------------------------------------------------------------------------


def test_refresh__when_the_token_has_expired(oauth: OAuthClient, sandbox: Sandbox) -> None:
    told: list[dict[str, Any]] = []
    oauth.token_updater = told.append
    _signed_in(oauth, expires_at=0)
    for _ in range(2):
        oauth.resource("/table/incident").get(limit=1).one()
    assert [entry.path for entry in sandbox.requests].count("/oauth_token.do") == 2
    assert oauth.token is not None
    assert [token["access_token"] for token in told] == [oauth.token["access_token"]]
    assert type(told[0]) is dict


def test_refresh__reaches_resources_made_before(oauth: OAuthClient, sandbox: Sandbox) -> None:
    resource = _signed_in(oauth).resource("/table/incident")
    sandbox.oauth.expire_access()
    assert resource.get(limit=1).one()
    assert resource.create({"short_description": "after the token was refused"})["number"]


def test_refresh__sends_nothing_of_the_request(oauth: OAuthClient, sandbox: Sandbox) -> None:
    _signed_in(oauth, expires_at=0).resource("/table/incident").get({"active": True}, limit=1)
    refresh = [entry for entry in sandbox.requests if entry.path == "/oauth_token.do"][-1]
    assert b"sysparm" not in refresh.body
    assert refresh.query == []


def test_refresh__after_a_401_is_tried_once(oauth: OAuthClient, sandbox: Sandbox) -> None:
    resource = _signed_in(oauth, access_token="unknown", refresh_token="unknown").resource("/table/incident")
    with pytest.raises(TokenRefreshError) as caught:
        resource.get(limit=1)
    assert isinstance(caught.value, PysnowException)
    assert [entry.path for entry in sandbox.requests].count("/oauth_token.do") == 2


def test_refresh__without_a_refresh_token_raises_401(oauth: OAuthClient) -> None:
    oauth.set_token({"access_token": "unknown"})
    with pytest.raises(AuthenticationError) as caught:
        oauth.resource("/table/incident").get(limit=1).all()
    assert isinstance(caught.value, requests.HTTPError)


def test_tokens__are_in_no_log(oauth: OAuthClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = oauth.generate_token("admin", "admin")
        oauth.set_token({**token, "expires_at": 0})
        oauth.resource("/table/incident").get(limit=1).one()
    secrets = {token["access_token"], token["refresh_token"], str(oauth.token and oauth.token["access_token"])}
    assert "(TOKEN_CREATE) ::" in caplog.text
    assert not [secret for secret in secrets if secret in caplog.text]
    assert token["access_token"] not in repr(oauth) + str(vars(oauth))


def test_copy__has_a_token_of_its_own(oauth: OAuthClient) -> None:
    oauth.set_token({"access_token": "alice"})
    twin = copy.copy(oauth)
    twin.set_token({"access_token": "bob"})
    assert (oauth.token, twin.token) == ({"access_token": "alice"}, {"access_token": "bob"})
    twin.set_token(None)
    assert oauth.token == {"access_token": "alice"}


def test_refused_refresh__shows_no_token_in_its_traceback(oauth: OAuthClient) -> None:
    oauth.set_token({"access_token": "canary-a", "refresh_token": "canary-r", "expires_at": 0})
    with pytest.raises(TokenRefreshError) as caught:
        oauth.resource("/table/incident").get()
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in "".join(frames.format())


def test_refused_token__shows_nothing_of_it_in_its_traceback(oauth: OAuthClient) -> None:
    with pytest.raises(InvalidUsage) as caught:
        oauth.set_token({"access_token": "canary a", "refresh_token": "canary-r"})
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in "".join(frames.format()).partition("oauth_client.py")[2].partition("oauth_client.py")[2]


def test_refused_construction__shows_no_secret_in_its_traceback() -> None:
    with pytest.raises(InvalidUsage) as caught:
        OAuthClient("id", SECRET, instance="https://")
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in "".join(frames.format())


# -- keeping -----------------------------------------------------------------------------------------------------------


def _stored(sandbox: Sandbox, store: TokenStore, **options: Any) -> OAuthClient:
    return OAuthClient("sandbox", "sandbox", instance=sandbox.url, store=store, **options)


def test_store__holds_what_was_set(oauth: OAuthClient, sandbox: Sandbox, tmp_path: Path) -> None:
    _stored(sandbox, FileTokenStore(tmp_path / "token")).set_token(oauth.generate_token("admin", "admin"))
    client = _stored(sandbox, FileTokenStore(tmp_path / "token"))
    assert client.resource("/table/incident").get(limit=1).one()


def test_store__shares_a_refresh_between_clients(oauth: OAuthClient, sandbox: Sandbox) -> None:
    store, told = MemoryTokenStore(), []
    clients = [_stored(sandbox, store, token_updater=told.append) for _ in range(3)]
    clients[0].set_token({**oauth.generate_token("admin", "admin"), "expires_at": 0})
    for client in clients:
        assert client.resource("/table/incident").get(limit=1).one()
    assert len(told) == 1


def test_store__is_emptied_by_setting_none(oauth: OAuthClient, sandbox: Sandbox) -> None:
    store = MemoryTokenStore()
    client = _stored(sandbox, store)
    client.set_token(oauth.generate_token("admin", "admin"))
    client.set_token(None)
    assert store.load() is None


def test_from_token__is_used_at_once(oauth: OAuthClient, sandbox: Sandbox) -> None:
    told: list[dict[str, Any]] = []
    token = {**oauth.generate_token("admin", "admin"), "expires_at": 0}
    client = OAuthClient.from_token(token, "sandbox", "sandbox", on_update=told.append, instance=sandbox.url)
    assert client.resource("/table/incident").get(limit=1).one()
    assert told == [client.token]


@pytest.mark.parametrize("rotation", ["true", "false"])
def test_threads__of_resources_made_before_make_one_refresh(
    oauth: OAuthClient, sandbox: Sandbox, rotation: str
) -> None:
    row = next(row for row in sandbox.table("oauth_entity").rows if row["client_id"] == "sandbox")
    values = {"refresh_token_rotation": rotation}
    sandbox.instance.update("oauth_entity", row["sys_id"] or "", values, sandbox.instance.system)
    _signed_in(oauth, expires_at=0)
    tables = [oauth.resource("/table/incident") for _ in range(32)]
    start = threading.Barrier(32)

    def read(table: Resource) -> str:
        start.wait()
        return str(table.get(limit=1).one()["number"])

    with ThreadPoolExecutor(32) as pool:
        numbers = list(pool.map(read, tables))
    calls = [entry.path for entry in sandbox.requests].count("/oauth_token.do")
    assert (len(numbers), len(set(numbers)), calls) == (32, 1, 2)
