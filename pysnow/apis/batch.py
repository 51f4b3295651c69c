"""The Batch API: calls collected and sent together, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from pysnow.batching.batch_sender import BatchSender
from pysnow.batching.bulk_rows import creations
from pysnow.batching.bulk_run import GROUP_ROWS, BulkRun, checked_size, checked_workers
from pysnow.batching.bulk_target import BulkTarget
from pysnow.batching.deletion_job import DeletionJob
from pysnow.batching.many import warn_of_ignored
from pysnow.batching.read_job import ReadJob
from pysnow.batching.update_job import UpdateJob
from pysnow.exceptions import InvalidUsage
from pysnow.writing.outcome import Outcome, Outcomes

if TYPE_CHECKING:
    from types import TracebackType

    from pysnow.batching.bulk_run import Entry
    from pysnow.resource import Resource
    from pysnow.table import Table
    from pysnow.writing.creation_key import Idempotency

__all__ = ["Batch"]


class Batch:
    """Calls that are collected, and sent together (``POST /api/now/v1/batch``). For one thread.

    ::

        with client.batch() as batch:
            batch.create("incident", {"short_description": "Printer"})
            batch.delete("incident", old)
        created, deleted = batch.outcomes

    Args:
        resource: Resource of the Batch API.
        table: Gives the resource of a table.
        workers: Threads that send side by side.
        batch_size: Calls of a batch.
        strict: Whether leaving the ``with`` block raises when a call was not done.

    Raises:
        InvalidUsage: A number makes no sense.

    Attributes:
        outcomes: What became of the calls that were sent, in their order.
    """

    def __init__(
        self,
        resource: Resource,
        table: Callable[[str], Table],
        *,
        workers: int = 1,
        batch_size: int = GROUP_ROWS,
        strict: bool = True,
    ) -> None:
        request, transport = resource._request, resource._transport
        self._sender = BatchSender(request, transport, transport.base_url, lambda: request.deadline("batch"))
        self._table = table
        self._workers = checked_workers(workers)
        self._size = checked_size(batch_size)
        self._is_strict = strict
        self._targets: dict[str, BulkTarget] = {}
        self._calls: list[Entry] = []
        self.outcomes: Outcomes = Outcomes()

    def __repr__(self) -> str:
        return f"<Batch of {len(self._calls)} calls, {len(self.outcomes)} outcomes>"

    def __len__(self) -> int:
        """Count the calls that wait to be sent."""
        return len(self._calls)

    def __bool__(self) -> bool:
        """Say True: there is a batch, whatever waits in it."""
        return True

    def __enter__(self) -> Self:
        """Give the batch itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what waits; nothing when the block was left by an error.

        Raises:
            RowsFailed: A call was not done, or nobody knows; not with ``strict=False``.
        """
        if error is not None:
            self._calls.clear()
            return
        self.send()
        if self._is_strict:
            self.outcomes.raise_for_failures()

    def create(
        self,
        table: str,
        payload: Mapping[str, Any],
        *,
        key: str | None = None,
        idempotency: Idempotency | None = None,
    ) -> None:
        """Have a record created; see ``Table.create_many``.

        Args:
            table: Name of the table.
            payload: Its fields.
            key: Your own name for this creation, see ``Table.create``.
            idempotency: As for ``Table.create_many``.

        Raises:
            InvalidUsage: An argument cannot be used.
        """
        reader = None if key is None else lambda row: key
        (entry,) = creations(self._target(table, "create"), [payload], reader, idempotency)
        if isinstance(entry, Outcome):
            raise entry.error or InvalidUsage("The payload cannot be sent")
        self._calls.append(entry)

    def update(self, table: str, sys_id: str | Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        """Have a record changed; see ``Table.update``.

        Args:
            table: Name of the table.
            sys_id: The record: its sys_id, or a dict that holds it.
            payload: Fields to change.

        Raises:
            InvalidUsage: An argument cannot be used.
        """
        target = self._target(table, "update")
        self._calls.append(UpdateJob(target, payload, target.sys_id_of(sys_id), target.fields(payload)))

    def delete(self, table: str, sys_id: str | Mapping[str, Any]) -> None:
        """Have a record deleted; see ``Table.delete``.

        Args:
            table: Name of the table.
            sys_id: The record: its sys_id, or a dict that holds it.

        Raises:
            InvalidUsage: An argument cannot be used.
        """
        target = self._target(table, "delete")
        self._calls.append(DeletionJob(target, sys_id, target.sys_id_of(sys_id)))

    def get(self, table: str, sys_id: str | Mapping[str, Any], fields: Iterable[str] | str = ()) -> None:
        """Have a record read.

        Args:
            table: Name of the table.
            sys_id: The record: its sys_id, or a dict that holds it.
            fields: Columns to return; all when empty.

        Raises:
            InvalidUsage: An argument cannot be used.
        """
        target = self._target(table)
        self._calls.append(ReadJob(target, target.sys_id_of(sys_id), fields))

    def send(self) -> Outcomes:
        """Send what waits.

        Calls of the same record are carried out one after the other; those of others in any order. Nothing ties them
        together: when one fails, the others are done all the same.

        Returns:
            What became of these calls, in their order; :attr:`outcomes` has those of earlier ones, too.
        """
        calls, self._calls = self._calls, []
        sent = Outcomes(BulkRun(calls, self._sender, workers=self._workers, size=self._size))
        self.outcomes.extend(sent)
        warn_of_ignored("the tables of the batch", sent)
        return sent

    def _target(self, table: str, operation: str = "read") -> BulkTarget:
        if table not in self._targets:
            self._targets[table] = BulkTarget(self._table(table))
        self._targets[table].begin(operation)
        return self._targets[table]
