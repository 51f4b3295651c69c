"""Counting rows: ``GET /stats/{table}?sysparm_count=true``."""

from __future__ import annotations

from pysnow.sandbox.http.answer import Answer, Record
from pysnow.sandbox.http.errors import not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.listing import Selection

_NOT_EMULATED = (
    "sysparm_avg_fields",
    "sysparm_min_fields",
    "sysparm_max_fields",
    "sysparm_sum_fields",
    "sysparm_group_by",
    "sysparm_having",
)


def statistics(exchange: Exchange, table: str) -> Answer:
    """Count the rows that match; without ``sysparm_count=true`` the answer holds no statistics, as documented."""
    for name in _NOT_EMULATED:
        if exchange.parameters.has(name):
            raise not_emulated(f"Parameter {name} of the Aggregate API")
    selection = Selection.of(exchange, default_limit=0)
    page = exchange.instance.find(
        table, selection.query, exchange.caller, filters=selection.filters, columns=["sys_id"], limit=0, offset=0
    )
    wants_count = exchange.parameters.flag("sysparm_count")
    return Answer(200, Record({"stats": {"count": str(page.total)} if wants_count else {}}))
