"""The dictionary of an instance: read whole, kept for a time, and used where payloads and queries are checked."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pysnow import Client, InvalidUsage, NoResults, Schema, SchemaMismatch, SchemaWarning, UnknownColumnWarning
from pysnow.exceptions import FieldIgnoredWarning, QueryIgnored, TransportError
from pysnow.sandbox import Sandbox
from pysnow.schema.cache import SchemaCache
from pysnow.table import Table


@pytest.fixture
def schema(client: Client) -> Schema:
    """What the instance says of incidents."""
    return Schema.from_instance(client, ["incident"])


@pytest.fixture
def strict(sandbox: Sandbox, schema: Schema) -> Iterator[Client]:
    """A client that refuses what does not fit."""
    options: dict[str, Any] = {"schema": schema, "schema_mode": "strict"}
    with Client(instance=sandbox.url, user="admin", password="admin", strict=True, **options) as client:
        yield client


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


# -- reading -----------------------------------------------------------------------------------------------------------


def test_from_instance__brings_ancestors(schema: Schema) -> None:
    assert schema.table_names() == ["incident", "task"]


def test_from_instance__knows_the_release(schema: Schema, client: Client) -> None:
    assert (schema.release, schema.to_document()["instance"]) == ("zurich", client.base_url)


def test_from_instance__all_tables(client: Client) -> None:
    schema = Schema.from_instance(client)
    assert len(schema.table_names()) == client.table("sys_db_object").count()


def test_from_instance__all_columns(client: Client) -> None:
    schema = Schema.from_instance(client)
    own = [name for name in schema.table_names() for field in schema.table(name).fields.values() if field.name]
    assert len(own) >= client.table("sys_dictionary").count("elementISNOTEMPTY^active=true")


def test_from_instance__columns_are_those_of_a_record(schema: Schema, client: Client) -> None:
    record = client.table("incident").get(limit=1).one()
    assert set(record) <= set(schema.all_fields("incident"))


def test_from_instance__pages_are_many(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row comes, however small the pages are."""
    whole = Schema.from_instance(client, ["incident"])
    monkeypatch.setattr("pysnow.schema.dictionary_reader._NAMES_PER_REQUEST", 1)
    assert Schema.from_instance(client, ["incident"]) == whole


def test_from_instance__column_of_each_kind(schema: Schema) -> None:
    field = schema.field("incident", "assignment_group")
    assert (field.type, field.reference_table, field.table, field.label) == (
        "reference",
        "sys_user_group",
        "task",
        "Assignment group",
    )


def test_from_instance__choices_of_the_child_win(schema: Schema) -> None:
    assert (schema.field("incident", "state").choices["6"], schema.field("task", "state").choices["1"]) == (
        "Resolved",
        "Open",
    )


def test_from_instance__overrides(client: Client) -> None:
    assert Schema.from_instance(client, ["problem_task"]).field("problem_task", "state").default == "151"


def test_from_instance__override_of_the_instance(client: Client, sandbox: Sandbox) -> None:
    override = {"name": "incident", "base_table": "task", "element": "short_description"}
    sandbox.add("sys_dictionary_override", {**override, "mandatory_override": "true", "mandatory": "true"})
    schema = Schema.from_instance(client, ["incident"])
    assert [schema.field(table, "short_description").mandatory for table in ("task", "incident")] == [False, True]


def test_from_instance__what_a_parent_overrides_reaches_the_child(client: Client, sandbox: Sandbox) -> None:
    sandbox.create_table("u_low", columns={"u_note": "string"}, extends="incident")
    override = {"name": "incident", "base_table": "task", "element": "state"}
    sandbox.add("sys_dictionary_override", {**override, "read_only_override": "true", "read_only": "true"})
    sandbox.add("sys_documentation", {"name": "u_low", "element": "state", "label": "Low state", "language": "en"})
    field = Schema.from_instance(client, ["u_low"]).field("u_low", "state")
    assert (field.table, field.label, field.read_only, field.choices["6"]) == ("u_low", "Low state", True, "Resolved")


def test_from_instance__language(client: Client, sandbox: Sandbox) -> None:
    sandbox.add(
        "sys_choice",
        {"name": "incident", "element": "state", "value": "1", "label": "Neu", "language": "de", "inactive": "false"},
    )
    sandbox.add("sys_documentation", {"name": "incident", "element": "severity", "label": "Ernst", "language": "de"})
    schema = Schema.from_instance(client, ["incident"], language="de")
    labels = schema.field("incident", "state").choices
    assert (labels["1"], labels["2"], schema.field("incident", "severity").label) == ("Neu", "In Progress", "Ernst")


def test_from_instance__inactive_choices_are_left_out(client: Client, sandbox: Sandbox) -> None:
    choice = {"name": "incident", "element": "state", "value": "99", "label": "Old", "language": "en"}
    sandbox.add("sys_choice", {**choice, "inactive": "true"})
    assert "99" not in Schema.from_instance(client, ["incident"]).field("incident", "state").choices


def test_from_instance__own_table_and_attributes(client: Client, sandbox: Sandbox) -> None:
    owner = {"type": "reference", "reference": "sys_user", "attributes": "tree_picker=true", "mandatory": True}
    sandbox.create_table("u_thing", columns={"u_owner": owner})
    field = Schema.from_instance(client, "u_thing").field("u_thing", "u_owner")
    assert (field.attributes, field.mandatory, field.reference_table) == ("tree_picker=true", True, "sys_user")


def test_from_instance__journals_can_be_written(schema: Schema) -> None:
    field = schema.field("incident", "work_notes")
    assert (field.is_writable, field.write_only, field.is_journal) == (True, True, True)


def test_from_instance__table_that_is_not_there(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="has no table 'incidnt'"):
        Schema.from_instance(client, ["incident", "incidnt"])


@pytest.mark.parametrize("tables", [[], [""], ["a^b"], [1]])
def test_from_instance__names_that_are_none(client: Client, sandbox: Sandbox, tables: Any) -> None:
    with pytest.raises(InvalidUsage, match="must be names"):
        Schema.from_instance(client, tables)
    assert len(sandbox.requests) == 0


def test_from_instance__language_that_is_none(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="language must be a code"):
        Schema.from_instance(client, ["incident"], language="en^x=1")


def test_from_instance__part_that_may_not_be_read(client: Client, sandbox: Sandbox) -> None:
    sandbox.deny("sys_choice", "read", admins_too=True)
    with pytest.warns(SchemaWarning, match="may not read all of sys_choice"):
        schema = Schema.from_instance(client, ["incident"])
    assert (schema.unread, schema.field("incident", "state").choices) == (("sys_choice",), {})


def test_from_instance__dictionary_that_may_not_be_read(client: Client, sandbox: Sandbox) -> None:
    sandbox.deny("sys_dictionary", "read", admins_too=True)
    with pytest.raises(NoResults, match="may read sys_dictionary"):
        Schema.from_instance(client, ["incident"])


def test_from_instance__part_that_is_refused(client: Client, sandbox: Sandbox) -> None:
    with (
        sandbox.fault("forbidden", table="sys_choice"),
        pytest.warns(SchemaWarning, match="may not read all of sys_choice"),
    ):
        Schema.from_instance(client, ["incident"])


def test_from_instance__is_saved_and_loaded(schema: Schema, tmp_path: Path) -> None:
    schema.save(tmp_path / "incident.json")
    assert Schema.load(tmp_path / "incident.json") == schema


def test_from_instance__differs_after_a_column_was_added(client: Client, sandbox: Sandbox, schema: Schema) -> None:
    sandbox.add_columns("incident", {"u_env": "string"})
    found = schema.diff(Schema.from_instance(client, ["incident"]))
    assert [str(difference) for difference in found] == ["incident.u_env: added"]


def test_from_instance__many_to_many(client: Client, sandbox: Sandbox) -> None:
    columns = ("from_table", "to_table", "m2m_table", "m2m_from_field", "m2m_to_field")
    sandbox.create_table("sys_m2m", columns=dict.fromkeys(columns, "string"))
    link = ("incident", "problem", "u_m2m_incident_problem", "u_incident", "u_problem")
    sandbox.add("sys_m2m", dict(zip(columns, link, strict=True)))
    found = Schema.from_instance(client, ["incident"]).relationship("incident", "u_m2m_incident_problem")
    assert (found.table, found.type, found.through, found.foreign_key, found.far_key) == (
        "problem",
        "many_to_many",
        "u_m2m_incident_problem",
        "u_incident",
        "u_problem",
    )


# -- keeping -----------------------------------------------------------------------------------------------------------


def test_cache__asks_once(client: Client, sandbox: Sandbox) -> None:
    cache = SchemaCache()
    first = Schema.from_instance(client, ["incident"], cache=cache)
    sent = len(sandbox.requests)
    assert (Schema.from_instance(client, ["incident"], cache=cache), len(sandbox.requests)) == (first, sent)


def test_cache__asks_again_when_its_time_is_over(client: Client, sandbox: Sandbox) -> None:
    clock = Clock()
    cache = SchemaCache(lifetime_seconds=60, clock=clock)
    Schema.from_instance(client, ["incident"], cache=cache)
    sandbox.add_columns("incident", {"u_env": "string"})
    clock.now += 60
    assert Schema.from_instance(client, ["incident"], cache=cache).has_field("incident", "u_env")


def test_cache__tables_are_kept_apart(client: Client) -> None:
    cache = SchemaCache()
    Schema.from_instance(client, ["incident"], cache=cache)
    assert Schema.from_instance(client, ["sys_user"], cache=cache).table_names() == ["sys_user"]


def test_cache__without_a_folder_writes_nothing(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Schema.from_instance(client, ["incident"], cache=SchemaCache())
    assert list(tmp_path.iterdir()) == []


def test_cache__folder_serves_the_next_process(client: Client, sandbox: Sandbox, tmp_path: Path) -> None:
    first = Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path / "new"))
    sent = len(sandbox.requests)
    again = Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path / "new"))
    assert (again, [request.path for request in sandbox.requests[sent:]]) == (first, ["/api/now/table/sys_properties"])


def test_cache__file_of_another_build_is_read_anew(client: Client, sandbox: Sandbox, tmp_path: Path) -> None:
    Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path))
    file = next(tmp_path.iterdir())
    file.write_text(json.dumps({**json.loads(file.read_text()), "build": "older"}), encoding="utf-8")
    Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path))
    assert json.loads(file.read_text())["build"] != "older"


def test_cache__file_serves_without_the_instance(sandbox: Sandbox, tmp_path: Path) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", retry=None)
    first = Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path))
    sandbox.close()
    assert Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path)) == first


def test_cache__nothing_kept_and_no_instance(sandbox: Sandbox, tmp_path: Path) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", retry=None)
    sandbox.close()
    with pytest.raises(TransportError):
        Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path))


def test_cache__damaged_file_is_read_anew(client: Client, tmp_path: Path) -> None:
    first = Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path))
    next(tmp_path.iterdir()).write_text("{", encoding="utf-8")
    assert Schema.from_instance(client, ["incident"], cache=SchemaCache(tmp_path)) == first


def test_cache__clear_removes_its_files_alone(client: Client, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    cache = SchemaCache(tmp_path)
    Schema.from_instance(client, ["incident"], cache=cache)
    cache.clear()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("lifetime", [0, -1, True, "day"])
def test_cache__lifetime_that_is_none(lifetime: Any) -> None:
    with pytest.raises(InvalidUsage, match="lifetime_seconds"):
        SchemaCache(lifetime_seconds=lifetime)


# -- using -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [{"shrt_description": "x"}, {"number": "INC1"}, {"state": "Closed"}])
def test_client__strict_refuses_before_sending(strict: Client, sandbox: Sandbox, payload: dict[str, str]) -> None:
    sent = len(sandbox.requests)
    with pytest.raises(SchemaMismatch):
        strict.table("incident").update("f" * 32, payload)
    assert len(sandbox.requests) == sent


def test_client__strict_lets_a_journal_pass(strict: Client, client: Client) -> None:
    caller = client.table("sys_user").first(fields="sys_id")["sys_id"]
    created = strict.table("incident").create({"caller_id": caller, "work_notes": "seen"})
    assert created["number"].startswith("INC")


def test_client__strict_asks_for_mandatory_columns(strict: Client) -> None:
    with pytest.raises(SchemaMismatch, match="caller_id is mandatory"):
        strict.table("incident").create({"short_description": "x"})


def test_client__strict_takes_labels_where_they_are_meant(strict: Client, client: Client) -> None:
    sys_id = client.table("incident").create({"short_description": "x"})["sys_id"]
    params = {"sysparm_input_display_value": "true"}
    assert strict.table("incident").update(sys_id, {"urgency": "1 - High"}, params=params)["urgency"] == "1"


def test_client__dry_run_is_checked_too(strict: Client) -> None:
    with pytest.raises(SchemaMismatch):
        strict.table("incident").update("f" * 32, {"nope": "1"}, dry_run=True)


def test_client__warns(sandbox: Sandbox, client: Client, schema: Schema) -> None:
    warner = Client(instance=sandbox.url, user="admin", password="admin", schema=schema)
    with (
        pytest.warns(SchemaWarning, match="did you mean 'short_description'"),
        pytest.warns(FieldIgnoredWarning, match="short_desc"),
    ):
        warner.table("incident").create({"short_desc": "x", "caller_id": "0" * 32})


@pytest.mark.parametrize("options", [{"schema_mode": None}, {}])
def test_client__says_nothing(sandbox: Sandbox, schema: Schema, options: dict[str, Any]) -> None:
    given = {"schema": schema} if options else {}
    quiet = Client(instance=sandbox.url, user="admin", password="admin", **given, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", FieldIgnoredWarning)  # which goes by the answer, and not by a schema
        assert quiet.table("incident").create({"short_desc": "x"})["sys_id"]


@pytest.mark.parametrize("options", [{"schema": {"tables": {}}}, {"schema_mode": "loud"}])
def test_client__schema_that_is_none(sandbox: Sandbox, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage, match=r"pysnow\.Schema|must be 'warn'"):
        Client(instance=sandbox.url, user="admin", password="admin", **options)


READS: dict[str, Callable[[Table], object]] = {
    "get": lambda table: table.get({"assigned_too": "x"}),
    "fields": lambda table: table.get(fields=["assigned_too"]),
    "first": lambda table: table.first_or_none({"assigned_too": "x"}),
    "iterate": lambda table: list(table.iterate({"assigned_too": "x"}, limit=1)),
    "order_by": lambda table: list(table.iterate(order_by="assigned_too", limit=1)),
    "count": lambda table: table.count("assigned_tooISEMPTY"),
    "aggregate": lambda table: table.aggregate({"assigned_too": "x"}, group_by="state"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_client__misspelt_column_of_a_read_is_warned_of(
    sandbox: Sandbox, schema: Schema, read: Callable[[Table], object]
) -> None:
    lenient = Client(instance=sandbox.url, user="admin", password="admin", schema=schema)
    with pytest.warns(UnknownColumnWarning, match="no column 'assigned_too'; did you mean 'assigned_to'") as told:
        read(lenient.table("incident"))
    assert [Path(warning.filename).name for warning in told] == ["test_schema.py"]


@pytest.mark.parametrize(
    ("options", "arguments"),
    [({"schema_mode": None}, {}), ({}, {"strict": False}), ({"schema": None}, {})],
    ids=["no checks", "not for this call", "no schema"],
)
def test_client__misspelt_column_of_a_read_may_pass(
    sandbox: Sandbox, schema: Schema, options: dict[str, Any], arguments: dict[str, Any]
) -> None:
    lenient = Client(instance=sandbox.url, user="admin", password="admin", **{"schema": schema, **options})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert lenient.table("incident").get({"assigned_too": "x"}, limit=1, **arguments).all()


def test_client__warns_of_each_column_once(sandbox: Sandbox, schema: Schema) -> None:
    lenient = Client(instance=sandbox.url, user="admin", password="admin", schema=schema)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for name in ("assigned_too", "assigned_too", "numbr", "assigned_too"):
            lenient.table("incident").get({name: "x"}, limit=1)
    assert [str(warning.message).split("'")[1] for warning in told] == ["assigned_too", "numbr"]


def test_client__query_that_cannot_be_read_is_not_warned_of(sandbox: Sandbox, schema: Schema) -> None:
    lenient = Client(instance=sandbox.url, user="admin", password="admin", schema=schema)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert lenient.table("incident").get("what is this", limit=1).all()


def test_client__misspelt_column_of_a_query_is_named_unsent(strict: Client, sandbox: Sandbox) -> None:
    sent = len(sandbox.requests)
    with pytest.raises(QueryIgnored, match="no column 'assigned_too'; did you mean 'assigned_to'"):
        strict.table("incident").get({"assigned_too": "x"})
    assert len(sandbox.requests) == sent


def test_client__misspelt_column_of_a_walk(strict: Client) -> None:
    with pytest.raises(QueryIgnored, match="did you mean 'number'"):
        list(strict.table("incident").iterate(fields=["numbr"]))


def test_describe__asks_the_dictionary_once(client: Client, sandbox: Sandbox) -> None:
    first = str(client.table("incident").describe())
    sent = len(sandbox.requests)
    assert (str(client.table("incident").describe()), len(sandbox.requests)) == (first, sent)


def test_describe__by_the_clients_schema_sends_nothing(strict: Client, sandbox: Sandbox) -> None:
    sent = len(sandbox.requests)
    assert "caller_id" in str(strict.table("incident").describe())
    assert len(sandbox.requests) == sent


@pytest.mark.parametrize("way", ["overlay", "schema"])
def test_client__schema_of_another_release__warns(sandbox: Sandbox, tmp_path: Path, way: str) -> None:
    overlay = tmp_path / "overlay.json"
    overlay.write_text(json.dumps({"extends_release": "zurich", "tables": {}}), encoding="utf-8")
    settings = {"schema_release": "yokohama", **({"schema_overlay": str(overlay)} if way == "overlay" else {})}
    schema = Schema({"release": "zurich", "tables": {}}) if way == "schema" else None
    (tmp_path / "pysnow.toml").write_text(
        "\n".join(f'{name} = "{value}"' for name, value in settings.items()), encoding="utf-8"
    )
    with pytest.warns(SchemaWarning, match="made for release 'zurich', and schema_release is 'yokohama'"):
        Client(instance=sandbox.url, user="a", password="b", config=tmp_path / "pysnow.toml", schema=schema)
