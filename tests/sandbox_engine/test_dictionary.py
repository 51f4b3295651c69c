"""Tables, inheritance, and the SQL columns behind them."""

from __future__ import annotations

import pytest

from pysnow.sandbox.dictionary import Choice, Column, Dictionary, Kind, Table, UnknownTable


def test_names__parents_come_before_children(dictionary: Dictionary) -> None:
    names = dictionary.names()
    assert names.index("task") < names.index("incident") < names.index("major_incident")


def test_table__unknown_name_is_told(dictionary: Dictionary) -> None:
    with pytest.raises(UnknownTable, match="unknown table 'nope': define it in the dictionary first"):
        dictionary.table("nope")


def test_unknown_table__is_a_key_error(dictionary: Dictionary) -> None:
    with pytest.raises(KeyError):
        dictionary.columns("nope")


def test_contains__known_and_unknown(dictionary: Dictionary) -> None:
    assert ("incident" in dictionary, "nope" in dictionary) == (True, False)


def test_ancestors__self_first_root_last(dictionary: Dictionary) -> None:
    assert dictionary.ancestors("major_incident") == ["major_incident", "incident", "task"]


def test_descendants__self_included(dictionary: Dictionary) -> None:
    assert sorted(dictionary.descendants("task")) == ["incident", "major_incident", "problem", "task"]


def test_root__of_a_grandchild(dictionary: Dictionary) -> None:
    assert dictionary.root("major_incident") == "task"


def test_parent__of_a_root_is_none(dictionary: Dictionary) -> None:
    assert (dictionary.parent("incident"), dictionary.parent("task")) == ("task", None)


def test_columns__inherited_and_own(dictionary: Dictionary) -> None:
    assert {"number", "caller_id", "plan"} <= set(dictionary.columns("major_incident"))


def test_columns__of_a_child_are_not_seen_at_the_parent(dictionary: Dictionary) -> None:
    assert "caller_id" not in dictionary.columns("task")


def test_columns__system_columns_are_added(dictionary: Dictionary) -> None:
    system = {"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count"}
    assert system | {"sys_tags"} <= set(dictionary.columns("core_company"))


def test_columns__log_tables_lack_the_update_columns(dictionary: Dictionary) -> None:
    assert not {"sys_updated_on", "sys_mod_count"} & set(dictionary.columns("syslog"))


@pytest.mark.parametrize(("table", "shown"), [("task", True), ("major_incident", True), ("core_company", False)])
def test_columns__class_name_is_shown_in_hierarchies_only(dictionary: Dictionary, table: str, shown: bool) -> None:
    assert ("sys_class_name" in dictionary.columns(table)) is shown


def test_columns__domain_is_inherited(dictionary: Dictionary) -> None:
    assert {"sys_domain", "sys_domain_path"} <= set(dictionary.columns("problem"))


def test_columns__a_child_overrides(dictionary: Dictionary) -> None:
    assert dictionary.columns("incident")["state"].choices[0].label == "New"


def test_column__case_of_the_name_does_not_matter(dictionary: Dictionary) -> None:
    column = dictionary.column("incident", "NUMBER")
    assert column is not None
    assert column.element == "number"


def test_column__unknown_is_none(dictionary: Dictionary) -> None:
    assert dictionary.column("incident", "nope") is None


@pytest.mark.parametrize(
    ("table", "element"),
    [("incident", "number"), ("core_company", "name"), ("sys_user_grmember", None), ("sys_db_object", "label")],
)
def test_display_column__flag_then_name(dictionary: Dictionary, table: str, element: str | None) -> None:
    assert dictionary.display_column(table) == element


def test_choices__nearest_definition_wins(dictionary: Dictionary) -> None:
    assert [choice.value for choice in dictionary.choices("major_incident", "state")] == ["1", "2"]


def test_choices__inherited_where_the_child_has_none(dictionary: Dictionary) -> None:
    assert dictionary.choices("problem", "state") == (Choice("1", "Open"), Choice("3", "Closed"))


def test_physical__siblings_share_a_column_of_one_kind(dictionary: Dictionary) -> None:
    assert dictionary.physical("incident", "category") == dictionary.physical("problem", "category")


def test_physical__siblings_of_another_kind_do_not_clash(dictionary: Dictionary) -> None:
    kinds = [dictionary.physical(table, "severity") for table in ("incident", "problem")]
    assert [kind and (kind.name, kind.kind) for kind in kinds] == [
        ("severity", Kind.INTEGER),
        ("problem__severity", Kind.TEXT),
    ]


def test_physical__a_journal_has_none(dictionary: Dictionary) -> None:
    assert dictionary.physical("task", "work_notes") is None


def test_add_table__is_visible_at_once(dictionary: Dictionary) -> None:
    dictionary.add_table(Table("u_task", "Mine", (Column("u_note", "Note"),), extends="task"))
    assert {"u_note", "number"} <= set(dictionary.columns("u_task"))


def test_add_table__first_child_makes_the_class_visible(dictionary: Dictionary) -> None:
    dictionary.add_table(Table("u_company", "Mine", extends="core_company"))
    assert "sys_class_name" in dictionary.columns("core_company")


def test_add_table__unknown_parent(dictionary: Dictionary) -> None:
    with pytest.raises(UnknownTable, match="nope"):
        dictionary.add_table(Table("u_x", "X", extends="nope"))


def test_add_table__twice(dictionary: Dictionary) -> None:
    with pytest.raises(ValueError, match="defined twice"):
        dictionary.add_table(Table("task", "Task"))


def test_add_table__inherited_column_keeps_its_kind(dictionary: Dictionary) -> None:
    with pytest.raises(ValueError, match="string cannot override inherited integer"):
        dictionary.add_table(Table("u_x", "X", (Column("state", "State"),), extends="task"))


def test_add_table__a_refused_table_leaves_no_trace(dictionary: Dictionary) -> None:
    with pytest.raises(ValueError, match="letters"):
        dictionary.add_table(Table("u_x", "X", (Column('a"b', "Bad"),)))
    assert "u_x" not in dictionary


@pytest.mark.parametrize("name", ["", "1x", 'a"b', "a b", "_x", "ä"])
def test_add_table__malformed_name(dictionary: Dictionary, name: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        dictionary.add_table(Table(name, "Bad"))


def test_add_table__column_defined_twice(dictionary: Dictionary) -> None:
    with pytest.raises(ValueError, match="columns twice"):
        dictionary.add_table(Table("u_x", "X", (Column("a", "A"), Column("A", "A"))))


def test_add_table__unknown_system_columns(dictionary: Dictionary) -> None:
    with pytest.raises(ValueError, match="use 'all' or 'created'"):
        dictionary.add_table(Table("u_x", "X", system_columns="some"))


def test_add_column__reaches_the_children(dictionary: Dictionary) -> None:
    dictionary.add_column("task", Column("u_x", "X"))
    assert "u_x" in dictionary.columns("major_incident")


def test_add_column__existing_below_is_refused(dictionary: Dictionary) -> None:
    with pytest.raises(ValueError, match="'incident' has a column 'CALLER_ID' already"):
        dictionary.add_column("task", Column("CALLER_ID", "X"))


def test_copy__grows_on_its_own(dictionary: Dictionary) -> None:
    dictionary.copy().add_table(Table("u_x", "X", extends="task"))
    assert ("u_x" in dictionary, "u_x" in dictionary.descendants("task")) == (False, False)


def test_dictionary__tables_in_a_circle() -> None:
    with pytest.raises(ValueError, match="circle"):
        Dictionary((Table("a", "A", extends="b"), Table("b", "B", extends="a")))


def test_dictionary__missing_parent() -> None:
    with pytest.raises(UnknownTable, match="'b'"):
        Dictionary((Table("a", "A", extends="b"),))
