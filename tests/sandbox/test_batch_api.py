"""The Batch API, as its documentation and the recordings of PySNC's tests have it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

from pysnow.sandbox import Sandbox
from pysnow.sandbox.batch_api.handlers import BatchHandlers
from pysnow.sandbox.http.answer import Answer, Document
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.http.routing import Route, Router

Call = Callable[..., requests.Response]
Row = dict[str, str | None]

BATCH = "/api/now/v1/batch"
INCIDENTS = "/api/now/table/incident"
MEGABYTE = 1024 * 1024
ONE = f"{INCIDENTS}?sysparm_limit=1&sysparm_fields=number"
LIST = {"id": "a", "method": "GET", "url": ONE}


def encoded(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def decoded(item: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(item["body"]))


def creation(item_id: str, text: str = "x") -> dict[str, Any]:
    return {"id": item_id, "method": "POST", "url": INCIDENTS, "body": encoded({"short_description": text})}


@pytest.fixture
def batch(call: Call) -> Callable[..., dict[str, Any]]:
    """Send requests as a batch; gives the answer's document."""

    def send(*items: dict[str, Any], **options: Any) -> dict[str, Any]:
        answer = call("POST", BATCH, json={"batch_request_id": "1", "rest_requests": items}, **options)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    return send


@pytest.fixture
def only(batch: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Send one request as a batch; gives its answer."""

    def send(**item: Any) -> dict[str, Any]:
        serviced: dict[str, Any] = batch(LIST | item)["serviced_requests"][0]
        return serviced

    return send


def statuses(document: dict[str, Any]) -> list[tuple[str, int]]:
    return [(item["id"], item["status_code"]) for item in document["serviced_requests"]]


# -- the answer -------------------------------------------------------------------------------------------------------


def test_batch__members(batch: Callable[..., dict[str, Any]]) -> None:
    """Batch API documentation."""
    assert list(batch(LIST)) == ["batch_request_id", "serviced_requests", "unserviced_requests"]


def test_batch__members_of_an_answer(only: Callable[..., dict[str, Any]]) -> None:
    """Batch API documentation; error_message and redirect_url are optional."""
    assert set(only()) == {"id", "status_code", "status_text", "execution_time", "body", "headers"}


@pytest.mark.parametrize("path", [BATCH, "/api/now/batch"])
def test_batch__path(call: Call, path: str) -> None:
    assert call("POST", path, json={"batch_request_id": "1", "rest_requests": [LIST]}).status_code == 200


def test_batch__there_is_no_version_2(call: Call) -> None:
    assert call("POST", "/api/now/v2/batch", json={"rest_requests": []}).status_code == 400


def test_batch__is_posted(call: Call) -> None:
    assert call("GET", BATCH).status_code == 405


@pytest.mark.parametrize("sent", ["17", 17])
def test_batch__id_comes_back_as_a_string(call: Call, sent: object) -> None:
    """Recorded by PySNC's tests."""
    answer = call("POST", BATCH, json={"batch_request_id": sent, "rest_requests": []})
    assert answer.json() == {"batch_request_id": "17", "serviced_requests": [], "unserviced_requests": []}


def test_batch__needs_a_login(sandbox: Sandbox) -> None:
    assert requests.post(f"{sandbox.url}{BATCH}", json={"rest_requests": []}, timeout=30).status_code == 401


def test_batch__xml_answer(call: Call) -> None:
    answer = call("POST", BATCH, json={"rest_requests": [LIST]}, headers={"Accept": "application/xml"})
    assert ElementTree.fromstring(answer.content).findtext("serviced_requests/status_code") == "200"


def test_batch__xml_body_is_not_emulated(call: Call) -> None:
    answer = call("POST", BATCH, data="<request/>", headers={"Content-Type": "application/xml"})
    assert answer.status_code == 501


# -- items ------------------------------------------------------------------------------------------------------------


def test_item__body_is_base64(only: Callable[..., dict[str, Any]]) -> None:
    assert list(decoded(only())["result"][0]) == ["number"]


def test_item__status_text(only: Callable[..., dict[str, Any]]) -> None:
    assert only(**creation("a"))["status_text"] == "Created"


def test_item__numbers_are_numbers(only: Callable[..., dict[str, Any]]) -> None:
    """Unlike the values of records: Batch API documentation."""
    assert isinstance(only()["execution_time"], int)


def test_item__content_type_comes_first(only: Callable[..., dict[str, Any]]) -> None:
    assert only()["headers"][0] == {"name": "Content-Type", "value": "application/json;charset=UTF-8"}


def test_item__total_count_is_among_its_headers(sandbox: Sandbox, only: Callable[..., dict[str, Any]]) -> None:
    total = str(len(sandbox.table("incident").rows))
    assert {"name": "X-Total-Count", "value": total} in only()["headers"]


def test_item__without_headers(only: Callable[..., dict[str, Any]]) -> None:
    """exclude_response_headers, Batch API documentation."""
    assert only(exclude_response_headers=True)["headers"] == []


def test_item__headers_of_its_own(only: Callable[..., dict[str, Any]]) -> None:
    """What a request accepts stands in its own headers (Batch API documentation)."""
    item = only(headers=[{"name": "Accept", "value": "application/xml"}])
    assert base64.b64decode(item["body"]).startswith(b"<?xml")


def test_item__no_content(only: Callable[..., dict[str, Any]], incident: Row) -> None:
    item = only(method="DELETE", url=f"{INCIDENTS}/{incident['sys_id']}")
    assert (item["status_code"], item["body"]) == (204, "")


def test_item__method_in_small_letters(only: Callable[..., dict[str, Any]]) -> None:
    assert only(method="get")["status_code"] == 200


def test_item__method_override(only: Callable[..., dict[str, Any]], incident: Row) -> None:
    override = [{"name": "X-HTTP-Method-Override", "value": "DELETE"}]
    item = only(method="POST", url=f"{INCIDENTS}/{incident['sys_id']}", headers=override)
    assert item["status_code"] == 204


def test_item__long_url(only: Callable[..., dict[str, Any]]) -> None:
    """Long queries travel in a batch, as PySNC sends them."""
    assert only(url=f"{ONE}&sysparm_query=sys_idIN{'a,' * 20_000}")["status_code"] == 200


def test_item__url_with_escapes(sandbox: Sandbox, only: Callable[..., dict[str, Any]]) -> None:
    sandbox.add("incident", {"short_description": "Grüße & mehr"})
    item = only(url=f"{ONE}&sysparm_query=short_description%3DGr%C3%BC%C3%9Fe%20%26%20mehr")
    assert len(decoded(item)["result"]) == 1


def test_item__url_without_escapes(sandbox: Sandbox, only: Callable[..., dict[str, Any]]) -> None:
    sandbox.add("incident", {"short_description": "Grüße"})
    assert len(decoded(only(url=f"{ONE}&sysparm_query=short_description=Grüße"))["result"]) == 1


def test_item__attachment(only: Callable[..., dict[str, Any]], sandbox: Sandbox, incident: Row) -> None:
    url = f"/api/now/attachment/file?table_name=incident&table_sys_id={incident['sys_id']}&file_name=a.bin"
    content = base64.b64encode(b"\x00\xff").decode()
    only(method="POST", url=url, headers=[{"name": "Content-Type", "value": "image/png"}], body=content)
    attached = [row for row in sandbox.table("sys_attachment").rows if row["file_name"] == "a.bin"]
    assert b"".join(sandbox.instance.attachment_chunks(attached[0]["sys_id"] or "")) == b"\x00\xff"


def test_item__runs_as_the_caller_of_the_batch(only: Callable[..., dict[str, Any]]) -> None:
    other = "Basic " + base64.b64encode(b"itil:itil").decode()
    item = only(**creation("a"), headers=[{"name": "Authorization", "value": other}])
    assert decoded(item)["result"]["sys_created_by"] == "admin"


def test_item__runs_with_the_rights_of_the_batch(call: Call) -> None:
    answer = call("POST", BATCH, json={"rest_requests": [creation("a")]}, auth=("itil", "itil"))
    assert decoded(answer.json()["serviced_requests"][0])["result"]["sys_created_by"] == "itil"


# -- several items ----------------------------------------------------------------------------------------------------


def test_items__answers_in_order(batch: Callable[..., dict[str, Any]]) -> None:
    """One after another, in request order (Batch API documentation, recorded by PySNC's tests)."""
    document = batch(LIST, creation("b"), LIST | {"id": "c", "url": "/api/now/table/u_nope"})
    assert statuses(document) == [("a", 200), ("b", 201), ("c", 400)]


def test_items__later_ones_see_what_earlier_ones_did(batch: Callable[..., dict[str, Any]]) -> None:
    seen = LIST | {"url": f"{INCIDENTS}?sysparm_query=short_description=Fresh"}
    document = batch(creation("new", "Fresh"), seen)
    assert len(decoded(document["serviced_requests"][1])["result"]) == 1


def test_items__no_transaction_around_them(batch: Callable[..., dict[str, Any]], sandbox: Sandbox) -> None:
    before = len(sandbox.table("incident").rows)
    batch(creation("a"), LIST | {"url": "/api/now/table/u_nope"})
    assert len(sandbox.table("incident").rows) == before + 1


def test_items__one_entry_in_the_request_log(batch: Callable[..., dict[str, Any]], sandbox: Sandbox) -> None:
    """One batch is one transaction."""
    batch(LIST, LIST)
    assert [entry.path for entry in sandbox.requests] == [BATCH]


def test_items__in_a_session(sandbox: Sandbox) -> None:
    """The requests of a batch do not wait for the session that the batch itself holds."""
    with requests.Session() as session:
        session.auth = ("admin", "admin")
        for _ in range(2):
            answer = session.post(f"{sandbox.url}{BATCH}", json={"rest_requests": [LIST]}, timeout=5)
    assert statuses(answer.json()) == [("a", 200)]


# -- refused items ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "status", "message"),
    [
        pytest.param({"url": "/api/now/table/u_nope"}, 400, "Invalid table u_nope", id="unknown table"),
        pytest.param({"url": f"{INCIDENTS}/nope"}, 404, "No Record found", id="unknown record"),
        pytest.param({"method": "BREW"}, 405, "Method not supported", id="unknown verb"),
        pytest.param({"url": ""}, 400, "Requested URI does not represent any resource", id="no url"),
        pytest.param(
            {"url": f"https://example.com{ONE}"}, 400, "Requested URI does not represent any resource", id="whole url"
        ),
        pytest.param({"url": "/oauth_token.do"}, 501, "Not emulated by the sandbox", id="no REST API"),
        pytest.param({"url": "/api/now/cmdb/instance/cmdb_ci"}, 501, "Not emulated by the sandbox", id="unserved"),
        pytest.param({"body": "%%%"}, 400, "Exception while reading request", id="no base64"),
        pytest.param({"method": "POST", "body": "e30"}, 400, "Exception while reading request", id="cut base64"),
        pytest.param({"method": "POST", "body": "eyI="}, 400, "Exception while reading request", id="no JSON"),
        pytest.param(
            {"headers": [{"name": "Accept", "value": "text/plain"}]}, 406, "Not acceptable", id="other format"
        ),
    ],
)
def test_refused__item(only: Callable[..., dict[str, Any]], item: dict[str, Any], status: int, message: str) -> None:
    """Each is answered as if it had come alone; error_message is the envelope's message (our default)."""
    answer = only(**item)
    assert (answer["status_code"], decoded(answer)["error"]["message"], answer["error_message"]) == (
        status,
        message,
        message,
    )


@pytest.mark.parametrize("path", [BATCH, "/api/now/batch"])
def test_refused__batch_in_a_batch(only: Callable[..., dict[str, Any]], path: str) -> None:
    item = only(method="POST", url=path, body=encoded({"rest_requests": [LIST]}))
    assert (item["status_code"], item["error_message"]) == (400, "Invalid batch request")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no list"),
        pytest.param({"rest_requests": {}}, id="an object for the list"),
        pytest.param({"rest_requests": [creation("a"), "b"]}, id="an item that is no object"),
        pytest.param({"rest_requests": [creation("a"), {"id": "b"}]}, id="an item without members"),
        pytest.param({"rest_requests": [creation("a"), LIST | {"id": None}]}, id="an item without an id"),
        pytest.param({"rest_requests": [creation("a"), LIST | {"url": ["x"]}]}, id="a url that is no string"),
        pytest.param({"rest_requests": [creation("a"), LIST | {"headers": {"A": "b"}}]}, id="headers as an object"),
        pytest.param({"rest_requests": [creation("a"), LIST | {"body": {"x": 1}}]}, id="a body that is no string"),
        pytest.param({"rest_requests": [creation("a")], "batch_request_id": {}}, id="an odd id"),
    ],
)
def test_malformed__runs_nothing(call: Call, sandbox: Sandbox, body: dict[str, Any]) -> None:
    before = len(sandbox.table("incident").rows)
    status = call("POST", BATCH, json=body).status_code
    assert (status, len(sandbox.table("incident").rows)) == (400, before)


# -- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "left"), [(5 * MEGABYTE, []), (5 * MEGABYTE + 1, ["big", "c"])])
def test_limit__input(batch: Callable[..., dict[str, Any]], size: int, left: list[str]) -> None:
    """glide.rest.batch.max.inputSize; the rest is named and not run."""
    content = base64.b64encode(b" " * size).decode()
    big = {"id": "big", "method": "POST", "url": INCIDENTS, "body": content}
    assert batch(LIST, big, LIST | {"id": "c"})["unserviced_requests"] == left


def test_limit__input_runs_nothing_beyond_it(batch: Callable[..., dict[str, Any]], sandbox: Sandbox) -> None:
    sandbox.instance.properties["glide.rest.batch.max.inputSize"] = "1"
    before = len(sandbox.table("incident").rows)
    batch(creation("big", "x" * MEGABYTE), creation("b"))
    assert len(sandbox.table("incident").rows) == before


def test_limit__input_property_is_at_most_ten(batch: Callable[..., dict[str, Any]], sandbox: Sandbox) -> None:
    sandbox.instance.properties["glide.rest.batch.max.inputSize"] = "99"
    sandbox.instance.properties["glide.rest.max_content_length"] = "20"
    big = {"id": "big", "method": "POST", "url": INCIDENTS, "body": base64.b64encode(b" " * 11 * MEGABYTE).decode()}
    assert batch(big)["unserviced_requests"] == ["big"]


def test_limit__body_of_the_whole_batch(call: Call) -> None:
    """glide.rest.max_content_length, KB0747638."""
    answer = call("POST", BATCH, data=b" " * (10 * MEGABYTE + 1), headers={"Content-Type": "application/json"})
    assert answer.json()["error"]["detail"].startswith("Rejected large REST payload")


def test_limit__output_cuts_the_answer(batch: Callable[..., dict[str, Any]]) -> None:
    """Its request has run: it must not be told to run again (our default)."""
    document = batch(LIST, headers={"X-BATCHREQUEST-MAX-OUTPUT-SIZE": "10"})
    assert base64.b64decode(document["serviced_requests"][0]["body"]) == b'{"result":'


def test_limit__output_leaves_the_rest(batch: Callable[..., dict[str, Any]]) -> None:
    items = [LIST | {"id": name} for name in "abc"]
    assert batch(*items, headers={"X-BATCHREQUEST-MAX-OUTPUT-SIZE": "10"})["unserviced_requests"] == ["b", "c"]


def test_limit__output_is_for_each_answer(batch: Callable[..., dict[str, Any]]) -> None:
    document = batch(LIST, LIST, LIST, headers={"X-BATCHREQUEST-MAX-OUTPUT-SIZE": "100"})
    assert len(document["serviced_requests"]) == 3


@pytest.mark.parametrize("size", ["0", "-1", "many", ""])
def test_limit__output_header_without_sense(batch: Callable[..., dict[str, Any]], size: str) -> None:
    document = batch(LIST, headers={"X-BATCHREQUEST-MAX-OUTPUT-SIZE": size})
    assert decoded(document["serviced_requests"][0])["result"]


def test_limit__output_header_only_lowers(
    batch: Callable[..., dict[str, Any]], sandbox: Sandbox, incident: Row
) -> None:
    sandbox.instance.properties["glide.rest.batch.max.outputSize"] = "1"
    content = iter([b"x" * (MEGABYTE + 1)])
    instance, sys_id = sandbox.instance, incident["sys_id"] or ""
    file = instance.add_attachment("incident", sys_id, "a.txt", "text/plain", content, instance.system)
    item = LIST | {"url": f"/api/now/attachment/{file['sys_id']}/file"}
    document = batch(item, headers={"X-BATCHREQUEST-MAX-OUTPUT-SIZE": str(99 * MEGABYTE)})
    assert len(base64.b64decode(document["serviced_requests"][0]["body"])) == MEGABYTE


class Bench:
    """A batch API of its own, whose requests take 20 seconds of a clock that stands still otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.sandbox = Sandbox(clock=lambda: self.now)
        served = {"/slow": self.slow, "/moved": self.moved, "/broken": self.broken}
        routes = [Route("GET", path, handler) for path, handler in served.items()]
        self.handlers = BatchHandlers(Router(routes))

    def slow(self, exchange: Exchange) -> Answer:
        self.now += timedelta(seconds=20)
        return Answer(204)

    def moved(self, exchange: Exchange) -> Answer:
        return Answer(302, None, (("Location", "https://example.com/"),))

    def broken(self, exchange: Exchange) -> Answer:
        raise RuntimeError("a mistake in a handler")

    def run(self, *urls: str) -> dict[str, Any]:
        items = [{"id": str(position), "method": "GET", "url": url} for position, url in enumerate(urls)]
        request = Request(create_environ(BATCH, method="POST", json={"rest_requests": items}))
        instance = self.sandbox.instance
        answer = self.handlers.run_batch(Exchange(instance, request, Parameters(""), BATCH, instance.caller("admin")))
        assert isinstance(answer.payload, Document)
        return dict(answer.payload.members)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.sandbox.close()


def test_limit__thirty_seconds(bench: Bench) -> None:
    """The quota of REST batch transactions (KB1297438); what runs may end."""
    document = bench.run("/slow", "/slow", "/slow", "/slow")
    assert (len(document["serviced_requests"]), document["unserviced_requests"]) == (2, ["2", "3"])


def test_item__execution_time_in_milliseconds(bench: Bench) -> None:
    assert bench.run("/slow")["serviced_requests"][0]["execution_time"] == 20_000


def test_item__a_fault_of_the_sandbox_stops_no_other(bench: Bench) -> None:
    assert statuses(bench.run("/broken", "/moved")) == [("0", 500), ("1", 302)]


def test_item__redirect_url(bench: Bench) -> None:
    assert bench.run("/moved")["serviced_requests"][0]["redirect_url"] == "https://example.com/"


# -- whatever is sent -------------------------------------------------------------------------------------------------

TEXTS = st.text(max_size=12) | st.sampled_from(["\ud800", "/api/now/table/incident", "GET", "POST", ONE, "e30="])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXTS, children, max_size=3),
    max_leaves=5,
)
HEADERS = st.lists(st.fixed_dictionaries({"name": TEXTS, "value": TEXTS}), max_size=2)
NEARLY_ITEMS = st.fixed_dictionaries(
    {"id": TEXTS | st.integers(), "method": TEXTS, "url": TEXTS},
    optional={"body": TEXTS, "headers": HEADERS | ANYTHING},
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(NEARLY_ITEMS, max_size=3) | ANYTHING, name=ANYTHING)
def test_any_batch(call: Call, items: Any, name: Any) -> None:
    """A whole answer with a plain refusal, or an answer to every request."""
    answer = call("POST", BATCH, data=json.dumps({"batch_request_id": name, "rest_requests": items}))
    if answer.status_code != 400:
        assert [item["status_code"] for item in answer.json()["serviced_requests"] if item["status_code"] == 500] == []
        assert len(answer.json()["serviced_requests"]) == len(items)


# -- the request log --------------------------------------------------------------------------------------------------


def test_log__one_entry_with_its_requests(batch: Callable[..., dict[str, Any]], sandbox: Sandbox) -> None:
    batch(LIST, creation("b"), LIST | {"id": "c", "url": "/api/now/table/nope"})
    (entry,) = sandbox.requests
    assert [(part.method, part.path, part.status, part.committed) for part in entry.parts] == [
        ("GET", INCIDENTS, 200, False),
        ("POST", INCIDENTS, 201, True),
        ("GET", "/api/now/table/nope", 400, False),
    ]


def test_log__request_as_sent(batch: Callable[..., dict[str, Any]], sandbox: Sandbox) -> None:
    batch(LIST, creation("b", "Printer on fire"))
    listing, created = sandbox.requests[0].parts
    assert (listing.query, created.body) == (
        [("sysparm_limit", "1"), ("sysparm_fields", "number")],
        b'{"short_description": "Printer on fire"}',
    )


def test_log__struck_batch_keeps_its_requests(call: Call, sandbox: Sandbox) -> None:
    """Ground truth of writes whose answer was lost."""
    with sandbox.fault("drop-after"), pytest.raises(requests.ConnectionError):
        call("POST", BATCH, json={"batch_request_id": "1", "rest_requests": [creation("a")]})
    assert [part.committed for part in sandbox.requests[0].parts] == [True]


@pytest.mark.parametrize("url", ["\ud800", "/api/now/table/incident?sysparm_query=\ud800"])
def test_item__url_that_no_url_can_be(call: Call, url: str) -> None:
    body = json.dumps({"batch_request_id": "1", "rest_requests": [LIST | {"url": url}]})
    status = call("POST", BATCH, data=body).json()["serviced_requests"][0]["status_code"]
    assert status in (200, 400)
