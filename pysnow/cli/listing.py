"""``pysnow list``: all records that match, however many there are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command, add_query_options, positive
from pysnow.cli.connection import connect
from pysnow.cli.errors import ExitCode
from pysnow.cli.formats import add_output_options, choose_format, write_records
from pysnow.cli.one_record import query_text

if TYPE_CHECKING:
    from typing import Any

    from pysnow._types import Record

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow list incident --sandbox -q active=true --fields number,short_description
pysnow list incident --fields number --jsonl | wc -l
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "list",
        "read all records that match",
        "Read all records that match, page by page, each exactly once, in the order of their sys_ids. Nothing limits "
        "their number. With --order-by they come in that order, and records that are written meanwhile may be missed.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    add_query_options(parser)
    parser.add_argument("--limit", type=positive, metavar="N", help="most records to read; all without it")
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and write out the records.

    Raises:
        CommandError: An option or setting cannot be used.
        PysnowException: The instance did not answer, or answered with an error.
    """
    choose_format(arguments)
    query = query_text(arguments.query)
    with (
        connect(arguments) as client,
        client.table(arguments.table).iterate(
            query,
            arguments.fields or None,
            limit=arguments.limit,
            order_by=arguments.order_by or None,
            display_value=arguments.display,
            exclude_reference_link=True,
        ) as records,
    ):
        write_records((_as_asked(record, arguments.fields) for record in records), arguments, sys.stdout)
    return ExitCode.OK


def _as_asked(record: Record, fields: Sequence[str]) -> Record:
    """The fields as they came, without the sys_id that comes along."""
    shown = dict(record)
    if fields and "sys_id" not in fields:
        shown.pop("sys_id", None)
    return shown
