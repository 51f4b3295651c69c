"""Showing how far a walk is, with what is installed: ``tqdm``, else ``rich``, else a line on a terminal."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from typing import Any, Final, Protocol, TextIO

from pysnow.exceptions import InvalidUsage

__all__ = ["Meter", "make_meter"]

_LINE_EVERY_SECONDS: Final = 0.2


class Meter(Protocol):
    """Shows how many rows have come."""

    def show(self, received: int, expected: int | None) -> object:
        """Show it."""
        ...

    def end(self) -> None:
        """Show no more."""
        ...


def make_meter(progress: object) -> Meter | None:
    """Give what shows the progress of a walk.

    Args:
        progress: None or False for nothing; True for what is installed; or what is called with the rows that have
            come, and those that are expected (None when that is not known).

    Raises:
        InvalidUsage: It is something else.
    """
    if progress is None or progress is False:
        return None
    if callable(progress):
        return _Told(progress)
    if progress is not True:
        raise InvalidUsage(f"progress must be True or something to call, not {type(progress).__name__}")
    return _Lazy()


class _Told:
    """A function of the caller's."""

    def __init__(self, tell: Callable[[int, int | None], object]) -> None:
        self.show = tell

    def end(self) -> None:
        """Do nothing: the caller knows."""


class _Lazy:
    """A bar that is made when there is something to show."""

    def __init__(self) -> None:
        self._bar: Meter | None = None

    def show(self, received: int, expected: int | None) -> object:
        if self._bar is None:
            self._bar = _bar(expected)
        return self._bar.show(received, expected)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.end()


def _bar(expected: int | None) -> Meter:
    for name, make in (("tqdm", _Tqdm), ("rich.progress", _Rich)):
        try:
            return make(importlib.import_module(name), expected)
        except ImportError:
            continue
    return _Line(sys.stderr)


class _Tqdm:
    def __init__(self, tqdm: Any, expected: int | None) -> None:
        self._bar = tqdm.tqdm(total=expected, unit=" rows")

    def show(self, received: int, expected: int | None) -> object:
        return self._bar.update(received - self._bar.n)

    def end(self) -> None:
        self._bar.close()


class _Rich:
    def __init__(self, rich: Any, expected: int | None) -> None:
        self._progress = rich.Progress()
        self._progress.start()
        self._task = self._progress.add_task("rows", total=expected)

    def show(self, received: int, expected: int | None) -> object:
        return self._progress.update(self._task, completed=received, total=expected)

    def end(self) -> None:
        self._progress.stop()


class _Line:
    """A line that is written over, on a terminal; nothing elsewhere, so that log files stay readable."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._is_shown = stream.isatty()
        self._clock = clock
        self._next = 0.0
        self._text = ""

    def show(self, received: int, expected: int | None) -> object:
        self._text = f"{received:,} rows" if expected is None else f"{received:,} of {expected:,} rows"
        if self._is_shown and self._clock() >= self._next:
            self._next = self._clock() + _LINE_EVERY_SECONDS
            self._write("")
        return None

    def end(self) -> None:
        if self._is_shown and self._text:
            self._write("\n")

    def _write(self, end: str) -> None:
        self._stream.write(f"\r{self._text}{end}")
        self._stream.flush()
