"""Rows of a frame that are written: numbers of numpy as they are, missing cells refused row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy
import pandas
import pytest

from pysnow import Client, InvalidUsage


@pytest.fixture
def server(client: Client) -> str:
    return str(client.table("cmdb_ci_server").create({"name": "frame", "ram": "1"})["sys_id"])


@pytest.mark.parametrize("cell", [numpy.int64(8), numpy.float64(8), numpy.str_("8"), numpy.uint8(8)])
def test_update_many__scalar_of_numpy__is_written(client: Client, server: str, cell: Any) -> None:
    (done,) = client.table("cmdb_ci_server").update_many([{"sys_id": server, "ram": cell}])
    assert (done.record or {})["ram"] == "8"


def test_update__scalar_of_numpy__is_written(client: Client, server: str) -> None:
    assert client.table("cmdb_ci_server").update(server, {"ram": numpy.int64(8)})["ram"] == "8"


@pytest.mark.parametrize("cell", [pandas.NaT, pandas.NA, float("nan"), numpy.float64("nan"), numpy.datetime64("NaT")])
def test_update_many__missing_cell__is_refused_by_its_name(client: Client, server: str, cell: Any) -> None:
    rows = [{"sys_id": server, "ram": cell}, {"sys_id": server, "ram": 4}]
    first, second = client.table("cmdb_ci_server").update_many(rows)
    assert (first.status, type(first.error), second.status) == ("not_executed", InvalidUsage, "done")
    assert str(first.error).startswith("ram is missing")


@pytest.mark.parametrize("cell", [pandas.NaT, pandas.NA, float("nan")])
def test_update_many__of_a_record__missing_cell__is_refused_by_its_name(client: Client, server: str, cell: Any) -> None:
    record = client.table("cmdb_ci_server").get_by_id(server)
    record["ram"] = cell
    (done,) = client.table("cmdb_ci_server").update_many([record])
    assert str(done.error).startswith("ram is missing")


def test_update_many__timestamp__is_a_moment(client: Client) -> None:
    incidents = client.table("incident")
    made = incidents.create({"short_description": "x"})
    moment = pandas.Timestamp(datetime(2026, 1, 2, 3, tzinfo=UTC))
    (done,) = incidents.update_many([{"sys_id": made["sys_id"], "due_date": moment}])
    assert (done.record or {})["due_date"] == "2026-01-02 03:00:00"


def test_update_many__moment_of_numpy__is_refused(client: Client, server: str) -> None:
    (done,) = client.table("cmdb_ci_server").update_many(
        [{"sys_id": server, "install_date": numpy.datetime64("2026-01-02")}]
    )
    assert "without a zone" in str(done.error)


def test_update_many__frame_without_its_missing_cells(client: Client, server: str) -> None:
    frame = pandas.DataFrame({"sys_id": [server], "ram": [16], "name": [None]})
    kept = [{name: cell for name, cell in row.items() if pandas.notna(cell)} for row in frame.to_dict("records")]
    (done,) = client.table("cmdb_ci_server").update_many(kept)
    assert ((done.record or {})["ram"], (done.record or {})["name"]) == ("16", "frame")
