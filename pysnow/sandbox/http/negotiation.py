"""Which format a caller reads and writes: ``application/json`` (default) or ``application/xml`` (REST API docs)."""

from __future__ import annotations

from enum import Enum

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from pysnow.sandbox.http.errors import not_acceptable, unsupported_media_type


class Format(Enum):
    """A format of documents, by its media type."""

    JSON = "application/json"
    XML = "application/xml"

    @property
    def content_type(self) -> str:
        """The ``Content-Type`` of an answer, as recorded: no space before the charset."""
        return f"{self.value};charset=UTF-8"


def answer_format(accept: str) -> Format:
    """Choose the format of the answer.

    Raises:
        ApiError: 406, neither format is accepted.
    """
    if accept in ("", "*/*", Format.JSON.value):
        return Format.JSON
    best = parse_accept_header(accept, MIMEAccept).best_match([one.value for one in Format])
    if best is None:
        raise not_acceptable(accept)
    return Format(best)


def body_format(content_type: str) -> Format:
    """Say in which format a body is written; without ``Content-Type`` it is JSON.

    Raises:
        ApiError: 415, neither format.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        return Format(media_type) if media_type else Format.JSON
    except ValueError:
        raise unsupported_media_type(content_type) from None
