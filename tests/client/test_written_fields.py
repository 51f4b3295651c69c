"""What every write with fields has in common, by whatever call: one record at a time, and compared with the schema."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from pysnow import Client, FieldIgnoredWarning, InvalidUsage, Schema, SchemaMismatch, SchemaWarning
from pysnow.sandbox import Sandbox

WRONG = {"urgncy": "1"}


def _in_batch(client: Client, sys_id: str, operation: str) -> None:
    with client.batch() as batch:
        if operation == "create":
            batch.create("incident", {**WRONG, "caller_id": sys_id})
        else:
            batch.update("incident", sys_id, WRONG)


def _saved(client: Client, sys_id: str) -> None:
    record = client.table("incident").get_by_id(sys_id)
    record.update(WRONG)
    record.save()


WRITES: dict[str, Callable[[Client, str], Any]] = {
    "create": lambda client, key: client.table("incident").create({**WRONG, "caller_id": key}),
    "update": lambda client, key: client.table("incident").update(key, WRONG),
    "save": _saved,
    "create_many": lambda client, key: client.table("incident").create_many([WRONG]).raise_for_failures(),
    "update_many": lambda client, key: (
        client.table("incident").update_many([{"sys_id": key, **WRONG}]).raise_for_failures()
    ),
    "update_many by query": lambda client, key: client.table("incident").update_many({"sys_id": key}, WRONG, expect=1),
    "upsert": lambda client, key: client.table("incident").upsert({"correlation_id": "new", **WRONG}),
    "upsert of what is there": lambda client, key: client.table("incident").upsert(
        {"sys_id": key, **WRONG}, key="sys_id"
    ),
    "batch create": lambda client, key: _in_batch(client, key, "create"),
    "batch update": lambda client, key: _in_batch(client, key, "update"),
    "insert": lambda client, key: client.insert("incident", WRONG),
    "query update": lambda client, key: client.query("incident", query={"sys_id": key}).update(WRONG),
}


@pytest.fixture
def schema(client: Client) -> Schema:
    return Schema.from_instance(client, ["incident"])


@pytest.fixture
def made(client: Client) -> str:
    return str(client.table("incident").create({"short_description": "x"})["sys_id"])


@pytest.fixture
def connect(sandbox: Sandbox) -> Callable[..., Client]:
    return lambda **options: Client(instance=sandbox.url, user="admin", password="admin", **options)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("write", WRITES)
def test_strict_schema__refuses_whatever_writes(
    connect: Callable[..., Client], schema: Schema, made: str, sandbox: Sandbox, write: str
) -> None:
    strict = connect(schema=schema, schema_mode="strict")
    sandbox.requests.clear()
    with pytest.raises(Exception, match="did you mean 'urgency'") as caught:
        WRITES[write](strict, made)
    refusal = caught.value if isinstance(caught.value, SchemaMismatch) else caught.value.__cause__
    assert isinstance(refusal, SchemaMismatch)
    assert not [entry for entry in sandbox.requests if entry.method != "GET"]


@pytest.mark.parametrize("write", WRITES)
def test_warning_schema__warns_of_whatever_writes(
    connect: Callable[..., Client], schema: Schema, made: str, write: str
) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        WRITES[write](connect(schema=schema), made)
    said = [str(each.message) for each in told if each.category is SchemaWarning]
    assert sum("did you mean 'urgency'" in text for text in said) == 1


def test_strict_schema__upsert__misses_what_a_new_record_needs(connect: Callable[..., Client], schema: Schema) -> None:
    strict = connect(schema=schema, schema_mode="strict")
    with pytest.raises(SchemaMismatch, match="caller_id is mandatory"):
        strict.table("incident").upsert({"correlation_id": "new"})


def test_strict_schema__upsert__of_what_is_there_needs_nothing_more(
    connect: Callable[..., Client], schema: Schema, client: Client
) -> None:
    client.table("incident").create({"correlation_id": "there"})
    strict = connect(schema=schema, schema_mode="strict")
    assert strict.table("incident").upsert({"correlation_id": "there", "urgency": "1"}).action == "updated"


def test_strict_schema__create_many__keys_are_no_columns_of_the_row(
    connect: Callable[..., Client], schema: Schema, made: str
) -> None:
    strict = connect(schema=schema, schema_mode="strict").table("incident")
    outcomes = strict.create_many([{"short_description": "x", "caller_id": made}], idempotency="sys_id")
    assert outcomes.counts == {"created": 1}


def test_create_many__an_empty_row__gets_the_defaults(client: Client) -> None:
    client.defaults["incident"] = {"urgency": "1"}
    (outcome,) = client.table("incident").create_many([{}])
    assert (outcome.record or {})["urgency"] == "1"


def test_client__strict_about_no_schema__is_refused(connect: Callable[..., Client]) -> None:
    with pytest.raises(InvalidUsage, match="needs a schema"):
        connect(schema_mode="strict")


# -- one record --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [[{}, {}], [], ({}, {}), "abc", None, 1, ["a"]])
def test_create__what_is_no_record__is_refused(client: Client, sandbox: Sandbox, payload: Any) -> None:
    with pytest.raises(InvalidUsage, match="one record|must be a dict"):
        client.table("incident").create(payload)
    assert not sandbox.requests


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("payload", [[{}, {}], "abc", None])
def test_insert__what_is_no_record__is_refused(client: Client, sandbox: Sandbox, payload: Any) -> None:
    with pytest.raises(InvalidUsage, match="one record|must be a dict"):
        client.insert("incident", payload)
    assert not sandbox.requests


def test_create__a_list_of_one__is_that_record(client: Client) -> None:
    assert client.table("incident").create([{"short_description": "x"}])["short_description"] == "x"


def test_create__of_another_api__takes_any_json(client: Client) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", FieldIgnoredWarning)
        with pytest.raises(Exception, match="400"):
            client.resource(api_path="/x_acme/things").create([{}, {}])
