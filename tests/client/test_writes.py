"""Changes under schedules of faults that nobody thought of: never twice, never silently not at all.

What is certain about each kind of change is told by the tests beside this one, fault by fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pysnow import AmbiguousWrite, PysnowException
from pysnow.sandbox import Sandbox
from tests.client.writing import (
    COMMITTED,
    HARMLESS,
    NOT_COMMITTED,
    CommitLater,
    Hands,
    Ignoring,
    client_of,
    notes_of,
    row_of,
    rows_of,
)

if TYPE_CHECKING:
    from pysnow.client import Client

REFUSALS = ("forbidden", "forbidden:commit=true", "unauthorized", "redirect", "redirect:commit=true", "empty-body")
FAULTS = (*COMMITTED, *NOT_COMMITTED, *HARMLESS, *REFUSALS)
NUMBERS = count()


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        yield sandbox


def _struck(fault: str, nth: int, times: int, method: str) -> tuple[str, dict[str, Any]]:
    return fault, {"nth": nth, "times": times, **({"method": method} if method else {})}


schedules = st.lists(
    st.builds(
        _struck,
        st.sampled_from(FAULTS),
        st.integers(1, 4),
        st.integers(1, 3),
        st.sampled_from(["", "GET", "POST+PUT+DELETE", "POST+PUT+DELETE"]),
    ),
    min_size=1,
    max_size=3,
)
lost = st.sampled_from(["", "", "sys_id", "correlation_id", "sys_id+correlation_id"])
quick = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class _Run:
    """One client of the instance while a schedule is on."""

    def __init__(self, instance: Sandbox, schedule: list[tuple[str, dict[str, Any]]], is_late: bool = False) -> None:
        self.hands, self.later = Hands(), CommitLater()
        self.hands.on_wait = self.later.finish
        self.client: Client = client_of(instance, self.hands)
        self.text = f"run {next(NUMBERS)}"
        self._instance, self._schedule, self._is_late = instance, schedule, is_late

    def __enter__(self) -> _Run:
        for fault, options in self._schedule:
            self._instance.faults.add(fault, **options)
        if self._is_late:
            self._instance.faults.add(self.later, method="POST+PUT", times=1)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._instance.faults.clear()
        self.client.close()
        self.later.finish()


def _error_of(write: Callable[[], object]) -> PysnowException | None:
    try:
        write()
    except PysnowException as error:
        return error
    return None


def _leaves_it_open(error: PysnowException) -> bool:
    return isinstance(error, AmbiguousWrite) or error.committed is None


@given(schedules, st.booleans())
@quick
def test_create(instance: Sandbox, schedule: Any, is_late: bool) -> None:
    with _Run(instance, schedule, is_late) as run:
        error = _error_of(lambda: run.client.table("incident").create({"short_description": run.text}))
    made = len(rows_of(instance, run.text))
    assert made == 1 if error is None else made <= _leaves_it_open(error)


@given(schedules, lost, st.booleans(), st.booleans())
@quick
def test_create__with_a_key_in_a_naive_loop(
    instance: Sandbox, schedule: Any, lost: str, is_late: bool, is_known: bool
) -> None:
    run = _Run(instance, schedule, is_late)
    incidents = run.client.table("incident")
    instance.faults.add(Ignoring(lost), method="POST")
    if is_known:
        incidents.create({"short_description": f"{run.text} before"}, key=f"{run.text} before")
    errors = []
    with run:
        for _ in range(3):
            error = _error_of(lambda: incidents.create({"short_description": run.text}, key=run.text))
            if error is None:
                break
            errors.append(error)
    made = len(rows_of(instance, run.text))
    assert made == 1 if len(errors) < 3 else made <= any(map(_leaves_it_open, errors))


@given(schedules, st.booleans(), st.sampled_from(["work_notes", "comments", "description"]))
@quick
def test_update(instance: Sandbox, schedule: Any, is_late: bool, column: str) -> None:
    sys_id = str(instance.add("incident", {"short_description": "before"})["sys_id"])
    with _Run(instance, schedule, is_late) as run:
        payload = {"short_description": run.text, column: "once"}
        error = _error_of(lambda: run.client.table("incident").update(sys_id, payload))
    row, notes = row_of(instance, sys_id), notes_of(instance, sys_id)
    assert row is not None
    is_made = row["short_description"] == run.text
    assert len(notes) == (is_made and column != "description")
    assert is_made if error is None else not is_made or _leaves_it_open(error)


@given(schedules)
@quick
def test_delete(instance: Sandbox, schedule: Any) -> None:
    sys_id = str(instance.add("incident", {"short_description": "before"})["sys_id"])
    with _Run(instance, schedule) as run:
        error = _error_of(lambda: run.client.table("incident").delete(sys_id))
    is_gone = row_of(instance, sys_id) is None
    assert is_gone if error is None else not is_gone or _leaves_it_open(error)


@given(schedules, st.booleans(), st.booleans())
@quick
def test_upload(instance: Sandbox, schedule: Any, is_late: bool, multipart: bool) -> None:
    sys_id = str(instance.add("incident", {"short_description": "before"})["sys_id"])
    with _Run(instance, schedule, is_late) as run:
        files = run.client.table("incident").attachments
        error = _error_of(lambda: files.upload(sys_id, data=b"content", name="a.txt", multipart=multipart))
    attached = sum(row["table_sys_id"] == sys_id for row in instance.table("sys_attachment").rows)
    assert attached == 1 if error is None else attached <= _leaves_it_open(error)


@given(schedules)
@quick
def test_change__by_query_touches_its_record_alone(instance: Sandbox, schedule: Any) -> None:
    others = {row["sys_id"]: row for row in instance.table("incident").rows}
    with _Run(instance, schedule) as run:
        sys_id = instance.add("incident", {"short_description": run.text})["sys_id"]
        incidents = run.client.table("incident")
        _error_of(lambda: incidents.update({"short_description": run.text}, {"description": "changed"}))
        _error_of(lambda: incidents.delete({"short_description": run.text, "nmber": "x"}))
        _error_of(lambda: incidents.delete({"short_description": run.text}))
    after = {row["sys_id"]: row for row in instance.table("incident").rows if row["sys_id"] != sys_id}
    assert after == others
