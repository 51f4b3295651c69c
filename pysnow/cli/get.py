"""``pysnow get``: records of a table, or one of them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from pysnow.cli.connection import ENVIRONMENT, add_connection_options, connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.output import json_text, write_csv, write_json, write_json_lines
from pysnow.cli.table import chosen_columns, write_record, write_table
from pysnow.defaults import LIMIT_RECORDS

if TYPE_CHECKING:
    from typing import Any

    from pysnow import Response, Table
    from pysnow._types import Record

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_SYS_ID = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)  # sys_ids that come with the platform can be any short text
_NUMBER = re.compile(r"[A-Za-z]{2,10}[0-9]{5,}", re.ASCII)

_EXAMPLES = """\
examples:
  pysnow get incident --sandbox -q 'active=true^priority=1' --fields number,short_description
  pysnow get incident INC0000001 --display
  pysnow get sys_user --order-by last_name --order-by -sys_created_on --limit 20 --csv > users.csv

"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "get",
        help="read records of a table",
        description="Read records of a table, or one of them. They are shown as a table on a terminal, and as JSON "
        "lines everywhere else.",
        epilog=_EXAMPLES + ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("key", metavar="SYS_ID|NUMBER", nargs="?", help="read this one record")
    parser.add_argument("-q", "--query", help="encoded query, such as active=true^priority=1; all records without it")
    parser.add_argument("--fields", type=_names, default=[], metavar="A,B", help="columns to read; all without it")
    parser.add_argument("--limit", type=_limit, metavar="N", help=f"most records to read; {LIMIT_RECORDS:,} without it")
    parser.add_argument(
        "--order-by",
        type=_names,
        action="extend",
        default=[],
        metavar="[-]COLUMN",
        help="sort by this column, with a minus downwards; may be repeated",
    )
    parser.add_argument("--display", action="store_true", help="read what people see instead of stored values")
    _add_formats(parser)
    add_connection_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and write out the records.

    Raises:
        CommandError: An option or setting cannot be used, or there is no such record.
        PysnowException: The instance did not answer, or answered with an error.
    """
    arguments.format = arguments.format or ("table" if sys.stdout.isatty() else "jsonl")
    if arguments.key is not None and (arguments.query or arguments.order_by or arguments.limit):
        raise CommandError("A single record is read without --query, --limit and --order-by", ExitCode.USAGE)
    if arguments.key is not None and not _KEY.fullmatch(arguments.key):
        raise CommandError(f"{arguments.key!r} is neither a sys_id nor a number such as INC0010001", ExitCode.USAGE)
    query = _ordered(arguments.query or "", arguments.order_by)
    with connect(arguments) as client:
        table = client.table(arguments.table)
        if arguments.key is None:
            with _read_list(table, query, arguments) as response:
                _write_list(response, arguments, sys.stdout)
        else:
            _write_one(_read_one(table, arguments.key, arguments), arguments, sys.stdout)
    return ExitCode.OK


def _read_list(table: Table, query: str, arguments: argparse.Namespace) -> Response:
    return table.get(
        query,
        limit=arguments.limit or LIMIT_RECORDS,
        fields=arguments.fields,
        display_value=arguments.display,
        exclude_reference_link=True,
        stream=True,
    )


def _read_one(table: Table, key: str, arguments: argparse.Namespace) -> Record:
    """The record that has this sys_id or number.

    What came is looked at: an instance ignores a condition on a column that the table does not have, and then sends
    whatever there is.
    """
    column = "number" if _NUMBER.fullmatch(key) and not _SYS_ID.fullmatch(key) else "sys_id"
    added = bool(arguments.fields) and column not in arguments.fields
    found = table.get(
        {column: key},
        limit=2,
        fields=[*arguments.fields, column] if added else arguments.fields,
        display_value=arguments.display,
        exclude_reference_link=True,
    ).all()
    matching = [record for record in found if str(record.get(column)).lower() == key.lower()]
    if not matching:
        looks_like_one = column == "number" or _SYS_ID.fullmatch(key)
        advice = "" if looks_like_one else "; a number looks like INC0010001"
        raise CommandError(f"No record of {arguments.table} has the {column} {key}{advice}", ExitCode.NOT_FOUND)
    if len(matching) > 1:
        raise CommandError(f"More than one record of {arguments.table} has the {column} {key}: pass the sys_id")
    record: Record = matching[0]
    return {name: value for name, value in record.items() if name != column} if added else record


def _write_list(response: Response, arguments: argparse.Namespace, out: TextIO) -> None:
    count = _write_records(response.all(), arguments, out)
    total = response.total
    # The total counts records that the user may not read, too: fewer than that are no sign of more.
    if arguments.limit is None and total is not None and total > LIMIT_RECORDS:
        _tell(f"{count} of {total} records were read; --limit {total} reads all of them")


def _write_records(records: Iterable[Record], arguments: argparse.Namespace, out: TextIO) -> int:
    if arguments.format == "json":
        return write_json(records, out)
    if arguments.format == "jsonl":
        return write_json_lines(records, out)
    if arguments.format == "csv":
        return write_csv(records, arguments.fields, out)
    rows = list(records)  # the width of a column is known when the last row is
    columns = arguments.fields or chosen_columns(rows)
    if rows:
        write_table(rows, columns, out)
        _tell_of_hidden({name for row in rows for name in row} - set(columns))
    else:
        _tell("no records")
    return len(rows)


def _write_one(record: Record, arguments: argparse.Namespace, out: TextIO) -> None:
    if arguments.format == "json":
        out.write(json_text(record, out, indent=2) + "\n")
    elif arguments.format == "table":
        write_record(record if arguments.fields else {name: value for name, value in record.items() if value}, out)
    else:
        _write_records([record], arguments, out)


def _ordered(query: str, columns: Sequence[str]) -> str:
    from pysnow.encoded_query import Order, add_to_branches

    if _NUMBER.fullmatch(query) or _SYS_ID.fullmatch(query):
        # An instance ignores what is no condition, and sends everything.
        raise CommandError(f"{query} is no query: to read that record, leave out -q", ExitCode.USAGE)
    orders = [Order(column.removeprefix("-"), descending=column.startswith("-")) for column in columns]
    return add_to_branches(query, *orders) if orders else query


def _add_formats(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("format").add_mutually_exclusive_group()
    for name, meaning in (
        ("json", "one JSON document: an array, or for a single record an object"),
        ("jsonl", "one JSON object a line"),
        ("csv", "comma-separated values, with formulas of spreadsheets disarmed by an apostrophe"),
        ("table", "aligned columns"),
    ):
        group.add_argument(f"--{name}", dest="format", action="store_const", const=name, help=meaning)


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"names with commas between them are needed, not {text!r}")
    return names


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"a number of 1 or more is needed, not {text!r}")
    return int(text)


def _tell_of_hidden(hidden: Collection[str]) -> None:
    if hidden:
        _tell(f"{len(hidden)} more columns; choose with --fields, or see all with --json")


def _tell(text: str) -> None:
    print(f"pysnow: {text}", file=sys.stderr)
