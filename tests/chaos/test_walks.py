"""Walks over HTTP through tables that move, hide rows, cap pages and break off: every row that was there, once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from pysnow import Client, PysnowException
from pysnow.sandbox import Sandbox
from tests.chaos.schedules import READ_FAULTS

_ROWS = 60
_QUERIES = (
    "",
    "impact=1^NQimpact=2",
    "impactIN1,3^sys_created_by!=nobody",
    "opened_by.active!=false^NQimpact=2^ORimpact=3",
)
_FIELDS = ("sys_id", "number", "opened_by.name")

# A count that rows were hidden from cannot vouch for a walk, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::pysnow.exceptions.IncompleteResultWarning")


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        yield sandbox


def _fill(instance: Sandbox, dice: random.Random) -> None:
    for _ in range(_ROWS - len(instance.table("incident").rows)):
        instance.add("incident", {"contact_type": "phone", "impact": dice.choice("123")})


def _visible(client: Client, query: str) -> set[str]:
    """What the user may see of what a query finds.

    Rows that came while something was read do not count: they draw from few sys_ids, and may have gone in between.
    """
    found = client.table("incident").get(query, fields=["sys_id", "contact_type"]).all()
    return {row["sys_id"] for row in found if row["contact_type"] == "phone"}


def _walked(client: Client, query: str, page_size: int) -> list[str]:
    """What a walk brings that is resumed whenever it ends in an error."""
    came: list[str] = []
    token: str | None = None
    while True:
        walk = client.table("incident").iterate(query or None, fields=_FIELDS, page_size=page_size, resume=token)
        try:
            came.extend(row["sys_id"] for row in walk)
        except PysnowException as error:
            token = error.resume_token
            continue
        return came


def test_walk__of_a_table_that_moves(long_schedule: int, instance: Sandbox, patient: Callable[..., Client]) -> None:
    dice = random.Random(f"walk {long_schedule}")
    instance.faults.clear()
    _fill(instance, dice)
    client, query = patient(instance), dice.choice(_QUERIES)
    instance.faults.add("hidden-rows", share=dice.choice((0.0, 0.0, 0.1, 0.6)))
    before = _visible(client, query)
    disturbances = [
        instance.faults.add("moving-rows", inserts=dice.randint(0, 3), deletes=dice.randint(0, 3)),
        instance.faults.add("unstable-ties"),
        instance.faults.add(dice.choice(READ_FAULTS), probability=0.2, method="GET"),
    ]
    if dice.random() < 0.4:
        disturbances.append(instance.faults.add("capped-limit", rows=dice.choice((7, 20))))
    came = _walked(client, query, dice.choice((5, 17, 50)))
    for rule in disturbances:
        instance.faults.remove(rule)
    after = _visible(client, query)
    assert len(set(came)) == len(came)
    assert before & after <= set(came)


def _odd_id(dice: random.Random) -> str:
    return "".join(dice.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(32))


def test_walk__of_several_workers_is_that_of_one(
    long_schedule: int, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    dice = random.Random(f"workers {long_schedule}")
    instance.faults.clear()
    name = f"table {long_schedule}"
    share = dice.choice((0.0, 0.3, 1.0))
    for _ in range(dice.randint(0, 80)):
        odd = {"sys_id": _odd_id(dice)} if dice.random() < share else {}
        instance.add("problem", {"short_description": name, **odd})
    problems, page_size = patient(instance).table("problem"), dice.choice((3, 10, 25))
    instance.requests.clear()
    one, several = (
        [row["sys_id"] for row in problems.iterate({"short_description": name}, page_size=page_size, workers=workers)]
        for workers in (1, dice.randint(2, 16))
    )
    assert sorted(several) == sorted(one)
    assert len(set(one)) == len(one)
    assert {entry.status for entry in instance.requests} == {200}


def test_walk__left_at_a_random_row_and_resumed(
    long_schedule: int, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    dice = random.Random(f"left {long_schedule}")
    instance.faults.clear()
    _fill(instance, dice)
    truth = sorted(str(row["sys_id"]) for row in instance.table("incident").rows)
    page_size, workers = dice.choice((1, 7, 30)), dice.choice((1, 1, 4))
    with patient(instance).table("incident").iterate(page_size=page_size, workers=workers) as first:
        came = [row["sys_id"] for row in islice(first, dice.randint(0, len(truth)))]
        token = first.resume_token
    rest = patient(instance).table("incident").iterate(page_size=dice.choice((5, 50)), resume=token)
    came += [row["sys_id"] for row in rest]
    assert sorted(came) == truth


_PROGRAM = """
import os, sys
from pysnow import Client, PysnowException
client = Client(instance=sys.argv[1], user="admin", password="admin")
walk = client.table("incident").iterate(fields="sys_id", page_size=7, resume=sys.argv[2] or None)
for row in walk:
    os.write(1, f"{row['sys_id']} {walk.resume_token}\\n".encode())
"""


def _lines(instance: Sandbox, token: str, most: int) -> list[list[str]]:
    """Rows and tokens of a walk in a process of its own, which is killed behind so many."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, instance.url, token], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        guard = threading.Timer(60, process.kill)
        guard.start()
        lines = list(islice(process.stdout, most))
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()  # what it had written by then
        guard.cancel()
    return [line.split() for line in lines if line.endswith("\n")]


def test_walk__killed_and_resumed_in_another_process(long_schedule: int, instance: Sandbox) -> None:
    dice = random.Random(f"killed {long_schedule}")
    instance.faults.clear()
    _fill(instance, dice)
    truth = sorted(str(row["sys_id"]) for row in instance.table("incident").rows)
    lines = _lines(instance, "", dice.randint(1, len(truth) - 1))
    lines += _lines(instance, lines[-1][1], len(truth))
    assert sorted(sys_id for sys_id, _ in lines) == truth
