"""Rows whose write brought an error: their status follows what is known of the change, and nobody waits for ever."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import AuthenticationError, Client, DeadlineExceeded
from tests.client.writing import Answering, AnsweringParts, Hands, client_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

PAGE = "text/html"
REFUSED = (
    '{"error":{"message":"User Not Authenticated","detail":"Required to provide Auth information"},"status":"failure"}'
)
NO_BATCHES = Answering(403, '{"error":{"message":"Operation Failed","detail":"No batches"},"status":"failure"}')
PLAIN_REFUSALS = [
    *(Answering(status, "", commit=True, location="/x") for status in (301, 302, 307, 308)),
    Answering(302, "", commit=True, location="/login.do"),
    Answering(304, "", commit=True),
    *(Answering(status, "<html>no</html>", PAGE, commit=True) for status in (400, 401, 403, 404, 405, 413)),
    *(Answering(status, "", commit=True) for status in (400, 403, 404, 406, 409, 413, 414, 415, 418)),
    Answering(403, '{"message":"no"}', commit=True),
]
"""Refusals, of something in front of the instance, of changes that were made."""


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def incidents(sandbox: Sandbox, hands: Hands) -> Table:
    return client_of(sandbox, hands).table("incident")


@pytest.fixture
def alone(sandbox: Sandbox, incidents: Table) -> Iterator[Table]:
    """The table, of a user who may not use the Batch API, so that rows go by themselves."""
    with sandbox.fault(NO_BATCHES, operation="batch"):
        yield incidents


@pytest.fixture
def sys_id(sandbox: Sandbox) -> str:
    """A record of the test's own."""
    return str(sandbox.add("incident", {"short_description": "before"})["sys_id"])


def rows(count: int) -> list[dict[str, Any]]:
    return [{"short_description": "many"} for _ in range(count)]


def doubt_of(outcome: Any) -> tuple[str, bool | None]:
    return outcome.status, outcome.error.committed


# -- the status --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", PLAIN_REFUSALS, ids=repr)
def test_create_many__made_and_then_refused__is_unknown(alone: Table, sandbox: Sandbox, fault: Answering) -> None:
    with sandbox.fault(fault, method="POST", path="/api/now/table/incident"):
        outcomes = alone.create_many(rows(1), idempotency="none")
    assert (*doubt_of(outcomes[0]), len(rows_of(sandbox, "many"))) == ("unknown", None, 1)


@pytest.mark.parametrize("fault", PLAIN_REFUSALS, ids=repr)
def test_update_many__made_and_then_refused__is_unknown(
    alone: Table, sandbox: Sandbox, sys_id: str, fault: Answering
) -> None:
    with sandbox.fault(fault, method="PUT"):
        outcomes = alone.update_many([{"sys_id": sys_id, "work_notes": "once"}])
    assert doubt_of(outcomes[0]) == ("unknown", None)


@pytest.mark.parametrize("fault", PLAIN_REFUSALS, ids=repr)
def test_delete_many__made_and_then_refused__is_unknown(
    alone: Table, sandbox: Sandbox, sys_id: str, fault: Answering
) -> None:
    with sandbox.fault(fault, method="DELETE"):
        outcomes = alone.delete_many([sys_id])
    assert doubt_of(outcomes[0]) == ("unknown", None)


def test_create_many__made_and_then_redirected__is_found(alone: Table, sandbox: Sandbox) -> None:
    with sandbox.fault(Answering(308, "", location="/x", commit=True), method="POST", path="/api/now/table/incident"):
        outcomes = alone.create_many(rows(1))
    assert [row["sys_id"] for row in rows_of(sandbox, "many")] == [outcomes[0].sys_id]


def test_batch__made_and_then_redirected__is_unknown(sandbox: Sandbox, hands: Hands, sys_id: str) -> None:
    redirect = Answering(308, "", location="/x", commit=True)
    batch = client_of(sandbox, hands).batch()
    batch.delete("incident", sys_id)
    with sandbox.fault(NO_BATCHES, operation="batch"), sandbox.fault(redirect, method="DELETE"):
        assert doubt_of(batch.send()[0]) == ("unknown", None)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 409, 418])
def test_update_many__refused_within_a_batch_by_nobody_known__is_unknown(
    incidents: Table, sandbox: Sandbox, sys_id: str, status: int
) -> None:
    with sandbox.fault(AnsweringParts(status, "<html>no</html>"), operation="batch"):
        outcomes = incidents.update_many([{"sys_id": sys_id, "short_description": "after"}])
    assert doubt_of(outcomes[0]) == ("unknown", None)


def test_update_many__of_no_record__has_failed_for_certain(incidents: Table) -> None:
    outcomes = incidents.update_many([{"sys_id": "0" * 32, "short_description": "after"}])
    assert doubt_of(outcomes[0]) == ("failed", False)


def test_create__a_page_with_status_401__leaves_open_what_was_done(incidents: Table, sandbox: Sandbox) -> None:
    page = Answering(401, "<html>no</html>", PAGE, commit=True)
    with sandbox.fault(page, method="POST"), pytest.raises(AuthenticationError) as caught:
        incidents.create({"short_description": "many"})
    assert (caught.value.committed, len(rows_of(sandbox, "many"))) == (None, 1)


def test_create__refused_for_its_credentials_by_the_platform__has_done_nothing(
    incidents: Table, sandbox: Sandbox
) -> None:
    with sandbox.fault(Answering(401, REFUSED), method="POST"), pytest.raises(AuthenticationError) as caught:
        incidents.create({"short_description": "many"})
    assert caught.value.committed is False


def test_create_many__a_page_with_status_401__is_of_all_rows(incidents: Table, sandbox: Sandbox) -> None:
    with sandbox.fault(Answering(401, "<html>no</html>", PAGE, commit=True), operation="batch"):
        outcomes = incidents.create_many(rows(100), batch_size=50, workers=1)
    found = [doubt_of(outcome) for outcome in outcomes]
    assert (found[:50], found[50:]) == ([("unknown", None)] * 50, [("not_executed", False)] * 50)
    assert len(sandbox.requests) == 1


# -- silence -----------------------------------------------------------------------------------------------------------


def test_create_many__of_a_silent_instance__is_given_up(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", deadline=0.2)
    with sandbox.fault("hang-before:seconds=1"):
        outcomes = client.table("incident").create_many(rows(20), batch_size=5, workers=1)
    found = [doubt_of(outcome) for outcome in outcomes]
    assert (found[:5], found[5:]) == ([("unknown", None)] * 5, [("not_executed", False)] * 15)


def test_create_many__of_a_silent_instance__one_by_one__is_given_up(alone: Table, sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", deadline=0.2)
    with sandbox.fault("hang-before:seconds=1", method="POST", path="/api/now/table/incident"):
        outcomes = client.table("incident").create_many(rows(6), idempotency="none", workers=1)
    assert [outcome.status for outcome in outcomes] == ["unknown"] * 2 + ["not_executed"] * 4


def test_create_many__of_a_silent_instance__the_cause_is_told(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", deadline=0.2)
    with sandbox.fault("hang-before:seconds=1"):
        outcomes = client.table("incident").create_many(rows(3), batch_size=1, workers=1, idempotency="none")
    error: Any = outcomes[2].error
    assert isinstance(error.__cause__, DeadlineExceeded)


def test_create_many__one_silence__stops_nothing(incidents: Table, sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", deadline=0.2)
    with sandbox.fault("hang-before:seconds=1", operation="batch", times=1):
        outcomes = client.table("incident").create_many(rows(3), batch_size=1, workers=1, idempotency="none")
    assert [outcome.status for outcome in outcomes] == ["unknown", "done", "done"]


def test_create_many__without_connection__is_given_up(hands: Hands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = Client(instance=f"http://127.0.0.1:{port}", user="admin", password="admin")
    client._clockwork = hands.clockwork
    outcomes = client.table("incident").create_many(rows(100), batch_size=1, workers=1)
    assert [str(each.error).startswith("Not attempted") for each in outcomes] == [False] * 2 + [True] * 98


def test_create_many__what_was_left_open_by_silence__is_looked_for_by_check(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", deadline=0.2)
    table = client.table("incident")
    with sandbox.fault("hang-after:seconds=1", operation="batch"), sandbox.fault("hang-before:seconds=1", method="GET"):
        outcomes = table.create_many(rows(3), workers=1)
    found = outcomes[2].error.check()
    assert found["sys_id"] in {row["sys_id"] for row in rows_of(sandbox, "many")}
