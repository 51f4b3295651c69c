"""One change on its way: what it sends and reads within one deadline, and the error when its outcome stays unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from pysnow.exceptions import AmbiguousWrite, PysnowException
from pysnow.params_builder import ParamsBuilder
from pysnow.record_response import RecordResponse, location_id
from pysnow.wire.diagnosis import diagnose_nothing
from pysnow.wire.retry import Retry
from pysnow.writing.answer_fit import check_document, check_record
from pysnow.writing.write_verdict import attempts_of, verdict_on

if TYPE_CHECKING:
    import requests

    from pysnow._types import Record, Timeout
    from pysnow.exceptions import Attempt
    from pysnow.request import SnowRequest
    from pysnow.response import RecordOwner, Response
    from pysnow.wire.deadline import Deadline
    from pysnow.wire.transport import Transport

__all__ = ["PendingWrite", "Look", "Unclear", "judged"]

Look = Callable[[], "Record | None"]
"""Looks whether a change was made; raises :class:`Unclear` when that cannot be told."""

_DONE = {"create": "created", "update": "changed", "delete": "deleted", "upload": "attached"}


class Unclear(Exception):
    """A look at the instance does not tell whether a change was made."""


@dataclass(slots=True)
class PendingWrite:
    """One change, from its first request to the last look at what became of it. Belongs to one thread.

    Attributes:
        operation: ``create``, ``update``, ``delete`` or ``upload``.
        request: Assembles and sends.
        transport: Knows the time, the policy, and how to wait.
        owner: Resource that the record belongs to.
        table: Table concerned, if any.
        params: Query parameters of the change.
        headers: Headers of the change beside the usual ones.
        timeout: Seconds to connect and to read; the resource's own when not given.
        deadline: When all has to be over; set by the first request.
        failures: Times that it was sent in vain, or so it seemed.
        attempts: The attempts behind them.
        sent: When the last of them was sent at the latest, by the transport's clock.
        sent_at: When the change was sent first.
        answer: The last answer to it.
    """

    operation: str
    request: SnowRequest
    transport: Transport
    owner: RecordOwner
    table: str | None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] | None = None
    timeout: Timeout | EllipsisType = ...
    deadline: Deadline | None = None
    failures: int = 0
    attempts: tuple[Attempt, ...] = ()
    sent: float = 0.0
    sent_at: datetime | None = None
    answer: requests.Response | None = None

    def send(self, method: str, path_append: Any = None, **content: Any) -> requests.Response:
        """Send the change itself; the transport repeats it as long as it was certainly not executed.

        Args:
            method: HTTP method.
            path_append: What lies below the resource.
            content: ``json``, ``data`` and the like.

        Raises:
            PysnowException: No whole answer came.
        """
        started = self.transport.clock()
        if self.sent_at is None:
            self.sent_at = datetime.fromtimestamp(self.transport.clockwork.wall(), UTC)
        try:
            with self._chaining():
                self.answer = self.request.send(
                    method,
                    path_append,
                    params=self.params,
                    headers=self.headers,
                    operation=self.operation,
                    deadline=self._begin(),
                    timeout=self.timeout,
                    **content,
                )
        except PysnowException as error:
            self.answer = self.answer if error.response is None else error.response
            self.failed(error, started)
            raise
        return self.answer

    def failed(self, error: PysnowException, started: float | None = None) -> None:
        """Take note of an attempt that left the outcome open.

        Args:
            error: What it brought.
            started: When it was sent; now, when that is not known.
        """
        if verdict_on(error) == "not made":
            error.describe(committed=False)
        attempts = attempts_of(error)
        self.failures += 1
        self.attempts += attempts
        # With several attempts, only the first is known to have begun when the call did.
        self.sent = started if started is not None and len(attempts) == 1 else self.transport.clock()

    def write(self, method: str, path_append: Any = None, **content: Any) -> RecordResponse:
        """Send the change, and judge its answer.

        Args:
            method: HTTP method.
            path_append: What lies below the resource.
            content: ``json``, ``data`` and the like.

        Raises:
            PysnowException: No answer came, or what came is not the record.
        """
        started = self.transport.clock()
        answer = self.send(method, path_append, **content)
        try:
            sys_id = str(path_append) if self.operation == "update" and path_append is not None else None
            return judged(answer, self.owner, self.table, params=self.params, sys_id=sys_id)
        except PysnowException as error:
            self.failed(error, started)
            raise

    def read(self, path_append: Any, params: Mapping[str, str]) -> Response:
        """Read something that tells what became of the change: one GET, repeated as reads are.

        Args:
            path_append: What lies below the resource.
            params: Query parameters.

        Raises:
            TransportError: No answer came.
        """
        parameters = ParamsBuilder()
        parameters.limit = int(params.get("sysparm_limit", 1))
        deadline, timeout = self._begin(), self.timeout
        return self.request.get(parameters, path_append, params=params, deadline=deadline, timeout=timeout, warns=False)

    def wait_out(self, since: float) -> None:
        """Wait until a transaction that was sent at some time must have ended.

        Args:
            since: The time, by the transport's clock.

        Raises:
            Unclear: That is behind the deadline.
        """
        left = self.end_of_transaction(since) - self.transport.clock()
        with self._chaining():
            if left > 0 and not self.transport.wait(left, self.deadline):
                raise Unclear

    def end_of_transaction(self, since: float) -> float:
        """When a transaction that was sent at some time must have ended, both by the transport's clock."""
        policy = self.transport.policy or Retry()
        return since + policy.transaction_seconds

    def has_ended(self) -> bool:
        """Whether the transaction of the last attempt must have ended by now."""
        return self.transport.clock() >= self.end_of_transaction(self.sent)

    def may_repeat(self, error: PysnowException) -> bool:
        """Wait as the policy says before a change is repeated; False when it is not to be."""
        with self._chaining():
            return self.transport.backoff(self.failures, error, self._begin())

    def ambiguous(
        self,
        error: PysnowException | None,
        *,
        key: str | None = None,
        sys_id: str | None = None,
        look: Look | None = None,
        hint: str | None = None,
    ) -> AmbiguousWrite:
        """The error that says that the outcome is not known.

        Args:
            error: What went wrong last.
            key: Key of a creation.
            sys_id: Record concerned.
            look: Looks again, for ``check()``.
            hint: What to do.
        """
        known = error or AmbiguousWrite()
        where = " ".join(text for text in (known.method, known.path) if text) or self.operation
        why = f" ({type(error).__name__}{f', status {error.status}' if error.status else ''})" if error else ""
        hint = hint or ("check() looks again" if look else "Look at the instance before you repeat the call")
        result = AmbiguousWrite(
            f"{where}: it is not known whether the record was {_DONE.get(self.operation, 'changed')}{why}. {hint}",
            operation=self.operation,
            table=self.table,
            method=known.method,
            path=known.path,
            status=known.status,
            detail=known.detail,
            transaction_id=known.transaction_id,
            attempts=self.attempts,
            elapsed=known.elapsed,
            key=key,
            sys_id=sys_id or known.sys_id,
            sent_at=self.sent_at,
            hint=hint,
            response=known.response,
        )
        result.__cause__ = error
        if look is not None:
            result._look = _checking(result, self, look)
        return result

    @contextmanager
    def _chaining(self) -> Iterator[None]:
        """Let Ctrl-C pass, with what it leaves behind as its cause."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit) as stop:
            raise stop from self.ambiguous(None)

    def _begin(self) -> Deadline:
        """The deadline of the whole, which begins with the first request."""
        if self.deadline is None:
            self.deadline = self.request.deadline(self.operation)
        return self.deadline


def judged(
    answer: requests.Response,
    owner: RecordOwner,
    table: str | None,
    *,
    params: Mapping[str, str],
    sys_id: str | None = None,
) -> RecordResponse:
    """Give the record that an answer to a change holds.

    Args:
        answer: The answer.
        owner: Resource that the record belongs to.
        table: Table concerned; None for an API of its own, which may well answer with nothing.
        params: Query parameters of the change.
        sys_id: The record that was to be changed; None of a new one.

    Raises:
        EmptyContent: It holds none, although nobody asked for that, and names none either.
        UnexpectedResponseFormat: It is not the record that was written.
        PysnowException: The change failed, or the answer cannot be read.
    """
    record = RecordResponse(answer, owner)
    is_bare = not dict(record) or answer.status_code == 204
    # 201 with the address alone: access rules hide what was created (KB3047115).
    is_named = answer.status_code == 201 and location_id(answer) is not None
    if table is not None and is_bare and not is_named and not record.is_left_out:
        raise diagnose_nothing(answer, table=table)
    if table is not None:
        check_document(answer, table)
        check_record(answer, dict(record), params, table=table, sys_id=sys_id)
    return record


def _checking(error: AmbiguousWrite, change: PendingWrite, look: Look) -> Look:
    def check() -> Record | None:
        change.deadline = None  # a new call, with time of its own
        try:
            return look()
        except Unclear:
            raise error from error.__cause__

    return check
