"""What kinds of columns there are: the types of a schema file, and the ``internal_type`` of an instance for each.

The platform has some hundred field types (product documentation, "Field types"); a schema file has 28. The original is
kept beside, as ``internal_type``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["COLUMN_TYPES", "JOURNALS", "column_type"]

COLUMN_TYPES: Final = frozenset(
    {"string", "integer", "boolean", "decimal", "float", "date_time", "date", "time", "reference", "journal"}
    | {"journal_input", "glide_list", "url", "email", "phone", "currency", "price", "html", "script", "conditions"}
    | {"document_id", "sys_class_name", "domain_id", "duration", "json", "long", "choice", "other"}
)
"""The types of a schema file."""

JOURNALS: Final = frozenset({"journal", "journal_input"})
"""Types whose columns are written to, and always empty when they are read."""

_OF_INTERNAL: Final = {
    "GUID": "string",
    "auto_increment": "long",
    "calendar_date_time": "date_time",
    "currency2": "currency",
    "domain_path": "domain_id",
    "due_date": "date_time",
    "field_name": "string",
    "glide_date": "date",
    "glide_date_time": "date_time",
    "glide_duration": "duration",
    "glide_time": "time",
    "int": "integer",
    "journal_list": "journal",
    "longint": "long",
    "order_index": "integer",
    "percent_complete": "decimal",
    "ph_number": "phone",
    "phone_number_e164": "phone",
    "script_plain": "script",
    "table_name": "string",
    "timer": "duration",
    "translated_field": "string",
    "translated_html": "html",
    "translated_text": "string",
    "user_roles": "string",
}


def column_type(internal_type: str) -> str:
    """Give the type that a schema file has for an ``internal_type``; ``other`` where there is none.

    Args:
        internal_type: As ``sys_dictionary`` has it.
    """
    known = _OF_INTERNAL.get(internal_type, internal_type)
    if known.lower() == "json":
        return "json"
    return known if known in COLUMN_TYPES else "other"
