"""The log of a call, in any document that may come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow._types import JSON
from pysnow.answers.debug_log import DebugLog, read_debug_log
from pysnow.exceptions import EmptyContent, MalformedResponse

ENTRIES: list[JSON] = [{"type": "sql", "x": 1}, {"type": "acl"}, {"type": "sql", "x": 2}, {"x": 3}, "text", {"type": 7}]

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["session", "debug_logs", "type"]), inner),
)


def test_debug_log__entries_as_they_came() -> None:
    assert read_debug_log(lambda: {"result": [], "session": {"debug_logs": ENTRIES}}) == ENTRIES


def test_debug_log__beside_an_error() -> None:
    assert read_debug_log(lambda: {"error": {}, "session": {"debug_logs": ["x"]}}) == ["x"]


@pytest.mark.parametrize(
    "document",
    [{}, {"result": []}, {"session": None}, {"session": {}}, {"session": {"debug_logs": None}}, [], None, "x"],
    ids=repr,
)
def test_debug_log__absent_is_empty(document: JSON) -> None:
    assert read_debug_log(lambda: document) == []


def test_debug_log__of_an_empty_answer_is_empty() -> None:
    def document() -> JSON:
        raise EmptyContent("nothing")

    assert read_debug_log(document) == []


def test_debug_log__of_what_cannot_be_read_raises() -> None:
    def document() -> JSON:
        raise MalformedResponse("no JSON")

    with pytest.raises(MalformedResponse):
        read_debug_log(document)


def test_by_type__in_order() -> None:
    assert DebugLog(ENTRIES).by_type["sql"] == [{"type": "sql", "x": 1}, {"type": "sql", "x": 2}]


def test_by_type__those_without_one() -> None:
    assert DebugLog(ENTRIES).by_type[""] == [{"x": 3}, "text", {"type": 7}]


@given(ANY)
def test_debug_log__takes_any_document(document: JSON) -> None:
    log = read_debug_log(lambda: document)
    assert sum(map(len, log.by_type.values())) == len(log)
