"""Waits of a client that a local instance answers: skipped, counted, and nothing else about it changed."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from pysnow import Client, PysnowException, RateLimited, Retry, ServerError
from pysnow.sandbox import Sandbox
from pysnow.testing import RequestBlocked, intercept
from pysnow.wire.clockwork import CLOCKWORK, Clockwork

HOUR = 3600.0
HOURLY = Retry(base=HOUR, cap=HOUR)
"""Nobody would wait for the end of a test that really waits so long."""


def _patient(instance: str = "dev12345") -> Client:
    return Client(instance=instance, user="admin", password="admin", retry=HOURLY, deadline=None)


def _failed(client: Client) -> PysnowException:
    with pytest.raises(PysnowException) as caught:
        client.table("incident").get(limit=1).all()
    return caught.value


def test_waits__are_skipped(instance: Sandbox) -> None:
    with instance.fault("server-error:status=503"):
        assert isinstance(_failed(_patient()), ServerError)


def test_waits__of_a_client_made_before_are_skipped(early_client: Client, instance: Sandbox) -> None:
    with instance.fault("too-many-requests:retry_after=30"):
        error = _failed(early_client)
    assert [attempt.wait for attempt in error.attempts] == [30, 30, 30, 0]


def test_waits__of_a_client_of_the_listening_instance_are_skipped(bare: Sandbox) -> None:
    bare.start()
    with intercept(bare), bare.fault("server-error:status=503"):
        assert isinstance(_failed(_patient(bare.url)), ServerError)


def test_attempts__are_made_all_the_same(instance: Sandbox) -> None:
    with instance.fault("server-error:status=503"):
        _failed(_patient())
    assert len(instance.requests) == HOURLY.attempts


def test_skipped_time__has_passed(instance: Sandbox) -> None:
    with instance.fault("too-many-requests:retry_after=30"):
        error = _failed(_patient())
    assert error.elapsed is not None
    assert error.elapsed >= 90


def test_deadline__ends_a_call_as_it_would(instance: Sandbox) -> None:
    client = Client(instance="dev12345", user="admin", password="admin", deadline=70)
    with instance.fault("too-many-requests:retry_after=30"):
        error = _failed(client)
    assert isinstance(error, RateLimited)
    assert len(instance.requests) == 3


def test_deadline__of_one_thread_is_not_used_up_by_others(instance: Sandbox) -> None:
    clients = [Client(instance="dev12345", user="admin", password="admin", deadline=100) for _ in range(8)]
    with instance.fault("too-many-requests:retry_after=30"), ThreadPoolExecutor(8) as pool:
        errors = list(pool.map(_failed, clients))
    assert [len(error.attempts) for error in errors] == [4] * 8


def test_client__waits_again_behind_the_block(early_client: Client) -> None:
    with intercept():
        early_client.table("incident").get(limit=1).one()
        assert early_client._transport.clockwork is not CLOCKWORK
    assert early_client._transport.clockwork is CLOCKWORK


def test_client__that_no_local_instance_answers_waits() -> None:
    client = _patient("other")
    with intercept(hosts="dev12345"), contextlib.suppress(RequestBlocked):
        client.table("incident").get(limit=1)
    assert client._transport.clockwork is CLOCKWORK


def test_client__that_another_machine_answers_now_waits() -> None:
    client = _patient("dev12345")
    with intercept(), contextlib.suppress(RequestBlocked):
        client.table("incident").get(limit=1).one()
        with intercept(hosts="other", allow_hosts="dev12345.service-now.com"):
            client._transport.new_deadline("read")
            assert client._transport.clockwork is CLOCKWORK


def test_clock__that_a_test_hands_over_is_kept(instance: Sandbox) -> None:
    slept: list[float] = []
    client = _patient()
    client._clockwork = Clockwork(sleep=slept.append)
    with instance.fault("server-error:status=503", times=1):
        client.table("incident").get(limit=1).one()
    assert len(slept) == 1
