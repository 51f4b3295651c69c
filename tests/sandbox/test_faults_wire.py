"""Faults that are seen on the connection itself, by a client that hides nothing."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from werkzeug.test import Client

from pysnow.sandbox import Sandbox

INCIDENTS = "/api/now/table/incident"
LIST = f"{INCIDENTS}?sysparm_limit=5&sysparm_fields=sys_id,number"
AUTHORIZATION = "Basic " + base64.b64encode(b"admin:admin").decode()

Call = Callable[..., requests.Response]
Connect = Callable[..., http.client.HTTPConnection]
NewThreads = Callable[[], set[threading.Thread]]


@pytest.fixture
def connect(sandbox: Sandbox) -> Iterator[Connect]:
    """Open connections; all are closed in the end."""
    opened: list[http.client.HTTPConnection] = []

    def open_one(timeout: float = 30) -> http.client.HTTPConnection:
        opened.append(http.client.HTTPConnection(sandbox.host, timeout=timeout))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


def ask(connection: http.client.HTTPConnection, method: str = "GET", path: str = LIST, body: Any = None) -> None:
    headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)


def exchange(sandbox: Sandbox, path: str = LIST) -> bytes:
    """Give the bytes of an answer, up to the end of the connection."""
    host, port = sandbox.host.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {AUTHORIZATION}\r\n\r\n".encode())
        return b"".join(iter(lambda: client.recv(65536), b""))


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def whole_body(call: Call, path: str = LIST) -> bytes:
    return call("GET", path).content


def incidents(sandbox: Sandbox) -> int:
    return len(sandbox.table("incident").rows)


# -- connections that end ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reset", "error"), [(False, http.client.RemoteDisconnected), (True, ConnectionResetError)], ids=["FIN", "RST"]
)
@pytest.mark.parametrize("fault", ["drop-before", "drop-after"])
def test_drop__no_answer(
    sandbox: Sandbox, connect: Connect, fault: str, reset: bool, error: type[ConnectionError]
) -> None:
    sandbox.faults.add(fault, reset=reset)
    connection = connect()
    ask(connection, "POST", INCIDENTS, {"urgency": "1"})
    with pytest.raises(ConnectionError) as raised:
        connection.getresponse()
    assert type(raised.value) is error


@pytest.mark.parametrize(("fault", "written"), [("drop-before", 0), ("drop-after", 1), ("hang-after", 1)])
def test_drop__written_or_not(sandbox: Sandbox, connect: Connect, fault: str, written: int) -> None:
    before = incidents(sandbox)
    sandbox.faults.add(fault, **({"seconds": 0.01} if "hang" in fault else {}))
    connection = connect()
    ask(connection, "POST", INCIDENTS, {"urgency": "1"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    entry = sandbox.requests[-1]
    assert (incidents(sandbox) - before, entry.committed, entry.status) == (written, bool(written), 0)


def test_drop__serves_the_next_connection(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add("drop-before", times=1)
    first, second = connect(), connect()
    ask(first)
    with pytest.raises(http.client.RemoteDisconnected):
        first.getresponse()
    ask(second)
    assert second.getresponse().status == 200


@pytest.mark.parametrize("reset", [False, True])
def test_stale_keep_alive__second_use_ends_it(sandbox: Sandbox, connect: Connect, reset: bool) -> None:
    sandbox.faults.add("stale-keep-alive", reset=reset)
    connection = connect()
    ask(connection)
    first = connection.getresponse()
    first.read()
    ask(connection)
    with pytest.raises(ConnectionError):
        connection.getresponse()
    assert (first.status, [entry.fault for entry in sandbox.requests]) == (200, [None, "stale-keep-alive"])


def test_stale_keep_alive__spares_new_connections(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add("stale-keep-alive")
    answers = []
    for connection in (connect(), connect()):
        ask(connection)
        answers.append(connection.getresponse().status)
    assert answers == [200, 200]


def test_reset_body__after_so_many_bytes(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add("reset-body", after_bytes=20)
    connection = connect()
    ask(connection)
    answer = connection.getresponse()
    assert answer.read(20).startswith(b'{"result":[{"')
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        answer.read(1)


def test_cut_body__between_chunks(sandbox: Sandbox, call: Call) -> None:
    whole = whole_body(call)
    sandbox.faults.add("cut-body", after_bytes=50)
    assert body_of(exchange(sandbox)) == b"32\r\n" + whole[:50] + b"\r\n"


def test_cut_body__inside_a_chunk(sandbox: Sandbox, call: Call) -> None:
    whole = whole_body(call)
    sandbox.faults.add("cut-body", framing="in-chunk", after_bytes=50)
    assert body_of(exchange(sandbox)) == b"%x\r\n" % len(whole) + whole[:50]


def test_cut_body__before_its_length(sandbox: Sandbox, call: Call) -> None:
    whole = whole_body(call)
    sandbox.faults.add("cut-body", framing="length", after_bytes=50)
    answer = exchange(sandbox)
    assert (f"Content-Length: {len(whole)}\r\n".encode() in answer, body_of(answer)) == (True, whole[:50])


def test_cut_body__with_no_framing(sandbox: Sandbox, call: Call) -> None:
    whole = whole_body(call)
    sandbox.faults.add("cut-body", framing="close", after_bytes=50)
    answer = exchange(sandbox)
    framed = [name for name in (b"Content-Length:", b"Transfer-Encoding:") if name in answer]
    assert (framed, answer.count(b"Connection: close\r\n"), body_of(answer)) == ([], 1, whole[:50])


@pytest.mark.parametrize("rows", [0, 1, 4])
def test_cut_body__exactly_at_a_row(sandbox: Sandbox, call: Call, rows: int) -> None:
    whole = whole_body(call)
    sandbox.faults.add("cut-body", framing="close", after_rows=rows)
    body = body_of(exchange(sandbox))
    assert (whole.startswith(body), len(json.loads(body + b"]}")["result"])) == (True, rows)


def test_cut_body__half_by_default(sandbox: Sandbox, call: Call) -> None:
    whole = whole_body(call)
    sandbox.faults.add("cut-body", framing="length")
    assert body_of(exchange(sandbox)) == whole[: len(whole) // 2]


@pytest.mark.parametrize("framing", ["chunked", "in-chunk", "length"])
def test_cut_body__a_client_can_tell(sandbox: Sandbox, call: Call, framing: str) -> None:
    sandbox.faults.add("cut-body", framing=framing)
    with pytest.raises(requests.RequestException):
        call("GET", LIST)


def test_cut_body__a_client_cannot_tell_without_framing(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("cut-body", framing="close")
    assert call("GET", LIST).status_code == 200


def test_request_timeout__closes(sandbox: Sandbox) -> None:
    sandbox.faults.add("request-timeout")
    assert exchange(sandbox).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


# -- time -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were asked for; nobody waits."""
    return []


@pytest.fixture
def hasty(waits: list[float]) -> Iterator[Sandbox]:
    with Sandbox(sleep=waits.append) as sandbox:
        yield sandbox


def get(sandbox: Sandbox, path: str = LIST) -> requests.Response:
    return requests.get(f"{sandbox.url}{path}", headers={"Authorization": AUTHORIZATION}, timeout=30)


def test_latency__waits(hasty: Sandbox, waits: list[float]) -> None:
    hasty.faults.add("latency", seconds=2.5)
    get(hasty)
    assert waits == [2.5]


@pytest.mark.parametrize("distribution", ["uniform", "exponential"])
def test_latency__varies(hasty: Sandbox, waits: list[float], distribution: str) -> None:
    hasty.faults.add("latency", seconds=2.0, distribution=distribution)
    for _ in range(3):
        get(hasty)
    assert len(set(waits)) == 3


def test_latency__varies_repeatably(hasty: Sandbox, waits: list[float]) -> None:
    for _ in range(2):
        hasty.faults.clear()
        hasty.faults.add("latency", distribution="uniform")
        for _ in range(3):
            get(hasty)
    assert waits[:3] == waits[3:]


@pytest.mark.parametrize(("suffix", "expected"), [("", [5.0]), ("&sysparm_no_count=true", [])])
def test_slow_count__waits_where_rows_are_counted(
    hasty: Sandbox, waits: list[float], suffix: str, expected: list[float]
) -> None:
    hasty.faults.add("slow-count")
    get(hasty, LIST + suffix)
    assert waits == expected


def test_latency__real_wait_ends_with_the_sandbox(new_threads: NewThreads) -> None:
    """Else a test that forgot a slow call would hang when its sandbox is closed."""
    sandbox = Sandbox()
    sandbox.start()
    sandbox.faults.add("latency", seconds=600)
    host, port = sandbox.host.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        sandbox.close()
        assert new_threads() == set()


def test_drip__pauses_before_each_piece(hasty: Sandbox, waits: list[float]) -> None:
    whole = get(hasty).content
    hasty.faults.add("drip", piece_bytes=10, seconds=0.25)
    assert (get(hasty).content, waits) == (whole, [0.25] * -(-len(whole) // 10))


def test_drip__head_too(hasty: Sandbox, waits: list[float]) -> None:
    whole = get(hasty).content
    hasty.faults.add("drip", piece_bytes=10, head=True)
    answer = get(hasty)
    assert (answer.json(), len(waits) > len(whole) // 10 + 20) == (json.loads(whole), True)


@pytest.mark.parametrize(("fault", "written"), [("hang-before", 0), ("hang-after", 1)])
def test_hang__client_gives_up(sandbox: Sandbox, connect: Connect, fault: str, written: int) -> None:
    before = incidents(sandbox)
    sandbox.faults.add(fault, seconds=600)
    connection = connect(timeout=0.2)
    ask(connection, "POST", INCIDENTS, {"urgency": "1"})
    with pytest.raises(TimeoutError):
        connection.getresponse()
    assert incidents(sandbox) - before == written


def test_hang__ends_with_the_sandbox(new_threads: NewThreads) -> None:
    with Sandbox() as sandbox:
        sandbox.faults.add("hang-before", seconds=600)
        connection = http.client.HTTPConnection(sandbox.host, timeout=0.2)
        ask(connection)
        with pytest.raises(TimeoutError):
            connection.getresponse()
    connection.close()
    assert new_threads() == set()


def test_faults__leave_no_threads(new_threads: NewThreads, sandbox: Sandbox, connect: Connect) -> None:
    """However their connections end."""
    for fault in ("drop-before", "drop-before:reset=true", "cut-body", "reset-body", "hang-before:seconds=0.01"):
        with sandbox.fault(fault):
            connection = connect()
            ask(connection)
            with pytest.raises((ConnectionError, http.client.HTTPException)):
                connection.getresponse().read()
    sandbox.close()
    assert new_threads() == set()


# -- without a connection ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [("drop-before", ConnectionAbortedError), ("drop-after:reset=true", ConnectionResetError)],
)
def test_wsgi__an_end_is_raised(fault: str, error: type[OSError]) -> None:
    sandbox = Sandbox()
    sandbox.faults.add(fault)
    with pytest.raises(error):
        Client(sandbox).get(INCIDENTS, headers={"Authorization": AUTHORIZATION})
    sandbox.close()


def test_wsgi__a_hang_is_slept() -> None:
    waits: list[float] = []
    sandbox = Sandbox(sleep=waits.append)
    sandbox.faults.add("hang-before", seconds=60)
    with pytest.raises(ConnectionAbortedError):
        Client(sandbox).get(INCIDENTS, headers={"Authorization": AUTHORIZATION})
    sandbox.close()
    assert waits == [60]
