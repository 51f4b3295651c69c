"""Schema files: what they say, what lies over them, and that they are written as they were read."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import InvalidUsage, Schema, SchemaWarning
from pysnow.schema.column_types import COLUMN_TYPES, column_type

BASE: dict[str, Any] = {
    "release": "xanadu",
    "tables": {
        "task": {
            "label": "Task",
            "fields": {
                "sys_id": {"type": "string", "max_length": 32, "read_only": True},
                "number": {"type": "string", "max_length": 40, "read_only": True},
                "short_description": {"type": "string", "max_length": 160, "mandatory": True, "label": "Short"},
                "assigned_to": {"type": "reference", "reference_table": "sys_user"},
                "work_notes": {"type": "journal_input", "write_only": True},
                "state": {"type": "integer", "choices": {"1": "Open", "3": "Closed"}},
            },
            "relationships": {"task_sla": {"table": "task_sla", "foreign_key": "task", "type": "one_to_many"}},
        },
        "incident": {
            "label": "Incident",
            "extends": "task",
            "fields": {
                "caller_id": {"type": "reference", "reference_table": "sys_user", "mandatory": True},
                "state": {"type": "integer", "choices": {"1": "New", "6": "Resolved"}},
            },
            "relationships": {},
        },
        "sys_user": {"label": "User", "fields": {"name": {"type": "string"}, "manager": {"type": "reference"}}},
        "task_sla": {"fields": {"task": {"type": "reference", "reference_table": "task"}}},
    },
}
OVERLAY: dict[str, Any] = {
    "extends_release": "xanadu",
    "tables": {
        "incident": {
            "fields": {
                "u_env": {"type": "string", "label": "Environment"},
                "caller_id": {"mandatory": False},
            },
            "relationships": {"u_items": {"table": "u_item", "foreign_key": "u_incident", "type": "one_to_many"}},
        },
        "u_item": {"label": "Item", "fields": {"u_incident": {"type": "reference", "reference_table": "incident"}}},
    },
}
RELATIONS = [
    ("task", "task_sla"),
    ("incident", "child_incidents"),
    ("change_request", "change_task"),
    ("change_request", "approvals"),
    ("change_request", "work_notes"),
    ("change_request", "affected_cis"),
    ("problem", "related_incidents"),
    ("sc_request", "requested_items"),
    ("sc_req_item", "sc_tasks"),
    ("sys_user_group", "members"),
]


@pytest.fixture
def schema() -> Schema:
    """A small schema."""
    return Schema(BASE)


# -- files -------------------------------------------------------------------------------------------------------------


def test_file__is_written_as_it_was_read(tmp_path: Path) -> None:
    read = tmp_path / "base.json"
    read.write_text(json.dumps(BASE), encoding="utf-8")
    Schema.load(read).save(tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text(encoding="utf-8")) == BASE


def test_file__keeps_members_that_are_not_known(tmp_path: Path) -> None:
    document = copy.deepcopy(BASE)
    document["tables"]["task"]["fields"]["number"]["x_comment"] = [1]
    Schema(document).save(tmp_path / "again.json")
    assert Schema.load(tmp_path / "again.json").to_document() == document


def test_overlay__is_a_schema_of_its_own() -> None:
    overlay = Schema(OVERLAY)
    assert (overlay.release, overlay.to_document()) == ("xanadu", OVERLAY)


def test_save__leaves_no_other_file(tmp_path: Path, schema: Schema) -> None:
    schema.save(tmp_path / "schema.json")
    assert [path.name for path in tmp_path.iterdir()] == ["schema.json"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "is no schema"),
        ('{"tables": []}', "is no schema"),
        ('{"release": 1, "tables": {}}', "'release' must be a text"),
        ('{"tables": {"a": []}}', "tables.a of the schema must be an object"),
        ('{"tables": {"a": {"fields": {"b": {"max_length": "x"}}}}}', "tables.a.fields.b.max_length"),
        ('{"tables": {"a": {"fields": {"b": {"mandatory": 1}}}}}', "must be true or false, not 1"),
        ('{"tables": {"a": {"relationships": {"b": {"table": "c"}}}}}', "needs a table and a foreign_key"),
        (
            '{"tables": {"a": {"relationships": {"b": {"table": "c", "foreign_key": "d", "type": "some"}}}}}',
            "must be one of one_to_many",
        ),
    ],
)
def test_file__that_is_no_schema(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidUsage, match=message):
        Schema.load(path)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"release": "z"}, "must be an object with 'tables'"),
        ({"release": "z", "tabels": {}}, "did you mean 'tables'"),
        ({"tables": {"a": {"xtends": "b"}}}, "tables.a of the schema has a member 'xtends'; did you mean 'extends'"),
        ({"tables": {"a": {"fields": {"b": {"typ": "string"}}}}}, "did you mean 'type'"),
        ({"tables": {"a": {"fields": {"b": {"type": "strng"}}}}}, "'strng'; did you mean 'string'"),
        ({"tables": {"a": {"fields": {"b": {"type": "qqqq"}}}}}, "'qqqq': it is one of boolean, choice"),
        (
            {"tables": {"a": {"relationships": {"b": {"table": "c", "foreign_key": "d", "fliter": "x"}}}}},
            "did you mean 'filter'",
        ),
    ],
)
def test_file__with_a_slip(document: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidUsage, match=message):
        Schema(document)


def test_load__an_overlay_alone__warns(tmp_path: Path) -> None:
    (tmp_path / "overlay.json").write_text(json.dumps(OVERLAY), encoding="utf-8")
    with pytest.warns(SchemaWarning, match="is an overlay"):
        Schema.load(tmp_path / "overlay.json")


def test_overlay__alone__does_not_judge_columns() -> None:
    assert Schema(OVERLAY).check("incident", {"short_description": "x"}, mode=None) == ()


def test_load__a_parent_that_is_not_there__warns(tmp_path: Path) -> None:
    (tmp_path / "some.json").write_text(json.dumps({"tables": {"u_x": {"extends": "task"}}}), encoding="utf-8")
    with pytest.warns(SchemaWarning, match="u_x extends 'task', which .* does not have"):
        Schema.load(tmp_path / "some.json")


def test_extends__a_table_that_is_not_there__leaves_columns_open() -> None:
    schema = Schema({"tables": {"u_x": {"extends": "task"}}})
    assert (schema.check("u_x", {"number": "1"}, mode=None), schema.unknown_columns("u_x", "number=1")) == ((), ())


def test_field__behind_a_table_that_is_not_there() -> None:
    column = {"type": "reference", "reference_table": "sys_user"}
    schema = Schema({"tables": {"incident": {"fields": {"caller_id": column}}}})
    with pytest.raises(InvalidUsage, match="caller_id of incident refers to sys_user, which the schema does not have"):
        schema.field("incident", "caller_id.name")


@pytest.mark.parametrize("part", ["choices", "fields", "relationships"])
def test_schema__cannot_be_changed(schema: Schema, part: str) -> None:
    shared: Any = getattr(schema.field("task", "state") if part == "choices" else schema.table("task"), part)
    with pytest.raises(TypeError, match="cannot be changed"):
        shared["9"] = "x"


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda field: pickle.loads(pickle.dumps(field)), copy.copy])
def test_field__is_copied(schema: Schema, twin: Any) -> None:
    field = schema.field("task", "state")
    assert twin(field) == field


def test_file__that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="cannot be read: No such file"):
        Schema.load(tmp_path / "none.json")


@pytest.mark.parametrize("circle", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_extends__in_a_circle(circle: list[str]) -> None:
    tables = {name: {"extends": circle[(index + 1) % len(circle)]} for index, name in enumerate(circle)}
    with pytest.raises(InvalidUsage, match="in a circle: a > "):
        Schema({"tables": tables})


def test_extends__a_table_that_is_not_there() -> None:
    assert Schema({"tables": {"u_x": {"extends": "task"}}}).lineage("u_x") == ("u_x", "task")


@pytest.mark.parametrize("way", ["schema", "document", "path"])
def test_overlay__wins_member_by_member(schema: Schema, way: str, tmp_path: Path) -> None:
    (tmp_path / "overlay.json").write_text(json.dumps(OVERLAY), encoding="utf-8")
    overlay = {"schema": Schema(OVERLAY), "document": OVERLAY, "path": tmp_path / "overlay.json"}[way]
    field = schema.apply_overlay(overlay).field("incident", "caller_id")  # type: ignore[arg-type]
    assert (field.mandatory, field.reference_table) == (False, "sys_user")


def test_overlay__changes_nothing_below(schema: Schema) -> None:
    schema.apply_overlay(OVERLAY)
    assert schema.to_document() == BASE


def test_overlay__adds_tables_and_relations(schema: Schema) -> None:
    both = schema.apply_overlay(OVERLAY)
    assert (both.has_table("u_item"), both.relationship("incident", "u_items").foreign_key) == (True, "u_incident")


def test_overlay__of_another_release(schema: Schema) -> None:
    with pytest.warns(SchemaWarning, match="made for release 'tokyo', and is laid over 'xanadu'"):
        schema.apply_overlay({**OVERLAY, "extends_release": "tokyo"})


def test_overlay__of_the_release_does_not_warn(schema: Schema) -> None:
    assert schema.apply_overlay(OVERLAY).release == "xanadu"


def test_load__with_overlays(tmp_path: Path) -> None:
    for name, document in (("base", BASE), ("overlay", OVERLAY)):
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    assert Schema.load(tmp_path / "base", tmp_path / "overlay").has_field("incident", "u_env")


def test_schema__is_pickled(schema: Schema) -> None:
    assert pickle.loads(pickle.dumps(schema)) == schema


# -- what it says ------------------------------------------------------------------------------------------------------


def test_table_names__are_sorted(schema: Schema) -> None:
    assert schema.table_names() == ["incident", "sys_user", "task", "task_sla"]


def test_table__knows_its_parent(schema: Schema) -> None:
    assert (schema.table("incident").extends, schema.parent_table("incident")) == ("task", "task")


def test_table__that_is_not_known(schema: Schema) -> None:
    with pytest.raises(InvalidUsage, match="no table 'incidnt'; did you mean 'incident'"):
        schema.table("incidnt")


@pytest.mark.parametrize(("field", "table"), [("state", "incident"), ("number", "task"), ("caller_id", "incident")])
def test_field__nearest_definition_wins(schema: Schema, field: str, table: str) -> None:
    assert schema.field("incident", field).table == table


def test_field__dot_walked(schema: Schema) -> None:
    assert schema.field("incident", "caller_id.name").table == "sys_user"


def test_field__of_a_subclass_in_a_walk(schema: Schema) -> None:
    assert schema.field("task_sla", "task.ref_incident.caller_id").table == "incident"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("calller_id", "incident has no column 'calller_id'; did you mean 'caller_id'"),
        ("caller_id.nam", r"sys_user has no column 'nam' \('caller_id.nam'\); did you mean 'name'"),
    ],
)
def test_field__that_is_not_known(schema: Schema, name: str, message: str) -> None:
    with pytest.raises(InvalidUsage, match=message):
        schema.field("incident", name)


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("read_only_fields", ["number", "sys_id"]),
        ("mandatory_fields", ["caller_id", "short_description"]),
        ("journal_fields", ["work_notes"]),
        ("reference_fields", ["assigned_to", "caller_id"]),
        ("writable_fields", ["assigned_to", "caller_id", "short_description", "state", "work_notes"]),
    ],
)
def test_fields__of_a_kind(schema: Schema, group: str, names: list[str]) -> None:
    assert sorted(getattr(schema, group)("incident")) == names


def test_all_fields__is_a_copy(schema: Schema) -> None:
    schema.all_fields("incident").clear()
    assert len(schema.all_fields("incident")) == 7


def test_has_field__inherited(schema: Schema) -> None:
    assert (schema.has_field("incident", "number"), schema.has_field("nope", "number")) == (True, False)


def test_relationships__are_inherited(schema: Schema) -> None:
    assert list(schema.relationships("incident")) == ["task_sla"]


@pytest.mark.parametrize(
    ("name", "kind", "table", "key"),
    [
        ("task_sla", "one_to_many", "task_sla", "task"),
        ("caller_id", "many_to_one", "sys_user", "caller_id"),
        ("task_sla.task", "one_to_many", "task_sla", "task"),
    ],
)
def test_relationship__by_its_names(schema: Schema, name: str, kind: str, table: str, key: str) -> None:
    found = schema.relationship("incident", name)
    assert (found.type, found.table, found.foreign_key) == (kind, table, key)


def test_relationship__that_several_columns_may_mean(schema: Schema) -> None:
    with pytest.raises(InvalidUsage, match="several columns: say one of 'incident.caller_id'"):
        schema.apply_overlay(
            {"tables": {"incident": {"fields": {"u_by": {"type": "reference", "reference_table": "sys_user"}}}}}
        ).relationship("sys_user", "incident")


def test_relationship__that_is_not_known(schema: Schema) -> None:
    with pytest.raises(InvalidUsage, match="no relation 'task_sl'; did you mean 'task_sla'"):
        schema.relationship("incident", "task_sl")


def test_parent_of__references_of_a_table(schema: Schema) -> None:
    assert [relation.name for relation in schema.parent_of("incident")] == ["assigned_to", "caller_id"]


def test_children_of__references_to_a_table_and_its_ancestors(schema: Schema) -> None:
    assert [relation.name for relation in schema.children_of("incident")] == ["task_sla.task"]


@pytest.mark.parametrize(("table", "name"), RELATIONS)
def test_bundled__relations_resolve_offline(table: str, name: str) -> None:
    found = Schema.bundled().relationship(table, name)
    assert Schema.bundled().has_table(found.table)


def test_bundled__journal_relation_has_a_filter() -> None:
    relation = Schema.bundled().relationship("change_request", "work_notes")
    assert relation.filter == "name=change_request^element=work_notes"


def test_bundled__journals_are_inherited() -> None:
    assert list(Schema.bundled().journal_fields("incident")) == ["work_notes", "comments"]


def test_bundled__does_not_judge_columns() -> None:
    assert Schema.bundled().unknown_columns("incident", "nope=1") == ()


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("number=1^ORDERBYstate", 0),
        ("nmber=1", 1),
        ("ORDERBYDESCnmber", 1),
        ("caller_id.name=x^caller_id.sys_id=1^caller_id.manager.anything=1", 0),
        ("caller_id.nme=x^NQnmber=1", 2),
        ("123TEXTQUERY321=mail", 0),
        ({"nmber": "1"}, 1),
    ],
)
def test_unknown_columns__of_a_query(schema: Schema, query: Any, unknown: int) -> None:
    assert len(schema.unknown_columns("incident", query)) == unknown


def test_unknown_columns__names_near_ones(schema: Schema) -> None:
    assert schema.unknown_columns("incident", "", ["nmber"]) == (
        "incident has no column 'nmber'; did you mean 'number'?",
    )


# -- differences -------------------------------------------------------------------------------------------------------


def test_diff__of_equals_is_empty(schema: Schema) -> None:
    assert schema.diff(Schema(BASE)) == ()


def test_diff__says_what_an_overlay_does(schema: Schema) -> None:
    found = [str(difference) for difference in schema.diff(schema.apply_overlay(OVERLAY))]
    assert found == [
        "incident.caller_id: mandatory True -> False",
        "incident.u_env: added",
        "incident.u_items: added",
        "u_item: added",
    ]


def test_diff__the_other_way_round(schema: Schema) -> None:
    found = {difference.change for difference in schema.apply_overlay(OVERLAY).diff(schema)}
    assert found == {"removed", "changed"}


# -- descriptions ------------------------------------------------------------------------------------------------------


def test_describe__shows_columns_and_what_refers(schema: Schema) -> None:
    text = str(schema.describe("incident"))
    assert text.startswith("incident > task (Incident)\n")
    assert "-> sys_user, mandatory" in text
    assert text.endswith("referred to by task_sla.task")


def test_describe__shows_people_the_first_choices(schema: Schema) -> None:
    many = {str(number): f"Nr {number}" for number in range(9)}
    described = schema.apply_overlay({"tables": {"task": {"fields": {"number": {"choices": many}}}}}).describe("task")
    assert "choices 0=Nr 0 | 1=Nr 1 | 2=Nr 2 | 3=Nr 3 | 4=Nr 4 | 5=Nr 5 | ..." in str(described)


def test_describe__gives_programs_all_choices(schema: Schema) -> None:
    many = {str(number): f"Nr {number}" for number in range(9)}
    described = schema.apply_overlay({"tables": {"task": {"fields": {"number": {"choices": many}}}}}).describe("task")
    assert {column["column"]: column["choices"] for column in described.to_dicts()}["number"] == many


def test_describe__gives_programs_a_member_for_each_thing(schema: Schema) -> None:
    found = {column["column"]: column for column in schema.describe("incident").to_dicts()}["caller_id"]
    assert (found["reference_table"], found["mandatory"], found["read_only"]) == ("sys_user", True, False)


def test_describe__calls_nothing_read_only_and_write_only(schema: Schema) -> None:
    list_of_journals = {"type": "journal", "read_only": True, "write_only": True}
    described = schema.apply_overlay({"tables": {"task": {"fields": {"number": list_of_journals}}}}).describe("task")
    assert "read-only, no stored value, read as label" in str(described)


def test_field__repr_is_short(schema: Schema) -> None:
    assert repr(schema.field("incident", "caller_id")) == "<Field incident.caller_id: reference -> sys_user>"


def test_schema__repr_counts_one_table() -> None:
    assert repr(Schema({"tables": {"t": {"fields": {}}}})) == "<Schema, 1 table>"


def test_describe__repr_is_one_line(schema: Schema) -> None:
    assert repr(schema.describe("incident")) == "<TableDescription incident, 7 columns>"


def test_describe__repr_counts_one_column() -> None:
    described = Schema({"tables": {"t": {"fields": {"f": {"type": "string"}}}}}).describe("t")
    assert repr(described) == "<TableDescription t, 1 column>"


def test_describe__html_is_escaped() -> None:
    described = Schema({"tables": {"t": {"fields": {"f": {"type": "string", "label": "<b>"}}}}}).describe("t")
    assert "&lt;b&gt;" in described._repr_html_()


# -- types -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("internal", "known"),
    [("glide_date_time", "date_time"), ("timer", "duration"), ("JSON", "json"), ("GUID", "string"), ("x", "other")],
)
def test_column_type__of_an_internal_type(internal: str, known: str) -> None:
    assert column_type(internal) == known


@given(st.text(max_size=20))
def test_column_type__is_always_one_of_the_28(internal: str) -> None:
    assert column_type(internal) in COLUMN_TYPES


_FIELD = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(COLUMN_TYPES))},
    optional={"label": st.text(max_size=5), "max_length": st.integers(0, 9), "read_only": st.booleans()},
)
_NAMES = st.sampled_from(["a", "b", "c"])
_TABLES = st.dictionaries(_NAMES, st.fixed_dictionaries({"fields": st.dictionaries(_NAMES, _FIELD)}))


@given(_TABLES, _TABLES)
def test_overlay__laid_twice_is_laid_once(base: dict[str, Any], overlay: dict[str, Any]) -> None:
    once = Schema({"tables": base}).apply_overlay({"tables": overlay})
    assert once.apply_overlay({"tables": overlay}) == once


@given(_TABLES)
def test_file__round_trip(tables: dict[str, Any]) -> None:
    assert Schema(Schema({"tables": tables}).to_document()).to_document() == {"tables": tables}
