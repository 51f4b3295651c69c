"""What is said about a name that a GlideRecord does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

__all__ = ["about_unknown"]

_NEAR_MAX: Final = 3
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def about_unknown(name: str, methods: Iterable[str], columns: Iterable[str] | None) -> str:
    """Say that there is no such name, and which ones are near.

    Args:
        name: The name that was asked for.
        methods: Names of methods and properties; ``addQuery`` is told that it is ``add_query`` here.
        columns: Names of the columns that the current record has; None when there is no current record.
    """
    methods = list(methods)
    snake = _HUMP.sub("_", name).lower()
    if snake != name and snake in methods:
        return f"GlideRecord has no {name!r}: it is {snake}() here"
    near = get_close_matches(snake, [*methods, *(columns or ())], n=_NEAR_MAX)
    close = f"; near: {', '.join(near)}" if near else ""
    where = "there is no current record" if columns is None else "no column that the current record has"
    return f"{name!r} is no method of GlideRecord, and {where}{close}"
