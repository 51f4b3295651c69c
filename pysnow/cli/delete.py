"""``pysnow delete``: remove a record, or all that a query matches."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command
from pysnow.cli.connection import connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import add_output_options, choose_format, tell
from pysnow.cli.one_record import checked_key, key_column, query_text
from pysnow.cli.written import add_bulk_options, add_dry_run, agreed_count, agreed_deletion, show_dry_run, show_outcomes

if TYPE_CHECKING:
    from typing import Any

    from pysnow import Table

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow delete incident INC0000001 --sandbox --dry-run
pysnow delete incident -q 'short_descriptionSTARTSWITHTest of the robot' --expect 12 --yes
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "delete",
        "delete a record, or all that a query matches",
        "Delete the record that a sys_id or a number names, or all that a query matches. You are asked first; where "
        "nobody can be asked, --yes is needed.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("key", metavar="SYS_ID|NUMBER", nargs="?", help="the record")
    add_bulk_options(parser)
    add_dry_run(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Delete, and say so.

    Raises:
        CommandError: An option or setting cannot be used.
        PysnowException: The instance did not answer, or answered with an error.
    """
    choose_format(arguments)
    if (arguments.key is None) == (not arguments.query):
        raise CommandError("Name one record by its sys_id or number, or many with --query", ExitCode.USAGE)
    query = query_text(arguments.query)
    if arguments.key is not None:
        checked_key(arguments.key)
        if arguments.expect is not None:
            raise CommandError("--expect goes with --query", ExitCode.USAGE)
    with connect(arguments) as client:
        table: Table = client.table(arguments.table)
        if arguments.key is None:
            _delete_many(table, query, arguments)
        else:
            _delete_one(table, arguments.key, arguments)
    return ExitCode.OK


def _delete_one(table: Table, key: str, arguments: argparse.Namespace) -> None:
    found_by = {key_column(key): key}
    if arguments.dry_run:
        show_dry_run(table.delete(found_by, dry_run=True), arguments)
    else:
        agreed_deletion(table, key, arguments)
        table.delete(found_by)
        tell(arguments, f"deleted {key}")


def _delete_many(table: Table, query: str, arguments: argparse.Namespace) -> None:
    expect = arguments.expect if arguments.dry_run else agreed_count(table, query, "Delete", arguments)
    show_outcomes(table.delete_many(query, expect=expect, dry_run=arguments.dry_run), arguments)
