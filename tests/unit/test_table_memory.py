"""What a client remembers of tables, from many threads at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from pysnow.writing.table_memory import TableMemory, memory_of


class _Stand:
    """Stands where a transport does."""


def test_honours__nothing_before_it_was_seen() -> None:
    assert TableMemory().honours("incident", "sys_id") is None


def test_honours__what_was_seen() -> None:
    memory = TableMemory()
    memory.learn("incident", "sys_id", True)
    assert (memory.honours("incident", "sys_id"), memory.honours("problem", "sys_id")) == (True, None)


def test_honours__not_again_what_was_lost_once() -> None:
    memory = TableMemory()
    for seen in (True, False, True):
        memory.learn("incident", "sys_id", seen)
    assert memory.honours("incident", "sys_id") is False


def test_open__until_it_is_settled() -> None:
    memory = TableMemory()
    memory.leave_open("incident", "4711", 5.0)
    before = memory.sent_at("incident", "4711")
    memory.settle("incident", "4711")
    assert (before, memory.sent_at("incident", "4711")) == (5.0, None)


def test_kept_id__is_forgotten_in_time() -> None:
    memory = TableMemory()
    for number in range(10_001):
        memory.keep_id("incident", str(number), "id")
    assert (memory.kept_id("incident", "0"), memory.kept_id("incident", "1")) == (None, "id")


def test_unseen__columns() -> None:
    memory = TableMemory()
    memory.see("incident", ["number", "state"])
    assert (memory.unseen("incident", ["number", "x"]), memory.unseen("problem", ["number"])) == (["x"], ["number"])


def test_turn__is_that_of_one_thread() -> None:
    memory, inside, most = TableMemory(), [0], [0]
    start = threading.Barrier(8)

    def take(_: int) -> None:
        start.wait()
        for _round in range(200):
            with memory.turn("incident", "4711"):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(8)))
    assert (most, memory._turns) == ([1], {})


def test_turn__is_free_in_a_forked_process() -> None:
    memory = TableMemory()
    with memory.turn("incident", "4711"):
        memory.part_from_parent()
        with memory.turn("incident", "4711"):
            pass
    assert not memory._turns


def test_memory__is_one_for_a_transport() -> None:
    transport = cast("Any", _Stand())
    with ThreadPoolExecutor(8) as pool:
        found = set(map(id, pool.map(lambda _: memory_of(transport), range(64))))
    assert len(found) == 1
