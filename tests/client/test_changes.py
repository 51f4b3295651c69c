"""Changes over real HTTP: added, updated, deleted, each once, with ties, faults, other zones and rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, IncompleteResult, IncompleteResultWarning, InvalidUsage, PysnowException, QueryIgnored
from pysnow.sandbox import Sandbox
from pysnow.tracking.checkpoint import Subject, sealed
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.table import Table
    from pysnow.tracking.changes import Changes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _Time:
    """The instance's clock, which stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time() -> _Time:
    return _Time()


@pytest.fixture
def sandbox(time: _Time) -> Iterator[Sandbox]:
    """An instance without demo data, whose clock is set by the test."""
    with Sandbox(seed=False, clock=time) as sandbox:
        sandbox.create_table("u_thing", columns={"u_name": "string"})
        sandbox.create_table("u_small_thing", extends="u_thing")
        sandbox.faults.add("clock-skew", seconds=0)  # Date shows that clock, too
        yield sandbox


@pytest.fixture
def things(sandbox: Sandbox) -> Iterator[Table]:
    """The table, by a client that does not wait in truth before it tries again."""
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        client._clockwork = Clockwork(sleep=lambda seconds: None)
        yield client.table("u_thing")


@pytest.fixture
def make(things: Table) -> Callable[..., str]:
    """Creates a row, and gives its sys_id."""
    return lambda name="": str(things.create({"u_name": name})["sys_id"])


def _told(changes: Changes) -> list[tuple[str, str]]:
    return [(change.kind, change.sys_id) for change in changes]


def _until_error(changes: Changes) -> tuple[list[str], PysnowException]:
    told: list[str] = []
    try:
        for change in changes:
            told.append(change.sys_id)
    except PysnowException as error:
        return told, error
    raise AssertionError("nothing went wrong")


# -- what is told ------------------------------------------------------------------------------------------------------


def test_changes__added_updated_deleted(things: Table, make: Callable[..., str], time: _Time) -> None:
    old, doomed = make("old"), make("doomed")
    time.tick(3600)
    first = things.changes()
    time.tick(60)
    new = make("new")
    things.update(old, {"u_name": "changed"})
    things.delete(doomed)
    changes = things.changes(checkpoint=first.checkpoint)
    assert ([change.sys_id for change in changes.added], [change.sys_id for change in changes.updated]) == (
        [new],
        [old],
    )
    assert [(change.sys_id, change.record, change.at) for change in changes.deleted] == [(doomed, None, time.now)]
    assert changes.updated[0].record is not None
    assert changes.updated[0].record["u_name"] == "changed"
    assert (changes.report.added, changes.report.updated, changes.report.deleted) == (1, 1, 1)
    assert changes.report.complete is True


def test_changes__all_in_the_second_in_which_it_runs(things: Table, make: Callable[..., str]) -> None:
    """The clock never moves: rows before, between and after the runs have the same stamp."""
    before = {make() for _ in range(5)}
    changes = things.changes()
    assert _told(changes) == []
    told: list[str] = []
    made = []
    for _ in range(4):
        made += [make() for _ in range(7)]
        changes = things.changes(checkpoint=changes.checkpoint, page_size=3)
        told += [change.sys_id for change in changes]
    assert sorted(told) == sorted(made)
    assert not before.intersection(told)


def test_changes__a_hundred_updates_in_a_second_each_once(things: Table, make: Callable[..., str], time: _Time) -> None:
    rows = [make() for _ in range(10)]
    changes = things.changes()
    time.tick(100)
    versions: list[Any] = []
    for round_ in range(10):
        for sys_id in rows:
            things.update(sys_id, {"u_name": f"{round_}"})
        if round_ % 3 == 0:
            changes = things.changes(checkpoint=changes.checkpoint)
            versions += [(change.sys_id, change.record["sys_mod_count"]) for change in changes if change.record]
    changes = things.changes(checkpoint=changes.checkpoint)
    versions += [(change.sys_id, change.record["sys_mod_count"]) for change in changes if change.record]
    assert len(versions) == len(set(versions)) == 40
    assert {count for _, count in versions} == {"1", "4", "7", "10"}


def test_changes__rows_written_while_pages_are_read(things: Table, make: Callable[..., str], time: _Time) -> None:
    changes = things.changes()
    made = [make() for _ in range(6)]
    told: list[str] = []
    for run in range(4):
        changes = things.changes(checkpoint=changes.checkpoint, page_size=2)
        for number, change in enumerate(changes):
            told.append(change.sys_id)
            if run < 2 and number < 5:
                made.append(make())
                time.tick(0.4)
    assert sorted(told) == sorted(made)


def test_changes__left_early_goes_on(things: Table, make: Callable[..., str]) -> None:
    changes = things.changes()
    made = [make() for _ in range(9)]
    told: list[Any] = []
    while len(told) < 9:
        changes = things.changes(checkpoint=changes.checkpoint, page_size=4)
        told += [next(changes).sys_id, next(changes).sys_id] if len(told) < 8 else [next(changes).sys_id]
    assert sorted(told) == sorted(made)


def test_changes__since_a_moment(things: Table, make: Callable[..., str], time: _Time) -> None:
    make()
    time.tick(1)
    later = make()
    assert _told(things.changes(time.now - timedelta(seconds=0.5))) == [("added", later)]


def test_changes__of_a_query_with_some_fields(things: Table, make: Callable[..., str], time: _Time) -> None:
    changes = things.changes(query={"u_name": "a"}, fields=["u_name"])
    make("b")
    make("a")
    again = things.changes(checkpoint=changes.checkpoint, query={"u_name": "a"}, fields=["u_name"])
    assert [change.record for change in again] == [{"u_name": "a"}]


def test_changes__with_display_values(things: Table, make: Callable[..., str]) -> None:
    changes = things.changes(NOON, display_value="all")
    make("a")
    records = [change.record for change in changes]
    assert records[0] is not None
    assert records[0]["u_name"] == {"display_value": "a", "value": "a"}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize("moment", [datetime(2025, 3, 30, 0, 59, tzinfo=UTC), datetime(2025, 10, 26, tzinfo=UTC)])
def test_changes__the_zone_of_the_account_does_not_matter(
    sandbox: Sandbox, time: _Time, zone: str, moment: datetime
) -> None:
    """Hours around the nights in which clocks are changed."""
    time.now = moment
    sandbox.add_user("abroad", roles=["admin"], time_zone=zone)
    with Client(instance=sandbox.url, user="abroad", password="abroad") as client:
        table = client.table("u_thing")
        changes = table.changes()
        made: list[Any] = []
        told: list[Any] = []
        for _ in range(8):
            time.tick(900)
            made.append(table.create({"u_name": "x"})["sys_id"])
            changes = table.changes(checkpoint=changes.checkpoint)
            told += [change.sys_id for change in changes]
    assert told == made


@pytest.mark.parametrize("skew", [-20, 20])
@pytest.mark.parametrize("stamps", [True, False])
def test_changes__clocks_that_differ(
    sandbox: Sandbox, things: Table, make: Callable[..., str], time: _Time, skew: int, stamps: bool
) -> None:
    """One of two nodes has a clock of its own: in what it stamps, or in what it shows."""
    sandbox.faults.clear()
    sandbox.faults.add("clock-skew", seconds=0)
    sandbox.faults.add("clock-skew", seconds=skew, stamps=stamps, probability=0.5)
    changes = things.changes()
    made: list[Any] = []
    told: list[Any] = []
    for _ in range(12):
        time.tick(7)
        made += [make(), make()]
        changes = things.changes(checkpoint=changes.checkpoint)
        told += [change.sys_id for change in changes]
    assert sorted(told) == sorted(made)


# -- deletions ---------------------------------------------------------------------------------------------------------


def test_changes__deletions_of_tables_that_extend_it(sandbox: Sandbox, things: Table, time: _Time) -> None:
    """The log names the real class of what was deleted."""
    small = str(sandbox.add("u_small_thing", {"u_name": "small"})["sys_id"])
    changes = things.changes()
    time.tick(1)
    things.delete(small)
    assert _told(things.changes(checkpoint=changes.checkpoint)) == [("deleted", small)]


def test_changes__deletions_that_came_with_another(sandbox: Sandbox, time: _Time) -> None:
    """Deleting a row deletes what belongs to it, and each is in the log."""
    sandbox.create_table("u_owner", columns={"u_name": "string"})
    sandbox.create_table("u_part", columns={"u_of": {"type": "reference", "reference": "u_owner", "cascade": "delete"}})
    owner = str(sandbox.add("u_owner", {"u_name": "owner"})["sys_id"])
    parts = [sandbox.add("u_part", {"u_of": owner})["sys_id"] for _ in range(3)]
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        changes = client.table("u_part").changes()
        client.table("u_owner").delete(owner)
        told = _told(client.table("u_part").changes(checkpoint=changes.checkpoint))
    assert sorted(told) == sorted(("deleted", part) for part in parts)


def test_changes__deleted_and_made_anew(sandbox: Sandbox, things: Table, time: _Time) -> None:
    """Within one second, so that nothing but the name is another. It is rather told twice than not at all."""
    row = {"sys_id": "a" * 32, "u_name": "first"}
    sandbox.add("u_thing", row)
    changes = things.changes()
    for tick in (0, 5):
        time.tick(tick)
        things.delete("a" * 32)
        sandbox.add("u_thing", row | {"u_name": f"again after {tick}"})
        changes = things.changes(checkpoint=changes.checkpoint)
        told = [change.record and change.record["u_name"] for change in changes]
        assert set(told) == {f"again after {tick}"}


def test_changes__deletions_are_told_once(things: Table, make: Callable[..., str], time: _Time) -> None:
    rows = [make() for _ in range(5)]
    changes = things.changes()
    told: list[Any] = []
    for sys_id in rows:
        things.delete(sys_id)
        changes = things.changes(checkpoint=changes.checkpoint)
        told += [change.sys_id for change in changes]
        time.tick(0.3)
    assert told == rows


def test_changes__created_and_deleted_in_between_is_told_once(things: Table, make: Callable[..., str]) -> None:
    changes = things.changes()
    brief = make()
    things.delete(brief)
    assert _told(things.changes(checkpoint=changes.checkpoint)) == [("deleted", brief)]


def test_changes__a_log_that_was_pruned_is_not_trusted(
    sandbox: Sandbox, things: Table, make: Callable[..., str], time: _Time
) -> None:
    changes = things.changes()
    checkpoint = changes.checkpoint
    time.tick(90 * 86_400)
    things.delete(make())
    with pytest.raises(IncompleteResult, match=r"sys_audit_delete goes back to 2026-05-30 .* asked for\. Pass known="):
        list(things.changes(checkpoint=checkpoint))


def test_changes__nothing_is_told_before_it_is_known_that_deletions_can_be(
    things: Table, make: Callable[..., str], time: _Time
) -> None:
    make()
    time.tick(90 * 86_400)
    changes = things.changes(NOON)
    with pytest.raises(IncompleteResult):
        next(changes)


def test_changes__a_quiet_table_keeps_its_log_within_reach(
    things: Table, make: Callable[..., str], time: _Time
) -> None:
    """Weeks without a deletion, and a log that was pruned meanwhile: each run moves on."""
    other = make()
    changes = things.changes()
    for _ in range(10):
        time.tick(20 * 3600)
        changes = things.changes(checkpoint=changes.checkpoint)
        assert _told(changes) == []
    things.delete(other)
    assert _told(things.changes(checkpoint=changes.checkpoint)) == [("deleted", other)]


def test_changes__by_difference_where_the_log_was_pruned(things: Table, make: Callable[..., str], time: _Time) -> None:
    kept, gone = make(), make()
    checkpoint = things.changes().checkpoint
    time.tick(90 * 86_400)
    things.delete(gone)
    changes = things.changes(checkpoint=checkpoint, known=[kept, gone])
    assert _told(changes) == [("deleted", gone)]
    assert changes.report.deletions == "difference"
    assert "goes back" in changes.report.doubt
    time.tick(100)
    things.delete(kept)
    again = things.changes(checkpoint=changes.checkpoint)
    assert [change.sys_id for change in again if change.sys_id != gone] == [kept]
    assert again.report.deletions == "audit"


def test_changes__known_as_lines_of_a_file(things: Table, make: Callable[..., str], tmp_path: Path) -> None:
    kept, gone = make(), make()
    path = tmp_path / "known.txt"
    path.write_text(f"{kept}\n{gone}\n\n")
    things.delete(gone)
    with path.open() as known:
        changes = things.changes(NOON + timedelta(seconds=1), known=known, deleted="difference")
        assert _told(changes) == [("deleted", gone)]


def test_changes__everything_for_the_first_time(things: Table, make: Callable[..., str], time: _Time) -> None:
    rows = {make() for _ in range(5)}
    time.tick(90 * 86_400)
    changes = things.changes(datetime(1970, 1, 1, tzinfo=UTC), known=[])
    assert {change.sys_id for change in changes.added} == rows
    assert things.changes(checkpoint=changes.checkpoint).deleted == []


def test_changes__a_capped_list_is_no_reason_to_call_rows_gone(
    sandbox: Sandbox, things: Table, make: Callable[..., str]
) -> None:
    rows = [make() for _ in range(20)]
    sandbox.faults.add("capped-limit:rows=3")
    changes = things.changes(NOON + timedelta(seconds=1), known=rows, deleted="difference")
    assert _told(changes) == []


def test_changes__a_table_whose_deletions_are_not_logged(sandbox: Sandbox) -> None:
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        changes = client.table("sys_user").changes(NOON)
        with pytest.raises(IncompleteResult, match="deletions of sys_user are not logged"):
            list(changes)


def test_changes__system_tables_that_the_property_lists(sandbox: Sandbox) -> None:
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        client.table("sys_properties").update({"name": "glide.ui.audit_deleted_tables"}, {"value": "sys_x, sys_user"})
        changes = client.table("sys_user").changes(NOON + timedelta(seconds=1))
        assert _told(changes) == []


def test_changes__the_attribute_that_keeps_deletions_out_of_the_log(sandbox: Sandbox, things: Table) -> None:
    rows = sandbox.table("sys_dictionary").rows
    entry = next(row for row in rows if row["name"] == "u_thing" and row["internal_type"] == "collection")
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        client.table("sys_dictionary").update(str(entry["sys_id"]), {"attributes": "a=b,no_audit_delete=true"})
    with pytest.raises(IncompleteResult, match="no_audit_delete"):
        list(things.changes(NOON))


@pytest.mark.parametrize("deleted", ["auto", "audit"])
def test_changes__without_rights_to_the_log(sandbox: Sandbox, time: _Time, deleted: Any) -> None:
    sandbox.allow("u_thing", "read")
    with Client(instance=sandbox.url, user="itil", password="itil") as client:
        changes = client.table("u_thing").changes(NOON, deleted=deleted)
        with pytest.raises(IncompleteResult, match=r"Deletions cannot be told: .*deleted=False"):
            list(changes)


def test_changes__without_rights_to_the_log_and_without_deletions(sandbox: Sandbox, make: Callable[..., str]) -> None:
    sandbox.allow("u_thing", "read")
    made = make()
    with Client(instance=sandbox.url, user="itil", password="itil") as client:
        changes = client.table("u_thing").changes(NOON, deleted=False)
        assert _told(changes) == [("added", made)]
        assert changes.report.deletions is False


def test_changes__rows_that_may_not_be_seen(sandbox: Sandbox, things: Table, make: Callable[..., str]) -> None:
    sandbox.deny("u_thing", "read", where="u_name=hidden", admins_too=True)
    changes = things.changes()
    seen = []
    for _ in range(6):
        for _ in range(5):
            sandbox.add("u_thing", {"u_name": "hidden"})
        seen.append(make("seen"))
    assert sorted(change.sys_id for change in things.changes(checkpoint=changes.checkpoint, page_size=2)) == sorted(
        seen
    )


# -- faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        "server-error:status=503,nth=2",
        "drop-before:nth=2",
        "reset-body:nth=3",
        "cut-body:nth=2",
        "rows-then-error:nth=3",
        "transaction-cancelled:nth=2,times=5,operation=list,path=*u_thing",
        "too-many-requests:nth=2,retry_after=0",
        "capped-limit:rows=2",
        "same-page:nth=3",
        "unstable-ties:probability=0.5",
    ],
)
def test_changes__exact_in_spite_of(
    sandbox: Sandbox, things: Table, make: Callable[..., str], time: _Time, fault: str
) -> None:
    changes = things.changes()
    doomed = make("doomed")
    changes = things.changes(checkpoint=changes.checkpoint)
    list(changes)
    made = [make() for _ in range(10)]
    things.delete(doomed)
    sandbox.faults.add(fault if "path" in fault else f"{fault},table=u_thing+sys_audit_delete")
    told = _told(things.changes(checkpoint=changes.checkpoint, page_size=3))
    assert sorted(told) == sorted([("added", sys_id) for sys_id in made] + [("deleted", doomed)])


def test_changes__an_error_knows_where_to_go_on(sandbox: Sandbox, things: Table, make: Callable[..., str]) -> None:
    changes = things.changes()
    made = [make() for _ in range(10)]
    sandbox.faults.add("forbidden:table=u_thing,nth=4")
    told, error = _until_error(things.changes(checkpoint=changes.checkpoint, page_size=3))
    assert 0 < len(told) < 10
    assert error.received == len(told)
    told += [change.sys_id for change in things.changes(checkpoint=error.resume_token)]
    assert sorted(told) == sorted(made)


def test_changes__the_same_one_goes_on_after_an_error(
    sandbox: Sandbox, things: Table, make: Callable[..., str]
) -> None:
    changes = things.changes()
    made = [make() for _ in range(10)]
    again = things.changes(checkpoint=changes.checkpoint, page_size=3)
    sandbox.faults.add("forbidden:table=u_thing,nth=4")
    told, _ = _until_error(again)
    told += [change.sys_id for change in again]
    assert sorted(told) == sorted(made)


def test_changes__without_counts_the_end_is_unverified(
    sandbox: Sandbox, things: Table, make: Callable[..., str]
) -> None:
    made = make()
    sandbox.faults.add("wrong-count:how=missing,table=u_thing")
    changes = things.changes(NOON)
    with pytest.warns(IncompleteResultWarning, match="unverified"):
        assert _told(changes) == [("added", made)]
    assert changes.report.complete == "unverified"


# -- use ---------------------------------------------------------------------------------------------------------------


def test_changes__nothing_is_sent_before_the_first_is_asked_for(things: Table, sandbox: Sandbox) -> None:
    changes = things.changes(NOON)
    assert (len(sandbox.requests), changes.report.complete) == (0, False)
    assert changes.checkpoint


def test_changes__kinds_are_kept_for_a_loop(things: Table, make: Callable[..., str]) -> None:
    made = make()
    changes = things.changes(NOON)
    assert (len(changes.added), len(changes.deleted)) == (1, 0)
    assert _told(changes) == _told(changes) == [("added", made)]


def test_changes__kinds_behind_a_loop_are_refused(things: Table, make: Callable[..., str]) -> None:
    make()
    changes = things.changes(NOON)
    next(changes)
    with pytest.raises(InvalidUsage, match="iterated over"):
        _ = changes.added


def test_changes__a_loop_behind_the_end_is_empty(things: Table, make: Callable[..., str]) -> None:
    make()
    changes = things.changes(NOON)
    assert len(list(changes)) == 1
    assert list(changes) == []


def test_changes__the_checkpoint_holds_no_query_and_no_secret(things: Table) -> None:
    checkpoint = things.changes(NOON, query={"u_name": "canary"}).checkpoint
    assert "canary" not in checkpoint
    assert "admin" not in checkpoint


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"since": datetime(2026, 3, 1)}, "no time zone"),
        ({"since": 5}, "aware datetime"),
        ({"since": NOON, "deleted": "yes"}, "deleted must be"),
        ({"since": NOON, "deleted": True}, "deleted must be"),
        ({"since": NOON, "deleted": "difference"}, "needs known="),
        ({"since": NOON, "known": "abc"}, "known must be sys_ids"),
        ({"since": NOON, "known": [5]}, "known must hold sys_ids"),
        ({"since": NOON, "known": 5}, "known must be sys_ids"),
        ({"since": NOON, "overlap": -1}, "overlap must be"),
        ({"since": NOON, "overlap": float("nan")}, "overlap must be"),
        ({"since": NOON, "page_size": 0}, "page_size must be"),
        ({"since": NOON, "display_value": True}, "display_value='all'"),
        ({"checkpoint": "x"}, "no checkpoint"),
        ({"checkpoint": 5}, "no checkpoint"),
    ],
)
def test_changes__bad_input_is_refused_before_anything_is_sent(
    things: Table, sandbox: Sandbox, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidUsage, match=words):
        things.changes(**arguments)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("arguments", [{"query": "u_name=b"}, {}], ids=["another query", "another table"])
def test_changes__a_checkpoint_of_something_else_is_refused(
    sandbox: Sandbox, things: Table, arguments: dict[str, Any]
) -> None:
    checkpoint = things.changes(NOON).checkpoint
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        table = things if arguments else client.table("u_small_thing")
        with pytest.raises(InvalidUsage, match="belongs to another"):
            table.changes(checkpoint=checkpoint, **arguments)


def test_changes__a_checkpoint_with_something_else_in_it_is_refused(things: Table) -> None:
    subject = Subject("changes", things._base_url, "u_thing", "")
    with pytest.raises(InvalidUsage, match="does not hold what it should"):
        things.changes(checkpoint=sealed(subject, {"written": {}}))


def test_changes__an_offset_is_refused(things: Table) -> None:
    things.parameters.offset = 5
    with pytest.raises(InvalidUsage, match="offset"):
        things.changes(NOON)


@pytest.mark.parametrize("name", ["sysparm_query", "sysparm_no_count", "u_name"])
def test_changes__parameters_that_would_change_the_rows_are_refused(things: Table, name: str) -> None:
    things.parameters.add_custom({name: "true"})
    with pytest.raises(InvalidUsage, match=name):
        things.changes(NOON)


def test_changes__a_strict_client_knows_columns_that_do_not_exist(sandbox: Sandbox, make: Callable[..., str]) -> None:
    make()
    with Client(instance=sandbox.url, user="admin", password="admin", strict=True) as client:
        assert len(client.table("u_thing").changes(NOON, query="u_name=").added) == 1
        misspelt = client.table("u_thing").changes(NOON, query={"u_nmae": "x"})
        with pytest.raises(QueryIgnored, match="u_nmae"):
            list(misspelt)


def test_changes__a_column_that_may_not_be_read(sandbox: Sandbox, things: Table, make: Callable[..., str]) -> None:
    make()
    sandbox.deny("u_thing.sys_updated_on", "read", admins_too=True)
    with pytest.raises(QueryIgnored, match="sys_updated_on"):
        list(things.changes(NOON, deleted=False))
