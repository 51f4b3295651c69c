"""Which records a query means that is to change many of them: counted, read exactly, and each compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.exceptions import InvalidUsage, UnexpectedCount
from pysnow.field_value import raw_value
from pysnow.params_builder import ParamsBuilder
from pysnow.writing.query_echo import echo_of
from pysnow.writing.record_look_up import as_query

if TYPE_CHECKING:
    from pysnow._types import Query
    from pysnow.batching.bulk_target import BulkTarget

__all__ = ["check_count", "checked_expectation", "is_query", "records_meant"]


def is_query(rows: Any) -> bool:
    """Whether this is a query, and not rows.

    Args:
        rows: As given to the call.
    """
    from pysnow.criterion import Criterion
    from pysnow.query_builder import QueryBuilder

    return isinstance(rows, (str, Mapping, Criterion, QueryBuilder))


def checked_expectation(expect: Any) -> range:
    """How many records a query may match.

    Args:
        expect: A number, or a range such as ``range(1, 100)``.

    Raises:
        InvalidUsage: It is missing, or something else.
    """
    if type(expect) is int and expect >= 0:
        return range(expect, expect + 1)
    if isinstance(expect, range) and expect.step == 1 and expect.start >= 0:
        return expect
    if expect is None:
        raise InvalidUsage(
            "Many records are changed by query only when you say how many it should match: add expect=12, or "
            "expect=range(1, 100); dry_run=True tells how many there are"
        )
    raise InvalidUsage(f"expect= must be a number, or a range such as range(1, 100); not {expect!r}")


def check_count(found: int, expected: range, table: str) -> None:
    """Refuse a query that matches another number of records than expected.

    Args:
        found: Records that match.
        expected: How many there may be.
        table: The table.

    Raises:
        UnexpectedCount: There are more, or fewer.
    """
    if found not in expected:
        wanted = str(expected.start) if len(expected) == 1 else f"{expected.start} to {expected.stop - 1}"
        error = UnexpectedCount(
            f"The query matches {found} records of {table}, not {wanted} as expect= says: nothing was changed",
            table=table,
            committed=False,
        )
        error.found = found
        raise error


def records_meant(
    target: BulkTarget, query: Query, expect: Any, *, allow_raw: bool = False, dry_run: bool = False
) -> list[str]:
    """The sys_ids of the records that a query matches.

    They are counted first, then read in an exact walk with all columns that the query names, so that a condition that
    the instance has dropped shows in the records.

    Args:
        target: The table.
        query: The query.
        expect: How many there may be; left open for a dry run.
        allow_raw: Whether an encoded query may be one that cannot be read here.
        dry_run: Whether nothing is to be changed.

    Raises:
        InvalidUsage: The query has no condition, or ``expect`` is missing; nothing was sent.
        UnexpectedCount: It matches another number of records.
        QueryIgnored: A record does not satisfy the query.
    """
    expected = None if dry_run and expect is None else checked_expectation(expect)
    text = ParamsBuilder.stringify_query(as_query(query))
    if not text:
        raise InvalidUsage("An empty query matches every record: say which ones are to be changed")
    echo = echo_of(text, is_raw=isinstance(query, str), allow_raw=allow_raw)
    if expected is not None:
        check_count(int(target.table.count(text)), expected, target.name)
    found = []
    with target.table.iterate(text, ["sys_id", *echo.columns], display_value=False) as records:
        for record in records:
            echo.check(record, target.name)
            found.append(str(raw_value(record["sys_id"])))
    if expected is not None:
        check_count(len(found), expected, target.name)
    return found
