"""A row whose record is looked for by itself: it is not there yet, or its key cannot be asked for with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pysnow.exceptions import PysnowException
from pysnow.records.payload_defaults import completed
from pysnow.writing.outcome import Outcome, status_of
from pysnow.writing.upsert import upsert

if TYPE_CHECKING:
    from pysnow.batching.batch_sender import Answered, Lost
    from pysnow.batching.bulk_target import BulkTarget
    from pysnow.batching.part import Part
    from pysnow.writing.outcome import Status

__all__ = ["UpsertJob", "UpsertPlan"]


@dataclass(frozen=True, slots=True)
class UpsertPlan:
    """What is done with rows.

    Attributes:
        key: Columns by which their records are recognised.
        update: Whether records that are there are changed.
        dry_run: Whether only to tell what would be done.
    """

    key: tuple[str, ...]
    update: bool = True
    dry_run: bool = False


class UpsertJob:
    """See :class:`~pysnow.batching.job.Job`. What ``Table.upsert()`` promises holds, since it is what is called.

    Args:
        target: The table.
        row: The row as it was given.
        fields: Its fields as they are sent.
        name: What no two rows that are under way may have in common.
        plan: What is done.
    """

    size = 0

    def __init__(self, target: BulkTarget, row: object, fields: Mapping[str, Any], name: str, plan: UpsertPlan) -> None:
        self._target = target
        self._row = row
        self._fields = fields
        self._plan = plan
        self.name = name

    def part(self) -> Part | None:
        """None: what is found decides what is sent."""
        return None

    def alone(self) -> Outcome:
        """Have the record: up to four requests."""
        table, plan = self._target.full_table, self._plan
        try:
            done = upsert(
                table,
                self._fields,
                plan.key,
                update=plan.update,
                dry_run=plan.dry_run,
                params=self._target.params,
                complete=partial(completed, table),
            )
        except PysnowException as error:
            return Outcome(self._row, status_of(error), error=error)
        record = self._target.shaped(done.record) if done.record else None
        status: Status = "dry_run" if plan.dry_run else "done"
        return Outcome(self._row, status, done.action, record, changes=done.changes, ignored=tuple(done.ignored))

    def answered(self, answered: Answered) -> Outcome:
        """Look, as it always does."""
        return self.alone()

    def lost(self, lost: Lost) -> Outcome:
        """Look, as it always does."""
        return self.alone()

    def unsettled(self, lost: Lost) -> Outcome:
        """It was never sent within a batch, so that nothing of it can be lost there."""
        return self.not_executed(lost.error)

    def not_executed(self, error: PysnowException) -> Outcome:
        """It was not written."""
        return Outcome(self._row, "not_executed", error=error)
