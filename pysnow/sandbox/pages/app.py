"""The pages before the instance: a WSGI application that serves them, and hands every other request on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request

from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.http.answer import Answer, Content
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.pages import addresses

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from pysnow.sandbox.pages.serving import Pages

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Not "no-referrer": with it browsers post forms with the origin "null".
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_READING = frozenset({"GET", "HEAD"})


class PagesApplication:
    """Serves the pages, and hands every other request on; threads may share it.

    Args:
        application: What answers the other requests.
        instance: The instance to show.
        log: What it was asked.
        faults: What goes wrong on purpose.
        new_token: Source of random text, by number of bytes.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        instance: Instance,
        log: RequestLog,
        faults: FaultBook,
        new_token: Callable[[int], str] = token_urlsafe,
    ) -> None:
        self._application = application
        self._instance = instance
        self._log = log
        self._faults = faults
        self._new_token = new_token

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        if environ.get("PATH_INFO", "").startswith("/api/"):
            return self._application(environ, start_response)
        request = Request(environ)
        answer = self._answer(request)
        if answer is None:
            return self._application(environ, start_response)
        return _deliver(request, answer, start_response)

    def _answer(self, request: Request) -> Answer | None:
        """Give the answer of a page; None when the request is none of the pages' business."""
        if _is_page(request):
            return self._pages.serve(request)
        if request.method in _READING:
            return self._pages.send_on(request)
        return None

    @cached_property
    def _pages(self) -> Pages:
        # Late: most sandboxes serve a program and never a page.
        from pysnow.sandbox.pages.serving import Pages

        return Pages(self._instance, self._log, self._faults, self._new_token(32))


def _is_page(request: Request) -> bool:
    path = request.path
    if path == addresses.HOME:
        return request.method in _READING
    if path == addresses.FAULTS:
        # Programs switch faults with JSON at the same address; only people ask for HTML.
        return request.method in _READING and "text/html" in request.headers.get("Accept", "")
    return f"{path}/".startswith("/sandbox/") and not path.startswith(f"{addresses.FAULTS}/")


def _deliver(request: Request, answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    headers = [*_HEADERS, *answer.headers]
    content = answer.payload if isinstance(answer.payload, Content) else None
    if content is not None:
        headers.append(("Content-Type", content.content_type))
    start_response(f"{answer.status} {HTTP_STATUS_CODES[answer.status]}", headers)
    return content.chunks if content is not None and request.method != "HEAD" else []
