"""Order of JSON members, against bodies recorded on 2026 instances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.member_order import java_hash, member_order


@pytest.mark.parametrize(
    ("asked", "returned"),
    [
        ("sys_id,name,state,inserted,summary", "summary,sys_id,inserted,name,state"),
        ("number,type,status,assigned_group,assigned_agent", "number,assigned_group,assigned_agent,type,status"),
        ("value,link,display_value", "display_value,link,value"),
        ("link,value", "link,value"),
    ],
)
def test_member_order__matches_recordings(asked: str, returned: str) -> None:
    assert ",".join(member_order(tuple(asked.split(",")))) == returned


@pytest.mark.parametrize(
    ("text", "value"),
    [("", 0), ("a", 97), ("hello", 99162322), ("Hello World", 3432422020), ("é", 233), ("😀", 1772899)],
)
def test_java_hash__is_that_of_java(text: str, value: int) -> None:
    assert java_hash(text) == value


@given(st.lists(st.text(), unique=True))
def test_member_order__keeps_every_name(names: list[str]) -> None:
    assert sorted(member_order(tuple(names))) == sorted(names)
