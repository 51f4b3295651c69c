"""Every call ends by its deadline, whatever the other side does. Real sockets, and deadlines of tenths of a second."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import Client, InvalidUsage, PysnowException
from pysnow.exceptions import DeadlineExceeded

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

DEADLINE = 0.25
LATE = 1.0
"""Seconds that a call may take beyond its deadline."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Way = Callable[[socket.socket, threading.Event], None]


def _drip(sock: socket.socket, over: threading.Event, pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        sock.sendall(piece)
        if over.wait(0.01):
            return


def _hangs(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(65536)
    over.wait(30)


def _never_reads(sock: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def _drips_status(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(65536)
    _drip(sock, over, (bytes([byte]) for byte in HEAD * 100))


def _drips_headers(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(65536)
    sock.sendall(HEAD)
    _drip(sock, over, (b"X: y\r\n" for _ in range(90)))
    _drip(sock, over, (b"a" for _ in range(10_000)))


def _says_continue(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(65536)
    _drip(sock, over, (b"HTTP/1.1 100 Continue\r\n\r\n" for _ in range(10_000)))


def _drips_body(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(65536)
    sock.sendall(HEAD + b'Content-Length: 99999\r\n\r\n{"result":[')
    _drip(sock, over, (b" " for _ in range(10_000)))


def _drips_chunk_size(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(65536)
    sock.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    _drip(sock, over, (b"0" for _ in range(10_000)))


def _hangs_in_body(sock: socket.socket, over: threading.Event) -> None:
    sock.recv(65536)
    sock.sendall(HEAD + b'Content-Length: 99999\r\n\r\n{"result":[')
    over.wait(30)


WAYS: list[Way] = [
    _hangs,
    _never_reads,
    _drips_status,
    _drips_headers,
    _says_continue,
    _drips_body,
    _drips_chunk_size,
    _hangs_in_body,
]


@pytest.fixture
def slow() -> Iterator[Callable[[Way], str]]:
    """Starts a server that behaves in some way, and gives its address."""
    over, threads, listeners = threading.Event(), list[threading.Thread](), list[socket.socket]()

    def serve(listener: socket.socket, way: Way) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=answer, args=(sock, way)))
            threads[-1].start()

    def answer(sock: socket.socket, way: Way) -> None:
        with sock, suppress(OSError):
            way(sock, over)

    def start(way: Way) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threads.append(threading.Thread(target=serve, args=(listener, way)))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    over.set()
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join()


def _get(client: Client) -> object:
    return client.table("incident").get().all()


def _stream(client: Client) -> object:
    return list(client.table("incident").get(stream=True).all())


def _create(client: Client) -> object:
    return client.table("incident").create({"description": "x" * 8_000_000})


def _upload(client: Client) -> object:
    file = io.BytesIO(bytes(8_000_000))
    return client.table("incident").attachments.upload("a" * 32, data=file, name="x.bin")


def _took(call: Callable[[Client], object], client: Client) -> float:
    started = time.monotonic()
    with client, pytest.raises(PysnowException):
        call(client)
    return time.monotonic() - started


@pytest.mark.parametrize("call", [_get, _stream, _create, _upload])
@pytest.mark.parametrize("way", WAYS)
def test_call__ends_by_its_deadline(way: Way, call: Callable[[Client], object], slow: Callable[[Way], str]) -> None:
    client = Client(instance=slow(way), user="a", password="b", deadline=DEADLINE)
    assert _took(call, client) < DEADLINE + LATE


@pytest.mark.parametrize("timeout", [None, (None, None), 0.1, (5, 60)])
def test_call__ends_by_its_deadline_whatever_the_time_out(timeout: Any, slow: Callable[[Way], str]) -> None:
    client = Client(instance=slow(_hangs), user="a", password="b", deadline=DEADLINE, timeout=timeout)
    assert _took(_get, client) < DEADLINE + LATE


def test_call__of_a_session_handed_in_ends_by_its_deadline(slow: Callable[[Way], str]) -> None:
    session = requests.Session()
    session.auth = ("a", "b")
    client = Client(instance=slow(_drips_headers), session=session, deadline=DEADLINE)
    assert _took(_get, client) < DEADLINE + LATE


def test_call__of_a_session_with_a_way_of_its_own_ends_when_the_body_drips(slow: Callable[[Way], str]) -> None:
    class Own(requests.Session):
        pass

    session = Own()
    session.auth = ("a", "b")
    client = Client(instance=slow(_drips_body), session=session, deadline=DEADLINE)
    assert _took(_get, client) < DEADLINE + LATE


def test_call__behind_a_proxy_that_drips_ends_by_its_deadline(slow: Callable[[Way], str]) -> None:
    proxies = {"https": slow(_drips_status)}
    client = Client(instance="dev1", user="a", password="b", deadline=DEADLINE, proxies=proxies)
    assert _took(_get, client) < DEADLINE + LATE


def test_call__to_a_server_that_hangs_within_tls_ends_by_its_deadline(slow: Callable[[Way], str]) -> None:
    address = slow(_hangs).replace("http:", "https:")
    client = Client(instance=address, user="a", password="b", deadline=DEADLINE)
    assert _took(_get, client) < DEADLINE + LATE


@pytest.mark.parametrize("fault", ["drip:head=true,seconds=0.02", "drip:seconds=0.02", "hang-before:seconds=5"])
def test_call__over_tls_ends_by_its_deadline(fault: str) -> None:
    from pysnow.sandbox import Sandbox

    with Sandbox(tls=True, seed=False) as secure:
        secure.faults.add(fault)
        client = Client(
            instance=secure.url, user="admin", password="admin", verify=str(secure.ca_file), deadline=DEADLINE
        )
        assert _took(_get, client) < DEADLINE + LATE


def test_error__says_that_it_was_the_deadline(slow: Callable[[Way], str]) -> None:
    with (
        Client(instance=slow(_hangs), user="a", password="b", deadline=DEADLINE) as client,
        pytest.raises(DeadlineExceeded, match="deadline") as caught,
    ):
        _get(client)
    assert isinstance(caught.value, requests.Timeout)
    assert caught.value.phase == "maybe_sent"
    assert caught.value.elapsed == pytest.approx(DEADLINE, abs=LATE)


def test_deadline__can_be_switched_off(sandbox: Sandbox) -> None:
    with Client(instance=sandbox.url, user="admin", password="admin", deadline=None, timeout=None) as client:
        assert client.table("incident").get(limit=1).one()


@pytest.mark.parametrize("deadline", [0, -1, "5", True, float("nan"), 100_000])
def test_deadline__that_makes_no_sense_is_refused(deadline: Any) -> None:
    with pytest.raises(InvalidUsage, match="deadline"):
        Client(instance="dev1", user="a", password="b", deadline=deadline)
