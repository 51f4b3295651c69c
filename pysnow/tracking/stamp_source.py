"""Fetching rows of a table by their stamps, or by their sys_ids: the thin edge between walks and requests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from pysnow.encoded_query import Condition
from pysnow.exceptions import InvalidUsage, PysnowException, UnexpectedResponseFormat
from pysnow.reading.completeness import next_offset
from pysnow.stamps import clock_shown
from pysnow.tracking.stamp_walk import query_of
from pysnow.walking.pagination import Page, sys_id_of
from pysnow.walking.query_branches import narrow_branches, reorder
from pysnow.wire.call import next_wait
from pysnow.wire.clockwork import CLOCKWORK
from pysnow.wire.interrupt import Interrupt, InterruptibleDeadline

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.params_builder import ParamsBuilder
    from pysnow.request import SnowRequest
    from pysnow.response import Response
    from pysnow.tracking.stamp_walk import Stretch
    from pysnow.walking.pagination import Ask
    from pysnow.wire.deadline import Deadline
    from pysnow.wire.transport import Transport

__all__ = ["NAMED_MAX", "DatedPage", "StampSource", "shown_clock"]

NAMED_MAX: Final = 100
"""Sys_ids of one request: some 3,500 characters of its address, where proxies take 8,000."""

_DECIDED_HERE: Final = frozenset(
    {"sysparm_query", "sysparm_limit", "sysparm_offset", "sysparm_fields", "sysparm_display_value", "sysparm_no_count"}
)


@dataclass(frozen=True, slots=True)
class DatedPage(Page):
    """A page, and when it was asked for.

    Attributes:
        asked_at: What the instance's clock showed then, or earlier; None when it shows none.
    """

    asked_at: datetime | None = None


class StampSource:
    """Fetches rows of one table. Threads may share it.

    Args:
        request: Assembles and sends the calls.
        transport: What they are sent with.
        path: Path of the table, below the instance's address.
        parameters: Parameters of each call; query and fields among them.
        columns: Columns that are needed beside the fields; those that were not asked for are taken out again.
        check: Is called before the first page is fetched.

    Attributes:
        path: As given.

    Raises:
        InvalidUsage: The query cannot be narrowed, or a parameter would change which rows come.
    """

    def __init__(
        self,
        request: SnowRequest,
        transport: Transport,
        path: str,
        parameters: ParamsBuilder,
        columns: Iterable[str] = ("sys_id",),
        check: Callable[[], object] | None = None,
    ) -> None:
        if parameters.display_value is True:
            raise InvalidUsage("display_value=True leaves no moments in UTC to go by: use display_value='all'")
        if parameters.offset:
            raise InvalidUsage("Rows in order of their stamps have no offset: say in the query which are meant")
        _check_custom(parameters.custom_params)
        reorder(narrow_branches(parameters.query, Condition("sys_id", ">", "0")))  # refused now, not on the way
        self._check = check
        self._request = request
        self._transport = transport
        self.path = path
        self._parameters = parameters.copy()
        fields = parameters.fields
        asked = [name for name in (fields.split(",") if isinstance(fields, str) else fields) if name]
        self._surplus = tuple(name for name in columns if asked and name not in asked)
        if asked:
            self._parameters.fields = [*asked, *self._surplus]

    @property
    def query(self) -> str:
        """The encoded query."""
        return self._parameters.query

    def fetch(self, stretch: Stretch, ask: Ask, interrupt: Interrupt | None = None) -> DatedPage:
        """Fetch a page of a stretch.

        Args:
            stretch: Which rows.
            ask: How many of them, from which offset on.
            interrupt: Ends the call early.

        Raises:
            PysnowException: The instance refuses, or does not answer.
        """
        return self._page(query_of(self.query, stretch), ask.limit, ask.offset, interrupt)

    def named(self, sys_ids: Iterable[str]) -> dict[str, Record]:
        """Find out which of some rows are there, and match the query.

        Those that come in a page do not tell of the others: it may be cut short. So the others are asked for again,
        until none comes.

        Args:
            sys_ids: The rows, :data:`NAMED_MAX` at the most.

        Returns:
            Those that are there, by their sys_ids.
        """
        found: dict[str, Record] = {}
        missing = dict.fromkeys(sys_ids)
        while missing:
            query = narrow_branches(self.query, Condition("sys_id", "IN", tuple(missing)))
            page = self._page(query, len(missing))
            rows = {key: row for row in page.rows if (key := sys_id_of(row)) in missing}
            found.update(rows)
            for key in rows:
                del missing[key]
            if not rows or page.total == len(page.rows):
                break
        return found

    def first(self, limit: int) -> DatedPage:
        """Fetch the first rows, in the order that the query names.

        Args:
            limit: How many.
        """
        return self._page(self.query, limit)

    def sample(self, column: str) -> DatedPage:
        """Fetch one row in which a column is filled.

        Args:
            column: The column.
        """
        return self._page(narrow_branches(self.query, Condition(column, "ISNOTEMPTY")), 1)

    def now(self) -> datetime:
        """Ask the instance for its clock.

        Raises:
            UnexpectedResponseFormat: Its answer shows none.
        """
        page = self._page(narrow_branches(self.query, Condition("sys_id", "=", "0")), 1)
        return shown_clock(page)

    def trimmed(self, row: Record) -> Record:
        """Take out of a row what nobody asked for."""
        for name in self._surplus:
            row.pop(name, None)
        return row

    def _page(self, query: str, limit: int, offset: int = 0, interrupt: Interrupt | None = None) -> DatedPage:
        if self._check is not None:
            self._check()
            self._check = None
        parameters = self._parameters.copy()
        parameters.query = query
        parameters.limit = limit
        if offset:
            parameters.offset = offset
        transport, interrupt = self._transport, interrupt or Interrupt()
        deadline = InterruptibleDeadline(transport.deadline, transport.clock, interrupt)
        failures = 0
        while True:
            try:
                return self._attempt(parameters.for_reading(), offset, deadline)
            except PysnowException as error:
                failures += 1
                seconds = next_wait(transport, failures, error, deadline)
                if seconds is None or interrupt.is_set:
                    raise
                (interrupt.sleep if transport.clockwork is CLOCKWORK else transport.clockwork.sleep)(seconds)

    def _attempt(self, params: Mapping[str, str], offset: int, deadline: Deadline) -> DatedPage:
        # Not with get(): that a page is not all of the table is no surprise here, and nothing to warn of.
        began = self._transport.clock()
        answer = self._request.send("GET", params=params, heal=False, deadline=deadline)
        response = self._request.response(answer)
        rows = response.all()
        following = next_offset(response.headers.get("Link", ""), self.path)
        stride = None if following is None else following - offset
        return DatedPage(rows, response.total, stride, asked_at=_asked_at(response, self._transport.clock() - began))


def shown_clock(page: DatedPage) -> datetime:
    """Give the clock that a page shows.

    Raises:
        UnexpectedResponseFormat: It shows none.
    """
    if page.asked_at is None:
        raise UnexpectedResponseFormat("The answer has no Date header, by which the instance's clock could be known")
    return page.asked_at


def _check_custom(params: Mapping[str, object]) -> None:
    for name in sorted(params):
        if name in _DECIDED_HERE:
            raise InvalidUsage(f"{name} is set here, page by page: take it out of the table's parameters")
        # An instance ignores field=value beside a query, and there is always one.
        if not name.startswith("sysparm_"):
            raise InvalidUsage(f"The parameter {name!r} would be ignored beside a query: say it in the query")


def _asked_at(response: Response, seconds: float) -> datetime | None:
    clock = clock_shown(response.headers.get("Date"))
    try:
        return None if clock is None else clock - timedelta(seconds=math.ceil(seconds))
    except OverflowError:
        return None
