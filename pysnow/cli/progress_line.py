"""How far long work has come: one line of a terminal, written over and over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self, TextIO

__all__ = ["ProgressLine"]

_SECONDS_BETWEEN = 0.2


class ProgressLine:
    """A line that says how many records came. Where nobody looks, there is none.

    Args:
        out: Where to.
        is_shown: Whether anything is written.
        clock: Gives seconds.
    """

    def __init__(self, out: TextIO, *, is_shown: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_shown = is_shown
        self._out = out
        self._clock = clock
        self._next = clock()
        self._width = 0

    @classmethod
    def on(cls, out: TextIO, *, quiet: bool) -> Self:
        """Give the line of a stream: shown on a terminal, unless nothing is to be said."""
        return cls(out, is_shown=not quiet and out.isatty())

    def show(self, received: int, expected: int | None) -> None:
        """Show how many records came, some times a second at the most.

        Args:
            received: How many came.
            expected: How many there are, as far as it is known.
        """
        if not self.is_shown or self._clock() < self._next:
            return
        self._next = self._clock() + _SECONDS_BETWEEN
        share = f" of {expected:,} ({100 * received // expected} %)" if expected else ""
        text = f"{received:,}{share} records"
        self._out.write(f"\r{text:<{self._width}}")
        self._out.flush()
        self._width = max(self._width, len(text))

    def close(self) -> None:
        """Wipe the line out."""
        if self._width:
            self._out.write(f"\r{'':<{self._width}}\r")
            self._out.flush()
