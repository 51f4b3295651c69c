"""Automatic numbers: a prefix and digits, counted in ``sys_number`` (documentation "Managing record numbering").

The row of a table tells the last number that was given: it follows every new record, and whoever changes it changes
what comes next. Its ``sys_mod_count`` stays, as counting is no update (our default).
"""

from __future__ import annotations

from dataclasses import dataclass

from pysnow.sandbox.instance.platform import Condition, Platform, same
from pysnow.sandbox.query.operators import Operator

NUMBER_TABLE = "sys_number"
DIGITS = 7

# Demo rows use low numbers; the first row that somebody creates is ...0010001.
LAST_DEMO_NUMBER = 10_000

_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class _Counter:
    """A counter and what it gave last.

    Attributes:
        prefix: Start of its numbers.
        last: The last number.
        digits: Least digits of a number.
        sys_id: Key of its row; empty for a table that no row of ``sys_number`` numbers.
    """

    prefix: str
    last: int
    digits: int = DIGITS
    sys_id: str = ""


def next_number(platform: Platform, table: str) -> str | None:
    """Take the next number of a table, None for tables without numbers. To be called inside a transaction."""
    if "number" not in platform.dictionary.columns(table):
        return None
    counter = _counter_of_rows(platform, table) or _counter_of_prefix(platform, table)
    if counter is None:
        return None
    given = counter.last + 1
    if counter.sys_id:
        platform.store.update(NUMBER_TABLE, counter.sys_id, {"number": str(given)})
    else:
        platform.store.set_meta(_note(counter.prefix), str(given))
    return f"{counter.prefix}{given:0{counter.digits}d}"


def _counter_of_rows(platform: Platform, table: str) -> _Counter | None:
    """Return the counter of the nearest table up the hierarchy that has one.

    Tables that share a prefix take turns, so that a number stays unique (our default).
    """
    if NUMBER_TABLE not in platform.dictionary:
        return None
    lineage = platform.dictionary.ancestors(table)
    rows = {row.get("category"): row for row in platform.rows_with_keys(NUMBER_TABLE, "category", lineage)}
    row = next((rows[name] for name in lineage if name in rows), None)
    if row is None:
        return None
    prefix = row.get("prefix") or ""
    sharing = platform.rows_where(NUMBER_TABLE, same("prefix", prefix), columns=("number",)) if prefix else [row]
    digits = int(row.get("maximum_digits") or DIGITS)
    last = max(int(each.get("number") or 0) for each in sharing)
    return _Counter(prefix, last, min(max(digits, 0), _MOST_DIGITS), row["sys_id"] or "")


def _counter_of_prefix(platform: Platform, table: str) -> _Counter | None:
    """Return the counter of a dictionary that is not described by rows; it starts after the highest number in use."""
    prefixes = (platform.dictionary.table(name).prefix for name in platform.dictionary.ancestors(table))
    prefix = next(filter(None, prefixes), None)
    if prefix is None:
        return None
    last = platform.store.get_meta(_note(prefix))
    return _Counter(prefix, int(last) if last else _highest(platform, table, prefix))


def _note(prefix: str) -> str:
    return f"number.{prefix}"


def _highest(platform: Platform, table: str, prefix: str) -> int:
    """Return the highest number in use; text order is number order among numbers of one length.

    Asked of the topmost table that has numbers, because several classes may share a prefix.
    """
    rows = platform.rows_where(
        platform.topmost(table, "number"),
        Condition("number", Operator.STARTS_WITH, prefix),
        columns=("number",),
        descending="number",
        limit=1,
    )
    digits = next((row["number"] or "" for row in rows), "").removeprefix(prefix)
    return max(int(digits) if digits.isascii() and digits.isdigit() else 0, LAST_DEMO_NUMBER)
