"""Calls that are collected and sent together: one outcome each, in order, and none that fails unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, InvalidUsage, PermissionDenied, RecordNotFound, RowsFailed
from tests.client.writing import COMMITTED, NOT_COMMITTED, Hands, client_of, notes_of, row_of, rows_of, sent

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

BODY = {"short_description": "together"}


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return client_of(sandbox, Hands())


@pytest.fixture
def made(client: Client, sandbox: Sandbox) -> str:
    """The sys_id of a record."""
    sys_id = client.table("incident").create(BODY)["sys_id"]
    sandbox.requests.clear()
    return str(sys_id)


def test_batch__with_block__sends_at_its_end(client: Client, sandbox: Sandbox) -> None:
    with client.batch() as batch:
        batch.create("incident", BODY)
        batch.create("problem", BODY)
        assert not sandbox.requests
    assert [len(rows_of(sandbox, "together", table)) for table in ("incident", "problem")] == [1, 1]


def test_batch__of_four_calls__is_one_request(client: Client, sandbox: Sandbox, made: str) -> None:
    with client.batch() as batch:
        batch.create("incident", BODY)
        batch.update("problem", sandbox.table("problem").rows[0]["sys_id"], {"description": "x"})
        batch.delete("incident", made)
        batch.get("sys_user", sandbox.table("sys_user").rows[0]["sys_id"])
    assert [entry.path for entry in sandbox.requests] == ["/api/now/v1/batch"]
    assert [outcome.action for outcome in batch.outcomes] == ["created", "updated", "deleted", "read"]


def test_batch__outcomes__stand_in_the_order_of_the_calls(client: Client, made: str) -> None:
    with client.batch(strict=False) as batch:
        batch.get("incident", "f" * 32)
        batch.update("incident", made, {"urgency": "1"})
        batch.delete("incident", {"sys_id": "e" * 32})
    assert [outcome.status for outcome in batch.outcomes] == ["failed", "done", "failed"]


def test_batch__calls_of_one_record__are_carried_out_one_after_the_other(client: Client, made: str) -> None:
    with client.batch() as batch:
        batch.update("incident", made, {"urgency": "1"})
        batch.get("incident", made, ["urgency"])
        batch.update("incident", made, {"urgency": "2"})
        batch.get("incident", made, ["urgency"])
    assert [outcome.record for outcome in batch.outcomes if outcome.action == "read"] == [
        {"urgency": "1"},
        {"urgency": "2"},
    ]


def test_batch__a_call_that_failed__raises_at_the_end_of_the_block(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(RowsFailed) as caught, client.batch() as batch:  # noqa: PT012  # the block is what raises
        batch.delete("incident", "f" * 32)
        batch.create("incident", BODY)
    assert [outcome.status for outcome in caught.value.outcomes] == ["failed", "done"]
    assert isinstance(caught.value.__cause__, RecordNotFound)


def test_batch__not_strict__leaves_failures_to_the_caller(client: Client) -> None:
    with client.batch(strict=False) as batch:
        batch.delete("incident", "f" * 32)
    assert [type(outcome.error) for outcome in batch.outcomes] == [RecordNotFound]


def test_batch__left_by_an_error__sends_nothing(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(LookupError), client.batch() as batch:  # noqa: PT012
        batch.create("incident", BODY)
        raise LookupError
    assert not sandbox.requests


def test_batch__send__gives_the_outcomes_of_what_waited(client: Client) -> None:
    batch = client.batch()
    batch.create("incident", BODY)
    first = batch.send()
    batch.create("incident", BODY)
    second = batch.send()
    assert (len(first), len(second), len(batch.outcomes), len(batch)) == (1, 1, 2, 0)


def test_batch__without_calls__sends_nothing(client: Client, sandbox: Sandbox) -> None:
    with client.batch():
        pass
    assert not sandbox.requests


@pytest.mark.parametrize("payload", [{"x": object()}, 5, "text", None])
def test_batch__a_payload_that_cannot_be_sent__is_refused_at_the_call(client: Client, payload: Any) -> None:
    with pytest.raises(InvalidUsage):
        client.batch().create("incident", payload)


@pytest.mark.parametrize("sys_id", ["", "../x", "a/b", None, 5, {}])
def test_batch__a_sys_id_that_is_none__is_refused_at_the_call(client: Client, sys_id: Any) -> None:
    with pytest.raises(InvalidUsage):
        client.batch().delete("incident", sys_id)


def test_batch__a_refusal__is_of_its_call_alone(client: Client, sandbox: Sandbox) -> None:
    sandbox.deny("problem", "create", admins_too=True)
    with client.batch(strict=False) as batch:
        batch.create("problem", BODY)
        batch.create("incident", BODY)
    assert [type(outcome.error) for outcome in batch.outcomes] == [PermissionDenied, type(None)]


def test_batch__a_journal_entry__is_added(client: Client, sandbox: Sandbox, made: str) -> None:
    with client.batch() as batch:
        batch.update("incident", made, {"work_notes": "hello"})
    assert notes_of(sandbox, made) == ["hello"]


@pytest.mark.parametrize("fault", [*COMMITTED[:6], *NOT_COMMITTED])
def test_batch__behind_a_lost_answer__does_nothing_twice(
    client: Client, sandbox: Sandbox, made: str, fault: str
) -> None:
    with sandbox.fault(fault, operation="batch", times=1), client.batch(strict=False) as batch:
        batch.create("incident", {"short_description": "lost"}, key="order-1")
        batch.update("incident", made, {"urgency": "1"})
        batch.get("incident", made)
    created, updated, read = batch.outcomes
    assert (len(rows_of(sandbox, "lost")) == 1, (row_of(sandbox, made) or {})["urgency"]) == (created.ok, "1")
    assert (updated.ok, read.ok) == (True, True)


def test_batch__of_more_calls_than_go_together__sends_several(client: Client, sandbox: Sandbox) -> None:
    with client.batch(batch_size=10, workers=3) as batch:
        for number in range(35):
            batch.create("incident", {**BODY, "description": str(number)})
    assert [(outcome.record or {})["description"] for outcome in batch.outcomes] == [str(n) for n in range(35)]
    assert sent(sandbox, "POST") == 4


def test_batch__with_a_key__makes_one_record(client: Client, sandbox: Sandbox) -> None:
    for _ in range(2):
        with client.batch() as batch:
            batch.create("incident", BODY, key="order-1")
    assert (len(rows_of(sandbox, "together")), batch.outcomes[0].action) == (1, "existed")


def test_batch__rows_that_are_read__count_as_those_of_single_reads(client: Client, made: str) -> None:
    users = "GET /api/now/table/sys_user/{sys_id}"
    user = client.table("sys_user").first().sys_id
    client.stats.reset()
    with client.batch(strict=False) as batch:
        batch.get("incident", made)
        batch.get("sys_user", user, ["name"])
        batch.get("sys_user", "f" * 32)
        batch.update("incident", made, {"urgency": "1"})
    assert (client.stats.total.rows, client.stats[users].rows, client.stats.total.calls) == (2, 1, 2)


def test_batch__rows_that_are_read__count_for_those_who_measure(client: Client, made: str) -> None:
    with client.measure() as sent, client.batch() as batch:
        batch.get("incident", made)
    assert (sent.total.rows, sent["POST /api/now/v1/batch"].calls) == (1, 1)
