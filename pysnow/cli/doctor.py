"""``pysnow doctor``: what is wrong on the way to an instance."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pysnow.cli.connection import ENVIRONMENT, add_connection_options, connect
from pysnow.cli.errors import ExitCode, exit_code_of
from pysnow.cli.output import json_text
from pysnow.cli.terminal_text import on_one_line

if TYPE_CHECKING:
    from typing import Any

    from pysnow.doctor import Check

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "doctor",
        help="find out what is wrong on the way to an instance",
        description="Look at each step to an instance: name, certificate, sign-in, identity, rights to read, clock and "
        "rate limit. One line each: ok, NO for what has to be put right, -- for what many do without, .. for what was "
        "not looked at. The exit code tells what kind of step failed first.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--table", default="incident", metavar="NAME", help="table that should be readable; incident")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line instead")
    add_connection_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Examine, and show.

    Raises:
        CommandError: A setting is missing.
        InvalidUsage: A setting cannot be used.
    """
    with connect(arguments) as client:
        diagnosis = client.doctor(arguments.table)
    for check in diagnosis:
        print(json_text(_as_json(check), sys.stdout) if arguments.json else _safe(str(check)))
    if diagnosis.failure is None:
        return ExitCode.OK
    error = diagnosis.failure.error
    return (exit_code_of(error) if error is not None else None) or ExitCode.ERROR


def _safe(text: str) -> str:
    """Make a text safe to show, its columns kept."""
    return "  ".join(part and on_one_line(part) for part in text.split("  "))


def _as_json(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "verdict": check.verdict,
        "detail": check.detail,
        "seconds": round(check.seconds, 3),
    }
