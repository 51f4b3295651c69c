"""``pysnow update``: change a record, or all that a query matches."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command, names
from pysnow.cli.connection import connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import add_output_options, choose_format
from pysnow.cli.one_record import checked_key, key_column, query_text
from pysnow.cli.payload import add_payload_options, params_of, payload_of
from pysnow.cli.written import (
    add_bulk_options,
    add_dry_run,
    agreed_count,
    show_dry_run,
    show_outcomes,
    show_record,
)

if TYPE_CHECKING:
    from typing import Any

    from pysnow import Table
    from pysnow._types import JSON

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow update incident INC0000001 --sandbox urgency=1 'work_notes=Raised by hand'
pysnow update incident INC0000001 urgency=1 --dry-run
pysnow update incident -q 'active=true^assignment_group=ISEMPTY' urgency=3 --expect 12 --yes
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "update",
        "change a record, or all that a query matches",
        "Change the record that a sys_id or a number names, or all that a query matches. By query you are asked "
        "first, with their number; where nobody can be asked, --yes is needed.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument(
        "words", metavar="[SYS_ID|NUMBER] FIELD=VALUE", nargs="*", help="the record, and its new values"
    )
    add_payload_options(parser)
    add_bulk_options(parser)
    parser.add_argument("--fields", type=names, default=[], metavar="A,B", help="columns to show; all without it")
    add_dry_run(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Change, and show.

    Raises:
        CommandError: An option or setting cannot be used.
        PysnowException: The instance did not answer, or answered with an error.
    """
    choose_format(arguments)
    words = list(arguments.words)
    key = words.pop(0) if words and "=" not in words[0] else None
    if (key is None) == (not arguments.query):
        raise CommandError("Name one record by its sys_id or number, or many with --query", ExitCode.USAGE)
    query = query_text(arguments.query)
    if key is not None:
        checked_key(key)
        if arguments.expect is not None:
            raise CommandError("--expect goes with --query", ExitCode.USAGE)
    payload = payload_of(arguments, words)
    with connect(arguments) as client:
        table: Table = client.table(arguments.table)
        if key is None:
            _update_many(table, query, payload, arguments)
        else:
            _update_one(table, {key_column(key): key}, payload, arguments)
    return ExitCode.OK


def _update_one(
    table: Table, found_by: dict[str, str], payload: dict[str, JSON], arguments: argparse.Namespace
) -> None:
    if arguments.dry_run:
        show_dry_run(table.update(found_by, payload, dry_run=True), arguments)
    else:
        show_record(dict(table.update(found_by, payload, params=params_of(arguments))), "updated", arguments)


def _update_many(table: Table, query: str, payload: dict[str, JSON], arguments: argparse.Namespace) -> None:
    expect = arguments.expect if arguments.dry_run else agreed_count(table, query, "Update", arguments)
    arguments.fields = []
    outcomes = table.update_many(query, payload, expect=expect, dry_run=arguments.dry_run, params=params_of(arguments))
    show_outcomes(outcomes, arguments)
