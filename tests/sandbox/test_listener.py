"""The HTTP/1.1 server below the application, spoken to in raw bytes where a client would hide the matter."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

from pysnow.sandbox.http.listener import Listener

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with what was asked; ``/unread`` leaves the body where it is, ``/broken`` fails in mid-body."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/unread":
        return [b"unread"]
    if environ["PATH_INFO"] == "/broken":
        return _broken()
    if environ["PATH_INFO"] == "/pieces":
        return iter((b"one", b"", b"two"))
    return [f"{environ['REQUEST_METHOD']} {environ['QUERY_STRING']} ".encode() + environ["wsgi.input"].read()]


def _broken() -> Iterator[bytes]:
    yield b"start"
    raise ValueError("on purpose")


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener(echo)
    listening.start()
    yield listening
    listening.stop()


@pytest.fixture
def connection(listener: Listener) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=10)
    yield client
    client.close()


def exchange(listener: Listener, request: bytes) -> bytes:
    """Send bytes, half-close, and read to the end."""
    with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def read(client: http.client.HTTPConnection) -> bytes:
    return client.getresponse().read()


def test_connection__is_kept_alive(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/?a=1")
    read(connection)
    before = connection.sock
    connection.request("GET", "/?a=2")
    assert (read(connection), connection.sock) == (b"GET a=2 ", before)


def test_connection__unread_body_does_not_become_the_next_request(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/unread", b"GET /evil HTTP/1.1\r\n\r\n" * 1000)
    read(connection)
    connection.request("GET", "/?next")
    assert read(connection) == b"GET next "


def test_connection__chunked_body(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/", iter((b"abc", b"def")), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert read(connection) == b"POST  abcdef"


def test_connection__unread_chunked_body(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/unread", iter((b"abc", b"def")), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    read(connection)
    connection.request("GET", "/?next")
    assert read(connection) == b"GET next "


def test_connection__answers_are_chunked(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/pieces")
    answer = connection.getresponse()
    assert (answer.headers["Transfer-Encoding"], answer.headers["Content-Length"]) == ("chunked", None)


def test_connection__chunks_arrive_whole(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/pieces")
    assert read(connection) == b"onetwo"


def test_connection__head_has_no_body(listener: Listener) -> None:
    """Even if the application gives one."""
    answer = exchange(listener, b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (answer[:17], answer[-4:]) == (b"HTTP/1.1 200 OK\r\n", b"\r\n\r\n")


def test_connection__broken_answer_has_no_end(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/broken")
    with pytest.raises(http.client.IncompleteRead):
        read(connection)


def test_connection__expect_continue(listener: Listener) -> None:
    request = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi"
    assert exchange(listener, request).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_connection__http_1_0_closes_instead_of_chunking(listener: Listener) -> None:
    answer = exchange(listener, b"GET /pieces HTTP/1.0\r\n\r\n")
    assert (b"chunked" in answer, answer.endswith(b"\r\n\r\nonetwo")) == (False, True)


def test_connection__pipelined_requests(listener: Listener) -> None:
    one = b"GET /?1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    two = b"GET /?2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answers = exchange(listener, one + two)
    assert [part in answers for part in (b"GET 1 ", b"GET 2 ")] == [True, True]


def test_connection__absolute_form(listener: Listener) -> None:
    request = b"GET http://localhost/x?a=1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert b"GET a=1 " in exchange(listener, request)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "LOCALHOST:80", "[::1]", "[::1]:1", "dev.localhost:9"])
def test_host__loopback_names_pass(connection: http.client.HTTPConnection, host: str) -> None:
    connection.request("GET", "/", headers={"Host": host})
    assert connection.getresponse().status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evillocalhost", "dev00000.service-now.com:80", "[::2]", ""]
)
def test_host__others_are_refused(connection: http.client.HTTPConnection, host: str) -> None:
    connection.request("GET", "/", headers={"Host": host})
    assert connection.getresponse().status == 421


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: -1",
        b"Content-Length: +5",
        b"Content-Length: x",
        b"Transfer-Encoding: gzip, chunked",
    ],
)
def test_framing__ambiguous_requests_are_refused(listener: Listener, framing: bytes) -> None:
    answer = exchange(listener, b"POST / HTTP/1.1\r\nHost: localhost\r\n" + framing + b"\r\n\r\nhello")
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("body", [b"x\r\n", b"5\r\nhel", b"2\r\nhello\r\n0\r\n\r\n", b"-1\r\n", b"\r\n"])
def test_framing__broken_chunks_end_the_connection(listener: Listener, body: bytes) -> None:
    request = b"POST /unread HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert exchange(listener, request + body + b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").count(b"HTTP/1.1 ") == 1


def test_request_line__garbage_is_refused(listener: Listener) -> None:
    assert b" 400 " in exchange(listener, b"\x16\x03\x01\x02\x00 nonsense nonsense nonsense\r\n\r\n")


def test_listener__binds_loopback_only(listener: Listener) -> None:
    assert listener._socket.getsockname()[0] == "127.0.0.1"


def test_stop__ends_threads_of_idle_connections() -> None:
    before = set(threading.enumerate())
    listening = Listener(echo)
    listening.start()
    client = http.client.HTTPConnection("127.0.0.1", listening.port, timeout=10)
    client.request("GET", "/")
    read(client)
    listening.stop()
    client.close()
    assert set(threading.enumerate()) <= before


def test_stop__closes_the_port() -> None:
    listening = Listener(echo)
    port = listening.port
    listening.start()
    listening.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
