"""``pysnow get``, over HTTP."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from pysnow.sandbox import Sandbox

INC1 = "9c573169c611228700193229fff72400"
Run = Callable[..., tuple[int, str, str]]


def lines(output: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in output.splitlines()]


def sent(instance: Sandbox) -> dict[str, str]:
    """The parameters of the last request."""
    return dict(list(instance.requests)[-1].query)


def test_get__gives_json_lines_when_piped(pysnow: Run) -> None:
    code, output, _ = pysnow("get", "incident", "--limit", "3", "--fields", "number")
    assert (code, [list(record) for record in lines(output)]) == (0, [["number"]] * 3)


def test_get__gives_the_records_that_match(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", "-q", "priority=1", "--fields", "priority")
    assert {record["priority"] for record in lines(output)} == {"1"}


def test_get__gives_one_json_array(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", "--limit", "2", "--json")
    assert len(json.loads(output)) == 2


def test_get__gives_csv_with_the_columns_asked_for(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", "--limit", "2", "--fields", "state,number", "--csv")
    assert [len(row) for row in csv.reader(io.StringIO(output))] == [2, 2, 2]


def test_get__gives_a_table(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", "--limit", "2", "--fields", "number,state", "--table")
    assert output.splitlines()[0].split() == ["number", "state"]


def test_table__says_how_many_columns_it_leaves_out(pysnow: Run) -> None:
    assert "more columns; choose with --fields" in pysnow("get", "incident", "--limit", "1", "--table")[2]


def test_get__sorts(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", "--fields", "number", "--order-by", "-number")
    numbers = [record["number"] for record in lines(output)]
    assert numbers == sorted(numbers, reverse=True)


def test_order__reaches_every_part_of_the_query(pysnow: Run, instance: Sandbox) -> None:
    pysnow("get", "incident", "-q", "state=1^NQstate=2", "--order-by=-priority,number")
    orders = "^ORDERBYDESCpriority^ORDERBYnumber"
    assert sent(instance)["sysparm_query"] == f"state=1{orders}^NQstate=2{orders}"


def test_display__asks_for_what_people_see(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", INC1, "--fields", "assigned_to", "--display")
    assert " " in lines(output)[0]["assigned_to"]


def test_references__are_plain_sys_ids(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", INC1, "--fields", "caller_id")
    assert len(lines(output)[0]["caller_id"]) == 32


@pytest.mark.parametrize("key", [INC1, INC1.upper(), "INC0000001", "inc0000001"])
def test_single_record__is_found(pysnow: Run, key: str) -> None:
    _, output, _ = pysnow("get", "incident", key)
    assert [record["sys_id"] for record in lines(output)] == [INC1]


def test_single_record__has_only_the_fields_asked_for(pysnow: Run) -> None:
    _, output, _ = pysnow("get", "incident", "INC0000001", "--fields", "sys_id")
    assert lines(output) == [{"sys_id": INC1}]


def test_single_record__is_one_json_object(pysnow: Run) -> None:
    assert json.loads(pysnow("get", "incident", INC1, "--json")[1])["sys_id"] == INC1


def test_single_record__is_a_table_of_its_fields(pysnow: Run) -> None:
    output = pysnow("get", "incident", INC1, "--table")[1]
    assert ["number", "INC0000001"] in [line.split() for line in output.splitlines()]


@pytest.mark.parametrize("key", ["INC9999999", "0" * 32, "4"])
def test_single_record__that_is_not_there_ends_with_5(pysnow: Run, key: str) -> None:
    code, output, complaint = pysnow("get", "incident", key)
    assert (code, output, complaint.count("\n")) == (5, "", 1)


def test_number_in_a_table_without_numbers__finds_no_other_record(pysnow: Run) -> None:
    """The instance ignores a condition on a column that is not there, and sends what it has."""
    assert pysnow("get", "sys_user_group", "INC0000001")[0] == 5


def test_empty_list__is_no_error(pysnow: Run) -> None:
    assert pysnow("get", "incident", "-q", "number=none") == (0, "", "")


def test_list_without_limit__says_what_it_left_out(pysnow: Run) -> None:
    with Sandbox(records=10_000) as large:
        _, output, talk = pysnow("get", "incident", "--fields", "number", "--instance", large.url)
    assert (output.count("\n"), talk.startswith("pysnow: 10000 of 10")) == (10_000, True)


def test_list_with_limit__says_nothing_of_the_rest(pysnow: Run) -> None:
    assert pysnow("get", "incident", "--limit", "3")[2] == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["incident/../sys_user"],
        ["inci dent"],
        [""],
        ["incident", "--fields", "number,a b"],
        ["incident", "--fields", "javascript:x"],
        ["incident", "--order-by", "number^state=1"],
        ["incident", "--order-by=--number"],
        ["incident", "-q", "INC0000001"],
        ["incident", "-q", INC1],
        ["incident", INC1, "-q", "active=true"],
        ["incident", INC1, "--limit", "1"],
        ["incident", "INC0000001^active=true"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant__is_refused_before_anything_is_sent(
    pysnow: Run, instance: Sandbox, arguments: list[str]
) -> None:
    before = len(instance.requests)
    code, output, complaint = pysnow("get", *arguments)
    assert (code, output, complaint.count("\n"), len(instance.requests) - before) == (2, "", 1, 0)


def test_wrong_password__ends_with_3(pysnow: Run) -> None:
    code, output, complaint = pysnow("get", "incident", "--password", "guess")
    assert (code, output, complaint.count("\n")) == (3, "", 1)


def test_wrong_password__is_not_repeated_in_the_complaint(pysnow: Run) -> None:
    assert "guess" not in pysnow("get", "incident", "--password", "guess")[2]


def test_unknown_table__ends_with_7(pysnow: Run) -> None:
    code, _, complaint = pysnow("get", "no_such_table")
    assert (code, "Invalid table" in complaint, complaint.count("\n")) == (7, True, 1)


def test_instance_that_does_not_answer__ends_with_6(pysnow: Run, unused_port: int) -> None:
    code, output, complaint = pysnow("get", "incident", "--instance", f"http://127.0.0.1:{unused_port}")
    assert (code, output, complaint.count("\n")) == (6, "", 1)


def test_sandbox__needs_no_settings(pysnow: Run, settings: pytest.MonkeyPatch) -> None:
    for name in ("INSTANCE", "USERNAME", "PASSWORD"):
        settings.delenv(f"SERVICENOW_{name}")
    assert pysnow("get", "incident", "INC0000001", "--sandbox", "--fields", "sys_id")[0] == 0


def test_reader_that_leaves__is_no_error_to_talk_about(process, settings) -> None:
    command = [sys.executable, "-m", "pysnow", "get", "incident", "--jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.close()
        complaint = running.stderr.read() if running.stderr else b""
    assert (running.returncode, complaint) == (141, b"")


def test_process__writes_utf_8(process) -> None:
    done = process("get", "sys_user", "--fields", "name", "--limit", "5", "--json")
    assert len(json.loads(done.stdout)) == 5


def test_terminal__shows_a_table(settings: pytest.MonkeyPatch) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pysnow", "get", "incident", INC1, "--fields", "number,state"]
    with open(ours, "rb", buffering=0) as screen:
        subprocess.run(command, stdout=theirs, check=True)
        os.close(theirs)
        assert screen.read(4096).split() == [b"number", b"INC0000001", b"state", b"7"]


@pytest.mark.usefixtures("heeded_interrupts")
def test_interruption__ends_with_130(settings: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "pysnow", "get", "incident", "--instance", address]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            connection, _ = silent.accept()
            with connection:
                asked = b""
                while b"\r\n\r\n" not in asked:  # from here on it does nothing but wait
                    asked += connection.recv(4096)
                running.send_signal(signal.SIGINT)
                output, complaint = running.communicate(timeout=20)
    assert (running.returncode, output, complaint) == (130, b"", b"pysnow: interrupted\n")
