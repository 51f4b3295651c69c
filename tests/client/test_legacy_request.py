"""The interface of the years before Resource goes on working, on the same engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pysnow
from pysnow import Client, InvalidUsage, MultipleResults, NoRequestExecuted, NoResults, QueryBuilder, UnexpectedResponse
from pysnow.legacy_request import LegacyRequest

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
FIRST = "9c573169c611228700193229fff72400"


@pytest.fixture
def lenient(sandbox: Sandbox) -> Client:
    """A client that does not raise when nothing matches."""
    return Client(instance=sandbox.url, user="admin", password="admin", raise_on_empty=False)


@pytest.mark.parametrize(
    "call", [lambda c: c.query(table="incident", query={}), lambda c: c.insert(table="incident", payload={})]
)
def test_entry__is_deprecated_at_the_callers_line(client: Client, call) -> None:
    with pytest.deprecated_call() as caught:
        call(client)
    assert caught[0].filename == __file__


def test_query__gives_a_legacy_request(client: Client) -> None:
    request = client.query(table="incident", query={"active": "true"})
    assert type(request) is LegacyRequest is pysnow.Request
    assert (request.method, request.table, request.base_path) == ("GET", "incident", "api/now")


@pytest.mark.parametrize(
    "query",
    [{"sys_id": FIRST}, f"sys_id={FIRST}", QueryBuilder().field("sys_id").equals(FIRST)],
    ids=["dict", "str", "builder"],
)
def test_get_one__takes_every_spelling(client: Client, query: Any) -> None:
    record = client.query(table="incident", query=query).get_one()
    assert (type(record), record["sys_id"]) == (dict, FIRST)


@pytest.mark.parametrize("query", [5, None, ["a"]])
def test_query__of_another_type_raises_when_it_is_used(client: Client, query: Any) -> None:
    request = client.query(table="incident", query=query)
    with pytest.raises(InvalidUsage):
        request.get_one()


def test_get_one__of_none_raises(client: Client) -> None:
    with pytest.raises(NoResults):
        client.query(table="incident", query={"number": "INC9"}).get_one()


def test_get_one__of_none_is_empty_when_asked(lenient: Client) -> None:
    assert lenient.query(table="incident", query={"number": "INC9"}).get_one() == {}


def test_get_one__of_several_raises(client: Client) -> None:
    with pytest.raises(pysnow.legacy_exceptions.MultipleResults):
        client.query(table="incident", query={"active": "true"}).get_one()


def test_get_one__sends_fields(client: Client, sandbox: Sandbox) -> None:
    client.query(table="incident", query={"sys_id": FIRST}).get_one(fields=["number", "state"])
    assert ("sysparm_fields", "number,state") in sandbox.requests[-1].query


def test_get_multiple__is_lazy_and_complete(client: Client, sandbox: Sandbox) -> None:
    records = client.query(table="incident", query={}).get_multiple()
    assert isinstance(records, Iterator)
    assert not sandbox.requests
    assert {record["sys_id"] for record in records} == {row["sys_id"] for row in sandbox.table("incident").rows}


def test_get_multiple__follows_the_pages(client: Client, sandbox: Sandbox) -> None:
    client.request_params["sysparm_limit"] = "20"
    found = [record["sys_id"] for record in client.query(table="incident", query="ORDERBYnumber").get_multiple()]
    assert len(found) == len(set(found)) == len(sandbox.table("incident").rows)
    assert len(sandbox.requests) > 3


def test_get_multiple__stops_at_the_limit(client: Client, sandbox: Sandbox) -> None:
    records = list(client.query(table="incident", query={}).get_multiple(limit=3, order_by=["-number"]))
    numbers = [record["number"] for record in records]
    assert (len(numbers), numbers) == (3, sorted(numbers, reverse=True))
    sent = dict(sandbox.requests[-1].query)
    assert (sent["sysparm_limit"], sent["sysparm_suppress_pagination_header"]) == ("3", "true")
    assert sent["sysparm_query"] == "^ORDERBYDESCnumber"


@pytest.mark.parametrize(
    "arguments",
    [{"fields": "number"}, {"order_by": "number"}, {"limit": "5"}, {"offset": "x"}, {"fields": 5}, {"fields": [5]}],
    ids=str,
)
def test_get_multiple__refuses_at_the_first_record(client: Client, arguments: dict[str, Any]) -> None:
    records = client.query(table="incident", query={}).get_multiple(**arguments)
    with pytest.raises(InvalidUsage):
        next(records)


def test_get_multiple__of_none(client: Client, lenient: Client) -> None:
    assert list(lenient.query(table="incident", query={"number": "INC9"}).get_multiple()) == []
    with pytest.raises(NoResults):
        next(client.query(table="incident", query={"number": "INC9"}).get_multiple())


def test_get_all__is_get_multiple(client: Client) -> None:
    assert len(list(client.query(table="incident", query={}).get_all(limit=2))) == 2


def test_insert__creates(client: Client, sandbox: Sandbox) -> None:
    created = client.insert(table="incident", payload={"short_description": "old way"})
    assert created["number"] in {row["number"] for row in sandbox.table("incident").rows}


def test_insert__refused_is_an_unexpected_response(client: Client) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        client.insert(table="u_nope", payload={})
    assert (caught.value.status_code, caught.value.error_summary) == (400, "Invalid table u_nope")


def test_update__changes_one(client: Client) -> None:
    assert (
        client.query(table="incident", query={"sys_id": FIRST}).update({"short_description": "new"})[
            "short_description"
        ]
        == "new"
    )


@pytest.mark.parametrize("payload", ["x", 5, None])
def test_update__wants_a_dict(client: Client, payload: Any) -> None:
    with pytest.raises(InvalidUsage):
        client.query(table="incident", query={"sys_id": FIRST}).update(payload)


@pytest.mark.parametrize(
    "change",
    [lambda r: r.update({"state": "2"}), lambda r: r.delete(), lambda r: r.clone()],
    ids=["update", "delete", "clone"],
)
def test_change__touches_one_record_only(client: Client, sandbox: Sandbox, change) -> None:
    with pytest.raises(MultipleResults):
        change(client.query(table="incident", query={"active": "true"}))
    assert {entry.method for entry in sandbox.requests} == {"GET"}


def test_delete__says_success(client: Client) -> None:
    assert client.query(table="incident", query={"sys_id": FIRST}).delete() == {"success": True}


def test_clone__copies_without_the_fields_named(client: Client) -> None:
    request = client.query(table="incident", query={"sys_id": FIRST})
    original, clone = request.get_one(), request.clone(reset_fields=["number"])
    assert clone["sys_id"] != original["sys_id"]
    assert clone["number"] != original["number"]
    assert clone["short_description"] == original["short_description"]
    assert clone["caller_id"] == original["caller_id"]


def test_attach__sends_a_form(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    attached = client.query(table="incident", query={"sys_id": FIRST}).attach(str(path))
    assert (attached["file_name"], attached["table_sys_id"]) == ("notes.txt", FIRST)


def test_attach__of_a_missing_file(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="not an existing file"):
        client.query(table="incident", query={"sys_id": FIRST}).attach("/no/such/file")


def test_count__asks_for_a_number_and_leaves_no_trace(client: Client, sandbox: Sandbox) -> None:
    request = client.query(table="incident", query={"active": "true"})
    assert request.count == sum(row["active"] == "true" for row in sandbox.table("incident").rows)
    request.get_multiple(limit=1).__next__()
    assert "sysparm_count" not in dict(sandbox.requests[-1].query)


@pytest.mark.parametrize("name", ["last_response", "status_code"])
def test_last_response__before_a_request(client: Client, name: str) -> None:
    with pytest.raises(NoRequestExecuted):
        getattr(client.query(table="incident", query={}), name)


def test_last_response__after_a_request(client: Client) -> None:
    request = client.query(table="incident", query={"sys_id": FIRST})
    request.get_one()
    assert (request.status_code, request.last_response.status_code) == (200, 200)


def test_request_params__are_sent_each_time(client: Client, sandbox: Sandbox) -> None:
    client.request_params = {"sysparm_display_value": "true"}
    client.query(table="incident", query={"sys_id": FIRST}).get_one()
    assert ("sysparm_display_value", "true") in sandbox.requests[-1].query
