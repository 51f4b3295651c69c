"""Rows of ``sys_db_object`` and ``sys_dictionary``: whoever writes one makes, changes or drops a table or column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Answer = requests.Response

TABLE = "/api/now/table"


@pytest.fixture
def make_table(call: Call) -> Callable[..., Answer]:
    """Create a table by its row."""

    def send(name: str = "u_thing", **values: str) -> Answer:
        return call("POST", f"{TABLE}/sys_db_object", json={"name": name, "label": "Thing", **values})

    return send


@pytest.fixture
def make_column(call: Call) -> Callable[..., Answer]:
    """Create a column by its entry."""

    def send(table: str = "incident", element: str = "u_floor", **values: str) -> Answer:
        entry = {"name": table, "element": element, "internal_type": "string", "column_label": "Floor", **values}
        return call("POST", f"{TABLE}/sys_dictionary", json=entry)

    return send


def rows(call: Call, table: str, query: str, fields: str) -> list[dict[str, Any]]:
    params = {"sysparm_query": query, "sysparm_fields": fields, "sysparm_exclude_reference_link": "true"}
    found: list[dict[str, Any]] = call("GET", f"{TABLE}/{table}", params=params).json()["result"]
    return found


# -- tables -----------------------------------------------------------------------------------------------------------


def test_table__is_there_at_once(call: Call, make_table: Callable[..., Answer]) -> None:
    before = call("GET", f"{TABLE}/u_thing").status_code
    assert (before, make_table().status_code, call("GET", f"{TABLE}/u_thing").status_code) == (400, 201, 200)


def test_table__keeps_a_chosen_sys_id(call: Call, make_table: Callable[..., Answer]) -> None:
    make_table(sys_id="a" * 32)
    assert rows(call, "sys_db_object", "name=u_thing", "sys_id") == [{"sys_id": "a" * 32}]


def test_table__is_described(call: Call, make_table: Callable[..., Answer]) -> None:
    make_table()
    found = rows(call, "sys_dictionary", "name=u_thing^ORDERBYelement", "element,internal_type")
    assert found[0] == {"element": "", "internal_type": "collection"}
    assert {"element": "sys_updated_on", "internal_type": "glide_date_time"} in found


def test_table__takes_records(
    call: Call, make_table: Callable[..., Answer], make_column: Callable[..., Answer]
) -> None:
    make_table()
    make_column("u_thing", "u_name")
    answer = call("POST", f"{TABLE}/u_thing", json={"u_name": "Lamp"})
    assert (answer.status_code, answer.json()["result"]["u_name"]) == (201, "Lamp")


def test_table__extends_another(call: Call, make_table: Callable[..., Answer]) -> None:
    (task,) = rows(call, "sys_db_object", "name=task", "sys_id")
    make_table(super_class=task["sys_id"])
    record = call("POST", f"{TABLE}/u_thing", json={"short_description": "Lamp"}).json()["result"]
    assert call("GET", f"{TABLE}/task/{record['sys_id']}").json()["result"]["sys_class_name"] == "u_thing"


def test_table__extends_one_that_was_created_the_same_way(call: Call, make_table: Callable[..., Answer]) -> None:
    parent = make_table("u_thing").json()["result"]["sys_id"]
    make_table("u_lamp", label="Lamp", super_class=parent)
    assert rows(call, "sys_db_object", "name=u_lamp", "super_class.name") == [{"super_class.name": "u_thing"}]
    assert rows(call, "sys_db_object", "name=u_thing", "is_extendable") == [{"is_extendable": "true"}]


def test_table__numbers_its_records(call: Call, make_table: Callable[..., Answer]) -> None:
    counter = {"category": "u_thing", "prefix": "THG", "number": "1000", "maximum_digits": "7"}
    number = call("POST", f"{TABLE}/sys_number", json=counter).json()["result"]["sys_id"]
    make_table(number_ref=number)
    assert call("POST", f"{TABLE}/u_thing", json={}).json()["result"]["number"] == "THG0001001"


def test_table__name_from_the_label(make_table: Callable[..., Answer]) -> None:
    assert make_table("", label="Spare part").json()["result"]["name"] == "u_spare_part"


def test_table__can_be_referred_to(
    call: Call, make_table: Callable[..., Answer], make_column: Callable[..., Answer]
) -> None:
    make_table()
    make_column("u_thing", "u_name", display="true")
    make_column("incident", "u_thing", internal_type="reference", reference="u_thing")
    thing = call("POST", f"{TABLE}/u_thing", json={"u_name": "Lamp"}).json()["result"]["sys_id"]
    params = {"sysparm_display_value": "true", "sysparm_fields": "u_thing.u_name,u_thing"}
    record = call("POST", f"{TABLE}/incident", params=params, json={"u_thing": thing}).json()["result"]
    assert (record["u_thing"]["display_value"], record["u_thing.u_name"]) == ("Lamp", "Lamp")


@pytest.mark.parametrize(
    "values",
    [{"name": "u thing"}, {"name": "incident"}, {"name": "u_thing", "super_class": "nope"}, {"name": "", "label": "?"}],
    ids=["malformed", "taken", "unknown parent", "nothing left of the label"],
)
def test_table__refused(call: Call, make_table: Callable[..., Answer], values: dict[str, str]) -> None:
    before = call("GET", f"{TABLE}/sys_db_object?sysparm_limit=1").headers["X-Total-Count"]
    answer = make_table(**values)
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Operation Failed")
    assert call("GET", f"{TABLE}/sys_db_object?sysparm_limit=1").headers["X-Total-Count"] == before


def test_table__new_label_is_shown(call: Call, make_table: Callable[..., Answer]) -> None:
    row = make_table().json()["result"]["sys_id"]
    call("PATCH", f"{TABLE}/sys_db_object/{row}", json={"label": "Gadget"})
    entry = call(
        "GET", f"{TABLE}/sys_dictionary?name=u_thing&sysparm_display_value=true&sysparm_fields=name&sysparm_limit=1"
    )
    assert entry.json()["result"] == [{"name": "Gadget"}]


def test_table__keeps_its_name(call: Call, make_table: Callable[..., Answer]) -> None:
    row = make_table().json()["result"]["sys_id"]
    assert call("PATCH", f"{TABLE}/sys_db_object/{row}", json={"name": "u_other"}).status_code == 403


def test_table__another_parent_is_refused_aloud(call: Call, make_table: Callable[..., Answer]) -> None:
    (task,) = rows(call, "sys_db_object", "name=task", "sys_id")
    row = make_table().json()["result"]["sys_id"]
    answer = call("PATCH", f"{TABLE}/sys_db_object/{row}", json={"super_class": task["sys_id"]})
    assert answer.status_code == 501


def test_table__deleted(call: Call, make_table: Callable[..., Answer]) -> None:
    row = make_table().json()["result"]["sys_id"]
    call("POST", f"{TABLE}/u_thing", json={})
    assert call("DELETE", f"{TABLE}/sys_db_object/{row}").status_code == 204
    assert call("GET", f"{TABLE}/u_thing").status_code == 400
    assert rows(call, "sys_dictionary", "name=u_thing", "element") == []


def test_table__made_again_is_empty(call: Call, make_table: Callable[..., Answer]) -> None:
    row = make_table().json()["result"]["sys_id"]
    call("POST", f"{TABLE}/u_thing", json={})
    call("DELETE", f"{TABLE}/sys_db_object/{row}")
    make_table()
    assert call("GET", f"{TABLE}/u_thing").json() == {"result": []}


def test_table__of_the_platform_stays(call: Call) -> None:
    (row,) = rows(call, "sys_db_object", "name=cmdb_rel_ci", "sys_id")
    answer = call("DELETE", f"{TABLE}/sys_db_object/{row['sys_id']}")
    assert (answer.status_code, call("GET", f"{TABLE}/cmdb_rel_ci?sysparm_limit=1").status_code) == (403, 200)


def test_table__needs_a_right(call: Call) -> None:
    answer = call("POST", f"{TABLE}/sys_db_object", json={"name": "u_thing"}, auth=("itil", "itil"))
    assert (answer.status_code, call("GET", f"{TABLE}/u_thing").status_code) == (403, 400)


def test_table__refused_by_a_rule_on_the_new_row_is_not_there(sandbox: Sandbox, call: Call) -> None:
    sandbox.allow("sys_db_object", "create", roles="itil", where="label=Allowed")
    sandbox.allow("sys_db_object", "read", roles="itil")
    answer = call("POST", f"{TABLE}/sys_db_object", json={"name": "u_thing", "label": "X"}, auth=("itil", "itil"))
    assert (answer.status_code, call("GET", f"{TABLE}/u_thing").status_code) == (403, 400)
    allowed = {"name": "u_thing", "label": "Allowed"}
    answer = call("POST", f"{TABLE}/sys_db_object", json=allowed, auth=("itil", "itil"))
    assert (answer.status_code, call("GET", f"{TABLE}/u_thing").status_code) == (201, 200)


def test_table__can_be_extended_from_python(sandbox: Sandbox, make_table: Callable[..., Answer]) -> None:
    make_table(sys_id="b" * 32)
    sandbox.create_table("u_lamp", columns={"u_watts": "integer"}, extends="u_thing")
    sandbox.add_columns("u_thing", {"u_name": "string"})
    assert sandbox.add("u_lamp", {"u_watts": 60, "u_name": "Desk"})["u_name"] == "Desk"


# -- columns ----------------------------------------------------------------------------------------------------------


def test_column__is_there_at_once(call: Call, incident: dict[str, Any], make_column: Callable[..., Answer]) -> None:
    status = make_column().status_code
    answer = call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"u_floor": "3rd"})
    assert (status, answer.json()["result"]["u_floor"]) == (201, "3rd")


def test_column__in_a_query(call: Call, sandbox: Sandbox, make_column: Callable[..., Answer]) -> None:
    make_column(internal_type="integer")
    sandbox.add("incident", {"u_floor": "3"})
    assert rows(call, "incident", "u_floor>2", "u_floor") == [{"u_floor": "3"}]


def test_column__of_task_shows_in_incident(call: Call, make_column: Callable[..., Answer]) -> None:
    make_column("task")
    assert call("POST", f"{TABLE}/incident", json={"u_floor": "x"}).json()["result"]["u_floor"] == "x"


def test_column__has_its_default_and_length(call: Call, make_column: Callable[..., Answer]) -> None:
    make_column(default_value="cellar", max_length="4")
    record = call("POST", f"{TABLE}/incident", json={}).json()["result"]
    assert record["u_floor"] == "cell"


def test_column__keeps_what_else_its_entry_says(call: Call, make_column: Callable[..., Answer]) -> None:
    made = make_column(comments="Where it burns").json()["result"]
    assert made["comments"] == "Where it burns"
    assert rows(call, "sys_dictionary", "name=incident^element=u_floor", "comments") == [{"comments": "Where it burns"}]


def test_column__gets_a_label(call: Call, make_column: Callable[..., Answer]) -> None:
    make_column()
    assert rows(call, "sys_documentation", "name=incident^element=u_floor", "label") == [{"label": "Floor"}]


def test_column__gets_choices(call: Call, make_column: Callable[..., Answer]) -> None:
    make_column(choice="1")
    call("POST", f"{TABLE}/sys_choice", json={"name": "incident", "element": "u_floor", "value": "3", "label": "3rd"})
    params = {"sysparm_display_value": "true", "sysparm_fields": "u_floor"}
    answer = call("POST", f"{TABLE}/incident", params=params, json={"u_floor": "3"})
    assert answer.json() == {"result": {"u_floor": "3rd"}}


def test_column__name_from_the_label(make_column: Callable[..., Answer]) -> None:
    assert make_column(element="").json()["result"]["element"] == "u_floor"


@pytest.mark.parametrize(
    "values",
    [
        {"table": "u_nope"},
        {"element": "no name"},
        {"element": "short_description"},
        {"internal_type": "reference", "reference": "u_nope"},
        {"internal_type": "reference"},
        {"element": "", "internal_type": "collection"},
    ],
    ids=["unknown table", "malformed", "inherited", "unknown target", "no target", "a table's entry"],
)
def test_column__refused(make_column: Callable[..., Answer], values: dict[str, str]) -> None:
    answer = make_column(**values)
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Operation Failed")


def test_column__that_a_table_below_has_is_refused(make_column: Callable[..., Answer]) -> None:
    make_column("incident")
    assert make_column("task").status_code == 403


@pytest.mark.parametrize("values", [{"internal_type": "u_magic"}, {"default_value": "javascript:magic()"}])
def test_column__that_is_not_emulated(make_column: Callable[..., Answer], values: dict[str, str]) -> None:
    assert make_column(**values).status_code == 501


def test_column__changed_default(call: Call, make_column: Callable[..., Answer]) -> None:
    entry = make_column().json()["result"]["sys_id"]
    call("PATCH", f"{TABLE}/sys_dictionary/{entry}", json={"default_value": "attic"})
    assert call("POST", f"{TABLE}/incident", json={}).json()["result"]["u_floor"] == "attic"


def test_column__of_the_platform_changed(call: Call) -> None:
    (entry,) = rows(call, "sys_dictionary", "name=task^element=short_description", "sys_id")
    call("PATCH", f"{TABLE}/sys_dictionary/{entry['sys_id']}", json={"max_length": "5"})
    record = call("POST", f"{TABLE}/incident", json={"short_description": "Printer"}).json()["result"]
    assert record["short_description"] == "Print"


def test_column__changed_label(call: Call, make_column: Callable[..., Answer]) -> None:
    entry = make_column().json()["result"]["sys_id"]
    call("PATCH", f"{TABLE}/sys_dictionary/{entry}", json={"column_label": "Storey"})
    assert rows(call, "sys_documentation", "name=incident^element=u_floor", "label") == [{"label": "Storey"}]


def test_label__changed_is_that_of_the_column(call: Call, make_column: Callable[..., Answer]) -> None:
    make_column()
    (label,) = rows(call, "sys_documentation", "name=incident^element=u_floor", "sys_id")
    call("PATCH", f"{TABLE}/sys_documentation/{label['sys_id']}", json={"label": "Storey"})
    assert rows(call, "sys_dictionary", "name=incident^element=u_floor", "column_label") == [{"column_label": "Storey"}]


@pytest.mark.parametrize(("name", "value", "status"), [("element", "u_x", 403), ("internal_type", "integer", 501)])
def test_column__cannot_become_another(
    call: Call, make_column: Callable[..., Answer], name: str, value: str, status: int
) -> None:
    entry = make_column().json()["result"]["sys_id"]
    assert call("PATCH", f"{TABLE}/sys_dictionary/{entry}", json={name: value}).status_code == status


def test_column__deleted(call: Call, incident: dict[str, Any], make_column: Callable[..., Answer]) -> None:
    entry = make_column().json()["result"]["sys_id"]
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"u_floor": "3rd"})
    assert call("DELETE", f"{TABLE}/sys_dictionary/{entry}").status_code == 204
    assert "u_floor" not in call("GET", f"{TABLE}/incident/{incident['sys_id']}").json()["result"]


def test_column__made_again_is_empty(call: Call, incident: dict[str, Any], make_column: Callable[..., Answer]) -> None:
    entry = make_column().json()["result"]["sys_id"]
    call("PATCH", f"{TABLE}/incident/{incident['sys_id']}", json={"u_floor": "3rd"})
    call("DELETE", f"{TABLE}/sys_dictionary/{entry}")
    make_column()
    assert call("GET", f"{TABLE}/incident/{incident['sys_id']}").json()["result"]["u_floor"] == ""


def test_column__made_again_with_another_type(call: Call, make_column: Callable[..., Answer]) -> None:
    entry = make_column().json()["result"]["sys_id"]
    call("DELETE", f"{TABLE}/sys_dictionary/{entry}")
    make_column(internal_type="integer")
    assert call("POST", f"{TABLE}/incident", json={"u_floor": "3"}).json()["result"]["u_floor"] == "3"


@pytest.mark.parametrize("element", ["short_description", "sys_id", ""])
def test_column__of_the_platform_stays(call: Call, element: str) -> None:
    (entry,) = rows(call, "sys_dictionary", f"name=task^element={element}", "sys_id")
    assert call("DELETE", f"{TABLE}/sys_dictionary/{entry['sys_id']}").status_code == 403


def test_table_entry__attribute_counts(call: Call, incident: dict[str, Any]) -> None:
    (entry,) = rows(call, "sys_dictionary", "name=task^internal_type=collection", "sys_id")
    call("PATCH", f"{TABLE}/sys_dictionary/{entry['sys_id']}", json={"attributes": "no_attachment"})
    params = {"table_name": "incident", "table_sys_id": incident["sys_id"], "file_name": "a.txt"}
    answer = call("POST", "/api/now/attachment/file", params=params, data=b"x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 403


def test_changes__stay_in_a_file(tmp_path: Path) -> None:
    with Sandbox(path=tmp_path / "data.db") as sandbox:
        sandbox.add("sys_db_object", {"name": "u_thing", "label": "Thing"})
        entries = [
            sandbox.add("sys_dictionary", {"name": "u_thing", "element": element, "internal_type": "string"})
            for element in ("u_name", "u_gone")
        ]
        sandbox.instance.delete("sys_dictionary", entries[1]["sys_id"] or "", sandbox.instance.system)
        sandbox.add("u_thing", {"u_name": "Lamp"})
    with Sandbox(path=tmp_path / "data.db") as sandbox:
        (row,) = sandbox.table("u_thing").rows
    assert (row["u_name"], "u_gone" in row) == ("Lamp", False)
