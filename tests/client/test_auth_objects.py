"""Each way to sign in, handed to ``Client(auth=...)``, on a local instance: used, renewed, refused, never shown."""

from __future__ import annotations

import copy
import gc
import logging
import multiprocessing
import os
import pickle
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import (
    AuthenticationError,
    Client,
    InvalidUsage,
    MissingToken,
    PysnowException,
    ReauthRequired,
    TokenCreateError,
    TokenRefreshError,
    TransportError,
)
from pysnow.auth import ApiKey, BearerToken, ClientCertificate
from pysnow.oauth.grants import ClientCredentials, OAuthGrant, PasswordGrant, RefreshToken
from pysnow.oauth.jwt_grant import JWTBearer
from pysnow.oauth.oauth_login import AuthorizationCode
from pysnow.oauth.token_file import FileTokenStore
from pysnow.oauth.token_store import MemoryTokenStore
from pysnow.wire.retry import Retry
from tests.client.canaries import shown

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

THREADS = 32
AT_ONCE = Retry(base=0.001, cap=0.001)
CANARY = "canary-7f3a"
APPLICATION = ("sandbox", "sandbox")
ENABLED = "glide.oauth.inbound.client.credential.grant_type.enabled"


@pytest.fixture
def opened(sandbox: Sandbox) -> Iterator[Callable[..., Client]]:
    """Makes clients of the instance, and closes them."""
    clients: list[Client] = []

    def make(auth: requests.auth.AuthBase, **options: Any) -> Client:
        clients.append(Client(instance=sandbox.url, auth=auth, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def _password(**options: Any) -> PasswordGrant:
    return PasswordGrant(*APPLICATION, "itil", "itil", **options)


def _read(client: Client) -> str:
    """Read one record, and give its number."""
    return str(client.resource("/table/incident").get(limit=1, fields=["number"]).one()["number"])


def _token_calls(sandbox: Sandbox) -> int:
    return [entry.path for entry in sandbox.requests].count("/oauth_token.do")


def _refreshes(sandbox: Sandbox) -> int:
    return sum(b"grant_type=refresh_token" in entry.body for entry in sandbox.requests if "oauth_token" in entry.path)


def _set(sandbox: Sandbox, **values: str) -> None:
    """Change the sandbox's own application."""
    row = next(row for row in sandbox.table("oauth_entity").rows if row["client_id"] == "sandbox")
    sandbox.instance.update("oauth_entity", row["sys_id"] or "", values, sandbox.instance.system)


@pytest.fixture
def rotating(sandbox: Sandbox) -> None:
    """Each refresh ends the refresh token that it was made with."""
    _set(sandbox, refresh_token_rotation="true")


# -- password ----------------------------------------------------------------------------------------------------------


def test_password__reads_as_its_user(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    _read(opened(_password()))
    assert sandbox.requests[-1].user == "itil"


def test_password__fetches_one_token_for_many_calls(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    client = opened(_password())
    for _ in range(3):
        _read(client)
    assert _token_calls(sandbox) == 1


def test_password__nothing_is_asked_before_the_first_call(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    opened(_password())
    assert len(sandbox.requests) == 0


def test_password__refused(opened: Callable[..., Client]) -> None:
    client = opened(PasswordGrant(*APPLICATION, "itil", "wrong"))
    with pytest.raises(TokenCreateError, match="access_denied") as caught:
        _read(client)
    assert (caught.value.snow_status_code, caught.value.committed) == (401, None)


def test_password__refused_write_is_certainly_not_made(opened: Callable[..., Client]) -> None:
    table = opened(PasswordGrant(*APPLICATION, "itil", "wrong")).resource("/table/incident")
    with pytest.raises(TokenCreateError) as caught:
        table.create({"short_description": "x"})
    assert caught.value.committed is False


def test_password__signs_in_again_when_the_refresh_token_is_dead(
    opened: Callable[..., Client], sandbox: Sandbox
) -> None:
    client = opened(_password())
    _read(client)
    sandbox.oauth.expire_all()
    assert _read(client)
    assert _token_calls(sandbox) == 3


# -- client credentials ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refreshes", ["true", "false"])
def test_client_credentials__renewed(opened: Callable[..., Client], sandbox: Sandbox, refreshes: str) -> None:
    sandbox.instance.properties[ENABLED] = "true"
    _set(sandbox, client_credentials_refresh_token=refreshes)
    client = opened(ClientCredentials(*APPLICATION))
    _read(client)
    sandbox.oauth.expire_access()
    _read(client)
    assert (sandbox.requests[-1].user, _token_calls(sandbox)) == ("admin", 2)


def test_client_credentials__not_enabled(opened: Callable[..., Client]) -> None:
    with pytest.raises(TokenCreateError, match="access_denied"):
        _read(opened(ClientCredentials(*APPLICATION)))


# -- refresh token -----------------------------------------------------------------------------------------------------


@pytest.fixture
def refresh_token(opened: Callable[..., Client]) -> str:
    auth = _password()
    _read(opened(auth))
    token = auth.token
    assert token is not None
    return str(token["refresh_token"])


def test_refresh_token__is_enough(opened: Callable[..., Client], sandbox: Sandbox, refresh_token: str) -> None:
    _read(opened(RefreshToken(*APPLICATION, refresh_token)))
    assert sandbox.requests[-1].user == "itil"


def test_refresh_token__dead(opened: Callable[..., Client], sandbox: Sandbox, refresh_token: str) -> None:
    client = opened(RefreshToken(*APPLICATION, refresh_token))
    sandbox.oauth.expire_all()
    for _ in range(2):
        with pytest.raises(ReauthRequired, match="refresh"):
            _read(client)
    assert _refreshes(sandbox) == 1


@pytest.mark.usefixtures("rotating")
def test_refresh_token__rotated_one_is_found_in_the_store(
    opened: Callable[..., Client], sandbox: Sandbox, refresh_token: str, tmp_path: Path
) -> None:
    """The one that the program was given is dead after its first use; its next start goes on from the store."""
    for _ in range(2):
        _read(opened(RefreshToken(*APPLICATION, refresh_token, store=FileTokenStore(tmp_path / "token"))))
        sandbox.oauth.expire_access()
    assert _refreshes(sandbox) == 2


def test_refresh_token__without_one(opened: Callable[..., Client]) -> None:
    with pytest.raises(MissingToken, match="refresh_token="):
        _read(opened(RefreshToken(*APPLICATION)))


# -- JWT ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key_and_certificate() -> tuple[str, str]:
    """A private key and the certificate that goes with it, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = builder.not_valid_before(start).not_valid_after(start + timedelta(days=3650)).sign(key, SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode(), certificate.public_bytes(Encoding.PEM).decode()


@pytest.fixture
def signed(sandbox: Sandbox, key_and_certificate: tuple[str, str]) -> Callable[..., JWTBearer]:
    """Registers the application and its certificate, and makes auth objects for it."""
    values = {"name": "Signer", "client_id": "jwt", "client_secret": "secret", "type": "jwt"}
    application = sandbox.add("oauth_entity", values)["sys_id"] or ""
    certificate = sandbox.add("sys_certificate", {"name": "Signer", "pem_certificate": key_and_certificate[1]})
    sandbox.add("jwt_verifier_map", {"oauth_jwt": application, "kid": "k1", "sys_certificate": certificate["sys_id"]})

    def make(**changes: Any) -> JWTBearer:
        return JWTBearer("jwt", "secret", **{"key": key_and_certificate[0], "kid": "k1", "user": "itil", **changes})

    return make


def test_jwt__reads_as_its_user(
    opened: Callable[..., Client], sandbox: Sandbox, signed: Callable[..., JWTBearer]
) -> None:
    _read(opened(signed()))
    assert sandbox.requests[-1].user == "itil"


def test_jwt__signs_anew_when_the_token_is_dead(
    opened: Callable[..., Client], sandbox: Sandbox, signed: Callable[..., JWTBearer]
) -> None:
    client = opened(signed())
    _read(client)
    sandbox.oauth.expire_access()
    _read(client)
    assert _token_calls(sandbox) == 2


def test_jwt__lost_answer_uses_another_id(
    opened: Callable[..., Client], sandbox: Sandbox, signed: Callable[..., JWTBearer]
) -> None:
    """The lost attempt has used the assertion's id up."""
    client = opened(signed(), retry=AT_ONCE)
    with sandbox.fault("drop-after", operation="token", times=1):
        assert _read(client)


def test_jwt__clock_that_is_wrong_is_corrected(
    opened: Callable[..., Client], sandbox: Sandbox, signed: Callable[..., JWTBearer]
) -> None:
    with sandbox.fault("clock-skew", seconds=7200):
        assert _read(opened(signed()))


@pytest.mark.parametrize("changes", [{"kid": "other"}, {"user": "nobody"}])
def test_jwt__refused(
    opened: Callable[..., Client], sandbox: Sandbox, signed: Callable[..., JWTBearer], changes: dict[str, str]
) -> None:
    with pytest.raises(TokenCreateError, match="access_denied"):
        _read(opened(signed(**changes)))
    assert _token_calls(sandbox) == 1


@pytest.mark.parametrize(
    "key", ["", "no key", b"no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_jwt__key_that_is_none(key: Any) -> None:
    with pytest.raises(InvalidUsage, match="key"):
        JWTBearer("jwt", "secret", key=key, kid="k1", user="itil")


def test_jwt__key_of_another_kind() -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(InvalidUsage, match="RSA"):
        JWTBearer("jwt", "secret", key=pem, kid="k1", user="itil")


@pytest.mark.parametrize("passphrase", [None, "wrong"])
def test_jwt__key_that_is_encrypted(key_and_certificate: tuple[str, str], passphrase: str | None) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    key = load_pem_private_key(key_and_certificate[0].encode(), None)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"right"))
    assert JWTBearer("jwt", "secret", key=pem, kid="k1", user="itil", passphrase="right")
    with pytest.raises(InvalidUsage, match="key"):
        JWTBearer("jwt", "secret", key=pem, kid="k1", user="itil", passphrase=passphrase)


# -- tokens and keys from elsewhere ------------------------------------------------------------------------------------


def test_bearer__text(opened: Callable[..., Client], sandbox: Sandbox, refresh_token: str) -> None:
    auth = _password()
    _read(opened(auth))
    assert auth.token is not None
    _read(opened(BearerToken(auth.token["access_token"])))
    assert sandbox.requests[-1].user == "itil"


def test_bearer__function_is_asked_again_after_a_401(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    auth = _password()
    _read(opened(auth))
    assert auth.token is not None
    tokens = iter(["dead", auth.token["access_token"]])
    assert _read(opened(BearerToken(lambda: next(tokens, auth.token["access_token"]))))  # type: ignore[index]  # is set
    assert [entry.status for entry in sandbox.requests][-2:] == [401, 200]


def test_bearer__refused(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    with pytest.raises(AuthenticationError):
        _read(opened(BearerToken("unknown")))
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("auth", [BearerToken, ApiKey])
@pytest.mark.parametrize("text", ["", "canary 1", "canary\r\nX: y", "canary\u00e4", None, b"canary"])
def test_credential__that_no_header_can_carry(auth: Callable[[Any], object], text: Any) -> None:
    with pytest.raises(InvalidUsage) as caught:
        auth(text)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in str(caught.value) + "".join(frames.format()).partition("pysnow/auth.py")[2]


def test_bearer__function_that_gives_no_token(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="token that the function gave"):
        _read(opened(BearerToken(lambda: "")))
    assert len(sandbox.requests) == 0


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what is printed above it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _vault_after(*tokens: str) -> Callable[[], str]:
    """Gives these tokens, and fails then."""
    left = list(tokens)

    def vault() -> str:
        if left:
            return left.pop(0)
        raise RuntimeError(f"the vault is down: {CANARY}")

    return vault


def test_bearer__function_that_fails_on_renewal_leads_back_to_the_401(opened: Callable[..., Client]) -> None:
    with pytest.raises(TokenRefreshError) as caught:
        _read(opened(BearerToken(_vault_after("dead"))))
    assert [type(each) for each in _chain(caught.value)] == [TokenRefreshError, RuntimeError, AuthenticationError]


def test_bearer__function_that_fails_on_renewal_tells_of_the_call(opened: Callable[..., Client]) -> None:
    with pytest.raises(TokenRefreshError) as caught:
        _read(opened(BearerToken(_vault_after("dead"))))
    error = caught.value
    assert (error.method, error.table, error.committed, error.attempts[-1].status) == ("GET", "incident", None, 401)


def test_bearer__function_that_fails_at_once_sends_nothing(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    with pytest.raises(TokenRefreshError) as caught:
        _read(opened(BearerToken(_vault_after())))
    assert ([type(each) for each in _chain(caught.value)], len(sandbox.requests)) == (
        [TokenRefreshError, RuntimeError],
        0,
    )


@pytest.mark.parametrize("tokens", [(), (f"{CANARY}-t",)], ids=["at-once", "on-renewal"])
def test_bearer__function_that_fails_leaves_its_words_and_the_token_to_itself(
    opened: Callable[..., Client], tokens: tuple[str, ...]
) -> None:
    """What the program's own code raised is the program's; nothing of the library's repeats it."""
    with pytest.raises(TokenRefreshError) as caught:
        _read(opened(BearerToken(_vault_after(*tokens))))
    assert CANARY not in "".join(shown(caught.value))
    cause = caught.value.__cause__
    assert [frame.name for frame in traceback.extract_tb(cause.__traceback__ if cause else None)] == ["vault"]


class Vault(requests.auth.AuthBase):
    """A program's own auth object, which can have its credentials renewed."""

    def __init__(self, *tokens: str, gives: bool | None = True) -> None:
        self.tokens = list(tokens)
        self.gives = gives
        self.asked: list[int] = []

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.tokens[0]}"
        return request

    def refresh(self, response: requests.Response) -> bool | None:
        self.asked.append(response.status_code)
        del self.tokens[0]
        return self.gives


def test_refresh__of_an_own_auth_object_is_asked_once(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    auth = _password()
    _read(opened(auth))
    assert auth.token is not None
    vault = Vault("dead", auth.token["access_token"])
    assert _read(opened(vault))
    assert (vault.asked, [entry.status for entry in sandbox.requests][-2:]) == ([401], [401, 200])


def test_refresh__that_gives_nothing_better_ends_with_the_401(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    vault = Vault("dead", "dead", "dead")
    with pytest.raises(AuthenticationError):
        _read(opened(vault))
    assert (vault.asked, len(sandbox.requests)) == ([401], 2)


@pytest.mark.parametrize("gives", [False, None])
def test_refresh__that_has_no_other_credentials_sends_nothing_again(
    opened: Callable[..., Client], sandbox: Sandbox, gives: bool | None
) -> None:
    vault = Vault("dead", "dead", gives=gives)
    with pytest.raises(AuthenticationError):
        _read(opened(vault))
    assert (vault.asked, len(sandbox.requests)) == ([401], 1)


def test_refresh__is_shown_no_credentials(opened: Callable[..., Client]) -> None:
    seen: list[str] = []

    class Curious(Vault):
        def refresh(self, response: requests.Response) -> bool:
            seen.append(str(response.request.headers))
            return False

    with pytest.raises(AuthenticationError):
        _read(opened(Curious(CANARY)))
    assert seen
    assert CANARY not in seen[0]


def test_refresh__that_fails_leads_back_to_the_401(opened: Callable[..., Client]) -> None:
    with pytest.raises(TokenRefreshError) as caught:
        _read(opened(type("Down", (Vault,), {"refresh": lambda self, response: 1 / 0})("dead")))
    assert [type(each) for each in _chain(caught.value)] == [TokenRefreshError, ZeroDivisionError, AuthenticationError]


def test_refresh__that_takes_no_answer_is_none_of_ours(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    with pytest.raises(AuthenticationError):
        _read(opened(type("Other", (Vault,), {"refresh": lambda self, force=False: 1 / 0})("dead")))
    assert len(sandbox.requests) == 1


def test_dead_refresh_token__leads_back_to_the_401(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    auth = RefreshToken(*APPLICATION, "unknown")
    client = opened(auth)
    auth.token = {"access_token": "dead", "refresh_token": "unknown"}
    with pytest.raises(TokenRefreshError) as caught:
        _read(client)
    assert isinstance([*_chain(caught.value)][-1], AuthenticationError)


def test_api_key__is_a_header(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    _read(opened(ApiKey("sandbox")))
    entry = sandbox.requests[-1]
    assert (entry.user, "authorization" in entry.headers) == ("admin", False)
    assert "apikey" not in str(entry.query)


def test_api_key__refused(opened: Callable[..., Client]) -> None:
    with pytest.raises(AuthenticationError):
        _read(opened(ApiKey("wrong")))


def test_client_certificate__is_shown_and_nothing_else(key_and_certificate: tuple[str, str], tmp_path: Path) -> None:
    from pysnow.sandbox import Sandbox

    files = [tmp_path / "certificate.pem", tmp_path / "key.pem"]
    for file, text in zip(files, reversed(key_and_certificate), strict=True):
        file.write_text(text)
    with Sandbox(tls=True) as sandbox:
        context = sandbox._tls.context  # type: ignore[union-attr]  # it has one
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(files[0])
        options = {"instance": sandbox.url, "auth": ClientCertificate(), "verify": str(sandbox.ca_file)}
        with pytest.raises(AuthenticationError), Client(**options, cert=(str(files[0]), str(files[1]))) as client:
            _read(client)
        assert "authorization" not in sandbox.requests[-1].headers
        with pytest.raises(TransportError), Client(**options, retry=None) as client:
            _read(client)
        assert len(sandbox.requests) == 1


# -- many threads ------------------------------------------------------------------------------------------------------


def _together(call: Callable[[], object], threads: int = THREADS) -> list[object]:
    """What each of many threads gets that start at the same time."""
    start = threading.Barrier(threads)

    def run(_: int) -> object:
        start.wait()
        try:
            return call()
        except Exception as exc:
            return exc

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


@pytest.mark.parametrize("rotation", ["true", "false"])
def test_threads__with_a_revoked_token_make_one_refresh(
    opened: Callable[..., Client], sandbox: Sandbox, rotation: str
) -> None:
    _set(sandbox, refresh_token_rotation=rotation)
    told: list[dict[str, Any]] = []
    client = opened(_password(on_update=told.append))
    number = _read(client)
    for refreshes in (1, 2):
        sandbox.oauth.expire_access()
        assert _together(lambda: _read(client)) == [number] * THREADS
        assert (_refreshes(sandbox), len(told)) == (refreshes, refreshes + 1)


def test_threads__with_an_expired_token_send_it_no_more(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    auth = _password()
    client = opened(auth)
    number = _read(client)
    auth.token = {**(auth.token or {}), "expires_at": 0}
    sandbox.oauth.expire_access()
    assert _together(lambda: _read(client)) == [number] * THREADS
    assert (_refreshes(sandbox), [entry.status for entry in sandbox.requests].count(401)) == (1, 0)


def test_threads__with_a_dead_refresh_token_all_get_the_same_error(
    opened: Callable[..., Client], sandbox: Sandbox
) -> None:
    auth = RefreshToken(*APPLICATION, "dead")
    client = opened(auth)
    errors = _together(lambda: _read(client))
    assert ({type(error) for error in errors}, _refreshes(sandbox)) == ({ReauthRequired}, 1)


def test_clients__that_share_an_auth_object_share_its_token(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    auth = _password()
    for _ in range(3):
        _read(opened(auth))
    assert _token_calls(sandbox) == 1


def test_clients__that_share_a_store_share_its_token(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    store = MemoryTokenStore()
    for _ in range(3):
        _read(opened(_password(store=store)))
    assert _token_calls(sandbox) == 1


# -- many processes ----------------------------------------------------------------------------------------------------


def _read_in_a_process(url: str, path: str, gate: Any, results: Any) -> None:
    auth = RefreshToken(*APPLICATION, store=FileTokenStore(path))
    with Client(instance=url, auth=auth) as client:
        gate.wait(60)
        results.put(_read(client))


@pytest.mark.usefixtures("rotating")
@pytest.mark.parametrize("ended_by", ["revocation", "time"])
def test_processes__on_one_file_make_one_refresh(
    opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path, ended_by: str
) -> None:
    store = FileTokenStore(tmp_path / "token.json")
    auth = _password(store=store)
    number = _read(opened(auth))
    if ended_by == "time":
        auth.token = {**(auth.token or {}), "expires_at": 0}
    sandbox.oauth.expire_access()
    spawned = multiprocessing.get_context("spawn")
    gate, results = spawned.Barrier(4), spawned.Queue()
    arguments = (sandbox.url, str(store.path), gate, results)
    processes = [spawned.Process(target=_read_in_a_process, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    numbers = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    results.close()
    results.join_thread()
    assert (numbers, _refreshes(sandbox)) == ([number] * 4, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.usefixtures("rotating")
def test_fork__shares_the_file_and_no_lock(opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path) -> None:
    client = opened(_password(store=FileTokenStore(tmp_path / "token.json")))
    number = _read(client)
    sandbox.oauth.expire_access()
    child = os.fork()
    if child == 0:
        os._exit(7 if _read(client) == number else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert (_read(client), _refreshes(sandbox)) == (number, 1)


# -- faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        "drop-before",
        "drop-before:reset=true",
        "stale-keep-alive",
        "drop-after",
        "reset-body",
        "cut-body:framing=close",
        "cut-body:framing=length",
        "server-error:status=503,html=true",
        "server-error:status=500",
        "server-error:status=500,commit=true",
        "request-timeout",
        "too-many-requests",
        "too-many-requests:retry_after=0",
        "accepted",
        "empty-body",
        "error-only",
        "hibernating-page",
    ],
)
def test_refresh__survives(opened: Callable[..., Client], sandbox: Sandbox, fault: str) -> None:
    client = opened(_password(), retry=AT_ONCE)
    _read(client)
    sandbox.oauth.expire_access()
    with sandbox.fault(fault, operation="refresh", times=1):
        assert _read(client)


@pytest.mark.usefixtures("rotating")
def test_lost_answer__with_rotation_signs_in_again(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    client = opened(_password(), retry=AT_ONCE)
    _read(client)
    sandbox.oauth.expire_access()
    with sandbox.fault("drop-after", operation="refresh", times=1):
        assert _read(client)
    assert _refreshes(sandbox) == 2


@pytest.mark.usefixtures("rotating")
def test_lost_answer__with_rotation_and_nothing_else_asks_for_a_person(
    opened: Callable[..., Client], sandbox: Sandbox, refresh_token: str
) -> None:
    client = opened(RefreshToken(*APPLICATION, refresh_token), retry=AT_ONCE)
    with sandbox.fault("drop-after", operation="refresh", times=1), pytest.raises(ReauthRequired):
        _read(client)
    assert _refreshes(sandbox) == 2


@pytest.mark.parametrize("how", ["missing", "text", "negative", "zero", "null", "words"])
def test_expiry__that_makes_no_sense(opened: Callable[..., Client], sandbox: Sandbox, how: str) -> None:
    with sandbox.fault("bad-expiry", how=how):
        client = opened(_password())
        for _ in range(3):
            assert _read(client)
    assert _token_calls(sandbox) == 1


def test_redirect__of_the_token_call_is_not_followed(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    from pysnow.sandbox import Sandbox

    with Sandbox() as foreign:
        with (
            sandbox.fault("redirect", operation="token", to=f"{foreign.url}/oauth_token.do"),
            pytest.raises(TokenCreateError, match="[Rr]edirect"),
        ):
            _read(opened(_password()))
        assert len(foreign.requests) == 0


def test_failure__that_is_no_refusal_leaves_the_refresh_token_alone(
    opened: Callable[..., Client], sandbox: Sandbox, refresh_token: str
) -> None:
    client = opened(RefreshToken(*APPLICATION, refresh_token), retry=None)
    with (
        sandbox.fault("server-error", status=503, operation="refresh", times=1),
        pytest.raises(TokenRefreshError) as caught,
    ):
        _read(client)
    assert not isinstance(caught.value, ReauthRequired)
    assert _read(client)


# -- one instance each -------------------------------------------------------------------------------------------------


def test_bind__to_a_second_instance_is_refused(opened: Callable[..., Client]) -> None:
    auth = _password()
    opened(auth)
    with pytest.raises(InvalidUsage, match="make another one for https://dev1"):
        Client(instance="dev1", auth=auth)


def test_store__of_another_instance_is_refused(opened: Callable[..., Client], tmp_path: Path) -> None:
    from pysnow.sandbox import Sandbox

    path = tmp_path / "token.json"
    _read(opened(_password(store=FileTokenStore(path))))
    with Sandbox() as other, Client(instance=other.url, auth=_password(store=FileTokenStore(path))) as client:
        with pytest.raises(InvalidUsage, match="store of its own"):
            _read(client)
        assert len(other.requests) == 0


def _admin(password: str = "admin", **options: Any) -> PasswordGrant:
    return PasswordGrant(*APPLICATION, "admin", password, **options)


def test_store__of_another_user_is_refused(opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    _read(opened(_password(store=FileTokenStore(path))))
    asked = len(sandbox.requests)
    with pytest.raises(InvalidUsage, match=r"user 'itil'.*not of user 'admin'.*store of its own"):
        _read(opened(_admin("wrong", store=FileTokenStore(path))))
    assert len(sandbox.requests) == asked


def test_store__of_another_user_is_left_to_that_user(
    opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "token.json"
    _read(opened(_password(store=FileTokenStore(path))))
    with pytest.raises(InvalidUsage):
        _read(opened(_admin(store=FileTokenStore(path))))
    _read(opened(_password(store=FileTokenStore(path))))
    assert _token_calls(sandbox) == 1


def test_store__of_another_user_is_taken_over_by_signing_in(
    opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "token.json"
    _read(opened(_password(store=FileTokenStore(path))))
    auth = _admin(store=FileTokenStore(path))
    client = opened(auth)
    auth.sign_in()
    _read(client)
    assert sandbox.requests[-1].user == "admin"


def test_store__of_another_grant_is_refused(opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.instance.properties[ENABLED] = "true"
    path = tmp_path / "token.json"
    _read(opened(_password(store=FileTokenStore(path))))
    with pytest.raises(InvalidUsage, match="grant 'client_credentials'"):
        _read(opened(ClientCredentials(*APPLICATION, store=FileTokenStore(path))))


def test_store__outlives_a_change_of_password(opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    _read(opened(_password(store=FileTokenStore(path))))
    _read(opened(PasswordGrant(*APPLICATION, "itil", "a new one", store=FileTokenStore(path))))
    assert _token_calls(sandbox) == 1


def test_store__that_does_not_say_who_signed_in_is_replaced(
    opened: Callable[..., Client], sandbox: Sandbox, tmp_path: Path
) -> None:
    store = FileTokenStore(tmp_path / "token.json")
    _read(opened(_password(store=store)))
    store.save({name: value for name, value in (store.load() or {}).items() if name != "user"})
    _read(opened(_admin(store=store)))
    assert sandbox.requests[-1].user == "admin"


@pytest.mark.parametrize("store", ["token.json", Path("token.json"), 5])
@pytest.mark.parametrize("grant", [_password, lambda store: RefreshToken(*APPLICATION, store=store)])
def test_store__must_be_one(grant: Callable[..., OAuthGrant], store: object) -> None:
    with pytest.raises(InvalidUsage, match=r"pysnow\.FileTokenStore\('token.json'\)"):
        grant(store=store)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: PasswordGrant(*APPLICATION, username="itil", password="itil"), "PasswordGrant .* 'user'"),
        (lambda: ClientCredentials("sandbox", secret="sandbox"), "ClientCredentials .* 'client_secret'"),
        (lambda: RefreshToken(*APPLICATION, refresh="r"), "RefreshToken .* 'refresh_token'"),
        (lambda: AuthorizationCode(*APPLICATION, redirect_url="r"), "AuthorizationCode .* 'redirect_uri'"),
        (lambda: JWTBearer(*APPLICATION, key="k", kid="k", user="u", xyz=1), "JWTBearer .* use client_id, client"),
    ],
)
def test_misspelt_argument__names_the_right_one(make: Callable[[], OAuthGrant], said: str) -> None:
    with pytest.raises(InvalidUsage, match=said):
        make()


def test_misspelt_argument__hides_the_others() -> None:
    with pytest.raises(InvalidUsage) as caught:
        PasswordGrant("sandbox", CANARY, username="itil", password=CANARY)  # type: ignore[call-arg]
    assert CANARY not in "".join(
        str(frame.f_locals) for frame, _ in list(traceback.walk_tb(caught.value.__traceback__))[1:]
    )


def test_unbound__says_what_to_do() -> None:
    with pytest.raises(InvalidUsage, match=r"Client\(instance="):
        _password().token  # noqa: B018


@pytest.mark.parametrize(
    "arguments",
    [
        ("", "s", "u", "p"),
        ("i", "", "u", "p"),
        ("i", "s", "", "p"),
        ("i", "s", "u", ""),
        (1, "s", "u", "p"),
        ("i", None, "u", "p"),
    ],
)
def test_arguments__that_are_missing(arguments: Any) -> None:
    with pytest.raises(InvalidUsage, match="must be a text and not empty"):
        PasswordGrant(*arguments)


# -- ending ------------------------------------------------------------------------------------------------------------


def test_revoke__ends_the_token(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    auth = _password()
    _read(opened(auth))
    access_token = (auth.token or {})["access_token"]
    auth.revoke()
    entry = sandbox.requests[-1]
    assert (entry.path, entry.query, auth.token) == ("/oauth_revoke_token.do", [], None)
    with pytest.raises(AuthenticationError):
        _read(opened(BearerToken(access_token)))


def test_close__does_not_end_the_token(opened: Callable[..., Client], sandbox: Sandbox) -> None:
    """Other processes may hold the same one: the platform gives a running token again."""
    client = opened(_password())
    _read(client)
    client.close()
    assert not [entry for entry in sandbox.requests if "revoke" in entry.path]
    assert _read(client)


# -- secrets -----------------------------------------------------------------------------------------------------------


def _everything_of(error: BaseException) -> str:
    """All texts that can be reached from an error, its frames and their variables included."""
    seen: dict[int, object] = {}
    todo: list[object] = [error]
    trace = error.__traceback__
    while trace is not None:
        if "pysnow" in trace.tb_frame.f_globals.get("__name__", "").split("."):
            todo.extend(trace.tb_frame.f_locals.values())
        trace = trace.tb_next
    skipped = (type, type(os), type(_everything_of), logging.Logger, type(gc.collect))
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, skipped):
            continue
        seen[id(thing)] = thing
        todo.extend(each for each in gc.get_referents(thing) if not hasattr(each, "f_locals"))
    return " ".join(repr(thing) for thing in list(seen.values()) if isinstance(thing, (str, bytes, bytearray)))


CANARIES: dict[str, Callable[[], OAuthGrant]] = {
    "password": lambda: PasswordGrant("sandbox", f"{CANARY}-s", "itil", f"{CANARY}-p"),
    "client-credentials": lambda: ClientCredentials("sandbox", f"{CANARY}-s"),
    "refresh-token": lambda: RefreshToken("sandbox", f"{CANARY}-s", f"{CANARY}-r"),
    "code": lambda: AuthorizationCode("sandbox", f"{CANARY}-s"),
}


@pytest.mark.parametrize("name", CANARIES)
def test_secrets__are_in_no_error(opened: Callable[..., Client], name: str) -> None:
    client = opened(CANARIES[name]())
    with pytest.raises(PysnowException) as caught:
        _read(client)
    error = caught.value
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert CANARY not in shown
    assert CANARY not in _everything_of(error)
    assert CANARY.encode() not in pickle.dumps(error)


@pytest.mark.parametrize("fault", ["drop-after", "cut-body", "hang-before", "server-error:status=503", "login-page"])
def test_secrets__are_in_no_error_of_a_broken_call(opened: Callable[..., Client], sandbox: Sandbox, fault: str) -> None:
    client = opened(CANARIES["password"](), retry=None, deadline=0.5)
    with sandbox.fault(fault, operation="token"), pytest.raises(PysnowException) as caught:
        _read(client)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert CANARY not in shown + _everything_of(caught.value)


@pytest.mark.parametrize("show", [repr, str, lambda auth: str(vars(auth)), lambda auth: f"{auth}"])
@pytest.mark.parametrize("name", CANARIES)
def test_secrets__are_not_shown(name: str, show: Callable[[object], str]) -> None:
    assert CANARY not in show(CANARIES[name]())


@pytest.mark.parametrize("name", CANARIES)
def test_secrets__are_not_pickled(name: str) -> None:
    with pytest.raises(TypeError, match="anew"):
        pickle.dumps(CANARIES[name]())


def test_secrets__of_external_ones_are_not_shown_nor_pickled() -> None:
    for auth in (BearerToken(CANARY), ApiKey(CANARY)):
        assert CANARY not in repr(auth) + str(vars(auth))
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
            pickle.dumps(auth)


def test_secrets__are_in_no_log(
    opened: Callable[..., Client], sandbox: Sandbox, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    auth = _password(store=FileTokenStore(tmp_path / "token.json"))
    secrets = {"grant_type"}
    with caplog.at_level(logging.DEBUG):
        client = opened(auth)
        for _ in range(2):
            _read(client)
            secrets |= {str((auth.token or {})[name]) for name in ("access_token", "refresh_token")}
            sandbox.oauth.expire_access()
        auth.revoke()
    assert len(secrets) == 4
    assert "/oauth_token.do" in caplog.text
    assert not [secret for secret in secrets if secret in caplog.text]


def test_error__of_a_waiter_is_its_own() -> None:
    """What one thread adds to its error must not show in another's."""
    error = ReauthRequired("what", "why", 401, hint="sign in")
    twin = copy.copy(error)
    twin.describe(table="incident")
    assert (twin.description, twin.hint, twin.snow_status_code, error.table) == ("why", "sign in", 401, None)
