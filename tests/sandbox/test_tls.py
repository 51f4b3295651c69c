"""The sandbox over TLS: a certificate that strict clients accept, cookies and headers as over https."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox
from pysnow.sandbox.tls import der
from pysnow.sandbox.tls.certificates import new_identity
from pysnow.sandbox.tls.p256 import new_key

NewThreads = Callable[[], set[threading.Thread]]

INCIDENTS = "/api/now/table/incident"
ADMIN = ("admin", "admin")
ONE = {"sysparm_limit": "1"}


@pytest.fixture
def secure() -> Iterator[Sandbox]:
    with Sandbox(tls=True) as sandbox:
        yield sandbox


def get(sandbox: Sandbox, url: str = "") -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(
            url or f"{sandbox.url}{INCIDENTS}", params=ONE, auth=ADMIN, timeout=30, verify=str(sandbox.ca_file)
        )


def handshake(sandbox: Sandbox, context: ssl.SSLContext, name: str = "localhost") -> ssl.SSLSocket:
    host, port = sandbox.host.split(":")
    return context.wrap_socket(socket.create_connection((host, int(port)), timeout=30), server_hostname=name)


def strict_context(sandbox: Sandbox) -> ssl.SSLContext:
    """What later versions of Python make by default."""
    context = ssl.create_default_context(cafile=sandbox.ca_file)
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    return context


def test_url__is_https(secure: Sandbox) -> None:
    assert secure.url == f"https://{secure.host}"


def test_call__is_answered(secure: Sandbox) -> None:
    assert get(secure).status_code == 200


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_certificate__names_pass_strict_checks(secure: Sandbox, name: str) -> None:
    with handshake(secure, strict_context(secure), name) as client:
        assert client.version() == "TLSv1.3"


def test_certificate__other_names_do_not_pass(secure: Sandbox) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for"):
        handshake(secure, strict_context(secure), "dev00000.service-now.com")


def test_certificate__is_trusted_by_nobody_else(secure: Sandbox) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(secure, ssl.create_default_context())


def test_certificate__is_new_for_each_sandbox(secure: Sandbox) -> None:
    with Sandbox(tls=True) as other, pytest.raises(ssl.SSLCertVerificationError):
        handshake(other, strict_context(secure))


def test_certificate__old_tls_is_refused(secure: Sandbox) -> None:
    context = strict_context(secure)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        handshake(secure, context)


def test_certificate__tls_1_2_is_spoken(secure: Sandbox) -> None:
    context = strict_context(secure)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with handshake(secure, context) as client:
        assert client.version() == "TLSv1.2"


def test_certificate__is_good_for_some_months(secure: Sandbox) -> None:
    with handshake(secure, strict_context(secure)) as client:
        ends = (client.getpeercert() or {})["notAfter"]
    left = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) - datetime.now(UTC)
    assert timedelta(days=60) < left < timedelta(days=398)


def test_ca_out__is_written(tmp_path: Path) -> None:
    with Sandbox(tls=True, ca_out=tmp_path / "ca.pem") as sandbox:
        assert (sandbox.ca_file, get(sandbox).status_code) == (tmp_path / "ca.pem", 200)


def test_ca_out__stays(tmp_path: Path) -> None:
    Sandbox(tls=True, ca_out=tmp_path / "ca.pem").close()
    assert (tmp_path / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----\n")


def test_ca_out__holds_no_key(tmp_path: Path) -> None:
    Sandbox(tls=True, ca_out=tmp_path / "ca.pem").close()
    assert "PRIVATE" not in (tmp_path / "ca.pem").read_text()


def test_ca_out__needs_tls(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ca_out needs tls=True"):
        Sandbox(ca_out=tmp_path / "ca.pem")


def test_ca_out__cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Sandbox(tls=True, ca_out=tmp_path / "nowhere" / "ca.pem")


def test_ca_file__own_one_goes_with_the_sandbox() -> None:
    with Sandbox(tls=True) as sandbox:
        folder = sandbox.ca_file.parent
        names = [file.name for file in folder.iterdir()]
    assert (names, folder.exists()) == (["ca.pem"], False)


def test_ca_file__needs_tls(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="plain HTTP"):
        _ = sandbox.ca_file


def test_cookies__are_secure(secure: Sandbox) -> None:
    cookies = get(secure).raw.headers.getlist("Set-Cookie")
    assert [cookie for cookie in cookies if not cookie.endswith("; SameSite=None; Secure")] == []


def test_headers__https_for_years(secure: Sandbox) -> None:
    assert get(secure).headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_links__are_https(secure: Sandbox) -> None:
    assert get(secure).links["next"]["url"].startswith(f"{secure.url}/")


def test_localhost__is_another_name(secure: Sandbox) -> None:
    assert get(secure, f"https://localhost:{secure.host.split(':')[1]}{INCIDENTS}").status_code == 200


def test_connection__is_kept_alive(secure: Sandbox) -> None:
    connection = http.client.HTTPSConnection(secure.host, context=strict_context(secure), timeout=30)
    sockets = []
    for _ in range(2):
        connection.request("GET", INCIDENTS)
        connection.getresponse().read()
        sockets.append(connection.sock)
    connection.close()
    assert sockets[0] is sockets[1] is not None


def test_plain_http__at_the_port_is_no_harm(secure: Sandbox) -> None:
    host, port = secure.host.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client, suppress(ConnectionResetError):
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.recv(1024)
    assert get(secure).status_code == 200


def test_silent_client__holds_up_nobody(secure: Sandbox) -> None:
    """A handshake that does not come waits in a thread of its own."""
    host, port = secure.host.split(":")
    with socket.create_connection((host, int(port)), timeout=30):
        assert get(secure).status_code == 200


def test_close__leaves_no_threads(new_threads: NewThreads) -> None:
    with Sandbox(tls=True) as sandbox:
        host, port = sandbox.host.split(":")
        connection = http.client.HTTPSConnection(sandbox.host, context=strict_context(sandbox), timeout=30)
        connection.request("GET", INCIDENTS)
        connection.getresponse().read()
        silent = socket.create_connection((host, int(port)), timeout=30)
    connection.close()
    silent.close()
    assert new_threads() == set()


@pytest.mark.parametrize(
    ("fault", "errors"),
    [
        ("drop-before", (requests.ConnectionError,)),
        ("drop-after:reset=true", (requests.ConnectionError,)),
        ("cut-body", (requests.exceptions.ChunkedEncodingError, requests.ConnectionError)),
        ("reset-body", (requests.exceptions.ChunkedEncodingError, requests.ConnectionError)),
        ("hang-before:seconds=0.01", (requests.ConnectionError,)),
    ],
)
def test_faults__reach_the_wire(secure: Sandbox, fault: str, errors: tuple[type[Exception], ...]) -> None:
    secure.faults.add(fault)
    with pytest.raises(errors):
        get(secure)


def test_identity__hides_its_key() -> None:
    assert "PRIVATE" not in repr(new_identity(datetime(2026, 3, 2, tzinfo=UTC)))


def test_key__hides_its_secret() -> None:
    key = new_key()
    assert str(key.number) not in repr(key)


def test_key__known_answer() -> None:
    """Twice the base point, by the vectors of NIST."""
    key = new_key(lambda limit: 1)
    x = "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"
    y = "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1"
    assert key.public.hex() == f"04{x}{y}"


def test_key__order_of_the_curve() -> None:
    """The last multiple before infinity is the base point, mirrored."""
    first, last = new_key(lambda limit: 0), new_key(lambda limit: limit - 1)
    assert (first.public[:33], first.public != last.public) == (last.public[:33], True)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (der.integer(0), "020100"),
        (der.integer(127), "02017f"),
        (der.integer(128), "02020080"),
        (der.object_identifier("1.2.840.10045.3.1.7"), "06082a8648ce3d030107"),
        (der.boolean(True), "0101ff"),
        (der.bit_string(b"\x06", 1), "03020106"),
        (der.utc_time(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)), "170d3236303330323039303530305a"),
        (der.octet_string(b"x" * 200)[:3], "0481c8"),
        (der.octet_string(b"x" * 300)[:4], "0482012c"),
    ],
)
def test_der__known_answers(written: bytes, expected: str) -> None:
    assert written.hex() == expected


@given(st.integers(0, 2**300))
def test_der__integers_are_read_back(number: int) -> None:
    written = der.integer(number)
    assert (written[1], int.from_bytes(written[2:], "big", signed=True)) == (len(written) - 2, number)
