"""The command line's grammar: one parser, put together from what each command says about itself."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from pysnow import __version__
from pysnow.cli import demo, get, sandbox
from pysnow.cli.errors import EXIT_CODES, ExitCode

__all__ = ["build_parser", "parse"]

_ORDER_OPTION = "--order-by"
_DESCENDING_COLUMN = re.compile(r"-[A-Za-z_][\w.,-]*", re.ASCII)
_SHORT_OPTIONS = ("-h", "-q")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line, as every other error of the command is."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: error: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(int(ExitCode.USAGE))


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; what it gives has ``run``, the function that executes the command."""
    parser = _Parser(
        prog="pysnow",
        description="Read from a ServiceNow instance, or run a local one to try things on.",
        epilog=_exit_codes(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pysnow {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    for command in (get, demo, sandbox):
        command.add_to(commands)
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read arguments.

    Args:
        argv: Arguments behind the command's name.

    Raises:
        SystemExit: They cannot be used, or asked for help or the version; what there is to say has been printed.
    """
    return build_parser().parse_args(_with_orders_joined(argv))


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
