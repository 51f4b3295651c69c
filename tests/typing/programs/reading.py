"""What a program that reads sees of our types."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, assert_type

import pysnow
from pysnow.records.record import Record

client = pysnow.Client(instance="dev1", user="admin", password="secret", timeout=(5, 30))
assert_type(client, pysnow.Client)
assert_type(client.base_url, str)

incidents = client.table("incident")
assert_type(incidents, pysnow.Table)
assert_type(client.resource(api_path="/table/incident", base_path="/api/now"), pysnow.Resource)

response = incidents.get({"state": 1}, limit=5, fields=["number"], display_value="all")
assert_type(response, pysnow.Response)
assert_type(response.one(), dict[str, Any])
assert_type(response.one_or_none(), dict[str, Any] | None)
assert_type(response.first(), dict[str, Any])
assert_type(response.first_or_none(), dict[str, Any] | None)
assert_type(response.count, int)
assert_type(response.total, int | None)
assert_type(len(response), int)


def numbers() -> Iterator[str]:
    for record in incidents.get("active=true", stream=True).all():
        yield record["number"]


def states() -> Iterator[str]:
    for record in incidents.iterate(fields=["state"], display_value="all"):
        yield record.display("state")


assert_type(next(incidents.iterate()), Record)
assert_type(list(incidents.iterate()), list[Record])
plain: list[dict[str, Any]] = [dict(record) for record in incidents.iterate()]
query = pysnow.QueryBuilder().field("opened_at").greater_than(datetime.now()).AND().field("state").equals(["1", "2"])
assert_type(query, pysnow.QueryBuilder)
assert_type(str(query), str)
incidents.get(query)
incidents.get(pysnow.F("state") == 1)

# Mistakes that a type checker finds before the program runs.
incidents.get(limit="5")  # type: ignore[arg-type]
incidents.get(qurey={})  # type: ignore[call-arg]
incidents.get(display_value="both")  # type: ignore[arg-type]
pysnow.Client(instance="dev1", users="admin")  # type: ignore[arg-type]
pysnow.Clients  # type: ignore[attr-defined]
