"""Which columns an export has, found out before its first line is written."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["laid_out"]

_IN_MEMORY_BYTES: Final = 16 << 20


@contextmanager
def laid_out(
    rows: Iterable[Mapping[str, JSON]], fields: Sequence[str] | None
) -> Iterator[tuple[list[str], Iterator[Mapping[str, JSON]]]]:
    """Give the fields that records have, and the records.

    Fields that were asked for are known beforehand, and the records pass through. Otherwise access rules decide about
    the members of each record, and the first one does not speak for the others: all are put aside, in memory or in a
    temporary file when they are many, until the last one has been seen.

    Args:
        rows: The records.
        fields: What was asked for; None or empty for all there is.
    """
    if fields:
        yield list(fields), iter(rows)
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, mode="w+", encoding="utf-8", newline="\n") as aside:
        names = _put_aside(rows, aside)
        aside.seek(0)
        yield names, map(json.loads, aside)


def _put_aside(rows: Iterable[Mapping[str, JSON]], aside: IO[str]) -> list[str]:
    names: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            raise InvalidUsage(f"Only records can be exported, not {type(row).__name__}")
        names.update(dict.fromkeys(row))
        aside.write(json.dumps(row))  # ASCII only: no character of a value ends the line
        aside.write("\n")
    return list(names)
