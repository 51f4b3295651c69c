"""For tests of changes: a client that never really waits, instances that keep less, or later, than they are sent."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pysnow import AmbiguousWrite, Client
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.endings import close, silence
from pysnow.sandbox.faults.reply import Reply
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.sandbox.faults.call import Call

WALL = 1_900_000_000.0


@dataclass
class Hands:
    """The hands of a clock that stands until somebody waits.

    Attributes:
        now: Seconds since the beginning.
        waits: Seconds that were waited, one after the other.
        on_wait: What happens meanwhile.
    """

    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    on_wait: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        self.on_wait()

    @property
    def clockwork(self) -> Clockwork:
        return Clockwork(clock=lambda: self.now, sleep=self.sleep, roll=lambda: 1.0, wall=lambda: WALL + self.now)


def client_of(sandbox: Sandbox, hands: Hands, **options: Any) -> Client:
    """A client of an instance, signed in as its administrator, whose time is that of the hands."""
    client = Client(instance=sandbox.url, user="admin", password="admin", **options)
    client._clockwork = hands.clockwork
    return client


def rows_of(sandbox: Sandbox, text: str, table: str = "incident") -> list[dict[str, Any]]:
    """Records that have a short description."""
    return [dict(row) for row in sandbox.table(table).rows if row["short_description"] == text]


def row_of(sandbox: Sandbox, sys_id: str, table: str = "incident") -> dict[str, Any] | None:
    """The record of a sys_id, or None."""
    return next((dict(row) for row in sandbox.table(table).rows if row["sys_id"] == sys_id), None)


def notes_of(sandbox: Sandbox, sys_id: str) -> list[str]:
    """Texts of the journal entries of a record."""
    return [str(row["value"]) for row in sandbox.table("sys_journal_field").rows if row["element_id"] == sys_id]


def sent(sandbox: Sandbox, method: str) -> int:
    """Requests of a method that the instance saw."""
    return sum(entry.method == method for entry in sandbox.requests)


def outcome(write: Callable[[], Any]) -> Any:
    """What a write gives, or the :class:`AmbiguousWrite` that it raises."""
    try:
        return write()
    except AmbiguousWrite as error:
        return error


@dataclass(frozen=True)
class Ignoring(Fault):
    """An instance that does not keep some columns of the body; several are joined by ``+``."""

    columns: str = "sys_id"

    def play(self, call: Call, serve: Serve) -> Reply:
        body = json.loads(call.environ["wsgi.input"].read())
        kept = {name: value for name, value in body.items() if name not in self.columns.split("+")}
        return serve(_with_body(call, json.dumps(kept).encode()))


@dataclass(frozen=True)
class CommitLater(Fault):
    """A transaction that goes on after its connection has broken: ``late`` carries it out when it is called."""

    late: list[Callable[[], object]] = field(default_factory=list)

    def play(self, call: Call, serve: Serve) -> Reply:
        whole = _with_body(call, call.environ["wsgi.input"].read())
        self.late.append(lambda: serve(whole).discard())
        return silence(close)

    def finish(self) -> None:
        """Carry out what is open."""
        while self.late:
            self.late.pop(0)()


@dataclass(frozen=True)
class Answering(Fault):
    """Something in front of the instance that answers as it likes, with or without handing the request on."""

    status: int = 200
    body: str = ""
    kind: str = "application/json"
    location: str = ""
    commit: bool = False

    def play(self, call: Call, serve: Serve) -> Reply:
        if self.commit:
            serve(call).discard()
        headers = (("Content-Type", self.kind), *((("Location", self.location),) if self.location else ()))
        return Reply(self.status, headers, (self.body.encode(),))


@dataclass(frozen=True)
class AnsweringParts(Fault):
    """A batch of which nothing is carried out, and each request is said to be answered so."""

    status: int = 200
    body: str = ""

    def play(self, call: Call, serve: Serve) -> Reply:
        batch = json.loads(call.environ["wsgi.input"].read())
        body = base64.b64encode(self.body.encode()).decode()
        serviced = [
            {"id": part["id"], "status_code": self.status, "status_text": "", "headers": [], "body": body}
            for part in batch["rest_requests"]
        ]
        document = {"batch_request_id": batch["batch_request_id"], "serviced_requests": serviced}
        return Reply(200, (("Content-Type", "application/json"),), (json.dumps(document).encode(),))


def _with_body(call: Call, body: bytes) -> Call:
    return call.with_environ(**{"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})


COMMITTED = (
    "drop-after",
    "drop-after:reset=true",
    "hang-after:seconds=0.01",
    "reset-body",
    "cut-body:framing=chunked",
    "cut-body:framing=in-chunk",
    "cut-body:framing=length",
    "cut-body:framing=close",
    "truncated-gzip",
    "corrupt-gzip",
    "mislabelled-gzip",
    "accepted:commit=true",
    "transaction-cancelled:commit=true",
    "server-error:commit=true",
    "server-error:status=502,html=true,commit=true",
    "server-error:status=503,html=true,commit=true",
    "server-error:status=504,html=true,commit=true",
    "request-timeout:commit=true",
    "hibernating-page:commit=true",
    "login-page:commit=true,as_json=true",
    "proxy-page:commit=true",
    "maintenance-page:commit=true",
    "empty-body:status=200",
    "empty-body:status=204",
    "error-only",
    "error-first",
    "null-body",
    "no-result",
    "wrong-result",
    "wrong-result:result=text",
    "trailing-bytes",
    "invalid-utf8",
    "not-a-number",
    "deep-nesting:levels=200",
    "huge-integer",
    "decompression-bomb:megabytes=8,commit=true",
)
"""Faults behind which the change was made."""

NOT_COMMITTED = (
    "drop-before",
    "drop-before:reset=true",
    "hang-before:seconds=0.01",
    "accepted",
    "transaction-cancelled",
    "server-error",
    "server-error:status=502,html=true",
    "server-error:status=503,html=true",
    "server-error:status=504,html=true",
    "request-timeout",
    "hibernating-page",
    "login-page",
    "proxy-page",
)
"""Faults behind which it was not, although nobody can tell."""

HARMLESS = ("too-many-requests", "too-many-requests:retry_after=1", "too-many-requests:retry_after=soon")
"""Refusals that came before anything was done."""
