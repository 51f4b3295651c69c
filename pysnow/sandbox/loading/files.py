"""From paths to rows: which files are meant, how large they may be, and who reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.loading.csv_export import read_csv
from pysnow.sandbox.loading.entries import LARGEST_FILE_BYTES, Entry, LoadError
from pysnow.sandbox.loading.json_export import read_json
from pysnow.sandbox.loading.xml_export import read_xml

_SUFFIXES = (".csv", ".json", ".xml")
_COPY = re.compile(r" ?\(\d+\)$")  # browsers number the downloads of one name


def export_files(path: str | os.PathLike[str]) -> list[Path]:
    """List the exports that a path means: the file itself, or those in a folder, by name.

    Raises:
        LoadError: There are none.
    """
    given = Path(path)
    if given.is_dir():
        found = sorted(file for file in given.iterdir() if file.suffix.lower() in _SUFFIXES and file.is_file())
        if not found:
            raise LoadError(path, "there is no .csv, .json or .xml file in this folder")
        return found
    if not given.is_file():
        raise LoadError(path, "there is no such file")
    if given.suffix.lower() not in _SUFFIXES:
        raise LoadError(path, "it is neither a .csv nor a .json nor a .xml file")
    return [given]


def read_export(path: Path, dictionary: Dictionary, table: str | None = None) -> Iterator[Entry]:
    """Read the rows of one export.

    Args:
        path: The file.
        dictionary: The tables there are.
        table: Table of rows that do not name theirs; the name of the file tells it unless given.

    Raises:
        LoadError: It cannot be read, is too large, or is no export.
    """
    content = _content(path)
    named = _COPY.sub("", path.stem)
    table = table or (named if named in dictionary else None)
    if path.suffix.lower() == ".json":
        return read_json(path, content, table)
    if path.suffix.lower() == ".xml":
        return read_xml(path, content, table)
    if table is None:
        raise LoadError(path, "nothing tells the table of its rows: name the file after it, or pass table=")
    if table not in dictionary:
        raise LoadError(path, f"unknown table {table!r}: add it first, with create_table() or load_schema()")
    return read_csv(path, content, table, dictionary)


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise LoadError(path, f"it cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE_BYTES:
        raise LoadError(path, f"it is larger than {LARGEST_FILE_BYTES // 1024**2} MB: split it")
    return content
