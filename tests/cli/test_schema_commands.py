"""``pysnow schema`` and ``pysnow types``."""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from pysnow.schema.schema import Schema

Run: TypeAlias = "Callable[..., tuple[int, str, str]]"
Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


def test_schema__gives_a_line_for_each_column(process: Process) -> None:
    done = process("schema", "incident")
    rows = {row["column"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert (done.returncode, rows["active"]["type"], rows["number"]["table"]) == (0, "boolean", "incident")


def test_schema__gives_programs_all_choices(pysnow: Run) -> None:
    rows = {row["column"]: row for row in map(json.loads, pysnow("schema", "incident", "--jsonl")[1].splitlines())}
    assert (len(rows["approval"]["choices"]), rows["caller_id"]["reference_table"]) == (7, "sys_user")


def test_schema__as_csv_has_choices_in_a_cell(pysnow: Run) -> None:
    rows = {row["column"]: row for row in csv.DictReader(io.StringIO(pysnow("schema", "incident", "--csv")[1]))}
    assert (json.loads(rows["state"]["choices"])["6"], rows["number"]["choices"]) == ("Resolved", "")


def test_schema__tells_people_which_tables_it_extends(pysnow: Run) -> None:
    assert pysnow("schema", "incident", "--table")[1].startswith("incident > task")


def test_schema__is_saved_for_the_library(pysnow: Run, tmp_path: Path) -> None:
    code, output, _ = pysnow("schema", "problem", "--save", str(tmp_path / "schema.json"))
    assert (code, output, Schema.load(tmp_path / "schema.json").has_field("problem", "number")) == (0, "", True)


def test_schema__as_json_is_what_is_saved(pysnow: Run, tmp_path: Path) -> None:
    pysnow("schema", "problem", "--save", str(tmp_path / "schema.json"))
    assert Schema(json.loads(pysnow("schema", "problem", "--json")[1])) == Schema.load(tmp_path / "schema.json")


def test_schema__of_an_unknown_table(pysnow: Run) -> None:
    code, output, complaint = pysnow("schema", "no_such_table")
    assert (code, output, complaint.count("\n")) == (2, "", 1)


def test_types__are_a_python_module(process: Process) -> None:
    done = process("types", "incident", "problem")
    classes = {node.name for node in ast.parse(done.stdout).body if isinstance(node, ast.ClassDef)}
    assert (done.returncode, {"Incident", "IncidentPayload", "Problem"} <= classes) == (0, True)


def test_types__go_to_a_file(pysnow: Run, tmp_path: Path) -> None:
    code, output, _ = pysnow("types", "problem", "--to", str(tmp_path / "types.py"))
    assert (code, output, "class Problem(" in (tmp_path / "types.py").read_text(encoding="utf-8")) == (0, "", True)
