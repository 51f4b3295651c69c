"""An answer on its way out, as faults see it and change it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Self

Headers = tuple[tuple[str, str], ...]
Ending = Callable[[], None]
"""Called after the last byte; ends the connection by raising an ``OSError``."""

_NO_BODY: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body, and how the connection fares after them.

    Attributes:
        status: HTTP status; 0 when nothing is sent at all.
        headers: Headers in order.
        body: The bytes, in pieces; taken from once.
        ending: How the connection ends after the body; None keeps it.
        is_raw: Whether the body is all there is on the wire, status line and headers included.
    """

    status: int
    headers: Headers = ()
    body: Iterable[bytes] = _NO_BODY
    ending: Ending | None = None
    is_raw: bool = False

    def header(self, name: str) -> str:
        """Give the value of a header; empty when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def with_headers(self, *headers: tuple[str, str]) -> Self:
        """Set headers, in the place of those with the same names."""
        names = {name.lower() for name, _ in headers}
        kept = [(name, value) for name, value in self.headers if name.lower() not in names]
        return replace(self, headers=(*kept, *headers))

    def without_headers(self, *names: str) -> Self:
        """Leave headers out."""
        dropped = {name.lower() for name in names}
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() not in dropped))

    def with_body(self, *pieces: bytes) -> Self:
        """Send another body."""
        return replace(self, body=pieces)

    def read(self) -> bytes:
        """Take the whole body."""
        try:
            return b"".join(self.body)
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave the body unread."""
        if close := getattr(self.body, "close", None):
            close()

    @property
    def is_json(self) -> bool:
        """Whether the body is a JSON document, not compressed."""
        return "json" in self.header("Content-Type") and not self.header("Content-Encoding")


@dataclass(frozen=True, slots=True)
class JsonReply:
    """A reply whose JSON body was read.

    Attributes:
        reply: The reply; its body is taken.
        document: The outermost object.
    """

    reply: Reply
    document: dict[str, object]

    @property
    def rows(self) -> list[object] | None:
        """The rows of a list; None when the document is none."""
        result = self.document.get("result")
        return result if isinstance(result, list) else None

    def with_document(self, document: object) -> Reply:
        """Send another document, written as an instance writes."""
        return self.reply.with_body(json_bytes(document))

    def with_rows(self, rows: list[object]) -> Reply:
        """Send other rows."""
        return self.with_document(self.document | {"result": rows})


def read_json(reply: Reply) -> tuple[Reply, JsonReply | None]:
    """Read the JSON body of a reply.

    Returns:
        The reply with its body whole, and what was read; None when that is no JSON object.
    """
    if not reply.is_json:
        return reply, None
    body = reply.read()
    whole = reply.with_body(body)
    try:
        document = json.loads(body)
    except ValueError:
        return whole, None
    return whole, JsonReply(whole, document) if isinstance(document, dict) else None


def json_bytes(value: object) -> bytes:
    """Write JSON as an instance does: no whitespace, raw UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def sys_id_of(row: object) -> str:
    """Give the sys_id of a row, whatever ``sysparm_display_value`` made of it; empty when it has none."""
    value = row.get("sys_id") if isinstance(row, dict) else None
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) else ""
