"""The parameters of an aggregate request, read into values."""

from __future__ import annotations

from collections.abc import Iterator

from pysnow.sandbox.http.errors import ApiError
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.query.aggregation import (
    COUNT,
    HAVING_OPERATORS,
    Aggregate,
    Aggregation,
    Function,
    GroupOrder,
    Having,
)

_FIELD_FUNCTIONS = (Function.AVG, Function.MIN, Function.MAX, Function.SUM)
_BETWEEN_PARTS = "^"


def read_aggregation(parameters: Parameters) -> Aggregation:
    """Read what to work out: ``sysparm_count``, ``sysparm_avg_fields`` and its like, ``sysparm_group_by`` and so on.

    Raises:
        ApiError: 400, a condition on groups is malformed.
    """
    counted = [COUNT] if parameters.flag("sysparm_count") else []
    worked_on = [
        Aggregate(function, field)
        for function in _FIELD_FUNCTIONS
        for field in parameters.names(f"sysparm_{function.value}_fields") or ()
    ]
    return Aggregation(
        aggregates=tuple(dict.fromkeys([*counted, *worked_on])),
        group_by=tuple(dict.fromkeys(parameters.names("sysparm_group_by") or ())),
        having=tuple(map(_having, parameters.names("sysparm_having") or ())),
        orders=tuple(_orders(parameters.names("sysparm_order_by") or [])),
    )


def _having(text: str) -> Having:
    """Read ``aggregate^field^operator^value``, such as ``count^priority^>^3``."""
    name, field, operator, value = (*text.split(_BETWEEN_PARTS, 3), "", "", "")[:4]
    function = _function(name)
    if function is None or operator not in HAVING_OPERATORS or not (field or function is Function.COUNT):
        # That the request fails is our default; the message is the one recorded for unknown columns.
        detail = f"sysparm_having is not aggregate^field^operator^value: {text}"
        raise ApiError(400, "Aggregate Query Failed", detail)
    return Having(Aggregate(function, field), operator, value)


def _orders(texts: list[str]) -> Iterator[GroupOrder]:
    """Read ``priority``, ``AVG^state``, ``COUNT``, each with or without ``^DESC``; what is neither is passed over."""
    for text in texts:
        *parts, last = text.split(_BETWEEN_PARTS)
        is_descending = bool(parts) and last.upper() == "DESC"
        if not (is_descending or (parts and last.upper() == "ASC")):
            parts.append(last)
        function = _function(parts[0])
        if function is Function.COUNT:
            yield GroupOrder(COUNT, is_descending)
        elif function is not None and len(parts) == 2:
            yield GroupOrder(Aggregate(function, parts[1]), is_descending)
        elif len(parts) == 1:
            yield GroupOrder(parts[0], is_descending)


def _function(name: str) -> Function | None:
    return next((function for function in Function if function.value == name.strip().lower()), None)
