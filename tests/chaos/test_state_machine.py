"""A model of a table beside an instance that is beset by faults: what the client says and does agrees with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pysnow import PysnowException
from pysnow.sandbox import Sandbox
from tests.chaos.schedules import READ_FAULTS, WRITE_FAULTS
from tests.client.writing import Hands, client_of, notes_of, row_of

_EXAMPLES = 15
_STEPS = 20
_MANY_STEPS = 50
_CHOICE = st.integers(0, 10_000)


class TableMachine(RuleBasedStateMachine):
    """The rows that the incident table must hold, by sys_id: short description, notes and number of files."""

    instance: Sandbox

    def __init__(self) -> None:
        super().__init__()
        self.client = client_of(self.instance, Hands())
        self.incidents = self.client.table("incident")
        self.rows: dict[str, str] = {}
        self.notes: dict[str, list[str]] = {}
        self.files: dict[str, int] = {}
        self.number = 0

    @initialize()
    def begin_empty(self) -> None:
        self.instance.faults.clear()
        for sys_id in self._stored():
            self._remove(sys_id)

    def teardown(self) -> None:
        self.instance.faults.clear()
        self.client.close()

    # -- faults and other people -------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(sorted({*READ_FAULTS, *WRITE_FAULTS})), nth=st.integers(1, 3), times=st.integers(1, 2))
    def switch_fault_on(self, kind: str, nth: int, times: int) -> None:
        self.instance.faults.add(kind, nth=nth, times=times)

    @rule()
    def others_create(self) -> None:
        text = self._text()
        self._expect(str(self.instance.add("incident", {"short_description": text})["sys_id"]), text)

    @precondition(lambda self: self.rows)
    @rule(choice=_CHOICE)
    def others_update(self, choice: int) -> None:
        sys_id, text = self._one(choice), self._text()
        instance = self.instance.instance
        instance.update("incident", sys_id, {"short_description": text}, instance.system)
        self.rows[sys_id] = text

    @precondition(lambda self: self.rows)
    @rule(choice=_CHOICE)
    def others_delete(self, choice: int) -> None:
        sys_id = self._one(choice)
        self._remove(sys_id)
        self._forget(sys_id)

    # -- changes -----------------------------------------------------------------------------------------------------

    @rule(has_key=st.booleans())
    def create(self, has_key: bool) -> None:
        text = self._text()
        error = _outcome(lambda: self.incidents.create({"short_description": text}, key=text if has_key else None))
        made = [sys_id for sys_id, found in self._stored().items() if found == text]
        _check_count(len(made), error)
        for sys_id in made:
            self._expect(sys_id, text)

    @precondition(lambda self: self.rows)
    @rule(choice=_CHOICE, has_note=st.booleans())
    def update(self, choice: int, has_note: bool) -> None:
        sys_id, text = self._one(choice), self._text()
        payload = {"short_description": text, **({"work_notes": text} if has_note else {})}
        error = _outcome(lambda: self.incidents.update({"sys_id": sys_id}, payload))
        is_done = self._stored()[sys_id] == text
        _check_count(int(is_done), error)
        if is_done:
            self.rows[sys_id] = text
            self.notes[sys_id] += [text] if has_note else []

    @precondition(lambda self: self.rows)
    @rule(choice=_CHOICE)
    def delete(self, choice: int) -> None:
        sys_id = self._one(choice)
        error = _outcome(lambda: self.incidents.delete({"sys_id": sys_id}))
        is_done = row_of(self.instance, sys_id) is None
        _check_count(int(is_done), error)
        if is_done:
            self._forget(sys_id)

    @precondition(lambda self: self.rows)
    @rule(choice=_CHOICE)
    def upload(self, choice: int) -> None:
        sys_id, name = self._one(choice), f"{self._text().replace(' ', '-')}.txt"
        error = _outcome(lambda: self.incidents.attachments.upload(sys_id, data=b"content", name=name))
        made = sum(row["file_name"] == name for row in self.instance.table("sys_attachment").rows)
        _check_count(made, error)
        self.files[sys_id] += made

    # -- reads -------------------------------------------------------------------------------------------------------

    @rule(is_streamed=st.booleans())
    def get(self, is_streamed: bool) -> None:
        came: list[tuple[str, str]] = []
        read = self.incidents.get
        if _outcome(lambda: came.extend(_pairs(read(stream=is_streamed).all()))) is None:
            assert sorted(came) == sorted(self.rows.items())

    @rule(page_size=st.integers(1, 5), workers=st.sampled_from((1, 1, 2)))
    def iterate(self, page_size: int, workers: int) -> None:
        came: list[tuple[str, str]] = []
        with self.incidents.iterate(page_size=page_size, workers=workers) as walk:
            error = _outcome(lambda: came.extend(_pairs(walk)))
        if error is None:
            assert sorted(came) == sorted(self.rows.items())

    @rule(page_sizes=st.tuples(st.integers(1, 5), st.integers(1, 5)), stop=st.integers(0, 6))
    def iterate_in_two_parts(self, page_sizes: tuple[int, int], stop: int) -> None:
        came: list[tuple[str, str]] = []
        with self.incidents.iterate(page_size=page_sizes[0]) as first:
            _outcome(lambda: came.extend(_pairs(islice(first, stop))))
            token = first.resume_token
        with self.incidents.iterate(page_size=page_sizes[1], resume=token) as second:
            error = _outcome(lambda: came.extend(_pairs(second)))
        assert len({sys_id for sys_id, _ in came}) == len(came)
        if error is None:
            assert sorted(came) == sorted(self.rows.items())

    # -- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def instance_holds_the_model(self) -> None:
        assert self._stored() == self.rows
        for sys_id in self.rows:
            assert sorted(notes_of(self.instance, sys_id)) == sorted(self.notes[sys_id])
        files = [str(row["table_sys_id"]) for row in self.instance.table("sys_attachment").rows]
        assert {sys_id: files.count(sys_id) for sys_id in self.rows} == self.files

    def _stored(self) -> dict[str, str]:
        return {str(row["sys_id"]): str(row["short_description"]) for row in self.instance.table("incident").rows}

    def _text(self) -> str:
        self.number += 1
        return f"text {self.number}"

    def _one(self, choice: int) -> str:
        return sorted(self.rows, key=self.rows.__getitem__)[choice % len(self.rows)]

    def _expect(self, sys_id: str, text: str) -> None:
        self.rows[sys_id], self.notes[sys_id], self.files[sys_id] = text, [], 0

    def _forget(self, sys_id: str) -> None:
        del self.rows[sys_id], self.notes[sys_id], self.files[sys_id]

    def _remove(self, sys_id: str) -> None:
        instance = self.instance.instance
        instance.delete("incident", sys_id, instance.system)


def _outcome(act: Callable[[], object]) -> PysnowException | None:
    try:
        act()
    except PysnowException as error:
        return error
    return None


def _pairs(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    return ((row["sys_id"], row["short_description"]) for row in rows)


def _check_count(done: int, error: PysnowException | None) -> None:
    """A change that returned was made once; one that raised at most once, and not at all where the error says so."""
    if error is None:
        assert done == 1
    else:
        assert done <= (0 if error.committed is False else 1), error


def test_table__agrees_with_its_model(pytestconfig: pytest.Config) -> None:
    schedules = pytestconfig.getoption("chaos")
    examples = max(1, _EXAMPLES * schedules // 30)
    with Sandbox(seed=False) as sandbox:
        machine = type("BoundTableMachine", (TableMachine,), {"instance": sandbox})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=_STEPS if schedules <= 30 else _MANY_STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
