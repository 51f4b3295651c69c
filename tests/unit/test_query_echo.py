"""What a record has to show so that a query can have found it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import InvalidUsage, QueryIgnored
from pysnow.encoded_query import parse, print_mapping
from pysnow.writing.query_echo import echo_of, named_columns


def _check(query: str, record: dict[str, Any], **options: Any) -> None:
    echo_of(query, **{"is_raw": False, **options}).check(record, "incident")


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("number=INC1", ("number",)),
        ("NUMBER=INC1", ("number",)),
        ("a=1^b=2^ORc=3^ORDERBYd", ("a", "b", "c")),
        ("a=1^NQb=2", ("a", "b")),
        ("caller_id.email=x@example.com", ("caller_id.email",)),
        ("123TEXTQUERY321=printer", ()),
    ],
)
def test_named_columns(query: str, columns: tuple[str, ...]) -> None:
    assert named_columns(parse(query)) == columns


def test_named_columns__with_orders() -> None:
    assert named_columns(parse("a=1^ORDERBYDESCb"), with_orders=True) == ("a", "b")


@pytest.mark.parametrize(
    ("query", "record"),
    [
        ("number=inc1 ", {"number": "INC1"}),
        ("name=Buro", {"name": "Büro"}),
        ("active=true", {"active": "1"}),
        ("active=0", {"active": "false"}),
        ("active=false", {"active": ""}),
        ("priority=1", {"priority": "1.0"}),
        ("priority=01", {"priority": "1"}),
        ("state=", {"state": ""}),
        ("stateIN1,2", {"state": "2"}),
        ("caller_id=abc", {"caller_id": {"link": "x", "value": "abc"}}),
        ("caller_id=abc", {"caller_id": {"display_value": "Abel", "value": "abc"}}),
        ("caller_id=javascript:gs.getUserID()", {"caller_id": "abc"}),
        ("opened_at=2026-03-01", {"opened_at": "2026-03-01 09:00:00"}),
        ("cost=USD;5", {"cost": "4.8"}),
        ("a=1^ORb=2", {"a": "0", "b": "2"}),
        ("a=1^NQb=2", {"a": "0", "b": "2"}),
        ("aLIKEx", {"a": "y"}),
        ("a!=1", {"a": "1"}),
        ("aDYNAMIC5", {"a": "1"}),
        ("a=1^ORDERBYb", {"a": "1"}),
        ("a=1^GROUPBYb", {"a": "1"}),
    ],
)
def test_check__passes_what_the_query_may_have_found(query: str, record: dict[str, Any]) -> None:
    _check(query, record)


@pytest.mark.parametrize(
    ("query", "record"),
    [
        ("number=INC1", {"number": "INC2"}),
        ("active=true", {"active": "false"}),
        ("priority=1", {"priority": "10"}),
        ("stateIN1,2", {"state": "3"}),
        ("state=1", {"state": ""}),
        ("a=1^b=2", {"a": "1", "b": "3"}),
        ("a=1^ORb=2", {"a": "0", "b": "0"}),
        ("a=1^NQb=2", {"a": "0", "b": "0"}),
    ],
)
def test_check__refuses_what_it_cannot_have_found(query: str, record: dict[str, Any]) -> None:
    with pytest.raises(QueryIgnored, match="does not satisfy"):
        _check(query, record)


@pytest.mark.parametrize("query", ["nmber=INC1", "nmberLIKEx", "a=1^nmberISEMPTY", "a=1^ORnmber=2", "a=1^NQnmber=2"])
def test_check__refuses_a_column_that_did_not_come(query: str) -> None:
    with pytest.raises(QueryIgnored, match="no column 'nmber'"):
        _check(query, {"a": "1"})


def test_check__says_that_nothing_was_changed() -> None:
    with pytest.raises(QueryIgnored) as caught:
        _check("nmber=1", {})
    assert (caught.value.committed, caught.value.table) == (False, "incident")


@pytest.mark.parametrize(
    "query", ["a=1^NQb=2", "a=1^RLQUERYx.y,>1^ENDRLQUERY", "123TEXTQUERY321=x", "no condition", "a=1^XYZ"]
)
def test_raw__that_means_more_or_less_than_one_can_see(query: str) -> None:
    with pytest.raises(InvalidUsage, match="allow_raw"):
        echo_of(query, is_raw=True)


@pytest.mark.parametrize("query", ["a=1^NQb=2", "123TEXTQUERY321=x", "no condition"])
def test_raw__is_taken_when_the_caller_says_so(query: str) -> None:
    assert echo_of(query, is_raw=True, allow_raw=True).columns in (("a", "b"), ())


def test_raw__that_can_be_read_is_checked_all_the_same() -> None:
    with pytest.raises(QueryIgnored):
        _check("a=1^NQb=2", {"a": "0", "b": "0"}, is_raw=True, allow_raw=True)


@pytest.mark.parametrize("query", ["ORDERBYnumber", "^ORDERBYDESCnumber"])
def test_query__without_a_condition_is_refused(query: str) -> None:
    with pytest.raises(InvalidUsage, match="every record"):
        echo_of(query, is_raw=True, allow_raw=True)


_VALUES = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)


@given(st.dictionaries(st.sampled_from(["number", "state", "caller_id.name", "active"]), _VALUES, min_size=1))
def test_check__passes_the_record_that_holds_what_was_asked(query: dict[str, str]) -> None:
    try:
        text = print_mapping(query)
    except InvalidUsage:
        return
    _check(text, query)
