"""Request headers and properties that change every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]

DEBUG = {"X-WantSessionDebugMessages": "true"}
SESSION: dict[str, list[str]] = {"debug_logs": []}
ONE = "/api/now/table/incident?sysparm_limit=1"


@pytest.mark.parametrize("path", [ONE, "/api/now/stats/incident", "/api/now/table/incident?sysparm_query=number=nope"])
def test_debug_messages__beside_the_result(call: Call, path: str) -> None:
    """REST API documentation: ``"session":{"debug_logs":[...]}`` beside ``result``."""
    plain = call("GET", path).json()
    assert call("GET", path, headers=DEBUG).json() == {**plain, "session": SESSION}


def test_debug_messages__beside_an_error(call: Call) -> None:
    assert call("GET", "/api/now/table/u_nope", headers=DEBUG).json()["session"] == SESSION


def test_debug_messages__in_xml(call: Call) -> None:
    answer = call("GET", ONE, headers={**DEBUG, "Accept": "application/xml"})
    assert answer.text.endswith("</result><session/></response>")


@pytest.mark.parametrize("value", ["false", ""])
def test_debug_messages__only_when_asked_for(call: Call, value: str) -> None:
    assert list(call("GET", ONE, headers={"X-WantSessionDebugMessages": value}).json()) == ["result"]


@pytest.fixture
def elsewhere(sandbox: Sandbox, call: Call) -> Call:
    """Calls that name another host."""
    return lambda method, path, **options: call(method, path, headers={"Host": "localhost:1"}, **options)


def test_links__begin_with_the_instance_url(sandbox: Sandbox, elsewhere: Call) -> None:
    """Documented default of ``glide.rest.replace_request_host_with_property``."""
    assert elsewhere("POST", "/api/now/table/incident", json={}).headers["Location"].startswith(sandbox.url)


@pytest.mark.parametrize("place", ["Location", "link"])
def test_links__begin_with_the_host_asked_for(sandbox: Sandbox, elsewhere: Call, place: str) -> None:
    sandbox.instance.properties["glide.rest.replace_request_host_with_property"] = "false"
    answer = elsewhere("POST", "/api/now/table/incident", json={})
    links = {"Location": answer.headers["Location"], "link": answer.json()["result"]["opened_by"]["link"]}
    assert links[place].startswith("http://localhost:1/api/now/table/")
