"""Operators that compare a column with a literal, a list, or a piece of text.

Empties: SQL compares NULL with nothing, which is what an instance does for ``!=``, ``NOT IN`` and ``NOT LIKE``
(KB0715430); only a boolean ``!=`` returns empty rows.
"""

from __future__ import annotations

from pysnow.sandbox.dictionary.types import Kind
from pysnow.sandbox.query.compiled import BASE_ALIAS, Fragment
from pysnow.sandbox.query.fragments import (
    EVERYTHING,
    NOTHING,
    combined,
    comparison,
    is_empty,
    is_not_empty,
    one_of,
    piece_of_text,
    text_of,
)
from pysnow.sandbox.query.functions import fold
from pysnow.sandbox.query.joins import Operand
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.question import Question
from pysnow.sandbox.query.values import plain_text, typed_value

_TEXT_KINDS = frozenset({Kind.TEXT, Kind.REFERENCE, Kind.LIST})
_NULL_WORD = "NULL"

_PLACES = {
    Operator.CONTAINS: "contains",
    Operator.NOT_CONTAINS: "contains",
    Operator.STARTS_WITH: "starts",
    Operator.ENDS_WITH: "ends",
}


def equals(question: Question) -> Fragment | None:
    """``=``: same value; without one, or with ``NULL``, the same as ``ISEMPTY``."""
    if question.text in ("", _NULL_WORD):
        return is_empty(question.operand)
    return _equality(question, "=")


def differs(question: Question) -> Fragment | None:
    """``!=``: another value, not an empty one; for booleans an empty one as well."""
    operand = question.operand
    if question.text in ("", _NULL_WORD):
        return is_not_empty(operand)
    differing = _equality(question, "<>")
    if operand.kind is not Kind.BOOLEAN or differing is None:
        return differing
    return combined("AND", [combined("OR", [differing, is_empty(operand)]), *_row_is_there(operand)])


def anything(_: Question) -> Fragment:
    """``ANYTHING``: every row."""
    return EVERYTHING


def has_value(question: Question) -> Fragment:
    """``ISNOTEMPTY``."""
    return is_not_empty(question.operand)


def has_no_value(question: Question) -> Fragment:
    """``ISEMPTY``, and ``EMPTYSTRING``, which cannot be told from it here.

    Along a path, a row whose reference is empty has no value at its end either (our default).
    """
    return is_empty(question.operand)


def compares(question: Question) -> Fragment | None:
    """``<``, ``<=``, ``>``, ``>=``."""
    value = typed_value(question.operand.kind, question.text, question.context)
    return None if value is None else comparison(question.operand, question.operator.value, value)


def is_between(question: Question) -> Fragment | None:
    """``BETWEEN<first>@<last>``, both included."""
    kind, context = question.operand.kind, question.context
    first, separator, last = question.text.partition("@")
    low, high = typed_value(kind, first, context), typed_value(kind, last, context)
    if not separator or low is None or high is None:
        return None
    return Fragment(f"{question.operand.sql} BETWEEN ? AND ?", (low, high))


def is_in(question: Question) -> Fragment | None:
    """``IN<a>,<b>``: one of a list; an empty list has no members (our default)."""
    operand, context = question.operand, question.context
    listed = plain_text(question.text, context)
    if listed is None:
        return None
    items = [item for item in listed.split(",") if item]
    if operand.kind in _TEXT_KINDS and not listed.isascii():
        return one_of(f"snow_fold({operand.sql})", [fold(item) for item in items])
    values = [value for item in items if (value := typed_value(operand.kind, item, context)) is not None]
    return one_of(operand.sql, values) if values else NOTHING


def is_not_in(question: Question) -> Fragment | None:
    """``NOT IN<a>,<b>``: a value that is none of a list."""
    member = is_in(question)
    if member is None:
        return None
    return combined("AND", [is_not_empty(question.operand), Fragment(f"NOT ({member.sql})", member.params)])


def looks_like(question: Question) -> Fragment | None:
    """``LIKE``, ``NOT LIKE``, ``STARTSWITH``, ``ENDSWITH``; on a reference they look at what it displays."""
    wanted = plain_text(question.text, question.context)
    if wanted is None:
        return None
    shown = question.joins.display(question.operand)
    if shown is None:
        return NOTHING
    found = piece_of_text(text_of(shown), wanted, _PLACES[question.operator])
    return Fragment(f"NOT ({found.sql})", found.params) if question.operator is Operator.NOT_CONTAINS else found


def _equality(question: Question, sign: str) -> Fragment | None:
    operand = question.operand
    value = typed_value(operand.kind, question.text, question.context)
    if not isinstance(value, str) or operand.kind not in _TEXT_KINDS:
        return None if value is None else comparison(operand, sign, value)
    if not value.isascii():
        return Fragment(f"snow_fold({operand.sql}) {sign} ?", (fold(value),))
    if value != value.rstrip(" "):
        # The collation of an instance pads: trailing blanks do not count.
        return Fragment(f"rtrim({operand.sql}, ' ') {sign} ? COLLATE NOCASE", (value.rstrip(" "),))
    return comparison(operand, sign, value)


def _row_is_there(operand: Operand) -> list[Fragment]:
    """Ask that the row a path leads to exists: an empty reference does not satisfy ``!=``."""
    return [] if operand.alias == BASE_ALIAS else [Fragment(f'{operand.alias}."sys_id" IS NOT NULL')]
