"""The command line's grammar: one parser, put together from what each command says about itself."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

from pysnow import __version__
from pysnow.cli.errors import EXIT_CODES, ExitCode

__all__ = ["COMMANDS", "build_parser", "parse"]

COMMANDS: Final = {
    "get": ("get", "read records of a table, or one record"),
    "list": ("listing", "read all records that match"),
    "count": ("count", "count records without reading them"),
    "create": ("create", "create a record, or many"),
    "update": ("update", "change a record, or all that a query matches"),
    "upsert": ("upsert", "create a record, or bring the one with the same key up to date"),
    "delete": ("delete", "delete a record, or all that a query matches"),
    "export": ("export", "write all records that match to a file"),
    "aggregate": ("aggregate", "count, average, add up, by groups or altogether"),
    "schema": ("schema", "show the columns of tables"),
    "types": ("table_types", "write Python classes of tables for a type checker"),
    "attach": ("attach", "attach files to a record"),
    "download": ("download", "save or list the files of a record"),
    "repl": ("repl", "open Python with a client at hand"),
    "login": ("login", "sign in with a browser, and keep the token for later commands"),
    "whoami": ("whoami", "show who is calling"),
    "doctor": ("doctor", "find out what is wrong on the way to an instance"),
    "config": ("config", "show the settings in use, and where they come from"),
    "demo": ("demo", "see the main job done on a local instance"),
    "sandbox": ("sandbox", "run a local instance with demo data"),
    "completion": ("completion", "print a script that completes commands in a shell"),
}
"""Module and summary of each command: the summary again, so that a list of commands imports none of them."""

_ORDER_OPTION = "--order-by"
_DESCENDING_COLUMN = re.compile(r"-[A-Za-z_][\w.,-]*", re.ASCII)
_SHORT_OPTIONS = ("-h", "-q")
_OWN_OPTIONS = ("--help", "--version")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line, as every other error of the command is."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: error: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(int(ExitCode.USAGE))


def build_parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """Build the parser; what it gives has ``run``, the function that executes the command.

    Args:
        wanted: The only command whose options are needed; "" for none, and None for all.
    """
    parser = _Parser(
        prog="pysnow",
        description="Read from a ServiceNow instance and write to it, or run a local one to try things on.",
        epilog=_exit_codes(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pysnow {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    for name, (module, summary) in COMMANDS.items():
        if wanted in (None, name):
            import_module(f"pysnow.cli.{module}").add_to(commands)
        else:
            commands.add_parser(name, help=summary)
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read arguments.

    Args:
        argv: Arguments behind the command's name.

    Raises:
        SystemExit: They cannot be used, or asked for help or the version; what there is to say has been printed.
    """
    argv = _with_command_first(argv)
    wanted = next((argument for argument in argv if not argument.startswith("-")), "")
    parser = build_parser(wanted)
    arguments, late = parser.parse_known_args(_with_orders_joined(argv))
    if late and not _taken(late, arguments):
        parser.error(f"unrecognized arguments: {' '.join(late)}")
    return arguments


def _taken(late: list[str], arguments: argparse.Namespace) -> bool:
    """Take words that follow an option for what they are; argparse takes all of them before the first option only."""
    if any(word.startswith("-") for word in late):
        return False
    if hasattr(arguments, "words"):
        arguments.words.extend(late)
        return True
    if len(late) == 1 and getattr(arguments, "key", "") is None:
        arguments.key = late[0]
        return True
    return False


def _with_command_first(argv: Sequence[str]) -> list[str]:
    """Write ``--profile dev get`` as ``get --profile dev``: options belong to commands, and many tools take either."""
    place = next((place for place, argument in enumerate(argv) if argument in COMMANDS), 0)
    if place == 0 or not argv[0].startswith("--") or argv[0] in _OWN_OPTIONS:
        return list(argv)
    return [argv[place], *argv[:place], *argv[place + 1 :]]


def _with_orders_joined(argv: Sequence[str]) -> list[str]:
    """Write ``--order-by -opened_at`` as ``--order-by=-opened_at``: argparse takes the former for two options."""
    joined: list[str] = []
    for argument in argv:
        follows_order = bool(joined) and joined[-1] == _ORDER_OPTION and "--" not in joined
        if follows_order and argument not in _SHORT_OPTIONS and _DESCENDING_COLUMN.fullmatch(argument):
            joined[-1] = f"{_ORDER_OPTION}={argument}"
        else:
            joined.append(argument)
    return joined


def _exit_codes() -> str:
    lines = [f"  {int(code):>3}  {meaning}" for code, meaning in EXIT_CODES.items()]
    return "\n".join(["exit codes:", *lines])
