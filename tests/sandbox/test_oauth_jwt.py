"""The grant of signed assertions ("JWT bearer grant", vendor docs; RFC 7523), with an application of type JWT."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox
from pysnow.sandbox.oauth.assertions import read_assertion

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DENIED = {"error_description": "access_denied", "error": "server_error"}
SHARED_KEY = "a key that both sides know"
NOW = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp())
CLAIMS = {"iss": "jwt", "aud": "jwt", "sub": "itil", "exp": NOW + 60, "iat": NOW, "jti": "1"}

Exchange = Callable[..., requests.Response]


@pytest.fixture
def sandbox(stopped_sandbox: Sandbox) -> Sandbox:
    return stopped_sandbox


@pytest.fixture
def register(sandbox: Sandbox) -> Callable[..., str]:
    """Register the application with a shared key, and give its sys_id."""

    def add(**values: str) -> str:
        application = {"name": "Signer", "client_id": "jwt", "client_secret": "secret", "type": "jwt"}
        sys_id = sandbox.add("oauth_entity", application | values)["sys_id"] or ""
        sandbox.add("jwt_verifier_map", {"oauth_jwt": sys_id, "kid": "k1", "shared_key": SHARED_KEY})
        return sys_id

    return add


@pytest.fixture
def exchange(grant: Exchange) -> Exchange:
    """Exchange an assertion for a token."""

    def ask(assertion: str, **parameters: str | None) -> requests.Response:
        application = {"client_id": "jwt", "client_secret": "secret"}
        return grant(GRANT_TYPE, assertion=assertion, **application, **parameters)

    return ask


def encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(header: dict[str, object], claims: object, sign: Callable[[bytes], bytes]) -> str:
    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{urlsafe_b64encode(sign(text.encode())).rstrip(b'=').decode()}"


def by_shared_key(text: bytes, key: str = SHARED_KEY) -> bytes:
    return hmac.digest(key.encode(), text, hashlib.sha256)


def hs256(claims: object, kid: str = "k1") -> str:
    return signed({"alg": "HS256", "typ": "JWT", "kid": kid}, claims, by_shared_key)


def test_jwt__stands_for_its_subject(
    sandbox: Sandbox, register: Callable[..., str], exchange: Exchange, use: Callable[[str], int]
) -> None:
    register()
    use(exchange(hs256(CLAIMS)).json()["access_token"])
    assert sandbox.requests[-1].user == "itil"


def test_jwt__has_no_refresh_token(register: Callable[..., str], exchange: Exchange) -> None:
    register()
    assert list(exchange(hs256(CLAIMS)).json()) == ["access_token", "scope", "token_type", "expires_in"]


def test_jwt__subject_is_in_the_column_of_the_application(register: Callable[..., str], exchange: Exchange) -> None:
    register(user_field="email")
    assert exchange(hs256(CLAIMS | {"sub": "itil@example.com"})).status_code == 200


def test_jwt__audience_among_others(register: Callable[..., str], exchange: Exchange) -> None:
    register()
    assert exchange(hs256(CLAIMS | {"aud": ["elsewhere", "jwt"]})).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"iss": None},
        {"aud": "other"},
        {"aud": []},
        {"sub": "nobody"},
        {"sub": ""},
        {"sub": ["itil"]},
        {"sub": "vera.holloway"},
        {"sub": "javascript:gs.getUserName()"},
        {"sub": "\ud800"},
        {"exp": NOW - 300},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e400},
        {"iat": NOW + 301},
        {"nbf": NOW + 301},
        {"nbf": "later"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
    ],
    ids=str,
)
def test_jwt__claim_that_is_wrong(register: Callable[..., str], exchange: Exchange, changes: dict[str, object]) -> None:
    register()
    answer = exchange(hs256(CLAIMS | changes))
    assert (answer.status_code, answer.json()) == (401, DENIED)


@pytest.mark.parametrize("changes", [{"exp": NOW - 299}, {"iat": NOW + 300}, {"exp": 253402300799}], ids=str)
def test_jwt__clocks_may_differ_by_the_skew(
    register: Callable[..., str], exchange: Exchange, changes: dict[str, object]
) -> None:
    register()
    assert exchange(hs256(CLAIMS | changes)).status_code == 200


def test_jwt__skew_of_the_application(register: Callable[..., str], exchange: Exchange) -> None:
    register(clock_skew="0")
    assert exchange(hs256(CLAIMS | {"exp": NOW})).status_code == 401


def test_jwt__is_taken_once(register: Callable[..., str], exchange: Exchange) -> None:
    register()
    assertion = hs256(CLAIMS)
    assert [exchange(assertion).status_code for _ in range(2)] == [200, 401]


def test_jwt__refused_ones_do_not_use_the_id_up(register: Callable[..., str], exchange: Exchange) -> None:
    register()
    assert [exchange(hs256(CLAIMS | {"sub": sub})).status_code for sub in ("nobody", "itil")] == [401, 200]


def test_jwt__again_where_ids_are_not_checked(register: Callable[..., str], exchange: Exchange) -> None:
    register(enable_jti_verification="false")
    assert [exchange(hs256(CLAIMS)).status_code for _ in range(2)] == [200, 200]


def test_jwt__running_token(register: Callable[..., str], exchange: Exchange) -> None:
    register()
    tokens = [exchange(hs256(CLAIMS | {"jti": name})).json()["access_token"] for name in "ab"]
    assert tokens[0] == tokens[1]


def test_jwt__wrong_client_secret(register: Callable[..., str], grant: Exchange) -> None:
    register()
    assert grant(GRANT_TYPE, assertion=hs256(CLAIMS), client_id="jwt", client_secret="x").json() == DENIED


def test_jwt__application_of_another_type(register: Callable[..., str], exchange: Exchange) -> None:
    register(type="client")
    assert exchange(hs256(CLAIMS)).json() == DENIED


def test_jwt__its_application_may_not_ask_with_passwords(register: Callable[..., str], grant: Exchange) -> None:
    register()
    answer = grant(username="itil", password="itil", client_id="jwt", client_secret="secret")
    assert answer.json() == DENIED


# -- signatures ------------------------------------------------------------------------------------------------------


def _tampered(assertion: str) -> str:
    header, _, signature = assertion.split(".")
    return f"{header}.{encoded(CLAIMS | {'sub': 'admin'})}.{signature}"


@pytest.mark.parametrize(
    "assertion",
    [
        hs256(CLAIMS, kid="k2"),
        hs256(CLAIMS, kid=""),
        signed({"alg": "HS256", "kid": "k1"}, CLAIMS, lambda text: by_shared_key(text, "another key")),
        signed({"alg": "HS256", "kid": "k1"}, CLAIMS, lambda _: b""),
        signed({"alg": "none", "kid": "k1"}, CLAIMS, lambda _: b""),
        signed({"kid": "k1"}, CLAIMS, lambda _: b"") + "x",
        signed({"alg": "RS256", "kid": "k1"}, CLAIMS, by_shared_key),
        _tampered(hs256(CLAIMS)),
        hs256([]),
        hs256(CLAIMS)[:-10],
        hs256(CLAIMS) + ".x",
        "",
        "..",
        "\u00fc.\u00fc.\u00fc",
    ],
    ids=range(14),
)
def test_signature__that_proves_nothing(register: Callable[..., str], exchange: Exchange, assertion: str) -> None:
    register()
    assert exchange(assertion).json() == DENIED


def test_signature__of_an_algorithm_that_is_not_emulated(register: Callable[..., str], exchange: Exchange) -> None:
    register()
    answer = exchange(signed({"alg": "ES256", "kid": "k1"}, CLAIMS, lambda _: b"x"))
    assert (answer.status_code, "ES256" in answer.json()["error"]["detail"]) == (501, True)


def _certificate() -> tuple[str, Callable[[bytes], bytes]]:
    """Make a certificate, and what signs with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    key = generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = builder.not_valid_before(start).not_valid_after(start + timedelta(days=365)).sign(key, SHA256())
    return certificate.public_bytes(Encoding.PEM).decode(), lambda text: key.sign(text, PKCS1v15(), SHA256())


@pytest.fixture(scope="module")
def certificate() -> tuple[str, Callable[[bytes], bytes]]:
    return _certificate()


def register_certificate(sandbox: Sandbox, application: str, pem: str) -> None:
    row = sandbox.add("sys_certificate", {"name": "Signer", "pem_certificate": pem})
    sandbox.add("jwt_verifier_map", {"oauth_jwt": application, "kid": "rsa", "sys_certificate": row["sys_id"]})


def test_certificate__takes_rs256(
    sandbox: Sandbox,
    register: Callable[..., str],
    exchange: Exchange,
    certificate: tuple[str, Callable[[bytes], bytes]],
) -> None:
    pem, sign = certificate
    register_certificate(sandbox, register(), pem)
    assert exchange(signed({"alg": "RS256", "kid": "rsa"}, CLAIMS, sign)).status_code == 200


def test_certificate__is_no_shared_key(
    sandbox: Sandbox,
    register: Callable[..., str],
    exchange: Exchange,
    certificate: tuple[str, Callable[[bytes], bytes]],
) -> None:
    """Whoever has the certificate, which is public, could sign otherwise."""
    pem, _ = certificate
    register_certificate(sandbox, register(), pem)
    assertion = signed({"alg": "HS256", "kid": "rsa"}, CLAIMS, lambda text: by_shared_key(text, pem))
    assert exchange(assertion).json() == DENIED


def test_certificate__signature_of_another_key(
    sandbox: Sandbox,
    register: Callable[..., str],
    exchange: Exchange,
    certificate: tuple[str, Callable[[bytes], bytes]],
) -> None:
    register_certificate(sandbox, register(), certificate[0])
    assertion = signed({"alg": "RS256", "kid": "rsa"}, CLAIMS, lambda _: b"x" * 256)
    assert exchange(assertion).json() == DENIED


def test_certificate__that_is_none(sandbox: Sandbox, register: Callable[..., str], exchange: Exchange) -> None:
    register_certificate(sandbox, register(), "no certificate")
    assert exchange(signed({"alg": "RS256", "kid": "rsa"}, CLAIMS, lambda _: b"x")).json() == DENIED


def test_certificate__without_cryptography(
    sandbox: Sandbox, register: Callable[..., str], exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused aloud: neither taken unverified nor called wrong."""
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    register_certificate(sandbox, register(), "any")
    answer = exchange(signed({"alg": "RS256", "kid": "rsa"}, CLAIMS, lambda _: b"x"))
    assert (answer.status_code, "install" in answer.json()["error"]["detail"]) == (501, True)


# -- reading ---------------------------------------------------------------------------------------------------------


@given(st.text() | st.lists(st.binary().map(lambda part: urlsafe_b64encode(part).decode()), max_size=4).map(".".join))
def test_read_assertion__any_text(text: str) -> None:
    assertion = read_assertion(text)
    assert assertion is None or text.encode().startswith(assertion.signed)


def test_read_assertion__nested_too_deeply() -> None:
    deep = urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    assert read_assertion(f"{deep}.{deep}.x") is None
