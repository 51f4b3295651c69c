"""Short constructors that let the table definitions read like a data dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack

from pysnow.sandbox.dictionary.model import Choice, Column


class Flags(TypedDict, total=False):
    """What any column may set besides its name, label and type."""

    max_length: int
    reference_key: str
    cascade: str
    display: bool
    mandatory: bool
    read_only: bool
    unique: bool
    default: str
    choices: tuple[Choice, ...]
    dependent_on: str
    attributes: str


def options(labels: Mapping[str, str], *, dependent: str = "") -> tuple[Choice, ...]:
    """Build a choice list.

    Args:
        labels: Stored value to label, in the order of the list.
        dependent: Value of the column that these choices depend on; empty for always.
    """
    return tuple(Choice(value, label, dependent) for value, label in labels.items())


def same(*values: str) -> tuple[Choice, ...]:
    """Build a choice list whose labels are the stored values themselves."""
    return tuple(Choice(value, value) for value in values)


def dependent_options(lists: Mapping[str, Mapping[str, str]]) -> tuple[Choice, ...]:
    """Build one choice list out of several, each keyed by the value of the column that it depends on."""
    return tuple(choice for value, labels in lists.items() for choice in options(labels, dependent=value))


def column(element: str, label: str, type_: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of any ``internal_type``."""
    return Column(element, label, type_, **flags)


def string(element: str, label: str, length: int = 40, **flags: Unpack[Flags]) -> Column:
    """Return a text column of at most ``length`` characters; with ``choices`` it is a list of texts."""
    flags.setdefault("max_length", length)
    return Column(element, label, "string", **flags)


def integer(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of whole numbers; with ``choices`` it is a list of numbers, such as ``state``."""
    return Column(element, label, "integer", **flags)


def boolean(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a true/false column, false unless the default says otherwise (new rows are never empty here)."""
    flags.setdefault("default", "false")
    return Column(element, label, "boolean", **flags)


def decimal(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of numbers with two decimals."""
    return Column(element, label, "decimal", **flags)


def floating(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of floating point numbers."""
    return Column(element, label, "float", **flags)


def currency(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of amounts of money."""
    return Column(element, label, "currency", **flags)


def price(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of prices, the platform's second type for money."""
    return Column(element, label, "price", **flags)


def date_time(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of points in time, stored in UTC with whole seconds."""
    return Column(element, label, "glide_date_time", **flags)


def date(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of calendar days, without a time zone."""
    return Column(element, label, "glide_date", **flags)


def duration(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of lengths of time, stored as an offset from 1970-01-01."""
    return Column(element, label, "glide_duration", **flags)


def reference(element: str, label: str, table: str, **flags: Unpack[Flags]) -> Column:
    """Return a column that holds the key of one row of ``table``."""
    flags.setdefault("max_length", 32)
    return Column(element, label, "reference", reference=table, **flags)


def glide_list(element: str, label: str, table: str, **flags: Unpack[Flags]) -> Column:
    """Return a column that holds any number of keys of ``table``, joined by commas."""
    flags.setdefault("max_length", 1024)
    return Column(element, label, "glide_list", reference=table, **flags)


def journal_input(element: str, label: str) -> Column:
    """Return a column whose every write appends an entry to ``sys_journal_field``."""
    return Column(element, label, "journal_input", max_length=4000)


def journal(element: str, label: str) -> Column:
    """Return a column that shows journal entries and cannot be typed into."""
    return Column(element, label, "journal", max_length=4000, read_only=True)


def html(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of rich text."""
    flags.setdefault("max_length", 65000)
    return Column(element, label, "html", **flags)


def script(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of server-side JavaScript."""
    flags.setdefault("max_length", 8000)
    return Column(element, label, "script", **flags)


def conditions(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column that holds an encoded query."""
    flags.setdefault("max_length", 4000)
    return Column(element, label, "conditions", **flags)


def url(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column of web addresses."""
    flags.setdefault("max_length", 1024)
    return Column(element, label, "url", **flags)


def table_name(element: str, label: str, **flags: Unpack[Flags]) -> Column:
    """Return a column that holds the name of a table."""
    flags.setdefault("max_length", 80)
    return Column(element, label, "table_name", **flags)


def document_id(element: str, label: str, table_element: str, **flags: Unpack[Flags]) -> Column:
    """Return a column that holds the key of a row whose table is named by another column of the same row."""
    flags.setdefault("max_length", 32)
    flags.setdefault("dependent_on", table_element)
    return Column(element, label, "document_id", **flags)
