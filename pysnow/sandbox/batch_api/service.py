"""Running one request of a batch: as its caller, through the same routes and handlers as a request of its own."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request

from pysnow.sandbox.batch_api.items import BatchItem
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.errors import ApiError
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.negotiation import Format, answer_format
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.http.refusals import error_of
from pysnow.sandbox.http.rendering import render
from pysnow.sandbox.http.request_log import KEPT_BODY_BYTES, PARTS, READING, LoggedRequest, log_entry
from pysnow.sandbox.http.routing import Router

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Who calls is decided by the batch; how long a body is, by the body.
_NOT_OF_ITEMS = frozenset({"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_SN_APIKEY", "CONTENT_LENGTH"})
_OF_REQUEST = ("HTTP_", "CONTENT_", "werkzeug.")


@dataclass(frozen=True, slots=True)
class Serviced:
    """How one request of a batch was answered.

    Attributes:
        status: HTTP status.
        headers: The answer's own headers.
        body: The answer's body, up to the limit.
        is_cut: Whether the body went on beyond the limit.
        error_message: Why the request failed; empty when it did not.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_cut: bool
    error_message: str = ""

    @property
    def status_text(self) -> str:
        """The reason phrase of the status."""
        return HTTP_STATUS_CODES.get(self.status, "Unknown")

    @property
    def redirect_url(self) -> str:
        """Where the answer sends the caller instead; empty for an answer that does not."""
        is_redirect = HTTPStatus.MULTIPLE_CHOICES <= self.status < HTTPStatus.BAD_REQUEST
        return dict(self.headers).get("Location", "") if is_redirect else ""


def run_item(router: Router, exchange: Exchange, item: BatchItem, output_bytes: int) -> Serviced:
    """Run one request of a batch in its own transaction, and give its answer, whatever happens.

    Args:
        router: The routes a batch may use.
        exchange: The batch itself, whose caller the request has.
        item: The request.
        output_bytes: Most bytes of the answer's body.
    """
    path, _, query = item.url.partition("?")
    request = Request(_environ(exchange.request.environ, item, path, query))
    # Long URLs may travel inside a batch: that is how PySNC sends long queries. No limit applies to them here.
    inner = replace(exchange, request=request, parameters=Parameters(query), path=request.path)
    serviced = _serviced(router, inner, item, output_bytes)
    exchange.request.environ.get(PARTS, []).append(_entry(inner, item, serviced.status))
    return serviced


def _serviced(router: Router, inner: Exchange, item: BatchItem, output_bytes: int) -> Serviced:
    form = Format.JSON
    try:
        if item.body is None:
            raise ApiError(400, "Exception while reading request", "The body is not encoded in Base64")
        match = router.find(_method(item, inner.request), inner.path)
        if match.route.negotiates:
            form = answer_format(inner.request.headers.get("Accept", ""))
        answer = match.route.handler(replace(inner, version=match.route.version), **match.parts)
        return _rendered(answer, form, output_bytes)
    except Exception as failure:  # each request of a batch has an edge of its own: the others run on
        error = error_of(failure, f"{item.method} {inner.path} of a batch")
    return replace(_rendered(error.answer(), form, output_bytes), error_message=error.message)


def _entry(inner: Exchange, item: BatchItem, status: int) -> LoggedRequest:
    return log_entry(
        inner.request,
        inner.parameters.pairs,
        (item.body or b"")[:KEPT_BODY_BYTES],
        status=status,
        user=inner.caller.user_name,
        committed=_method(item, inner.request) not in READING and status < HTTPStatus.BAD_REQUEST,
    )


def _environ(outer: WSGIEnvironment, item: BatchItem, path: str, query: str) -> WSGIEnvironment:
    body = item.body or b""
    environ = {name: value for name, value in outer.items() if not name.startswith(_OF_REQUEST)}
    environ |= {
        "REQUEST_METHOD": item.method,
        "PATH_INFO": unquote_to_bytes(_utf8(path)).decode("latin-1"),
        "QUERY_STRING": _utf8(query).decode("latin-1"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
    }
    for name, value in item.headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        if key not in _NOT_OF_ITEMS:
            environ[key] = value
    return environ


def _utf8(text: str) -> bytes:
    # JSON can write half a surrogate pair, which no URL can hold.
    return text.encode("utf-8", "replace")


def _method(item: BatchItem, request: Request) -> str:
    override = request.headers.get("X-HTTP-Method-Override", "") if item.method == "POST" else ""
    return override.upper() or item.method


def _rendered(answer: Answer, form: Format, output_bytes: int) -> Serviced:
    if answer.payload is None:
        return Serviced(answer.status, answer.headers, b"", is_cut=False)
    body = render(answer.payload, form, may_gzip=False)
    content = _first_bytes(body.chunks, output_bytes + 1)
    headers = (("Content-Type", body.content_type), *answer.headers)
    return Serviced(answer.status, headers, content[:output_bytes], is_cut=len(content) > output_bytes)


def _first_bytes(chunks: Iterable[bytes], count: int) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) >= count:
            break
    return bytes(content[:count])
