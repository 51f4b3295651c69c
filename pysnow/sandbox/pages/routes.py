"""Paths of the pages."""

from __future__ import annotations

from functools import partial

from pysnow.sandbox.http.answer import Answer, Content
from pysnow.sandbox.http.routing import Route
from pysnow.sandbox.pages import addresses, attachments, faults, home, log, record, record_list
from pysnow.sandbox.pages.layout import see_other
from pysnow.sandbox.pages.style import CSS, ICON
from pysnow.sandbox.pages.visit import Visit


def page_routes() -> list[Route]:
    """Build the routes of all pages."""
    return [
        Route("GET", addresses.HOME, home.show_tables),
        Route("GET", "/sandbox", _to_home),
        Route("GET", "/sandbox/", _to_home),
        Route("GET", "/sandbox/tables", _to_home),
        Route("GET", "/sandbox/tables/<table>", record_list.show_list),
        Route("GET", "/sandbox/records/<table>/<path:sys_id>", record.show_record),
        Route("GET", "/sandbox/attachments/<path:sys_id>", attachments.download),
        Route("GET", addresses.REQUESTS, log.show_requests),
        Route("POST", addresses.CLEAR_REQUESTS, log.clear_requests),
        Route("GET", addresses.FAULTS, faults.show_faults),
        Route("POST", addresses.ADD_FAULT, faults.add_fault),
        Route("POST", addresses.REMOVE_FAULT, faults.remove_fault),
        Route("POST", addresses.CLEAR_FAULTS, faults.clear_faults),
        Route("GET", addresses.STYLE, partial(_text, CSS, "text/css; charset=utf-8")),
        Route("GET", addresses.ICON, partial(_text, ICON, "image/svg+xml")),
    ]


def _to_home(visit: Visit) -> Answer:
    return see_other(addresses.HOME)


def _text(text: str, content_type: str, visit: Visit) -> Answer:
    return Answer(200, Content(iter((text.encode(),)), content_type))
