"""The other ways to sign in that an ``OAuthClient`` has besides a user's password, each against a local instance."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import InvalidUsage, MissingToken, OAuthClient, TokenCreateError
from pysnow.oauth.token_store import MemoryTokenStore
from tests.client.test_login import Person
from tests.client.test_secrets import PASSPHRASE, signer

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

__all__ = ["signer"]  # a fixture

ENABLED = "glide.oauth.inbound.client.credential.grant_type.enabled"


@pytest.fixture
def oauth(sandbox: Sandbox) -> Iterator[OAuthClient]:
    """A client that nobody has signed in with."""
    sandbox.instance.properties[ENABLED] = "true"
    with OAuthClient(client_id="sandbox", client_secret="sandbox", instance=sandbox.url) as client:
        yield client


def _user(client: OAuthClient, sandbox: Sandbox) -> str | None:
    """Read one record; gives who was calling, as the instance saw it."""
    client.table("incident").get(limit=1).one()
    return sandbox.requests[-1].user


def test_client_credentials__calls_as_the_application(oauth: OAuthClient, sandbox: Sandbox) -> None:
    oauth.client_credentials()
    assert _user(oauth, sandbox)


def test_client_credentials__signs_in_again_when_the_token_is_dead(oauth: OAuthClient, sandbox: Sandbox) -> None:
    oauth.client_credentials()
    sandbox.oauth.expire_all()
    assert _user(oauth, sandbox)


def test_client_credentials__that_the_instance_does_not_allow(oauth: OAuthClient, sandbox: Sandbox) -> None:
    sandbox.instance.properties[ENABLED] = "false"
    with pytest.raises(TokenCreateError):
        oauth.client_credentials()
    with pytest.raises(MissingToken):
        oauth.table("incident")


def test_client_credentials__tell_the_updater(oauth: OAuthClient) -> None:
    told: list[dict[str, Any]] = []
    oauth.token_updater = told.append
    oauth.client_credentials()
    assert [token["access_token"] for token in told] == [(oauth.token or {})["access_token"]]


def test_client_credentials__use_what_the_store_holds(oauth: OAuthClient, sandbox: Sandbox) -> None:
    store = MemoryTokenStore()
    for _ in range(2):
        client = OAuthClient(client_id="sandbox", client_secret="sandbox", instance=sandbox.url, store=store)
        client.client_credentials()
    assert [entry.path for entry in sandbox.requests].count("/oauth_token.do") == 1


def test_copy__goes_on_with_the_same_grant(oauth: OAuthClient, sandbox: Sandbox) -> None:
    oauth.client_credentials()
    assert _user(copy.copy(oauth), sandbox)


def test_jwt__calls_as_its_user(sandbox: Sandbox, signer: tuple[str, str]) -> None:
    values = {"name": "Signer", "client_id": "jwt", "client_secret": "secret", "type": "jwt"}
    application = sandbox.add("oauth_entity", values)["sys_id"] or ""
    certificate = sandbox.add("sys_certificate", {"name": "Signer", "pem_certificate": signer[1]})
    sandbox.add("jwt_verifier_map", {"oauth_jwt": application, "kid": "k1", "sys_certificate": certificate["sys_id"]})
    with OAuthClient("jwt", "secret", instance=sandbox.url) as client:
        client.jwt(signer[0].encode(), kid="k1", user="itil", passphrase=PASSPHRASE)
        assert _user(client, sandbox) == "itil"


def test_login__calls_as_who_signed_in(oauth: OAuthClient, sandbox: Sandbox) -> None:
    def browse(address: str) -> None:
        back = Person().sent_back(address)
        threading.Thread(target=requests.get, args=(back,), kwargs={"timeout": 30}).start()

    oauth.login(open_browser=browse, timeout=30)
    assert _user(oauth, sandbox) == "itil"


def test_exchange__calls_as_who_signed_in(oauth: OAuthClient, sandbox: Sandbox) -> None:
    oauth.exchange(Person().sent_back(oauth.authorize_url()))
    assert _user(oauth, sandbox) == "itil"


def test_exchange__of_another_sign_in_is_refused(oauth: OAuthClient) -> None:
    oauth.authorize_url()
    with pytest.raises(InvalidUsage, match="state"):
        oauth.exchange("http://127.0.0.1:8400/callback?code=x&state=forged")


def test_exchange__without_a_sign_in_is_refused(oauth: OAuthClient) -> None:
    with pytest.raises(InvalidUsage, match="authorize_url"):
        oauth.exchange("code")


def test_revoke__ends_the_token_on_the_instance(oauth: OAuthClient, sandbox: Sandbox) -> None:
    token = oauth.generate_token("itil", "itil")
    oauth.set_token(token)
    oauth.revoke()
    assert oauth.token is None
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert requests.get(f"{sandbox.url}/api/now/table/incident", headers=headers, timeout=30).status_code == 401


def test_revoke__makes_new_resources_impossible(oauth: OAuthClient) -> None:
    oauth.set_token(oauth.generate_token("itil", "itil"))
    oauth.revoke()
    with pytest.raises(MissingToken):
        oauth.table("incident")
