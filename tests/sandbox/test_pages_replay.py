"""Requests in other words: what a page offers to copy does what the request did."""

from __future__ import annotations

import ast
import json
import shlex
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from urllib.parse import parse_qsl, unquote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox
from pysnow.sandbox.http.request_log import LoggedRequest
from pysnow.sandbox.pages.python_code import python_code
from pysnow.sandbox.pages.replay import Account, Call, curl_command, encoded_query

INCIDENTS = "/api/now/table/incident"
ACCOUNT = Account("http://127.0.0.1:8080", "admin")
TEXTS = st.text(max_size=20)
PAIRS = st.lists(
    st.tuples(TEXTS | st.sampled_from(["sysparm_query", "sysparm_limit", "sysparm_fields"]), TEXTS), max_size=4
)
CALLS = st.builds(
    Call,
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]),
    path=TEXTS.map(lambda text: f"/{text}")
    | st.sampled_from([INCIDENTS, f"{INCIDENTS}/{'0' * 32}", "/api/now/stats/task"]),
    query=PAIRS.map(tuple),
    body=TEXTS | st.dictionaries(TEXTS, TEXTS | st.floats() | st.none(), max_size=3).map(json.dumps),
    content_type=st.sampled_from(["", "application/json", "text/xml"]) | TEXTS,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXTS, children, max_size=3),
    max_leaves=5,
)

Call_ = Callable[..., requests.Response]


def call_of(entry: LoggedRequest) -> Call:
    content_type = entry.headers.get("content-type", "")
    return Call(entry.method, entry.path, tuple(entry.query), entry.body.decode(), content_type)


def same_again(sandbox: Sandbox) -> tuple[LoggedRequest, LoggedRequest]:
    """Run the last request again, as the Python that the page shows."""
    entry = sandbox.requests[-1]
    program = python_code(call_of(entry), Account(sandbox.url, "admin"))
    assert program is not None
    with redirect_stdout(StringIO()):
        exec(program.replace('password="..."', 'password="admin"'), {})
    return entry, sandbox.requests[-1]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"sysparm_query": "active=true^short_descriptionLIKE'a\"b\\^ORDERBYnumber", "sysparm_limit": "3"},
        {"sysparm_fields": "number,caller_id.name", "sysparm_display_value": "all", "sysparm_offset": "2"},
        {"sysparm_display_value": "true", "sysparm_exclude_reference_link": "true", "sysparm_limit": "1"},
        {"sysparm_suppress_pagination_header": "true", "sysparm_view": "mobile", "sysparm_limit": "1"},
        {"priority": "1", "sysparm_limit": "1"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [INCIDENTS, "/api/now/v2/table/incident"])
def test_python__list(sandbox: Sandbox, call: Call_, path: str, params: dict[str, str]) -> None:
    call("GET", path, params=params)
    before, after = same_again(sandbox)
    assert (after.method, after.path, after.status) == ("GET", before.path, 200)
    assert set(before.query) <= set(after.query)


@pytest.mark.parametrize(
    ("method", "again"), [("POST", "POST"), ("PUT", "PUT"), ("PATCH", "PUT"), ("DELETE", "DELETE"), ("GET", "GET")]
)
def test_python__record(
    sandbox: Sandbox, call: Call_, incident: dict[str, str | None], method: str, again: str
) -> None:
    """PUT and PATCH do the same on an instance; pysnow writes with PUT."""
    path = INCIDENTS if method == "POST" else f"{INCIDENTS}/{incident['sys_id']}"
    body = {"short_description": 'It\'s "quoted"', "urgency": 2, "active": True, "close_notes": None}
    call(method, path, json=None if method in ("GET", "DELETE") else body)
    if method == "DELETE":
        sandbox.add("incident", {"sys_id": incident["sys_id"]})
    before, after = same_again(sandbox)
    assert (after.method, after.path, after.status) == (again, before.path, before.status)
    assert json.loads(after.body or "null") == json.loads(before.body or "null")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/now/stats/incident?sysparm_count=true&sysparm_group_by=priority", None),
        ("GET", "/api/now/attachment?sysparm_limit=1", None),
        ("POST", "/api/now/batch", {"batch_request_id": "1", "rest_requests": []}),
        ("POST", "/api/global/em/jsonv2", {"records": [{"source": "x", "node": "y", "severity": "3"}]}),
    ],
)
def test_python__other_apis(sandbox: Sandbox, call: Call_, method: str, path: str, body: object) -> None:
    call(method, path, json=body)
    before, after = same_again(sandbox)
    assert (after.method, after.path, after.status) == (method, before.path, before.status)
    assert (set(before.query) <= set(after.query), after.body) == (True, before.body)


def test_python__xml(sandbox: Sandbox, call: Call_) -> None:
    body = "<request><entry><short_description>x</short_description></entry></request>"
    call("POST", INCIDENTS, data=body, headers={"Content-Type": "application/xml"})
    before, after = same_again(sandbox)
    assert (after.body, after.headers["content-type"], after.status) == (before.body, "application/xml", 201)


def test_python__attachment(sandbox: Sandbox, call: Call_) -> None:
    sys_id = sandbox.table("sys_attachment").rows[0]["sys_id"]
    call("GET", f"/api/now/attachment/{sys_id}/file")
    before, after = same_again(sandbox)
    assert (after.path, after.status) == (before.path, 200)


@pytest.mark.parametrize("path", ["/oauth_token.do", "/incident.do", "/api/now/table/../x", "/", "/api/now/table/a b"])
def test_python__none_for_what_a_resource_cannot_send(path: str) -> None:
    assert python_code(Call("POST", path), ACCOUNT) is None


@pytest.mark.parametrize("levels", [13, 900, 30_000])
def test_python__deep_body_stays_text(levels: int) -> None:
    body = "[" * levels + "]" * levels
    assert f'data="{body}".encode()' in (python_code(Call("POST", INCIDENTS, body=body), ACCOUNT) or "")


@pytest.mark.parametrize(
    ("call", "last"),
    [
        (Call("POST", INCIDENTS, body="[]"), 'response = resource.request("POST", json=[])'),
        (Call("DELETE", INCIDENTS), 'response = resource.request("DELETE")'),
        (
            Call("DELETE", f"{INCIDENTS}/{'0' * 32}", (("a", "b"),)),
            'response = resource.request("DELETE", params={"a": "b"})',
        ),
    ],
    ids=["list", "no record", "parameters"],
)
def test_python__what_no_verb_of_a_table_fits(call: Call, last: str) -> None:
    assert last in (python_code(call, ACCOUNT) or "").splitlines()


@given(call=CALLS, user=TEXTS)
def test_python__always_compiles(call: Call, user: str) -> None:
    program = python_code(call, Account(ACCOUNT.url, user))
    assert program is None or ast.parse(program).body


@given(payload=st.dictionaries(TEXTS, JSON, max_size=4))
def test_python__payload_survives(payload: dict[str, object]) -> None:
    program = python_code(Call("POST", INCIDENTS, body=json.dumps(payload)), ACCOUNT)
    assert program is not None
    shown = ast.parse(program).body[-1].value.args[0]  # type: ignore[attr-defined]  # print(...create({...}))
    assert ast.literal_eval(shown.args[0]) == payload


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_python__body_that_is_no_json(number: str) -> None:
    program = python_code(Call("POST", INCIDENTS, body=f'{{"a": {number}}}'), ACCOUNT)
    assert program is not None
    assert f"data='{{\"a\": {number}}}'.encode()" in program


def test_python__reads_well() -> None:
    call = Call("GET", INCIDENTS, (("sysparm_query", "active=true"), ("sysparm_limit", "5")))
    assert python_code(call, ACCOUNT) == (
        "import pysnow\n\n"
        'client = pysnow.Client(instance="http://127.0.0.1:8080", user="admin", password="...")\n'
        'response = client.table("incident").get("active=true", limit=5)\n'
        "for record in response.all():\n"
        "    print(record)"
    )


# -- curl -------------------------------------------------------------------------------------------------------------


def words_of(command: str) -> list[str]:
    return shlex.split(command.replace("\\\n", ""))


def sendable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


@given(query=PAIRS)
def test_curl__parameters(query: list[tuple[str, str]]) -> None:
    words = words_of(curl_command(Call("GET", INCIDENTS, tuple(query)), ACCOUNT))
    given_ = [words[at + 1].partition("=") for at, word in enumerate(words) if word == "--data-urlencode"]
    sent = [(unquote(name), value) for name, _, value in given_]
    assert sent == [(name.encode("utf-8", "replace").decode(), sendable(value)) for name, value in query]


@given(query=PAIRS, body=TEXTS)
def test_curl__parameters_beside_a_body(query: list[tuple[str, str]], body: str) -> None:
    words = words_of(curl_command(Call("POST", INCIDENTS, tuple(query), body or "x"), ACCOUNT))
    url = words[words.index("POST") + 1]
    sent = parse_qsl(url.partition("?")[2], keep_blank_values=True)
    assert sent == [tuple(part.encode("utf-8", "replace").decode() for part in pair) for pair in query]


@given(body=TEXTS.filter(bool))
def test_curl__body_is_no_file_name(body: str) -> None:
    sent = words_of(curl_command(Call("POST", INCIDENTS, body=body), ACCOUNT))[-1]
    assert (sent.removeprefix(" ") if body[0] == "@" else sent, sent[:1] == "@") == (sendable(body), False)


def test_curl__asks_for_the_password() -> None:
    assert words_of(curl_command(Call("GET", INCIDENTS), ACCOUNT)) == [
        *("curl", "--user", "admin", "--get"),
        f"{ACCOUNT.url}{INCIDENTS}",
    ]


# -- encoded queries --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "told"),
    [
        (INCIDENTS, [("sysparm_query", "a=b^c=d"), ("e", "f")], "a=b^c=d"),
        (
            INCIDENTS,
            [("state", "1"), ("sysparm_limit", "2"), ("short_description", "a^b")],
            "state=1^short_description=a^^b",
        ),
        ("/api/now/stats/incident", [("sysparm_query", "a=b")], "a=b"),
        ("/api/now/attachment", [("file_name", "x")], ""),
        (f"{INCIDENTS}/{'0' * 32}", [("a", "b")], ""),
    ],
)
def test_encoded_query(path: str, query: list[tuple[str, str]], told: str) -> None:
    assert encoded_query(Call("GET", path, tuple(query))) == told
