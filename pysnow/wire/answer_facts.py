"""What an answer remembers of the call that brought it, for the errors that may be made of it later."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pysnow.exceptions import Attempt
from pysnow.wire.deadline import NEVER

if TYPE_CHECKING:
    from datetime import datetime

    import requests

    from pysnow.exceptions import PysnowException
    from pysnow.wire.deadline import Deadline

__all__ = ["NO_FACTS", "AnswerFacts", "HealingCall", "attach_call", "attach_facts", "facts_of", "take_call"]

# What stands in for an answer may refuse other names.
_NAME = "__pysnow_facts__"
_CALL = "__pysnow_call__"


class HealingCall(Protocol):
    """What can bring another answer in the place of one that turned out to be useless."""

    def again(self, error: PysnowException) -> requests.Response | None:
        """Send once more; None when that is not allowed, or would not help."""
        ...


@dataclass(slots=True)
class AnswerFacts:
    """The call behind an answer; completed when the call ends.

    Attributes:
        operation: What was done.
        deadline: End of the call.
        attempts: The attempts before this answer, and this one where its status was a failure.
        number: Number of the attempt that brought this answer, from 1.
        retry_at: When another try may succeed, as far as the instance said.
        elapsed: Seconds until the answer came; None while it comes.
        process: Number of the process that made the call, and alone may read the answer off the wire; 0 for any.
    """

    operation: str | None = None
    deadline: Deadline = NEVER
    attempts: tuple[Attempt, ...] = ()
    number: int = 0
    retry_at: datetime | None = None
    elapsed: float | None = None
    process: int = field(default_factory=os.getpid)

    def context(self, status: int) -> dict[str, Any]:
        """What an error about the answer knows of the call."""
        if not self.number:
            return {}
        attempts = self.attempts
        if len(attempts) < self.number:
            attempts = (*attempts, Attempt("answered", status, f"status {status}"))
        return {"attempts": attempts, "elapsed": self.elapsed, "retry_at": self.retry_at}


NO_FACTS = AnswerFacts(process=0)
"""Those of an answer that a program or a test put together."""


def attach_facts(response: requests.Response, facts: AnswerFacts) -> None:
    """Let an answer remember its call."""
    setattr(response, _NAME, facts)


def attach_call(response: requests.Response, call: HealingCall) -> None:
    """Let an answer know what can bring another one in its place."""
    setattr(response, _CALL, call)


def take_call(response: requests.Response) -> HealingCall | None:
    """Take its call from an answer: errors hang on to answers, and must not lead to what sends."""
    call: HealingCall | None = getattr(response, "__dict__", {}).pop(_CALL, None)  # a stand-in may lack it
    return call


def facts_of(response: requests.Response) -> AnswerFacts:
    """The call behind an answer."""
    facts = getattr(response, _NAME, NO_FACTS)
    return facts if isinstance(facts, AnswerFacts) else NO_FACTS
