"""Which tables an instance has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow.encoded_query import AnyOf, Condition
from pysnow.exceptions import IncompleteResult

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["tables_like"]


def tables_like(tables: Table, like: str | None) -> dict[str, str]:
    """Give labels of tables by their names; see ``Client.tables``.

    Args:
        tables: The table ``sys_db_object``.
        like: Text that name or label holds; None for all.

    Raises:
        InvalidUsage: It is no text; nothing was sent.
        IncompleteResult: Tables were counted, and none may be seen.
    """
    query = "" if like is None else str(AnyOf((Condition("name", "LIKE", like), Condition("label", "LIKE", like))))
    with tables.iterate(query, ["name", "label"], display_value=False, verify="off") as rows:
        found = {row["name"]: row["label"] for row in rows}
    if not found and (rows.report.hidden or rows.report.complete is not True):
        raise IncompleteResult(
            "sys_db_object may not be read: tables were counted in it, and none came",
            table=tables.name,
            hint="Instances hide its rows instead of refusing: call as a user who may read it, such as an admin",
        )
    return dict(sorted(found.items()))
