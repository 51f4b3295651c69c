"""Fetching one page of a table: the thin edge between walks, which decide, and the requests that are sent.

A page is taken off the wire whole before its rows are handed out. Nothing is then left on it while the caller works on
them: an instance handles one request at a time for each session, so that an update within a loop would wait for the
rest of the list, and the list for the loop. What is fetched ahead is fetched in other sessions.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pysnow.encoded_query import Condition, Order
from pysnow.exceptions import InvalidUsage, PysnowException, TruncatedResponse
from pysnow.params_builder import wire_params
from pysnow.walking.moved_page import MovedPage, moved
from pysnow.walking.query_branches import narrow_branches, reorder
from pysnow.wire.call import next_wait
from pysnow.wire.clockwork import CLOCKWORK
from pysnow.wire.interrupt import Interrupt, InterruptibleDeadline
from pysnow.wire.retry import RetryBudget, is_transient

if TYPE_CHECKING:
    import requests

    from pysnow.params_builder import ParamsBuilder
    from pysnow.request import SnowRequest
    from pysnow.response import Response
    from pysnow.walking.pagination import Ask, Span
    from pysnow.walking.query_branches import Orders
    from pysnow.wire.deadline import Deadline
    from pysnow.wire.transport import Transport

__all__ = ["PageSource"]

_DECIDED_BY_WALK: Final = frozenset({"sysparm_query", "sysparm_limit", "sysparm_offset", "sysparm_fields"})


class PageSource:
    """Fetches pages of one table. Threads may share it.

    Args:
        request: Assembles and sends the calls.
        transport: What they are sent with.
        path: Path of the table, which a ``Link`` must have to be looked at.
        parameters: Parameters of each call; query and fields among them.
        orders: Order in which the rows are to come.
        keeps_own_order: Whether the query's own order goes before it.
        params: Further query parameters.
        headers: Further headers.

    Raises:
        InvalidUsage: The query cannot be narrowed, or a parameter would change which rows come.
    """

    def __init__(
        self,
        request: SnowRequest,
        transport: Transport,
        path: str,
        parameters: ParamsBuilder,
        orders: Orders,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        *,
        keeps_own_order: bool = False,
    ) -> None:
        self._request = request
        self._transport = transport
        self._interrupt = Interrupt()
        self._path = path
        self._parameters = parameters
        self._orders = orders
        self._keeps_own_order = keeps_own_order
        self._params = wire_params(params)
        self._headers = headers
        _check_custom({**parameters.custom_params, **self._params})
        # Whether something can be added is known now, and not when the first page has been read.
        narrow_branches(parameters.query, Condition("sys_id", ">", "0"))

    def interruptible(self, interrupt: Interrupt) -> PageSource:
        """Give the same, for threads that are to stop at once when told.

        Args:
            interrupt: Tells them.
        """
        twin = copy.copy(self)
        twin._interrupt = interrupt
        return twin

    @property
    def is_for_threads(self) -> bool:
        """Whether each thread has a session of its own; not where one that was handed in sends by itself."""
        return self._transport.sessions.current() is not self._transport.template

    def clock(self) -> float:
        """Seconds that never run backwards."""
        return self._transport.clock()

    def deadline(self) -> Deadline:
        """Give the end of what is done for one page, repetitions included."""
        return InterruptibleDeadline(self._transport.deadline, self._transport.clock, self._interrupt)

    def move(self, ask: Ask, deadline: Deadline) -> MovedPage:
        """Fetch the bytes of a page; errors of the connection are part of what comes.

        Args:
            ask: What to fetch.
            deadline: When to give up.

        Raises:
            InvalidUsage: The request cannot be sent.
        """
        parameters = self._parameters.copy()
        narrowed = narrow_branches(parameters.query, *ask.span.conditions)
        orders = (Order("sys_id", descending=True),) if ask.is_backward else self._orders
        parameters.query = reorder(narrowed, *orders, keeps_own=self._keeps_own_order)
        parameters.limit = ask.limit
        if ask.offset:
            parameters.offset = ask.offset
        further = {} if ask.is_counted else {"sysparm_no_count": "true"}
        try:
            answer = self._sent(parameters, further, heal=False, deadline=deadline)
        except InvalidUsage:
            raise
        except PysnowException as exc:
            return MovedPage(None, error=exc)
        return moved(answer, self._request.response(answer, stream=True), offset=ask.offset, path=self._path)

    def count(self, span: Span | None = None) -> int | None:
        """Ask how many rows match; None when the instance does not say.

        Args:
            span: Part of the table that is meant; all of it when not given.
        """
        parameters = self._parameters.copy()
        parameters.query = narrow_branches(parameters.query, *(span.conditions if span is not None else ()))
        parameters.fields = ["sys_id"]
        parameters.limit = 1
        with self._answer(parameters) as response:
            response.raise_for_status()
            return response.total

    def backoff(self, failures: int, error: PysnowException, deadline: Deadline) -> bool:
        """Wait before a page is asked for again; False when that is no use.

        Args:
            failures: Failures in succession.
            error: The last one.
            deadline: When to give up.
        """
        if self._interrupt.is_set:
            return False
        # What the walk finds wrong with a page is none of the errors that the policy knows.
        known = error if is_transient(error) else TruncatedResponse()
        seconds = next_wait(self._transport, failures, known, deadline)
        if seconds is None:
            return False
        clockwork = self._transport.clockwork
        (self._interrupt.sleep if clockwork is CLOCKWORK else clockwork.sleep)(seconds)
        return not self._interrupt.is_set

    def recover(self, failures: int) -> None:
        """Give back what was spent on repeating, after it helped.

        Args:
            failures: Failures in succession before.
        """
        self._transport.budget.succeeded(failures * RetryBudget.RETRY_COST)

    def _answer(self, parameters: ParamsBuilder) -> Response:
        return self._request.response(self._sent(parameters, {}), stream=True)

    def _sent(self, parameters: ParamsBuilder, further: Mapping[str, str], **options: Any) -> requests.Response:
        # Not with get(): that a page is not all of the table is no surprise here, and nothing to warn of.
        params = {**parameters.for_reading(), **self._params}
        params.pop("sysparm_no_count", None)  # what ends a walk is the count
        params |= further
        return self._request.send("GET", params=params, headers=self._headers, stream=True, **options)


def _check_custom(params: Mapping[str, Any]) -> None:
    if "sysparm_offset" in params:
        raise InvalidUsage("A walk sets sysparm_offset itself: to go on from somewhere, pass resume")
    decided = sorted(_DECIDED_BY_WALK.intersection(params))
    if decided:
        raise InvalidUsage(
            f"A walk sets {decided[0]} itself: pass {decided[0].removeprefix('sysparm_')} as an argument"
        )
    # An instance ignores field=value beside a query, and a walk always has one.
    filters = sorted(name for name in params if not name.startswith("sysparm_"))
    if filters:
        raise InvalidUsage(f"The parameter {filters[0]!r} would be ignored beside a query: say it in the query")
