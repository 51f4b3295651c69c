"""Records as a table for people: with rich where that is installed, plain otherwise."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from pysnow.cli.output import cell_text
from pysnow.cli.terminal_text import fitted, on_one_line, width

if TYPE_CHECKING:
    from pysnow._types import Record

__all__ = ["chosen_columns", "write_record", "write_table"]

_TELLING = ("number", "name", "user_name", "short_description", "state", "priority", "assigned_to", "sys_updated_on")
_FEW = 6
_GAP = "  "
_NARROWEST = 8


def write_table(rows: Sequence[Record], columns: Sequence[str], out: TextIO) -> None:
    """Write one row a record, below a row of column names; on a terminal, cut to its width.

    Args:
        rows: The records.
        columns: Columns to show.
        out: Where to.
    """
    lines = [[on_one_line(name) for name in columns]]
    lines += [[on_one_line(cell_text(row.get(column))) for column in columns] for row in rows]
    widths = [max(map(width, cells)) for cells in zip(*lines, strict=True)]
    if out.isatty():
        widths = _narrowed(widths, shutil.get_terminal_size().columns - 1)
    heading, *fitting = [list(map(fitted, line, widths)) for line in lines]
    if out.isatty() and not os.environ.get("NO_COLOR") and importlib.util.find_spec("rich"):
        _write_with_rich(heading, fitting, out)
    else:
        _write_plain(heading, fitting, out)


def write_record(record: Record, out: TextIO) -> None:
    """Write one record: one line a field, never cut."""
    names = [on_one_line(name) for name in record]
    widest = max(map(width, names), default=0)
    for name, value in zip(names, record.values(), strict=True):
        out.write(f"{fitted(name, widest)}{_GAP}{on_one_line(cell_text(value))}".rstrip() + "\n")


def chosen_columns(rows: Sequence[Record]) -> list[str]:
    """A few columns that tell most about records of which nobody said what to show."""
    there = list(dict.fromkeys(name for row in rows for name in row))
    telling = [name for name in _TELLING if name in there]
    return telling if len(telling) > 1 else there[:_FEW]


def _write_plain(heading: Sequence[str], lines: Sequence[Sequence[str]], out: TextIO) -> None:
    ruler = ["-" * width(name) for name in heading]
    for line in (heading, ruler, *lines):
        out.write(_GAP.join(line).rstrip() + "\n")


def _narrowed(widths: Sequence[int], available: int) -> list[int]:
    """Take from the widest column again and again, until all fit or none can give."""
    narrowed = list(widths)
    available -= len(_GAP) * (len(widths) - 1)
    while sum(narrowed) > available and max(narrowed) > _NARROWEST:
        narrowed[narrowed.index(max(narrowed))] -= 1
    return narrowed


def _write_with_rich(heading: Sequence[str], lines: Sequence[Sequence[str]], out: TextIO) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Text, because brackets in a str are commands to rich. Edge and gap as in the plain table, whose widths these are.
    table = Table(box=SIMPLE_HEAD, header_style="bold", show_edge=False, padding=(0, len(_GAP) - 1, 0, 0))
    for name in heading:
        table.add_column(Text(name), no_wrap=True)
    for line in lines:
        table.add_row(*map(Text, line))
    Console(file=out, highlight=False).print(table)
