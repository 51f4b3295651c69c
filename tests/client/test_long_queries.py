"""Queries that no address holds, over real HTTP: the answers are those that a short query would have brought."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import Client, Retry
from pysnow.exceptions import (
    AuthenticationError,
    DeadlineExceeded,
    HTTPStatusError,
    IncompleteResponse,
    InvalidUsage,
    MissingResult,
    NotFound,
    PermissionDenied,
    PysnowException,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    TruncatedResponse,
)
from pysnow.sandbox import Sandbox
from pysnow.wire.address_limit import LONGEST_ADDRESS
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.resource import Resource
    from pysnow.table import Table

IDS = [f"{number * 7919 % 100_003:032x}" for number in range(2_000)]
LONG = "sys_idIN" + ",".join(IDS)
FEW = IDS[:150]
MIDDLING = "sys_idIN" + ",".join(FEW)
"""Above the limit of 4,096 characters, and below that which is known without being shown."""

INCIDENTS = "/api/now/table/incident"
BATCH = "/api/now/v1/batch"
LIMIT = "url-limit:characters=4096"


@pytest.fixture(scope="module")
def crowded() -> Iterator[Sandbox]:
    """An instance with 2,000 records more."""
    with Sandbox() as sandbox:
        for number, key in enumerate(IDS):
            sandbox.add("incident", {"sys_id": key, "number": f"INC9{number:06}"})
        yield sandbox


@pytest.fixture
def instance(crowded: Sandbox) -> Iterator[Sandbox]:
    """The same for each test: they only read."""
    crowded.requests.clear()
    yield crowded
    crowded.faults.clear()


@pytest.fixture
def connect(instance: Sandbox) -> Callable[..., Client]:
    """Gives clients of that instance, which never wait."""

    def give(**settings: Any) -> Client:
        client = Client(**{"instance": instance.url, "user": "admin", "password": "admin", **settings})
        client._clockwork = Clockwork(sleep=lambda seconds: None)
        return client

    return give


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()


@pytest.fixture
def table(client: Client) -> Table:
    return client.table("incident")


@pytest.fixture
def resource(client: Client) -> Resource:
    return client.resource(api_path="/table/incident")


def _keys(rows: Any) -> list[str]:
    return [row["sys_id"] for row in rows]


def _sent(sandbox: Sandbox) -> list[tuple[str, int]]:
    return [(entry.path, entry.status) for entry in sandbox.requests]


# -- what comes --------------------------------------------------------------------------------------------------------


def test_get__of_2000_ids__brings_them(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    assert sorted(_keys(table.get(LONG, fields=["sys_id"]).all())) == sorted(IDS)


@pytest.mark.parametrize("workers", [1, 3])
def test_iterate__of_2000_ids__brings_each_once_in_order(instance: Sandbox, table: Table, workers: int) -> None:
    instance.faults.add(LIMIT)
    walk = table.iterate(LONG, fields=["sys_id"], page_size=300, workers=workers)
    assert _keys(walk) == sorted(IDS)


def test_iterate__in_an_order_of_ones_own__keeps_it(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    walk = table.iterate(f"{LONG}^ORDERBYDESCnumber", fields=["sys_id"], page_size=300, order_by="-number")
    assert _keys(walk) == IDS[::-1]


def test_iterate__with_a_limit__ends_there(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    assert _keys(table.iterate(LONG, fields=["sys_id"], page_size=300, limit=700)) == sorted(IDS)[:700]


def test_iterate__an_id_twice__brings_it_once(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    assert _keys(table.iterate(f"{LONG},{IDS[0]}", fields=["sys_id"])) == sorted(IDS)


def test_count__of_2000_ids(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    assert table.count(LONG) == len(IDS)


def test_aggregate__of_2000_ids(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    groups = table.aggregate(LONG, count=True, group_by="active")
    assert sum(group.count for group in groups) == len(IDS)


def test_first__among_2000_ids(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    found = table.first(f"{LONG}^ORDERBYDESCnumber")
    assert found is not None
    assert found["sys_id"] == IDS[-1]


def test_one__by_a_long_query(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    assert table.one(f"{LONG}^number=INC9000007")["sys_id"] == IDS[7]


@pytest.mark.parametrize("stream", [False, True])
def test_resource_get__of_2000_ids__brings_them(instance: Sandbox, resource: Resource, stream: bool) -> None:
    instance.faults.add(LIMIT)
    assert len(list(resource.get(query=LONG, fields=["sys_id"], stream=stream).all())) == len(IDS)


def test_client_get__by_a_long_query__gives_the_answer(instance: Sandbox, client: Client) -> None:
    instance.faults.add(LIMIT)
    answer = client.get("table/incident", params={"sysparm_query": LONG, "sysparm_limit": "3"})
    assert (answer.status_code, answer.request.method, len(answer.json()["result"])) == (200, "GET", 3)


def test_client_get__streamed__can_be_read_from_below(instance: Sandbox, client: Client) -> None:
    with client.get("table/incident", params={"sysparm_query": LONG, "sysparm_limit": "3"}, stream=True) as answer:
        assert json.loads(answer.raw.read()) == answer.json()


def test_answer__has_its_own_headers(instance: Sandbox, resource: Resource) -> None:
    answer = resource.get(query=LONG, limit=3)
    assert answer.headers["X-Total-Count"] == str(len(IDS))


def test_answer__names_the_transaction(instance: Sandbox, resource: Resource) -> None:
    assert resource.get(query=LONG, limit=3).headers.get("X-Transaction-ID")


def test_query__that_is_no_ascii__arrives(instance: Sandbox, table: Table) -> None:
    query = f"number=INC9000007^ORshort_description=100% k\u00fchl + \u96ea & so^{LONG}"
    assert _keys(table.get(query, fields=["sys_id"]).all()) == [IDS[7]]


def test_session_parameters__go_with_it(instance: Sandbox, connect: Callable[..., Client]) -> None:
    session = requests.Session()
    session.auth, session.params = ("admin", "admin"), {"sysparm_fields": "number"}
    client = connect(user=None, password=None, session=session)
    answer = client.get("table/incident", params={"sysparm_query": LONG, "sysparm_limit": "1"})
    assert list(answer.json()["result"][0]) == ["number"]


def test_session_of_a_class_of_its_own__sends_the_batch(instance: Sandbox, connect: Callable[..., Client]) -> None:
    class Own(requests.Session):
        pass

    session = Own()
    session.auth = ("admin", "admin")
    client = connect(user=None, password=None, session=session)
    assert client.table("incident").count(LONG) == len(IDS)


# -- which way ---------------------------------------------------------------------------------------------------------


def _padded(characters: int) -> dict[str, str]:
    spare = characters - len(f"{INCIDENTS}?sysparm_limit=1&sysparm_query=number!=")
    return {"sysparm_limit": "1", "sysparm_query": "number!=" + "x" * (spare - len("%21%3D") + len("!="))}


@pytest.mark.parametrize(("more", "path"), [(0, INCIDENTS), (1, BATCH)])
def test_address__up_to_the_limit__goes_as_it_is(instance: Sandbox, client: Client, more: int, path: str) -> None:
    client.get("table/incident", params=_padded(LONGEST_ADDRESS + more))
    assert _sent(instance) == [(path, 200)]


def test_address__refused__goes_within_a_batch(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    table.get(MIDDLING, fields=["sys_id"]).all()
    assert _sent(instance) == [(INCIDENTS, 414), (BATCH, 200)]


def test_address__refused__is_remembered(instance: Sandbox, client: Client, table: Table) -> None:
    instance.faults.add(LIMIT)
    table.get(MIDDLING, fields=["sys_id"]).all()
    instance.requests.clear()
    client.table("incident").get(MIDDLING, fields=["sys_id"]).all()
    assert _sent(instance) == [(BATCH, 200)]


def test_address__shorter_than_a_refused_one__goes_as_it_is(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    table.get(MIDDLING, fields=["sys_id"]).all()
    instance.requests.clear()
    table.get("sys_idIN" + ",".join(FEW[:100]), fields=["sys_id"]).all()
    assert _sent(instance) == [(INCIDENTS, 200)]


@pytest.mark.parametrize("status", [400, 413, 431])
def test_address__refused_with_a_page__goes_within_a_batch(instance: Sandbox, table: Table, status: int) -> None:
    instance.faults.add("url-limit", characters=4096, status=status)
    assert len(table.get(MIDDLING, fields=["sys_id"]).all()) == len(FEW)


def test_page_of_another_status__is_no_refusal_of_an_address(instance: Sandbox, table: Table) -> None:
    instance.faults.add("url-limit", characters=4096, status=404)
    with pytest.raises(NotFound):
        table.get(MIDDLING).all()


def test_refusal__of_a_short_address__is_an_error(instance: Sandbox, table: Table) -> None:
    instance.faults.add("url-limit", characters=20)
    with pytest.raises(HTTPStatusError, match=r"^414 for GET /api/now/table/incident"):
        table.get("active=true").all()


def test_error_object_under_400__is_no_refusal_of_an_address(instance: Sandbox, client: Client) -> None:
    client.get("table/no_such_table", params=_padded(4_000))
    assert _sent(instance) == [("/api/now/table/no_such_table", 400)]


def test_page_of_the_platform__does_not_travel_within_a_batch(instance: Sandbox, client: Client) -> None:
    client.get("/incident.do?JSONv2", params={"sysparm_query": LONG[:9_000]})
    assert [path for path, _ in _sent(instance)] == ["/incident.do"]


def test_request_with_another_method_in_its_header__does_not_travel_within_a_batch(
    instance: Sandbox, client: Client
) -> None:
    client.get("table/incident", params=_padded(9_000), headers={"X-HTTP-Method-Override": "GET"})
    assert [path for path, _ in _sent(instance)] == [INCIDENTS]


def test_retries_off__refused__goes_within_a_batch_all_the_same(
    instance: Sandbox, connect: Callable[..., Client]
) -> None:
    instance.faults.add(LIMIT)
    assert len(connect(retry=None).table("incident").get(MIDDLING, fields=["sys_id"]).all()) == len(FEW)


# -- it is a read ------------------------------------------------------------------------------------------------------


def test_read_only_client__may_send_it(instance: Sandbox, connect: Callable[..., Client]) -> None:
    assert connect(read_only=True).table("incident").count(LONG) == len(IDS)


PASSING = [
    "drop-before",
    "drop-after:reset=true",
    "reset-body",
    "cut-body:framing=length",
    "cut-body:framing=close",
    "truncated-gzip",
    "corrupt-gzip",
    "too-many-requests",
    "session-queue",
    "server-error",
    "transaction-cancelled",
    "server-error:status=503,html=true",
    "request-timeout",
    "accepted",
    "empty-body:status=200",
    "batch-unserviced",
    "batch-unknown-id",
]
STRANGE = [
    "login-page",
    "proxy-page",
    "redirect",
    "null-body",
    "bare-list",
    "no-result",
    "invalid-utf8",
    "trailing-bytes",
    "byte-order-mark",
    "mislabelled-gzip:body=packed",
    "unauthorized",
    "batch-repeated-id",
]


def _once(fault: str) -> str:
    return f"{fault}{',' if ':' in fault else ':'}operation=batch,times=1"


@pytest.mark.parametrize("fault", PASSING)
def test_batch_that_fails_once__is_repeated(instance: Sandbox, table: Table, fault: str) -> None:
    instance.faults.add(_once(fault))
    assert sorted(_keys(table.get(LONG, fields=["sys_id"]).all())) == sorted(IDS)


@pytest.mark.parametrize("fault", PASSING)
def test_iterate__batch_that_fails_once__brings_each_once(instance: Sandbox, table: Table, fault: str) -> None:
    instance.faults.add(_once(fault))
    assert _keys(table.iterate(LONG, fields=["sys_id"], page_size=700)) == sorted(IDS)


@pytest.mark.parametrize("fault", STRANGE)
def test_strange_batch__is_no_loss(instance: Sandbox, table: Table, fault: str) -> None:
    rule = instance.faults.add(_once(fault))
    try:
        found = sorted(_keys(table.get(LONG, fields=["sys_id"]).all()))
    except PysnowException:
        found = sorted(IDS)
    assert (rule.strikes, found) == (1, sorted(IDS))


class _Renewing(requests.auth.HTTPBasicAuth):
    """Credentials that are good when they were renewed."""

    def renewed(self, sent: object) -> bool:
        self.password = "admin"
        return True


def test_batch_refused_for_its_credentials__is_sent_with_renewed_ones(
    instance: Sandbox, connect: Callable[..., Client]
) -> None:
    client = connect(user=None, password=None, auth=_Renewing("admin", "outdated"))
    assert client.table("incident").count(LONG) == len(IDS)


def test_batch_that_is_not_serviced__is_repeated(instance: Sandbox, table: Table) -> None:
    instance.faults.add("batch-unserviced", times=1)
    assert len(table.get(LONG, fields=["sys_id"]).all()) == len(IDS)


def test_batch_that_is_never_serviced__is_an_error(instance: Sandbox, table: Table) -> None:
    instance.faults.add("batch-unserviced")
    with pytest.raises(IncompleteResponse, match="was not serviced"):
        table.get(LONG).all()


def test_batch_answered_under_another_name__is_no_answer(instance: Sandbox, table: Table) -> None:
    instance.faults.add("batch-unknown-id")
    with pytest.raises(IncompleteResponse):
        table.get(LONG).all()


def test_batch_answered_twice__is_taken_once(instance: Sandbox, table: Table) -> None:
    instance.faults.add("batch-repeated-id")
    assert len(table.get(LONG, fields=["sys_id"]).all()) == len(IDS)


def test_stats__count_a_read_of_the_table(instance: Sandbox, client: Client, table: Table) -> None:
    table.get(LONG, fields=["sys_id"]).all()
    assert list(client.stats) == ["GET /api/now/table/incident"]


def test_stats__count_what_was_refused_too(instance: Sandbox, client: Client, table: Table) -> None:
    instance.faults.add(LIMIT)
    table.get(MIDDLING, fields=["sys_id"]).all()
    assert (client.stats.total.calls, client.stats.total.retries) == (1, 1)


def test_hooks__are_told_of_the_read(instance: Sandbox, client: Client, table: Table) -> None:
    told: list[tuple[str, str, int | None]] = []
    client.hooks.response.append(lambda event: told.append((event.method, event.path, event.status)))
    table.get(LONG, fields=["sys_id"]).all()
    assert told == [("GET", INCIDENTS, 200)]


def test_hooks__are_told_of_the_other_way(instance: Sandbox, client: Client, table: Table) -> None:
    instance.faults.add(LIMIT)
    told: list[tuple[str | None, float | None]] = []
    client.hooks.retry.append(lambda event: told.append((event.cause, event.wait)))
    table.get(MIDDLING, fields=["sys_id"]).all()
    assert told == [("status 414", 0.0)]


# -- errors of the request itself --------------------------------------------------------------------------------------


def test_inner_400__is_that_of_the_table(instance: Sandbox, client: Client) -> None:
    with pytest.raises(HTTPStatusError, match=r"^400 for GET /api/now/table/no_such_table"):
        client.table("no_such_table").get(LONG).all()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError),
        (403, PermissionDenied),
        (404, NotFound),
        (414, HTTPStatusError),
        (429, RateLimited),
        (503, ServerError),
    ],
)
def test_inner_status__is_that_of_the_answer(
    instance: Sandbox, connect: Callable[..., Client], status: int, kind: type[PysnowException]
) -> None:
    answer = {"error": {"message": "Refused", "detail": ""}, "status": "failure"}
    with pytest.raises(kind, match=rf"^{status} for GET /api/now/table/incident"):
        _answered(instance, connect, status, answer).table("incident").get(LONG).all()


def _answered(instance: Sandbox, connect: Callable[..., Client], status: int, document: Any, **headers: str) -> Client:
    """A client whose batches are answered by an adapter of its own: with this status and document within them."""
    body = base64.b64encode(json.dumps(document).encode()).decode()
    listed = [{"name": name, "value": value} for name, value in {"Content-Type": "application/json", **headers}.items()]
    item = {"id": "1", "status_code": status, "status_text": "", "body": body, "headers": listed}
    return _outer(instance, connect, {"batch_request_id": "1", "serviced_requests": [item], "unserviced_requests": []})


class _Answering(requests.adapters.HTTPAdapter):
    def __init__(self, document: Any) -> None:
        super().__init__()
        self.document = document

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        response.headers["Content-Type"] = "application/json"
        response.raw = io.BytesIO(json.dumps(self.document).encode())
        return response


def _outer(instance: Sandbox, connect: Callable[..., Client], document: Any) -> Client:
    session = requests.Session()
    session.auth = ("admin", "admin")
    session.mount(instance.url, _Answering(document))
    return connect(user=None, password=None, session=session)


# -- answers that are none ---------------------------------------------------------------------------------------------


def test_answer_without_a_batch__is_named_for_what_it_is(instance: Sandbox, connect: Callable[..., Client]) -> None:
    with pytest.raises(MissingResult, match="GET /api/now/table/incident"):
        _outer(instance, connect, {"status": "fine"}).table("incident").get(LONG).all()


def test_login_page__is_named_for_what_it_is(instance: Sandbox, table: Table) -> None:
    instance.faults.add("login-page", operation="batch")
    with pytest.raises(PysnowException, match="login page"):
        table.get(LONG).all()


def _limited(connect: Callable[..., Client], size: int) -> Client:
    """A client that has its batches answered with so many bytes at the most."""
    session = requests.Session()
    session.auth = ("admin", "admin")
    session.headers["X-BATCHREQUEST-MAX-OUTPUT-SIZE"] = str(size)
    return connect(user=None, password=None, session=session)


@pytest.mark.parametrize("size", [1_000, 1_001, 1_002, 1_003, 1_004, 1_050])
def test_answer_cut_at_the_limit_of_a_batch__is_noticed(
    instance: Sandbox, connect: Callable[..., Client], size: int
) -> None:
    with pytest.raises((ResponseTooLarge, TruncatedResponse)):
        _limited(connect, size).table("incident").get(LONG, fields=["sys_id"]).all()


def test_answer_cut_at_the_limit_of_a_batch__says_what_to_do(instance: Sandbox, connect: Callable[..., Client]) -> None:
    with pytest.raises(ResponseTooLarge) as caught:
        _limited(connect, 1_000).table("incident").get(LONG, fields=["sys_id"]).all()
    assert "glide.rest.batch.max.outputSize" in str(caught.value.hint)


def test_answer_cut_at_the_limit_of_a_batch__is_not_asked_for_again(
    instance: Sandbox, connect: Callable[..., Client]
) -> None:
    with pytest.raises(ResponseTooLarge):
        _limited(connect, 1_000).table("incident").get(LONG, fields=["sys_id"]).all()
    assert len(instance.requests) == 1


def test_answer_shorter_than_announced__is_noticed(instance: Sandbox, connect: Callable[..., Client]) -> None:
    client = _answered(instance, connect, 200, "a line", **{"Content-Type": "text/plain", "Content-Length": "9"})
    with pytest.raises(ResponseTooLarge):
        client.get("x/y", params={"a": LONG})


def test_answer_that_is_no_object__is_not_taken_for_cut(instance: Sandbox, connect: Callable[..., Client]) -> None:
    assert _answered(instance, connect, 200, "a line").get("x/y", params={"a": LONG}).json() == "a line"


def test_iterate__pages_larger_than_a_batch_answers__makes_them_smaller(
    instance: Sandbox, connect: Callable[..., Client]
) -> None:
    table = _limited(connect, 20_000).table("incident")
    assert _keys(table.iterate(LONG, fields=["sys_id"], page_size=1_000)) == sorted(IDS)


def test_deadline__holds_for_the_batch(instance: Sandbox, connect: Callable[..., Client]) -> None:
    instance.faults.add("latency", seconds=600, operation="batch")
    with pytest.raises(DeadlineExceeded):
        connect(deadline=0.3).table("incident").get(LONG).all()


# -- no Batch API ------------------------------------------------------------------------------------------------------


def test_batch_closed__address_not_refused__goes_as_it_is(instance: Sandbox, table: Table) -> None:
    instance.faults.add("forbidden", operation="batch")
    query = "sys_idIN" + ",".join(IDS[:300])
    assert len(table.get(query, fields=["sys_id"]).all()) == 300


def test_batch_closed__is_remembered_for_addresses_not_refused(instance: Sandbox, table: Table) -> None:
    instance.faults.add("forbidden", operation="batch")
    query = "sys_idIN" + ",".join(IDS[:300])
    for _ in range(2):
        table.get(query, fields=["sys_id"]).all()
    assert _sent(instance) == [(BATCH, 403), (INCIDENTS, 200), (INCIDENTS, 200)]


def test_batch_closed__address_refused__says_what_to_do(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    instance.faults.add("forbidden", operation="batch")
    with pytest.raises(PermissionDenied, match="have POST /api/now/v1/batch allowed for this user, or split the query"):
        table.get(MIDDLING).all()


def test_batch_closed__long_address_refused__ends(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    instance.faults.add("forbidden", operation="batch")
    with pytest.raises(PermissionDenied):
        table.get("sys_idIN" + ",".join(IDS[:300])).all()
    assert _sent(instance) == [(BATCH, 403), (INCIDENTS, 414), (BATCH, 403)]


def test_batch_closed__without_retries__goes_as_it_is(instance: Sandbox, connect: Callable[..., Client]) -> None:
    instance.faults.add("forbidden", operation="batch")
    query = "sys_idIN" + ",".join(IDS[:300])
    assert len(connect(retry=Retry(attempts=1)).table("incident").get(query, fields=["sys_id"]).all()) == 300


def test_batch_closed__is_no_missing_record(instance: Sandbox, table: Table) -> None:
    instance.faults.add(LIMIT)
    instance.faults.add("server-error:status=404", operation="batch")
    with pytest.raises(PysnowException) as caught:
        table.get(MIDDLING).all()
    assert not isinstance(caught.value, NotFound)


# -- what travels ------------------------------------------------------------------------------------------------------


def _batch(instance: Sandbox) -> Any:
    return instance.requests[-1]


def test_batch__holds_no_credentials(instance: Sandbox) -> None:
    client = Client(instance=instance.url, session=requests.Session())  # nobody else says who is calling
    headers = {"Authorization": "Basic YWRtaW46YWRtaW4=", "X-UserToken": "canary-2", "Cookie": "a=canary-3"}
    client.table("incident").request("GET", params={"sysparm_query": LONG[:9_000]}, headers=headers)
    assert not re.search(rb"(?i)canary|YWRtaW|authorization|usertoken|cookie", _batch(instance).body)


def test_batch__has_the_headers_of_the_call(instance: Sandbox, client: Client) -> None:
    client.get("table/incident", params={"sysparm_query": LONG[:9_000]}, headers={"X-Mine": "1"})
    assert dict(_batch(instance).parts[0].headers)["x-mine"] == "1"


def test_batch__asks_for_what_the_call_accepts(instance: Sandbox, client: Client) -> None:
    answer = client.get(
        "table/incident",
        params={"sysparm_query": LONG[:9_000], "sysparm_limit": "1"},
        headers={"accept": "application/xml"},
    )
    assert answer.headers["Content-Type"].startswith("application/xml")


def test_answer__remembers_no_credentials(instance: Sandbox, client: Client) -> None:
    answer = client.get("table/incident", params={"sysparm_query": LONG[:9_000]})
    assert not {"authorization", "cookie"} & {name.lower() for name in answer.request.headers}


def test_refusal_of_the_batch__shows_no_password(
    instance: Sandbox, connect: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    instance.add_user("canary", password="canary-77", roles=["admin"])
    instance.faults.add(LIMIT)
    instance.faults.add("forbidden", operation="batch")
    with pytest.raises(PysnowException) as caught:
        connect(user="canary", password="canary-77").table("incident").get(MIDDLING).all()
    response = caught.value.response
    assert response is not None
    assert "canary-77" not in f"{caught.value} {vars(caught.value)} {response.request.headers} {caplog.text}"


def test_bad_header__is_refused_before_anything_is_sent(instance: Sandbox, client: Client) -> None:
    with pytest.raises(InvalidUsage):
        client.get("table/incident", params={"sysparm_query": LONG}, headers={"X": "a\nb"})
    assert not instance.requests
