"""From a payload to bytes: JSON or XML, compressed or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from pysnow.sandbox.http.answer import Content, Document, Members, Payload, Record, Records
from pysnow.sandbox.http.compression import gather, iter_gzip
from pysnow.sandbox.http.json_writer import iter_json_list, json_text
from pysnow.sandbox.http.negotiation import Format
from pysnow.sandbox.http.xml import iter_xml_list, xml_document

RESULT = "result"


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
    if isinstance(payload, Records):
        write = iter_json_list if form is Format.JSON else iter_xml_list
        return write(payload.batches, beside)
    return iter((_document(payload, form, beside),))


def _document(payload: Document | Record, form: Format, beside: Members | None) -> bytes:
    members = {RESULT: payload.members} if isinstance(payload, Record) else payload.members
    if beside:
        members = {**members, **beside}
    if form is Format.JSON:
        return json_text(members).encode()
    return xml_document(members)
