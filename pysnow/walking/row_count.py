"""Counting the rows of a table without reading them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, Self

from pysnow.exceptions import MissingResult, NotFound, PermissionDenied

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.params_builder import ParamsBuilder
    from pysnow.request import SnowRequest

__all__ = ["Count", "count_rows"]

_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


class Count(int):
    """A number of rows.

    Attributes:
        source: Who counted: the Aggregate API, or the list (``X-Total-Count``), which counts rows that access rules
            hide as well.
    """

    source: Literal["aggregate", "list"]

    @classmethod
    def of(cls, number: int, source: Literal["aggregate", "list"]) -> Self:
        """Make one.

        Args:
            number: The number.
            source: Who counted.
        """
        count = cls(number)
        count.source = source
        return count


def count_rows(aggregate: SnowRequest, table: SnowRequest, parameters: ParamsBuilder) -> Count:
    """Ask the Aggregate API, and where it refuses, the list of the table.

    Args:
        aggregate: Calls ``/stats/<table>``.
        table: Calls ``/table/<table>``.
        parameters: The query.

    Raises:
        MissingResult: The answer does not hold a count.
        PartialResult: An error came beside the count.
        PysnowException: The instance refuses, or does not answer.
    """
    params = {"sysparm_count": "true", "sysparm_query": parameters.query}
    try:
        answer = aggregate.send("GET", params={name: text for name, text in params.items() if text})
        response = aggregate.response(answer)
        return Count.of(_counted(response.all()), "aggregate")
    except (PermissionDenied, NotFound):
        # It demands that every row can be read, and an instance can be without it.
        return Count.of(_total(table, parameters), "list")


def _counted(results: Sequence[JSON]) -> int:
    result = results[0] if len(results) == 1 else None
    stats = result.get("stats") if isinstance(result, dict) else None
    count = stats.get("count") if isinstance(stats, dict) else None
    if not isinstance(count, (str, int)) or not _NUMBER.fullmatch(str(count)):
        raise MissingResult("The answer of the Aggregate API holds no count")
    return int(count)


def _total(table: SnowRequest, parameters: ParamsBuilder) -> int:
    parameters.fields = ["sys_id"]
    parameters.limit = 1
    with table.get(parameters) as response:
        response.all()  # so that an error in its place is one
        total = response.total
    if total is None:
        raise MissingResult("The instance does not say how many rows match (X-Total-Count)")
    return total
