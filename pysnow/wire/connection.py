"""Connections that end with their call, however slowly the other side sends or takes.

A socket's own timeout counts the silence between two bytes: a server that sends one byte now and then is never silent.
Here the timeout is set anew before each single read and write, to what is left of the call; headers are read so, too.
What makes an answer a whole one is in :mod:`pysnow.wire.framing`.

Invariants:

* A connection knows whether a byte of the request was handed to it: until then the instance cannot have done anything.
* A connection that was idle for longer than balancers keep them is not used again: it would break when the request is
  on its way, and nobody would know how far that got.
"""

from __future__ import annotations

import _socket
import http.client
import io
import queue
import re
import socket
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pysnow.wire.deadline import NEVER
from pysnow.wire.framing import WholeAnswer

if TYPE_CHECKING:
    import requests

    from pysnow.wire.deadline import Deadline

__all__ = ["CallTimeout", "DeadlineAdapter", "Wire", "is_stock", "repeats_by_itself"]

IDLE_SECONDS: Final = 25.0
"""Longest rest of a connection that is used again; balancers drop idle ones after 30 seconds or more."""

POOLED_CONNECTIONS: Final = 64
"""Connections kept for later: as many threads are served without connecting anew."""

PIECE_BYTES: Final = 16_384
"""Most bytes written at once: a TLS record, since the timeout of a TLS socket counts for each of them anew."""

MANY_ADDRESSES: Final = 8
"""More than a host has."""

_ENCODED = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]++|%[0-9A-F]{2})*+", re.ASCII)
"""Queries that urllib3 would leave as they are, after it has looked at each character (RFC 3986, 3.4)."""

_LEAST_SECONDS: Final = 0.001  # a timeout of 0 would mean: do not wait, and fail in another way


class Wire:
    """One attempt, as the connection sees it.

    Args:
        deadline: End of the call.

    Attributes:
        is_watched: Whether a connection of this module has the request, so that ``is_sent`` tells the truth.
        is_sent: Whether a byte of the request was handed to a socket.
        query: What the connection adds to the path, question mark included.
    """

    __slots__ = ("deadline", "is_sent", "is_watched", "query")

    def __init__(self, deadline: Deadline = NEVER) -> None:
        self.deadline = deadline
        self.is_watched = False
        self.is_sent = False
        self.query = ""

    def patience(self, timeout: float | None) -> float | None:
        """Seconds that one read or write may take.

        Args:
            timeout: Seconds that it may take on its own account.

        Raises:
            TimeoutError: The call has ended.
        """
        remaining = self.deadline.remaining
        if remaining <= 0:
            raise TimeoutError("the deadline of the call has passed")
        if timeout is None:
            return None if remaining == float("inf") else max(remaining, _LEAST_SECONDS)
        return max(min(timeout, remaining), _LEAST_SECONDS)


_IDLE = Wire()


class CallTimeout(tuple[float | None, float | None]):
    """Seconds to connect and to read, as ``requests`` takes them, and with them the attempt they belong to."""

    wire: Wire

    @classmethod
    def of(cls, connect: float | None, read: float | None, wire: Wire) -> CallTimeout:
        """Make one.

        Args:
            connect: Seconds to connect.
            read: Seconds of silence within the answer.
            wire: The attempt.
        """
        made = cls((connect, read))
        made.wire = wire
        return made


class _Timeout(urllib3.Timeout):
    """The same for urllib3. Made for one request, so that the copies which it makes can be this one."""

    def __init__(self, connect: float | None, read: float | None, wire: Wire) -> None:
        super().__init__(connect=connect, read=read)
        self.wire = wire

    def clone(self) -> _Timeout:
        return self


class _TimedReader(io.RawIOBase):
    """The bytes of one answer, each read with the time that is left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, wire: Wire) -> None:
        self._raw = raw
        self._sock = sock
        self._wire = wire
        self._timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        wait = self._wire.patience(self._timeout)
        if wait != self._sock.gettimeout():
            self._sock.settimeout(wait)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """What ``http.client`` wants of a socket that answers."""

    def __init__(self, sock: socket.socket, wire: Wire) -> None:
        self._sock = sock
        self._wire = wire

    def makefile(self, mode: str) -> io.BufferedReader:
        raw = cast("io.RawIOBase", self._sock.makefile(mode, buffering=0))  # type: ignore[call-overload]
        return io.BufferedReader(_TimedReader(raw, self._sock, self._wire))


class _Timed(HTTPConnection):
    """A connection whose every step heeds the deadline of the call that it serves."""

    wire: Wire = _IDLE
    idle_since: float = 0.0
    _is_connecting = False

    def connect(self) -> None:
        self._is_connecting = True
        try:
            super().connect()
        finally:
            self._is_connecting = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        super().request(method, url + self.wire.query, *args, **kwargs)

    def send(self, data: Any) -> None:
        if self.sock is None:
            # Connecting is not sending: what fails here certainly did not reach the instance.
            self.connect()
        if not self._is_connecting:
            self.wire.is_sent = True
        sock = self.sock
        if not isinstance(data, (bytes, bytearray, memoryview)) or not isinstance(sock, _socket.socket):
            super().send(data)
            return
        deadline = self.wire.deadline
        for start in range(0, len(data), PIECE_BYTES):
            piece = memoryview(data)[start : start + PIECE_BYTES]
            sock.settimeout(self.wire.patience(self.timeout))
            began = deadline.elapsed
            sock.sendall(piece)
            deadline.moved(len(piece), deadline.elapsed - began)

    def response_class(  # type: ignore[override]  # called like a class
        self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> http.client.HTTPResponse:
        # A socket of another kind, such as a stand-in of a test, brings its own ways.
        source = _TimedSocket(cast("socket.socket", sock), self.wire) if isinstance(sock, _socket.socket) else sock
        return WholeAnswer(source, debuglevel, method, url)  # type: ignore[arg-type]

    def _new_conn(self) -> socket.socket:
        self.timeout = self._patience_for_each()
        sock = super()._new_conn()
        if isinstance(sock, _socket.socket):
            try:
                sock.settimeout(self.wire.patience(self.timeout))
            except TimeoutError:
                sock.close()
                raise
        return sock

    def _patience_for_each(self) -> float | None:
        """Seconds for one address of the host: they are tried one after the other, each with the whole time."""
        wait = self.wire.patience(self.timeout)
        if wait is None or wait * MANY_ADDRESSES < self.wire.deadline.remaining:
            return wait
        try:
            found = len(socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            found = 1  # which will be said when it is connected
        return min(wait, self.wire.deadline.remaining / max(found, 1))


class _TimedHTTPS(_Timed, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    """A pool that tells its connections whom they serve."""

    ConnectionCls = _Timed
    clock: Callable[[], float] = staticmethod(time.monotonic)

    def urlopen(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        # The way to _get_conn, which else would not learn for whom the connection is.
        kwargs.setdefault("pool_timeout", kwargs.get("timeout"))
        wire = getattr(kwargs.get("timeout"), "wire", None)
        path, mark, query = url.partition("?")
        if wire is not None and path.startswith("/") and _ENCODED.fullmatch(query):
            # urllib3 would go through it once more, a character at a time; and its log and its errors would show it.
            wire.query, url = mark + query, path
        return super().urlopen(method, url, *args, **kwargs)

    def _get_conn(self, timeout: Any = None) -> Any:
        wire = getattr(timeout, "wire", None)
        connection = cast("_Timed", super()._get_conn(wire.patience(None) if wire else None))
        if connection.sock is not None and self.clock() - connection.idle_since > IDLE_SECONDS:
            connection.close()
        connection.wire = wire or Wire()
        connection.wire.is_watched = True
        connection.wire.deadline.serve(connection)
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.idle_since = self.clock()
            conn.wire.deadline.dismiss(conn)
            if conn.wire.deadline.remaining <= 0:
                conn.close()  # whoever brought the end forward has cut it off
            conn.wire = _IDLE
        super()._put_conn(conn)


class _PoolHTTPS(_Pool, HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _TimedHTTPS


_POOLS: Final = {"http": _Pool, "https": _PoolHTTPS}


class DeadlineAdapter(HTTPAdapter):
    """The adapter of ``requests`` over such connections. Threads share it.

    Args:
        clock: Gives seconds that never run backwards.
        pool_connections: As for ``HTTPAdapter``.
        pool_maxsize: As for ``HTTPAdapter``.
        pool_block: As for ``HTTPAdapter``.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pool_connections: int = 10,
        pool_maxsize: int = POOLED_CONNECTIONS,
        pool_block: bool = False,
    ) -> None:
        self._pools = _pools_at(clock)
        self._sizes = (pool_connections, pool_maxsize, pool_block)
        self._found: dict[Any, Any] = {}
        super().__init__(pool_connections, pool_maxsize, pool_block=pool_block)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Make the pools; called by ``requests``."""
        super().init_poolmanager(connections, maxsize, block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pools for a proxy; called by ``requests``."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if type(manager) is urllib3.ProxyManager:  # that of a SOCKS proxy has connections of another kind
            manager.pool_classes_by_scheme = self._pools  # type: ignore[assignment]
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request; as ``HTTPAdapter.send``.

        Args:
            request: What to send.
            stream: As there.
            timeout: As there; a :class:`CallTimeout` brings the deadline.
            verify: As there.
            cert: As there.
            proxies: As there.
        """
        if isinstance(timeout, CallTimeout):
            timeout = _Timeout(timeout[0], timeout[1], timeout.wire)
        return super().send(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> Any:
        """Find the pool for a request, once for all that are alike; called by ``requests``."""
        origin = "/".join((request.url or "").split("/", 3)[:3])
        alike = (origin, verify, str(cert), str(proxies) if proxies else "")
        pool = self._found.get(alike)
        if pool is None or pool.pool is None:  # closed meanwhile
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._found[alike] = pool
        return pool

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Make the answer; called by ``requests``, which else goes through all of a browser's ways to find no cookie.

        Args:
            req: What was sent.
            resp: What came back.
        """
        original = getattr(resp, "_original_response", None)
        if original is None or "Set-Cookie" in resp.headers:
            return super().build_response(req, resp)
        resp._original_response = None  # where it looks for them
        try:
            return super().build_response(req, resp)
        finally:
            resp._original_response = original

    def request_url(self, request: requests.PreparedRequest, proxies: Mapping[str, str] | None) -> str:
        """Give what stands in the request's first line; called by ``requests``."""
        path = request.path_url
        return path if not proxies and not path.startswith("//") else super().request_url(request, proxies)

    def close(self) -> None:
        """Close the connections; urllib3 does so when nobody holds their pool any more."""
        self._found.clear()
        super().close()

    def part_from_parent(self) -> None:
        """After a fork: drop the connections, which the parent goes on using. Takes no lock, since one may be held."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for pool in list(manager.pools._container.values()):
                if isinstance(pool.pool, queue.LifoQueue):
                    for connection in list(pool.pool.queue):
                        if connection is not None:
                            connection.close()
                    # Its own finalizer takes the lock of the queue, too.
                    queue.LifoQueue.__init__(pool.pool, pool.pool.maxsize)
                    pool.pool = None
        self.init_poolmanager(*self._sizes)
        self.proxy_manager = {}
        self._found = {}


def is_stock(adapter: object) -> bool:
    """Whether an adapter is that of ``requests`` as it comes, which a :class:`DeadlineAdapter` can stand in for."""
    if type(adapter) is not HTTPAdapter or "send" in vars(adapter) or repeats_by_itself(adapter):
        return False
    manager = adapter.poolmanager
    own = {"maxsize", "block"}
    return type(manager) is urllib3.PoolManager and set(manager.connection_pool_kw) <= own and not adapter.proxy_manager


def repeats_by_itself(adapter: object) -> bool:
    """Whether an adapter sends a request again on its own, so that nobody else must."""
    retries = getattr(adapter, "max_retries", None)
    counts = (getattr(retries, name, None) for name in ("total", "connect", "read", "redirect", "status", "other"))
    numbers = [count for count in counts if isinstance(count, int)]
    return any(numbers) and getattr(retries, "total", None) != 0


def _pools_at(clock: Callable[[], float]) -> Mapping[str, type[HTTPConnectionPool]]:
    if clock is time.monotonic:
        return _POOLS
    at_clock = {"clock": staticmethod(clock)}
    return {
        scheme: cast("type[HTTPConnectionPool]", type(pool.__name__, (pool,), at_clock))
        for scheme, pool in _POOLS.items()
    }
