"""Faults of what an instance holds: lists that do not hold still, tokens that end, clocks, batches."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

INCIDENTS = "/api/now/table/incident"
IDS = {"sysparm_fields": "sys_id"}
TOKEN = "/oauth_token.do"
CLIENT = {"client_id": "sandbox", "client_secret": "sandbox"}

Call = Callable[..., requests.Response]


def ids(call: Call, **parameters: str) -> list[str]:
    answer = call("GET", INCIDENTS, params={**IDS, **parameters})
    return [row["sys_id"] for row in answer.json()["result"]]


# -- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "ORDERBYpriority"], ids=["no order", "ties"])
def test_unstable_ties__order_changes(sandbox: Sandbox, call: Call, query: str) -> None:
    sandbox.faults.add("unstable-ties")
    assert len({tuple(ids(call, sysparm_query=query)) for _ in range(8)}) > 1


def test_unstable_ties__rows_stay(sandbox: Sandbox, call: Call) -> None:
    expected = sorted(ids(call))
    sandbox.faults.add("unstable-ties")
    assert {tuple(sorted(ids(call))) for _ in range(5)} == {tuple(expected)}


def test_unstable_ties__order_that_was_asked_for_stays(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("unstable-ties")
    for _ in range(5):
        rows = call("GET", INCIDENTS, params={"sysparm_query": "ORDERBYpriority", "sysparm_fields": "priority"}).json()
        values = [row["priority"] for row in rows["result"]]
        assert values == sorted(values)


def test_unstable_ties__total_order_stays(sandbox: Sandbox, call: Call) -> None:
    expected = ids(call, sysparm_query="ORDERBYsys_id")
    sandbox.faults.add("unstable-ties")
    assert {tuple(ids(call, sysparm_query="ORDERBYsys_id")) for _ in range(5)} == {tuple(expected)}


@pytest.mark.parametrize("query", [None, "active=true^ORDERBYnumber"], ids=["none", "some"])
def test_unstable_ties__links_repeat_what_was_asked(sandbox: Sandbox, call: Call, query: str | None) -> None:
    parameters = {"sysparm_query": query, "sysparm_limit": "2"}
    expected = call("GET", INCIDENTS, params=parameters).links["next"]["url"]
    sandbox.faults.add("unstable-ties")
    url = call("GET", INCIDENTS, params=parameters).links["next"]["url"]
    assert url == expected


def test_unstable_ties__is_repeated_by_its_seed(sandbox: Sandbox, call: Call) -> None:
    orders = []
    for _ in range(2):
        sandbox.faults.clear()
        sandbox.faults.add("unstable-ties")
        orders.append([ids(call) for _ in range(4)])
    assert orders[0] == orders[1]


@pytest.mark.parametrize(("limit", "given"), [("50", 7), ("3", 3), ("", 7)])
def test_capped_limit__gives_fewer(sandbox: Sandbox, call: Call, limit: str, given: int) -> None:
    sandbox.faults.add("capped-limit", rows=7)
    assert len(ids(call, **({"sysparm_limit": limit} if limit else {}))) == given


def test_same_page__again_and_again(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("same-page")
    first = ids(call, sysparm_limit="3")
    assert ids(call, sysparm_limit="3", sysparm_offset="3") == first


def test_same_page__per_path(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("same-page")
    first = ids(call)
    problems = call("GET", "/api/now/table/problem", params=IDS).json()["result"]
    assert [row["sys_id"] for row in problems] != first


def test_hidden_rows__after_the_limit(sandbox: Sandbox, call: Call) -> None:
    shown = ids(call, sysparm_limit="20")
    sandbox.faults.add("hidden-rows", share=0.5)
    visible = ids(call, sysparm_limit="20")
    assert (0 < len(visible) < len(shown), set(visible) < set(shown)) == (True, True)


def test_hidden_rows__count_stays(sandbox: Sandbox, call: Call) -> None:
    before = call("GET", INCIDENTS, params=IDS).headers["X-Total-Count"]
    sandbox.faults.add("hidden-rows", share=0.5)
    assert call("GET", INCIDENTS, params=IDS).headers["X-Total-Count"] == before


def test_hidden_rows__always_the_same(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("hidden-rows", share=0.5)
    assert ids(call) == ids(call)


@pytest.mark.parametrize("display_value", ["false", "all"])
def test_hidden_rows__whatever_is_shown(sandbox: Sandbox, call: Call, display_value: str) -> None:
    sandbox.faults.add("hidden-rows", share=1.0)
    answer = call("GET", INCIDENTS, params={**IDS, "sysparm_display_value": display_value})
    assert answer.json()["result"] == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_hidden_rows__are_not_found(sandbox: Sandbox, call: Call, incident: dict[str, str], method: str) -> None:
    sandbox.faults.add("hidden-rows", share=1.0)
    assert call(method, f"{INCIDENTS}/{incident['sys_id']}").status_code == 404


def test_moving_rows__come_and_go(sandbox: Sandbox, call: Call) -> None:
    before = set(ids(call))
    sandbox.faults.add("moving-rows", inserts=2, deletes=3)
    after = set(ids(call))
    assert (len(after - before), len(before - after)) == (2, 3)


def test_moving_rows__change(sandbox: Sandbox, call: Call) -> None:
    before = {row["sys_id"]: row["sys_mod_count"] for row in sandbox.table("incident").rows}
    sandbox.faults.add("moving-rows", inserts=0, deletes=0, updates=2)
    ids(call)
    after = {row["sys_id"]: row["sys_mod_count"] for row in sandbox.table("incident").rows}
    assert len([each for each in before if before[each] != after[each]]) == 2


def test_moving_rows__unknown_table(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("moving-rows")
    assert call("GET", "/api/now/table/nope").status_code == 400


@pytest.mark.parametrize(
    ("options", "change"),
    [
        ({"how": "low", "by": 2}, lambda count: str(int(count) - 2)),
        ({"how": "low", "by": 10**6}, lambda count: "0"),
        ({"how": "high"}, lambda count: str(int(count) + 1)),
        ({"how": "text"}, lambda count: "many"),
        ({}, lambda count: None),
    ],
    ids=["low", "zero", "high", "text", "missing"],
)
def test_wrong_count__lies(
    sandbox: Sandbox, call: Call, options: dict[str, Any], change: Callable[[str], str | None]
) -> None:
    true = call("GET", INCIDENTS, params=IDS).headers["X-Total-Count"]
    sandbox.faults.add("wrong-count", **options)
    assert call("GET", INCIDENTS, params=IDS).headers.get("X-Total-Count") == change(true)


# -- tokens -----------------------------------------------------------------------------------------------------------


def token(call: Call, **form: str) -> requests.Response:
    form = form or {"grant_type": "password", "username": "admin", "password": "admin"}
    return call("POST", TOKEN, data={**CLIENT, **form}, auth=lambda request: request)


def refresh(call: Call, refresh_token: str) -> requests.Response:
    return token(call, grant_type="refresh_token", refresh_token=refresh_token)


def bearing(access_token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {access_token}"
        return request

    return sign


def status_with(call: Call, access_token: str) -> int:
    return call("GET", INCIDENTS, params={"sysparm_limit": "1"}, auth=bearing(access_token)).status_code


def test_expired_token__stays_dead(sandbox: Sandbox, call: Call) -> None:
    access = token(call).json()["access_token"]
    with sandbox.fault("expired-token"):
        struck = status_with(call, access)
    assert (struck, status_with(call, access)) == (401, 401)


def test_expired_token__next_one_lives(sandbox: Sandbox, call: Call) -> None:
    given = token(call).json()
    sandbox.faults.add("expired-token", times=1)
    status_with(call, given["access_token"])
    assert status_with(call, refresh(call, given["refresh_token"]).json()["access_token"]) == 200


def test_expired_token__spares_passwords(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("expired-token")
    assert call("GET", INCIDENTS, params=IDS).status_code == 200


def test_rotated_refresh_token__old_one_is_dead(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("rotated-refresh-token")
    old = token(call).json()["refresh_token"]
    new = refresh(call, old).json()["refresh_token"]
    assert (new != old, refresh(call, old).status_code, refresh(call, new).status_code) == (True, 401, 200)


def test_rotated_refresh_token__answer_lost(sandbox: Sandbox, call: Call) -> None:
    """The hardest case: the old token is gone, and nobody has the new one."""
    old = token(call).json()["refresh_token"]
    sandbox.faults.add("drop-after", operation="refresh", times=1)
    sandbox.faults.add("rotated-refresh-token")
    with pytest.raises(requests.ConnectionError):
        refresh(call, old)
    assert (refresh(call, old).status_code, sandbox.requests[-2].committed) == (401, True)


def test_revoked_refresh_token__is_denied(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("revoked-refresh-token")
    answer = refresh(call, token(call).json()["refresh_token"])
    assert (answer.status_code, answer.json()["error_description"]) == (401, "access_denied")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("missing", "nothing"),
        ("text", "1799"),
        ("negative", -1),
        ("zero", 0),
        ("null", None),
        ("words", "half an hour"),
    ],
)
def test_bad_expiry__is_odd(sandbox: Sandbox, call: Call, how: str, expected: object) -> None:
    sandbox.faults.add("bad-expiry", how=how)
    assert token(call).json().get("expires_in", "nothing") == expected


def test_bad_expiry__token_is_good(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("bad-expiry")
    assert status_with(call, token(call).json()["access_token"]) == 200


# -- clocks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_nine() -> Any:
    with Sandbox(clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC)) as sandbox:
        yield sandbox


def created_on(sandbox: Sandbox) -> tuple[datetime, str]:
    answer = requests.post(f"{sandbox.url}{INCIDENTS}", json={}, auth=("admin", "admin"), timeout=30)
    return parsedate_to_datetime(answer.headers["Date"]), answer.json()["result"]["sys_created_on"]


def test_clock_skew__of_everything(at_nine: Sandbox) -> None:
    at_nine.faults.add("clock-skew", seconds=-3600)
    assert created_on(at_nine) == (datetime(2026, 3, 2, 8, tzinfo=UTC), "2026-03-02 08:00:00")


def test_clock_skew__of_the_header_alone(at_nine: Sandbox) -> None:
    at_nine.faults.add("clock-skew", seconds=3600, stamps=False)
    assert created_on(at_nine) == (datetime(2026, 3, 2, 10, tzinfo=UTC), "2026-03-02 09:00:00")


def test_clock_skew__ends_with_the_call(at_nine: Sandbox) -> None:
    at_nine.faults.add("clock-skew", times=1)
    created_on(at_nine)
    assert created_on(at_nine)[1] == "2026-03-02 09:00:00"


def test_clock_skew__one_date(at_nine: Sandbox, call: Call) -> None:
    at_nine.faults.add("clock-skew")
    answer = requests.get(f"{at_nine.url}{INCIDENTS}", auth=("admin", "admin"), timeout=30)
    assert len(answer.raw.headers.getlist("Date")) == 1


# -- batches ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "serviced", "unserviced"),
    [
        ("batch-unserviced", ["1"], ["2"]),
        ("batch-unknown-id", ["unknown", "2"], []),
        ("batch-repeated-id", ["1", "1", "2"], []),
    ],
)
def test_batch__does_not_add_up(
    sandbox: Sandbox, call: Call, fault: str, serviced: list[str], unserviced: list[str]
) -> None:
    sandbox.faults.add(fault)
    item = {"method": "POST", "url": INCIDENTS, "headers": [{"name": "Content-Type", "value": "application/json"}]}
    body = base64.b64encode(json.dumps({"urgency": "1"}).encode()).decode()
    items = [{**item, "id": number, "body": body} for number in ("1", "2")]
    before = len(sandbox.table("incident").rows)
    answer = call("POST", "/api/now/v1/batch", json={"batch_request_id": "b", "rest_requests": items}).json()
    assert [each["id"] for each in answer["serviced_requests"]] == serviced
    assert (answer["unserviced_requests"], len(sandbox.table("incident").rows) - before) == (unserviced, 2)
