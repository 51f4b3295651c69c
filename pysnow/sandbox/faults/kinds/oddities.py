"""Bytes that JSON readers understand differently, or not at all.

All are put into the first record of an answer as one member more, ``u_odd``, before its others; an answer without a
record gets it outside.
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Literal

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.reply import Reply

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FIRST_RECORD = re.compile(rb'\A\{"result":\[?\{')
_START = re.compile(rb"\A\{")


class Rewritten(Fault):
    """A JSON answer with other bytes; other answers pass."""

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, and rewrite."""
        reply = serve(call.plain())
        return reply.with_body(self.rewrite(reply.read())) if reply.is_json else reply

    @abstractmethod
    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""


@dataclass(frozen=True)
class NotANumber(Rewritten):
    """A number that JSON does not have."""

    number: Literal["NaN", "Infinity", "-Infinity"] = "NaN"

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, b'"u_odd":' + self.number.encode())


class ByteOrderMark(Rewritten):
    """A byte order mark before the document."""

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _BYTE_ORDER_MARK + body


class TrailingBytes(Rewritten):
    """Bytes after the document."""

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return body + b"<!-- served by node 7 -->"


class InvalidUtf8(Rewritten):
    """Bytes inside a value that are no UTF-8."""

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, b'"u_odd":"caf\xe9 \xc3\x28"')


class DuplicateKeys(Rewritten):
    """A record that names ``sys_id`` twice, with two values."""

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, b'"sys_id":"' + b"d" * 32 + b'"')


class LoneSurrogate(Rewritten):
    """Half a character: the escape of a surrogate without its other half."""

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, rb'"u_odd":"\ud83d"')


@dataclass(frozen=True)
class NulCharacter(Rewritten):
    """A NUL inside a value, escaped or, with ``raw``, as it is."""

    raw: bool = False

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, b'"u_odd":"a\0b"' if self.raw else rb'"u_odd":"a\u0000b"')


@dataclass(frozen=True)
class DeepNesting(Rewritten):
    """A value of lists inside lists, so many ``levels`` deep."""

    levels: int = 20_000

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, b'"u_odd":' + b"[" * self.levels + b"]" * self.levels)


@dataclass(frozen=True)
class HugeInteger(Rewritten):
    """An integer of so many ``digits``."""

    digits: int = 5_000

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, b'"u_odd":' + b"9" * self.digits)


@dataclass(frozen=True)
class HugeField(Rewritten):
    """A text of so many ``kilobytes``."""

    kilobytes: int = 4096

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, b'"u_odd":"' + b"x" * (self.kilobytes * 1024) + b'"')


@dataclass(frozen=True)
class ManyMembers(Rewritten):
    """A record of so many ``members``."""

    members: int = 100_000

    def rewrite(self, body: bytes) -> bytes:
        """Give the other bytes."""
        return _with_member(body, json.dumps({f"u_{at}": "" for at in range(self.members)})[1:-1].encode())


@dataclass(frozen=True)
class WrongCharset(Fault):
    """A ``Content-Type`` that names another charset than the body has."""

    charset: str = "ISO-8859-1"

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, with another header."""
        return serve(call).with_headers(("Content-Type", f"application/json;charset={self.charset}"))


def _with_member(body: bytes, member: bytes) -> bytes:
    place = _FIRST_RECORD.match(body) or _START.match(body)
    if place is None:
        return body
    separator = b"" if body[place.end() : place.end() + 1] == b"}" else b","
    return body[: place.end()] + member + separator + body[place.end() :]
