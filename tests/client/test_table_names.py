"""Which tables an instance has, and what is said of one that it does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pysnow import Client, HTTPStatusError, IncompleteResult, InvalidUsage

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox


def test_tables__like_a_name(client: Client) -> None:
    assert client.tables("incident") == {"incident": "Incident", "incident_task": "Incident Task"}


def test_tables__like_a_label(client: Client) -> None:
    assert client.tables("group member") == {"sys_user_grmember": "Group Member"}


def test_tables__come_in_the_order_of_names(client: Client) -> None:
    names = list(client.tables())
    assert (names, "incident" in names) == (sorted(names), True)


def test_tables__like_nothing_there(client: Client) -> None:
    assert client.tables("no such thing") == {}


def test_tables__text_is_no_query(client: Client) -> None:
    assert client.tables("x^NQactive=true") == {}


def test_tables__refuse_what_is_no_text(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage):
        client.tables(5)  # type: ignore[arg-type]
    assert len(sandbox.requests) == 0


def test_tables__do_without_the_parameters_of_the_client(client: Client) -> None:
    client.parameters.query, client.parameters.fields = "name=problem", ["sys_id"]
    assert client.tables("incident_task") == {"incident_task": "Incident Task"}


@pytest.mark.filterwarnings("ignore::pysnow.IncompleteResultWarning")
def test_tables__hidden_ones_are_no_empty_list(sandbox: Sandbox) -> None:
    with (
        Client(instance=sandbox.url, user="employee", password="employee") as client,
        pytest.raises(IncompleteResult, match="sys_db_object may not be read"),
    ):
        client.tables("incident")


@pytest.mark.parametrize(
    ("name", "meant"), [("incidnt", "'incident'"), ("sys_users", "'sys_user'"), ("CHANGE_REQUESTS", "'change_request'")]
)
def test_unknown_table__names_the_one_that_is_meant(client: Client, name: str, meant: str) -> None:
    with pytest.raises(HTTPStatusError, match=rf"Did you mean {meant}\? client\.tables\(like=") as caught:
        client.table(name).get(limit=1).all()
    assert caught.value.status == 400


def test_unknown_table__with_nothing_near(client: Client) -> None:
    with pytest.raises(HTTPStatusError, match=r"Invalid table u_nope\. client\.tables\(like=\.\.\.\) lists"):
        client.table("u_nope").get(limit=1).all()
