"""``pysnow count``: how many records match."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command, add_strict_option
from pysnow.cli.connection import connect
from pysnow.cli.errors import ExitCode
from pysnow.cli.one_record import query_text
from pysnow.cli.output import json_text

if TYPE_CHECKING:
    from typing import Any

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow count incident --sandbox
pysnow count incident -q 'active=true^priority=1' --json
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "count",
        "count records without reading them",
        "Print how many records match. The instance counts them; none is read.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("-q", "--query", help="encoded query; all records without it")
    parser.add_argument("--json", action="store_true", help="print a JSON object, which says who counted, too")
    add_strict_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Count, and print the number.

    Raises:
        CommandError: An option or setting cannot be used.
        PysnowException: The instance did not answer, or answered with an error.
    """
    query = query_text(arguments.query)
    with connect(arguments) as client:
        count = client.table(arguments.table).count(query)
    told = {"table": arguments.table, "query": query, "count": int(count), "source": count.source}
    print(json_text(told, sys.stdout) if arguments.json else int(count))
    return ExitCode.OK
