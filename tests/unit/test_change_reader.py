"""Changes, read from a table that changes while it is read: what is told, applied to a copy, makes the copy equal."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysnow.exceptions import IncompleteResult
from pysnow.tracking.change import Change
from tests.unit.changing_instance import Instance

KEYS = [f"{number:032x}" for number in range(6)]


class _Copy:
    """What a program makes of the changes it is told."""

    def __init__(self) -> None:
        self.rows: dict[str, Any] = {}
        self.told: list[Change] = []

    def apply(self, change: Change) -> None:
        self.told.append(change)
        if change.record is None:
            self.rows.pop(change.sys_id, None)
        else:
            self.rows[change.sys_id] = change.record

    @property
    def serials(self) -> Counter[int]:
        return Counter(change.record["serial"] for change in self.told if change.record is not None)


def _run(instance: Instance, state: dict[str, Any], copy: _Copy, most: int | None = None, **options: Any) -> Any:
    """One run, left after so many changes; gives the state, as it comes back from a file."""
    reader = instance.reader(state, **options)
    if most != 0:
        for number, change in enumerate(reader.run(), start=1):
            copy.apply(change)
            if number == most:
                break
    return json.loads(json.dumps(reader.state()))


_ACTION = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(KEYS), st.floats(0, 4)),
    st.tuples(st.just("delete"), st.sampled_from(KEYS), st.floats(0, 4)),
    st.tuples(st.just("tick"), st.sampled_from([0.3, 1.0, 7.0, 40.0]), st.just(0.0)),
    st.tuples(st.just("run"), st.sampled_from([1, 2, 3, 100]), st.just(0.0)),
)


def _play(instance: Instance, copy: _Copy, actions: list[Any], **options: Any) -> dict[str, Any]:
    """Let all this happen; what stands behind a run happens while its requests are under way, as far as it does."""
    state = instance.state_now()
    instance.tick(0.3)
    waiting = list(actions)
    while waiting:
        name, what, delay = waiting.pop(0)
        if name == "run":
            happens: list[Any] = []
            while waiting and waiting[0][0] != "run" and len(happens) < 6:
                happens.append(waiting.pop(0))
            instance.actions = [partial(_happen, instance, *each) for each in happens]
            if "known" in options:
                options["known"] = set(copy.rows)
            state = _run(instance, state, copy, what, **options)
            for action in instance.actions:
                action()
            instance.actions = []
        else:
            _happen(instance, name, what, delay)
    return state


def _happen(instance: Instance, name: str, what: Any, delay: float) -> None:
    if name == "tick":
        instance.tick(what)
    elif name == "delete_and_rest":
        instance.delete(what, delay)
        instance.tick(1)
    else:
        getattr(instance, name)(what, delay)


@settings(max_examples=150, deadline=None)
@given(actions=st.lists(_ACTION, max_size=40), skew=st.integers(-3, 3), page_size=st.integers(1, 4))
def test_run__the_copy_becomes_equal_and_no_version_is_told_twice(
    actions: list[Any], skew: int, page_size: int
) -> None:
    """Save for rows that were deleted and made anew within a second: they may look as they did before."""
    instance, copy = Instance(skew), _Copy()
    state = _play(instance, copy, actions, page_size=page_size)
    instance.tick(30)
    _run(instance, state, copy, page_size=page_size)
    assert copy.rows == instance.table.rows
    told_twice = {serial for serial, times in copy.serials.items() if times > 1}
    assert told_twice <= instance.made_anew


@settings(max_examples=100, deadline=None)
@given(actions=st.lists(_ACTION, max_size=40), page_size=st.integers(1, 4))
def test_run__by_difference_the_copy_becomes_equal(actions: list[Any], page_size: int) -> None:
    """What is deleted and made anew within a second, with the same sys_id, looks as it did before."""
    instance, copy = Instance(), _Copy()
    actions = [("delete_and_rest", *rest) if name == "delete" else (name, *rest) for name, *rest in actions]
    options: dict[str, Any] = {"page_size": page_size, "deleted": "difference"}
    state = _play(instance, copy, actions, known=(), **options)
    instance.tick(30)
    _run(instance, state, copy, known=set(copy.rows), **options)
    assert copy.rows == instance.table.rows


def test_run__many_rows_in_the_second_of_the_run() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    for key in KEYS[::2]:
        instance.write(key)
    state = _run(instance, state, copy)
    for key in KEYS[1::2]:
        instance.write(key)
    _run(instance, state, copy)
    assert sorted(change.sys_id for change in copy.told) == KEYS


def test_run__a_stamp_of_next_year_hides_nothing() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    instance.seconds += 31_536_000
    instance.write(KEYS[0])
    instance.seconds -= 31_536_000
    instance.skew = 0
    state = _run(instance, state, copy)
    instance.tick(60)
    instance.write(KEYS[1])
    _run(instance, state, copy)
    assert [change.sys_id for change in copy.told] == [KEYS[0], KEYS[1]]


def test_run__created_and_deleted_in_between_is_told_once() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    instance.write(KEYS[0])
    instance.delete(KEYS[0])
    _run(instance, state, copy)
    assert [(change.kind, change.sys_id) for change in copy.told] == [("deleted", KEYS[0])]


def test_run__deleted_and_made_anew_within_a_second() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    instance.write(KEYS[0])
    state = _run(instance, state, copy)
    instance.delete(KEYS[0])
    instance.write(KEYS[0])
    _run(instance, state, copy)
    assert copy.rows == instance.table.rows


def test_run__made_anew_within_a_second_and_visible_after_its_deletion_was_told() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    instance.write(KEYS[0])
    state = _run(instance, state, copy)
    instance.delete(KEYS[0])
    instance.write(KEYS[0], delay=1)
    state = _run(instance, state, copy)
    instance.tick(1)
    _run(instance, state, copy)
    assert [change.kind for change in copy.told] == ["added", "deleted", "added"]
    assert copy.rows == instance.table.rows


def test_run__restored_with_its_old_stamp() -> None:
    instance, copy = Instance(), _Copy()
    instance.write(KEYS[0])
    row = instance.table.rows[KEYS[0]]
    instance.tick(100)
    state = instance.state_now()
    instance.delete(KEYS[0])
    instance.table.rows[KEYS[0]] = row
    _run(instance, state, copy)
    assert [(change.kind, change.record) for change in copy.told] == [("updated", row)]


@pytest.mark.parametrize(("written", "kind"), [(False, "added"), (True, "updated")])
def test_run__kind(written: bool, kind: str) -> None:
    instance, copy = Instance(), _Copy()
    if written:
        instance.write(KEYS[0])
    instance.tick(100)
    state = instance.state_now()
    instance.write(KEYS[0])
    _run(instance, state, copy)
    assert [change.kind for change in copy.told] == [kind]


def test_run__added_is_still_added_when_the_run_before_was_left_early() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    for key in KEYS:
        instance.write(key)
        instance.tick(30)
    state = _run(instance, state, copy, 3)
    _run(instance, state, copy)
    assert [change.kind for change in copy.told] == ["added"] * len(KEYS)


def test_run__a_row_that_is_written_to_again_is_updated() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    instance.write(KEYS[0])
    state = _run(instance, state, copy)
    instance.write(KEYS[0])
    _run(instance, state, copy)
    assert [change.kind for change in copy.told] == ["added", "updated"]


def test_run__memory_of_versions_stays_small() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    for number in range(200):
        instance.write(f"{number:032x}")
        instance.tick(1)
    state = _run(instance, state, copy)
    assert len(state["written"]["seen"]) <= 11


def test_run__without_the_log_nothing_is_told() -> None:
    instance, copy = Instance(), _Copy()
    instance.is_log_readable = False
    instance.write(KEYS[0])
    with pytest.raises(IncompleteResult, match="Deletions cannot be told: sys_db_object .*known=.*deleted=False"):
        _run(instance, instance.state_now(), copy)
    assert copy.told == []


def test_run__without_the_log_by_difference_if_it_can() -> None:
    instance, copy = Instance(), _Copy()
    instance.is_log_readable = False
    _run(instance, instance.state_now(), copy, known=[KEYS[0]])
    assert [(change.kind, change.sys_id, change.at) for change in copy.told] == [("deleted", KEYS[0], None)]


def test_run__what_is_known_follows_the_log_too() -> None:
    """Otherwise a record that was deleted would be gone a second time, once the log cannot be trusted any more."""
    instance = Instance()
    instance.write(KEYS[0])
    instance.tick(100)
    reader = instance.reader(instance.state_now(), known=[KEYS[0]])
    instance.delete(KEYS[0])
    kinds = [change.kind for change in reader.run()]
    instance.is_log_readable = False
    instance.tick(7200)
    assert kinds + [change.kind for change in reader.run()] == ["deleted"]


def test_run__difference_tells_rows_that_came_into_reach() -> None:
    instance, copy = Instance(), _Copy()
    instance.write(KEYS[0])
    instance.tick(100)
    _run(instance, instance.state_now(), copy, known=[], deleted="difference")
    assert [(change.kind, change.sys_id) for change in copy.told] == [("added", KEYS[0])]


def test_run__deletions_that_nobody_wants() -> None:
    instance, copy = Instance(), _Copy()
    instance.is_log_readable = False
    instance.write(KEYS[0])
    instance.tick(100)
    state = instance.state_now()
    instance.delete(KEYS[0])
    _run(instance, state, copy, deleted=False)
    assert copy.told == []


def test_settle__takes_what_is_there_for_known() -> None:
    instance, copy = Instance(), _Copy()
    state = instance.state_now()
    instance.write(KEYS[0])
    instance.write(KEYS[1])
    instance.delete(KEYS[1])
    reader = instance.reader(state)
    reader.settle()
    for change in reader.run():
        copy.apply(change)
    assert copy.told == []
