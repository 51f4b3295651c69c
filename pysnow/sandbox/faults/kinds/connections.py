"""Connections that end too early."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.endings import close, ending, reset, silence
from pysnow.sandbox.faults.reply import Reply, json_bytes, read_json

_LAST_ROW_END = re.compile(rb"\]\}?\Z")


@dataclass(frozen=True)
class DropBefore(Fault):
    """Close (or ``reset``) the connection without serving the call or answering it."""

    reset: bool = False

    def play(self, call: Call, serve: Serve) -> Reply:
        """End the connection."""
        return silence(ending(by_reset=self.reset))


@dataclass(frozen=True)
class DropAfter(Fault):
    """Serve the call, so that its changes stand, and close (or ``reset``) the connection in the place of an answer."""

    reset: bool = False

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, and end the connection."""
        serve(call).discard()
        return silence(ending(by_reset=self.reset))


@dataclass(frozen=True)
class StaleKeepAlive(Fault):
    """Close (or ``reset``) a kept-alive connection when it is used again; calls on new connections pass."""

    reset: bool = False

    def applies(self, call: Call) -> bool:
        """Say whether the connection was used before."""
        return call.wire is not None and call.wire.calls > 0

    def play(self, call: Call, serve: Serve) -> Reply:
        """End the connection."""
        return silence(ending(by_reset=self.reset))


@dataclass(frozen=True)
class ResetBody(Fault):
    """Reset the connection after ``after_bytes`` of the body, or after half of it when negative."""

    after_bytes: int = -1

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, and reset in the middle."""
        reply = serve(call)
        body = reply.read()
        return replace(reply.with_body(body[: _place(body, self.after_bytes)]), ending=reset)


@dataclass(frozen=True)
class CutBody(Fault):
    """Close the connection in mid-body: after ``after_rows`` of a list or ``after_bytes``; else half-way.

    The framing decides who can tell: between two chunks (``chunked``), inside one (``in-chunk``), before the promised
    end (``length``), or with no promise at all (``close``, where the end of the connection is that of the body).
    """

    framing: Literal["chunked", "in-chunk", "length", "close"] = "chunked"
    after_rows: int = -1
    after_bytes: int = -1

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, and close in the middle."""
        if self.after_rows >= 0:
            reply, body, kept = _cut_at_row(serve(call.plain()), self.after_rows)
        else:
            reply = serve(call)
            body = reply.read()
            kept = body[: _place(body, self.after_bytes)]
        return replace(self._framed(reply, body, kept), ending=close)

    def _framed(self, reply: Reply, body: bytes, kept: bytes) -> Reply:
        if self.framing == "length":
            return reply.with_headers(("Content-Length", str(len(body)))).with_body(kept)
        if self.framing == "close":
            return reply.with_headers(("Connection", "close")).with_body(kept)
        if self.framing == "in-chunk":
            chunked = reply.with_headers(("Transfer-Encoding", "chunked"))
            return chunked.with_body(b"%x\r\n" % len(body), kept)
        return reply.with_body(kept)


def _cut_at_row(reply: Reply, count: int) -> tuple[Reply, bytes, bytes]:
    """Give the reply, its body, and the body up to the end of a row."""
    whole, read = read_json(reply)
    body = whole.read()
    if read is None or read.rows is None:
        return whole, body, body[: _place(body, -1)]
    return whole, body, _LAST_ROW_END.sub(b"", json_bytes({"result": read.rows[:count]}))


def _place(body: bytes, asked: int) -> int:
    """Give the place of a cut, so that at least one byte is missing."""
    return len(body) // 2 if asked < 0 else min(asked, max(len(body) - 1, 0))
