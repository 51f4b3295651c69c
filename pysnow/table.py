"""A resource of the Table API: the place for what one can do with a table and not with any other path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow.misspelt_keywords import naming_keywords
from pysnow.table_writes import TableWrites
from pysnow.url_builder import checked_table

if TYPE_CHECKING:
    from typing import Literal

    from pysnow._types import Query
    from pysnow.apis.aggregate import Columns, Having
    from pysnow.apis.statistics import Stats
    from pysnow.schema.describing import TableDescription


__all__ = ["Table"]


@naming_keywords
class Table(TableWrites):
    """The records of one table. Made by :meth:`pysnow.Client.table`, or by ``resource(api_path="/table/<name>")``.

    Attributes:
        name: Table name, such as ``incident``.
    """

    def list_url(self, query: Query | None = None) -> str:
        """Give the address of the list for a browser; ``Client.lookup`` reads it back. Nothing is sent.

        Args:
            query: As for :meth:`get`; all records when not given.
        """
        from pysnow.records.addresses import list_url

        return list_url(self._base_url, self.name, self._walked(query, None).query)

    def aggregate(
        self,
        query: Query | None = None,
        *,
        count: bool = True,
        avg: Columns = (),
        sum: Columns = (),  # noqa: A002  # the platform's own words
        min: Columns = (),  # noqa: A002
        max: Columns = (),  # noqa: A002
        group_by: Columns = (),
        having: Having = (),
        order_by: Columns = (),
        display_value: bool | Literal["all"] = "all",
        strict: bool | None = None,
    ) -> Stats:
        """Let the instance work out numbers over the records that match: one GET of the Aggregate API.

        It demands that the user may read the table, and counts records that access rules hide, too.

        Args:
            query: As for :meth:`~pysnow.Resource.get`; all records when not given.
            count: Whether to count them (``sysparm_count``).
            avg: Columns to average (``sysparm_avg_fields``), as a list or joined by commas. An average of durations is
                a ``timedelta``, one of moments a text; which it is, the dictionary is asked once.
            sum: Columns to add up (``sysparm_sum_fields``). A sum of durations is a ``timedelta``.
            min: Columns whose least value is wanted (``sysparm_min_fields``).
            max: Columns whose greatest value is wanted (``sysparm_max_fields``).
            group_by: Columns whose values make a group (``sysparm_group_by``).
            having: Conditions on groups, all of which must hold: ``[("count", "state", ">", 10)]``
                (``sysparm_having``).
            order_by: Columns, ``"count"`` or such as ``"avg^priority"`` to order groups by, ``-`` before one for
                descending (``sysparm_order_by``).
            display_value: ``"all"`` for values and labels of groups, False for values, True for labels alone.
            strict: As for :meth:`~pysnow.Resource.get`; ``having`` is checked, too.

        Returns:
            The numbers; with ``group_by`` a sequence of groups, each with its own.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            QueryIgnored: ``strict``, and the table has no such column.
            MissingResult: The answer holds no statistics.
            PysnowException: The instance refuses, such as for a column that the table does not have, or does not
                answer.
        """
        from pysnow.apis.aggregate import Aggregation, read_statistics

        asked = Aggregation.of(
            self._walked(query, None).query,
            count=count,
            avg=avg,
            sum=sum,
            min=min,
            max=max,
            group_by=group_by,
            having=having,
            order_by=order_by,
            display_value=display_value,
        )
        self._heed_columns(strict, asked.params.get("sysparm_query", ""), asked.columns)
        aggregate = self._sibling(f"/stats/{self.name}")._request
        return read_statistics(aggregate, asked, lambda columns: self._column_types(columns, False))

    def describe(self) -> TableDescription:
        """Describe the table for people: its columns, their types, labels, choices and references.

        The client's schema is asked if it has the table whole; else the dictionary of the instance is read, in some
        eight GETs, and remembered for an hour.

        Raises:
            InvalidUsage: There is no such table, or this user may not see it.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.schema.of_table import schema_of

        return schema_of(self).describe(self.name)

    def other(self, name: str) -> Table:
        """Give another table of the same client, without this one's parameters.

        Args:
            name: Table name.

        Raises:
            InvalidUsage: It is no such name.
        """
        path = f"{self._api_path.partition('/table/')[0]}/table/{checked_table(name)}"
        return Table(self._base_url, self._base_path, path, transport=self._transport, **self.kwargs)
