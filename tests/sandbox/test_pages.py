"""The pages for people: what they show, where their links lead, and what their forms do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client

from pysnow.sandbox import Sandbox
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.pages.app import PagesApplication
from tests.sandbox.page_reader import Element, Visitor

ADMIN = "6816f79cc0a8016401c5a33be04be441"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox)


@pytest.fixture
def incident(sandbox: Sandbox) -> Row:
    values = {"short_description": "Printer on fire", "urgency": "1", "caller_id": ADMIN}
    return sandbox.add("incident", values)


def ask(sandbox: Sandbox, path: str, **options: Any) -> None:
    """Send a request of a program, for the log."""
    options = {"method": "GET", "auth": ("admin", "admin"), **options}
    Client(sandbox).open(path, **options)


def record(row: Row, table: str = "incident") -> str:
    return f"/sandbox/records/{table}/{row['sys_id']}"


def field(page: Element, element: str) -> list[str]:
    """What stands beside a field of a record: what is shown, and what is stored where that differs."""
    return next(cells[1:] for cells in page.one("table", class_="fields").rows() if cells[0].endswith(element))


def heads(page: Element) -> list[str]:
    return [each.text for each in page.one("table", class_="list").all("th")]


def first_column(page: Element) -> list[str]:
    return [cells[0] for cells in page.one("table", class_="list").rows()]


# -- tables -----------------------------------------------------------------------------------------------------------


def test_tables__are_counted(sandbox: Sandbox, visitor: Visitor) -> None:
    (row,) = [cells for cells in visitor.page("/").rows() if cells[1] == "incident"]
    assert row == ["Incident", "incident", "Task", str(len(sandbox.table("incident").rows))]


def test_tables__all_are_there(sandbox: Sandbox, visitor: Visitor) -> None:
    assert {cells[1] for cells in visitor.page("/").rows()} == set(sandbox.instance.dictionary.names())


@pytest.mark.parametrize("wanted", ["INCIDENT_ta", "incident tas"], ids=["name", "label"])
def test_tables__search(visitor: Visitor, wanted: str) -> None:
    assert [cells[1] for cells in visitor.page(f"/?search={wanted}").rows()] == ["incident_task"]


def test_tables__search_stays_in_its_field(visitor: Visitor) -> None:
    assert visitor.page("/?search=%22x").one("input").attributes["value"] == '"x'


# -- lists ------------------------------------------------------------------------------------------------------------


def test_list__rows_lead_to_records(visitor: Visitor, incident: Row) -> None:
    page = visitor.page(f"/sandbox/tables/incident?sysparm_query=number={incident['number']}")
    assert page.links()[incident["number"] or ""] == record(incident)


def test_list__encoded_query(visitor: Visitor, incident: Row) -> None:
    page = visitor.page("/sandbox/tables/incident?sysparm_query=short_description=Printer on fire")
    assert first_column(page) == [incident["number"]]


def test_list__columns(visitor: Visitor) -> None:
    page = visitor.page("/sandbox/tables/incident?sysparm_fields=number,caller_id.email,nope&sysparm_limit=1")
    assert heads(page) == ["Number", "Emailcaller_id.email"]


def test_list__unknown_names_are_told(visitor: Visitor) -> None:
    page = visitor.page(
        "/sandbox/tables/incident?sysparm_query=active=true^nope=1^stray^ORDERBYneither&sysparm_fields=no"
    )
    told = [each.text for each in page.one("p", class_="notice warning").all("code")]
    assert told == ["stray", "nope", "neither", "no"]


def test_list__known_names_are_not_told(visitor: Visitor) -> None:
    query = "NUMBER!=1^caller_id.companyISNOTEMPTY^123TEXTQUERY321=printer^parent.ref_incident.category=x^ORDERBYnumber"
    page = visitor.page(f"/sandbox/tables/incident?sysparm_query={query}")
    assert page.all("p", class_="notice warning") == []


def test_list__heads_sort(visitor: Visitor) -> None:
    page = visitor.page("/sandbox/tables/incident?sysparm_query=active=true^ORDERBYstate&sysparm_limit=50")
    numbers = first_column(visitor.page(page.links()["Number"]))
    assert (numbers, len(numbers) > 5) == (sorted(numbers), True)


def test_list__second_click_reverses(visitor: Visitor) -> None:
    page = visitor.page("/sandbox/tables/incident?sysparm_query=ORDERBYnumber")
    numbers = first_column(visitor.page(page.links()["Number \u2191"]))
    assert numbers == sorted(numbers, reverse=True)


def test_list__sorting_keeps_doubled_carets(visitor: Visitor) -> None:
    page = visitor.page(
        "/sandbox/tables/incident?sysparm_query=short_descriptionLIKEa^^b^ORDERBYstate^active=true^NQactive=false"
    )
    query = parse_qs(urlsplit(page.one("a", title="Sort by number").attributes["href"] or "").query)["sysparm_query"]
    assert query == ["short_descriptionLIKEa^^b^active=true^NQactive=false^ORDERBYnumber"]


def test_list__pages_join_to_the_whole(sandbox: Sandbox, visitor: Visitor) -> None:
    page = visitor.page("/sandbox/tables/incident?sysparm_query=ORDERBYnumber&sysparm_limit=10")
    numbers = first_column(page)
    while address := page.links().get("Next"):
        page = visitor.page(address)
        numbers += first_column(page)
    assert numbers == sorted(row["number"] or "" for row in sandbox.table("incident").rows)


def test_list__last_page(sandbox: Sandbox, visitor: Visitor) -> None:
    total = len(sandbox.table("incident").rows)
    page = visitor.page(visitor.page("/sandbox/tables/incident").links()["Last"])
    assert page.one("nav", aria_label="Pages of the list").one("span").text.endswith(f"to {total} of {total}")


def test_list__beyond_the_end_leads_back(visitor: Visitor) -> None:
    page = visitor.page("/sandbox/tables/incident?sysparm_offset=100000")
    assert page.links()["To the first"] == "/sandbox/tables/incident"


def test_list__paging_keeps_the_rest_of_the_address(visitor: Visitor) -> None:
    address = "/sandbox/tables/incident?sysparm_query=ORDERBYnumber&sysparm_fields=number,state&sysparm_limit=10"
    assert visitor.page(address).links()["Next"] == f"{address}&sysparm_offset=10"


def test_list__references_are_links(visitor: Visitor, incident: Row) -> None:
    page = visitor.page(f"/sandbox/tables/incident?sysparm_query=sys_id={incident['sys_id']}")
    assert page.links()["System Administrator"] == f"/sandbox/records/sys_user/{ADMIN}"


def test_list__of_a_parent_leads_to_the_class(visitor: Visitor, incident: Row) -> None:
    page = visitor.page(f"/sandbox/tables/task?sysparm_query=sys_id={incident['sys_id']}")
    assert page.links()[incident["number"] or ""] == record(incident)


def test_list__columns_are_shown_and_hidden_by_links(visitor: Visitor) -> None:
    page = visitor.page("/sandbox/tables/sys_user_group?sysparm_fields=name,manager")
    changes = {cells[1]: cells[3] for cells in page.all("details")[0].rows()}
    assert (changes["name"], changes["email"]) == ("Hide", "Show")


def test_list__without_records(visitor: Visitor) -> None:
    page = visitor.page("/sandbox/tables/incident?sysparm_query=number=nope")
    assert page.one("p", class_="notice note").text == "No record matches. Show all"


@pytest.mark.parametrize(
    "table", ["sys_user", "sys_dictionary", "cmdb_ci", "sys_choice", "sys_attachment", "dl_matcher"]
)
def test_list__any_table(visitor: Visitor, table: str) -> None:
    assert first_column(visitor.page(f"/sandbox/tables/{table}"))


def test_list__is_the_administrators(sandbox: Sandbox, visitor: Visitor) -> None:
    """Access rules bind callers of the API; whoever runs the sandbox sees what is in it."""
    sandbox.deny("sys_user_group", "read", admins_too=True)
    count = len(sandbox.table("sys_user_group").rows)
    page = visitor.page("/sandbox/tables/sys_user_group?sysparm_limit=100")
    assert len(first_column(page)) == count > 0


# -- records ----------------------------------------------------------------------------------------------------------


def test_record__title(visitor: Visitor, incident: Row) -> None:
    assert visitor.page(record(incident)).one("h1").text == f"Incident {incident['number']}"


@pytest.mark.parametrize(
    ("element", "shown"),
    [
        ("short_description", ["Printer on fire", ""]),
        ("urgency", ["1 - High", "1"]),
        ("caller_id", ["System Administrator", ADMIN]),
    ],
)
def test_record__shown_and_stored(visitor: Visitor, incident: Row, element: str, shown: list[str]) -> None:
    assert field(visitor.page(record(incident)), element) == shown


def test_record__times_of_the_administrator(sandbox: Sandbox, visitor: Visitor) -> None:
    row = sandbox.add("incident", {"opened_at": "2026-01-01 12:00:00"})
    assert field(visitor.page(record(row)), "opened_at") == ["2026-01-01 04:00:00", "2026-01-01 12:00:00"]


def test_record__lists_of_references_are_links(sandbox: Sandbox, visitor: Visitor) -> None:
    page = visitor.page(record(sandbox.add("incident", {"watch_list": f"{ADMIN},someone@example.com"})))
    assert field(page, "watch_list")[0] == "System Administrator, someone@example.com"
    assert page.links()["System Administrator"] == f"/sandbox/records/sys_user/{ADMIN}"


def test_record__reference_to_nothing_is_no_link(sandbox: Sandbox, visitor: Visitor) -> None:
    page = visitor.page(record(sandbox.add("incident", {"caller_id": "0" * 32})))
    assert (field(page, "caller_id")[0], "0" * 32 in page.links()) == ("0" * 32, False)


def test_record__document_id_leads_to_its_table(sandbox: Sandbox, visitor: Visitor, incident: Row) -> None:
    approval = sandbox.add(
        "sysapproval_approver", {"source_table": "incident", "document_id": incident["sys_id"], "approver": ADMIN}
    )
    page = visitor.page(record(approval, "sysapproval_approver"))
    assert record(incident) in page.links().values()


def test_record__empty_fields_are_named(visitor: Visitor, incident: Row) -> None:
    empty = visitor.page(record(incident)).all("details")[0]
    assert "close_notes" in [each.text for each in empty.all("code")]


def test_record__password_is_not_shown(sandbox: Sandbox, visitor: Visitor) -> None:
    stored = sandbox.instance.store.get("sys_user", ADMIN) or {}
    page = visitor.get(f"/sandbox/records/sys_user/{ADMIN}").text
    assert (bool(stored["user_password"]), (stored["user_password"] or "") in page) == (True, False)


def test_record__journal_newest_first(sandbox: Sandbox, visitor: Visitor, incident: Row) -> None:
    for text in ("first", "second"):
        ask(sandbox, f"/api/now/table/incident/{incident['sys_id']}", method="PATCH", json={"work_notes": text})
    entries = visitor.page(record(incident)).one("ol", class_="cards").all("p", class_="text")
    assert [entry.text for entry in entries] == ["second", "first"]


def test_record__journal_names_author_and_column(sandbox: Sandbox, visitor: Visitor, incident: Row) -> None:
    ask(sandbox, f"/api/now/table/incident/{incident['sys_id']}", method="PATCH", json={"comments": "x"})
    head = visitor.page(record(incident)).one("ol", class_="cards").all("p")[0].text
    assert (head.startswith("System Administrator "), head.endswith("Additional comments")) == (True, True)


def test_record__through_a_parent_is_sent_to_its_class(visitor: Visitor, incident: Row) -> None:
    answer = visitor.get(record(incident, "task"))
    assert (answer.status_code, answer.headers["Location"]) == (303, record(incident))


def test_record__who_may_refer_to_it(visitor: Visitor, incident: Row) -> None:
    links = visitor.page(f"/sandbox/records/sys_user/{ADMIN}").links()
    page = visitor.page(f"{links['Incident: Caller']}^number={incident['number']}")
    assert first_column(page) == [incident["number"]]


def test_record__sys_id_of_any_shape(sandbox: Sandbox, visitor: Visitor) -> None:
    """Callers may choose the sys_id of what they create."""
    row = sandbox.add("incident", {"sys_id": 'a/b "c"?d#e'})
    listed = visitor.page(f"/sandbox/tables/incident?sysparm_query=number={row['number']}")
    page = visitor.page(listed.links()[row["number"] or ""])
    assert page.one("h1").text == f"Incident {row['number']}"


@pytest.mark.parametrize(
    "table", ["sys_user", "sys_dictionary", "sys_attachment", "cmdb_ci", "sys_choice", "sys_user_role"]
)
def test_record__any_table(visitor: Visitor, table: str) -> None:
    listed = visitor.page(f"/sandbox/tables/{table}?sysparm_limit=1").one("table", class_="list")
    answer = visitor.get(listed.one("tbody").all("a")[0].attributes["href"] or "")
    assert answer.status_code in (200, 303)


# -- attachments ------------------------------------------------------------------------------------------------------


@pytest.fixture
def attachment(sandbox: Sandbox, incident: Row) -> Row:
    return sandbox.instance.add_attachment(
        "incident",
        incident["sys_id"] or "",
        'pl"an\r\nX-Evil: 1 \u00e9.html',
        "text/html",
        [b"<script>alert(1)</script>"],
        sandbox.instance.system,
    )


def test_attachment__is_downloaded(visitor: Visitor, incident: Row, attachment: Row) -> None:
    links = visitor.page(record(incident)).one("ul", class_="cards").links()
    assert visitor.get(next(iter(links.values()))).data == b"<script>alert(1)</script>"


def test_attachment__never_runs_as_a_page(visitor: Visitor, attachment: Row) -> None:
    headers = visitor.get(f"/sandbox/attachments/{attachment['sys_id']}").headers
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")


def test_attachment__hostile_name_stays_within_its_header(visitor: Visitor, attachment: Row) -> None:
    headers = visitor.get(f"/sandbox/attachments/{attachment['sys_id']}").headers
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"pl_an__X-Evil_ 1 _.html\"; filename*=UTF-8''pl%22an%0D%0AX-Evil%3A%201%20%C3%A9.html"
    )


# -- requests ---------------------------------------------------------------------------------------------------------


def test_requests__newest_first(sandbox: Sandbox, visitor: Visitor) -> None:
    ask(sandbox, "/api/now/table/incident?sysparm_limit=1")
    ask(sandbox, "/api/now/table/nope")
    lines = [each.text for each in visitor.page("/sandbox/requests").all("p", class_="call")]
    assert lines == ["GET /api/now/table/nope admin 400", "GET /api/now/table/incident admin 200"]


def test_requests__parameters_are_decoded(sandbox: Sandbox, visitor: Visitor) -> None:
    ask(sandbox, "/api/now/table/incident?sysparm_query=a%3Db%5Ec%3D%C3%A9&sysparm_limit=1")
    sent = visitor.page("/sandbox/requests").all("dl", class_="sent")[0]
    assert [each.text for each in sent.all("dd")] == ["a=b^c=\u00e9", "1"]


def test_requests__in_other_words(sandbox: Sandbox, visitor: Visitor) -> None:
    ask(sandbox, "/api/now/table/incident?sysparm_query=active%3Dtrue")
    figures = visitor.page("/sandbox/requests").all("figure")
    assert [each.one("figcaption").text for each in figures] == ["Python", "curl", "Encoded query"]


def test_requests__visits_are_not_in_the_log(sandbox: Sandbox, visitor: Visitor) -> None:
    for address in ("/", "/sandbox/requests", "/sandbox/tables/incident", "/incident.do"):
        visitor.get(address)
    assert list(sandbox.requests) == []


def test_requests__older_ones_on_further_pages(sandbox: Sandbox, visitor: Visitor) -> None:
    for number in range(60):
        ask(sandbox, f"/api/now/table/t{number}")
    older = visitor.page(visitor.page("/sandbox/requests").links()["Older"])
    assert [each.text for each in older.all("code", class_="path")][-1] == "/api/now/table/t0"


def test_requests__fault_and_change_are_marked(sandbox: Sandbox, visitor: Visitor) -> None:
    with sandbox.fault("server-error"):
        ask(sandbox, "/api/now/table/incident")
    ask(sandbox, "/api/now/table/incident", method="POST", json={})
    calls = visitor.page("/sandbox/requests").all("p", class_="call")
    marks = [[each.text for each in call.all("span")[:-2]] for call in calls]
    assert marks == [["changed data"], ["fault: server-error"]]


def test_requests__batch_with_its_requests(sandbox: Sandbox, visitor: Visitor) -> None:
    item = {"id": "1", "method": "DELETE", "url": "/api/now/table/incident/nope"}
    ask(sandbox, "/api/now/v1/batch", method="POST", json={"rest_requests": [item]})
    (part,) = visitor.page("/sandbox/requests").one("ul", class_="parts").all("p", class_="call")
    assert part.text == "DELETE /api/now/table/incident/nope admin 404"


def test_requests__are_forgotten(sandbox: Sandbox, visitor: Visitor) -> None:
    ask(sandbox, "/api/now/table/incident")
    visitor.submit(visitor.page("/sandbox/requests").one("form"))
    assert len(sandbox.requests) == 0


# -- faults -----------------------------------------------------------------------------------------------------------


def form_to(page: Element, action: str) -> Element:
    return page.one("form", action=f"/sandbox/actions/{action}")


def test_faults__on_in_words(sandbox: Sandbox, visitor: Visitor) -> None:
    answer = visitor.submit(
        form_to(visitor.page("/sandbox/faults"), "add-fault"), spec="latency:seconds=0,table=incident"
    )
    page = visitor.page(answer.headers["Location"])
    assert page.one("table", class_="rules").rows()[0][0] == "latency:seconds=0.0,table=incident"


def test_faults__on_by_a_form(sandbox: Sandbox, visitor: Visitor) -> None:
    form = visitor.page("/sandbox/faults?fault=latency").one("form", class_="panel")
    visitor.submit(form, seconds="0", table="incident", method="GET")
    ask(sandbox, "/api/now/table/incident?sysparm_limit=1")
    assert visitor.page("/sandbox/faults").one("table", class_="rules").rows()[0][:2] == [
        "latency:seconds=0.0,method=GET,table=incident",
        "1 call",
    ]


def test_faults__every_kind_has_a_form_that_works(sandbox: Sandbox, visitor: Visitor) -> None:
    kinds = [cells[0] for cells in visitor.page("/sandbox/faults").one("table", class_="kinds").rows()]
    for kind in kinds:
        form = visitor.page(f"/sandbox/faults?fault={kind}").one("form", class_="panel")
        assert visitor.submit(form).status_code == 303, kind
    assert [rule.fault.name() for rule in sandbox.faults] == kinds


def test_faults__mistake_is_told(sandbox: Sandbox, visitor: Visitor) -> None:
    answer = visitor.submit(form_to(visitor.page("/sandbox/faults"), "add-fault"), spec="latencie")
    assert (answer.status_code, "did you mean latency?" in answer.text, len(sandbox.faults)) == (400, True, 0)


def test_faults__mistake_keeps_the_form(visitor: Visitor) -> None:
    form = visitor.page("/sandbox/faults?fault=latency").one("form", class_="panel")
    answer = visitor.submit(form, seconds="soon", table="incident")
    assert (answer.status_code, 'value="soon"' in answer.text, 'value="incident"' in answer.text) == (400, True, True)


def test_faults__one_is_switched_off(sandbox: Sandbox, visitor: Visitor) -> None:
    sandbox.faults.add("latency")
    kept = sandbox.faults.add("server-error")
    visitor.submit(visitor.page("/sandbox/faults").all("form", action="/sandbox/actions/remove-fault")[0])
    assert list(sandbox.faults) == [kept]


def test_faults__all_are_switched_off(sandbox: Sandbox, visitor: Visitor) -> None:
    sandbox.faults.add("latency")
    visitor.submit(form_to(visitor.page("/sandbox/faults"), "clear-faults"))
    assert len(sandbox.faults) == 0


def test_faults__do_not_strike_pages(sandbox: Sandbox, visitor: Visitor) -> None:
    """Else nobody could switch off a fault that lets nothing through."""
    sandbox.faults.add("server-error")
    assert visitor.get("/sandbox/faults").status_code == 200


def test_faults__programs_get_json_at_the_same_address(sandbox: Sandbox) -> None:
    answer = Client(sandbox).get(
        "/sandbox/faults", headers={"Accept": "*/*"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    )
    assert "kinds" in answer.get_json()["result"]


# -- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/sandbox/nope",
        "/sandbox/tables/nope",
        "/sandbox/records/nope/1",
        "/sandbox/records/incident/nope",
        "/sandbox/attachments/nope",
    ],
)
def test_missing__is_said_on_a_page(visitor: Visitor, address: str) -> None:
    answer = visitor.get(address)
    assert (answer.status_code, answer.text.startswith("<!DOCTYPE html>")) == (404, True)


def test_missing__table_is_guessed(visitor: Visitor) -> None:
    assert ">incident</a>" in visitor.get("/sandbox/tables/incidnet").text


def test_method__not_offered(visitor: Visitor) -> None:
    assert visitor.post("/sandbox/requests", {}).status_code == 405


def test_offset__negative(visitor: Visitor) -> None:
    assert visitor.get("/sandbox/tables/incident?sysparm_offset=-1").status_code == 400


def test_head__has_no_body(sandbox: Sandbox) -> None:
    answer = Client(sandbox).head("/")
    assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, b"", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("address", "content_type"),
    [("/sandbox/style.css", "text/css; charset=utf-8"), ("/sandbox/icon.svg", "image/svg+xml")],
)
def test_look__is_linked_and_there(visitor: Visitor, address: str, content_type: str) -> None:
    linked = [each.attributes["href"] for each in visitor.page("/").all("link")]
    assert (address in linked, visitor.get(address).headers["Content-Type"]) == (True, content_type)


@pytest.mark.parametrize("address", ["/sandbox", "/sandbox/", "/sandbox/tables"])
def test_way_in__is_the_first_page(visitor: Visitor, address: str) -> None:
    assert visitor.get(address).headers["Location"] == "/"


class BrokenLog(RequestLog):
    def __getitem__(self, index: object) -> NoReturn:
        raise ValueError("on purpose")


def test_failure__is_a_page_without_a_traceback(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    pages = PagesApplication(sandbox, instance=sandbox.instance, log=BrokenLog(), faults=sandbox.faults)
    answer = Client(pages).get("/sandbox/requests")
    assert (answer.status_code, "on purpose" in answer.text, "on purpose" in caplog.text) == (500, False, True)


def test_instance_without_demo_data() -> None:
    sandbox = Sandbox(seed=False)
    answer = Visitor(sandbox).get("/sandbox/tables/incident")
    sandbox.close()
    assert (answer.status_code, "No record matches." in answer.text) == (200, True)
