"""Statistics over the records of a table: ``GET /stats/{table}``."""

from __future__ import annotations

from pysnow.sandbox.aggregate_api.answers import grouped_answer, whole_answer
from pysnow.sandbox.aggregate_api.parameters import read_aggregation
from pysnow.sandbox.http.answer import Answer, Record, Records
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.instance.search import Search
from pysnow.sandbox.instance.statistics import groups


def statistics(exchange: Exchange, table: str) -> Answer:
    """Answer with counts, sums, averages and extremes of the rows that match, all together or by group.

    Limit and offset mean nothing here, as documented.

    Row rules are not asked: a figure counts rows that the caller may not read, as long as the table is readable at all
    (documented: "read access to the table").

    Raises:
        ReadDenied: The caller may read no record of the table.
        ApiError: 400, a condition on groups is malformed.
    """
    parameters = exchange.parameters
    query = parameters.text("sysparm_query")
    search = Search(table, query, () if query else tuple(parameters.filters()))
    aggregation = read_aggregation(parameters)
    platform, records = exchange.instance.platform, exchange.records
    records.check_readable(table)
    found = groups(
        platform,
        search,
        aggregation,
        exchange.instance.context(exchange.caller),
        adapt=lambda query: records.adapted(query, table),
        may_ask=lambda field: records.may_ask(table, field),
    )
    if not aggregation.group_by:
        return Answer(200, Record(whole_answer(found)))
    style = parameters.text("sysparm_display_value")
    return Answer(200, Records([grouped_answer(platform, table, aggregation, found, style, exchange.caller)]))
