"""Paths of the Batch API."""

from __future__ import annotations

from collections.abc import Iterable

from pysnow.sandbox.batch_api.handlers import BatchHandlers, refuse_batch
from pysnow.sandbox.http.routing import Route, Router, versioned

_PATH = "/batch"
_VERSIONS = ("v1",)  # the documented URL names v1; there is no v2


def batch_routes(apis: Iterable[Route]) -> list[Route]:
    """Build the routes of the Batch API.

    Args:
        apis: Routes that the requests of a batch may use.
    """
    nested = versioned("POST", _PATH, refuse_batch, versions=_VERSIONS)
    handlers = BatchHandlers(Router([*nested, *apis]))
    return versioned("POST", _PATH, handlers.run_batch, versions=_VERSIONS)
