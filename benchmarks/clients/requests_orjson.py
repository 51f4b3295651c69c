"""requests, and orjson on the whole body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import requests
from job import Job


def stream(job: Job) -> Iterator[dict[str, Any]]:
    """Give the records one by one, a page at a time."""
    with requests.Session() as session:
        for page in job.pages():
            yield from orjson.loads(session.get(job.url, params=page).content)["result"]
