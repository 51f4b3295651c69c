"""``pysnow schema``: which columns a table has, as the dictionary of the instance says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command
from pysnow.cli.connection import connect
from pysnow.cli.errors import ExitCode
from pysnow.cli.formats import add_output_options, choose_format, tell, write_records
from pysnow.cli.output import json_text
from pysnow.cli.terminal_text import on_one_line

if TYPE_CHECKING:
    from typing import Any

    from pysnow._types import Record
    from pysnow.schema.schema import Schema

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow schema incident --sandbox
pysnow schema incident problem --save schema.json
pysnow schema incident --csv > columns.csv
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "schema",
        "show the columns of tables",
        "Show the columns of tables: types, labels, references and choices, those that they inherit among them. "
        "--save writes the file that Schema.load() reads, and --json shows it.",
        _EXAMPLES,
    )
    parser.add_argument("tables", metavar="TABLE", nargs="+", help="name of a table, such as incident")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the schema to this file instead")
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the dictionary, and show it.

    Raises:
        CommandError: A setting is missing.
        PysnowException: The instance did not answer, or answered with an error.
        OSError: The file cannot be written.
    """
    from pysnow.schema.schema import Schema

    choose_format(arguments)
    with connect(arguments) as client:
        schema = Schema.from_instance(client, arguments.tables)
    if arguments.save:
        schema.save(arguments.save)
        count = len(schema.table_names())
        tell(arguments, f"{count} {'table' if count == 1 else 'tables'} in {arguments.save}")
    else:
        _show(schema, arguments)
    return ExitCode.OK


def _show(schema: Schema, arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        print(json_text(schema.to_document(), sys.stdout, indent=2))
    elif arguments.format == "table":
        for table in arguments.tables:
            for line in str(schema.describe(table)).splitlines():
                print(_safe(line))
    else:
        write_records(_columns(schema, arguments), arguments, sys.stdout)


def _columns(schema: Schema, arguments: argparse.Namespace) -> Iterator[Record]:
    for table in arguments.tables:
        for column in schema.describe(table).to_dicts():
            if arguments.format == "csv":  # a cell takes a text
                column["choices"] = json_text(column["choices"]) if column["choices"] else ""
            yield column


def _safe(line: str) -> str:
    """Make a line safe to show, its columns kept."""
    return "  ".join(part and on_one_line(part) for part in line.split("  "))
