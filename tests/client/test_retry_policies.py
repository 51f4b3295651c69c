"""Policies that count by status, or cool down, as the instance sees them. Nobody waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pysnow import Client, Retry, ServerError
from pysnow.exceptions import RateLimited
from pysnow.sandbox import Sandbox
from pysnow.wire.clockwork import Clockwork


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An instance without demo data."""
    with Sandbox(seed=False) as sandbox:
        yield sandbox


@pytest.fixture
def waits() -> list[float]:
    """Seconds that were waited, as far as the client knows."""
    return []


@pytest.fixture
def patient(sandbox: Sandbox, waits: list[float]) -> Iterator[Callable[[Retry], Client]]:
    """Makes clients that wait in no time."""
    clients: list[Client] = []

    def make(policy: Retry) -> Client:
        client = Client(instance=sandbox.url, user="admin", password="admin", retry=policy, deadline=None)
        client._clockwork = Clockwork(sleep=waits.append, roll=lambda: 1.0)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def test_cooldown__four_requests_and_three_waits(
    sandbox: Sandbox, patient: Callable[[Retry], Client], waits: list[float]
) -> None:
    client = patient(Retry.cooldown(max_http_attempts=4))
    with sandbox.fault("server-error", status=500), pytest.raises(ServerError):
        client.table("incident").get(limit=1).all()
    assert (len(sandbox.requests), waits) == (4, [3.0, 6.0, 12.0])


def test_attempts__four_requests_and_three_waits(
    sandbox: Sandbox, patient: Callable[[Retry], Client], waits: list[float]
) -> None:
    client = patient(Retry(attempts=4))
    with sandbox.fault("server-error", status=500), pytest.raises(ServerError):
        client.table("incident").get(limit=1).all()
    assert (len(sandbox.requests), len(waits)) == (4, 3)


def test_per_status__six_repetitions_after_503(sandbox: Sandbox, patient: Callable[[Retry], Client]) -> None:
    client = patient(Retry(per_status={503: 6}))
    with sandbox.fault("server-error", status=503), pytest.raises(ServerError) as caught:
        client.table("incident").get(limit=1).all()
    assert len(sandbox.requests) == len(caught.value.attempts) == 7


def test_per_status__heals(sandbox: Sandbox, patient: Callable[[Retry], Client]) -> None:
    client = patient(Retry(attempts=1, per_status={503: 6}))
    with sandbox.fault("server-error", status=503, times=6):
        assert client.table("sys_user").get({"user_name": "admin"}, fields=["user_name"]).one()["user_name"] == "admin"


def test_per_status__no_end_but_the_budget(sandbox: Sandbox, patient: Callable[[Retry], Client]) -> None:
    client = patient(Retry(per_status={429: -1}, budget_tokens=50))
    with sandbox.fault("too-many-requests"), pytest.raises(RateLimited):
        client.table("incident").get(limit=1).all()
    assert len(sandbox.requests) == 11


def test_per_status__the_answer_itself_where_nobody_raises(
    sandbox: Sandbox, patient: Callable[[Retry], Client]
) -> None:
    client = patient(Retry(per_status={503: 2}))
    with sandbox.fault("server-error", status=503):
        answer = client.get("table/incident")
    assert (answer.status_code, len(sandbox.requests)) == (503, 3)


def test_per_status__a_change_is_sent_once(sandbox: Sandbox, patient: Callable[[Retry], Client]) -> None:
    client = patient(Retry(per_status={503: 6}))
    with sandbox.fault("server-error", status=503):
        client.post("table/incident", json={})
    assert [entry.method for entry in sandbox.requests] == ["POST"]


def test_per_status__failures_are_counted_apart(sandbox: Sandbox, patient: Callable[[Retry], Client]) -> None:
    client = patient(Retry(attempts=2, per_status={503: 2}))
    for place, status in enumerate((503, 500, 503), 1):
        sandbox.faults.add("server-error", status=status, nth=place, times=1)
    client.table("incident").get(limit=1).all()
    assert [request.status for request in sandbox.requests] == [503, 500, 503, 200]
