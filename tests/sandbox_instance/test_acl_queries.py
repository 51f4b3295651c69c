"""Conditions on hidden columns are taken out of queries ("Query ACLs", product documentation)."""

from __future__ import annotations

import pytest

from pysnow.sandbox.acl.queries import QueryGuard, hidden_by_rule, restricted
from pysnow.sandbox.acl.rules import AccessRule, RuleBook
from pysnow.sandbox.acl.subject import Subject
from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.query import Condition, Operator, parse

REFUSED = Condition("", Operator.NONE)
MANAGER = frozenset({"manager"})
RULES = (
    AccessRule(("incident", ""), "read"),
    AccessRule(("sys_user", ""), "read"),
    AccessRule(("incident", "category"), "read", MANAGER),
    AccessRule(("sys_user", "email"), "read", MANAGER),
    AccessRule(("incident", "state"), "query_range", MANAGER),
)


def subject(dictionary: Dictionary, *roles: str) -> Subject:
    return Subject("abel.tuter", frozenset(roles), RuleBook(RULES), dictionary)


@pytest.fixture
def guard(dictionary: Dictionary) -> QueryGuard:
    return QueryGuard(subject(dictionary), dictionary)


@pytest.mark.parametrize(
    "text",
    [
        "number=INC1^short_descriptionLIKEx",
        "state=1^stateIN1,2",
        "caller_id.name=Abel",
        "123TEXTQUERY321=disk",
        "no_such_column=1",
        "parent.ref_incident.caller_id=1",
        "ORDERBYnumber",
    ],
)
def test_guarded__leaves_what_may_be_asked(guard: QueryGuard, text: str) -> None:
    assert guard.guarded(parse(text), "incident") == parse(text)


@pytest.mark.parametrize(
    "text",
    ["category=network", "CATEGORY=network", "caller_id.email=x", "state>1", "parent.ref_incident.category=network"],
)
def test_guarded__refuses_hidden_columns(guard: QueryGuard, text: str) -> None:
    assert guard.guarded(parse(text), "incident").groups == (((REFUSED,),),)


def test_guarded__refuses_paths_into_closed_tables(guard: QueryGuard) -> None:
    assert guard.guarded(parse("assignment_group.name=x"), "incident").groups == (((REFUSED,),),)


def test_guarded__takes_out_orders(guard: QueryGuard) -> None:
    assert guard.guarded(parse("ORDERBYcategory^ORDERBYnumber"), "incident") == parse("ORDERBYnumber")


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("RLQUERYincident.caller_id,>=1^category=network^ENDRLQUERY", "sys_user"),
        ("JOINsys_user.sys_id=incident.caller_id!category=network", "sys_user"),
        ("SUBQUERYsys_id,caller_id,incident^category=network^ENDSUBQUERY", "sys_user"),
    ],
    ids=["related list", "join", "subquery"],
)
def test_guarded__refuses_within_nested_queries(guard: QueryGuard, text: str, table: str) -> None:
    (((clause,),),) = guard.guarded(parse(text), table).groups
    assert not isinstance(clause, Condition)
    assert clause.query.groups == (((REFUSED,),),)


@pytest.mark.parametrize(
    "text",
    [
        "RLQUERYincident.category,>=1^ENDRLQUERY",
        "JOINsys_user.email=incident.number",
        "SUBQUERYemail,number,incident^ENDSUBQUERY",
    ],
    ids=["related list", "join", "subquery"],
)
def test_guarded__refuses_nested_queries_by_a_hidden_column(guard: QueryGuard, text: str) -> None:
    assert guard.guarded(parse(text), "sys_user").groups == (((REFUSED,),),)


def test_guarded__unknown_table_is_left_to_the_compiler(guard: QueryGuard) -> None:
    assert guard.guarded(parse("a=1"), "u_nope") == parse("a=1")


def test_restricted__binds_every_alternative() -> None:
    assert restricted(parse("name=a^NQname=b"), ["active=true"]) == parse("name=a^active=true^NQname=b^active=true")


def test_restricted__query_without_conditions() -> None:
    assert restricted(parse("ORDERBYname"), ["active=true"]) == parse("active=true^ORDERBYname")


def test_restricted__nothing_to_add() -> None:
    assert restricted(parse("name=a"), []) == parse("name=a")


def test_hidden_by_rule__inactive_users(dictionary: Dictionary) -> None:
    assert hidden_by_rule(subject(dictionary), dictionary, "sys_user") == ["active=true"]


def test_hidden_by_rule__not_from_administrators(dictionary: Dictionary) -> None:
    assert hidden_by_rule(subject(dictionary, "admin"), dictionary, "sys_user") == []


def test_hidden_by_rule__nothing_of_other_tables(dictionary: Dictionary) -> None:
    assert hidden_by_rule(subject(dictionary), dictionary, "incident") == []
