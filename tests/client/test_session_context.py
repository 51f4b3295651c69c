"""Application and update set of the caller, as the preferences of the user say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, IncompleteResult, MultipleResults, QueryIgnored
from pysnow.sandbox import Sandbox
from pysnow.session_context import Application, UpdateSet, read_context

if TYPE_CHECKING:
    from pysnow.response import Response
    from pysnow.table import Table

Prefer = Callable[[str, str], object]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An instance without demo data."""
    with Sandbox(seed=False) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """The administrator."""
    with Client(instance=sandbox.url, user="admin", password="admin", retry=None) as client:
        yield client


@pytest.fixture
def prefer(client: Client) -> Prefer:
    """Sets a preference of the caller."""
    user = client.whoami().sys_id
    return lambda name, value: client.table("sys_user_preference").create({"user": user, "name": name, "value": value})


@pytest.fixture
def application(client: Client) -> str:
    """An application; its sys_id."""
    values = {"name": "Acme", "scope": "x_acme_app"}
    return str(client.table("sys_scope").create(values)["sys_id"])


def test_context__nothing_chosen(client: Client) -> None:
    context = client.context()
    assert (context.user, context.application, context.update_set) == (client.whoami().sys_id, None, None)


def test_context__application(client: Client, prefer: Prefer, application: str) -> None:
    prefer("apps.current_app", application)
    assert client.context().application == Application(application, "Acme", "x_acme_app")


def test_context__update_set(client: Client, prefer: Prefer, application: str) -> None:
    values = {"name": "Sprint 12", "application": application}
    sys_id = str(client.table("sys_update_set").create(values)["sys_id"])
    prefer("sys_update_set", sys_id)
    assert client.context().update_set == UpdateSet(sys_id, "Sprint 12", "in progress", application)


def test_context__what_is_chosen_is_gone(client: Client, prefer: Prefer) -> None:
    prefer("sys_update_set", "f" * 32)
    assert client.context().update_set == UpdateSet("f" * 32)


def test_context__emptied_preference_is_none(client: Client, prefer: Prefer) -> None:
    prefer("sys_update_set", "")
    assert client.context().update_set is None


def test_context__is_asked_anew(client: Client, prefer: Prefer, application: str) -> None:
    client.context()
    prefer("apps.current_app", application)
    assert client.context().application is not None


def test_context__of_others_does_not_count(sandbox: Sandbox, prefer: Prefer, application: str) -> None:
    prefer("apps.current_app", application)
    sandbox.add_user("other", roles=["admin"])
    with Client(instance=sandbox.url, user="other", password="other") as other:
        assert other.context().application is None


def test_context__parameters_of_the_client_do_not_count(client: Client, prefer: Prefer, application: str) -> None:
    prefer("apps.current_app", application)
    client.parameters.display_value = True
    client.parameters.query = "name=nothing"
    assert client.context().application == Application(application, "Acme", "x_acme_app")


def test_context__two_preferences_of_a_name(client: Client, prefer: Prefer, application: str) -> None:
    prefer("apps.current_app", application)
    prefer("apps.current_app", "global")
    with pytest.raises(MultipleResults, match=r"two preferences named apps\.current_app"):
        client.context()


def test_context__hidden_preferences_are_not_none(sandbox: Sandbox, prefer: Prefer, application: str) -> None:
    sandbox.add_user("developer", roles=["itil"])
    with Client(instance=sandbox.url, user="developer", password="developer") as developer:
        values = {"user": developer.whoami().sys_id, "name": "apps.current_app", "value": application}
        developer.table("sys_user_preference").create(values)
        sandbox.deny("sys_user_preference", "read")
        with pytest.raises(IncompleteResult, match="may not be read"):
            developer.context()


def test_context__preferences_of_others_are_refused(client: Client) -> None:
    """An instance drops conditions that it cannot apply; here a table without the column stands in."""
    client.table("sys_user_preference").create({"user": "somebody", "name": "apps.current_app", "value": "global"})
    with pytest.raises(QueryIgnored, match="other users"):
        read_context(lambda name: _Unfiltered(client.table(name)), "f" * 32)  # type: ignore[arg-type,return-value]  # it has get()


class _Unfiltered:
    """A table that drops every condition."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, query: str, **options: Any) -> Response:
        return self._table.get("", **options)


@pytest.mark.parametrize("table", ["sys_scope", "sys_update_set"])
def test_context__row_of_what_is_chosen_is_hidden(sandbox: Sandbox, client: Client, prefer: Prefer, table: str) -> None:
    prefer("apps.current_app", "a" * 32)
    prefer("sys_update_set", "b" * 32)
    with sandbox.fault("forbidden", path=f"*/{table}"):
        context = client.context()
    assert (context.application, context.update_set) == (Application("a" * 32), UpdateSet("b" * 32))
