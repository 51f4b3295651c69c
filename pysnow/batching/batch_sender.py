"""Sending one group of requests as a batch, until it is known of each what became of it, or that nobody knows.

::

    POST /api/now/v1/batch
      not sent, 429, 401 ...                      -> NotExecuted, each of them
      no such API, or not for this user           -> Alone, each of them: requests of their own
      no answer, half of one, 202, 5xx ...        -> Lost, each of them
      200, and of each request:
        serviced                                  -> PartAnswer
        serviced with 429                         -> sent again after a pause
        unserviced                                -> sent again at once; Alone where that brings nothing
        neither, or both                          -> Lost

A request is sent again only when the instance says that it did not carry it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from pysnow.batching.batch_document import BatchAnswer, batch_document, read_batch_answer
from pysnow.batching.part import PartAnswer
from pysnow.exceptions import HTTPStatusError, MissingResult, PysnowException
from pysnow.wire import diagnosis
from pysnow.writing.write_verdict import verdict_on

if TYPE_CHECKING:
    import requests

    from pysnow.batching.part import Part
    from pysnow.request import SnowRequest
    from pysnow.wire.deadline import Deadline
    from pysnow.wire.transport import Transport

__all__ = ["BATCH_PATH", "Alone", "Answered", "BatchSender", "Fate", "Lost", "NotExecuted"]

BATCH_PATH: Final = "/v1/batch"
"""Path of the Batch API below ``/api/now``; its documentation asks for a version."""

_NO_SUCH_API: Final = frozenset({403, 404, 405, 501})
_TOO_MANY: Final = 429


@dataclass(frozen=True, slots=True)
class NotExecuted:
    """A request that was certainly not carried out.

    Attributes:
        error: Why not.
    """

    error: PysnowException


@dataclass(frozen=True, slots=True)
class Lost:
    """A request that may or may not have been carried out.

    Attributes:
        error: What came instead of an answer.
        sent: When it was sent, by the transport's clock.
    """

    error: PysnowException
    sent: float


@dataclass(frozen=True, slots=True)
class Alone:
    """A request that was not carried out, and has to be sent by itself.

    Attributes:
        error: Why batches are of no use here; None when the instance did not get to it.
    """

    error: PysnowException | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that was carried out.

    Attributes:
        answer: The answer to it.
        sent: When it was sent, by the transport's clock.
        is_first: Whether it was sent once.
    """

    answer: PartAnswer
    sent: float
    is_first: bool


Fate: TypeAlias = Answered | NotExecuted | Lost | Alone


class BatchSender:
    """Sends groups of requests. Threads may share it.

    Args:
        request: Sends to the Batch API.
        transport: Knows the time, and how to wait.
        address: Address of the instance.
        new_deadline: Gives the deadline of a group.

    Attributes:
        address: As given.
    """

    def __init__(
        self, request: SnowRequest, transport: Transport, address: str, new_deadline: Callable[[], Deadline]
    ) -> None:
        self._request = request
        self._transport = transport
        self.address = address
        self._new_deadline = new_deadline

    def run(self, parts: Sequence[Part]) -> list[Fate]:
        """Send a group.

        Args:
            parts: The requests; together within the limits of a batch.

        Returns:
            What became of each, in their order.
        """
        return _Group(self._request, self._transport, parts, self._new_deadline()).run()


class _Group:
    def __init__(self, request: SnowRequest, transport: Transport, parts: Sequence[Part], deadline: Deadline) -> None:
        self._request = request
        self._transport = transport
        self._parts = parts
        self._deadline = deadline
        self._fates: dict[int, Fate] = {}
        self._rounds = 0
        self._pauses = 0

    def run(self) -> list[Fate]:
        left = list(range(len(self._parts)))
        while left:
            left = self._sent(left)
        return [self._fates[place] for place in range(len(self._parts))]

    def _sent(self, left: Sequence[int]) -> list[int]:
        """Send what is left; give what is to be sent again."""
        self._rounds += 1
        started = self._transport.clock()
        try:
            answer = self._answer([self._parts[place] for place in left])
        except PysnowException as error:
            fate = _fate_of_all(error, started)
            self._fates.update(dict.fromkeys(left, fate))
            return []
        return self._sorted_out(left, answer, started)

    def _answer(self, parts: Sequence[Part]) -> BatchAnswer:
        name = f"pysnow-{self._rounds}"
        response = self._request.send(
            "POST", json=batch_document(name, parts), operation="batch", deadline=self._deadline
        )
        document = self._checked_document(response)
        answer = read_batch_answer(name, document, len(parts))
        if answer is None:
            raise MissingResult(
                "The answer to a batch is none: it does not list what was serviced and what was not",
                **diagnosis.context_of(response),
            )
        return answer

    def _checked_document(self, answer: requests.Response) -> object:
        response = self._request.response(answer)
        response.raise_for_status()
        if answer.status_code != 200:
            raise diagnosis.diagnose_nothing(answer)
        return response.json()

    def _sorted_out(self, left: Sequence[int], answer: BatchAnswer, started: float) -> list[int]:
        again, busy = [], []
        for position, place in enumerate(left):
            if position in answer.unserviced:
                again.append(place)
            elif (found := answer.serviced.get(position)) is None:
                self._fates[place] = Lost(_unmentioned(), started)
            elif found.status == _TOO_MANY:
                busy.append(place)
                self._fates[place] = NotExecuted(self._refusal(place, found))
            else:
                self._fates[place] = Answered(found, started, is_first=self._rounds == 1)
        again = self._resumed(again, is_stuck=len(again) == len(left))
        return sorted(again + (busy if busy and self._paused(busy[0]) else []))

    def _resumed(self, unserviced: list[int], *, is_stuck: bool) -> list[int]:
        """Those of the unserviced requests that go into the next batch."""
        alone = {each for each in unserviced if is_stuck or not self._parts[each].may_repeat}
        self._fates.update(dict.fromkeys(alone, Alone()))
        return [each for each in unserviced if each not in alone]

    def _paused(self, place: int) -> bool:
        """Whether the pause is over that a 429 asks for, and it may be tried again."""
        fate = self._fates[place]
        self._pauses += 1
        return isinstance(fate, NotExecuted) and self._transport.backoff(self._pauses, fate.error, self._deadline)

    def _refusal(self, place: int, answer: PartAnswer) -> PysnowException:
        response = answer.response(self._parts[place], self._transport.base_url)
        return diagnosis.diagnose_status(response, answer.body).describe(committed=False)


def _fate_of_all(error: PysnowException, started: float) -> Fate:
    if isinstance(error, HTTPStatusError) and error.status in _NO_SUCH_API and _is_of_platform(error):
        return Alone(error)
    if verdict_on(error) == "not made":
        return NotExecuted(error.describe(committed=False))
    return Lost(error, started)


def _is_of_platform(error: PysnowException) -> bool:
    """Whether a refusal is the platform's own, and not that of something between, which may have sent it on."""
    kind = error.response.headers.get("Content-Type", "") if error.response is not None else ""
    return "json" in kind.lower() and error.message not in (None, "<empty>")


def _unmentioned() -> PysnowException:
    return MissingResult("The answer to a batch does not say, or says in two ways, what became of one of its requests")
