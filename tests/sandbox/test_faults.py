"""Faults switched on and off: which calls they strike, in words, over HTTP, and what the log says of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from pysnow.sandbox import Sandbox
from pysnow.sandbox.faults import Conditions, Fault
from pysnow.sandbox.faults.call import Call as Incoming
from pysnow.sandbox.faults.catalogue import KINDS, fault_table
from pysnow.sandbox.faults.fault import Serve, option_types
from pysnow.sandbox.faults.kinds.lists import WrongCount
from pysnow.sandbox.faults.kinds.pages import LoginPage, Redirect
from pysnow.sandbox.faults.kinds.refusals import ServerError
from pysnow.sandbox.faults.kinds.timing import Drip, Latency
from pysnow.sandbox.faults.operations import Operation, operation_of
from pysnow.sandbox.faults.reply import Reply
from pysnow.sandbox.faults.spec import format_spec, parse_spec

INCIDENTS = "/api/now/table/incident"
PROBLEMS = "/api/now/table/problem"
ONE = {"sysparm_limit": "1"}

Call = Callable[..., requests.Response]


def statuses(call: Call, count: int, path: str = INCIDENTS) -> list[int]:
    return [call("GET", path, params=ONE).status_code for _ in range(count)]


# -- which calls ------------------------------------------------------------------------------------------------------


def test_add__strikes_all_calls(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", status=503)
    assert statuses(call, 3) == [503, 503, 503]


def test_clear__ends_all(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error")
    sandbox.faults.clear()
    assert statuses(call, 1) == [200]


def test_fault__ends_with_its_block(sandbox: Sandbox, call: Call) -> None:
    with sandbox.fault("server-error"):
        inside = statuses(call, 1)
    assert (inside, statuses(call, 1)) == ([500], [200])


def test_fault__without_a_block_stays_on(sandbox: Sandbox, call: Call) -> None:
    sandbox.fault("server-error")
    assert statuses(call, 2) == [500, 500]


def test_fault__that_is_unknown_is_refused_without_a_block(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="did you mean server-error"):
        sandbox.fault("server-eror")


def test_fault__is_no_block_twice(sandbox: Sandbox) -> None:
    with sandbox.fault("server-error") as rule:
        pass
    with pytest.raises(RuntimeError, match="switched off"), rule:
        pass


def test_fault__ends_alone(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", status=503)
    with sandbox.fault("server-error", status=504):
        pass
    assert statuses(call, 1) == [503]


def test_add__takes_a_value(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add(ServerError(status=502), times=1)
    assert statuses(call, 2) == [502, 200]


def test_add__takes_a_fault_of_ones_own(sandbox: Sandbox, call: Call) -> None:
    class TeaPot(Fault):
        """A pot."""

        def play(self, call: Incoming, serve: Serve) -> Reply:
            return Reply(418)

    rule = sandbox.faults.add(TeaPot(), times=1)
    assert (rule.fault.name(), statuses(call, 2)) == ("tea-pot", [418, 200])


def test_add__takes_a_spec(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error:status=502,nth=2")
    assert statuses(call, 3) == [200, 502, 200]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"times": 2}, [500, 500, 200, 200, 200]),
        ({"nth": 3}, [200, 200, 500, 200, 200]),
        ({"nth": 2, "times": 2}, [200, 500, 500, 200, 200]),
        ({"method": "POST"}, [200] * 5),
        ({"method": "get+post"}, [500] * 5),
        ({"table": "incident+problem"}, [500] * 5),
        ({"table": "problem"}, [200] * 5),
        ({"path": "/api/now/*/incident"}, [500] * 5),
        ({"path": "/api/now/v2/*"}, [200] * 5),
        ({"operation": "list"}, [500] * 5),
        ({"operation": "create+read"}, [200] * 5),
    ],
    ids=str,
)
def test_conditions__choose_calls(
    sandbox: Sandbox, call: Call, conditions: dict[str, Any], expected: list[int]
) -> None:
    sandbox.faults.add("server-error", **conditions)
    assert statuses(call, 5) == expected


def test_nth__counts_matching_calls_only(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", table="incident", nth=2)
    statuses(call, 3, PROBLEMS)
    assert statuses(call, 2) == [200, 500]


def test_method__follows_an_override(sandbox: Sandbox, call: Call, incident: dict[str, str]) -> None:
    sandbox.faults.add("server-error", operation="update")
    path = f"{INCIDENTS}/{incident['sys_id']}"
    answer = call("POST", path, json={"urgency": "2"}, headers={"X-HTTP-Method-Override": "PATCH"})
    assert answer.status_code == 500


def schedule(seed: int) -> list[int]:
    with Sandbox(fault_seed=seed) as sandbox, requests.Session() as session:
        session.auth, session.trust_env = ("admin", "admin"), False
        sandbox.faults.add("server-error", probability=0.5)
        return [session.get(f"{sandbox.url}{INCIDENTS}", params=ONE, timeout=30).status_code for _ in range(30)]


def test_probability__is_repeated_by_its_seed() -> None:
    assert schedule(7) == schedule(7)


def test_probability__changes_with_its_seed() -> None:
    assert schedule(7) != schedule(8)


def test_probability__strikes_some() -> None:
    assert set(schedule(7)) == {200, 500}


def test_probability__starts_anew_when_cleared(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", probability=0.5)
    first = statuses(call, 20)
    sandbox.faults.clear()
    sandbox.faults.add("server-error", probability=0.5)
    assert statuses(call, 20) == first


def test_times__holds_among_threads(sandbox: Sandbox) -> None:
    sandbox.faults.add("server-error", times=5)
    seen: list[int] = []

    def read() -> None:
        answer = requests.get(f"{sandbox.url}{INCIDENTS}", params=ONE, auth=("admin", "admin"), timeout=30)
        seen.append(answer.status_code)

    threads = [threading.Thread(target=read) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200] * 11 + [500] * 5


def test_rules__count_their_strikes(sandbox: Sandbox, call: Call) -> None:
    rule = sandbox.faults.add("server-error", times=2)
    statuses(call, 4)
    assert rule.strikes == 2


def test_faults__of_two_the_first_is_nearest_to_the_caller(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("empty-body")
    sandbox.faults.add("server-error")
    answer = call("GET", INCIDENTS)
    assert (answer.status_code, answer.content) == (500, b"")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/now/table/incident", Operation("list", "incident")),
        ("HEAD", "/api/now/v2/table/incident", Operation("list", "incident")),
        ("POST", "/api/now/v1/table/incident", Operation("create", "incident")),
        ("PATCH", "/api/now/table/incident/46d4", Operation("update", "incident", "46d4")),
        ("DELETE", "/api/now/table/incident/46d4", Operation("delete", "incident", "46d4")),
        ("GET", "/api/now/stats/incident", Operation("aggregate", "incident")),
        ("POST", "/api/now/attachment/file", Operation("upload", "sys_attachment")),
        ("GET", "/api/now/attachment/46d4/file", Operation("download", "sys_attachment", "46d4")),
        ("POST", "/api/now/import/u_staging/insertMultiple", Operation("import", "u_staging")),
        ("POST", "/api/now/v1/batch", Operation("batch")),
        ("POST", "/oauth_token.do", Operation("token")),
        ("GET", "/nowhere", Operation()),
    ],
    ids=str,
)
def test_operation_of__verb_and_path(method: str, path: str, expected: Operation) -> None:
    assert operation_of(method, path) == expected


# -- the log ----------------------------------------------------------------------------------------------------------


def test_log__ordinary_calls_have_no_fault(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", table="problem")
    statuses(call, 1)
    assert sandbox.requests[-1].fault is None


def test_log__names_the_fault(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error")
    statuses(call, 1)
    assert (sandbox.requests[-1].fault, sandbox.requests[-1].status) == ("server-error", 500)


def test_log__names_several(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("empty-body")
    sandbox.faults.add("wrong-count")
    statuses(call, 1)
    assert sandbox.requests[-1].fault == "empty-body+wrong-count"


def test_log__one_entry_a_call(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("rows-then-error", nth=2)
    statuses(call, 3)
    assert [entry.fault for entry in sandbox.requests] == [None, "rows-then-error", None]


def test_log__has_the_parameters_as_they_were_sent(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("capped-limit", rows=1)
    call("GET", INCIDENTS, params={"sysparm_limit": "50"})
    assert sandbox.requests[-1].query == [("sysparm_limit", "50")]


@pytest.mark.parametrize("commit", [True, False])
def test_log__says_whether_the_call_was_committed(sandbox: Sandbox, call: Call, commit: bool) -> None:
    sandbox.faults.add("server-error", commit=commit)
    before = len(sandbox.table("incident").rows)
    call("POST", INCIDENTS, json={"urgency": "1"})
    grown = len(sandbox.table("incident").rows) - before
    assert (sandbox.requests[-1].committed, grown) == (commit, int(commit))


def test_log__has_the_body_of_a_call_that_was_not_served(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error")
    call("POST", INCIDENTS, data=b'{"urgency":"1"}')
    assert sandbox.requests[-1].body == b'{"urgency":"1"}'


def test_log__has_the_caller_of_a_call_that_was_served(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", commit=True)
    statuses(call, 1)
    assert sandbox.requests[-1].user == "admin"


def test_log__reads_are_not_committed(sandbox: Sandbox, call: Call) -> None:
    statuses(call, 1)
    assert sandbox.requests[-1].committed is False


def test_log__a_refused_write_is_not_committed(sandbox: Sandbox, call: Call) -> None:
    call("DELETE", f"{INCIDENTS}/{'0' * 32}")
    assert sandbox.requests[-1].committed is False


def test_log__an_ordinary_write_is_committed(sandbox: Sandbox, call: Call) -> None:
    call("POST", INCIDENTS, json={})
    assert sandbox.requests[-1].committed is True


def test_log__masks_the_secrets_of_a_call_that_was_not_served(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error")
    call("POST", "/oauth_token.do", data={"grant_type": "password", "password": "s3cret"}, auth=None)
    assert b"s3cret" not in sandbox.requests[-1].body


# -- in words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault", "conditions"),
    [
        ("latency", Latency(), Conditions()),
        ("latency:seconds=0.5,table=incident", Latency(seconds=0.5), Conditions(table="incident")),
        ("drip:piece-bytes=7,head=true", Drip(piece_bytes=7, head=True), Conditions()),
        (
            "redirect:to=https://a.example/?x=1\\,2,times=1",
            Redirect(to="https://a.example/?x=1,2"),
            Conditions(times=1),
        ),
        ("wrong-count:how=high,by=3,nth=2", WrongCount(how="high", by=3), Conditions(nth=2)),
        (" login-page :as_json=TRUE", LoginPage(as_json=True), Conditions()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_parse_spec__reads(text: str, fault: Fault, conditions: Conditions) -> None:
    assert parse_spec(text) == (fault, conditions)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("latancy", "did you mean latency"),
        ("", "unknown fault"),
        ("latency:speed=1", "has no option speed: use seconds, distribution"),
        ("latency:seconds=fast", "does not fit seconds"),
        ("latency:seconds=nan", "does not fit seconds"),
        ("latency:seconds", "must be OPTION=VALUE"),
        ("latency:distribution=odd", "distribution must be one of fixed, uniform, exponential"),
        ("drip:head=maybe", "does not fit head"),
        ("drip:piece_bytes=0", "must be 1 or more"),
        ("latency:probability=0", "probability must be above 0"),
        ("latency:times=-1", "times must be 0 or more"),
        ("latency:operation=reed", "unknown operation reed: use aggregate"),
        ("server-error:status=200", "status must be 400 to 599"),
        ("redirect:status=200", "status must be one of 301"),
    ],
)
def test_parse_spec__refuses(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_spec(text)


def test_add__refuses_an_option_of_a_value() -> None:
    sandbox = Sandbox()
    with pytest.raises(ValueError, match="latency has no option seconds"):
        sandbox.faults.add(Latency(), seconds=2)
    sandbox.close()


@given(st.data())
def test_spec__is_read_as_it_was_written(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    texts = {
        name: data.draw(st.text(max_size=8)) for name, option in option_types(KINDS[kind]).items() if option is str
    }
    fault = KINDS[kind](**texts)
    conditions = Conditions(path=data.draw(st.text(max_size=8)), nth=data.draw(st.integers(0, 9)), probability=0.25)
    assert parse_spec(format_spec(fault, conditions)) == (fault, conditions)


# -- the table of kinds -----------------------------------------------------------------------------------------------


def test_kinds__all_are_documented() -> None:
    undocumented = [entry.name for entry in fault_table() if not entry.about.endswith((".", "``."))]
    assert undocumented == []


def test_kinds__all_are_listed() -> None:
    """A class that was forgotten in the list would be there for nobody."""

    def concrete(kind: type[Fault]) -> Iterator[type[Fault]]:
        for child in kind.__subclasses__():
            if not child.__abstractmethods__ and child.__module__.startswith("pysnow."):
                yield child
            yield from concrete(child)

    found = concrete(Fault)  # type: ignore[type-abstract]  # looked at, never made
    assert {kind.__name__ for kind in found} - {"Page"} == {kind.__name__ for kind in KINDS.values()}


def test_kinds__all_options_have_defaults() -> None:
    assert [KINDS[name]().name() for name in KINDS] == list(KINDS)


def test_kinds__no_option_has_the_name_of_a_condition() -> None:
    conditions = {field.name for field in fields(Conditions)}
    assert [name for name, kind in KINDS.items() if conditions & set(option_types(kind))] == []


def test_kinds__all_options_are_plain() -> None:
    options = [option for entry in fault_table() for option in entry.options]
    assert {type(option.default) for option in options} <= {str, int, float, bool}


# -- over HTTP --------------------------------------------------------------------------------------------------------

CONTROL = "/sandbox/faults"


def test_control__switches_on(sandbox: Sandbox, call: Call) -> None:
    call("POST", CONTROL, json={"fault": "server-error", "status": 503, "times": 1}, auth=None)
    assert statuses(call, 2) == [503, 200]


def test_control__takes_a_spec(sandbox: Sandbox, call: Call) -> None:
    call("POST", CONTROL, json={"fault": "server-error:status=503"})
    assert statuses(call, 1) == [503]


def test_control__says_what_was_switched_on(call: Call) -> None:
    answer = call("POST", CONTROL, json={"fault": "latency", "seconds": 0.5, "table": "incident"})
    expected = {"number": 1, "fault": "latency", "spec": "latency:seconds=0.5,table=incident", "strikes": 0}
    assert (answer.status_code, answer.json()["result"]) == (201, expected)


def test_control__lists_what_is_on(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", times=3)
    statuses(call, 2)
    listed = call("GET", CONTROL).json()["result"]["faults"]
    assert [(each["spec"], each["strikes"]) for each in listed] == [("server-error:times=3", 2)]


def test_control__lists_the_kinds(call: Call) -> None:
    kinds = call("GET", CONTROL).json()["result"]["kinds"]
    assert [kind["name"] for kind in kinds] == list(KINDS)


def test_control__switches_all_off(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error")
    assert (call("DELETE", CONTROL).status_code, statuses(call, 1)) == (204, [200])


def test_control__switches_one_off(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("server-error", status=503)
    second = sandbox.faults.add("server-error", status=504)
    call("DELETE", f"{CONTROL}/1")
    assert list(sandbox.faults) == [second]


def test_control__unknown_number(call: Call) -> None:
    assert call("DELETE", f"{CONTROL}/9").status_code == 404


@pytest.mark.parametrize(
    "document", [{}, {"fault": 1}, {"fault": "nope"}, {"fault": "latency", "seconds": []}, {"fault": "latency:x=1"}]
)
def test_control__refuses(call: Call, document: dict[str, Any]) -> None:
    assert call("POST", CONTROL, json=document).status_code == 400


def test_control__wants_json_by_name(call: Call) -> None:
    """What a page of another site can send without asking is refused."""
    body = b'{"fault":"server-error"}'
    assert call("POST", CONTROL, data=body, headers={"Content-Type": "text/plain"}).status_code == 415


def test_control__answers_loopback_only() -> None:
    sandbox = Sandbox()
    answer = Client(sandbox).get(CONTROL, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    sandbox.close()
    assert answer.status_code == 403


@pytest.mark.parametrize("kind", KINDS)
def test_control__is_struck_by_no_fault(kind: str) -> None:
    """What was switched on can always be switched off."""
    sandbox = Sandbox(seed=False, sleep=lambda _: None)
    sandbox.faults.add(kind)
    caller = {"REMOTE_ADDR": "127.0.0.1"}
    told = [Client(sandbox).open(CONTROL, method=verb, environ_base=caller).status_code for verb in ("GET", "DELETE")]
    sandbox.close()
    assert (told, list(sandbox.faults)) == ([200, 204], [])


def test_control__is_not_logged(sandbox: Sandbox, call: Call) -> None:
    call("GET", CONTROL)
    assert list(sandbox.requests) == []
