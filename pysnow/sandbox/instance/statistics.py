"""Numbers over many records: counts, sums, averages, extremes, by group (what the Aggregate API answers)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pysnow.sandbox.dictionary.types import Kind, kind_of
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.display import display_texts
from pysnow.sandbox.instance.paths import PageValues
from pysnow.sandbox.instance.platform import Platform, Row
from pysnow.sandbox.instance.refusals import InvalidRequest, NotEmulated
from pysnow.sandbox.instance.search import Adapt, Search, encoded_query
from pysnow.sandbox.query.aggregation import Aggregation, Function
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.joins import Joins
from pysnow.sandbox.store import Group

_MOMENTS = frozenset({Kind.DATE, Kind.DATE_TIME, Kind.TIME})


def groups(
    platform: Platform,
    search: Search,
    aggregation: Aggregation,
    context: QueryContext,
    *,
    adapt: Adapt | None = None,
    may_ask: Callable[[str], bool] = lambda _field: True,
) -> list[Group]:
    """Work out numbers over the records that a search finds.

    Args:
        platform: The instance's dictionary and store.
        search: Which records; its columns mean nothing here.
        aggregation: Which numbers, over which groups.
        context: Clock, user and zone of the query.
        adapt: Changes the query before it is asked, as rules that run before queries do.
        may_ask: Tells whether the caller may use a column or path; one refused is as good as missing (our default).

    Raises:
        UnknownTable: There is no such table.
        InvalidRequest: A column to group by or to work on does not exist, whereas conditions on such are dropped
            (recorded 2026).
        NotEmulated: A sum of dates is asked for.
    """
    platform.table(search.table)
    for field in aggregation.fields():
        _check_field(platform, search.table, field, may_ask)
    _refuse_sums_of_dates(platform, search.table, aggregation)
    wanted = encoded_query(platform, search)
    query = compile(platform.dictionary, search.table, adapt(wanted) if adapt else wanted, context)
    return platform.store.aggregate(search.table, query, aggregation)


def display_values(
    platform: Platform, table: str, field: str, found: Sequence[Group], caller: Caller
) -> dict[str | None, str]:
    """Return the display value of each value of a grouping column.

    Args:
        platform: The instance's dictionary and store.
        table: The table asked.
        field: Name or path of the column.
        found: The groups.
        caller: Whose zone and formats apply.
    """
    operand = Joins(platform.dictionary, table).resolve(field)
    if operand is None:
        return {}
    path = ".".join((*operand.path, operand.column.element))
    values = list(dict.fromkeys(group.values[field] for group in found))
    rows: list[Row] = [{"sys_id": None, path: value} for value in values]
    page = PageValues(platform, table, rows)
    target = page.target(path)
    return dict(zip(values, display_texts(platform, page, path, target, caller), strict=True)) if target else {}


def _check_field(platform: Platform, table: str, field: str, may_ask: Callable[[str], bool]) -> None:
    if Joins(platform.dictionary, table).resolve(field) is None or not may_ask(field):
        raise InvalidRequest("Aggregate Query Failed", f"Table {table} has no column {field}")


def _refuse_sums_of_dates(platform: Platform, table: str, aggregation: Aggregation) -> None:
    joins = Joins(platform.dictionary, table)
    asked = (*aggregation.aggregates, *(having.aggregate for having in aggregation.having))
    for aggregate in asked:
        operand = joins.resolve(aggregate.field) if aggregate.function is Function.SUM else None
        if operand is not None and kind_of(operand.column.type) in _MOMENTS:
            raise NotEmulated(f"The sum of dates ({aggregate.field})")
