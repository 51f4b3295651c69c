"""Finding records: the only one, the first, one by value, one by sys_id, all by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pysnow import InvalidUsage, MultipleResults, NoResults, NotFound, QueryIgnored, RecordNotFound
from pysnow.records.record import Record

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

NETWORK = "287ebd7da9fe198100f92cc8d1d2154e"


@pytest.fixture
def table(client: Client) -> Table:
    return client.table("incident")


@pytest.fixture
def groups(client: Client) -> Table:
    return client.table("sys_user_group")


def asked(sandbox: Sandbox, name: str) -> list[str]:
    """What the requests so far said for a parameter."""
    return [value for entry in sandbox.requests for key, value in entry.query if key == name]


# -- settings of the client --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["one", "one_or_none", "first", "first_or_none"])
def test_offset__of_the_table_is_refused(table: Table, sandbox: Sandbox, method: str) -> None:
    table.parameters.offset = 5
    with pytest.raises(InvalidUsage, match="offset"):
        getattr(table, method)({"number": "INC0000060"})
    assert len(sandbox.requests) == 0


def test_offset__of_the_client_is_refused_by_lookup(client: Client) -> None:
    client.parameters.offset = 5
    with pytest.raises(InvalidUsage, match="offset"):
        client.lookup("INC0000060")


def test_find__with_columns_of_the_client_has_those_and_the_sys_id(client: Client) -> None:
    client.parameters.fields = ["state"]
    assert sorted(client.table("incident").find(number="INC0000060")) == ["state", "sys_id"]


def test_lookup__with_columns_of_the_client_has_those_and_the_sys_id(client: Client) -> None:
    client.parameters.fields = ["state"]
    assert sorted(client.lookup("INC0000060")) == ["state", "sys_id"]


# -- columns behind references -----------------------------------------------------------------------------------------


BEHIND = {"caller_id.user_name": "abel.tuter", "number": "INC0000060"}


def test_find__by_a_column_behind_a_reference(table: Table) -> None:
    assert table.find(**BEHIND) == table.one({"number": "INC0000060"})


def test_find__by_a_column_behind_a_reference_with_columns(table: Table) -> None:
    assert sorted(table.find(**BEHIND, fields=["state"])) == ["state", "sys_id"]


def test_find__by_an_unknown_column_behind_a_reference(table: Table) -> None:
    with pytest.raises(QueryIgnored, match="caller_id.nme"):
        table.find(**{"caller_id.nme": "abel.tuter", "number": "INC0000060"})


def test_find__by_an_unknown_column_names_near_ones(table: Table) -> None:
    with pytest.raises(QueryIgnored, match=r"near: number\b") as caught:
        table.find(nmber="INC0000060")
    assert "Nothing was changed" not in str(caught.value)


def test_dict__by_a_column_behind_a_reference(table: Table) -> None:
    found = table.dict({"number": "INC0000060"}, ["state"], by="caller_id.user_name")
    assert {key: sorted(record) for key, record in found.items()} == {"abel.tuter": ["state", "sys_id"]}


def test_dict__by_a_column_behind_a_reference_needs_columns(table: Table, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="pass fields"):
        table.dict(by="caller_id.user_name")
    assert len(sandbox.requests) == 0


def test_get_by_id__refusal_quotes_what_was_passed(table: Table) -> None:
    with pytest.raises(InvalidUsage, match=r"not \{'foo': 1\}"):
        table.get_by_id({"foo": 1})


# -- one, first --------------------------------------------------------------------------------------------------------


def test_one__gives_the_record(table: Table) -> None:
    assert table.one({"number": "INC0000060"})["number"] == "INC0000060"


def test_one__gives_a_record_of_the_table(table: Table) -> None:
    record = table.one({"number": "INC0000060"})
    assert (type(record), record.table) == (Record, "incident")


def test_one__adds_the_sys_id(table: Table) -> None:
    assert set(table.one({"number": "INC0000060"}, ["number"])) == {"number", "sys_id"}


def test_one__of_several_raises(table: Table) -> None:
    with pytest.raises(MultipleResults, match="More than one record of incident"):
        table.one({"active": True})


def test_one__asks_for_two_rows(table: Table, sandbox: Sandbox) -> None:
    with pytest.raises(MultipleResults):
        table.one({"active": True})
    assert asked(sandbox, "sysparm_limit") == ["2"]


def test_one__of_none_raises(table: Table) -> None:
    with pytest.raises(NoResults, match="or it may not be read"):
        table.one({"number": "INC9999999"})


def test_one_or_none__of_none_is_none(table: Table) -> None:
    assert table.one_or_none({"number": "INC9999999"}) is None


def test_one_or_none__of_several_raises(table: Table) -> None:
    with pytest.raises(MultipleResults):
        table.one_or_none({"active": True})


@pytest.mark.parametrize("display_value", [False, True, "all"])
def test_one__knows_how_it_was_read(table: Table, display_value: Any) -> None:
    record = table.one({"number": "INC0000060"}, ["state"], display_value=display_value)
    assert record.state == ("New" if display_value is True else "1")


def test_one__reads_as_the_table_does(table: Table) -> None:
    table.parameters.display_value = True
    assert table.one({"number": "INC0000060"}).display("state") == "New"


def test_first__keeps_the_order_of_the_query(table: Table) -> None:
    assert table.first("ORDERBYnumber", ["number"])["number"] == "INC0000001"


def test_first__asks_for_one_row(table: Table, sandbox: Sandbox) -> None:
    table.first()
    assert asked(sandbox, "sysparm_limit") == ["1"]


def test_first__of_none_raises(table: Table) -> None:
    with pytest.raises(NoResults):
        table.first({"number": "INC9999999"})


def test_first_or_none__of_none_is_none(table: Table) -> None:
    assert table.first_or_none({"number": "INC9999999"}) is None


def test_first__passes_over_rows_that_access_rules_hide(table: Table, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "read", where="active=false", admins_too=True)
    assert table.first("ORDERBYactive", ["active"])["active"] == "true"


def test_one__passes_over_rows_that_access_rules_hide(table: Table, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "read", where="number!=INC0000060", admins_too=True)
    assert table.one("ORDERBYDESCnumber")["number"] == "INC0000060"


def test_one__where_all_are_hidden_raises(table: Table, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "read", admins_too=True, where="active=true^ORactive=false")
    with pytest.raises(NoResults):
        table.one({"active": True})


def test_first__with_pages_that_are_capped(table: Table, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "read", where="active=false", admins_too=True)
    sandbox.faults.add("capped-limit", rows=5)
    assert table.first("ORDERBYactive", ["active"])["active"] == "true"


# -- order_by ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order_by", "sent"),
    [
        ("number", "active=true^ORDERBYnumber"),
        ("-number", "active=true^ORDERBYDESCnumber"),
        ("priority,-number", "active=true^ORDERBYpriority^ORDERBYDESCnumber"),
        (["priority", "-number"], "active=true^ORDERBYpriority^ORDERBYDESCnumber"),
        ([], "active=true"),
        (None, "active=true"),
    ],
    ids=str,
)
def test_get__order(table: Table, sandbox: Sandbox, order_by: Any, sent: str) -> None:
    table.get({"active": True}, order_by=order_by)
    assert asked(sandbox, "sysparm_query") == [sent]


def test_get__gives_the_records_in_the_order(table: Table) -> None:
    numbers = [row["number"] for row in table.get({"active": True}, fields=["number"], order_by="-number").all()]
    assert (numbers, len(numbers) > 10) == (sorted(numbers, reverse=True), True)


def test_get__order_takes_the_place_of_that_in_the_query(table: Table, sandbox: Sandbox) -> None:
    table.get("active=true^ORDERBYpriority^NQstate=6", order_by="-number")
    assert asked(sandbox, "sysparm_query") == ["active=true^ORDERBYDESCnumber^NQstate=6"]


def test_get__orders_all_records(table: Table, sandbox: Sandbox) -> None:
    table.get(order_by="-number")
    assert asked(sandbox, "sysparm_query") == ["ORDERBYDESCnumber"]


@pytest.mark.parametrize("order_by", [5, {"number": 1}, [5], "no column", "--number"], ids=str)
def test_order__refused_before_anything_is_sent(table: Table, sandbox: Sandbox, order_by: Any) -> None:
    with pytest.raises(InvalidUsage):
        table.get(order_by=order_by)
    assert len(sandbox.requests) == 0


def test_get__unknown_order_is_refused_where_columns_are_checked(table: Table) -> None:
    with pytest.raises(QueryIgnored, match="nmber"):
        table.get(order_by="-nmber", strict=True)


def test_first__in_an_order_is_one_request(table: Table, sandbox: Sandbox) -> None:
    first = table.first({"active": True}, ["number"], order_by="-number")
    sent = len(sandbox.requests)
    assert (first["number"], sent) == (max(table.column("number", {"active": True})), 1)


def test_first_or_none__in_an_order(table: Table) -> None:
    found = table.first_or_none({"active": True}, ["number"], order_by="number") or {}
    assert found["number"] == min(table.column("number", {"active": True}))


def test_first__in_an_order_of_an_iterator_passes_over_hidden_rows(table: Table, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "read", where="active=false", admins_too=True)
    numbers = table.column("number")
    assert table.first(fields=["number"], order_by=iter(["active", "-number"]))["number"] == max(numbers)


def test_column__in_an_order(table: Table) -> None:
    numbers = table.column("number", {"active": True}, order_by="-number")
    assert numbers == sorted(table.column("number", {"active": True}), reverse=True)


# -- find --------------------------------------------------------------------------------------------------------------


def test_find__by_the_display_column(groups: Table) -> None:
    assert groups.find("Network").sys_id == NETWORK


def test_find__the_display_column_may_be_inherited(table: Table) -> None:
    assert table.find("INC0000060")["number"] == "INC0000060"


def test_find__asks_the_dictionary_once(groups: Table, sandbox: Sandbox) -> None:
    groups.find("Network")
    before = len(sandbox.requests)
    groups.find("Hardware")
    assert len(sandbox.requests) == before + 1


def test_find__by_columns(client: Client) -> None:
    assert client.table("sys_user").find(email="abel.tuter@example.com")["user_name"] == "abel.tuter"


def test_find__capitals_count(groups: Table) -> None:
    with pytest.raises(NoResults, match=f"Almost: {NETWORK}"):
        groups.find("network")


def test_find__several_are_listed(groups: Table, sandbox: Sandbox) -> None:
    twin = sandbox.add("sys_user_group", {"name": "Network"})
    with pytest.raises(MultipleResults, match=str(twin["sys_id"])):
        groups.find("Network")


def test_find__of_none_raises(groups: Table) -> None:
    with pytest.raises(NoResults, match="No record of sys_user_group is name='Nobody'"):
        groups.find("Nobody")


def test_find__unknown_column_raises(client: Client) -> None:
    with pytest.raises(QueryIgnored, match="no column 'emial'"):
        client.table("sys_user").find(emial="abel.tuter@example.com")


def test_find__gives_the_fields_that_were_asked_for(groups: Table) -> None:
    assert set(groups.find("Network", fields=["email"])) == {"sys_id", "email"}


def test_find__compares_stored_values_where_labels_are_wanted(table: Table) -> None:
    assert table.find(number="INC0000060", fields=["state"], display_value=True).display("state") == "New"


def test_find__takes_a_record_as_value(client: Client, groups: Table) -> None:
    members = client.table("sys_user_grmember")
    member = members.first("groupISNOTEMPTY^userISNOTEMPTY")
    user = client.table("sys_user").get_by_id(member["user"])
    assert members.find(user=user, group=member["group"]).sys_id == member.sys_id


@pytest.mark.parametrize(("args", "columns"), [((), {}), (("Network",), {"name": "Network"}), ((), {"name": ""})])
def test_find__needs_a_value(groups: Table, args: Any, columns: Any, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage):
        groups.find(*args, **columns)
    assert not sandbox.requests


# -- by sys_id ---------------------------------------------------------------------------------------------------------


def test_get_by_id__gives_the_record(groups: Table) -> None:
    assert groups.get_by_id(NETWORK, ["name"]) == {"sys_id": NETWORK, "name": "Network"}


@pytest.mark.parametrize(
    "held", [{"value": NETWORK}, {"sys_id": NETWORK}, {"sys_id": {"value": NETWORK}}, Record({"sys_id": NETWORK})]
)
def test_get_by_id__takes_what_holds_a_sys_id(groups: Table, held: Any) -> None:
    assert groups.get_by_id(held)["name"] == "Network"


def test_get_by_id__of_a_number_says_what_to_write(table: Table, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match=r"is a number, not a sys_id: use one\(\{'number': 'INC0000060'\}\)"):
        table.get_by_id("INC0000060")
    assert not sandbox.requests


def test_get_by_id__of_none_says_that_it_may_be_hidden(groups: Table) -> None:
    with pytest.raises(RecordNotFound, match="or the user may not read it"):
        groups.get_by_id("0" * 32)


def test_get_by_id__of_none_is_a_not_found(groups: Table) -> None:
    with pytest.raises(NotFound):
        groups.get_by_id("0" * 32)


@pytest.mark.parametrize("default", [None, "none"])
def test_get_by_id__default(groups: Table, default: Any) -> None:
    assert groups.get_by_id("0" * 32, default=default) is default


@pytest.mark.parametrize("wrong", ["", "a/b", "../x", {}, {"name": "Network"}, 7, None])
def test_get_by_id__of_no_sys_id_raises(groups: Table, wrong: Any, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage):
        groups.get_by_id(wrong)
    assert not sandbox.requests


# -- all by a key ------------------------------------------------------------------------------------------------------


def test_dict__by_a_column(groups: Table) -> None:
    records = groups.dict(by="name", fields=["email"])
    assert records["Network"] == {"sys_id": NETWORK, "email": "network@example.com"}


def test_dict__has_all_that_match(table: Table) -> None:
    assert len(table.dict({"active": True}, by="number")) == table.count({"active": True})


def test_dict__the_same_key_twice_raises(table: Table) -> None:
    with pytest.raises(MultipleResults, match=r"Two records of incident have state '\d': \w{32} and \w{32}"):
        table.dict(by="state")


def test_dict__the_last_wins_where_that_was_said(table: Table) -> None:
    assert set(table.dict(by="state", on_duplicate="last")) == set(table.column("state"))


def test_dict__lists(table: Table) -> None:
    lists = table.dict(by="state", on_duplicate="list")
    assert sum(len(records) for records in lists.values()) == table.count()


def test_dict__other_words_are_refused(table: Table, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="'raise', 'last' or 'list'"):
        table.dict(by="number", on_duplicate="first")  # type: ignore[arg-type]  # the mistake in question
    assert not sandbox.requests


def test_dict__unknown_column_raises(table: Table) -> None:
    with pytest.raises(QueryIgnored, match="nope"):
        table.dict(by="nope", fields=["number"])


def test_column__gives_the_values(table: Table) -> None:
    assert set(table.column("number", {"number": "INC0000060"})) == {"INC0000060"}


def test_column__of_a_reference_gives_sys_ids(client: Client) -> None:
    assert client.table("sys_user_group").column("sys_id", {"name": "Network"}) == [NETWORK]


def test_column__unknown_one_raises(table: Table) -> None:
    with pytest.raises(QueryIgnored, match="nope"):
        table.column("nope")
