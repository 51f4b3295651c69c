"""XML bodies in and out."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.http.json_reader import MalformedBody
from pysnow.sandbox.http.xml import iter_xml_list, read_fields, xml_document


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(b"<request><entry><a>1</a><b/></entry></request>", {"a": "1", "b": ""}, id="documented form"),
        pytest.param(b"<request><a>x &amp; y</a></request>", {"a": "x & y"}, id="without entry"),
        pytest.param(b"<r><entry><a>1</a></entry><entry><a>2</a></entry></r>", {"a": "1"}, id="first of several"),
        pytest.param(b"", {}, id="empty body"),
    ],
)
def test_read_fields__accepted(body: bytes, fields: dict[str, str]) -> None:
    assert read_fields(body) == fields


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<a>", id="no end"),
        pytest.param(b"{}", id="json"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY e "x">]><a><b>&e;</b></a>', id="document type"),
        pytest.param(b'<?xml version="1.0" encoding="nope"?><a/>', id="unknown encoding"),
    ],
)
def test_read_fields__refused(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        read_fields(body)


@given(st.binary())
def test_read_fields__any_bytes(body: bytes) -> None:
    try:
        fields = read_fields(body)
    except MalformedBody:
        return
    assert isinstance(fields, dict)


def test_xml_document__nested() -> None:
    written = xml_document({"error": {"message": "a<b", "detail": None}, "status": "failure"})
    assert written.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        "<response><error><message>a&lt;b</message><detail/></error><status>failure</status></response>"
    )


def test_iter_xml_list__repeats_result() -> None:
    written = b"".join(iter_xml_list([[{"a": "1"}, {"a": "2"}], [{"a": "3"}]]))
    root = ElementTree.fromstring(written)
    assert [result.findtext("a") for result in root.findall("result")] == ["1", "2", "3"]


def test_iter_xml_list__empty() -> None:
    root = ElementTree.fromstring(b"".join(iter_xml_list([[]])))
    assert (root.tag, len(root)) == ("response", 0)


@given(st.text())
def test_xml_document__any_text_is_well_formed(text: str) -> None:
    root = ElementTree.fromstring(xml_document({"result": {"a": text}}))
    assert root.find("result/a") is not None
