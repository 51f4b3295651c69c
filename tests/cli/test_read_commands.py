"""``pysnow list``, ``count``, ``aggregate``, and ``get`` of a record that is named without its table."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from pysnow.sandbox import Sandbox

INC1 = "9c573169c611228700193229fff72400"
Run: TypeAlias = "Callable[..., tuple[int, str, str]]"
Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


def lines(output: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in output.splitlines()]


def test_list__gives_json_lines_when_piped(process: Process) -> None:
    done = process("list", "incident", "--fields", "number", "--limit", "3")
    assert (done.returncode, [list(row) for row in lines(done.stdout)], done.stderr) == (0, [["number"]] * 3, "")


def test_list__gives_all_that_match(pysnow: Run) -> None:
    listed = pysnow("list", "incident", "-q", "active=true", "--fields", "number")[1]
    assert len(lines(listed)) == int(pysnow("count", "incident", "-q", "active=true")[1])


def test_list__sorts(pysnow: Run) -> None:
    output = pysnow("list", "incident", "--fields", "number", "--order-by", "-number")[1]
    numbers = [row["number"] for row in lines(output)]
    assert numbers == sorted(numbers, reverse=True)


def test_list__gives_references_as_lists_do(pysnow: Run) -> None:
    output = pysnow("list", "incident", "-q", "number=INC0000001", "--fields", "caller_id")[1]
    assert [len(row["caller_id"]) for row in lines(output)] == [32]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "table"])
def test_output__is_another_spelling_of_the_format(pysnow: Run, form: str) -> None:
    options = ["list", "incident", "--fields", "number", "--limit", "2"]
    assert pysnow(*options, "--output", form)[1] == pysnow(*options, f"--{form}")[1]


def test_quiet__leaves_out_the_talk(pysnow: Run) -> None:
    assert pysnow("list", "incident", "--limit", "1", "--table", "--quiet")[2] == ""


def test_count__prints_the_number(process: Process) -> None:
    done = process("count", "incident", "-q", "number=INC0000001")
    assert (done.returncode, done.stdout) == (0, "1\n")


def test_count__tells_who_counted(pysnow: Run) -> None:
    told = json.loads(pysnow("count", "incident", "-q", "number=INC0000001", "--json")[1])
    assert (told["count"], told["table"], told["source"]) == (1, "incident", "aggregate")


def test_count__of_a_number_is_refused(pysnow: Run) -> None:
    assert pysnow("count", "incident", "-q", "INC0000001")[0] == 2


def test_aggregate__gives_a_row_for_each_group(process: Process) -> None:
    done = process("aggregate", "incident", "--group-by", "state", "--order-by", "-count")
    counts = [row["count"] for row in lines(done.stdout)]
    assert (done.returncode, counts == sorted(counts, reverse=True), len(counts) > 2) == (0, True, True)


def test_aggregate__works_out_numbers(pysnow: Run) -> None:
    told = json.loads(pysnow("aggregate", "incident", "--max", "number", "--no-count", "--json")[1])
    assert told == {"max_number": "INC0009005"}


def test_aggregate__shows_labels_to_people(pysnow: Run) -> None:
    heading = pysnow("aggregate", "incident", "--group-by", "state", "--table")[1].splitlines()[0]
    assert heading.split() == ["state_label", "count"]


@pytest.mark.parametrize("condition", ["count", "median>3", "count>", "count~3"])
def test_condition_that_is_none__is_refused(pysnow: Run, condition: str) -> None:
    assert pysnow("aggregate", "incident", "--group-by", "state", "--having", condition)[0] == 2


def test_get__of_a_number_alone(process: Process) -> None:
    done = process("get", "INC0000001", "--fields", "sys_id,caller_id")
    (record,) = lines(done.stdout)
    assert (done.returncode, record["sys_id"], len(record["caller_id"])) == (0, INC1, 32)


def test_get__of_the_address_of_a_form(pysnow: Run, instance: Sandbox) -> None:
    address = f"{instance.url}/incident.do?sys_id={INC1}"
    assert lines(pysnow("get", address, "--fields", "number")[1]) == [{"number": "INC0000001"}]


def test_get__of_a_number_that_is_not_there(pysnow: Run) -> None:
    code, output, complaint = pysnow("get", "INC9999999")
    assert (code, output, complaint.count("\n")) == (5, "", 1)


@pytest.mark.parametrize("arguments", [["INC0000001", "INC0000002"], ["INC0000001", "--limit", "2"]], ids=" ".join)
def test_get__of_a_number_takes_nothing_else(pysnow: Run, arguments: list[str]) -> None:
    assert pysnow("get", *arguments)[0] == 2


def test_key__may_follow_an_option(pysnow: Run) -> None:
    assert lines(pysnow("get", "incident", "--fields", "sys_id", "INC0000001")[1]) == [{"sys_id": INC1}]


def test_error__is_json_where_the_output_is(pysnow: Run) -> None:
    code, _, complaint = pysnow("get", "no_such_table", "--output", "json")
    assert (code, json.loads(complaint)["error"]["code"]) == (7, 7)


@pytest.mark.parametrize("condition", ["count>5", "count(state)>5", "count(state) > 5"])
def test_having__keeps_groups(pysnow: Run, condition: str) -> None:
    code, output, _ = pysnow("aggregate", "incident", "--group-by", "state", "--having", condition)
    counts = [int(row["count"]) for row in lines(output)]
    assert (code, bool(counts), all(count > 5 for count in counts)) == (0, True, True)


STRICT = {
    "count": ["count", "incident"],
    "get": ["get", "incident"],
    "list": ["list", "incident"],
    "aggregate": ["aggregate", "incident"],
    "export": ["export", "incident", "all.jsonl"],
}


@pytest.mark.parametrize("words", STRICT.values(), ids=STRICT)
def test_strict__column_that_is_none_serves_nothing(
    pysnow: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output, complaint = pysnow(*words, "-q", "numbr=1", "--strict")
    assert (code, output, complaint.count("\n"), list(tmp_path.iterdir())) == (2, "", 1, [])
    assert "numbr" in complaint


@pytest.mark.parametrize("words", STRICT.values(), ids=STRICT)
def test_strict__columns_that_are_there_pass(
    pysnow: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert pysnow(*words, "-q", "number=INC0000060", "--strict")[0] == 0


def test_strict__column_to_read_that_is_none(pysnow: Run) -> None:
    assert pysnow("get", "incident", "--fields", "numbr", "--strict")[:2] == (2, "")


def test_strict__not_said_leaves_it_to_the_environment(pysnow: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICENOW_STRICT", "true")
    assert pysnow("count", "incident", "-q", "numbr=1")[0] == 2
