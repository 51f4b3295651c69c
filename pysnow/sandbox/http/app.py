"""The WSGI application: from a request to an answer, with all that every answer of an instance carries."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request

from pysnow.sandbox.http import errors
from pysnow.sandbox.http.access import Access, Login
from pysnow.sandbox.http.answer import Answer, Content, Members
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.negotiation import Format, answer_format
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.http.refusals import error_of
from pysnow.sandbox.http.rendering import render
from pysnow.sandbox.http.request_log import NOTE, PARTS, READING, Note, RecordedInput, RequestLog, log_entry
from pysnow.sandbox.http.routing import Match, Router
from pysnow.sandbox.http.sessions import QUEUE_LIMITS, QueueLimits, SessionBook, SessionBusy
from pysnow.sandbox.http.standing_headers import standing_headers
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.properties import REPLACE_REQUEST_HOST, is_on

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

LONGEST_URL = 16 * 1024
"""Characters of path and parameters. 10,000 were seen to pass and 23,000 not to; between lies our default."""

OWN_PATHS = "/sandbox/"
"""What lies below belongs to the sandbox and not to an instance: it is not logged, and no fault strikes it."""

_DEBUG_HEADER = "X-WantSessionDebugMessages"
# No session debugging is on here that would log anything (REST API documentation, "session debug header").
_DEBUG: Members = {"session": {"debug_logs": []}}

_QUEUE = QueueLimits()

_URL_TOO_LONG_PAGE = (
    b"<html>\r\n<head><title>414 Request-URI Too Large</title></head>\r\n"
    b"<body>\r\n<center><h1>414 Request-URI Too Large</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(slots=True)
class _Transaction:
    """One request on its way through the application, with what became known of it so far."""

    request: Request
    parameters: Parameters
    body: RecordedInput
    method: str
    form: Format = Format.JSON
    login: Login | None = None
    waited_ms: int = 0
    is_committed: bool = False

    @property
    def path(self) -> str:
        return self.request.path


class Application:
    """Serves an instance over WSGI; threads may share it.

    Args:
        instance: The instance.
        router: Finds the handler of a request.
        access: Identifies callers.
        sessions: Writes the cookies of new sessions.
        log: Where every request is noted.
        token_hex: Source of random hexadecimal text, by number of bytes.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        router: Router,
        access: Access,
        sessions: SessionBook,
        log: RequestLog,
        token_hex: Callable[[int], str] = secrets.token_hex,
    ) -> None:
        self._instance = instance
        self._router = router
        self._access = access
        self._sessions = sessions
        self._log = log
        self._token_hex = token_hex

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        transaction = _begin(environ)
        answer = self._answer(transaction)
        headers = self._headers(transaction, answer)
        body = _body(transaction, answer, headers)
        self._note(transaction, answer.status)
        start_response(f"{answer.status} {HTTP_STATUS_CODES.get(answer.status, 'Unknown')}", headers)
        return body

    def _answer(self, transaction: _Transaction) -> Answer:
        try:
            return self._serve(transaction)
        except SessionBusy:
            return Answer(202)
        except Exception as failure:  # the edge of the server
            return error_of(failure, f"{transaction.method} {transaction.path}").answer()

    def _serve(self, transaction: _Transaction) -> Answer:
        environ = transaction.request.environ
        if len(environ.get("QUERY_STRING", "")) + len(transaction.path) > LONGEST_URL:
            return Answer(414, Content(iter((_URL_TOO_LONG_PAGE,)), "text/html"))
        match = self._find(transaction)
        if match.route.negotiates:
            transaction.form = answer_format(transaction.request.headers.get("Accept", ""))
        exchange = Exchange(
            self._instance_reached_by(transaction.request),
            transaction.request,
            transaction.parameters,
            transaction.path,
            transaction.login.caller if transaction.login else None,
            match.route.version,
        )
        limits = environ.get(QUEUE_LIMITS, _QUEUE)
        with transaction.login.session.turn(limits) if transaction.login else nullcontext(0) as transaction.waited_ms:
            answer = match.route.handler(exchange, **match.parts)
        transaction.is_committed = transaction.method not in READING and answer.status < 400
        return answer

    def _instance_reached_by(self, request: Request) -> Instance:
        """Return the instance under the URL that links begin with: its own, or that of the request."""
        if is_on(self._instance.properties, REPLACE_REQUEST_HOST):
            return self._instance
        return self._instance.reached_at(request.host_url.rstrip("/"))

    def _find(self, transaction: _Transaction) -> Match:
        """Find the route, and log the caller in unless it is public; who is nobody learns nothing about paths."""
        try:
            match = self._router.find(transaction.method, transaction.path)
        except errors.ApiError:
            transaction.login = self._access.login(transaction.request)
            raise
        if not match.route.is_public:
            transaction.login = self._access.login(transaction.request)
        return match

    def _headers(self, transaction: _Transaction, answer: Answer) -> list[tuple[str, str]]:
        login = transaction.login
        secure = transaction.request.scheme == "https"
        headers = standing_headers(
            self._token_hex(6),
            now=self._instance.platform.clock(),
            is_logged_in=login is not None,
            waited_ms=transaction.waited_ms,
            secure=secure,
        )
        headers.extend(answer.headers)
        if login is not None and login.is_new:
            headers.extend(self._sessions.cookies(login.session, secure=secure))
        return headers

    def _note(self, transaction: _Transaction, status: int) -> None:
        request = transaction.request
        if request.path.startswith(OWN_PATHS):
            return
        entry = log_entry(
            request,
            transaction.parameters.pairs,
            transaction.body.recorded,
            status=status,
            user=transaction.login.caller.user_name if transaction.login else "",
            committed=transaction.is_committed,
            parts=request.environ[PARTS],
        )
        note: Note = request.environ.get(NOTE, self._log.add)
        note(entry)
        logger.debug("%s %s %d", request.method, request.path, status)


def _begin(environ: WSGIEnvironment) -> _Transaction:
    body = RecordedInput(environ["wsgi.input"])
    request = Request({**environ, "wsgi.input": body, PARTS: []})
    query_string = environ.get("QUERY_STRING", "").encode("latin-1", "replace").decode("utf-8", "replace")
    # POST may carry another verb (REST API documentation).
    override = request.headers.get("X-HTTP-Method-Override", "") if request.method == "POST" else ""
    return _Transaction(request, Parameters(query_string), body, method=override.upper() or request.method)


def _body(transaction: _Transaction, answer: Answer, headers: list[tuple[str, str]]) -> Iterable[bytes]:
    """Render the body, adding the headers that describe it."""
    if answer.payload is None:
        return []
    may_gzip = transaction.request.accept_encodings["gzip"] > 0
    beside = _DEBUG if transaction.request.headers.get(_DEBUG_HEADER, "").lower() == "true" else None
    body = render(answer.payload, transaction.form, may_gzip=may_gzip, beside=beside)
    headers.append(("Content-Type", body.content_type))
    if body.is_gzipped:
        headers.append(("Content-Encoding", "gzip"))
    return [] if transaction.method == "HEAD" else body.chunks
