"""Small building blocks of SQL conditions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import isfinite

from pysnow.sandbox.dictionary.types import Kind
from pysnow.sandbox.query.compiled import Fragment, SqlValue
from pysnow.sandbox.query.functions import fold
from pysnow.sandbox.query.joins import Operand

NOTHING = Fragment("0")
EVERYTHING = Fragment("1")

_PATTERNS = {"contains": "%{}%", "starts": "{}%", "ends": "%{}"}
# SQLite refuses patterns beyond 50 000 bytes.
_MAX_PATTERN = 10_000


def combined(word: str, fragments: Sequence[Fragment]) -> Fragment:
    """Join conditions by ``AND`` or ``OR``, as a balanced tree: SQLite refuses one that is a thousand levels deep."""
    level = list(fragments)
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [_pair(word, pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]


def _pair(word: str, pair: list[Fragment]) -> Fragment:
    left, right = pair
    return Fragment(f"({left.sql} {word} {right.sql})", left.params + right.params)


def comparison(operand: Operand, sign: str, value: SqlValue) -> Fragment:
    """Compare a column with a value."""
    return Fragment(f"{operand.sql} {sign} ?", (value,))


def is_empty(operand: Operand) -> Fragment:
    """Ask for rows without a value."""
    return Fragment(f"{operand.sql} IS NULL")


def is_not_empty(operand: Operand) -> Fragment:
    """Ask for rows with a value."""
    return Fragment(f"{operand.sql} IS NOT NULL")


def one_of(expression: str, values: Iterable[SqlValue]) -> Fragment:
    """Ask for membership in a list of any length, which travels as one parameter."""
    # JSON has no infinity, and no column holds one.
    members = [value for value in values if not isinstance(value, float) or isfinite(value)]
    return Fragment(f"{expression} IN (SELECT value FROM json_each(?))", (json.dumps(members),))


def text_of(operand: Operand) -> str:
    """Give the SQL expression of a column's text, for operators that look into it."""
    if operand.kind is Kind.BOOLEAN:
        return f"CASE {operand.sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    return f"CAST({operand.sql} AS TEXT)" if operand.kind in (Kind.INTEGER, Kind.DECIMAL) else operand.sql


def piece_of_text(expression: str, wanted: str, place: str) -> Fragment:
    """Look for a piece of text, whatever the case.

    Args:
        expression: SQL of the text to look into.
        wanted: The piece.
        place: ``contains``, ``starts`` or ``ends``.
    """
    if not wanted.isascii() or "\0" in wanted or len(wanted) > _MAX_PATTERN:
        return Fragment(f"snow_matches({expression}, ?, ?)", (fold(wanted), place))
    # Percent and underscore stand for themselves (our default; an instance lets them through in places).
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Fragment(f"{expression} LIKE ? ESCAPE '\\'", (_PATTERNS[place].format(escaped),))
