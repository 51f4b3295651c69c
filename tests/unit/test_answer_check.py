"""Whether an answer is the file that was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import (
    AuthenticationError,
    EmptyContent,
    ErrorInResult,
    HTMLResponse,
    HTTPStatusError,
    IncompleteResponse,
    InstanceHibernating,
    LoginPage,
    PysnowException,
    RecordNotFound,
    ServerError,
    UnexpectedRedirect,
    UnexpectedResponse,
)
from pysnow.wire.answer_check import check_file
from tests.unit.canned_server import CannedServer, chunked, http

URL = "https://dev1.service-now.com/api/now/attachment/abc/file"
METADATA = {"X-Attachment-Metadata": '{"file_name":"a","size_bytes":"5"}'}
NOT_FOUND = b'{"error":{"message":"No Record found","detail":"x"},"status":"failure"}'
LOGIN = b"<!DOCTYPE html><title>Log in</title><form><input type='password' name='user_password'>"
HIBERNATING = b"<html><head><title>Instance Hibernating page</title></head></html>"
ERROR = b'{"error":{"message":"m","detail":"d"},"status":"failure"}'


def answer(content: bytes, status: int = 200, media_type: str = "", **headers: str) -> requests.Response:
    """An answer whose body has been read."""
    response = requests.Response()
    response.status_code, response.url = status, URL
    response._content = content
    response._content_consumed = True  # type: ignore[attr-defined]
    response.headers.update({"Content-Type": media_type, **headers})
    response.request = requests.Request("GET", URL).prepare()
    return response


def fetch(server: CannedServer) -> requests.Response:
    return requests.get(server.url, stream=True, timeout=5)


FILES = {
    "text": (b"Hello", "text/plain"),
    "binary": (bytes(range(256)) * 1000, "application/octet-stream"),
    "image in angle brackets": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
    "XML": (b"<?xml version='1.0'?><response/>", "application/xml"),
    "text in angle brackets": (b"<3", "text/plain"),
    "blanks": (b"  \r\n", "text/plain"),
    "table called a page": (b"name,number\r\n", "text/html"),
    "JSON": (b'{"a":1}', "application/json"),
    "JSON with no error": (b'{"error":null}', "application/json"),
    "JSON with records": (b'{"result":[],"error":"m"}', "application/json"),
    "broken JSON": (b'{"error":', "application/json"),
    "JSON list": (b'[{"error":"m"}]', "application/json"),
    "large JSON": (b'{"error":"' + b"x" * 2_000_000 + b'"}', "application/json"),
}


@pytest.mark.parametrize(("content", "media_type"), FILES.values(), ids=FILES.keys())
def test_check_file__a_file_is_given_whole(content: bytes, media_type: str) -> None:
    assert b"".join(check_file(answer(content, 200, media_type))) == content


@pytest.mark.parametrize(("content", "media_type"), FILES.values(), ids=FILES.keys())
def test_check_file__a_file_on_the_wire_is_given_whole(content: bytes, media_type: str) -> None:
    with CannedServer(http(content, headers=[("Content-Type", media_type)])) as server:
        assert b"".join(check_file(fetch(server), chunk_size=10)) == content


@pytest.mark.parametrize("content", [LOGIN, HIBERNATING, ERROR, b""], ids=["login", "hibernating", "error", "nothing"])
@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
def test_check_file__what_is_described_is_the_file(content: bytes, media_type: str) -> None:
    assert b"".join(check_file(answer(content, 200, media_type, **METADATA))) == content


@given(st.binary().filter(lambda content: content.strip()[:1] not in (b"", b"<", b"{", b"\xef")))
def test_check_file__most_bytes_are_a_file(content: bytes) -> None:
    assert b"".join(check_file(answer(content))) == content


STATUSES = {
    "201": (201, b"Hello", UnexpectedResponse),
    "202": (202, b"", EmptyContent),
    "202 with a body": (202, b"Hello", EmptyContent),
    "203": (203, b"Hello", UnexpectedResponse),
    "204": (204, b"", EmptyContent),
    "206": (206, b"Hel", UnexpectedResponse),
    "302": (302, b"", UnexpectedRedirect),
    "304": (304, b"", HTTPStatusError),
    "401": (401, b"", AuthenticationError),
    "404": (404, NOT_FOUND, RecordNotFound),
    "500": (500, LOGIN, ServerError),
}


@pytest.mark.parametrize(("status", "content", "kind"), STATUSES.values(), ids=STATUSES.keys())
@pytest.mark.parametrize("headers", [{}, METADATA], ids=["bare", "described"])
def test_check_file__no_other_status_brings_a_file(
    status: int, content: bytes, kind: type[PysnowException], headers: dict[str, str]
) -> None:
    with pytest.raises(kind) as caught:
        check_file(answer(content, status, **headers))
    assert type(caught.value) is kind


FAKES = {
    "login page": (LOGIN, "text/html;charset=UTF-8", LoginPage),
    "login page called a file": (LOGIN, "application/octet-stream", LoginPage),
    "login page called JSON": (LOGIN, "application/json", LoginPage),
    "login page called nothing": (LOGIN, "", LoginPage),
    "login page behind blanks": (b"\xef\xbb\xbf\r\n" + b" " * 500 + LOGIN, "", LoginPage),
    "hibernating page": (HIBERNATING, "text/html", InstanceHibernating),
    "page that begins with a remark": (b"<!-- x --><p>Hello</p>", "text/html", HTMLResponse),
    "page in XML": (b"<?xml version='1.0'?><html><p>Hello</p></html>", "application/xhtml+xml", HTMLResponse),
    "error object": (ERROR, "application/json;charset=UTF-8", ErrorInResult),
    "error object called a file": (ERROR, "application/octet-stream", ErrorInResult),
    "error text": (b'{"error":"m"}', "application/json", ErrorInResult),
    "nothing": (b"", "application/octet-stream", EmptyContent),
}


@pytest.mark.parametrize(("content", "media_type", "kind"), FAKES.values(), ids=FAKES.keys())
def test_check_file__what_is_no_file_is_named(content: bytes, media_type: str, kind: type[PysnowException]) -> None:
    with pytest.raises(kind) as caught:
        check_file(answer(content, 200, media_type))
    assert type(caught.value) is kind


def _bytes_of(content: bytes) -> Iterable[bytes]:
    return (content[start : start + 1] for start in range(len(content)))


@pytest.mark.parametrize(("content", "media_type", "kind"), FAKES.values(), ids=FAKES.keys())
def test_check_file__what_is_no_file_is_named_however_slowly_it_comes(
    content: bytes, media_type: str, kind: type[PysnowException]
) -> None:
    with CannedServer(chunked(*_bytes_of(content), headers=[("Content-Type", media_type)])) as server:
        response = fetch(server)
        with pytest.raises(kind):
            check_file(response, chunk_size=1)


@pytest.mark.parametrize("status", [200, 206, 404])
def test_check_file__an_error_knows_the_call(status: int) -> None:
    with pytest.raises(PysnowException) as caught:
        check_file(answer(ERROR, status, "application/json"), table="incident")
    error = caught.value
    assert (error.operation, error.table, error.method, error.path, error.status) == (
        "download",
        "incident",
        "GET",
        "/api/now/attachment/abc/file",
        status,
    )


def test_check_file__the_words_of_an_error_object_are_kept() -> None:
    with pytest.raises(ErrorInResult) as caught:
        check_file(answer(json.dumps({"error": {"message": "m", "detail": "d"}}).encode()))
    assert (caught.value.message, caught.value.detail) == ("m", "d")


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "206 Partial Content", "404 Not Found"])
def test_check_file__an_error_closes_the_connection(status: str) -> None:
    with CannedServer(http(LOGIN + b" " * 20_000_000, status)) as server:
        response = fetch(server)
        with pytest.raises(PysnowException):
            check_file(response)
        assert server.closed_early.wait(10)


@pytest.mark.parametrize("headers", [[], list(METADATA.items())], ids=["bare", "described"])
def test_check_file__stopping_early_closes_the_connection(headers: list[tuple[str, str]]) -> None:
    with CannedServer(http(b"x" * 20_000_000, headers=headers)) as server:
        pieces = check_file(fetch(server))
        next(pieces)
        pieces.close()
        assert server.closed_early.wait(10)


@pytest.mark.parametrize("headers", [[], list(METADATA.items())], ids=["bare", "described"])
def test_check_file__a_file_that_breaks_off_is_told(headers: list[tuple[str, str]]) -> None:
    with CannedServer(http(b"x" * 500, headers=headers, length=5000)) as server:
        pieces = check_file(fetch(server))
        with pytest.raises(IncompleteResponse):
            list(pieces)
