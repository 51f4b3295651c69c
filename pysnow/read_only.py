"""What a client may send that only reads: GET, HEAD, and those POSTs that are known to change nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from pysnow.wire.exchange import Request

__all__ = ["ReadOnly", "changing_items", "objection"]

_READS: Final = frozenset({"GET", "HEAD"})
_WRITES: Final = frozenset({"create", "update", "upsert", "delete", "upload"})
_OVERRIDE: Final = "x-http-method-override"
_READING_ACTIONS: Final = frozenset({"get", "getkeys", "getrecords"})
_GRAPHQL: Final = re.compile(r"/api/now/(v\d+/)?graphql", re.ASCII)
_BATCH: Final = re.compile(r"/api/now/(v\d+/)?batch", re.ASCII)
_IDENTIFY: Final = re.compile(r"/api/now/(v\d+/)?identifyreconcile/query(enhanced)?", re.ASCII | re.IGNORECASE)
_NOT_CODE: Final = re.compile(r'"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\])*"|#[^\r\n]*', re.DOTALL)


class ReadOnly:
    """Keeps what changes something from being sent; see :class:`~pysnow.wire.observer.Guard`.

    A GET of a scripted API may change something all the same: what its script does is not known here. What a program
    sends with ``client.session`` itself, a plain session of ``requests``, goes past the client, and is not seen at all.
    """

    def begin(self, operation: str) -> None:
        """Refuse a change before its first look at the record.

        Args:
            operation: What begins.

        Raises:
            InvalidUsage: It changes something.
        """
        if operation in _WRITES:
            raise InvalidUsage(f"This client is read-only (read_only=True): {operation} was not begun")

    def check(self, request: Request) -> None:
        """Refuse a request that changes something, or may.

        Args:
            request: The request.

        Raises:
            InvalidUsage: It is none that is known to read.
        """
        why = objection(request)
        if why and request.operation != "token":
            raise InvalidUsage(
                f"This client is read-only (read_only=True): {request.method} {request.path} was not sent{why}",
                method=request.method,
                path=request.path,
            )


def objection(request: Request) -> str:
    """Tell why a request may change something, as the end of a sentence; empty when it reads.

    Args:
        request: The request.
    """
    if any(str(name).lower() == _OVERRIDE for name in request.headers):
        return ", because its header names another method"
    path = unquote(request.path)
    if request.method in _READS:
        return _objection_to_reading(path, request.params)
    if request.method != "POST":
        return "."
    if _IDENTIFY.fullmatch(path):
        return ""
    if _GRAPHQL.fullmatch(path):
        return _objection_to_graphql(_document(request))
    return _objection_to_batch(_document(request)) if _BATCH.fullmatch(path) else "."


def changing_items(request: Request) -> list[Any]:
    """Give what a batch holds that may change something; nothing of any other request.

    Args:
        request: The request.
    """
    document = _document(request) if _BATCH.fullmatch(unquote(request.path)) else None
    items = document.get("rest_requests") if isinstance(document, dict) else None
    return [item for item in items if not _reads(item)] if isinstance(items, list) else []


def _objection_to_reading(path: str, params: Mapping[str, Any]) -> str:
    given = {str(name).lower(): str(value) for name, value in params.items()}
    # Pages of the platform take actions as parameters of a GET.
    if given.get("sysparm_action", "get").lower() not in _READING_ACTIONS or any(
        name.startswith("sys_action") for name in given
    ):
        return ", because of its sysparm_action"
    if _GRAPHQL.fullmatch(path) and "query" in given:
        return _objection_to_graphql({"query": given["query"]})
    return ""


def _objection_to_graphql(document: Any) -> str:
    query = document.get("query") if isinstance(document, dict) else None
    if not isinstance(query, str):
        return ", because its query cannot be read"
    words = _NOT_CODE.sub(" ", query)
    return ", because it holds a mutation" if re.search(r"\b(mutation|subscription)\b", words) else ""


def _objection_to_batch(document: Any) -> str:
    items = document.get("rest_requests") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return ", because its items cannot be read"
    return next((f", because of its item {number}" for number, item in enumerate(items, 1) if not _reads(item)), "")


def _reads(item: Any) -> bool:
    if not isinstance(item, dict) or str(item.get("method", "")).upper() not in _READS:
        return False
    if _OVERRIDE in json.dumps(item.get("headers", [])).lower():
        return False
    address = urlsplit(str(item.get("url", "")))
    return not _objection_to_reading(unquote(address.path), dict(parse_qsl(address.query)))


def _document(request: Request) -> Any:
    body = request.content.get("data", request.content.get("json"))
    if not isinstance(body, (str, bytes)):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return None
