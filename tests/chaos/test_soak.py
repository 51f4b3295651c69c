"""After hundreds of calls under faults nothing is left: no thread, no descriptor, no socket that somebody forgot."""

from __future__ import annotations

import gc
import itertools
import os
import random
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pysnow import Client, PysnowException
from pysnow.sandbox import Sandbox
from tests.chaos.schedules import read_schedule, write_schedule
from tests.client.writing import Hands, client_of

_CALLS_OF_A_SCHEDULE = 5
_ROWS = 20


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        for number in range(_ROWS):
            sandbox.add("problem", {"short_description": f"row {number}"})
        yield sandbox


class _Caller:
    """Calls of all kinds, some of which are left before their end."""

    def __init__(self, client: Client, folder: Path, file_id: str) -> None:
        self._problems = client.table("problem")
        self._incidents = client.table("incident")
        self._folder = folder
        self._file_id = file_id
        self.kinds: tuple[Callable[[int, random.Random], object], ...] = (
            self._get,
            self._left_stream,
            self._left_walk,
            self._left_walk_with_workers,
            self._forgotten_walk_with_workers,
            self._create,
            self._download,
        )

    def _get(self, number: int, dice: random.Random) -> object:
        return self._problems.get().all()

    def _left_stream(self, number: int, dice: random.Random) -> object:
        with self._problems.get(stream=True) as response:
            return list(itertools.islice(response.all(), dice.randint(0, 5)))

    def _left_walk(self, number: int, dice: random.Random) -> object:
        with self._problems.iterate(page_size=3) as walk:
            return list(itertools.islice(walk, dice.randint(0, _ROWS)))

    def _left_walk_with_workers(self, number: int, dice: random.Random) -> object:
        with self._problems.iterate(page_size=2, workers=dice.choice((2, 4))) as walk:
            return list(itertools.islice(walk, dice.randint(0, _ROWS)))

    def _forgotten_walk_with_workers(self, number: int, dice: random.Random) -> object:
        walk = self._problems.iterate(page_size=2, workers=dice.choice((2, 4)))
        return list(itertools.islice(walk, dice.randint(0, _ROWS)))

    def _create(self, number: int, dice: random.Random) -> object:
        return self._incidents.create({"short_description": f"soak {number}"}, key=f"soak {number}")

    def _download(self, number: int, dice: random.Random) -> object:
        return self._incidents.attachments.download(self._file_id, self._folder / f"{number}")


def _soak(instance: Sandbox, client: Client, folder: Path, file_id: str, calls: int) -> int:
    """Make the calls; gives how many ended in an error."""
    caller = _Caller(client, folder, file_id)
    errors = 0
    for number, kind in zip(range(calls), itertools.cycle(caller.kinds), strict=False):
        instance.faults.clear()
        for spec in (write_schedule if kind == caller._create else read_schedule)(number).specs:
            instance.faults.add(spec)
        try:
            kind(number, random.Random(number))
        except PysnowException:
            errors += 1
    instance.faults.clear()
    return errors


def _of_clients() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("pysnow-walk")}


def _client_sockets(port: int) -> int:
    """Sockets of this process whose other end is the instance; 0 where the system does not tell."""
    table = Path("/proc/self/net/tcp")
    if not table.exists():
        return 0
    inodes = {_target(entry.path) for entry in os.scandir("/proc/self/fd")}
    lines = (line.split() for line in table.read_text().splitlines()[1:])
    return sum(f"socket:[{line[9]}]" in inodes for line in lines if int(line[2].rpartition(":")[2], 16) == port)


def _target(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""  # that of the listing itself


@pytest.fixture(scope="module")
def calls(pytestconfig: pytest.Config) -> int:
    """How many calls are made."""
    return _CALLS_OF_A_SCHEDULE * int(pytestconfig.getoption("chaos"))


@pytest.fixture(scope="module")
def others() -> set[threading.Thread]:
    """Threads that are there before: those of tests that stop them otherwise."""
    return _of_clients()


@pytest.fixture(scope="module")
def soaked(
    others: set[threading.Thread], instance: Sandbox, tmp_path_factory: pytest.TempPathFactory, calls: int
) -> tuple[int, list[str]]:
    """How many calls ended in an error, and what was said of forgotten resources; the client is closed."""
    record = str(instance.add("incident", {"short_description": "with a file"})["sys_id"])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with client_of(instance, Hands()) as client:
            file = client.table("incident").attachments.upload(record, data=b"content" * 100, name="a.bin")
            errors = _soak(instance, client, tmp_path_factory.mktemp("soak"), file["sys_id"], calls)
        gc.collect()
    return errors, [str(each.message) for each in said if issubclass(each.category, ResourceWarning)]


def test_soak__has_met_errors(soaked: tuple[int, list[str]], calls: int) -> None:
    assert 0 < soaked[0] < calls


def test_soak__leaves_no_thread(others: set[threading.Thread], soaked: tuple[int, list[str]]) -> None:
    for thread in _of_clients() - others:
        thread.join(2)  # one that was told to stop may be about to
    assert not _of_clients() - others


def test_soak__leaves_no_connection(soaked: tuple[int, list[str]], instance: Sandbox) -> None:
    assert _client_sockets(int(instance.host.rpartition(":")[2])) == 0


def test_soak__forgets_no_resource(soaked: tuple[int, list[str]]) -> None:
    assert soaked[1] == []
