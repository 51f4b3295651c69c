"""Requests that are answered without a connection look like those that have one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator

import pytest
import requests
from requests.adapters import HTTPAdapter

from pysnow.sandbox import Sandbox
from pysnow.testing.adapter import InstanceAdapter

ADMIN = ("admin", "admin")
BASE = "https://dev12345.service-now.com"
INCIDENTS = f"{BASE}/api/now/table/incident"
Application = Callable[..., Iterable[bytes]]


def session_of(application: Application, clock: Callable[[], float] | None = None) -> requests.Session:
    session = requests.Session()
    session.mount("https://", InstanceAdapter(application, clock) if clock else InstanceAdapter(application))
    return session


def answering(*pieces: bytes, headers: tuple[tuple[str, str], ...] = (), status: str = "200 OK") -> Application:
    def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterator[bytes]:
        start_response(status, list(headers))
        yield from pieces

    return application


def echo(environ: dict[str, io.BytesIO], start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", [("X-Type", str(environ.get("CONTENT_TYPE", "")))])
    return [environ["wsgi.input"].read()]


@pytest.fixture
def session(bare: Sandbox) -> Iterator[requests.Session]:
    with session_of(bare) as session:
        session.auth = ADMIN
        yield session


# -- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "arrived"),
    [
        (b"bytes \x00", b"bytes \x00"),
        ("t\u00e9xt", "t\u00e9xt".encode()),
        (io.BytesIO(b"file"), b"file"),
        (io.StringIO("text file"), b"text file"),
        ((piece for piece in (b"one ", b"", b"two")), b"one two"),
        (None, b""),
    ],
    ids=["bytes", "text", "file", "text-file", "pieces", "none"],
)
def test_body__arrives(body: object, arrived: bytes) -> None:
    assert session_of(echo).post(BASE, data=body, timeout=30).content == arrived  # type: ignore[arg-type]


def test_body__form_and_file() -> None:
    answer = session_of(echo).post(BASE, files={"f": ("a.txt", b"content")}, timeout=30)
    assert (answer.headers["X-Type"].partition(";")[0], b"content" in answer.content) == ("multipart/form-data", True)


def test_url__arrives_unescaped(session: requests.Session, bare: Sandbox) -> None:
    session.get(INCIDENTS, params={"sysparm_query": "short_description=a b&c^caf\u00e9"}, timeout=30)
    assert bare.requests[-1].query == [("sysparm_query", "short_description=a b&c^caf\u00e9")]


def test_headers__arrive(session: requests.Session, bare: Sandbox) -> None:
    session.get(INCIDENTS, headers={"X-Thing": "7"}, timeout=30)
    assert [bare.requests[-1].headers[name] for name in ("host", "x-thing")] == ["dev12345.service-now.com", "7"]


# -- answers ----------------------------------------------------------------------------------------------------------


def test_answer__is_that_of_a_connection() -> None:
    """The same call of the same instance, once directly and once over a socket."""
    with Sandbox() as sandbox, session_of(sandbox) as direct, requests.Session() as remote:
        url = f"{sandbox.url}/api/now/table/incident?sysparm_limit=3"
        direct.mount(sandbox.url, InstanceAdapter(sandbox))
        answers = [each.get(url, auth=ADMIN, timeout=30) for each in (direct, remote)]
    one, other = [(answer.status_code, answer.reason, set(answer.headers), answer.json()) for answer in answers]
    assert one == other


def test_answer__cookies_are_kept_and_sent_back(session: requests.Session, bare: Sandbox) -> None:
    session.get(INCIDENTS, timeout=30)
    session.get(INCIDENTS, timeout=30)
    assert "JSESSIONID" in bare.requests[-1].headers["cookie"]


def test_answer__is_inflated(session: requests.Session, bare: Sandbox) -> None:
    bare.add("incident", {"description": "x" * 3000})
    answer = session.get(INCIDENTS, timeout=30)
    assert (answer.headers["Content-Encoding"], len(answer.json()["result"])) == ("gzip", 1)


def test_answer__head_has_no_body(session: requests.Session) -> None:
    answer = session.head(INCIDENTS, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")


def test_answer__without_content(session: requests.Session, bare: Sandbox) -> None:
    row = bare.add("incident", {})
    answer = session.delete(f"{INCIDENTS}/{row['sys_id']}", timeout=30)
    assert (answer.status_code, answer.content) == (204, b"")


def test_answer__comes_as_it_is_read() -> None:
    asked: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield b"x" * 1000

    def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterator[bytes]:
        start_response("200 OK", [])
        return pieces()

    with session_of(application).get(BASE, stream=True, timeout=30) as answer:
        next(answer.iter_content(1000))
        assert len(asked) < 5


def test_answer__left_unread_is_closed() -> None:
    closed: list[bool] = []

    def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    session_of(application).get(BASE, stream=True, timeout=30).close()
    assert closed == [True]


def test_answer__may_start_late() -> None:
    assert session_of(answering(b"late")).get(BASE, timeout=30).text == "late"


# -- broken answers ---------------------------------------------------------------------------------------------------


def failing(error: Exception, *pieces: bytes) -> Application:
    def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterator[bytes]:
        if pieces:
            start_response("200 OK", [])
        yield from pieces
        raise error

    return application


@pytest.mark.parametrize("error", [ConnectionAbortedError(), ConnectionResetError()])
def test_broken__before_the_answer(error: Exception) -> None:
    with pytest.raises(requests.ConnectionError):
        session_of(failing(error)).get(BASE, timeout=30)


@pytest.mark.parametrize("error", [ConnectionAbortedError(), ConnectionResetError(), RuntimeError("on purpose")])
def test_broken__in_the_body(error: Exception) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session_of(failing(error, b"one")).get(BASE, timeout=30)


def test_broken__shorter_than_it_says() -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session_of(answering(b"one", headers=(("Content-Length", "10"),))).get(BASE, timeout=30)


def ticking(*seconds: float) -> Callable[[], float]:
    """A clock that tells these times, then the last one for ever."""
    times = list(seconds)
    return lambda: times.pop(0) if len(times) > 1 else times[0]


@pytest.mark.parametrize("timeout", [5, (1, 5)])
def test_timeout__before_the_answer(timeout: float | tuple[float, float]) -> None:
    with pytest.raises(requests.ReadTimeout):
        session_of(answering(b"x"), ticking(0, 6)).get(BASE, timeout=timeout)


def test_timeout__in_the_body() -> None:
    answer = session_of(answering(b"x", b"y"), ticking(0, 1, 1, 2, 2, 20)).get(BASE, stream=True, timeout=5)
    with pytest.raises(requests.ConnectionError, match="timed out"):
        _ = answer.content


def test_timeout__not_when_it_comes_in_time() -> None:
    assert session_of(answering(b"x"), ticking(0, 4, 4, 8, 8, 12)).get(BASE, timeout=5).text == "x"


def test_faults__strike_without_a_connection(bare: Sandbox, session: requests.Session) -> None:
    bare.faults.add("drop-after", method="POST", times=1)
    with pytest.raises(requests.ConnectionError):
        session.post(INCIDENTS, json={"short_description": "made"}, timeout=30)
    assert [row["short_description"] for row in bare.table("incident").rows] == ["made"]


def test_faults__hang_as_long_as_the_caller_waits(bare: Sandbox, session: requests.Session) -> None:
    bare.faults.add("hang-before", seconds=3000)
    with pytest.raises(requests.ReadTimeout):
        session.get(INCIDENTS, timeout=0.01)


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were asked for; nobody waits."""
    return []


@pytest.fixture
def hasty(waits: list[float]) -> Iterator[Sandbox]:
    sandbox = Sandbox(seed=False, sleep=waits.append)
    yield sandbox
    sandbox.close()


def patient(sandbox: Sandbox, method: str = "GET") -> requests.Response:
    """Send a request that waits for five seconds, on a clock that stands."""
    record = {"short_description": "made"} if method == "POST" else None
    return session_of(sandbox, ticking(0)).request(method, INCIDENTS, json=record, auth=ADMIN, timeout=5)


@pytest.mark.parametrize("fault", ["latency", "slow-count", "hang-before", "hang-after"])
def test_faults__wait_as_long_as_the_caller(hasty: Sandbox, waits: list[float], fault: str) -> None:
    hasty.faults.add(fault, seconds=3000)
    with pytest.raises(requests.ReadTimeout):
        patient(hasty)
    assert waits == [5]


def test_faults__waits_of_one_call_add_up(hasty: Sandbox, waits: list[float]) -> None:
    hasty.faults.add("latency", seconds=3)
    hasty.faults.add("latency", seconds=4)
    with pytest.raises(requests.ReadTimeout):
        patient(hasty)
    assert waits == [3, 2]


def test_faults__call_is_served_after_the_caller_left(hasty: Sandbox) -> None:
    """The instance does not notice, as over a connection."""
    hasty.faults.add("latency", seconds=3000)
    with pytest.raises(requests.ReadTimeout):
        patient(hasty, "POST")
    assert len(hasty.table("incident").rows) == 1


def test_faults__drip_slower_than_the_caller_waits(hasty: Sandbox, waits: list[float]) -> None:
    hasty.faults.add("drip", seconds=6)
    with pytest.raises(requests.ReadTimeout):
        patient(hasty)
    assert waits == [5]


@pytest.mark.parametrize("head", [False, True])
def test_faults__drip_in_time(hasty: Sandbox, waits: list[float], head: bool) -> None:
    """Each piece has all the time that the caller waits, however long the whole takes."""
    hasty.faults.add("drip", seconds=4, head=head)
    assert (patient(hasty).json(), set(waits)) == ({"result": []}, {4})


def test_faults__connection_that_went_stale(bare: Sandbox, session: requests.Session) -> None:
    bare.faults.add("stale-keep-alive")
    session.get(INCIDENTS, timeout=30)
    with pytest.raises(requests.ConnectionError):
        session.get(INCIDENTS, timeout=30)


def test_adapter__is_one_of_requests() -> None:
    assert issubclass(InstanceAdapter, HTTPAdapter)
