"""A program's own functions, called as a client sends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from pysnow.telemetry.event import Event

__all__ = ["Hook", "Hooks"]

Hook: TypeAlias = Callable[[Event], object]
"""What is called; its result is ignored, and what it raises ends the call."""


@dataclass(slots=True)
class Hooks:
    """Functions to call, in the order of the lists, in the thread that sends: ``client.hooks.response.append(tell)``.

    Each is called once per attempt. What they raise ends the call, so that a hook can stop it.

    Attributes:
        request: Before a request is sent.
        response: When an answer has come, whatever its status.
        retry: When a request is about to be sent again, before the wait.
        error: When no answer came, or one that broke off.
    """

    request: list[Hook] = field(default_factory=list)
    response: list[Hook] = field(default_factory=list)
    retry: list[Hook] = field(default_factory=list)
    error: list[Hook] = field(default_factory=list)
