"""Rows for staging tables: what the transform maps made of each, and nothing imported twice."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import AmbiguousWrite, Client, DeadlineExceeded, InvalidUsage, RowsFailed
from tests.client.writing import COMMITTED, NOT_COMMITTED, Hands, client_of
from tests.unit.canned_server import CannedServer, http

if TYPE_CHECKING:
    from pysnow.apis.import_set import ImportSet
    from pysnow.sandbox import Sandbox

TOLD_ALL_THE_SAME = ("error-first", "no-result", "wrong-result", "wrong-result:result=text")
"""Faults that leave the members of a batch's answer as they are: it has no ``result``."""


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return client_of(sandbox, Hands())


@pytest.fixture
def users(client: Client) -> ImportSet:
    return client.import_set("u_imp_user")


def person(number: int, **values: Any) -> dict[str, Any]:
    return {"u_user_id": f"new.{number}", "u_first_name": "New", "u_last_name": str(number), **values}


@pytest.fixture
def rejecting(sandbox: Sandbox) -> None:
    """The map of users rejects rows with a department that is not there."""
    (known,) = [row for row in sandbox.table("sys_transform_map").rows if row["name"] == "User"]
    (entry,) = [
        row
        for row in sandbox.table("sys_transform_entry").rows
        if (row["map"], row["target_field"]) == (known["sys_id"], "department")
    ]
    change = {"choice_action": "reject"}
    sandbox.instance.update("sys_transform_entry", str(entry["sys_id"]), change, sandbox.instance.system)


def names(sandbox: Sandbox) -> Counter[str]:
    """How often each new user is there."""
    return Counter(str(row["user_name"]) for row in sandbox.table("sys_user").rows if row["first_name"] == "New")


def test_insert__one_row__tells_what_became_of_it(users: ImportSet) -> None:
    outcome = users.insert(person(1))
    (transform,) = outcome.transforms
    assert (outcome.status, outcome.action, transform.status, transform.table) == (
        "done",
        "created",
        "inserted",
        "sys_user",
    )


def test_insert__the_same_row_again__is_ignored(users: ImportSet) -> None:
    first, second = users.insert(person(1)), users.insert(person(1))
    assert (second.action, second.sys_id) == ("unchanged", first.sys_id)


def test_insert__other_values__update(users: ImportSet) -> None:
    users.insert(person(1))
    assert users.insert(person(1, u_last_name="other")).action == "updated"


def test_insert__rows__have_outcomes_in_order(sandbox: Sandbox, users: ImportSet) -> None:
    users.insert(person(1))
    outcomes = users.insert([person(number) for number in range(3)])
    assert [outcome.action for outcome in outcomes] == ["created", "unchanged", "created"]


def test_insert__fifty_rows__are_one_request(sandbox: Sandbox, users: ImportSet) -> None:
    users.insert([person(number) for number in range(50)])
    assert len(sandbox.requests) == 1


@pytest.mark.usefixtures("rejecting")
def test_insert__a_row_in_error__fails_alone(users: ImportSet) -> None:
    outcomes = users.insert([person(0), person(1, u_department="No such")])
    assert [outcome.status for outcome in outcomes] == ["done", "failed"]
    assert outcomes[1].message


@pytest.mark.usefixtures("rejecting")
def test_insert__a_row_in_error__raises_when_strict(users: ImportSet) -> None:
    with pytest.raises(RowsFailed):
        users.insert([person(0), person(1, u_department="No such")], strict=True)


def test_insert__values__go_as_texts(sandbox: Sandbox, users: ImportSet) -> None:
    users.insert({"u_user_id": 17, "u_first_name": "New"})
    assert names(sandbox)["17"] == 1


@pytest.mark.parametrize("row", [{}, 5, {"u_user_id": object()}, {"u_user_id": datetime(2026, 1, 1)}, {"u_x": ["a"]}])
def test_insert__a_row_that_cannot_be_sent__is_refused_before_anything_is_sent(
    sandbox: Sandbox, users: ImportSet, row: Any
) -> None:
    with pytest.raises(InvalidUsage):
        users.insert([person(1), row])
    assert not sandbox.requests


def test_insert__into_a_table_that_is_none__fails(client: Client) -> None:
    outcome = client.import_set("u_no_such").insert(person(1))
    assert (outcome.status, str(outcome.error).startswith("400 for POST")) == ("failed", True)


@pytest.mark.parametrize("fault", [fault for fault in (*COMMITTED, *NOT_COMMITTED) if fault not in TOLD_ALL_THE_SAME])
def test_insert__behind_a_lost_answer__is_unknown_and_sent_once(sandbox: Sandbox, users: ImportSet, fault: str) -> None:
    with sandbox.fault(fault, operation="batch+import", times=1):
        outcomes = users.insert([person(1), person(2)])
    assert [type(outcome.error) for outcome in outcomes] == [AmbiguousWrite] * 2
    assert sum(entry.method == "POST" for entry in sandbox.requests) == 1


@pytest.mark.parametrize("failure", [{"error": {"message": "Transaction cancelled"}}, {"status": "failure"}], ids=str)
def test_insert__told_together_with_an_error__is_unknown(failure: dict[str, Any]) -> None:
    document = {"import_set": "ISET0010001", "result": [{"status": "inserted", "table": "sys_user"}], **failure}
    with CannedServer(http(json.dumps(document).encode(), "201 Created")) as server:
        client = Client(instance=server.url.split("/api/")[0], user="a", password="b", retry=None)
        assert client.import_set("u_imp_user").insert(person(1)).status == "unknown"


def test_insert__of_a_record_that_may_not_be_read__is_done(sandbox: Sandbox, users: ImportSet) -> None:
    sandbox.deny("sys_user", "read", where="user_name=new.1", admins_too=True)
    outcome = users.insert(person(1))
    assert (outcome.status, outcome.transforms) == ("done", ())


def test_insert_multiple__rows__are_told_of_afterwards(users: ImportSet) -> None:
    run = users.insert_multiple([person(1), person(2), person(1)]).wait()
    assert [outcome.action for outcome in run.outcomes()] == ["created", "created", "unchanged"]


def test_insert_multiple__shows_its_import_set(users: ImportSet) -> None:
    run = users.insert_multiple([person(1), person(2)])
    assert repr(run) == f"<ImportRun {run.import_set_id}, 2 rows>"


def test_insert_multiple__outcomes__name_their_records(sandbox: Sandbox, users: ImportSet) -> None:
    (outcome,) = users.insert_multiple([person(1)]).outcomes()
    (user,) = [row for row in sandbox.table("sys_user").rows if row["user_name"] == "new.1"]
    assert (outcome.sys_id, outcome.transforms[0].table) == (user["sys_id"], "sys_user")


def test_insert_multiple__behind_a_lost_answer__is_ambiguous(sandbox: Sandbox, users: ImportSet) -> None:
    with sandbox.fault("drop-after", operation="import"), pytest.raises(AmbiguousWrite):
        users.insert_multiple([person(1)])
    assert len(sandbox.requests) == 1


def test_wait__for_rows_that_are_not_transformed__ends_in_time(sandbox: Sandbox, users: ImportSet) -> None:
    run = users.insert_multiple([person(1)])
    sandbox.instance.update("sys_import_set", run.import_set_id, {"state": "loading"}, sandbox.instance.system)
    with pytest.raises(DeadlineExceeded, match="still loading"):
        run.wait(10)


def test_outcomes__of_a_row_that_was_not_transformed__are_unknown(sandbox: Sandbox, users: ImportSet) -> None:
    run = users.insert_multiple([person(1)])
    (staged,) = [row for row in sandbox.table("u_imp_user").rows if row["sys_import_set"] == run.import_set_id]
    pending = {"sys_import_state": "pending"}
    sandbox.instance.update("u_imp_user", str(staged["sys_id"]), pending, sandbox.instance.system)
    assert [outcome.status for outcome in run.outcomes()] == ["unknown"]
