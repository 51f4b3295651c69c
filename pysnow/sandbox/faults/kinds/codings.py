"""Content codings gone wrong."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.replacement import JSON, Replacement, instance_reply
from pysnow.sandbox.faults.reply import Reply

_MEGABYTE = 1024 * 1024
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_TRAILER_BYTES = 8  # checksum and length, RFC 1952
_LEVEL = 1


@dataclass(frozen=True)
class TruncatedGzip(Fault):
    """Leave the end of a compressed body out, in a framing that is whole: half of it, or its ``trailer`` alone."""

    part: Literal["half", "trailer"] = "half"

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, compressed in part."""
        reply = serve(call.plain())
        packed = _packed(reply.read())
        kept = len(packed) // 2 if self.part == "half" else len(packed) - _TRAILER_BYTES
        return _coded(reply, packed[:kept])


@dataclass(frozen=True)
class CorruptGzip(Fault):
    """Change the checksum of a compressed body, or with ``data`` a byte of what it holds."""

    part: Literal["checksum", "data"] = "checksum"

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, compressed wrongly."""
        reply = serve(call.plain())
        packed = bytearray(_packed(reply.read()))
        place = len(packed) - _TRAILER_BYTES if self.part == "checksum" else len(packed) // 2
        packed[place] ^= 0xFF
        return _coded(reply, bytes(packed))


@dataclass(frozen=True)
class MislabelledGzip(Fault):
    """Say that a plain body is gzip (``plain``), or send gzip without saying so (``packed``)."""

    body: Literal["plain", "packed"] = "plain"

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, mislabelled."""
        reply = serve(call.plain())
        if self.body == "plain":
            return reply.with_headers(("Content-Encoding", "gzip"))
        return reply.with_body(_packed(reply.read()))


@dataclass(frozen=True)
class DecompressionBomb(Replacement):
    """Answer with one record that is small on the wire and has so many ``megabytes`` when unpacked."""

    megabytes: int = 256

    def answer(self, call: Call) -> Reply:
        """Give the bomb."""
        reply = instance_reply(call, 200, JSON, b"", (("Content-Encoding", "gzip"),))
        return reply.with_body(*_iter_bomb(self.megabytes))


@dataclass(frozen=True)
class CodingChain(Fault):
    """Compress the body so many times over."""

    times_over: int = 60

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, compressed again and again."""
        reply = serve(call.plain())
        body = reply.read()
        for _ in range(self.times_over):
            body = _packed(body)
        return reply.with_headers(("Content-Encoding", ", ".join(["gzip"] * self.times_over))).with_body(body)


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


def _coded(reply: Reply, body: bytes) -> Reply:
    return reply.with_headers(("Content-Encoding", "gzip")).with_body(body)


def _iter_bomb(megabytes: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP_WINDOW)
    yield packer.compress(b'{"result":[{"sys_id":"' + b"b" * 32 + b'","u_odd":"')
    for _ in range(megabytes):
        yield packer.compress(b"0" * _MEGABYTE)
    yield packer.compress(b'"}]}') + packer.flush()
