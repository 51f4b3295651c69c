"""Encoded queries that speak of the caller: scripts, dynamic filter options, tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Names = Callable[..., list[str]]

TABLE = "/api/now/table"
ABEL = "62826bf03710200044e0bfc8bcbe5df1"
NETWORK = "287ebd7da9fe198100f92cc8d1d2154e"
DATABASE = "287ee6fea9fe198100ada7950d0b1b73"


@pytest.fixture
def group(sandbox: Sandbox) -> str:
    """A group whose only member is Abel."""
    made = sandbox.add("sys_user_group", {"name": "Lamps"})["sys_id"] or ""
    sandbox.add("sys_user_grmember", {"user": ABEL, "group": made})
    return made


@pytest.fixture
def found(call: Call) -> Names:
    """Short descriptions of the problems that a query finds, asked by an administrator with Abel's groups."""

    def ask(query: str, user: str = "admin") -> list[str]:
        params = {"sysparm_query": f"short_descriptionSTARTSWITHT-^{query}^ORDERBYshort_description"}
        answer = call("GET", f"{TABLE}/problem", params=params, auth=(user, user))
        return [row["short_description"] for row in answer.json()["result"]]

    return ask


@pytest.fixture
def abel(sandbox: Sandbox) -> str:
    """Abel, who may see problems."""
    sandbox.grant("abel.tuter", "admin")
    return "abel.tuter"


@pytest.fixture
def problems(sandbox: Sandbox, group: str) -> dict[str, str]:
    """Two problems: one of Abel and his group, and one of somebody else."""
    own = {"short_description": "T-own", "assigned_to": ABEL, "assignment_group": group}
    other = {
        "short_description": "T-other",
        "assignment_group": DATABASE,
        "assigned_to": "5137153cc611227c000bbd1bd8cd2007",
    }
    return {str(values["short_description"]): sandbox.add("problem", values)["sys_id"] or "" for values in (own, other)}


# -- scripts ("Guarded script") ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "assignment_groupINjavascript:getMyGroups()",
        "assignment_groupINjavascript:gs.getUser().getMyGroups()",
        "assigned_to=javascript:gs.getUserID()",
        "assigned_to.user_name=javascript:gs.getUserName()",
        "assigned_to.name=javascript:gs.getUserDisplayName()",
        "assigned_to.email=javascript:gs.getUser().getEmail()",
        "assigned_toINjavascript:['x', gs.getUserID()]",
        "short_description=javascript:gs.hasRole('admin') ? 'T-own' : 'T-other'",
        "short_description=javascript:'T-' + 'own'",
        "short_description=javascript:gs.getPreference('lamp', 'T-own')",
        "active=javascript:gs.isLoggedIn()^assigned_to=javascript:gs.getUserID();",
    ],
)
def test_script__speaks_of_the_caller(found: Names, problems: object, abel: str, query: str) -> None:
    assert found(query, abel) == ["T-own"]


def test_script__role_that_the_caller_lacks(sandbox: Sandbox, call: Call) -> None:
    sandbox.add("incident", {"short_description": "T-no", "caller_id": "681ccaf9c0a8016400b98a06818d57c7"})
    query = "short_description=javascript:gs.hasRole('itil,admin') ? 'T-yes' : 'T-no'"
    answer = call("GET", f"{TABLE}/incident", params={"sysparm_query": query}, auth=("employee", "employee"))
    assert [row["short_description"] for row in answer.json()["result"]] == ["T-no"]


def test_script__preference(sandbox: Sandbox, found: Names, problems: object, abel: str) -> None:
    sandbox.add("sys_user_preference", {"user": ABEL, "name": "lamp", "value": "T-other"})
    assert found("short_description=javascript:gs.getPreference('lamp', 'T-own')", abel) == ["T-other"]


def test_script__nobody_is_member_of_what_is_not_there(found: Names, problems: object) -> None:
    """Admin is in no group of these two."""
    assert found(f"assignment_groupINjavascript:getMyGroups()^assignment_group={DATABASE}") == []


@pytest.mark.parametrize(
    "script", ["gs.getProperty('x')", "new GlideRecord('incident')", "gs.getUserID().length", "gs.dateAdd('2026', 1)"]
)
def test_script__that_is_not_allowed_drops_the_condition(found: Names, problems: object, script: str) -> None:
    assert found(f"short_description=javascript:{script}") == ["T-other", "T-own"]


# -- dynamic filter options -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "column", "expected"),
    [
        ("Me", "assigned_to", ["T-own"]),
        ("One of My Groups", "assignment_group", ["T-own"]),
        ("One of My Assignments", "assigned_to", ["T-own"]),
        ("One of My Approvals", "assigned_to", ["T-own"]),
    ],
)
def test_dynamic__stock_options(
    call: Call, found: Names, problems: object, abel: str, label: str, column: str, expected: list[str]
) -> None:
    (option,) = call("GET", f"{TABLE}/sys_filter_option_dynamic", params={"label": label}).json()["result"]
    assert found(f"{column}DYNAMIC{option['sys_id']}", abel) == expected


@pytest.mark.parametrize(("duty", "expected"), [("assignments", ["T-other", "T-own"]), ("approvals", ["T-own"])])
def test_dynamic__delegated_assignments(
    sandbox: Sandbox, call: Call, found: Names, problems: object, abel: str, duty: str, expected: list[str]
) -> None:
    off = {"approvals": "false", "assignments": "false"}
    values = {"user": "5137153cc611227c000bbd1bd8cd2007", "delegate": ABEL, "starts": "2000-01-01 00:00:00"}
    sandbox.add("sys_user_delegate", values | off | {duty: "true"})
    params = {"label": "One of My Assignments"}
    (option,) = call("GET", f"{TABLE}/sys_filter_option_dynamic", params=params).json()["result"]
    assert found(f"assigned_toDYNAMIC{option['sys_id']}", abel) == expected


def test_dynamic__option_of_ones_own(sandbox: Sandbox, found: Names, problems: object, abel: str) -> None:
    script = "javascript:gs.getUser().getMyGroups()"
    option = sandbox.add("sys_filter_option_dynamic", {"label": "Ours", "filter_script": script})["sys_id"]
    assert found(f"assignment_groupDYNAMIC{option}", abel) == ["T-own"]


@pytest.mark.parametrize("script", ["magic()", None])
def test_dynamic__option_that_is_not_understood_is_dropped(
    sandbox: Sandbox, found: Names, problems: object, script: str | None
) -> None:
    option = sandbox.add("sys_filter_option_dynamic", {"label": "Magic", "filter_script": script})["sys_id"]
    assert found(f"assignment_groupDYNAMIC{option}") == ["T-other", "T-own"]


def test_hierarchy__below_a_dynamic_option(sandbox: Sandbox, found: Names, abel: str, group: str) -> None:
    below = sandbox.add("sys_user_group", {"name": "Desk lamps", "parent": group})["sys_id"]
    sandbox.add("problem", {"short_description": "T-below", "assignment_group": below})
    groups = "d6435e965f510100a9ad2572f2b477fe"
    assert found(f"assignment_groupIN_HIERARCHY_DYNAMIC{groups}", abel) == ["T-below"]


# -- tags -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tag(sandbox: Sandbox, problems: dict[str, str]) -> str:
    """A tag on the first problem."""
    made = sandbox.add("label", {"name": "Lamps"})["sys_id"] or ""
    sandbox.add("label_entry", {"label": made, "table": "problem", "table_key": problems["T-own"]})
    return made


@pytest.mark.parametrize(
    ("operator", "expected"), [("=", ["T-own"]), ("DOESNOTHAVE", ["T-other"]), ("EXCLUDING", ["T-other"])]
)
def test_tag__conditions(found: Names, tag: str, operator: str, expected: list[str]) -> None:
    assert found(f"sys_tags.{tag}{operator}{tag}") == expected


def test_tag__unknown_one_is_on_nothing(found: Names, tag: str) -> None:
    assert found(f"sys_tags.{'f' * 32}={'f' * 32}") == []


@pytest.mark.parametrize(("viewers", "count"), [("me", 0), ("everyone", 1)])
def test_tag__is_seen_by_those_it_is_for(sandbox: Sandbox, call: Call, tag: str, viewers: str, count: int) -> None:
    sandbox.instance.update("label", tag, {"viewable_by": viewers}, sandbox.instance.system)
    answer = call("GET", f"{TABLE}/label", params={"name": "Lamps"}, auth=("employee", "employee"))
    assert len(answer.json()["result"]) == count


def test_tag__value_of_the_record_stays_empty(call: Call, tag: str, problems: dict[str, str]) -> None:
    assert call("GET", f"{TABLE}/problem/{problems['T-own']}").json()["result"]["sys_tags"] == ""


def test_tag__deleted_takes_its_entries_along(call: Call, found: Names, tag: str) -> None:
    call("DELETE", f"{TABLE}/label/{tag}")
    params: dict[str, Any] = {"label": tag}
    assert call("GET", f"{TABLE}/label_entry", params=params).json()["result"] == []
