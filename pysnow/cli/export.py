"""``pysnow export``: all records that match, into a file."""

from __future__ import annotations

import argparse
import functools
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command, add_query_options, positive
from pysnow.cli.connection import connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import tell
from pysnow.cli.one_record import query_text
from pysnow.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pysnow import Table
    from pysnow.exporting.cells import Values
    from pysnow.exporting.resumable import Walk
    from pysnow.walking.record_iterator import RecordIterator

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_FORMATS = ("csv", "jsonl", "parquet")

_EXAMPLES = """
pysnow export incident incidents.csv --sandbox --fields number,state,short_description
pysnow export incident incidents.jsonl -q active=true --workers 4 --resume
pysnow export incident incidents.parquet
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "export",
        "write all records that match to a file",
        "Write all records that match to a file, which is there as a whole or not at all. An export to JSON lines, or "
        "to CSV with --fields, that broke off leaves FILE.part and FILE.resume; --resume goes on where it stood.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("file", metavar="FILE", type=Path, help="the file; one that exists is replaced")
    parser.add_argument("--format", choices=_FORMATS, help="format; as the file's name says without it")
    add_query_options(parser)
    parser.add_argument("--limit", type=positive, metavar="N", help="most records; all without it")
    parser.add_argument("--resume", action="store_true", help="go on with what an earlier export left, if there is any")
    parser.add_argument("--workers", type=positive, default=1, metavar="N", help="pages read at a time; 1, 8 at best")
    parser.add_argument("--page-size", type=positive, default=1000, metavar="N", help="records of a page; 1000")
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors on standard error")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, and write the file.

    Raises:
        CommandError: An option or setting cannot be used.
        InvalidUsage: The table has no such column; near ones are named.
        PysnowException: The instance did not answer, or answered with an error.
        OSError: The file cannot be written.
    """
    form = arguments.format or _form_of(arguments.file)
    query = query_text(arguments.query)
    is_resumable = form == "jsonl" or (form == "csv" and bool(arguments.fields))
    if arguments.resume and not (is_resumable and not arguments.order_by and arguments.limit is None):
        raise CommandError(
            "--resume is for jsonl, and for csv with --fields, without --order-by and --limit", ExitCode.USAGE
        )
    with connect(arguments) as client, closing(ProgressLine.on(sys.stderr, quiet=arguments.quiet)) as line:
        table = client.table(arguments.table)
        _check_columns(table, arguments)
        begin = functools.partial(
            table.iterate,
            query,
            arguments.fields or None,
            page_size=arguments.page_size,
            limit=arguments.limit,
            order_by=arguments.order_by or None,
            display_value=arguments.display,
            exclude_reference_link=True,
            workers=arguments.workers,
            progress=line.show if line.is_shown else None,
        )
        if is_resumable and not arguments.order_by:
            count = _kept(lambda token: begin(resume=token), arguments, form)
        else:
            count = _whole(begin, table, arguments, form)
    if not arguments.quiet:
        print(f"pysnow: {count} records in {arguments.file}", file=sys.stderr)
    return ExitCode.OK


def _form_of(path: Path) -> str:
    form = {".ndjson": "jsonl"}.get(path.suffix.lower(), path.suffix.lower().removeprefix("."))
    if form not in _FORMATS:
        raise CommandError(f"The name {path.name} tells no format: pass --format {'|'.join(_FORMATS)}", ExitCode.USAGE)
    return form


def _check_columns(table: Table, arguments: argparse.Namespace) -> None:
    """Refuse columns that the table does not have: an instance leaves them out of its records.

    So it does with those that the user may not read. The dictionary tells which it is, where that may be read.
    """
    from pysnow.exceptions import NoResults, PermissionDenied
    from pysnow.records.dictionary import column_at
    from pysnow.writing.query_echo import missing_columns

    if not arguments.fields:
        return
    row = table.get(limit=1, fields=arguments.fields, exclude_reference_link=True).first_or_none() or {}
    for column in missing_columns(row, arguments.fields):
        try:
            column_at(table, table.name, column.lower())
            why = "this user may not read it" if row else ""
        except (NoResults, PermissionDenied):
            why = "it does not exist, or this user may not read it" if row else ""
        if why:
            tell(arguments, f"the first record has no column {column!r}: {why}")


def _kept(begin: Callable[[str | None], Walk], arguments: argparse.Namespace, form: str) -> int:
    """Write in a way that a later run can go on with, and say so when it breaks off."""
    from pysnow.exporting.resumable import ResumableExport

    export = ResumableExport(arguments.file, "csv" if form == "csv" else "jsonl", arguments.fields)
    try:
        return export.run(begin, resume=arguments.resume)
    finally:
        if not arguments.quiet and arguments.limit is None and Path(f"{arguments.file}.resume").exists():
            print(f"pysnow: {arguments.file} is not whole yet: --resume goes on with it", file=sys.stderr)


def _whole(begin: Callable[[], RecordIterator], table: Table, arguments: argparse.Namespace, form: str) -> int:
    from pysnow.exporting.csv_lines import write_csv
    from pysnow.exporting.frames import Sheet, write_parquet

    with begin() as records:
        if form == "csv":
            return write_csv(records, arguments.file, arguments.fields)
        if form == "jsonl":
            return records.to_jsonl(arguments.file)
        types = {} if arguments.display else _types(table)
        shown: Values = "display" if arguments.display else "value"
        return write_parquet(Sheet(records, arguments.fields, types, shown), arguments.file)


def _types(table: Table) -> dict[str, str]:
    """Internal types of the table's columns."""
    from pysnow.schema.of_table import schema_of

    return {name: field.type for name, field in schema_of(table).all_fields(table.name).items()}
