"""Addresses of the platform's own UI: people paste them, and find the page that shows the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from pysnow.sandbox import Sandbox
from pysnow.sandbox.pages.ui_links import read_ui_link
from tests.sandbox.page_reader import Visitor

ID = "9d385017c611228701d22104cc95c371"
RECORD = f"/sandbox/records/incident/{ID}"
LIST = "/sandbox/tables/incident"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"/incident.do?sys_id={ID}", RECORD),
        (f"/incident.do?sys_id={ID}&sysparm_view=ess&sysparm_stack=no", RECORD),
        (f"/nav_to.do?uri=incident.do?sys_id={ID}", RECORD),
        (f"/nav_to.do?uri=/incident.do?sys_id={ID}&sysparm_view=ess", RECORD),
        (f"/nav_to.do?uri=%2Fincident.do%3Fsys_id%3D{ID}%26sysparm_view%3D", RECORD),
        (f"/nav_to.do?uri=incident.do%3Fsys_id={ID}", RECORD),
        (f"/now/nav/ui/classic/params/target/incident.do%3Fsys_id%3D{ID}", RECORD),
        ("/incident.do", LIST),
        ("/incident_list.do", LIST),
        ("/nav_to.do?uri=incident_list.do", LIST),
        (
            "/incident_list.do?sysparm_query=active%3Dtrue%5EORDERBYnumber",
            f"{LIST}?sysparm_query=active=true^ORDERBYnumber",
        ),
        (
            "/incident_list.do?sysparm_query=active=true^ORDERBYnumber",
            f"{LIST}?sysparm_query=active=true^ORDERBYnumber",
        ),
        (
            "/now/nav/ui/classic/params/target/incident_list.do%3Fsysparm_query%3Dactive%253Dtrue",
            f"{LIST}?sysparm_query=active=true",
        ),
        ("/nav_to.do?uri=incident_list.do?sysparm_query=active%3Dtrue", f"{LIST}?sysparm_query=active=true"),
        ("/incident.do?sysparm_query=number=nope", f"{LIST}?sysparm_query=number=nope"),
    ],
)
def test_link__leads_to_the_page(sandbox: Sandbox, address: str, page: str) -> None:
    answer = Visitor(sandbox).get(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)


def test_link__form_by_query_opens_the_first_record(sandbox: Sandbox) -> None:
    row = sandbox.add("incident", {"short_description": "by query"})
    answer = Visitor(sandbox).get(f"/incident.do?sysparm_query=number={row['number']}")
    assert answer.headers["Location"] == f"/sandbox/records/incident/{row['sys_id']}"


@pytest.mark.parametrize(
    "address",
    [
        "/incident.do?JSONv2",
        "/incident.do?CSV&sysparm_query=active=true",
        "/incident_list.do?EXCEL",
        "/incident.do?SCHEMA",
        "/nope.do",
        "/nope_list.do",
        "/nav_to.do",
        "/nav_to.do?uri=https://evil.example/incident.do?sys_id=1",
        "/nav_to.do?uri=//evil.example/incident.do",
        "/nav_to.do?sysparm_x=1",
        "/stats.do",
    ],
)
def test_link__everything_else_is_refused_aloud(sandbox: Sandbox, address: str) -> None:
    answer = Client(sandbox).get(address, auth=("admin", "admin"))
    assert (answer.status_code, answer.get_json()["error"]["message"]) == (501, "Not emulated by the sandbox")


def test_link__is_for_reading(sandbox: Sandbox) -> None:
    assert Client(sandbox).post("/incident.do?sys_id=1", auth=("admin", "admin")).status_code == 501


def test_link__frames_within_frames_end() -> None:
    assert read_ui_link("/nav_to.do", "uri=nav_to.do?" * 10 + "uri=incident.do") is None


@given(path=st.text(max_size=30), query=st.text(max_size=30))
def test_link__any_text_is_read(path: str, query: str) -> None:
    found = read_ui_link(f"/{path}", query)
    assert found is None or found.table


@given(path=st.from_regex(r"/(nav_to|[a-z]{1,9}(_list)?)\.do", fullmatch=True), uri=st.text(max_size=30))
def test_link__any_frame_is_read(path: str, uri: str) -> None:
    found = read_ui_link(path, f"uri={uri}")
    assert found is None or found.table
