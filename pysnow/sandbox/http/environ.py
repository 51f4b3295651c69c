"""The WSGI environment of a request, from whatever carried it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


# The one header an instance is known to read that has an underscore: one-time codes of multifactor authentication.
_CODE_HEADER = "x-mfa_token"


def build_environ(
    method: str,
    path: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    body: io.BufferedIOBase | io.RawIOBase,
    *,
    scheme: str,
    server: tuple[str, int],
    client: str,
    protocol: str = "HTTP/1.1",
) -> WSGIEnvironment:
    """Build the environment of one call.

    Args:
        method: HTTP method.
        path: Path, escaped.
        query: Query string, escaped.
        headers: Names and values, in order.
        body: The body, readable to its end.
        scheme: ``http`` or ``https``.
        server: Host and port that were called.
        client: Host of the caller.
        protocol: Version the caller speaks.
    """
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": protocol,
        "REMOTE_ADDR": client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        _add_header(environ, name, value)
    return environ


def _add_header(environ: WSGIEnvironment, name: str, value: str) -> None:
    if "_" in name and name.lower() != _CODE_HEADER:
        return  # would look like the same name with a hyphen
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    if key in environ and key != "CONTENT_LENGTH":
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value
