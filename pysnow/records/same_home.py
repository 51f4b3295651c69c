"""Whether a record, or a reference with its link, belongs where it is used: to this instance, and to this table.

A sys_id says neither, and one that was copied from another instance is often there, too, as that of another record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import InvalidUsage
from pysnow.records.addresses import is_of, place_in_api
from pysnow.records.record import Record

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["refuse_other_instance", "refuse_stranger"]

_REFERENCE: Final = frozenset({"link", "value"})
_SHOWN: Final = _REFERENCE | {"display_value"}
_LINK: Final = re.compile(r"https?://.+", re.ASCII)


def refuse_stranger(table: Table, value: Any) -> None:
    """Refuse a record or reference that certainly is none of a table.

    Whether tables have records in common is known by the client's schema, and of the usual ones without it; where it is
    not known, they may have.

    Args:
        table: The table.
        value: A record, a reference as it was read, or anything else, of which nothing is known.

    Raises:
        InvalidUsage: It is of another instance, or of a table that has no record in common with this one.
    """
    refuse_other_instance(table._base_url, value)
    if isinstance(value, Record):
        named = value.table
    else:
        link = _link_of(value)
        place = place_in_api(link) if link else None
        named = place.table if place else None
    if named is not None and not table._may_hold(named):
        raise InvalidUsage(f"This is a record of {named}, and none of {table.name}: nothing was sent")


def refuse_other_instance(base_url: str, value: Any) -> None:
    """Refuse a record or reference of another instance.

    Args:
        base_url: Address of the instance.
        value: As for :func:`refuse_stranger`.

    Raises:
        InvalidUsage: It is one, or a reference whose link and value name two records.
    """
    home = value._table if isinstance(value, Record) else None
    address = home if home is None or isinstance(home, str) else home._base_url
    link = address if isinstance(value, Record) else _link_of(value)
    if link is None or not _LINK.match(link):
        return
    if not is_of(base_url, link):
        raise InvalidUsage(
            f"This record is of another instance than {base_url}: nothing was sent. Where the same record is meant all"
            " the same, pass its sys_id"
        )
    place = None if isinstance(value, Record) else place_in_api(link)
    if place is not None and place.sys_id is not None and place.sys_id.lower() != str(value["value"]).lower():
        raise InvalidUsage(
            f"The link of this reference names the record {place.sys_id}, and its value {value['value']}"
        )


def _link_of(value: Any) -> str | None:
    """The link of a reference that was read, with its stored value; None of anything else."""
    if isinstance(value, Record) or not isinstance(value, Mapping) or not _REFERENCE <= value.keys() <= _SHOWN:
        return None
    link = value.get("link")
    return link if isinstance(link, str) and _LINK.match(link) else None
