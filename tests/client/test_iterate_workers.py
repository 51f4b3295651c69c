"""Several workers on one table, over real HTTP: the same rows, no thread left behind, no more load than is borne."""

from __future__ import annotations

import gc
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from pysnow import Client, RateLimited
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.sandbox.http.request_log import LoggedRequest
    from pysnow.table import Table

ROWS = 700
STOPPED_SECONDS = 1.0

NewThreads = Callable[[], set[threading.Thread]]


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    """An instance with some pages of incidents, odd sys_ids among them; its faults are switched off by each test."""
    from pysnow.sandbox import Sandbox

    with Sandbox(seed=False) as sandbox:
        chance = random.Random(0)
        for number in range(ROWS):
            key = f"{chance.getrandbits(128):032x}" if number % 20 else f"Odd-{chance.getrandbits(64):X}"
            sandbox.add("incident", {"sys_id": key})
        yield sandbox


@pytest.fixture
def table(large: Sandbox) -> Iterator[Table]:
    """The incident table, by a client that never waits."""
    large.faults.clear()
    with Client(instance=large.url, user="admin", password="admin") as client:
        client._clockwork = Clockwork(sleep=lambda seconds: None)
        yield client.table("incident")
    large.faults.clear()


def _walkers(new_threads: NewThreads) -> list[threading.Thread]:
    return [thread for thread in new_threads() if thread.name == "pysnow-walk"]


def _asked(sandbox: Sandbox, fields: str) -> list[LoggedRequest]:
    """What was asked with these fields, so by one test alone: what another has left behind may arrive late."""
    return [request for request in list(sandbox.requests) if ("sysparm_fields", fields) in request.query]


def _keys(table: Table, **options: object) -> list[str]:
    return [row["sys_id"] for row in table.iterate(fields="sys_id", **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [2, 3, 8, 16])
@pytest.mark.parametrize("page_size", [10, 64])
def test_workers__same_rows_in_the_same_order(table: Table, workers: int, page_size: int) -> None:
    assert _keys(table, workers=workers, page_size=page_size) == _keys(table)


def test_workers__count_vouches_for_the_end(table: Table) -> None:
    iterator = table.iterate(workers=4, page_size=20)
    list(iterator)
    assert (iterator.report.complete, iterator.report.expected, iterator.report.workers) == (True, ROWS, 4)


def test_workers__limit(table: Table) -> None:
    assert _keys(table, workers=4, page_size=20, limit=123) == _keys(table, limit=123)


def test_workers__one_page_needs_no_thread(table: Table, new_threads: NewThreads) -> None:
    iterator = table.iterate(workers=4)
    next(iterator)
    assert _walkers(new_threads) == []


def test_workers__session_of_its_own_for_each(table: Table, large: Sandbox) -> None:
    list(table.iterate(fields="sys_id,priority", workers=4, page_size=10))
    cookies = {request.headers.get("cookie") for request in _asked(large, "sys_id,priority")} - {None}
    assert 1 < len(cookies) <= 5


def test_workers__busy_session_is_not_shared(table: Table, large: Sandbox) -> None:
    large.faults.add("session-queue")
    iterator = table.iterate(fields="sys_id", workers=8, page_size=10)
    assert len(list(iterator)) == ROWS
    assert iterator.report.retries == 0


def test_workers__few_pages_are_under_way(table: Table, large: Sandbox) -> None:
    with table.iterate(fields="sys_id,number", workers=4, page_size=10) as iterator:
        next(iterator)
        time.sleep(0)  # whoever wants to run ahead may
        assert len(_asked(large, "sys_id,number")) <= 1 + 4


@pytest.mark.parametrize("fault", ["rows-then-error", "cut-body", "truncated-gzip"])
@pytest.mark.parametrize("workers", [1, 4])
def test_workers__page_that_is_decoded_in_parts_and_breaks_off(
    table: Table, large: Sandbox, workers: int, fault: str
) -> None:
    truth = _keys(table)
    large.faults.add(fault, nth=1)
    iterator = table.iterate(fields="sys_id", page_size=650, workers=workers)
    assert [row["sys_id"] for row in iterator] == truth
    assert iterator.report.retries == 1


def test_workers__pages_counted_off_join_on(table: Table, large: Sandbox) -> None:
    list(table.iterate(fields="sys_id,state", workers=4, page_size=100))
    assert len(_asked(large, "sys_id,state")) == 1 + 7  # 100 rows, then 98 for each page ahead


# -- stopping ----------------------------------------------------------------------------------------------------------


def test_close__leaves_no_thread(table: Table, new_threads: NewThreads) -> None:
    iterator = table.iterate(workers=6, page_size=10)
    next(iterator)
    iterator.close()
    assert _walkers(new_threads) == []


def test_close__cuts_off_what_an_instance_does_not_answer(
    table: Table, large: Sandbox, new_threads: NewThreads
) -> None:
    large.faults.add("latency", seconds=600, nth=4, times=10_000)
    iterator = table.iterate(workers=4, page_size=10)
    next(iterator)
    started = time.monotonic()
    iterator.close()
    assert time.monotonic() - started < STOPPED_SECONDS
    assert _walkers(new_threads) == []


def test_close__wakes_workers_that_wait_to_ask_again(large: Sandbox, new_threads: NewThreads) -> None:
    with Client(instance=large.url, user="admin", password="admin") as client:
        large.faults.add("too-many-requests", retry_after=60, nth=4, times=10_000)
        iterator = client.table("incident").iterate(workers=4, page_size=10)
        next(iterator)
        started = time.monotonic()
        iterator.close()
        large.faults.clear()
        assert time.monotonic() - started < STOPPED_SECONDS


def test_with__leaves_no_thread(table: Table, new_threads: NewThreads) -> None:
    with table.iterate(workers=6, page_size=10) as iterator:
        next(iterator)
    assert _walkers(new_threads) == []


def test_with__exception_of_the_loop(table: Table, new_threads: NewThreads) -> None:
    with pytest.raises(ZeroDivisionError), table.iterate(workers=6, page_size=10) as iterator:
        sum(len(row) // 0 for row in iterator)
    assert _walkers(new_threads) == []


def test_break__leaves_no_thread_once_the_iterator_is_gone(table: Table, new_threads: NewThreads) -> None:
    for _ in table.iterate(workers=6, page_size=10):
        break
    gc.collect()
    assert _walkers(new_threads) == []


def test_end__leaves_no_thread(table: Table, new_threads: NewThreads) -> None:
    iterator = table.iterate(workers=6, page_size=10)
    list(iterator)
    assert _walkers(new_threads) == []


@pytest.mark.usefixtures("heeded_interrupts")
def test_interrupt__ctrl_c_while_waiting(table: Table, large: Sandbox, new_threads: NewThreads) -> None:
    large.faults.add("latency", seconds=600, nth=2, times=10_000)
    main = threading.main_thread().ident or 0
    typist = threading.Thread(target=signal.pthread_kill, args=(main, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt), table.iterate(workers=4, page_size=10) as iterator:
        [row for row in iterator if typist.ident or typist.start()]
    typist.join()
    assert _walkers(new_threads) == []


def test_error__of_a_worker_reaches_the_caller_behind_the_rows_before_it(
    table: Table, large: Sandbox, new_threads: NewThreads
) -> None:
    truth = _keys(table)
    iterator = table.iterate(fields="sys_id", workers=4, page_size=10)
    begun = [next(iterator)["sys_id"]]
    large.faults.add("too-many-requests", path="*incident*", nth=20, times=10_000)
    with pytest.raises(RateLimited) as caught:
        begun.extend(row["sys_id"] for row in iterator)
    assert _walkers(new_threads) == []
    large.faults.clear()
    rest = _keys(table, workers=4, page_size=10, resume=caught.value.resume_token)
    assert begun + rest == truth


def test_error__iterator_goes_on_when_asked_again(table: Table, large: Sandbox) -> None:
    truth = _keys(table)
    iterator = table.iterate(fields="sys_id", workers=4, page_size=10)
    seen = [next(iterator)["sys_id"]]
    large.faults.add("too-many-requests", nth=20, times=10_000)
    with pytest.raises(RateLimited):
        seen.extend(row["sys_id"] for row in iterator)
    large.faults.clear()
    seen.extend(row["sys_id"] for row in iterator)
    assert seen == truth


def test_refusals__are_borne(table: Table, large: Sandbox) -> None:
    truth = _keys(table)
    # Three in all: even if they strike one page alone, its fourth attempt comes through.
    large.faults.add("too-many-requests", nth=5, times=3)
    assert _keys(table, workers=8, page_size=10) == truth
