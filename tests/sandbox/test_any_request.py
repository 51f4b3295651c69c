"""Whatever is sent, a well-formed answer comes back."""

from __future__ import annotations

import http.client
import json
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox

AUTHORIZATION = {"Authorization": f"Basic {b64encode(b'admin:admin').decode()}"}
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXTS = st.text(max_size=20)
PARAMETERS = st.sampled_from(
    [
        "sysparm_query",
        "sysparm_fields",
        "sysparm_limit",
        "sysparm_offset",
        "sysparm_display_value",
        "sysparm_exclude_reference_link",
        "sysparm_view",
        "sysparm_no_count",
        "state",
        "caller_id.name",
    ]
)
VALUES = TEXTS | st.sampled_from(
    ["-1", "0", "3", "true", "all", "stateIN1,2^ORDERBYnumber", "caller_id.nameLIKEa^NQactive=false"]
)
QUERIES = st.lists(st.tuples(PARAMETERS | TEXTS, VALUES), max_size=4).map(urlencode)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXTS, children, max_size=3),
    max_leaves=5,
)
NAMES = TEXTS | st.sampled_from(
    ["short_description", "state", "sys_id", "caller_id", "opened_at", "work_notes", "active"]
)
BODIES = st.binary(max_size=40) | st.dictionaries(NAMES, JSON, max_size=4).map(
    lambda fields: json.dumps(fields).encode()
)


@pytest.fixture
def connection(sandbox: Sandbox) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection(sandbox.host, timeout=30)
    yield client
    client.close()


def status_of(client: http.client.HTTPConnection, method: str, target: str, body: bytes = b"", **headers: str) -> int:
    """Send a request, and read its answer as what it says it is."""
    sent = AUTHORIZATION | {name.replace("_", "-"): value for name, value in headers.items()}
    client.request(method, target, body or None, sent)
    answer = client.getresponse()
    content = answer.read()
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        assert isinstance(json.loads(content), dict)
    return answer.status


@RELAXED
@given(path=TEXTS.filter(bool), query=QUERIES)  # the empty path is a page for people
def test_any_path(connection: http.client.HTTPConnection, path: str, query: str) -> None:
    assert status_of(connection, "GET", f"/{quote(path.encode('utf-8', 'replace'))}?{query}") in (400, 404, 501)


@RELAXED
@given(query=QUERIES)
def test_any_parameters(connection: http.client.HTTPConnection, query: str) -> None:
    target = f"/api/now/table/incident?{query}&sysparm_limit=5"
    assert status_of(connection, "GET", target) in (200, 400, 404, 501)


@RELAXED
@given(query=QUERIES)
def test_any_parameters_of_attachments(connection: http.client.HTTPConnection, query: str) -> None:
    assert status_of(connection, "GET", f"/api/now/attachment?{query}") in (200, 400, 404, 501)


@RELAXED
@given(body=BODIES, query=QUERIES)
def test_any_body(connection: http.client.HTTPConnection, body: bytes, query: str) -> None:
    assert status_of(connection, "POST", f"/api/now/table/incident?{query}", body) in (201, 400, 403, 501)


@RELAXED
@given(body=st.binary(max_size=200))
def test_any_form(connection: http.client.HTTPConnection, body: bytes) -> None:
    form = {"Content_Type": "multipart/form-data; boundary=x"}
    assert status_of(connection, "POST", "/api/now/attachment/upload", b"--x\r\n" + body, **form) == 400


@RELAXED
@given(accept=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_any_accept(connection: http.client.HTTPConnection, accept: str) -> None:
    target = "/api/now/table/incident?sysparm_limit=1"
    assert status_of(connection, "GET", target, Accept=accept) in (200, 406)


@RELAXED
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_text_comes_back(connection: http.client.HTTPConnection, text: str) -> None:
    """Stored text is text shown, save that an empty one and none are the same."""
    connection.request("POST", "/api/now/table/incident", json.dumps({"description": text}), AUTHORIZATION)
    record = json.loads(connection.getresponse().read())["result"]
    assert record["description"] == text
