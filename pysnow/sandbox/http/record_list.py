"""Bodies that hold several records: ``{"records":[{...},...]}``."""

from __future__ import annotations

from pysnow.sandbox.http.errors import bad_parameter
from pysnow.sandbox.http.json_reader import Fields


def read_records(fields: Fields) -> list[Fields]:
    """Give the records of a body, all of them or none.

    Raises:
        ApiError: 400, there is no list of records, or something else than an object in it (our default).
    """
    records = fields.get("records")
    if not isinstance(records, list):
        raise bad_parameter("records must be a list")
    for position, record in enumerate(records):
        if not isinstance(record, dict):
            raise bad_parameter(f"records[{position}] must be an object")
    return records
