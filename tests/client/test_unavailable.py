"""What stands in for an instance that is not to be had, caught by one name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysnow import (
    Client,
    HibernationRedirect,
    HTMLResponse,
    InstanceHibernating,
    InstanceUnavailable,
    LoginPage,
    OAuthClient,
    PasswordGrant,
    ProxyPage,
    TokenCreateError,
    TokenEndpointUnavailable,
    TokenRefreshError,
    UnexpectedRedirect,
)
from pysnow.sandbox import Sandbox

OUTAGES = [
    "maintenance-page",
    "maintenance-page:status=503",
    "hibernating-page",
    "proxy-page",
    "proxy-page:status=502",
    "login-page",
    "redirect",
    "drop-before",
    "server-error:status=503",
    "server-error:status=504,html=true",
]


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Client]:
    """Asks once, so that no test waits for what does not come."""
    with Client(instance=sandbox.url, user="admin", password="admin", retry=None) as client:
        yield client


def _signing_in(sandbox: Sandbox) -> Client:
    return Client(instance=sandbox.url, auth=PasswordGrant("sandbox", "sandbox", "itil", "itil"), retry=None)


@pytest.mark.parametrize("fault", OUTAGES)
def test_read__of_an_instance_that_is_not_there(caller: Client, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault), pytest.raises(InstanceUnavailable):
        caller.table("incident").get(limit=1).all()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("hibernating-page", InstanceHibernating),
        ("proxy-page", ProxyPage),
        ("login-page", LoginPage),
        ("maintenance-page", HTMLResponse),
    ],
)
def test_read__names_the_page_that_came_instead(caller: Client, sandbox: Sandbox, fault: str, kind: type) -> None:
    with sandbox.fault(fault), pytest.raises(HTMLResponse) as caught:
        caller.table("incident").get(limit=1).all()
    assert type(caught.value) is kind


@pytest.mark.parametrize("fault", OUTAGES)
def test_create__in_an_instance_that_is_not_there(caller: Client, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault), pytest.raises(InstanceUnavailable):
        caller.table("incident").create({"short_description": "a"})


@pytest.mark.parametrize("fault", OUTAGES)
def test_sign_in__to_an_instance_that_is_not_there(sandbox: Sandbox, fault: str) -> None:
    with _signing_in(sandbox) as client, sandbox.fault(fault), pytest.raises(InstanceUnavailable):
        client.table("incident").get(limit=1).all()


def test_sign_in__error_of_an_outage_is_caught_by_the_old_name(sandbox: Sandbox) -> None:
    client = OAuthClient("sandbox", "sandbox", instance=sandbox.url, retry=None)
    with sandbox.fault("server-error:status=503"), pytest.raises(TokenCreateError, match="status 503"):
        client.generate_token("itil", "itil")


def test_refresh__error_of_an_outage_is_caught_by_the_old_name(sandbox: Sandbox) -> None:
    with _signing_in(sandbox) as client:
        client.table("incident").get(limit=1).all()
        sandbox.oauth.expire_access()
        with sandbox.fault("maintenance-page", operation="refresh"), pytest.raises(TokenRefreshError):
            client.table("incident").get(limit=1).all()


def test_sign_in__that_is_refused_is_no_outage(sandbox: Sandbox) -> None:
    auth = PasswordGrant("sandbox", "sandbox", "itil", "wrong")
    with Client(instance=sandbox.url, auth=auth) as client, pytest.raises(TokenCreateError) as caught:
        client.table("incident").get(limit=1).all()
    assert not isinstance(caught.value, TokenEndpointUnavailable)


@pytest.mark.parametrize("kind", [HibernationRedirect, InstanceHibernating, UnexpectedRedirect])
def test_read__of_an_instance_that_redirects_to_the_developer_site(
    caller: Client, sandbox: Sandbox, kind: type[Exception]
) -> None:
    with sandbox.fault("redirect"), pytest.raises(kind, match="sleeps"):
        caller.table("incident").get(limit=1).all()
