"""Walks through tables of a local instance, over real HTTP: what is asked for, and that every row comes once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import Client, IncompleteResultWarning, InvalidUsage, Retry
from pysnow.exceptions import DeadlineExceeded, IncompleteResult, PaginationStuck, PysnowException, QueryIgnored
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table
    from pysnow.walking.record_iterator import RecordIterator

QUERIES = [
    "",
    "active=true",
    "active=true^ORpriority=1",
    "active=true^NQpriority=1",
    "priority=1^NQpriority=2^NQpriority=3^ORDERBYDESCnumber",
    "active=true^EQ",
    "active=true^EQ^NQpriority=1^EQ",
    "ORDERBYshort_description",
    "caller_id.active=true^assignment_group.nameISNOTEMPTY",
    "123TEXTQUERY321=email",
    "active=true^NQ123TEXTQUERY321=email",
    "RLQUERYincident.parent_incident,>=1^ENDRLQUERY",
    "RLQUERYtask_sla.task,=0^active=true^NQactive=false^ENDRLQUERY^NQpriority=1",
    "JOINincident.caller_id=sys_user.sys_id!active=true",
    "JOINincident.caller_id=sys_user.sys_id!active=true^ORDERBYnumber^priority=1",
    "JOINincident.caller_id=sys_user.sys_id!active=true^NQpriority=1",
    "SUBQUERYcaller_id,sys_id,sys_user^active=true^ENDSUBQUERY",
    "short_descriptionLIKEe^^a^ORshort_descriptionLIKEe",
    "sys_id>5^sys_id<c",
    "no_such_column=1^active=true",
]


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    """A client that never waits, and does not give up because chance strikes one page four times."""
    client = Client(instance=sandbox.url, user="admin", password="admin", retry=Retry(attempts=12))
    client._clockwork = Clockwork(sleep=lambda seconds: None)
    return client


@pytest.fixture
def table(client: Client) -> Table:
    """The incident table."""
    return client.table("incident")


def _keys(rows: Any) -> list[str]:
    return [row["sys_id"] for row in rows]


def _sent(sandbox: Sandbox, index: int = -1) -> dict[str, str]:
    return dict(sandbox.requests[index].query)


def _truth(table: Table, query: Any = "") -> list[str]:
    return sorted(_keys(table.get(query, fields=["sys_id"]).all()))


# -- every row once ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("page_size", [1, 7, 1000])
def test_iterate__brings_what_the_query_finds(table: Table, query: str, page_size: int) -> None:
    assert _keys(table.iterate(query, "sys_id", page_size=page_size)) == _truth(table, query)


@pytest.mark.parametrize("query", ["a=1^NQ", "ORactive=true", "RLQUERYtask_sla.task,=0^active=true", "^^active=true"])
def test_iterate__query_that_nothing_can_be_added_to(table: Table, sandbox: Sandbox, query: str) -> None:
    with pytest.raises(InvalidUsage, match="nothing can be added"):
        table.iterate(query)


def test_iterate__rows_that_access_rules_hide(sandbox: Sandbox, table: Table) -> None:
    sandbox.faults.add("hidden-rows", share=0.6)
    rows = _keys(table.iterate(fields="sys_id", page_size=5))
    assert rows == _truth(table)


def test_iterate__counts_what_access_rules_hide(sandbox: Sandbox, table: Table) -> None:
    sandbox.deny("incident", "read", where="priority=1", admins_too=True)
    iterator = table.iterate(fields="sys_id", page_size=5)
    rows = _keys(iterator)
    assert (iterator.report.complete, iterator.report.hidden) == (True, 66 - len(rows))


def test_iterate__sys_ids_of_another_kind(sandbox: Sandbox, table: Table) -> None:
    for key in ("A1", "zz-top", "Z" * 32, "0" * 31, "INC_7"):
        sandbox.add("incident", {"sys_id": key})
    assert sorted(_keys(table.iterate(fields="sys_id", page_size=3))) == _truth(table)


def test_iterate__while_each_row_is_changed_so_that_it_matches_no_more(table: Table) -> None:
    count = len(_truth(table, "active=true"))
    changed = 0
    for row in table.iterate("active=true", "sys_id", page_size=5):
        table.update(row["sys_id"], {"active": "false"})
        changed += 1
    assert changed == count


def test_iterate__while_each_row_is_deleted(table: Table) -> None:
    for row in table.iterate(fields="sys_id", page_size=7):
        table.delete(row["sys_id"])
    assert table.get(limit=1).all() == []


FAULTS = [
    "capped-limit:rows=3",
    "unstable-ties",
    "reset-body:probability=0.3",
    "cut-body:probability=0.3",
    "rows-then-error:probability=0.3",
    "truncated-gzip:probability=0.3",
    "corrupt-gzip:probability=0.2",
    "transaction-cancelled:probability=0.2",
    "server-error:probability=0.2",
    "server-error:status=503,html=true,probability=0.2",
    "too-many-requests:probability=0.2",
    "accepted:probability=0.2",
    "empty-body:probability=0.2",
    "error-only:probability=0.2",
    "drop-before:probability=0.2",
    "drop-after:probability=0.2",
    "hibernating-page:probability=0.2",
    "same-page:probability=0.2",
    "foreign-link",
    "wrong-count:how=high,by=30",
    "wrong-count:how=low,probability=0.3",
    "wrong-count:how=missing,probability=0.3",
]


@pytest.mark.filterwarnings("ignore::pysnow.IncompleteResultWarning")
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("fault", FAULTS)
def test_iterate__whatever_goes_wrong(sandbox: Sandbox, table: Table, fault: str, workers: int) -> None:
    truth = _truth(table)
    sandbox.faults.add(fault)
    assert _keys(table.iterate(fields="sys_id", page_size=6, workers=workers)) == truth


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("fault", ["same-page", "null-body", "no-result", "row-not-object", "row-without-sys-id"])
def test_iterate__what_cannot_heal_is_told(sandbox: Sandbox, table: Table, fault: str, workers: int) -> None:
    iterator = table.iterate(fields="sys_id", page_size=6, workers=workers)
    first = next(iterator)["sys_id"]
    sandbox.faults.add(fault)
    with pytest.raises(PysnowException) as caught:
        list(iterator)
    assert caught.value.received >= 1
    sandbox.faults.clear()
    rest = _keys(table.iterate(fields="sys_id", page_size=6, resume=caught.value.resume_token))
    assert first not in rest
    assert caught.value.received + len(rest) == len(_truth(table))


def test_iterate__same_page_for_ever_is_stuck(sandbox: Sandbox, table: Table) -> None:
    sandbox.faults.add("same-page")
    with pytest.raises(PaginationStuck):
        list(table.iterate(page_size=6))


def test_iterate__credentials_refused_in_the_middle(sandbox: Sandbox, table: Table) -> None:
    iterator = table.iterate(fields="sys_id", page_size=6)
    next(iterator)
    sandbox.faults.add("forbidden")
    with pytest.raises(PysnowException) as caught:
        list(iterator)
    # The second page may have been on its way before.
    assert (caught.value.status, caught.value.received in (6, 12), bool(caught.value.resume_token)) == (403, True, True)


def test_iterate__page_size_that_was_learned_outlasts_a_failure(sandbox: Sandbox, table: Table) -> None:
    iterator = table.iterate(fields="sys_id", page_size=40)
    sandbox.faults.add("transaction-cancelled")
    with pytest.raises(PysnowException):
        next(iterator)
    sandbox.faults.clear()
    next(iterator)
    assert int(_sent(sandbox)["sysparm_limit"]) < 40


def test_iterate__cut_page_goes_on_with_half_of_it_and_grows_again(sandbox: Sandbox, table: Table) -> None:
    sandbox.faults.add("rows-then-error:nth=1")
    iterator = table.iterate(fields="sys_id", page_size=8)
    assert _keys(iterator) == _truth(table)
    limits = [_sent(sandbox, index)["sysparm_limit"] for index in range(len(sandbox.requests) - 1)]
    assert (limits[:2], limits[-1], iterator.report.retries) == (["8", "4"], "8", 1)


def test_iterate__silence_ends_with_the_deadline_of_the_page(sandbox: Sandbox) -> None:
    sandbox.faults.add("latency", seconds=600)
    with Client(instance=sandbox.url, user="admin", password="admin", deadline=0.3) as client:
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded) as caught:
            next(client.table("incident").iterate())
        assert time.monotonic() - started < 1.3
    assert caught.value.resume_token


# -- what is asked for, and given --------------------------------------------------------------------------------------


def test_iterate__sends_nothing_before_the_first_row(table: Table, sandbox: Sandbox) -> None:
    table.iterate()
    assert len(sandbox.requests) == 0


def test_iterate__first_page(table: Table, sandbox: Sandbox) -> None:
    next(table.iterate({"active": True}, ["number"], page_size=5))
    assert _sent(sandbox, 0) == {
        "sysparm_query": "active=true^ORDERBYsys_id",
        "sysparm_limit": "5",
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "false",
        "sysparm_suppress_pagination_header": "false",
        "sysparm_fields": "number,sys_id",
    }


def test_iterate__next_page_goes_on_behind_the_last_row(table: Table, sandbox: Sandbox) -> None:
    iterator = table.iterate("active=true^NQpriority=1^ORDERBYDESCnumber", "sys_id", page_size=5)
    last = [next(iterator)["sys_id"] for _ in range(6)][4]
    assert _sent(sandbox, 1)["sysparm_query"] == (f"sys_id>{last}^active=true^NQsys_id>{last}^priority=1^ORDERBYsys_id")


def test_iterate__sys_id_comes_along(table: Table) -> None:
    assert sorted(next(table.iterate(fields=["number"]))) == ["number", "sys_id"]


def test_iterate__record_of_few_columns_can_be_saved(table: Table) -> None:
    record = next(table.iterate(fields=["number", "short_description"]))
    record["short_description"] = "Saved"
    record.save()
    assert table.get_by_id(record.sys_id)["short_description"] == "Saved"


def test_iterate__record_of_few_columns_has_an_address(table: Table) -> None:
    record = next(table.iterate(fields=["number"], related="caller_id"))
    assert record.sys_id in record.url


@pytest.mark.parametrize("options", [{}, {"related": "task_sla"}], ids=["alone", "with related rows"])
def test_iterate__exports_go_without_a_sys_id_that_nobody_asked_for(
    table: Table, tmp_path: Path, options: dict[str, Any]
) -> None:
    path = tmp_path / "rows.jsonl"
    table.iterate(fields=["number"], limit=2, **options).to_jsonl(path)
    assert [list(json.loads(line)) for line in path.read_text().splitlines()] == [["number"], ["number"]]


def test_iterate__sys_id_that_was_asked_for_shows(table: Table) -> None:
    assert sorted(next(table.iterate(fields="number, sys_id"))) == ["number", "sys_id"]


def test_iterate__all_columns(table: Table) -> None:
    assert "sys_id" in next(table.iterate())


@pytest.mark.parametrize("display_value", [False, True, "all"])
def test_iterate__display_values(table: Table, display_value: Any) -> None:
    rows = list(table.iterate(fields="sys_id,state", display_value=display_value, page_size=9))
    assert rows == sorted(
        table.get("ORDERBYsys_id", fields="sys_id,state", display_value=display_value).all(),
        key=lambda row: str(row["sys_id"]),
    )


def test_iterate__without_links(table: Table, sandbox: Sandbox) -> None:
    row = next(table.iterate("caller_idISNOTEMPTY", "caller_id", exclude_reference_link=True))
    assert isinstance(row["caller_id"], str)


def test_iterate__headers_and_params(table: Table, sandbox: Sandbox) -> None:
    next(table.iterate(params={"sysparm_query_no_domain": True}, headers={"X-Trace": "7"}))
    assert _sent(sandbox)["sysparm_query_no_domain"] == "true"
    assert sandbox.requests[-1].headers["x-trace"] == "7"


def test_iterate__limit(table: Table) -> None:
    assert _keys(table.iterate(fields="sys_id", limit=8, page_size=5)) == _truth(table)[:8]


def test_iterate__query_of_the_resource(table: Table) -> None:
    table.parameters.query = "priority=1"
    assert _keys(table.iterate(fields="sys_id")) == _truth(table, "priority=1")


def test_iterate__does_not_change_the_resource(table: Table) -> None:
    before = table.parameters.as_dict()
    list(table.iterate({"active": True}, ["number"], page_size=5, display_value=True))
    assert table.parameters.as_dict() == before


@pytest.mark.parametrize(
    "options",
    [
        {"page_size": 0},
        {"page_size": True},
        {"page_size": 1.5},
        {"limit": -1},
        {"workers": 0},
        {"workers": 65},
        {"workers": 2, "order_by": "number"},
        {"workers": 2, "consistency": "best-effort"},
        {"order_by": "no column!"},
        {"order_by": 7},
        {"resume": "nonsense"},
        {"resume": 7},
        {"verify": "maybe"},
        {"consistency": "perfect"},
        {"progress": "yes"},
        {"params": {"sysparm_query": "x=1"}},
        {"params": {"sysparm_limit": 1}},
        {"params": {"sysparm_offset": 1}},
        {"params": {"sysparm_fields": "x"}},
        {"params": {"active": "true"}},
        {"query": "INC0010001"},
        {"query": 7},
        {"fields": 7},
        {"display_value": "both"},
    ],
    ids=str,
)
def test_iterate__refused_before_anything_is_sent(table: Table, sandbox: Sandbox, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage):
        table.iterate(**options)
    assert len(sandbox.requests) == 0


def test_iterate__offset_as_a_parameter_is_referred_to_resume(table: Table) -> None:
    with pytest.raises(InvalidUsage, match="pass resume"):
        table.iterate(params={"sysparm_offset": "5"})


def test_iterate__offset_of_the_resource_is_refused(table: Table) -> None:
    table.parameters.offset = 10
    with pytest.raises(InvalidUsage, match="offset"):
        table.iterate()


def test_iterate__strict_refuses_unknown_columns(table: Table) -> None:
    with pytest.raises(QueryIgnored):
        next(table.iterate("nmber=INC1", strict=True))


def test_iterate__nothing_is_counted_in_the_middle(table: Table, sandbox: Sandbox) -> None:
    list(table.iterate(fields="sys_id", page_size=6))
    asked = [_sent(sandbox, index).get("sysparm_no_count") for index in range(len(sandbox.requests))]
    assert (asked[0], asked[1:8], asked[-1]) == (None, ["true"] * 7, None)


def test_iterate__session_that_sends_by_itself_is_not_used_by_a_thread(
    sandbox: Sandbox, new_threads: Callable[[], set[threading.Thread]]
) -> None:
    class Own(requests.Session):
        pass

    session = Own()
    session.auth = ("admin", "admin")
    with Client(instance=sandbox.url, session=session) as client:
        next(client.table("incident").iterate(page_size=6))
        assert not [thread for thread in new_threads() if thread.name == "pysnow-walk"]


# -- another order -----------------------------------------------------------------------------------------------------


def test_iterate__order(table: Table) -> None:
    rows = [row["number"] for row in table.iterate(fields="number", order_by="-number", page_size=9)]
    assert rows == sorted(rows, reverse=True)


def test_iterate__order_by_several_columns(table: Table, sandbox: Sandbox) -> None:
    next(table.iterate("active=true^ORDERBYnumber", order_by=["priority", "-number"]))
    assert _sent(sandbox)["sysparm_query"] == "active=true^ORDERBYpriority^ORDERBYDESCnumber^ORDERBYsys_id"


def test_iterate__order_brings_every_row_of_a_table_that_stands_still(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("hidden-rows", share=0.4)
    assert sorted(_keys(table.iterate(fields="sys_id", order_by="priority", page_size=7))) == _truth(table)


def test_iterate__order_is_told_in_the_report(table: Table) -> None:
    report = table.iterate(order_by="number").report
    assert (report.mode, report.consistency) == ("offset", "best-effort")


def test_iterate__order_by_sys_id_is_exact(table: Table) -> None:
    assert table.iterate(order_by="sys_id").report.consistency == "exact"


def test_iterate__best_effort_reads_rows_without_sys_id(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("row-without-sys-id")
    assert len(list(table.iterate(fields="number", consistency="best-effort", page_size=9))) == 66


def test_iterate__best_effort_keeps_the_order_of_the_query(table: Table, sandbox: Sandbox) -> None:
    next(table.iterate("ORDERBYnumber", consistency="best-effort"))
    assert _sent(sandbox)["sysparm_query"] == "ORDERBYnumber^ORDERBYsys_id"


# -- report and verification -------------------------------------------------------------------------------------------


def test_report__of_a_whole_walk(table: Table) -> None:
    iterator = table.iterate(fields="sys_id", page_size=20)
    list(iterator)
    report = iterator.report
    assert (report.expected, report.received, report.hidden, report.pages) == (66, 66, 0, 4)


def test_report__before_the_end(table: Table) -> None:
    iterator = table.iterate(page_size=5)
    next(iterator)
    assert (iterator.report.complete, iterator.report.hidden) == (False, None)


def test_report__expectation_when_the_first_page_fails(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("server-error:nth=1")
    iterator = table.iterate(fields="sys_id", page_size=20)
    next(iterator)
    assert iterator.report.expected == 66


def test_report__retries(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("server-error:nth=2")
    iterator = table.iterate(fields="sys_id", page_size=20)
    list(iterator)
    assert iterator.report.retries == 1


def test_verify__warns_when_nothing_vouches_for_the_end(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("wrong-count:how=missing")
    with pytest.warns(IncompleteResultWarning, match="unverified") as caught:
        list(table.iterate())
    assert caught[0].filename == __file__


def test_verify__off_says_nothing(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("wrong-count:how=missing")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(table.iterate(verify="off"))) == 66


def test_verify__strict_passes_when_all_came(table: Table) -> None:
    iterator = table.iterate(verify="strict", page_size=20)
    list(iterator)
    assert iterator.report.expected_at_end == 66


def test_verify__strict_raises_for_hidden_rows(table: Table, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "read", where="priority=1", admins_too=True)
    with pytest.raises(IncompleteResult) as caught:
        list(table.iterate(verify="strict", page_size=20))
    assert (caught.value.expected, caught.value.received < 66) == (66, True)


# -- taking up again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(0, 66, 2))
@pytest.mark.parametrize("options", [{}, {"workers": 3}], ids=str)
def test_resume__at_any_row(table: Table, at: int, options: dict[str, Any]) -> None:
    with table.iterate(fields="sys_id", page_size=4, **options) as iterator:
        begun = [next(iterator)["sys_id"] for _ in range(at)]
    rest = _keys(table.iterate(fields="sys_id", page_size=4, resume=iterator.resume_token, **options))
    assert sorted(begun + rest) == _truth(table)


def test_resume__walk_of_several_workers_by_one(table: Table) -> None:
    with table.iterate(fields="sys_id", page_size=4, workers=4) as iterator:
        begun = [next(iterator)["sys_id"] for _ in range(31)]
    rest = _keys(table.iterate(fields="sys_id", page_size=9, resume=iterator.resume_token))
    assert sorted(begun + rest) == _truth(table)


def test_resume__order(table: Table) -> None:
    options: dict[str, Any] = {"fields": "number", "order_by": "-number", "page_size": 4}
    iterator = table.iterate(**options)
    begun = [next(iterator)["number"] for _ in range(10)]
    rest = [row["number"] for row in table.iterate(**options, resume=iterator.resume_token)]
    assert begun + rest == [row["number"] for row in table.iterate(**options)]


def test_resume__is_told_in_the_report(table: Table) -> None:
    iterator = table.iterate(page_size=4)
    next(iterator)
    report = table.iterate(resume=iterator.resume_token).report
    assert (report.resumed, report.received, report.expected) == (True, 1, 66)


def test_resume__of_another_table(client: Client, table: Table) -> None:
    token = table.iterate().resume_token
    with pytest.raises(InvalidUsage, match="another walk"):
        client.table("problem").iterate(resume=token)


def test_resume__of_another_query(table: Table) -> None:
    token = table.iterate("active=true").resume_token
    with pytest.raises(InvalidUsage, match="another walk"):
        table.iterate("active=false", resume=token)


PROGRAM = """
import os, sys
from pysnow import Client
client = Client(instance=sys.argv[1], user="admin", password="admin")
token = open(sys.argv[2]).read() or None
iterator = client.table("incident").iterate(fields="sys_id", page_size=7, resume=token)
for number, row in enumerate(iterator, 1):
    with open(sys.argv[3], "a") as seen:
        seen.write(row["sys_id"] + "\\n")
    with open(sys.argv[2], "w") as kept:
        kept.write(iterator.resume_token)
    if number == int(sys.argv[4]):
        os._exit(9)
"""


def test_resume__in_another_process_after_a_kill(sandbox: Sandbox, table: Table, tmp_path: Path) -> None:
    token, seen = tmp_path / "token", tmp_path / "seen"
    token.touch()
    for at in ("13", "20", "0"):
        subprocess.run(
            [sys.executable, "-c", PROGRAM, sandbox.url, str(token), str(seen), at], check=at == "0", timeout=60
        )
    assert seen.read_text().split() == _truth(table)


# -- progress ----------------------------------------------------------------------------------------------------------


def test_progress__is_told_of_each_row(table: Table) -> None:
    told: list[tuple[int, int | None]] = []
    list(table.iterate("priority=1", progress=lambda *counts: told.append(counts)))
    count = len(_truth(table, "priority=1"))
    assert told == [(number, count) for number in range(1, count + 1)]


@pytest.mark.parametrize("breaks_at", [1, 3, 10, 11])
@pytest.mark.parametrize(
    "options", [{}, {"workers": 3}, {"order_by": "number"}, {"related": "caller_id"}], ids=lambda given: str([*given])
)
def test_progress__error_of_the_caller_loses_no_row(table: Table, options: dict[str, Any], breaks_at: int) -> None:
    options = {"fields": ["number"], "page_size": 10, **options}
    walk = table.iterate(progress=_raising_once(breaks_at), **options)
    came = _numbers_until_it_breaks(walk)
    resumed = [record["number"] for record in table.iterate(resume=walk.resume_token, **options)]
    went_on = [record["number"] for record in walk]
    everything = [record["number"] for record in table.iterate(**options)]
    assert (came + resumed, came + went_on) == (everything, everything)


def test_progress__row_that_is_still_to_come_does_not_count(table: Table) -> None:
    walk = table.iterate(progress=_raising_once(3))
    with pytest.raises(ZeroDivisionError):
        list(walk)
    assert walk.report.received == 2


def test_progress__expects_no_more_than_the_limit(table: Table) -> None:
    told: list[tuple[int, int | None]] = []
    list(table.iterate(limit=3, progress=lambda *counts: told.append(counts)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_progress__expects_all_where_the_limit_is_above(table: Table) -> None:
    told: list[int | None] = []
    list(table.iterate("priority=1", limit=1000, progress=lambda received, expected: told.append(expected)))
    assert set(told) == {table.count("priority=1")}


def test_progress__error_of_the_caller_passes(table: Table) -> None:
    with pytest.raises(ZeroDivisionError):
        list(table.iterate(progress=lambda received, expected: received // 0))


# -- counting ----------------------------------------------------------------------------------------------------------


def test_count__asks_the_aggregate_api(table: Table, sandbox: Sandbox) -> None:
    count = table.count({"active": True})
    assert (count, count.source) == (len(_truth(table, "active=true")), "aggregate")


def test_count__asks_the_list_when_that_is_refused(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("forbidden:path=*/stats/*")
    count = table.count()
    assert (count, count.source) == (66, "list")


def test_count__of_the_list_moves_one_row_at_most(table: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add("forbidden:path=*/stats/*")
    table.count("active=true")
    assert (_sent(sandbox)["sysparm_limit"], _sent(sandbox)["sysparm_fields"]) == ("1", "sys_id")


@pytest.mark.parametrize("fault", ["null-body", "no-result", "wrong-result"])
def test_count__unexpected_answer(table: Table, sandbox: Sandbox, fault: str) -> None:
    sandbox.faults.add(fault)
    with pytest.raises(PysnowException):
        table.count()


def _raising_once(at: int) -> Callable[[int, int | None], object]:
    """What fails at a row, the first time that it is told of it."""
    failures = iter([1])

    def progress(received: int, expected: int | None) -> object:
        return 1 // 0 if received == at and next(failures, 0) else None

    return progress


def _numbers_until_it_breaks(walk: RecordIterator) -> list[str]:
    numbers: list[str] = []
    with pytest.raises(ZeroDivisionError):
        numbers.extend(record["number"] for record in walk)
    return numbers


def test_repr__names_the_table_and_counts(client: Client) -> None:
    with client.table("incident").iterate(fields=["number"]) as walk:
        before = repr(walk)
        next(walk)
        assert before == "<RecordIterator of incident not begun, 0 rows>"
        assert repr(walk) == "<RecordIterator of incident under way, 1 row>"
