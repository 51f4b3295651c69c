"""Exports of tables, whose columns have the types of the instance's dictionary."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow
import pytest

from pysnow import Client, InvalidUsage
from pysnow.sandbox import Sandbox

FIELDS = ["number", "priority", "active", "opened_at", "caller_id", "caller_id.sys_created_on", "short_description"]


def test_walk__has_the_types_of_the_dictionary(client: Client, sandbox: Sandbox) -> None:
    sandbox.add("incident", {"number": "INC1", "opened_at": "2026-03-01 10:00:00", "impact": "1", "urgency": "1"})
    row = client.table("incident").iterate({"number": "INC1"}, FIELDS).to_arrow().to_pylist()[0]
    assert (row["priority"], row["active"], row["opened_at"]) == (1, True, datetime(2026, 3, 1, 10, tzinfo=UTC))


def test_walk__columns_are_those_asked_for(client: Client) -> None:
    table = client.table("incident").iterate(fields=FIELDS, limit=3).to_arrow()
    assert table.schema.names == FIELDS
    assert table.schema.field("caller_id.sys_created_on").type == pyarrow.timestamp("us", tz="UTC")


def test_walk__labels_are_texts(client: Client) -> None:
    walk = client.table("incident").iterate(fields=["priority"], limit=2, display_value=True)
    assert walk.to_arrow().schema.field("priority").type == pyarrow.string()


def test_walk__without_types_asks_for_none(client: Client, sandbox: Sandbox) -> None:
    client.table("incident").iterate(fields=["priority"], limit=2).to_arrow(types=None)
    assert {request.path for request in sandbox.requests} == {"/api/now/table/incident"}


def test_walk__with_related_rows(client: Client) -> None:
    related = [("sys_journal_field", "element_id")]
    walk = client.table("incident").iterate(fields=["number"], limit=2, related=related)
    assert walk.to_pandas().columns.tolist() == ["number"]


def test_response__has_the_types_of_the_dictionary(client: Client) -> None:
    table = client.table("incident").get(limit=2, fields=["priority", "number"]).to_arrow()
    assert (table.schema.names, table.schema.field("priority").type) == (["priority", "number"], pyarrow.int64())


def test_response__streamed(client: Client) -> None:
    assert client.table("incident").get(limit=2, stream=True).to_polars().height == 2


def test_response__of_no_table_needs_types(client: Client) -> None:
    answer = client.resource(api_path="/attachment").get(limit=1)
    with pytest.raises(InvalidUsage, match="pass types="):
        answer.to_arrow()
    assert answer.to_arrow(types=None).num_rows == 1
