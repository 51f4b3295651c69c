"""Comma-separated values, as RFC 4180 has them, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Final

from pysnow.exporting.cells import Values, cell_reader, checked_values, flat_columns
from pysnow.exporting.layout import laid_out
from pysnow.exporting.target_file import Target, opened_text

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["CsvLines", "defused", "write_csv"]

_ACTIVE = re.compile(r"[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?", re.ASCII)
_MARK: Final = "'"


def defused(text: str | None) -> str | None:
    """Put ``'`` before a text that a spreadsheet would take for a formula; numbers stay as they are.

    Source: OWASP, CSV injection; ASVS 5.0, 1.2.10.
    """
    if not text or _ACTIVE.match(text) is None or _NUMBER.fullmatch(text) is not None:
        return text
    return _MARK + text


class CsvLines:
    """Writes records as lines.

    Args:
        file: Where to.
        fields: The columns' fields, in order.
        values: What is wanted of each.
        raw: Leaves texts that look like formulas as they are.
    """

    def __init__(self, file: IO[str], fields: Sequence[str], values: Values = "value", *, raw: bool = False) -> None:
        names = list(fields)
        self._header = flat_columns(names, checked_values(values))
        self._cells = cell_reader(names, values)
        self._safe: Callable[[str | None], str | None] = (lambda text: text) if raw else defused
        self._writer = csv.writer(file, lineterminator="\r\n")

    def begin(self) -> None:
        """Write the line of column names."""
        self._writer.writerow(map(self._safe, self._header))

    def write(self, row: Mapping[str, JSON]) -> None:
        """Write a record."""
        self._writer.writerow(map(self._safe, self._cells(row)))


def write_csv(
    rows: Iterable[Mapping[str, JSON]],
    target: Target,
    fields: Sequence[str] | None,
    *,
    values: Values = "value",
    raw: bool = False,
    encoding: str = "utf-8",
) -> int:
    """Write records; see :meth:`~pysnow.exporting.exports.Exports.to_csv`."""
    checked_values(values)
    count = 0
    with opened_text(target, encoding) as file, laid_out(rows, fields) as (names, laid):
        lines = CsvLines(file, names, values, raw=raw)
        lines.begin()
        for row in laid:
            lines.write(row)
            count += 1
    return count
