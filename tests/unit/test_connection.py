"""Which adapters can be stood in for, and what an attempt may still take."""

from __future__ import annotations

import queue
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.util.ssl_ import create_urllib3_context

from pysnow.wire.connection import CallTimeout, DeadlineAdapter, Wire, is_stock, repeats_by_itself
from pysnow.wire.deadline import Deadline


class _Own(HTTPAdapter):
    pass


class _OwnContext(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=create_urllib3_context(), **kwargs)


def _with_a_mock() -> HTTPAdapter:
    adapter = HTTPAdapter()
    adapter.send = lambda *args, **kwargs: requests.Response()  # type: ignore[method-assign]  # as mocks do
    return adapter


def _with_a_context() -> HTTPAdapter:
    adapter = HTTPAdapter()
    adapter.init_poolmanager(10, 10, ssl_context=create_urllib3_context())
    return adapter


@pytest.mark.parametrize("adapter", [HTTPAdapter(), HTTPAdapter(5, 20, pool_block=True)])
def test_is_stock__adapters_as_they_come(adapter: HTTPAdapter) -> None:
    assert is_stock(adapter)


@pytest.mark.parametrize(
    "adapter",
    [_Own(), _OwnContext(), _with_a_mock(), _with_a_context(), HTTPAdapter(max_retries=1), DeadlineAdapter(), None],
    ids=["class", "own context", "mock", "context", "retries", "ours", "None"],
)
def test_is_stock__what_has_a_way_of_its_own_is_not(adapter: Any) -> None:
    assert not is_stock(adapter)


@pytest.mark.parametrize(
    ("retries", "expected"),
    [
        (0, False),
        (3, True),
        (Retry(0), False),
        (Retry(total=0, status=3), False),
        (Retry(total=None, status=3), True),
        (Retry(total=None, connect=0, read=0), False),
        (Retry(False), False),
    ],
)
def test_repeats_by_itself__as_the_retries_say(retries: Any, expected: bool) -> None:
    assert repeats_by_itself(HTTPAdapter(max_retries=retries)) is expected


@pytest.mark.parametrize(
    ("seconds", "timeout", "expected"),
    [(5, 60, 5), (120, 60, 60), (5, None, 5), (None, None, None), (None, 60, 60)],
)
def test_patience__is_what_is_left(seconds: float | None, timeout: float | None, expected: float | None) -> None:
    assert Wire(Deadline(seconds, lambda: 0.0)).patience(timeout) == expected


def test_patience__ends_with_the_call() -> None:
    now = [0.0]
    wire = Wire(Deadline(5, lambda: now[0]))
    now[0] = 5.0
    with pytest.raises(TimeoutError):
        wire.patience(60)


def test_call_timeout__is_the_pair_that_requests_takes() -> None:
    assert CallTimeout.of(1.0, 2.0, Wire()) == (1.0, 2.0)


def test_part_from_parent__takes_no_lock() -> None:
    """A queue whose lock another thread held when the process forked would wait for ever."""
    adapter = DeadlineAdapter()
    pool = adapter.poolmanager.connection_from_url("http://127.0.0.1:9")
    assert isinstance(pool.pool, queue.LifoQueue)
    held = pool.pool
    held.mutex.acquire()
    adapter.part_from_parent()
    assert held.mutex.acquire(blocking=False)
    held.mutex.release()
    assert adapter.poolmanager.connection_from_url("http://127.0.0.1:9") is not pool
