"""Automatic numbers: prefix and seven digits (``sys_number``)."""

from __future__ import annotations

from pysnow.sandbox.instance.platform import Condition, Platform
from pysnow.sandbox.query.operators import Operator

DIGITS = 7

# Demo rows use low numbers; the first row that somebody creates is ...0010001.
LAST_DEMO_NUMBER = 10_000


def next_number(platform: Platform, table: str) -> str | None:
    """Take the next number of a table, None for tables without numbers.

    The counter is kept in the store and belongs to the prefix; it starts after the highest number in use. To be called
    inside a transaction.
    """
    dictionary = platform.dictionary
    prefixes = (dictionary.table(name).prefix for name in dictionary.ancestors(table))
    prefix = next(filter(None, prefixes), None)
    if prefix is None or "number" not in dictionary.columns(table):
        return None
    key = f"number.{prefix}"
    last = platform.store.get_meta(key)
    number = (int(last) if last else _highest(platform, table, prefix)) + 1
    platform.store.set_meta(key, str(number))
    return f"{prefix}{number:0{DIGITS}d}"


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
