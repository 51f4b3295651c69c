"""Reading of a ``multipart/form-data`` upload as it arrives: the fields, then the one file, never whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

PIECE_BYTES = 256 * 1024

_MOST_BUFFERED_BYTES = 4 * PIECE_BYTES  # of fields and part headers; file content passes through


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with one file.

    Attributes:
        fields: The fields that stand before the file.
        file_name: Name of the file as sent.
        content_type: Type of the file's part.
        chunks: Content of the file; taken from once, straight from the connection.
    """

    fields: dict[str, str]
    file_name: str
    content_type: str
    chunks: Iterator[bytes]


def read_upload(stream: IO[bytes], boundary: str) -> Upload | None:
    """Read a form up to its first file; None when it holds none.

    Raises:
        ValueError: The body is no such form.
    """
    fields: dict[str, str] = {}
    events = _iter_events(stream, boundary)
    for event in events:
        if isinstance(event, Field):
            fields[event.name] = b"".join(_content(events)).decode("utf-8", "replace")
        elif isinstance(event, File):
            content_type = event.headers.get("Content-Type", "application/octet-stream")
            return Upload(fields, event.filename, content_type, _content(events))
    return None


def _iter_events(stream: IO[bytes], boundary: str) -> Iterator[Event]:
    decoder = MultipartDecoder(boundary.encode("latin-1"), _MOST_BUFFERED_BYTES)
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, NeedData):
            decoder.receive_data(stream.read(PIECE_BYTES) or None)
        else:
            yield event


def _content(events: Iterator[Event]) -> Iterator[bytes]:
    """Give the data of the current part."""
    for event in events:
        if not isinstance(event, Data):
            raise ValueError("a part of the form has no end")
        if event.data:
            yield bytes(event.data)
        if not event.more_data:
            return
