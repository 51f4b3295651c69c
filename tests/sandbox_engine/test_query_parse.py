"""Encoded queries read into values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.query import (
    Condition,
    EncodedQuery,
    JoinQuery,
    Operator,
    Order,
    RelatedListQuery,
    SubQuery,
    parse,
    parse_condition,
)
from pysnow.sandbox.query.operators import TOKENS

A = Condition("a", Operator.EQUALS, "1")
B = Condition("b", Operator.EQUALS, "2")
C = Condition("c", Operator.EQUALS, "3")


@pytest.mark.parametrize("text", ["", "^", "^^^"[:1], "^NQ", "^NQ^NQ", "EQ", "^EQ", "GROUPBYstate"])
def test_parse__nothing_asked(text: str) -> None:
    assert parse(text) == EncodedQuery()


def test_parse__caret_is_and() -> None:
    assert parse("a=1^b=2").groups == (((A,), (B,)),)


def test_parse__or_binds_tighter_than_and() -> None:
    assert parse("a=1^b=2^ORc=3").groups == (((A,), (B, C)),)


def test_parse__several_alternatives() -> None:
    assert parse("a=1^ORb=2^ORc=3").groups == (((A, B, C),),)


def test_parse__new_query() -> None:
    assert parse("a=1^b=2^NQc=3").groups == (((A,), (B,)), ((C,),))


@pytest.mark.parametrize("text", ["^NQa=1", "a=1^NQ", "^ORa=1", "^a=1", "a=1^", "a=1^EQ", "EQ^a=1"])
def test_parse__idle_parts_are_passed_over(text: str) -> None:
    assert parse(text).groups == (((A,),),)


def test_parse__conditions_after_eq_count() -> None:
    assert parse("a=1^EQ^b=2").groups == (((A,), (B,)),)


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("ORDERBYa", (Order("a"),)),
        ("ORDERBYDESCa", (Order("a", True),)),
        ("a=1^ORDERBYb^ORDERBYDESCc", (Order("b"), Order("c", True))),
        ("ORDERBYa^NQORDERBYb", (Order("a"), Order("b"))),
        ("ORDERBYa.b.c", (Order("a.b.c"),)),
    ],
)
def test_parse__orders(text: str, orders: tuple[Order, ...]) -> None:
    assert parse(text).orders == orders


def test_parse__order_before_a_new_query_leaves_the_groups_alone() -> None:
    assert parse("a=1^ORDERBYx^NQb=2").groups == (((A,),), ((B,),))


@pytest.mark.parametrize(
    ("text", "value"),
    [("a=x^^y", "x^y"), ("a=^^", "^"), ("a=x^^^^y", "x^^y"), ("a=x^^NQy", "x^NQy"), ("a=x^^ORb=1", "x^ORb=1")],
)
def test_parse__doubled_caret_is_one_in_the_value(text: str, value: str) -> None:
    assert parse(text).groups == (((Condition("a", Operator.EQUALS, value),),),)


def test_parse__doubled_caret_before_a_separator() -> None:
    assert parse("a=x^^^b=2").groups == (((Condition("a", Operator.EQUALS, "x^"),), (B,)),)


@pytest.mark.parametrize("token", sorted(TOKENS))
def test_parse_condition__every_operator(token: str) -> None:
    assert parse_condition(f"field.name_2{token}v") == Condition("field.name_2", TOKENS[token], "v")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("state!=1", Condition("state", Operator.NOT_EQUALS, "1")),
        ("state>=1", Condition("state", Operator.GREATER_OR_EQUAL, "1")),
        ("stateNOT IN1,2", Condition("state", Operator.NOT_IN, "1,2")),
        ("nameLIKEa=b", Condition("name", Operator.CONTAINS, "a=b")),
        ("name=aLIKEb", Condition("name", Operator.EQUALS, "aLIKEb")),
        ("nameSTARTSWITH x ", Condition("name", Operator.STARTS_WITH, " x ")),
        ("NUMBER=INC1", Condition("NUMBER", Operator.EQUALS, "INC1")),
        ("SHORT_DESCRIPTION=x", Condition("SHORT_DESCRIPTION", Operator.EQUALS, "x")),
        ("INCIDENT_STATE!=1", Condition("INCIDENT_STATE", Operator.NOT_EQUALS, "1")),
        ("AAAA=BBBB", Condition("AAAA", Operator.EQUALS, "BBBB")),
        ("123TEXTQUERY321=a b", Condition("123TEXTQUERY321", Operator.EQUALS, "a b")),
        ("sys_idISEMPTY", Condition("sys_id", Operator.IS_EMPTY, "")),
        ("just words", Condition("", Operator.NONE, "just words")),
        ("=1", Condition("", Operator.NONE, "=1")),
    ],
)
def test_parse_condition__earliest_and_longest_operator(text: str, condition: Condition) -> None:
    assert parse_condition(text) == condition


def test_parse__related_list_with_a_condition_after_a_comma() -> None:
    query = EncodedQuery((((Condition("priority", Operator.EQUALS, "1"),),),))
    assert parse("RLQUERYincident.problem_id,>=1,priority=1^ENDRLQUERY^a=1").groups == (
        ((RelatedListQuery("incident", "problem_id", ">=1", query),), (A,)),
    )


def test_parse__related_list_with_conditions_after_carets() -> None:
    query = EncodedQuery((((A,), (B, C)),))
    assert parse("RLQUERYsys_user_has_role.user,>0,m2m^a=1^b=2^ORc=3^ENDRLQUERY").groups == (
        ((RelatedListQuery("sys_user_has_role", "user", ">0", query),),),
    )


def test_parse__related_list_without_an_end() -> None:
    query = EncodedQuery((((A,),),))
    assert parse("RLQUERYt.f,=0^a=1").groups == (((RelatedListQuery("t", "f", "=0", query),),),)


def test_parse__join_takes_the_conditions_up_to_the_next_directive() -> None:
    query = EncodedQuery((((A,), (B,)),))
    parsed = parse("JOINsys_user.sys_id=sys_user_group.manager!a=1^b=2^ORDERBYname")
    assert parsed == EncodedQuery(
        (((JoinQuery("sys_user", "sys_id", "sys_user_group", "manager", query),),),), (Order("name"),)
    )


def test_parse__join_without_conditions() -> None:
    assert parse("JOINt.f=u.g^a=1").groups == (((JoinQuery("t", "f", "u", "g", EncodedQuery()),), (A,)),)


def test_parse__sub_query() -> None:
    query = EncodedQuery((((A,),),))
    assert parse("SUBQUERYf,g,t^a=1^ENDSUBQUERY^b=2").groups == (((SubQuery("f", "g", "t", query),), (B,)),)


@pytest.mark.parametrize("text", ["RLQUERYbroken", "JOINbroken", "SUBQUERYbroken"])
def test_parse__broken_related_queries_become_stray_text(text: str) -> None:
    assert parse(text).groups == (((Condition("", Operator.NONE, text),),),)


def test_parse__lone_surrogates_are_replaced() -> None:
    assert parse("a=\ud800").groups == (((Condition("a", Operator.EQUALS, "?"),),),)


@given(st.text())
def test_parse__any_text_is_read(text: str) -> None:
    assert isinstance(parse(text), EncodedQuery)


@given(st.lists(st.text(alphabet="ab^=N Q", min_size=1), min_size=1))
def test_parse__escaped_values_come_back(values: list[str]) -> None:
    text = "^".join(f"f={value.replace('^', '^^')}" for value in values)
    wanted = tuple((Condition("f", Operator.EQUALS, value),) for value in values)
    assert parse(text).groups == (wanted,)
