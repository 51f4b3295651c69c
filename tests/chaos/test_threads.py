"""One client and its resources, used by very many threads at once: nobody gets what another one asked for."""

from __future__ import annotations

import logging
import random
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pysnow import Client
from pysnow.sandbox import Sandbox
from pysnow.table import Table

_THREADS = 64


class _Formatting(logging.Handler):
    """Writes each message out, and throws it away."""

    def emit(self, record: logging.LogRecord) -> None:
        self.format(record)


@pytest.fixture
def debugging() -> Iterator[None]:
    logger, handler = logging.getLogger(), _Formatting()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield
    logger.setLevel(before)
    logger.removeHandler(handler)


class _Worker:
    """Calls of one thread, each of which is about a record of its own."""

    def __init__(self, number: int, incidents: Table, sys_ids: list[str]) -> None:
        self._incidents = incidents
        self._sys_ids = sys_ids
        self._own = sys_ids[number]
        self._number = number
        self._dice = random.Random(number)

    def wrong(self, call: int) -> int:
        """Make a call; gives 1 if it brought something else than was asked for."""
        return int(not (self._gets, self._streams, self._walks, self._changes)[call % 4](f"{self._number} {call}"))

    def _gets(self, _: str) -> bool:
        sys_id = self._dice.choice(self._sys_ids)
        return bool(self._incidents.get({"sys_id": sys_id}, fields=["sys_id"]).one()["sys_id"] == sys_id)

    def _streams(self, _: str) -> bool:
        sys_id = self._dice.choice(self._sys_ids)
        found = list(self._incidents.get({"sys_id": sys_id}, fields=["sys_id"], stream=True).all())
        return found == [{"sys_id": sys_id}]

    def _walks(self, _: str) -> bool:
        asked = self._dice.sample(self._sys_ids, 3)
        walk = self._incidents.iterate(f"sys_idIN{','.join(asked)}", fields=["sys_id"], page_size=2)
        return [row["sys_id"] for row in walk] == sorted(asked)

    def _changes(self, text: str) -> bool:
        changed = self._incidents.update({"sys_id": self._own}, {"description": text})
        return (changed["sys_id"], changed["description"]) == (self._own, text)


@pytest.mark.usefixtures("debugging")
def test_threads__never_get_what_another_one_asked_for(pytestconfig: pytest.Config) -> None:
    calls = max(1, pytestconfig.getoption("chaos") // 10)
    with Sandbox(seed=False) as sandbox, ThreadPoolExecutor(_THREADS) as pool:
        made = [sandbox.add("incident", {"short_description": f"row {number}"}) for number in range(_THREADS)]
        sys_ids = [str(row["sys_id"]) for row in made]
        with Client(instance=sandbox.url, user="admin", password="admin", deadline=None) as client:
            incidents, gate = client.table("incident"), threading.Barrier(_THREADS)

            def work(number: int) -> int:
                worker = _Worker(number, incidents, sys_ids)
                worker.wrong(0)
                gate.wait(60)  # all run before they are made to switch so fast: coverage cannot start then
                return sum(worker.wrong(call) for call in range(calls))

            before = sys.getswitchinterval()
            sys.setswitchinterval(1e-6)
            try:
                wrong = sum(pool.map(work, range(_THREADS)))
            finally:
                sys.setswitchinterval(before)
    assert wrong == 0
