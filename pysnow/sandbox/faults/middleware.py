"""Faults between the listener and the application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Request

from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.faults.call import Call, World
from pysnow.sandbox.faults.fault import Serve
from pysnow.sandbox.faults.reply import Headers, Reply
from pysnow.sandbox.faults.rule import Strike
from pysnow.sandbox.http.app import OWN_PATHS
from pysnow.sandbox.http.body import BrokenBody
from pysnow.sandbox.http.request_log import (
    KEPT_BODY_BYTES,
    NOTE,
    LoggedRequest,
    RecordedInput,
    RequestLog,
    log_entry,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WriteBytes = Callable[[bytes], object]


class FaultyApplication:
    """Serves an application through the faults that are switched on; threads may share it.

    Args:
        application: What answers when nothing goes wrong.
        book: The faults.
        world: What surrounds the calls.
        log: Where struck calls are noted, as the caller saw them end.
    """

    def __init__(self, application: WSGIApplication, book: FaultBook, world: World, log: RequestLog) -> None:
        self._application = application
        self._book = book
        self._world = world
        self._log = log

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        call = Call.of(environ, self._world)
        strikes = [] if call.path.startswith(OWN_PATHS) else self._book.striking(call)
        if not strikes:
            return self._application(call.environ, start_response)
        served = _Served(self._application)
        serve: Serve = served.run
        for strike in reversed(strikes):
            serve = partial(strike.play, serve=serve)
        reply = serve(call)
        self._note(call, strikes, served.entries, reply.status)
        return _deliver(reply, call, start_response)

    def _note(self, call: Call, strikes: list[Strike], entries: list[LoggedRequest], status: int) -> None:
        request = Request(call.environ)
        kept = b"" if entries else _kept_body(call)
        entry = log_entry(request, call.query, kept, status=status, committed=any(each.committed for each in entries))
        if entries:
            # A fault may have changed the call on its way in: who called and what was read is known inside alone.
            inner = entries[-1]
            entry = replace(entry, body=inner.body, user=inner.user, parts=inner.parts)
        self._log.add(replace(entry, fault="+".join(strike.fault.name() for strike in strikes)))


@dataclass(slots=True)
class _Served:
    """Runs the application for one call, and keeps what it notes of it."""

    application: WSGIApplication
    entries: list[LoggedRequest] = field(default_factory=list)

    def run(self, call: Call) -> Reply:
        """Give the application's answer."""
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None, /) -> _WriteBytes:
            started.append((int(status[:3]), tuple(headers)))
            return _no_write

        body = self.application({**call.environ, NOTE: self.entries.append}, start_response)
        status, headers = started[-1]
        return Reply(status, headers, body)


def _no_write(data: bytes, /) -> object:
    raise NotImplementedError("answers are returned, not written")


def _kept_body(call: Call) -> bytes:
    """Read the start of a body that no handler read."""
    body = RecordedInput(call.environ["wsgi.input"])
    with suppress(BrokenBody):  # the client left in the middle
        while len(body.recorded) < KEPT_BODY_BYTES and body.read(KEPT_BODY_BYTES):
            pass
    return body.recorded


def _deliver(reply: Reply, call: Call, start_response: StartResponse) -> Iterable[bytes]:
    if reply.is_raw or not reply.status:
        return _sent_raw(reply, call)
    start_response(f"{reply.status} {HTTP_STATUS_CODES.get(reply.status, 'Unknown')}", list(reply.headers))
    return reply.body if reply.ending is None else _ended(reply)


def _sent_raw(reply: Reply, call: Call) -> Iterator[bytes]:
    """Send bytes past the server; what it is given to send is empty."""
    for piece in reply.body:
        if call.wire is None:
            break
        call.wire.send(piece)
        yield b""
    if reply.ending:
        reply.ending()
    raise ConnectionAbortedError("the answer ends here")


def _ended(reply: Reply) -> Iterator[bytes]:
    yield from reply.body
    if reply.ending:
        reply.ending()
