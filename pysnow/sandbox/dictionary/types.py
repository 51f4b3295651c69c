"""What each ``internal_type`` of the dictionary holds, and how its raw text is kept.

A type is known by its *kind*: how its values compare, sort and are stored. Names follow the platform's list of field
types (product documentation "Field types" and "Database field types"); a type that is not listed keeps text.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum, auto

from pysnow.sandbox.dictionary.model import Column


class Kind(Enum):
    """How the values of a column compare, sort and are stored."""

    TEXT = auto()
    INTEGER = auto()
    DECIMAL = auto()
    BOOLEAN = auto()
    DATE = auto()
    DATE_TIME = auto()
    TIME = auto()
    DURATION = auto()
    REFERENCE = auto()
    LIST = auto()
    NOTHING = auto()
    """The row itself holds no value: journals keep theirs in ``sys_journal_field``, tags in ``label_entry``."""


_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("integer", "int", "order_index", "auto_increment", "longint", "long"), Kind.INTEGER),
    **dict.fromkeys(("decimal", "float", "percent_complete", "currency", "currency2", "price"), Kind.DECIMAL),
    "boolean": Kind.BOOLEAN,
    "glide_date": Kind.DATE,
    **dict.fromkeys(("glide_date_time", "due_date", "calendar_date_time"), Kind.DATE_TIME),
    "glide_time": Kind.TIME,
    **dict.fromkeys(("glide_duration", "timer"), Kind.DURATION),
    "reference": Kind.REFERENCE,
    "glide_list": Kind.LIST,
    **dict.fromkeys(("journal", "journal_input", "journal_list", "related_tags", "collection"), Kind.NOTHING),
}

_LENGTHS: dict[str, int] = {
    "string": 40,
    "choice": 40,
    "email": 100,
    "url": 1024,
    "ip_addr": 40,
    "ph_number": 40,
    "phone_number_e164": 40,
    "sys_class_name": 80,
    "table_name": 80,
    "field_name": 80,
    "GUID": 32,
    "reference": 32,
    "document_id": 32,
}

# Further types that keep text, as the lists of field types name them.
_TEXTS = frozenset(
    {"approval_rules", "color", "compressed", "conditions", "css", "days_of_week", "domain_id", "domain_path", "html"}
    | {"image", "json", "password", "password2", "radio", "repeat_type", "schedule_date_time", "script", "script_plain"}
    | {"slushbucket", "template_value", "translated_field", "translated_html", "translated_text", "user_image"}
    | {"user_input", "user_roles", "variables", "video", "wiki_text", "workflow", "xml"}
)

_DATE_TIME_FORMATS = {
    Kind.DATE: ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S"),
    Kind.DATE_TIME: ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"),
    Kind.TIME: ("%Y-%m-%d %H:%M:%S", "%H:%M:%S"),
    Kind.DURATION: ("%Y-%m-%d %H:%M:%S",),
}
# Four digits of year: strptime alone would take "26-3-1", which the platform does not.
_DATE_SHAPE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})?( ?\d{1,2}:\d{1,2}:\d{1,2})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_TRUE_WORDS = frozenset({"true", "1"})
_INT64 = 2**63 - 1


def kind_of(internal_type: str) -> Kind:
    """Tell the kind of an ``internal_type``; ``Kind.TEXT`` for one that is not listed."""
    return _KINDS.get(internal_type, Kind.TEXT)


def known_types() -> frozenset[str]:
    """Name the types that are known, those that keep text included."""
    return frozenset({*_KINDS, *_LENGTHS, *_TEXTS})


def length_of(column: Column) -> int:
    """Tell how many characters a text column keeps; 0 means any number.

    Without ``max_length`` the default of the type counts; large text types (``html``, ``script`` ...) are not cut.
    """
    return column.max_length or _LENGTHS.get(column.type, 0)


def is_number(text: str) -> bool:
    """Tell whether a text is a plain decimal number, such as ``-12`` or ``3.50``."""
    return _NUMBER.fullmatch(text) is not None


def number_value(text: str) -> int | float:
    """Give the number a text stands for; 0 for one that is no number, the way the database casts it (our default)."""
    text = text.strip()
    if not is_number(text):
        return 0
    if text.lstrip("+-").isdigit() and len(text) <= 20:
        number = int(text)
        return number if abs(number) <= _INT64 else float(text)
    return float(text)


def boolean_value(text: str) -> bool:
    """Give the truth a text stands for: ``true`` and ``1`` are true, everything else is false (our default)."""
    return text.strip().lower() in _TRUE_WORDS


def date_value(kind: Kind, text: str) -> str | None:
    """Give the stored form of a date, date-time, time or duration; None when the text is none.

    Args:
        kind: One of ``DATE``, ``DATE_TIME``, ``TIME``, ``DURATION``.
        text: Raw value: ``YYYY-MM-DD``, ``YYYY-MM-DD HH:MM:SS`` (UTC) or, for a time, ``HH:MM:SS``.
    """
    moment = _moment(kind, text.strip())
    if moment is None:
        return None
    if kind is Kind.DATE:
        return f"{moment:%Y-%m-%d}".rjust(10, "0")
    if kind is Kind.TIME:
        return f"1970-01-01 {moment:%H:%M:%S}"
    # strftime does not pad years below 1000 on every platform, isoformat does.
    return moment.isoformat(sep=" ", timespec="seconds")


def stored_value(column: Column, text: str) -> str | None:
    """Give what an instance keeps of a raw text written to a column; None means that the field ends up empty.

    Over-long text is cut by the database layer, a wrong date or number leaves the field empty, no error is raised
    (our default).
    """
    kind = kind_of(column.type)
    if text == "" or kind is Kind.NOTHING:
        return None
    if kind is Kind.BOOLEAN:
        return "true" if boolean_value(text) else "false"
    if kind is Kind.INTEGER:
        return str(int(number_value(text))) if _is_finite_number(text) else None
    if kind is Kind.DECIMAL:
        return text.strip() if _is_finite_number(text) else None
    if kind in _DATE_TIME_FORMATS:
        return date_value(kind, text)
    length = length_of(column)
    return text[:length] if length else text


def _is_finite_number(text: str) -> bool:
    return is_number(text.strip()) and abs(number_value(text)) <= _INT64


def _moment(kind: Kind, text: str) -> datetime | None:
    if not _DATE_SHAPE.fullmatch(text):
        return None
    for form in _DATE_TIME_FORMATS[kind]:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None
