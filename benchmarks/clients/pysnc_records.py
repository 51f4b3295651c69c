"""PySNC, by its manual: a GlideRecord that fetches page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from job import Job
from pysnc import ServiceNowClient


class _WithoutTLS(requests.adapters.HTTPAdapter):
    """It takes addresses with https only, and is spared the encryption here, as all others are."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


def stream(job: Job) -> Iterator[Any]:
    """Give the records one by one, a page at a time."""
    client = ServiceNowClient(f"https://{job.address}", ("admin", "admin"))
    client.session.adapters.clear()
    client.session.mount("https://", _WithoutTLS())
    records = client.GlideRecord(job.table, job.page)
    records.query()
    yield from records


def collect(job: Job) -> list[object]:
    """Give the values of the records as a list."""
    return [record.serialize() for record in stream(job)]
