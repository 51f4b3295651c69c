"""Whether a table has the columns that a read names: asked once for each, because the instance ignores unknown ones."""

from __future__ import annotations

from collections.abc import Iterable
from types import EllipsisType
from typing import TYPE_CHECKING

from pysnow.encoded_query import parse
from pysnow.exceptions import PysnowException
from pysnow.params_builder import ParamsBuilder
from pysnow.writing.query_echo import missing_columns, named_columns, unknown_column

if TYPE_CHECKING:
    from pysnow._types import Timeout
    from pysnow.request import SnowRequest
    from pysnow.writing.table_memory import TableMemory

__all__ = ["check_columns"]


def check_columns(
    request: SnowRequest,
    table: str,
    memory: TableMemory,
    *,
    query: str = "",
    columns: Iterable[str] = (),
    timeout: Timeout | EllipsisType = ...,
) -> None:
    """Refuse columns that a table does not have: one GET of one record, with those columns that are new.

    Where one is refused, another GET tells the columns that are near to it.

    Args:
        request: Sends to the table's path.
        table: The table.
        memory: Knows the columns that were seen before.
        query: Encoded query; columns of its conditions and orders are meant.
        columns: Further columns.
        timeout: Seconds to connect and to read.

    Raises:
        QueryIgnored: The table has no such column, or the user may not read it.
        QueryTypeError: The query cannot be read, so its columns are not known.
        PysnowException: The answer cannot be read.
    """
    named = (*named_columns(parse(query), with_orders=True), *(column.lower() for column in columns))
    unseen = memory.unseen(table, dict.fromkeys(named))
    if not unseen:
        return
    probe = ParamsBuilder()
    probe.limit, probe.fields, probe.exclude_reference_link = 1, unseen, True
    row = request.get(probe, timeout=timeout).first_or_none()
    if row is None:  # an empty table tells nothing
        return
    missing = missing_columns(row, unseen)
    memory.see(table, [column for column in unseen if column not in missing])
    if missing:
        known = () if "." in missing[0] else _known(request, timeout)
        raise unknown_column(missing[0], table, known)


def _known(request: SnowRequest, timeout: Timeout | EllipsisType) -> tuple[str, ...]:
    """Columns that the table has, as one record tells: one GET; none when that fails, since an error is on its way."""
    probe = ParamsBuilder()
    probe.limit, probe.exclude_reference_link = 1, True
    try:
        return tuple(request.get(probe, timeout=timeout, heal=False).first_or_none() or ())
    except PysnowException:
        return ()
