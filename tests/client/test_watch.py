"""A watch over real HTTP: each change once, whatever happens between and within its looks; and it stops when told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, IncompleteResult, InvalidUsage, PermissionDenied, ServerError
from pysnow.sandbox import Sandbox
from pysnow.tracking.watch import pause_after
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.table import Table
    from pysnow.tracking.watch import Watch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _World:
    """A clock for the instance and for the watch, and what happens while the watch sleeps."""

    def __init__(self) -> None:
        self.now = NOON
        self.naps: list[float] = []
        self.meanwhile: list[Callable[[], object]] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += timedelta(seconds=seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        elif len(self.naps) > 1000:
            raise RuntimeError("nothing happens any more")

    def clockwork(self) -> Clockwork:
        return Clockwork(clock=lambda: self.now.timestamp(), sleep=self.sleep, wall=lambda: self.now.timestamp())


@pytest.fixture
def world() -> _World:
    return _World()


@pytest.fixture
def sandbox(world: _World) -> Iterator[Sandbox]:
    with Sandbox(seed=False, clock=lambda: world.now) as sandbox:
        sandbox.create_table("u_thing", columns={"u_name": "string"})
        sandbox.faults.add("clock-skew", seconds=0)  # Date shows that clock, too
        yield sandbox


@pytest.fixture
def things(sandbox: Sandbox, world: _World) -> Iterator[Table]:
    with Client(instance=sandbox.url, user="admin", password="admin", retry=None) as client:
        client._clockwork = world.clockwork()
        yield client.table("u_thing")


@pytest.fixture
def make(sandbox: Sandbox) -> Callable[..., str]:
    return lambda name="": str(sandbox.add("u_thing", {"u_name": name})["sys_id"])


def _next(watch: Watch, number: int) -> list[str]:
    return [next(watch).sys_id for _ in range(number)]


def test_watch__tells_what_happens_after_the_call(things: Table, make: Callable[..., str], world: _World) -> None:
    make()
    watch = things.watch()
    made = make()
    assert _next(watch, 1) == [made]
    assert world.naps == []


def test_watch__waits_for_the_next(things: Table, make: Callable[..., str], world: _World) -> None:
    watch = things.watch(interval=10)
    made: list[str] = []
    world.meanwhile = [lambda: None, lambda: made.append(make())]
    assert _next(watch, 1) == made
    assert world.naps == [10, 10]


def test_watch__each_change_once_over_many_looks(things: Table, make: Callable[..., str], world: _World) -> None:
    """Rows made between looks, within a look, and in its very second."""
    watch = things.watch(interval=0.3, page_size=2)
    made = [make() for _ in range(5)]
    told: list[str] = []
    for number in range(40):
        if number % 4 == 0:
            world.meanwhile.append(lambda: made.append(make()))
        if number < 15:
            made.append(make())
        told += _next(watch, 1) if len(told) < len(made) or world.meanwhile else []
    told += _next(watch, len(made) - len(told))
    assert sorted(told) == sorted(made)


def test_watch__kinds(things: Table, make: Callable[..., str], sandbox: Sandbox) -> None:
    row = make()
    watch = things.watch()
    things.update(row, {"u_name": "changed"})
    first = next(watch)
    things.delete(row)
    second = next(watch)
    assert [(change.kind, change.sys_id) for change in (first, second)] == [("updated", row), ("deleted", row)]
    assert first.record is not None
    assert first.record["u_name"] == "changed"


def test_watch__of_a_query(things: Table, make: Callable[..., str]) -> None:
    watch = things.watch({"u_name": "a"}, fields="u_name")
    make("b")
    make("a")
    assert next(watch).record == {"u_name": "a"}


def test_watch__goes_on_from_a_checkpoint(things: Table, make: Callable[..., str]) -> None:
    watch = things.watch()
    made = [make() for _ in range(6)]
    told = _next(watch, 2)
    checkpoint = watch.checkpoint
    watch.close()
    made.append(make())
    told += _next(things.watch(checkpoint=checkpoint), 5)
    assert sorted(told) == sorted(made)


def test_watch__and_changes_understand_each_other(things: Table, make: Callable[..., str]) -> None:
    watch = things.watch()
    made = [make() for _ in range(3)]
    told = _next(watch, 1)
    told += [change.sys_id for change in things.changes(checkpoint=watch.checkpoint)]
    assert sorted(told) == sorted(made)


def test_watch__bears_an_outage(things: Table, make: Callable[..., str], sandbox: Sandbox, world: _World) -> None:
    watch = things.watch(interval=10)
    made = make()
    sandbox.faults.add("server-error:status=503,times=4")
    assert _next(watch, 1) == [made]
    assert world.naps == [20, 40, 80, 160]


def test_watch__an_outage_within_a_look_repeats_nothing(
    things: Table, make: Callable[..., str], sandbox: Sandbox
) -> None:
    watch = things.watch(page_size=2)
    made = [make() for _ in range(6)]
    told = _next(watch, 2)
    sandbox.faults.add("drop-before:times=2")
    told += _next(watch, 4)
    assert sorted(told) == sorted(made)


def test_watch__what_the_instance_asks_for(
    things: Table, make: Callable[..., str], sandbox: Sandbox, world: _World
) -> None:
    watch = things.watch(interval=10)
    make()
    sandbox.faults.add("too-many-requests:retry_after=1000,times=1")
    next(watch)
    assert world.naps[0] >= 999


def test_watch__what_waiting_does_not_heal_is_raised(things: Table, sandbox: Sandbox, make: Callable[..., str]) -> None:
    watch = things.watch()
    made = make()
    sandbox.faults.add("forbidden:table=u_thing,times=1")
    with pytest.raises(PermissionDenied):
        next(watch)
    assert _next(watch, 1) == [made]


def test_watch__raises_at_once_when_the_instance_is_away(things: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("server-error:status=503")
    with pytest.raises(ServerError):
        things.watch()


def test_watch__deletions_by_difference(things: Table, make: Callable[..., str]) -> None:
    rows = [make() for _ in range(3)]
    watch = things.watch(deleted="difference", known=rows)
    late = make()
    things.delete(rows[0])
    told = [next(watch), next(watch)]
    things.delete(late)
    told.append(next(watch))
    expected = [("added", late), ("deleted", rows[0]), ("deleted", late)]
    assert [(change.kind, change.sys_id) for change in told] == expected


def test_watch__without_rights_to_the_log(sandbox: Sandbox) -> None:
    sandbox.allow("u_thing", "read")
    with Client(instance=sandbox.url, user="itil", password="itil") as client:
        table = client.table("u_thing")
        with pytest.raises(IncompleteResult, match="deleted=False"):
            table.watch()


def test_watch__closed_from_another_thread_ends_at_once(sandbox: Sandbox) -> None:
    """With the real clock: the pause of an hour is over as soon as the watch is closed."""
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        told: list[Any] = []
        watch = client.table("u_thing").watch(interval=3600)
        looked = len(sandbox.requests)
        thread = threading.Thread(target=lambda: told.extend(watch))
        thread.start()
        while len(sandbox.requests) < looked + 2:
            thread.join(0.01)
        watch.close()
        thread.join(5)
        assert not thread.is_alive()
    assert told == []


def test_watch__closed_by_with(things: Table, make: Callable[..., str]) -> None:
    with things.watch() as watch:
        make()
        next(watch)
    make()
    assert list(watch) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"interval": 0}, "interval must be"),
        ({"interval": True}, "interval must be"),
        ({"interval": float("nan")}, "interval must be"),
        ({"interval": 10**9}, "interval must be"),
        ({"deleted": "x"}, "deleted must be"),
        ({"checkpoint": "x"}, "no checkpoint"),
    ],
)
def test_watch__bad_input_is_refused_before_anything_is_sent(
    things: Table, sandbox: Sandbox, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidUsage, match=words):
        things.watch(**arguments)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize(
    ("failures", "interval", "retry_at", "expected"),
    [
        (0, 30.0, None, 30.0),
        (1, 30.0, None, 60.0),
        (4, 30.0, None, 480.0),
        (5, 30.0, None, 600.0),
        (10_000, 30.0, None, 600.0),
        (3, 3600.0, None, 3600.0),
        (1, 30.0, NOON + timedelta(seconds=900), 900.0),
        (1, 30.0, NOON - timedelta(seconds=900), 60.0),
        (1, 30.0, NOON + timedelta(days=400), 86_400.0),
    ],
)
def test_pause_after(failures: int, interval: float, retry_at: datetime | None, expected: float) -> None:
    assert pause_after(failures, interval, retry_at, NOON) == expected
