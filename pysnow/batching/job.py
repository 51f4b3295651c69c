"""One row on its way: as part of a batch where that is safe, by itself where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pysnow.batching.batch_sender import Answered, Lost
    from pysnow.batching.part import Part
    from pysnow.exceptions import PysnowException
    from pysnow.writing.outcome import Outcome

__all__ = ["Job"]


class Job(Protocol):
    """What is to be done about one row. One thread at a time works on it."""

    name: str
    """What no two jobs that are under way may have in common: a record, or a key. Empty for none."""

    size: int
    """Bytes that it takes within a batch, nearly."""

    def part(self) -> Part | None:
        """The request to send within a batch; None for a row that has to be written by itself."""
        ...

    def answered(self, answered: Answered) -> Outcome | Lost:
        """What an answer to the request means; that it is as good as lost where it does not say what was done."""
        ...

    def lost(self, lost: Lost) -> Outcome:
        """Find out what became of the request, and send it again where that can do no harm."""
        ...

    def unsettled(self, lost: Lost) -> Outcome:
        """Leave open what became of the request: nothing is sent, because nobody answers."""
        ...

    def alone(self) -> Outcome:
        """Write the row by itself."""
        ...

    def not_executed(self, error: PysnowException) -> Outcome:
        """The outcome of a row that was not sent, or not carried out."""
        ...
