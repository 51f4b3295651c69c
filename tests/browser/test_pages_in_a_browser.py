"""The pages for people in a real browser: their look, their forms, and what its security makes of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pysnow.sandbox import Sandbox
from pysnow.sandbox.instance.platform import Row
from tests.browser.chromium import Chromium
from tests.sandbox.page_reader import Visitor

HOSTILE = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\"><svg onload='window.hit = 1'>"
PAGES = [
    "/",
    "/?search=task",
    "/sandbox/tables/incident?sysparm_query=active=true^nope=1^ORDERBYnumber",
    "/sandbox/tables/sys_dictionary",
    "/sandbox/records/incident/{sys_id}",
    "/sandbox/requests",
    "/sandbox/faults?fault=cut-body",
    "/sandbox/tables/nope",
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def incident(sandbox: Sandbox) -> Row:
    values = {"short_description": HOSTILE, "description": f"{HOSTILE}\n{'x' * 300}", "work_notes": HOSTILE}
    row = sandbox.add("incident", values)
    system, sys_id = sandbox.instance.system, row["sys_id"] or ""
    sandbox.instance.add_attachment("incident", sys_id, "evil.html", "text/html", [HOSTILE.encode()], system)
    return row


@pytest.fixture
def browser(chromium: Chromium) -> Chromium:
    chromium.look()
    return chromium


@pytest.mark.parametrize("page", PAGES)
def test_page__browser_has_no_complaint(browser: Chromium, sandbox: Sandbox, incident: Row, page: str) -> None:
    """Nothing that the page's own policy refuses, no broken resource, no markup that the parser stumbles over."""
    browser.visit(sandbox.url + page.format(**incident))
    expected = ["status of 404"] if page.endswith("nope") else []
    told = browser.complaints()
    assert [any(part in each for part in expected) for each in told] == [True] * len(expected)


@pytest.mark.parametrize(("scheme", "color"), [("light", "rgb(31, 132, 118)"), ("dark", "rgb(79, 195, 176)")])
def test_page__style_is_applied(browser: Chromium, sandbox: Sandbox, scheme: str, color: str) -> None:
    browser.look(scheme=scheme)
    browser.visit(sandbox.url)
    assert browser.evaluate("getComputedStyle(document.querySelector('header')).borderTopColor") == color


@pytest.mark.parametrize("width", [360, 768, 1920])
@pytest.mark.parametrize("page", PAGES)
def test_page__fits_the_window(browser: Chromium, sandbox: Sandbox, incident: Row, page: str, width: int) -> None:
    """Wide tables scroll for themselves; the page does not."""
    browser.look(width=width)
    browser.visit(sandbox.url + page.format(**incident))
    assert browser.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "page", ["/sandbox/records/incident/{sys_id}", "/sandbox/tables/incident?sysparm_query=sys_id={sys_id}"]
)
def test_record__hostile_values_do_nothing(browser: Chromium, sandbox: Sandbox, incident: Row, page: str) -> None:
    browser.visit(sandbox.url + page.format(**incident))
    assert browser.evaluate("[typeof window.hit, document.querySelectorAll('script, img, svg').length]") == [
        "undefined",
        0,
    ]


def test_attachment__is_saved_and_not_opened(browser: Chromium, sandbox: Sandbox, incident: Row) -> None:
    browser.visit(f"{sandbox.url}/sandbox/records/incident/{incident['sys_id']}")
    address = browser.evaluate("document.querySelector('a[download]').href")
    assert browser.send("Page.navigate", url=address)["errorText"] == "net::ERR_ABORTED"


def test_list__filter(browser: Chromium, sandbox: Sandbox, incident: Row) -> None:
    browser.visit(f"{sandbox.url}/sandbox/tables/incident")
    browser.evaluate(f"document.querySelector('[name=sysparm_query]').value = 'number={incident['number']}'")
    browser.act("document.querySelector('form button').click()")
    assert browser.text(".pager") == "1 to 1 of 1"


def test_list__head_sorts(browser: Chromium, sandbox: Sandbox) -> None:
    browser.visit(f"{sandbox.url}/sandbox/tables/incident")
    browser.act("document.querySelector('[title=\"Sort by number\"]').click()")
    numbers = browser.evaluate("[...document.querySelectorAll('.list tbody tr td:first-child')].map(e => e.innerText)")
    assert (numbers, len(numbers)) == (sorted(numbers), 20)


def test_requests__one_click_selects_the_whole_block(browser: Chromium, sandbox: Sandbox) -> None:
    browser.visit(f"{sandbox.url}/")
    browser.evaluate("document.querySelector('details').open = true")
    browser.click("figure pre")
    assert browser.evaluate("getSelection().toString().trim()") == browser.text("figure pre").strip()


def test_fault__is_switched_on_and_off(browser: Chromium, sandbox: Sandbox) -> None:
    """The browser's own ``Origin`` and ``Sec-Fetch-Site`` pass, with the policy that the page itself sets."""
    browser.visit(f"{sandbox.url}/sandbox/faults?fault=latency")
    browser.act("document.querySelector('.panel button').click()")
    switched_on = [rule.fault.name() for rule in sandbox.faults]
    browser.act("document.querySelector('.rules button').click()")
    assert (switched_on, len(sandbox.faults)) == (["latency"], 0)


@pytest.fixture
def foreign_page(sandbox: Sandbox) -> Iterator[str]:
    """A page of another site that posts a form to the sandbox, with the right token even."""
    token = Visitor(sandbox).page("/sandbox/faults").all("input", name="token")[0].attributes["value"]
    page = (
        f"<form method=post action='{sandbox.url}/sandbox/actions/add-fault'>"
        f"<input name=token value='{token}'><input name=spec value=latency></form>"
    ).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_fault__is_not_switched_on_from_elsewhere(browser: Chromium, sandbox: Sandbox, foreign_page: str) -> None:
    browser.visit(foreign_page)
    browser.act("document.querySelector('form').submit()")
    assert (browser.text("h1"), len(sandbox.faults)) == ("Refused", 0)


def test_page__is_not_framed_elsewhere(browser: Chromium, sandbox: Sandbox, foreign_page: str) -> None:
    browser.visit(foreign_page)
    browser.evaluate(
        f"document.body.append(Object.assign(document.createElement('iframe'), {{src: '{sandbox.url}/'}}))"
    )
    browser.act("location.reload()")
    assert browser.evaluate("document.querySelectorAll('iframe').length") == 0
