"""Paths of the Table API."""

from __future__ import annotations

from pysnow.sandbox.http.routing import Route, versioned
from pysnow.sandbox.http.tiny_urls import expanding
from pysnow.sandbox.table_api import handlers

_LIST = "/table/<table>"
_RECORD = "/table/<table>/<sys_id>"


def table_routes() -> list[Route]:
    """Build the routes of the Table API, for the latest version and the pinned ones."""
    return [
        *versioned("GET", _LIST, expanding(handlers.list_records)),
        *versioned("POST", _LIST, handlers.create_record),
        *versioned("GET", _RECORD, handlers.read_record),
        *versioned("PUT", _RECORD, handlers.update_record),
        *versioned("PATCH", _RECORD, handlers.update_record),
        *versioned("DELETE", _RECORD, handlers.delete_record),
    ]
