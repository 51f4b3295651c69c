"""Faults that never end: an error in the end, or what is true and done once; never anything else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pysnow import Client
from pysnow.sandbox import Sandbox
from tests.chaos.ground import CALLS, CHANGES, Ground
from tests.chaos.schedules import LASTING_FAULTS, READ_FAULTS, WRITE_FAULTS

_FAULTS = sorted({*READ_FAULTS, *LASTING_FAULTS, *WRITE_FAULTS})
_MOST_ATTEMPTS = 40
"""Attempts at each request, requests of a call, and pages that are asked for in ever smaller parts, together."""


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        for number in range(12):
            sandbox.add("problem", {"short_description": f"row {number}"})
        yield sandbox


@pytest.mark.parametrize("call", CALLS)
def test_call_under_lasting_fault__is_done_once_or_raises(
    call: str, long_schedule: int, instance: Sandbox, patient: Callable[..., Client], tmp_path: Path
) -> None:
    dice = random.Random(f"lasting {call} {long_schedule}")
    faults = dice.sample(_FAULTS, dice.randint(1, 2))
    ground = Ground(instance, patient, tmp_path)
    times, error = ground.play(call, *faults)
    assert ground.struck <= _MOST_ATTEMPTS, faults
    if error is None:
        assert times == 1, faults
    else:
        assert times <= (1 if call in CHANGES and error.committed is None else 0), (faults, error)
