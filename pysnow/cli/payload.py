"""Fields that a write sends: ``FIELD=VALUE`` on the command line, JSON in a file or on standard input."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import field_value
from pysnow.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["add_payload_options", "params_of", "payload_of", "rows_of"]


def add_payload_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that hold fields, and those of every write."""
    parser.add_argument(
        "--data", metavar="FILE", help="JSON object of fields, in a file, or - for standard input; FIELD=VALUE wins"
    )
    parser.add_argument(
        "--input-display-value", action="store_true", help="take values as people see them, in the user's time zone"
    )


def payload_of(arguments: argparse.Namespace, words: list[str]) -> dict[str, JSON]:
    """Put the fields of a record together.

    Args:
        arguments: What :func:`add_payload_options` added, parsed.
        words: ``FIELD=VALUE``, one each.

    Raises:
        CommandError: There are none, or they cannot be read.
        OSError: The file cannot be read.
    """
    rows = rows_of(arguments.data) if arguments.data else [{}]
    if len(rows) != 1:
        raise CommandError(f"{arguments.data} holds {len(rows)} records, where one is written", ExitCode.USAGE)
    try:
        given = {name: value for word in words for name, value in field_value(word).items()}
    except argparse.ArgumentTypeError as error:
        raise CommandError(str(error)[:1].upper() + str(error)[1:], ExitCode.USAGE) from error
    payload = {**rows[0], **given}
    if not payload:
        raise CommandError("No fields are given: pass such as state=2, or --data FILE", ExitCode.USAGE)
    return payload


def rows_of(source: str) -> list[dict[str, JSON]]:
    """Read objects: one, an array of them, or one a line.

    Args:
        source: Path of a file, or ``-`` for standard input.

    Raises:
        CommandError: It holds something else.
        OSError: The file cannot be read.
    """
    text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8-sig")
    try:
        rows = _documents(text)
    except ValueError as error:
        raise CommandError(f"{source} is no JSON: {error}", ExitCode.USAGE) from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise CommandError(f"{source} must hold a JSON object of fields, or several", ExitCode.USAGE)
    return rows


def params_of(arguments: argparse.Namespace) -> dict[str, str] | None:
    """Query parameters that the options ask for."""
    return {"sysparm_input_display_value": "true"} if arguments.input_display_value else None


def _documents(text: str) -> list[dict[str, JSON]]:
    try:
        found = json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            raise
        return [json.loads(line) for line in lines]
    return found if isinstance(found, list) else [found]
