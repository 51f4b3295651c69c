"""Many records kept in sync: recognised as upsert() does, changed in batches, created once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import (
    AuthenticationError,
    Client,
    FieldIgnoredWarning,
    InvalidUsage,
    MultipleResults,
    PysnowException,
    QueryIgnored,
)
from tests.client.writing import Hands, client_of, sent

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table


@pytest.fixture
def users(sandbox: Sandbox) -> Table:
    return client_of(sandbox, Hands()).table("sys_user")


@pytest.fixture
def staff(sandbox: Sandbox, users: Table) -> list[dict[str, Any]]:
    """Rows whose records are there."""
    rows = rows_of_staff(12)
    users.create_many(rows)
    sandbox.requests.clear()
    return rows


def rows_of_staff(count: int) -> list[dict[str, Any]]:
    return [{"user_name": f"staff.{number}", "last_name": f"No. {number}"} for number in range(count)]


def held(sandbox: Sandbox) -> Counter[str]:
    """How often each of them is there."""
    names = (str(row["user_name"]).lower() for row in sandbox.table("sys_user").rows)
    return Counter(name for name in names if name.startswith("staff."))


def actions(outcomes: Any) -> list[str | None]:
    return [each.action for each in outcomes]


def test_upsert_many__new_rows__are_created(sandbox: Sandbox, users: Table) -> None:
    outcomes = users.upsert_many(rows_of_staff(12), "user_name")
    assert (repr(outcomes), set(held(sandbox).values()), len(held(sandbox))) == ("<Outcomes 12 created>", {1}, 12)


def test_upsert_many__again__sends_no_change(sandbox: Sandbox, users: Table, staff: list[dict[str, Any]]) -> None:
    outcomes = users.upsert_many(staff, "user_name")
    assert (repr(outcomes), {entry.method for entry in sandbox.requests}) == ("<Outcomes 12 unchanged>", {"GET"})


def test_upsert_many__what_differs__is_sent_in_batches(
    sandbox: Sandbox, users: Table, staff: list[dict[str, Any]]
) -> None:
    rows = [{**row, "last_name": "X"} for row in staff[:11]] + staff[11:]
    outcomes = users.upsert_many(rows, "user_name")
    assert (actions(outcomes), sent(sandbox, "POST"), sent(sandbox, "PUT")) == (["updated"] * 11 + ["unchanged"], 1, 0)
    assert str(outcomes[3].changes["last_name"]) == "'No. 3' -> 'X'"


def test_upsert_many__outcomes__come_in_the_order_of_the_rows(users: Table, staff: list[dict[str, Any]]) -> None:
    new = {"user_name": "staff.new"}
    outcomes = users.upsert_many([new, staff[0], {"last_name": "nobody"}, {**staff[1], "last_name": "X"}], "user_name")
    assert [(each.index, each.status, each.action) for each in outcomes] == [
        (0, "done", "created"),
        (1, "done", "unchanged"),
        (2, "not_executed", None),
        (3, "done", "updated"),
    ]


def test_upsert_many__key_in_another_case__is_the_same_record(
    sandbox: Sandbox, users: Table, staff: list[dict[str, Any]]
) -> None:
    assert actions(users.upsert_many([{"user_name": "STAFF.1"}], "user_name")) == ["updated"]
    assert held(sandbox)["staff.1"] == 1


def test_upsert_many__second_row_of_a_key__is_refused(users: Table, staff: list[dict[str, Any]]) -> None:
    _, second = users.upsert_many([staff[0], {"user_name": "Staff.0", "last_name": "X"}], "user_name")
    assert (second.status, type(second.error)) == ("not_executed", InvalidUsage)
    assert "An earlier row has the key 'Staff.0'" in str(second.error)


def test_upsert_many__key_of_two_records__changes_none(sandbox: Sandbox) -> None:
    incidents = client_of(sandbox, Hands()).table("incident")
    incidents.create_many([{"correlation_id": "twin"}] * 2)
    twin, other = incidents.upsert_many([{"correlation_id": "twin", "urgency": "1"}, {"correlation_id": "other"}])
    assert (twin.status, type(twin.error), other.action) == ("not_executed", MultipleResults, "created")


@pytest.mark.parametrize("key", ["a,b", "a^b", " c"])
def test_upsert_many__key_that_no_list_can_hold__is_found(sandbox: Sandbox, key: str) -> None:
    incidents = client_of(sandbox, Hands()).table("incident")
    incidents.upsert({"correlation_id": key})
    assert actions(incidents.upsert_many([{"correlation_id": key}, {"correlation_id": "x"}])) == [
        "unchanged",
        "created",
    ]


def test_upsert_many__key_of_two_columns(users: Table, staff: list[dict[str, Any]]) -> None:
    rows = [{**staff[0], "city": "Rome"}, {"user_name": "staff.new", "last_name": "No. 0"}]
    assert actions(users.upsert_many(rows, ["user_name", "last_name"])) == ["updated", "created"]


def test_upsert_many__unknown_column_as_key__writes_nothing(sandbox: Sandbox, users: Table) -> None:
    (done,) = users.upsert_many([{"user_nme": "x"}], "user_nme")
    assert (done.status, type(done.error), sent(sandbox, "POST")) == ("not_executed", QueryIgnored, 0)


def test_upsert_many__unknown_column__is_ignored(users: Table, staff: list[dict[str, Any]]) -> None:
    rows = [{**staff[0], "nope": "x"}, {**staff[1], "nope": "x", "last_name": "X"}, {"user_name": "new", "nope": "x"}]
    with pytest.warns(FieldIgnoredWarning, match="nope"):
        outcomes = users.upsert_many(rows, "user_name")
    assert actions(outcomes) == ["unchanged", "updated", "created"]
    assert [each.ignored for each in outcomes] == [("nope",)] * 3


def test_upsert_many__no_update__leaves_what_is_there(users: Table, staff: list[dict[str, Any]]) -> None:
    rows = [{**staff[0], "last_name": "X"}, {"user_name": "staff.new"}]
    assert actions(users.upsert_many(rows, "user_name", update=False)) == ["unchanged", "created"]
    assert users.get({"user_name": "staff.0"}).one()["last_name"] == "No. 0"


def test_upsert_many__dry_run__sends_no_change(sandbox: Sandbox, users: Table, staff: list[dict[str, Any]]) -> None:
    rows = [{**staff[0], "last_name": "X"}, staff[1], {"user_name": "staff.new"}]
    planned = users.upsert_many(rows, "user_name", dry_run=True)
    assert repr(planned) == "<Outcomes 3 dry_run: 1 updated, 1 unchanged, 1 created>"
    assert {entry.method for entry in sandbox.requests} == {"GET"}


def test_upsert_many__rows_that_keep_coming__are_written_as_they_are_asked_for(
    sandbox: Sandbox, users: Table, staff: list[dict[str, Any]]
) -> None:
    stream = users.upsert_many(({**row, "last_name": "X"} for row in staff), "user_name")
    assert len(sandbox.requests) == 0
    assert actions(stream) == ["updated"] * 12


def test_upsert_many__journal_entries__are_written_once_with_a_change(sandbox: Sandbox) -> None:
    incidents = client_of(sandbox, Hands()).table("incident")
    incidents.create_many([{"correlation_id": "a", "urgency": "3"}, {"correlation_id": "b", "urgency": "1"}])
    rows = [{"correlation_id": name, "urgency": "1", "work_notes": f"note {name}"} for name in "ab"]
    assert actions(incidents.upsert_many(rows)) == ["updated", "unchanged"]
    texts = [str(row["value"]) for row in sandbox.table("sys_journal_field").rows]
    assert (texts.count("note a"), texts.count("note b")) == (1, 0)


@pytest.mark.parametrize("fault", ["drop-after", "cut-body:framing=length", "server-error:commit=true"])
def test_upsert_many__behind_a_lost_answer__makes_each_change_once(
    sandbox: Sandbox, users: Table, staff: list[dict[str, Any]], fault: str
) -> None:
    rows = [{**row, "last_name": "X"} for row in staff] + [{"user_name": "staff.new"}]
    with sandbox.fault(fault, operation="batch", times=1), sandbox.fault(fault, operation="create", times=1):
        outcomes = users.upsert_many(rows, "user_name", workers=1)
    assert (outcomes.failed, set(held(sandbox).values()), held(sandbox)["staff.new"]) == ([], {1}, 1)
    assert {str(row["last_name"]) for row in users.get({"user_name": [row["user_name"] for row in staff]}).all()} == {
        "X"
    }


def test_upsert_many__look_that_fails__leaves_its_rows_alone(
    sandbox: Sandbox, users: Table, staff: list[dict[str, Any]]
) -> None:
    with sandbox.fault("server-error", method="GET"):
        outcomes = users.upsert_many([{**row, "last_name": "X"} for row in staff], "user_name")
    assert {(each.status, isinstance(each.error, PysnowException)) for each in outcomes} == {("not_executed", True)}
    assert {entry.method for entry in sandbox.requests} == {"GET"}


def test_upsert_many__wrong_credentials__are_tried_once(sandbox: Sandbox) -> None:
    users = Client(instance=sandbox.url, user="admin", password="wrong").table("sys_user")
    outcomes = users.upsert_many(rows_of_staff(250), "user_name")
    assert {type(each.error) for each in outcomes} == {AuthenticationError}
    assert len(sandbox.requests) == 1


def test_upsert_many__by_many_workers__makes_each_record_once(sandbox: Sandbox, users: Table) -> None:
    users.upsert_many(rows_of_staff(150), "user_name", workers=8, batch_size=10)
    assert (len(held(sandbox)), set(held(sandbox).values())) == (150, {1})


def test_upsert_many__record_that_is_hidden__is_not_created_again(sandbox: Sandbox) -> None:
    admin = client_of(sandbox, Hands()).table("incident")
    admin.upsert({"correlation_id": "secret"})
    sandbox.deny("incident", "read", admins_too=True)
    (done,) = admin.upsert_many([{"correlation_id": "secret", "urgency": "1"}])
    assert (done.status, sent(sandbox, "PUT")) == ("not_executed", 0)


@pytest.mark.parametrize("key", ["", [], None, ["user_name", ""]])
def test_upsert_many__no_key__is_refused(sandbox: Sandbox, users: Table, key: Any) -> None:
    with pytest.raises(InvalidUsage, match="key must be"):
        users.upsert_many([{"user_name": "x"}], key)
    assert len(sandbox.requests) == 0
