"""How a client behaves beside its calls: read-only, counters, hooks, debug lines, another caller."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

import pysnow
from pysnow import Client, InvalidUsage, OAuthClient
from pysnow.sandbox import Sandbox
from pysnow.telemetry.debug_line import debug_line
from pysnow.telemetry.event import Event
from pysnow.telemetry.stats import CallStats, folded
from tests.unit.canned_server import JSON_TYPE, CannedServer, http

ID = "6816f79cc0a8016401c5a33be04be441"
CANARY = "canary-77aa"
INCIDENTS = "GET /api/now/table/incident"


@pytest.fixture
def reader(sandbox: Sandbox) -> Client:
    """A client that only reads."""
    return Client(instance=sandbox.url, user="admin", password="admin", read_only=True)


@pytest.fixture
def unused_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# -- read-only -------------------------------------------------------------------------------------------------------


def batch(*items: dict[str, Any]) -> dict[str, Any]:
    return {"batch_request_id": "1", "rest_requests": [{"id": "1", **item} for item in items]}


GET_ITEM = {"method": "GET", "url": "/api/now/table/incident?sysparm_limit=1"}

WRITES: dict[str, Callable[[Client], object]] = {
    "create": lambda client: client.table("incident").create({}),
    "create with a key": lambda client: client.table("incident").create({}, key="a"),
    "update": lambda client: client.table("incident").update({"number": "INC0000060"}, {"state": "2"}),
    "update by sys_id": lambda client: client.table("incident").update(ID, {"work_notes": "x"}),
    "update of a plain column": lambda client: client.table("incident").update(ID, {"urgency": "1"}),
    "delete by sys_id": lambda client: client.table("incident").delete(ID),
    "delete": lambda client: client.table("incident").delete({"number": "INC0000060"}),
    "request": lambda client: client.table("incident").request("PATCH", ID, json={}),
    "upload": lambda client: client.table("incident").attachments.upload(ID, data=b"x", name="x.txt"),
    "delete a file": lambda client: client.table("incident").attachments.delete(ID),
    "insert": lambda client: client._legacy_request("POST", "incident").insert({}),
    "post": lambda client: client.post("table/incident", json={}),
    "put": lambda client: client.put(f"table/incident/{ID}", json={}),
    "patch": lambda client: client.patch(f"table/incident/{ID}", json={}),
    "delete any": lambda client: client.delete(f"table/incident/{ID}"),
    "override": lambda client: client.get("table/incident", headers={"X-HTTP-Method-Override": "DELETE"}),
    "page": lambda client: client.get("/incident.do?JSONv2&sysparm_action=deleteRecord&sysparm_sys_id=x"),
    "batch": lambda client: client.post("v1/batch", json=batch(GET_ITEM, {"method": "PATCH", "url": "/x"})),
    "batch without method": lambda client: client.post("v1/batch", json=batch({"url": "/x"})),
    "batch that is none": lambda client: client.post("v1/batch", data=b"{"),
    "batch spelled otherwise": lambda client: client.post(
        "/api/now/%62atch", json=batch({"method": "PUT", "url": "/x"})
    ),
    "mutation": lambda client: client.post("graphql", json={"query": "mutation { x }"}),
    "mutation by GET": lambda client: client.get("graphql", params={"query": "mutation { x }"}),
    "graphql that is none": lambda client: client.post("graphql", json=["x"]),
    "scripted": lambda client: client.post("/api/x_acme/run", json={}),
}


@pytest.mark.parametrize("write", WRITES)
def test_read_only__refuses_with_zero_requests(reader: Client, sandbox: Sandbox, write: str) -> None:
    with pytest.raises(InvalidUsage, match="read-only"):
        WRITES[write](reader)
    assert len(sandbox.requests) == 0


READS: dict[str, Callable[[Client], object]] = {
    "get": lambda client: client.table("incident").get(limit=1).one()["sys_id"],
    "iterate": lambda client: next(iter(client.table("incident").iterate())),
    "head": lambda client: client.request("HEAD", "table/incident"),
    "batch": lambda client: client.post("v1/batch", json=batch(GET_ITEM)).json()["serviced_requests"],
    "graphql": lambda client: client.post("graphql", json={"query": '{ a(b: "mutation") { c } } # mutation'}),
    "query of the identification": lambda client: client.post("identifyreconcile/query", json={}),
}


@pytest.mark.parametrize("read", READS)
def test_read_only__reads(reader: Client, read: str) -> None:
    assert READS[read](reader) is not None


def test_read_only__signs_in_with_a_token(sandbox: Sandbox) -> None:
    grant = pysnow.PasswordGrant("sandbox", "sandbox", "admin", "admin")
    with Client(instance=sandbox.url, auth=grant, read_only=True) as client:
        assert client.get("table/incident").status_code == 200


# -- counters --------------------------------------------------------------------------------------------------------


def test_stats__count_by_kind_of_path(client: Client) -> None:
    incident = client.table("incident")
    row = incident.get(limit=1).one()
    for path in (f"table/incident/{row['sys_id']}", f"table/incident/{'0' * 32}"):
        client.get(path)
    tally = client.stats[f"{INCIDENTS}/{{sys_id}}"]
    assert (client.stats[INCIDENTS].calls, tally.calls, dict(tally.errors)) == (1, 2, {404: 1})


def test_stats__count_bytes_and_seconds(client: Client) -> None:
    answer = client.get("table/incident")
    tally = client.stats.total
    assert (tally.bytes, tally.seconds > 0) == (len(answer.content), True)


def test_stats__count_repetitions(client: Client, sandbox: Sandbox) -> None:
    with sandbox.fault("server-error", times=1):
        client.get("table/incident")
    tally = client.stats[INCIDENTS]
    assert (tally.calls, tally.retries, sum(tally.errors.values())) == (1, 1, 1)


def test_stats__count_what_nobody_answered(unused_port: int) -> None:
    client = Client(instance=f"http://127.0.0.1:{unused_port}", user="a", password="b", retry=None)
    with pytest.raises(pysnow.TransportError):
        client.get("table/incident")
    assert dict(client.stats.total.errors) == {"TransportError": 1}


@pytest.mark.parametrize("stream", [False, True])
def test_stats__count_rows_that_reads_received(client: Client, stream: bool) -> None:
    rows = list(client.table("incident").get(limit=7, stream=stream).all())
    assert (client.stats[INCIDENTS].rows, client.stats.total.rows) == (len(rows), 7)


def test_stats__count_rows_of_a_walk(client: Client) -> None:
    rows = list(client.table("incident").iterate(fields="number", limit=25, page_size=10))
    assert (len(rows), client.stats[INCIDENTS].rows) == (25, 25)


def test_stats__count_rows_of_a_single_record(client: Client) -> None:
    sys_id = client.table("incident").first().sys_id
    client.stats.reset()
    client.table("incident").get_by_id(sys_id)
    assert client.stats[f"{INCIDENTS}/{{sys_id}}"].rows == 1


def test_stats__count_no_rows_of_writes(client: Client) -> None:
    client.table("incident").create({"short_description": "Lamp"})
    assert client.stats["POST /api/now/table/incident"].rows == 0


def test_stats__count_rows_for_those_who_measure(client: Client) -> None:
    with client.measure() as sent:
        client.table("incident").get(limit=3).all()
    client.table("incident").get(limit=2).all()
    assert (sent.total.rows, client.stats.total.rows) == (3, 5)


def test_stats__remaining_is_what_the_last_answer_told() -> None:
    answers = [http(b'{"result":[]}', headers=[JSON_TYPE, ("X-RateLimit-Remaining", left)]) for left in ("41", "40")]
    with CannedServer(*answers) as server, Client(instance=server.url, user="a", password="b") as client:
        seen = []
        for _ in answers:
            client.get("table/incident")
            seen.append(client.stats[INCIDENTS].remaining)
    assert seen == [41, 40]


@pytest.mark.parametrize("told", ["", "many", "-1", "9" * 5000])
def test_stats__remaining_that_is_no_number_is_none(told: str) -> None:
    answer = http(b'{"result":[]}', headers=[JSON_TYPE, ("X-RateLimit-Remaining", told)])
    with CannedServer(answer) as server, Client(instance=server.url, user="a", password="b") as client:
        client.get("table/incident")
        assert client.stats.total.remaining is None


def test_stats__remaining_of_all_is_the_least() -> None:
    stats = CallStats()
    stats.note_remaining("GET", "/api/now/table/incident", 7)
    stats.note_remaining("GET", "/api/now/stats/incident", 90)
    stats.count("GET", "/api/now/attachment", 1, 200, 0.5, 2)
    assert stats.total.remaining == 7


def test_stats__begin_anew(client: Client) -> None:
    client.get("table/incident")
    client.stats.reset()
    assert (list(client.stats), client.stats.total.calls, INCIDENTS in client.stats) == ([], 0, False)


def test_stats__give_out_copies(client: Client) -> None:
    client.get("table/nothing_like_it")
    client.stats["GET /api/now/table/nothing_like_it"].errors.clear()
    assert client.stats.total.errors.total() == 1


def test_measure__counts_within_the_block(client: Client) -> None:
    client.get("table/incident")
    with client.measure() as sent:
        client.get("table/incident")
    client.get("table/incident")
    assert (sent.total.calls, client.stats.total.calls) == (1, 3)


def test_stats__add_up_over_threads() -> None:
    stats = CallStats()

    def count() -> None:
        for _ in range(500):
            stats.count("GET", "/x", 1, 200, 0.5, 2)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stats.total.calls, stats.total.bytes, stats.total.seconds) == (4000, 8000, 2000.0)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"/api/now/table/incident/{ID}", "/api/now/table/incident/{sys_id}"),
        ("/api/now/v2/table/incident/short", "/api/now/v2/table/incident/{sys_id}"),
        (f"/api/now/attachment/{ID}/file", "/api/now/attachment/{sys_id}/file"),
        ("/api/x/orders/INC0010001", "/api/x/orders/{number}"),
        ("/api/now/stats/incident", "/api/now/stats/incident"),
    ],
)
def test_path__is_folded(path: str, kind: str) -> None:
    assert folded(path) == kind


# -- hooks -----------------------------------------------------------------------------------------------------------


def told(client: Client) -> list[tuple[str, Event]]:
    seen: list[tuple[str, Event]] = []
    for name in ("request", "response", "retry", "error"):
        getattr(client.hooks, name).append(lambda event, name=name: seen.append((name, event)))
    return seen


def test_hooks__are_called_once_an_attempt_and_in_order(client: Client, sandbox: Sandbox) -> None:
    seen = told(client)
    with sandbox.fault("server-error", times=1):
        client.get("table/incident")
    assert [(name, event.attempt) for name, event in seen] == [
        ("request", 1),
        ("response", 1),
        ("retry", 1),
        ("request", 2),
        ("response", 2),
    ]


def test_hooks__are_told_what_came(client: Client) -> None:
    seen = told(client)
    answer = client.get("table/incident", params={"sysparm_limit": 1})
    event = seen[-1][1]
    assert (event.status, event.size, event.params, event.operation, event.table, event.transaction_id) == (
        200,
        len(answer.content),
        {"sysparm_limit": "1"},
        "read",
        "incident",
        answer.headers["X-Transaction-ID"],
    )


def test_hooks__are_told_of_errors(client: Client, sandbox: Sandbox) -> None:
    seen = told(client)
    with sandbox.fault("drop-before", times=1):
        client.get("table/incident")
    errors = [event.error for name, event in seen if name == "error"]
    assert [isinstance(error, pysnow.TransportError) for error in errors] == [True]


def test_hooks__see_no_credentials(client: Client) -> None:
    seen = told(client)
    client.get("table/incident")
    response = seen[-1][1].response
    assert response is not None
    assert response.request.headers["Authorization"] == "Basic ***"


@pytest.mark.parametrize("name", ["request", "response"])
def test_hook__that_raises_ends_the_call(client: Client, sandbox: Sandbox, name: str) -> None:
    def refuse(event: Event) -> None:
        raise RuntimeError("not today")

    getattr(client.hooks, name).append(refuse)
    with pytest.raises(RuntimeError, match="not today"):
        client.get("table/incident")
    assert len(sandbox.requests) == (0 if name == "request" else 1)


# -- debug lines -----------------------------------------------------------------------------------------------------


def test_debug__writes_one_line_for_each_request(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.debug = True
    answer = client.get("table/incident", params={"sysparm_query": "active=true^state=1", "sysparm_limit": 1})
    client.debug = False
    client.get("table/incident")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "pysnow: GET /api/now/table/incident sysparm_query=active=true^state=1&sysparm_limit=1 -> 200, "
        f"{len(answer.content)} bytes, "
    )
    assert line.endswith(f", attempt 1, transaction {answer.headers['X-Transaction-ID']}")


def test_debug__of_two_clients_writes_a_line_each(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        Client(instance=sandbox.url, user="admin", password="admin", debug=True).get("table/incident")
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_debug__of_one_client_is_not_the_other_ones(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    quiet, _ = (Client(instance=sandbox.url, user="admin", password="admin", debug=debug) for debug in (False, True))
    quiet.get("table/incident")
    assert capsys.readouterr().err == ""


def test_debug__tells_no_secret(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    with Client(instance=sandbox.url, user="admin", password=CANARY, debug=True, retry=None) as client:
        client.get("table/incident", params={"sysparm_query": f"user_password={CANARY}^active=true", "api_key": CANARY})
    err = capsys.readouterr().err
    basic = base64.b64encode(f"admin:{CANARY}".encode()).decode()
    assert (CANARY in err, basic in err, "active=true" in err) == (False, False, True)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("u_api_password=hunter^active=true", "u_api_password***^active=true"),
        ("active=true^ORu_token.valueSTARTSWITHhunter", "active=true^ORu_token.value***"),
        ("number=1^NQclient_secret!=hunter", "number=1^NQclient_secret***"),
        ("nameLIKEmy passwordhunter", "nameLIKEmy ***"),
        ("nameLIKEpasswordhunter^state=1", "nameLIKE***^state=1"),
        ("nameINa,secrethunter", "nameINa,***"),
        ("U_PASSWORD=hunter", "U***"),
        ("name=a^^passwordhunter=", "name=a^^***"),
        ("passwordhunter that is", "***"),
        ("my_Tokenhunter", "***"),
        ("passwordhunter", "***"),
        ("state=1^ORDERBYu_api_password", "state=1^ORDERBY***"),
        ("number=INC0000060", "number=INC0000060"),
    ],
)
def test_debug_line__masks_at_the_border_of_a_word(query: str, shown: str) -> None:
    event = Event("GET", "/x", {"sysparm_query": query}, "read", None, 1)
    assert debug_line(event).split(" -> ")[0] == f"GET /x sysparm_query={shown}"


def test_debug_line__masks_long_values_in_no_time() -> None:
    event = Event("GET", "/x", {"sysparm_query": "n=" + "a" * 1_000_000}, "read", None, 1)
    assert "***" not in debug_line(event)


def test_debug_line__is_one_line() -> None:
    event = Event("GET", "/x", {"a": "b\n\x1b[31m"}, "read", None, 1, error=pysnow.ReadTimeout("late"), seconds=1.5)
    assert debug_line(event) == "GET /x a=b\\n\\x1b[31m -> no answer (ReadTimeout), 1500 ms, attempt 1, transaction -"


# -- another caller --------------------------------------------------------------------------------------------------


def test_auth__another_user_calls_from_now_on(client: Client, sandbox: Sandbox) -> None:
    incidents = client.table("incident")
    incidents.get(limit=1).all()
    client.auth = ("itil", "itil")
    incidents.get(limit=1).all()
    sent = sandbox.requests[-1]
    assert ("cookie" in {name.lower() for name in sent.headers}, client._user) == (False, "itil")


def test_auth__whoami_is_asked_anew(client: Client) -> None:
    before = client.whoami().user_name
    client.auth = ("itil", "itil")
    assert (before, client.whoami().user_name) == ("admin", "itil")


def test_auth__somebody_else_is_meant_by_me(client: Client) -> None:
    before = client.resolve("sys_user", "@me")
    client.auth = ("itil", "itil")
    assert client.resolve("sys_user", "@me") not in ("", before)


def test_auth__of_an_oauth_client_leaves_cookies_with_the_old_token(sandbox: Sandbox) -> None:
    client = OAuthClient("sandbox", "sandbox", instance=sandbox.url)
    for user in ("admin", "itil"):
        client.set_token(client.generate_token(user, user))
        assert client.whoami().user_name == user


def test_auth__of_a_session_handed_in_leaves_it_as_it_was(sandbox: Sandbox) -> None:
    session = requests.Session()
    session.auth = ("admin", "admin")
    session.headers["X-Own"] = "1"
    client = Client(instance=sandbox.url, session=session)
    client.auth = ("itil", "itil")
    assert client.whoami().user_name == "itil"
    assert (session.auth, sandbox.requests[-1].headers["x-own"]) == (("admin", "admin"), "1")


def test_auth__may_be_an_object(client: Client) -> None:
    client.auth = pysnow.ApiKey("sandbox")
    assert (client.whoami().user_name, client._password) == ("admin", None)
    client.auth = pysnow.BasicAuth("itil", "itil")
    assert client.whoami().user_name == "itil"


@pytest.mark.parametrize("auth", [None, "admin", ("admin",), ("admin", ""), 5])
def test_auth__of_another_kind_is_refused(client: Client, auth: Any) -> None:
    with pytest.raises(InvalidUsage, match="auth"):
        client.auth = auth


def test_auth__of_an_oauth_client_is_its_token() -> None:
    client = OAuthClient("id", "secret", instance="dev1")
    with pytest.raises(InvalidUsage, match="set_token"):
        client.auth = ("a", "b")


# -- what it calls itself --------------------------------------------------------------------------------------------


def user_agent(sandbox: Sandbox, **options: Any) -> str:
    with Client(instance=sandbox.url, user="admin", password="admin", **options) as client:
        client.get("table/incident", params={"sysparm_limit": 1})
    return str(sandbox.requests[-1].headers["user-agent"])


def test_user_agent__names_the_library_python_and_requests(sandbox: Sandbox) -> None:
    import platform

    python = platform.python_version()
    expected = f"pysnow/{pysnow.__version__} (python {python}; requests {requests.__version__})"
    assert user_agent(sandbox) == expected


def test_user_agent__is_followed_by_the_programs_own(sandbox: Sandbox) -> None:
    assert user_agent(sandbox, user_agent="reports/1.2").endswith(") reports/1.2")


@pytest.mark.parametrize("value", ["a\nb", "ä", 5, " a"])
def test_user_agent__is_refused(value: Any) -> None:
    with pytest.raises(InvalidUsage, match="user_agent"):
        Client(instance="dev1", user="a", password="b", user_agent=value)


def test_close__twice_is_fine(client: Client) -> None:
    client.get("table/incident", params={"sysparm_limit": 1})
    client.close()
    client.close()
    assert client.get("table/incident", params={"sysparm_limit": 1}).status_code == 200
