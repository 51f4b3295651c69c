"""Answers that were cut or damaged where http.client does not look, all the way up to the caller."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import MSG_PEEK, socket
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from pysnow import AmbiguousWrite, Client, PysnowException, Retry
from pysnow.sandbox.tls.certificates import new_identity
from tests.unit.canned_server import Canned, CannedServer, chunked, http

SYS_ID = "0123456789abcdef0123456789abcdef"
RECORD = {"sys_id": SYS_ID, "number": "INC0000001", "short_description": "x"}
ROWS = [{"sys_id": f"{number:032x}", "short_description": f"Printer {number} xyz"} for number in range(40)]
LIST = json.dumps({"result": ROWS}).encode()
CREATED = http(
    json.dumps({"result": RECORD}).encode(),
    "201 Created",
    [
        ("Content-Type", "application/json"),
        ("Location", f"https://dev1.service-now.com/api/now/table/incident/{SYS_ID}"),
    ],
)
FILE = http(b"hello world!", headers=[("Content-Type", "text/plain"), ("Server", "snow_adc")])


class _Own(HTTPAdapter):
    """An adapter of a program, which is not stood in for."""


def cut(answer: Canned, place: int) -> Canned:
    return Canned(answer.raw[:place])


def head_bytes(answer: Canned) -> int:
    return answer.raw.index(b"\r\n\r\n") + len(b"\r\n\r\n")


@contextmanager
def client_of(server: CannedServer, session: requests.Session | None = None, **options: Any) -> Iterator[Client]:
    own = {"session": session} if session is not None else {"user": "a", "password": "b"}
    retry = Retry(base=0.001, cap=0.002, transaction_seconds=0.01)
    with server, Client(instance=server.url.partition("/api/")[0], retry=retry, timeout=5, **own, **options) as client:
        yield client


def own_session() -> requests.Session:
    session = requests.Session()
    session.auth = ("a", "b")
    session.mount("http://", _Own())
    return session


# -- headers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(head_bytes(CREATED)))
def test_create__a_header_that_was_cut_leaves_it_open(place: int) -> None:
    with client_of(CannedServer(cut(CREATED, place))) as client, pytest.raises(AmbiguousWrite) as caught:
        client.table("incident").create({"short_description": "x"})
    assert caught.value.committed is None


@pytest.mark.parametrize("place", range(head_bytes(FILE)))
def test_download__a_header_that_was_cut_is_a_broken_connection(place: int) -> None:
    with client_of(CannedServer(cut(FILE, place), FILE)) as client:
        assert client.table("incident").attachments.content(SYS_ID) == b"hello world!"


@pytest.mark.parametrize("place", range(len("HTTP/1.1 200 OK\r\n"), head_bytes(FILE), 7))
def test_download__through_an_adapter_of_its_own(place: int) -> None:
    """Where nobody sees the end of the header, an empty file that nothing announced is none."""
    with client_of(CannedServer(cut(FILE, place), FILE), own_session()) as client:
        assert client.table("incident").attachments.content(SYS_ID) == b"hello world!"


@pytest.mark.parametrize("place", range(head_bytes(CREATED) - 60, head_bytes(CREATED), 7))
def test_create__through_an_adapter_of_its_own_leaves_it_open(place: int) -> None:
    with client_of(CannedServer(cut(CREATED, place)), own_session()) as client, pytest.raises(AmbiguousWrite):
        client.table("incident").create({"short_description": "x"})


class _Secure(CannedServer):
    """The server over TLS."""

    def __init__(self, folder: Path, *answers: Canned) -> None:
        super().__init__(*answers)
        identity = new_identity(datetime.now(UTC))
        self.authority, key = folder / "authority.pem", folder / "server.pem"
        self.authority.write_text(identity.authority)
        key.write_text(identity.key + identity.certificate)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(key)
        self.url = self.url.replace("http:", "https:")

    def _answer(self, connection: socket) -> None:
        super()._answer(self._context.wrap_socket(connection, server_side=True))


@pytest.mark.parametrize("place", [0, 9, 40, head_bytes(FILE) - 2])
def test_download__over_tls(tmp_path: Path, place: int) -> None:
    server = _Secure(tmp_path, cut(FILE, place), FILE)
    with client_of(server, verify=str(server.authority)) as client:
        assert client.table("incident").attachments.content(SYS_ID) == b"hello world!"


@pytest.mark.parametrize("status", ["102 Processing", "103 Early Hints"])
def test_create__interim_answers_are_skipped(status: str) -> None:
    interim = f"HTTP/1.1 {status}\r\nLink: </style.css>\r\n\r\n".encode()
    with client_of(CannedServer(Canned(interim + CREATED.raw))) as client:
        assert client.table("incident").create({"short_description": "x"}) == RECORD


def test_create__two_lengths_leave_it_open() -> None:
    raw = CREATED.raw.replace(b"\r\nConnection", b"\r\nContent-Length: 7\r\nConnection")
    with client_of(CannedServer(Canned(raw))) as client, pytest.raises(AmbiguousWrite):
        client.table("incident").create({"short_description": "x"})


def test_create__two_lengths_through_an_adapter_of_its_own_leave_it_open() -> None:
    """The layer below has one class of errors for headers that cannot be written and for those that cannot be read."""
    raw = CREATED.raw.replace(b"\r\nConnection", b"\r\nContent-Length: 7\r\nConnection")
    with client_of(CannedServer(Canned(raw)), own_session()) as client, pytest.raises(AmbiguousWrite):
        client.table("incident").create({"short_description": "x"})


class _ByMethod(CannedServer):
    """One answer for what is read, and another for what is written."""

    def __init__(self, read: Canned, written: Canned) -> None:
        super().__init__(read)
        self._by_method = {True: read, False: written}

    def _answer(self, connection: socket) -> None:
        self._answers = [self._by_method[connection.recv(3, MSG_PEEK) == b"GET"]]
        super()._answer(connection)


# -- the address of what was created -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.example/api/now/table/incident/abc",
        f"/api/now/table/problem/{SYS_ID}",
        f"//evil.example/x/{SYS_ID}",
        f"/api/now/table/incident/{SYS_ID}{SYS_ID}",
        "https://sso.example.com/saml",
    ],
)
@pytest.mark.parametrize("key", [None, "order-1"])
def test_create__an_address_of_something_else_leaves_it_open(location: str, key: str | None) -> None:
    created = http(b"", "201 Created", [("Location", location)])
    with client_of(_ByMethod(http(b'{"result":[]}'), created)) as client, pytest.raises(AmbiguousWrite):
        client.table("incident").create({"short_description": "x"}, key=key)


def test_create__an_address_of_another_record_than_the_one_sent_leaves_it_open() -> None:
    """With a key the sys_id is known before: an answer that names another one is believed when that one is there."""
    location = f"https://dev1.service-now.com/api/now/table/incident/{SYS_ID}"
    created = http(b"", "201 Created", [("Location", location)])
    with client_of(_ByMethod(http(b'{"result":[]}'), created)) as client, pytest.raises(AmbiguousWrite):
        client.table("incident").create({"short_description": "x"}, key="order-1")


def test_create__a_sys_id_that_the_table_chose_is_taken_when_it_is_there() -> None:
    found = http(json.dumps({"result": [RECORD]}).encode())
    with client_of(_ByMethod(found, CREATED)) as client:
        assert client.table("incident").create({"short_description": "x"}, key="order-1") == RECORD


# -- chunks ------------------------------------------------------------------------------------------------------------

SIZES = ["-5", "-fff", "+24", " 24", "24 ", "0x24", "2_4", "", "zz", "ffffff", "f" * 20, "0", "00000000000"]


def damaged(size: str, place: int) -> Canned:
    """The list in three chunks, with another size before one of them."""
    chunks = [LIST[:1000], LIST[1000:2200], LIST[2200:]]
    head, _, body = chunked(*chunks).raw.partition(b"\r\n\r\n")
    line = b"%x\r\n" % len(chunks[place])
    return Canned(head + b"\r\n\r\n" + body.replace(line + chunks[place], size.encode() + b"\r\n" + chunks[place], 1))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("session", [None, own_session], ids=["own connections", "another adapter"])
def test_stream__damaged_framing_is_never_data(session: Any, size: str, place: int) -> None:
    got: list[Any] = []
    server = CannedServer(damaged(size, place))
    with client_of(server, session and session()) as client:
        rows = client.resource(api_path="/table/incident").get(stream=True).all()
        with pytest.raises(PysnowException):
            got.extend(map(dict, rows))  # and keeps what came before the error
    assert got == ROWS[: len(got)]


@pytest.mark.parametrize("size", SIZES)
def test_iterate__damaged_framing_is_healed(size: str) -> None:
    with client_of(CannedServer(damaged(size, 1), chunked(LIST))) as client:
        assert [dict(row) for row in client.resource(api_path="/table/incident").get(stream=True).all()] == ROWS
