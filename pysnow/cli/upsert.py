"""``pysnow upsert``: have one record of a key, created or brought up to date."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command, names
from pysnow.cli.connection import connect
from pysnow.cli.errors import ExitCode
from pysnow.cli.formats import add_output_options, choose_format
from pysnow.cli.payload import add_payload_options, params_of, payload_of
from pysnow.cli.written import add_dry_run, show_dry_run, show_record

if TYPE_CHECKING:
    from typing import Any

    from pysnow.writing.upsert import Upsert

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow upsert incident --sandbox correlation_id=alert-4711 short_description='Disk full'
pysnow upsert incident correlation_id=alert-4711 urgency=1 --when active=true
pysnow upsert sys_user --key email email=ada@example.com last_name=Lovelace --dry-run
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "upsert",
        "create a record, or bring the one with the same key up to date",
        "Have one record of a key: found and brought up to date, or created. Only what differs is sent.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("words", metavar="FIELD=VALUE", nargs="*", help="a field of the record, those of the key too")
    parser.add_argument(
        "--key", type=names, default=["correlation_id"], metavar="A,B", help="columns of the key; correlation_id"
    )
    parser.add_argument("--when", metavar="QUERY", help="only records that match count; otherwise one is created")
    parser.add_argument("--create-only", action="store_true", help="leave a record that is there as it is")
    add_payload_options(parser)
    parser.add_argument("--fields", type=names, default=[], metavar="A,B", help="columns to show; all without it")
    add_dry_run(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Create or change, and show.

    Raises:
        CommandError: An option or setting cannot be used.
        PysnowException: The instance did not answer, or answered with an error.
    """
    choose_format(arguments)
    payload = payload_of(arguments, arguments.words)
    with connect(arguments) as client:
        done = client.table(arguments.table).upsert(
            payload,
            arguments.key,
            update=not arguments.create_only,
            when=arguments.when,
            dry_run=arguments.dry_run,
            params=params_of(arguments),
        )
    if arguments.dry_run:
        _show_would(done, arguments)
    else:
        show_record(dict(done.record), done.action, arguments)
    return ExitCode.OK


def _show_would(done: Upsert, arguments: argparse.Namespace) -> None:
    from pysnow.writing.dry_run import DryRun

    show_dry_run(DryRun(arguments.table, done.action, done.sys_id, done.changes, tuple(done.ignored)), arguments)
