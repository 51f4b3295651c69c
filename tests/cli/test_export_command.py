"""``pysnow export``."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from pysnow.cli.progress_line import ProgressLine
from pysnow.sandbox import Sandbox

Run: TypeAlias = "Callable[..., tuple[int, str, str]]"
Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


def numbers(path: Path) -> list[str]:
    return [json.loads(line)["number"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_export__writes_csv(process: Process, tmp_path: Path) -> None:
    target = tmp_path / "incidents.csv"
    done = process("export", "incident", str(target), "--fields", "number,state", "-q", "priority=1")
    with open(target, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"pysnow: {len(rows)} records in {target}\n")
    assert list(rows[0]) == ["number", "state"]


def test_export__writes_csv_of_all_columns(pysnow: Run, tmp_path: Path) -> None:
    pysnow("export", "incident", str(tmp_path / "a.csv"), "--limit", "3")
    heading = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert {"number", "short_description", "sys_id"} <= set(heading)


def test_export__writes_json_lines_over_several_sessions(pysnow: Run, tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    pysnow("export", "incident", str(target), "--fields", "number", "--workers", "2", "--page-size", "20")
    assert len(set(numbers(target))) == int(pysnow("count", "incident")[1])


def test_format__need_not_be_that_of_the_name(pysnow: Run, tmp_path: Path) -> None:
    pysnow("export", "incident", str(tmp_path / "a.txt"), "--fields", "number", "--format", "jsonl", "--limit", "2")
    assert len(numbers(tmp_path / "a.txt")) == 2


def test_fields__unknown_one_is_refused(pysnow: Run, tmp_path: Path) -> None:
    code, _, complaint = pysnow("export", "incident", str(tmp_path / "a.csv"), "--fields", "number,sate")
    assert (code, "did you mean 'state'" in complaint, list(tmp_path.iterdir())) == (2, True, [])


def test_fields__unknown_one_behind_a_reference_is_refused(pysnow: Run, tmp_path: Path) -> None:
    code, _, complaint = pysnow("export", "incident", str(tmp_path / "a.csv"), "--fields", "caller_id.nmae")
    assert (code, "did you mean 'name'" in complaint) == (2, True)


def test_fields__hidden_one_is_empty_and_told_of(pysnow: Run, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    with Sandbox() as local:
        local.deny("incident.state", "read", admins_too=True)
        access = ["--limit", "1", "--instance", local.url]
        code, _, talk = pysnow("export", "incident", str(target), "--fields", "number,state", *access)
    assert (code, "no column 'state': this user may not read it" in talk) == (0, True)
    assert target.read_text(encoding="utf-8").splitlines()[1].endswith(",")


def test_fields__missing_one_that_nobody_can_look_up_is_told_of(pysnow: Run, tmp_path: Path) -> None:
    with Sandbox() as local:
        local.deny("sys_db_object", "read", admins_too=True)
        call = ["export", "incident", str(tmp_path / "a.csv"), "--fields", "number,sate", "--limit", "1"]
        code, _, talk = pysnow(*call, "--instance", local.url)
    assert (code, "no column 'sate': it does not exist, or this user may not read it" in talk) == (0, True)


def test_quiet__says_nothing(pysnow: Run, tmp_path: Path) -> None:
    assert pysnow("export", "incident", str(tmp_path / "a.jsonl"), "--limit", "2", "--quiet") == (0, "", "")


def test_resume__goes_on_where_it_broke_off(pysnow: Run, tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    call = ["export", "incident", str(target), "--fields", "number", "--page-size", "20"]
    with Sandbox() as local:
        local.faults.add("unauthorized", operation="list", nth=3, times=100)
        broken, _, talk = pysnow(*call, "--instance", local.url)
        local.faults.clear()
        whole = pysnow(*call, "--resume", "--instance", local.url)[0]
    assert (broken != 0, "--resume goes on with it" in talk, whole) == (True, True, 0)
    assert len(numbers(target)) == len(set(numbers(target)))


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.txt"],
        ["a"],
        ["a.csv", "--resume"],
        ["a.parquet", "--resume"],
        ["a.jsonl", "--resume", "--limit", "3"],
        ["a.jsonl", "--resume", "--order-by", "number"],
        ["a.jsonl", "--workers", "0"],
        ["a.jsonl", "--format", "xml"],
        ["a.jsonl", "-q", "INC0000001"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant__is_refused_before_anything_is_sent(
    pysnow: Run, instance: Sandbox, arguments: list[str]
) -> None:
    before = len(instance.requests)
    code, output, complaint = pysnow("export", "incident", *arguments)
    assert (code, output, complaint.count("\n"), len(instance.requests) - before) == (2, "", 1, 0)


def test_progress_line__is_rewritten_some_times_a_second() -> None:
    out, seconds = io.StringIO(), iter([0.0, 0.0, 0.0, 0.1, 0.3, 0.3])
    line = ProgressLine(out, is_shown=True, clock=lambda: next(seconds))
    for received in (1, 2, 1500):
        line.show(received, 3000)
    assert out.getvalue() == "\r1 of 3,000 (0 %) records\r1,500 of 3,000 (50 %) records"


def test_progress_line__leaves_nothing_behind() -> None:
    out = io.StringIO()
    line = ProgressLine(out, is_shown=True, clock=lambda: 0.0)
    line.show(7, None)
    line.close()
    assert out.getvalue() == "\r7 records\r         \r"


def test_progress_line__is_not_there_for_a_file() -> None:
    assert not ProgressLine.on(io.StringIO(), quiet=False).is_shown
