"""Creating a record once.

::

    with a key                                           without
    ----------                                           -------
    look, unless the unique key guards -> there: done
    POST -> record: done                                 POST -> record: done
         -> refused, certainly: the error                     -> refused: the error
         -> unique key: look -> there: done                   -> unknown: look under the sys_id that the answer
         -> unknown: look -> there: done                         named, if it did; else AmbiguousWrite
              guarded: POST again
              wait until the transaction must have ended, look -> there: done
              the key is kept by this table, or the table got no record at all since: POST again
              else: AmbiguousWrite

Invariants:

* A POST follows another one only when the first was certainly not executed, when the instance is known to keep a
  column by which its record would have been found, or when the table got no record at all. That one was not found
  proves nothing by itself: the column may not be kept, and the transaction may still be running.
* What was sent and not settled is remembered: the next call with the same key looks, and does not start afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pysnow.exceptions import PysnowException
from pysnow.field_value import raw_value
from pysnow.record_response import location_id
from pysnow.writing.creation_absence import nothing_created_since
from pysnow.writing.keyed_record import found_by
from pysnow.writing.write_verdict import is_unique_key_refusal, verdict_on
from pysnow.writing.writes import Unclear

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from pysnow._types import JSON, Record
    from pysnow.record_response import RecordResponse
    from pysnow.writing.creation_key import CreationKey, Way
    from pysnow.writing.table_memory import TableMemory
    from pysnow.writing.writes import Look, PendingWrite

__all__ = ["KeyedCreation", "create_once"]

_STUCK = (
    "A record was sent under this key before, and as far as is known this table keeps neither its sys_id nor its"
    " correlation_id, so nobody can tell whether it was created. Look for it by what it holds"
)


def create_once(change: PendingWrite, payload: JSON) -> RecordResponse:
    """Create a record with one POST.

    Args:
        change: What is sent.
        payload: The record's fields.

    Raises:
        AmbiguousWrite: The record may or may not have been created.
        PysnowException: It was not, or the instance refused it.
    """
    try:
        return change.write("POST", json=payload)
    except PysnowException as error:
        if verdict_on(error) != "unknown":
            raise
        record = _named_by(error.response, change)
        if record is not None:
            return record
        raise change.ambiguous(error, hint="Pass key= to have it looked for, or look before you repeat") from error


def _named_by(answer: requests.Response | None, change: PendingWrite) -> RecordResponse | None:
    """The record that a damaged answer named: its status said that it was created, its ``Location`` where."""
    sys_id = location_id(answer) if answer is not None and answer.status_code < 300 else None
    if sys_id is None or change.table is None:
        return None
    try:
        return found_by(change, "sys_id", sys_id)
    except (PysnowException, Unclear):
        return None


class KeyedCreation:
    """The creation of the record that has a key.

    Args:
        change: What is sent.
        table: Table of the record.
        key: Its key.
        payload: Its fields.
        memory: What is known about the table and the key.
    """

    def __init__(
        self, change: PendingWrite, table: str, key: CreationKey, payload: Mapping[str, Any], memory: TableMemory
    ) -> None:
        self._change = change
        self._table = table
        self._key = key
        self._payload: dict[str, Any] = dict(payload)
        self._payload.update((column, value) for column, value in key.columns.items())
        self._memory = memory

    def run(self) -> RecordResponse:
        """Give the record, found or created.

        Raises:
            AmbiguousWrite: The record may or may not have been created.
            PysnowException: It was not, or the instance refused it.
        """
        with self._memory.turn(self._table, self._key.text):
            record = self._earlier()
            return self._created() if record is None else record

    def unsettled(self, error: PysnowException) -> PysnowException:
        """The error of a creation that was sent, and whose outcome stays open.

        Args:
            error: What came instead of an answer.
        """
        return self._ambiguous(error)

    # -- before anything is sent ---------------------------------------------------------------------------------------

    def _earlier(self) -> RecordResponse | None:
        """The record, if an earlier call created it; None when it is to be created now."""
        sent = self._memory.sent_at(self._table, self._key.text)
        if sent is None and (self._key.is_fresh or self._is_guarded):
            return None
        try:
            record = self._kept() or (self._look() if sent is None else self._settled(sent))
        except Unclear:
            raise self._ambiguous(None, _STUCK) from None
        except PysnowException as error:
            if sent is None:
                error.describe(committed=False)
                raise
            raise self._ambiguous(error) from error
        if record is not None:
            record.existed = True
            self._memory.settle(self._table, self._key.text)
        return record

    def _kept(self) -> RecordResponse | None:
        """The record that this client created under the key, on an instance that keeps no key."""
        sys_id = self._memory.kept_id(self._table, self._key.text)
        return None if sys_id is None else found_by(self._change, "sys_id", sys_id)

    # -- sending -------------------------------------------------------------------------------------------------------

    def _created(self) -> RecordResponse:
        while True:
            self._memory.leave_open(self._table, self._key.text, self._change.transport.clock())
            record = self._sent()
            if record is not None:
                self._memory.settle(self._table, self._key.text)
                return record

    def _sent(self) -> RecordResponse | None:
        """The record; None to send again."""
        try:
            record = self._change.write("POST", json=self._payload)
        except PysnowException as error:
            found = self._after(error)
            if found is None and not self._change.may_repeat(error):
                raise self._ambiguous(error) from error
            return found
        if not self._is_named_by(record):
            return self._verified(record)
        self._learn_from(record)
        return record

    def _is_named_by(self, record: RecordResponse) -> bool:
        """Whether an answer names the record that was sent, or one whose own sys_id was not sent, or is not taken."""
        if "sys_id" not in self._key.columns or self._memory.honours(self._table, "sys_id") is False:
            return True
        return bool(_made(record) == self._key.columns["sys_id"])

    def _verified(self, record: RecordResponse) -> RecordResponse:
        """The record, if it is there, after an answer that names another: tables may choose sys_ids of their own."""
        made = _made(record)
        try:
            found = self._look()
            if found is None and not self._is_guarded and isinstance(made, str):
                found = found_by(self._change, "sys_id", made)
        except (Unclear, PysnowException) as cause:
            raise self._ambiguous(None) from (cause if isinstance(cause, PysnowException) else None)
        if found is None:
            raise self._ambiguous(None)
        if self._is_guarded or _made(found) not in (None, made):  # the answer was about another record
            return found
        self._learn_from(record)
        return record

    def _after(self, error: PysnowException) -> RecordResponse | None:
        """What follows an error: the record that was created all the same, None to send again, or an error."""
        verdict, is_duplicate = verdict_on(error), is_unique_key_refusal(error)
        is_first = self._change.failures == 1
        self._memory.leave_open(self._table, self._key.text, self._change.sent)
        if verdict == "not made" and is_first and not is_duplicate:
            self._memory.settle(self._table, self._key.text)
            raise error.describe(committed=False)
        try:
            # A refusal ends the transaction; what else was sent may still be worked on.
            record = self._settled(self._change.sent) if verdict == "unknown" else self._look()
        except (Unclear, PysnowException) as cause:
            if verdict == "refused" and is_first:
                raise error from error.__cause__
            raise self._ambiguous(error) from (cause if isinstance(cause, PysnowException) else error)
        if record is None and verdict != "unknown":
            raise self._refusal(error, is_final=is_first) from error.__cause__
        if record is not None and is_duplicate and is_first:
            record.existed = True
        return record

    def _refusal(self, error: PysnowException, *, is_final: bool) -> PysnowException:
        """The refusal of a record that is not there; after an attempt whose outcome is open, that stays open."""
        if not is_final:
            return self._ambiguous(error)
        if self._is_kept or verdict_on(error) == "not made":
            self._memory.settle(self._table, self._key.text)
            error.describe(committed=False)
        return error

    # -- looking -------------------------------------------------------------------------------------------------------

    def _settled(self, sent: float) -> RecordResponse | None:
        """The record, or None when it is certain that sending it once more creates no second one.

        Raises:
            Unclear: Neither is certain.
        """
        record = self._look()
        if record is not None or self._is_guarded:
            return record
        self._change.wait_out(sent)
        record = self._look()
        if record is None and not self._is_certainly_absent(sent):
            raise Unclear
        return record

    def _is_certainly_absent(self, sent: float) -> bool:
        """Whether a record that was not found is not there: it would have been found, or the table got none at all."""
        return self._is_kept or nothing_created_since(self._change, self._payload, sent)

    def _look(self) -> RecordResponse | None:
        """The record that has the key, as far as it can be found."""
        for way in self._ways:
            record = found_by(self._change, way, self._key.columns[way], self._memory)
            if record is not None:
                self._memory.learn(self._table, way, True)
                return record
        return None

    @property
    def _ways(self) -> tuple[Way, ...]:
        """Columns that may carry the key: those that the table is not known to lose."""
        return tuple(way for way in self._key.columns if self._memory.honours(self._table, way) is not False)

    @property
    def _is_guarded(self) -> bool:
        """Whether the database itself refuses a second record."""
        return "sys_id" in self._key.columns and self._memory.honours(self._table, "sys_id") is True

    @property
    def _is_kept(self) -> bool:
        """Whether the record would be found, if it were there."""
        return any(self._memory.honours(self._table, way) is True for way in self._key.columns)

    def _learn_from(self, record: RecordResponse) -> None:
        """Note which of the columns came back as they were sent."""
        made = _made(record)
        if "sys_id" in self._key.columns and made:
            self._memory.learn(self._table, "sys_id", made == self._key.columns["sys_id"])
        column: Way = "correlation_id"
        is_whole = not {"sysparm_fields", "sysparm_view"} & self._change.params.keys() and len(record) > 1
        if column in self._key.columns and (is_whole or column in record):
            self._memory.learn(self._table, column, raw_value(record[column]) == self._key.columns[column])
        if not self._ways and isinstance(made, str):
            self._memory.keep_id(self._table, self._key.text, made)

    def _ambiguous(self, error: PysnowException | None, hint: str | None = None) -> PysnowException:
        sys_id = self._key.columns.get("sys_id") if self._is_guarded else None
        return self._change.ambiguous(error, key=self._key.text, sys_id=sys_id, look=self._checked(), hint=hint)

    def _checked(self) -> Look:
        sent = self._memory.sent_at(self._table, self._key.text) or self._change.sent

        def look() -> Record | None:
            record = self._look()
            has_ended = self._change.transport.clock() >= self._change.end_of_transaction(sent)
            if record is None and not (has_ended and self._is_certainly_absent(sent)):
                raise Unclear
            self._memory.settle(self._table, self._key.text)
            return record

        return look


def _made(record: RecordResponse) -> JSON:
    """The sys_id that an answer gives the record it made, in its body or else in its address."""
    return raw_value(record["sys_id"]) or location_id(record._response)
