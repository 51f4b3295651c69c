"""Journals, audit and log over real HTTP: every entry of a span once, and nothing that is hidden taken for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import Client, IncompleteResult, IncompleteResultWarning, InvalidUsage, PermissionDenied
from pysnow.sandbox import Sandbox
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.tracking.journal import LogEntries

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOON = "2026-03-01 12:00:00"
RECORDS = 250

Reader = Callable[[Client], "LogEntries"]


def _record(number: int) -> str:
    return f"{number:032x}"


def _entry(number: int, **columns: str) -> dict[str, str]:
    stamp = f"{START + timedelta(seconds=60 * (number % 1000)):%Y-%m-%d %H:%M:%S}"
    return {"sys_id": f"{number + 10_000:032x}", "sys_created_on": stamp, "sys_created_by": "ada", **columns}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An instance without demo data, two days later."""
    with Sandbox(seed=False, clock=lambda: START + 2 * DAY) as sandbox:
        sandbox.faults.add("clock-skew", seconds=0)
        yield sandbox


@pytest.fixture
def load(sandbox: Sandbox, tmp_path: Path) -> Callable[[str, list[dict[str, str]]], None]:
    """Plants rows of a table."""

    def load(table: str, rows: list[dict[str, str]]) -> None:
        path = tmp_path / f"{table}.json"
        path.write_text(json.dumps({"result": rows}))
        sandbox.load(path)

    return load


@pytest.fixture
def planted(load: Callable[[str, list[dict[str, str]]], None]) -> int:
    """Incidents, every second of them active, each with a comment and a work note; one problem with a note."""
    incidents = [
        {"sys_id": _record(number), "number": f"INC{number:07}", "active": "false" if number % 2 else "true"}
        for number in range(RECORDS)
    ]
    load("incident", incidents)
    load("problem", [{"sys_id": _record(5000), "number": "PRB0000001"}])
    entries = [
        _entry(1000 * kind + number, name="incident", element=element, element_id=_record(number), value="x")
        for number in range(RECORDS)
        for kind, element in enumerate(("comments", "work_notes"))
    ]
    entries.append(_entry(5000, name="problem", element="work_notes", element_id=_record(5000), value="x"))
    load("sys_journal_field", entries)
    return len(entries)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """The administrator."""
    with Client(instance=sandbox.url, user="admin", password="admin", retry=None) as client:
        client._clockwork = Clockwork(sleep=lambda seconds: None)
        yield client


@pytest.fixture
def reader(sandbox: Sandbox) -> Iterator[Client]:
    """Somebody who reads incidents, and no register of the platform."""
    sandbox.add_user("reader", roles=["itil"])
    with Client(instance=sandbox.url, user="reader", password="reader", retry=None) as client:
        yield client


def _whole(client: Client) -> LogEntries:
    return client.iter_journal("incident", START, START + DAY)


def _by_query(client: Client) -> LogEntries:
    return client.iter_journal("incident", START, START + DAY, query={"active": "true"})


def _audit(client: Client) -> LogEntries:
    return client.iter_audit("incident", START, START + DAY)


def _syslog(client: Client) -> LogEntries:
    return client.iter_syslog(START, START + DAY)


# -- what comes --------------------------------------------------------------------------------------------------------


def test_journal__every_entry_of_a_table_once(client: Client, planted: int) -> None:
    ids = [entry["sys_id"] for entry in _whole(client)]
    assert (len(ids), len(set(ids))) == (2 * RECORDS, 2 * RECORDS)


def test_journal__oldest_first(client: Client, planted: int) -> None:
    stamps = [entry["sys_created_on"] for entry in _whole(client)]
    assert stamps == sorted(stamps)


def test_journal__half_open(client: Client, planted: int) -> None:
    entries = client.iter_journal("incident", START + timedelta(minutes=1), START + timedelta(minutes=3))
    assert [entry["element_id"] for entry in entries] == [_record(number) for number in (1, 1, 2, 2)]


def test_journal__of_one_element(client: Client, planted: int) -> None:
    entries = client.iter_journal("incident", START, START + DAY, "comments")
    assert {entry["element"] for entry in entries} == {"comments"}


def test_journal__of_the_tables_that_extend_it(client: Client, planted: int) -> None:
    assert {entry["name"] for entry in client.iter_journal("task", START, START + DAY)} == {"incident", "problem"}


def test_journal__of_records_that_match(client: Client, planted: int) -> None:
    wanted = sorted(2 * [_record(number) for number in range(0, RECORDS, 2)])
    assert sorted(entry["element_id"] for entry in _by_query(client)) == wanted


def test_journal__asks_for_a_hundred_records_at_a_time(client: Client, planted: int) -> None:
    entries = _by_query(client)
    list(entries)
    assert (entries.report.slices, entries.report.complete) == (2, True)


def test_journal__no_record_matches(client: Client, planted: int) -> None:
    entries = client.iter_journal("incident", START, START + DAY, query={"number": "INC9999999"})
    assert (list(entries), entries.report.complete) == ([], True)


def test_journal__from_the_first_entry_on(client: Client, planted: int) -> None:
    entries = client.iter_journal("incident", until=START + DAY, query={"active": "true"})
    assert len(list(entries)) == len(list(_by_query(client))) > 0


def test_journal__of_one_record(client: Client, planted: int) -> None:
    record = client.table("incident").get_by_id(_record(1))
    entries = list(client.iter_journal("incident", query=record, element="work_notes"))
    assert [(entry["element_id"], entry["element"]) for entry in entries] == [(_record(1), "work_notes")]


def test_audit__from_the_first_entry_on(client: Client, planted: int) -> None:
    entries = client.iter_audit("incident")
    list(entries)
    assert entries.report.complete is True


def test_journal__until_now(client: Client, planted: int) -> None:
    entries = client.iter_journal("incident", START, query={"active": "true"})
    list(entries)
    assert entries.report.until is not None
    assert timedelta(0) < START + 2 * DAY - entries.report.until < timedelta(minutes=1)


def test_audit__of_one_field(client: Client, load: Callable[[str, list[dict[str, str]]], None]) -> None:
    about: dict[str, Any] = {"tablename": "incident", "documentkey": _record(1)}
    load("sys_audit", [_entry(number, fieldname=name, **about) for number, name in enumerate(("state", "urgency"))])
    entries = client.iter_audit("incident", START, START + DAY, "state")
    assert [entry["fieldname"] for entry in entries] == ["state"]


def test_audit__of_records_that_match(
    client: Client, planted: int, load: Callable[[str, list[dict[str, str]]], None]
) -> None:
    about: dict[str, Any] = {"tablename": "incident", "fieldname": "state"}
    load("sys_audit", [_entry(number, documentkey=_record(number), **about) for number in range(4)])
    entries = client.iter_audit("incident", START, START + DAY, query={"active": "true"})
    assert [entry["documentkey"] for entry in entries] == [_record(0), _record(2)]


def test_syslog__that_matches(client: Client, load: Callable[[str, list[dict[str, str]]], None]) -> None:
    load("syslog", [_entry(number, level=str(number % 3), message="x", source="y") for number in range(9)])
    entries = client.iter_syslog(START, START + DAY, {"level": "2"})
    assert [entry["level"] for entry in entries] == ["2", "2", "2"]


@pytest.mark.parametrize("read", [_whole, _audit, _syslog])
def test_entries__none_for_an_administrator_are_none(client: Client, read: Reader) -> None:
    assert list(read(client)) == []


# -- what is hidden ----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:sys_db_object")
@pytest.mark.parametrize("read", [_whole, _by_query])
def test_journal__hidden_by_access_rules_is_no_empty_list(reader: Client, planted: int, read: Reader) -> None:
    with pytest.raises(IncompleteResult, match="sys_journal_field may not be read"):
        list(read(reader))


@pytest.mark.filterwarnings("ignore:sys_db_object")
@pytest.mark.parametrize("read", [_whole, _audit, _syslog])
def test_entries__empty_for_somebody_else_proves_nothing(reader: Client, read: Reader) -> None:
    with pytest.raises(IncompleteResult, match="not one of its rows can be seen"):
        list(read(reader))


@pytest.mark.filterwarnings("ignore:sys_db_object")
def test_journal__none_in_a_span_for_somebody_who_may_read(sandbox: Sandbox, reader: Client, planted: int) -> None:
    sandbox.allow("sys_journal_field", "read", roles="itil")
    assert list(reader.iter_journal("incident", START + DAY)) == []


@pytest.mark.filterwarnings("ignore:sys_db_object")
def test_journal__counted_and_none_shown(sandbox: Sandbox, reader: Client, planted: int) -> None:
    """Some rows can be seen, but none of those that are asked for."""
    sandbox.allow("sys_journal_field", "read", roles="itil", where=f"element_id={_record(1)}")
    with pytest.raises(IncompleteResult, match="2 rows were counted, and none came"):
        list(reader.iter_journal("incident", START, START + timedelta(minutes=1)))


@pytest.mark.filterwarnings("ignore:sys_db_object")
def test_journal__some_hidden(sandbox: Sandbox, reader: Client, planted: int) -> None:
    sandbox.allow("sys_journal_field", "read", roles="itil", where="element=comments")
    with pytest.warns(IncompleteResultWarning, match="sys_journal_field: 250 rows did not come"):
        assert len(list(_whole(reader))) == RECORDS


def test_journal__records_hidden(sandbox: Sandbox, client: Client, planted: int) -> None:
    sandbox.add_user("stranger")
    with (
        Client(instance=sandbox.url, user="stranger", password="stranger") as stranger,
        pytest.warns(IncompleteResultWarning, match="125 records of incident did not come"),
    ):
        assert list(_by_query(stranger)) == []


def test_journal__tables_that_extend_it_hidden(sandbox: Sandbox, reader: Client, planted: int) -> None:
    sandbox.allow("sys_journal_field", "read", roles="itil")
    with pytest.warns(IncompleteResultWarning, match="sys_db_object does not show") as seen:
        list(_whole(reader))
    assert seen[0].filename == __file__


def test_entries__refusals_of_the_instance_are_raised(sandbox: Sandbox, client: Client, planted: int) -> None:
    sandbox.faults.add("forbidden", nth=4)
    with pytest.raises(PermissionDenied):
        list(_by_query(client))


def test_entries__what_failed_does_not_look_like_an_end(sandbox: Sandbox, client: Client, planted: int) -> None:
    sandbox.faults.add("forbidden", nth=2)
    entries = _by_query(client)
    with pytest.raises(PermissionDenied):
        next(entries)
    with pytest.raises(PermissionDenied):
        next(entries)


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        lambda client: client.iter_journal("incident", datetime(2026, 3, 1)),
        lambda client: client.iter_journal("incident", START, START - DAY),
        lambda client: client.iter_journal("incident", START, element="work notes"),
        lambda client: client.iter_journal("incident", START, query={"active": object()}),
        lambda client: client.iter_audit("in cident", START),
        lambda client: client.iter_syslog(START, query={"level": object()}),
    ],
    ids=["zone", "order", "element", "query", "table", "log query"],
)
def test_entries__bad_input_is_refused_at_the_call(sandbox: Sandbox, client: Client, read: Reader) -> None:
    with pytest.raises(InvalidUsage):
        read(client)
    assert not sandbox.requests


def test_entries__closed_ends(client: Client, planted: int) -> None:
    with _whole(client) as entries:
        next(entries)
    assert list(entries) == []
