"""Business rules that callers write into sys_script: those that abort writes are obeyed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]

PROBLEMS = "/api/now/table/problem"
RULES = "/api/now/table/sys_script"
ABORT_SCRIPT = """(function executeRule(current, previous /*null when async*/) {
    // no more of these
    gs.addErrorMessage('Not today');
    current.setAbortAction(true);
})(current, previous);"""


@pytest.fixture
def add_rule(call: Call) -> Callable[..., str]:
    """Write a rule that aborts inserts and updates of problems, as far as nothing else is said; returns its sys_id."""
    usual = {"name": "My rule", "collection": "problem", "active": True, "when": "before", "abort_action": True}
    usual |= {"action_insert": True, "action_update": True}

    def add(**values: Any) -> str:
        answer = call("POST", RULES, json={**usual, **values})
        assert answer.status_code == 201
        return str(answer.json()["result"]["sys_id"])

    return add


def test_abort__status_and_body(call: Call, add_rule: Callable[..., str]) -> None:
    rule = add_rule()
    answer = call("POST", PROBLEMS, json={})
    detail = (
        f"Operation against file 'problem' was aborted by Business Rule 'My rule^{rule}'. Business Rule Stack:My rule"
    )
    error = {"error": {"message": "Operation Failed", "detail": detail}, "status": "failure"}
    assert (answer.status_code, answer.json()) == (403, error)


@pytest.mark.parametrize(("text", "status"), [("an eicar file", 403), ("a file", 201)])
def test_abort__as_the_filter_condition_says(call: Call, add_rule: Callable[..., str], text: str, status: int) -> None:
    add_rule(filter_condition="short_descriptionLIKEEICAR^ORdescriptionLIKEEICAR^EQ")
    assert call("POST", PROBLEMS, json={"description": text}).status_code == status


def test_abort__of_an_update_leaves_the_record(sandbox: Sandbox, call: Call, add_rule: Callable[..., str]) -> None:
    problem = sandbox.add("problem", {"short_description": "as it was"})
    add_rule(filter_condition="short_description=new")
    path = f"{PROBLEMS}/{problem['sys_id']}"
    assert call("PATCH", path, json={"short_description": "new", "comments": "hello"}).status_code == 403
    record = call("GET", path, params={"sysparm_display_value": "true"}).json()["result"]
    assert (record["short_description"], record["comments"], record["sys_mod_count"]) == ("as it was", "", "0")


@pytest.mark.parametrize(("is_asked", "status"), [(True, 403), (False, 204)])
def test_abort__of_a_deletion(
    sandbox: Sandbox, call: Call, add_rule: Callable[..., str], is_asked: bool, status: int
) -> None:
    problem = sandbox.add("problem", {})
    add_rule(action_delete=is_asked)
    assert call("DELETE", f"{PROBLEMS}/{problem['sys_id']}").status_code == status


def test_abort__of_a_table_above(call: Call, add_rule: Callable[..., str]) -> None:
    add_rule(collection="task")
    assert call("POST", PROBLEMS, json={}).status_code == 403


def test_abort__by_the_first_rule_in_order(call: Call, add_rule: Callable[..., str]) -> None:
    add_rule(name="Second", order=200)
    add_rule(name="First", order=100)
    assert "Stack:First" in call("POST", PROBLEMS, json={}).json()["error"]["detail"]


def test_abort__by_script(call: Call, add_rule: Callable[..., str]) -> None:
    add_rule(abort_action=False, advanced=True, script=ABORT_SCRIPT)
    assert call("POST", PROBLEMS, json={}).status_code == 403


@pytest.mark.parametrize(
    "values",
    [
        {"active": False},
        {"when": "after"},
        {"action_insert": False},
        {"collection": "incident"},
        {"abort_action": False, "script": ABORT_SCRIPT},
        {"abort_action": False, "advanced": True, "script": "if (current.priority == 1) current.setAbortAction(true);"},
        {"condition": "current.priority == 1"},
        {"role_conditions": "2831a114c611228501d4ea6c309d626d"},
        {"filter_condition": "stateCHANGESTO107"},
    ],
    ids=str,
)
def test_abort__not_by_other_rules(call: Call, add_rule: Callable[..., str], values: dict[str, Any]) -> None:
    add_rule(**values)
    assert call("POST", PROBLEMS, json={}).status_code == 201


def test_abort__ends_with_the_rule(call: Call, add_rule: Callable[..., str]) -> None:
    rule = add_rule()
    call("POST", PROBLEMS, json={})
    call("DELETE", f"{RULES}/{rule}")
    assert call("POST", PROBLEMS, json={}).status_code == 201


def test_abort__by_a_loaded_rule(sandbox: Sandbox, call: Call, tmp_path: Path) -> None:
    call("POST", PROBLEMS, json={})
    rule = {"name": "Loaded", "collection": "problem", "active": "true", "when": "before"}
    rule |= {"abort_action": "true", "action_insert": "true", "sys_id": "a" * 32}
    file = tmp_path / "sys_script.json"
    file.write_text(json.dumps({"result": [rule]}))
    sandbox.load(file)
    assert call("POST", PROBLEMS, json={}).status_code == 403
