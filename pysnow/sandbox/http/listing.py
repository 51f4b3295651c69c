"""What the lists of all APIs share: which records are asked for, the headers of a page, and its rows in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from pysnow.sandbox.http.answer import Answer, Members, Payload, Records, WrittenRecords
from pysnow.sandbox.http.errors import no_record
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.paging import Window, paging_headers
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.store.json_rows import JsonShape

Shaper = Callable[[list[Row]], Sequence[Members]]
Writer = Callable[[list[Row]], Sequence[bytes]]

_Read = TypeVar("_Read")
_Shown = TypeVar("_Shown")

_BATCH_ROWS = 200  # some 600 KB of JSON with all columns: enough to send at once, little to hold
_SHAPED_ROWS = 1000  # the usual page: names of what it refers to are looked up once


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records a list shows.

    Attributes:
        query: ``sysparm_query``.
        filters: ``field=value`` pairs; none when there is a query, which overrules them.
        limit: ``sysparm_limit``.
        offset: ``sysparm_offset``.
        with_count: Whether ``X-Total-Count`` is wanted (``sysparm_no_count``).
        with_links: Whether ``Link`` is wanted (``sysparm_suppress_pagination_header``).
    """

    query: str
    filters: tuple[tuple[str, str], ...]
    limit: int
    offset: int
    with_count: bool
    with_links: bool

    @classmethod
    def of(cls, exchange: Exchange, *, default_limit: int) -> Selection:
        """Read which records a request asks for.

        Raises:
            ApiError: 400, a negative limit or offset.
        """
        parameters = exchange.parameters
        query = parameters.text("sysparm_query")
        return cls(
            query=query,
            filters=() if query else tuple(parameters.filters()),
            limit=parameters.count("sysparm_limit", default_limit),
            offset=parameters.count("sysparm_offset", 0),
            with_count=not parameters.flag("sysparm_no_count"),
            with_links=not parameters.flag("sysparm_suppress_pagination_header"),
        )

    @property
    def most_rows(self) -> int:
        """Most rows to read: without a count, one more than shown tells whether others follow (our default)."""
        return self.limit if self.with_count else self.limit + 1

    def window(self, read: int, total: int | None) -> Window:
        """Tell which part of the matching rows is shown.

        Args:
            read: Rows that were read, of ``most_rows``.
            total: Rows that match; None if nobody counted them.
        """
        has_next = read > self.limit if total is None else self.offset + self.limit < total
        return Window(self.limit, self.offset, total, has_next)


def list_answer(
    exchange: Exchange, table: str, selection: Selection, *, columns: list[str] | None, shape: Shaper
) -> Answer:
    """Answer with the records of a table that a selection names.

    Args:
        exchange: The request.
        table: Table to look in.
        selection: What it asks for.
        columns: Columns to read; None reads all.
        shape: Turns rows into what is shown, a batch at a time.
    """
    rows, window = _found(exchange, table, selection, columns)
    return _page_answer(exchange, selection, window, Records(_with_first(exchange, _iter_batches(rows, shape))))


def written_list_answer(
    exchange: Exchange, table: str, selection: Selection, *, columns: list[str] | None, write: Writer
) -> Answer:
    """Answer like ``list_answer``, with records that are written as JSON text, a batch at a time."""
    rows, window = _found(exchange, table, selection, columns)
    return _page_answer(exchange, selection, window, WrittenRecords(_with_first(exchange, _iter_batches(rows, write))))


def printed_list_answer(exchange: Exchange, table: str, selection: Selection, *, shape: JsonShape) -> Answer | None:
    """Answer like ``list_answer``, with records as the store prints them; None where it cannot."""
    page = exchange.records.find_written(
        table,
        selection.query,
        shape,
        filters=selection.filters,
        limit=selection.most_rows,
        offset=selection.offset,
        count=selection.with_count,
    )
    if page is None:
        return None
    window = selection.window(len(page.texts), page.total)
    batches = _iter_batches(page.texts[: selection.limit], _as_they_are)
    return _page_answer(exchange, selection, window, WrittenRecords(_with_first(exchange, batches)))


def _found(exchange: Exchange, table: str, selection: Selection, columns: list[str] | None) -> tuple[list[Row], Window]:
    """Find the rows to show, and tell where they lie among all.

    Rules on records are applied last (Table API documentation: the limit comes before ACL evaluation), so that a page
    may hold fewer rows than the limit, even none, while others follow.
    """
    records = exchange.records
    page = records.find(
        table,
        selection.query,
        filters=selection.filters,
        columns=columns,
        limit=selection.most_rows,
        offset=selection.offset,
        count=selection.with_count,
    )
    return records.readable(table, page.rows[: selection.limit]), selection.window(len(page.rows), page.total)


def _with_first(exchange: Exchange, batches: Iterator[Sequence[_Shown]]) -> Iterator[Sequence[_Shown]]:
    """Take the first batch before the headers: what fails, mostly fails here, where a status can still tell of it."""
    first = next(batches, ())
    if not first and exchange.version == "v1":
        raise no_record()  # the one difference between v1 and later (KB0534905)
    return chain((first,), batches)


def _page_answer(exchange: Exchange, selection: Selection, window: Window, payload: Payload) -> Answer:
    pairs = exchange.parameters.pairs
    return Answer(200, payload, paging_headers(exchange.url, pairs, window, with_links=selection.with_links))


def _iter_batches(rows: list[_Read], shape: Callable[[list[_Read]], Sequence[_Shown]]) -> Iterator[Sequence[_Shown]]:
    for start in range(0, len(rows), _SHAPED_ROWS):
        shown = shape(rows[start : start + _SHAPED_ROWS])
        for first in range(0, len(shown), _BATCH_ROWS):
            yield shown[first : first + _BATCH_ROWS]


def _as_they_are(texts: list[bytes]) -> Sequence[bytes]:
    return texts
