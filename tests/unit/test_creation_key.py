"""What a record to be created is recognised by."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import InvalidUsage
from pysnow.encoded_query import print_equality
from pysnow.writing.creation_key import creation_key

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


def _columns(key: str | None = "4711", payload: dict[str, Any] | None = None, way: Any = None) -> dict[str, str]:
    made = creation_key("incident", payload or {}, key, way, draw=lambda: "ab" * 16)
    return {} if made is None else dict(made.columns)  # type: ignore[arg-type]


def test_key__has_a_digest_and_itself() -> None:
    assert _columns() == {"sys_id": hashlib.sha256(b"incident\x004711").hexdigest()[:32], "correlation_id": "4711"}


@given(KEYS)
def test_key__is_the_same_each_time(key: str) -> None:
    assert _columns(key) == _columns(key)


@given(KEYS)
def test_key__can_be_asked_for_and_stored(key: str) -> None:
    correlation = _columns(key)["correlation_id"]
    assert print_equality("correlation_id", correlation)
    assert len(correlation) <= 100


@given(KEYS, KEYS)
def test_key__differs_from_another(one: str, other: str) -> None:
    assert (_columns(one) == _columns(other)) == (one == other) or one.lower() == other.lower()


def test_key__differs_between_tables() -> None:
    other = creation_key("problem", {}, "4711", None)
    assert other is not None
    assert other.columns["sys_id"] != _columns()["sys_id"]


def test_key__that_is_a_sys_id() -> None:
    assert _columns("AB" * 16)["sys_id"] == "ab" * 16


@pytest.mark.parametrize("way", ["sys_id", "correlation_id"])
def test_way__is_the_only_one(way: str) -> None:
    assert list(_columns(way=way)) == [way]


def test_payload__keeps_its_correlation_id() -> None:
    assert list(_columns(payload={"correlation_id": "mine"})) == ["sys_id"]


@pytest.mark.parametrize("own", ["cd" * 16, {"value": "cd" * 16, "link": "x"}])
def test_payload__lends_its_sys_id(own: Any) -> None:
    assert _columns(payload={"sys_id": own})["sys_id"] == "cd" * 16


def test_payload__that_has_both_to_itself() -> None:
    assert _columns(payload={"sys_id": "no such id!", "correlation_id": "mine"}) == {}


def test_key__is_drawn_when_there_is_none() -> None:
    assert _columns(None) == {"sys_id": "ab" * 16, "correlation_id": "ab" * 16}


@pytest.mark.parametrize(("key", "is_fresh"), [(None, True), ("4711", False)])
def test_key__is_fresh_when_it_was_drawn(key: str | None, is_fresh: bool) -> None:
    made = creation_key("incident", {}, key, None)
    assert made is not None
    assert made.is_fresh is is_fresh


@pytest.mark.parametrize("key", ["", " ", 5, b"x", "\udcff", ["a"]])
def test_key__must_be_a_text(key: Any) -> None:
    with pytest.raises(InvalidUsage, match="key"):
        _columns(key)


@pytest.mark.parametrize("way", ["", "auto", "number", 5, []])
def test_way__must_be_known(way: Any) -> None:
    with pytest.raises(InvalidUsage, match="idempotency"):
        _columns(way=way)
