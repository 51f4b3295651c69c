"""A record to be changed, among many: what holds for a single update holds for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.batching.batch_sender import Lost
from pysnow.exceptions import PysnowException
from pysnow.writing.outcome import Outcome, status_of
from pysnow.writing.record_state import compare, journal_columns, read_state
from pysnow.writing.update_record import update_once, watched_columns
from pysnow.writing.write_verdict import verdict_on
from pysnow.writing.writes import Unclear

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.batching.batch_sender import Answered
    from pysnow.batching.bulk_target import BulkTarget
    from pysnow.batching.part import Part
    from pysnow.writing.field_diff import FieldChange
    from pysnow.writing.record_state import RecordState
    from pysnow.writing.writes import PendingWrite

__all__ = ["UpdateJob"]


class UpdateJob:
    """See :class:`~pysnow.batching.job.Job`.

    Args:
        target: The table.
        row: The row as it was given.
        sys_id: The record.
        payload: Fields to change, as they are sent.
        before: The record as it was read before; needed where journal entries are written within a batch.
        changes: What the update changes, as far as that is known.
        unknown: Fields of the row that are not sent, because the table does not have them.

    Raises:
        InvalidUsage: The payload cannot be sent.
    """

    def __init__(
        self,
        target: BulkTarget,
        row: object,
        sys_id: str,
        payload: Mapping[str, Any],
        before: RecordState | None = None,
        changes: Mapping[str, FieldChange] | None = None,
        unknown: tuple[str, ...] = (),
    ) -> None:
        self._target = target
        self._row = row
        self._sys_id = sys_id
        self._payload = dict(payload)
        self._before = before
        self._changes = changes or {}
        self._unknown = unknown
        self._is_logged = bool(journal_columns(payload))
        self._part = target.part("update", "PUT", sys_id, payload, may_repeat=not self._is_logged)
        self.name = f"{target.name}\0{sys_id}"
        self.size = self._part.size

    def part(self) -> Part | None:
        """The PUT; None where an entry is written to a journal of which it is not known what it holds."""
        return None if self._is_logged and self._before is None else self._part

    def answered(self, answered: Answered) -> Outcome | Lost:
        """The record, or what a refusal means; what cannot be read is looked at."""
        try:
            record = self._target.judged(self._part, answered, self._sys_id)
        except PysnowException as error:
            if verdict_on(error) == "unknown":
                return Lost(error, answered.sent)
            return self._failed(error)
        return self._done(record)

    def lost(self, lost: Lost) -> Outcome:
        """Look at the record; where it does not hold the payload, send it again."""
        change = self._target.begun_change("update", lost.error, lost.sent)
        try:
            return self._done(self._looked_after(change, waits=True))
        except (Unclear, PysnowException) as cause:
            error = self._ambiguous(change, lost)
            error.__cause__ = cause if isinstance(cause, PysnowException) else lost.error
            return self._failed(error)

    def unsettled(self, lost: Lost) -> Outcome:
        """Leave it open."""
        return self._failed(self._ambiguous(self._target.begun_change("update", lost.error, lost.sent), lost))

    def alone(self) -> Outcome:
        """Change it by itself. Where a batch did not get to a journal entry, the entries are compared before."""
        change = self._target.change("update")
        try:
            if self._is_logged and self._before is not None:
                return self._done(self._looked_after(change, waits=False))
            watched = watched_columns(change, self._payload, None)
            return self._done(update_once(change, self._sys_id, self._payload, watched=watched))
        except Unclear:
            return self._failed(change.ambiguous(None, sys_id=self._sys_id))
        except PysnowException as error:
            return self._failed(error)

    def not_executed(self, error: PysnowException) -> Outcome:
        """It was not changed."""
        return Outcome(self._row, "not_executed", error=error, changes=self._changes)

    def _looked_after(self, change: PendingWrite, *, waits: bool) -> Mapping[str, Any]:
        """The record as it holds the payload, changed once more if need be."""
        state, finding = self._look(change)
        if finding == "not made" and self._is_logged and waits:
            change.wait_out(change.sent)
            state, finding = self._look(change)
        if finding == "unclear":
            raise Unclear
        if finding == "made":
            return self._record(change)
        again = self._target.change("update")
        watched = watched_columns(again, self._payload, None)
        return update_once(again, self._sys_id, self._payload, watched=watched, before=state if watched else None)

    def _ambiguous(self, change: PendingWrite, lost: Lost) -> PysnowException:
        return change.ambiguous(lost.error, sys_id=self._sys_id, look=lambda: self._look_again(change))

    def _look(self, change: PendingWrite) -> tuple[RecordState, str]:
        state = read_state(change, self._sys_id, self._payload)
        if state is None:  # deleted meanwhile, or hidden by the very change
            raise Unclear
        return state, compare(self._payload, state, self._before)

    def _look_again(self, change: PendingWrite) -> Record | None:
        _, finding = self._look(change)
        if finding == "made":
            return self._record(change)
        if finding == "unclear" or not change.has_ended():
            raise Unclear
        return None

    def _record(self, change: PendingWrite) -> Record:
        return change.read(self._sys_id, change.params).one()

    def _done(self, record: Mapping[str, Any]) -> Outcome:
        ignored = self._target.ignored(self._payload, record, self._before)
        made = self._target.changes_made(self._payload, self._changes, record, ignored, self._before)
        return Outcome(
            self._row,
            "done",
            "unchanged" if made is None else "updated",
            self._target.shaped(record),
            changes=made or {},
            ignored=tuple(dict.fromkeys((*self._unknown, *ignored))),
        )

    def _failed(self, error: PysnowException) -> Outcome:
        error.describe(sys_id=self._sys_id)
        return Outcome(self._row, status_of(error), error=error, changes=self._changes)
