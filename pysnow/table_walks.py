"""A table from end to end, and over time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast, overload

from pysnow.params_builder import field_list
from pysnow.records.preparing import prepared_query, preparing
from pysnow.resource import Resource
from pysnow.tracking.change_reader import COLUMNS
from pysnow.tracking.changes import Changes, ChangesOptions, OpenReading, TableToRead, open_reading
from pysnow.tracking.history import History, HistoryOptions
from pysnow.tracking.stamp_source import StampSource
from pysnow.tracking.watch import Watch, checked_interval
from pysnow.walking.iteration import Place, WalkOptions, begin_walk
from pysnow.walking.query_branches import without_orders
from pysnow.walking.row_count import count_rows
from pysnow.writing.record_look_up import as_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from types import EllipsisType
    from typing import Any, Literal, TypeVar

    from pysnow._types import Query, Timeout
    from pysnow.params_builder import ParamsBuilder
    from pysnow.relations.related_walk import RelatedWalk
    from pysnow.relations.wanted import Related
    from pysnow.table import Table
    from pysnow.tracking.change import Deletions
    from pysnow.walking.record_iterator import RecordIterator, Verify
    from pysnow.walking.row_count import Count
    from pysnow.walking.walk_report import Consistency

    Default = TypeVar("Default")

__all__ = ["TableWalks"]


class TableWalks(Resource):
    """What every :class:`~pysnow.Table` does with many records at once.

    Attributes:
        name: Table name, such as ``incident``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name: str = self.table_name or ""

    get = preparing("query")(Resource.get)

    @overload
    def iterate(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        page_size: int = 1000,
        limit: int | None = None,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        exclude_reference_link: bool | None = None,
        workers: int = 1,
        resume: str | None = None,
        progress: bool | Callable[[int, int | None], object] | None = None,
        verify: Verify = "warn",
        consistency: Consistency = "exact",
        strict: bool | None = None,
        related: None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RecordIterator: ...

    @overload
    def iterate(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        page_size: int = 1000,
        limit: int | None = None,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        exclude_reference_link: bool | None = None,
        workers: int = 1,
        resume: str | None = None,
        progress: bool | Callable[[int, int | None], object] | None = None,
        verify: Verify = "warn",
        consistency: Consistency = "exact",
        strict: bool | None = None,
        related: Related,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RelatedWalk: ...

    def iterate(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        page_size: int = 1000,
        limit: int | None = None,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        exclude_reference_link: bool | None = None,
        workers: int = 1,
        resume: str | None = None,
        progress: bool | Callable[[int, int | None], object] | None = None,
        verify: Verify = "warn",
        consistency: Consistency = "exact",
        strict: bool | None = None,
        related: Related | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RecordIterator:
        """Walk through all records that match, page by page, and give them one by one.

        Every record that is there, and visible to you, for the whole walk comes exactly once, whatever is created,
        changed or deleted meanwhile, and however the instance caps or cuts its pages. Or an error is raised that knows
        how many came (``received``), the last of them (``last_sys_id``), and a ``resume_token``; both parts together
        keep the promise. Records that come, go, begin or cease to match during the walk may come or not; there is no
        snapshot, and each is as it was when its page was read.

        They come in the order of ``sys_id``; an ``ORDERBY`` in the query is left out. Nothing is sent before the first
        one is asked for. While one page is handed out, the next is on its way. Memory holds part of a page as records,
        and the bytes of the others.

        With ``order_by`` or ``consistency="best-effort"`` pages are counted off instead. That is exact on a table that
        stands still; on others records may be missed, and the report says so. It is the way to read views and tables
        without ``sys_id``, too, and it remembers the sys_ids that came, some 100 bytes for each.

        Args:
            query: As for :meth:`~pysnow.Resource.get`; all records when not given.
            fields: Columns to return, ``sys_id`` beside them, by which a record is saved; all when not given. Files and
                frames made of the walk have the columns alone.
            page_size: Records of one request (``sysparm_limit``). An instance that does not get done with a page in its
                60 seconds is asked for smaller ones, and later for larger ones again.
            limit: Most records altogether.
            order_by: Columns to order by, ``-`` before one for descending.
            display_value: As for :meth:`~pysnow.Resource.get`.
            exclude_reference_link: As for :meth:`~pysnow.Resource.get`.
            workers: Pages that are fetched at a time, each in a session of its own, 4 to 8 at best; fewer while the
                instance answers 429 or 503.
            resume: Token of a walk of the same table, query and order to go on from.
            progress: True to show a bar (``tqdm``, else ``rich``, else a line on a terminal); or what is called for
                each record, just before it is handed out, with those that came and those that are expected (the
                ``limit`` at the most), or None. When that raises, the record is still to come.
            verify: What to do at the end: ``"warn"`` if the instance gave no count that vouches for it; ``"strict"``
                counts once more and raises unless as many records came as there were at the beginning or the end, so
                that hidden ones count as missing; ``"off"`` for nothing.
            consistency: ``"exact"`` as described, or ``"best-effort"``.
            strict: As for :meth:`~pysnow.Resource.get`.
            related: What belongs to the records, read a page of them at a time: names of relations, pairs of table and
                foreign key, or a dict of names with options. Each record has ``related(name)`` then.
            params: Further query parameters.
            headers: Further headers.

        Returns:
            An iterator with ``report``, ``resume_token`` and ``close()``. A ``with`` statement closes it, so that its
            workers stop at once when a loop is left early.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
        """
        parameters = self._walked(query, fields)
        if display_value is not None:
            parameters.display_value = display_value
        if exclude_reference_link is not None:
            parameters.exclude_reference_link = exclude_reference_link
        options = WalkOptions(
            page_size=page_size,
            limit=limit,
            order_by=order_by,
            workers=workers,
            resume=resume,
            progress=progress,
            verify=verify,
            consistency=consistency,
            params=params,
            headers=headers,
        )
        columns = field_list(parameters.fields)
        types = partial(self._column_types, columns, parameters.display_value)
        place = Place(self._request, self._transport, self.path, types)

        def check(ordered_by: tuple[str, ...]) -> None:
            self._heed_columns(strict, parameters.query, (*columns, *ordered_by))

        if related is not None:
            from pysnow.relations.related_walk import begin_related_walk

            return begin_related_walk(self._table, related, place, parameters, options, check)
        from pysnow.records.record_walk import RecordWalk

        return RecordWalk(begin_walk(place, parameters, options, check), self._table, parameters.display_value)

    def count(self, query: Query | None = None, *, strict: bool | None = None) -> Count:
        """Count the records that match, without reading them: one GET of the Aggregate API.

        Where that is refused, because it demands that every record can be read, the list is asked (``X-Total-Count``);
        it counts hidden records, too.

        Args:
            query: As for :meth:`~pysnow.Resource.get`; all records when not given. An order in it is left out.
            strict: As for :meth:`~pysnow.Resource.get`.

        Returns:
            The number; its ``source`` says who counted.

        Raises:
            InvalidUsage: The query cannot be used; nothing was sent.
            QueryIgnored: ``strict``, and the table has no such column.
            MissingResult: The answer holds no count.
            PysnowException: The instance refuses, or does not answer.
        """
        aggregate = self._sibling(f"/stats/{self.name}")._request
        parameters = self._walked(query, None)
        self._heed_columns(strict, parameters.query)
        parameters.query = without_orders(parameters.query)
        return count_rows(aggregate, self._request, parameters)

    def history(
        self,
        since: datetime,
        until: datetime | None = None,
        field: str = "sys_created_on",
        *,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        display_value: bool | Literal["all"] = False,
        window: int = 10_000,
        workers: int = 1,
        page_size: int = 1000,
        checkpoint: str | None = None,
        strict: bool | None = None,
    ) -> History:
        """Walk through the records of a span of time, from ``since`` on and before ``until``.

        Every record that is there, visible to you, and keeps its moment during the reading comes exactly once, in order
        of the moment and then of ``sys_id``; or an error is raised that knows the ``checkpoint`` to go on from. Nothing
        is cut off, however many records there are, also within a single second. Spans that follow each other
        (``until`` of one being ``since`` of the next) have nothing in common and leave nothing out.

        The span is split at the record in the middle until each window holds no more than ``window`` records, so that
        the instance sorts few at a time; a window that takes it too long is split again. Moments go as UTC, whatever
        the time zone of the account.

        Args:
            since: Where to begin: an aware datetime.
            until: Where to end; now when not given. The present is still being written to: where the instance sets the
                column itself (``sys_created_on``, ``sys_updated_on``), what lies ahead is brought down to the
                instance's clock less a second, and ``report.until`` says where the next span begins.
            field: A date-time column. ``sys_created_on`` never changes. A record that gets another moment during the
                reading may come or not; where it moves on, into a window that is read later, it can come again.
            query: As for :meth:`get`; all records when not given. An order in it is left out.
            fields: Columns to return; all when not given.
            display_value: As for :meth:`get`; True is refused, because it leaves no moments in UTC.
            window: Most records of a window.
            workers: Threads that read windows side by side. Each holds two windows at the most; one alone holds a page.
            page_size: Records of one request.
            checkpoint: Where a reading with the same arguments came to.
            strict: As for :meth:`get`.

        Returns:
            An iterator with ``report``, ``checkpoint`` and ``close()``. A ``with`` statement closes it.

        Raises:
            InvalidUsage: An argument cannot be used, such as a datetime without a time zone; nothing was sent. A column
                that holds no moments shows in what comes, and is refused then (``QueryIgnored``).
        """
        options = HistoryOptions(
            since=since,
            until=until,
            field=field,
            window=window,
            workers=workers,
            page_size=page_size,
            checkpoint=checkpoint,
        )
        rows = self._stamped_rows(query, fields, display_value, ("sys_id", field), strict)
        return History(rows, self._base_url, options)

    def changes(
        self,
        since: datetime | None = None,
        checkpoint: str | None = None,
        *,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        display_value: bool | Literal["all"] = False,
        deleted: Deletions = "auto",
        known: Iterable[str] | None = None,
        overlap: float = 30.0,
        page_size: int = 1000,
        strict: bool | None = None,
    ) -> Changes:
        """Tell which records were created, changed and deleted since the last run.

        Records come in the order in which they were written (``sys_updated_on``), each version once, however many share
        a second, and also those that are written in the very second in which this runs. What a record went through
        between two runs is not told: it comes as it is now. Deleted ones come last. Keep ``checkpoint``, and begin the
        next run with it.

        Each run reaches back ``overlap`` seconds and passes over what was told before. So nothing is missed as long as
        a record becomes visible within that time after it was stamped, and clocks differ by less.

        Deletions are read from the instance's own log (``sys_audit_delete``), of the table and all that extend it, if
        the account may read it, it goes back far enough, and the tables are logged at all; that takes some requests
        more, once an hour. Otherwise they can be found by difference: what you have, and is not there any more. Then
        records that have come to match the query otherwise than by being written to, or no longer match it, are told,
        too.

        Not told are: changes by scripts that leave ``sys_updated_on`` as it was; without the difference, records that
        no longer match the query, and records that were restored after their deletion had been told.

        Args:
            since: Where to begin when there is no checkpoint: an aware datetime. With neither, what is there now is
                taken for known, and there are no changes yet; requests are sent at once then.
            checkpoint: Where the last run, or a watch, came to.
            query: Which records are meant; all when not given. The log of deletions does not know it: without
                ``known``, sys_ids that never matched may be told as deleted.
            fields: Columns of the records; all when not given.
            display_value: As for :meth:`get`; True is refused, because it leaves no moments in UTC.
            deleted: ``"audit"``: by the log, or an error if it cannot be trusted; ``"difference"``: by ``known``;
                ``"auto"``: by the log, else by ``known``, else an error; False: not at all.
            known: The sys_ids that you have, as of the last run: a list, a set, the lines of an open file. It is read
                into memory.
            overlap: Seconds that each run reaches back.
            page_size: Records of one request.
            strict: As for :meth:`get`.

        Returns:
            An iterator of :class:`~pysnow.tracking.change.Change`, with ``checkpoint``, ``report``, and for small
            numbers the lists ``added``, ``updated`` and ``deleted``.

        Raises:
            InvalidUsage: An argument cannot be used, or the checkpoint is damaged or belongs to another instance, table
                or query; nothing was sent.
        """
        options = ChangesOptions(
            since=since, checkpoint=checkpoint, deleted=deleted, known=known, overlap=overlap, page_size=page_size
        )
        return Changes(self._open_reading(query, fields, display_value, options, strict))

    def watch(
        self,
        query: Query | None = None,
        *,
        interval: float = 30.0,
        checkpoint: str | None = None,
        fields: Iterable[str] | str | None = None,
        display_value: bool | Literal["all"] = False,
        deleted: Deletions = "auto",
        known: Iterable[str] | None = None,
        overlap: float = 30.0,
        page_size: int = 1000,
        strict: bool | None = None,
    ) -> Watch:
        """Tell of changes as they happen, by looking every so many seconds; see :meth:`changes`.

        Begins with what happens after this call, which sends requests at once; with a checkpoint, where that was made.
        When a look fails for reasons that may pass, the pause doubles, up to ten minutes, and the next look tells what
        was missed.

        Args:
            query: As for :meth:`changes`.
            interval: Seconds between two looks.
            checkpoint: Where the last watch, or run of :meth:`changes`, came to.
            fields: As for :meth:`changes`.
            display_value: As for :meth:`changes`.
            deleted: As for :meth:`changes`.
            known: As for :meth:`changes`; kept up to date from look to look.
            overlap: As for :meth:`changes`.
            page_size: As for :meth:`changes`.
            strict: As for :meth:`get`.

        Returns:
            An iterator of :class:`~pysnow.tracking.change.Change` without an end, with ``checkpoint``, ``report`` and
            ``close()``.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            IncompleteResult: Deletions cannot be told.
            PysnowException: The instance refuses, or does not answer.
        """
        seconds = checked_interval(interval)
        options = ChangesOptions(
            since=None, checkpoint=checkpoint, deleted=deleted, known=known, overlap=overlap, page_size=page_size
        )
        reading = self._open_reading(query, fields, display_value, options, strict)
        return Watch(reading, seconds, self._transport.clockwork)

    def _heed_columns(
        self,
        strict: bool | None,
        query: str,
        columns: Iterable[str] = (),
        *,
        timeout: Timeout | EllipsisType = ...,
    ) -> None:
        """As for every resource; where nothing is said about it, the client's schema, if it has one, is asked."""
        super()._heed_columns(strict, query, columns, timeout=timeout)
        if strict is None and self.kwargs.get("schema") is not None and not self.kwargs.get("strict"):
            from pysnow.schema.of_table import warn_of_columns

            warn_of_columns(self._table, query, columns)

    def _check_columns(
        self, query: str = "", columns: Iterable[str] = (), *, timeout: Timeout | EllipsisType = ...
    ) -> None:
        """As for every resource; the client's schema, if it has the table, is asked first, and names near ones."""
        if self.kwargs.get("schema") is not None:
            from pysnow.schema.of_table import check_columns

            check_columns(self._table, query, tuple(columns))
        super()._check_columns(query, columns, timeout=timeout)

    def _column_types(self, fields: Iterable[str], shown: object) -> Mapping[str, str]:
        """Types of columns, as the dictionary has them; none for texts that are as the user's settings have them."""
        if shown in (True, "true"):
            return {}
        from pysnow.records.dictionary import types_of

        return types_of(self._table, self.name, fields)

    def _open_reading(
        self,
        query: Query | None,
        fields: Iterable[str] | str | None,
        display_value: bool | Literal["all"],
        options: ChangesOptions,
        strict: bool | None,
    ) -> OpenReading:
        rows = self._stamped_rows(query, fields, display_value, COLUMNS, strict)
        table = TableToRead(
            name=self.name,
            instance=self._base_url,
            rows=rows,
            sys_ids=lambda: self._sys_ids(rows.query, strict),
            other=self._other_rows,
            clock=self._transport.clock,
        )
        return open_reading(table, options)

    def _stamped_rows(
        self,
        query: Query | None,
        fields: Iterable[str] | str | None,
        display_value: bool | Literal["all"],
        columns: tuple[str, ...],
        strict: bool | None,
    ) -> StampSource:
        """Rows of this table with columns that are needed, whether they were asked for or not."""
        parameters = self._walked(query, fields)
        parameters.display_value = display_value
        named = (*field_list(parameters.fields), *columns)
        check = partial(self._heed_columns, strict, parameters.query, named)
        return StampSource(self._request, self._transport, self.path, parameters, columns, check)

    def _sys_ids(self, query: str, strict: bool | None) -> Iterator[str]:
        with self.iterate(query, ["sys_id"], display_value=False, strict=strict) as rows:
            for row in rows:
                yield row["sys_id"]

    def _other_rows(self, table: str, query: str, columns: tuple[str, ...]) -> StampSource:
        """Some columns of the rows of another table."""
        other = self._sibling(f"/table/{table}")
        parameters = other.parameters
        parameters.query = query
        parameters.fields = list(columns)
        parameters.exclude_reference_link = True
        return StampSource(other._request, self._transport, other.path, parameters)

    def _walked(self, query: Query | None, fields: Iterable[str] | str | None) -> ParamsBuilder:
        """Parameters of this table, with a query and columns of a call."""
        parameters = self.parameters.copy()
        if query is not None:
            parameters.query = as_query(prepared_query(self._table, query))
        if fields is not None:
            parameters.fields = field_list(fields)
        return parameters

    @property
    def _table(self) -> Table:
        """Itself: nothing else is ever made of this class than a table."""
        return cast("Table", self)
