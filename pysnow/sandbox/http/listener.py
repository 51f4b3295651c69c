"""The loopback socket: accepts connections, gives each a thread, and takes all of them down again."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from pysnow.sandbox.http.connection import Connection

if TYPE_CHECKING:
    import ssl

    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 10.0

_BACKLOG = 128


class Listener:
    """Serves an application on the loopback interface, from :meth:`start` to :meth:`stop`.

    Attributes:
        scheme: ``http`` or ``https``.

    Args:
        application: What answers.
        port: Port to listen on; 0 takes a free one.
        tls: What to speak TLS with; None speaks plain HTTP.
    """

    def __init__(self, application: WSGIApplication, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._application = application
        self._tls = tls
        self.scheme = "http" if tls is None else "https"
        self._socket = socket.create_server((LOOPBACK, port), backlog=_BACKLOG)
        self._socket.setblocking(False)
        self._wake_up, self._alarm = socket.socketpair()
        self._threads: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        self._acceptor = threading.Thread(target=self._accept_all, name=f"pysnow-sandbox-{self.port}", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._socket.getsockname()[1]
        return port

    def start(self) -> None:
        """Begin to accept connections."""
        self._acceptor.start()

    def stop(self) -> None:
        """Close the port and all connections, and wait for their threads."""
        self._wake_up.close()
        self._acceptor.join(STOP_SECONDS)
        self._alarm.close()
        self._socket.close()
        with self._lock:
            open_connections = dict(self._threads)
        for client in open_connections:
            _hang_up(client)
        for thread in open_connections.values():
            thread.join(STOP_SECONDS)

    def _accept_all(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            # The other end of this pair is closed to stop; a thread blocked in accept() could not be woken portably.
            selector.register(self._alarm, selectors.EVENT_READ)
            while not any(key.fileobj is self._alarm for key, _ in selector.select()):
                self._accept()

    def _accept(self) -> None:
        try:
            client, address = self._socket.accept()
            client.setblocking(True)
            if self._tls is not None:
                # The handshake comes with the first read, in the connection's own thread: a slow one holds up nobody.
                client = self._tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        except OSError as error:  # the client left already, or the process has no file left to open
            logger.debug("No connection accepted: %s", error)
            return
        thread = threading.Thread(target=self._serve, args=(client, address), name="pysnow-sandbox-call", daemon=True)
        with self._lock:
            self._threads[client] = thread
        thread.start()

    def _serve(self, client: socket.socket, address: tuple[str, int]) -> None:
        try:
            with client:
                Connection(client, address, self._application, self.scheme)
        except OSError as error:
            logger.debug("A connection ended: %s", error)
        finally:
            with self._lock:
                del self._threads[client]


def _hang_up(client: socket.socket) -> None:
    with suppress(OSError):  # it may have just ended by itself
        # Past TLS, whose own goodbye would wait for an answer.
        socket.socket.shutdown(client, socket.SHUT_RDWR)
