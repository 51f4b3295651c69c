"""What was worked out from the tables, kept until they change: statements, shapes of rows, ways along dotted paths."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import ParamSpec, TypeVar, cast

from pysnow.sandbox.dictionary.dictionary import Dictionary

_P = ParamSpec("_P")
_T = TypeVar("_T")

_MISSING = object()
_KEPT = 512
"""A program asks for the same few lists in the same few ways; one that does not shall not fill the memory."""


class Remembered:
    """Results of functions of a dictionary. Threads may share it: at worst two of them work out the same."""

    def __init__(self, dictionary: Dictionary) -> None:
        """Know nothing yet.

        Args:
            dictionary: The tables; a change of them makes everything forgotten.
        """
        self._dictionary = dictionary
        self._known: tuple[int, dict[Hashable, object]] = (dictionary.revision, {})

    def __call__(self, work: Callable[_P, _T], *args: _P.args, **options: _P.kwargs) -> _T:
        """Give the result of a function.

        Args:
            work: The function; its result depends on nothing but its arguments and the tables, and nobody changes it.
            *args: Its arguments, hashable.
            **options: No more of them.
        """
        key = (work, args, *options.items())
        known = self._current()
        found = known.get(key, _MISSING)
        if found is not _MISSING:
            return cast("_T", found)
        result = work(*args, **options)
        if len(known) >= _KEPT:
            known.clear()
        # After a change meanwhile this goes into a dict that nobody reads any more.
        known[key] = result
        return result

    def _current(self) -> dict[Hashable, object]:
        revision, known = self._known
        if revision != self._dictionary.revision:
            known = {}
            self._known = (self._dictionary.revision, known)
        return known
