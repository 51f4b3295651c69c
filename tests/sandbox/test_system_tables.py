"""Tables of the platform itself: they tell of the same instance as all else, and what is written there counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Find = Callable[..., list[dict[str, Any]]]

TABLE = "/api/now/table"


@pytest.fixture
def find(call: Call) -> Find:
    """Rows of a table, as the Table API gives them."""

    def send(table: str, query: str, **parameters: str) -> list[dict[str, Any]]:
        params = {"sysparm_query": query, **{f"sysparm_{name}": value for name, value in parameters.items()}}
        rows: list[dict[str, Any]] = call("GET", f"{TABLE}/{table}", params=params).json()["result"]
        return rows

    return send


@pytest.fixture
def counter(find: Find) -> dict[str, Any]:
    """The number counter of incidents."""
    (row,) = find("sys_number", "category=incident")
    return row


# -- numbers ("Managing record numbering") ------------------------------------------------------------------------


def test_number__first_new_incident(sandbox: Sandbox, counter: dict[str, Any]) -> None:
    assert (counter["number"], sandbox.add("incident", {})["number"]) == ("10000", "INC0010001")


def test_number__row_follows_the_records(sandbox: Sandbox, find: Find) -> None:
    for _ in range(3):
        sandbox.add("incident", {})
    assert find("sys_number", "category=incident")[0]["number"] == "10003"


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"number": "50000"}, "INC0050001"),
        ({"prefix": "TKT"}, "TKT0010001"),
        ({"maximum_digits": "9"}, "INC000010001"),
    ],
    ids=["number", "prefix", "digits"],
)
def test_number__row_decides(
    sandbox: Sandbox, call: Call, counter: dict[str, Any], changes: dict[str, str], number: str
) -> None:
    call("PATCH", f"{TABLE}/sys_number/{counter['sys_id']}", json=changes)
    assert sandbox.add("incident", {})["number"] == number


def test_number__links_its_table_by_name(sandbox: Sandbox, counter: dict[str, Any]) -> None:
    """Recorded 2026: the category holds a name, and its link is a query."""
    link = f"{sandbox.url}{TABLE}/sys_db_object?name=incident"
    assert counter["category"] == {"link": link, "value": "incident"}


def test_number__tables_with_one_prefix_never_share_a_number(sandbox: Sandbox) -> None:
    numbers = [sandbox.add(table, {})["number"] for table in ("task", "incident_task", "task")]
    assert len(set(numbers)) == 3


# -- choices ("Choice lists") -------------------------------------------------------------------------------------


@pytest.fixture
def choice(call: Call) -> dict[str, Any]:
    """A choice of the test's own."""
    values = {"name": "incident", "element": "category", "value": "lamps", "label": "Lamps", "sequence": "70"}
    row: dict[str, Any] = call("POST", f"{TABLE}/sys_choice", json=values).json()["result"]
    return row


def shown_category(call: Call, sandbox: Sandbox) -> str:
    """How a new incident with the category ``lamps`` shows it."""
    row = sandbox.add("incident", {"category": "lamps"})
    params = {"sysparm_display_value": "true", "sysparm_fields": "category"}
    answer = call("GET", f"{TABLE}/incident/{row['sys_id']}", params=params)
    return str(answer.json()["result"]["category"])


def test_choice__unknown_value_shows_itself(call: Call, sandbox: Sandbox) -> None:
    assert shown_category(call, sandbox) == "lamps"


def test_choice__new_one_shows_its_label(call: Call, sandbox: Sandbox, choice: object) -> None:
    assert shown_category(call, sandbox) == "Lamps"


def test_choice__others_keep_their_labels(call: Call, sandbox: Sandbox, choice: object) -> None:
    row = sandbox.add("incident", {"category": "hardware"})
    answer = call("GET", f"{TABLE}/incident/{row['sys_id']}?sysparm_display_value=true&sysparm_fields=category")
    assert answer.json()["result"] == {"category": "Hardware"}


def test_choice__changed_label(call: Call, sandbox: Sandbox, choice: dict[str, Any]) -> None:
    call("PATCH", f"{TABLE}/sys_choice/{choice['sys_id']}", json={"label": "Lights"})
    assert shown_category(call, sandbox) == "Lights"


def test_choice__deleted_one_shows_its_value(call: Call, sandbox: Sandbox, choice: dict[str, Any]) -> None:
    call("DELETE", f"{TABLE}/sys_choice/{choice['sys_id']}")
    assert shown_category(call, sandbox) == "lamps"


def test_choice__is_accepted_where_only_choices_are(call: Call, sandbox: Sandbox, choice: object) -> None:
    sandbox.instance.properties["glide.rest.choice.allow_non_existing_value"] = "false"
    assert sandbox.add("incident", {"category": "lamps"})["category"] == "lamps"


def test_choice__of_another_language_is_not_shown(call: Call, sandbox: Sandbox) -> None:
    values = {"name": "incident", "element": "category", "value": "lamps", "label": "Lampen", "language": "de"}
    call("POST", f"{TABLE}/sys_choice", json=values)
    assert shown_category(call, sandbox) == "lamps"


def test_choice__child_gets_a_list_of_its_own(call: Call, sandbox: Sandbox) -> None:
    """Documented: inherited columns have their choices under the parent table unless the child has its own set."""
    values = {"name": "incident", "element": "contact_type", "value": "email", "label": "Pigeon"}
    call("POST", f"{TABLE}/sys_choice", json=values)
    shown = [
        call("GET", f"{TABLE}/{table}/{sandbox.add(table, {'contact_type': 'email'})['sys_id']}?{SHOWN}").json()
        for table in ("incident", "problem")
    ]
    assert [answer["result"]["contact_type"] for answer in shown] == ["Pigeon", "Email"]


SHOWN = "sysparm_display_value=true&sysparm_fields=contact_type"


def test_choice__stays_in_a_file(tmp_path: Path) -> None:
    values = {"name": "incident", "element": "category", "value": "lamps", "label": "Lamps"}
    for _ in range(2):
        sandbox = Sandbox(path=tmp_path / "data.db")
        labels = {choice.value: choice.label for choice in sandbox.instance.dictionary.choices("incident", "category")}
        sandbox.add("sys_choice", values)
        sandbox.close()
    assert labels["lamps"] == "Lamps"


# -- overrides ("Dictionary overrides") ---------------------------------------------------------------------------


def test_override__changes_the_default_of_one_table(call: Call, sandbox: Sandbox) -> None:
    values = {"name": "incident", "base_table": "task", "element": "short_description"}
    values |= {"default_value_override": "true", "default_value": "To be described"}
    call("POST", f"{TABLE}/sys_dictionary_override", json=values)
    found = [sandbox.add(table, {})["short_description"] for table in ("incident", "problem")]
    assert found == ["To be described", None]


def test_override__deleted_leaves_the_default_of_the_parent(call: Call, sandbox: Sandbox) -> None:
    values = {"name": "incident", "element": "short_description", "default_value_override": "true"}
    row = sandbox.add("sys_dictionary_override", values | {"default_value": "To be described"})
    call("DELETE", f"{TABLE}/sys_dictionary_override/{row['sys_id']}")
    assert sandbox.add("incident", {})["short_description"] is None


# -- history ("History and auditing") -----------------------------------------------------------------------------


def history(find: Find, sys_id: str | None) -> list[tuple[str, str, str]]:
    """What ``sys_audit`` tells of a record."""
    rows = find("sys_audit", f"documentkey={sys_id}^ORDERBYfieldname")
    return [(row["fieldname"], row["oldvalue"], row["newvalue"]) for row in rows]


def test_history__of_a_change(call: Call, find: Find, incident: dict[str, str | None]) -> None:
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"short_description": "Printer is out"})
    assert history(find, incident["sys_id"]) == [("short_description", "Printer on fire", "Printer is out")]


def test_history__of_what_rules_changed(call: Call, find: Find, incident: dict[str, str | None]) -> None:
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"impact": "1"})
    assert history(find, incident["sys_id"]) == [("impact", "3", "1"), ("priority", "3", "1")]


def test_history__of_a_journal_entry(call: Call, find: Find, incident: dict[str, str | None]) -> None:
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"work_notes": "Water helped"})
    assert history(find, incident["sys_id"]) == [("work_notes", "", "Water helped")]


def test_history__who_and_where(call: Call, find: Find, incident: dict[str, str | None]) -> None:
    options: dict[str, Any] = {"json": {"short_description": "x"}, "auth": ("itil", "itil")}
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", **options)
    (row,) = find("sys_audit", f"documentkey={incident['sys_id']}")
    assert (row["tablename"], row["user"], row["record_checkpoint"]) == ("incident", "itil", "1")


def test_history__new_record_has_none(find: Find, incident: dict[str, str | None]) -> None:
    assert history(find, incident["sys_id"]) == []


def test_history__of_a_table_that_is_not_audited(call: Call, find: Find, sandbox: Sandbox) -> None:
    row = sandbox.add("core_company", {"name": "Acme"})
    call("PATCH", f"{TABLE}/core_company/{row['sys_id']}", json={"name": "Acme Ltd"})
    assert history(find, row["sys_id"]) == []


def test_history__dictionary_entry_decides(call: Call, find: Find, sandbox: Sandbox) -> None:
    (entry,) = find("sys_dictionary", "name=core_company^internal_type=collection")
    call("PATCH", f"{TABLE}/sys_dictionary/{entry['sys_id']}", json={"audit": "true"})
    row = sandbox.add("core_company", {"name": "Acme"})
    call("PATCH", f"{TABLE}/core_company/{row['sys_id']}", json={"name": "Acme Ltd"})
    assert history(find, row["sys_id"]) == [("name", "Acme", "Acme Ltd")]


def test_deletion__is_told(call: Call, find: Find, incident: dict[str, str | None]) -> None:
    """Documented: one row per deleted record, under its real class."""
    call("DELETE", f"{TABLE}/incident/{incident['sys_id']}")
    (row,) = find("sys_audit_delete", f"documentkey={incident['sys_id']}")
    assert (row["tablename"], row["display_value"]) == ("incident", incident["number"])


def test_journal__entry_has_a_row(call: Call, find: Find, incident: dict[str, str | None]) -> None:
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"comments": "Soon"})
    (row,) = find("sys_journal_field", f"element_id={incident['sys_id']}")
    assert (row["name"], row["element"], row["value"]) == ("incident", "comments", "Soon")


# -- schema ("Data dictionary tables") ----------------------------------------------------------------------------


def test_schema__hierarchy_by_dot_walk(find: Find) -> None:
    (row,) = find("sys_db_object", "name=incident", fields="label,super_class.name")
    assert row == {"label": "Incident", "super_class.name": "task"}


def test_schema__column_links_type_and_target_by_name(sandbox: Sandbox, find: Find) -> None:
    """Recorded: these references hold names, and their links are queries."""
    (row,) = find("sys_dictionary", "name=incident^element=caller_id", fields="internal_type,reference")
    assert row == {
        "internal_type": {"link": f"{sandbox.url}{TABLE}/sys_glide_object?name=reference", "value": "reference"},
        "reference": {"link": f"{sandbox.url}{TABLE}/sys_db_object?name=sys_user", "value": "sys_user"},
    }


def test_schema__inherited_columns_are_at_the_parent(find: Find) -> None:
    assert [row["name"] for row in find("sys_dictionary", "nameINincident,task^element=state")] == ["task"]


def test_schema__every_type_has_its_row(find: Find) -> None:
    types = {row["internal_type"] for row in find("sys_dictionary", "", exclude_reference_link="true")}
    assert types <= {row["name"] for row in find("sys_glide_object", "")}


def test_schema__labels(find: Find) -> None:
    (row,) = find("sys_documentation", "name=task^element=short_description^language=en")
    assert row["label"] == "Short description"


# -- what hangs from tasks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "reference"), [("task_sla", "task"), ("sysapproval_approver", "sysapproval")])
def test_dependent__belongs_to_a_task(find: Find, table: str, reference: str) -> None:
    numbers = [row[f"{reference}.number"] for row in find(table, "", fields=f"{reference}.number")]
    assert numbers
    assert "" not in numbers


def test_service_level__ended_with_its_task(find: Find) -> None:
    assert find("task_sla", "task.active=false^active=true") == []


def test_service_level__goes_with_its_task(call: Call, find: Find) -> None:
    row = find("task_sla", "", limit="1")[0]
    call("DELETE", f"{TABLE}/task/{row['task']['value']}")
    assert find("task_sla", f"sys_id={row['sys_id']}") == []


def test_journal_entry__shows_names_and_keys_not_labels(
    call: Call, find: Find, incident: dict[str, str | None]
) -> None:
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"work_notes": "Restarted"})
    query = f"element_id={incident['sys_id']}"
    shown = {"name": "incident", "element": "work_notes", "element_id": incident["sys_id"]}
    assert find("sys_journal_field", query, display_value="true", fields="name,element,element_id") == [shown]


def test_dynamic_filters__are_the_rows_that_conditions_name(sandbox: Sandbox, find: Find) -> None:
    (me,) = find("sys_filter_option_dynamic", "label=Me")
    mine = sandbox.add("incident", {"assigned_to": "6816f79cc0a8016401c5a33be04be441"})
    assert find("incident", f"assigned_toDYNAMIC{me['sys_id']}", fields="sys_id") == [{"sys_id": mine["sys_id"]}]
