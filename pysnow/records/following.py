"""From a reference to the record that it refers to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import InvalidUsage, NoResults
from pysnow.records.addresses import place_at
from pysnow.records.dictionary import column_at

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue
    from pysnow.records.record import Record

__all__ = ["referred_record"]

_SEVERAL: Final = "glide_list"


def referred_record(
    record: Record, path: str, fields: Iterable[str] | str | None, display_value: DisplayValue | None
) -> Record:
    """Read the record that a field refers to: one GET, and the dictionary where no link says the table.

    Args:
        record: The record with the reference.
        path: The field, dot-walked if need be.
        fields: Columns to return; all when None.
        display_value: How it is read; as the record when None.

    Raises:
        ValueNotFetched: Neither the reference nor the ``sys_id`` behind it was fetched.
        InvalidUsage: It is no reference to one record, is of another instance, or the record has no client.
        NoResults: The reference is empty, or what it refers to is not there or may not be read.
        PysnowException: The instance refuses, or does not answer.
    """
    home = record._home
    shown = record._mode if display_value is None else display_value
    link = record.link(path) if path in record else None
    if link is not None:
        place = place_at(home._base_url, link)
        table = home.other(place.table)
        if place.sys_id is None:  # of a reference that is kept by another column, the link is a query
            return table.one(place.query, fields, display_value=shown)
        return table.get_by_id(place.sys_id, fields, display_value=shown)
    sys_id_behind = f"{path}.sys_id"
    sys_id = record.raw(sys_id_behind if path not in record and sys_id_behind in record else path)
    if not sys_id:
        raise NoResults(f"{path!r} is empty, and refers to no record", table=home.name)
    column = column_at(home, home.name, path)
    if not column.reference or column.kind == _SEVERAL:
        raise InvalidUsage(f"{path!r} is a column of type {column.kind}, and refers to no single record")
    return home.other(column.reference).get_by_id(sys_id, fields, display_value=shown)
