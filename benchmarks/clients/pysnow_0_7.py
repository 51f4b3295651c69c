"""pysnow 0.7.17, streamed and not, by its manual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from job import Job

import pysnow


def _answers(job: Job, is_streamed: bool) -> Iterator[Any]:
    client = pysnow.Client(host=job.address, use_ssl=False, user="admin", password="admin")
    table = client.resource(api_path=f"/table/{job.table}")
    for offset in range(0, job.total, job.page):
        yield table.get(query={}, limit=job.page, offset=offset, stream=is_streamed)


def stream(job: Job) -> Iterator[dict[str, Any]]:
    """Give the records one by one, while they come."""
    for answer in _answers(job, True):
        yield from answer.all()


def collect(job: Job) -> list[dict[str, Any]]:
    """Give the records as a list."""
    return [record for answer in _answers(job, False) for record in answer.all()]
