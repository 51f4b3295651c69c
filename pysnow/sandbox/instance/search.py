"""Finding records: an encoded query, or the ``field=value`` shorthand of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pysnow.sandbox.instance.display_input import choice_value
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.paths import find_target
from pysnow.sandbox.instance.platform import Condition, Platform, Row, same
from pysnow.sandbox.query.ast import EncodedQuery
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.compiled import CompiledQuery
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.parse import parse
from pysnow.sandbox.store.json_rows import JsonShape

Adapt = Callable[[EncodedQuery], EncodedQuery]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Attributes:
        table: Table name.
        query_text: Encoded query; empty for none.
        filters: Pairs of the ``field=value`` shorthand, which an encoded query overrides.
        columns: Columns and dot-walked paths of the rows; None for all columns.
    """

    table: str
    query_text: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    columns: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one list.

    Attributes:
        rows: The rows, after offset and limit.
        total: All rows that match; None if nobody asked to count them.
    """

    rows: list[Row]
    total: int | None


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """Rows of one list, as JSON text in UTF-8.

    Attributes:
        texts: The objects, after offset and limit.
        total: All rows that match; None if nobody asked to count them.
    """

    texts: list[bytes]
    total: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which of the matching rows are wanted.

    Attributes:
        limit: Most rows to return; None for no limit.
        offset: Matching rows to skip first.
        count: Whether to count all matches.
    """

    limit: int | None = None
    offset: int = 0
    count: bool = True


def find(
    platform: Platform, search: Search, context: QueryContext, window: Window, *, adapt: Adapt | None = None
) -> Page:
    """Find records.

    Args:
        platform: The instance's dictionary and store.
        search: What is looked for.
        context: Clock, user and zone of the query.
        window: Which of the matching rows are wanted.
        adapt: Changes the query before it is asked, as rules that run before queries do.

    Raises:
        UnknownTable: There is no such table.
    """
    query = _compiled(platform, search, context, adapt)
    columns = None if search.columns is None else list(dict.fromkeys(("sys_id", *search.columns)))
    rows = platform.store.select(search.table, query, columns=columns, limit=window.limit, offset=window.offset)
    return Page(list(rows), _total(platform, query, window))


def find_written(
    platform: Platform,
    search: Search,
    shape: JsonShape,
    context: QueryContext,
    window: Window,
    *,
    adapt: Adapt | None = None,
) -> WrittenPage | None:
    """Find records as JSON text; None where the store cannot print them all.

    Args:
        platform: The instance's dictionary and store.
        search: What is looked for; its columns mean nothing here.
        shape: What the objects show.
        context: As for ``find``.
        window: As for ``find``.
        adapt: As for ``find``.

    Raises:
        UnknownTable: There is no such table.
    """
    query = _compiled(platform, search, context, adapt)
    texts = platform.store.select_json(shape, query, limit=window.limit, offset=window.offset)
    return None if texts is None else WrittenPage(texts, _total(platform, query, window))


def encoded_query(platform: Platform, search: Search) -> EncodedQuery:
    """Return what is looked for as one query, whichever way it was asked.

    Raises:
        UnknownTable: There is no such table.
    """
    if search.query_text:
        return parse(search.query_text)
    platform.table(search.table)
    terms = [found for name, value in search.filters if (found := _alternatives(platform, search.table, name, value))]
    return EncodedQuery(groups=(tuple(map(tuple, terms)),) if terms else ())


def _compiled(platform: Platform, search: Search, context: QueryContext, adapt: Adapt | None) -> CompiledQuery:
    platform.table(search.table)
    wanted = encoded_query(platform, search)
    return compile(platform.dictionary, search.table, adapt(wanted) if adapt else wanted, context)


def _total(platform: Platform, query: CompiledQuery, window: Window) -> int | None:
    return platform.store.count(query.table, query) if window.count else None


def _alternatives(platform: Platform, table: str, name: str, value: str) -> list[Condition]:
    """Return what ``name=value`` may mean: references and choices are found by their display value too.

    An unknown name is dropped, the way a query drops it (our default).
    """
    target = find_target(platform.dictionary, table, name)
    if target is None:
        return []
    column = target.column
    choice = choice_value(platform, target.table, column, value)
    found = [same(name, value)] if choice is None else [same(name, choice), same(name, value)]
    if form_of(column.type) is Form.REFERENCE and column.reference in platform.dictionary:
        display = platform.dictionary.display_column(column.reference)
        found += [same(f"{name}.{display}", value)] if display and value else []
    return found
