"""Where a walk through a table stands, as a text that another process can go on from.

A token holds sys_ids and numbers, a digest of what is walked through, and a checksum: no query, no credential. It is
made to be kept, not to be read; only this module knows its form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from pysnow.exceptions import InvalidUsage
from pysnow.walking.pagination import Position, Span

__all__ = ["ResumePoint", "decode_token", "encode_token", "fingerprint"]

_VERSION: Final = 1
_MARK: Final = "pysnow-walk"
_LONGEST: Final = 1_000_000
"""Characters of the longest token: a span takes some 70 bytes, and there are no more of them than workers."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """What a walk needs to know to go on.

    Attributes:
        position: What is still to be read.
        received: Rows that were handed out.
        expected: Rows that matched when the walk began, or None.
        counted: Those of them that count for the limit of a walk that goes on; 0 behind one that kept to its own limit.
        page_size: Rows of a page at that time.
    """

    position: Position
    received: int = 0
    expected: int | None = None
    counted: int = 0
    page_size: int | None = None

    def left_of(self, limit: int | None) -> int | None:
        """Rows that a limit leaves to a walk from here on: those before count, too, unless they are as many already.

        Args:
            limit: The limit; None for none.
        """
        return None if limit is None else limit - (self.counted if self.counted < limit else 0)


def fingerprint(*parts: str) -> str:
    """Digest of what is walked through: instance, table, query, order."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def encode_token(point: ResumePoint, walked: str) -> str:
    """Write a token.

    Args:
        point: Where the walk stands.
        walked: What it goes through, see :func:`fingerprint`.
    """
    position = point.position
    document = {
        "walked": walked,
        "spans": [[span.low, span.is_low_included, span.high] for span in position.spans],
        "offset": position.offset,
        "last": position.last,
        "received": point.received,
        "expected": point.expected,
        "counted": point.counted,
        "page_size": point.page_size,
    }
    body = base64.urlsafe_b64encode(json.dumps(document, separators=(",", ":")).encode()).decode().rstrip("=")
    mark = f"{_MARK}-{_VERSION}"
    return f"{mark}.{body}.{_checksum(mark, body)}"


def decode_token(token: object, walked: str) -> ResumePoint:
    """Read a token.

    Args:
        token: The token.
        walked: What is to be walked through, see :func:`fingerprint`.

    Raises:
        InvalidUsage: It is damaged, comes from another version, or belongs to another instance, table or query.
    """
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise InvalidUsage(
            f"resume must be a token as RecordIterator.resume_token gives it, not {type(token).__name__}"
        )
    mark, _, rest = token.partition(".")
    body, _, checksum = rest.partition(".")
    if not mark.startswith(f"{_MARK}-") or not body or checksum != _checksum(mark, body):
        raise InvalidUsage("This resume token is damaged, or is none: pass it exactly as it was given")
    if mark != f"{_MARK}-{_VERSION}":
        raise InvalidUsage(f"This resume token is of another version ({mark}): begin the walk anew")
    document = _document(body)
    if document.get("walked") != walked:
        raise InvalidUsage(
            "This resume token belongs to another walk: instance, table, query and order must be the same"
        )
    return _point(document)


def _checksum(mark: str, body: str) -> str:
    return hashlib.sha256(f"{mark}.{body}".encode("utf-8", "replace")).hexdigest()[:16]


def _document(body: str) -> dict[str, Any]:
    try:
        document = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as exc:
        raise InvalidUsage("This resume token is damaged: pass it exactly as it was given") from exc
    return document if isinstance(document, dict) else {}


def _point(document: dict[str, Any]) -> ResumePoint:
    try:
        spans = tuple(Span(_text(low), bool(included), _text(high)) for low, included, high in document["spans"])
        return ResumePoint(
            Position(spans, _number(document["offset"]) or 0, _text(document["last"])),
            _number(document["received"]) or 0,
            _number(document["expected"]),
            _number(document["counted"]) or 0,
            _number(document["page_size"]),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise InvalidUsage("This resume token does not hold what it should: begin the walk anew") from exc


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _number(value: Any) -> int | None:
    if value is not None and (type(value) is not int or value < 0):
        raise ValueError(value)
    return value
