"""When the rest of many rows is not worth trying: what met one row would meet the others, too."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Final

from pysnow.exceptions import (
    AmbiguousWrite,
    AuthenticationError,
    PysnowException,
    RequestTimeout,
    TLSError,
    TokenCreateError,
    TransportError,
)

__all__ = ["Patience", "is_silence"]

_FOR_ALL: Final = (AuthenticationError, TLSError, TokenCreateError)
"""Errors that are the same for every row."""

_SILENCES: Final = 2
"""Calls in a row that got no answer in their time, or no connection: a third would hardly get one."""


class Patience:
    """What is known of the calls so far. Threads may share it.

    Attributes:
        over: The error of the rows that are not attempted any more; None as long as they are.
    """

    def __init__(self) -> None:
        self.over: PysnowException | None = None
        self._silences = 0
        self._last: PysnowException | None = None

    def note(self, error: PysnowException | None) -> None:
        """Take note of what a call brought.

        Args:
            error: What it brought; None for an answer.
        """
        behind = tuple(_causes(error))
        self._count(next((each for each in behind if is_silence(each)), None))
        found = next((each for each in behind if isinstance(each, _FOR_ALL)), None)
        if found is not None:
            self.over = _without_doubt(found)
        elif error is not None and self._silences >= _SILENCES:
            self.over = _not_attempted(error)

    def _count(self, silence: PysnowException | None) -> None:
        if silence is None:
            self._silences = 0
        elif silence is not self._last:  # each row of a batch that got no answer tells of the same one
            self._silences += 1
        self._last = silence


def is_silence(error: PysnowException) -> bool:
    """Whether an error says that no answer came in time, or no connection came about.

    Args:
        error: The error of a call.
    """
    if isinstance(error, AmbiguousWrite):  # which its cause tells
        return False
    return isinstance(error, RequestTimeout) or (isinstance(error, TransportError) and error.phase == "not_sent")


def _causes(error: BaseException | None) -> Iterator[PysnowException]:
    while isinstance(error, PysnowException):
        yield error
        error = error.__cause__


def _without_doubt(error: PysnowException) -> PysnowException:
    """An error of one row for the others, which certainly were not sent."""
    if error.committed is False:
        return error
    twin = copy.copy(error)
    twin.committed = False
    return twin


def _not_attempted(error: PysnowException) -> PysnowException:
    hint = "Try these rows again when the instance answers"
    text = f"Not attempted, because the calls before got no answer. {hint}. The last of them: {error}"
    found = TransportError(text, hint=hint, committed=False)
    found.__cause__ = error
    return found
