"""What is said in Python about records, references and moments, as the calls of a resource take it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pysnow.records.record import Record
from pysnow.records.references import Ref
from pysnow.records.same_home import refuse_other_instance, refuse_stranger
from pysnow.records.typed_values import written_value
from pysnow.writing.plain_values import plain_value

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["prepared_payload", "prepared_query", "prepared_rows", "preparing"]

_Method = TypeVar("_Method", bound=Callable[..., Any])

_WRITTEN: Final = (date, datetime, time, timedelta, Decimal)
"""Types that JSON cannot say, and the Table API has a text for."""


def preparing(*roles: str) -> Callable[[_Method], _Method]:
    """Let a method of a resource take records, references and moments.

    Args:
        roles: Names of its first arguments; ``query``, ``payload``, ``rows``.
    """

    def decorate(method: _Method) -> _Method:
        @wraps(method)
        def call(table: Table, *args: Any, **kwargs: Any) -> Any:
            placed = [_PREPARED[role](table, value) for role, value in zip(roles, args, strict=False)]
            for role in roles[len(args) :]:
                if role in kwargs:
                    kwargs[role] = _PREPARED[role](table, kwargs[role])
            return method(table, *placed, *args[len(roles) :], **kwargs)

        return cast("_Method", call)

    return decorate


def prepared_query(table: Table, query: Any) -> Any:
    """Give a query in which references are looked up, and records stand for their sys_id.

    Args:
        table: The table.
        query: A query in any spelling, or a record.

    Raises:
        InvalidUsage: A record or reference is of another instance, or certainly none of the table.
        PysnowException: A reference cannot be looked up.
    """
    if isinstance(query, (Record, dict)):
        refuse_stranger(table, query)
    if isinstance(query, Record):
        return {"sys_id": query.sys_id}
    if type(query) is not dict:
        return query
    return _with_changed(query, lambda name, value: _identity(table, value))


def prepared_payload(table: Table, payload: Any) -> Any:
    """Give a payload in which references are looked up, records stand for their sys_id, and moments are in UTC.

    Args:
        table: The table.
        payload: Fields, or a list of such.

    Raises:
        InvalidUsage: A datetime says no time zone, a value is missing (NaN, NaT); or a record was read with
            ``display_value=True``.
        PysnowException: A reference cannot be looked up.
    """
    if isinstance(payload, list):
        return [prepared_payload(table, row) for row in payload]
    if isinstance(payload, Record):
        payload.check_storable()
    if not isinstance(payload, dict):
        return payload
    return _with_changed(payload, lambda name, value: _written(table, name, value))


def prepared_rows(table: Table, rows: Any) -> Any:
    """Give the payloads of many writes, prepared; those of an iterator as they are asked for.

    Args:
        table: The table.
        rows: Payloads.

    Raises:
        PysnowException: As :func:`prepared_payload`; for an iterator, when it is read.
    """
    return (
        (prepared_payload(table, row) for row in rows) if isinstance(rows, Iterator) else prepared_payload(table, rows)
    )


_PREPARED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "query": prepared_query,
    "payload": prepared_payload,
    "rows": prepared_rows,
}


def _with_changed(fields: dict[str, Any], change: Callable[[str, Any], Any]) -> dict[str, Any]:
    """The same dict, unless a value in it is another now."""
    new = {name: change(name, value) for name, value in fields.items() if type(value) is not str}
    return {**fields, **new} if any(new[name] is not fields[name] for name in new) else fields


def _written(table: Table, name: str, value: Any) -> Any:
    value = plain_value(name, value)
    return written_value(name, value) if isinstance(value, _WRITTEN) else _identity(table, value)


def _identity(table: Table, value: Any) -> Any:
    if isinstance(value, Record):
        refuse_other_instance(table._base_url, value)
        return value.sys_id
    if isinstance(value, Ref):
        return value.bound(table).sys_id
    if isinstance(value, (list, tuple)) and any(isinstance(member, (Record, Ref)) for member in value):
        return [_identity(table, member) for member in value]
    return value
