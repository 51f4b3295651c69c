"""The formats that records are written in, and the options that choose one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, TextIO

from pysnow.cli.output import json_text, write_csv, write_json, write_json_lines
from pysnow.cli.table import chosen_columns, write_record, write_table

if TYPE_CHECKING:
    from pysnow._types import Record

__all__ = ["add_output_options", "choose_format", "tell", "write_one", "write_records"]

_FORMATS = {
    "json": "one JSON document: an array, or for a single record an object",
    "jsonl": "one JSON object a line",
    "csv": "comma-separated values, with formulas of spreadsheets disarmed by an apostrophe",
    "table": "aligned columns",
}


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say in which format records are written, and whether anything is said beside them."""
    options = parser.add_argument_group("format")
    group = options.add_mutually_exclusive_group()
    group.add_argument("--output", dest="format", choices=list(_FORMATS), help="the same as --FORMAT")
    for name, meaning in _FORMATS.items():
        group.add_argument(f"--{name}", dest="format", action="store_const", const=name, help=meaning)
    options.add_argument("--quiet", action="store_true", help="say nothing but errors on standard error")


def choose_format(arguments: argparse.Namespace) -> None:
    """Settle the format when nobody named one: a table on a terminal, JSON lines everywhere else."""
    arguments.format = arguments.format or ("table" if sys.stdout.isatty() else "jsonl")


def write_records(records: Iterable[Record], arguments: argparse.Namespace, out: TextIO) -> int:
    """Write records in the format that was chosen.

    Returns:
        How many there were.
    """
    fields: list[str] = getattr(arguments, "fields", None) or []
    if arguments.format == "json":
        return write_json(records, out)
    if arguments.format == "jsonl":
        return write_json_lines(records, out)
    if arguments.format == "csv":
        return write_csv(records, fields, out)
    rows = list(records)  # the width of a column is known when the last row is
    columns = fields or chosen_columns(rows)
    if rows:
        write_table(rows, columns, out)
        _tell_of_hidden({name for row in rows for name in row} - set(columns), arguments)
    else:
        tell(arguments, "no records")
    return len(rows)


def write_one(record: Mapping[str, object], arguments: argparse.Namespace, out: TextIO) -> None:
    """Write one record in the format that was chosen."""
    fields: list[str] = getattr(arguments, "fields", None) or []
    if arguments.format == "json":
        out.write(json_text(record, out, indent=2) + "\n")
    elif arguments.format == "table":
        write_record(dict(record) if fields else {name: value for name, value in record.items() if value}, out)
    else:
        write_records([dict(record)], arguments, out)


def tell(arguments: argparse.Namespace, text: str) -> None:
    """Say something that is no data."""
    if not arguments.quiet:
        print(f"pysnow: {text}", file=sys.stderr)


def _tell_of_hidden(hidden: Collection[str], arguments: argparse.Namespace) -> None:
    if hidden:
        tell(arguments, f"{len(hidden)} more columns; choose with --fields, or see all with --json")
