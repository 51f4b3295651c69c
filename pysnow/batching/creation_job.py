"""A record to be created, among many.

Within a batch goes what the database itself guards, or what nobody may have created yet: a record whose ``sys_id`` was
chosen here, of a table that is known to keep it; one with a sys_id drawn for this very call; one without any. All else
is created by itself, because it has to be looked for before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.batching.batch_sender import Lost
from pysnow.exceptions import PysnowException
from pysnow.field_value import raw_value
from pysnow.record_response import RecordResponse, location_id
from pysnow.writing.answer_fit import misfit
from pysnow.writing.create_record import KeyedCreation, create_once
from pysnow.writing.keyed_record import found_by
from pysnow.writing.outcome import Outcome, status_of
from pysnow.writing.write_verdict import is_unique_key_refusal, verdict_on
from pysnow.writing.writes import Unclear

if TYPE_CHECKING:
    from pysnow.batching.batch_sender import Answered
    from pysnow.batching.bulk_target import BulkTarget
    from pysnow.batching.part import Part
    from pysnow.writing.creation_key import CreationKey
    from pysnow.writing.outcome import Action
    from pysnow.writing.writes import PendingWrite

__all__ = ["CreationJob"]


class CreationJob:
    """See :class:`~pysnow.batching.job.Job`.

    Args:
        target: The table.
        row: The row as it was given.
        payload: Its fields as they are sent.
        key: What it is recognised by; None for one plain POST.

    Raises:
        InvalidUsage: The payload cannot be sent.
    """

    def __init__(self, target: BulkTarget, row: object, payload: Mapping[str, Any], key: CreationKey | None) -> None:
        self._target = target
        self._row = row
        self._payload = dict(payload)
        self._key = key
        self._is_open = False
        columns: Mapping[Any, str] = {} if key is None else key.columns
        self._part = target.part("create", "POST", payload={**payload, **columns})
        self.name = "" if key is None else f"{target.name}\0{key.text}"
        self.size = self._part.size

    def part(self) -> Part | None:
        """The POST; None while it has to be looked before whether the record is there."""
        key, memory = self._key, self._target.memory
        if key is not None and not key.is_fresh:
            is_guarded = "sys_id" in key.columns and memory.honours(self._target.name, "sys_id") is True
            if not is_guarded or memory.sent_at(self._target.name, key.text) is not None:
                return None
            # Whoever calls again with this key, before the answer is here, has to look.
            self._is_open = True
            memory.leave_open(self._target.name, key.text, self._target.clock)
        return self._part

    def answered(self, answered: Answered) -> Outcome | Lost:
        """The record, or what a refusal means; what cannot be read is looked for."""
        try:
            record = self._checked(self._target.judged(self._part, answered), answered)
        except PysnowException as error:
            return self._after(error, answered)
        self._learn_from(record)
        return self._done(record)

    def lost(self, lost: Lost) -> Outcome:
        """Look for the record, and create it where it is certainly not there."""
        change = self._target.begun_change("create", lost.error, lost.sent)
        if self._key is None:
            return self._outcome_of(lambda: self._named_by(lost.error, change.ambiguous(lost.error)))
        creation = self._begun(change, self._key, lost)
        outcome = self._outcome_of(creation.run)
        if outcome.error is not None and outcome.error.__cause__ is None and outcome.error is not lost.error:
            outcome.error.__cause__ = lost.error
        return outcome

    def unsettled(self, lost: Lost) -> Outcome:
        """Leave it open; whoever calls again with the key looks."""
        change = self._target.begun_change("create", lost.error, lost.sent)
        if self._key is None:
            return self._failed(change.ambiguous(lost.error))
        return self._failed(self._begun(change, self._key, lost).unsettled(lost.error))

    def alone(self) -> Outcome:
        """Create it by itself."""
        change = self._target.change("create")
        if self._key is None:
            return self._outcome_of(lambda: create_once(change, self._payload))
        creation = KeyedCreation(change, self._target.name, self._key, self._payload, self._target.memory)
        try:
            record = creation.run()
        except PysnowException as error:
            return self._failed(error)
        return self._done(record, "existed" if record.existed else "created")

    def not_executed(self, error: PysnowException) -> Outcome:
        """It was not created; what an earlier call has left open stays so."""
        if self._is_open:
            self._settle()
        return Outcome(self._row, "not_executed", error=error)

    def _begun(self, change: PendingWrite, key: CreationKey, lost: Lost) -> KeyedCreation:
        self._target.memory.leave_open(self._target.name, key.text, lost.sent)
        return KeyedCreation(change, self._target.name, key, self._payload, self._target.memory)

    def _checked(self, record: dict[str, Any], answered: Answered) -> dict[str, Any]:
        """The record, if it has the sys_id that was sent, or the table is not known to keep such."""
        sent = self._key.columns.get("sys_id") if self._key is not None else None
        is_another = sent is not None and raw_value(record.get("sys_id")) not in (None, sent)
        if is_another and self._target.memory.honours(self._target.name, "sys_id") is True:
            response = answered.answer.response(self._part, self._target.table._transport.base_url)
            raise misfit(response, self._target.name, "it holds another record", sent)
        return record

    def _after(self, error: PysnowException, answered: Answered) -> Outcome | Lost:
        verdict = verdict_on(error)
        if verdict == "unknown":
            return Lost(error, answered.sent)
        if self._key is None or (verdict == "not made" and not is_unique_key_refusal(error)):
            self._settle()
            return self._failed(error.describe(committed=False if verdict == "not made" else None))
        return self._refused(error, self._key, is_first=answered.is_first)

    def _refused(self, error: PysnowException, key: CreationKey, *, is_first: bool) -> Outcome:
        """A refusal that may mean that the record is there: look for it."""
        try:
            record = self._look(key)
        except (Unclear, PysnowException):
            record = None
        else:
            is_kept = "sys_id" in key.columns and self._target.memory.honours(self._target.name, "sys_id") is True
            if record is None and is_kept:
                error.describe(committed=False)  # it would have been found
        self._settle()
        if record is None:
            return self._failed(error)
        was_there = is_first and not key.is_fresh and is_unique_key_refusal(error)
        return self._done(record, "existed" if was_there else "created")

    def _look(self, key: CreationKey) -> RecordResponse | None:
        change = self._target.change("create")
        for way, value in key.columns.items():
            record = found_by(change, way, value, self._target.memory)
            if record is not None:
                return record
        return None

    def _named_by(self, error: PysnowException, ambiguous: PysnowException) -> Mapping[str, Any]:
        """The record that a damaged answer named, whose status said that it was created."""
        sys_id = None
        if error.response is not None and error.response.status_code == 201:
            sys_id = location_id(error.response)
        record = None
        if sys_id is not None:
            try:
                record = found_by(self._target.change("create"), "sys_id", sys_id)
            except (Unclear, PysnowException):
                record = None
        if record is None:
            raise ambiguous
        return record

    def _learn_from(self, record: Mapping[str, Any]) -> None:
        made = raw_value(record.get("sys_id"))
        if self._key is not None and "sys_id" in self._key.columns and isinstance(made, str):
            self._target.memory.learn(self._target.name, "sys_id", made == self._key.columns["sys_id"])
            if not self._key.is_fresh and made != self._key.columns["sys_id"]:
                self._target.memory.keep_id(self._target.name, self._key.text, made)
        self._settle()

    def _settle(self) -> None:
        if self._key is not None:
            self._target.memory.settle(self._target.name, self._key.text)

    def _outcome_of(self, write: Any) -> Outcome:
        try:
            return self._done(write())
        except PysnowException as error:
            return self._failed(error)

    def _done(self, record: Mapping[str, Any], action: Action = "created") -> Outcome:
        ignored = tuple(self._target.ignored(self._payload, record)) if action == "created" else ()
        return Outcome(self._row, "done", action, self._target.shaped(record), ignored=ignored)

    def _failed(self, error: PysnowException) -> Outcome:
        return Outcome(self._row, status_of(error), error=error)
