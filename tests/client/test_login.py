"""Signing in through a browser: what the address says, what comes back to the listener, and what is refused."""

from __future__ import annotations

import html
import re
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from pysnow import Client, InvalidUsage, MissingToken, ReauthRequired, TokenCreateError
from pysnow.oauth.loopback import LoopbackListener
from pysnow.oauth.oauth_login import AuthorizationCode, code_challenge
from pysnow.oauth.token_file import FileTokenStore

if TYPE_CHECKING:
    from pathlib import Path

    from pysnow.sandbox import Sandbox

REGISTERED = "http://127.0.0.1:8400/callback"


class Person:
    """Somebody at a browser: signs in, decides, and is sent back.

    Args:
        decision: What they decide.
        change: Changes the parameters that the browser brings back.
    """

    def __init__(self, decision: str = "allow", change: Callable[[dict[str, str]], dict[str, str]] = dict) -> None:
        self.decision = decision
        self.change = change
        self.pages: list[requests.Response] = []

    def sent_back(self, address: str) -> str:
        """Walk through the pages of an address, and give the one that the browser is sent back to."""
        base = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        with requests.Session() as session:
            session.trust_env = False

            def send(page: requests.Response, **fields: str) -> requests.Response:
                hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
                form = {html.unescape(name): html.unescape(value) for name, value in hidden}
                action = re.findall(r'action="([^"]*)"', page.text)[0]
                return session.post(f"{base}{action}", data=form | fields, allow_redirects=False, timeout=30)

            login = session.get(address, timeout=30)
            signed_in = send(login, user_name="itil", user_password="itil", sys_action="sysverb_login")
            consent = session.get(f"{base}{signed_in.headers['Location']}", timeout=30)
            return send(consent, decision=self.decision).headers["Location"]

    def opens(self, address: str) -> None:
        """What a browser does: it returns at once, and comes back when the person is done."""
        thread = threading.Thread(target=self._visit, args=(address,))
        thread.start()

    def _visit(self, address: str) -> None:
        back = urlsplit(self.sent_back(address))
        brought = self.change({name: values[0] for name, values in parse_qs(back.query).items()})
        self.pages.append(requests.get(back._replace(query=urlencode(brought)).geturl(), timeout=30))


@pytest.fixture
def free_port(sandbox: Sandbox) -> int:
    """A port that is free, registered at the sandbox's application."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    row = next(row for row in sandbox.table("oauth_entity").rows if row["client_id"] == "sandbox")
    addresses = f"{REGISTERED}, http://127.0.0.1:{port}/callback"
    sandbox.instance.update("oauth_entity", row["sys_id"] or "", {"redirect_url": addresses}, sandbox.instance.system)
    return port


@pytest.fixture
def auth() -> AuthorizationCode:
    return AuthorizationCode("sandbox", "sandbox")


@pytest.fixture
def client(sandbox: Sandbox, auth: AuthorizationCode) -> Iterator[Client]:
    with Client(instance=sandbox.url, auth=auth) as client:
        yield client


def _read(client: Client) -> str:
    return str(client.resource("/table/incident").get(limit=1, fields=["number"]).one()["number"])


def _parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


# -- the address -------------------------------------------------------------------------------------------------------


def test_challenge__is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    assert (
        code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@pytest.mark.usefixtures("client")
def test_authorize_url__asks_for_a_code(auth: AuthorizationCode, sandbox: Sandbox) -> None:
    address = auth.authorize_url()
    assert address.startswith(f"{sandbox.url}/oauth_auth.do?")
    assert {**_parameters(address), "state": "", "code_challenge": ""} == {
        "response_type": "code",
        "client_id": "sandbox",
        "redirect_uri": REGISTERED,
        "state": "",
        "code_challenge": "",
        "code_challenge_method": "S256",
    }


@pytest.mark.usefixtures("client")
def test_authorize_url__is_another_each_time(auth: AuthorizationCode) -> None:
    first, second = (_parameters(auth.authorize_url()) for _ in range(2))
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_authorize_url__asks_for_scopes(sandbox: Sandbox) -> None:
    auth = AuthorizationCode("sandbox", scope="useraccount other")
    with Client(instance=sandbox.url, auth=auth):
        assert _parameters(auth.authorize_url())["scope"] == "useraccount other"


# -- coming back -------------------------------------------------------------------------------------------------------


def test_exchange__of_the_address(client: Client, auth: AuthorizationCode, sandbox: Sandbox) -> None:
    auth.exchange(Person().sent_back(auth.authorize_url()))
    _read(client)
    assert sandbox.requests[-1].user == "itil"


@pytest.mark.parametrize("part", [lambda back: _parameters(back)["code"], lambda back: urlsplit(back).query])
def test_exchange__of_a_part_of_it(client: Client, auth: AuthorizationCode, part: Callable[[str], str]) -> None:
    auth.exchange(part(Person().sent_back(auth.authorize_url())))
    assert _read(client)


def test_exchange__by_a_public_application(sandbox: Sandbox) -> None:
    values = {"name": "App", "client_id": "public", "public_client": "true", "redirect_url": REGISTERED}
    sandbox.add("oauth_entity", values)
    auth = AuthorizationCode("public")
    with Client(instance=sandbox.url, auth=auth) as client:
        auth.exchange(Person().sent_back(auth.authorize_url()))
        assert _read(client)
    assert b"client_secret" not in next(entry for entry in sandbox.requests if "token" in entry.path).body


def test_exchange__tells_who_keeps_tokens(sandbox: Sandbox) -> None:
    told: list[dict[str, Any]] = []
    auth = AuthorizationCode("sandbox", "sandbox", on_update=told.append)
    with Client(instance=sandbox.url, auth=auth):
        auth.exchange(Person().sent_back(auth.authorize_url()))
    assert told == [auth.token]


def test_exchange__is_remembered_in_the_store(sandbox: Sandbox, tmp_path: Path) -> None:
    store = FileTokenStore(tmp_path / "token.json")
    first = AuthorizationCode("sandbox", "sandbox", store=store)
    with Client(instance=sandbox.url, auth=first):
        first.exchange(Person().sent_back(first.authorize_url()))
    with Client(instance=sandbox.url, auth=AuthorizationCode("sandbox", "sandbox", store=store)) as client:
        sandbox.oauth.expire_access()
        assert _read(client)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    "change",
    [
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.partition("&state=")[0],
        lambda back: f"{back}&state=second",
        lambda back: f"{back}{'&x=1' * 100}",
    ],
    ids=["other", "none", "two", "flood"],
)
def test_exchange__of_another_sign_in_is_refused(
    auth: AuthorizationCode, sandbox: Sandbox, change: Callable[[str], str]
) -> None:
    back = Person().sent_back(auth.authorize_url())
    with pytest.raises(InvalidUsage, match="state"):
        auth.exchange(change(back))
    assert not [entry for entry in sandbox.requests if "token" in entry.path]


@pytest.mark.usefixtures("client")
def test_exchange__of_a_refusal(auth: AuthorizationCode) -> None:
    with pytest.raises(TokenCreateError, match="refused: access_denied"):
        auth.exchange(Person("deny").sent_back(auth.authorize_url()))


@pytest.mark.usefixtures("client")
def test_exchange__happens_once(auth: AuthorizationCode) -> None:
    back = Person().sent_back(auth.authorize_url())
    auth.exchange(back)
    with pytest.raises(InvalidUsage, match=r"authorize_url\(\) first"):
        auth.exchange(back)


@pytest.mark.usefixtures("client")
def test_exchange__of_a_code_that_is_none(auth: AuthorizationCode) -> None:
    auth.authorize_url()
    with pytest.raises(TokenCreateError, match="access_denied"):
        auth.exchange("unknown")


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("given", ["", None, 5])
def test_exchange__of_nothing(auth: AuthorizationCode, given: Any) -> None:
    auth.authorize_url()
    with pytest.raises(InvalidUsage, match=r"exchange\(\)"):
        auth.exchange(given)


@pytest.mark.usefixtures("client")
def test_exchange__refused_shows_neither_code_nor_verifier(auth: AuthorizationCode) -> None:
    auth.authorize_url()
    with pytest.raises(TokenCreateError) as caught:
        auth.exchange("canary-7f3a")
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "canary" not in shown.partition("oauth_login.py")[2]


def test_call__before_anybody_signed_in(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(MissingToken, match=r"login\(\)"):
        _read(client)
    assert len(sandbox.requests) == 0


def test_call__after_the_refresh_token_died(client: Client, auth: AuthorizationCode, sandbox: Sandbox) -> None:
    auth.exchange(Person().sent_back(auth.authorize_url()))
    sandbox.oauth.expire_all()
    with pytest.raises(ReauthRequired, match="sign in again|access_denied"):
        _read(client)
    auth.exchange(Person().sent_back(auth.authorize_url()))
    assert _read(client)


# -- the listener ------------------------------------------------------------------------------------------------------


def test_login__opens_the_browser_and_waits(
    client: Client, auth: AuthorizationCode, free_port: int, sandbox: Sandbox
) -> None:
    person = Person()
    auth.login(port=free_port, open_browser=person.opens)
    _read(client)
    assert sandbox.requests[-1].user == "itil"


def test_login__listens_where_the_browser_is_sent_back_to(sandbox: Sandbox, free_port: int) -> None:
    auth = AuthorizationCode("sandbox", "sandbox", redirect_uri=f"http://127.0.0.1:{free_port}/callback")
    with Client(instance=sandbox.url, auth=auth) as client:
        auth.login(open_browser=Person().opens)
        assert _read(client)


def test_login__on_a_free_port(client: Client, auth: AuthorizationCode) -> None:
    opened: list[str] = []
    with pytest.raises(TokenCreateError, match="did not come back"):
        auth.login(port=0, open_browser=opened.append, timeout=2, clock=iter(range(10)).__next__)
    back = urlsplit(_parameters(opened[0])["redirect_uri"])
    assert (back.hostname, back.path) == ("127.0.0.1", "/callback")
    assert back.port not in (None, 0, 8400)


@pytest.mark.usefixtures("client")
def test_login__refused(auth: AuthorizationCode, free_port: int) -> None:
    with pytest.raises(TokenCreateError, match="access_denied"):
        auth.login(port=free_port, open_browser=Person("deny").opens)


@pytest.mark.usefixtures("client")
def test_login__of_another_state_is_refused(auth: AuthorizationCode, free_port: int, sandbox: Sandbox) -> None:
    person = Person(change=lambda brought: brought | {"state": "forged"})
    with pytest.raises(InvalidUsage, match="state"):
        auth.login(port=free_port, open_browser=person.opens)
    assert not [entry for entry in sandbox.requests if "token" in entry.path]


@pytest.mark.usefixtures("client")
def test_login__gives_up_by_the_clock_and_stops_listening(auth: AuthorizationCode, free_port: int) -> None:
    with pytest.raises(TokenCreateError, match="within 3 seconds"):
        auth.login(port=free_port, open_browser=lambda address: None, timeout=3, clock=iter(range(10)).__next__)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port), timeout=5)


@pytest.mark.usefixtures("client")
def test_login__without_a_browser(auth: AuthorizationCode, free_port: int) -> None:
    with pytest.raises(TokenCreateError, match="no browser"):
        auth.login(port=free_port, open_browser=lambda address: False)


@pytest.mark.usefixtures("client")
def test_login__stops_listening_when_the_opener_fails(auth: AuthorizationCode, free_port: int) -> None:
    def fail(address: str) -> None:
        raise OSError("no display")

    with pytest.raises(OSError, match="no display"):
        auth.login(port=free_port, open_browser=fail)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port), timeout=5)


@pytest.mark.usefixtures("client")
def test_login__on_a_port_that_is_taken(auth: AuthorizationCode) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InvalidUsage, match="cannot be listened on"):
        auth.login(port=taken.getsockname()[1], open_browser=lambda address: None)


@pytest.mark.parametrize(
    "redirect_uri", ["https://app.example.com/callback", "http://10.0.0.1:8400/", "http://[", "urn:x"]
)
def test_login__with_an_address_elsewhere(sandbox: Sandbox, redirect_uri: str) -> None:
    auth = AuthorizationCode("sandbox", redirect_uri=redirect_uri)
    with Client(instance=sandbox.url, auth=auth), pytest.raises(InvalidUsage, match=r"authorize_url\(\)"):
        auth.login(open_browser=lambda address: None)


@pytest.fixture
def listener() -> Iterator[LoopbackListener]:
    with LoopbackListener(0, "/callback") as listener:
        yield listener


def _asked(port: int, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(raw)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_listener__is_on_the_loopback_interface_alone(listener: LoopbackListener) -> None:
    assert listener._listener.getsockname()[0] == "127.0.0.1"


def test_listener__passes_over_all_but_the_call_it_waits_for(listener: LoopbackListener) -> None:
    """Browsers open connections that they do not use, ask for icons, and other programs knock."""
    idle = socket.create_connection(("127.0.0.1", listener.port))
    slow = socket.create_connection(("127.0.0.1", listener.port))
    slow.sendall(b"GET /callb")
    with idle, slow, ThreadPoolExecutor(1) as pool:

        def come() -> list[int]:
            calls = [
                b"GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n",
                b"POST /callback?state=1 HTTP/1.1\r\n\r\n",
                b"GET /callback HTTP/1.1\r\n\r\n",
                b"\x16\x03\x01\r\n\r\n",
                b"GET /callback?state=2 HTTP/1.1\r\nHost: x\r\n\r\n",
            ]
            return [int(_asked(listener.port, call).split()[1]) for call in calls]

        answers = pool.submit(come)
        query = listener.query(30)
        assert query is not None
        assert (query.reveal(), answers.result(30)) == ("state=2", [404, 404, 404, 404, 200])


def test_listener__takes_a_call_in_pieces(listener: LoopbackListener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)) as connection, ThreadPoolExecutor(1) as pool:
        found = pool.submit(listener.query, 30)
        for piece in (b"GET /callback?a=1 HT", b"TP/1.1\r\n", b"Host: x\r\n\r", b"\n"):
            connection.sendall(piece)
        query = found.result(30)
    assert query is not None
    assert query.reveal() == "a=1"


def test_listener__gives_back_nothing_of_what_was_asked(listener: LoopbackListener) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(_asked, listener.port, b"GET /callback?state=<script> HTTP/1.1\r\n\r\n")
        listener.query(30)
        assert b"script" not in answer.result(30)


def test_listener__does_not_read_for_ever(listener: LoopbackListener) -> None:
    def flood_and_come() -> bytes:
        with suppress(ConnectionError):  # cut off
            _asked(listener.port, b"GET /callback?a=1 HTTP/1.1\r\nX: " + b"x" * 20_000)
        return _asked(listener.port, b"GET /callback?a=2 HTTP/1.1\r\n\r\n")

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(flood_and_come)
        query = listener.query(30)
        assert b"200 OK" in answer.result(30)
    assert query is not None
    assert query.reveal() == "a=2"


def test_listener__closes_every_connection(listener: LoopbackListener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port), timeout=30) as idle:
        listener.query(2, iter(range(10)).__next__)
        listener.close()
        assert idle.recv(1) == b""


def test_listener__shows_no_query(listener: LoopbackListener) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_asked, listener.port, b"GET /callback?code=canary HTTP/1.1\r\n\r\n")
        assert "canary" not in repr(listener.query(30))
