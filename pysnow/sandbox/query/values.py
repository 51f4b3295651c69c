"""From the text of a value to what the database compares, by the kind of the column."""

from __future__ import annotations

from datetime import datetime

from pysnow.sandbox.dictionary.types import Kind, boolean_value, date_value, number_value
from pysnow.sandbox.query.compiled import SqlValue
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.scripts import SCRIPT_PREFIX, evaluate

DATE_KINDS = frozenset({Kind.DATE, Kind.DATE_TIME, Kind.TIME, Kind.DURATION})
NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL})


def plain_text(text: str, context: QueryContext) -> str | None:
    """Give a value as text, its script evaluated if it is one; None when the script is not allowed."""
    if not text.startswith(SCRIPT_PREFIX):
        return text
    result = evaluate(text[len(SCRIPT_PREFIX) :], context)
    return utc_text(result) if isinstance(result, datetime) else result


def typed_value(kind: Kind, text: str, context: QueryContext) -> SqlValue:
    """Give a value as the database compares it.

    Literal date-times are UTC, as they are over web services; a script's moment becomes the caller's day for a date
    column. None when the script is not allowed, or the text is no date where one is needed.
    """
    if not text.startswith(SCRIPT_PREFIX):
        return literal(kind, text)
    result = evaluate(text[len(SCRIPT_PREFIX) :], context)
    if isinstance(result, datetime):
        return moment_value(kind, result, context)
    return None if result is None else literal(kind, result)


def literal(kind: Kind, text: str) -> SqlValue:
    """Give a literal as the database compares it; None when it is no date where one is needed."""
    if kind is Kind.BOOLEAN:
        return int(boolean_value(text))
    if kind in NUMBER_KINDS:
        return number_value(text) if text else None
    return date_value(kind, text) if kind in DATE_KINDS else text


def moment_value(kind: Kind, moment: datetime, context: QueryContext) -> str:
    """Give a moment as a column of a kind holds it."""
    local = moment.astimezone(context.time_zone)
    if kind is Kind.DATE:
        return local.date().isoformat()
    return f"1970-01-01 {local:%H:%M:%S}" if kind is Kind.TIME else utc_text(moment)


def utc_text(moment: datetime) -> str:
    """Give a UTC moment the way it is stored."""
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
