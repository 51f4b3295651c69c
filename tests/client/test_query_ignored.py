"""A misspelt column changes nothing: over real HTTP, on an instance that drops what it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, InvalidUsage, MultipleResults, NoResults, QueryBuilder, QueryIgnored
from pysnow.criterion import F

if TYPE_CHECKING:
    from pysnow.resource import Resource
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

CHANGES: dict[str, Callable[..., Any]] = {
    "update": lambda resource, query, **options: resource.update(query, {"u_text": "changed"}, **options),
    "delete": lambda resource, query, **options: resource.delete(query, **options),
}


@pytest.fixture
def things(client: Client, sandbox: Sandbox) -> Resource:
    """A table with one record: whatever widens a query, finds it."""
    sandbox.create_table(
        "u_thing", columns={"u_text": "string", "u_owner": {"type": "reference", "reference": "sys_user"}}
    )
    sandbox.add("u_thing", {"u_text": "only"})
    return client.table("u_thing")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
class TestChange:
    @pytest.mark.parametrize(
        "query",
        [
            {"u_txt": "only"},
            "u_txt=only",
            QueryBuilder().field("u_txt").equals("only"),
            F("u_txt").eq("only"),
            "u_txtLIKEon",
            {"u_text": "only", "u_owner.nme": "x"},
        ],
        ids=["dict", "str", "builder", "expression", "LIKE", "dot-walk"],
    )
    def test_misspelt_column(self, things: Resource, sandbox: Sandbox, change: Any, query: Any) -> None:
        with pytest.raises(QueryIgnored):
            change(things, query)
        assert [row["u_text"] for row in sandbox.table("u_thing").rows] == ["only"]

    def test_record_that_satisfies_the_query(self, things: Resource, sandbox: Sandbox, change: Any) -> None:
        change(things, {"u_text": "only"})
        assert [row["u_text"] for row in sandbox.table("u_thing").rows] != ["only"]

    def test_empty_reference_on_the_way(self, things: Resource, change: Any) -> None:
        assert change(things, "u_text=only^u_owner.nameISEMPTY^ORu_ownerISEMPTY")

    def test_column_that_may_not_be_read(self, things: Resource, sandbox: Sandbox, change: Any) -> None:
        sandbox.deny("u_thing.u_text", "read", admins_too=True)
        with pytest.raises(QueryIgnored):
            change(things, {"u_text": "only"})

    def test_misspelt_column_among_many_records(self, incidents: Resource, change: Any) -> None:
        with pytest.raises(QueryIgnored):
            change(incidents, {"nmber": "INC0010001"})

    def test_raw_query_of_several_parts(self, things: Resource, sandbox: Sandbox, change: Any) -> None:
        with pytest.raises(InvalidUsage, match="allow_raw"):
            change(things, "u_text=only^NQu_text=other")
        assert not sandbox.requests

    def test_raw_query_of_several_parts_allowed(self, things: Resource, change: Any) -> None:
        assert change(things, "u_text=other^NQu_text=only", allow_raw=True)

    def test_raw_query_that_is_widened_although_allowed(self, things: Resource, change: Any) -> None:
        with pytest.raises(QueryIgnored):
            change(things, "u_text=other^NQu_txt=only", allow_raw=True)

    def test_query_that_only_orders(self, things: Resource, sandbox: Sandbox, change: Any) -> None:
        with pytest.raises(InvalidUsage, match="every record"):
            change(things, "ORDERBYu_text")
        assert not sandbox.requests


def test_legacy__misspelt_column(things: Resource, client: Client, sandbox: Sandbox) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        request = client.query(table="u_thing", query={"u_txt": "only"})
    with pytest.raises(QueryIgnored):
        request.delete()
    assert len(sandbox.table("u_thing").rows) == 1


def test_several__that_satisfy_the_query_are_too_many(incidents: Resource) -> None:
    with pytest.raises(MultipleResults, match="^More than one record of incident matches the conditions on active$"):
        incidents.delete({"active": True})


def test_none__that_satisfies_the_query_names_table_and_columns(incidents: Resource) -> None:
    with pytest.raises(NoResults, match="^No record of incident matches the conditions on number, state$") as caught:
        incidents.update(F.number.eq("INC-secret") & F.state.eq(1), {"state": "2"})
    assert "secret" not in str(caught.value)


# -- strict reads ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": {"nmber": "x"}},
        {"query": "active=true^nmberISEMPTY"},
        {"query": "active=true^ORDERBYnmber"},
        {"fields": ["number", "nmber"]},
        {"fields": "number,caller_id.nme"},
    ],
    ids=str,
)
def test_strict__refuses_unknown_columns(incidents: Resource, sandbox: Sandbox, arguments: dict[str, Any]) -> None:
    with pytest.raises(QueryIgnored):
        incidents.get(**arguments, strict=True)
    # The columns were looked at, and near ones looked for; what was asked was not sent.
    assert {dict(entry.query)["sysparm_limit"] for entry in sandbox.requests} == {"1"}


def test_strict__names_columns_that_are_near(incidents: Resource) -> None:
    with pytest.raises(QueryIgnored, match=r"near: number\b"):
        incidents.get({"nmber": "x"}, strict=True)


def test_strict__read_has_changed_nothing_and_does_not_say_so(incidents: Resource) -> None:
    with pytest.raises(QueryIgnored) as caught:
        incidents.get({"nmber": "x"}, strict=True)
    assert ("Nothing was changed" in str(caught.value), caught.value.committed) == (False, None)


def test_strict__passes_known_ones(incidents: Resource) -> None:
    found = incidents.get("active=true^ORDERBYnumber", fields=["number", "caller_id.name"], strict=True, limit=3)
    assert len(found.all()) == 3


def test_strict__asks_once_for_a_column(incidents: Resource, sandbox: Sandbox) -> None:
    for _ in range(3):
        incidents.get({"active": True}, fields=["number"], strict=True, limit=1)
    assert len(sandbox.requests) == 4


def test_strict__knows_for_the_whole_client(client: Client, sandbox: Sandbox) -> None:
    for _ in range(3):
        client.table("incident").get({"active": True}, strict=True, limit=1)
    assert len(sandbox.requests) == 4


def test_strict__of_the_client(sandbox: Sandbox) -> None:
    incidents = Client(instance=sandbox.url, user="admin", password="admin", strict=True).table("incident")
    with pytest.raises(QueryIgnored):
        incidents.get({"nmber": "x"})


def test_strict__of_the_client_can_be_left_out_once(sandbox: Sandbox) -> None:
    incidents = Client(instance=sandbox.url, user="admin", password="admin", strict=True).table("incident")
    assert incidents.get({"nmber": "x"}, strict=False, limit=1).all()


def test_strict__cannot_tell_on_an_empty_table(client: Client, sandbox: Sandbox) -> None:
    sandbox.create_table("u_empty", columns={"u_text": "string"})
    assert client.table("u_empty").get({"u_txt": "x"}, strict=True).all() == []


def test_strict__refuses_a_query_that_cannot_be_read(incidents: Resource, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage):
        incidents.get("no condition", strict=True)
    assert not sandbox.requests


def test_lenient__sends_what_it_is_given(incidents: Resource, sandbox: Sandbox) -> None:
    assert incidents.get({"nmber": "x"}, limit=1).all()
    assert len(sandbox.requests) == 1


# -- strict clients ----------------------------------------------------------------------------------------------------


@pytest.fixture
def strict_table(sandbox: Sandbox) -> Iterator[Table]:
    """The incident table of a client that is strict."""
    with Client(instance=sandbox.url, user="admin", password="admin", strict=True) as client:
        yield client.table("incident")


@pytest.mark.parametrize(
    "query",
    [
        {"stat": 1},
        (F.stat == 1) | (F.active == True),  # noqa: E712  # an expression
        "active=true^ORDERBYstat",
        QueryBuilder().field("active").equals(True).NQ().field("stat").is_empty(),
    ],
    ids=["dict", "alternative", "order", "second part"],
)
def test_strict_count__misspelt_column(strict_table: Table, sandbox: Sandbox, query: Any) -> None:
    with pytest.raises(QueryIgnored, match="stat"):
        strict_table.count(query)
    assert not [request for request in sandbox.requests if "/stats/" in request.path]


def test_strict_count__known_columns(strict_table: Table, client: Client) -> None:
    query = (F.state == 1) | (F.active == True)  # noqa: E712  # an expression
    assert strict_table.count(query) == client.table("incident").count(query) < client.table("incident").count()


@pytest.mark.parametrize(
    "order_by", ["prio", "-prio", ["number", "-prio"], (name for name in ["prio"])], ids=["one", "down", "list", "iter"]
)
def test_strict_walk__misspelt_order(strict_table: Table, order_by: Any) -> None:
    with strict_table.iterate(order_by=order_by) as walk, pytest.raises(QueryIgnored, match="prio"):
        next(walk)


def test_strict_walk__misspelt_order_with_related_records(strict_table: Table) -> None:
    walk = strict_table.iterate(order_by="prio", related=[("sys_journal_field", "element_id")])
    with walk, pytest.raises(QueryIgnored, match="prio"):
        next(walk)


def test_strict_walk__known_order(strict_table: Table) -> None:
    assert len(list(strict_table.iterate(order_by="-priority", limit=3))) == 3


@pytest.mark.parametrize(
    "asked",
    [
        {"group_by": "stat", "order_by": "stat"},
        {"group_by": ["state", "stat"], "order_by": ["state", "-stat"]},
        {"avg": "stat", "order_by": "-avg^stat"},
        {"having": ("sum", "stat", ">", 1)},
        {"having": [("count", ">", 1), ("max", "stat", ">", 1)]},
    ],
    ids=str,
)
def test_strict_aggregate__misspelt_column(strict_table: Table, asked: dict[str, Any]) -> None:
    with pytest.raises(QueryIgnored, match="stat"):
        strict_table.aggregate(**{"group_by": "state", **asked})


@pytest.mark.parametrize("order_by", ["-count", "count", "avg^reassignment_count", "-state"])
def test_strict_aggregate__known_order(strict_table: Table, order_by: str) -> None:
    assert len(strict_table.aggregate(group_by="state", avg="reassignment_count", order_by=order_by)) > 1


# -- one strict call ---------------------------------------------------------------------------------------------------

SINCE = datetime(2015, 1, 1, tzinfo=UTC)

READS: dict[str, Callable[..., Any]] = {
    "get": lambda table, query, **options: table.get(query, **options).all(),
    "iterate": lambda table, query, **options: list(table.iterate(query, **options)),
    "first": lambda table, query, **options: table.first(query, **options),
    "first_or_none": lambda table, query, **options: table.first_or_none(query, **options),
    "one": lambda table, query, **options: table.one(query, **options),
    "one_or_none": lambda table, query, **options: table.one_or_none(query, **options),
    "count": lambda table, query, **options: table.count(query, **options),
    "aggregate": lambda table, query, **options: table.aggregate(query, **options),
    "history": lambda table, query, **options: list(table.history(SINCE, query=query, **options)),
    "changes": lambda table, query, **options: list(table.changes(SINCE, query=query, deleted=False, **options)),
    "watch": lambda table, query, **options: table.watch(query, deleted=False, **options).close(),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_strict_call__misspelt_column(client: Client, read: Callable[..., Any]) -> None:
    with pytest.raises(QueryIgnored, match="nmber"):
        read(client.table("incident"), "number=INC0000001^nmber=x", strict=True)


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_strict_call__is_not_where_the_call_says_so(strict_table: Table, read: Callable[..., Any]) -> None:
    read(strict_table, "number=INC0000001^nmber=x", strict=False)


def test_strict_call__is_not_where_rows_are_hidden(strict_table: Table, sandbox: Sandbox) -> None:
    with sandbox.fault("hidden-rows", share=0.9):
        assert strict_table.first("nmber=x", strict=False).sys_id
