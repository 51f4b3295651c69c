"""Requests to any path of an instance: how a path may be spelled, and where it must not lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from pysnow.defaults import BASE_PATH, TIMEOUT
from pysnow.exceptions import InvalidUsage
from pysnow.params_builder import wire_params
from pysnow.request import checked_headers, checked_timeout, encoded
from pysnow.url_builder import table_of
from pysnow.wire.diagnosis import OPERATIONS
from pysnow.wire.exchange import Request

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Timeout
    from pysnow.wire.transport import Transport

__all__ = ["path_of", "send"]

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_PATH: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*", re.ASCII)
_DOTS: Final = re.compile(r"(^|/)\.{1,2}(/|$)|%2e|%5c|%00|//", re.IGNORECASE)
_OFF_THE_API: Final = re.compile(r"/(api(/|$)|[^/]*\.do$)", re.ASCII)
_PORTS: Final = {"http": 80, "https": 443}


def send(
    transport: Transport,
    method: str,
    path: str,
    *,
    params: Mapping[str, Any] | None = None,
    json: JSON = None,
    data: Any = None,
    files: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: Timeout = TIMEOUT,
    stream: bool = False,
) -> requests.Response:
    """Send one request to any path of the instance.

    Args:
        transport: What sends.
        method: HTTP method.
        path: As :func:`path_of` takes it.
        params: Query parameters, beside those in the path, and before them where both name one.
        json: Body, sent as JSON.
        data: Body as it is: bytes, a text, a form, a file.
        files: A multipart body, as ``requests`` takes it.
        headers: Further headers.
        timeout: Seconds to connect and to read.
        stream: Whether the body stays on the wire until it is read.

    Returns:
        The answer, whatever its status.

    Raises:
        InvalidUsage: It cannot be sent, or would leave the instance; nothing was sent.
        TransportError: No answer came.
    """
    where, asked = path_of(transport.base_url, path)
    content = {name: value for name, value in (("data", data), ("files", files)) if value is not None}
    if json is not None:
        if content:
            raise InvalidUsage("Pass json=, or data= and files=: a request has one body")
        content["data"] = encoded(json)
    verb = _checked_method(method)
    table = table_of(where)
    request = Request(
        method=verb,
        path=where,
        operation=OPERATIONS.get(verb, "custom"),
        table=table[0] if table else None,
        params={**asked, **wire_params(params)},
        headers=checked_headers(headers or {}, transport),
        content=content,
        stream=stream,
        timeout=checked_timeout(timeout),
    )
    return transport.send(request)


def path_of(base_url: str, spelling: Any) -> tuple[str, dict[str, str]]:
    """The path that is meant, and the query parameters in it.

    Args:
        base_url: Address of the instance.
        spelling: ``/api/...`` or a page such as ``/stats.do``: below the instance's address. Anything else, such as
            ``table/incident``, with or without a slash: below ``/api/now``. Or a whole address on the instance, such as
            the link of a reference.

    Raises:
        InvalidUsage: It is an address of another origin, or no path.
    """
    if not isinstance(spelling, str) or not spelling.strip("/"):
        raise InvalidUsage(f"A path is a text such as 'table/incident' or '/api/now/stats/incident', not {spelling!r}")
    if "@" in spelling.partition("?")[0].partition("//")[2].partition("/")[0]:
        raise InvalidUsage("An address must not hold a user name: the client says who is calling")
    try:
        parts = urlsplit(spelling)
        is_elsewhere = bool(parts.scheme or parts.netloc) and _origin(spelling) != _origin(base_url)
    except ValueError as exc:
        raise InvalidUsage(f"{spelling!r} is no address: {exc}") from None
    if is_elsewhere:
        raise InvalidUsage(
            f"{parts.scheme or '(no scheme)'}://{parts.netloc} is not {base_url}: nothing is sent to another origin"
        )
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    if not _PATH.fullmatch(path) or _DOTS.search(path) or parts.fragment or re.search(r"[\s\\\x00-\x1f]", spelling):
        raise InvalidUsage(f"{spelling!r} is no path: write plain segments, with % for what is special in them")
    return path if parts.netloc or _OFF_THE_API.match(path) else BASE_PATH + path, _query(parts.query)


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower().removesuffix("."), parts.port or _PORTS.get(scheme)


def _query(text: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True)
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidUsage(f"The path names the parameter {twice!r} twice: join its values by commas")
    return dict(pairs)


def _checked_method(method: Any) -> str:
    verb = method.upper() if isinstance(method, str) else method
    if verb not in _METHODS:
        raise InvalidUsage(f"An HTTP method is one of {', '.join(_METHODS)}, not {method!r}")
    return str(verb)
