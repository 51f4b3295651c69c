"""The fields of one write, of whatever call: labels exchanged, defaults laid under them, compared with the schema.

All writes with fields pass here: those of single records, of many rows, of batches. What the years before have of their
own (:mod:`pysnow.legacy_request`) and what an upsert finds out on its way asks :meth:`Table._check_payload` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.records.choice_labels import with_stored_values
from pysnow.records.payload_defaults import completed
from pysnow.writing.one_record import one_record

if TYPE_CHECKING:
    from pysnow.records.choice_labels import Labels
    from pysnow.table import Table

__all__ = ["changed_fields", "fields_of_new"]


def fields_of_new(table: Table, payload: object, params: Mapping[str, Any] | None, labels: Labels = False) -> Any:
    """Give the fields of a record that is to be created.

    Args:
        table: The table.
        payload: The fields as they were given, references looked up and moments in UTC.
        params: Query parameters of the call.
        labels: Whether texts may be labels of choices, and of which language.

    Raises:
        InvalidUsage: They are not those of one record, or a text is no choice of its column.
        SchemaMismatch: The client is strict about its schema, and they do not fit.
        PysnowException: A default cannot be looked up.
    """
    fields = completed(table, _stored(table, one_record(payload), labels))
    table._check_payload("create", fields, params)
    return fields


def changed_fields(table: Table, payload: Any, params: Mapping[str, Any] | None, labels: Labels = False) -> Any:
    """Give the fields that are to be changed.

    Args:
        table: The table.
        payload: As for :func:`fields_of_new`, and so are the others.
        params: Query parameters of the call.
        labels: As there.

    Raises:
        InvalidUsage: A text is no choice of its column.
        SchemaMismatch: The client is strict about its schema, and they do not fit.
    """
    fields = _stored(table, payload, labels)
    table._check_payload("update", fields, params)
    return fields


def _stored(table: Table, payload: Any, labels: Labels) -> Any:
    return payload if labels is False else with_stored_values(table, payload, labels)
