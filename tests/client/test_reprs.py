"""What the objects show of themselves that a program holds while it reads and writes: one line, and no request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pysnow.sandbox import Sandbox

if TYPE_CHECKING:
    from pysnow import Client

SINCE = datetime(2000, 1, 1, tzinfo=UTC)


def test_history__shows_table_column_and_state(client: Client) -> None:
    history = client.table("incident").history(SINCE, field="opened_at")
    assert repr(history) == "<History of incident by opened_at not begun, 0 rows>"


def test_history__shows_that_it_is_over(client: Client) -> None:
    history = client.table("incident").history(SINCE, query={"number": "INC0000060"})
    list(history)
    assert repr(history) == "<History of incident by sys_created_on over, 1 rows>"


def test_changes__show_table_and_counts(client: Client) -> None:
    changes = client.table("incident").changes(SINCE, deleted=False)
    assert repr(changes) == "<Changes of incident: 0 added, 0 updated, 0 deleted, not begun>"


def test_watch__shows_table_and_interval(client: Client) -> None:
    with client.table("incident").watch(interval=2, deleted=False) as watch:
        assert repr(watch) == "<Watch of incident: 0 added, 0 updated, 0 deleted by the last look, every 2 s>"
    assert repr(watch).endswith("closed>")


def test_outcomes__of_a_stream_are_counted(client: Client) -> None:
    with client.table("incident").create_many({"number": ""} for _ in range(2)) as stream:
        before = repr(stream)
        next(stream)
        assert (before, repr(stream)) == (
            "<OutcomeStream not begun, 0 outcomes given>",
            "<OutcomeStream under way, 1 outcomes given>",
        )


def test_sandbox_table__shows_its_name() -> None:
    assert repr(Sandbox().table("incident")) == "<SandboxTable incident>"


def test_rule__shows_its_spec_and_strikes() -> None:
    assert repr(Sandbox().fault("server-error", status=503)) == "<Rule server-error:status=503, 0 strikes>"


def test_sandbox__shows_its_address() -> None:
    with Sandbox() as sandbox:
        assert repr(sandbox) == f"<Sandbox {sandbox.url}>"


def test_sandbox__shows_that_it_does_not_listen() -> None:
    assert repr(Sandbox()) == "<Sandbox not listening>"


def test_reprs__send_nothing(client: Client, sandbox: Sandbox) -> None:
    table = client.table("incident")
    [repr(thing) for thing in (table.history(SINCE), table.changes(SINCE, deleted=False), table.iterate())]
    assert len(sandbox.requests) == 0
