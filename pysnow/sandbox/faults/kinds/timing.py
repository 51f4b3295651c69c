"""Slow answers, and none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import ClassVar, Literal

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.endings import hanging, silence
from pysnow.sandbox.faults.reply import Reply

HANG_SECONDS = 120.0
"""Longer than any transaction of a Table API runs (60 seconds, KB1297438), and yet not for ever."""


@dataclass(frozen=True)
class Latency(Fault):
    """Let the call wait before it is served: ``seconds``, or that on average (``uniform``, ``exponential``)."""

    seconds: float = 1.0
    distribution: Literal["fixed", "uniform", "exponential"] = "fixed"

    def play(self, call: Call, serve: Serve) -> Reply:
        """Wait, then serve."""
        call.wait(self._wait(call))
        return serve(call)

    def _wait(self, call: Call) -> float:
        if self.distribution == "uniform":
            return call.random.uniform(0, 2 * self.seconds)
        if self.distribution == "exponential" and self.seconds > 0:
            return call.random.expovariate(1 / self.seconds)
        return self.seconds


@dataclass(frozen=True)
class SlowCount(Fault):
    """Let lists wait that have their rows counted; with ``sysparm_no_count=true`` they are fast."""

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"list"})

    seconds: float = 5.0

    def applies(self, call: Call) -> bool:
        """Say whether the call has its rows counted."""
        return super().applies(call) and call.parameter("sysparm_no_count") != "true"

    def play(self, call: Call, serve: Serve) -> Reply:
        """Wait, then serve."""
        call.wait(self.seconds)
        return serve(call)


@dataclass(frozen=True)
class Drip(Fault):
    """Send the body a few bytes at a time, with a pause before each; with ``head`` status line and headers too."""

    piece_bytes: int = 1
    seconds: float = 0.1
    head: bool = False

    def __post_init__(self) -> None:
        """Check the options.

        Raises:
            ValueError: There would be no progress.
        """
        if self.piece_bytes < 1:
            raise ValueError("drip: piece_bytes must be 1 or more")

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, in drops."""
        reply = serve(call)
        body = reply.read()
        whole = reply.with_headers(("Content-Length", str(len(body))))
        if not self.head or call.wire is None:
            return replace(whole, body=self._drops(call, body))
        return Reply(reply.status, body=self._drops(call, _head(whole) + body), is_raw=True)

    def _drops(self, call: Call, body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), self.piece_bytes):
            call.wait(self.seconds)
            yield body[start : start + self.piece_bytes]


@dataclass(frozen=True)
class HangBefore(Fault):
    """Never serve the call and never answer; the connection closes after ``seconds``."""

    seconds: float = HANG_SECONDS

    def play(self, call: Call, serve: Serve) -> Reply:
        """Keep silent."""
        return silence(hanging(call, self.seconds))


@dataclass(frozen=True)
class HangAfter(Fault):
    """Serve the call, so that its changes stand, and never answer; the connection closes after ``seconds``."""

    seconds: float = HANG_SECONDS

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, and keep silent."""
        serve(call).discard()
        return silence(hanging(call, self.seconds))


def _head(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
