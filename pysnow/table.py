"""A resource of the Table API: the place for what one can do with a table and not with any other path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow.resource import Resource

if TYPE_CHECKING:
    from typing import Any

__all__ = ["Table"]


class Table(Resource):
    """The records of one table. Made by :meth:`pysnow.Client.table`, or by ``resource(api_path="/table/<name>")``.

    Attributes:
        name: Table name, such as ``incident``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name: str = self.table_name or ""
