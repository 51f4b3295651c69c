"""The log of requests: bounded, and free of secrets."""

from __future__ import annotations

import io

import pytest

from pysnow.sandbox.http.request_log import (
    KEPT_BODY_BYTES,
    LoggedRequest,
    RecordedInput,
    RequestLog,
    masked_form,
    masked_headers,
    masked_query,
)


def entry(path: str) -> LoggedRequest:
    return LoggedRequest("GET", path, [], {}, b"", 200, "admin")


def test_log__keeps_the_newest() -> None:
    log = RequestLog(kept=2)
    for path in "abc":
        log.add(entry(path))
    assert [logged.path for logged in log] == ["b", "c"]


def test_log__slices() -> None:
    log = RequestLog()
    log.add(entry("a"))
    assert [logged.path for logged in log[-1:]] == ["a"]


def test_clear__forgets_everything() -> None:
    log = RequestLog()
    log.add(entry("a"))
    log.clear()
    assert list(log) == []


def test_masked_headers__keeps_the_scheme() -> None:
    assert masked_headers({"Authorization": "Basic YWRtaW46YWRtaW4="}) == {"authorization": "Basic ***"}


def test_masked_headers__api_key() -> None:
    assert masked_headers({"X-Sn-Apikey": "s3cret"}) == {"x-sn-apikey": "***"}


def test_masked_query__token() -> None:
    assert masked_query([("token", "s3cret"), ("a", "b")]) == [("token", "***"), ("a", "b")]


@pytest.mark.parametrize(
    ("form", "masked"),
    [
        (b"grant_type=password&username=u&password=s3cret", b"grant_type=password&username=u&password=***"),
        (b"client_secret=x&client_id=y", b"client_secret=***&client_id=y"),
        (b"refresh_token=x", b"refresh_token=***"),
        (b"grant_type=refresh_token", b"grant_type=refresh_token"),
    ],
)
def test_masked_form__secrets(form: bytes, masked: bytes) -> None:
    assert masked_form(form) == masked


def test_recorded_input__passes_everything_on() -> None:
    body = b"x" * (KEPT_BODY_BYTES + 10)
    assert RecordedInput(io.BytesIO(body)).read() == body


def test_recorded_input__keeps_the_start() -> None:
    stream = RecordedInput(io.BytesIO(b"x" * (KEPT_BODY_BYTES + 10)))
    stream.read()
    assert len(stream.recorded) == KEPT_BODY_BYTES
