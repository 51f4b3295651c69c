"""A call on its way in, as faults see it, and what surrounds it."""

from __future__ import annotations

import io
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import parse_qsl, urlencode

from pysnow.sandbox.faults.operations import REFRESH, Operation, operation_of
from pysnow.sandbox.http.wire import WIRE
from pysnow.sandbox.instance.instance import Instance

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Query = list[tuple[str, str]]


class WireLike(Protocol):
    """The connection below a call."""

    @property
    def calls(self) -> int:
        """Requests that came on the connection before this one."""

    def send(self, piece: bytes) -> None:
        """Send bytes as they are."""

    def wait(self, seconds: float, sleep: Callable[[float], object]) -> None:
        """Wait before more is sent; not longer than the client, where that is known."""

    def hang(self, seconds: float, sleep: Callable[[float], object]) -> None:
        """Wait until the client leaves, or the time is over."""


class ShiftingClock:
    """A clock that can be set wrong for the calls of one thread.

    Args:
        clock: The right time.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._local = threading.local()

    def __call__(self) -> datetime:
        """Give the time."""
        shift: timedelta | None = getattr(self._local, "shift", None)
        return self._clock() if shift is None else self._clock() + shift

    @contextmanager
    def shifted(self, shift: timedelta) -> Iterator[None]:
        """Be wrong by so much, in this thread and until the block ends."""
        before: timedelta | None = getattr(self._local, "shift", None)
        self._local.shift = shift + (before or timedelta())
        try:
            yield
        finally:
            self._local.shift = before


class Tokens(Protocol):
    """The OAuth tokens, as far as faults end them."""

    def revoke(self, token: str) -> None:
        """End one token."""

    def rotate(self, refresh_token: str) -> str | None:
        """Give a living refresh token another text; None when it is dead."""

    def expire_refresh(self) -> None:
        """End all refresh tokens."""


@dataclass(frozen=True, slots=True)
class World:
    """What surrounds all calls of a sandbox.

    Attributes:
        instance: The instance.
        tokens: Its OAuth tokens.
        clock: Its clock.
        sleep: Waits for so many seconds.
    """

    instance: Instance
    tokens: Tokens
    clock: ShiftingClock
    sleep: Callable[[float], object]


@dataclass(slots=True)
class Memory:
    """What one rule remembers from call to call.

    Attributes:
        seed: Stays the same for all calls of the rule.
        lock: Held by a fault while it reads and writes the values.
        values: Whatever the fault keeps.
    """

    seed: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        environ: Its WSGI environment, never changed in place.
        method: The verb; an override counts.
        operation: What it wants.
        world: What surrounds it.
        random: Source of chance for one strike.
        memory: What the rule that strikes remembers.
    """

    environ: WSGIEnvironment
    method: str
    operation: Operation
    world: World
    random: random.Random = field(default_factory=random.Random)
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def of(cls, environ: WSGIEnvironment, world: World) -> Self:
        """Read a call from its environment."""
        method = str(environ["REQUEST_METHOD"])
        if method == "POST":
            method = str(environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "")).upper() or method
        operation = operation_of(method, path_of(environ))
        if operation.name == "token":
            environ = _with_whole_body(environ)
            if _form(environ).get("grant_type") == "refresh_token":
                operation = replace(operation, name=REFRESH)
        return cls(environ, method, operation, world)

    @property
    def path(self) -> str:
        """The decoded path."""
        return path_of(self.environ)

    @property
    def query(self) -> Query:
        """The decoded parameters."""
        return parse_qsl(self.environ.get("QUERY_STRING", ""), keep_blank_values=True)

    @property
    def wire(self) -> WireLike | None:
        """The connection below; None where another server, or none, runs the application."""
        return self.environ.get(WIRE)

    def header(self, name: str) -> str:
        """Give the value of a header; empty when it was not sent."""
        return str(self.environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    def parameter(self, name: str) -> str:
        """Give a parameter's value; empty when it was not sent."""
        return next((value for key, value in self.query if key == name), "")

    def with_parameter(self, name: str, value: str) -> Self:
        """Let a parameter have another value, in its place or else at the end."""
        pairs = self.query
        at = next((at for at, pair in enumerate(pairs) if pair[0] == name), len(pairs))
        return self.with_environ(QUERY_STRING=urlencode([*pairs[:at], (name, value), *pairs[at + 1 :]]))

    def with_environ(self, **changes: object) -> Self:
        """Change members of the environment."""
        return replace(self, environ={**self.environ, **changes})

    def wait(self, seconds: float) -> None:
        """Let the caller wait; not longer than it does, where that is known."""
        if self.wire is None:
            self.world.sleep(seconds)
        else:
            self.wire.wait(seconds, self.world.sleep)

    def plain(self) -> Self:
        """Ask for an answer that is not compressed."""
        return self.with_environ(HTTP_ACCEPT_ENCODING="identity")


def path_of(environ: WSGIEnvironment) -> str:
    """Give the decoded path of a WSGI environment."""
    return str(environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace")


def _with_whole_body(environ: WSGIEnvironment) -> WSGIEnvironment:
    return {**environ, "wsgi.input": io.BytesIO(environ["wsgi.input"].read())}


def _form(environ: WSGIEnvironment) -> dict[str, str]:
    body: io.BytesIO = environ["wsgi.input"]
    return dict(parse_qsl(body.getvalue().decode("utf-8", "replace")))
