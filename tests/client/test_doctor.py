"""What is wrong on the way to an instance."""

from __future__ import annotations

import base64
import socket
from datetime import UTC, datetime, timedelta

import pytest

from pysnow import AuthenticationError, Client, InstanceHibernating, InvalidUsage, LoginPage, TransportError
from pysnow.doctor import Diagnosis
from pysnow.sandbox import Sandbox
from tests.unit.canned_server import CannedServer, http

NAMES = [
    *("dns", "tls", "awake", "sign-in", "identity", "read", "aggregate", "dictionary", "journal", "audit", "clock"),
    "rate limit",
]
HTML = (("Content-Type", "text/html"),)
CANARY = "canary-d0c7"


@pytest.fixture
def unused_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def verdicts(diagnosis: Diagnosis) -> dict[str, str]:
    return {check.name: check.verdict for check in diagnosis}


def examined(url: str) -> Diagnosis:
    with Client(instance=url, user="admin", password=CANARY) as client:
        return client.doctor()


def test_doctor__looks_at_everything(client: Client) -> None:
    diagnosis = client.doctor()
    assert ([check.name for check in diagnosis], diagnosis.ok) == (NAMES, True)


def test_doctor__is_one_line_each(client: Client) -> None:
    assert len(str(client.doctor()).splitlines()) == len(NAMES)


def test_doctor__names_who_is_calling(client: Client) -> None:
    assert "admin (7 roles" in str(client.doctor())


def test_doctor__of_a_user_with_few_rights(sandbox: Sandbox) -> None:
    with Client(instance=sandbox.url, user="employee", password="employee") as client:
        found = verdicts(client.doctor())
    assert (found["sign-in"], found["dictionary"], found["journal"]) == ("ok", "unknown", "unknown")


def test_doctor__wrong_password(sandbox: Sandbox) -> None:
    diagnosis = examined(sandbox.url)
    assert (verdicts(diagnosis)["awake"], verdicts(diagnosis)["sign-in"], verdicts(diagnosis)["read"]) == (
        "ok",
        "failed",
        "skipped",
    )
    assert diagnosis.failure is not None
    assert isinstance(diagnosis.failure.error, AuthenticationError)


def test_doctor__asks_once_with_a_wrong_password(sandbox: Sandbox) -> None:
    examined(sandbox.url)
    assert len(sandbox.requests) == 1


def test_doctor__tells_no_secret(sandbox: Sandbox) -> None:
    text = f"{examined(sandbox.url)!r}"
    assert (CANARY in text, base64.b64encode(f"admin:{CANARY}".encode()).decode() in text) == (False, False)


def test_doctor__nobody_there(unused_port: int) -> None:
    diagnosis = examined(f"http://127.0.0.1:{unused_port}")
    assert diagnosis.failure is not None
    assert (diagnosis.failure.name, type(diagnosis.failure.error)) == ("awake", TransportError)


def test_doctor__no_such_host() -> None:
    with Client(instance="nowhere", user="a", password="b") as client:
        diagnosis = client.doctor()
    assert diagnosis.failure is not None
    assert diagnosis.failure.name == "dns"


@pytest.mark.parametrize(
    ("page", "name", "error"),
    [
        (b"<html><title>Hibernating Instance</title></html>", "awake", InstanceHibernating),
        (b"<html><form action='login.do'><input type='password'></form></html>", "sign-in", LoginPage),
    ],
)
def test_doctor__page_instead_of_an_answer(page: bytes, name: str, error: type[Exception]) -> None:
    with CannedServer(http(page, headers=HTML)) as server:
        failure = examined(server.url).failure
    assert failure is not None
    assert (failure.name, type(failure.error)) == (name, error)


def test_doctor__untrusted_certificate() -> None:
    with Sandbox(tls=True) as sandbox:
        failure = examined(sandbox.url).failure
    assert failure is not None
    assert failure.name == "tls"


def test_doctor__clock_that_is_wrong() -> None:
    with (
        Sandbox(clock=lambda: datetime.now(UTC) - timedelta(hours=1)) as sandbox,
        Client(instance=sandbox.url, user="admin", password="admin") as client,
    ):
        diagnosis = client.doctor()
    assert diagnosis.failure is not None
    assert (diagnosis.failure.name, "ahead" in diagnosis.failure.detail) == ("clock", True)


def test_doctor__rate_limit_that_is_announced(client: Client, sandbox: Sandbox) -> None:
    with sandbox.fault("rate-limit:limit=500"):
        text = str(client.doctor())
    assert "500 an hour" in text


def test_doctor__table_that_is_not_there(client: Client) -> None:
    diagnosis = client.doctor("no_such_table")
    assert diagnosis.failure is not None
    assert diagnosis.failure.name == "read"


def test_doctor__name_that_is_no_table(client: Client) -> None:
    with pytest.raises(InvalidUsage):
        client.doctor("a b")
