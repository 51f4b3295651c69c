"""Groups of rows: within the limits of a batch, side by side, in order, and never one record twice at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.batching.batch_sender import Alone, Answered, Fate, Lost, NotExecuted
from pysnow.batching.bulk_run import BulkRun, grouped
from pysnow.batching.part import Part, PartAnswer
from pysnow.exceptions import AuthenticationError, PermissionDenied, PysnowException, TransportError
from pysnow.writing.outcome import Outcome


@dataclass
class Row:
    """A row that notes what is done with it."""

    name: str = ""
    size: int = 1
    goes_together: bool = True
    done: list[str] = field(default_factory=list)

    def part(self) -> Part | None:
        return Part("create", "POST", f"/{self.name}") if self.goes_together else None

    def answered(self, answered: Answered) -> Outcome:
        return self._outcome("answered")

    def lost(self, lost: Lost) -> Outcome:
        return self._outcome("lost")

    def unsettled(self, lost: Lost) -> Outcome:
        return self._outcome("unsettled")

    def alone(self) -> Outcome:
        return self._outcome("alone")

    def not_executed(self, error: PysnowException) -> Outcome:
        self.done.append("not executed")
        return Outcome(self, "not_executed", error=error)

    def _outcome(self, how: str) -> Outcome:
        self.done.append(how)
        return Outcome(self, "done")


class Sender:
    """Gives one fate to all requests of a group; notes which were under way at a time."""

    address = ""

    def __init__(self, *fates: Fate) -> None:
        self._fates = fates or (Answered(PartAnswer(201, {}, b""), 0.0, is_first=True),)
        self._lock = threading.Lock()
        self._under_way: list[str] = []
        self.groups: list[list[str]] = []
        self.clashes = 0

    def run(self, parts: Sequence[Part]) -> list[Fate]:
        names = [part.path for part in parts]
        with self._lock:
            self.clashes += sum(name in self._under_way and name != "/" for name in names)
            self._under_way += names
            self.groups.append(names)
        with self._lock:
            for name in names:
                self._under_way.remove(name)
        return [self._fates[min(len(self.groups), len(self._fates)) - 1]] * len(parts)


def run(rows: Any, sender: Sender, **options: Any) -> list[Outcome]:
    return list(BulkRun(rows, sender, **{"workers": 1, **options}))  # type: ignore[arg-type]  # stands in for one


@given(sizes=st.lists(st.integers(1, 30), max_size=40), most_rows=st.integers(1, 7), most_bytes=st.integers(1, 40))
def test_grouped__rows__fit_and_keep_their_order(sizes: list[int], most_rows: int, most_bytes: int) -> None:
    rows = [Row(size=size) for size in sizes]
    groups: list[list[Any]] = list(grouped(rows, most_rows, most_bytes))
    assert [row for group in groups for row in group] == rows
    assert all(
        0 < len(group) <= most_rows and (len(group) == 1 or sum(row.size for row in group) <= most_bytes)
        for group in groups
    )


def test_grouped__the_same_record_twice__is_in_two_groups() -> None:
    assert [len(group) for group in grouped([Row("a"), Row("b"), Row("a")], 10)] == [2, 1]


@given(names=st.lists(st.sampled_from("abcdef"), max_size=30), workers=st.integers(1, 4), size=st.integers(1, 4))
def test_bulk_run__outcomes__stand_in_the_order_of_the_rows(names: list[str], workers: int, size: int) -> None:
    rows, sender = [Row(name) for name in names], Sender()
    outcomes = run(rows, sender, workers=workers, size=size)
    assert [outcome.row for outcome in outcomes] == rows
    assert (sender.clashes, [row.done for row in rows]) == (0, [["answered"]] * len(rows))


def test_bulk_run__a_row_that_has_to_go_by_itself__is_not_in_the_batch() -> None:
    alone, together = Row("a", goes_together=False), Row("b")
    sender = Sender()
    run([alone, together], sender)
    assert (alone.done, together.done, sender.groups) == (["alone"], ["answered"], [["/b"]])


def test_bulk_run__where_batches_are_refused__does_not_try_again() -> None:
    rows, sender = [Row(str(number)) for number in range(6)], Sender(Alone(PermissionDenied()))
    run(rows, sender, size=2)
    assert (len(sender.groups), [row.done for row in rows]) == (1, [["alone"]] * 6)


def test_bulk_run__what_an_instance_did_not_get_to__goes_by_itself_once() -> None:
    rows, sender = [Row(str(number)) for number in range(4)], Sender(Alone(), Lost(TransportError(), 0.0))
    run(rows, sender, size=2)
    assert [row.done for row in rows] == [["alone"], ["alone"], ["lost"], ["lost"]]


def test_bulk_run__an_error_of_all__is_met_once() -> None:
    rows, sender = [Row(str(number)) for number in range(6)], Sender(NotExecuted(AuthenticationError()))
    outcomes = run(rows, sender, size=2)
    assert (len(sender.groups), {outcome.status for outcome in outcomes}) == (1, {"not_executed"})


def test_bulk_run__an_error_of_a_group__leaves_the_others_their_chance() -> None:
    rows, sender = [Row(str(number)) for number in range(4)], Sender(NotExecuted(TransportError()))
    run(rows, sender, size=2)
    assert len(sender.groups) == 2


def test_bulk_run__one_group__needs_no_thread(new_threads: Any) -> None:
    run([Row(str(number)) for number in range(5)], Sender(), workers=4)
    assert not [thread for thread in new_threads() if thread.name == "pysnow-batch"]


def test_bulk_run__what_a_thread_raises__reaches_the_caller() -> None:
    class Broken(Row):
        def answered(self, answered: Answered) -> Outcome:
            raise LookupError("a bug")

    with pytest.raises(LookupError):
        run([Row("a"), Broken("b"), Row("c")], Sender(), workers=2, size=1)
