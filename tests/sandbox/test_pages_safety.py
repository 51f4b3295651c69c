"""Hostile values, foreign pages and secrets: what the pages for people must not let through."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from pysnow.sandbox import Sandbox
from pysnow.sandbox.markup import Html, group, tag
from pysnow.sandbox.pages.masking import masked_body, masked_pairs, masked_text
from tests.sandbox.page_reader import Element, Visitor, read_html

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</code></td></table><h1>x</h1>",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "javascript:alert(1)",
    "\x00<\x00script>",
    "</style><style>",
    "</title><script>",
    "\u202e<b>",
]
TEXTS = st.text(max_size=30) | st.sampled_from(HOSTILE)
FEW = settings(max_examples=30, deadline=None)


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One instance for many examples, which do not disturb each other."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def visitor(shared: Sandbox) -> Visitor:
    return Visitor(shared)


def shape(page: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Elements and attribute names of a page: what no value of a record may change."""
    return [(each.name, tuple(each.attributes)) for each in page.iter()]


def tame(text: str) -> str:
    """A text as a page may show it: what cannot be printed is replaced."""
    return group(text).text and read_html(group(text).text).text


# -- escaping ---------------------------------------------------------------------------------------------------------


@given(text=TEXTS)
def test_text__reads_as_itself(text: str) -> None:
    assert len(read_html(tag("p", text).text).one("p").children) <= 1


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"])))
def test_text__printable_survives(text: str) -> None:
    assert read_html(tag("p", text).text).one("p").text == text


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"])))
def test_attribute__printable_survives(text: str) -> None:
    assert read_html(tag("p", title=text).text).one("p").attributes == {"title": text}


@given(text=TEXTS)
def test_attribute__stays_one(text: str) -> None:
    assert list(read_html(tag("a", "x", href=text).text).one("a").attributes) == ["href"]


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\ud800", "\uffff"])
def test_text__unprintable_is_shown(character: str) -> None:
    assert tag("p", character) == Html("<p>\ufffd</p>")


@FEW
@given(text=TEXTS, name=TEXTS)
def test_record__any_value_is_text(shared: Sandbox, text: str, name: str) -> None:
    values = {
        "short_description": f"x{text}x",
        "description": f"x{name}x",
        "category": f"x{text}x",
        "close_notes": text,
    }
    row = shared.add("incident", values)
    other = shared.add("incident", {**values, "short_description": "x", "description": "x", "category": "x"})
    pages = [Visitor(shared).page(f"/sandbox/records/incident/{each['sys_id']}") for each in (row, other)]
    assert shape(pages[0].one("table", class_="fields")) == shape(pages[1].one("table", class_="fields"))


@pytest.mark.parametrize("text", HOSTILE)
def test_list__hostile_value_is_text(shared: Sandbox, visitor: Visitor, text: str) -> None:
    row = shared.add("incident", {"short_description": text})
    page = visitor.page(
        f"/sandbox/tables/incident?sysparm_query=sys_id={row['sys_id']}&sysparm_fields=number,short_description"
    )
    (cells,) = page.one("table", class_="list").rows()
    assert cells[1] == tame(row["short_description"] or "")


@pytest.mark.parametrize("text", HOSTILE)
def test_journal__hostile_entry_is_text(shared: Sandbox, visitor: Visitor, text: str) -> None:
    row = shared.add("incident", {"work_notes": f"x{text}"})
    entry = visitor.page(f"/sandbox/records/incident/{row['sys_id']}").one("p", class_="text")
    assert [type(child) for child in entry.children] == [str]


@FEW
@given(text=TEXTS)
def test_address__any_parameter_is_text(shared: Sandbox, text: str) -> None:
    escaped = quote(text.encode("utf-8", "replace"))
    address = f"/sandbox/tables/incident?sysparm_query={escaped}&sysparm_fields={escaped}&sysparm_limit=1"
    page = Visitor(shared).page(address)
    assert [each.text for each in page.all("h1")] == ["Incident"]


@FEW
@given(text=TEXTS)
def test_address__any_path_is_a_page(shared: Sandbox, text: str) -> None:
    answer = Visitor(shared).get(f"/sandbox/tables/{quote(text.encode('utf-8', 'replace'))}")
    assert (answer.status_code in (200, 303, 404), len(read_html(answer.text).all("script"))) == (True, 0)


@FEW
@given(path=TEXTS, name=TEXTS, text=TEXTS, body=TEXTS | st.binary(max_size=30))
def test_requests__anything_asked_is_text(shared: Sandbox, path: str, name: str, text: str, body: str | bytes) -> None:
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    escaped = [quote(each.encode("utf-8", "replace"), safe="") for each in (path, name, text)]
    shared.requests.clear()
    Client(shared).post(
        "/api/now/table/{}?{}={}".format(*escaped), data=raw, auth=("admin", "admin"), content_type="application/json"
    )
    page = Visitor(shared).page("/sandbox/requests")
    assert (len(page.all("h1")), page.all("script"), page.all("img")) == (1, [], [])


# -- what browsers are told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/sandbox/requests", "/sandbox/nope", "/sandbox/style.css", "/incident.do"])
def test_policy__nothing_but_our_own_style(visitor: Visitor, address: str) -> None:
    policy = visitor.get(address).headers["Content-Security-Policy"]
    assert {"default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"} <= set(
        policy.split("; ")
    )


def test_page__needs_nothing_that_the_policy_forbids(visitor: Visitor) -> None:
    page = visitor.page("/")
    assert [each for each in page.iter() if each.name in ("script", "style", "img") or "style" in each.attributes] == []


def test_page__sets_no_cookie(visitor: Visitor) -> None:
    assert "Set-Cookie" not in visitor.get("/").headers


def test_foreign_host__is_refused(sandbox: Sandbox) -> None:
    """Else a page of another site could read the sandbox under a name of its own (DNS rebinding)."""
    answer = requests.get(sandbox.url, headers={"Host": "evil.example"}, timeout=30)
    assert answer.status_code == 421


# -- posts ------------------------------------------------------------------------------------------------------------


def token_of(visitor: Visitor) -> str:
    return visitor.page("/sandbox/faults").all("input", name="token")[0].attributes["value"] or ""


ACTIONS = ["add-fault", "remove-fault", "clear-faults", "clear-requests"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "guessed"}, {"token": "\ud800\u00e9"}], ids=str)
def test_post__without_the_token(visitor: Visitor, action: str, form: dict[str, str]) -> None:
    form = {name: text.encode("utf-8", "replace").decode() for name, text in form.items()}
    assert visitor.post(f"/sandbox/actions/{action}", form).status_code == 403


def test_post__refused_changes_nothing(shared: Sandbox, visitor: Visitor) -> None:
    visitor.post("/sandbox/actions/add-fault", {"spec": "latency", "token": "guessed"})
    assert len(shared.faults) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_post__from_elsewhere(visitor: Visitor, headers: dict[str, str]) -> None:
    form = {"token": token_of(visitor)}
    assert visitor.post("/sandbox/actions/clear-requests", form, **headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost"}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}],
    ids=str,
)
def test_post__from_our_own_page(visitor: Visitor, headers: dict[str, str]) -> None:
    form = {"token": token_of(visitor)}
    assert visitor.post("/sandbox/actions/clear-requests", form, **headers).status_code == 303


@pytest.mark.parametrize("action", ACTIONS)
def test_action__is_no_link(visitor: Visitor, action: str) -> None:
    assert visitor.get(f"/sandbox/actions/{action}").status_code == 405


def test_post__huge_form(visitor: Visitor) -> None:
    assert visitor.post("/sandbox/actions/add-fault", {"spec": "x" * 100_000}).status_code == 413


def test_token__differs_from_sandbox_to_sandbox(visitor: Visitor) -> None:
    other = Sandbox(seed=False)
    token = token_of(Visitor(other))
    other.close()
    assert token != token_of(visitor)


# -- secrets ----------------------------------------------------------------------------------------------------------

SECRET = "s3cr3t-0f-4ll"


def basic() -> str:
    return b64encode(json.dumps({"user_password": SECRET}).encode()).decode()


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/api/now/table/sys_user", {"auth": ("admin", SECRET)}),
        ("GET", f"/api/now/table/sys_user?user_password={SECRET}", {}),
        ("GET", f"/api/now/table/sys_user?sysparm_query=active=true%5Euser_password={SECRET}", {}),
        ("POST", "/api/now/table/sys_user", {"json": {"user_name": "x", "user_password": SECRET}}),
        (
            "POST",
            "/api/now/table/sys_user",
            {"data": f'{{"user_password":"{SECRET}",', "content_type": "application/json"},
        ),
        (
            "POST",
            "/api/now/table/sys_user",
            {"data": f"<request><user_password>{SECRET}</user_password></request>", "content_type": "application/xml"},
        ),
        ("POST", "/oauth_token.do", {"data": {"grant_type": "password", "password": SECRET, "client_secret": SECRET}}),
        (
            "POST",
            "/api/now/batch",
            {
                "json": {
                    "batch_request_id": "1",
                    "rest_requests": [
                        {
                            "id": "1",
                            "method": "POST",
                            "url": "/api/now/table/sys_user",
                            "headers": [{"name": "Authorization", "value": f"Bearer {SECRET}"}],
                            "body": basic(),
                        }
                    ],
                }
            },
        ),
        ("GET", "/api/now/table/sys_user", {"headers": {"x-sn-apikey": SECRET, "Cookie": f"JSESSIONID={SECRET}"}}),
    ],
    ids=["basic", "parameter", "query", "json", "cut json", "xml", "oauth", "batch", "headers"],
)
def test_requests__secrets_are_not_shown(
    shared: Sandbox, visitor: Visitor, method: str, path: str, options: dict[str, Any]
) -> None:
    shared.requests.clear()
    Client(shared).open(path, **{"method": method, "auth": ("admin", "admin"), **options})
    page = visitor.get("/sandbox/requests").text
    assert (len(shared.requests), SECRET in page, basic() in page) == (1, False, False)


@pytest.mark.parametrize(
    "text",
    [
        '{"short_description":"Basic training", "n": 1.50}',
        "plain",
        "<request><a>b</a></request>",
        "a=1&b=2",
        "[1, 2]",
        "",
    ],
)
def test_masked_body__leaves_the_rest(text: str) -> None:
    assert masked_body(text) == text


def test_masked_text__keeps_the_operator() -> None:
    assert masked_text("active=true^user_passwordSTARTSWITHab^^c^x=1") == "active=true^user_passwordSTARTSWITH***^x=1"


def test_masked_pairs__by_name() -> None:
    assert masked_pairs([("u_api_key", "x"), ("sysparm_limit", "1")]) == [("u_api_key", "***"), ("sysparm_limit", "1")]


@pytest.mark.parametrize("body", ["no base64", "/w==", "eA=="], ids=["text", "bytes", "harmless"])
def test_masked_body__batch_body_without_secrets(body: str) -> None:
    text = json.dumps({"rest_requests": [{"url": "/x", "body": body}]})
    assert masked_body(text) == text


def test_masked_body__deep_nesting() -> None:
    text = "[" * 5000 + "]" * 5000
    assert masked_body(text) == text
