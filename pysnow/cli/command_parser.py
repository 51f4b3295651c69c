"""What the parsers of all commands have in common, and kinds of arguments that several of them take."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pysnow.cli.connection import ENVIRONMENT, add_connection_options

if TYPE_CHECKING:
    from typing import Any

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_command", "add_query_options", "add_strict_option", "field_value", "names", "positive"]

_FIELD_NAME = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)


def add_command(commands: Commands, name: str, summary: str, about: str, examples: str) -> argparse.ArgumentParser:
    """Add a command that talks to an instance.

    Args:
        commands: The parser's commands.
        name: Name of the command.
        summary: What it does, in a few words.
        about: What it does, in a few sentences.
        examples: Command lines that show it, one a line.
    """
    lines = "".join(f"  {line.strip()}\n" for line in examples.strip().splitlines())
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=about,
        epilog=f"examples:\n{lines}\n{ENVIRONMENT}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_connection_options(parser)
    return parser


def add_query_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose records, columns and order."""
    parser.add_argument("-q", "--query", help="encoded query, such as active=true^priority=1; all records without it")
    parser.add_argument("--fields", type=names, default=[], metavar="A,B", help="columns to read; all without it")
    parser.add_argument(
        "--order-by",
        type=names,
        action="extend",
        default=[],
        metavar="[-]COLUMN",
        help="sort by this column, with a minus downwards; may be repeated",
    )
    parser.add_argument("--display", action="store_true", help="read what people see instead of stored values")
    add_strict_option(parser)


def add_strict_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that has columns checked before anything is read; the client of the command heeds it."""
    parser.add_argument(
        "--strict",
        action="store_true",
        help="fail on a column that the table does not have; an instance ignores a condition on it, and takes all",
    )


def names(text: str) -> list[str]:
    """Names with commas between them.

    Raises:
        ArgumentTypeError: One is empty.
    """
    found = [name.strip() for name in text.split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError(f"names with commas between them are needed, not {text!r}")
    return found


def positive(text: str) -> int:
    """A number of 1 or more.

    Raises:
        ArgumentTypeError: It is none.
    """
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"a number of 1 or more is needed, not {text!r}")
    return int(text)


def field_value(text: str) -> Mapping[str, str]:
    """A field and its value, ``state=2``.

    Raises:
        ArgumentTypeError: It is none.
    """
    name, equals, value = text.partition("=")
    if not equals or not _FIELD_NAME.fullmatch(name):
        raise argparse.ArgumentTypeError(f"a field and its value are needed, such as state=2, not {text!r}")
    return {name: value}
