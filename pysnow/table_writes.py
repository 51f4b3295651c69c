"""Changes of one record of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from pysnow.records.preparing import preparing
from pysnow.table_bulk import TableBulk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any, Literal, Unpack

    from pysnow._types import JSON, Query
    from pysnow.record_response import RecordResponse
    from pysnow.records.choice_labels import Labels
    from pysnow.writing.dry_run import CreateOptions, DeleteOptions, DryRun, UpdateOptions
    from pysnow.writing.upsert import Upsert, UpsertOptions

__all__ = ["TableWrites"]


class TableWrites(TableBulk):
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
        labels: Labels = False,
        strict: bool = False,
    ) -> Upsert:
        """Have one record of a key: found and brought up to date, or created.

        Only what differs is sent, and nothing when nothing does. ``True`` and ``"true"``, a number and its text, a
        reference and its display value, a choice and its label are the same; journal entries are no difference, and are
        written with a change or a creation alone.

        With ``when`` only records count that satisfy it, too: ``when={"active": "true"}`` leaves closed tickets alone,
        and opens another one. A resolved one is active until it is closed; name the states to leave it alone, too.

        Args:
            payload: The record's fields, those of the key among them.
            key: The column, or columns, by which it is recognised.
            update: Whether a record that is there is changed; False leaves it as it is.
            when: Which records count beside the key, in any spelling of a query.
            dry_run: Send no change, and tell what would be done.
            params: Query parameters of the change, such as ``sysparm_fields``.
            labels: As for :meth:`create`.
            strict: As for :meth:`create`; what does not take is listed in ``ignored`` in any case.

        Returns:
            The record, the ``action``: ``created``, ``updated`` or ``unchanged``, and the ``changes``, as the answer
            shows them.

        Raises:
            InvalidUsage: A column of the key has no value, or an argument cannot be used; nothing was sent.
            MultipleResults: More than one record has the key; nothing was changed.
            DuplicateCreated: Somebody else created one with the same key at the same moment; it names both.
            AmbiguousWrite: The record may or may not have been written; ``check()`` looks again.
            NotApplied: ``strict``, and a field did not take what was sent; the others did.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.single_writes import upsert_record

        options: UpsertOptions = {"update": update, "when": when, "dry_run": dry_run, "params": params}
        return upsert_record(self._table, payload, key, labels, options, strict=strict)

    @overload
    def create(
        self,
        payload: JSON,
        *,
        dry_run: Literal[False] = False,
        labels: Labels = False,
        strict: bool = False,
        **options: Unpack[CreateOptions],
    ) -> RecordResponse: ...

    @overload
    def create(
        self,
        payload: JSON,
        *,
        dry_run: Literal[True],
        labels: Labels = False,
        strict: bool = False,
        **options: Unpack[CreateOptions],
    ) -> DryRun: ...

    @preparing("payload")
    def create(
        self,
        payload: JSON,
        *,
        dry_run: bool = False,
        labels: Labels = False,
        strict: bool = False,
        **options: Unpack[CreateOptions],
    ) -> RecordResponse | DryRun:
        """Create a record, see :meth:`Resource.create`; or tell what that would do.

        What comes back is the record as a dict, and the answer; ``table.get_by_id(created)`` gives a
        :class:`~pysnow.records.record.Record`.

        What did not take is warned of (:class:`~pysnow.FieldIgnoredWarning`): a column that the answer should show and
        does not, since the table has none such, or you may not read it; one that is empty although something was sent;
        a reference that holds a text which is no sys_id.

        Args:
            payload: The record's fields; ``client.defaults`` lie under them.
            dry_run: Send nothing that changes anything, and give what would be done.
            labels: Whether texts may be labels of choices: ``{"state": "On Hold"}``; True for English ones, or their
                language. What is no choice, or may be several, is :class:`~pysnow.InvalidUsage`.
            strict: Whether to raise :class:`~pysnow.NotApplied` where it would warn. The record is there then.
            options: As for :meth:`Resource.create`: ``key``, ``idempotency``, ``params``, ``headers``, ``timeout``.
        """
        from pysnow.records.single_writes import create_record

        return create_record(self._table, payload, labels, options, dry_run=dry_run, strict=strict)

    @overload
    def update(
        self,
        query: Query,
        payload: dict[str, Any],
        *,
        dry_run: Literal[False] = False,
        labels: Labels = False,
        strict: bool = False,
        **options: Unpack[UpdateOptions],
    ) -> RecordResponse: ...

    @overload
    def update(
        self,
        query: Query,
        payload: dict[str, Any],
        *,
        dry_run: Literal[True],
        labels: Labels = False,
        strict: bool = False,
        **options: Unpack[UpdateOptions],
    ) -> DryRun: ...

    @preparing("query", "payload")
    def update(
        self,
        query: Query,
        payload: dict[str, Any],
        *,
        dry_run: bool = False,
        labels: Labels = False,
        strict: bool = False,
        **options: Unpack[UpdateOptions],
    ) -> RecordResponse | DryRun:
        """Change the one record that matches, see :meth:`Resource.update`; or tell what that would change.

        It warns as :meth:`create` does.

        Args:
            query: As for :meth:`Resource.update`.
            payload: Fields to change.
            dry_run: Send nothing that changes anything, and give the fields before and after.
            labels: As for :meth:`create`.
            strict: Whether to raise :class:`~pysnow.NotApplied` when a field did not take what was sent, values that
                stayed as they were included. For these the record is read before, in one more GET when its sys_id is
                given. The other fields are changed all the same.
            options: As for :meth:`Resource.update`: ``allow_raw``, ``if_mod_count``, ``params``, ``headers``,
                ``timeout``.
        """
        from pysnow.records.single_writes import update_record

        return update_record(self._table, query, payload, labels, options, dry_run=dry_run, strict=strict)

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

    @preparing("payload")
    def _updated(self, payload: dict[str, Any], sys_id: str, options: UpdateOptions) -> RecordResponse:
        """Change the record of a sys_id, for a caller who looks at what took by itself.

        Args:
            payload: Fields to change.
            sys_id: The record.
            options: As for :meth:`update`.
        """
        from pysnow.records.written_fields import changed_fields

        return super().update(sys_id, changed_fields(self._table, payload, options.get("params")), **options)

    def _check_payload(
        self,
        operation: Literal["create", "update"],
        payload: JSON,
        params: object = None,
        told: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Compare a payload with the client's schema, if it has one: all writes with fields ask this.

        Args:
            operation: What it is for.
            payload: The fields.
            params: Query parameters of the call.
            told: Problems that were told before.

        Returns:
            What is wrong with it.

        Raises:
            SchemaMismatch: The client is strict about it, and the payload does not fit.
        """
        if self.kwargs.get("schema") is None:
            return ()
        from pysnow.schema.of_table import check_payload

        return check_payload(self._table, operation, payload, params, told)

    def _may_hold(self, other: str) -> bool:
        """Whether a record of another table may be one of this table, too; False when that is certainly not so.

        Args:
            other: Name of the other table.
        """
        if other == self._table.name:
            return True
        from pysnow.schema.of_table import are_kin

        return are_kin(self._table, other)
