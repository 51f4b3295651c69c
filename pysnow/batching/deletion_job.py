"""A record to be deleted, among many: what was sent in vain is sent again, and "not found" then means done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow.batching.batch_sender import Lost
from pysnow.exceptions import PysnowException, RecordNotFound
from pysnow.writing.answer_fit import check_deleted
from pysnow.writing.delete_record import delete_once, unsettled_deletion
from pysnow.writing.outcome import Outcome, status_of
from pysnow.writing.write_verdict import verdict_on

if TYPE_CHECKING:
    from pysnow.batching.batch_sender import Answered
    from pysnow.batching.bulk_target import BulkTarget
    from pysnow.batching.part import Part
    from pysnow.writing.writes import PendingWrite

__all__ = ["DeletionJob"]


class DeletionJob:
    """See :class:`~pysnow.batching.job.Job`.

    Args:
        target: The table.
        row: The row as it was given.
        sys_id: The record.
    """

    def __init__(self, target: BulkTarget, row: object, sys_id: str) -> None:
        self._target = target
        self._row = row
        self._sys_id = sys_id
        self._part = target.part("delete", "DELETE", sys_id)
        self.name = f"{target.name}\0{sys_id}"
        self.size = self._part.size

    def part(self) -> Part | None:
        """The DELETE."""
        return self._part

    def answered(self, answered: Answered) -> Outcome | Lost:
        """Whether it is gone; what cannot be read is sent again."""
        response = answered.answer.response(self._part, self._target.table._transport.base_url)
        try:
            self._target.table._request.response(response).one()
            check_deleted(response, self._target.name)
        except RecordNotFound as error:
            return self._failed(error) if answered.is_first else self._gone()
        except PysnowException as error:
            return Lost(error, answered.sent) if verdict_on(error) == "unknown" else self._failed(error)
        return self._gone()

    def lost(self, lost: Lost) -> Outcome:
        """Delete it once more."""
        return self._deleted(self._target.begun_change("delete", lost.error, lost.sent))

    def unsettled(self, lost: Lost) -> Outcome:
        """Leave it open."""
        change = self._target.begun_change("delete", lost.error, lost.sent)
        return self._failed(unsettled_deletion(change, self._sys_id, lost.error))

    def alone(self) -> Outcome:
        """Delete it by itself."""
        return self._deleted(self._target.change("delete"))

    def not_executed(self, error: PysnowException) -> Outcome:
        """It was not deleted."""
        return Outcome(self._row, "not_executed", error=error)

    def _deleted(self, change: PendingWrite) -> Outcome:
        try:
            delete_once(change, self._sys_id)
        except PysnowException as error:
            return self._failed(error)
        return self._gone()

    def _gone(self) -> Outcome:
        return Outcome(self._row, "done", "deleted")

    def _failed(self, error: PysnowException) -> Outcome:
        error.describe(sys_id=self._sys_id)
        return Outcome(self._row, status_of(error), error=error)
