"""Who is calling, and what they may do."""

from __future__ import annotations

from typing import Any

import pytest

from pysnow import Client, InvalidUsage, MultipleResults, NoResults
from pysnow.sandbox import Sandbox
from tests.unit.canned_server import CannedServer, http


def signed_in(sandbox: Sandbox, user: str) -> Client:
    return Client(instance=sandbox.url, user=user, password=user)


def test_whoami__tells_the_user(client: Client) -> None:
    me = client.whoami()
    assert (me.user_name, me.name, me.time_zone) == ("admin", "System Administrator", "US/Pacific")
    assert me.roles is not None
    assert "admin" in me.roles


def test_whoami__is_asked_once(client: Client, sandbox: Sandbox) -> None:
    client.whoami()
    before = len(sandbox.requests)
    client.whoami()
    assert len(sandbox.requests) == before


def test_whoami__asks_by_the_running_user(client: Client, sandbox: Sandbox) -> None:
    client.parameters.add_custom({"sysparm_query": "user_name=itil"})
    client.whoami()
    assert dict(sandbox.requests[0].query)["sysparm_query"] == "sys_id=javascript:gs.getUserID()"


def test_whoami__without_roles_to_read_says_none(sandbox: Sandbox) -> None:
    assert signed_in(sandbox, "employee").whoami().roles is None


@pytest.mark.parametrize(
    ("rows", "error"), [(b"[]", NoResults), (b'[{"sys_id":"1"},{"sys_id":"2"}]', MultipleResults), (b"[{}]", NoResults)]
)
def test_whoami__is_never_just_some_row(rows: bytes, error: type[Exception]) -> None:
    with CannedServer(http(b'{"result":%b}' % rows)) as server, pytest.raises(error):
        Client(instance=server.url, user="a", password="b").whoami()


@pytest.mark.parametrize(
    ("user", "role", "has"),
    [("admin", "anything", True), ("itil", "itil", True), ("itil", "admin", False), ("employee", "itil", False)],
)
def test_has_role__is_what_the_instance_says(sandbox: Sandbox, user: str, role: str, has: bool) -> None:
    assert signed_in(sandbox, user).has_role(role) is has


def test_has_role__is_asked_once(client: Client, sandbox: Sandbox) -> None:
    assert [client.has_role("itil"), client.has_role("itil")] == [True, True]
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("role", ["", "it'il", "a b", None, 5])
def test_has_role__refuses_what_is_no_name(client: Client, role: Any) -> None:
    with pytest.raises(InvalidUsage, match="role"):
        client.has_role(role)


def test_can__read_what_shows(client: Client) -> None:
    assert client.can("incident", "read").allowed is True


def test_can__read_of_hidden_rows_is_open(sandbox: Sandbox) -> None:
    assert signed_in(sandbox, "employee").can("sys_dictionary", "read").allowed is None


@pytest.mark.parametrize("operation", ["create", "write", "delete"])
def test_can__of_an_administrator(client: Client, operation: Any) -> None:
    verdict = client.can("incident", operation)
    assert (bool(verdict), "administrator" in verdict.because) == (True, True)


def test_can__nobody_knows_without_the_rules(sandbox: Sandbox) -> None:
    verdict = signed_in(sandbox, "itil").can("incident", "write")
    assert (verdict.allowed, bool(verdict)) == (None, False)


def test_can__changes_nothing(client: Client, sandbox: Sandbox) -> None:
    for operation in ("read", "create", "write", "delete"):
        client.can("incident", operation)  # type: ignore[arg-type]
    assert {request.method for request in sandbox.requests} == {"GET"}


@pytest.mark.parametrize(("table", "operation"), [("incident", "update"), ("in cident", "read")])
def test_can__refuses_what_it_does_not_know(client: Client, table: str, operation: Any) -> None:
    with pytest.raises(InvalidUsage):
        client.can(table, operation)


@pytest.mark.parametrize(
    ("instance", "name"),
    [
        ("dev12345", "dev12345"),
        ("https://dev12345.service-now.com", "dev12345"),
        ("https://help.example.com", "help"),
        ("http://127.0.0.1:8080", "127.0.0.1"),
    ],
)
def test_instance_name__is_the_first_label_of_the_host(instance: str, name: str) -> None:
    assert Client(instance=instance, user="a", password="b").instance_name == name


def test_instance_name__may_be_an_attribute_of_a_programs_own_client() -> None:
    client = Client(instance="dev12345", user="a", password="b")
    client.instance_name = "production"
    assert client.instance_name == "production"


def test_build__is_what_the_properties_say(client: Client) -> None:
    build = client.build()
    assert (build.name, build.tag) == ("Zurich", "glide-zurich-07-01-2025__patch4-11-19-2025")


def test_build__is_asked_once(client: Client, sandbox: Sandbox) -> None:
    assert client.build() is client.build()
    assert len(sandbox.requests) == 1


def test_build__is_asked_anew_when_somebody_else_calls(client: Client) -> None:
    """This one may not read the properties."""
    client.build()
    client.auth = ("itil", "itil")
    with pytest.raises(NoResults, match="may not see"):
        client.build()


@pytest.mark.parametrize(
    "rows", [b"[]", b'[{"name":"glide.ui.x","value":"y"}]', b'[{"name":"glide.buildname","value":""}]']
)
def test_build__that_may_not_be_seen_is_an_error(rows: bytes) -> None:
    with CannedServer(http(b'{"result":%b}' % rows)) as server, pytest.raises(NoResults, match="may not see"):
        Client(instance=server.url, user="a", password="b").build()
