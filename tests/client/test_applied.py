"""Writes that did not take, or not all of them: columns that are not there, or that a rule keeps as they are."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, FieldIgnoredWarning, NotApplied
from pysnow.record_response import RecordResponse
from pysnow.writing.applied import ignored_fields
from tests.client.writing import Hands, client_of, sent

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table


@pytest.fixture
def incidents(sandbox: Sandbox) -> Table:
    return client_of(sandbox, Hands()).table("incident")


@pytest.fixture
def made(incidents: Table) -> RecordResponse:
    return incidents.create({"short_description": "x", "urgency": "3", "correlation_id": "alert-1"})


@pytest.fixture
def kept(sandbox: Sandbox, made: RecordResponse) -> str:
    """A record whose urgency nobody may change."""
    sandbox.deny("incident.urgency", "write", admins_too=True)
    return str(made["sys_id"])


@pytest.fixture
def silence() -> Iterator[None]:
    """No warning passes."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# -- columns that are not there ----------------------------------------------------------------------------------------


def test_create__unknown_column__warns(incidents: Table) -> None:
    with pytest.warns(FieldIgnoredWarning, match="'urgncy' is not in the answer"):
        incidents.create({"urgncy": "1"})


def test_create__strict__tells_what_did_not_take(incidents: Table) -> None:
    with pytest.raises(NotApplied) as caught:
        incidents.create({"urgncy": "1", "short_description": "x"}, strict=True)
    assert (caught.value.committed, dict(caught.value.fields)) == (True, {"urgncy": ("1", None)})


def test_create__strict__knows_the_record(incidents: Table) -> None:
    with pytest.raises(NotApplied) as caught:
        incidents.create({"urgncy": "1"}, strict=True)
    assert incidents.get_by_id(caught.value.sys_id or "")["sys_id"] == (caught.value.record or {})["sys_id"]


def test_update__unknown_column__warns(incidents: Table, made: RecordResponse) -> None:
    with pytest.warns(FieldIgnoredWarning, match="urgncy"):
        incidents.update(made["sys_id"], {"urgncy": "1"})


@pytest.mark.parametrize(
    "options",
    [
        {"params": {"sysparm_fields": "sys_id,number"}},
        {"params": {"sysparm_view": "mobile"}},
        {"headers": {"X-no-response-body": "true"}},
    ],
)
def test_update__answer_that_does_not_show_it__tells_nothing(
    incidents: Table, made: RecordResponse, silence: None, options: dict[str, Any]
) -> None:
    assert incidents.update(made["sys_id"], {"urgncy": "1"}, **options)


@pytest.mark.parametrize(
    "payload",
    [
        {"work_notes": "a note", "comments": "another"},
        {"urgency": 1, "active": True},
        {"URGENCY": "1"},
        {"close_notes": ""},
        {"assigned_to.name": "x"},
    ],
)
def test_update__what_takes_or_cannot_be_told__says_nothing(
    incidents: Table, made: RecordResponse, silence: None, payload: dict[str, Any]
) -> None:
    assert incidents.update(made["sys_id"], payload, strict=True)


def test_create__with_a_key_that_is_there__is_no_write(incidents: Table, silence: None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        incidents.create({"urgncy": "1"}, key="order-1")
    assert incidents.create({"urgncy": "1"}, key="order-1").existed


# -- values that stay --------------------------------------------------------------------------------------------------


def test_update__strict__value_that_stays(incidents: Table, kept: str) -> None:
    with pytest.raises(NotApplied, match="'urgency' is still '3', not '1'") as caught:
        incidents.update(kept, {"urgency": "1", "short_description": "y"}, strict=True)
    assert dict(caught.value.fields) == {"urgency": ("1", "3")}


def test_update__strict__the_rest_is_written(incidents: Table, kept: str) -> None:
    with pytest.raises(NotApplied):
        incidents.update({"correlation_id": "alert-1"}, {"urgency": "1", "short_description": "y"}, strict=True)
    assert incidents.get_by_id(kept)["short_description"] == "y"


def test_save__value_that_stays__warns(incidents: Table, kept: str) -> None:
    record = incidents.get_by_id(kept)
    record["urgency"] = "1"
    with pytest.warns(FieldIgnoredWarning, match="'urgency' is still '3'"):
        record.save()
    assert (record["urgency"], record.changes) == ("3", {})


def test_save__unknown_column__leaves_the_record(incidents: Table, made: RecordResponse) -> None:
    record = incidents.get_by_id(made["sys_id"], ["number"])
    record["urgncy"] = "1"
    with pytest.warns(FieldIgnoredWarning, match="urgncy"):
        record.save()
    assert ("urgncy" in record, record.changes) == (False, {})


def test_save__strict__holds_what_the_instance_holds(incidents: Table, kept: str) -> None:
    record = incidents.get_by_id(kept)
    record.update(urgency="1", short_description="y")
    with pytest.raises(NotApplied):
        record.save(strict=True)
    assert (record["urgency"], record["short_description"], record.changes) == ("3", "y", {})


# -- values that an instance has no use of -----------------------------------------------------------------------


def test_update__value_that_empties_the_column__warns(incidents: Table, made: RecordResponse) -> None:
    with pytest.warns(FieldIgnoredWarning, match="'urgency' is empty, not 'High' .*labels=True"):
        incidents.update(made["sys_id"], {"urgency": "High"})


def test_update__strict__value_that_empties_the_column(incidents: Table, made: RecordResponse) -> None:
    with pytest.raises(NotApplied) as caught:
        incidents.update(made["sys_id"], {"urgency": "High"}, strict=True)
    assert dict(caught.value.fields) == {"urgency": ("High", "")}


def test_create__value_that_empties_the_column__warns(incidents: Table) -> None:
    with pytest.warns(FieldIgnoredWarning, match="'state' is empty, not 'Foo'"):
        incidents.create({"state": "Foo"})


@pytest.mark.parametrize("value", ["", None, False, " ", "NULL"])
def test_update__what_empties_on_purpose__says_nothing(
    incidents: Table, made: RecordResponse, silence: None, value: Any
) -> None:
    assert incidents.update(made["sys_id"], {"close_code": value})


@pytest.mark.parametrize("name", ["u_notes", "work_notes", "user_password", "client_secret", "api_key"])
def test_ignored_fields__what_is_never_echoed__tells_nothing(name: str) -> None:
    assert ignored_fields({name: "x"}, {"sys_id": "a", name: ""}, {}) == {}


def test_ignored_fields__entries_of_a_journal__took() -> None:
    record = {"sys_id": "a", "u_log": {"display_value": "2026 - Me\nx\n\n", "value": ""}}
    assert ignored_fields({"u_log": "x"}, record, {"sysparm_display_value": "all"}) == {}


def test_create__reference_that_is_no_sys_id__warns(client: Client) -> None:
    with pytest.warns(FieldIgnoredWarning, match=r"'department' refers to 'IT', which is no sys_id: use client\.ref"):
        client.table("sys_user").create({"user_name": "new", "department": "IT"})


def test_create__reference_to_a_word__says_nothing(client: Client, silence: None) -> None:
    assert client.table("incident").create({"sys_domain": "global", "caller_id": "system"})


def test_create_many__display_value_of_no_record__is_ignored(client: Client) -> None:
    with pytest.warns(FieldIgnoredWarning, match="department"):
        (done,) = client.table("sys_user").create_many(
            [{"user_name": "new", "department": "Nope"}], params={"sysparm_input_display_value": "true"}
        )
    assert done.ignored == ("department",)


def test_update_many__value_that_empties_the_column__is_ignored(incidents: Table, made: RecordResponse) -> None:
    with pytest.warns(FieldIgnoredWarning, match="urgency"):
        (done,) = incidents.update_many([{"sys_id": made["sys_id"], "urgency": "High"}])
    assert (done.action, done.ignored) == ("updated", ("urgency",))


def test_upsert__value_that_empties_the_column__is_a_change_that_was_not_meant(
    incidents: Table, made: RecordResponse
) -> None:
    with pytest.warns(FieldIgnoredWarning, match="urgency"):
        done = incidents.upsert({"correlation_id": "alert-1", "urgency": "High"})
    assert (done.action, done.changes["urgency"].new, list(done.ignored)) == ("updated", "", ["urgency"])


# -- upserts -----------------------------------------------------------------------------------------------------------


def test_upsert__value_that_stays__is_no_change(incidents: Table, kept: str) -> None:
    with pytest.warns(FieldIgnoredWarning, match="'urgency' is still '3'"):
        done = incidents.upsert({"correlation_id": "alert-1", "urgency": "1"})
    assert (done.action, dict(done.changes), list(done.ignored)) == ("unchanged", {}, ["urgency"])


def test_upsert__value_that_stays__of_a_reduced_answer(incidents: Table, kept: str) -> None:
    payload = {"correlation_id": "alert-1", "urgency": "1", "short_description": "y"}
    with pytest.warns(FieldIgnoredWarning, match="urgency"):
        done = incidents.upsert(payload, params={"sysparm_fields": "number"})
    assert (done.action, list(done.changes), set(done.record)) == (
        "updated",
        ["short_description"],
        {"number", "sys_id"},
    )


def test_upsert__created__without_an_unknown_column(incidents: Table) -> None:
    with pytest.warns(FieldIgnoredWarning, match="nope"):
        done = incidents.upsert({"correlation_id": "new", "nope": "1"})
    assert (done.action, list(done.changes), list(done.ignored)) == ("created", ["correlation_id"], ["nope"])


def test_upsert__strict__raises(incidents: Table, kept: str) -> None:
    with pytest.raises(NotApplied):
        incidents.upsert({"correlation_id": "alert-1", "urgency": "1"}, strict=True)


def test_upsert__changes_are_those_of_the_answer(incidents: Table) -> None:
    done = incidents.upsert({"correlation_id": "new", "urgency": "1", "impact": "1", "priority": "5"})
    assert (done.changes["priority"].new, done.record["priority"]) == ("1", "1")


@pytest.mark.parametrize("key", ["alert-1", "new"])
def test_upsert__dry_run__tells_what_would_be_ignored(incidents: Table, made: RecordResponse, key: str) -> None:
    planned = incidents.upsert({"correlation_id": key, "nope": "1"}, dry_run=True)
    assert list(planned.ignored) == ["nope"]


# -- many --------------------------------------------------------------------------------------------------------------


def test_create_many__unknown_column__is_told_once(incidents: Table) -> None:
    with pytest.warns(FieldIgnoredWarning, match="urgncy") as told:
        outcomes = incidents.create_many([{"urgncy": "1"}, {"urgncy": "2"}, {"urgency": "1"}])
    assert ([each.ignored for each in outcomes], len(told)) == ([("urgncy",), ("urgncy",), ()], 1)


def test_update_many__unknown_column__is_told(incidents: Table, made: RecordResponse) -> None:
    with pytest.warns(FieldIgnoredWarning, match="urgncy"):
        outcomes = incidents.update_many([{"sys_id": made["sys_id"], "urgncy": "1"}])
    assert (outcomes[0].ignored, outcomes[0].action) == (("urgncy",), "unchanged")


def test_update_many__what_did_not_take__shows_in_the_repr(incidents: Table, made: RecordResponse) -> None:
    with pytest.warns(FieldIgnoredWarning):
        outcomes = incidents.update_many([{"sys_id": made["sys_id"], "urgncy": "1"}])
    assert repr(outcomes) == "<Outcomes 1 unchanged; 1 with ignored fields>"
    assert repr(outcomes[0]) == f"<Outcome of row 0: done unchanged {made['sys_id']}, ignored: urgncy>"


def test_update_many__dry_run__tells_what_would_be_ignored(incidents: Table, made: RecordResponse) -> None:
    (planned,) = incidents.update_many({"sys_id": made["sys_id"]}, {"urgncy": "1"}, dry_run=True)
    assert planned.ignored == ("urgncy",)


# -- dry runs of what else writes --------------------------------------------------------------------------------------


def test_create_many__dry_run__creates_nothing(sandbox: Sandbox, incidents: Table, made: RecordResponse) -> None:
    sandbox.requests.clear()
    (planned,) = incidents.create_many([{"urgency": "1", "nope": "x"}], dry_run=True)
    assert (planned.status, planned.action, list(planned.changes), planned.ignored) == (
        "dry_run",
        "created",
        ["urgency"],
        ("nope",),
    )
    assert sent(sandbox, "POST") == 0


def test_create_many__dry_run__finds_what_a_key_has_made(incidents: Table) -> None:
    incidents.create({"short_description": "x"}, key="order-1")
    planned = incidents.create_many([{"u": "order-1"}, {"u": "order-2"}], key="u", dry_run=True)
    assert [each.action for each in planned] == ["existed", "created"]


def test_save__dry_run__tells_what_changes(sandbox: Sandbox, incidents: Table, made: RecordResponse) -> None:
    record = incidents.get_by_id(made["sys_id"])
    record["urgency"] = "1"
    planned = record.save(dry_run=True)
    assert (planned.action, list(planned.changes), record.changes, sent(sandbox, "PUT")) == (
        "updated",
        ["urgency"],
        {"urgency": "1"},
        0,
    )


def test_delete__dry_run_of_a_record__deletes_nothing(sandbox: Sandbox, incidents: Table, made: RecordResponse) -> None:
    planned = incidents.get_by_id(made["sys_id"]).delete(dry_run=True)
    assert (planned and planned.action, sent(sandbox, "DELETE")) == ("deleted", 0)
