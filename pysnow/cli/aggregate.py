"""``pysnow aggregate``: numbers over records, worked out by the instance."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command, add_strict_option, names
from pysnow.cli.connection import connect
from pysnow.cli.errors import ExitCode
from pysnow.cli.formats import add_output_options, choose_format, write_one, write_records
from pysnow.cli.one_record import query_text

if TYPE_CHECKING:
    from typing import Any

    from pysnow._types import Record
    from pysnow.apis.statistics import Stats

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_HAVING = re.compile(r"(count|avg|sum|min|max)(?:\(([\w.]+)\))?\s*(>=|<=|!=|=|<|>)\s*(.+)", re.ASCII)

_EXAMPLES = """
pysnow aggregate incident --sandbox --group-by state
pysnow aggregate incident -q active=true --avg reassignment_count --max sys_created_on
pysnow aggregate incident --group-by assignment_group --having 'count>3' --order-by -count
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "aggregate",
        "count, average, add up, by groups or altogether",
        "Let the instance work out numbers over the records that match; none is read. With --group-by there is one row "
        "for each group, with stored values, and labels in columns that end in _label.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("-q", "--query", help="encoded query, such as active=true; all records without it")
    parser.add_argument("--group-by", type=names, default=[], metavar="A,B", help="columns whose values make a group")
    for name, what in (
        ("avg", "average"),
        ("sum", "add up"),
        ("min", "find the least of"),
        ("max", "find the most of"),
    ):
        parser.add_argument(f"--{name}", type=names, default=[], metavar="A,B", help=f"columns to {what}")
    parser.add_argument("--no-count", action="store_true", help="do not count the records")
    parser.add_argument(
        "--having",
        type=_condition,
        action="append",
        default=[],
        metavar="CONDITION",
        help="only groups such as 'count>10' or 'avg(priority)<=2'; may be repeated",
    )
    parser.add_argument(
        "--order-by",
        type=names,
        action="extend",
        default=[],
        metavar="[-]COLUMN",
        help="sort groups by this column, by count, or by such as avg^priority; with a minus downwards",
    )
    add_strict_option(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask, and show the numbers.

    Raises:
        CommandError: An option or setting cannot be used.
        PysnowException: The instance did not answer, or answered with an error.
    """
    choose_format(arguments)
    query = query_text(arguments.query)
    with connect(arguments) as client:
        stats = client.table(arguments.table).aggregate(
            query,
            count=not arguments.no_count,
            avg=arguments.avg,
            sum=arguments.sum,
            min=arguments.min,
            max=arguments.max,
            group_by=arguments.group_by,
            having=arguments.having,
            order_by=arguments.order_by,
        )
    _show(stats, arguments)
    return ExitCode.OK


def _show(stats: Stats, arguments: argparse.Namespace) -> None:
    rows: list[Record] = list(stats.rows())
    if not stats.is_grouped and arguments.format in ("json", "jsonl"):
        write_one(rows[0], arguments, sys.stdout)
        return
    arguments.fields = list(dict.fromkeys(name for row in rows for name in row))
    if arguments.format == "table":  # where there is a label, people need no stored value
        arguments.fields = [name for name in arguments.fields if f"{name}_label" not in arguments.fields]
        rows = [{name: row.get(name) for name in arguments.fields} for row in rows]
    write_records(rows, arguments, sys.stdout)


def _condition(text: str) -> tuple[str, ...]:
    match = _HAVING.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"a condition is such as 'count>10' or 'avg(priority)<=2', not {text!r}")
    return tuple(part for part in match.groups() if part is not None)
