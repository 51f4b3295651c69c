"""The half of a GlideRecord that says which rows are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pysnow.criterion import Criterion, OrderCriterion, Term
from pysnow.encoded_query import check_name
from pysnow.enums import Order
from pysnow.exceptions import InvalidUsage, QueryTypeError
from pysnow.gliderecord.conditions import JoinQuery, QueryCondition, RelatedListQuery, condition
from pysnow.gliderecord.terms import Collected, EncodedText
from pysnow.query_values import short

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["GlideQuery"]

_COUNT: Final = re.compile(r"(?:=|!=|>=|<=|>|<)[0-9]{1,9}", re.ASCII)


class GlideQuery:
    """Conditions, orders, columns and a limit, which hold from the next :meth:`GlideRecord.query` on.

    Args:
        table: The table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._parts: list[QueryCondition | JoinQuery | RelatedListQuery | Criterion] = []
        self._is_handwritten = False
        self._fields: list[str] | None = None
        self._limit: int | None = None

    # -- conditions ----------------------------------------------------------------------------------------------------

    def add_query(self, name: str, operator: object = ..., value: object = ...) -> QueryCondition:
        """Demand a condition: ``add_query("active", "true")``, ``add_query("priority", "<=", 2)``.

        A value is data, whatever it holds; what the instance is to evaluate is a :class:`~pysnow.Script`.

        Args:
            name: The column, dot-walked if need be; alone, an encoded query.
            operator: Operator, such as ``">="`` or ``"IN"``; or the value that the column equals.
            value: Text, number, boolean, date or datetime, which is in UTC unless it says its zone; a list for ``IN``,
                two ends for ``BETWEEN``, an empty text for ``ISEMPTY``.

        Raises:
            QueryTypeError: There is no such operator, or it cannot carry the value.
        """
        if operator is ...:
            return self.add_encoded_query(name)
        return self._added(condition(name, operator, value))

    def add_encoded_query(self, query: str) -> QueryCondition:
        """Demand what an encoded query says, in each of its parts; orders in it count, too.

        Args:
            query: The query.

        Raises:
            QueryTypeError: It begins or ends within a term.
        """
        text = EncodedText(query)
        self._is_handwritten = True
        return self._added(text)

    def add_active_query(self) -> QueryCondition:
        """Demand active records (``active=true``)."""
        return self.add_query("active", True)

    def add_null_query(self, name: str) -> QueryCondition:
        """Demand that a column is empty (``ISEMPTY``).

        Args:
            name: The column.

        Raises:
            QueryTypeError: It is no column name.
        """
        return self._added(Term(name).is_empty())

    def add_not_null_query(self, name: str) -> QueryCondition:
        """Demand that a column is not empty (``ISNOTEMPTY``).

        Args:
            name: The column.

        Raises:
            QueryTypeError: It is no column name.
        """
        return self._added(Term(name).is_not_empty())

    def add_join_query(self, join_table: str, primary_field: str, join_table_field: str) -> JoinQuery:
        """Demand that another table has a row with the same value (``JOIN``).

        Args:
            join_table: The other table.
            primary_field: Column of this table, such as ``sys_id``.
            join_table_field: Column of the other table.

        Returns:
            The join; conditions on the rows of the other table are added to it.

        Raises:
            QueryTypeError: One of them is no name.
        """
        names = [check_name(name) for name in (join_table, primary_field, join_table_field)]
        join = JoinQuery(f"{self._table.name}.{names[1]}={names[0]}.{names[2]}")
        self._parts.append(join)
        return join

    def add_rl_query(self, related_table: str, related_field: str, count: str) -> RelatedListQuery:
        """Demand how many rows of another table refer to a row (``RLQUERY``).

        Args:
            related_table: The other table.
            related_field: Its column that refers to this table.
            count: Comparison and number, such as ``">0"`` or ``"=0"``.

        Returns:
            The related query; conditions on the rows of the other table are added to it.

        Raises:
            QueryTypeError: One of them is no name, or ``count`` is something else.
        """
        given: object = count
        if not isinstance(given, str) or not _COUNT.fullmatch(given):
            raise QueryTypeError(f"The number of related rows is such as '>0' or '=0', not {short(count)}")
        related = RelatedListQuery(f"{check_name(related_table)}.{check_name(related_field)},{count}")
        self._parts.append(related)
        return related

    def get_encoded_query(self) -> str:
        """Give all that was added as an encoded query, orders included.

        Raises:
            QueryExpressionError: Multiplied out, it has too many conditions.
        """
        return str(self._meant())

    # -- orders, columns, limit ----------------------------------------------------------------------------------------

    def order_by(self, name: str) -> None:
        """Order by a column, lowest first; equal rows are in the order of ``sys_id``.

        Args:
            name: The column.

        Raises:
            QueryTypeError: It is no column name.
        """
        self._parts.append(OrderCriterion(name))

    def order_by_desc(self, name: str) -> None:
        """Order by a column, highest first; see :meth:`order_by`.

        Args:
            name: The column.

        Raises:
            QueryTypeError: It is no column name.
        """
        self._parts.append(OrderCriterion(name, Order.desc))

    @property
    def fields(self) -> list[str] | None:
        """Columns to read, dot-walked ones among them, and ``sys_id`` beside them; None for all of the table."""
        return self._fields

    @fields.setter
    def fields(self, fields: Iterable[str] | str | None) -> None:
        names = fields.split(",") if isinstance(fields, str) else fields
        checked = None if names is None else [check_name(name) for name in names]
        self._fields = [*checked, "sys_id"] if checked and "sys_id" not in checked else checked or None

    @property
    def limit(self) -> int | None:
        """Most rows to read; None for all."""
        return self._limit

    @limit.setter
    def limit(self, limit: int | None) -> None:
        if limit is not None and (type(limit) is not int or limit < 0):
            raise InvalidUsage(f"A limit is a number of rows, 0 or more, or None; not {limit!r}")
        self._limit = limit

    def set_limit(self, limit: int | None) -> None:
        """Read so many rows at the most; the same as :attr:`limit`.

        Args:
            limit: Number of rows; None for all.

        Raises:
            InvalidUsage: It is no such number.
        """
        self.limit = limit

    def get_table_name(self) -> str:
        """Give the name of the table."""
        return self._table.name

    def _added(self, criterion: Criterion) -> QueryCondition:
        added = QueryCondition([criterion])
        self._parts.append(added)
        return added

    def _meant(self) -> Collected:
        """What was added, as it is now."""
        return Collected(part if isinstance(part, Criterion) else part.criterion for part in self._parts)
