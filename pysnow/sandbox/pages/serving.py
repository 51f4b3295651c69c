"""From a request to a page: finding it, checking what is posted, and saying what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.errors import ApiError
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.http.routing import Router
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.markup import tag
from pysnow.sandbox.pages.addresses import HOME
from pysnow.sandbox.pages.elsewhere import page_of
from pysnow.sandbox.pages.forgery import check_post
from pysnow.sandbox.pages.layout import link, page, see_other
from pysnow.sandbox.pages.routes import page_routes
from pysnow.sandbox.pages.ui_links import read_ui_link
from pysnow.sandbox.pages.visit import PageError, Visit

logger = logging.getLogger(__name__)

_LONGEST_FORM_BYTES = 64 * 1024
_NO_FORM: Mapping[str, str] = {}
_UNROUTED = 400  # what an instance answers on a path that it does not know; people expect 404


class Pages:
    """All pages of one sandbox; threads may share it.

    Args:
        instance: The instance to show.
        log: What it was asked.
        faults: What goes wrong on purpose.
        token: Goes into every form that changes something.
    """

    def __init__(self, instance: Instance, log: RequestLog, faults: FaultBook, token: str) -> None:
        self._instance = instance
        self._log = log
        self._faults = faults
        self._token = token
        self._router = Router(page_routes())

    def serve(self, request: Request) -> Answer:
        """Serve a page, or one that says why not."""
        try:
            return self._serve(request)
        except PageError as error:
            return _sorry(self._visit(request, _NO_FORM), error)
        except Exception:  # the edge of the server: visitors get a page, never a traceback
            logger.exception("%s %s failed", request.method, request.path)
            failure = PageError(500, "Something broke", "The sandbox failed to make this page; its log says why.")
            return _sorry(self._visit(request, _NO_FORM), failure)

    def send_on(self, request: Request) -> Answer | None:
        """Send the visitor of an address of the platform's own UI to the page that shows the same; None for others."""
        found = read_ui_link(request.path, _query_string(request))
        address = page_of(self._instance, found) if found else None
        return see_other(address) if address else None

    def _serve(self, request: Request) -> Answer:
        try:
            match = self._router.find(request.method, request.path)
        except ApiError as error:
            raise _no_page(request.path, error) from None
        form = _form(request) if request.method == "POST" else _NO_FORM
        if request.method == "POST":
            check_post(request, form.get("token", ""), self._token)
        try:
            return match.route.handler(self._visit(request, form), **match.parts)
        except ApiError as error:
            raise PageError(error.status, error.message, error.detail or "") from error

    def _visit(self, request: Request, form: Mapping[str, str]) -> Visit:
        parameters = Parameters(_query_string(request))
        return Visit(self._instance, self._log, self._faults, self._token, parameters, form)


def _no_page(path: str, error: ApiError) -> PageError:
    if error.status != _UNROUTED:
        return PageError(error.status, error.message, f"{error.detail}.")
    return PageError(404, "No such page", f"The sandbox has no page at {path}.")


def _sorry(visit: Visit, error: PageError) -> Answer:
    ways = error.links or (("All tables", HOME),)
    items = [tag("li", link(label, address)) for label, address in ways]
    return page(visit, error.title, tag("p", error.text), tag("ul", items), status=error.status)


def _form(request: Request) -> dict[str, str]:
    request.max_content_length = _LONGEST_FORM_BYTES
    try:
        return request.form.to_dict()
    except HTTPException as error:
        raise PageError(error.code or 400, "Not a form", "The form is too large, or cannot be read.") from error


def _query_string(request: Request) -> str:
    return request.query_string.decode("utf-8", "replace")
