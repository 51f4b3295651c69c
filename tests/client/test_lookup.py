"""A record by what is at hand: number, address, sys_id and table, reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pysnow import F, InvalidUsage, MultipleResults, NoResults
from pysnow.records.number_prefixes import BUNDLED, prefix_of

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox

INC = "1c741bd70b2322007518478d83673af3"


def numbers_asked(sandbox: Sandbox) -> int:
    return sum("/table/sys_number" in entry.path for entry in sandbox.requests)


@pytest.mark.parametrize("what", ["INC0000060", "inc0000060", " INC0000060 ", "incident:INC0000060", f"incident:{INC}"])
def test_lookup__by_number(client: Client, what: str) -> None:
    assert client.lookup(what).sys_id == INC


def test_lookup__of_a_table_that_the_instance_does_not_have_says_so(client: Client) -> None:
    with pytest.raises(NoResults, match="number of rm_story, and this instance has no such table"):
        client.lookup("STRY9999999")


def test_lookup__by_sys_id_and_table(client: Client) -> None:
    assert client.lookup(INC, "incident").sys_id == INC


def test_lookup__by_sys_id_alone_is_refused(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="pass table="):
        client.lookup(INC)
    assert not sandbox.requests


def test_lookup__by_the_address_of_the_form(client: Client) -> None:
    assert client.lookup(client.lookup("INC0000060").url).sys_id == INC


def test_lookup__by_the_address_of_a_list(client: Client) -> None:
    url = client.table("incident").list_url(F.number == "INC0000060")
    assert client.lookup(url).sys_id == INC


def test_lookup__by_the_address_of_a_list_with_marks(client: Client, sandbox: Sandbox) -> None:
    made = sandbox.add("incident", {"short_description": "50% ^ R&D"})
    url = client.table("incident").list_url({"short_description": "50% ^ R&D"})
    assert client.lookup(url).sys_id == made["sys_id"]


def test_lookup__by_a_link(client: Client) -> None:
    assert client.lookup(f"{client.base_url}/api/now/table/incident/{INC}").sys_id == INC


def test_lookup__by_a_reference(client: Client) -> None:
    caller = client.lookup("INC0000060")["caller_id"]
    assert client.lookup(caller).table == "sys_user"


def test_lookup__by_a_record(client: Client) -> None:
    assert client.lookup(client.lookup("INC0000060", fields=["number"]))["sys_id"] == INC


def test_lookup__of_another_instance_is_refused(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="another instance"):
        client.lookup(f"https://evil.example/incident.do?sys_id={INC}")
    assert not sandbox.requests


def test_lookup__fields_and_display_value_are_passed_on(client: Client) -> None:
    record = client.lookup("INC0000060", fields=["state"], display_value=True)
    assert (set(record), record.display("state")) == ({"sys_id", "state"}, "New")


@pytest.mark.parametrize("what", ["", "  ", "No light", 7, None, {}])
def test_lookup__of_something_else_is_refused(client: Client, what: Any, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage):
        client.lookup(what)
    assert not sandbox.requests


def test_lookup__of_two_tables_is_refused(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="another table"):
        client.lookup("incident:INC0000060", "problem")


def test_lookup__of_none_names_the_table(client: Client) -> None:
    with pytest.raises(NoResults, match="No record of change_request has the number CHG9999999"):
        client.lookup("CHG9999999")


def test_lookup__two_with_one_number_are_listed(client: Client, sandbox: Sandbox) -> None:
    ids = [str(sandbox.add("kb_knowledge", {"number": "KB7777777"})["sys_id"]) for _ in range(2)]
    with pytest.raises(MultipleResults) as caught:
        client.lookup("KB7777777")
    assert all(sys_id in str(caught.value) for sys_id in ids)


@pytest.mark.parametrize("table", ["problem", "change_request", "kb_knowledge", "sc_req_item", "sc_task"])
def test_lookup__bundled_prefixes_need_no_further_request(client: Client, sandbox: Sandbox, table: str) -> None:
    number = client.table(table).first_or_none("numberISNOTEMPTY", ["number"])
    assert number is not None
    assert client.lookup(number["number"]).sys_id == number.sys_id
    assert numbers_asked(sandbox) == 0


def test_lookup__prefixes_of_the_instance_cost_one_request_in_all(client: Client, sandbox: Sandbox) -> None:
    sandbox.add("sys_number", {"prefix": "USR", "category": "problem"})
    problem = sandbox.add("problem", {"number": "USR0000001"})
    for _ in range(3):
        assert client.lookup("USR0000001").sys_id == problem["sys_id"]
    assert numbers_asked(sandbox) == 1


def test_lookup__the_instance_may_use_a_bundled_prefix_otherwise(client: Client, sandbox: Sandbox) -> None:
    sandbox.add("sys_number", {"prefix": "INC", "category": "problem"})
    problem = sandbox.add("problem", {"number": "INC7777777"})
    assert client.lookup("INC7777777").sys_id == problem["sys_id"]


def test_lookup__unknown_prefix_says_what_to_do(client: Client) -> None:
    with pytest.raises(NoResults, match="pass table="):
        client.lookup("XYZ0000001")


def test_lookup__unknown_prefix_with_its_table(client: Client, sandbox: Sandbox) -> None:
    made = sandbox.add("incident", {"number": "XYZ0000001"})
    assert client.lookup("XYZ0000001", "incident").sys_id == made["sys_id"]


@pytest.mark.parametrize("prefix", BUNDLED)
def test_prefix_of__bundled_ones(prefix: str) -> None:
    assert prefix_of(f"{prefix.lower()}0012345") == prefix


@pytest.mark.parametrize("text", ["INC", "0010001", "INC-1", "INC 1", ""])
def test_prefix_of__no_number(text: str) -> None:
    assert prefix_of(text) is None


# -- resolve, choices --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["abel.tuter", "abel.tuter@example.com", "Abel Tuter", "ABEL.TUTER", {"value": "62826bf03710200044e0bfc8bcbe5df1"}],
)
def test_resolve__a_user(client: Client, value: Any) -> None:
    assert client.resolve("sys_user", value) == "62826bf03710200044e0bfc8bcbe5df1"


def test_resolve__myself(client: Client) -> None:
    assert client.resolve("sys_user", "@me") == client.table("sys_user").find(user_name="admin").sys_id


def test_resolve__myself_is_a_user(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="'@me' is a user"):
        client.resolve("incident", "@me")


def test_resolve__by_number_address_and_display_value(client: Client) -> None:
    url = client.lookup("INC0000060").url
    assert {client.resolve("incident", text) for text in ("INC0000060", url, INC)} == {INC}


def test_resolve__a_number_where_there_are_none(client: Client, sandbox: Sandbox) -> None:
    group = sandbox.add("sys_user_group", {"name": "TEAM00001"})
    assert client.resolve("sys_user_group", "TEAM00001") == group["sys_id"]


def test_resolve__an_address_of_another_table_is_refused(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="of a record of incident"):
        client.resolve("problem", client.lookup("INC0000060").url)


def test_resolve__several_are_listed(client: Client, sandbox: Sandbox) -> None:
    twin = sandbox.add("sys_user", {"first_name": "Abel", "last_name": "Tuter", "user_name": "abel.2"})
    with pytest.raises(MultipleResults, match=str(twin["sys_id"])):
        client.resolve("sys_user", "Abel Tuter")


def test_resolve__of_nobody_raises(client: Client) -> None:
    with pytest.raises(NoResults, match="called 'nobody'"):
        client.resolve("sys_user", "nobody")


@pytest.mark.parametrize("value", ["", " ", 7, None])
def test_resolve__of_something_else_is_refused(client: Client, value: Any) -> None:
    with pytest.raises(InvalidUsage):
        client.resolve("sys_user", value)


def test_resolve__is_kept(client: Client, sandbox: Sandbox) -> None:
    client.resolve("sys_user", "abel.tuter")
    before = len(sandbox.requests)
    client.resolve("sys_user", "abel.tuter")
    assert len(sandbox.requests) == before


def test_choices__are_those_of_the_table(client: Client) -> None:
    assert client.choices("incident", "state")["6"] == "Resolved"


def test_choices__are_inherited(client: Client) -> None:
    assert client.choices("incident", "priority")["1"] == "1 - Critical"


def test_choices__of_a_label(client: Client) -> None:
    assert client.choices("incident", "state").value_of("on hold") == "3"


def test_choices__unknown_label_lists_them(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="New, In Progress"):
        client.choices("incident", "state").value_of("Lost")


def test_choices__ambiguous_label_is_refused(client: Client, sandbox: Sandbox) -> None:
    sandbox.add(
        "sys_choice",
        {
            "name": "incident",
            "element": "state",
            "value": "70",
            "label": "Closed",
            "language": "en",
            "inactive": "false",
        },
    )
    with pytest.raises(InvalidUsage, match="all have the label 'Closed'"):
        client.choices("incident", "state").value_of("Closed")


def test_choices__of_an_unknown_column_name_near_ones(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="no column 'stat' of incident.*did you mean 'state'"):
        client.choices("incident", "stat")


def test_choices__of_a_column_without_any_are_empty(client: Client) -> None:
    assert client.choices("incident", "short_description") == {}


def test_choices__of_a_column_that_nobody_can_look_up_are_empty(client: Client, sandbox: Sandbox) -> None:
    sandbox.deny("sys_dictionary", "read", admins_too=True)
    assert client.choices("incident", "stat") == {}


def test_choices__inactive_ones_only_when_asked_for(client: Client, sandbox: Sandbox) -> None:
    sandbox.add(
        "sys_choice",
        {"name": "incident", "element": "state", "value": "70", "label": "Old", "language": "en", "inactive": "true"},
    )
    assert "70" not in client.choices("incident", "state")
    assert "70" in client.choices("incident", "state", inactive=True)


def test_choices__of_another_language(client: Client, sandbox: Sandbox) -> None:
    sandbox.add(
        "sys_choice",
        {"name": "incident", "element": "state", "value": "1", "label": "Neu", "language": "de", "inactive": "false"},
    )
    assert client.choices("incident", "state", language="de") == {"1": "Neu"}
