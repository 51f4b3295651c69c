"""Many rows at once: each has an outcome of its own, none is written twice, and none is lost without a word."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import (
    AmbiguousWrite,
    AuthenticationError,
    Client,
    FieldIgnoredWarning,
    InvalidUsage,
    PermissionDenied,
    QueryIgnored,
    RecordNotFound,
    RowsFailed,
    UnexpectedCount,
    UniqueKeyViolation,
)
from pysnow.records.record import Record
from tests.client.writing import (
    COMMITTED,
    HARMLESS,
    NOT_COMMITTED,
    Hands,
    Ignoring,
    client_of,
    notes_of,
    row_of,
    rows_of,
    sent,
)

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

BATCH = "/api/now/v1/batch"

LOST = ("drop-after", "drop-before", "cut-body:framing=length", "accepted", "server-error:commit=true", "error-only")
"""Some of the ways in which an answer gets lost."""


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def incidents(sandbox: Sandbox, hands: Hands) -> Table:
    """The table, of an instance about which nothing is known yet."""
    return client_of(sandbox, hands).table("incident")


@pytest.fixture
def known(incidents: Table, sandbox: Sandbox) -> Table:
    """The table, after it has shown that it keeps sys_ids."""
    incidents.create({"short_description": "before"}, key="before")
    sandbox.requests.clear()
    return incidents


@pytest.fixture
def made(incidents: Table, sandbox: Sandbox) -> list[str]:
    """Sys_ids of twelve records."""
    sys_ids = [outcome.sys_id or "" for outcome in incidents.create_many(rows(12))]
    sandbox.requests.clear()
    return sys_ids


def rows(count: int, text: str = "many") -> list[dict[str, Any]]:
    return [{"short_description": text, "correlation_id": f"{text}-{number}"} for number in range(count)]


def numbers(sandbox: Sandbox, text: str = "many") -> Counter[str]:
    """How often each row is there."""
    return Counter(str(row["correlation_id"]) for row in rows_of(sandbox, text))


def statuses(outcomes: Any) -> list[str]:
    return [outcome.status for outcome in outcomes]


def batches(sandbox: Sandbox) -> list[int]:
    """Requests of each batch that the instance saw."""
    return [len(entry.parts) for entry in sandbox.requests if entry.path == BATCH]


# -- creating ----------------------------------------------------------------------------------------------------------


def test_create_many__rows_in_a_list__are_all_created_when_it_returns(sandbox: Sandbox, incidents: Table) -> None:
    incidents.create_many(rows(7))
    assert len(rows_of(sandbox, "many")) == 7


def test_create_many__outcomes__come_in_the_order_of_the_rows(incidents: Table) -> None:
    outcomes = incidents.create_many(rows(130), batch_size=10)
    assert [outcome.record["correlation_id"] for outcome in outcomes if outcome.record] == [
        f"many-{number}" for number in range(130)
    ]


def test_create_many__of_fifty__is_one_request(sandbox: Sandbox, incidents: Table) -> None:
    incidents.create_many(rows(50))
    assert [entry.path for entry in sandbox.requests if not entry.path.startswith("/api/now/table")] == [BATCH]


def test_create_many__outcome__holds_the_record_as_it_was_stored(incidents: Table) -> None:
    (outcome,) = incidents.create_many(rows(1))
    assert (outcome.ok, outcome.action, (outcome.record or {})["number"][:3]) == (True, "created", "INC")


def test_create_many__a_row_refused__leaves_the_others_done(sandbox: Sandbox, incidents: Table) -> None:
    sandbox.deny("problem", "create", admins_too=True)
    client = Client(instance=sandbox.url, user="admin", password="admin")
    (outcome,) = client.table("problem").create_many([{"short_description": "no"}])
    assert (outcome.status, type(outcome.error)) == ("failed", PermissionDenied)


def test_create_many__a_row_that_cannot_be_sent__is_not_executed(incidents: Table) -> None:
    outcomes = incidents.create_many([{"short_description": object()}, *rows(1)])
    assert statuses(outcomes) == ["not_executed", "done"]


def test_create_many__a_datetime__goes_as_utc(incidents: Table) -> None:
    (outcome,) = incidents.create_many([{"due_date": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}])
    assert (outcome.record or {})["due_date"] == "2026-01-02 03:04:05"


def test_create_many__raise_for_failures__tells_the_outcomes(incidents: Table) -> None:
    outcomes = incidents.create_many([5, *rows(1)])  # type: ignore[list-item]  # what a program may pass
    with pytest.raises(RowsFailed, match="1 of 2 were not done") as caught:
        outcomes.raise_for_failures()
    assert caught.value.outcomes == tuple(outcomes)


def test_create_many__rows_too_large_for_a_batch__go_by_themselves(sandbox: Sandbox, incidents: Table) -> None:
    incidents.create_many([{"short_description": "many", "description": "x" * 4_600_000}, *rows(1)])
    assert (len(rows_of(sandbox, "many")), batches(sandbox)) == (2, [1])


def test_create_many__rows_of_many_bytes__share_a_batch_as_they_fit(sandbox: Sandbox, incidents: Table) -> None:
    incidents.create_many([{"short_description": "many", "description": "x" * 2_000_000}] * 3, workers=1)
    assert batches(sandbox) == [1, 1, 1]


def test_create_many__with_wrong_credentials__tries_once(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="wrong")
    outcomes = client.table("incident").create_many(rows(300), workers=1)
    assert (set(statuses(outcomes)), type(outcomes[-1].error)) == ({"not_executed"}, AuthenticationError)
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("argument", [{"workers": 0}, {"workers": 17}, {"batch_size": 0}, {"key": 5}])
def test_create_many__arguments_that_cannot_be__are_refused_before_anything_is_sent(
    sandbox: Sandbox, incidents: Table, argument: dict[str, Any]
) -> None:
    with pytest.raises(InvalidUsage):
        incidents.create_many(rows(1), **argument)
    assert not sandbox.requests


def test_create_many__a_query_for_rows__is_refused(incidents: Table) -> None:
    with pytest.raises(InvalidUsage, match="rows must be a list"):
        incidents.create_many({"short_description": "one row"})  # type: ignore[call-overload]


def test_create_many__without_answers__gives_the_sys_ids(sandbox: Sandbox, incidents: Table) -> None:
    outcomes = incidents.create_many(rows(2), headers={"X-no-response-body": "true"})
    assert {outcome.sys_id for outcome in outcomes} == {row["sys_id"] for row in rows_of(sandbox, "many")}


@pytest.mark.parametrize("name", ["Authorization", "Proxy-Authorization", "x-sn-apikey", "X-UserToken", "Cookie"])
def test_create_many__header_that_says_who_calls__is_refused_unsent(sandbox: Sandbox, name: str) -> None:
    with Client(instance=sandbox.url, session=requests.Session()) as client:
        table = client.table("incident")
        with pytest.raises(InvalidUsage, match=f"put the {name} header on the session"):
            table.create_many(rows(1), headers={name.upper(): "canary"})
    assert not sandbox.requests


def test_create_many__display_values__are_taken_where_asked_for(sandbox: Sandbox, incidents: Table) -> None:
    named = [{"short_description": "many", "assignment_group": "Network"}]
    (outcome,) = incidents.create_many(named, params={"sysparm_input_display_value": "true"})
    (group,) = [row for row in sandbox.table("sys_user_group").rows if row["name"] == "Network"]
    assert (row_of(sandbox, outcome.sys_id or "") or {})["assignment_group"] == group["sys_id"]


# -- rows that come from an iterator -----------------------------------------------------------------------------------


def test_create_many__from_an_iterator__takes_rows_as_outcomes_are_read(incidents: Table) -> None:
    taken = itertools.count()
    feed = ({"short_description": "many", "urgency": str(next(taken) % 3 + 1)} for _ in range(100_000))
    with incidents.create_many(feed, workers=2, batch_size=5) as outcomes:  # type: ignore[union-attr]
        next(outcomes)
    assert next(taken) <= 2 * 2 * 5 + 3 * 5  # under way, the next one, the one that follows


def test_create_many__closed_early__ends_its_threads(
    incidents: Table, new_threads: Callable[[], set[threading.Thread]]
) -> None:
    feed = ({"short_description": "many"} for _ in itertools.count())
    with incidents.create_many(feed, workers=2, batch_size=2) as outcomes:  # type: ignore[union-attr]
        next(outcomes)
    workers = [thread for thread in new_threads() if thread.name == "pysnow-batch"]
    for thread in workers:
        thread.join(10)
    assert not any(thread.is_alive() for thread in workers)


def test_create_many__of_an_iterator_never_read__warns(incidents: Table) -> None:
    with pytest.warns(ResourceWarning, match="Nothing was sent"):
        incidents.create_many(row for row in rows(1))


def test_create_many__a_feed_that_fails__raises_what_it_raised(incidents: Table) -> None:
    def feed() -> Iterator[dict[str, Any]]:
        yield from rows(3)
        raise LookupError("no more")

    with pytest.raises(LookupError):
        list(incidents.create_many(feed()))


# -- lost answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", COMMITTED)
def test_create_many__behind_a_lost_answer__makes_each_row_once(incidents: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = incidents.create_many(rows(4))
    assert numbers(sandbox) == Counter(f"many-{number}" for number in range(4))
    assert set(statuses(outcomes)) <= {"done", "unknown"}


@pytest.mark.parametrize("fault", [*COMMITTED, *NOT_COMMITTED])
def test_create_many__of_a_known_table__is_settled_whatever_happens(known: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = known.create_many(rows(3))
    assert (set(statuses(outcomes)), set(numbers(sandbox).values())) == ({"done"}, {1})


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_create_many__not_carried_out__is_never_silent(incidents: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = incidents.create_many(rows(3))
    there = numbers(sandbox)
    assert [there[f"many-{number}"] == 1 for number in range(3)] == [each.ok for each in outcomes]


@pytest.mark.parametrize("fault", HARMLESS)
def test_create_many__refused_before_it_began__is_sent_again(incidents: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, operation="batch", times=2):
        incidents.create_many(rows(3))
    assert set(numbers(sandbox).values()) == {1}


@pytest.mark.parametrize("fault", ["drop-after", "server-error:commit=true", "accepted", "error-only"])
def test_create_many__plain_posts__are_unknown_behind_a_lost_answer(
    incidents: Table, sandbox: Sandbox, fault: str
) -> None:
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = incidents.create_many(rows(2), idempotency="none")
    assert [type(outcome.error) for outcome in outcomes] == [AmbiguousWrite] * 2
    assert sent(sandbox, "POST") == 1


@pytest.mark.parametrize("columns", ["sys_id", "correlation_id", "none", "sys_id+correlation_id"])
@pytest.mark.parametrize("fault", ["drop-after", "drop-before", "server-error:commit=true", "server-error"])
def test_create_many__with_a_key_in_a_naive_loop__makes_each_row_once(
    sandbox: Sandbox, incidents: Table, fault: str, columns: str
) -> None:
    keyed = [{"short_description": "many", "description": str(number)} for number in range(4)]
    with sandbox.fault(Ignoring(columns=columns)), sandbox.fault(fault, method="POST", times=2):
        for _ in range(3):
            outcomes = incidents.create_many(keyed, key=lambda row: f"order-{row['description']}", workers=1)
            if all(outcome.ok for outcome in outcomes):
                break
    made = Counter(row["description"] for row in rows_of(sandbox, "many"))
    assert set(made.values()) <= {1}
    assert [made[str(number)] == 1 for number in range(4)] == [outcome.ok for outcome in outcomes]


def test_create_many__with_a_key__finds_what_another_process_created(sandbox: Sandbox, incidents: Table) -> None:
    incidents.create_many(rows(5), key="correlation_id")
    other = client_of(sandbox, Hands()).table("incident")
    outcomes = other.create_many(rows(7), key="correlation_id")
    assert Counter(outcome.action for outcome in outcomes) == {"existed": 5, "created": 2}


def test_create_many__the_same_key_twice__makes_one_record(sandbox: Sandbox, incidents: Table) -> None:
    outcomes = incidents.create_many(rows(3) + rows(3), key="correlation_id")
    assert (set(numbers(sandbox).values()), {outcome.ok for outcome in outcomes}) == ({1}, {True})


def test_create_many__a_row_without_its_key__is_not_sent(sandbox: Sandbox, incidents: Table) -> None:
    outcomes = incidents.create_many([{"short_description": "many"}], key="correlation_id")
    assert (statuses(outcomes), sent(sandbox, "POST")) == (["not_executed"], 0)


def test_create_many__where_batches_are_not_allowed__sends_rows_by_themselves(
    incidents: Table, sandbox: Sandbox
) -> None:
    with sandbox.fault("forbidden", operation="batch"):
        outcomes = incidents.create_many(rows(3))
    assert (set(statuses(outcomes)), set(numbers(sandbox).values())) == ({"done"}, {1})


# -- batches that do not add up ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["batch-unserviced:requests=2", "batch-unknown-id", "batch-repeated-id"])
def test_create_many__an_answer_that_does_not_add_up__makes_each_row_once(
    incidents: Table, sandbox: Sandbox, fault: str
) -> None:
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = incidents.create_many(rows(5))
    assert (set(numbers(sandbox).values()), set(statuses(outcomes))) == ({1}, {"done"})


def test_create_many__a_row_larger_than_the_instance_takes__goes_by_itself(sandbox: Sandbox, incidents: Table) -> None:
    sandbox.instance.properties["glide.rest.batch.max.inputSize"] = "1"
    large = {"short_description": "many", "description": "x" * 1_100_000}
    outcomes = incidents.create_many([*rows(1), large, *rows(1, "few")], workers=1)
    assert (statuses(outcomes), batches(sandbox)) == (["done"] * 3, [1, 0])


# -- changing ----------------------------------------------------------------------------------------------------------


def test_update_many__rows__change_what_each_says(sandbox: Sandbox, incidents: Table, made: list[str]) -> None:
    incidents.update_many([{"sys_id": sys_id, "urgency": str(place % 3 + 1)} for place, sys_id in enumerate(made)])
    assert [(row_of(sandbox, sys_id) or {})["urgency"] for sys_id in made] == ["1", "2", "3"] * 4


def test_update_many__rows_of_one_record__are_carried_out_in_order(
    sandbox: Sandbox, incidents: Table, made: list[str]
) -> None:
    incidents.update_many([{"sys_id": made[0], "description": str(number)} for number in range(9)], batch_size=2)
    assert (row_of(sandbox, made[0]) or {})["description"] == "8"


def test_update_many__records_that_were_changed__write_what_was_assigned(
    sandbox: Sandbox, incidents: Table, made: list[str]
) -> None:
    records = [Record({"sys_id": sys_id, "number": "INC1", "urgency": "3"}, incidents) for sys_id in made[:2]]
    for record in records:
        record["urgency"] = "1"
    incidents.update_many(records)
    (batch,) = sandbox.requests
    assert [json.loads(part.body) for part in batch.parts] == [{"urgency": "1"}] * 2


@pytest.mark.parametrize("row", [{"urgency": "1"}, {"sys_id": "", "urgency": "1"}, {"sys_id": "../x", "urgency": "1"}])
def test_update_many__a_row_without_identity__is_not_sent(
    sandbox: Sandbox, incidents: Table, row: dict[str, str]
) -> None:
    outcomes = incidents.update_many([row])
    assert (statuses(outcomes), len(sandbox.requests)) == (["not_executed"], 0)


def test_update_many__a_record_that_is_not_there__fails_alone(incidents: Table, made: list[str]) -> None:
    outcomes = incidents.update_many([{"sys_id": "f" * 32, "urgency": "1"}, {"sys_id": made[0], "urgency": "1"}])
    assert [type(outcome.error) for outcome in outcomes] == [RecordNotFound, type(None)]


@pytest.mark.parametrize("fault", [*COMMITTED, *NOT_COMMITTED, *HARMLESS, "batch-unserviced", "batch-unknown-id"])
def test_update_many__of_journals__adds_each_entry_once(
    sandbox: Sandbox, incidents: Table, made: list[str], fault: str
) -> None:
    noted = [{"sys_id": sys_id, "urgency": "1", "work_notes": f"note {sys_id}"} for sys_id in made[:3]]
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = incidents.update_many(noted)
    assert [notes_of(sandbox, sys_id) for sys_id in made[:3]] == [[f"note {sys_id}"] for sys_id in made[:3]]
    assert set(statuses(outcomes)) == {"done"}


@pytest.mark.parametrize("fault", LOST)
def test_update_many__behind_a_lost_answer__is_carried_out(
    sandbox: Sandbox, incidents: Table, made: list[str], fault: str
) -> None:
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = incidents.update_many([{"sys_id": sys_id, "urgency": "1"} for sys_id in made])
    assert {(row_of(sandbox, sys_id) or {})["urgency"] for sys_id in made} == {"1"}
    assert set(statuses(outcomes)) == {"done"}


def test_update_many__without_answers__is_done(sandbox: Sandbox, incidents: Table, made: list[str]) -> None:
    change = [{"sys_id": made[0], "urgency": "1"}]
    (outcome,) = incidents.update_many(change, headers={"X-no-response-body": "true"})
    assert (outcome.status, (row_of(sandbox, made[0]) or {})["urgency"]) == ("done", "1")


def test_update_many__by_query__changes_as_many_as_expected(
    sandbox: Sandbox, incidents: Table, made: list[str]
) -> None:
    outcomes = incidents.update_many({"short_description": "many"}, {"urgency": "1"}, expect=12)
    assert (len(outcomes), {row["urgency"] for row in rows_of(sandbox, "many")}) == (12, {"1"})


@pytest.mark.parametrize("expect", [11, range(1, 12), range(13, 99)])
def test_update_many__by_query__refuses_another_number(
    sandbox: Sandbox, incidents: Table, made: list[str], expect: int | range
) -> None:
    with pytest.raises(UnexpectedCount, match="matches 12 records") as caught:
        incidents.update_many({"short_description": "many"}, {"urgency": "1"}, expect=expect)
    assert (caught.value.found, caught.value.committed, sent(sandbox, "POST")) == (12, False, 0)


@pytest.mark.parametrize("expect", [None, -1, "12", True, range(9, 1, -1)])
def test_update_many__by_query__without_a_number__is_refused_before_anything_is_sent(
    sandbox: Sandbox, incidents: Table, expect: Any
) -> None:
    with pytest.raises(InvalidUsage, match="expect="):
        incidents.update_many({"short_description": "many"}, {"urgency": "1"}, expect=expect)
    assert not sandbox.requests


def test_update_many__a_condition_that_the_instance_drops__is_noticed(
    sandbox: Sandbox, incidents: Table, made: list[str]
) -> None:
    count = len(sandbox.table("incident").rows)
    with pytest.raises(QueryIgnored):
        incidents.update_many({"shrt_description": "many"}, {"urgency": "1"}, expect=range(count + 1))
    assert sent(sandbox, "POST") == 0


def test_update_many__dry_run__sends_no_change(sandbox: Sandbox, incidents: Table, made: list[str]) -> None:
    outcomes = incidents.update_many({"short_description": "many"}, {"urgency": "1", "work_notes": "x"}, dry_run=True)
    assert {entry.method for entry in sandbox.requests} == {"GET"}
    assert [set(outcome.changes) for outcome in outcomes] == [{"urgency", "work_notes"}] * 12


def test_update_many__dry_run__tells_what_stays_as_it_is(incidents: Table, made: list[str]) -> None:
    (outcome,) = incidents.update_many([{"sys_id": made[0], "short_description": "many"}], dry_run=True)
    assert (outcome.status, outcome.action) == ("dry_run", "unchanged")


def test_update_many__rows_with_expect__are_refused(incidents: Table) -> None:
    with pytest.raises(InvalidUsage, match="go with a query"):
        incidents.update_many([{"sys_id": "a" * 32, "urgency": "1"}], expect=1)


# -- deleting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*LOST, *HARMLESS, "batch-unserviced", "batch-unknown-id"])
def test_delete_many__behind_a_lost_answer__deletes_each(
    sandbox: Sandbox, incidents: Table, made: list[str], fault: str
) -> None:
    with sandbox.fault(fault, operation="batch", times=1):
        outcomes = incidents.delete_many(made)
    assert (rows_of(sandbox, "many"), set(statuses(outcomes))) == ([], {"done"})


def test_delete_many__a_record_that_is_not_there__fails(incidents: Table, made: list[str]) -> None:
    outcomes = incidents.delete_many(["f" * 32, {"sys_id": made[0]}])
    assert [type(outcome.error) for outcome in outcomes] == [RecordNotFound, type(None)]


def test_delete_many__by_query__deletes_what_it_matches(sandbox: Sandbox, incidents: Table, made: list[str]) -> None:
    before = len(sandbox.table("incident").rows)
    incidents.delete_many({"short_description": "many"}, expect=range(1, 13))
    assert len(sandbox.table("incident").rows) == before - 12


def test_delete_many__by_query__needs_a_number(sandbox: Sandbox, incidents: Table) -> None:
    with pytest.raises(InvalidUsage, match="expect="):
        incidents.delete_many({"short_description": "many"})
    assert not sandbox.requests


def test_delete_many__dry_run__deletes_nothing(sandbox: Sandbox, incidents: Table, made: list[str]) -> None:
    outcomes = incidents.delete_many({"short_description": "many"}, dry_run=True)
    assert (len(rows_of(sandbox, "many")), Counter(outcome.action for outcome in outcomes)) == (12, {"deleted": 12})


# -- what outcomes tell ------------------------------------------------------------------------------------------------


def test_outcomes__know_the_place_of_their_row(incidents: Table) -> None:
    outcomes = incidents.create_many([*rows(55), {"short_description": object()}, *rows(3, "more")], batch_size=10)
    assert [each.index for each in outcomes] == list(range(59))
    assert [each.index for each in outcomes.failed] == [55]


def test_outcomes__of_a_stream__know_the_place_of_their_row(incidents: Table) -> None:
    assert [each.index for each in incidents.create_many(iter(rows(7)), batch_size=2)] == list(range(7))


def test_outcomes__failures__name_the_row(incidents: Table) -> None:
    with pytest.raises(RowsFailed, match=r"The first, row 1: The payload"):
        incidents.create_many([{"urgency": "1"}, {"urgency": object()}]).raise_for_failures()


def test_outcomes__of_a_dry_run__say_how_many_would_change(incidents: Table, made: list[str]) -> None:
    incidents.update_many([{"sys_id": sys_id, "urgency": "1"} for sys_id in made[:5]])
    planned = incidents.update_many([{"sys_id": sys_id, "urgency": "1"} for sys_id in made], dry_run=True)
    assert repr(planned) == "<Outcomes 12 dry_run: 5 unchanged, 7 updated>"


def test_update_many__without_expect__says_what_to_add(incidents: Table) -> None:
    with pytest.raises(InvalidUsage, match="add expect=12") as caught:
        incidents.update_many({"active": "true"}, {"urgency": "1"})
    assert "None" not in str(caught.value)


# -- records as rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [False, "all", True])
def test_update_many__of_records__leaves_them_without_changes(incidents: Table, made: list[str], shown: Any) -> None:
    read = list(incidents.iterate({"short_description": "many"}, ["sys_id", "urgency"], display_value=shown))
    for record in read:
        record["urgency"] = "1"
    incidents.update_many(read)
    assert [(record.changes, record.raw("urgency")) for record in read] == [({}, "1")] * 12


def test_update_many__of_records__they_hold_what_the_instance_holds(incidents: Table, made: list[str]) -> None:
    record = incidents.get_by_id(made[0])
    record.update(urgency="1", impact="1")
    incidents.update_many([record])
    assert (record["priority"], record["sys_mod_count"]) == ("1", "1")


def test_update_many__of_records__unknown_column__is_taken_out(incidents: Table, made: list[str]) -> None:
    record = incidents.get_by_id(made[0], ["sys_id", "urgency"])
    record["urgncy"] = "1"
    with pytest.warns(FieldIgnoredWarning):
        incidents.update_many([record])
    assert ("urgncy" in record, record.changes) == (False, {})


def test_update_many__of_a_record_that_failed__keeps_its_changes(
    sandbox: Sandbox, incidents: Table, made: list[str]
) -> None:
    record = incidents.get_by_id(made[0])
    record["urgency"] = "1"
    sandbox.deny("incident", "write", admins_too=True)
    (done,) = incidents.update_many([record])
    assert (done.status, record.changes) == ("failed", {"urgency": "1"})


def test_update_many__of_a_record_without_changes__sends_nothing(
    sandbox: Sandbox, incidents: Table, made: list[str]
) -> None:
    record = incidents.get_by_id(made[0])
    sandbox.requests.clear()
    (done,) = incidents.update_many([record])
    assert (done.status, done.action, len(sandbox.requests)) == ("done", "unchanged", 0)


def test_update_many__of_a_record_that_holds_it_in_another_spelling__is_unchanged(
    incidents: Table, made: list[str]
) -> None:
    record = incidents.get_by_id(made[0], ["sys_id", "active", "sys_mod_count"])
    record["active"] = "1"
    (done,) = incidents.update_many([record])
    assert (done.action, record["active"], record.changes) == ("unchanged", "true", {})


def test_update_many__of_a_record__value_that_stays__is_unchanged(
    sandbox: Sandbox, incidents: Table, made: list[str]
) -> None:
    sandbox.deny("incident.urgency", "write", admins_too=True)
    record = incidents.get_by_id(made[0])
    record["urgency"] = "1"
    with pytest.warns(FieldIgnoredWarning, match="urgency"):
        (done,) = incidents.update_many([record])
    assert (done.action, done.ignored, record["urgency"]) == ("unchanged", ("urgency",), "3")


@pytest.mark.parametrize("missing", [float("nan"), Decimal("nan")])
def test_update_many__missing_value__fails_its_row_alone(incidents: Table, made: list[str], missing: Any) -> None:
    outcomes = incidents.update_many(
        [{"sys_id": made[0], "urgency": missing}, {"sys_id": made[1], "urgency": 1.0}, {"sys_id": made[2], "impact": 1}]
    )
    assert statuses(outcomes) == ["not_executed", "done", "done"]
    assert "urgency" in str(outcomes[0].error)


def test_create__unique_value_that_is_taken__is_no_matter_of_rights(sandbox: Sandbox, hands: Hands) -> None:
    users = client_of(sandbox, hands).table("sys_user")
    (done,) = users.create_many([{"user_name": "admin"}])
    assert (type(done.error), isinstance(done.error, PermissionDenied)) == (UniqueKeyViolation, True)
