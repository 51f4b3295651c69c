"""``pysnow download``: the files of a record."""

from __future__ import annotations

import argparse
import fnmatch
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.cli.attach import SHOWN
from pysnow.cli.command_parser import add_command
from pysnow.cli.connection import connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import add_output_options, choose_format, write_records
from pysnow.cli.one_record import checked_key, sys_id_of

if TYPE_CHECKING:
    from typing import Any

    from pysnow._types import Record
    from pysnow.attachment import Attachment

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """
pysnow download incident INC0000001 --to files
pysnow download incident INC0000001 --name '*.pdf'
pysnow download incident INC0000001 --list
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "download",
        "save or list the files of a record",
        "Save the files that are attached to the record which a sys_id or a number names. Each is there as a whole or "
        "not at all; one that exists is left alone without --overwrite.",
        _EXAMPLES,
    )
    parser.add_argument("table", metavar="TABLE", help="name of the table, such as incident")
    parser.add_argument("key", metavar="SYS_ID|NUMBER", help="the record")
    parser.add_argument("--name", metavar="PATTERN", default="*", help="only files with such a name, as in '*.pdf'")
    parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to; the working directory")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("--list", action="store_true", help="list them, and save none")
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Save, and show what was saved.

    Raises:
        CommandError: An option or setting cannot be used, or there is no such record or file.
        PysnowException: The instance did not answer, or answered with an error.
        OSError: A file cannot be written.
    """
    choose_format(arguments)
    checked_key(arguments.key)
    if not arguments.list and not arguments.to.is_dir():
        raise CommandError(f"There is no folder {arguments.to}", ExitCode.USAGE)
    with connect(arguments) as client:
        files = client.table(arguments.table).attachments
        found = files.get(sys_id_of(client, arguments))
        meant = [row for row in found if fnmatch.fnmatchcase(str(row["file_name"]), arguments.name)]
        if arguments.list:
            arguments.fields = SHOWN
            rows: Iterator[Record] = ({name: row.get(name) for name in SHOWN} for row in meant)
        else:
            rows = _saved(files, meant, arguments)
        write_records(rows, arguments, sys.stdout)
    if not meant and not arguments.list:
        raise CommandError(f"{arguments.key} has no file that is called {arguments.name}", ExitCode.NOT_FOUND)
    return ExitCode.OK


def _saved(files: Attachment, meant: list[Record], arguments: argparse.Namespace) -> Iterator[Record]:
    """Save them one by one. Of two with the same name, the second gets its sys_id before it."""
    seen: set[str] = set()
    for row in meant:
        name, sys_id = str(row["file_name"]), str(row["sys_id"])
        unique = name if name.casefold() not in seen else f"{sys_id}-{name}"
        seen.add(name.casefold())
        try:
            path = files.download(sys_id, arguments.to, name=unique, overwrite=arguments.overwrite)
        except FileExistsError as error:
            raise CommandError(f"{arguments.to / unique} exists: pass --overwrite, or another --to") from error
        yield {"file": str(path), "size_bytes": row.get("size_bytes")}
