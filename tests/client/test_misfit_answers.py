"""Answers to changes that are about something else: they prove nothing, so that the change is looked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import AmbiguousWrite
from tests.client.writing import Answering, AnsweringParts, Hands, client_of, outcome, row_of, rows_of, sent

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

OTHER = "f" * 32
Document = Callable[[str], Any]

MISFITS: dict[str, Document] = {
    "another record": lambda own: {"result": {"sys_id": OTHER, "state": "1"}},
    "another record in both forms": lambda own: {"result": {"sys_id": {"display_value": OTHER, "value": OTHER}}},
    "a list of another": lambda own: {"result": [{"sys_id": OTHER}]},
    "a list of its own": lambda own: {"result": [{"sys_id": own}]},
    "no sys_id": lambda own: {"result": {"state": "1"}},
    "a sys_id that is none": lambda own: {"result": {"sys_id": None, "state": "1"}},
    "a failure beside it": lambda own: {"result": {"sys_id": own}, "status": "failure"},
}
"""Documents that are no answer to an update, by the record's sys_id."""

OF_NEW = {name: MISFITS[name] for name in MISFITS if not name.startswith("another")}
"""Documents that are no answer to a creation, whatever the new record's sys_id."""


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def incidents(sandbox: Sandbox, hands: Hands) -> Table:
    return client_of(sandbox, hands).table("incident")


@pytest.fixture
def sys_id(sandbox: Sandbox) -> str:
    """A record of the test's own."""
    return str(sandbox.add("incident", {"short_description": "before"})["sys_id"])


def text_of(document: Any) -> str:
    return json.dumps(document)


# -- create ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OF_NEW)
def test_create__answered_with_something_else__is_ambiguous(
    incidents: Table, sandbox: Sandbox, sys_id: str, name: str
) -> None:
    with sandbox.fault(Answering(201, text_of(OF_NEW[name](sys_id))), method="POST"), pytest.raises(AmbiguousWrite):
        incidents.create({"short_description": "new"})


@pytest.mark.parametrize("name", OF_NEW)
def test_create__with_a_key__answered_with_something_else__is_found(
    incidents: Table, sandbox: Sandbox, sys_id: str, name: str
) -> None:
    incidents.create({"short_description": "first"}, key="first")
    fault = Answering(201, text_of(OF_NEW[name](sys_id)), commit=True)
    with sandbox.fault(fault, method="POST", times=1):
        made = incidents.create({"short_description": "new"}, key="second")
    assert [row["sys_id"] for row in rows_of(sandbox, "new")] == [made["sys_id"]]


def test_create__with_fields_that_leave_out_the_sys_id__is_done(incidents: Table) -> None:
    made = incidents.create({"short_description": "new"}, params={"sysparm_fields": "short_description"})
    assert made["short_description"] == "new"


@pytest.mark.parametrize("shown", ["all", "true"])
def test_create__with_display_values__is_done(incidents: Table, shown: str) -> None:
    assert incidents.create({"short_description": "new"}, params={"sysparm_display_value": shown})["sys_id"]


def test_create__of_another_api__may_be_answered_with_anything(sandbox: Sandbox, hands: Hands) -> None:
    resource = client_of(sandbox, hands).resource(base_path="/api/x_acme", api_path="/orders")
    with sandbox.fault(Answering(200, '{"result":[{"order":"1"}]}'), method="POST"):
        assert resource.create({"a": "b"})["order"] == "1"


@pytest.mark.parametrize("name", OF_NEW)
def test_create_many__answered_with_something_else__is_not_done(
    incidents: Table, sandbox: Sandbox, sys_id: str, name: str
) -> None:
    with sandbox.fault(AnsweringParts(201, text_of(OF_NEW[name](sys_id))), operation="batch"):
        outcomes = incidents.create_many([{"short_description": "new"}], idempotency="none")
    assert (outcomes[0].status, type(outcomes[0].error)) == ("unknown", AmbiguousWrite)


def test_create_many__of_a_known_table__answered_with_another_record__creates_it(
    incidents: Table, sandbox: Sandbox
) -> None:
    incidents.create({"short_description": "first"}, key="first")
    with sandbox.fault(AnsweringParts(201, text_of({"result": {"sys_id": OTHER}})), operation="batch"):
        outcomes = incidents.create_many([{"short_description": "new"}])
    assert [row["sys_id"] for row in rows_of(sandbox, "new")] == [outcomes[0].sys_id]


# -- update ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MISFITS)
def test_update__that_was_made__answered_with_something_else__is_seen(
    incidents: Table, sandbox: Sandbox, sys_id: str, name: str
) -> None:
    with sandbox.fault(Answering(200, text_of(MISFITS[name](sys_id)), commit=True), method="PUT"):
        changed = incidents.update(sys_id, {"short_description": "after"})
    assert (changed["sys_id"], changed["short_description"]) == (sys_id, "after")


@pytest.mark.parametrize("name", MISFITS)
def test_update__by_query__answered_with_something_else_each_time__is_ambiguous(
    incidents: Table, sandbox: Sandbox, sys_id: str, name: str
) -> None:
    fault = Answering(200, text_of(MISFITS[name](sys_id)))
    with sandbox.fault(fault, method="PUT"), pytest.raises(AmbiguousWrite):
        incidents.update({"sys_id": sys_id, "short_description": "before"}, {"short_description": "after"})


def test_update__that_was_carried_out__behind_another_record__is_not_sent_again(
    incidents: Table, sandbox: Sandbox, sys_id: str
) -> None:
    with sandbox.fault(Answering(200, text_of({"result": {"sys_id": OTHER}}), commit=True), method="PUT"):
        incidents.update(sys_id, {"short_description": "after"})
    assert sent(sandbox, "PUT") == 1


@pytest.mark.parametrize("asked", [{"sysparm_display_value": "all"}, {"sysparm_fields": "short_description"}])
def test_update__shaped_as_asked__fits(incidents: Table, sandbox: Sandbox, sys_id: str, asked: dict[str, str]) -> None:
    incidents.update(sys_id, {"short_description": "after"}, params=asked)
    assert sent(sandbox, "GET") == 0


def test_update__with_the_sys_id_in_capitals__fits(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    assert incidents.update(sys_id.upper(), {"short_description": "after"})["sys_id"] == sys_id


@pytest.mark.parametrize("name", MISFITS)
def test_update_many__answered_with_something_else__is_carried_out(
    incidents: Table, sandbox: Sandbox, sys_id: str, name: str
) -> None:
    with sandbox.fault(AnsweringParts(200, text_of(MISFITS[name](sys_id))), operation="batch"):
        outcomes = incidents.update_many([{"sys_id": sys_id, "short_description": "after"}])
    assert (outcomes[0].status, len(rows_of(sandbox, "after"))) == ("done", 1)


# -- delete ------------------------------------------------------------------------------------------------------------

RECORD = '{"result":{"sys_id":"ffffffffffffffffffffffffffffffff"}}'
NOT_DELETED = {RECORD, '{"result":{}}', '{"result":[]}'}


@pytest.mark.parametrize("body", sorted(NOT_DELETED))
def test_delete__that_was_made__answered_with_a_record__is_seen(
    incidents: Table, sandbox: Sandbox, sys_id: str, body: str
) -> None:
    with sandbox.fault(Answering(200, body, commit=True), method="DELETE"):
        assert incidents.delete(sys_id) == {"status": "record deleted"}


@pytest.mark.parametrize("body", sorted(NOT_DELETED))
def test_delete__that_was_not_made__answered_with_a_record__is_ambiguous(
    incidents: Table, sandbox: Sandbox, sys_id: str, body: str
) -> None:
    with sandbox.fault(Answering(200, body), method="DELETE"):
        assert isinstance(outcome(lambda: incidents.delete(sys_id)), AmbiguousWrite)


@pytest.mark.parametrize("body", sorted(NOT_DELETED))
def test_delete_many__answered_with_a_record__is_done_only_if_it_is(
    incidents: Table, sandbox: Sandbox, sys_id: str, body: str
) -> None:
    with sandbox.fault(AnsweringParts(200, body), operation="batch"):
        outcomes = incidents.delete_many([sys_id])
    assert (outcomes[0].status == "done") == (row_of(sandbox, sys_id) is None)


def test_delete__of_another_api__may_be_answered_with_anything(sandbox: Sandbox, hands: Hands) -> None:
    resource = client_of(sandbox, hands).resource(base_path="/api/x_acme", api_path="/orders")
    with sandbox.fault(Answering(200, '{"result":{"order":"1"}}'), method="DELETE"):
        assert resource.delete("a" * 32) == {"order": "1"}


# -- upload ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [*(each("e" * 32) for each in OF_NEW.values()), {"result": {"sys_id": OTHER, "table_sys_id": "e" * 32}}],
)
def test_upload__answered_with_something_else__is_ambiguous(
    incidents: Table, sandbox: Sandbox, sys_id: str, document: Any
) -> None:
    with sandbox.fault(Answering(201, text_of(document)), method="POST"), pytest.raises(AmbiguousWrite):
        incidents.attachments.upload(sys_id, data=b"x", name="x.txt")


def test_upload__answered_with_something_else__is_found(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    fault = Answering(201, text_of({"result": {"sys_id": OTHER, "table_sys_id": "e" * 32}}), commit=True)
    with sandbox.fault(fault, method="POST"):
        file = incidents.attachments.upload(sys_id, data=b"x", name="x.txt")
    assert file["table_sys_id"] == sys_id
