"""References by name, in payloads and queries."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import F, InvalidUsage, MultipleResults, NoResults, QueryBuilder, QueryIgnored, QueryTypeError, Record, Ref
from pysnow.exceptions import ValueNotFetched

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

NETWORK = "287ebd7da9fe198100f92cc8d1d2154e"
GROUP = Ref("sys_user_group", name="Network")


@pytest.fixture
def table(client: Client) -> Table:
    return client.table("incident")


def writes(sandbox: Sandbox) -> list[str]:
    return [entry.method for entry in sandbox.requests if entry.method != "GET"]


def test_create__writes_the_sys_id(table: Table) -> None:
    assert table.create({"assignment_group": GROUP})["assignment_group"]["value"] == NETWORK


def test_create__by_what_people_call_it(table: Table) -> None:
    made = table.create({"assignment_group": Ref("sys_user_group", "Network"), "caller_id": Ref("sys_user", "@me")})
    assert made["assignment_group"]["value"] == NETWORK


def test_update__writes_the_sys_id(table: Table) -> None:
    made = table.create({"short_description": "Lamp"})
    assert table.update(made["sys_id"], {"assignment_group": GROUP})["assignment_group"]["value"] == NETWORK


def test_save__writes_the_sys_id(table: Table) -> None:
    record = table.get_by_id(table.create({"short_description": "Lamp"})["sys_id"])
    record["assignment_group"] = GROUP
    assert record.save().raw("assignment_group") == NETWORK


def test_changes__send_nothing(table: Table, sandbox: Sandbox) -> None:
    record = table.first()
    record["assignment_group"] = GROUP
    before = len(sandbox.requests)
    assert record.changes == {"assignment_group": GROUP}
    assert len(sandbox.requests) == before


@pytest.mark.parametrize("spelling", ["dict", "list", "expression", "builder"])
def test_queries__find_by_the_sys_id(table: Table, client: Client, spelling: str) -> None:
    bound = client.ref("sys_user_group", name="Network")
    query: Any = {
        "dict": {"assignment_group": GROUP},
        "list": {"assignment_group": [GROUP]},
        "expression": F.assignment_group == bound,
        "builder": QueryBuilder().field("assignment_group").equals(bound),
    }[spelling]
    expected = table.get({"assignment_group": NETWORK}).count
    assert expected
    assert (table.get(query).count, table.count(query), len(list(table.iterate(query)))) == (expected,) * 3


def test_expression__without_a_client_says_what_to_do() -> None:
    with pytest.raises(InvalidUsage, match=r"Use client\.ref\('sys_user_group', name='Network'\) in F"):
        _ = F.assignment_group == GROUP


def test_unknown_column__is_named_before_the_write(table: Table, sandbox: Sandbox) -> None:
    with pytest.raises(QueryIgnored, match=r"sys_user has no column 'mail' \(near: email\)"):
        table.create({"caller_id": Ref("sys_user", mail="abel.tuter@example.com")})
    assert not writes(sandbox)


def test_absence__raises_before_the_write(table: Table, sandbox: Sandbox) -> None:
    with pytest.raises(NoResults, match="name='Nobody'"):
        table.create({"assignment_group": Ref("sys_user_group", name="Nobody")})
    assert not writes(sandbox)


def test_ambiguity__raises_before_the_write(table: Table, sandbox: Sandbox) -> None:
    twin = sandbox.add("sys_user_group", {"name": "Network"})
    with pytest.raises(MultipleResults, match=str(twin["sys_id"])):
        table.create({"assignment_group": GROUP})
    assert not writes(sandbox)


def test_several__are_looked_up_once(client: Client, sandbox: Sandbox) -> None:
    for name in ("incident", "problem", "incident"):
        client.table(name).create({"assignment_group": Ref("sys_user_group", name="Network")})
    assert sum("/sys_user_group" in entry.path for entry in sandbox.requests) == 1


def test_ref__is_forgotten_after_a_while(sandbox: Sandbox) -> None:
    from tests.client.writing import Hands, client_of

    hands = Hands()
    client = client_of(sandbox, hands)
    assert client.ref("sys_user_group", name="Network").sys_id == NETWORK
    sandbox.add("sys_user_group", {"name": "Network"})
    assert client.ref("sys_user_group", name="Network").sys_id == NETWORK
    hands.now += 301
    with pytest.raises(MultipleResults):
        _ = client.ref("sys_user_group", name="Network").sys_id


def test_ref__of_a_dict_leaves_the_dict_alone(table: Table) -> None:
    payload = {"assignment_group": GROUP}
    table.create(payload)
    assert payload == {"assignment_group": GROUP}


@pytest.mark.parametrize(("args", "columns"), [((), {}), (("Network",), {"name": "Network"})])
def test_ref__needs_what_is_known(args: Any, columns: Any) -> None:
    with pytest.raises(InvalidUsage, match="Ref needs"):
        Ref("sys_user_group", *args, **columns)


def test_ref__of_no_table_is_refused() -> None:
    with pytest.raises(InvalidUsage):
        Ref("sys user", "ada")


def test_ref__repr_is_how_it_was_made() -> None:
    assert repr(GROUP) == "Ref('sys_user_group', name='Network')"


def test_ref__equality_asks_nobody(client: Client, sandbox: Sandbox) -> None:
    assert client.ref("sys_user_group", name="Network") == GROUP
    assert not sandbox.requests


def test_ref__pickle_keeps_no_client(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="has no client"):
        _ = pickle.loads(pickle.dumps(client.ref("sys_user_group", name="Network"))).sys_id


# -- records as values -------------------------------------------------------------------------------------------------

SPELLINGS: dict[str, Callable[[Any], Any]] = {
    "dict": lambda record: {"caller_id": record},
    "dict of a list": lambda record: {"caller_id": [record]},
    "==": lambda record: F.caller_id == record,
    "== of a list": lambda record: F.caller_id == [record],
    "is_in": lambda record: F.caller_id.is_in((record,)),
    "equals": lambda record: QueryBuilder().field("caller_id").equals(record),
    "equals of a list": lambda record: QueryBuilder().field("caller_id").equals([record]),
}


@pytest.mark.parametrize("mode", [False, True, "all"])
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_query__takes_a_record(client: Client, table: Table, spell: Any, mode: Any) -> None:
    caller = client.table("sys_user").one({"user_name": "employee"}, display_value=mode)
    expected = table.column("number", {"caller_id": caller.sys_id})
    assert expected
    assert table.column("number", spell(caller)) == expected


def test_query__takes_a_record_whose_columns_look_like_a_reference(client: Client, table: Table) -> None:
    record = client.table("sys_properties").first(fields=["value", "sys_id"])
    assert str(F.x == record) == f"x={record.sys_id}"


def test_query__record_without_its_sys_id() -> None:
    with pytest.raises(ValueNotFetched, match="sys_id"):
        F.caller_id == Record({"value": "x"})  # noqa: B015  # making it is the test


def test_query__mapping_that_is_no_record() -> None:
    with pytest.raises(QueryTypeError, match="pass its sys_id"):
        F.caller_id.eq({"sys_id": NETWORK, "name": "Network"})
