"""A row to be imported, alone or among many. It is sent once: nobody knows whether a second one would be recognised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pysnow.apis.import_outcome import ImportOutcome, imported
from pysnow.batching.part import Part
from pysnow.exceptions import PysnowException
from pysnow.request import encoded
from pysnow.writing.outcome import status_of
from pysnow.writing.write_verdict import attempts_of, verdict_on

if TYPE_CHECKING:
    import requests

    from pysnow.batching.batch_sender import Answered, Lost
    from pysnow.resource import Resource

__all__ = ["ImportJob"]

_HEADERS: Final = {"Accept": "application/json", "Content-Type": "application/json"}
_HINT: Final = "Look at the target table before you repeat, unless the transform map has coalesce fields"


class ImportJob:
    """See :class:`~pysnow.batching.job.Job`.

    Args:
        resource: Resource of the staging table's path.
        row: The row as it was given.
        fields: Its fields as they are sent.
    """

    def __init__(self, resource: Resource, row: Any, fields: Mapping[str, str]) -> None:
        self._resource = resource
        self._row = row
        self._fields = dict(fields)
        self._part = Part("create", "POST", resource.path, "", _HEADERS, encoded(self._fields))
        self.name = ""
        self.size = self._part.size

    def part(self) -> Part | None:
        """The POST."""
        return self._part

    def answered(self, answered: Answered) -> ImportOutcome:
        """What the transform maps made of it."""
        try:
            return self._judged(answered.answer.response(self._part, self._resource._transport.base_url))
        except PysnowException as error:
            return self._after(error)

    def lost(self, lost: Lost) -> ImportOutcome:
        """Nobody knows."""
        return self._after(lost.error)

    def unsettled(self, lost: Lost) -> ImportOutcome:
        """Nobody knows."""
        return self._after(lost.error)

    def alone(self) -> ImportOutcome:
        """Import it by itself."""
        change = self._resource._change("create", None, None, ...)
        try:
            return self._judged(change.send("POST", json=self._fields))
        except PysnowException as error:
            return self._after(error)

    def not_executed(self, error: PysnowException) -> ImportOutcome:
        """It was not imported."""
        return ImportOutcome(self._row, "not_executed", error=error)

    def _judged(self, answer: requests.Response) -> ImportOutcome:
        response = self._resource._request.response(answer)
        response.raise_for_status()
        if answer.status_code == 201 and not answer.content:
            return imported(self._row, None)
        response.all()  # so that an error behind what the maps did is one
        return imported(self._row, response.json())

    def _after(self, error: PysnowException) -> ImportOutcome:
        if verdict_on(error) != "unknown":
            return ImportOutcome(self._row, status_of(error), error=error)
        change = self._resource._change("create", None, None, ...)
        change.attempts = attempts_of(error)
        return ImportOutcome(self._row, "unknown", error=change.ambiguous(error, hint=_HINT))
