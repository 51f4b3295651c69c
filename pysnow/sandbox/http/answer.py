"""What a handler answers, as a value: a status, a payload of one of several kinds, and headers of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Members = Mapping[str, object]
"""Members of one JSON object, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document, written as it is: the error envelope, an OAuth answer.

    Attributes:
        members: The members of the outermost object.
    """

    members: Members


@dataclass(frozen=True, slots=True)
class Record:
    """One record: ``{"result":{...}}``."""

    members: Members


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records, ``{"result":[...]}``, shaped and written a batch at a time.

    Attributes:
        batches: Lists of shaped records; taken from once, while the body is being sent.
    """

    batches: Iterable[Sequence[Members]]


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    """One record that is JSON text already.

    Attributes:
        text: Its object, in UTF-8.
    """

    text: bytes


@dataclass(frozen=True, slots=True)
class WrittenRecords:
    """A list of records that are JSON text already.

    Attributes:
        batches: Lists of objects, in UTF-8; taken from once, while the body is being sent.
    """

    batches: Iterable[Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that are no document: the content of an attachment, a page for people.

    Attributes:
        chunks: The bytes, in pieces; taken from once, while the body is being sent.
        content_type: Sent as ``Content-Type``.
    """

    chunks: Iterator[bytes]
    content_type: str


Payload = Document | Record | Records | WrittenRecord | WrittenRecords | Content


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a handler; the application adds what every answer of an instance carries.

    Attributes:
        status: HTTP status.
        payload: The body; None sends none, and no ``Content-Type`` either (recorded on 204 answers).
        headers: Headers of this answer alone.
    """

    status: int = 200
    payload: Payload | None = None
    headers: tuple[tuple[str, str], ...] = ()
