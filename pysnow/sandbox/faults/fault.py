"""What a fault is: a frozen value with a name that stands between a call and its answer."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar, Literal, get_args, get_origin, get_type_hints

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.reply import Reply

Serve = Callable[[Call], Reply]
"""What a fault stands before: the next fault, or the application."""

Option = str | int | float | bool
"""Value of an option of a fault."""

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Fault(ABC):
    """One way for things to go wrong.

    Its name is that of its class, in lower case with hyphens; its options are its fields, each of a plain type. What it
    has to remember between calls it keeps in the call's memory.
    """

    OPERATIONS: ClassVar[frozenset[str]] = frozenset()
    """Operations it can strike; empty for all calls."""

    def __post_init__(self) -> None:
        """Check the options.

        Raises:
            ValueError: An option is not one of those offered.
        """
        for name, kind in option_types(type(self)).items():
            choices = get_args(kind) if get_origin(kind) is Literal else ()
            if choices and getattr(self, name) not in choices:
                raise ValueError(f"{self.name()}: {name} must be one of {', '.join(choices)}")

    @classmethod
    def name(cls) -> str:
        """Name of this kind of fault."""
        return _WORD_START.sub("-", cls.__name__).lower()

    @classmethod
    def about(cls) -> str:
        """What it does, in one paragraph."""
        return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())

    def applies(self, call: Call) -> bool:
        """Say whether it can strike a call at all; those it cannot are not counted."""
        return not self.OPERATIONS or call.operation.name in self.OPERATIONS

    @abstractmethod
    def play(self, call: Call, serve: Serve) -> Reply:
        """Strike a call.

        Args:
            call: The call.
            serve: Gives the answer the call would have had.
        """


@cache
def option_types(kind: type[Fault]) -> dict[str, object]:
    """Give the options of a kind of fault, with their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
