"""Defaults of payloads: under what is created, and nothing else."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import BearerToken, InvalidUsage, Ref

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

ABEL = "62826bf03710200044e0bfc8bcbe5df1"


@pytest.fixture
def table(client: Client) -> Table:
    """The incidents, whose new ones come over the integration."""
    client.defaults["incident"] = {"contact_type": "email", "urgency": 1}
    return client.table("incident")


def me(client: Client) -> str:
    return client.whoami().sys_id


def bodies(sandbox: Sandbox) -> list[Any]:
    return [json.loads(entry.body) for entry in sandbox.requests if entry.method != "GET"]


def questions_about_me(sandbox: Sandbox) -> int:
    return sum("gs.getUserID()" in str(entry) for entry in sandbox.requests)


def test_create__has_the_defaults(table: Table) -> None:
    assert table.create({"short_description": "Lamp"})["contact_type"] == "email"


def test_create__of_an_empty_payload_has_the_defaults(table: Table) -> None:
    assert table.create({})["contact_type"] == "email"


def test_create__payload_wins(table: Table) -> None:
    assert table.create({"contact_type": "phone"})["contact_type"] == "phone"


@pytest.mark.parametrize("empty", ["", None])
def test_create__emptiness_of_the_payload_wins(table: Table, sandbox: Sandbox, empty: Any) -> None:
    table.create({"contact_type": empty})
    assert bodies(sandbox)[-1]["contact_type"] is empty


def test_create__payload_in_capitals_wins(table: Table, sandbox: Sandbox) -> None:
    table.create({"Contact_Type": "phone"})
    assert "contact_type" not in bodies(sandbox)[-1]


def test_create__leaves_the_payload_alone(table: Table) -> None:
    payload = {"short_description": "Lamp"}
    table.create(payload)
    assert payload == {"short_description": "Lamp"}


def test_create__of_a_resource_made_before_has_the_defaults(client: Client) -> None:
    resource = client.resource(api_path="/table/incident")
    client.defaults["incident"] = {"contact_type": "email"}
    assert resource.create(payload={"short_description": "Lamp"})["contact_type"] == "email"


def test_create__without_defaults_sends_the_payload_as_it_is(client: Client, sandbox: Sandbox) -> None:
    client.defaults["problem"] = {"urgency": "1"}
    client.resource(api_path="/table/incident").create(payload={"short_description": "Lamp"})
    assert bodies(sandbox) == [{"short_description": "Lamp"}]


def test_create__with_a_key_has_the_defaults(table: Table) -> None:
    assert table.create({"short_description": "Lamp"}, key="lamp-1")["contact_type"] == "email"


def test_create__dry_run_shows_the_defaults(table: Table) -> None:
    assert table.create({"short_description": "Lamp"}, dry_run=True).changes["contact_type"].new == "email"


def test_create__of_a_table_that_extends_it_has_none(client: Client, sandbox: Sandbox) -> None:
    client.defaults["task"] = {"contact_type": "email"}
    client.table("incident").create({"short_description": "Lamp"})
    assert bodies(sandbox) == [{"short_description": "Lamp"}]


def test_create_many__has_the_defaults(table: Table) -> None:
    outcomes = table.create_many([{"urgency": "3"}, {"contact_type": "phone"}])
    assert [(row.record["contact_type"], row.record["urgency"]) for row in outcomes if row.record] == [
        ("email", "3"),
        ("phone", "1"),
    ]


def test_batch__has_the_defaults(table: Table, client: Client) -> None:
    with client.batch() as batch:
        batch.create("incident", {"short_description": "Lamp"})
    (outcome,) = batch.outcomes
    assert outcome.record is not None
    assert outcome.record["contact_type"] == "email"


def test_upsert__creates_with_the_defaults(table: Table) -> None:
    done = table.upsert({"correlation_id": "lamp-2"})
    assert (done.action, done.record["contact_type"]) == ("created", "email")


def test_upsert__of_a_record_that_is_there_leaves_it(table: Table) -> None:
    table.create({"correlation_id": "lamp-3", "contact_type": "phone"})
    assert table.upsert({"correlation_id": "lamp-3"}).action == "unchanged"


def test_upsert__dry_run_shows_the_defaults(table: Table) -> None:
    assert "contact_type" in table.upsert({"correlation_id": "lamp-4"}, dry_run=True).changes


def test_update__has_none(table: Table, sandbox: Sandbox) -> None:
    sys_id = table.create({})["sys_id"]
    table.update(sys_id, {"short_description": "Lamp"})
    assert bodies(sandbox)[-1] == {"short_description": "Lamp"}


def test_update_many__has_none(table: Table) -> None:
    sys_id = table.create({"contact_type": "phone"})["sys_id"]
    (outcome,) = table.update_many([{"sys_id": sys_id, "short_description": "Lamp"}])
    assert outcome.record is not None
    assert outcome.record["contact_type"] == "phone"


def test_me__is_who_calls(client: Client) -> None:
    client.defaults["incident"] = {"caller_id": "@me"}
    assert client.table("incident").create({})["caller_id"]["value"] == me(client)


def test_me__is_asked_once(client: Client, sandbox: Sandbox) -> None:
    client.defaults["incident"] = {"caller_id": "@me"}
    client.table("incident").create_many([{}, {}, {}])
    client.table("incident").create({})
    assert questions_about_me(sandbox) == 1


def test_me__is_not_asked_when_the_payload_says_it(client: Client, sandbox: Sandbox) -> None:
    client.defaults["incident"] = {"caller_id": "@me"}
    client.table("incident").create({"caller_id": ABEL})
    assert questions_about_me(sandbox) == 0


def test_me__is_somebody_else_with_other_credentials(client: Client) -> None:
    client.defaults["incident"] = {"caller_id": "@me"}
    first = client.table("incident").create({})["caller_id"]["value"]
    client.auth = ("itil", "itil")
    assert client.table("incident").create({})["caller_id"]["value"] == me(client) != first


@pytest.mark.filterwarnings("ignore::pysnow.FieldIgnoredWarning")
def test_me__of_a_payload_is_a_text(client: Client, sandbox: Sandbox) -> None:
    client.defaults["incident"] = {"caller_id": "@me"}
    client.table("incident").create({"short_description": "@me", "caller_id": "@me"})
    assert bodies(sandbox) == [{"short_description": "@me", "caller_id": "@me"}]


def test_me__that_nobody_tells_creates_nothing(client: Client, sandbox: Sandbox) -> None:
    client.defaults["incident"] = {"caller_id": "@me"}
    client.auth = BearerToken("nobody's")
    with pytest.raises(Exception, match="401"):
        client.table("incident").create({})
    assert bodies(sandbox) == []


def test_reference__is_looked_up(client: Client) -> None:
    client.defaults["incident"] = {"assignment_group": Ref("sys_user_group", name="Network")}
    group = client.resolve("sys_user_group", "Network")
    assert client.table("incident").create({})["assignment_group"]["value"] == group


def test_moment__is_sent_in_utc(client: Client, sandbox: Sandbox) -> None:
    client.defaults["incident"] = {"due_date": datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)}
    client.table("incident").create({})
    assert bodies(sandbox) == [{"due_date": "2030-01-02 03:04:05"}]


def test_defaults__are_copied(client: Client) -> None:
    fields = {"urgency": "1"}
    client.defaults["incident"] = fields
    fields["urgency"] = "3"
    assert client.defaults["incident"] == {"urgency": "1"}


def test_defaults__read_back_cannot_be_changed(table: Table, client: Client) -> None:
    with pytest.raises(TypeError):
        client.defaults["incident"]["urgency"] = "3"  # type: ignore[index]  # that is what is tested


def test_defaults__deleted_are_gone(table: Table, client: Client, sandbox: Sandbox) -> None:
    del client.defaults["incident"]
    table.create({})
    assert bodies(sandbox) == [{}]


def test_defaults__are_listed(table: Table, client: Client) -> None:
    assert [*client.defaults] == ["incident"]


def test_defaults__of_a_copied_client_are_its_own(table: Table, client: Client) -> None:
    copy.copy(client).defaults["incident"] = {}
    assert client.defaults["incident"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("incident/x", {"urgency": "1"}),
        ("incident", "urgency=1"),
        ("incident", {"": "1"}),
        ("incident", {1: "1"}),
        ("incident", {"caller_id.name": "Ada"}),
        ("incident", {"sys_id": "0" * 32}),
        ("incident", {"correlation_id": "integration"}),
        ("incident", {"urgency": None}),
        ("incident", {"urgency": ["1"]}),
        ("incident", {"urgency": {"value": "1"}}),
        ("incident", {"urgency": float("nan")}),
        ("incident", {"due_date": datetime(2030, 1, 2)}),  # noqa: DTZ001  # that is what is wrong with it
    ],
)
def test_defaults__that_cannot_be_used_are_refused(client: Client, name: str, fields: Any) -> None:
    with pytest.raises(InvalidUsage):
        client.defaults[name] = fields
    assert not client.defaults


def test_defaults__refused_leave_the_old_ones(table: Table, client: Client) -> None:
    with pytest.raises(InvalidUsage):
        client.defaults["incident"] = {"sys_id": "1"}
    assert client.defaults["incident"]["contact_type"] == "email"
