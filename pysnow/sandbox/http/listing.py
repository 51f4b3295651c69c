"""What the lists of all APIs share: which records are asked for, the headers of a page, and its rows in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from pysnow.sandbox.http.answer import Answer, Members, Records
from pysnow.sandbox.http.errors import no_record, not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.paging import Window, paging_headers
from pysnow.sandbox.instance.platform import Row

Shaper = Callable[[list[Row]], Sequence[Members]]

_BATCH_ROWS = 200  # some 250 KB of JSON with all columns: enough to shape efficiently, little to hold


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
            ApiError: 400, a negative limit or offset; 501, a stored long URL, whose query would otherwise be lost.
        """
        parameters = exchange.parameters
        if parameters.has("sysparm_tiny"):
            raise not_emulated("Stored long URLs (sysparm_tiny)")
        query = parameters.text("sysparm_query")
        return cls(
            query=query,
            filters=() if query else tuple(parameters.filters()),
            limit=parameters.count("sysparm_limit", default_limit),
            offset=parameters.count("sysparm_offset", 0),
            with_count=not parameters.flag("sysparm_no_count"),
            with_links=not parameters.flag("sysparm_suppress_pagination_header"),
        )


def list_answer(
    exchange: Exchange, table: str, selection: Selection, *, columns: list[str] | None, shape: Shaper
) -> Answer:
    """Answer with the records of a table that a selection names.

    Rules on records are applied last (Table API documentation: the limit comes before ACL evaluation), so that a page
    may hold fewer rows than the limit, even none, while others follow.

    Args:
        exchange: The request.
        table: Table to look in.
        selection: What it asks for.
        columns: Columns to read; None reads all.
        shape: Turns rows into what is shown, a batch at a time.
    """
    # Without a count, one row more than shown tells whether others follow (our default).
    records = exchange.records
    page = records.find(
        table,
        selection.query,
        filters=selection.filters,
        columns=columns,
        limit=selection.limit if selection.with_count else selection.limit + 1,
        offset=selection.offset,
        count=selection.with_count,
    )
    rows = records.readable(table, page.rows[: selection.limit])
    end = selection.offset + selection.limit
    has_next = len(page.rows) > selection.limit if page.total is None else end < page.total
    batches = _iter_batches(rows, shape)
    # The first batch comes before the headers: what fails, mostly fails here, where a status can still tell of it.
    first = next(batches, ())
    if not first and exchange.version == "v1":
        raise no_record()  # the one difference between v1 and later (KB0534905)
    window = Window(selection.limit, selection.offset, page.total, has_next)
    headers = paging_headers(exchange.url, exchange.parameters.pairs, window, with_links=selection.with_links)
    return Answer(200, Records(chain((first,), batches)), headers)


def _iter_batches(rows: list[Row], shape: Shaper) -> Iterator[Sequence[Members]]:
    for start in range(0, len(rows), _BATCH_ROWS):
        yield shape(rows[start : start + _BATCH_ROWS])
