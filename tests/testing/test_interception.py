"""A local instance stands in for real ones, whoever asks and however."""

from __future__ import annotations

import pickle
import socket
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

import pysnow
from pysnow import Client
from pysnow.exceptions import InvalidUsage
from pysnow.sandbox import Sandbox
from pysnow.testing import RequestBlocked, intercept
from pysnow.wire.transport import Transport

ADMIN = ("admin", "admin")
PATH = "/api/now/table/incident"


def first_number(client: Client) -> str:
    number: str = client.resource(api_path="/table/incident").get(limit=1).one()["number"]
    return number


# -- what is answered -------------------------------------------------------------------------------------------------


def test_intercept__answers_a_client_made_before(early_client: Client, instance: Sandbox) -> None:
    created = early_client.resource(api_path="/table/incident").create({"short_description": "disk full"}).one()
    assert [
        row["short_description"] for row in instance.table("incident").rows if row["sys_id"] == created["sys_id"]
    ] == ["disk full"]


def test_intercept__answers_a_client_that_has_sent_before(early_client: Client) -> None:
    """Its session and connections exist already."""
    with intercept():
        first_number(early_client)
    with intercept() as sandbox:
        first_number(early_client)
        assert len(sandbox.requests) == 1


def test_intercept__answers_a_client_of_another_domain(instance: Sandbox) -> None:
    with Client(host="servicenow.example.com", user="admin", password="admin") as client:
        assert first_number(client) == "INC0000060"


def test_intercept__answers_an_oauth_client(instance: Sandbox) -> None:
    client = pysnow.OAuthClient(client_id="sandbox", client_secret="sandbox", instance="dev12345")
    client.set_token(client.generate_token("admin", "admin"))
    assert first_number(client) == "INC0000060"


@pytest.mark.parametrize(
    "url",
    [
        "https://dev12345.service-now.com",
        "https://DEV12345.Service-Now.com.",
        "http://dev12345.service-now.com:8080",
        "https://gov.servicenowservices.com",
    ],
)
def test_intercept__answers_plain_requests(instance: Sandbox, url: str) -> None:
    assert requests.get(url + PATH, auth=ADMIN, timeout=30).status_code == 200


def test_intercept__answers_sessions_with_adapters_of_their_own(instance: Sandbox) -> None:
    class Broken(BaseAdapter):
        def send(self, *args: object, **kwargs: object) -> requests.Response:
            raise AssertionError("asked")

        def close(self) -> None:
            pass

    with requests.Session() as session:
        session.mount("https://dev12345.service-now.com", Broken())
        answer = session.get("https://dev12345.service-now.com" + PATH, auth=ADMIN, timeout=30)
    assert answer.status_code == 200


def test_intercept__answers_threads(early_client: Client, instance: Sandbox) -> None:
    def create(number: int) -> None:
        early_client.resource(api_path="/table/incident").create({"short_description": f"thread {number}"})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(12)))
    made = [row for row in instance.table("incident").rows if (row["short_description"] or "").startswith("thread")]
    assert len(made) == 12


def test_intercept__follows_links(early_client: Client, instance: Sandbox) -> None:
    caller = early_client.resource(api_path="/table/incident").get(query="caller_idISNOTEMPTY", limit=1).one()
    answer = requests.get(caller["caller_id"]["link"], auth=ADMIN, timeout=30)
    assert answer.json()["result"]["sys_id"] == caller["caller_id"]["value"]


def test_intercept__opens_no_port(early_client: Client, instance: Sandbox) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", None)
        assert first_number(early_client) == "INC0000060"


def test_intercept__names_the_sandbox(instance: Sandbox) -> None:
    assert instance.url == "https://dev00000.service-now.com"


def test_intercept__sandbox_has_no_address_afterwards() -> None:
    with intercept() as sandbox:
        pass
    with pytest.raises(RuntimeError, match="does not listen"):
        _ = sandbox.url


def test_intercept__takes_a_sandbox_and_leaves_it_open(bare: Sandbox) -> None:
    with intercept(bare):
        pass
    assert bare.table("incident").rows == []


# -- hosts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["prod", "prod.service-now.com", "https://prod.service-now.com", ["prod"]])
def test_hosts__are_answered(host: str | list[str]) -> None:
    with intercept(hosts=host) as sandbox:
        assert sandbox.url == "https://prod.service-now.com"


def test_hosts__others_are_blocked(early_client: Client) -> None:
    with intercept(hosts="prod"), pytest.raises(RequestBlocked, match=r"dev12345\.service-now\.com"):
        first_number(early_client)


def test_hosts__two_instances_at_once() -> None:
    with intercept(hosts="dev") as dev, intercept(hosts="prod") as prod:
        for name in ("dev", "dev", "prod"):
            requests.get(f"https://{name}.service-now.com{PATH}", auth=ADMIN, timeout=30)
        assert (len(dev.requests), len(prod.requests)) == (2, 1)


def test_hosts__that_cannot_be_read_are_refused() -> None:
    with pytest.raises(InvalidUsage), intercept(hosts="https://user:pw@x"):
        pass


# -- what is blocked --------------------------------------------------------------------------------------------------


def test_blocked__other_machines(instance: Sandbox) -> None:
    with pytest.raises(RequestBlocked, match=r"hooks\.example\.com"):
        requests.post("https://hooks.example.com/x", timeout=30)


def test_blocked__session_made_before() -> None:
    with requests.Session() as session, intercept(), pytest.raises(RequestBlocked):
        session.get("https://hooks.example.com/x", timeout=30)


def test_blocked__instances_by_other_means(instance: Sandbox) -> None:
    with pytest.raises(RequestBlocked, match=r"dev12345\.service-now\.com"):
        urllib.request.urlopen("https://dev12345.service-now.com/", timeout=30)


def test_blocked__is_no_error_that_programs_retry() -> None:
    assert not issubclass(RequestBlocked, (requests.RequestException, pysnow.exceptions.PysnowException, OSError))


def test_blocked__says_what_to_do(instance: Sandbox) -> None:
    with pytest.raises(RequestBlocked, match=r"allow_hosts=\['hooks\.example\.com'\]"):
        requests.get("https://hooks.example.com/x", timeout=30)


def test_blocked__can_be_pickled() -> None:
    """Test runners send errors from process to process."""
    error = pickle.loads(pickle.dumps(RequestBlocked("a.example.com", "do this")))
    assert (error.host, str(error)) == ("a.example.com", str(RequestBlocked("a.example.com", "do this")))


def test_allowed__this_machine(instance: Sandbox) -> None:
    with Sandbox(seed=False) as other:
        assert requests.get(other.url + PATH, auth=ADMIN, timeout=30).status_code == 200


def test_allowed__hosts_by_name(instance: Sandbox) -> None:
    with intercept(instance, allow_hosts="hooks.example.com"), pytest.raises(requests.ConnectionError):
        requests.get("https://hooks.example.com/x", timeout=30)


def test_allowed__what_another_tool_answers(instance: Sandbox) -> None:
    """Tools that mock ``requests`` put themselves in the place of ``HTTPAdapter.send``."""

    def mock(adapter: HTTPAdapter, request: requests.PreparedRequest, **kwargs: object) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 299
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", mock)
        statuses = [
            requests.get("https://hooks.example.com/x", timeout=30).status_code,
            requests.get("https://dev1.service-now.com" + PATH, auth=ADMIN, timeout=30).status_code,
        ]
    assert statuses == [299, 200]


# -- afterwards -------------------------------------------------------------------------------------------------------


@pytest.fixture
def seams() -> list[object]:
    """What requests go through."""
    return now()


def now() -> list[object]:
    return [requests.Session.get_adapter, HTTPAdapter.send, Transport.call, socket.getaddrinfo]


def test_afterwards__all_is_as_before(seams: list[object]) -> None:
    with intercept():
        assert all(one is not other for one, other in zip(seams, now(), strict=True))
    assert now() == seams


def test_afterwards__all_is_as_before_an_error(seams: list[object]) -> None:
    with pytest.raises(ZeroDivisionError), intercept():
        _ = 1 / 0
    assert now() == seams


def test_afterwards__all_is_as_before_whoever_leaves_first(seams: list[object]) -> None:
    first, second = intercept(hosts="one"), intercept(hosts="two")
    first.__enter__()
    sandbox = second.__enter__()
    first.__exit__(None, None, None)
    requests.get(f"https://two.service-now.com{PATH}", auth=ADMIN, timeout=30)
    second.__exit__(None, None, None)
    assert (now(), len(sandbox.requests)) == (seams, 1)


def test_afterwards__what_another_tool_left_on_top_works(seams: list[object]) -> None:
    context = intercept()
    context.__enter__()
    ours = HTTPAdapter.send
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", lambda *args, **kwargs: ours(*args, **kwargs))
        context.__exit__(None, None, None)
        with pytest.raises(requests.ConnectionError):  # not blocked, but the suite itself reaches nothing
            requests.get("https://hooks.example.com/x", timeout=30)
    HTTPAdapter.send = seams[1]  # type: ignore[method-assign, assignment]


def test_parallel__each_thread_meets_its_own_instance() -> None:
    barrier = threading.Barrier(3)

    def scenario(name: str) -> list[str | None]:
        with intercept() as sandbox:
            barrier.wait()
            row = {"short_description": name}
            requests.post(f"https://dev1.service-now.com{PATH}", json=row, auth=ADMIN, timeout=30)
            barrier.wait()
            known = {"one", "two", "three"}
            return [
                row["short_description"] for row in sandbox.table("incident").rows if row["short_description"] in known
            ]

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(scenario, ("one", "two", "three"))) == [["one"], ["two"], ["three"]]
