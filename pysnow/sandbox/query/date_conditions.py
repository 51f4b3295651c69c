"""Operators on dates, and those that compare one column with another."""

from __future__ import annotations

import re

from pysnow.sandbox.dictionary.types import Kind
from pysnow.sandbox.query.compiled import Fragment
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.dates import end_of, shifted, start_of
from pysnow.sandbox.query.fragments import combined, comparison
from pysnow.sandbox.query.joins import Operand
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.question import Question
from pysnow.sandbox.query.values import DATE_KINDS, moment_value, typed_value

_FIELD_SIGNS = {
    Operator.GREATER_FIELD: ">",
    Operator.LESS_FIELD: "<",
    Operator.GREATER_OR_EQUAL_FIELD: ">=",
    Operator.LESS_OR_EQUAL_FIELD: "<=",
}
_RELATIVE_SIGNS = {
    Operator.RELATIVE_GREATER: ">",
    Operator.RELATIVE_LESS: "<",
    Operator.RELATIVE_GREATER_OR_EQUAL: ">=",
    Operator.RELATIVE_LESS_OR_EQUAL: "<=",
}
# The condition builder writes "dayofweek" where it means days.
_UNITS = {"dayofweek": "day"} | {unit: unit for unit in ("minute", "hour", "day", "week", "month", "quarter", "year")}
_MODIFIERS = {"minute": (1, "minutes"), "hour": (1, "hours"), "day": (1, "days"), "week": (7, "days")} | {
    "month": (1, "months"),
    "quarter": (3, "months"),
    "year": (1, "years"),
}

_RELATIVE = re.compile(r"@([a-z]+)@(ago|ahead)@([0-9]{1,6})")
_DISTANCE = re.compile(r"([^@]+)@([a-z]+)@(before|after)@([0-9]{1,6})")
_DATE_PART = re.compile(
    r"[^@]*@javascript:gs\.datePart\(\s*['\"](\w+)['\"]\s*,\s*['\"](\w+)['\"]\s*,\s*['\"]([A-Z]{2})['\"]\s*\);?",
    re.ASCII,
)
_PART_SIGNS = {"EE": "=", "GE": ">=", "GT": ">", "LE": "<=", "LT": "<"}
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july") + (
    "august",
    "september",
    "october",
    "november",
    "december",
)
_PARTS = {"dayofweek": _WEEKDAYS, "month": _MONTHS, "hour": (), "week": (), "quarter": (), "year": ()}


def is_on(question: Question) -> Fragment | None:
    """``ON<label>@<start>@<end>`` and ``NOTON``, both ends included; an empty field is neither (our default)."""
    bounds = _bounds(question.operand, question.text, question.context)
    if bounds is None:
        return None
    word = "BETWEEN" if question.operator is Operator.ON else "NOT BETWEEN"
    return Fragment(f"{question.operand.sql} {word} ? AND ?", bounds)


def is_relative(question: Question) -> Fragment | None:
    """``RELATIVEGT@<unit>@ago@<n>`` and its kin: compared with now; ``RELATIVEEE`` means within that calendar unit."""
    operand, operator, context = question.operand, question.operator, question.context
    parts = _RELATIVE.fullmatch(question.text)
    unit = _UNITS.get(parts[1]) if parts else None
    if operand.kind not in DATE_KINDS or parts is None or unit is None:
        return None
    count = int(parts[3]) * (1 if parts[2] == "ahead" else -1)
    try:
        moment = shifted(context, unit, count)
        first, last = start_of(context, unit, count), end_of(context, unit, count)
    except (ValueError, OverflowError):
        return None
    if operator in _RELATIVE_SIGNS:
        return comparison(operand, _RELATIVE_SIGNS[operator], moment_value(operand.kind, moment, context))
    within = (moment_value(operand.kind, first, context), moment_value(operand.kind, last, context))
    return Fragment(f"{operand.sql} BETWEEN ? AND ?", within)


def is_date_part(question: Question) -> Fragment | None:
    """``DATEPART<label>@javascript:gs.datePart('<part>','<value>','<GE>')``, by the caller's clock."""
    operand = question.operand
    call = _DATE_PART.fullmatch(question.text)
    if call is None or operand.kind not in DATE_KINDS:
        return None
    part, value, sign = call[1].lower(), call[2].lower(), _PART_SIGNS.get(call[3])
    number = _part_number(part, value)
    if number is None or sign is None:
        return None
    return Fragment(f"snow_part({operand.sql}, ?, ?) {sign} ?", (part, _zone_for(operand, question.context), number))


def is_same_as(question: Question) -> Fragment | None:
    """``SAMEAS<field>`` and ``NSAMEAS<field>``, or within the same calendar unit: ``SAMEAS<field>@day``."""
    operand, context = question.operand, question.context
    name, separator, unit_name = question.text.partition("@")
    other, unit = question.joins.resolve(name), _UNITS.get(unit_name)
    sign = "=" if question.operator is Operator.SAME_AS else "<>"
    if other is None or (separator and unit is None):
        return None
    if not separator:
        return Fragment(f"{operand.sql} {sign} {other.sql}")
    params = (unit, _zone_for(operand, context), unit, _zone_for(other, context))
    return Fragment(f"snow_period({operand.sql}, ?, ?) {sign} snow_period({other.sql}, ?, ?)", params)


def compares_field(question: Question) -> Fragment | None:
    """``GT_FIELD<field>`` and its kin."""
    other = question.joins.resolve(question.text)
    return Fragment(f"{question.operand.sql} {_FIELD_SIGNS[question.operator]} {other.sql}") if other else None


def is_apart(question: Question) -> Fragment | None:
    """``MORETHAN<field>@<unit>@before|after@<n>`` and ``LESSTHAN``: distance to another date of the row.

    Less than three days after means between that date and three days later (our default).
    """
    operand = question.operand
    parts = _DISTANCE.fullmatch(question.text)
    other = question.joins.resolve(parts[1]) if parts else None
    unit = _UNITS.get(parts[2]) if parts else None
    if parts is None or other is None or unit is None or not {operand.kind, other.kind} <= DATE_KINDS:
        return None
    factor, name = _MODIFIERS[unit]
    direction, outward, inward = ("+", ">", "<") if parts[3] == "after" else ("-", "<", ">")
    own, limit = f"datetime({operand.sql})", f"datetime({other.sql}, ?)"
    modifier = (f"{direction}{int(parts[4]) * factor} {name}",)
    if question.operator is Operator.MORE_THAN:
        return Fragment(f"{own} {outward} {limit}", modifier)
    beyond = Fragment(f"{own} {outward}= datetime({other.sql})")
    return combined("AND", [beyond, Fragment(f"{own} {inward} {limit}", modifier)])


def _bounds(operand: Operand, text: str, context: QueryContext) -> tuple[str, str] | None:
    label, *ends = text.split("@")
    if operand.kind not in DATE_KINDS or len(ends) not in (0, 2):
        return None
    if not ends:
        # Only a day: the caller's whole day.
        ends = [f"javascript:gs.dateGenerate('{label}','{end}')" for end in ("start", "end")]
    first, last = (typed_value(operand.kind, end, context) for end in ends)
    return (str(first), str(last)) if first is not None and last is not None else None


def _part_number(part: str, value: str) -> int | None:
    names = _PARTS.get(part)
    if names is None:
        return None
    found = [number for number, name in enumerate(names, 1) if value in (name, name[:3])]
    if found:
        return found[0]
    return int(value) if value.isdigit() and len(value) < 9 else None


def _zone_for(operand: Operand, context: QueryContext) -> str:
    # A date has no zone: it is the same day for everybody.
    return context.time_zone.key if operand.kind is Kind.DATE_TIME else "UTC"
