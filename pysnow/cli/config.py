"""``pysnow config``: the settings in use, and where each was said."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pysnow.cli.connection import ENVIRONMENT, add_connection_options, settings_of
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.output import json_text
from pysnow.cli.table import write_table

if TYPE_CHECKING:
    from typing import Any

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "config",
        help="show the settings in use, and where they come from",
        description="Show the settings that options, environment and files make together, each with the place that "
        "said it. Secrets are masked, and nothing is sent.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line instead")
    add_connection_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Put the settings together, and show them.

    Raises:
        CommandError: There are no settings to show.
        InvalidUsage: A variable or a file cannot be read.
    """
    if arguments.sandbox:
        raise CommandError("A sandbox needs no settings: leave out --sandbox", ExitCode.USAGE)
    settings = settings_of(arguments)
    settings.method()  # two ways of signing in are a mistake here, too
    rows = [{"setting": name, "value": told.value, "from": told.origin} for name, told in settings.explain().items()]
    if arguments.json:
        for row in rows:
            print(json_text(row, sys.stdout))
    elif rows:
        write_table(rows, ["setting", "value", "from"], sys.stdout)
    else:
        print(f"pysnow: nothing is set{settings.places()}", file=sys.stderr)
    return ExitCode.OK
