"""``pysnow get``: records of a table, or one of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from pysnow.cli.command_parser import add_command, add_query_options, positive
from pysnow.cli.connection import connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import add_output_options, choose_format, tell, write_one, write_records
from pysnow.cli.one_record import checked_key, is_number, query_text, read_by_key
from pysnow.defaults import LIMIT_RECORDS

if TYPE_CHECKING:
    from typing import Any

    from pysnow import Client, Response, Table
    from pysnow._types import JSON, Record

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow get incident --sandbox -q 'active=true^priority=1' --fields number,short_description
pysnow get incident INC0000001 --display
pysnow get INC0000001
pysnow get sys_user --order-by last_name --order-by -sys_created_on --limit 20 --csv > users.csv
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "get",
        "read records of a table, or one record",
        "Read records of a table, or one of them. They are shown as a table on a terminal, and as JSON lines "
        "everywhere else. A number, or the address of a form, names a record without its table.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE|NUMBER|URL", help="name of the table, such as incident; or a record")
    parser.add_argument("key", metavar="SYS_ID|NUMBER", nargs="?", help="read this one record of the table")
    add_query_options(parser)
    parser.add_argument(
        "--limit", type=positive, metavar="N", help=f"most records to read; {LIMIT_RECORDS:,} without it"
    )
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and write out the records.

    Raises:
        CommandError: An option or setting cannot be used, or there is no such record.
        PysnowException: The instance did not answer, or answered with an error.
    """
    choose_format(arguments)
    alone = _names_a_record(arguments.table)
    if alone and arguments.key is not None:
        raise CommandError(f"{arguments.table} names a record by itself: leave out {arguments.key}", ExitCode.USAGE)
    if (alone or arguments.key is not None) and (arguments.query or arguments.order_by or arguments.limit):
        raise CommandError("A single record is read without --query, --limit and --order-by", ExitCode.USAGE)
    if arguments.key is not None:
        checked_key(arguments.key)
    query = _ordered(query_text(arguments.query), arguments.order_by)
    with connect(arguments) as client:
        if alone or arguments.key is not None:
            write_one(_record(client, arguments, alone=alone), arguments, sys.stdout)
        else:
            with _read_list(client.table(arguments.table), query, arguments) as response:
                _write_list(response, arguments, sys.stdout)
    return ExitCode.OK


def _names_a_record(text: str) -> bool:
    return is_number(text) or "://" in text


def _record(client: Client, arguments: argparse.Namespace, *, alone: bool) -> Record:
    if not alone:
        table = client.table(arguments.table)
        return read_by_key(table, arguments.key, arguments.fields, display=arguments.display)
    found = client.lookup(arguments.table, fields=arguments.fields or None, display_value=arguments.display)
    plain = {name: _without_link(value) for name, value in found.items()}
    return {name: plain[name] for name in arguments.fields if name in plain} if arguments.fields else plain


def _without_link(value: JSON) -> JSON:
    """Make a reference what it is in lists: a sys_id, or what people see."""
    if not isinstance(value, dict) or "link" not in value:
        return value
    return value.get("value") or value.get("display_value")


def _read_list(table: Table, query: str, arguments: argparse.Namespace) -> Response:
    return table.get(
        query,
        limit=arguments.limit or LIMIT_RECORDS,
        fields=arguments.fields,
        display_value=arguments.display,
        exclude_reference_link=True,
        stream=True,
    )


def _write_list(response: Response, arguments: argparse.Namespace, out: TextIO) -> None:
    count = write_records(response.all(), arguments, out)
    total = response.total
    # The total counts records that the user may not read, too: fewer than that are no sign of more.
    if arguments.limit is None and total is not None and total > LIMIT_RECORDS:
        tell(arguments, f"{count} of {total} records were read; pysnow list reads all of them")


def _ordered(query: str, columns: Sequence[str]) -> str:
    from pysnow.encoded_query import Order, add_to_branches

    orders = [Order(column.removeprefix("-"), descending=column.startswith("-")) for column in columns]
    return add_to_branches(query, *orders) if orders else query
