"""Changes of many records of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from pysnow.records.preparing import prepared_query
from pysnow.table_finding import TableFinding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from pysnow._types import Query
    from pysnow.batching.bulk_rows import KeyOf
    from pysnow.batching.many import OutcomeStream
    from pysnow.records.choice_labels import Labels
    from pysnow.writing.creation_key import Idempotency
    from pysnow.writing.outcome import Outcomes

__all__ = ["TableBulk"]


class TableBulk(TableFinding):
    """How many records of every :class:`~pysnow.Table` are written at once."""

    @overload
    def create_many(
        self,
        rows: Collection[Mapping[str, Any]],
        *,
        key: KeyOf = None,
        idempotency: Idempotency | None = None,
        dry_run: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        labels: Labels = False,
    ) -> Outcomes: ...

    @overload
    def create_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        key: KeyOf = None,
        idempotency: Idempotency | None = None,
        dry_run: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        labels: Labels = False,
    ) -> Outcomes | OutcomeStream: ...

    def create_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        key: KeyOf = None,
        idempotency: Idempotency | None = None,
        dry_run: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        labels: Labels = False,
    ) -> Outcomes | OutcomeStream:
        """Create many records, in batches (``POST /api/now/v1/batch``) over several sessions.

        A row that fails does not stop the others: each has an outcome of its own, in order. With a ``key`` each row is
        created once, however often this is called with it; see :meth:`create`. Without one, a ``sys_id`` is drawn for
        each row, so that records whose answer was lost are found. No row is sent twice unless it is certain that this
        makes no second record; else its outcome is ``unknown``, with an :class:`~pysnow.AmbiguousWrite`.

        Args:
            rows: Dicts of fields. A list is written before the call returns; from an iterator rows are taken as
                outcomes are read, some hundred ahead.
            key: Where the key of a row is: the name of a column, or a function that gets the row.
            idempotency: ``"sys_id"`` or ``"correlation_id"`` to recognise records by one of them alone; ``"none"`` for
                plain POSTs.
            dry_run: Send nothing that changes anything, and tell what would be created (``outcome.changes``), and what
                not (``outcome.ignored``).
            workers: Threads that send side by side, 1 to 16.
            batch_size: Rows of a batch, 1 to 200.
            params: Query parameters of each creation, such as ``sysparm_input_display_value``.
            headers: Headers of each creation, such as ``X-no-response-body``.
            labels: As for :meth:`create`.

        Returns:
            A list of :class:`~pysnow.Outcome`; an iterator of them when the rows come from one.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
        """
        from pysnow.batching.many import BulkOptions, create_many

        options = BulkOptions(workers, batch_size, params or {}, headers or {}, labels)
        return create_many(self._table, rows, key=key, idempotency=idempotency, dry_run=dry_run, options=options)

    @overload
    def upsert_many(
        self,
        rows: Collection[Mapping[str, Any]],
        key: str | Iterable[str] = "correlation_id",
        *,
        update: bool = True,
        dry_run: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        labels: Labels = False,
    ) -> Outcomes: ...

    @overload
    def upsert_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        key: str | Iterable[str] = "correlation_id",
        *,
        update: bool = True,
        dry_run: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        labels: Labels = False,
    ) -> Outcomes | OutcomeStream: ...

    def upsert_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        key: str | Iterable[str] = "correlation_id",
        *,
        update: bool = True,
        dry_run: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        labels: Labels = False,
    ) -> Outcomes | OutcomeStream:
        """Have one record for each row: found by the key and brought up to date, or created.

        Records are looked for by a hundred keys at a time. What differs is sent in batches, and nothing where nothing
        does; records that are not there are created one by one over the ``workers``, each as :meth:`upsert` creates it:
        once, and with a look whether somebody else did so meanwhile. A row that fails does not stop the others.

        Args:
            rows: Dicts of fields, those of the key among them. A list is written before the call returns; from an
                iterator rows are taken as outcomes are read.
            key: The column by which records are recognised; or several, when each row is looked for by itself.
            update: Whether records that are there are changed; False leaves them as they are.
            dry_run: Send no change, and tell what would be done.
            workers: As for :meth:`create_many`.
            batch_size: As for :meth:`create_many`.
            params: Query parameters of each change.
            labels: As for :meth:`create`.

        Returns:
            A list of :class:`~pysnow.Outcome` in order; an iterator of them when the rows come from one. The ``action``
            is ``created``, ``updated`` or ``unchanged``. The ``record`` of one that is unchanged holds the columns of
            its row, and ``sys_id``. A second row with the same key is ``not_executed``.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
        """
        from pysnow.batching.many import BulkOptions, upsert_many

        options = BulkOptions(workers, batch_size, params or {}, labels=labels)
        return upsert_many(self._table, rows, key, update=update, dry_run=dry_run, options=options)

    @overload
    def update_many(
        self,
        rows: Query | Collection[Mapping[str, Any]],
        payload: Mapping[str, Any] | None = None,
        *,
        expect: int | range | None = None,
        dry_run: bool = False,
        allow_raw: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        labels: Labels = False,
    ) -> Outcomes: ...

    @overload
    def update_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        payload: None = None,
        *,
        expect: None = None,
        dry_run: bool = False,
        allow_raw: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        labels: Labels = False,
    ) -> Outcomes | OutcomeStream: ...

    def update_many(
        self,
        rows: Query | Iterable[Mapping[str, Any]],
        payload: Mapping[str, Any] | None = None,
        *,
        expect: int | range | None = None,
        dry_run: bool = False,
        allow_raw: bool = False,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        labels: Labels = False,
    ) -> Outcomes | OutcomeStream:
        """Change many records, in batches: rows that say which and what, or all that a query matches.

        By query, they are counted first, and nothing is changed unless there are as many as ``expect`` says; then their
        sys_ids are read in an exact walk, and each record is compared with the query. What holds for :meth:`update`
        holds for each of them: journal entries are added once, and an answer that was lost is looked after.

        Args:
            rows: Dicts of fields, each with the ``sys_id`` of its record; or a query.
            payload: Fields to change of each record that the query matches.
            expect: How many records the query may match: a number, or a range such as ``range(1, 100)``.
            dry_run: Send no change, and tell what each would change (``outcome.changes``).
            allow_raw: As for :meth:`update`.
            workers: As for :meth:`create_many`.
            batch_size: As for :meth:`create_many`.
            params: Query parameters of each update.
            headers: Headers of each update.
            labels: As for :meth:`create`.

        Returns:
            A list of :class:`~pysnow.Outcome` in order; an iterator of them when the rows come from one.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            UnexpectedCount: The query matches another number of records; nothing was changed.
            QueryIgnored: A record that was found does not satisfy the query; nothing was changed.
        """
        from pysnow.batching.many import BulkOptions, update_many

        options = BulkOptions(workers, batch_size, params or {}, headers or {}, labels)
        rows = prepared_query(self._table, rows)
        return update_many(
            self._table, rows, payload, expect=expect, dry_run=dry_run, allow_raw=allow_raw, options=options
        )

    @overload
    def delete_many(
        self,
        rows: Query | Collection[Mapping[str, Any] | str],
        *,
        expect: int | range | None = None,
        dry_run: bool = False,
        allow_raw: bool = False,
        workers: int = 4,
        batch_size: int = 50,
    ) -> Outcomes: ...

    @overload
    def delete_many(
        self,
        rows: Iterable[Mapping[str, Any] | str],
        *,
        expect: None = None,
        dry_run: bool = False,
        allow_raw: bool = False,
        workers: int = 4,
        batch_size: int = 50,
    ) -> Outcomes | OutcomeStream: ...

    def delete_many(
        self,
        rows: Query | Iterable[Mapping[str, Any] | str],
        *,
        expect: int | range | None = None,
        dry_run: bool = False,
        allow_raw: bool = False,
        workers: int = 4,
        batch_size: int = 50,
    ) -> Outcomes | OutcomeStream:
        """Delete many records, in batches: those of these sys_ids, or all that a query matches.

        Args:
            rows: Sys_ids, or dicts that hold one; or a query.
            expect: How many records the query may match, see :meth:`update_many`.
            dry_run: Send no deletion, and tell which records it would be.
            allow_raw: As for :meth:`update`.
            workers: As for :meth:`create_many`.
            batch_size: As for :meth:`create_many`.

        Returns:
            A list of :class:`~pysnow.Outcome` in order; an iterator of them when the rows come from one.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            UnexpectedCount: The query matches another number of records; nothing was deleted.
            QueryIgnored: A record that was found does not satisfy the query; nothing was deleted.
        """
        from pysnow.batching.many import BulkOptions, delete_many

        options = BulkOptions(workers, batch_size)
        rows = prepared_query(self._table, rows)
        return delete_many(self._table, rows, expect=expect, dry_run=dry_run, allow_raw=allow_raw, options=options)
