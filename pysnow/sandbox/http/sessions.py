"""Sessions: the cookies of an instance, and its rule of one transaction at a time per session.

A caller that sends ``JSESSIONID`` back re-uses its session, which saves the work of logging in again. Calls that share
a session queue behind each other; one that finds ten waiting, or waits for more than 30 seconds, is answered
``202 Accepted`` and is never run (ServiceNow engineering on HTTP 202 for inbound calls).

A transaction ends when its answer is ready to be sent: the edge in front of an instance takes the body over, so that a
caller who reads slowly does not stand in the way of its own next call (our default).
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

QUEUED_TRANSACTIONS = 10
QUEUE_SECONDS = 30.0

QUEUE_LIMITS = "pysnow.sandbox.queue_limits"
"""Key of ``QueueLimits`` in a WSGI environment, where a call shall meet others than usual."""

IDLE_LIFE = timedelta(seconds=1800)
"""``glide.ui.session_timeout``, 30 minutes; ``glide_session_store`` was recorded with this ``Max-Age``."""

_KEPT_SESSIONS = 10_000  # each call without cookies opens a session; a long-lived sandbox must not grow with them
_FOREVER_SECONDS = 2147483647
_USER_TOKEN_BYTES = 36  # 72 characters, as recorded


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How long the queue of a session may grow.

    Attributes:
        waiting: Calls that may wait; one more is refused.
        seconds: Time after which a waiting call is refused.
    """

    waiting: int = QUEUED_TRANSACTIONS
    seconds: float = QUEUE_SECONDS


_USUAL_LIMITS = QueueLimits()


class SessionBusy(Exception):
    """The session's queue is full, or its turn did not come in time: 202, not executed."""


class Session:
    """One logged-in session.

    Args:
        session_id: Value of ``JSESSIONID``.
        user_name: Who logged in.
        proof: Digest of the ``Authorization`` header that logged in; of nothing for one that a page opened.
        user_token: What pages of the session send along to show that they come from it (``X-UserToken``, ``g_ck``).
    """

    def __init__(self, session_id: str, user_name: str, proof: bytes, user_token: str = "") -> None:
        self.session_id = session_id
        self.user_name = user_name
        self.proof = proof
        self.user_token = user_token
        self._turn = threading.Lock()
        self._waiting = 0
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, limits: QueueLimits = _USUAL_LIMITS) -> Iterator[int]:
        """Wait for the session's other transactions, then hold it; gives the milliseconds waited.

        Args:
            limits: When to give up.

        Raises:
            SessionBusy: Too many are waiting, or the wait is too long.
        """
        started = time.monotonic()
        self._wait(limits)
        try:
            yield round((time.monotonic() - started) * 1000)
        finally:
            self._turn.release()

    def _wait(self, limits: QueueLimits) -> None:
        if self._turn.acquire(blocking=False):
            return
        with self._guard:
            if self._waiting >= limits.waiting:
                raise SessionBusy
            self._waiting += 1
        try:
            if not self._turn.acquire(timeout=limits.seconds):
                raise SessionBusy
        finally:
            with self._guard:
                self._waiting -= 1


class SessionBook:
    """All sessions of the instance; threads may share it.

    Args:
        now: The instance's clock.
        token_hex: Source of random hexadecimal text, by number of bytes.
    """

    def __init__(self, now: Callable[[], datetime], token_hex: Callable[[int], str] = secrets.token_hex) -> None:
        self._now = now
        self._token_hex = token_hex
        self._sessions: OrderedDict[str, tuple[Session, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, session_id: str, authorization: str) -> Session | None:
        """Find the living session a caller logged in to with these same credentials, and keep it alive."""
        with self._lock:
            session, last_used = self._sessions.get(session_id, (None, None))
            if session is None or last_used is None or session.proof != _proof(authorization):
                return None
            if self._now() - last_used > IDLE_LIFE:
                del self._sessions[session_id]
                return None
            self._sessions[session_id] = session, self._now()
            self._sessions.move_to_end(session_id)
            return session

    def open(self, user_name: str, authorization: str) -> Session:
        """Open a session for a caller who has just shown these credentials, or none of them on a page."""
        user_token = self._token_hex(_USER_TOKEN_BYTES)
        session = Session(self._token_hex(16).upper(), user_name, _proof(authorization), user_token)
        with self._lock:
            self._sessions[session.session_id] = session, self._now()
            if len(self._sessions) > _KEPT_SESSIONS:
                self._sessions.popitem(last=False)
        return session

    def clear(self) -> None:
        """End all sessions."""
        with self._lock:
            self._sessions.clear()

    def cookies(self, session: Session, *, secure: bool) -> list[tuple[str, str]]:
        """Build the ``Set-Cookie`` headers of a new session, as recorded.

        Args:
            session: The session.
            secure: Whether the caller came over TLS. A ``Secure`` cookie would never come back over plain HTTP.
        """
        scope = "Path=/; HttpOnly; SameSite=None; Secure" if secure else "Path=/; HttpOnly"
        node = hashlib.sha256(b"node").hexdigest()
        return [
            ("Set-Cookie", f"{cookie}; {scope}")
            for cookie in (
                f"JSESSIONID={session.session_id}",
                "glide_user=; Max-Age=0",
                "glide_user_session=; Max-Age=0",
                f"glide_user_route=glide.{node[:32]}; Max-Age={_FOREVER_SECONDS}",
                f"glide_node_id_for_js={node}",
                f"glide_session_store={self._token_hex(16).upper()}; Max-Age={int(IDLE_LIFE.total_seconds())}",
            )
        ]


def _proof(authorization: str) -> bytes:
    return hashlib.sha256(authorization.encode("utf-8", "surrogateescape")).digest()
