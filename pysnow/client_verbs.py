"""Requests of a client to any path: the verbs of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from pysnow.any_path import send

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Timeout
    from pysnow.wire.transport import Transport

__all__ = ["ClientVerbs", "RequestOptions"]


class RequestOptions(TypedDict, total=False):
    """Arguments of :meth:`Client.request` beside method and path."""

    params: Mapping[str, Any] | None
    json: JSON
    data: Any
    files: Any
    headers: Mapping[str, str] | None
    timeout: Timeout
    stream: bool


class ClientVerbs:
    """What every :class:`~pysnow.Client` can do with any path of its instance.

    Attributes:
        timeout: Seconds to connect and to read.
    """

    timeout: Timeout

    @property
    def _transport(self) -> Transport:
        raise NotImplementedError

    def request(self, method: str, path: str, **options: Unpack[RequestOptions]) -> requests.Response:
        """Send one request to any path of the instance, as safely as all others.

        Args:
            method: HTTP method.
            path: ``table/incident``, below ``/api/now``; ``/api/...`` or a page such as ``/stats.do``, below the
                instance's address; or a whole address on the instance, such as the link of a reference. A query in it
                is merged with ``params``, which go before it.
            options: ``params``; ``json``, ``data`` or ``files``; ``headers``, ``timeout``, ``stream``.

        Returns:
            The answer of ``requests``, whatever its status.

        Raises:
            InvalidUsage: The path leads to another origin, or something cannot be sent; nothing was sent.
            TransportError: No answer came.
        """
        options.setdefault("timeout", self.timeout)
        return send(self._transport, method, path, **options)

    def get(self, path: str, **options: Unpack[RequestOptions]) -> requests.Response:
        """``GET`` any path; see :meth:`request`."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Unpack[RequestOptions]) -> requests.Response:
        """``POST`` to any path; see :meth:`request`. It is repeated only when it was certainly not carried out."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[RequestOptions]) -> requests.Response:
        """``PUT`` to any path; see :meth:`request`."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[RequestOptions]) -> requests.Response:
        """``PATCH`` any path; see :meth:`request`."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[RequestOptions]) -> requests.Response:
        """``DELETE`` any path; see :meth:`request`."""
        return self.request("DELETE", path, **options)
