"""Python values as operands of an encoded query: their text, or why there is none.

A value is data. Nothing in it may become a second condition, a longer operator or a script that the instance runs;
a script has a type of its own, :class:`Script`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import NoReturn

from pysnow.exceptions import QueryTypeError
from pysnow.field_value import is_display_only, raw_value
from pysnow.query_moments import BUILDER_MOMENTS, DayText, Moments, MomentText, datetime_as_utc, moment_literal

__all__ = [
    "Script",
    "as_text",
    "between_text",
    "comparison_text",
    "day_text",
    "expression_text",
    "list_text",
    "literal",
    "refuse",
    "short",
    "value_text",
]

SCRIPT_PREFIX = "javascript:"

# A number far outside every column of the platform; written out, Decimal("1E+999999") would fill the memory.
_DIGITS_MAX = 100

# C0 controls but tab and newline, and halves of a surrogate pair: no column can hold them.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")

# What a reader on the way may drop before it looks for "javascript:"; refusing too much costs nothing here.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
)
_INVISIBLE += "\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff"
_SCRIPT_LOOK = re.compile(
    rf"[\s\x00-\x20\x7f-\xa0{_INVISIBLE}]*"
    + rf"[\t\n{_INVISIBLE}]*".join("javascript")
    + rf"[\t\n{_INVISIBLE}]*[:\uff1a\ufe55]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Loose: what is meant as a moment but is none that ISO 8601 knows shall be told apart from other text.
_MOMENT_LOOK = re.compile(
    rf"{_DATE.pattern}|{_DATE.pattern}[Tt ][0-9]+:.*"
    rf"|(?:{_DATE.pattern}[Tt ]|[0-9]{{8}}[Tt])[0-9.,]+ ?(?:[Zz]|[+-][0-9:]+)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script that the instance evaluates while it reads the query: the only way to send one.

    Sent as ``javascript:<code>``, for instance ``Script("gs.getUserID()")`` or ``Script("gs.beginningOfToday()")``.

    Args:
        code: The script, without the ``javascript:`` before it.

    Raises:
        QueryTypeError: ``code`` is no text, is empty, begins with ``javascript:``, or holds a caret or a control
            character; a caret would end the condition.
    """

    code: str

    def __post_init__(self) -> None:
        code: object = self.code
        if not isinstance(code, str) or not code.strip():
            raise QueryTypeError(f"Script expects code such as 'gs.getUserID()', not {short(code)}")
        if _SCRIPT_LOOK.match(code):
            raise QueryTypeError("Script adds 'javascript:' itself; leave it out")
        if "^" in code or _UNSENDABLE.search(code):
            raise QueryTypeError(f"a script cannot hold a caret or a control character: {short(code)}")

    def __str__(self) -> str:
        return f"{SCRIPT_PREFIX}{self.code}"


# -- values ------------------------------------------------------------------------------------------------------------


def literal(text: str) -> str:
    """Check a text that is to be taken as it is.

    Raises:
        QueryTypeError: it holds control characters or lone surrogates, or would be run as a script.
    """
    if _UNSENDABLE.search(text):
        raise QueryTypeError(f"a query cannot carry control characters or lone surrogates: {short(text)}")
    if _SCRIPT_LOOK.match(text):
        raise QueryTypeError(f'{short(text)} would be run as a script; if that is meant, pass Script("...")')
    return text


def as_text(value: object) -> str:
    """Give the operand of an operator that takes text alone, such as LIKE.

    Raises:
        QueryTypeError: the value is neither a text nor a :class:`Script`.
    """
    if type(value) is str:
        return literal(value)
    if isinstance(value, Script):
        return str(value)
    plain = _plain(value)
    return literal(_exact(plain)) if isinstance(plain, str) else refuse(value, "a text")


def value_text(value: object, moment: MomentText = moment_literal) -> str:
    """Give the operand of an equality.

    Args:
        value: str, number, bool, date, datetime, member of an Enum, record (which stands for its sys_id), reference
            (a mapping with ``value``) or :class:`Script`.
        moment: How to write a datetime.

    Raises:
        QueryTypeError: the value is of another type, or is not finite.
    """
    if type(value) is str:
        return literal(value)
    if isinstance(value, Script):
        return str(value)
    plain = _plain(value)
    if isinstance(plain, str):
        return literal(_exact(plain))
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return _ordered_text(plain, moment)


def comparison_text(value: object, moments: Moments = BUILDER_MOMENTS) -> str:
    """Give the operand of ``<`` and its kin: a number, a date, a datetime, ISO 8601 text, or a :class:`Script`.

    Raises:
        QueryTypeError: the value is of another type, or a text that is neither a number nor a date.
    """
    if isinstance(value, Script):
        return str(value)
    return _ordered_text(_comparable(value), moments.compared, moments.day)


def expression_text(value: object, moments: Moments) -> str:
    """Give the operand of ``<`` and its kin, any text allowed; one that looks like a moment must be one.

    Raises:
        QueryTypeError: the value is of another type, or a text with the look of a moment that ISO 8601 does not know.
    """
    if isinstance(value, Script):
        return str(value)
    plain = _plain(value)
    if isinstance(plain, bool):
        return refuse(value, "a text, a number, a date or a Script")
    if not isinstance(plain, str):
        return _ordered_text(plain, moments.compared, moments.day)
    text = _exact(plain)
    # Otherwise a zone in it would go unread, and the condition mean another hour.
    if _MOMENT_LOOK.fullmatch(text):
        return _ordered_text(_iso(text), moments.text, moments.day)
    return literal(text)


def list_text(values: object, moment: MomentText = moment_literal) -> str:
    """Give the operand of ``IN``: the members of a list, tuple or set, separated by commas.

    Raises:
        QueryTypeError: there are no members, or one of them is None, a script, or holds a comma.
    """
    if isinstance(values, (set, frozenset)):
        return _joined(sorted(_member(value, moment) for value in values))
    if isinstance(values, (list, tuple)):
        return _joined([_member(value, moment) for value in values])
    return refuse(values, "a list, tuple or set")


def between_text(start: object, end: object, moment: MomentText) -> str:
    """Give the operand of ``BETWEEN``: two numbers, or two of date, datetime, ISO 8601 text and :class:`Script`.

    Raises:
        QueryTypeError: an end is of another type, they do not go together, or ``start`` comes after ``end``.
    """
    ends = [end_ if isinstance(end_, Script) else _instant(_comparable(end_)) for end_ in (start, end)]
    low, high = ends
    if not isinstance(low, Script) and not isinstance(high, Script):
        _check_order(low, high)
    return "@".join(_end_text(end_, moment) for end_ in ends)


def refuse(value: object, expected: str = "text, a number, a date or a Script") -> NoReturn:
    """Refuse a value.

    Raises:
        QueryTypeError: always.
    """
    raise QueryTypeError(f"a query condition expects {expected}, not {short(value)} ({type(value).__name__})")


def day_text(value: object) -> str:
    """Give the day of a date, a datetime or an ISO 8601 text as ``YYYY-MM-DD``; an aware datetime's in UTC.

    Raises:
        QueryTypeError: the value is of another type.
    """
    when = _iso(value) if isinstance(value, str) else value
    if isinstance(when, datetime):
        return moment_literal(when)[:10]
    return when.isoformat() if isinstance(when, date) else refuse(value, "a date or a datetime")


def _plain(value: object) -> object:
    """Take the value out of an Enum member, a record or a reference object, which is left as it is."""
    if isinstance(value, Enum):
        value = value.value
    # A record is a mapping that knows its sys_id; its class belongs to a layer above this one.
    if isinstance(value, Mapping) and hasattr(type(value), "sys_id"):
        return getattr(value, "sys_id")  # noqa: B009  # no attribute that a type checker knows of
    if is_display_only(value):
        raise QueryTypeError(f"{short(value)} has no 'value': read the record with display_value=False or 'all'")
    value = raw_value(value)
    if isinstance(value, Mapping):
        raise QueryTypeError(
            "a mapping in a query must be a record that the library gave, or a reference: 'value', and only"
            " 'display_value' and 'link'; of another one, pass its sys_id"
        )
    return value.value if isinstance(value, Enum) else value


def _comparable(value: object) -> object:
    """Give the number or moment that a value stands for; a numeric text is a number."""
    plain = _plain(value)
    if isinstance(plain, bool):
        return refuse(value, "a number, a date or a Script")
    if not isinstance(plain, str):
        return plain
    if _NUMBER.fullmatch(plain) and len(plain) <= _DIGITS_MAX:
        return Decimal(plain)
    return _iso(_exact(plain))


def _iso(text: str) -> date | datetime:
    # Only texts that are dates need dateutil, which takes longer to import than everything else here.
    from dateutil.parser import isoparse

    try:
        moment = isoparse(text)
    except ValueError as error:
        raise QueryTypeError(f"{short(text)} is neither a number nor an ISO 8601 date") from error
    return moment.date() if _DATE.fullmatch(text) else moment


def _ordered_text(value: object, moment: MomentText, day: DayText = date.isoformat) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return _number_text(value)


def _number_text(value: object) -> str:
    if isinstance(value, int):
        return str(int(value)) if value.bit_length() < 3 * _DIGITS_MAX else refuse(value, "a number of sensible size")
    if isinstance(value, float):
        value = Decimal(repr(float(value)))
    if not isinstance(value, Decimal):
        return refuse(value)
    if not value.is_finite() or abs(value.adjusted()) >= _DIGITS_MAX or len(value.as_tuple().digits) > _DIGITS_MAX:
        return refuse(value, "a finite number of sensible size")
    return format(value, "f")


def _member(value: object, moment: MomentText) -> str:
    if isinstance(value, Script):
        return refuse(value, "data as members of a list; a Script can stand for the whole list")
    text = value_text(value, moment)
    if "," in text:
        raise QueryTypeError(f"a list cannot hold a member with a comma, {short(text)}: join equalities with OR")
    return text


def _joined(members: Iterable[str]) -> str:
    text = ",".join(members)
    if not text.strip(","):  # a member holds no comma, so these are empty
        raise QueryTypeError("a list in a query needs members; ask for empty values with is_empty")
    return text


def _instant(value: object) -> object:
    """A day as its first second; an aware moment in UTC, because Python compares two of one zone by their clocks."""
    if isinstance(value, datetime):
        return datetime_as_utc(value)
    return datetime.combine(value, time()) if isinstance(value, date) else value


def _check_order(start: object, end: object) -> None:
    try:
        reversed_ = start > end  # type: ignore[operator]  # what does not compare is refused below
    except (TypeError, ArithmeticError) as error:
        raise QueryTypeError(
            f"between expects two numbers, or two moments that are both naive or both aware,"
            f" not {short(start)} and {short(end)}"
        ) from error
    if reversed_:
        raise QueryTypeError(f"between expects its start first: {short(start)} comes after {short(end)}")


def _end_text(end: object, moment: MomentText) -> str:
    if not isinstance(end, Script):
        return _ordered_text(end, moment)
    if "@" in end.code:
        raise QueryTypeError("a script at an end of between cannot hold '@', which parts the two ends")
    return str(end)


def _exact(text: str) -> str:
    # A subclass of str may print as something else than it is.
    return str.__str__(text)


def short(value: object) -> str:
    """Show a value in a message, cut to 60 characters."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return f"a huge {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."
