"""This library, as a program uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from job import Job

import pysnow


def _table(job: Job) -> pysnow.Resource:
    client = pysnow.Client(host=job.address, use_ssl=False, user="admin", password="admin")
    return client.resource(api_path=f"/table/{job.table}")


def stream(job: Job) -> Iterator[dict[str, Any]]:
    """Give the records one by one."""
    table = _table(job)
    for offset in range(0, job.total, job.page):
        yield from table.get(limit=job.page, offset=offset, stream=True).all()


def collect(job: Job) -> list[dict[str, Any]]:
    """Give the records as a list."""
    table = _table(job)
    if job.page >= job.total:
        return table.get(limit=job.page).all()
    return [row for offset in range(0, job.total, job.page) for row in table.get(limit=job.page, offset=offset).all()]
