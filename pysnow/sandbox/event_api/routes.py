"""Path of Event Management's web service."""

from __future__ import annotations

from pysnow.sandbox.event_api import handlers
from pysnow.sandbox.http.routing import Route


def event_routes() -> list[Route]:
    """Build the routes of Event Management; what its connectors and the JSONv2 web service offer is not emulated."""
    return [Route("POST", "/api/global/em/jsonv2", handlers.push_events)]
