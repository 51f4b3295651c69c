"""Rows that belong to records: complete, in any display mode, some requests at a time, and failures kept as values."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, InvalidUsage, QueryIgnored, Schema
from pysnow.exceptions import PysnowException, ServerError, ValueNotFetched
from pysnow.relations.attaching import fetch_related
from pysnow.relations.related_record import RelatedRecord
from pysnow.relations.related_walk import RelatedWalk
from pysnow.schema.definitions import Relationship

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

MODES = [False, True, "all"]


@pytest.fixture
def hasty(sandbox: Sandbox) -> Iterator[Client]:
    """A client that does not try again."""
    with Client(instance=sandbox.url, user="admin", password="admin", retry=None) as client:
        yield client


@pytest.fixture
def change(sandbox: Sandbox) -> str:
    """A change with two tasks."""
    sys_id = str(sandbox.add("change_request", {"short_description": "Move"})["sys_id"])
    for title in ("Pack", "Unpack"):
        sandbox.add("change_task", {"change_request": sys_id, "short_description": title})
    return sys_id


def _walk(client: Client, table: str, **options: Any) -> RelatedWalk:
    walk = client.table(table).iterate(**options)
    assert isinstance(walk, RelatedWalk)
    return walk


def _of(record: Any) -> RelatedRecord:
    assert isinstance(record, RelatedRecord)
    return record


def _asked(sandbox: Sandbox, table: str) -> list[str]:
    """Queries that were sent to a table."""
    paths = f"/api/now/table/{table}"
    return [dict(request.query).get("sysparm_query", "") for request in sandbox.requests if request.path == paths]


# -- children by foreign key -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_children__of_each_sys_id(client: Client, change: str, mode: Any) -> None:
    found = client.children("change_task", "change_request", [change, "f" * 32], display_value=mode)
    assert {key: len(rows) for key, rows in found.items()} == {change: 2, "f" * 32: 0}


@pytest.mark.parametrize("mode", MODES)
def test_children__come_as_a_list_brings_them(client: Client, change: str, mode: Any) -> None:
    found = client.children("change_task", "change_request", [change], display_value=mode)[change]
    listed = client.table("change_task").get({"change_request": change}, display_value=mode).all()
    assert sorted(map(dict, found), key=repr) == sorted(listed, key=repr)


def test_children__columns_are_those_that_were_asked_for(client: Client, change: str) -> None:
    rows = client.children("change_task", "change_request", [change], fields=["short_description"])[change]
    assert [list(row) for row in rows] == [["short_description", "sys_id"]] * 2


def test_related__record_of_few_columns_has_its_sys_id(client: Client) -> None:
    (record, *_) = _walk(client, "incident", query="caller_idISNOTEMPTY", related={"caller_id": {"fields": ["name"]}})
    (caller,) = _of(record).related("caller_id")
    assert sorted(caller) == ["name", "sys_id"]


def test_children__in_order(client: Client, change: str) -> None:
    def titles(order: str) -> list[str]:
        rows = client.children("change_task", "change_request", [change], order_by=order)[change]
        return [row["short_description"] for row in rows]

    assert (titles("short_description"), titles("-short_description")) == (["Pack", "Unpack"], ["Unpack", "Pack"])


def test_children__that_match_a_query_of_several_parts(client: Client, change: str) -> None:
    query = "short_description=Pack^NQshort_description=Nothing"
    assert len(client.children("change_task", "change_request", [change], query=query)[change]) == 1


def test_children__of_hundreds_in_chunks_of_100(client: Client, sandbox: Sandbox) -> None:
    ids = [f"{number:032x}" for number in range(1, 206)]
    sandbox.add("change_task", {"change_request": ids[204], "short_description": "last"})
    found = client.children("change_task", "change_request", ids)
    chunks = [query.partition("IN")[2] for query in _asked(sandbox, "change_task") if "IN" in query]
    assert sorted(len(chunk.split(",")) for chunk in chunks) == [5, 100, 100]
    assert [len(found[key]) for key in ids] == [0] * 204 + [1]


def test_children__many_of_one_record(client: Client, sandbox: Sandbox, change: str) -> None:
    """More than a page: none is cut off."""
    for _ in range(1100):
        sandbox.add("task_ci", {"task": change})
    assert len(client.children("task_ci", "task", [change], fields=["task"])[change]) == 1100


def test_children__each_sys_id_once(client: Client, change: str) -> None:
    assert len(client.children("change_task", "change_request", iter([change, change]))[change]) == 2


@pytest.mark.parametrize("mode", MODES)
def test_children__of_a_record(client: Client, change: str, mode: Any) -> None:
    record = client.table("change_request").get_by_id(change, display_value=mode)
    assert len(client.children("change_task", "change_request", [record])[change]) == 2


def test_children__of_a_reference(client: Client, change: str) -> None:
    task = client.table("change_task").first({"change_request": change})
    assert len(client.children("change_task", "change_request", [task["change_request"]])[change]) == 2


def test_children__query_that_names_a_record(client: Client, change: str) -> None:
    task = client.table("change_task").first({"change_request": change})
    found = client.children("change_task", "change_request", [change], query={"sys_id": [task]})
    assert found[change] == [task]


def test_children__of_none_sends_nothing(client: Client, sandbox: Sandbox) -> None:
    assert (client.children("change_task", "change_request", []), len(sandbox.requests)) == ({}, 0)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("change_task", "change_request", "f" * 32), {}, "must be a list"),
        (("change_task", "change_request", {"sys_id": "f" * 32}), {}, "must be a list"),
        (("change_task", "change_request", [5]), {}, "must be sys_ids"),
        (("change_task", "change_request", ["a^b"]), {}, "must be sys_ids"),
        (("change_task", "change_request", [""]), {}, "must be sys_ids"),
        (("change_task", "x^y", ["f"]), {}, "is no column name"),
        (("change_task", "change_request", ["f"]), {"workers": 0}, "from 1 to 16"),
        (("change_task", "change_request", ["f"]), {"errors": "hide"}, "must be 'raise' or 'keep'"),
        (("change_task", "change_request", ["f"]), {"display_value": "some"}, "display_value"),
    ],
)
def test_children__nonsense_is_refused_unsent(
    client: Client, sandbox: Sandbox, arguments: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidUsage, match=message):
        client.children(*arguments, **options)
    assert len(sandbox.requests) == 0


def test_children__by_a_column_that_is_not_there(client: Client, change: str) -> None:
    """The instance drops the condition, and would give every row of the table to somebody."""
    with pytest.raises(QueryIgnored, match="change_task has no column 'chnge_request'"):
        client.children("change_task", "chnge_request", [change])


def test_children__by_a_column_that_is_not_there_of_an_instance_that_finds_nothing_then(
    client: Client, sandbox: Sandbox, change: str
) -> None:
    client.table("sys_properties").update({"name": "glide.invalid_query.returns_no_rows"}, {"value": "true"})
    with pytest.raises(QueryIgnored):
        client.children("change_task", "chnge_request", [change])


def test_children__that_cannot_be_read(hasty: Client, sandbox: Sandbox, change: str) -> None:
    with sandbox.fault("server-error:status=500", table="change_task"), pytest.raises(ServerError):
        hasty.children("change_task", "change_request", [change])


def test_children__failed_chunk_leaves_the_others(hasty: Client, sandbox: Sandbox, change: str) -> None:
    ids = [change, *(f"{number:032x}" for number in range(1, 150))]
    with sandbox.fault("server-error:status=500", table="change_task", times=1):
        found = hasty.children("change_task", "change_request", ids, workers=1, errors="keep")
    assert (len(found), len(found.errors), set(found.errors[0].parents)) == (50, 1, set(ids[:100]))


def test_children__are_records_of_their_table(client: Client, change: str) -> None:
    assert {row.table for row in client.children("change_task", "change_request", [change])[change]} == {"change_task"}


# -- related rows of a walk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_iterate__children_in_all_modes(client: Client, change: str, mode: Any) -> None:
    walk = _walk(client, "change_request", query={"sys_id": change}, display_value=mode, related=["change_task"])
    (record,) = walk
    listed = client.table("change_task").get({"change_request": change}, display_value=mode).all()
    assert sorted(map(dict, _of(record).related("change_task")), key=repr) == sorted(listed, key=repr)


@pytest.mark.parametrize("mode", MODES)
def test_iterate__parents_in_all_modes(client: Client, mode: Any) -> None:
    query = "caller_idISNOTEMPTY"
    for record in _walk(client, "incident", query=query, fields="number", display_value=mode, related="caller_id"):
        assert [row.table for row in _of(record).related("caller_id")] == ["sys_user"]


def test_iterate__records_are_those_of_a_plain_walk(client: Client) -> None:
    table = client.table("incident")
    plain = list(table.iterate(fields=["number", "caller_id"]))
    assert list(table.iterate(fields=["number", "caller_id"], related=["task_sla", "caller_id"])) == plain


@pytest.mark.parametrize("page_size", [1, 7, 1000])
def test_iterate__every_page_has_its_rows(client: Client, page_size: int) -> None:
    walk = _walk(client, "incident", page_size=page_size, related=[("task_sla", "task")])
    total = sum(len(_of(record).related("task_sla")) for record in walk)
    assert total == client.table("task_sla").count("task.sys_class_name=incident")


def test_iterate__empty_reference_leads_nowhere(client: Client) -> None:
    (record, *_) = _walk(client, "incident", query="assigned_toISEMPTY", limit=2, related="assigned_to")
    assert (_of(record).related("assigned_to"), _of(record).has_related("assigned_to")) == ([], False)


def test_iterate__equal_parents_share_the_list(client: Client) -> None:
    query = "caller_id=javascript:gs.getUserID()"
    user = client.table("sys_user").one({"user_name": "admin"})["sys_id"]
    for _ in range(2):
        client.table("incident").create({"caller_id": user, "short_description": "mine"})
    first, second, *_ = _walk(client, "incident", query=query, related="caller_id")
    assert _of(first).related("caller_id") is _of(second).related("caller_id")


def test_iterate__options_of_a_relation(client: Client, change: str) -> None:
    options = {"fields": ["short_description"], "query": "short_description=Pack", "display_value": "all"}
    (record,) = _walk(client, "change_request", query={"sys_id": change}, related={"change_task": options})
    (task,) = _of(record).related("change_task")
    assert (sorted(task), task.raw("short_description")) == (["short_description", "sys_id"], "Pack")


def test_iterate__limit_for_each_record(client: Client, change: str) -> None:
    options = {"order_by": "-short_description", "limit_per_parent": 1}
    (record,) = _walk(client, "change_request", query={"sys_id": change}, related={"change_task": options})
    assert [row["short_description"] for row in _of(record).related("change_task")] == ["Unpack"]


def test_iterate__name_of_ones_own(client: Client, change: str) -> None:
    related = {"steps": ("change_task", "change_request")}
    (record,) = _walk(client, "change_request", query={"sys_id": change}, related=related)
    assert (_of(record).relationship_names, len(_of(record).related("steps"))) == (("steps",), 2)


def test_iterate__definition_as_a_value(client: Client, change: str) -> None:
    relation = Relationship("steps", "change_request", "change_task", "change_request", filter="short_description=Pack")
    (record,) = _walk(client, "change_request", query={"sys_id": change}, related=[relation])
    assert len(_of(record).related("steps")) == 1


def test_iterate__many_to_many_through_the_link_table(client: Client) -> None:
    far = {"type": "many_to_many", "through": "sys_user_grmember", "foreign_key": "group", "far_key": "user"}
    walk = _walk(
        client, "sys_user_group", fields="name", related={"users": {"table": "sys_user", **far}, "members": {}}
    )
    for record in walk:
        users = {row["sys_id"] for row in _of(record).related("users")}
        assert users == {row["user"]["value"] for row in _of(record).related("members")}


def test_iterate__reference_of_a_table_of_ones_own(client: Client, sandbox: Sandbox, change: str) -> None:
    """It becomes a relation without being configured: the dictionary says so."""
    sandbox.create_table("u_step", columns={"u_change": {"type": "reference", "reference": "change_request"}})
    sandbox.add("u_step", {"u_change": change})
    (record,) = _walk(client, "change_request", query={"sys_id": change}, related=["u_step"])
    assert len(_of(record).related("u_step")) == 1


def test_iterate__dictionary_is_asked_once(client: Client, sandbox: Sandbox) -> None:
    for _ in range(2):
        list(_walk(client, "incident", limit=1, related="m2m_kb_task"))
    assert len(_asked(sandbox, "sys_db_object")) == 2  # incident, and what it extends


def test_iterate__relation_of_the_clients_schema(sandbox: Sandbox, change: str) -> None:
    relation = {"table": "change_task", "foreign_key": "change_request", "filter": "short_description=Pack"}
    schema = Schema({"tables": {"change_request": {"relationships": {"packing": relation}}}})
    client = Client(instance=sandbox.url, user="admin", password="admin", schema=schema)
    (record,) = _walk(client, "change_request", query={"sys_id": change}, related="packing")
    assert len(_of(record).related("packing")) == 1


@pytest.mark.parametrize(
    ("related", "message"),
    [
        (["chnge_task"], "no relation 'chnge_task'; did you mean 'change_task"),
        ([5], "names and pairs"),
        (5, "must be names"),
        ({"x": {"tabel": "y"}}, "no option 'tabel'; did you mean 'table'"),
        ({"x": {"table": "y"}}, "needs a table and a foreign_key"),
        ({"x": 5}, "must be a dict or a pair"),
        ({"change_task": {"limit_per_parent": 0}}, "limit_per_parent"),
        ({"change_task": {"display_value": "some"}}, "display_value"),
        (["change_task", ("change_task", "parent")], "twice"),
        ([("change task", "parent")], "table name|table|name"),
    ],
)
def test_iterate__relations_that_are_none(client: Client, related: Any, message: str) -> None:
    with pytest.raises(InvalidUsage, match=message):
        client.table("change_request").iterate(related=related)


# -- failures ----------------------------------------------------------------------------------------------------------


def test_failure__records_come_all_the_same(hasty: Client, sandbox: Sandbox, change: str) -> None:
    with sandbox.fault("server-error:status=500", table="change_task"):
        walk = _walk(hasty, "change_request", query={"sys_id": change}, related=["change_task", "approvals"])
        (record,) = walk
    assert (list(_of(record).related_errors), _of(record).related("approvals")) == (["change_task"], [])


def test_failure__is_raised_where_the_rows_are_asked_for(hasty: Client, sandbox: Sandbox, change: str) -> None:
    with sandbox.fault("server-error:status=500", table="change_task"):
        (record,) = _walk(hasty, "change_request", query={"sys_id": change}, related=["change_task"])
    with pytest.raises(ServerError):
        _of(record).related("change_task")


def test_failure__marks_the_records_of_its_chunk_alone(hasty: Client, sandbox: Sandbox) -> None:
    for number in range(150):
        sandbox.add("problem", {"short_description": str(number)})
    walk = _walk(hasty, "problem", related=["related_incidents"])
    with sandbox.fault("server-error:status=500", table="incident", times=1):
        failed = [bool(_of(record).related_errors) for record in walk]
    # Chunks are asked for side by side: the one that failed is that of the first hundred records, or of the others.
    assert sum(failed) in (100, len(failed) - 100)
    assert (len(walk.related_errors), len(failed) > 150) == (1, True)


def test_failure__report_says_which(hasty: Client, sandbox: Sandbox, change: str) -> None:
    with sandbox.fault("server-error:status=500", table="change_task"):
        walk = _walk(hasty, "change_request", query={"sys_id": change}, related=["change_task"])
        list(walk)
    (error,) = walk.related_errors
    assert (error.relation, error.parents, type(error.error)) == ("change_task", (change,), ServerError)
    assert str(error).startswith("change_task of 1 records: 500")


def test_failure__reference_without_its_key(client: Client) -> None:
    walk = _walk(
        client,
        "incident",
        query="caller_idISNOTEMPTY",
        limit=1,
        display_value=True,
        exclude_reference_link=True,
        related="caller_id",
    )
    (record,) = walk
    with pytest.raises(ValueNotFetched, match="display_value='all'"):
        _of(record).related("caller_id")


def test_failure__of_the_walk_itself_comes_after_what_was_read(hasty: Client, sandbox: Sandbox) -> None:
    walk = _walk(hasty, "incident", fields="number", page_size=5, related="task_sla")
    came = [next(walk)["number"]]
    with sandbox.fault("server-error:status=500", table="incident"), pytest.raises(PysnowException):
        came.extend(record["number"] for record in walk)
    came += [record["number"] for record in walk]
    assert sorted(came) == sorted(client_numbers(hasty))


def client_numbers(client: Client) -> list[str]:
    """The numbers of all incidents."""
    return client.table("incident").column("number")


def test_relation__that_was_not_asked_for(client: Client) -> None:
    (record,) = _walk(client, "incident", limit=1, related=["task_sla"])
    with pytest.raises(InvalidUsage, match=r"say related=\['task_sl'\]; did you mean 'task_sla'"):
        _of(record).related("task_sl")


# -- the walk ----------------------------------------------------------------------------------------------------------


def test_walk__goes_on_behind_the_record_that_came_last(client: Client) -> None:
    walk = _walk(client, "incident", fields="number", page_size=10, related="task_sla")
    first = [next(walk)["number"] for _ in range(13)]
    rest = [row["number"] for row in client.table("incident").iterate(fields="number", resume=walk.resume_token)]
    assert sorted(first + rest) == sorted(client_numbers(client))


def test_walk__is_resumed_with_a_token_from_the_beginning(client: Client) -> None:
    token = _walk(client, "incident", fields="number", related="task_sla").resume_token
    again = _walk(client, "incident", fields="number", related="task_sla", resume=token)
    assert len(list(again)) == 66


def test_walk__closed_gives_no_more(client: Client) -> None:
    with _walk(client, "incident", related="task_sla") as walk:
        next(walk)
    assert list(walk) == []


def test_walk__limit_and_workers(client: Client) -> None:
    assert len(list(_walk(client, "incident", limit=17, page_size=5, workers=3, related="task_sla"))) == 17


def test_walk__few_requests_at_a_time(client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from pysnow.relations import attaching

    lock, now, most = threading.Lock(), 0, 0
    read = attaching.read_chunk

    def counted(*args: Any) -> Any:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        try:
            return read(*args)
        finally:
            with lock:
                now -= 1

    monkeypatch.setattr(attaching, "read_chunk", counted)
    for number in range(400):
        sandbox.add("problem", {"short_description": str(number)})
    list(_walk(client, "problem", related=["related_incidents", "task_sla", "assigned_to"]))
    assert 1 < most <= 4


def test_walk__threads_go_with_it(client: Client, new_threads: Any) -> None:
    with _walk(client, "change_request", related=["change_task", "approvals"]) as walk:
        next(walk)
    for thread in new_threads():
        if thread.name.startswith("pysnow-related"):
            thread.join(5)
    assert not [thread for thread in new_threads() if thread.name.startswith("pysnow-related")]


# -- single records ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_first__with_related_rows(client: Client, mode: Any) -> None:
    record = client.table("incident").first(
        "caller_idISNOTEMPTY", ["number"], display_value=mode, related=["caller_id", "task_sla"]
    )
    assert (set(record), len(_of(record).related("caller_id"))) == ({"number", "sys_id"}, 1)


def test_get_by_id__with_related_rows(client: Client, change: str) -> None:
    record = client.table("change_request").get_by_id(change, related=["change_task"])
    assert len(_of(record).related("change_task")) == 2


def test_get_by_id__default_needs_no_rows(client: Client) -> None:
    assert client.table("incident").get_by_id("f" * 32, default=None, related=["task_sla"]) is None


def test_fetch_related__of_records_that_are_there(client: Client, change: str) -> None:
    table = client.table("change_request")
    (record,) = fetch_related(table, [table.get_by_id(change)], ["change_task"])
    assert len(record.related("change_task")) == 2


def test_fetch_related__without_the_column_it_needs(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="'caller_id', which was not fetched"):
        fetch_related(client.table("incident"), [{"sys_id": "f" * 32}], ["caller_id"])


@pytest.mark.parametrize("find", ["one", "one_or_none", "first_or_none"])
@pytest.mark.parametrize("mode", MODES)
def test_finding__with_related_rows(client: Client, change: str, find: str, mode: Any) -> None:
    found = getattr(client.table("change_request"), find)(
        {"sys_id": change}, ["number"], display_value=mode, related="change_task"
    )
    assert len(_of(found).related("change_task")) == 2


@pytest.mark.parametrize("find", ["one_or_none", "first_or_none"])
def test_finding__nothing_needs_no_rows(client: Client, find: str) -> None:
    assert getattr(client.table("change_request"), find)({"number": "CHG9"}, related="change_task") is None


def test_finding__columns_that_only_the_relation_needs_are_left_out(client: Client) -> None:
    found = client.table("incident").one({"number": "INC0000060"}, ["number"], related="caller_id")
    assert (set(found), len(_of(found).related("caller_id"))) == ({"number", "sys_id"}, 1)


@pytest.mark.parametrize("mode", MODES)
def test_lookup__with_related_rows(client: Client, mode: Any) -> None:
    found = client.lookup("INC0000060", fields=["number"], display_value=mode, related="caller_id")
    assert (set(found), len(_of(found).related("caller_id"))) == ({"number", "sys_id"}, 1)


@pytest.mark.parametrize(
    ("name", "table", "column", "direction"),
    [
        ("change_task", "change_task", "change_request", "one_to_many"),
        ("assigned_to", "sys_user", "assigned_to", "many_to_one"),
        ("incident.rfc", "incident", "rfc", "one_to_many"),
    ],
)
def test_relations__say_where_they_lead(client: Client, name: str, table: str, column: str, direction: str) -> None:
    found = {relation.name: relation for relation in client.table("change_request").relations()}[name]
    assert (found.table, found.foreign_key, found.type) == (table, column, direction)


def test_relations__reference_of_ones_own_is_one(client: Client, sandbox: Sandbox) -> None:
    sandbox.create_table(
        "u_move", extends="task", columns={"u_change": {"type": "reference", "reference": "change_request"}}
    )
    assert "u_move.u_change" in {relation.name for relation in client.table("change_request").relations()}


def test_relations__each_can_be_asked_for(client: Client, change: str) -> None:
    names = [relation.name for relation in client.table("change_request").relations()]
    found = client.table("change_request").get_by_id(change, ["number"], related=names)
    assert _of(found).relationship_names == tuple(names)


def test_relations__whole_schema_of_the_client_saves_asking(sandbox: Sandbox) -> None:
    fields = {"u_way": {"type": "reference", "reference_table": "u_road"}}
    schema = Schema({"tables": {"u_move": {"fields": fields}}})
    with Client(instance=sandbox.url, user="admin", password="admin", schema=schema) as client:
        before = len(sandbox.requests)
        names = [relation.name for relation in client.table("u_move").relations()]
    assert (names, len(sandbox.requests)) == (["u_way"], before)


def test_relations__of_no_table(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="no table 'u_nothing'"):
        client.table("u_nothing").relations()
