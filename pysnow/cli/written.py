"""What a write did, or would do, shown; and the question before many records are written, or one is deleted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.formats import tell, write_one, write_records
from pysnow.cli.terminal_text import on_one_line

if TYPE_CHECKING:
    from pysnow import Table
    from pysnow._types import Record
    from pysnow.writing.dry_run import DryRun
    from pysnow.writing.field_diff import FieldChange
    from pysnow.writing.outcome import Outcomes

__all__ = [
    "add_bulk_options",
    "add_dry_run",
    "agreed_count",
    "agreed_deletion",
    "as_changes",
    "show_dry_run",
    "show_outcomes",
    "show_record",
]


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """Add the option that sends nothing."""
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and send no change")


def add_bulk_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of writes by query."""
    parser.add_argument("-q", "--query", help="encoded query: all records that match are meant")
    parser.add_argument("--expect", type=int, metavar="N", help="do it only if the query matches so many records")
    parser.add_argument("--yes", action="store_true", help="do not ask before records are written by query, or deleted")


def agreed_count(table: Table, query: str, verb: str, arguments: argparse.Namespace) -> int:
    """Give the number of records that may be written: the expected one, or that which the user agrees to.

    Raises:
        CommandError: Nobody can be asked, or the answer is no; nothing was changed.
        PysnowException: The instance did not answer, or answered with an error.
    """
    _check_askable(f"{verb.lower()} records by query", arguments)
    if arguments.expect is not None and arguments.yes:
        return int(arguments.expect)
    count = int(table.count(query))
    expected = count if arguments.expect is None else int(arguments.expect)
    if count == expected and not arguments.yes:
        _ask(f"{verb} {count} records of {table.name}?")
    return expected


def agreed_deletion(table: Table, key: str, arguments: argparse.Namespace) -> None:
    """Make sure that a record is to be deleted.

    Raises:
        CommandError: Nobody can be asked, or the answer is no; nothing was changed.
    """
    _check_askable("delete a record", arguments)
    if not arguments.yes:
        _ask(f"Delete {on_one_line(key)} of {table.name}?")


def _check_askable(what: str, arguments: argparse.Namespace) -> None:
    if not arguments.yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandError(
            f"Nobody can be asked here: to {what}, pass --yes; --dry-run shows what would be done", ExitCode.USAGE
        )


def _ask(question: str) -> None:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("Nothing was changed")


def show_record(record: Mapping[str, object], action: str, arguments: argparse.Namespace) -> None:
    """Write the record that a write gave back, and say what was done."""
    fields = arguments.fields or list(record)
    write_one({name: record.get(name) for name in fields}, arguments, sys.stdout)
    tell(arguments, f"{action} {on_one_line(str(record.get('number') or record.get('sys_id') or ''))}".rstrip())


def show_dry_run(would: DryRun, arguments: argparse.Namespace) -> None:
    """Write what a write would do."""
    if arguments.format == "table":
        _write_lines(str(would), sys.stdout)
        return
    row: Record = {"action": would.action, "sys_id": would.sys_id, "changes": as_changes(would.changes)}
    if would.ignored:
        row["ignored"] = list(would.ignored)
    write_one({"dry_run": True, "table": would.table, **row}, arguments, sys.stdout)


def show_outcomes(outcomes: Outcomes, arguments: argparse.Namespace) -> None:
    """Write one line a record, and the numbers at the end.

    Raises:
        RowsFailed: Some were not written.
    """
    rows: list[Record] = [
        {
            "sys_id": each.sys_id,
            "status": each.status,
            "action": each.action,
            "changes": as_changes(each.changes),
            "error": str(each.error) if each.error is not None else None,
        }
        for each in outcomes
    ]
    write_records(
        [{name: value for name, value in row.items() if value not in (None, {})} for row in rows], arguments, sys.stdout
    )
    counted = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in outcomes.counts.items())
    tell(arguments, counted or "no records")
    outcomes.raise_for_failures()


def as_changes(changes: Mapping[str, FieldChange]) -> dict[str, dict[str, str]]:
    """Changes of fields as JSON."""
    return {name: {"old": change.old, "new": change.new} for name, change in changes.items()}


def _write_lines(text: str, out: TextIO) -> None:
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        out.write(f"{indent}{on_one_line(line)}\n")
