"""What a client does that only reads, when it is asked to write many records, or what a write would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pysnow import Client, InvalidUsage
from pysnow.sandbox import Sandbox


@pytest.fixture
def reader(sandbox: Sandbox) -> Iterator[Client]:
    with Client(instance=sandbox.url, user="admin", password="admin", read_only=True) as client:
        yield client


def _batch(client: Client) -> None:
    with client.batch() as batch:
        batch.delete("incident", "f" * 32)


WRITES: dict[str, tuple[str, Callable[[Client], Any]]] = {
    "create_many": ("create", lambda client: client.table("incident").create_many([{"urgency": "1"}])),
    "update_many": ("update", lambda client: client.table("incident").update_many([{"sys_id": "1", "urgency": "1"}])),
    "update_many by query": (
        "update",
        lambda client: client.table("incident").update_many({"active": "true"}, {"urgency": "1"}, expect=1),
    ),
    "delete_many": ("delete", lambda client: client.table("incident").delete_many(["f" * 32])),
    "delete_many of an iterator": ("delete", lambda client: client.table("incident").delete_many(iter(["f" * 32]))),
    "upsert": ("upsert", lambda client: client.table("incident").upsert({"correlation_id": "x"})),
    "import of a row": ("create", lambda client: client.import_set("u_imp_user").insert({"u_name": "x"})),
    "import of rows": ("create", lambda client: client.import_set("u_imp_user").insert([{"u_name": "x"}])),
    "batch": ("delete", _batch),
}


@pytest.mark.parametrize("write", WRITES)
def test_read_only__raises_before_anything_is_sent(reader: Client, sandbox: Sandbox, write: str) -> None:
    operation, call = WRITES[write]
    with pytest.raises(InvalidUsage, match=f"read-only.*: {operation} was not begun"):
        call(reader)
    assert not sandbox.requests


def test_read_only__batches_may_read(reader: Client, client: Client) -> None:
    made = client.table("incident").create({"short_description": "x"})
    with reader.batch() as batch:
        batch.get("incident", made["sys_id"])
    assert batch.outcomes[0].ok


PLANS: dict[str, Callable[[Client, str], Any]] = {
    "create": lambda client, key: client.table("incident").create({"urgency": "1"}, dry_run=True),
    "create with a key": lambda client, key: client.table("incident").create({"urgency": "1"}, key="a", dry_run=True),
    "update": lambda client, key: client.table("incident").update(key, {"urgency": "1"}, dry_run=True),
    "update by query": lambda client, key: client.table("incident").update(
        {"sys_id": key, "active": "true"}, {"urgency": "1"}, dry_run=True
    ),
    "delete": lambda client, key: client.table("incident").delete(key, dry_run=True),
    "upsert": lambda client, key: client.table("incident").upsert(
        {"sys_id": key, "urgency": "1"}, key="sys_id", dry_run=True
    ),
    "create_many": lambda client, key: client.table("incident").create_many([{"urgency": "1"}], dry_run=True)[0],
    "update_many": lambda client, key: client.table("incident").update_many(
        [{"sys_id": key, "urgency": "1"}], dry_run=True
    )[0],
    "delete_many": lambda client, key: client.table("incident").delete_many([key], dry_run=True)[0],
}


@pytest.mark.parametrize("plan", PLANS)
def test_read_only__dry_runs_are_allowed(reader: Client, client: Client, plan: str) -> None:
    made = client.table("incident").create({"urgency": "3"})
    assert PLANS[plan](reader, made["sys_id"]).action == plan.split("_")[0].split()[0].replace("upsert", "update") + "d"
