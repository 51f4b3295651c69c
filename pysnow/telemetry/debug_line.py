"""One line for each request, for somebody who looks on."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any, Final

from pysnow.telemetry.event import Event

__all__ = ["debug_line", "write_line"]

_WORDS: Final = "passw|secret|token|api_?key|credential"
_SPEAKING: Final = re.compile(_WORDS, re.IGNORECASE)
_PART: Final = "[a-z0-9_.]"
"""What names of columns are made of; operators are not."""

_SECRET: Final = re.compile(
    # A column at the beginning of a condition, and the operator that ends its name.
    rf"(?:(?:^|(?<=\^)|(?<=\^OR)|(?<=\^NQ))(?<!\^\^)({_PART}*(?:{_WORDS}){_PART}*)(?=[A-Z=!<>])"
    # Elsewhere nobody knows where a name ends and a value begins: the word goes, too.
    rf"|(?<!{_PART}){_PART}*(?i:{_WORDS}))[^^]*"
)


def debug_line(event: Event) -> str:
    """A request and its answer on one line. What stands behind names such as ``password`` is masked.

    Args:
        event: The attempt.
    """
    query = _query(event.params)
    came = str(event.status) if event.status is not None else f"no answer ({type(event.error).__name__})"
    parts = [
        f"{event.method} {event.path}{f' {query}' if query else ''} -> {came}",
        *([] if event.size is None else [f"{event.size} bytes"]),
        f"{(event.seconds or 0) * 1000:.0f} ms",
        f"attempt {event.attempt}",
        f"transaction {event.transaction_id or '-'}",
    ]
    line = ", ".join(parts)
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)


def write_line(text: str) -> None:
    """Write a line to standard error, in one piece so that lines of threads do not mix."""
    if sys.stderr is not None:  # a program without a console has none
        sys.stderr.write(f"pysnow: {text}\n")


def _query(params: Mapping[str, Any]) -> str:
    return "&".join(f"{name}={_masked(name, str(value))}" for name, value in params.items())


def _masked(name: str, value: str) -> str:
    return "***" if _SPEAKING.search(name) else _SECRET.sub(lambda found: f"{found[1] or ''}***", value)
