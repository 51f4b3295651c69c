"""The only sender of a client: its sessions, its retry policy, its deadlines, its rate limit.

Invariants:

* What a call means is in its :class:`Request`; sending changes neither it nor the session that was handed in.
* Each call ends by its deadline, whatever the other side does, and however often it is repeated.
* Threads share the policy, the budget for repeating and the rate limit; each has a session of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import requests

from pysnow.auth import NoAuth
from pysnow.defaults import DEADLINE_SECONDS, TOKEN_DEADLINE_SECONDS
from pysnow.exceptions import InvalidUsage, PysnowException
from pysnow.fork import renew_after_fork
from pysnow.wire.address_limit import AddressLimit
from pysnow.wire.call import Call, deadline_for, next_wait
from pysnow.wire.clockwork import CLOCKWORK, Clockwork
from pysnow.wire.deadline import NEVER, Deadline
from pysnow.wire.exchange import Request
from pysnow.wire.rate_limit import Limiter, RateLimit
from pysnow.wire.retry import Retry, RetryBudget
from pysnow.wire.rule_limits import RuleLimits
from pysnow.wire.sessions import Sessions, is_loopback

if TYPE_CHECKING:
    from pysnow.wire.observer import Guard, Observer

__all__ = ["Request", "Transport", "checked_auth", "checked_session", "make_session", "session_like"]

RETRY = Retry()
"""The policy when nothing else is said."""


class Transport:
    """Sends requests to one instance. Threads may share it.

    Args:
        base_url: Address of the instance.
        session: Template for the sessions that send: its adapters, auth, headers, proxies and certificates are used. An
            object of a class of its own, such as an OAuth session, sends by itself, since a copy might not do the same.
        verify: Path of a CA bundle, or whether to check the instance's certificate; None leaves that to the session.
        cert: Client certificate: a path, or a pair of paths to certificate and key.
        proxies: Proxy by scheme; None leaves that to the session and the environment.
        policy: When requests are repeated; None for never. A session whose adapters repeat by themselves is left to it.
        deadline: Seconds that a call may take, all attempts together; None for no end.
        rate_limit: How fast to call; None for as fast as the threads are.
        allow_insecure_http: Whether plain HTTP may be spoken with another machine.
        warn_truncated: Whether to warn when a list ends before all its records have come.
        clockwork: Time, waiting and chance.
        observer: Is told of every attempt; None for nobody.
        guard: May keep a request from being sent; None for nobody.
        user_agent: What the caller calls itself, behind the library's name in the ``User-Agent``.

    Attributes:
        base_url: As given.
        template: The session.
        observer: As given.
        policy: As given.
        deadline: As given.
        warn_truncated: As given.
        sessions: The sessions that send.
        limiter: Lets requests through.
        rule_limits: Keeps back those that the instance's own rules have no room for.
        address_limit: How long the addresses are that the instance takes.
        budget: What calls may spend on repeating.
        clockwork: As given.
    """

    def __init__(
        self,
        base_url: str,
        session: requests.Session,
        *,
        verify: bool | str | None = None,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        policy: Retry | None = RETRY,
        deadline: float | None = DEADLINE_SECONDS,
        rate_limit: RateLimit | None = None,
        allow_insecure_http: bool = False,
        warn_truncated: bool = True,
        clockwork: Clockwork = CLOCKWORK,
        observer: Observer | None = None,
        guard: Guard | None = None,
        user_agent: str | None = None,
    ) -> None:
        self.base_url = base_url
        self.template = session
        self.policy = policy
        self.deadline = deadline
        self.warn_truncated = warn_truncated
        self.clockwork = clockwork
        self.observer = observer
        self._guard = guard
        given = {"verify": verify, "cert": cert, "proxies": proxies}
        overrides = {name: value for name, value in given.items() if value is not None}
        self.sessions = Sessions(session, base_url, overrides, clockwork.clock, user_agent)
        self.limiter = Limiter(rate_limit, clockwork)
        self.rule_limits = RuleLimits(clockwork)
        self.address_limit = AddressLimit()
        self.budget = RetryBudget(policy.budget_tokens if policy is not None else 0)
        self._is_refused = not (allow_insecure_http or base_url.startswith("https:") or is_loopback(base_url))
        renew_after_fork(self)

    def call(self, request: Request, deadline: Deadline | None = None) -> Call:
        """Make ready to send a request; :meth:`Call.answer <pysnow.wire.call.Call.answer>` sends it.

        Args:
            request: What to send.
            deadline: End of the call, where it is part of something longer.

        Raises:
            InvalidUsage: It would go to another machine over plain HTTP, or the client does not send such things.
        """
        if self._guard is not None:
            self._guard.check(request)
        if self._is_refused:
            raise InvalidUsage(
                "Plain http:// shows password and data to everybody on the way: use https://, or pass "
                "allow_insecure_http=True",
                method=request.method,
                path=request.path,
            )
        return Call(self, request, deadline)

    def send(self, request: Request, deadline: Deadline | None = None) -> requests.Response:
        """Send a request and give back its answer, whatever its status.

        What can be repeated without harm is repeated, see :meth:`Call.answer <pysnow.wire.call.Call.answer>`. Unless
        the request says ``stream``, the body has been read.

        Args:
            request: What to send.
            deadline: End of the call, where it is part of something longer.

        Returns:
            The answer; its ``request`` no longer holds credentials.

        Raises:
            TransportError: No answer came.
            InvalidUsage: The request cannot be sent.
        """
        return self.call(request, deadline).answer()

    @property
    def says_who_calls(self) -> bool:
        """Whether the session puts credentials of its own over an ``Authorization`` header of a call."""
        auth = self.template.auth
        signs = any(kind.__module__.startswith("requests_oauthlib.") for kind in type(self.template).__mro__)
        return signs or not (auth is None or isinstance(auth, NoAuth))

    def clock(self) -> float:
        """Seconds of a clock that never runs backwards."""
        return self.clockwork.clock()

    def wait(self, seconds: float, deadline: Deadline | None = None) -> bool:
        """Wait, if it fits.

        Args:
            seconds: How long.
            deadline: End of what is being done.

        Returns:
            Whether it was waited; False when the deadline would have passed.
        """
        if deadline is not None:
            deadline.resume()
            if not deadline.allows(seconds):
                return False
        self.clockwork.sleep(seconds)
        return True

    def backoff(self, failures: int, error: PysnowException, deadline: Deadline | None = None) -> bool:
        """Wait before something that reads is tried again, for a caller that repeats by itself.

        Args:
            failures: Failures in a row so far, 1 or more.
            error: The last one.
            deadline: End of what is being done.

        Returns:
            Whether to try again; False when it would not help, or policy, budget or deadline do not allow it.
        """
        deadline = deadline or NEVER
        deadline.resume()
        seconds = next_wait(self, failures, error, deadline)
        if seconds is None:
            return False
        self.clockwork.sleep(seconds)
        return True

    def policy_for(self, request: Request) -> Retry | None:
        """When a request is repeated: not at all, where others do that, above or below.

        Args:
            request: The request.
        """
        if not request.heal or self.policy is None or self.sessions.repeats_by_itself(self.sessions.current()):
            return None
        return self.policy

    def deadline_seconds(self, operation: str) -> float | None:
        """Seconds that a call may take.

        Args:
            operation: What it does.
        """
        if operation == "token" and self.deadline is not None:
            return min(self.deadline, TOKEN_DEADLINE_SECONDS)
        return self.deadline

    def new_deadline(self, operation: str) -> Deadline:
        """The deadline of a call, or of something that takes several, beginning now.

        Args:
            operation: What it is, see :class:`Request`.

        Raises:
            InvalidUsage: The client does not do such things.
        """  # noqa: DOC502
        if self._guard is not None:
            self._guard.begin(operation)
        return deadline_for(self.deadline_seconds(operation), operation, self.clockwork.clock)

    def use_session(self, session: requests.Session) -> None:
        """Send with another session from now on, with cookies of its own; what is on its way keeps the old one.

        Args:
            session: Template, as for the transport itself.
        """
        self.template = session
        self.sessions.use(session)

    def exchange_clockwork(self, clockwork: Clockwork) -> None:
        """Go by another clock, beginning with the next call: that of a test.

        Args:
            clockwork: Time, waiting and chance.
        """
        self.clockwork = clockwork
        self.limiter.exchange_clockwork(clockwork)
        self.rule_limits.exchange_clockwork(clockwork)

    def part_from_parent(self) -> None:
        """After a fork: have locks and counts of one's own."""
        self.limiter.part_from_parent()
        self.rule_limits.part_from_parent()
        self.budget.part_from_parent()

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds credentials and connections: build it anew in the other process.")

    def close(self) -> None:
        """Close the connections."""
        self.sessions.close()


def make_session(auth: requests.auth.AuthBase | None = None) -> requests.Session:
    """A session to use as a template.

    Args:
        auth: Puts credentials on each request.
    """
    session = requests.Session()
    session.auth = auth
    return session


def session_like(session: requests.Session | None, auth: requests.auth.AuthBase) -> requests.Session:
    """A session like another one, for another caller: without its cookies and the credentials in its headers.

    Args:
        session: The other one, which is not changed; None for none.
        auth: Puts credentials on each request.
    """
    twin = make_session(auth)
    if session is None:
        return twin
    for prefix, adapter in session.adapters.items():
        twin.mount(prefix, adapter)
    twin.headers.update({name: value for name, value in session.headers.items() if name.lower() not in _CREDENTIALS})
    for name in ("hooks", "params", "verify", "cert", "proxies", "trust_env"):
        setattr(twin, name, getattr(session, name))
    return twin


_CREDENTIALS = frozenset({"authorization", "cookie", "x-sn-apikey", "x-usertoken"})


def checked_auth(auth: Any) -> requests.auth.AuthBase:
    """What puts credentials on requests, if it is such.

    Raises:
        InvalidUsage: It is something else.
    """
    if not isinstance(auth, requests.auth.AuthBase):
        raise InvalidUsage(f"auth must be an object such as pysnow.BearerToken(...), not {type(auth).__name__}")
    return auth


def checked_session(session: Any) -> requests.Session:
    """A session that was handed in, if it is one.

    Raises:
        InvalidUsage: It is something else.
    """
    if not isinstance(session, requests.Session):
        raise InvalidUsage(f"session must be a requests.Session, not {type(session).__name__}")
    for kind in type(session).__mro__:
        if kind.__module__.startswith("requests_oauthlib."):
            logging.getLogger(kind.__module__).addFilter(_without_values)
    return session


def _without_values(record: logging.LogRecord) -> bool:
    """Log what such a session does, at DEBUG, without the headers, tokens and passwords that it does it with."""
    if record.levelno <= logging.DEBUG:
        record.args = ()
    return True
