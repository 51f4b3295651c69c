"""Lenient reading of JSON bodies."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.http.json_reader import MalformedBody, read_fields

SCALARS = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(b'{"urgency":"1"}', {"urgency": "1"}, id="plain"),
        pytest.param(b"{'urgency':'1'}", {"urgency": "1"}, id="single quotes of the official samples"),
        pytest.param(b"""{'a':"it's"}""", {"a": "it's"}, id="apostrophe inside double quotes"),
        pytest.param(rb"""{'a':'it\'s'}""", {"a": "it's"}, id="escaped apostrophe"),
        pytest.param(b"""{'a':'say "x"'}""", {"a": 'say "x"'}, id="double quotes inside single ones"),
        pytest.param(b'{"a":true,"b":5,"c":null}', {"a": True, "b": 5, "c": None}, id="other types"),
        pytest.param(b'[{"a":"1"},{"a":"2"}]', {"a": "1"}, id="first of several records"),
        pytest.param(b"[]", {}, id="no record"),
        pytest.param(b"", {}, id="empty body"),
        pytest.param(b'\xef\xbb\xbf{"a":"1"}', {"a": "1"}, id="byte order mark"),
        pytest.param(b'{"a":"x\ny"}', {"a": "x\ny"}, id="raw line end"),
        pytest.param(rb'{"a":"\ud800"}', {"a": "\ufffd"}, id="lone surrogate"),
    ],
)
def test_read_fields__accepted(body: bytes, fields: dict[str, object]) -> None:
    assert read_fields(body) == fields


@pytest.mark.parametrize(
    "body",
    [b"{", b"[1]", b'"text"', b"5", b"{'a}", b"{a:1}", b'{"a":NaN}', b'{"a":1}x', b"[" * 100_000, b"not json"],
    ids=lambda body: body[:10].decode(),
)
def test_read_fields__refused(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        read_fields(body)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), SCALARS))
def test_read_fields__any_json_object(fields: dict[str, object]) -> None:
    assert read_fields(json.dumps(fields).encode()) == fields


@given(st.dictionaries(st.text("ab'\"\\\n x"), st.text("ab'\"\\\n x")))
def test_read_fields__any_single_quoted_object(fields: dict[str, str]) -> None:
    """What is quoted with apostrophes reads as what is quoted with double quotes."""

    def quoted(text: str) -> str:
        return "'" + json.dumps(text)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"

    body = "{" + ",".join(f"{quoted(name)}:{quoted(value)}" for name, value in fields.items()) + "}"
    assert read_fields(body.encode()) == fields


@given(st.binary())
def test_read_fields__any_bytes(body: bytes) -> None:
    """Whatever arrives is read or refused, nothing else."""
    try:
        fields = read_fields(body)
    except MalformedBody:
        return
    assert isinstance(fields, dict)


def test_read_fields__half_a_character_deep_inside() -> None:
    r"""``\ud800`` alone exists in no UTF-8 text, and could be neither stored nor answered."""
    assert read_fields(rb'{"a":[{"\ud800":"\ud800"}]}') == {"a": [{"\ufffd": "\ufffd"}]}


def test_read_fields__nested_too_deeply() -> None:
    with pytest.raises(MalformedBody):
        read_fields(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}")
