"""XML in and out: ``<response><result>...</result></response>``, lists repeat ``<result>`` (REST API docs)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from pysnow.sandbox.http.answer import Members
from pysnow.sandbox.http.json_reader import Fields, MalformedBody

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_fields(body: bytes) -> Fields:
    """Read the fields of the one record in ``<request><entry>...</entry></request>``.

    The ``entry`` element of the documented samples may be left out; of several entries the first counts (KB0534905).

    Raises:
        MalformedBody: The body is no XML, or declares a document type (nothing needs one, and entities do harm).
    """
    if not body.strip():
        return {}
    if b"<!DOCTYPE" in body:
        raise MalformedBody("the body declares a document type")
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise MalformedBody("the body is not XML") from error
    record = root.find("entry")
    return {field.tag: field.text or "" for field in (root if record is None else record)}


def xml_document(members: Members) -> bytes:
    """Write a whole document."""
    return f"{_DECLARATION}<response>{_inside(members)}</response>".encode()


def iter_xml_list(batches: Iterable[Sequence[Members]], beside: Members | None = None) -> Iterator[bytes]:
    """Write a list of records, one chunk of bytes a batch, and further elements behind it."""
    lead = f"{_DECLARATION}<response>"
    for batch in batches:
        yield (lead + "".join(_element("result", record) for record in batch)).encode()
        lead = ""
    yield f"{lead}{_inside(beside or {})}</response>".encode()


def _inside(members: Members) -> str:
    return "".join(_element(name, value) for name, value in members.items())


def _element(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    inside = _inside(value) if isinstance(value, Mapping) else _text(value)
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def _text(value: object) -> str:
    return "" if value is None else escape(_NOT_IN_XML.sub("\ufffd", str(value)))
