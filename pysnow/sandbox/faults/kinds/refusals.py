"""Calls turned away: too many, too long, not now, not you."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.replacement import (
    Replacement,
    edge_reply,
    envelope,
    html_page,
    instance_reply,
)
from pysnow.sandbox.faults.reply import Headers, Reply
from pysnow.sandbox.http.errors import CHALLENGE
from pysnow.sandbox.http.sessions import QUEUE_LIMITS, QueueLimits

CANCELLED = "Transaction cancelled: maximum execution time exceeded"
CANCELLED_DETAIL = (
    f"{CANCELLED} Check logs for error trace or enable glide.rest.debug property to verify REST request processing"
)
"""Texts of KB1297438."""

_HOUR = timedelta(hours=1)
_RULE = "5b1c3e6f47a3021000c1ab94116d43f2"


@dataclass(frozen=True)
class TooManyRequests(Fault):
    """Answer 429 without ``X-RateLimit-*``: the semaphores are taken (KB3046852). ``retry_after`` is sent as it is."""

    retry_after: str = ""

    def play(self, call: Call, serve: Serve) -> Reply:
        """Refuse the call."""
        headers = (("Retry-After", self.retry_after),) if self.retry_after else ()
        return edge_reply(429, html_page("429 Too Many Requests", "429 Too Many Requests"), headers=headers)


@dataclass(frozen=True)
class RateLimit(Fault):
    """Count the matching calls of each hour, say so in ``X-RateLimit-*``, and answer 429 to those above ``limit``."""

    limit: int = 100

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve the call, or refuse it."""
        now = call.world.clock()
        end = now.replace(minute=0, second=0, microsecond=0) + _HOUR
        standing = (
            ("X-RateLimit-Limit", str(self.limit)),
            ("X-RateLimit-Reset", str(int(end.timestamp()))),
            ("X-RateLimit-Rule", _RULE),
        )
        if self._count(call, end) <= self.limit:
            return serve(call).with_headers(*standing)
        return self._refusal(call, (*standing, ("Retry-After", str(-((now - end) // timedelta(seconds=1))))))

    def _refusal(self, call: Call, headers: Headers) -> Reply:
        detail = f"Rate limit of {self.limit} requests per hour for Table API exceeded"
        return envelope(call, 429, "Rate limit exceeded", detail, headers)

    def _count(self, call: Call, end: datetime) -> int:
        with call.memory.lock:
            counts = call.memory.values
            count = counts.get(end.isoformat(), 0)
            counts.clear()
            counts[end.isoformat()] = count = (count if isinstance(count, int) else 0) + 1
            return count


class Accepted(Replacement):
    """Answer 202 with no body, as to the eleventh call that waits for one session, which is never executed."""

    def answer(self, call: Call) -> Reply:
        """Give the answer."""
        return instance_reply(call, 202, "", b"")


@dataclass(frozen=True)
class SessionQueue(Fault):
    """Shorten the queue of the call's session: 202 to those that find ``waiting`` before them or wait ``seconds``."""

    waiting: int = 0
    seconds: float = 0.0

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve the call, if its session is free."""
        return serve(call.with_environ(**{QUEUE_LIMITS: QueueLimits(self.waiting, self.seconds)}))


class TransactionCancelled(Replacement):
    """Answer 500, the transaction waited for a semaphore until its quota was used up (KB1297438)."""

    def answer(self, call: Call) -> Reply:
        """Give the answer."""
        return envelope(call, 500, CANCELLED, CANCELLED_DETAIL)


@dataclass(frozen=True)
class ServerError(Replacement):
    """Answer 500, or another ``status``, as JSON or, with ``html``, as a page of the edge."""

    status: int = 500
    html: bool = False

    def __post_init__(self) -> None:
        """Check the options.

        Raises:
            ValueError: The status is no error.
        """
        if not 400 <= self.status <= 599:
            raise ValueError(f"server-error: status must be 400 to 599, not {self.status}")

    def answer(self, call: Call) -> Reply:
        """Give the answer."""
        phrase = HTTPStatus(self.status).phrase
        if self.html:
            return edge_reply(self.status, html_page(f"{self.status} {phrase}", f"{self.status} {phrase}"))
        return envelope(call, self.status, phrase, None)


class RequestTimeout(Replacement):
    """Answer 408 and close the connection: the edge did not get the request in time."""

    def answer(self, call: Call) -> Reply:
        """Give the answer."""
        page = html_page("408 Request Timeout", "408 Request Timeout")
        return edge_reply(408, page, headers=(("Connection", "close"),))


class Forbidden(Replacement):
    """Answer 403 to a caller who has the right, as after a node switch (KB2466644); with ``commit`` as in KB2697679."""

    def answer(self, call: Call) -> Reply:
        """Give the answer."""
        return envelope(call, 403, "User Not Authorized", "Failed API level ACL Validation")


class Unauthorized(Replacement):
    """Answer 401 whatever the credentials are."""

    def answer(self, call: Call) -> Reply:
        """Give the answer."""
        detail = "Required to provide Auth information"
        return envelope(call, 401, "User Not Authenticated", detail, (CHALLENGE,))


@dataclass(frozen=True)
class UrlLimit(Fault):
    """Answer a URL of more than ``characters`` with 414 and a page, or with ``status``; shorter ones pass."""

    characters: int = 2048
    status: int = 414

    def applies(self, call: Call) -> bool:
        """Say whether the URL is too long."""
        return len(call.path) + 1 + len(call.environ.get("QUERY_STRING", "")) > self.characters

    def play(self, call: Call, serve: Serve) -> Reply:
        """Refuse the call."""
        return edge_reply(self.status, html_page("414 Request-URI Too Large", "414 Request-URI Too Large"))
