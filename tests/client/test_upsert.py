"""One record for each key: found and brought up to date, or created, and never two of them without a word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import (
    Client,
    DuplicateCreated,
    FieldIgnoredWarning,
    IncompleteResult,
    InvalidUsage,
    MultipleResults,
    NoResults,
    QueryIgnored,
    ServerError,
)
from pysnow.sandbox.faults.fault import Fault, Serve
from tests.client.writing import Hands, Ignoring, client_of, notes_of, row_of, rows_of, sent

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.sandbox.faults.call import Call
    from pysnow.sandbox.faults.reply import Reply
    from pysnow.table import Table

ALERT = {"short_description": "disk full", "correlation_id": "alert-1"}


@pytest.fixture
def incidents(sandbox: Sandbox) -> Table:
    return client_of(sandbox, Hands()).table("incident")


def writes(sandbox: Sandbox) -> int:
    return sum(entry.method != "GET" for entry in sandbox.requests)


# -- actions -----------------------------------------------------------------------------------------------------------


def test_upsert__of_a_new_key__creates(sandbox: Sandbox, incidents: Table) -> None:
    made = incidents.upsert(ALERT)
    assert (made.action, made.record["correlation_id"], len(rows_of(sandbox, "disk full"))) == ("created", "alert-1", 1)


def test_upsert__of_the_same_again__sends_no_write(sandbox: Sandbox, incidents: Table) -> None:
    incidents.upsert(ALERT)
    sandbox.requests.clear()
    assert (incidents.upsert(ALERT).action, writes(sandbox)) == ("unchanged", 0)


def test_upsert__of_other_fields__sends_what_differs(sandbox: Sandbox, incidents: Table) -> None:
    incidents.upsert(ALERT)
    sandbox.requests.clear()
    done = incidents.upsert({**ALERT, "urgency": "1"})
    (put,) = [entry for entry in sandbox.requests if entry.method == "PUT"]
    assert (done.action, list(done.changes), bytes(put.body)) == ("updated", ["urgency"], b'{"urgency": "1"}')


def test_upsert__changes__know_both_values(incidents: Table) -> None:
    incidents.upsert({**ALERT, "urgency": "3"})
    change = incidents.upsert({**ALERT, "urgency": "1"}).changes["urgency"]
    assert (change.old, change.new) == ("3", "1")


def test_upsert__without_update__leaves_it_as_it_is(sandbox: Sandbox, incidents: Table) -> None:
    incidents.upsert(ALERT)
    done = incidents.upsert({**ALERT, "urgency": "1"}, update=False)
    assert (done.action, done.record["urgency"]) == ("unchanged", "3")


def test_upsert__dry_run__sends_nothing_that_changes(sandbox: Sandbox, incidents: Table) -> None:
    done = incidents.upsert(ALERT, dry_run=True)
    assert (done.action, done.is_dry_run, writes(sandbox)) == ("created", True, 0)


def test_upsert__by_several_columns__looks_for_all_of_them(incidents: Table) -> None:
    first = incidents.upsert({**ALERT, "category": "software"}, key=["correlation_id", "category"])
    second = incidents.upsert({**ALERT, "category": "hardware"}, key=["correlation_id", "category"])
    assert (second.action, second.sys_id != first.sys_id) == ("created", True)


# -- what is the same --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"active": "true"}, {"active": True}),
        ({"urgency": "2"}, {"urgency": 2}),
        ({"urgency": "2"}, {"urgency": "2 - Medium"}),
        ({"due_date": "2026-01-02 03:04:05"}, {"due_date": "2026-01-02T03:04:05Z"}),
        ({"due_date": "2026-01-02 03:04:05"}, {"due_date": "2026-01-02T04:04:05+01:00"}),
        ({"description": "a\nb"}, {"description": "a\r\nb"}),
        ({"description": ""}, {"description": None}),
    ],
)
def test_upsert__the_same_value_in_another_spelling__is_no_change(
    incidents: Table, first: dict[str, Any], second: dict[str, Any]
) -> None:
    incidents.upsert({**ALERT, **first})
    assert incidents.upsert({**ALERT, **second}).action == "unchanged"


def test_upsert__a_reference_by_its_display_value__is_no_change(sandbox: Sandbox, incidents: Table) -> None:
    group = next(row for row in sandbox.table("sys_user_group").rows if row["name"] == "Network")
    incidents.upsert({**ALERT, "assignment_group": group["sys_id"]})
    assert incidents.upsert({**ALERT, "assignment_group": "Network"}).action == "unchanged"


def test_upsert__a_moment_as_people_see_it__is_another_one(incidents: Table) -> None:
    made = incidents.upsert({**ALERT, "due_date": "2026-01-02 03:04:05"})
    shown = incidents.get(made.sys_id, display_value=True).one()["due_date"]
    stored = "2026-01-02 03:04:05"
    assert (shown != stored, incidents.upsert({**ALERT, "due_date": shown}).action) == (True, "updated")


def test_upsert__a_journal_entry__is_no_change(sandbox: Sandbox, incidents: Table) -> None:
    made = incidents.upsert({**ALERT, "work_notes": "seen"})
    incidents.upsert({**ALERT, "work_notes": "seen"})
    assert notes_of(sandbox, made.sys_id or "") == ["seen"]


def test_upsert__a_journal_entry__goes_with_a_change(sandbox: Sandbox, incidents: Table) -> None:
    made = incidents.upsert(ALERT)
    incidents.upsert({**ALERT, "urgency": "1", "work_notes": "worse"})
    assert notes_of(sandbox, made.sys_id or "") == ["worse"]


def test_upsert__a_field_that_the_table_does_not_have__is_no_change(incidents: Table) -> None:
    incidents.upsert(ALERT)
    with pytest.warns(FieldIgnoredWarning, match="no_such_field"):
        assert incidents.upsert({**ALERT, "no_such_field": "x"}).action == "unchanged"


@pytest.mark.parametrize("reduced", ["parameters", "call"])
def test_upsert__of_a_reduced_answer__creates_one_record(incidents: Table, reduced: str) -> None:
    params = {"sysparm_fields": "number"} if reduced == "call" else None
    incidents.parameters.fields = ["number"] if reduced == "parameters" else []
    done = incidents.upsert({"correlation_id": "m1"}, params=params)
    assert (done.action, done.sys_id is not None, set(done.record)) == ("created", True, {"number", "sys_id"})


def test_upsert__of_another_view__creates_one_record(incidents: Table) -> None:
    assert incidents.upsert({"correlation_id": "m1"}, params={"sysparm_view": "mobile"}).action == "created"


@pytest.mark.parametrize("options", [{}, {"update": False}, {"dry_run": True}])
def test_upsert__of_what_is_there__gives_the_whole_record(
    sandbox: Sandbox, incidents: Table, options: dict[str, Any]
) -> None:
    made = incidents.upsert(ALERT)
    sandbox.requests.clear()
    done = incidents.upsert(ALERT, **options)
    assert (done.action, done.record, len(sandbox.requests)) == ("unchanged", made.record, 2)


def test_upsert__of_what_is_there__gives_the_fields_that_were_asked_for(incidents: Table) -> None:
    made = incidents.upsert(ALERT)
    done = incidents.upsert(ALERT, params={"sysparm_fields": "number"})
    assert done.record == {"number": made.record["number"], "sys_id": made.sys_id}


# -- one alert, one ticket ---------------------------------------------------------------------------------------------


def test_upsert__where_closed_ones_do_not_count__opens_another(sandbox: Sandbox, incidents: Table) -> None:
    first = incidents.upsert(ALERT, when={"active": "true"})
    incidents.update(first.sys_id or "", {"active": "false"})
    second = incidents.upsert(ALERT, when={"active": "true"})
    third = incidents.upsert({**ALERT, "urgency": "1"}, when={"active": "true"})
    assert (second.action, third.action, third.sys_id) == ("created", "updated", second.sys_id)
    assert (row_of(sandbox, first.sys_id or "") or {})["urgency"] == "3"


def test_upsert__when__takes_an_encoded_query(incidents: Table) -> None:
    made = incidents.upsert(ALERT, when="active=true^priority>1")
    assert incidents.upsert(ALERT, when="active=true^priority>1").sys_id == made.sys_id


def test_upsert__when_of_several_parts__is_refused_before_anything_is_sent(sandbox: Sandbox, incidents: Table) -> None:
    with pytest.raises(InvalidUsage, match="several parts"):
        incidents.upsert(ALERT, when="active=true^NQpriority=1")
    assert not sandbox.requests


def test_upsert__a_condition_that_the_instance_drops__is_noticed(sandbox: Sandbox, incidents: Table) -> None:
    incidents.upsert(ALERT)
    sandbox.requests.clear()
    with pytest.raises(QueryIgnored):
        incidents.upsert(ALERT, when={"actve": "true"})
    assert writes(sandbox) == 0


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [{}, {"correlation_id": ""}, {"correlation_id": None}, {"correlation_id": "  "}])
def test_upsert__without_a_value_for_its_key__is_refused_before_anything_is_sent(
    sandbox: Sandbox, incidents: Table, payload: dict[str, Any]
) -> None:
    with pytest.raises(InvalidUsage, match="needs a value for 'correlation_id'"):
        incidents.upsert({**payload, "short_description": "x"})
    assert not sandbox.requests


@pytest.mark.parametrize("key", ["", [], [""], ["correlation_id", ""]])
def test_upsert__without_a_key__is_refused(incidents: Table, key: Any) -> None:
    with pytest.raises(InvalidUsage, match="key must be"):
        incidents.upsert(ALERT, key=key)


def test_upsert__of_a_key_that_two_records_have__raises(sandbox: Sandbox, incidents: Table) -> None:
    for _ in range(2):
        incidents.create(ALERT)
    sandbox.requests.clear()
    with pytest.raises(MultipleResults, match="alert-1") as caught:
        incidents.upsert({**ALERT, "urgency": "1"})
    assert (caught.value.committed, writes(sandbox)) == (False, 0)


def test_upsert__of_a_record_that_may_not_be_read__does_not_create_another(sandbox: Sandbox, incidents: Table) -> None:
    incidents.upsert(ALERT)
    sandbox.deny("incident", "read", where="short_description=disk full", admins_too=True)
    with pytest.raises(IncompleteResult):
        incidents.upsert({**ALERT, "urgency": "1"})
    assert len(rows_of(sandbox, "disk full")) == 1


# -- races -------------------------------------------------------------------------------------------------------------


def test_upsert__by_many_threads__makes_one_record(sandbox: Sandbox, incidents: Table) -> None:
    gate = threading.Barrier(8)

    def work(number: int) -> str:
        gate.wait()
        return incidents.upsert({**ALERT, "urgency": "3"}).action

    with ThreadPoolExecutor(8) as pool:
        actions = sorted(pool.map(work, range(8)))
    assert (actions, len(rows_of(sandbox, "disk full"))) == (["created"] + ["unchanged"] * 7, 1)


def test_upsert__by_many_clients__makes_one_record(sandbox: Sandbox) -> None:
    gate = threading.Barrier(4)

    def work(number: int) -> str | None:
        client = Client(instance=sandbox.url, user="admin", password="admin")
        gate.wait()
        return client.table("incident").upsert(ALERT).sys_id

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(work, range(4)))
    assert (len(made), len(rows_of(sandbox, "disk full"))) == (1, 1)


@dataclass(frozen=True)
class Beside(Fault):
    """Somebody else, who creates at the same moment; on an instance that does not keep the caller's sys_id."""

    others: list[Callable[[], object]] = field(default_factory=list)

    def play(self, call: Call, serve: Serve) -> Reply:
        while self.others:
            self.others.pop()()
        return Ignoring().play(call, serve)


def test_upsert__beside_somebody_else__tells_both_records(sandbox: Sandbox, incidents: Table) -> None:
    other = client_of(sandbox, Hands()).table("incident")
    with (
        sandbox.fault(Beside(others=[lambda: other.upsert(ALERT)]), method="POST"),
        pytest.raises(DuplicateCreated) as caught,
    ):
        incidents.upsert(ALERT)
    assert sorted(caught.value.sys_ids) == sorted(str(row["sys_id"]) for row in rows_of(sandbox, "disk full"))


@pytest.mark.parametrize("fault", ["drop-after", "server-error:commit=true", "drop-before", "server-error"])
def test_upsert__behind_a_lost_answer__makes_one_record(sandbox: Sandbox, incidents: Table, fault: str) -> None:
    incidents.create({"short_description": "before"}, key="before")
    with sandbox.fault(fault, method="POST", times=1):
        done = incidents.upsert(ALERT)
    assert (done.action, len(rows_of(sandbox, "disk full"))) == ("created", 1)


def test_upsert__after_the_key_of_its_record_was_changed__creates_another(sandbox: Sandbox, incidents: Table) -> None:
    first = incidents.upsert(ALERT)
    incidents.update(first.sys_id or "", {"correlation_id": "other"})
    second = incidents.upsert(ALERT)
    assert (second.action, second.sys_id != first.sys_id) == ("created", True)


# -- dry runs of single changes ----------------------------------------------------------------------------------------


def test_create__dry_run__tells_the_fields(sandbox: Sandbox, incidents: Table) -> None:
    planned = incidents.create({"urgency": "1", "no_such": "x"}, dry_run=True)
    assert (planned.action, planned.ignored, writes(sandbox)) == ("created", ("no_such",), 0)


def test_create__dry_run__with_a_key_that_is_there__finds_it(incidents: Table) -> None:
    made = incidents.create(ALERT, key="order-1")
    planned = incidents.create(ALERT, key="order-1", dry_run=True)
    assert (planned.action, planned.sys_id) == ("existed", made["sys_id"])


def test_update__dry_run__tells_what_changes(sandbox: Sandbox, incidents: Table) -> None:
    made = incidents.create({**ALERT, "urgency": "3"})
    sandbox.requests.clear()
    planned = incidents.update({"number": made["number"]}, {"urgency": "1", "work_notes": "x", "nix": 1}, dry_run=True)
    assert (planned.action, list(planned.changes), planned.ignored) == ("updated", ["urgency", "work_notes"], ("nix",))
    assert (len(sandbox.requests), writes(sandbox)) == (1, 0)


def test_update__dry_run__of_what_is_there__is_unchanged(incidents: Table) -> None:
    made = incidents.create(ALERT)
    assert incidents.update(made["sys_id"], ALERT, dry_run=True).action == "unchanged"


def test_update__dry_run__of_no_record__raises(incidents: Table) -> None:
    with pytest.raises(NoResults):
        incidents.update("f" * 32, ALERT, dry_run=True)


def test_update__dry_run__prints_the_difference(incidents: Table) -> None:
    made = incidents.create({**ALERT, "urgency": "3"})
    planned = str(incidents.update(made["sys_id"], {"urgency": "1"}, dry_run=True))
    assert planned == f"incident {made['sys_id']}: would be updated\n  urgency: '3' (3 - Low) -> '1'"


def test_delete__dry_run__shows_the_record(sandbox: Sandbox, incidents: Table) -> None:
    made = incidents.create(ALERT)
    planned = incidents.delete({"number": made["number"]}, dry_run=True)
    assert (planned.action, (planned.record or {})["number"], sent(sandbox, "DELETE")) == (
        "deleted",
        made["number"],
        0,
    )


def test_upsert__dry_run__prints_the_difference(incidents: Table) -> None:
    made = incidents.upsert({**ALERT, "urgency": "3"})
    planned = str(incidents.upsert({**ALERT, "urgency": "1", "nix": "1"}, dry_run=True))
    assert planned == (
        f"incident {made.sys_id}: would be updated\n  urgency: '3' (3 - Low) -> '1'\n  nix: ignored, no such field"
    )


def test_upsert__done__prints_what_did_not_take(incidents: Table) -> None:
    with pytest.warns(FieldIgnoredWarning):
        done = incidents.upsert({**ALERT, "urgency": "High"})
    assert str(done).startswith(f"incident {done.sys_id}: created\n")
    assert str(done).endswith("urgency: did not take 'High', is ''")


def test_upsert__second_look_that_fails__says_that_the_record_is_there(sandbox: Sandbox, incidents: Table) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", retry=None)
    with sandbox.fault("server-error", method="GET", nth=3), pytest.raises(ServerError) as caught:
        client.table("incident").upsert(ALERT)
    assert (caught.value.committed, len(rows_of(sandbox, "disk full"))) == (True, 1)
