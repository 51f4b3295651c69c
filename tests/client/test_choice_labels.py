"""Labels of choices in payloads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import FieldIgnoredWarning, InvalidUsage

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table


@pytest.fixture
def table(client: Client) -> Table:
    return client.table("incident")


def add_choice(sandbox: Sandbox, element: str, value: str, label: str, **more: str) -> None:
    row = {"name": "incident", "element": element, "value": value, "label": label, "language": "en"}
    sandbox.add("sys_choice", {**row, "inactive": "false", **more})


def bodies(sandbox: Sandbox) -> list[Any]:
    return [json.loads(entry.body) for entry in sandbox.requests if entry.method != "GET"]


def sent(table: Table, sandbox: Sandbox, payload: dict[str, Any], labels: bool | str = True) -> Any:
    """What is sent of a payload."""
    table.create(payload, labels=labels)
    return bodies(sandbox)[-1]


@pytest.mark.parametrize("text", ["On Hold", "on hold", " On Hold ", "3"])
def test_label__is_exchanged(table: Table, sandbox: Sandbox, text: str) -> None:
    assert sent(table, sandbox, {"state": text}) == {"state": "3"}


def test_label__without_labels_is_a_text(table: Table, sandbox: Sandbox) -> None:
    assert sent(table, sandbox, {"contact_type": "Walk-in"}, False) == {"contact_type": "Walk-in"}


def test_label__of_the_parent_table(table: Table, sandbox: Sandbox) -> None:
    assert sent(table, sandbox, {"contact_type": "Virtual Agent"}) == {"contact_type": "virtual_agent"}


@pytest.mark.filterwarnings("ignore::pysnow.FieldIgnoredWarning")
@pytest.mark.parametrize("value", [2, None, "", True, {"value": "2"}])
def test_value__that_is_no_text_is_left(table: Table, value: Any, sandbox: Sandbox) -> None:
    stored = "2" if isinstance(value, dict) else value
    assert sent(table, sandbox, {"urgency": value}) == {"urgency": stored}


def test_column__without_choices_keeps_its_text(table: Table, sandbox: Sandbox) -> None:
    payload = {"short_description": "On Hold", "caller_id": "someone", "no_such_column": "New"}
    with pytest.warns(FieldIgnoredWarning):
        assert sent(table, sandbox, payload) == payload


def test_payload__is_left_alone(table: Table) -> None:
    payload = {"urgency": "1 - High"}
    table.create(payload, labels=True)
    assert payload == {"urgency": "1 - High"}


def test_update__exchanges_labels(table: Table) -> None:
    made = table.create({"short_description": "Lamp"})
    assert table.update(made["sys_id"], {"urgency": "1 - High"}, labels=True)["urgency"] == "1"


def test_update__dry_run_tells_the_stored_value(table: Table) -> None:
    made = table.create({"short_description": "Lamp", "urgency": "3"})
    assert (
        table.update(made["sys_id"], {"urgency": "1 - High"}, labels=True, dry_run=True).changes["urgency"].new == "1"
    )


def test_upsert__exchanges_labels(table: Table) -> None:
    assert table.upsert({"correlation_id": "lamp-1", "urgency": "1 - High"}, labels=True).record["urgency"] == "1"


def test_create_many__tells_rows_apart(table: Table) -> None:
    outcomes = table.create_many([{"urgency": "1 - High"}, {"urgency": "Extreme"}], labels=True)
    assert [outcome.status for outcome in outcomes] == ["done", "not_executed"]


def test_update_many__of_a_query_exchanges_once(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "urgency", "9", "1", name="task")  # what is stored for "1 - High" is another one's label
    made = table.create({"correlation_id": "lamp-2", "urgency": "3"})
    outcomes = table.update_many({"correlation_id": "lamp-2"}, {"urgency": "1 - High"}, expect=1, labels=True)
    assert [outcome.record["urgency"] for outcome in outcomes if outcome.record] == ["1"]
    assert table.get_by_id(made["sys_id"])["urgency"] == "1"


def test_update_many__of_records_exchanges_what_changed(table: Table) -> None:
    record = table.get_by_id(table.create({"urgency": "3"})["sys_id"])
    record["urgency"] = "1 - High"
    (outcome,) = table.update_many([record], labels=True)
    assert outcome.record is not None
    assert outcome.record["urgency"] == "1"


def test_choices__are_read_once(table: Table, sandbox: Sandbox) -> None:
    for label in ("1 - High", "2 - Medium", "1 - High"):
        table.create({"urgency": label}, labels=True)
    assert sum("sys_choice" in entry.path for entry in sandbox.requests) == 1


def test_unknown_label__lists_choices_and_sends_nothing(table: Table, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match=r"state 'Lost' is no choice: there are .*'3' \(On Hold\)"):
        table.create({"state": "Lost"}, labels=True)
    assert bodies(sandbox) == []


def test_ambiguous_label__lists_candidates_and_sends_nothing(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "state", "70", "Closed")
    with pytest.raises(InvalidUsage, match=r"may be '7' \(Closed\) or '70' \(Closed\)|'70' \(Closed\) or '7' "):
        table.update("0" * 32, {"state": "closed"}, labels=True)
    assert bodies(sandbox) == []


def test_ambiguous_label__spelt_exactly_is_meant(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "contact_type", "a", "Fax")
    add_choice(sandbox, "contact_type", "b", "FAX")
    assert sent(table, sandbox, {"contact_type": "FAX"}) == {"contact_type": "b"}


def test_text__that_is_a_label_and_another_ones_value_is_ambiguous(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "urgency", "9", "1", name="task")
    with pytest.raises(InvalidUsage, match="may be '9'"):
        table.create({"urgency": "1"}, labels=True)


def test_inactive_choice__by_its_label_is_refused(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "state", "70", "Old", inactive="true")
    with pytest.raises(InvalidUsage, match=r"is not offered any more \('70' \(Old\)\)"):
        table.create({"state": "Old"}, labels=True)


def test_inactive_choice__by_its_value_passes(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "state", "70", "Old", inactive="true")
    assert sent(table, sandbox, {"state": "70"}) == {"state": "70"}


def test_inactive_choice__does_not_hide_an_active_one(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "state", "70", "on hold", inactive="true")
    assert sent(table, sandbox, {"state": "on hold"}) == {"state": "3"}


def test_language__of_the_labels(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "state", "1", "Neu", language="de")
    assert sent(table, sandbox, {"state": "neu"}, "de") == {"state": "1"}


def test_language__without_choices_says_so(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="no choices with labels in language 'xx'"):
        table.create({"state": "New"}, labels="xx")


@pytest.mark.parametrize("labels", [1, None, "", "de^name=x", ["de"]])
def test_labels__of_no_language_are_refused(table: Table, labels: Any) -> None:
    with pytest.raises(InvalidUsage, match="labels must be"):
        table.create({"state": "New"}, labels=labels)


def test_labels__of_no_language_are_refused_for_many(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="labels must be"):
        table.create_many([{"state": "New"}], labels="!")


@pytest.mark.parametrize(("category", "stored"), [("Software", "app"), ("network", "net")])
def test_dependent_choice__goes_by_the_payload(table: Table, sandbox: Sandbox, category: str, stored: str) -> None:
    add_choice(sandbox, "subcategory", "app", "Remote access", dependent_value="software")
    add_choice(sandbox, "subcategory", "net", "Remote access", dependent_value="network")
    payload = {"subcategory": "Remote access", "category": category}
    assert sent(table, sandbox, payload)["subcategory"] == stored


def test_dependent_choice__of_another_value_is_refused(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="is no choice where category is 'network': there are"):
        table.create({"category": "Network", "subcategory": "Keyboard"}, labels=True)


def test_dependent_choice__alone_that_may_be_several_says_what_to_add(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "subcategory", "app", "Remote access", dependent_value="software")
    add_choice(sandbox, "subcategory", "net", "Remote access", dependent_value="network")
    with pytest.raises(InvalidUsage, match="say 'category' in the payload, too"):
        table.create({"subcategory": "Remote access"}, labels=True)


def test_dependent_choice__alone_with_one_value_everywhere(table: Table, sandbox: Sandbox) -> None:
    assert sent(table, sandbox, {"subcategory": "Email"}) == {"subcategory": "email"}


def test_suggestions__may_be_anything_else(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "short_description", "no light", "Lamp out")
    assert sent(table, sandbox, {"short_description": "Cold"}) == {"short_description": "Cold"}


def test_suggestions__by_their_label_are_exchanged(table: Table, sandbox: Sandbox) -> None:
    add_choice(sandbox, "short_description", "no light", "Lamp out")
    assert sent(table, sandbox, {"short_description": "lamp out"}) == {"short_description": "no light"}
