"""CSV exports of a list: a header with the names or labels of columns, then rows of display values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.loading.entries import Entry, LoadError


def read_csv(path: Path, content: bytes, table: str, dictionary: Dictionary) -> Iterator[Entry]:
    """Read a CSV export.

    Args:
        path: The file, for messages.
        content: Its bytes, in UTF-8 or else in Windows-1252, which is what instances write.
        table: Table of the rows.
        dictionary: Knows the columns.

    Raises:
        LoadError: It is no such export.
    """
    rows = csv.reader(io.StringIO(_text(path, content), newline=""), strict=True)
    try:
        names = [_element(dictionary, table, title) for title in next(rows, [])]
        if not any(name in dictionary.columns(table) for name in names):
            raise LoadError(path, f"its first line names no column of {table}")
        if twice := {name for name in names if names.count(name) > 1}:
            raise LoadError(path, f"its first line names {', '.join(sorted(twice))} more than once")
        for position, cells in enumerate(rows, 1):
            if not cells:
                continue  # an empty line
            if len(cells) != len(names):
                raise LoadError(path, f"row {position} has {len(cells)} values for {len(names)} columns")
            yield Entry(table, dict(zip(names, cells, strict=True)), f"row {position}", is_display=True)
    except csv.Error as error:
        raise LoadError(path, f"line {rows.line_num}: {error}") from error


def _text(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LoadError(path, "it is neither UTF-8 nor Windows-1252")


def _element(dictionary: Dictionary, table: str, title: str) -> str:
    """Give the column that a title means, by name or by label; the title itself when there is none."""
    title = title.strip()
    if column := dictionary.column(table, title):
        return column.element
    label = title.casefold()
    columns = dictionary.columns(table).values()
    return next((column.element for column in columns if column.label.casefold() == label), title)
