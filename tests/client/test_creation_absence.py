"""Whether a table certainly got no record since a moment: any doubt is a no."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pysnow.writing.creation_absence import nothing_created_since
from tests.client.writing import Hands, client_of

if TYPE_CHECKING:
    from pysnow.client import Client
    from pysnow.sandbox import Sandbox
    from pysnow.writing.writes import PendingWrite

PAYLOAD = {"short_description": "mine", "sys_id": "ab" * 16, "correlation_id": "4711"}


@pytest.fixture
def hands() -> Hands:
    return Hands(now=1000.0)


@pytest.fixture
def patient(sandbox: Sandbox, hands: Hands) -> Client:
    return client_of(sandbox, hands)


def _change(client: Client, table: str = "incident") -> PendingWrite:
    return client.table(table)._change("create", None, None, ...)


def _tell(client: Client, payload: dict[str, Any] = PAYLOAD, table: str = "incident") -> bool:
    return nothing_created_since(_change(client, table), payload, sent=940.0)


def test_nothing__since_the_demo_data(patient: Client) -> None:
    assert _tell(patient)


def test_nothing__in_an_empty_table(patient: Client, sandbox: Sandbox) -> None:
    sandbox.create_table("u_empty", columns={"short_description": "string"})
    assert _tell(patient, table="u_empty")


def test_something__of_anybody(patient: Client, sandbox: Sandbox) -> None:
    sandbox.add("incident", {"short_description": "of somebody else"})
    assert not _tell(patient)


def test_something__that_may_not_be_read(patient: Client, sandbox: Sandbox) -> None:
    """The count is taken before access rules take rows away."""
    sandbox.deny("incident", "read", where="short_description=hidden", admins_too=True)
    sandbox.add("incident", {"short_description": "hidden"})
    assert not _tell(patient)


def test_something__that_looks_the_same_although_it_is_old(patient: Client, sandbox: Sandbox) -> None:
    """The clock of an instance may stand behind the one that it shows."""
    sandbox.add("incident", {"short_description": "mine", "sys_created_on": _late(sandbox)})
    assert not _tell(patient)


def _late(sandbox: Sandbox) -> str:
    newest = max(str(row["sys_created_on"]) for row in sandbox.table("incident").rows)
    return min(newest, datetime.now(UTC).strftime("%Y-%m-%d 00:00:00"))


@pytest.mark.parametrize("payload", [{}, {"sys_id": "ab" * 16}, {**PAYLOAD, "sys_created_on": "2026-01-01 00:00:00"}])
def test_something__may_be_where_the_payload_says_too_little(patient: Client, payload: dict[str, Any]) -> None:
    assert not _tell(patient, payload)


@pytest.mark.parametrize("column", ["sys_created_on", "short_description"])
def test_something__may_be_where_columns_may_not_be_read(patient: Client, sandbox: Sandbox, column: str) -> None:
    sandbox.deny(f"incident.{column}", "read", admins_too=True)
    assert not _tell(patient)


@pytest.mark.parametrize(
    "fault",
    ["moving-rows", "wrong-count:how=missing", "wrong-count:how=text", "capped-limit:rows=5", "hidden-rows:share=0.5"],
)
def test_something__may_be_where_the_list_is_not_as_it_should_be(patient: Client, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault):
        assert not _tell(patient)
