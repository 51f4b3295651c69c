"""Reading under random faults: the whole truth, or an error; never something else.

``pytest tests/chaos --chaos 2000`` plays more schedules than a usual run does; the number of one that failed is its
test's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pysnow import Client, PysnowException
from pysnow.sandbox import Sandbox
from tests.chaos.schedules import Schedule, dice_of, read_schedule

_ROWS = 40


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        for number in range(_ROWS):
            sandbox.add("incident", {"short_description": f"row {number}"})
        yield sandbox


@pytest.fixture
def played(instance: Sandbox, chaos_schedule: int) -> Iterator[Schedule]:
    """A schedule whose faults are on."""
    schedule = read_schedule(chaos_schedule)
    instance.faults.clear()
    for spec in schedule.specs:
        instance.faults.add(spec)
    yield schedule
    instance.faults.clear()


def _truth(instance: Sandbox) -> list[str]:
    return sorted(str(row["sys_id"]) for row in instance.table("incident").rows)


def _came(read: Callable[[], list[str]]) -> list[str] | None:
    """What was read; None for an error of the library."""
    try:
        return read()
    except PysnowException:
        return None


def test_get__gives_the_truth_or_raises(played: Schedule, instance: Sandbox, patient: Callable[..., Client]) -> None:
    incidents = patient(instance).table("incident")
    came = _came(lambda: [row["sys_id"] for row in incidents.get(fields=["sys_id", "number"]).all()])
    assert came is None or sorted(came) == _truth(instance), played


def test_stream__gives_the_truth_or_raises(played: Schedule, instance: Sandbox, patient: Callable[..., Client]) -> None:
    incidents = patient(instance).table("incident")
    came = _came(lambda: [row["sys_id"] for row in incidents.get(stream=True).all()])
    assert came is None or sorted(came) == _truth(instance), played


def test_iterate__gives_the_truth_or_raises(
    played: Schedule, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    dice = dice_of(played)
    incidents = patient(instance).table("incident")
    walk = incidents.iterate(fields=["number", "sys_id"], page_size=dice.choice((1, 3, 7, 50)))
    came = _came(lambda: [row["sys_id"] for row in walk])
    assert came is None or sorted(came) == _truth(instance), played


def test_iterate__with_workers__gives_the_truth_or_raises(
    played: Schedule, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    dice = dice_of(played)
    incidents = patient(instance).table("incident")
    walk = incidents.iterate(fields=["sys_id"], page_size=dice.choice((3, 7)), workers=dice.choice((2, 4)))
    came = _came(lambda: [row["sys_id"] for row in walk])
    assert came is None or sorted(came) == _truth(instance), played


def test_iterate__resumed_until_it_is_done__gives_the_truth(
    played: Schedule, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    dice = dice_of(played)
    came: list[str] = []
    token: str | None = None
    for _ in range(60):  # each run that ends in an error goes on where it stopped
        incidents = patient(instance).table("incident")
        walk = incidents.iterate(fields=["sys_id"], page_size=dice.choice((1, 3, 7)), resume=token)
        try:
            for row in walk:
                came.append(row["sys_id"])
                if dice.random() < 0.05:
                    break
            else:
                break
        except PysnowException as error:
            token = error.resume_token or walk.resume_token
            instance.faults.clear()
        else:
            token = walk.resume_token
        walk.close()
    assert sorted(came) == _truth(instance), played
