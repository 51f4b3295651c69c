"""A record to be read among changes, so that what they did is seen in the same round trip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pysnow.batching.part import Part
from pysnow.exceptions import PysnowException
from pysnow.params_builder import field_list
from pysnow.writing.outcome import Outcome, status_of

if TYPE_CHECKING:
    from pysnow.batching.batch_sender import Answered, Lost
    from pysnow.batching.bulk_target import BulkTarget

__all__ = ["ReadJob"]


class ReadJob:
    """See :class:`~pysnow.batching.job.Job`.

    Args:
        target: The table.
        sys_id: The record.
        fields: Columns to return; all when empty.
    """

    def __init__(self, target: BulkTarget, sys_id: str, fields: Iterable[str] | str = ()) -> None:
        columns = field_list(fields)
        self._target = target
        self._sys_id = sys_id
        self._params = {"sysparm_fields": ",".join(columns)} if columns else {}
        path = f"{target.table.path}/{sys_id}"
        self._part = Part("read", "GET", path, urlencode(self._params), {"Accept": "application/json"})
        self.name = f"{target.name}\0{sys_id}"
        self.size = self._part.size

    def part(self) -> Part | None:
        """The GET."""
        return self._part

    def answered(self, answered: Answered) -> Outcome:
        """The record."""
        transport = self._target.table._transport
        response = answered.answer.response(self._part, transport.base_url)
        if transport.observer is not None:
            transport.observer.count_rows_of(self._part.method, self._part.path, response)
        try:
            record = self._target.table._request.response(response).one()
        except PysnowException as error:
            return self._failed(error)
        return Outcome(self._sys_id, "done", "read", self._target.shaped(record))

    def lost(self, lost: Lost) -> Outcome:
        """Read it once more."""
        return self.alone()

    def unsettled(self, lost: Lost) -> Outcome:
        """It was not read."""
        return self.not_executed(lost.error)

    def alone(self) -> Outcome:
        """Read it by itself."""
        try:
            record = self._target.change("read").read(self._sys_id, self._params).one()
        except PysnowException as error:
            return self._failed(error)
        return Outcome(self._sys_id, "done", "read", self._target.shaped(record))

    def not_executed(self, error: PysnowException) -> Outcome:
        """It was not read."""
        return Outcome(self._sys_id, "not_executed", error=error.describe(committed=False))

    def _failed(self, error: PysnowException) -> Outcome:
        error.describe(sys_id=self._sys_id, committed=False)  # whatever became of it, nothing was changed
        return Outcome(self._sys_id, status_of(error), error=error)
