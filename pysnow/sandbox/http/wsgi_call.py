"""One call of a WSGI application on a connection: its answer, framed and sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from pysnow.sandbox.http.wire import Wire

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

_BODILESS = frozenset({204, 304})
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


class WsgiCall:
    """Runs an application once and sends what it answers, in chunks unless empty (recorded: no ``Content-Length``).

    An application that brings framing of its own (``Content-Length``, ``Transfer-Encoding``, ``Connection: close``) has
    its bytes sent as they are, right or wrong.

    Args:
        connection: The connection to answer on.
        wire: The same connection, as the application knows it.
    """

    def __init__(self, connection: BaseHTTPRequestHandler, wire: Wire) -> None:
        self._connection = connection
        self._wire = wire
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._is_head_sent = False
        self._is_chunked = False

    def run(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        """Call the application, and send the answer to its end.

        An application that fails in mid-body leaves a body without an end, and the connection closes. One that raises
        ``ConnectionResetError`` has it reset, any other ``OSError`` closes it in silence.
        """
        chunks: Iterable[bytes] = ()
        try:
            chunks = application(environ, self._start_response)
            self._send(chunks)
        except ConnectionResetError:  # asked for by the application, or else the client is gone and never sees it
            self._connection.close_connection = True
            self._wire.reset()
        except OSError:  # the client went away, or stopped reading for too long
            self._connection.close_connection = True
        except Exception:  # the edge of a thread: nobody above would see it
            logger.exception("An answer broke off")
            self._connection.close_connection = True
        finally:
            if close := getattr(chunks, "close", None):
                close()

    def _send(self, chunks: Iterable[bytes]) -> None:
        is_short = isinstance(chunks, list) and len(chunks) <= 1
        for chunk in chunks:
            self._send_chunk(chunk)
            if not is_short:
                self._connection.wfile.flush()
        self._send_head(is_empty=True)
        if self._is_chunked:
            self._connection.wfile.write(b"0\r\n\r\n")
        self._connection.wfile.flush()

    def _send_chunk(self, chunk: bytes) -> None:
        if not chunk:
            return
        self._send_head(is_empty=False)
        if self._is_bodiless:
            return
        write = self._connection.wfile.write
        if self._is_chunked:
            write(b"%x\r\n" % len(chunk))
            write(chunk)
            write(b"\r\n")
        else:
            write(chunk)

    @property
    def _is_bodiless(self) -> bool:
        return self._connection.command == "HEAD" or int(self._status[:3]) in _BODILESS

    def _send_head(self, *, is_empty: bool) -> None:
        if self._is_head_sent:
            return
        self._is_head_sent = True
        connection = self._connection
        connection.send_response_only(int(self._status[:3]), self._status[4:])
        for name, value in self._headers:
            connection.send_header(name, value)
        own = {name.lower() for name, _ in self._headers}
        if "date" not in own:
            connection.send_header("Date", connection.date_time_string())
        self._send_framing(own, is_empty=is_empty)
        connection.end_headers()

    def _send_framing(self, own: set[str], *, is_empty: bool) -> None:
        connection = self._connection
        if self._is_bodiless or not own.isdisjoint(_FRAMING):
            pass  # nothing to add
        elif is_empty:
            connection.send_header("Content-Length", "0")
        elif connection.request_version == "HTTP/1.1":
            connection.send_header("Transfer-Encoding", "chunked")
            self._is_chunked = True
        else:
            connection.close_connection = True
        if connection.close_connection and "connection" not in own:
            connection.send_header("Connection", "close")

    def _start_response(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
        /,
    ) -> Callable[[bytes], object]:
        if self._is_head_sent and exc_info is not None and exc_info[1] is not None:
            raise exc_info[1]
        self._status, self._headers = status, headers
        return self._send_chunk
