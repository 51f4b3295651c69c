"""Tables that a client is kept from writing to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, InvalidUsage, PysnowException

if TYPE_CHECKING:
    from collections.abc import Callable

    from pysnow.sandbox import Sandbox

LAMP = {"short_description": "Lamp"}


@pytest.fixture
def guarded(client: Client) -> Client:
    client.guards.protect("sys_hub_*", "problem")
    return client


def changes(sandbox: Sandbox) -> list[str]:
    return [entry.method for entry in sandbox.requests if entry.method != "GET"]


WRITES: dict[str, Callable[[Client], Any]] = {
    "create": lambda client: client.table("problem").create(LAMP),
    "create by a key": lambda client: client.table("problem").create(LAMP, key="lamp"),
    "upsert": lambda client: client.table("problem").upsert({"correlation_id": "lamp"}),
    "update": lambda client: client.table("problem").update("0" * 32, LAMP),
    "delete": lambda client: client.table("problem").delete("0" * 32),
    "flow": lambda client: client.table("sys_hub_flow").create(LAMP),
    "capitals": lambda client: client.post("table/PROBLEM", json=LAMP),
    "another version": lambda client: client.post("/api/now/v2/table/problem", json=LAMP),
    "escaped": lambda client: client.post("/api/now/table/%70roblem", json=LAMP),
    "form": lambda client: client.post("/problem.do", data="x=1"),
    "import set": lambda client: client.import_set("problem").insert(LAMP, strict=True),
    "override": lambda client: client.get("table/problem", headers={"X-HTTP-Method-Override": "DELETE"}),
    "old interface": lambda client: client.get("/problem.do", params={"JSONv2": "", "sysparm_action": "insert"}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_write__to_a_protected_table_is_refused(guarded: Client, sandbox: Sandbox, write: Any) -> None:
    with pytest.raises(PysnowException, match="is protected"):
        write(guarded)
    assert changes(sandbox) == []


def test_write__refused_says_how_to_do_it(guarded: Client) -> None:
    with pytest.raises(InvalidUsage, match=r"within client\.guards\.lifted\('problem'\)") as caught:
        guarded.table("problem").create(LAMP)
    assert (caught.value.table, caught.value.committed) == ("problem", False)


def test_batch__with_a_protected_table_sends_nothing(guarded: Client, sandbox: Sandbox) -> None:
    batch = guarded.batch(strict=False)
    batch.create("incident", LAMP)
    batch.create("problem", LAMP)
    batch.send()
    assert [outcome.status for outcome in batch.outcomes] == ["not_executed", "not_executed"]
    assert changes(sandbox) == []


def test_batch__that_reads_a_protected_table_passes(guarded: Client) -> None:
    sys_id = guarded.table("problem").first().sys_id
    with guarded.batch() as batch:
        batch.get("problem", sys_id)
        batch.create("incident", LAMP)
    assert all(outcome.ok for outcome in batch.outcomes)


def test_create_many__of_a_protected_table_says_so_of_each_row(guarded: Client) -> None:
    outcomes = guarded.table("problem").create_many([LAMP, LAMP])
    assert [type(outcome.error) for outcome in outcomes] == [InvalidUsage, InvalidUsage]


def test_reading__of_a_protected_table_passes(guarded: Client) -> None:
    assert guarded.table("problem").get(limit=1).all()


def test_write__to_another_table_passes(guarded: Client) -> None:
    assert guarded.table("incident").create(LAMP)["short_description"] == "Lamp"


def test_guards__are_off_by_default(client: Client) -> None:
    assert client.guards.protected == ()


def test_lifted__lets_a_write_pass(guarded: Client) -> None:
    with guarded.guards.lifted("problem"):
        assert guarded.table("problem").create(LAMP)["short_description"] == "Lamp"


def test_lifted__ends_with_the_block(guarded: Client) -> None:
    with guarded.guards.lifted("problem"), guarded.guards.lifted("problem"):
        pass
    with pytest.raises(InvalidUsage):
        guarded.table("problem").create(LAMP)


def test_lifted__within_lifted_stays_lifted(guarded: Client) -> None:
    with guarded.guards.lifted("problem"):
        with guarded.guards.lifted("problem"):
            pass
        assert guarded.table("problem").create(LAMP)


def test_lifted__of_other_tables_is_no_permission(guarded: Client) -> None:
    with guarded.guards.lifted("sys_hub_*"), pytest.raises(InvalidUsage):
        guarded.table("problem").create(LAMP)


@pytest.mark.parametrize("names", [(), ("",), ("*",), ("a b",), (1,), ("sys_*_flow",), (["problem"],)])
def test_protect__of_no_names_is_refused(client: Client, names: Any) -> None:
    with pytest.raises(InvalidUsage):
        client.guards.protect(*names)


def test_read_only__holds_beside_them(sandbox: Sandbox) -> None:
    with Client(instance=sandbox.url, user="admin", password="admin", read_only=True) as client:
        client.guards.protect("problem")
        with client.guards.lifted("problem"), pytest.raises(InvalidUsage, match="read-only"):
            client.table("problem").create(LAMP)
