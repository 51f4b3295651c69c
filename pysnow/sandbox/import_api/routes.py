"""Paths of the Import Set API."""

from __future__ import annotations

from pysnow.sandbox.http.routing import Route, versioned
from pysnow.sandbox.import_api import handlers

_VERSIONS = ("v1",)
_STAGING = "/import/<table>"


def import_routes() -> list[Route]:
    """Build the routes of the Import Set API."""
    return [
        *versioned("POST", _STAGING, handlers.insert_row, versions=_VERSIONS),
        *versioned("POST", f"{_STAGING}/insertMultiple", handlers.insert_multiple, versions=_VERSIONS),
        *versioned("GET", f"{_STAGING}/<sys_id>", handlers.read_row, versions=_VERSIONS),
    ]
