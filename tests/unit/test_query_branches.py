"""Saying more in a query that somebody else wrote, judged by a reader of our own and by the sandbox's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.encoded_query import Condition, Order
from pysnow.exceptions import QueryTypeError
from pysnow.sandbox.query.parse import parse as sandbox_parse
from pysnow.walking.query_branches import narrow_branches, reorder, without_orders

KEY = Condition("sys_id", ">", "k")
BLOCK = "RLQUERYt.f,>0^x=1^NQy=2^ENDRLQUERY"
PIECES = ["a=1", "^", "^^", "^OR", "^NQ", "^EQ", "^ORDERBYx", BLOCK, "JOINa.b=c.d!e=1", "OR", "NQ", "EQ", "b=^^2", "x"]
PIECES += ["SUBQUERYa,b,c", "^ENDSUBQUERY", "123TEXTQUERY321=w"]
queries = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "sys_id>k"),
        ("a=1", "sys_id>k^a=1"),
        ("a=1^ORb=2", "sys_id>k^a=1^ORb=2"),
        ("a=1^NQb=2", "sys_id>k^a=1^NQsys_id>k^b=2"),
        ("a=1^EQ", "sys_id>k^a=1^EQ"),
        ("^a=1", "sys_id>k^a=1"),
        ("a=^^1", "sys_id>k^a=^^1"),
        ("JOINa.b=c.d!e=1^f=2", "sys_id>k^JOINa.b=c.d!e=1^f=2"),
        (f"{BLOCK}^NQz=1", f"sys_id>k^{BLOCK}^NQsys_id>k^z=1"),
        ("123TEXTQUERY321=printer fire", "sys_id>k^123TEXTQUERY321=printer fire"),
        ("ORDERBYx", "sys_id>k^ORDERBYx"),
        ("what is this", "sys_id>k^what is this"),
    ],
)
def test_narrow_branches__every_one(query, expected):
    assert narrow_branches(query, KEY) == expected


@pytest.mark.parametrize(
    "query",
    ["a=1^NQ", "a=1^NQORDERBYx", "a=1^NQ^EQ", "ORx=1", "NQa=1", "^^a=1", "a=1^NQORx=1", "a=1^OR", "RLQUERYt.f,>0^b=1"]
    + ["EQ^ORa=1", "ORDERBYx^ORa=1", "a=1^NQEQ^ORb=2", f"{BLOCK}a=1^{BLOCK}"],
)
def test_narrow_branches__refused(query):
    with pytest.raises(QueryTypeError, match="nothing can be added"):
        narrow_branches(query, KEY)


def test_narrow_branches__nothing_to_add():
    assert narrow_branches("a=1^NQ") == "a=1^NQ"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "ORDERBYsys_id"),
        ("a=1", "a=1^ORDERBYsys_id"),
        ("a=1^NQb=2", "a=1^NQb=2^ORDERBYsys_id"),
        ("a=1^ORDERBYDESCx", "a=1^ORDERBYsys_id"),
        ("ORDERBYx^a=1", "ORDERBYsys_id^a=1"),
        ("JOINa.b=c.d!e=1^ORDERBYx^f=2", "JOINa.b=c.d!e=1^ORDERBYsys_id^f=2"),
        (BLOCK, f"{BLOCK}^ORDERBYsys_id"),
    ],
)
def test_reorder__in_place(query, expected):
    assert reorder(query, Order("sys_id")) == expected


def test_reorder__several_columns():
    assert reorder("a=1", Order("b", descending=True), Order("sys_id")) == "a=1^ORDERBYDESCb^ORDERBYsys_id"


def test_reorder__own_order_first():
    assert reorder("ORDERBYb^a=1", Order("sys_id"), keeps_own=True) == "ORDERBYb^a=1^ORDERBYsys_id"


def test_reorder__no_order():
    assert reorder("ORDERBYb^a=1") == "ORDERBYb^a=1"


def _groups(query):
    """What each part of a query asks for, as the sandbox reads it; parts that ask for nothing are passed over."""
    return sandbox_parse(query).groups


def test_narrow_branches__block_within_a_block():
    nested = "SUBQUERYa,b,cRLQUERYt.f,>0^x=1^NQy=2^ENDRLQUERY^ENDSUBQUERY"
    with pytest.raises(QueryTypeError, match="two ways"):
        narrow_branches(nested, KEY)


@given(queries)
def test_narrow_branches__sandbox_reads_the_key_in_each_part_and_the_rest_as_before(query):
    try:
        narrowed = narrow_branches(query, KEY)
    except QueryTypeError:
        return
    key = sandbox_parse(str(KEY)).groups[0][0]
    before = _groups(query) or ((),)
    assert [(group[0], group[1:]) for group in _groups(narrowed)] == [(key, group) for group in before]


@given(queries)
def test_reorder__sandbox_reads_the_same_conditions(query):
    try:
        ordered = reorder(query, Order("sys_id"))
    except QueryTypeError:
        return
    assert _groups(ordered) == _groups(query)


@given(queries)
def test_reorder__sandbox_reads_the_order(query):
    try:
        narrowed = narrow_branches(query, KEY)
        ordered = reorder(narrowed, Order("sys_id"))
    except QueryTypeError:
        return
    assert {order.field for order in sandbox_parse(ordered).orders} == {"sys_id"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("a=1", "a=1"),
        ("^a=1^", "^a=1^"),
        ("a=1^ORDERBYx", "a=1"),
        ("ORDERBYx", ""),
        ("ORDERBYDESCx^a=1^ORb=2^ORDERBYy", "a=1^ORb=2"),
        ("a=1^ORDERBYx^NQb=2^ORDERBYx", "a=1^NQb=2"),
        ("a=^^ORDERBYx", "a=^^ORDERBYx"),
        (f"{BLOCK}^ORDERBYx", BLOCK),
        ("JOINa.b=c.d!e=1^ORDERBYx^f=2", "JOINa.b=c.d!e=1^ORDERBYx^f=2"),
        ("a=1^ORDERBYx^ORb=2", "a=1^ORDERBYx^ORb=2"),
        ("a=1^NQORDERBYx", "a=1^NQORDERBYx"),
        ("RLQUERYt.f,>0^ORDERBYx", "RLQUERYt.f,>0^ORDERBYx"),
    ],
)
def test_without_orders__output(query, expected):
    assert without_orders(query) == expected


@given(queries)
def test_without_orders__sandbox_reads_the_same_conditions(query):
    assert _groups(without_orders(query)) == _groups(query)
