"""Reading of the ``sysparm_*`` parameters of one request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from urllib.parse import parse_qsl

from pysnow.sandbox.http.errors import bad_parameter

_PREFIX = "sysparm_"
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")  # a Java int has no more digits, and longer numbers do not parse there


class Parameters:
    """Parameters of a query string, in the order in which they were sent; of a repeated name the first counts."""

    def __init__(self, query_string: str) -> None:
        self.pairs: tuple[tuple[str, str], ...] = tuple(parse_qsl(query_string, keep_blank_values=True))
        self._kept: tuple[tuple[str, str], ...] = ()
        self._first = dict(reversed(self.pairs))

    def with_kept(self, query_string: str) -> Parameters:
        """Give parameters that also hold those of a kept URL, as far as the request does not name them itself.

        They do not appear among ``pairs``, which is what links repeat.
        """
        both = copy(self)
        both._kept = tuple(parse_qsl(query_string, keep_blank_values=True))
        both._first = dict(reversed((*self.pairs, *both._kept)))
        return both

    def text(self, name: str) -> str:
        """Give a parameter's value; empty when it is not there."""
        return self._first.get(name, "")

    def has(self, name: str) -> bool:
        """Say whether a parameter was sent, empty or not."""
        return name in self._first

    def flag(self, name: str) -> bool:
        """Give a parameter that is ``true`` or ``false``, lower case as documented; anything else is false."""
        return self.text(name) == "true"

    def count(self, name: str, default: int) -> int:
        """Give a parameter that is a number, 0 or more; what is no number counts as not sent (our default).

        Raises:
            ApiError: The number is negative ("not allowed" in the Table API documentation; the status is our default).
        """
        text = self.text(name).strip()
        if not _NUMBER.fullmatch(text):
            return default
        if (number := int(text)) < 0:
            raise bad_parameter(f"{name} must not be negative: {text}")
        return number

    def names(self, name: str) -> list[str] | None:
        """Give a parameter that is a list of names joined by commas; None when it is empty or not there."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()] or None

    def filters(self) -> Iterator[tuple[str, str]]:
        """Give the pairs that are no ``sysparm_*``: the ``field=value`` shorthand of a list."""
        pairs = (*self.pairs, *self._kept)
        return ((name, value) for name, value in pairs if name and not name.startswith(_PREFIX))
