"""Changes of a table: of one record, and of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from pysnow.records.preparing import prepared_query, preparing
from pysnow.table_finding import TableFinding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any, Literal, TypeVar, Unpack

    from pysnow._types import JSON, Query
    from pysnow.batching.bulk_rows import KeyOf
    from pysnow.batching.many import OutcomeStream
    from pysnow.record_response import RecordResponse
    from pysnow.writing.creation_key import Idempotency
    from pysnow.writing.dry_run import CreateOptions, DeleteOptions, DryRun, UpdateOptions
    from pysnow.writing.outcome import Outcomes
    from pysnow.writing.upsert import Upsert

    Default = TypeVar("Default")

__all__ = ["TableWrites"]


class TableWrites(TableFinding):
    """How every :class:`~pysnow.Table` is written to."""

    @preparing("payload")
    def upsert(
        self,
        payload: Mapping[str, Any],
        key: str | Iterable[str] = "correlation_id",
        *,
        update: bool = True,
        when: Query | None = None,
        dry_run: bool = False,
        params: Mapping[str, Any] | None = None,
    ) -> Upsert:
        """Have one record of a key: found and brought up to date, or created.

        Only what differs is sent, and nothing when nothing does. ``True`` and ``"true"``, a number and its text, a
        reference and its display value, a choice and its label are the same; journal entries are no difference, and are
        written with a change or a creation alone.

        With ``when`` only records count that satisfy it, too: ``when={"active": "true"}`` leaves closed tickets alone,
        and opens another one.

        Args:
            payload: The record's fields, those of the key among them.
            key: The column, or columns, by which it is recognised.
            update: Whether a record that is there is changed; False leaves it as it is.
            when: Which records count beside the key, in any spelling of a query.
            dry_run: Send no change, and tell what would be done.
            params: Query parameters of the change, such as ``sysparm_fields``.

        Returns:
            The record, the ``action``: ``created``, ``updated`` or ``unchanged``, and the ``changes``.

        Raises:
            InvalidUsage: A column of the key has no value, or an argument cannot be used; nothing was sent.
            MultipleResults: More than one record has the key; nothing was changed.
            DuplicateCreated: Somebody else created one with the same key at the same moment; it names both.
            AmbiguousWrite: The record may or may not have been written; ``check()`` looks again.
            PysnowException: The instance refuses, or does not answer.
        """
        from dataclasses import replace

        from pysnow.records.record import Record
        from pysnow.writing.upsert import upsert

        done = upsert(self._table, payload, key, update=update, when=when, dry_run=dry_run, params=params)
        return replace(done, record=Record(done.record, self._table))

    @overload
    def create(
        self, payload: JSON, *, dry_run: Literal[False] = False, **options: Unpack[CreateOptions]
    ) -> RecordResponse: ...

    @overload
    def create(self, payload: JSON, *, dry_run: Literal[True], **options: Unpack[CreateOptions]) -> DryRun: ...

    @preparing("payload")
    def create(
        self, payload: JSON, *, dry_run: bool = False, **options: Unpack[CreateOptions]
    ) -> RecordResponse | DryRun:
        """Create a record, see :meth:`Resource.create`; or tell what that would do.

        Args:
            payload: The record's fields.
            dry_run: Send nothing that changes anything, and give what would be done.
            options: As for :meth:`Resource.create`: ``key``, ``idempotency``, ``params``, ``headers``, ``timeout``.
        """
        self._check_payload("create", payload, options.get("params"))
        if not dry_run:
            return super().create(payload, **options)
        from pysnow.writing.dry_run import dry_create

        return dry_create(self._table, payload, **options)

    @overload
    def update(
        self,
        query: Query,
        payload: dict[str, Any],
        *,
        dry_run: Literal[False] = False,
        **options: Unpack[UpdateOptions],
    ) -> RecordResponse: ...

    @overload
    def update(
        self, query: Query, payload: dict[str, Any], *, dry_run: Literal[True], **options: Unpack[UpdateOptions]
    ) -> DryRun: ...

    @preparing("query", "payload")
    def update(
        self, query: Query, payload: dict[str, Any], *, dry_run: bool = False, **options: Unpack[UpdateOptions]
    ) -> RecordResponse | DryRun:
        """Change the one record that matches, see :meth:`Resource.update`; or tell what that would change.

        Args:
            query: As for :meth:`Resource.update`.
            payload: Fields to change.
            dry_run: Send nothing that changes anything, and give the fields before and after.
            options: As for :meth:`Resource.update`: ``allow_raw``, ``if_mod_count``, ``params``, ``headers``,
                ``timeout``.
        """
        self._check_payload("update", payload, options.get("params"))
        if not dry_run:
            return super().update(query, payload, **options)
        from pysnow.writing.dry_run import dry_update

        return dry_update(self._table, query, payload, **options)

    @overload
    def delete(
        self, query: Query, *, dry_run: Literal[False] = False, **options: Unpack[DeleteOptions]
    ) -> dict[str, Any]: ...

    @overload
    def delete(self, query: Query, *, dry_run: Literal[True], **options: Unpack[DeleteOptions]) -> DryRun: ...

    @preparing("query")
    def delete(
        self, query: Query, *, dry_run: bool = False, **options: Unpack[DeleteOptions]
    ) -> dict[str, Any] | DryRun:
        """Delete the one record that matches, see :meth:`Resource.delete`; or tell which that is.

        Args:
            query: As for :meth:`Resource.update`.
            dry_run: Send nothing that changes anything, and give the record.
            options: As for :meth:`Resource.delete`: ``allow_raw``, ``timeout``.
        """
        if not dry_run:
            return super().delete(query, **options)
        from pysnow.writing.dry_run import dry_delete

        return dry_delete(self._table, query, **options)

    @overload
    def create_many(
        self,
        rows: Collection[Mapping[str, Any]],
        *,
        key: KeyOf = None,
        idempotency: Idempotency | None = None,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Outcomes: ...

    @overload
    def create_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        key: KeyOf = None,
        idempotency: Idempotency | None = None,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Outcomes | OutcomeStream: ...

    def create_many(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        key: KeyOf = None,
        idempotency: Idempotency | None = None,
        workers: int = 4,
        batch_size: int = 50,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
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
            workers: Threads that send side by side, 1 to 16.
            batch_size: Rows of a batch, 1 to 200.
            params: Query parameters of each creation, such as ``sysparm_input_display_value``.
            headers: Headers of each creation, such as ``X-no-response-body``.

        Returns:
            A list of :class:`~pysnow.Outcome`; an iterator of them when the rows come from one.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
        """
        from pysnow.batching.many import BulkOptions, create_many

        options = BulkOptions(workers, batch_size, params or {}, headers or {})
        return create_many(self._table, rows, key=key, idempotency=idempotency, options=options)

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

        Returns:
            A list of :class:`~pysnow.Outcome` in order; an iterator of them when the rows come from one.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            UnexpectedCount: The query matches another number of records; nothing was changed.
            QueryIgnored: A record that was found does not satisfy the query; nothing was changed.
        """
        from pysnow.batching.many import BulkOptions, update_many

        options = BulkOptions(workers, batch_size, params or {}, headers or {})
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

    def _check_payload(self, operation: Literal["create", "update"], payload: JSON, params: object = None) -> None:
        """Compare a payload with the client's schema, if it has one.

        Raises:
            SchemaMismatch: The client is strict about it, and the payload does not fit.
        """
        if self.kwargs.get("schema") is not None:
            from pysnow.schema.of_table import check_payload

            check_payload(self._table, operation, payload, params)
