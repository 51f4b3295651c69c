"""A sandbox that keeps its data in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pysnow.sandbox import Sandbox
from pysnow.sandbox.store import StoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with three generated incidents."""
    path = tmp_path / "data.db"
    Sandbox(path=path, records=3).close()
    return path


@pytest.mark.parametrize("records", [0, 3])
def test_file__opens_with_what_it_holds(path: Path, records: int) -> None:
    sandbox = Sandbox(path=path, records=records)
    try:
        assert len(sandbox.table("incident").rows) == 69
    finally:
        sandbox.close()


def test_file__with_another_number_of_incidents_is_refused(path: Path) -> None:
    """Nobody shall measure a million rows that are not there."""
    with pytest.raises(StoreError, match="holds 3 generated incidents, not 5"):
        Sandbox(path=path, records=5)
