"""Names that somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Final

from pysnow.exceptions import InvalidUsage

__all__ = ["did_you_mean", "refuse_misspelt"]

_MISSPELT: Final = 0.8
"""How near a member has to be to a known one to be taken for that; others are somebody's own."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give the end of an error message: the names that are nearest to one that is not known, or nothing.

    Args:
        name: The name that is not known.
        known: The names that are.
    """
    found = difflib.get_close_matches(name.lower(), sorted(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(map(repr, found))}?" if found else ""


def refuse_misspelt(where: str, members: Iterable[str], known: Collection[str]) -> None:
    """Refuse members of a schema file that look like known ones, and would be passed over.

    Args:
        where: The object that they are in.
        members: Their names.
        known: Names that mean something there.

    Raises:
        InvalidUsage: One is misspelt, it seems.
    """
    for name in members:
        near = () if name in known else difflib.get_close_matches(str(name), sorted(known), n=1, cutoff=_MISSPELT)
        if near:
            raise InvalidUsage(f"{where} of the schema has a member {name!r}; did you mean {near[0]!r}?")
