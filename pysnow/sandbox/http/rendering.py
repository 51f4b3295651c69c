"""From a payload to bytes: JSON or XML, compressed or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from pysnow.sandbox.http.answer import (
    Content,
    Document,
    Members,
    Payload,
    Record,
    Records,
    WrittenRecord,
    WrittenRecords,
)
from pysnow.sandbox.http.compression import gather, iter_gzip
from pysnow.sandbox.http.json_writer import iter_json_list, json_object
from pysnow.sandbox.http.negotiation import Format
from pysnow.sandbox.http.xml import iter_xml_list, xml_document
from pysnow.sandbox.json_text import json_text

RESULT = "result"

_Told = Document | Record | Records | WrittenRecord | WrittenRecords


@dataclass(frozen=True, slots=True)
class Body:
    """A body ready to be sent.

    Attributes:
        content_type: Its ``Content-Type``.
        is_gzipped: Whether it is compressed.
        chunks: The bytes; a short body is a list of one chunk.
    """

    content_type: str
    is_gzipped: bool
    chunks: Iterable[bytes]


def render(payload: Payload, form: Format, *, may_gzip: bool, beside: Members | None = None) -> Body:
    """Turn a payload into a body.

    Args:
        payload: What to write.
        form: Format of documents and records; contents keep their own type.
        may_gzip: Whether the caller accepts gzip.
        beside: Members to write beside ``result`` or the error; contents have no place for them.
    """
    content_type = payload.content_type if isinstance(payload, Content) else form.content_type
    start, rest = gather(_chunks(payload, form, beside))
    if rest is None:
        return Body(content_type, False, [start])
    if may_gzip:
        return Body(content_type, True, iter_gzip(start, rest))
    return Body(content_type, False, chain((start,), rest))


def _chunks(payload: Payload, form: Format, beside: Members | None) -> Iterator[bytes]:
    if isinstance(payload, Content):
        return payload.chunks
    if form is Format.JSON:
        return _json_chunks(_written(payload), beside)
    return _xml_chunks(_read(payload), beside)


def _json_chunks(payload: Document | WrittenRecord | WrittenRecords, beside: Members | None) -> Iterator[bytes]:
    if isinstance(payload, WrittenRecords):
        return iter_json_list(payload.batches, beside)
    if isinstance(payload, WrittenRecord):
        return iter((json_object(payload.text, beside),))
    return iter((_bytes({**payload.members, **(beside or {})}),))


def _xml_chunks(payload: Document | Record | Records, beside: Members | None) -> Iterator[bytes]:
    if isinstance(payload, Records):
        return iter_xml_list(payload.batches, beside)
    members = {RESULT: payload.members} if isinstance(payload, Record) else payload.members
    return iter((xml_document({**members, **(beside or {})}),))


def _written(payload: _Told) -> Document | WrittenRecord | WrittenRecords:
    if isinstance(payload, Records):
        return WrittenRecords(list(map(_bytes, batch)) for batch in payload.batches)
    return WrittenRecord(_bytes(payload.members)) if isinstance(payload, Record) else payload


def _bytes(members: Members) -> bytes:
    return json_text(members).encode()


def _read(payload: _Told) -> Document | Record | Records:
    """Give what was written for JSON as members again: few ask for XML, and they shall find the same."""
    if isinstance(payload, WrittenRecords):
        return Records(list(map(json.loads, batch)) for batch in payload.batches)
    return Record(json.loads(payload.text)) if isinstance(payload, WrittenRecord) else payload
