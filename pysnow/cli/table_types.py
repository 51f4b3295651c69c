"""``pysnow types``: Python classes that tell a type checker which columns tables have."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command
from pysnow.cli.connection import connect
from pysnow.cli.errors import ExitCode

if TYPE_CHECKING:
    from typing import Any

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow types incident problem --sandbox
pysnow types incident --to servicenow_types.py
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "types",
        "write Python classes of tables for a type checker",
        "Write a Python module with two TypedDicts for each table: its records, and what can be sent for one.",
        _EXAMPLES,
    )
    parser.add_argument("tables", metavar="TABLE", nargs="+", help="name of a table, such as incident")
    parser.add_argument("--to", type=Path, metavar="FILE", help="write to this file instead of standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the dictionary, and write the module.

    Raises:
        CommandError: A setting is missing.
        PysnowException: The instance did not answer, or answered with an error.
        OSError: The file cannot be written.
    """
    from pysnow.schema.schema import Schema

    with connect(arguments) as client:
        text = Schema.from_instance(client, arguments.tables).typed_dicts(arguments.tables)
    if arguments.to:
        arguments.to.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return ExitCode.OK
