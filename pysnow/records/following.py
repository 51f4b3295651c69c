"""From a reference to the record that it refers to.

Instances go by several names: a custom domain beside ``<name>.service-now.com``, and which of them stands in links is a
matter of settings (``glide.rest.replace_request_host_with_property``). Nothing is ever sent to the address in a link of
another name, and no other instance is told from it. What such a link leads to is at most a GET on the client's own
address, of the very sys_id that stands in the reference beside it, and of a table that the dictionary of the client's
own instance names for the column. So a link that was tampered with reads what would have been read without it, or
nothing. References that are passed to a write are refused all the same, see :mod:`pysnow.records.same_home`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import InvalidUsage, NoResults, PermissionDenied
from pysnow.field_value import raw_value
from pysnow.records.addresses import Place, is_of, place_at, place_in_api
from pysnow.records.dictionary import ancestors_of, column_at

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue
    from pysnow.records.record import Record

__all__ = ["referred_record"]

_SEVERAL: Final = "glide_list"
_WHOLE: Final = re.compile(r"https?://.+", re.ASCII)


def referred_record(
    record: Record, path: str, fields: Iterable[str] | str | None, display_value: DisplayValue | None
) -> Record:
    """Read the record that a field refers to: one GET, and the dictionary where no link of this address says the table.

    Args:
        record: The record with the reference.
        path: The field, dot-walked if need be.
        fields: Columns to return; all when None.
        display_value: How it is read; as the record when None.

    Raises:
        ValueNotFetched: Neither the reference nor the ``sys_id`` behind it was fetched.
        InvalidUsage: It is no reference to one record, has a link of another address that cannot be confirmed, or the
            record has no client.
        NoResults: The reference is empty, or what it refers to is not there or may not be read.
        PysnowException: The instance refuses, or does not answer.
    """
    home = record._home
    shown = record._mode if display_value is None else display_value
    link = record.link(path) if path in record else None
    if link is not None:
        place = _place_behind(record, path, link)
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


def _place_behind(record: Record, path: str, link: str) -> Place:
    """What a link points to: of the client's own address as it is, of another one where it is confirmed."""
    address = record._home._base_url
    if not _WHOLE.match(link) or is_of(address, link):
        return place_at(address, link)
    place, stored = place_in_api(link), _stored_beside(record, path)
    if place is None or place.sys_id is None:
        raise _stranger(record, path, "it is none of one record in the Table API")
    if stored is None:
        raise _stranger(record, path, f"no sys_id came beside it: read it with display_value='all', or {path}.sys_id")
    if stored.lower() != place.sys_id.lower():
        raise _stranger(record, path, f"it names the record {place.sys_id}, and the reference {stored}")
    _confirm_table(record, path, place.table)
    return Place(place.table, stored)


def _confirm_table(record: Record, path: str, table: str) -> None:
    """Refuse a table that is neither the one a column refers to, nor extends that: by the own instance's dictionary."""
    home = record._home
    try:
        refers_to = column_at(home, home.name, path).reference
        is_confirmed = table == refers_to or refers_to in ancestors_of(home, table)
    except (InvalidUsage, NoResults, PermissionDenied) as error:
        raise _stranger(record, path, f"the dictionary does not confirm it ({error.message or error})") from error
    if not is_confirmed:
        raise _stranger(record, path, f"it names {table}, and the column refers to {refers_to or 'no table'}")


def _stored_beside(record: Record, path: str) -> str | None:
    """The stored value that came beside a link; not what could be read off the link itself."""
    value = record[path]
    stored = raw_value(value) if isinstance(value, Mapping) and "value" in value else record.get(f"{path}.sys_id")
    return stored if isinstance(stored, str) and stored else None


def _stranger(record: Record, path: str, reason: str) -> InvalidUsage:
    return InvalidUsage(
        f"The link of {path!r} is of another instance than {record._home._base_url}, or of another address of it, and "
        f"{reason}. Nothing was sent there; where the record is meant all the same, read it by its sys_id: "
        "client.table(...).get_by_id(...)"
    )
