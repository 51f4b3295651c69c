"""What mypy finds with the classes that a schema writes."""

from __future__ import annotations

from pathlib import Path

from mypy import api

from pysnow import Schema

SCHEMA = Schema(
    {
        "tables": {
            "incident": {
                "fields": {
                    "state": {"type": "integer", "choices": {"1": "New"}},
                    "active": {"type": "boolean"},
                    "caller_id": {"type": "reference", "reference_table": "sys_user"},
                    "from": {"type": "string"},
                }
            },
            "sys_user": {"fields": {"name": {"type": "string"}, "cost": {"type": "price"}}},
        }
    }
)
PROGRAM = """

good: IncidentPayload = {"state": 1, "active": True, "caller_id": "", "from": "x"}
wrong_choice: IncidentPayload = {"state": "2"}
wrong_name: SysUserPayload = {"nme": "1"}
"""


def test_typed_dicts__mypy_finds_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "tables.py"
    path.write_text(SCHEMA.typed_dicts(["incident", "sys_user"]) + PROGRAM, encoding="utf-8")
    report, _, _ = api.run(["--strict", "--config-file=", f"--cache-dir={tmp_path}", str(path)])
    errors = [line.rpartition("[")[2] for line in report.splitlines() if "error:" in line]
    assert errors == ["typeddict-item]", "typeddict-unknown-key]"]
