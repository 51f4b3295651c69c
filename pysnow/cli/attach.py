"""``pysnow attach``: files onto a record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.cli.command_parser import add_command
from pysnow.cli.connection import connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import add_output_options, choose_format, tell, write_records
from pysnow.cli.one_record import checked_key, sys_id_of
from pysnow.cli.written import add_dry_run

if TYPE_CHECKING:
    from typing import Any

    from pysnow import Table
    from pysnow._types import Record

    Commands = argparse._SubParsersAction[Any]

__all__ = ["SHOWN", "add_to", "run"]

SHOWN = ["file_name", "size_bytes", "content_type", "sys_id"]
"""Columns of attachments that people want to see."""

_EXAMPLES = """
pysnow attach incident INC0000001 report.pdf screen.png
pysnow attach incident INC0000001 out.log --name server.log --type text/plain
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "attach",
        "attach files to a record",
        "Attach files to the record that a sys_id or a number names. An upload whose answer was lost is not repeated.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("key", metavar="SYS_ID|NUMBER", help="the record")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a file")
    parser.add_argument("--name", help="name of the attachment, for one file; the file's own without it")
    parser.add_argument("--type", metavar="TYPE", help="media type, such as text/plain; told from the file without it")
    add_dry_run(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Upload, and show the attachments.

    Raises:
        CommandError: An option or setting cannot be used, or there is no such record.
        PysnowException: The instance did not answer, or answered with an error.
        OSError: A file cannot be read.
    """
    choose_format(arguments)
    checked_key(arguments.key)
    if arguments.name and len(arguments.files) > 1:
        raise CommandError("--name is for one file", ExitCode.USAGE)
    missing = [str(path) for path in arguments.files if not path.is_file()]
    if missing:
        raise CommandError(f"There is no file {missing[0]}", ExitCode.USAGE)
    with connect(arguments) as client:
        table, sys_id = client.table(arguments.table), sys_id_of(client, arguments)
        made = [_attached(table, sys_id, path, arguments) for path in arguments.files]
    arguments.fields = list(made[0]) if arguments.dry_run else SHOWN
    write_records([{name: row.get(name) for name in arguments.fields} for row in made], arguments, sys.stdout)
    if arguments.dry_run:
        tell(arguments, "nothing was sent")
    return ExitCode.OK


def _attached(table: Table, sys_id: str, path: Path, arguments: argparse.Namespace) -> Record:
    if arguments.dry_run:
        return {"dry_run": True, "file_name": arguments.name or path.name, "size_bytes": path.stat().st_size}
    made = table.attachments.upload(sys_id, path, arguments.name, content_type=arguments.type)
    return dict(made)
