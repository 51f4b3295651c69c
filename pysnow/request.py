"""Assembling one call: parameters, path, headers and body of a resource become a request, and its answer a response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final

from pysnow.defaults import CHUNK_SIZE_BYTES, TIMEOUT
from pysnow.exceptions import InvalidUsage
from pysnow.params_builder import wire_params
from pysnow.reading.completeness import AskedPage
from pysnow.response import Response
from pysnow.wire.diagnosis import OPERATIONS
from pysnow.wire.transport import Request

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Timeout
    from pysnow.params_builder import ParamsBuilder
    from pysnow.response import RecordOwner
    from pysnow.url_builder import URLBuilder
    from pysnow.wire.deadline import Deadline
    from pysnow.wire.transport import Transport

__all__ = ["Request", "SnowRequest", "checked_headers", "checked_timeout"]

DAY_SECONDS: Final = 86_400


class SnowRequest:
    """Assembles the calls of one resource and sends them. Holds nothing that a call changes.

    Args:
        transport: Sends what is assembled.
        url_builder: Address of the resource.
        resource: Resource that the answers belong to.
        chunk_size: Bytes read before the first record of a streamed answer can come.
        timeout: Seconds to connect and to read.
    """

    def __init__(
        self,
        transport: Transport,
        url_builder: URLBuilder,
        resource: RecordOwner,
        chunk_size: int = CHUNK_SIZE_BYTES,
        timeout: Timeout = TIMEOUT,
    ) -> None:
        self._transport = transport
        self._url_builder = url_builder
        self._resource = resource
        self._chunk_size = chunk_size
        self.timeout = timeout

    @property
    def _timeout(self) -> float | None:
        """The read timeout alone, in seconds."""
        return self.timeout[1] if isinstance(self.timeout, tuple) else self.timeout

    def get(
        self,
        parameters: ParamsBuilder,
        path_append: Any = None,
        *,
        stream: bool = False,
        heal: bool = True,
        decimals: bool = False,
        warns: bool = True,
        deadline: Deadline | None = None,
        **options: Any,
    ) -> Response:
        """Send a GET with the parameters of a reading call.

        Args:
            parameters: The ``sysparm_*`` of the call.
            path_append: What lies below the resource.
            stream: Whether the records are parsed as they arrive.
            heal: Whether what fails is repeated, also when that shows only as the records are read. False for a caller
                that does so by itself: each error comes at once then, after one attempt.
            decimals: Whether numbers with a fraction or an exponent become exact ``Decimal`` instead of ``float``.
            warns: Whether the caller is to hear when there is more than was asked for; not for a look-up.
            deadline: End of the call, where it is part of something longer.
            options: ``params`` and ``headers`` beside the usual ones, ``timeout``.

        Raises:
            InvalidUsage: The request cannot be sent.
            TransportError: No answer came.
        """
        params = {**parameters.for_reading(), **wire_params(options.pop("params", None))}
        request = self._assembled(
            "GET", path_append, params=params, stream=stream, packs=not stream, heal=heal, **options
        )
        answer = self._transport.call(request, deadline).answer()
        warns = warns and self._transport.warn_truncated
        asked = AskedPage.of(params, warns=warns) if path_append is None else None
        return Response(answer, self._resource, self._chunk_size, stream, asked=asked, decimals=decimals)

    def send(
        self,
        method: str,
        path_append: Any = None,
        *,
        deadline: Deadline | None = None,
        **options: Any,
    ) -> requests.Response:
        """Send one request, and repeat it as far as that can do no harm.

        Args:
            method: HTTP method.
            path_append: What lies below the resource: segments, or a mapping with a ``value``.
            deadline: End of the call, where it is part of something longer.
            options: ``params`` and ``headers`` beside the usual ones; ``operation``, read off the method when not
                given; ``stream``, whether the body stays on the wire until it is read; ``heal``, whether what fails is
                repeated; ``timeout`` in seconds; body and other arguments of ``requests.Session.request``.

        Raises:
            InvalidUsage: The path, a header or the body cannot be sent.
            TransportError: No answer came.
        """
        params = wire_params(options.pop("params", None))
        request = self._assembled(method, path_append, params=params, **options)
        return self._transport.call(request, deadline).answer()

    def deadline(self, operation: str) -> Deadline:
        """The deadline of something that takes several requests, beginning now.

        Args:
            operation: What it is, see :class:`Request`.
        """
        return self._transport.new_deadline(operation)

    def _assembled(
        self,
        method: str,
        path_append: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        operation: str | None = None,
        stream: bool = False,
        packs: bool = False,
        heal: bool = True,
        timeout: Timeout | EllipsisType = ...,
        **content: Any,
    ) -> Request:
        method = _checked_method(method)
        if "json" in content:
            content["data"] = encoded(content.pop("json"))
        return Request(
            method=method,
            path=self._url_builder.get_path(path_append),
            operation=operation or OPERATIONS.get(method, "custom"),
            table=self._resource.table_name,
            params=params or {},
            headers=checked_headers(headers or {}, self._transport),
            content=content,
            stream=stream,
            packs=packs,
            timeout=self.timeout if isinstance(timeout, EllipsisType) else checked_timeout(timeout),
            heal=heal,
        )

    def response(self, answer: requests.Response, stream: bool = False) -> Response:
        """Wrap an answer so that its records can be read."""
        return Response(answer, self._resource, self._chunk_size, stream)


def encoded(payload: JSON) -> bytes:
    """JSON text of a payload.

    Raises:
        InvalidUsage: It holds something that JSON cannot say, such as a datetime, a set or NaN.
    """
    try:
        return json.dumps(payload, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidUsage(f"The payload cannot be sent as JSON: {exc}. Pass texts, numbers, lists and dicts") from exc


def checked_timeout(value: Any) -> Timeout:
    """A timeout, if it is one.

    Args:
        value: Seconds above 0 and within a day, None to wait for ever, or a pair of them to connect and to read.

    Raises:
        InvalidUsage: It is something else.
    """
    parts = value if isinstance(value, tuple) and len(value) == 2 else (value,)
    is_fit = all(
        part is None or (isinstance(part, (int, float)) and not isinstance(part, bool) and 0 < part <= DAY_SECONDS)
        for part in parts
    )
    if not is_fit:
        raise InvalidUsage(f"timeout must be seconds above 0, a (connect, read) pair, or None; not {value!r}")
    checked: Timeout = value
    return checked


def _checked_method(method: Any) -> str:
    if not isinstance(method, str) or not method.isascii() or not method.isalpha():
        raise InvalidUsage(f"An HTTP method is a word such as 'GET', not {method!r}")
    return method.upper()


def checked_headers(headers: Any, transport: Transport) -> dict[str, str]:
    """Headers of a call, if they can be sent.

    Args:
        headers: The headers.
        transport: What they are sent with: where it says who is calling, no header does.

    Raises:
        InvalidUsage: They are no mapping, a name or value is no text on one line, or one is an ``Authorization`` that
            would not count.
    """
    if not isinstance(headers, Mapping):
        raise InvalidUsage(f"headers must be a dict, not {type(headers).__name__}")
    for name, value in headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if not isinstance(name, str) or not isinstance(text, str) or set(name + text) & set("\r\n\0"):
            raise InvalidUsage(f"Header {name!r} must have a text without line breaks for its name and value")
        if name.lower() == "authorization" and transport.says_who_calls:
            raise InvalidUsage(
                "The client says who is calling: leave out the Authorization header, or make another client"
            )
    return dict(headers)
