"""Groups as JSON members, the way the Aggregate API writes them: every number a string, empty values ``""``."""

from __future__ import annotations

from collections.abc import Sequence

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.platform import Platform
from pysnow.sandbox.instance.statistics import display_values
from pysnow.sandbox.member_order import member_order
from pysnow.sandbox.query.aggregation import Aggregation, Function
from pysnow.sandbox.store import Group

Members = dict[str, object]


def whole_answer(groups: Sequence[Group]) -> Members:
    """Write the statistics of all rows: ``{"stats":{...}}``; a condition on groups may have left nothing."""
    return {"stats": _statistics(groups[0]) if groups else {}}


def grouped_answer(
    platform: Platform, table: str, aggregation: Aggregation, groups: Sequence[Group], style: str, caller: Caller
) -> list[Members]:
    """Write one object a group: ``{"stats":{...},"groupby_fields":[...]}``.

    Args:
        platform: The instance's dictionary and store, for display values.
        table: The table asked.
        aggregation: What was asked.
        groups: What was found.
        style: ``sysparm_display_value``: ``true`` shows labels, ``all`` labels and values, anything else values.
        caller: Whose zone and formats labels take.
    """
    fields = aggregation.group_by
    is_shown = style in ("true", "all")
    labels = {field: display_values(platform, table, field, groups, caller) for field in fields if is_shown}
    return [
        {
            "stats": _statistics(group),
            "groupby_fields": [_field(field, group.values[field], labels.get(field, {}), style) for field in fields],
        }
        for group in groups
    ]


def _statistics(group: Group) -> Members:
    found: Members = {}
    by_function: dict[Function, Members] = {}
    for aggregate, result in group.statistics.items():
        if aggregate.function is Function.COUNT:
            found[aggregate.function.value] = result or ""
        else:
            by_function.setdefault(aggregate.function, {})[aggregate.field] = result or ""
    found |= {function.value: _ordered(results) for function, results in by_function.items()}
    return _ordered(found)


def _field(field: str, value: str | None, labels: dict[str | None, str], style: str) -> Members:
    """Write one value of a group; no link, even for a reference (Aggregate API samples)."""
    raw = value or ""
    label = labels.get(value, raw)
    if style == "all":
        return {"display_value": label, "field": field, "value": raw}
    return {"field": field, "value": label if style == "true" else raw}


def _ordered(members: Members) -> Members:
    return {name: members[name] for name in member_order(tuple(members))}
