"""Events pushed to Event Management, and the alerts made from them ("Send events via web service")."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox
from pysnow.sandbox.instance.date_formats import stored_date_time

Call = Callable[..., requests.Response]
Row = dict[str, str | None]

EVENTS = "/api/global/em/jsonv2"
KEY = "disk/db01"
EVENT = {
    "source": "pysnow",
    "event_class": "tests",
    "node": "db01",
    "resource": "D:",
    "metric_name": "disk.free",
    "type": "Disk",
    "message_key": KEY,
    "severity": "2",
    "description": "2% left",
    "additional_info": '{"site":"Denver"}',
    "time_of_event": "2026-03-02 10:20:00",
    "resolution_state": "New",
}


@pytest.fixture
def push(call: Call) -> Callable[..., requests.Response]:
    """Push one event for each dictionary of changes to the sample event."""

    def send(*changes: dict[str, Any]) -> requests.Response:
        answer = call("POST", EVENTS, json={"records": [EVENT | change for change in changes]})
        assert answer.status_code == 200, answer.text
        return answer

    return send


def events(sandbox: Sandbox, key: str = KEY) -> list[Row]:
    return [row for row in sandbox.table("em_event").rows if row["message_key"] == key]


def alerts(sandbox: Sandbox, key: str = KEY) -> list[Row]:
    return [row for row in sandbox.table("em_alert").rows if row["message_key"] == key]


def alert(sandbox: Sandbox) -> Row:
    (found,) = alerts(sandbox)
    return found


# -- events -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 3])
def test_push__answer(push: Callable[..., requests.Response], count: int) -> None:
    """Recorded by connectors of other tools."""
    assert push(*[{}] * count).json() == {"result": {"Default Bulk Endpoint": f"{count} events were inserted"}}


def test_push__event_as_sent(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({})
    (event,) = events(sandbox)
    assert {name: event[name] for name in EVENT} == EVENT


def test_push__processed(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({})
    (event,) = events(sandbox)
    assert (event["state"], event["alert"]) == ("Processed", alert(sandbox)["sys_id"])


def test_push__severity_as_a_number(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({"severity": 2})
    assert alert(sandbox)["severity"] == "2"


def test_push__time_of_event_is_now() -> None:
    with Sandbox(clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC)) as sandbox:
        record = {name: value for name, value in EVENT.items() if name != "time_of_event"}
        requests.post(f"{sandbox.url}{EVENTS}", json={"records": [record]}, auth=("admin", "admin"), timeout=30)
        assert events(sandbox)[0]["time_of_event"] == stored_date_time(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.mark.parametrize("name", ["state", "alert", "sys_id", "error_msg", "nope"])
def test_push__other_columns(push: Callable[..., requests.Response], sandbox: Sandbox, name: str) -> None:
    push({name: "x"})
    (event,) = events(sandbox)
    assert event.get(name) != "x"


@pytest.mark.parametrize("severity", ["", "6", "-1", "critical", None])
def test_push__severity_unknown(push: Callable[..., requests.Response], sandbox: Sandbox, severity: str | None) -> None:
    push({"severity": severity})
    (event,) = events(sandbox)
    assert (event["state"], "everity" in (event["error_msg"] or ""), alerts(sandbox)) == ("Error", True, [])


def test_push__key_made_from_the_rest(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    """Without a message key: source, node, type, resource and metric name."""
    push({"message_key": ""})
    assert len(alerts(sandbox, "pysnow_db01_Disk_D:_disk.free")) == 1


@pytest.mark.parametrize("node", ["lnx-app-01", "lnx-app-01.corp.example.com"])
def test_push__node_is_a_configuration_item(
    push: Callable[..., requests.Response], sandbox: Sandbox, node: str
) -> None:
    push({"node": node})
    item = next(row for row in sandbox.table("cmdb_ci").rows if row["name"] == "lnx-app-01")
    assert (events(sandbox)[0]["cmdb_ci"], alert(sandbox)["cmdb_ci"]) == (item["sys_id"], item["sys_id"])


@pytest.mark.parametrize(
    "body", [{}, {"records": None}, {"records": EVENT}, {"records": [EVENT, "x"]}, {"records": [None]}]
)
def test_push__malformed(call: Call, sandbox: Sandbox, body: dict[str, Any]) -> None:
    assert (call("POST", EVENTS, json=body).status_code, events(sandbox)) == (400, [])


def test_push__xml_is_not_emulated(call: Call) -> None:
    assert call("POST", EVENTS, data="<x/>", headers={"Content-Type": "application/xml"}).status_code == 501


def test_push__needs_a_login(sandbox: Sandbox) -> None:
    assert requests.post(f"{sandbox.url}{EVENTS}", json={"records": []}, timeout=30).status_code == 401


@pytest.mark.parametrize(
    "path", ["/api/sn_em_connector/em/inbound_event?source=x", "/em_event.do?JSONv2&sysparm_action=insertMultiple"]
)
def test_other_doors__not_emulated(call: Call, path: str) -> None:
    assert call("POST", path, json={"records": [EVENT]}).status_code == 501


# -- alerts -----------------------------------------------------------------------------------------------------------


def test_alert__opened(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({})
    wanted = {"state": "Open", "event_count": "1", "severity": "2", "description": "2% left", "node": "db01"}
    assert {name: alert(sandbox)[name] for name in wanted} == wanted


def test_alert__number(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({})
    assert alert(sandbox)["number"] == "Alert0010001"


@pytest.mark.parametrize("severity", ["1", "3", "4", "5"])
def test_alert__every_severity_but_clear_opens_one(
    push: Callable[..., requests.Response], sandbox: Sandbox, severity: str
) -> None:
    push({"severity": severity})
    assert alert(sandbox)["severity"] == severity


def test_alert__updated_by_the_same_key(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({}, {"severity": "1", "description": "None left", "time_of_event": "2026-03-02 10:25:00"})
    wanted = {"event_count": "2", "severity": "1", "description": "None left", "last_event_time": "2026-03-02 10:25:00"}
    assert {name: alert(sandbox)[name] for name in wanted} == wanted


def test_alert__keeps_its_first_time(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({}, {"time_of_event": "2026-03-02 10:25:00"})
    assert alert(sandbox)["initial_event_time"] == "2026-03-02 10:20:00"


def test_alert__another_key_another_alert(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({}, {"message_key": "other"})
    assert (len(alerts(sandbox)), len(alerts(sandbox, "other"))) == (1, 1)


def test_alert__cleared(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    """Severity 0: existing alerts are closed."""
    push({}, {"severity": "0"})
    assert (alert(sandbox)["state"], alert(sandbox)["severity"]) == ("Closed", "0")


def test_alert__closing(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({}, {"resolution_state": "Closing"})
    assert alert(sandbox)["state"] == "Closed"


@pytest.mark.parametrize("change", [{"severity": "0"}, {"resolution_state": "Closing"}])
def test_alert__nothing_to_close(
    push: Callable[..., requests.Response], sandbox: Sandbox, change: dict[str, str]
) -> None:
    """Severity 0: no alert is created from this event."""
    push(change)
    assert (alerts(sandbox), events(sandbox)[0]["state"]) == ([], "Processed")


def test_alert__cleared_twice(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({}, {"severity": "0"}, {"severity": "0"})
    assert alert(sandbox)["event_count"] == "2"


def test_alert__reopened(push: Callable[..., requests.Response], sandbox: Sandbox) -> None:
    push({}, {"severity": "0"}, {"severity": "3"})
    assert (alert(sandbox)["state"], alert(sandbox)["severity"]) == ("Reopen", "3")


def test_alert__one_for_callers_side_by_side(sandbox: Sandbox) -> None:
    def push_once(_: int) -> int:
        body = {"records": [EVENT]}
        return requests.post(f"{sandbox.url}{EVENTS}", json=body, auth=("admin", "admin"), timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(push_once, range(16))) == {200}
    assert alert(sandbox)["event_count"] == "16"


def test_alert__of_the_demo_data(call: Call, sandbox: Sandbox) -> None:
    (demo,) = [row for row in sandbox.table("em_alert").rows if row["number"] == "Alert0000001"]
    call("POST", EVENTS, json={"records": [{"message_key": demo["message_key"], "severity": "1"}]})
    assert len(alerts(sandbox, demo["message_key"] or "")) == 1


# -- events that come another way -------------------------------------------------------------------------------------


def test_table_api__event_makes_an_alert(call: Call, sandbox: Sandbox) -> None:
    """An instance processes waiting events, whichever way they came."""
    created = call("POST", "/api/now/table/em_event", json=EVENT).json()["result"]
    assert (created["state"], created["alert"]["value"]) == ("Processed", alert(sandbox)["sys_id"])


def test_table_api__event_that_does_not_wait(call: Call, sandbox: Sandbox) -> None:
    call("POST", "/api/now/table/em_event", json=EVENT | {"state": "Processed"})
    assert alerts(sandbox) == []


def test_table_api__event_that_waits_again(call: Call, sandbox: Sandbox) -> None:
    event = sandbox.add("em_event", EVENT | {"severity": ""})
    call("PATCH", f"/api/now/table/em_event/{event['sys_id']}", json={"severity": "1", "state": "Ready"})
    assert alert(sandbox)["severity"] == "1"


# -- rights -----------------------------------------------------------------------------------------------------------


def test_push__needs_a_right(call: Call, sandbox: Sandbox) -> None:
    """Users need the role evt_mgmt_integration ("Send events via web service")."""
    answer = call("POST", EVENTS, json={"records": [EVENT]}, auth=("itil", "itil"))
    assert (answer.status_code, events(sandbox)) == (403, [])


def test_push__with_the_role_of_integrations(call: Call, sandbox: Sandbox) -> None:
    sandbox.add_user("monitor", roles=["evt_mgmt_integration"])
    answer = call("POST", EVENTS, json={"records": [EVENT]}, auth=("monitor", "monitor"))
    assert (answer.status_code, alert(sandbox)["severity"]) == (200, "2")


# -- whatever is sent -------------------------------------------------------------------------------------------------

TEXTS = st.text(max_size=12) | st.sampled_from(["\ud800", "javascript:gs.getUserID()", "0", "1", "x" * 5000])
VALUES = TEXTS | st.integers() | st.none() | st.lists(TEXTS, max_size=2) | st.dictionaries(TEXTS, TEXTS, max_size=2)
RECORDS = st.dictionaries(TEXTS | st.sampled_from(sorted(EVENT)), VALUES, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(RECORDS | VALUES, max_size=4) | VALUES)
def test_any_events(call: Call, sandbox: Sandbox, records: Any) -> None:
    """Every record is an event afterwards, or none."""
    before = len(sandbox.table("em_event").rows)
    status = call("POST", EVENTS, data=json.dumps({"records": records})).status_code
    added = len(sandbox.table("em_event").rows) - before
    assert (status, added) in ((400, 0), (200, len(records) if isinstance(records, list) else -1))
