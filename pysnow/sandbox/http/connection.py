"""One HTTP/1.1 connection: requests in, calls of the application, answers out, kept alive in between.

Werkzeug's own server closes every connection, whereas instances keep them: clients that mishandle a reused connection
must meet one here.
"""

from __future__ import annotations

import logging
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

from pysnow.sandbox.http.body import BrokenBody, RequestBody, body_length
from pysnow.sandbox.http.wsgi_call import WsgiCall

if TYPE_CHECKING:
    import socket

    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

IDLE_SECONDS = 300.0

_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Connection(BaseHTTPRequestHandler):
    """Serves one client until either side ends the connection.

    Args:
        client: The client's socket.
        address: Host and port of the client.
        application: What answers.
    """

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # An answer in several small packets would wait 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    def __init__(self, client: socket.socket, address: tuple[str, int], application: WSGIApplication) -> None:
        self._application = application
        super().__init__(client, address, None)  # type: ignore[arg-type]  # the server is needed by nobody

    def do_any(self) -> None:
        """Serve one request."""
        try:
            host, path, query = self._target()
            body = RequestBody(self.rfile, body_length(self.headers))
        except (BrokenBody, ValueError):
            self.send_error(400)
            return
        if not _is_loopback(host):
            # Else any web page could reach the sandbox through a name of its own (DNS rebinding).
            self.send_error(421, explain="The sandbox answers under loopback names only")
            return
        WsgiCall(self).run(self._application, self._environ(path, query, body))
        if not body.drain():
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_any

    def version_string(self) -> str:
        """Name the server as instances do, on pages of errors met before the application (``Server``)."""
        return "snow_adc"

    def log_message(self, format: str, *args: object) -> None:
        """Log to this module's logger; nothing is printed."""
        logger.debug(format, *args)

    def _target(self) -> tuple[str, str, str]:
        """Give host, path and parameters of the request line; a whole URL there overrules ``Host``."""
        if self.path.startswith("/"):
            path, _, query = self.path.partition("?")
            return self.headers.get("Host", "localhost"), path, query
        url = urlsplit(self.path)
        return url.netloc, url.path, url.query

    def _environ(self, path: str, query: str, body: RequestBody) -> WSGIEnvironment:
        host, port = self.connection.getsockname()
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            _add_header(environ, name, value)
        return environ


def _is_loopback(host: str) -> bool:
    name, colon, port = host.strip().lower().rpartition(":")
    return (name if colon and port.isdecimal() else host.strip().lower()) in _LOOPBACK_HOSTS


def _add_header(environ: WSGIEnvironment, name: str, value: str) -> None:
    if "_" in name:
        return  # would look like the same name with a hyphen
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    if key in environ and key != "CONTENT_LENGTH":
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value
