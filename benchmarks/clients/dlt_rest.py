"""dlt's REST source, with the paginator that its manual gives for offsets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dlt.sources.rest_api import rest_api_resources
from job import Job


def stream(job: Job) -> Iterator[dict[str, Any]]:
    """Give the records one by one, a page at a time."""
    paginator = {
        "type": "offset",
        "limit": job.page,
        "offset_param": "sysparm_offset",
        "limit_param": "sysparm_limit",
        "total_path": None,
        "maximum_offset": job.total,
    }
    endpoint = {"path": job.table, "paginator": paginator, "data_selector": "result"}
    config = {
        "client": {"base_url": f"http://{job.address}/api/now/table/"},
        "resources": [{"name": "records", "endpoint": endpoint}],
    }
    for resource in rest_api_resources(config):
        yield from resource
