"""One call: as many attempts as the policy, the budget and the deadline allow, and one outcome."""

from __future__ import annotations

import logging
import math
from contextvars import ContextVar
from datetime import UTC, datetime
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import Attempt, DeadlineExceeded, HTTPStatusError, InvalidUsage, PysnowException, RateLimited
from pysnow.wire.address_limit import is_too_long
from pysnow.wire.answer_facts import AnswerFacts, attach_call, facts_of
from pysnow.wire.bodies import rewinder
from pysnow.wire.body import read_beginning
from pysnow.wire.connection import Wire
from pysnow.wire.deadline import Deadline
from pysnow.wire.exchange import Answer, Failure, Outcome, Request, TooLong, address_length, exchange, query_text
from pysnow.wire.long_request import Closed, is_packable, packed, unpacked
from pysnow.wire.renewal import is_renewed, renewal_of
from pysnow.wire.retry import READS, Stop, Wait, decide, is_transient, wait_told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests

    from pysnow.exceptions import Phase
    from pysnow.wire.observer import Observer
    from pysnow.wire.transport import Transport

__all__ = ["Call", "deadline_of_caller"]

_LOG = logging.getLogger(__name__)

FILE_BYTES_PER_SECOND: Final = 262_144
"""Speed below which a file that is moved runs into the deadline: 2 Mbit/s, slow for an office, fast for a drip."""

FILES: Final = frozenset({"upload", "download"})
"""Operations that move files."""

_HELD_BACK_HINT: Final = "Try again at retry_at; the instance's rate limit rules say how many an hour it takes"

_OUTER: ContextVar[Deadline | None] = ContextVar("pysnow_deadline", default=None)


def deadline_of_caller() -> Deadline | None:
    """The deadline of the call within which this code runs, such as that of a read which needs a token first."""
    return _OUTER.get()


class Call:
    """One call. Made by :meth:`Transport.call <pysnow.wire.transport.Transport.call>`; belongs to one thread.

    Args:
        transport: What sends.
        request: What is sent.
        deadline: End of the call; a new one as the request has it when not given.

    Attributes:
        request: As given.
        deadline: End of the call.
        attempts: The attempts that brought no usable answer.
        retry_at: When another try may succeed, as far as is known.
    """

    def __init__(self, transport: Transport, request: Request, deadline: Deadline | None = None) -> None:
        self.request = request
        self.attempts: tuple[Attempt, ...] = ()
        self._repeated: tuple[Attempt, ...] = ()  # those of them that the policy counts
        self.retry_at: datetime | None = None
        self._transport = transport
        self._clockwork = transport.clockwork
        self._is_read = request.operation in READS
        self.deadline = deadline or _own_deadline(request, transport)
        self.deadline.resume()
        self._rewind = rewinder(request.content)
        self._has_renewed = False
        self._is_packed = False
        self._number = 0
        self._taken = 0
        self._last_status: int | None = None

    def answer(self) -> requests.Response:
        """Send the request, as often as it may be, and give its answer, whatever the status.

        Reads are repeated when that can help; changes only when the instance certainly did not carry them out: they
        did not reach it, it answered 429, or 401 and there was another token. Unless the request says ``stream``, the
        body has been read.

        Raises:
            TransportError: No answer came. ``attempts`` and ``phase`` say how far it got, and ``committed`` is False
                where a change was certainly not made.
            TokenRefreshError: No token could be had; nothing was sent.
        """
        while True:
            outcome = self._attempt()
            if isinstance(outcome, Failure):
                self._failed(outcome)
            elif (response := self._settled(outcome)) is not None:
                return response

    def again(self, error: PysnowException) -> requests.Response | None:
        """Send once more what brought an answer that turned out to be useless.

        Args:
            error: What is wrong with the answer.

        Returns:
            Another answer; None when policy, budget or deadline do not allow it, or another try would not help.

        Raises:
            TransportError: No answer came.
        """
        status = self._last_status
        if status is None or status >= 400 or not is_transient(error):  # what a status says was decided on before
            return None
        self.deadline.resume()
        if self._is_repeated("answered", status, type(error), None):
            return self.answer()
        self._rest()
        return None

    # -- one attempt ---------------------------------------------------------------------------------------------------

    def _attempt(self) -> Answer | Failure:
        transport, request = self._transport, self.request
        late = transport.rule_limits.enter(request, self.deadline)
        if late is not None:
            return Failure(self._held_back(late), "not_sent", is_own=False)
        late = transport.limiter.enter(self.deadline)
        if late is not None:
            return Failure(self._too_late(late), "not_sent", is_own=False)
        self._number += 1
        observer = transport.observer
        session = transport.sessions.current()
        wire, facts = Wire(self.deadline), AnswerFacts(request.operation, self.deadline)
        started = self._clockwork.clock()
        _LOG.debug("(REQUEST_SEND) Method: %s, path: %s", request.method, request.path)
        try:
            if observer is not None:
                observer.sending(request, self._number)
            with _Within(self.deadline):
                settings = transport.sessions.settings(session)
                outcome = self._exchanged(session, wire, facts, settings)
        finally:
            transport.limiter.leave()
        if isinstance(outcome, Answer):
            _LOG.debug(
                "(RESPONSE_RECEIVE) Status: %s, method: %s, path: %s, transaction: %s, ms: %.0f",
                outcome.response.status_code,
                request.method,
                request.path,
                outcome.response.headers.get("X-Transaction-ID", "-"),
                (self._clockwork.clock() - started) * 1000,
            )
        if observer is not None:
            self._show(observer, outcome, self._clockwork.clock() - started)
        return outcome

    def _exchanged(
        self, session: requests.Session, wire: Wire, facts: AnswerFacts, settings: Mapping[str, Any]
    ) -> Outcome:
        """Send the request once, within a batch when its address is too long for the instance."""
        request, address, limit = self.request, self._transport.base_url, self._transport.address_limit
        outcome = exchange(session, address, request, wire, facts, settings, limit.longest)
        self._is_packed = isinstance(outcome, TooLong) and is_packable(request)
        if not isinstance(outcome, TooLong):
            return outcome
        if not self._is_packed:
            return exchange(session, address, request, wire, facts, settings)
        _LOG.debug("(REQUEST_PACK) Method: %s, path: %s", request.method, request.path)
        batch = packed(request, outcome.query)
        answered = exchange(session, address, batch, wire, facts, settings)
        return unpacked(answered, request, outcome.query, address, limit)

    def _show(self, observer: Observer, outcome: Answer | Failure, seconds: float) -> None:
        if isinstance(outcome, Failure):
            observer.failed(self.request, self._number, outcome.error, seconds)
            return
        try:
            observer.answered(self.request, self._number, outcome.response, seconds)
        except BaseException:
            outcome.response.close()  # nobody will read it
            raise

    def _settled(self, answer: Answer) -> requests.Response | None:
        """The answer, if it is the last; None if the request is to be sent again."""
        try:
            return self._judged(answer)
        except BaseException:
            answer.response.close()  # nobody else ever gets to see it
            raise

    def _judged(self, answer: Answer) -> requests.Response | None:
        response = answer.response
        status = self._last_status = response.status_code
        self._transport.rule_limits.note(self.request, response)
        if status >= 400 and (self._is_renewed(answer) if status == 401 else self._is_too_long(response)):
            self._go_on(status)
            response.close()
            return None
        if (status >= 400 or (status == 202 and self._is_dropped(response))) and self._is_retried(response):
            response.close()
            return None
        if status < 400:
            self._transport.budget.succeeded(self._taken)
            self._taken = 0
        self._complete(facts_of(response))
        if self.request.heal and self.request.operation == "read":
            attach_call(response, self)
        self._rest()
        return response

    def _complete(self, facts: AnswerFacts) -> None:
        facts.attempts = self.attempts
        facts.number = self._number
        facts.retry_at = self.retry_at
        facts.elapsed = round(self.deadline.elapsed, 3)

    def _is_retried(self, response: requests.Response) -> bool:
        headers = response.headers
        told = None
        if response.status_code in (429, 503):
            told = wait_told(headers.get("Retry-After"), headers.get("X-RateLimit-Reset"), self._clockwork.wall)
        if told is not None:
            self._transport.limiter.hold(told)
        return self._is_repeated("answered", response.status_code, None, told)

    def _is_dropped(self, response: requests.Response) -> bool:
        """Whether a 202 says that the request was dropped, and not that of an API that has begun to work."""
        if not self._is_read:
            return False
        return response.headers.get("Content-Length") == "0" or not (self.request.stream or read_beginning(response, 1))

    def _is_renewed(self, answer: Answer) -> bool:
        """Whether there is another token than the one that was refused, and the request can be sent again."""
        renewal = renewal_of(self._transport.sessions.current().auth)
        if renewal is None or self._has_renewed or not self._rewind():
            return False
        self._has_renewed = True
        try:
            with _Within(self.deadline):
                return is_renewed(renewal, answer, self.request.table)
        except PysnowException as exc:
            self._note("answered", 401, "status 401")
            raise self._described(exc, committed=False) from exc.__cause__

    def _is_too_long(self, response: requests.Response) -> bool:
        """Whether the address was too long, and the request can travel within a batch: as all such from now on."""
        if self._is_packed or not is_packable(self.request):
            return False
        length = address_length(self.request, query_text(self._transport.sessions.current(), self.request))
        if not is_too_long(response, length):
            return False
        self._transport.address_limit.refuse(length)
        return True

    # -- what follows --------------------------------------------------------------------------------------------------

    def _failed(self, failure: Failure) -> None:
        """Make ready for another attempt, or raise."""
        error, phase = failure.error, failure.phase
        self._last_status = failure.status
        if isinstance(failure, Closed):
            self._go_on(failure.status)
            return
        if failure.is_own and not isinstance(error, InvalidUsage):
            if self._is_repeated(phase, failure.status, type(error), None):
                return
        elif not isinstance(error, InvalidUsage):
            self._note(phase, failure.status, type(error).__name__)
        # Without the frames of the attempt, whose variables hold what was sent: error reporters collect them.
        raise self._described(error, committed=False if phase == "not_sent" else None).with_traceback(None)

    def _is_repeated(
        self, phase: Phase, status: int | None, cause: type[BaseException] | None, told: float | None
    ) -> bool:
        """Whether the request is to be sent again; the wait before it is over then."""
        decision = decide(
            self._transport.policy_for(self.request),
            operation=self.request.operation,
            phase=phase,
            status=status,
            cause=cause,
            retry_after=told,
            attempt=len(self._repeated) + 1,
            earlier=self._repeated,
            remaining=self.deadline.remaining,
            roll=self._clockwork.roll(),
        )
        words = cause.__name__ if cause is not None else f"status {status}"
        if not isinstance(decision, Wait) or not self._rewind() or not self._paid(cause):
            wait = decision.wait if isinstance(decision, Stop) else told
            self.retry_at = None if wait is None else self._moment(wait)
            self._note(phase, status, words)
            return False
        self._note(phase, status, words, decision.seconds)
        self._repeated = (*self._repeated, self.attempts[-1])
        _LOG.debug("(REQUEST_REPEAT) Path: %s, after: %s, wait: %.3f s", self.request.path, words, decision.seconds)
        self._repeat_shown(words, decision.seconds)
        self._clockwork.sleep(decision.seconds)
        return True

    def _repeat_shown(self, cause: str, wait: float) -> None:
        if self._transport.observer is not None:
            self._transport.observer.repeating(self.request, self._number, cause, wait)

    def _go_on(self, status: int | None) -> None:
        """Make ready to send the request in another way, at once: that is none of the repetitions the policy counts."""
        self._note("answered", status, f"status {status}")
        self._repeat_shown(f"status {status}", 0.0)

    def _paid(self, cause: type[BaseException] | None) -> bool:
        taken = self._transport.budget.take(cause)
        self._taken += taken
        return taken > 0

    def _note(self, phase: Phase, status: int | None, cause: str, wait: float = 0.0) -> None:
        self.attempts = (*self.attempts, Attempt(phase, status, cause, wait))

    def _moment(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(self._clockwork.wall() + seconds, UTC)

    def _too_late(self, wait: float) -> DeadlineExceeded:
        self.retry_at = self._moment(wait)
        return DeadlineExceeded(
            f"{self.request.method} {self.request.path} was not sent: its turn comes in {wait:.1f} seconds, behind its "
            "deadline (the instance asked to wait, or rate_limit= is set)",
            hint="Try again later, see retry_at; or raise deadline=",
        )

    def _held_back(self, wait: float) -> RateLimited:
        self.retry_at = self._moment(wait)
        request = self.request
        said = f"It was not sent: the instance has no room for such requests in the next {wait:,.0f} seconds"
        error = RateLimited(
            {"message": said}, status=429, method=request.method, path=request.path, hint=_HELD_BACK_HINT
        )
        error.retry_after = wait
        return error

    def _described(self, error: PysnowException, committed: bool | None) -> PysnowException:
        request = self.request
        known = error.attempts if error.operation else ()  # those of a token that could not be had
        error.describe(
            operation=request.operation,
            table=request.table,
            method=request.method,
            path=request.path,
            elapsed=round(self.deadline.elapsed, 3),
            retry_at=self.retry_at,
            committed=None if self._is_read else committed,
        )
        error.attempts = (*known, *self.attempts)
        return error

    def _rest(self) -> None:
        """Let the caller work on the answer; what is left of a change's deadline runs on."""
        if self._is_read:
            self.deadline.pause()


def next_wait(transport: Transport, failures: int, error: PysnowException, deadline: Deadline) -> float | None:
    """Seconds to wait before something that reads is tried again; None to give up. The budget is charged.

    Args:
        transport: What sends.
        failures: Failures so far, 1 or more.
        error: The last one.
        deadline: End of what is being tried.
    """
    if not is_transient(error):
        return None
    told = None
    if error.response is not None:
        headers = error.response.headers
        told = wait_told(headers.get("Retry-After"), headers.get("X-RateLimit-Reset"), transport.clockwork.wall)
    elif isinstance(error, RateLimited):  # it was not sent
        told = error.retry_after
    decision = decide(
        transport.policy,
        operation="read",
        phase="maybe_sent",
        status=error.status if isinstance(error, HTTPStatusError) else None,
        retry_after=told,
        attempt=failures,
        remaining=deadline.remaining,
        roll=transport.clockwork.roll(),
    )
    return decision.seconds if isinstance(decision, Wait) and transport.budget.take(type(error)) else None


def deadline_for(seconds: float | None, operation: str, clock: Callable[[], float]) -> Deadline:
    """A deadline that begins now, and ends no later than that of the call within which it is made.

    Args:
        seconds: Seconds; None for no end of its own.
        operation: What is done: files may take longer the larger they are.
        clock: Gives seconds that never run backwards.
    """
    left = outer.remaining if (outer := _OUTER.get()) is not None else math.inf
    if seconds is None or left < seconds:
        seconds = None if left == math.inf else max(left, 0.0)
    return Deadline(seconds, clock, bytes_per_second=FILE_BYTES_PER_SECOND if operation in FILES else 0)


def _own_deadline(request: Request, transport: Transport) -> Deadline:
    given = request.deadline
    seconds = transport.deadline_seconds(request.operation) if isinstance(given, EllipsisType) else given
    return deadline_for(seconds, request.operation, transport.clockwork.clock)


class _Within:
    """While an attempt lasts, whatever it needs to be sent ends by its deadline, too."""

    __slots__ = ("_deadline", "_token")

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def __enter__(self) -> None:
        self._token = _OUTER.set(self._deadline)

    def __exit__(self, *exc: object) -> None:
        _OUTER.reset(self._token)
