"""What an unsatisfactory answer means: from status, headers and body to the error that says what to do.

Everything here computes; nothing is read, sent or raised. A body is quoted with 200 characters at most, and never the
query of a request, which holds the caller's data.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from pysnow.exceptions import (
    AuthenticationError,
    EmptyContent,
    ErrorInResult,
    HibernationRedirect,
    HTMLResponse,
    HTTPStatusError,
    InstanceHibernating,
    LoginPage,
    LoginRedirect,
    MalformedResponse,
    MissingResult,
    NotFound,
    PartialResult,
    PermissionDenied,
    ProxyPage,
    PysnowException,
    RateLimited,
    RecordNotFound,
    ServerError,
    UnexpectedRedirect,
    UniqueKeyViolation,
)
from pysnow.reading.record_stream import parse_document
from pysnow.wire.answer_facts import facts_of
from pysnow.wire.body import answer_context, request_line
from pysnow.wire.likely_causes import causes_of_401, causes_of_403, unknown_table
from pysnow.wire.retry import parse_retry_after

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON

_Error = TypeVar("_Error", HTTPStatusError, ErrorInResult, PartialResult)

__all__ = ["OPERATIONS", "context_of", "diagnose_envelope", "diagnose_nothing", "diagnose_page", "diagnose_status"]

QUOTED_CHARACTERS: Final = 200
"""Most characters of a body in a message."""

PAGE_BYTES: Final = 65_536
"""How much of a page is looked at."""

_CLASSES: Final[dict[int, type[HTTPStatusError]]] = {
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    429: RateLimited,
}

_HINTS: Final[dict[int, str]] = {
    304: "The instance sends no content because nothing has changed: leave If-None-Match and If-Modified-Since out of"
    " the headers",
    400: "Check the path, the table's name and the payload",
    404: "Check the path: the instance does not know it",
    405: "This API does not offer the method",
    406: "Ask for application/json in the Accept header",
    408: "Try again; if it stays, ask for fewer records or fields",
    413: "The instance takes request bodies up to glide.rest.max_content_length (10 MB unless changed)",
    414: "The query is too long for an address: split it",
    415: "Send application/json, or what the API asks for, as Content-Type",
    429: "Wait and try again; the instance limits requests by rule and by the number it works on at a time",
    500: "See the instance's log for the transaction; if time ran out, ask for fewer records or fields",
}
_RECORD_HINT = "No record has this sys_id, or the user may not read it"
_EDGE_HINT = "The instance or a balancer before it is not available: try again later"
_CANCELLED_HINT = "The instance ran out of time: ask for fewer records (limit) or fields, or for stored values only"

_REDIRECTS = (301, 302, 303, 307, 308)
_ODD_HINT = "The instance does not answer calls of this library so: check instance= or host=, and the headers added"

_REFUSALS = (400, 401, 405, 415, 429)
"""Statuses with which the platform's own APIs refuse a request before they carry it out. 403 is none of them: it was
seen after the record had been created (KB2697679); nor is 404, which may mean that the changed record is hidden now."""

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_RECORD_PATH = re.compile(r"/api/now/(?:v\d+/)?(?:table|attachment)/", re.ASCII)
_FILE_PATH = re.compile(r".*/attachment/[^/]+/file", re.ASCII)

OPERATIONS = {"GET": "read", "HEAD": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
"""What a method does to a record, in the words of errors."""

_LOGIN_PLACE = re.compile(r"login|/saml|logon|\bsign[-_]?in\b|/sso\b|/idp/", re.IGNORECASE)
"""Where redirects lead that ask who is calling."""

_TITLE = re.compile(r"<(title|h1)[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)

_PAGES: Final[tuple[tuple[type[HTMLResponse], re.Pattern[str], str], ...]] = (
    (
        InstanceHibernating,
        re.compile(r"instance-hibernating-page|hibernating", re.IGNORECASE),
        "the page of a developer instance that sleeps. Sign in to developer.servicenow.com as its owner and wake it",
    ),
    (
        LoginPage,
        re.compile(
            r"type=[\"']?password|user_password|login\.do|saml(?:request|response)|single sign-?on", re.IGNORECASE
        ),
        "a login page. Check the credentials, and whether API requests are kept out of single sign-on",
    ),
    (
        ProxyPage,
        re.compile(
            r"proxy|gateway|firewall|web filter|access denied|request blocked|captive portal|service unavailable"
            r"|zscaler|blue ?coat|forcepoint|netskope|cloudflare|akamai|big-?ip",
            re.IGNORECASE,
        ),
        "a page of a proxy or balancer on the way to the instance. Check proxies= and the network",
    ),
    (
        HTMLResponse,
        re.compile(""),
        "a page for people. The instance may be starting or in maintenance: try again later",
    ),
)


def context_of(response: requests.Response, table: str | None = None) -> dict[str, Any]:
    """What every error about an answer knows: operation, table, method, path, status, transaction id, response."""
    known = answer_context(response)
    method, path = known["method"], known["path"] or ""
    operation = facts_of(response).operation or OPERATIONS.get(method)
    if method == "POST" and path.endswith(("/attachment/file", "/attachment/upload")):
        operation = "upload"
    elif method == "GET" and _FILE_PATH.fullmatch(path):
        operation = "download"
    return {**known, "operation": operation, "table": table}


def diagnose_status(
    response: requests.Response, body: bytes, *, table: str | None = None, clock: Callable[[], float] = time.time
) -> HTTPStatusError | UnexpectedRedirect:
    """Tell what a status outside 2xx means.

    Args:
        response: The answer.
        body: Its body.
        table: Table concerned.
        clock: Seconds since 1970, to count a ``Retry-After`` date from.
    """
    status = response.status_code
    if status in _REDIRECTS:
        return _diagnose_redirect(response, table)
    error = _error_in(body)
    kind = _CLASSES.get(status, ServerError if status >= 500 else HTTPStatusError)
    hint, committed = _hint_for(response, error), False if _is_refusal(response, error) else None
    if kind is NotFound and str(error.get("message", "")).lower() == "no record found":
        kind, hint = RecordNotFound, _RECORD_HINT
    elif kind is PermissionDenied and "unique key" in f"{error.get('message')} {error.get('detail')}".lower():
        kind = UniqueKeyViolation
    elif _is_cancellation(error):
        hint = _CANCELLED_HINT
    elif not error and _is_page(body):
        page = _decoded(body)
        error = {"message": _title_of(page) or "a page without a title"}
        page_class, meaning = _page_kind(page)
        # What these say they mean whoever sends them; other statuses of the caller's doing, unless the page says more.
        if status not in (414, 429) and not (page_class is HTMLResponse and 404 < status < 500 and status in _HINTS):
            hint = f"The answer is {meaning}"
    exception = _with_error(kind, error, hint=hint, committed=committed, **context_of(response, table))
    if isinstance(exception, RateLimited):
        exception.retry_after = parse_retry_after(response.headers.get("Retry-After"), clock)
    return exception


def diagnose_page(response: requests.Response, head: bytes, *, table: str | None = None) -> MalformedResponse:
    """Tell what a body means that begins with ``<`` where JSON belongs, in an answer that claims success.

    Args:
        response: The answer.
        head: Beginning of its body; 64 KiB are enough.
        table: Table concerned.
    """
    page, where = _decoded(head), request_line(response)
    context = context_of(response, table)
    if not _is_page(head):
        hint = "Ask for application/json in the Accept header"
        return MalformedResponse(f"The answer to {where} is XML, not JSON. {hint}", hint=hint, **context)
    kind, meaning = _page_kind(page)
    title = _title_of(page)
    return kind(f"The answer to {where} is {meaning}" + (f". Title: {title}" if title else ""), hint=meaning, **context)


def diagnose_nothing(response: requests.Response, *, table: str | None = None) -> EmptyContent:
    """Tell what an answer means that has no content where a body belongs."""
    where, status = request_line(response), response.status_code
    hint = "Ask for the record to see what happened"
    if status == 202:
        hint = (
            "The instance did not do it: too many requests wait for the same session. Try again, with fewer at a time"
            " or a session for each thread"
        )
    elif _method(response) == "GET":
        hint = "Try again"
    return EmptyContent(
        f"No content in the answer to {where} ({status}). {hint}", hint=hint, **context_of(response, table)
    )


def diagnose_envelope(
    response: requests.Response, *, error: JSON, has_result: bool, found: str, received: int, table: str | None = None
) -> PysnowException | None:
    """Tell what the envelope of a successful answer means; None when it holds a result and no error.

    Args:
        response: The answer.
        error: The error that the document holds, if any.
        has_result: Whether it holds a result.
        found: What it holds otherwise, in words.
        received: Records that came before the error.
        table: Table concerned.
    """
    if error is None and has_result:
        return None
    context = context_of(response, table)
    if error is None:
        return MissingResult(
            f"The answer to {request_line(response)} is {found}. Response.json() gives it as it is", **context
        )
    fields = error if isinstance(error, dict) else {"message": error}
    hint = _CANCELLED_HINT if _is_cancellation(fields) else None
    if not has_result:
        return _with_error(ErrorInResult, fields, hint=hint, **context)
    partial = _with_error(PartialResult, fields, hint=hint, **context)
    partial.received = received
    return partial


def _hint_for(response: requests.Response, error: dict[str, Any]) -> str | None:
    status = response.status_code
    if status in (401, 403):
        return causes_of_401(response) if status == 401 else causes_of_403(error)
    if status == 400 and (table := unknown_table(error)):
        return table
    return _HINTS.get(status, _EDGE_HINT if status >= 500 else _ODD_HINT if status < 400 else None)


def _is_refusal(response: requests.Response, error: dict[str, Any]) -> bool:
    """Whether this is the platform's own refusal of a write that it has not begun to carry out."""
    is_write = _method(response) in _WRITES and _RECORD_PATH.match(urlsplit(response.url or "").path)
    return bool(is_write) and response.status_code in _REFUSALS and {"message", "detail"} <= error.keys()


def _diagnose_redirect(response: requests.Response, table: str | None) -> UnexpectedRedirect:
    location, kind = response.headers.get("Location", ""), UnexpectedRedirect
    try:
        target = urlsplit(location).hostname or ""
    except ValueError:
        target = ""
    target = target[:QUOTED_CHARACTERS]
    hint = "Redirects are not followed, because credentials would go with them. Check instance= or host="
    if target == "developer.servicenow.com":
        kind = HibernationRedirect
        hint = "The developer instance sleeps: sign in to developer.servicenow.com as its owner and wake it"
    elif _LOGIN_PLACE.search(location):
        kind = LoginRedirect
        hint = "This looks like a login: check the credentials, and whether API requests are kept out of single sign-on"
    return kind(
        f"{response.status_code} for {request_line(response)}: a redirect to {target or 'another path'}. {hint}",
        hint=hint,
        **context_of(response, table),
    )


def _with_error(kind: type[_Error], fields: dict[str, Any], **context: Any) -> _Error:
    """An error whose text quotes the server briefly, and whose attributes do so in full."""
    message, detail = (str(fields.get(name) or "") for name in ("message", "detail"))
    quoted = _clipped(message, QUOTED_CHARACTERS)
    error = kind({"message": quoted, "detail": _clipped(detail, QUOTED_CHARACTERS - len(quoted))}, **context)
    error.message, error.detail = message or error.message, detail or error.detail
    if not isinstance(error, PartialResult):
        error.error_summary, error.error_details = message, detail
    return error


def _error_in(body: bytes) -> dict[str, Any]:
    """The error object of a body, or what comes closest to it."""
    if _is_page(body) or not body.strip():
        return {}
    try:
        document = parse_document(body)
    except MalformedResponse:
        return {"message": _clipped(_decoded(body), QUOTED_CHARACTERS)}
    error = document.get("error") if isinstance(document, dict) else None
    if isinstance(error, dict):
        return error
    described = {"detail": document["error_description"]} if error and "error_description" in document else {}
    return {"message": error, **described} if error else {}


def _is_cancellation(error: dict[str, Any]) -> bool:
    return str(error.get("message", "")).startswith("Transaction cancelled")


def _is_page(body: bytes) -> bool:
    start = _decoded(body[:2048]).lstrip("\ufeff \t\r\n").lower()
    return start.startswith("<") and ("<html" in start or not start.startswith(("<?xml", "<response")))


def _page_kind(page: str) -> tuple[type[HTMLResponse], str]:
    return next((kind, meaning) for kind, signs, meaning in _PAGES if signs.search(page))


def _title_of(page: str) -> str:
    title = _TITLE.search(page)
    return _clipped(title[2], QUOTED_CHARACTERS) if title else ""


def _decoded(body: bytes) -> str:
    return body[:PAGE_BYTES].decode("utf-8", "replace")


def _clipped(text: str, length: int) -> str:
    line = " ".join(text[: 10 * QUOTED_CHARACTERS].split())
    return line if len(line) <= length else line[: max(0, length - 3)] + "..."


def _method(response: requests.Response) -> str:
    return getattr(response.request, "method", None) or "GET"
