"""Statistics over the rows of a table: the Aggregate API, ``GET /stats/<table>``.

The instance does the counting; no row is sent. All its numbers are texts, and read as ``int`` or ``Decimal``. Sums and
averages of durations are written as such are stored, as moments from 1970 on, and read as ``timedelta``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeAlias

from pysnow.apis.statistics import Group, GroupValue, Stats, averaged_moments, statistics_of
from pysnow.encoded_query import check_name
from pysnow.exceptions import InvalidUsage, MissingResult, PysnowException
from pysnow.query_values import short

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.params_builder import DisplayValue
    from pysnow.request import SnowRequest

__all__ = ["Aggregation", "Columns", "Having", "read_statistics"]

Columns: TypeAlias = "str | Iterable[str]"
"""Names of columns: a list, or a text with commas."""

Having: TypeAlias = "Sequence[tuple[str, str, str, object] | tuple[str, str, object]]"
"""Conditions on groups: ``("count", "state", ">", 10)``, or ``("count", ">", 10)``."""

FUNCTIONS: Final = ("count", "avg", "sum", "min", "max")
OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=")

_VALUE: Final = re.compile(r"[^,^]*")
"""What a condition on groups can compare with: conditions are joined by commas, and their parts by carets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """What is asked for, ready to be sent.

    Attributes:
        params: The ``sysparm_*`` of the call.
        group_by: Columns whose values make a group.
        shown: How the values of groups are asked for.
    """

    params: Mapping[str, str]
    group_by: tuple[str, ...]
    shown: DisplayValue

    @classmethod
    def of(
        cls,
        query: str,
        *,
        count: bool = True,
        avg: Columns = (),
        sum: Columns = (),  # noqa: A002  # the vendor's words
        min: Columns = (),  # noqa: A002
        max: Columns = (),  # noqa: A002
        group_by: Columns = (),
        having: Having = (),
        order_by: Columns = (),
        display_value: DisplayValue = "all",
    ) -> Aggregation:
        """Check what is asked for; see :meth:`pysnow.Table.aggregate`.

        Args:
            query: Encoded query.
            count: As there, and so on.
            avg: Columns.
            sum: Columns.
            min: Columns.
            max: Columns.
            group_by: Columns.
            having: Conditions on groups.
            order_by: Columns of ``group_by``, and numbers that are asked for.
            display_value: How the values of groups are asked for.

        Raises:
            InvalidUsage: An argument cannot be used.
        """
        if not isinstance(count, bool):
            raise InvalidUsage(f"count must be True or False, not {short(count)}")
        if display_value not in (True, False, "all"):
            raise InvalidUsage(f"display_value must be True, False or 'all', not {short(display_value)}")
        worked_on = {"avg": avg, "sum": sum, "min": min, "max": max}
        fields = {name: _names(name, columns) for name, columns in worked_on.items()}
        groups = _names("group_by", group_by)
        if not count and not any(fields.values()):
            raise InvalidUsage("Nothing is asked for: pass count=True, or columns for avg, sum, min or max")
        if not groups and (having or order_by):
            raise InvalidUsage("having and order_by are about groups: say group_by, too")
        params = {
            "sysparm_query": query,
            "sysparm_count": "true" if count else "",
            **{f"sysparm_{name}_fields": ",".join(columns) for name, columns in fields.items()},
            "sysparm_group_by": ",".join(groups),
            "sysparm_having": ",".join(_condition(condition, groups) for condition in _listed(having)),
            "sysparm_order_by": ",".join(_orders(order_by, _sortable(count, fields, groups))),
            "sysparm_display_value": str(display_value).lower() if groups else "",
        }
        sent = {name: text for name, text in params.items() if text}
        return cls(params=sent, group_by=groups, shown=display_value)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are named beside the query: to work on, to group by and to compare; orders name no others."""
        worked_on = (name for function in FUNCTIONS[1:] for name in self._listed(f"{function}_fields"))
        compared = (condition.split("^")[1] for condition in self._listed("having"))
        named = (*self.group_by, *worked_on, *compared)
        return tuple(dict.fromkeys(name for name in named if name))

    def _listed(self, name: str) -> list[str]:
        text = self.params.get(f"sysparm_{name}")
        return text.split(",") if text else []


def read_statistics(
    request: SnowRequest, asked: Aggregation, types_of: Callable[[tuple[str, ...]], Mapping[str, str]]
) -> Stats:
    """Ask the instance: one GET.

    Args:
        request: Calls ``/stats/<table>``.
        asked: What is asked for.
        types_of: Looks up types of columns; is called only for averages that may be of durations or of moments.

    Raises:
        MissingResult: The answer holds no statistics.
        PysnowException: The instance refuses, or does not answer.
    """
    answer = request.send("GET", params=asked.params)
    response = request.response(answer)
    rows = response.all()
    if asked.group_by:
        types = _types(rows, types_of)
        return Stats(groups=tuple(_group(row, asked, types) for row in rows), is_grouped=True)
    whole = rows[:1] or [{}]
    return Stats(groups=(Group((), statistics_of(_stats(whole[0]), _types(whole, types_of))),), is_grouped=False)


def _types(rows: Sequence[JSON], types_of: Callable[[tuple[str, ...]], Mapping[str, str]]) -> Mapping[str, str]:
    columns = tuple(dict.fromkeys(column for row in rows for column in averaged_moments(_stats(row))))
    try:
        return types_of(columns) if columns else {}
    except PysnowException:  # most accounts may not read the dictionary, and still want the other numbers
        return {}


def _group(row: JSON, asked: Aggregation, types: Mapping[str, str]) -> Group:
    entries = row.get("groupby_fields") if isinstance(row, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise MissingResult("A group of the Aggregate API does not say what it is of (groupby_fields)")
    found = {entry.get("field"): entry for entry in entries}
    values = tuple(_value(name, found.get(name, {}), asked) for name in asked.group_by)
    return Group(values, statistics_of(_stats(row), types))


def _value(name: str, entry: Mapping[str, JSON], asked: Aggregation) -> GroupValue:
    value = str(entry.get("value") or "")
    if asked.shown is True:
        return GroupValue(name, None, value)
    if asked.shown is False:
        return GroupValue(name, value, None)
    label = entry.get("display_value")
    return GroupValue(name, value, value if label is None else str(label))


def _stats(row: JSON) -> Mapping[str, JSON]:
    stats = row.get("stats") if isinstance(row, Mapping) else None
    if not isinstance(stats, Mapping):
        raise MissingResult("The answer of the Aggregate API holds no statistics")
    return stats


def _texts(name: str, given: object) -> tuple[str, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, Iterable) or isinstance(parts, Mapping):
        raise InvalidUsage(f"{name} must be a column, or a list of them, not {short(given)}")
    texts = list(parts)
    if not all(isinstance(text, str) for text in texts):
        raise InvalidUsage(f"{name} must name columns, not {short(texts)}")
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _names(name: str, given: Columns) -> tuple[str, ...]:
    return tuple(map(check_name, _texts(name, given)))


def _listed(having: object) -> list[object]:
    if isinstance(having, (str, Mapping)) or not isinstance(having, Iterable):
        raise InvalidUsage(f"having must be a list such as [('count', 'state', '>', 10)], not {short(having)}")
    conditions = list(having)
    # One condition alone is as clear as a list with it.
    return [having] if conditions and isinstance(conditions[0], str) else conditions


def _condition(given: object, groups: tuple[str, ...]) -> str:
    """``aggregate^field^operator^value``; the API wants a column even of a count, and the first group's will do."""
    parts = tuple(given) if isinstance(given, (tuple, list)) else ()
    if len(parts) == 3 and parts[0] == "count" and parts[1] in OPERATORS:
        parts = (parts[0], groups[0], *parts[1:])
    if len(parts) != 4:
        raise InvalidUsage(f"A condition on groups is such as ('count', 'state', '>', 10), not {short(given)}")
    function, field, operator, value = parts
    if function not in FUNCTIONS:
        raise InvalidUsage(f"A condition on groups begins with one of {', '.join(FUNCTIONS)}, not {short(function)}")
    if operator not in OPERATORS:
        raise InvalidUsage(f"A condition on groups compares by one of {', '.join(OPERATORS)}, not {short(operator)}")
    text = str(value)
    if isinstance(value, bool) or value is None or not text or not _VALUE.fullmatch(text):
        raise InvalidUsage(f"A condition on groups compares with a number, or a text without ',' and '^': {value!r}")
    return f"{function}^{check_name(field)}^{operator}^{text}"


def _sortable(count: bool, fields: Mapping[str, tuple[str, ...]], groups: tuple[str, ...]) -> dict[str, str]:
    """What groups can be ordered by: their columns and the numbers asked for, each as it is sent."""
    numbers = {f"{name}^{column}": f"{name.upper()}^{column}" for name, columns in fields.items() for column in columns}
    return {**{name: name for name in groups}, **({"count": "COUNT"} if count else {}), **numbers}


def _orders(given: Columns, sortable: Mapping[str, str]) -> Iterator[str]:
    """``state``, ``COUNT`` or ``AVG^state``, each with ``^DESC`` for descending; an instance ignores any other."""
    for text in _texts("order_by", given):
        wanted = text.removeprefix("-")
        function, caret, column = wanted.partition("^")
        term = wanted if wanted in sortable else f"{function.lower()}{caret}{column}"
        if term not in sortable:
            near = get_close_matches(term, sortable, 1)
            meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(map(repr, sortable))}"
            raise InvalidUsage(
                f"order_by takes columns of group_by, and numbers that are asked for, such as 'count' or "
                f"'avg^priority'; not {short(text)}: {meant}"
            )
        yield f"{sortable[term]}^DESC" if text.startswith("-") else sortable[term]
