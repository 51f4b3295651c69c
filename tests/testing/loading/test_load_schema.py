"""Loading tables and columns from an exported dictionary."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from pysnow.sandbox import Sandbox
from pysnow.sandbox.loading import LoadedSchema, LoadError

Rows = list[dict[str, object]]
Load = Callable[..., LoadedSchema]


@pytest.fixture
def load(bare: Sandbox, tmp_path: Path) -> Load:
    """Load tables given by their rows, each from a file of its own."""

    def load(**tables: Rows) -> LoadedSchema:
        for table, rows in tables.items():
            (tmp_path / f"{table}.json").write_text(json.dumps({"result": rows}))
        return bare.load_schema(tmp_path)

    return load


def link(table: str, value: str) -> dict[str, str]:
    return {"link": f"https://x/api/now/table/{table}/{value}", "value": value}


def column(table: str, element: str, internal_type: str = "string", **values: object) -> dict[str, object]:
    type_ = {"link": f"https://x/api/now/table/sys_glide_object?name={internal_type}", "value": internal_type}
    return {"name": table, "element": element, "internal_type": type_, "active": "true", **values}


THING = {"sys_id": "1", "name": "u_thing", "label": "Thing", "super_class": ""}
BOX = {"sys_id": "2", "name": "u_box", "label": "Box", "super_class": link("sys_db_object", "1")}


def test_tables__are_added(load: Load) -> None:
    assert load(sys_db_object=[BOX, THING]).tables == ("u_thing", "u_box")


def test_tables__inherit(load: Load, bare: Sandbox) -> None:
    load(sys_db_object=[BOX, THING], sys_dictionary=[column("u_thing", "u_name"), column("u_box", "u_size", "integer")])
    row = bare.add("u_box", {"u_name": "a", "u_size": "3"})
    assert (row["u_name"], row["u_size"]) == ("a", "3")


@pytest.mark.parametrize("parent", [{"super_class.name": "task", "super_class": "77"}, {"super_class": "task"}])
def test_tables__extend_those_of_the_sandbox(load: Load, bare: Sandbox, parent: dict[str, str]) -> None:
    load(sys_db_object=[{"name": "u_job", "label": "Job", **parent}])
    assert bare.add("u_job", {"short_description": "x"})["short_description"] == "x"


def test_tables__without_a_row_of_their_own(load: Load, bare: Sandbox) -> None:
    """Only the columns may have been exported."""
    entry = {"name": "u_thing", "element": "", "internal_type": "collection", "column_label": "A thing"}
    load(sys_dictionary=[entry, column("u_thing", "u_name")])
    assert bare.instance.dictionary.table("u_thing").label == "A thing"


def test_columns__their_attributes(load: Load, bare: Sandbox) -> None:
    attributes = {"column_label": "Owner", "max_length": "32", "mandatory": "true", "reference": link("x", "sys_user")}
    load(sys_db_object=[THING], sys_dictionary=[column("u_thing", "u_owner", "reference", **attributes)])
    loaded = bare.instance.dictionary.columns("u_thing")["u_owner"]
    assert (loaded.label, loaded.max_length, loaded.mandatory, loaded.reference) == ("Owner", 32, True, "sys_user")


def test_columns__inactive_ones_are_left_out(load: Load, bare: Sandbox) -> None:
    load(sys_db_object=[THING], sys_dictionary=[column("u_thing", "u_old") | {"active": "false"}])
    assert "u_old" not in bare.instance.dictionary.columns("u_thing")


def test_columns__of_stock_tables(load: Load, bare: Sandbox) -> None:
    assert load(sys_dictionary=[column("incident", "u_team")]).columns == ("incident.u_team",)


def test_columns__of_stock_tables_hold_values(load: Load, bare: Sandbox) -> None:
    load(sys_dictionary=[column("incident", "u_team")])
    assert bare.add("incident", {"u_team": "red"})["u_team"] == "red"


def test_columns__that_would_hold_other_values_stay(load: Load, bare: Sandbox) -> None:
    loaded = load(sys_dictionary=[column("incident", "category", "integer")])
    assert loaded.ignored == ("incident.category: it stays string, integer is stored differently",)


def test_columns__system_columns_stay(load: Load) -> None:
    assert load(sys_dictionary=[column("incident", "sys_updated_on", "glide_date_time")]).columns == ()


def test_columns__default_values(load: Load, bare: Sandbox) -> None:
    load(sys_dictionary=[column("incident", "u_team", default_value="blue")])
    assert bare.add("incident", {})["u_team"] == "blue"


def test_columns__scripts_as_default_values_are_left_out(load: Load, bare: Sandbox) -> None:
    """Else no row could be made."""
    loaded = load(sys_dictionary=[column("incident", "u_team", default_value="javascript:pickTeam()")])
    assert (bare.add("incident", {})["u_team"], loaded.ignored) == (
        None,
        ("incident.u_team: its default value is a script: javascript:pickTeam()",),
    )


def choice(table: str, element: str, value: str, **values: object) -> dict[str, object]:
    return {"name": table, "element": element, "value": value, "label": value.title(), "language": "en", **values}


def choices(sandbox: Sandbox, table: str, element: str) -> list[str]:
    return [choice.value for choice in sandbox.instance.dictionary.choices(table, element)]


def test_choices__in_their_sequence(load: Load, bare: Sandbox) -> None:
    rows = [choice("incident", "u_team", "red", sequence="2"), choice("incident", "u_team", "blue", sequence="1")]
    load(sys_dictionary=[column("incident", "u_team")], sys_choice=rows)
    assert choices(bare, "incident", "u_team") == ["blue", "red"]


def test_choices__inactive_and_foreign_ones_are_left_out(load: Load, bare: Sandbox) -> None:
    rows = [
        choice("incident", "u_team", "red"),
        choice("incident", "u_team", "old", inactive="true"),
        choice("incident", "u_team", "rot", language="de"),
    ]
    load(sys_dictionary=[column("incident", "u_team")], sys_choice=rows)
    assert choices(bare, "incident", "u_team") == ["red"]


def test_choices__of_an_inherited_column(load: Load, bare: Sandbox) -> None:
    load(sys_db_object=[THING | {"super_class": "task"}], sys_choice=[choice("u_thing", "state", "77")])
    assert (choices(bare, "u_thing", "state"), "1" in choices(bare, "task", "state")) == (["77"], True)


def test_overrides__of_an_inherited_column(load: Load, bare: Sandbox) -> None:
    override = {"name": "u_thing", "element": "priority", "default_value_override": "true", "default_value": "2"}
    load(sys_db_object=[THING | {"super_class": "task"}], sys_dictionary_override=[override])
    assert bare.instance.dictionary.columns("u_thing")["priority"].default == "2"


def test_numbers__follow_their_prefix(load: Load, bare: Sandbox) -> None:
    number = {"category": link("sys_db_object", "u_thing"), "prefix": "THG"}
    load(sys_db_object=[THING | {"super_class": "task"}], sys_number=[number])
    assert bare.add("u_thing", {})["number"] == "THG0010001"


def test_schema__xml(bare: Sandbox, tmp_path: Path) -> None:
    text = """<unload><sys_dictionary action="INSERT_OR_UPDATE"><name>u_thing</name><element>u_name</element>
      <internal_type display_value="String">string</internal_type></sys_dictionary></unload>"""
    (tmp_path / "export.xml").write_text(text)
    assert bare.load_schema(tmp_path / "export.xml").tables == ("u_thing",)


def test_schema__is_described_and_served(load: Load, bare: Sandbox) -> None:
    load(sys_db_object=[THING], sys_dictionary=[column("u_thing", "u_name")])
    with bare:
        url = f"{bare.url}/api/now/table/sys_dictionary"
        query = {"sysparm_query": "name=u_thing^element=u_name", "sysparm_fields": "internal_type"}
        answer = requests.get(url, params=query, auth=("admin", "admin"), timeout=30)
    assert answer.json()["result"][0]["internal_type"]["value"] == "string"


def test_schema__of_one_sandbox_fits_another(load: Load, bare: Sandbox) -> None:
    """The stock dictionary, exported over REST and loaded again, changes nothing."""
    names = ("sys_db_object", "sys_dictionary", "sys_choice", "sys_dictionary_override", "sys_number")
    with Sandbox(seed=False) as source:
        url = f"{source.url}/api/now/table"
        tables = {
            name: requests.get(f"{url}/{name}", auth=("admin", "admin"), timeout=60).json()["result"] for name in names
        }
    loaded = load(**tables)
    assert (loaded.tables, loaded.ignored) == ((), ())


def test_schema__references_to_tables_that_are_missing_are_served(load: Load, bare: Sandbox) -> None:
    load(sys_dictionary=[column("incident", "u_ext", "reference", reference="u_elsewhere")])
    bare.add("incident", {"u_ext": "5" * 32})
    with bare:
        url = f"{bare.url}/api/now/table/incident"
        answer = requests.get(url, params={"sysparm_display_value": "all"}, auth=("admin", "admin"), timeout=30)
    assert answer.json()["result"][0]["u_ext"]["value"] == "5" * 32


# -- what is refused --------------------------------------------------------------------------------------------------


def test_refused__no_dictionary(load: Load) -> None:
    with pytest.raises(LoadError, match="there are no rows of sys_db_object or sys_dictionary"):
        load(incident=[{"number": "INC7"}])


def test_refused__unknown_parent(load: Load) -> None:
    with pytest.raises(LoadError, match="table u_box extends 1, which is not in the export"):
        load(sys_db_object=[BOX])


def test_refused__circle(load: Load) -> None:
    with pytest.raises(LoadError, match="in a circle"):
        load(sys_db_object=[BOX, THING | {"super_class": "2"}])


def test_refused__csv(bare: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "sys_dictionary.csv").write_text("name\nx\n")
    with pytest.raises(LoadError, match="JSON or XML"):
        bare.load_schema(tmp_path / "sys_dictionary.csv")


def test_refused__leaves_all_as_it_was(load: Load, bare: Sandbox) -> None:
    with pytest.raises(LoadError):
        load(sys_db_object=[BOX, {"name": "u_free", "label": "Free"}])
    assert "u_free" not in bare.instance.dictionary


def test_malformed_names__are_passed_over(load: Load) -> None:
    loaded = load(sys_dictionary=[column("incident", "u-x"), column("u_thing", "9x"), column("u_thing", "u_y")])
    assert (loaded.tables, len(loaded.ignored)) == (("u_thing",), 2)
