"""Writing under random faults: one change, or an error that says what may have happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pysnow import AmbiguousWrite, Client, PysnowException
from pysnow.sandbox import Sandbox
from tests.chaos.schedules import WRITE_FAULTS, Schedule, write_schedule


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        yield sandbox


@pytest.fixture
def played(instance: Sandbox, chaos_schedule: int) -> Iterator[Schedule]:
    """A schedule whose faults are not on yet."""
    instance.faults.clear()
    yield write_schedule(chaos_schedule)
    instance.faults.clear()


def _play(instance: Sandbox, schedule: Schedule) -> None:
    for spec in schedule.specs:
        instance.faults.add(spec)


def _made(instance: Sandbox, text: str) -> list[str]:
    return [str(row["sys_id"]) for row in instance.table("incident").rows if row["short_description"] == text]


def _outcome(write: Callable[[], object]) -> PysnowException | None:
    try:
        write()
    except PysnowException as error:
        return error
    return None


def test_create__makes_one_or_says_so(played: Schedule, instance: Sandbox, patient: Callable[..., Client]) -> None:
    text = f"plain {played.number}"
    incidents = patient(instance).table("incident")
    _play(instance, played)
    error = _outcome(lambda: incidents.create({"short_description": text}))
    made = len(_made(instance, text))
    if error is None:
        assert made == 1, played
    elif isinstance(error, AmbiguousWrite) or error.committed is None:
        assert made <= 1, played
    else:
        assert made == 0, (played, error)


def test_create__with_a_key_in_a_naive_loop__makes_one(
    played: Schedule, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    text = f"keyed {played.number}"
    incidents = patient(instance).table("incident")
    _play(instance, played)
    errors = []
    for _ in range(3):
        error = _outcome(lambda: incidents.create({"short_description": text}, key=text))
        if error is None:
            break
        errors.append(error)
    made = len(_made(instance, text))
    assert made == 1 or (made == 0 and len(errors) == 3), (played, errors)


def test_create__with_a_key_on_a_table_that_keeps_it__leaves_nothing_open(
    chaos_schedule: int, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    text, fault = f"kept {chaos_schedule}", WRITE_FAULTS[chaos_schedule % len(WRITE_FAULTS)]
    incidents = patient(instance).table("incident")
    incidents.create({"short_description": "first"}, key=f"first {chaos_schedule}")
    with instance.fault(fault, method="POST", times=1 + chaos_schedule // len(WRITE_FAULTS) % 2):
        error = _outcome(lambda: incidents.create({"short_description": text}, key=text))
    assert not isinstance(error, AmbiguousWrite), fault
    assert len(_made(instance, text)) == (1 if error is None else 0), (fault, error)


def test_update__holds_or_says_so(played: Schedule, instance: Sandbox, patient: Callable[..., Client]) -> None:
    (sys_id,) = (instance.add("incident", {"short_description": f"update {played.number}"})["sys_id"],)
    incidents = patient(instance).table("incident")
    _play(instance, played)
    error = _outcome(lambda: incidents.update({"sys_id": sys_id}, {"description": "changed", "work_notes": "once"}))
    instance.faults.clear()
    row = next(row for row in instance.table("incident").rows if row["sys_id"] == sys_id)
    notes = [note for note in instance.table("sys_journal_field").rows if note["element_id"] == sys_id]
    assert len(notes) <= 1, played
    if error is None:
        assert (row["description"], len(notes)) == ("changed", 1), played
    elif error.committed is False:
        assert (row["description"], len(notes)) != ("changed", 1), (played, error)


def test_delete__is_gone_or_says_so(played: Schedule, instance: Sandbox, patient: Callable[..., Client]) -> None:
    sys_id = instance.add("incident", {"short_description": f"delete {played.number}"})["sys_id"]
    incidents = patient(instance).table("incident")
    _play(instance, played)
    error = _outcome(lambda: incidents.delete({"sys_id": sys_id}))
    instance.faults.clear()
    is_there = any(row["sys_id"] == sys_id for row in instance.table("incident").rows)
    if error is None:
        assert not is_there, played
    elif error.committed is False:
        assert is_there, (played, error)


def test_upload__makes_one_or_says_so(played: Schedule, instance: Sandbox, patient: Callable[..., Client]) -> None:
    sys_id = instance.add("incident", {"short_description": f"upload {played.number}"})["sys_id"]
    incidents = patient(instance).table("incident")
    _play(instance, played)
    error = _outcome(lambda: incidents.attachments.upload(str(sys_id), data=b"content", name="a.txt"))
    instance.faults.clear()
    files = [row for row in instance.table("sys_attachment").rows if row["table_sys_id"] == sys_id]
    assert len(files) <= 1, played
    if error is None:
        assert len(files) == 1, played
    elif not isinstance(error, AmbiguousWrite) and error.committed is False:
        assert not files, (played, error)
