"""Rows by the record that they refer to, for those who have the records' sys_ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from pysnow.encoded_query import check_name
from pysnow.exceptions import InvalidUsage, PysnowException
from pysnow.params_builder import ParamsBuilder, field_list
from pysnow.records.preparing import prepared_query
from pysnow.records.record import Record
from pysnow.relations.children import RowsWanted, checked_keys, chunks_of, read_chunk
from pysnow.relations.finding import Tables
from pysnow.relations.pool import Pool, checked_workers
from pysnow.relations.related_record import RelationError
from pysnow.writing.record_look_up import as_query

if TYPE_CHECKING:
    from pysnow._types import Query
    from pysnow.params_builder import DisplayValue
    from pysnow.table import Table

__all__ = ["Children", "read_children"]


class Children(dict[str, list[Record]]):
    """Rows by the sys_id that they refer to: a list for each that was asked for, empty where there are none.

    Attributes:
        errors: What could not be read; those sys_ids are not in the dict.
    """

    errors: tuple[RelationError, ...] = ()


def read_children(
    table: Table,
    foreign_key: str,
    ids: Iterable[str | Mapping[str, Any]],
    *,
    fields: Iterable[str] | str | None = None,
    query: Query | None = None,
    order_by: str | Iterable[str] | None = None,
    display_value: DisplayValue = False,
    workers: int = 4,
    errors: Literal["raise", "keep"] = "raise",
) -> Children:
    """Read the rows that refer to records; see :meth:`pysnow.Client.children`.

    Args:
        table: Their table.
        foreign_key: As there, and so on.
        ids: Sys_ids, or records.
        fields: Columns.
        query: Which rows.
        order_by: Their order.
        display_value: How they come.
        workers: Most requests at a time.
        errors: What to do about rows that cannot be read.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
        PysnowException: Rows could not be read.
    """
    if errors not in ("raise", "keep"):
        raise InvalidUsage(f"errors must be 'raise' or 'keep', not {errors!r}")
    if display_value not in (True, False, "all"):
        raise InvalidUsage(f"display_value must be True, False or 'all', not {display_value!r}")
    keys = checked_keys(ids)
    wanted = RowsWanted(
        table=table.name,
        key=check_name(foreign_key),
        query="" if query is None else ParamsBuilder.stringify_query(as_query(prepared_query(table, query))),
        fields=() if fields is None else tuple(field_list(fields)),
        order_by=order_by if order_by is None or isinstance(order_by, str) else tuple(order_by),
        shown=display_value,
    )
    pool, tables = Pool(checked_workers(workers)), Tables(table)
    try:
        results = pool.map(lambda chunk: read_chunk(tables, chunk), list(chunks_of(wanted, keys)))
    finally:
        pool.close()
    failed = tuple(
        RelationError(table.name, result.chunk.keys, result.error) for result in results if result.error is not None
    )
    if failed and errors == "raise":
        raise _first(failed)
    found = Children({key: rows for result in results for key, rows in result.rows.items()})
    found.errors = failed
    return found


def _first(failed: tuple[RelationError, ...]) -> PysnowException:
    return failed[0].error
