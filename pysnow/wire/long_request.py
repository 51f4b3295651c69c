"""Reads whose address is longer than an instance takes: the GET travels within a batch, and nobody above notices.

::

    GET, up to the limit           -> sent as it is
      refused as too long          -> the limit is lower from now on; sent again, within a batch
    GET, above it                  -> POST /api/now/v1/batch with this one request in it
      200                          -> the answer to the request, as if it had come by itself
      the Batch API is closed      -> sent as it is, unless an address of this length was refused before
      anything else                -> the answer as it is: a 401, 429 or 503 says the same in either way

The Batch API documentation says what a batch looks like, and what limits it: an answer within it is cut at 10 MB
(``glide.rest.batch.max.outputSize``) although its status says success, and after 30 seconds nothing more is serviced.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers, requote_uri

from pysnow.exceptions import (
    HTTPStatusError,
    IncompleteResponse,
    MalformedResponse,
    PermissionDenied,
    PysnowException,
    ResponseTooLarge,
)
from pysnow.reading.record_stream import parse_document
from pysnow.wire import diagnosis
from pysnow.wire.answer_facts import attach_facts, facts_of
from pysnow.wire.batch_item import Item, read_item
from pysnow.wire.body import read_body
from pysnow.wire.exchange import Answer, Failure, Outcome, Request, address_length
from pysnow.wire.raw_body import mark_read
from pysnow.wire.translation import SECRET_HEADERS

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.wire.address_limit import AddressLimit

__all__ = ["BATCH_PATH", "Closed", "is_packable", "packed", "unpacked"]

BATCH_PATH: Final = "/api/now/v1/batch"
"""Path of the Batch API, whose documentation asks for a version."""

_ID: Final = "1"
_OVERRIDE: Final = "x-http-method-override"
_OF_BATCH: Final = frozenset({"accept", "content-type"})
_NOT_OF_ITEM: Final = frozenset({"accept-encoding", "content-type", *(name.lower() for name in SECRET_HEADERS)})
_OF_BODY: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_PASSING: Final = frozenset({401, 408, 429})


@dataclass(frozen=True, slots=True)
class Closed(Failure):
    """The instance takes no batch, but may take the request as it is: nothing is known of such addresses yet."""


def is_packable(request: Request) -> bool:
    """Whether a request may travel within a batch: a GET of an API that reads, and nothing else.

    Args:
        request: The request.
    """
    return (
        request.method == "GET"
        and request.operation == "read"
        and not request.content
        and request.path.startswith("/api/")
        and _OVERRIDE not in (name.lower() for name in request.headers)
    )


def packed(request: Request, query: str) -> Request:
    """The batch in which a request travels. Credentials are on the batch alone.

    Args:
        request: The request.
        query: Its query, as it stands in an address.
    """
    item = {
        "id": _ID,
        "method": request.method,
        "url": _url(request, query),
        "headers": [{"name": name, "value": value} for name, value in _item_headers(request.headers).items()],
    }
    document = {"batch_request_id": _ID, "rest_requests": [item]}
    return replace(
        request,
        method="POST",
        path=BATCH_PATH,
        params={},
        headers={name: value for name, value in request.headers.items() if name.lower() not in _OF_BATCH},
        content={"data": json.dumps(document).encode("ascii")},
        stream=True,
        packs=False,
    )


def unpacked(outcome: Outcome, request: Request, query: str, address: str, limit: AddressLimit) -> Outcome:
    """What became of a request that travelled within a batch.

    Args:
        outcome: What became of the batch.
        request: The request.
        query: Its query, as it stands in an address.
        address: Address of the instance.
        limit: Takes note of whether the instance has a Batch API for this caller.
    """
    if isinstance(outcome, Failure):
        return outcome
    outer = outcome.response
    try:
        body = read_body(outer)
    except PysnowException as exc:
        return Failure(exc, "answered", outer.status_code)
    limit.is_batch_closed = _is_closed(outer.status_code)
    if limit.is_batch_closed:
        length = address_length(request, query)
        kind = Failure if length > limit.longest else Closed
        return kind(_refusal(outer, body, request, length), "answered", outer.status_code)
    inner = _answer(outer, body, request)
    if isinstance(inner, PysnowException):
        return Failure(inner, "answered", outer.status_code)
    return Answer(_presented(inner, request, address + _url(request, query)), outcome.sent)


def _url(request: Request, query: str) -> str:
    return requote_uri(f"{request.path}?{query}" if query else request.path)


def _item_headers(given: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in given.items()
        if name.lower() not in _NOT_OF_ITEM
    }
    return headers if "accept" in map(str.lower, headers) else {"Accept": "application/json", **headers}


def _is_closed(status: int) -> bool:
    """Whether an instance refuses batches, and not just this one at this moment."""
    return (400 <= status < 500 and status not in _PASSING) or status == 501


def _refusal(response: requests.Response, body: bytes, request: Request, length: int) -> HTTPStatusError:
    told = diagnosis.diagnose_status(response, body)
    hint = (
        f"The address of {request.method} {request.path} would have {length:,} characters, more than the instance "
        f"takes, so it was sent within a batch: have POST {BATCH_PATH} allowed for this user, or split the query"
    )
    context = {**diagnosis.context_of(response, request.table), "operation": request.operation, "hint": hint}
    # That the Batch API is missing must not look as if a record or a table were.
    kind = PermissionDenied if response.status_code == 403 else HTTPStatusError
    return kind({"message": told.message, "detail": told.detail}, **context)


def _answer(outer: requests.Response, body: bytes, request: Request) -> requests.Response | PysnowException:
    """The answer within a batch; what is no answer to a batch is what a GET would have been answered with."""
    if outer.status_code != 200:
        return outer
    try:
        document = parse_document(body)
    except MalformedResponse:
        return outer
    if not isinstance(document, dict) or not isinstance(document.get("serviced_requests"), list):
        return outer
    transaction = outer.headers.get("X-Transaction-ID")
    context = {"method": request.method, "path": request.path, "status": 200, "transaction_id": transaction}
    item = _item(document)
    if item is None:
        return IncompleteResponse(
            f"{request.method} {request.path} travelled within a batch, because its address is long, and was not "
            "serviced",
            hint="A batch ends after 30 seconds: ask for fewer records or fields, or split the query",
            **context,
        )
    if _is_cut(item):
        return ResponseTooLarge(
            f"The answer to {request.method} {request.path} was cut after {len(item.body):,} bytes: it travelled "
            "within a batch, because its address is long, and the instance limits what a batch answers",
            hint="Ask for fewer records (limit) or fields, or split the query; an administrator may raise "
            "glide.rest.batch.max.outputSize",
            **context,
        )
    return _response(outer, item)


def _item(document: Mapping[str, JSON]) -> Item | None:
    """What a batch says of its one request; None when it was not serviced, or nothing sensible is said."""
    left, serviced = document.get("unserviced_requests"), document["serviced_requests"]
    if not isinstance(serviced, list) or (isinstance(left, list) and _ID in map(str, left)):
        return None
    items = [item for item in serviced if isinstance(item, Mapping) and str(item.get("id")) == _ID]
    return read_item(items[0]) if items else None


def _is_cut(item: Item) -> bool:
    """Whether a body ends early, as far as its end shows; where it does not, the reader of its JSON will see."""
    headers = CaseInsensitiveDict(item.headers)
    told = headers.get("Content-Length", "")
    if told.isascii() and told.isdigit() and "Content-Encoding" not in headers:
        return len(item.body) < int(told)
    if "json" not in headers.get("Content-Type", "").lower() or not item.body[:64].lstrip().startswith((b"{", b"[")):
        return False
    return not item.body[-64:].rstrip().endswith((b"}", b"]"))


def _response(outer: requests.Response, item: Item) -> requests.Response:
    response = requests.Response()
    response.status_code, response.elapsed = item.status, outer.elapsed
    of_batch = {name: value for name, value in outer.headers.items() if name.lower() not in _OF_BODY}
    response.headers = CaseInsensitiveDict({**of_batch, **item.headers})
    response.encoding = get_encoding_from_headers(response.headers)
    response._content, response.raw = item.body, io.BytesIO(item.body)
    mark_read(response)
    attach_facts(response, facts_of(outer))
    return response


def _presented(response: requests.Response, request: Request, url: str) -> requests.Response:
    """The answer as that to the GET, which is what errors and logs speak of."""
    asked = requests.PreparedRequest()
    asked.method, asked.url, asked.headers = request.method, url, CaseInsensitiveDict(_item_headers(request.headers))
    response.request, response.url = asked, url
    return response
