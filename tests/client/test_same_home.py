"""Records and references that belong elsewhere: to another instance, or to a table that has none of their records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pysnow import Client, InvalidUsage, Record, Schema
from pysnow.sandbox import Sandbox
from pysnow.table import Table

CALLS: dict[str, Callable[[Table, Any], Any]] = {
    "get": lambda table, meant: table.get(meant),
    "get_by_id": lambda table, meant: table.get_by_id(meant),
    "update": lambda table, meant: table.update(meant, {"short_description": "y"}),
    "delete": lambda table, meant: table.delete(meant),
}
MANY: dict[str, Callable[[Table, Any], Any]] = {
    "update_many": lambda table, meant: table.update_many([meant]).raise_for_failures(),
    "delete_many": lambda table, meant: table.delete_many([meant]).raise_for_failures(),
}


@pytest.fixture
def other() -> Iterator[Client]:
    """A client of another instance, with the same records."""
    with Sandbox() as sandbox, Client(instance=sandbox.url, user="admin", password="admin") as client:
        yield client


@pytest.fixture
def made(client: Client) -> str:
    return str(client.table("incident").create({"short_description": "x"})["sys_id"])


def _link(address: str, table: str, sys_id: str) -> dict[str, str]:
    return {"link": f"{address}/api/now/table/{table}/{sys_id}", "value": sys_id}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "address", ["https://other.service-now.com", "{}@evil.example", "{}.evil.example", "http://127.0.0.1:1"]
)
def test_reference__of_another_instance__is_refused(
    client: Client, sandbox: Sandbox, made: str, call: str, address: str
) -> None:
    sandbox.requests.clear()
    with pytest.raises(InvalidUsage, match="another instance"):
        CALLS[call](client.table("incident"), _link(address.format(sandbox.url), "incident", made))
    assert not sandbox.requests


@pytest.mark.parametrize("call", CALLS | MANY)
def test_record__of_another_instance__is_refused(
    client: Client, other: Client, sandbox: Sandbox, made: str, call: str
) -> None:
    record = Record({"sys_id": made}, other.table("incident"))
    record["urgency"] = "1"
    with pytest.raises(Exception, match="another instance"):
        (CALLS | MANY)[call](client.table("incident"), record)
    assert not [entry for entry in sandbox.requests if entry.method in ("PUT", "DELETE")]


def test_record__of_another_instance__is_no_value(client: Client, other: Client, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="another instance"):
        client.table("incident").create({"caller_id": Record({"sys_id": "1" * 32}, other.table("sys_user"))})
    assert not sandbox.requests


@pytest.mark.parametrize("call", CALLS)
def test_reference__to_another_table__is_refused(client: Client, sandbox: Sandbox, made: str, call: str) -> None:
    with pytest.raises(InvalidUsage, match="a record of cmdb_ci, and none of incident"):
        CALLS[call](client.table("incident"), _link(sandbox.url, "cmdb_ci", made))


@pytest.mark.parametrize("table", ["task", "incident", "u_unknown"])
def test_reference__to_a_table_that_may_hold_it__is_taken(
    client: Client, sandbox: Sandbox, made: str, table: str
) -> None:
    client.table("incident").delete(_link(sandbox.url, table, made))
    assert client.table("incident").get_by_id(made, default=None) is None


def test_record__of_the_base_table__is_taken(client: Client, made: str) -> None:
    client.table("incident").delete(client.table("task").get_by_id(made))
    assert client.table("incident").get_by_id(made, default=None) is None


def test_reference__by_the_schema_of_the_client(sandbox: Sandbox, made: str) -> None:
    schema = Schema({"tables": {"u_thing": {}, "incident": {}}})
    with (
        Client(instance=sandbox.url, user="admin", password="admin", schema=schema) as client,
        pytest.raises(InvalidUsage, match="a record of u_thing"),
    ):
        client.table("incident").delete(_link(sandbox.url, "u_thing", made))


def test_reference__that_names_two_records__is_refused(client: Client, sandbox: Sandbox, made: str) -> None:
    reference = {**_link(sandbox.url, "incident", "f" * 32), "value": made}
    with pytest.raises(InvalidUsage, match="names the record"):
        client.table("incident").delete(reference)


def test_record__of_another_client_of_the_instance__is_taken(client: Client, sandbox: Sandbox, made: str) -> None:
    with Client(instance=sandbox.url, user="admin", password="admin") as twin:
        client.table("incident").delete(twin.table("incident").get_by_id(made))
    assert client.table("incident").get_by_id(made, default=None) is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_classic_delete__of_another_instance__is_refused(client: Client, sandbox: Sandbox, made: str) -> None:
    query = _link("https://other.service-now.com", "incident", made)
    with pytest.raises(InvalidUsage, match="another instance"):
        client.query("incident", query=query).delete()
    assert not [entry for entry in sandbox.requests if entry.method == "DELETE"]
