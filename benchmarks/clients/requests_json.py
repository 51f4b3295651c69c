"""requests, and the JSON it brings: what most programs do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from job import Job


def stream(job: Job) -> Iterator[dict[str, Any]]:
    """Give the records one by one, a page at a time."""
    with requests.Session() as session:
        for page in job.pages():
            yield from session.get(job.url, params=page).json()["result"]
