"""Records as JSON, JSON lines or CSV, written as they come, so that memory stays flat."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, TextIO

from pysnow.cli.errors import CommandError

if TYPE_CHECKING:
    from pysnow._types import JSON, Record

__all__ = ["cell_text", "json_text", "write_csv", "write_json", "write_json_lines"]

# A terminal would obey the first range; the separators end a line for some readers, though not for JSON; the halves of
# characters cannot be encoded.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), full-width forms included.
_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_TO_QUOTE = re.compile('[,"\r\n]')
_NEGATIVE_NUMBER = re.compile(r"-\d+(\.\d+)?", re.ASCII)


def write_json_lines(records: Iterable[Record], out: TextIO) -> int:
    """Write one JSON object a line.

    Returns:
        How many records there were.
    """
    count = 0
    for count, record in enumerate(records, 1):  # noqa: B007  # the last one is the result
        out.write(json_text(record, out) + "\n")
    return count


def write_json(records: Iterable[Record], out: TextIO) -> int:
    """Write one JSON array. When the records break off, it stays open, so that nobody takes it for the whole.

    Returns:
        How many records there were.
    """
    count = 0
    for count, record in enumerate(records, 1):
        out.write(("[\n" if count == 1 else ",\n") + json_text(record, out))
    out.write("\n]\n" if count else "[]\n")
    return count


def write_csv(records: Iterable[Record], columns: Sequence[str], out: TextIO) -> int:
    """Write a line of column names, and one line a record.

    Cells that a spreadsheet would take for a formula get an apostrophe in front.

    Args:
        records: The records.
        columns: Columns to write; empty for those of the first record.
        out: Where to.

    Returns:
        How many records there were.

    Raises:
        CommandError: A record has a column that the first one does not have.
    """
    rows: Iterator[Record] = iter(records)
    if not columns:
        first = next(rows, None)
        if first is None:
            return 0
        columns = list(first)
        rows = chain([first], rows)
    out.write(_csv_line(columns))
    count = 0
    for count, record in enumerate(rows, 1):
        _refuse_unwritten(record, columns, count)
        out.write(_csv_line([_disarmed(cell_text(record.get(column))) for column in columns]))
    return count


def json_text(value: JSON, out: TextIO | None = None, *, indent: int | None = None) -> str:
    """JSON text of a value that can be shown on a terminal and split at line ends.

    Args:
        value: The value.
        out: Where it goes: all but ASCII is escaped for an encoding that does not have every character.
        indent: Blanks a level; all on one line when not given.
    """
    encoding = (getattr(out, "encoding", None) or "utf-8").lower().replace("_", "-")
    text = json.dumps(value, ensure_ascii=not encoding.startswith("utf"), indent=indent, default=str)
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def cell_text(value: JSON) -> str:
    """What stands in a cell for the value of a field: of a reference, its name or sys_id."""
    if isinstance(value, Mapping):
        value = value.get("display_value") or value.get("value")
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _csv_line(cells: Sequence[str]) -> str:
    # Not csv.writer: with "\n" at the end of a line it leaves a lone "\r" bare, which readers take for a line's end.
    if list(cells) == [""]:
        return '""\n'
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if not _TO_QUOTE.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def _disarmed(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NEGATIVE_NUMBER.fullmatch(text) else text


def _refuse_unwritten(record: Record, columns: Sequence[str], number: int) -> None:
    # Instances leave out the fields that the user may not read, record by record.
    missing = [name for name in record if name not in columns]
    if missing:
        raise CommandError(
            f"Record {number} has columns that the first one does not ({', '.join(missing[:5])}), so one line of "
            "column names cannot say it all: name the columns with --fields, or use --jsonl"
        )
