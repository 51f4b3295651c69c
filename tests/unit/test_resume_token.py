"""Resume tokens: they bring everything back, and refuse what is not theirs."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import InvalidUsage
from pysnow.walking.pagination import Position, Span
from pysnow.walking.resume_token import ResumePoint, decode_token, encode_token, fingerprint

WALKED = fingerprint("https://dev.example", "/api/now/table/incident", "active=true", "keyset")
numbers = st.none() | st.integers(0, 10**9)
texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
spans = st.builds(Span, texts, st.booleans(), texts)
positions = st.builds(Position, st.lists(spans, max_size=5).map(tuple), st.integers(0, 10**9), texts)
points = st.builds(ResumePoint, positions, st.integers(0, 10**9), numbers, st.integers(0, 10**9), numbers)


@given(points)
def test_token__brings_everything_back(point):
    assert decode_token(encode_token(point, WALKED), WALKED) == point


@given(st.data())
def test_token__any_damage_is_noticed(data):
    token = encode_token(ResumePoint(Position((Span("a" * 32),), last="a" * 32), 7), WALKED)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(exclude_characters=token[place]))
    with pytest.raises(InvalidUsage):
        decode_token(token[:place] + other + token[place + 1 :], WALKED)


def test_token__cut_off():
    token = encode_token(ResumePoint(Position()), WALKED)
    with pytest.raises(InvalidUsage, match="damaged"):
        decode_token(token[:-1], WALKED)


@pytest.mark.parametrize("token", ["", "x", "pysnow-walk-1", "pysnow-walk-1..", 7, None, b"bytes"], ids=repr)
def test_token__none_at_all(token):
    with pytest.raises(InvalidUsage):
        decode_token(token, WALKED)


@pytest.mark.parametrize(
    "parts",
    [
        ("https://prod.example", "/api/now/table/incident", "active=true", "keyset"),
        ("https://dev.example", "/api/now/table/problem", "active=true", "keyset"),
        ("https://dev.example", "/api/now/table/incident", "active=false", "keyset"),
        ("https://dev.example", "/api/now/table/incident", "active=true", "ORDERBYnumber"),
    ],
    ids=["instance", "table", "query", "order"],
)
def test_token__of_another_walk(parts):
    with pytest.raises(InvalidUsage, match="another walk"):
        decode_token(encode_token(ResumePoint(Position()), WALKED), fingerprint(*parts))


def test_token__does_not_show_the_query():
    token = encode_token(ResumePoint(Position()), fingerprint("https://dev.example", "x", "name=canary", "keyset"))
    body = token.split(".")[1]
    assert b"canary" not in base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))


def test_token__of_another_version():
    token = encode_token(ResumePoint(Position()), WALKED)
    with pytest.raises(InvalidUsage):
        decode_token(token.replace("walk-1", "walk-2"), WALKED)
