"""One HTTP/1.1 connection: requests in, calls of the application, answers out, kept alive in between.

Werkzeug's own server closes every connection, whereas instances keep them: clients that mishandle a reused connection
must meet one here.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pysnow.sandbox.http.body import BrokenBody, RequestBody, body_length
from pysnow.sandbox.http.environ import build_environ
from pysnow.sandbox.http.wire import WIRE, Wire
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
        scheme: ``http``, or ``https`` when the socket speaks TLS.
    """

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # An answer in several small packets would wait 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    def __init__(
        self, client: socket.socket, address: tuple[str, int], application: WSGIApplication, scheme: str = "http"
    ) -> None:
        self._application = application
        self._scheme = scheme
        super().__init__(client, address, None)  # type: ignore[arg-type]  # the server is needed by nobody

    def setup(self) -> None:
        """Open both directions."""
        super().setup()
        self._wire = Wire(self.connection, self.wfile)

    def finish(self) -> None:
        """Close both directions; what the client does not take any more is lost."""
        with suppress(OSError):
            super().finish()
        self.rfile.close()  # left open by a failure to close the other one

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
        WsgiCall(self, self._wire).run(self._application, self._environ(path, query, body))
        self._wire.calls += 1
        if not body.drain():
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_any

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
        environ = build_environ(
            self.command,
            path,
            query,
            self.headers.items(),
            body,
            scheme=self._scheme,
            server=self.connection.getsockname()[:2],
            client=self.client_address[0],
            protocol=self.request_version,
        )
        environ[WIRE] = self._wire
        return environ


def _is_loopback(host: str) -> bool:
    host = host.strip().lower()
    name, colon, port = host.rpartition(":")
    if not (colon and port.isdecimal()):
        name = host
    # All names below "localhost" are loopback names (RFC 6761); some clients want a dot in the host of an instance.
    return name in _LOOPBACK_HOSTS or name.endswith(".localhost")
