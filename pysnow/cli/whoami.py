"""``pysnow whoami``: the user that the instance takes the caller for."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from pysnow.cli.connection import ENVIRONMENT, add_connection_options, connect
from pysnow.cli.errors import ExitCode
from pysnow.cli.output import json_text
from pysnow.cli.table import write_record

if TYPE_CHECKING:
    from typing import Any

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "whoami",
        help="show who is calling",
        description="Show the user that the instance takes the caller for: name, time zone, and roles, where they may "
        "be read. On a terminal one line a value, and one JSON object everywhere else.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object, also on a terminal")
    add_connection_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask, and show.

    Raises:
        CommandError: A setting is missing.
        PysnowException: The instance did not answer, or does not tell.
    """
    with connect(arguments) as client:
        told = {"instance": client.base_url, **asdict(client.whoami())}
    if arguments.json or not sys.stdout.isatty():
        print(json_text(told, sys.stdout))
    else:
        roles = told["roles"]
        write_record({**told, "roles": "not shown" if roles is None else ", ".join(roles)}, sys.stdout)
    return ExitCode.OK
