"""Secrets are shown nowhere: each way to sign in, each kind of failure, all that is logged, raised, printed or pickled.

Exempt is what exists to give a secret to its owner: the properties ``client._password`` and ``client_secret``, and
``token``.
"""

from __future__ import annotations

import contextlib
import copy
import http.client
import logging
import pickle
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import requests
from requests.adapters import BaseAdapter
from requests_oauthlib import OAuth2Session

from pysnow import Client, OAuthClient, PermissionDenied, PysnowException
from pysnow.auth import ApiKey, BearerToken, ClientCertificate, NoAuth
from pysnow.oauth.grants import ClientCredentials, PasswordGrant, RefreshToken
from pysnow.oauth.jwt_grant import JWTBearer
from pysnow.oauth.oauth_login import AuthorizationCode
from pysnow.oauth.token_file import FileTokenStore
from pysnow.wire.sessions import Sessions
from tests.client.canaries import LOGGERS, looks, reachable, secrets_in, shown
from tests.client.test_login import Person

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

PASSWORD = "canary/P+7f3a&w=%40 \u00e9-password"
CLIENT_SECRET = "canary/S+81d2&s=%41-client-secret"
KEY = "canary/K+5c1e&k=%42-api-key"
PASSPHRASE = "canary/F+19ab&f=%43-passphrase"
PROXY_PASSWORD = "canary-X-44e0-proxy-password"
COOKIE = "canary-C-2b9d-session-cookie"

CONNECTIONS = (BaseAdapter, Sessions)
"""What knows the password of a proxy as long as there are connections through it."""

GRANT_PROPERTY = "glide.oauth.inbound.client.credential.grant_type.enabled"


class Entrant(NamedTuple):
    """Somebody who signs in.

    Attributes:
        client: Their client.
        secrets: What nobody must see.
        own: Classes of what the caller handed over with a secret in the clear, which is the caller's to guard.
    """

    client: Client
    secrets: list[str]
    own: tuple[type, ...] = ()

    def all_secrets(self) -> list[str]:
        """The secrets, and the tokens that came in exchange for them."""
        auth = getattr(self.client, "_grant", None) or getattr(self.client.session, "auth", None)
        token = getattr(auth, "token", None) or {}
        return [*self.secrets, *(str(token[name]) for name in ("access_token", "refresh_token") if name in token)]


@pytest.fixture
def guarded(sandbox: Sandbox) -> Sandbox:
    """An instance with a user, an application and an API key whose secrets are canaries."""
    user = sandbox.add_user("bird", password=PASSWORD, roles=["admin"])
    sandbox.add("api_key", {"name": "Mine", "token": KEY, "user": user["sys_id"]})
    _application(sandbox, client_secret=CLIENT_SECRET)
    sandbox.instance.properties[GRANT_PROPERTY] = "true"
    return sandbox


@pytest.fixture(scope="module")
def signer() -> tuple[str, str]:
    """An encrypted private key and its certificate, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    key = generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = builder.not_valid_before(start).not_valid_after(start + timedelta(days=3650)).sign(key, SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode()))
    return pem.decode(), certificate.public_bytes(Encoding.PEM).decode()


def _application(sandbox: Sandbox, **values: str) -> None:
    row = next(row for row in sandbox.table("oauth_entity").rows if row["client_id"] == "sandbox")
    sandbox.instance.update("oauth_entity", row["sys_id"] or "", values, sandbox.instance.system)


def _basic(sandbox: Sandbox, **options: Any) -> Entrant:
    return Entrant(Client(instance=sandbox.url, user="bird", password=PASSWORD, **options), [PASSWORD])


def _with(sandbox: Sandbox, auth: requests.auth.AuthBase, *secrets: str, **options: Any) -> Entrant:
    return Entrant(Client(instance=sandbox.url, auth=auth, **options), list(secrets))


def _password(sandbox: Sandbox, **options: Any) -> Entrant:
    auth = PasswordGrant("sandbox", CLIENT_SECRET, "bird", PASSWORD)
    return _with(sandbox, auth, PASSWORD, CLIENT_SECRET, **options)


def _stored(sandbox: Sandbox, **options: Any) -> Entrant:
    """With a store that lies in the working directory."""
    auth = PasswordGrant("sandbox", CLIENT_SECRET, "bird", PASSWORD, store=FileTokenStore("token.json"))
    return _with(sandbox, auth, PASSWORD, CLIENT_SECRET, **options)


def _refresh(sandbox: Sandbox, **options: Any) -> Entrant:
    with OAuthClient("sandbox", CLIENT_SECRET, instance=sandbox.url) as client:
        token = str(client.generate_token("bird", PASSWORD)["refresh_token"])
    return _with(sandbox, RefreshToken("sandbox", CLIENT_SECRET, token), CLIENT_SECRET, token, **options)


def _application_itself(sandbox: Sandbox, **options: Any) -> Entrant:
    return _with(sandbox, ClientCredentials("sandbox", CLIENT_SECRET), CLIENT_SECRET, **options)


def _code(sandbox: Sandbox, **options: Any) -> Entrant:
    """Somebody who has signed in with the browser."""
    auth = AuthorizationCode("sandbox", CLIENT_SECRET)
    entrant = _with(sandbox, auth, CLIENT_SECRET, **options)
    auth.exchange(Person().sent_back(auth.authorize_url()))
    return entrant


def _jwt(sandbox: Sandbox, signer: tuple[str, str], **options: Any) -> Entrant:
    values = {"name": "Signer", "client_id": "jwt", "client_secret": CLIENT_SECRET, "type": "jwt"}
    application = sandbox.add("oauth_entity", values)["sys_id"] or ""
    certificate = sandbox.add("sys_certificate", {"name": "Signer", "pem_certificate": signer[1]})
    sandbox.add("jwt_verifier_map", {"oauth_jwt": application, "kid": "k1", "sys_certificate": certificate["sys_id"]})
    auth = JWTBearer("jwt", CLIENT_SECRET, key=signer[0], kid="k1", user="bird", passphrase=PASSPHRASE)
    return _with(sandbox, auth, CLIENT_SECRET, PASSPHRASE, signer[0].splitlines()[5], **options)


def _bearer(sandbox: Sandbox, **options: Any) -> Entrant:
    with OAuthClient("sandbox", CLIENT_SECRET, instance=sandbox.url) as client:
        token = str(client.generate_token("bird", PASSWORD)["access_token"])
    return _with(sandbox, BearerToken(token), token, **options)


def _key(sandbox: Sandbox, **options: Any) -> Entrant:
    return _with(sandbox, ApiKey(KEY), KEY, **options)


def _legacy(sandbox: Sandbox, **options: Any) -> Entrant:
    client = OAuthClient("sandbox", CLIENT_SECRET, instance=sandbox.url, **options)
    client.set_token(client.generate_token("bird", PASSWORD))
    return Entrant(client, [CLIENT_SECRET, PASSWORD])


def _session(sandbox: Sandbox, **options: Any) -> Entrant:
    session = requests.Session()
    session.auth = requests.auth.HTTPBasicAuth("bird", PASSWORD.encode())
    session.cookies.set("glide_session", COOKIE)
    return Entrant(Client(instance=sandbox.url, session=session, **options), [PASSWORD, COOKIE], (requests.Session,))


def _oauth_session(sandbox: Sandbox, **options: Any) -> Entrant:
    with OAuthClient("sandbox", CLIENT_SECRET, instance=sandbox.url) as client:
        token = client.generate_token("bird", PASSWORD)
    session = OAuth2Session("sandbox", token=token)
    secrets = [str(token["access_token"]), str(token["refresh_token"])]
    return Entrant(Client(instance=sandbox.url, session=session, **options), secrets, (requests.Session,))


def _header(sandbox: Sandbox, **options: Any) -> Entrant:
    session = requests.Session()
    session.headers["x-sn-apikey"] = KEY
    return Entrant(Client(instance=sandbox.url, session=session, **options), [KEY], (requests.Session,))


def _proxied(sandbox: Sandbox, **options: Any) -> Entrant:
    """The sandbox serves as proxy to itself."""
    proxies = {"http": f"http://bird:{PROXY_PASSWORD}@{sandbox.url.partition('//')[2]}"}
    entrant = _basic(sandbox, proxies=proxies, **options)
    return entrant._replace(secrets=[PASSWORD, PROXY_PASSWORD], own=CONNECTIONS)


ENTRANTS: dict[str, Callable[..., Entrant]] = {
    "basic": _basic,
    "password grant": _password,
    "stored token": _stored,
    "refresh token": _refresh,
    "client credentials": _application_itself,
    "authorization code": _code,
    "jwt": _jwt,
    "bearer": _bearer,
    "api key": _key,
    "OAuthClient": _legacy,
    "session": _session,
    "OAuth session": _oauth_session,
    "session with a header": _header,
    "proxy": _proxied,
}

IMPATIENT: dict[str, Any] = {"timeout": (5, 0.2), "deadline": 0.5}

FAILURES = ("unauthorized", "cut-body", "drop-after", "hang-before:seconds=1", "login-page")
FURTHER_FAILURES = (
    *("forbidden", "reset-body", "server-error", "redirect", "corrupt-gzip", "rows-then-error", "deep-nesting"),
    "too-many-requests",
)
SIGN_IN_FAILURES = (
    "unauthorized",
    "server-error",
    "drop-after",
    "login-page",
    "cut-body",
    "empty-body",
    "hang-before:seconds=1",
)


@pytest.fixture
def enter(
    guarded: Sandbox, signer: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Entrant]]:
    """Makes somebody who signs in one way, in the working directory of the test; nothing is tried twice."""
    clients: list[Client] = []
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # which an OAuth2Session needs on this machine

    def make(way: str, **options: Any) -> Entrant:
        if way == "OAuth session":  # which sends over connections of its own: what those print is its caller's affair
            http.client.HTTPConnection.debuglevel = 0
        given = {"retry": None, **options}
        entrant = ENTRANTS[way](guarded, *([signer] if way == "jwt" else []), **given)
        clients.append(entrant.client)
        return entrant

    with contextlib.chdir(tmp_path):
        yield make
    for client in clients:
        client.close()


class Told:
    """All that is logged, printed or warned about while it is in force."""

    def __init__(self, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
        self._capsys, self._caplog = capsys, caplog
        self._warned: list[warnings.WarningMessage] = []

    @contextlib.contextmanager
    def everything(self) -> Iterator[None]:
        """Log all there is, and have ``http.client`` print what it sends."""
        with contextlib.ExitStack() as stack:
            for name in LOGGERS:
                stack.enter_context(self._caplog.at_level(logging.DEBUG, name))
            self._warned = stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
            http.client.HTTPConnection.debuglevel = 1
            stack.callback(setattr, http.client.HTTPConnection, "debuglevel", 0)
            yield

    def texts(self) -> list[str]:
        """What was told."""
        records = [f"{record.getMessage()} {record.args} {record.exc_text}" for record in self._caplog.records]
        return [*records, *self._capsys.readouterr(), *(str(each) for each in self._warned), self._caplog.text]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Told:
    """Listens to what is logged, printed or warned about."""
    return Told(capsys, caplog)


def _work(client: Client) -> None:
    """Read, walk, write and fail to."""
    incidents = client.table("incident")
    incidents.get(limit=1).one()
    next(iter(incidents.iterate(page_size=5, limit=6)))
    created = incidents.create({"short_description": "x"})
    incidents.update(created["sys_id"], {"state": "2"})
    with contextlib.suppress(PermissionDenied):
        incidents.delete(created["sys_id"])


# -- success -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ENTRANTS)
def test_success__tells_no_secret(enter: Callable[..., Entrant], told: Told, way: str) -> None:
    with told.everything():
        entrant = enter(way)
        _work(entrant.client)
    assert not secrets_in(told.texts(), entrant.all_secrets())


def test_success__is_told_about(enter: Callable[..., Entrant], told: Told) -> None:
    """Else nothing would be proven: the log, the connections' log and the stream of ``http.client`` are listened to."""
    with told.everything():
        _work(enter("password grant").client)
    said = "".join(told.texts())
    assert all(words in said for words in ("(REQUEST_SEND)", '"POST /oauth_token.do HTTP/1.1" 200', "reply: 'HTTP/1.1"))


@pytest.mark.parametrize("way", ENTRANTS)
def test_client__shows_no_secret(enter: Callable[..., Entrant], way: str) -> None:
    entrant = enter(way)
    client = entrant.client
    seen = list(looks(client))
    _work(client)
    table = client.table("incident")
    response = table.get(limit=1)
    things = [client, client.session, table, response, response._response, client.parameters, copy.copy(client)]
    seen += [text for thing in things for text in (repr(thing), str(thing))]
    seen += [repr(client.session and client.session.auth), str(vars(client)), *looks(client), *looks(copy.copy(client))]
    assert not secrets_in(seen, entrant.all_secrets())


@pytest.mark.parametrize("way", [way for way in ENTRANTS if way != "proxy"])
def test_client__leads_to_no_secret(enter: Callable[..., Entrant], way: str) -> None:
    entrant = enter(way)
    _work(entrant.client)
    entrant.client.close()
    assert not secrets_in(reachable(entrant.client, stop_at=entrant.own), entrant.all_secrets())


@pytest.mark.parametrize("way", ENTRANTS)
def test_answer__leads_to_no_secret(enter: Callable[..., Entrant], way: str) -> None:
    entrant = enter(way)
    response = entrant.client.table("incident").get(limit=1)
    response.one()
    seen = [response._response, response._response.request, response._response.headers]
    assert not secrets_in(reachable(*seen, stop_at=entrant.own), entrant.all_secrets())


@pytest.mark.parametrize("way", ENTRANTS)
def test_token_of_a_walk__holds_no_secret(enter: Callable[..., Entrant], way: str) -> None:
    entrant = enter(way)
    walk = entrant.client.table("incident").iterate(page_size=5)
    next(walk)
    changes = entrant.client.table("incident").changes(datetime(2026, 1, 1, tzinfo=UTC))
    seen = [str(walk.resume_token), repr(walk.report), str(changes.checkpoint), repr(walk), repr(changes)]
    assert not secrets_in(seen, entrant.all_secrets())


@pytest.mark.parametrize("way", ENTRANTS)
@pytest.mark.parametrize("part", [lambda client: client, lambda client: client.session and client.session.auth])
def test_pickle__holds_no_secret(enter: Callable[..., Entrant], way: str, part: Callable[[Client], object]) -> None:
    entrant = enter(way)
    if (
        part(entrant.client) is None
        or entrant.own == (requests.Session,)
        and part(entrant.client) is not entrant.client
    ):
        return
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)) as caught:
        pickle.dumps(part(entrant.client))
    assert not secrets_in(shown(caught.value), entrant.all_secrets())


# -- failures ----------------------------------------------------------------------------------------------------------


def _failed(client: Client) -> PysnowException:
    with pytest.raises(PysnowException) as caught:
        client.table("incident").get(limit=3).all()
    return caught.value


def _assert_clean(error: PysnowException, told: Told, entrant: Entrant) -> None:
    secrets = entrant.all_secrets()
    assert not secrets_in(told.texts(), secrets)
    assert not secrets_in(shown(error), secrets)
    assert not secrets_in(reachable(error, stop_at=entrant.own), secrets)
    with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
        assert not secrets_in([pickle.dumps(error).decode("latin-1")], secrets)


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        *((way, fault) for way in ENTRANTS for fault in FAILURES),
        *((way, fault) for way in ("basic", "password grant", "session") for fault in FURTHER_FAILURES),
    ],
)
def test_failed_read__leads_to_no_secret(
    enter: Callable[..., Entrant], guarded: Sandbox, told: Told, way: str, fault: str
) -> None:
    with told.everything():
        entrant = enter(way, **IMPATIENT if fault.startswith("hang") else {})
        with guarded.fault(fault, table="incident"):
            error = _failed(entrant.client)
    _assert_clean(error, told, entrant)


@pytest.mark.parametrize("fault", ["cut-body", "reset-body", "rows-then-error", "corrupt-gzip"])
@pytest.mark.parametrize("way", ["basic", "api key", "password grant", "session", "proxy"])
def test_failed_stream__leads_to_no_secret(
    enter: Callable[..., Entrant], guarded: Sandbox, told: Told, way: str, fault: str
) -> None:
    with told.everything():
        entrant = enter(way)
        with guarded.fault(fault, table="incident"), pytest.raises(PysnowException) as caught:
            list(entrant.client.table("incident").get(stream=True).all())
    _assert_clean(caught.value, told, entrant)


@pytest.mark.parametrize("way", ENTRANTS)
def test_failed_write__leads_to_no_secret(
    enter: Callable[..., Entrant], guarded: Sandbox, told: Told, way: str
) -> None:
    with told.everything():
        entrant = enter(way)
        with guarded.fault("drop-after", table="incident"), pytest.raises(PysnowException) as caught:
            entrant.client.table("incident").create({"short_description": "x"})
    _assert_clean(caught.value, told, entrant)


@pytest.mark.parametrize("fault", SIGN_IN_FAILURES)
@pytest.mark.parametrize("way", ["password grant", "stored token", "refresh token", "client credentials", "jwt"])
def test_failed_sign_in__leads_to_no_secret(
    enter: Callable[..., Entrant], guarded: Sandbox, told: Told, way: str, fault: str
) -> None:
    with told.everything():
        entrant = enter(way, **IMPATIENT if fault.startswith("hang") else {})
        with guarded.fault(fault, path="/oauth_token.do"):
            error = _failed(entrant.client)
    _assert_clean(error, told, entrant)


@pytest.mark.parametrize("way", ["password grant", "refresh token", "authorization code", "OAuthClient"])
def test_revoked_token__leads_to_no_secret(
    enter: Callable[..., Entrant], guarded: Sandbox, told: Told, way: str
) -> None:
    with told.everything():
        entrant = enter(way)
        entrant.client.table("incident").get(limit=1).one()
        secrets = entrant.all_secrets()
        guarded.oauth.expire_all()
        _application(guarded, client_secret="another")
        error = _failed(entrant.client)
    _assert_clean(error, told, entrant._replace(secrets=secrets))


def test_refused_code__leads_to_no_secret(guarded: Sandbox, told: Told) -> None:
    code = "canary-4f1d-code"
    auth = AuthorizationCode("sandbox", CLIENT_SECRET)
    with told.everything():
        entrant = _with(guarded, auth, CLIENT_SECRET, code, retry=None)
        state = auth.authorize_url().partition("state=")[2].partition("&")[0]
        with pytest.raises(PysnowException) as caught:
            auth.exchange(f"http://127.0.0.1:8400/callback?code={code}&state={state}")
    _assert_clean(caught.value, told, entrant)


@pytest.mark.parametrize("way", ["wrong", "nobody"])
def test_refused_password__leads_to_no_secret(guarded: Sandbox, told: Told, way: str) -> None:
    user = "bird" if way == "wrong" else "nobody"
    with told.everything():
        client = Client(instance=guarded.url, user=user, password="canary-5aa1-wrong")
        error = _failed(client)
    _assert_clean(error, told, Entrant(client, ["canary-5aa1-wrong"]))


# -- stores ------------------------------------------------------------------------------------------------------------


def _break_store(how: str) -> None:
    path = Path("token.json")
    if how == "open to others":
        path.chmod(0o644)
    elif how == "link":
        path.rename("elsewhere.json")
        path.symlink_to("elsewhere.json")
    elif how == "damaged":
        path.write_text(path.read_text()[:-9])
    else:
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("how", ["open to others", "link", "damaged", "folder"])
def test_broken_store__leads_to_no_secret(enter: Callable[..., Entrant], told: Told, how: str) -> None:
    first = enter("stored token")
    first.client.table("incident").get(limit=1).one()
    secrets = first.all_secrets()
    _break_store(how)
    with told.everything():
        error = _failed(enter("stored token").client)
    _assert_clean(error, told, Entrant(Client(instance="dev1", auth=NoAuth()), secrets))


# -- certificates and proxies ------------------------------------------------------------------------------------------


def test_client_certificate__with_an_encrypted_key(signer: tuple[str, str], told: Told, tmp_path: Path) -> None:
    from pysnow.sandbox import Sandbox

    files = [tmp_path / "key.pem", tmp_path / "certificate.pem"]
    for file, text in zip(files, signer, strict=True):
        file.write_text(text)
    with Sandbox(tls=True, seed=False) as sandbox, told.everything():
        cert = (str(files[1]), str(files[0]))
        client = Client(
            instance=sandbox.url, auth=ClientCertificate(), cert=cert, verify=str(sandbox.ca_file), retry=None
        )
        error = _failed(client)
    _assert_clean(error, told, Entrant(client, [PASSPHRASE, signer[0].splitlines()[5]]))


def test_refused_proxy__leads_to_no_secret(told: Told) -> None:
    proxies = {"https": f"http://bird:{PROXY_PASSWORD}@127.0.0.1:9"}
    with told.everything():
        client = Client(instance="dev1", user="bird", password=PASSWORD, proxies=proxies, retry=None)
        error = _failed(client)
    _assert_clean(error, told, Entrant(client, [PASSWORD, PROXY_PASSWORD], CONNECTIONS))
