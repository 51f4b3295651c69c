"""Tables and columns declared by the user: what they hold, and what the instance says of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from pysnow.sandbox import Sandbox
from pysnow.sandbox.dictionary import Column, UnknownTable
from pysnow.sandbox.dictionary.declaration import Columns, declared_column, declared_table, label_of

ADMIN = ("admin", "admin")


def values(sandbox: Sandbox, table: str, **wanted: str) -> list[dict[str, str | None]]:
    rows = sandbox.table(table).rows
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


# -- declarations -----------------------------------------------------------------------------------------------------


def test_column__by_type() -> None:
    assert declared_column("u_size", "integer") == Column("u_size", "Size", "integer")


def test_column__by_attributes() -> None:
    given = {"type": "reference", "reference": "sys_user", "label": "Owner", "mandatory": True}
    assert declared_column("u_owner", given) == Column(
        "u_owner", "Owner", "reference", reference="sys_user", mandatory=True
    )


def test_column__choices_by_label() -> None:
    column = declared_column("u_state", {"type": "integer", "choices": {"1": "New", "2": "Old"}})
    assert [(choice.value, choice.label) for choice in column.choices] == [("1", "New"), ("2", "Old")]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("strng", "unknown type 'strng': did you mean string"),
        ("reference", "a reference needs a table"),
        ({"type": "string", "lenght": 3}, "unknown attribute 'lenght'"),
        ({"type": "string", "max_length": "40"}, "max_length must be of type int"),
        ({"type": "string", "mandatory": 1}, "mandatory must be of type bool"),
        ({"type": "string", "choices": 7}, "choices must map values to labels"),
    ],
)
def test_column__refused(given: str | dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        declared_column("u_x", given)


@pytest.mark.parametrize(("name", "label"), [("u_start_date", "Start date"), ("thing", "Thing"), ("u_", "")])
def test_label__of_a_name(name: str, label: str) -> None:
    assert label_of(name) == label


def test_table__with_numbers_shows_them() -> None:
    table = declared_table("u_thing", columns={"u_x": "string"}, prefix="THG")
    assert [(column.element, column.display) for column in table.columns] == [("number", True), ("u_x", False)]


# -- create_table -----------------------------------------------------------------------------------------------------


@pytest.fixture
def things(bare: Sandbox) -> Sandbox:
    """An instance with a table of its own below task."""
    columns: Columns = {
        "u_name": {"type": "string", "display": True},
        "u_size": {"type": "integer", "choices": {"1": "Small"}},
    }
    bare.create_table("u_thing", label="Thing", columns=columns, extends="task", prefix="THG")
    return bare


def test_create_table__holds_rows(things: Sandbox) -> None:
    row = things.add("u_thing", {"u_name": "a", "u_size": "1", "short_description": "inherited"})
    assert [row[name] for name in ("u_name", "u_size", "short_description", "sys_class_name")] == [
        *("a", "1", "inherited", "u_thing")
    ]


def test_create_table__numbers_rows(things: Sandbox) -> None:
    assert things.add("u_thing", {})["number"] == "THG0010001"


def test_create_table__rows_show_in_the_parent(things: Sandbox) -> None:
    things.add("u_thing", {"short_description": "inherited"})
    assert [row["sys_class_name"] for row in things.table("task").rows] == ["u_thing"]


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("sys_db_object", {"name": "u_thing", "label": "Thing"}),
        ("sys_dictionary", {"name": "u_thing", "element": "u_size", "internal_type": "integer"}),
        ("sys_choice", {"name": "u_thing", "element": "u_size", "value": "1", "label": "Small"}),
        ("sys_documentation", {"name": "u_thing", "element": "u_name"}),
        ("sys_number", {"category": "u_thing", "prefix": "THG"}),
    ],
)
def test_create_table__is_described(things: Sandbox, table: str, wanted: dict[str, str]) -> None:
    assert len(values(things, table, **wanted)) == 1


def test_create_table__description_links_to_the_parent(things: Sandbox) -> None:
    parent, child = (values(things, "sys_db_object", name=name)[0] for name in ("task", "u_thing"))
    assert child["super_class"] == parent["sys_id"]


def test_create_table__is_served(things: Sandbox) -> None:
    with things:
        url = f"{things.url}/api/now/table/u_thing"
        made = requests.post(url, json={"u_name": "a"}, auth=ADMIN, timeout=30)
        found = requests.get(url, params={"sysparm_query": "u_name=a"}, auth=ADMIN, timeout=30)
    assert (made.status_code, len(found.json()["result"])) == (201, 1)


def test_create_table__twice(things: Sandbox) -> None:
    with pytest.raises(ValueError, match="table 'u_thing' is defined twice"):
        things.create_table("u_thing")


def test_create_table__of_an_unknown_parent(bare: Sandbox) -> None:
    with pytest.raises(UnknownTable):
        bare.create_table("u_thing", extends="u_nope")


def test_create_table__refused_one_leaves_no_trace(bare: Sandbox) -> None:
    with pytest.raises(ValueError, match="cannot override"):
        bare.create_table("u_thing", columns={"short_description": "integer"}, extends="task")
    assert values(bare, "sys_db_object", name="u_thing") == []


def test_create_table__stays_out_of_other_sandboxes(things: Sandbox) -> None:
    other = Sandbox(seed=False)
    with pytest.raises(Exception, match="u_thing"):
        other.table("u_thing")
    other.close()


def test_create_table__is_there_when_a_file_is_opened_again(tmp_path: Path) -> None:
    sandbox = Sandbox(path=tmp_path / "instance.db", seed=False)
    sandbox.create_table("u_thing", columns={"u_x": {"type": "integer", "choices": {"1": "One"}}}, extends="task")
    sandbox.add_columns("u_thing", {"u_y": "string"})
    sandbox.add("u_thing", {"u_x": "1", "u_y": "b"})
    sandbox.close()
    again = Sandbox(path=tmp_path / "instance.db")
    row = again.table("u_thing").rows[0]
    again.close()
    assert (row["u_x"], row["u_y"]) == ("1", "b")


# -- add_columns ------------------------------------------------------------------------------------------------------


def test_add_columns__to_rows_that_are_there(bare: Sandbox) -> None:
    before = bare.add("incident", {})
    bare.add_columns("incident", {"u_team": "string"})
    bare.instance.update("incident", before["sys_id"] or "", {"u_team": "red"}, bare.instance.system)
    assert bare.table("incident").rows[0]["u_team"] == "red"


def test_add_columns__show_in_tables_below(bare: Sandbox) -> None:
    bare.add_columns("task", {"u_team": "string"})
    assert bare.add("incident", {"u_team": "red"})["u_team"] == "red"


def test_add_columns__change_the_choices_of_one_that_is_there(bare: Sandbox) -> None:
    bare.add_columns("incident", {"category": {"type": "string", "choices": {"car": "Car"}}})
    assert [row["value"] for row in values(bare, "sys_choice", name="incident", element="category")] == ["car"]


def test_add_columns__of_another_kind(bare: Sandbox) -> None:
    with pytest.raises(ValueError, match="cannot override"):
        bare.add_columns("incident", {"category": "integer"})


def test_add_columns__to_an_unknown_table(bare: Sandbox) -> None:
    with pytest.raises(UnknownTable):
        bare.add_columns("u_nope", {"u_x": "string"})


# -- add --------------------------------------------------------------------------------------------------------------


def test_add__to_an_unknown_table_names_the_nearest(bare: Sandbox) -> None:
    with pytest.raises(ValueError, match="no table 'incidnt': did you mean incident"):
        bare.add("incidnt", {})


def test_add__of_an_unknown_column_names_the_nearest(bare: Sandbox) -> None:
    with pytest.raises(ValueError, match="no column 'shrt_description': did you mean short_description"):
        bare.add("incident", {"shrt_description": "a"})


def test_add__of_an_unknown_column_adds_nothing(bare: Sandbox) -> None:
    with pytest.raises(ValueError, match=r"add_columns\(\)"):
        bare.add("incident", {"u_qqqq": "a"})
    assert bare.table("incident").rows == []


def test_add_user__with_an_unknown_column(bare: Sandbox) -> None:
    with pytest.raises(ValueError, match="did you mean email"):
        bare.add_user("svc", e_mail="a@example.com")


# -- add_user ---------------------------------------------------------------------------------------------------------


def test_add_user__can_sign_in(bare: Sandbox) -> None:
    bare.add_user("svc.app", password="s3cret")
    assert bare.instance.authenticate("svc.app", "s3cret") is not None


def test_add_user__has_roles(bare: Sandbox) -> None:
    user = bare.add_user("svc.app", roles=["itil"])
    assert len(values(bare, "sys_user_has_role", user=user["sys_id"] or "")) >= 1


def test_add_user__unknown_role(bare: Sandbox) -> None:
    with pytest.raises(ValueError, match="no_such_role"):
        bare.add_user("svc.app", roles=["no_such_role"])
    assert bare.instance.caller("svc.app") is None
