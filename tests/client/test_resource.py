"""A resource against a local instance, over real HTTP: what goes out, what comes back, what is refused before."""

from __future__ import annotations

import copy
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pysnow import (
    AuthenticationError,
    Client,
    HTTPStatusError,
    InvalidUsage,
    MultipleResults,
    NoResults,
    QueryBuilder,
    RecordNotFound,
    ResponseError,
    TransportError,
)
from pysnow.criterion import F

if TYPE_CHECKING:
    from pysnow.resource import Resource
    from pysnow.sandbox import Sandbox

FIRST = "9c573169c611228700193229fff72400"


def _sent(sandbox: Sandbox, index: int = -1) -> dict[str, str]:
    return dict(sandbox.requests[index].query)


def _number(sandbox: Sandbox, sys_id: str) -> str:
    return next(row["number"] for row in sandbox.table("incident").rows if row["sys_id"] == sys_id)


# -- reading -----------------------------------------------------------------------------------------------------------


def test_get__sends_what_is_asked_and_leaves_the_rest_out(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.get({"active": True}, limit=5, fields=["number", "caller_id.email"]).all()
    assert _sent(sandbox) == {
        "sysparm_query": "active=true",
        "sysparm_limit": "5",
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "false",
        "sysparm_suppress_pagination_header": "false",
        "sysparm_fields": "number,caller_id.email",
    }


@pytest.mark.parametrize(
    ("option", "parameter", "value"),
    [
        ({"limit": 3}, "sysparm_limit", "3"),
        ({"offset": 2}, "sysparm_offset", "2"),
        ({"fields": "number, state"}, "sysparm_fields", "number,state"),
        ({"fields": ("number", "state")}, "sysparm_fields", "number,state"),
        ({"display_value": True}, "sysparm_display_value", "true"),
        ({"display_value": "all"}, "sysparm_display_value", "all"),
        ({"exclude_reference_link": True}, "sysparm_exclude_reference_link", "true"),
        ({"suppress_pagination_header": True}, "sysparm_suppress_pagination_header", "true"),
        ({"params": {"sysparm_view": "mobile"}}, "sysparm_view", "mobile"),
        ({}, "sysparm_limit", "10000"),
    ],
    ids=str,
)
def test_get__option_reaches_the_wire(
    incidents: Resource, sandbox: Sandbox, option: dict[str, Any], parameter: str, value: str
) -> None:
    incidents.get("priority=1", **option)
    assert _sent(sandbox)[parameter] == value


def test_get__takes_its_first_arguments_by_position(incidents: Resource, sandbox: Sandbox) -> None:
    records = list(incidents.get("active=true^ORDERBYnumber", 2, 1, ["number"], True).all())
    assert (len(records), _sent(sandbox)["sysparm_offset"]) == (2, "1")


@pytest.mark.parametrize(
    "query",
    [
        {"active": True, "priority": "1"},
        "active=true^priority=1",
        QueryBuilder().field("active").equals("true").AND().field("priority").equals("1"),
        F("active").eq(True) & F("priority").eq("1"),
    ],
    ids=["dict", "str", "builder", "expression"],
)
def test_get__finds_the_same_with_every_spelling(incidents: Resource, sandbox: Sandbox, query: Any) -> None:
    expected = {
        row["sys_id"] for row in sandbox.table("incident").rows if (row["active"], row["priority"]) == ("true", "1")
    }
    assert {record["sys_id"] for record in incidents.get(query).all()} == expected
    assert expected


@pytest.mark.parametrize("stream", [False, True])
def test_get__gives_every_record_of_the_page(incidents: Resource, sandbox: Sandbox, stream: bool) -> None:
    found = [record["sys_id"] for record in incidents.get(stream=stream).all()]
    assert sorted(found) == sorted(row["sys_id"] for row in sandbox.table("incident").rows)


def test_get__without_any_parameter_reads_all(incidents: Resource, sandbox: Sandbox) -> None:
    assert len(incidents.get().all()) == len(sandbox.table("incident").rows)


@pytest.mark.parametrize("query", ["INC0000001", "inc0010001", "CHG0000023", "RITM0010001"])
def test_get__refuses_a_number_that_the_instance_would_ignore(
    incidents: Resource, sandbox: Sandbox, query: str
) -> None:
    with pytest.raises(InvalidUsage, match="'number'"):
        incidents.get(query)
    assert not sandbox.requests


def test_get__takes_a_sys_id_for_the_record(incidents: Resource) -> None:
    assert incidents.get(FIRST).one()["sys_id"] == FIRST


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": 5}, {"query": ["active=true"]}, {"query": {"a^b": "c"}}, {"query": {"a": ...}},
        {"limit": -1}, {"limit": "5"}, {"limit": True}, {"offset": -1}, {"fields": ["a&b"]}, {"fields": [5]},
        {"display_value": "yes"}, {"exclude_reference_link": 1}, {"query": {"short_description": "javascript:gs.x()"}},
        {"query": {"sysparm_limit": 5}}, {"fields": 5},
    ],
    ids=str,
)  # fmt: skip
def test_get__refuses_before_anything_is_sent(incidents: Resource, sandbox: Sandbox, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage):
        incidents.get(**arguments)
    assert not sandbox.requests


def test_get__refuses_an_unknown_keyword(incidents: Resource) -> None:
    with pytest.raises(TypeError):
        incidents.get(query="", limti=5)  # type: ignore[call-arg]


def test_get__leaves_its_arguments_alone(incidents: Resource) -> None:
    query = {"caller_id": {"link": "x", "value": "62826bf03710200044e0bfc8bcbe5df1"}}
    before = copy.deepcopy(query)
    incidents.get(query)
    assert query == before


def test_get__value_is_never_a_query(incidents: Resource) -> None:
    assert incidents.get({"short_description": "x^ORactive=true"}).all() == []


# -- parameters --------------------------------------------------------------------------------------------------------


def test_parameters__call_then_resource_then_client(client: Client, sandbox: Sandbox) -> None:
    client.parameters.limit = 1
    client.parameters.display_value = True
    resource = client.resource("/table/incident")
    resource.parameters.limit = 2
    resource.get("active=true", limit=3)
    assert (_sent(sandbox)["sysparm_limit"], _sent(sandbox)["sysparm_display_value"]) == ("3", "true")
    resource.get("active=true")
    assert _sent(sandbox)["sysparm_limit"] == "2"


def test_parameters__of_a_call_do_not_stay(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.get("active=true", limit=5, offset=1, fields=["number"], display_value="all")
    incidents.get()
    assert _sent(sandbox) == {
        "sysparm_limit": "10000",
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "false",
        "sysparm_suppress_pagination_header": "false",
    }


def test_parameters__of_reading_do_not_reach_writes(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.parameters.query = "active=true"
    incidents.parameters.limit = 5
    incidents.parameters.add_custom({"foo": "bar"})
    incidents.create({"short_description": "x"})
    assert _sent(sandbox) == {
        "sysparm_display_value": "false", "sysparm_exclude_reference_link": "false", "foo": "bar",
    }  # fmt: skip


def test_parameters__set_on_the_resource_hold_for_get(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.parameters.query = "active=true"
    incidents.parameters.fields = ["number"]
    incidents.parameters.offset = 1
    incidents.get()
    sent = _sent(sandbox)
    assert (sent["sysparm_query"], sent["sysparm_fields"], sent["sysparm_offset"]) == ("active=true", "number", "1")


def test_parameters__never_mix_between_threads(incidents: Resource) -> None:
    numbers = [record["number"] for record in incidents.get("ORDERBYnumber", limit=8, fields=["number"]).all()]
    started = threading.Barrier(8)

    def connect(_: int) -> None:
        incidents.get(limit=1)
        started.wait()

    before = sys.getswitchinterval()
    with ThreadPoolExecutor(8) as pool:
        # All threads, the server's too, run before they are made to switch so fast: coverage cannot start then.
        list(pool.map(connect, range(8)))
        sys.setswitchinterval(1e-6)
        try:
            found = list(pool.map(lambda number: incidents.get({"number": number}).one()["number"], numbers * 20))
        finally:
            sys.setswitchinterval(before)
    assert found == numbers * 20


def test_threads__have_a_cookie_jar_each(incidents: Resource, sandbox: Sandbox) -> None:
    barrier = threading.Barrier(4)

    def call(_: int) -> None:
        for _round in range(2):
            incidents.get(limit=1)
            barrier.wait()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(4)))
    cookies = {entry.headers.get("cookie", "") for entry in sandbox.requests}
    assert len(cookies - {""}) == 4


# -- creating ----------------------------------------------------------------------------------------------------------


def test_create__gives_a_dict_that_is_also_the_response(incidents: Resource, sandbox: Sandbox) -> None:
    created = incidents.create({"short_description": "The printer is on fire"})
    assert created["short_description"] == "The printer is on fire"
    assert json.loads(json.dumps(created))["number"] == created["number"]
    assert type(created.one()) is dict
    assert created.headers["Location"].split("/")[-1] == created["sys_id"]
    assert created._response.status_code == 201
    assert "201" in str(created)
    assert _number(sandbox, created["sys_id"]) == created["number"]


def test_create__gives_none_for_a_field_that_is_not_there(incidents: Resource) -> None:
    assert incidents.create({})["no_such_field"] is None


def test_create__raises_at_the_call(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="wrong")
    with pytest.raises(AuthenticationError) as caught:
        client.resource("/table/incident").create({"short_description": "x"})
    assert isinstance(caught.value, requests.HTTPError)
    assert caught.value.response.status_code == 401
    assert (caught.value.operation, caught.value.table) == ("create", "incident")


def test_create__raises_on_access_when_asked(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="wrong")
    response = client.resource("/table/incident", raise_on="access").create({"short_description": "x"})
    assert response._response.status_code == 401
    with pytest.raises(AuthenticationError):
        response.one()


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"a": ...}, "JSON"),
        ({"a": {1, 2}}, "JSON"),
        ({"a": float("inf")}, "JSON"),
        ({"a": float("nan")}, "a is missing"),
        ({"a": "\ud800"}, "JSON"),
        ({"a": b"x"}, "JSON"),
    ],
    ids=str,
)
def test_create__refuses_what_json_cannot_say(incidents: Resource, sandbox: Sandbox, payload: Any, why: str) -> None:
    with pytest.raises(InvalidUsage, match=why):
        incidents.create(payload)
    assert not sandbox.requests


def test_create__sends_utf8(incidents: Resource) -> None:
    assert incidents.create({"short_description": "Büro 3: 火事 🔥"})["short_description"] == "Büro 3: 火事 🔥"


# -- updating and deleting ---------------------------------------------------------------------------------------------


def test_update__changes_the_record_that_matches(incidents: Resource, sandbox: Sandbox) -> None:
    number = _number(sandbox, FIRST)
    updated = incidents.update({"number": number}, {"short_description": "changed"})
    assert (updated["short_description"], updated["sys_id"]) == ("changed", FIRST)
    assert [entry.method for entry in sandbox.requests] == ["GET", "PUT"]


def test_update__looks_up_no_more_than_it_needs(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.parameters.display_value = "all"
    incidents.update({"number": _number(sandbox, FIRST)}, {"short_description": "changed"})
    sent = _sent(sandbox, 0)
    assert (sent["sysparm_fields"], sent["sysparm_limit"], sent["sysparm_display_value"]) == (
        "sys_id,number", "2", "false",
    )  # fmt: skip


@pytest.mark.parametrize(
    "query", [FIRST, {"sys_id": FIRST}, {"sys_id": {"value": FIRST, "display_value": FIRST}}], ids=str
)
def test_update__goes_straight_to_a_sys_id(incidents: Resource, sandbox: Sandbox, query: Any) -> None:
    incidents.update(query, {"short_description": "changed"})
    assert [entry.method for entry in sandbox.requests] == ["PUT"]


@pytest.mark.parametrize("payload", ["text", 5, None, [("a", "b")]])
def test_update__wants_a_dict(incidents: Resource, sandbox: Sandbox, payload: Any) -> None:
    with pytest.raises(InvalidUsage):
        incidents.update(FIRST, payload)
    assert not sandbox.requests


@pytest.mark.parametrize(
    "change", [lambda r, q: r.update(q, {"state": "2"}), lambda r, q: r.delete(q)], ids=["update", "delete"]
)
class TestOneRecordOnly:
    def test_none_matches(self, incidents: Resource, sandbox: Sandbox, change) -> None:
        with pytest.raises(NoResults):
            change(incidents, {"number": "INC9999999"})
        assert {entry.method for entry in sandbox.requests} == {"GET"}

    def test_several_match(self, incidents: Resource, sandbox: Sandbox, change) -> None:
        with pytest.raises(MultipleResults):
            change(incidents, {"active": "true"})
        assert {entry.method for entry in sandbox.requests} == {"GET"}

    def test_sys_id_is_unknown(self, incidents: Resource, change) -> None:
        with pytest.raises(RecordNotFound) as caught:
            change(incidents, "0" * 32)
        assert isinstance(caught.value, NoResults)

    def test_number_alone_is_refused(self, incidents: Resource, sandbox: Sandbox, change) -> None:
        with pytest.raises(InvalidUsage):
            change(incidents, "INC0000001")
        assert not sandbox.requests


def test_delete__gives_a_plain_dict(incidents: Resource, sandbox: Sandbox) -> None:
    result = incidents.delete({"number": _number(sandbox, FIRST)})
    assert (type(result), result) == (dict, {"status": "record deleted"})
    assert FIRST not in {row["sys_id"] for row in sandbox.table("incident").rows}


def test_response__updates_and_deletes_the_record_it_holds(incidents: Resource, sandbox: Sandbox) -> None:
    response = incidents.get({"number": _number(sandbox, FIRST)})
    assert response.update({"short_description": "changed"})["short_description"] == "changed"
    assert response.delete() == {"status": "record deleted"}


@pytest.mark.parametrize("query", [{}, "", None])
@pytest.mark.parametrize("change", [lambda r, q: r.update(q, {"state": "2"}), lambda r, q: r.delete(q)])
def test_change__refuses_an_empty_query(incidents: Resource, sandbox: Sandbox, change: Any, query: Any) -> None:
    with pytest.raises(InvalidUsage):
        change(incidents, query)
    assert not sandbox.requests


@pytest.mark.parametrize("display_value", [False, "all"])
def test_update__writes_back_what_was_read(incidents: Resource, sandbox: Sandbox, display_value: Any) -> None:
    before = next(row for row in sandbox.table("incident").rows if row["sys_id"] == FIRST)
    record = incidents.get(FIRST, display_value=display_value, fields="sys_id,caller_id,state").one()
    payload = copy.deepcopy(record)
    incidents.update(record["sys_id"], record)
    after = next(row for row in sandbox.table("incident").rows if row["sys_id"] == FIRST)
    assert (after["caller_id"], after["state"], record) == (before["caller_id"], before["state"], payload)


def test_update__refuses_a_reference_without_its_stored_value(incidents: Resource, sandbox: Sandbox) -> None:
    record = incidents.get(FIRST, display_value=True, fields="caller_id").one()
    with pytest.raises(InvalidUsage, match="display_value='all'"):
        incidents.update(FIRST, record)
    assert len(sandbox.requests) == 1


# -- any request -------------------------------------------------------------------------------------------------------


def test_request__goes_below_the_resource(incidents: Resource) -> None:
    assert incidents.request("GET", path_append=FIRST).one()["sys_id"] == FIRST


@pytest.mark.parametrize("path_append", ["/../sys_user", "..", "a?b=c", 5, "//evil.example", "%2e%2e"])
def test_request__refuses_a_bad_path(incidents: Resource, sandbox: Sandbox, path_append: Any) -> None:
    with pytest.raises(InvalidUsage):
        incidents.request("GET", path_append)
    assert not sandbox.requests


@pytest.mark.parametrize("headers", [{"X-A": "a\r\nX-B: b"}, {"X-A\n": "a"}, {"X-A": 5}, ["X-A"]])
def test_request__refuses_bad_headers(incidents: Resource, sandbox: Sandbox, headers: Any) -> None:
    with pytest.raises(InvalidUsage):
        incidents.request("GET", headers=headers)
    assert not sandbox.requests


@pytest.mark.parametrize("method", ["GET /x HTTP/1.1\r\n", "", None, 5, "GÉT"])
def test_request__refuses_a_bad_method(incidents: Resource, sandbox: Sandbox, method: Any) -> None:
    with pytest.raises(InvalidUsage):
        incidents.request(method)
    assert not sandbox.requests


def test_request__does_not_raise_on_a_status(incidents: Resource) -> None:
    response = incidents.request("GET", path_append="0" * 32)
    assert response._response.status_code == 404
    assert response.one_or_none() is None


def test_request__sends_json_of_the_caller(incidents: Resource, sandbox: Sandbox) -> None:
    body = json.dumps({"short_description": "by hand"})
    response = incidents.request("POST", data=body, headers={"X-Custom": "1"})
    assert response.one()["short_description"] == "by hand"
    assert sandbox.requests[-1].headers["x-custom"] == "1"
    assert sandbox.requests[-1].headers["content-type"] == "application/json"


def test_request__patches(incidents: Resource) -> None:
    assert (
        incidents.request("PATCH", FIRST, json={"short_description": "patched"}).one()["short_description"] == "patched"
    )


def test_custom__is_request(incidents: Resource) -> None:
    assert incidents.custom("GET", path_append=FIRST).one()["sys_id"] == FIRST


@pytest.mark.parametrize("params", [{"a": {"b": 1}}, {"a": object()}, ["a"], "a=b"])
def test_params__must_have_a_text(incidents: Resource, sandbox: Sandbox, params: Any) -> None:
    for call in (lambda: incidents.get(params=params), lambda: incidents.request("GET", params=params)):
        with pytest.raises(InvalidUsage):
            call()
    assert not sandbox.requests


def test_params__are_written_as_elsewhere(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.get(params={"sysparm_no_count": True, "x": ["a", "b"], "y": None})
    sent = _sent(sandbox)
    assert (sent["sysparm_no_count"], sent["x"], "y" in sent) == ("true", "a,b", False)


@pytest.mark.parametrize("timeout", ["abc", 0, -1, (1,), True])
def test_timeout__of_a_call_is_checked(incidents: Resource, sandbox: Sandbox, timeout: Any) -> None:
    with pytest.raises(InvalidUsage, match="timeout"):
        incidents.get(timeout=timeout)
    assert not sandbox.requests


def test_request__takes_that_redirects_are_not_followed(incidents: Resource) -> None:
    assert incidents.request("GET", path_append=FIRST, allow_redirects=False).one()


def test_request__refuses_redirects_to_be_followed(incidents: Resource) -> None:
    with pytest.raises(InvalidUsage, match="allow_redirects"):
        incidents.request("GET", allow_redirects=True)


# -- errors ------------------------------------------------------------------------------------------------------------


def test_get__raises_when_it_is_read(client: Client) -> None:
    response = client.resource("/table/u_nope").get()
    with pytest.raises(ResponseError) as caught:
        response.all()
    assert caught.value.message == "Invalid table u_nope"
    assert (caught.value.status, caught.value.table) == (400, "u_nope")
    assert caught.value.transaction_id


def test_error__holds_no_credentials(sandbox: Sandbox) -> None:
    client = Client(instance=sandbox.url, user="admin", password="canary-7f3a")
    with pytest.raises(HTTPStatusError) as caught:
        client.resource("/table/incident").create({})
    sent = caught.value.response.request.headers
    assert "canary-7f3a" not in repr(caught.value) + str(sent)
    assert "YWRtaW46" not in str(sent)


def test_transport_error__says_that_nothing_answers() -> None:
    client = Client(instance="http://127.0.0.1:9", user="admin", password="x", retry=None)
    with pytest.raises(TransportError) as caught:
        client.resource("/table/incident").get()
    assert isinstance(caught.value, requests.ConnectionError)
    assert (caught.value.method, caught.value.path) == ("GET", "/api/now/table/incident")


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_session__handed_in_is_not_changed(sandbox: Sandbox) -> None:
    session = requests.Session()
    session.auth = ("admin", "admin")
    session.headers["User-Agent"] = "mine/1.0"
    before = (dict(session.headers), session.auth, dict(session.cookies), session.trust_env, dict(session.adapters))
    Client(instance=sandbox.url, session=session).resource("/table/incident").get(limit=1).one()
    after = (dict(session.headers), session.auth, dict(session.cookies), session.trust_env, dict(session.adapters))
    assert after == before
    assert sandbox.requests[-1].headers["user-agent"] == "mine/1.0"


def test_session__may_carry_its_own_authorization(sandbox: Sandbox, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A netrc file for the host must not replace the header."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login guest password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    session = requests.Session()
    session.headers["Authorization"] = "Basic YWRtaW46YWRtaW4="
    assert Client(instance=sandbox.url, session=session).resource("/table/incident").get(limit=1).one()


def test_session__of_a_class_of_its_own_sends_by_itself(sandbox: Sandbox) -> None:
    class Signing(requests.Session):
        def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "Authorization": "Basic YWRtaW46YWRtaW4="}
            return super().request(method, url, **kwargs)

    assert Client(instance=sandbox.url, session=Signing()).resource("/table/incident").get(limit=1).one()


def test_user_agent__names_the_library(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.get(limit=1)
    assert sandbox.requests[-1].headers["user-agent"].startswith("pysnow/")


def test_numbers__are_what_json_says(incidents: Resource) -> None:
    assert not any(isinstance(value, Decimal) for value in incidents.get(limit=1, stream=True).first().values())


# -- the look-up of a change -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "custom",
    [{"sysparm_limit": 1}, {"sysparm_query": "number=INC0000001"}, {"sysparm_offset": 1}, {"sysparm_fields": "x"}],
)
def test_delete__is_decided_by_its_query_alone(incidents: Resource, sandbox: Sandbox, custom: dict[str, Any]) -> None:
    incidents.parameters.add_custom(custom)
    with pytest.raises(MultipleResults):
        incidents.delete({"active": True})
    assert {entry.method for entry in sandbox.requests} == {"GET"}


@pytest.mark.parametrize("fields", ["number, state", ["number", " state"], ["number", "", "state"]])
def test_fields__in_any_spelling(incidents: Resource, sandbox: Sandbox, fields: Any) -> None:
    incidents.get(fields=fields)
    assert _sent(sandbox)["sysparm_fields"] == "number,state"


@pytest.mark.parametrize(
    "read",
    [
        lambda table: table.get(fields=["number,state"]),
        lambda table: table.iterate(fields=["number,state"]),
        lambda table: table.first(fields=["sys_id", "number,state"]),
        lambda table: table.get_by_id(FIRST, fields=["number,state"]),
    ],
    ids=["get", "iterate", "first", "get_by_id"],
)
def test_fields__with_a_comma_within_a_list(client: Client, sandbox: Sandbox, read: Any) -> None:
    with pytest.raises(InvalidUsage, match="'number,state' stands in a list"):
        read(client.table("incident"))
    assert not sandbox.requests


# -- sessions with ways of their own -----------------------------------------------------------------------------------


def _signed_in() -> requests.Session:
    session = requests.Session()
    session.auth = ("admin", "admin")
    return session


def test_session__that_raises_for_status_gives_the_answer(sandbox: Sandbox) -> None:
    session = _signed_in()
    session.hooks["response"].append(lambda response, *args, **kwargs: response.raise_for_status())
    resource = Client(instance=sandbox.url, session=session).resource("/table/incident")
    assert resource.request("GET", "0" * 32).one_or_none() is None
    with pytest.raises(HTTPStatusError) as caught:
        resource.request("GET", "0" * 32).one()
    assert caught.value.status == 404


def test_session__error_of_a_hook_is_the_callers_own(sandbox: Sandbox) -> None:
    def check(response: requests.Response, *args: Any, **kwargs: Any) -> None:
        response.close()
        raise ValueError("my own check failed")

    session = _signed_in()
    session.hooks["response"].append(check)
    with pytest.raises(ValueError, match="my own check") as caught:
        Client(instance=sandbox.url, session=session).resource("/table/incident").get()
    assert not isinstance(caught.value, InvalidUsage)


def test_session__with_a_request_method_put_on_it_uses_it(sandbox: Sandbox) -> None:
    session = _signed_in()
    seen: list[str] = []
    original = session.request

    def request(method: str, url: str, **kwargs: Any) -> requests.Response:
        seen.append(method)
        return original(method, url, **kwargs)

    client = Client(instance=sandbox.url, session=session)
    client.resource("/table/incident").get(limit=1).one()
    session.request = request  # type: ignore[method-assign, assignment]
    client.resource("/table/incident").get(limit=1).one()
    assert seen == ["GET"]


def test_session__that_answers_by_hand(sandbox: Sandbox) -> None:
    """A stub, as unit tests of programs make it: no request hangs on it, and nothing marks its body as read."""
    answer = requests.Response()
    answer.status_code = 200
    answer._content = b'{"result":[{"number":"INC1"}]}'
    session = requests.Session()
    session.request = lambda *args, **kwargs: answer  # type: ignore[method-assign, assignment]
    response = Client(instance=sandbox.url, session=session).resource("/table/incident").get()
    assert (response.one(), response.json()["result"]) == ({"number": "INC1"}, [{"number": "INC1"}])


def test_sent_request__keeps_its_credentials_for_whoever_recorded_it(sandbox: Sandbox) -> None:
    class Recording(requests.adapters.HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            recorded.append(request)
            return super().send(request, *args, **kwargs)

    recorded: list[requests.PreparedRequest] = []
    session = _signed_in()
    session.mount("http://", Recording())
    response = Client(instance=sandbox.url, session=session).resource("/table/incident").get(limit=1)
    assert recorded[0].headers["Authorization"].startswith("Basic ")
    assert response._response.request.headers["Authorization"] == "Basic ***"
