"""Paths of the Aggregate API."""

from __future__ import annotations

from pysnow.sandbox.aggregate_api import handlers
from pysnow.sandbox.http.routing import Route, versioned
from pysnow.sandbox.http.tiny_urls import expanding


def aggregate_routes() -> list[Route]:
    """Build the routes of the Aggregate API."""
    return versioned("GET", "/stats/<table>", expanding(handlers.statistics), versions=("v1",))
