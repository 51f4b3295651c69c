"""A record by what is at hand: its number, its address, its sys_id and table, a reference to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pysnow.exceptions import HTTPStatusError, InvalidUsage, NoResults, PysnowException
from pysnow.field_value import raw_value
from pysnow.records.addresses import place_at
from pysnow.records.finding import by_sys_id, by_value, only_of
from pysnow.records.number_prefixes import BUNDLED, prefix_of, tables_of_instance
from pysnow.records.record import Record
from pysnow.records.resolving import is_address

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue
    from pysnow.table import Table

__all__ = ["look_up"]

_SYS_ID: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_PAIR: Final = re.compile(r"([a-z0-9_]+):(.+)", re.ASCII)
_Tables: TypeAlias = "Callable[[str], Table]"


def look_up(
    tables: _Tables,
    what: str | Mapping[str, Any],
    table: str | None,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
) -> Record:
    """Give the record that is meant; see ``Client.lookup``.

    Args:
        tables: Makes the resource of a table.
        what: Number, address, ``table:number``, sys_id, reference or record.
        table: Table of the record.
        fields: Columns to return.
        display_value: As for ``get``.

    Raises:
        InvalidUsage: It cannot be read as any of these, or belongs to another instance; nothing was sent.
        NoResults: There is no such record, or it may not be read.
        MultipleResults: Several records have the number; the error lists them.
        PysnowException: The instance refuses, or does not answer.
    """

    def by_id(name: str, sys_id: object) -> Record:
        return _certain(by_sys_id(tables(name), sys_id, fields, display_value, ...))

    text, table = _read(what, table)
    if is_address(text):
        place = place_at(tables("sys_user")._base_url, text)
        if place.sys_id is not None:
            return by_id(place.table, place.sys_id)
        return _certain(only_of(tables(place.table), place.query, fields, display_value, ...))
    if _SYS_ID.fullmatch(text):
        if table is None:
            raise InvalidUsage(f"A sys_id alone does not say its table: pass table=, or '<table>:{text}'")
        return by_id(table, text)
    prefix = prefix_of(text)
    if prefix is None:
        raise InvalidUsage(
            f"{text[:80]!r} is no number such as INC0010001, no address, and no '<table>:<number>'; records of other "
            "names are found with client.table(...).find()"
        )
    names = (table,) if table is not None else _tables_for(tables, prefix)
    return _numbered(tables, names, text.upper() if text.islower() else text, fields, display_value)


def _read(what: object, table: str | None) -> tuple[str, str | None]:
    """What is to be looked up as a text, and its table as far as it was said."""
    if isinstance(what, Record):
        return what.sys_id, what.table or table
    if isinstance(what, Mapping):
        link = what.get("link")
        sys_id = raw_value(what)
        if table is None and isinstance(link, str) and link:
            return link, None
        what = sys_id if isinstance(sys_id, str) else what.get("sys_id")
    if not isinstance(what, str) or not what.strip():
        raise InvalidUsage(
            f"lookup() takes a number, an address, a sys_id with its table, or a record; not {what!r:.80}"
        )
    text = what.strip()
    pair = None if is_address(text) else _PAIR.fullmatch(text)
    if pair is None:
        return text, table
    if table not in (None, pair[1]):
        raise InvalidUsage(f"{text!r} names another table than table={table!r}")
    return pair[2], pair[1]


def _tables_for(tables: _Tables, prefix: str) -> Iterator[str]:
    """Tables in which a number may be: the one that is delivered so, then those that this instance names."""
    if prefix in BUNDLED:
        yield BUNDLED[prefix]
    yield from (name for name in tables_of_instance(tables("sys_number"), prefix) if name != BUNDLED.get(prefix))


def _numbered(
    tables: _Tables,
    names: Iterable[str],
    number: str,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
) -> Record:
    asked: list[str] = []
    missing: list[str] = []
    failure: PysnowException | None = None
    for name in names:
        asked.append(name)
        try:
            return by_value(tables(name), None, {"number": number}, fields, display_value, exactly=False)
        except NoResults as error:
            failure = error
        except HTTPStatusError as error:
            if not _is_no_table(error):
                raise
            failure = error
            missing.append(name)
    if asked and asked == missing:
        raise NoResults(
            f"{number} is a number of {' or '.join(missing)}, and this instance has no such table: a plugin or "
            "application is not installed, or the user may not see it. Pass table= if its records are elsewhere"
        ) from failure
    if not asked:
        raise NoResults(f"No table is known to number its records like {number}: pass table=")
    where = " or ".join(name for name in asked if name not in missing)
    raise NoResults(f"No record of {where} has the number {number}, or it may not be read") from failure


def _is_no_table(error: HTTPStatusError) -> bool:
    """Whether the instance has no such table: 400 "Invalid table" (Table API)."""
    return error.status == 400 and (error.message or "").startswith("Invalid table")


def _certain(record: object) -> Record:
    assert isinstance(record, Record)  # without a default, there is one or an error
    return record
