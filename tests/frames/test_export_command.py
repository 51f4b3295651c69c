"""The command that writes Parquet."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet

from pysnow import cli
from pysnow.sandbox import Sandbox


def test_export__writes_parquet_with_types(sandbox: Sandbox, tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    fields = ["--fields", "number,reassignment_count", "--limit", "3"]
    access = ["--instance", sandbox.url, "--user", "admin", "--password", "admin"]
    assert cli.main(["export", "incident", str(target), *fields, *access]) == 0
    schema = pyarrow.parquet.read_schema(target)
    assert [(field.name, str(field.type)) for field in schema] == [
        ("number", "string"),
        ("reassignment_count", "int64"),
    ]
