"""What the one sender promises: no redirect followed, no secret left behind, each failure named."""

from __future__ import annotations

import base64
import gc
import logging
import os
import signal
import threading
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests_oauthlib import OAuth2Session

from pysnow import (
    AuthenticationError,
    Client,
    InstanceHibernating,
    InvalidUsage,
    LoginPage,
    OAuthClient,
    PartialResult,
    ProxyError,
    PysnowException,
    RequestTimeout,
    TLSError,
    TransportError,
    TruncatedResponse,
    UnexpectedRedirect,
)
from pysnow.wire.clockwork import Clockwork
from pysnow.wire.rate_limit import RateLimit
from pysnow.wire.sessions import is_loopback
from pysnow.wire.transport import Request, Transport, make_session
from tests.unit.canned_server import JSON_TYPE, Canned, CannedServer, http, unframed

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

CANARY = "canary-7f3a"
ROWS = b'{"result":[{"sys_id":"1","a":"x"},{"sys_id":"2","a":"y"}'
CANCELLED = b'],"error":{"message":"Transaction cancelled: maximum execution time exceeded"},"status":"failure"}'
ASLEEP = b"<html><title>Instance Hibernating page</title></html>"
HTML = [("Content-Type", "text/html")]


def _client(server: CannedServer, **kwargs: Any) -> Client:
    """A client of the server, which does not wait between its attempts."""
    address = server.url.split("/api/")[0]
    client = Client(**{"instance": address, "user": "admin", "password": CANARY, **kwargs})
    client._clockwork = Clockwork(sleep=lambda seconds: None)
    return client


# -- redirects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status",
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"],
)
@pytest.mark.parametrize("target", ["http://{foreign}/x", "//{foreign}/x", "/login.do", "http://[::1", "\x00"])
def test_redirect__is_never_followed(status: str, target: str) -> None:
    with CannedServer(http(b"{}")) as foreign:
        location = target.format(foreign=foreign.url.split("/")[2])
        with CannedServer(http(b"", status, [("Location", location)])) as server:
            with pytest.raises(UnexpectedRedirect):
                _client(server).resource("/table/incident").get().all()
            assert (len(server.requests), len(foreign.requests)) == (1, 0)


# -- failures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(ROWS + CANCELLED), PartialResult),
        (http(ROWS, length=len(ROWS)), TruncatedResponse),
        (http(ASLEEP, headers=HTML), InstanceHibernating),
        (http(b"<html><form action='login.do'>", headers=HTML), LoginPage),
        (unframed(ROWS), TruncatedResponse),
        (http(ROWS + b"]}", length=500), TransportError),
        (Canned(b""), TransportError),
        (http(ROWS, length=500, ending="reset"), TransportError),
    ],
    ids=["rows, then error", "cut", "hibernating", "login", "unframed cut", "short", "nothing", "reset"],
)  # fmt: skip
def test_broken_answer__has_an_error_of_the_family(answer: Canned, error: type[PysnowException], stream: bool) -> None:
    with CannedServer(answer) as server, pytest.raises(error) as caught:
        list(_client(server).resource("/table/incident").get(stream=stream).all())
    assert (caught.value.operation, caught.value.table, caught.value.method) == ("read", "incident", "GET")


def test_timeout__is_kept() -> None:
    with CannedServer(http(ROWS, length=500, ending="hang")) as server:
        resource = _client(server, timeout=(5, 0.05)).resource("/table/incident")
        with pytest.raises(RequestTimeout) as caught:
            resource.get()
    assert isinstance(caught.value, requests.Timeout)


def test_timeout__of_a_call_wins() -> None:
    with CannedServer(Canned(b"", "hang")) as server, pytest.raises(RequestTimeout):
        _client(server).resource("/table/incident").get(timeout=0.05)


def test_certificate__not_trusted_says_what_to_do() -> None:
    from pysnow.sandbox import Sandbox

    with Sandbox(tls=True) as secure, pytest.raises(TLSError, match="certificate is not trusted.*verify="):
        Client(instance=secure.url, user="admin", password="admin").resource("/table/incident").get()


def test_plain_port__is_not_taken_for_a_wrong_certificate() -> None:
    with CannedServer(http(b"{}")) as server:
        address = server.url.split("/api/")[0].replace("http://", "https://")
        with pytest.raises(TLSError, match=r"\(wrong version number .*plain HTTP") as caught:
            Client(instance=address, user="a", password="b").resource("/table/incident").get()
    assert "certificate" not in str(caught.value)


def test_refused_connection__says_that_nothing_listens() -> None:
    with pytest.raises(TransportError) as caught:
        Client(instance="http://127.0.0.1:9", user="a", password="b", retry=None).resource("/table/incident").get()
    assert (caught.value.phase, caught.value.hint) == ("not_sent", "Nothing listens there: check host= and its port")


def test_unknown_host__says_so() -> None:
    with pytest.raises(TransportError, match="name of the host") as caught:
        Client(instance="https://no-such-host.invalid", user="a", password="b", retry=None).get("table/incident")
    assert caught.value.phase == "not_sent"


@pytest.mark.parametrize("proxies", [{"http": "http://127.0.0.1:9"}])
def test_proxies__are_used(sandbox: Sandbox, proxies: dict[str, str]) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin", proxies=proxies, retry=None)
    with pytest.raises(TransportError):
        client.resource("/table/incident").get()
    assert not sandbox.requests


# -- secrets -----------------------------------------------------------------------------------------------------------


def _reachable_texts(root: object) -> str:
    """Everything that hangs from an object, as one text; modules, types and frames of the test itself left out."""
    seen: dict[int, object] = {}
    todo = [root]
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, (type, type(os), type(_reachable_texts), logging.Logger)):
            continue
        seen[id(thing)] = thing
        todo.extend(gc.get_referents(thing))
    return " ".join(repr(thing) for thing in seen.values() if isinstance(thing, (str, bytes)))


def test_error__leads_to_no_credentials(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password=CANARY)
    with pytest.raises(PysnowException) as caught:
        client.resource("/table/incident").get().all()
    error = caught.value.with_traceback(None)
    error.__cause__ = error.__context__ = None
    assert error.response is not None
    sent = error.response.request
    encoded = base64.b64encode(f"admin:{CANARY}".encode()).decode()
    shown = " ".join([repr(error), str(vars(error)), str(sent.headers), repr(sent.body)])
    assert CANARY not in shown
    assert encoded not in _reachable_texts([sent.headers, error.args, error.response.headers])


def test_transport_error__and_its_cause_lead_to_no_credentials() -> None:
    with pytest.raises(TransportError) as caught:
        Client(instance="http://127.0.0.1:9", user="admin", password=CANARY, retry=None).table("incident").get()
    cause = caught.value.__cause__
    assert isinstance(cause, requests.ConnectionError)
    assert cause.request is not None
    assert cause.request.headers["Authorization"] == "Basic ***"


def test_log__holds_no_credentials(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    sandbox.instance.update(
        "sys_user", "6816f79cc0a8016401c5a33be04be441", {"user_password": CANARY}, sandbox.instance.system
    )
    encoded = base64.b64encode(f"admin:{CANARY}".encode()).decode()
    with caplog.at_level(logging.DEBUG):
        client = Client(instance=sandbox.url, user="admin", password=CANARY)
        table = client.resource("/table/incident")
        created = table.create({"short_description": "x"})
        table.update(created["sys_id"], {"state": "2"})
        table.delete(created["sys_id"])
    for words in ("(SESSION_CREATE)", "(RESOURCE_ADD)", "(REQUEST_SEND)", "(RESPONSE_RECEIVE)"):
        assert words in caplog.text
    assert CANARY not in caplog.text
    assert encoded not in caplog.text


# -- sessions ----------------------------------------------------------------------------------------------------------


def _read(transport: Transport) -> int:
    return transport.send(Request("GET", "/api/now/table/incident", "read", params={"sysparm_limit": "1"})).status_code


def test_session__template_may_be_changed_later(sandbox: Sandbox) -> None:
    session = make_session()
    transport = Transport(sandbox.url, session)
    assert _read(transport) == 401
    session.auth = ("admin", "admin")
    assert _read(transport) == 200


def test_session__hooks_of_the_template_are_called(sandbox: Sandbox) -> None:
    seen: list[int] = []
    session = make_session()
    session.auth = ("admin", "admin")
    session.hooks["response"].append(lambda response, *args, **kwargs: seen.append(response.status_code))
    _read(Transport(sandbox.url, session))
    assert seen == [200]


def test_session__keeps_its_cookies_within_a_thread(sandbox: Sandbox) -> None:
    session = make_session()
    session.auth = ("admin", "admin")
    transport = Transport(sandbox.url, session)
    for _ in range(2):
        _read(transport)
    other = threading.Thread(target=_read, args=(transport,))
    other.start()
    other.join()
    cookies = ["jsessionid" in entry.headers.get("cookie", "").lower() for entry in sandbox.requests]
    assert cookies == [False, True, False]
    assert not session.cookies


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_session__is_not_shared_with_a_forked_process(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin")
    table = client.resource("/table/incident")
    assert table.get(limit=1).one()
    child = os.fork()
    if child == 0:
        os._exit(0 if table.get(limit=1).one_or_none() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert table.get(limit=1).one()
    cookies = ["jsessionid" in entry.headers.get("cookie", "").lower() for entry in sandbox.requests]
    assert cookies == [False, False, True]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fork__while_another_thread_is_calling_does_not_hang_the_child(sandbox: Sandbox) -> None:
    """Locks of pools, budget and limiter may be held in the moment of the fork; the child has its own."""
    client = Client(instance=sandbox.url, user="admin", password="admin", rate_limit=RateLimit(max_concurrency=1))
    table, over = client.table("incident"), threading.Event()

    def call() -> None:
        while not over.is_set():
            table.get(limit=1).one()

    busy = threading.Thread(target=call)
    busy.start()
    children = []
    for _ in range(5):
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            os._exit(0 if table.get(limit=1).one_or_none() else 1)
        children.append(child)
    over.set()
    busy.join()
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    client.close()
    assert codes == [0] * 5


def test_threads__each_has_a_session_cookie_of_its_own_and_shares_the_connections(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin")
    sessions: list[object] = []

    def call() -> None:
        client.table("incident").get(limit=1).one()
        sessions.append(client._transport.sessions.current())

    for _ in range(3):
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
    assert len({id(session) for session in sessions}) == 3
    assert not any("jsessionid" in entry.headers.get("cookie", "").lower() for entry in sandbox.requests)
    pools = [pool for adapter in client._transport.sessions._stand_ins.values() for pool in _pools(adapter)]
    assert [pool.num_connections for pool in pools] == [1]


def _pools(adapter: Any) -> list[Any]:
    manager = adapter.poolmanager
    return [manager.pools[key] for key in manager.pools.keys()]  # noqa: SIM118  # it cannot be iterated over


def test_threads__that_have_ended_leave_no_session(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin")
    thread = threading.Thread(target=lambda: client.table("incident").get(limit=1).one())
    thread.start()
    thread.join()
    del thread
    gc.collect()
    assert not client._transport.sessions._alive


def _idle_sockets(client: Client) -> list[Any]:
    """Sockets of the connections that wait for their next use."""
    pools = [pool for adapter in client._transport.sessions._stand_ins.values() for pool in _pools(adapter)]
    return [connection.sock for pool in pools for connection in pool.pool.queue if connection is not None]


def test_close__ends_the_connections(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin")
    client.table("incident").get(limit=1).one()
    sockets = _idle_sockets(client)
    client.close()
    assert [sock.fileno() for sock in sockets] == [-1]
    assert client.table("incident").get(limit=1).one()
    client.close()


@pytest.mark.parametrize(("rest", "is_used_again"), [(24, True), (26, False)])
def test_idle_connection__is_used_again_while_balancers_keep_it(
    rest: float, is_used_again: bool, sandbox: Sandbox
) -> None:
    now = [1000.0]
    client = Client(instance=sandbox.url, user="admin", password="admin")
    client._clockwork = Clockwork(clock=lambda: now[0])
    client.table("incident").get(limit=1).one()
    before = _idle_sockets(client)
    now[0] += rest
    client.table("incident").get(limit=1).one()
    assert (_idle_sockets(client) == before) is is_used_again
    client.close()


# -- plain HTTP, and proxies -------------------------------------------------------------------------------------------


def test_plain_http__to_another_machine_is_refused_before_anything_is_sent() -> None:
    client = Client(host="instance.example", use_ssl=False, user="admin", password="b")
    with pytest.raises(InvalidUsage, match="allow_insecure_http"):
        client.table("incident").get()


def test_plain_http__to_another_machine_when_allowed() -> None:
    client = Client(
        host="instance.example",
        use_ssl=False,
        user="admin",
        password="b",
        allow_insecure_http=True,
        retry=None,
        proxies={"http": "http://127.0.0.1:9"},
    )
    with pytest.raises(ProxyError):
        client.table("incident").get()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "x.localhost", "LOCALHOST"])
def test_plain_http__on_this_machine_needs_no_leave(host: str) -> None:
    assert is_loopback(f"http://{host}:8080")


@pytest.mark.parametrize("host", ["localhost.example", "127.0.0.1.example", "10.0.0.1", "[fe80::1]", "dev1", "0.0.0.0"])
def test_plain_http__elsewhere_does(host: str) -> None:
    assert not is_loopback(f"http://{host}:8080")


def test_proxy_of_the_environment__does_not_read_along_plain_http(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        assert client.table("incident").get(limit=1).one()


def test_proxy_of_the_environment__is_used_for_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with Client(instance="dev1", user="a", password="b", retry=None) as client, pytest.raises(ProxyError) as caught:
        client.table("incident").get()
    assert (caught.value.phase, caught.value.committed) == ("not_sent", None)


@pytest.mark.parametrize("answer", [http(b"", "407 Proxy Authentication Required"), Canned(b"")])
@pytest.mark.parametrize("way", ["proxies", "session"])
def test_proxy_error__leads_to_no_password(answer: Canned, way: str) -> None:
    with CannedServer(answer) as server:
        proxies = {"https": f"http://user:{CANARY}@{server.url.split('/')[2]}"}
        options: dict[str, Any] = {"user": "a", "password": "b", "proxies": proxies}
        if way == "session":
            session = requests.Session()
            session.auth, session.proxies = ("a", "b"), proxies
            options = {"session": session}
        client = Client(instance="dev1", retry=None, **options)
        with pytest.raises(TransportError) as caught:
            client.table("incident").get()
    encoded = base64.b64encode(f"user:{CANARY}".encode()).decode()
    found = _reachable_texts(caught.value.with_traceback(None))
    assert CANARY not in found
    assert encoded not in found


def test_answer_of_an_error__leads_to_no_session_cookie(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="admin")
    with pytest.raises(PysnowException) as caught:
        client.table("no_such_table").get(limit=1).all()
    cookie = next(iter(client._transport.sessions.current().cookies)).value
    assert cookie
    assert cookie not in _reachable_texts(caught.value.with_traceback(None))


@pytest.mark.parametrize(
    "options",
    [
        {"use_ssl": "yes"},
        {"instance": "a b"},
        {"timeout": -1},
        {"cert": "/no/such/file"},
        {"session": requests.Session()},
        {"user": "a:b"},
        {"auth": "text"},
        {"deadline": 0},
        {"retry": True},
        {"proxies": {"https": f"http://user:{CANARY}@127.0.0.1:9", 1: "x"}},
    ],
    ids=lambda options: next(iter(options)),
)
def test_refused_client__shows_no_password_in_its_traceback(options: dict[str, Any]) -> None:
    with pytest.raises((InvalidUsage, TypeError)) as caught:
        Client(**{"instance": "dev1", "user": "admin", "password": CANARY, **options})
    trace = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in trace.stack if "/pysnow/" in frame.filename]
    assert ours
    assert CANARY not in "".join(str(value) for frame in ours for value in (frame.locals or {}).values())


def test_cookie__of_a_parent_domain_stays_with_its_instance(sandbox: Sandbox) -> None:
    """A jar belongs to one client, and that calls one origin: a session that two were made from changes nothing."""
    session = requests.Session()
    answer = http(b'{"result":[]}', headers=[JSON_TYPE, ("Set-Cookie", "stolen=1; Domain=127.0.0.1; Path=/")])
    with CannedServer(answer) as server:
        Client(instance=server.url.split("/api/")[0], session=session).table("incident").get().all()
    with pytest.raises(AuthenticationError):
        Client(instance=sandbox.url, session=session).table("incident").get().all()
    assert "stolen" not in sandbox.requests[-1].headers.get("cookie", "")


# -- certificates ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secure() -> Iterator[Sandbox]:
    from pysnow.sandbox import Sandbox

    with Sandbox(tls=True) as sandbox:
        yield sandbox


def test_verify__takes_a_bundle_for_data_and_tokens(secure: Sandbox) -> None:
    with OAuthClient("sandbox", "sandbox", instance=secure.url, verify=str(secure.ca_file)) as client:
        client.set_token(client.generate_token("admin", "admin"))
        assert client.resource("/table/incident").get(limit=1).one()


def test_verify__reads_the_bundle_of_the_environment(secure: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.ca_file))
    with Client(instance=secure.url, user="admin", password="admin") as client:
        assert client.resource("/table/incident").get(limit=1).one()


def test_verify__is_on_and_says_what_to_do(secure: Sandbox) -> None:
    with (
        Client(instance=secure.url, user="admin", password="admin") as client,
        pytest.raises(TLSError, match="verify="),
    ):
        client.resource("/table/incident").get()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_verify__of_a_session_is_kept(secure: Sandbox) -> None:
    session = make_session()
    session.auth = ("admin", "admin")
    session.verify = False
    with Client(instance=secure.url, session=session) as client:
        assert client.resource("/table/incident").get(limit=1).one()


# -- OAuth sessions of requests_oauthlib -----------------------------------------------------------------------------


def test_session__of_requests_oauthlib_refreshes_by_itself(secure: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.ca_file))
    told: list[dict[str, Any]] = []
    with OAuthClient("sandbox", "sandbox", instance=secure.url) as client:
        token = client.generate_token("admin", "admin")
    session = OAuth2Session(
        "sandbox",
        token={**token, "expires_at": 1.0, "expires_in": -1},
        auto_refresh_url=f"{secure.url}/oauth_token.do",
        auto_refresh_kwargs={"client_id": "sandbox", "client_secret": "sandbox"},
        token_updater=told.append,
    )
    with Client(instance=secure.url, session=session) as client:
        assert client.resource("/table/incident").get(limit=1).one()
    assert len(told) == 1
