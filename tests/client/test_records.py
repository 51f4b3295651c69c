"""Records that are saved, read again and deleted, against an instance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Conflict, InvalidUsage, NoResults, RecordNotFound, ValueNotFetched
from pysnow.records.record import Record

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

CALLER = "abel.tuter"
FIELDS = ["number", "short_description", "state", "urgency", "caller_id", "sys_mod_count"]


@pytest.fixture
def table(client: Client) -> Table:
    return client.table("incident")


@pytest.fixture
def record(table: Table) -> Record:
    made = table.create({"short_description": "Lamp", "urgency": "2"})
    return table.get_by_id(made["sys_id"], FIELDS)


def stored(table: Table, record: Record) -> dict[str, Any]:
    return dict(table.get({"sys_id": record.sys_id}, display_value=False).one())


@contextmanager
def no_requests(sandbox: Sandbox) -> Iterator[None]:
    before = len(sandbox.requests)
    yield
    assert len(sandbox.requests) == before


def test_save__writes_what_changed(table: Table, record: Record) -> None:
    record["short_description"] = "Bulb"
    record.save()
    assert stored(table, record)["short_description"] == "Bulb"


def test_save__sends_nothing_else(record: Record, sandbox: Sandbox) -> None:
    record["short_description"] = "Bulb"
    record.save()
    assert (sandbox.requests[-1].method, sandbox.requests[-1].body) == ("PUT", b'{"short_description": "Bulb"}')


def test_save__leaves_what_others_changed(table: Table, record: Record) -> None:
    table.update(record.sys_id, {"urgency": "1"})
    record["short_description"] = "Bulb"
    record.save()
    assert stored(table, record)["urgency"] == "1"


def test_save__without_changes_sends_nothing(record: Record, sandbox: Sandbox) -> None:
    with no_requests(sandbox):
        record.save()


def test_save__takes_over_what_the_instance_says(record: Record) -> None:
    record["urgency"] = 1
    record.save()
    assert (record["urgency"], record["sys_mod_count"], record.changes) == ("1", "1", {})


def test_save__keeps_to_the_fields_that_were_read(record: Record) -> None:
    before = set(record)
    record["urgency"] = "1"
    assert set(record.save()) == before


@pytest.mark.parametrize("display_value", [False, True, "all"])
def test_save__keeps_the_shape(table: Table, record: Record, display_value: Any) -> None:
    shaped = table.get_by_id(record, FIELDS, display_value=display_value)
    shaped["state"] = "2"
    assert shaped.save() == table.get_by_id(record, FIELDS, display_value=display_value)


def test_save__of_both_forms_writes_the_value(table: Table, record: Record) -> None:
    both = table.get_by_id(record, display_value="all")
    both["urgency"] = {"value": "1", "display_value": "1 - High"}
    both.save()
    assert stored(table, record)["urgency"] == "1"


def test_save__writes_moments_in_utc(table: Table, record: Record) -> None:
    record["due_date"] = datetime.fromisoformat("2026-03-02T10:00:00+01:00")
    record.save()
    assert stored(table, record)["due_date"] == "2026-03-02 09:00:00"


def test_save__a_field_of_another_record_is_refused(table: Table) -> None:
    record = table.first({"active": "true"}, ["number", "caller_id.email"])
    record["caller_id.email"] = "new@example.com"
    with pytest.raises(InvalidUsage, match="'caller_id.email' is a field of another record"):
        record.save()


def test_save__if_unchanged_passes(record: Record) -> None:
    record["urgency"] = "1"
    assert record.save(if_unchanged=True)["sys_mod_count"] == "1"


def test_save__if_unchanged_refuses(table: Table, record: Record) -> None:
    table.update(record.sys_id, {"short_description": "Theirs"})
    record["short_description"] = "Ours"
    with pytest.raises(Conflict):
        record.save(if_unchanged=True)
    assert stored(table, record)["short_description"] == "Theirs"


def test_conflict__tells_both_values(table: Table, record: Record) -> None:
    table.update(record.sys_id, {"short_description": "Theirs"})
    record["short_description"] = "Ours"
    with pytest.raises(Conflict) as caught:
        record.save(if_unchanged=True)
    error = caught.value
    assert (error.ours, error.theirs) == ({"short_description": "Ours"}, {"short_description": "Theirs"})
    assert (error.read_mod_count, error.found_mod_count, error.committed) == (0, 1, False)


def test_conflict__the_changes_stay(table: Table, record: Record) -> None:
    table.update(record.sys_id, {"short_description": "Theirs"})
    record["short_description"] = "Ours"
    with pytest.raises(NoResults):
        record.save(if_unchanged=True)
    assert record.changes == {"short_description": "Ours"}


def test_save__if_unchanged_needs_the_count(table: Table) -> None:
    record = table.first("active=true", ["number"])
    record["urgency"] = "1"
    with pytest.raises(ValueNotFetched, match="sys_mod_count"):
        record.save(if_unchanged=True)


def test_save__of_a_deleted_record_says_so(table: Table, record: Record) -> None:
    table.delete(record.sys_id)
    record["urgency"] = "1"
    with pytest.raises(RecordNotFound):
        record.save()


def test_reload__gives_up_changes(record: Record) -> None:
    record["short_description"] = "Bulb"
    record.reload()
    assert (record["short_description"], record.changes) == ("Lamp", {})


def test_reload__sees_what_others_did(table: Table, record: Record) -> None:
    table.update(record.sys_id, {"urgency": "1"})
    assert record.reload()["urgency"] == "1"


def test_reload__forgets_fields_that_were_made_up(record: Record) -> None:
    before = set(record)
    record["nonsense"] = "x"
    assert set(record.reload()) == before


def test_delete__deletes(table: Table, record: Record) -> None:
    record.delete()
    assert table.get_by_id(record, default=None) is None


def test_attachments__are_those_of_the_record(record: Record) -> None:
    record.attachments.upload(data=b"hello", name="a.txt")
    assert [file["file_name"] for file in record.attachments] == ["a.txt"]


def test_attachments__are_downloaded_into_a_folder(record: Record, tmp_path: Any) -> None:
    record.attachments.upload(data=b"hello", name="a.txt")
    (path,) = record.attachments.download(tmp_path)
    assert path.read_bytes() == b"hello"


def test_typed__goes_by_the_dictionary(table: Table, record: Record) -> None:
    table.update(
        record.sys_id, {"business_duration": timedelta(days=4, hours=11, seconds=11), "due_date": "2026-03-02"}
    )
    row = table.get_by_id(record)
    assert row.typed("business_duration") == timedelta(days=4, hours=11, seconds=11)
    assert row.typed("active") is True
    assert row.typed("urgency") == 2
    assert row.typed("short_description") == "Lamp"


def test_typed__walks(table: Table) -> None:
    row = table.first("caller_idISNOTEMPTY", ["caller_id.sys_created_on", "caller_id.manager.active"])
    assert isinstance(row.typed("caller_id.sys_created_on"), datetime)
    assert row.typed("caller_id.manager.active") in (True, False, None)


def test_typed__reads_the_dictionary_once(table: Table, sandbox: Sandbox) -> None:
    row = table.first("active=true")
    row.typed("active")
    with no_requests(sandbox):
        row.typed("opened_at")


def test_typed__unknown_column_says_so(table: Table) -> None:
    row = table.first("active=true")
    row["nope"] = "x"
    with pytest.raises(InvalidUsage, match="no column 'nope' of incident"):
        row.typed("nope")


def test_repr__sends_nothing(record: Record, sandbox: Sandbox) -> None:
    with no_requests(sandbox):
        _ = repr(record), record._repr_html_(), dir(record), str(record.caller_id)


@pytest.mark.parametrize("display_value", [False, "all"])
def test_create__takes_a_record(table: Table, display_value: Any) -> None:
    record = table.first("active=true", ["short_description", "caller_id", "urgency"], display_value=display_value)
    del record["sys_id"]
    made = table.create(record)
    assert made["urgency"] == record.raw("urgency")
    assert made["caller_id"]["value"] == record.raw("caller_id")


def test_create__refuses_a_record_of_labels(table: Table) -> None:
    record = table.first("active=true", ["short_description", "state"], display_value=True)
    with pytest.raises(InvalidUsage, match="display_value='all'"):
        table.create(record)


def test_create__writes_moments_in_utc(table: Table) -> None:
    made = table.create({"due_date": datetime(2026, 3, 2, 9, tzinfo=UTC)})
    assert made["due_date"] == "2026-03-02 09:00:00"


def test_create__refuses_a_naive_datetime(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="due_date says no time zone"):
        table.create({"due_date": datetime(2026, 3, 2, 9)})


def test_update__takes_a_record_for_its_sys_id(table: Table, record: Record) -> None:
    assert table.update(record, {"urgency": "1"})["urgency"] == "1"


def test_update__leaves_the_payload_alone(table: Table, record: Record) -> None:
    payload = {"due_date": datetime(2026, 3, 2, 9, tzinfo=UTC)}
    table.update(record, payload)
    assert payload == {"due_date": datetime(2026, 3, 2, 9, tzinfo=UTC)}


@pytest.mark.parametrize("mode", [False, True, "all"])
def test_load__record_behind_a_reference_in_one_request(table: Table, sandbox: Sandbox, mode: Any) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id"], display_value=mode)
    before = len(sandbox.requests)
    user = record.caller_id.load(["user_name"])
    assert (user.table, str(user.user_name), len(sandbox.requests) - before) == ("sys_user", CALLER, 1)


def test_load__reads_as_the_record_was_read(table: Table) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id"], display_value="all")
    assert record.caller_id.load().display("user_name") == CALLER


def test_load__without_a_link_the_dictionary_says_the_table(client: Client) -> None:
    record = client.table("incident").one({"number": "INC0000060"}, ["caller_id"])
    record["caller_id"] = record.raw("caller_id")
    assert record.caller_id.load().user_name == CALLER


def test_load__behind_two_references(table: Table) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id.company"])
    assert record.caller_id.company.load().table == "core_company"


def test_load__sys_id_behind_the_reference_will_do(table: Table) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id.sys_id"])
    assert record.caller_id.load().user_name == CALLER


def test_load__fetched_column_of_that_name_comes_first(table: Table) -> None:
    assert Record({"cpu.load": "7"}, table).cpu.load == "7"


def test_load__empty_reference_is_an_error_unsent(record: Record, sandbox: Sandbox) -> None:
    with no_requests(sandbox), pytest.raises(NoResults, match="'caller_id' is empty"):
        record.caller_id.load()


ELSEWHERE = "https://acme.service-now.com"
TABLE = f"{ELSEWHERE}/api/now/table"
NOBODY = "a" * 32


def linked(table: Table, link: str, column: str = "caller_id") -> Record:
    """A record of which a reference has another link; ``{}`` stands for the sys_id."""
    record = table.one({"number": "INC0000060"}, [column])
    return Record({column: {"value": record.raw(column), "link": link.format(record.raw(column))}}, table)


@pytest.mark.parametrize(
    "link",
    [
        f"{TABLE}/sys_user/{NOBODY}",
        f"{TABLE}/sys_user/{{}}/..",
        f"{TABLE}/sys_user",
        f"{TABLE}/sys_user?sysparm_query=sys_id={{}}",
        f"{ELSEWHERE}/api/now/stats/sys_user/{{}}",
        f"{ELSEWHERE}/api/now/../now/table/sys_user/{{}}",
        f"{ELSEWHERE}/sys_user.do?sys_id={{}}",
        "//acme.service-now.com/api/now/table/sys_user/{}",
        "ftp://acme.service-now.com/api/now/table/sys_user/{}",
    ],
)
def test_load__of_another_instance_is_refused_unsent(table: Table, sandbox: Sandbox, link: str) -> None:
    record = linked(table, link)
    with no_requests(sandbox), pytest.raises(InvalidUsage, match="another instance"):
        record.caller_id.load()


@pytest.mark.parametrize(
    "address",
    [
        ELSEWHERE,
        "http://acme.service-now.com:8080",
        "https://itsm.acme.com@acme.service-now.com",
        "https://ada:hunter2@acme.service-now.com",
    ],
)
@pytest.mark.parametrize("version", ["", "/v1", "/v2"])
def test_load__link_of_another_address_is_followed_on_the_own_one(table: Table, address: str, version: str) -> None:
    record = linked(table, f"{address}/api/now{version}/table/sys_user/{{}}")
    assert record.caller_id.load().user_name == CALLER


def test_load__link_of_another_address_sends_nothing_there(table: Table, sandbox: Sandbox) -> None:
    with type(sandbox)() as other:
        linked(table, f"{other.url}/api/now/table/sys_user/{{}}").caller_id.load()
        assert not other.requests


def test_load__link_of_another_address_is_one_read_where_the_dictionary_is_known(
    table: Table, sandbox: Sandbox
) -> None:
    record = linked(table, f"{TABLE}/sys_user/{{}}")
    record.caller_id.load()
    sandbox.requests.clear()
    record.caller_id.load(["user_name"])
    assert [entry.path for entry in sandbox.requests] == [f"/api/now/table/sys_user/{record.raw('caller_id')}"]


@pytest.mark.parametrize("address", [ELSEWHERE, "{0.url}"])
def test_load__reads_through_what_came_behind_a_reference(table: Table, sandbox: Sandbox, address: str) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id.company"])
    record["caller_id.company"]["link"] = record.link("caller_id.company").replace(sandbox.url, address.format(sandbox))
    assert record.caller_id.company.load().table == "core_company"


def test_load__link_of_another_address_to_a_table_that_extends_the_columns(table: Table, sandbox: Sandbox) -> None:
    server = sandbox.add("cmdb_ci_server", {"name": "lamp"})["sys_id"]
    record = Record({"cmdb_ci": {"value": server, "link": f"{TABLE}/cmdb_ci_server/{server}"}}, table)
    assert (record.cmdb_ci.load().table, record.cmdb_ci.load().name) == ("cmdb_ci_server", "lamp")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sys_user_group", "names sys_user_group, and the column refers to sys_user"),
        ("u_nothing_like_it", "dictionary does not confirm it"),
    ],
)
def test_load__link_of_another_address_to_another_table_is_refused(
    table: Table, sandbox: Sandbox, name: str, reason: str
) -> None:
    record = linked(table, f"{TABLE}/{name}/{{}}")
    with pytest.raises(InvalidUsage, match=reason):
        record.caller_id.load()
    assert not [entry for entry in sandbox.requests if entry.path.startswith(f"/api/now/table/{name}")]


@pytest.mark.parametrize("hidden", ["sys_dictionary", "sys_db_object"])
def test_load__link_of_another_address_without_a_dictionary_is_refused(
    table: Table, sandbox: Sandbox, hidden: str
) -> None:
    record = linked(table, f"{TABLE}/sys_user/{{}}")
    sandbox.deny(hidden, "read", admins_too=True)
    with pytest.raises(InvalidUsage, match="another instance .* dictionary does not confirm it"):
        record.caller_id.load()
    assert not [entry for entry in sandbox.requests if entry.path.startswith("/api/now/table/sys_user")]


def test_load__link_of_another_address_of_a_column_that_is_no_reference_is_refused(table: Table) -> None:
    record = Record({"short_description": {"value": NOBODY, "link": f"{TABLE}/sys_user/{NOBODY}"}}, table)
    with pytest.raises(InvalidUsage, match="the column refers to no table"):
        record.field("short_description").load()


def test_load__link_of_another_address_alone_is_refused_unsent(table: Table, sandbox: Sandbox) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id"], display_value=True)
    record["caller_id"]["link"] = record.link("caller_id").replace(sandbox.url, ELSEWHERE)
    with no_requests(sandbox), pytest.raises(InvalidUsage, match="no sys_id came beside it"):
        record.caller_id.load()


def test_load__link_of_another_address_with_the_sys_id_behind_it(table: Table, sandbox: Sandbox) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id", "caller_id.sys_id"], display_value=True)
    record["caller_id"]["link"] = record.link("caller_id").replace(sandbox.url, ELSEWHERE)
    assert record.caller_id.load().user_name == CALLER


def test_load__refusal_repeats_no_password(table: Table) -> None:
    with pytest.raises(InvalidUsage) as caught:
        linked(table, "https://ada:hunter2@acme.service-now.com/x").caller_id.load()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("column", ["short_description", "watch_list"])
def test_load__column_that_refers_to_no_single_record(table: Table, column: str) -> None:
    with pytest.raises(InvalidUsage, match="refers to no single record"):
        Record({column: "lamp"}, table).field(column).load()


def test_load__without_a_client_is_refused() -> None:
    with pytest.raises(InvalidUsage, match="has no client"):
        Record({"caller_id": "a" * 32}).caller_id.load()


def test_load__reference_that_was_not_fetched(table: Table, sandbox: Sandbox) -> None:
    record = table.one({"number": "INC0000060"}, ["caller_id.email"])
    with no_requests(sandbox), pytest.raises(ValueNotFetched, match="caller_id"):
        record.caller_id.load()
