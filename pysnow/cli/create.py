"""``pysnow create``: a new record, or many."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command, names
from pysnow.cli.connection import connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import add_output_options, choose_format
from pysnow.cli.payload import add_payload_options, params_of, payload_of, rows_of
from pysnow.cli.written import add_dry_run, show_dry_run, show_outcomes, show_record

if TYPE_CHECKING:
    from typing import Any

    from pysnow import Table

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow create incident --sandbox short_description='Disk full' urgency=1
pysnow create incident short_description='Disk full' --key alert-4711
pysnow create incident --data fields.json --dry-run
pysnow create incident --rows incidents.jsonl --key-column correlation_id
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "create",
        "create a record, or many",
        "Create a record, and show it as the instance gave it back; or one for each object in a file. A call whose "
        "answer was lost makes no second record.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("words", metavar="FIELD=VALUE", nargs="*", help="a field of the record")
    add_payload_options(parser)
    parser.add_argument("--key", metavar="NAME", help="name of this creation: calls with the same create one record")
    parser.add_argument("--rows", metavar="FILE", help="create many: JSON lines or an array in a file, or - for stdin")
    parser.add_argument("--key-column", metavar="COLUMN", help="column of --rows in which the name of a creation is")
    parser.add_argument("--fields", type=names, default=[], metavar="A,B", help="columns to show; all without it")
    add_dry_run(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Create, and show.

    Raises:
        CommandError: An option or setting cannot be used.
        PysnowException: The instance did not answer, or answered with an error.
    """
    choose_format(arguments)
    if arguments.rows:
        return _create_many(arguments)
    if arguments.key_column:
        raise CommandError("--key-column goes with --rows; for one record it is --key", ExitCode.USAGE)
    payload = payload_of(arguments, arguments.words)
    with connect(arguments) as client:
        table: Table = client.table(arguments.table)
        if arguments.dry_run:
            show_dry_run(table.create(payload, key=arguments.key, dry_run=True), arguments)
        else:
            made = table.create(payload, key=arguments.key, params=params_of(arguments))
            show_record(dict(made), "existed" if made.existed else "created", arguments)
    return ExitCode.OK


def _create_many(arguments: argparse.Namespace) -> int:
    if arguments.words or arguments.data or arguments.key:
        raise CommandError("--rows holds whole records: leave out FIELD=VALUE, --data and --key", ExitCode.USAGE)
    rows = rows_of(arguments.rows)
    arguments.fields = []
    with connect(arguments) as client:
        table: Table = client.table(arguments.table)
        if arguments.dry_run:
            for row in rows:
                show_dry_run(table.create(row, dry_run=True), arguments)
            return ExitCode.OK
        outcomes = table.create_many(rows, key=arguments.key_column, params=params_of(arguments))
    sys.stdout.flush()
    show_outcomes(outcomes, arguments)
    return ExitCode.OK
