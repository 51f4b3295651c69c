"""Answers that hang or drip at a random place: each call ends by its deadline, and says what it left open."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pysnow import Client
from pysnow.sandbox import Sandbox
from tests.chaos.ground import CHANGES, LOOKS, READS, Ground

_LATE = 1.0
_FAULTS = (
    "hang-before:seconds=30",
    "hang-after:seconds=30",
    "latency:seconds=30",
    "drip:piece_bytes=1,seconds=0.05",
    "drip:piece_bytes=7,seconds=0.05,head=true",
)


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        for number in range(12):
            sandbox.add("problem", {"short_description": f"row {number}"})
        yield sandbox


def test_silence__ends_with_the_deadline(long_schedule: int, instance: Sandbox, tmp_path: Path) -> None:
    dice = random.Random(f"hang {long_schedule}")
    call, fault = dice.choice((*READS, *CHANGES, *LOOKS)), dice.choice(_FAULTS)
    deadline = dice.uniform(0.05, 0.3)
    separator = "," if ":" in fault else ":"
    admin = partial(Client, instance=instance.url, user="admin", password="admin")
    with admin(deadline=deadline) as client, admin() as patient:
        clients = iter([client])
        ground = Ground(instance, lambda _: next(clients, patient), tmp_path)
        started = time.monotonic()
        times, error = ground.play(call, f"{fault}{separator}nth={dice.randint(1, 3)},times=99")
        took = time.monotonic() - started
    assert took < deadline + _LATE, (call, fault)
    assert times == 1 if error is None else times <= (1 if error.committed is None else 0), (call, fault, error)
