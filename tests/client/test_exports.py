"""What is written of walks and answers: all of it, and labels only where they were read."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from pysnow import Client, InvalidUsage
from pysnow.sandbox import Sandbox


@pytest.mark.parametrize(("values", "shown"), [("display", False), ("both", False), ("both", True)])
def test_walk__labels_that_are_not_read_are_refused_unsent(
    client: Client, sandbox: Sandbox, tmp_path: Path, values: Any, shown: bool
) -> None:
    walk = client.table("incident").iterate(fields="state", limit=2, display_value=shown)
    with pytest.raises(InvalidUsage, match="labels are wanted that were not read: read with display_value="):
        walk.to_csv(tmp_path / "a.csv", values=values)
    assert len(sandbox.requests) == 0


def test_response__labels_that_were_not_read_are_refused(client: Client, tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="labels are wanted that were not read"):
        client.table("incident").get(fields="state", limit=2).to_csv(tmp_path / "a.csv", values="display")


@pytest.mark.parametrize("asked", [{"display_value": True}, {"params": {"sysparm_display_value": "all"}}])
def test_walk__labels_that_are_read_are_written(client: Client, tmp_path: Path, asked: dict[str, Any]) -> None:
    client.table("incident").iterate("state=1", "state", limit=1, **asked).to_csv(tmp_path / "a.csv", values="display")
    with open(tmp_path / "a.csv", newline="") as file:
        assert list(csv.DictReader(file)) == [{"state": "New"}]


@pytest.mark.parametrize("method", ["to_csv", "to_jsonl"])
def test_walk__that_was_begun_is_refused(client: Client, tmp_path: Path, method: str) -> None:
    walk = client.table("incident").iterate(fields="number", limit=5)
    next(walk)
    with pytest.raises(InvalidUsage, match="1 of its rows would be missing"):
        getattr(walk, method)(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_walk__is_written_once(client: Client, tmp_path: Path) -> None:
    walk = client.table("incident").iterate(fields="number", limit=2)
    walk.to_csv(tmp_path / "a.csv")
    with pytest.raises(InvalidUsage, match="begun before, and 2 of its rows"):
        walk.to_csv(tmp_path / "b.csv")


def test_walk__that_was_closed_is_refused(client: Client, tmp_path: Path) -> None:
    with client.table("incident").iterate(fields="number", limit=2) as walk:
        pass
    with pytest.raises(InvalidUsage, match="begun before"):
        walk.to_csv(tmp_path / "a.csv")


def test_walk__rest_of_one_is_written_where_it_is_asked_for(client: Client, tmp_path: Path) -> None:
    incidents = client.table("incident")
    begun = incidents.iterate(fields="number", limit=3)
    next(begun)
    assert incidents.iterate(fields="number", limit=3, resume=begun.resume_token).to_csv(tmp_path / "a.csv") == 2


def test_related_walk__that_was_begun_is_refused(client: Client, tmp_path: Path) -> None:
    walk = client.table("incident").iterate(fields="number", limit=3, related=["child_incidents"])
    next(walk)
    with pytest.raises(InvalidUsage, match="of its rows would be missing"):
        walk.to_csv(tmp_path / "a.csv")
