"""JSON exports: answers of the Table API, its lists of old (``JSONv2``), or rows by table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pysnow.sandbox.loading.entries import Entry, LoadError

_LISTS = ("result", "records")


def read_json(path: Path, content: bytes, table: str | None) -> Iterator[Entry]:
    """Read a JSON export.

    Args:
        path: The file, for messages.
        content: Its bytes.
        table: Table of a document that does not name any; None when nothing tells.

    Raises:
        LoadError: It is no such export.
    """
    for name, rows in _by_table(path, _parsed(path, content), table).items():
        for position, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
            if not isinstance(row, dict):
                raise LoadError(path, f"{name}, row {position} is no object of fields")
            yield Entry(name, row, f"{name}, row {position}")


def _parsed(path: Path, content: bytes) -> object:
    try:
        # Digits stay as they are: what is stored are texts.
        return json.loads(content.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise LoadError(path, "it is not UTF-8") from error
    except RecursionError as error:
        raise LoadError(path, "it nests too deeply") from error
    except ValueError as error:
        raise LoadError(path, f"it is not JSON: {error}") from error


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON value")


def _by_table(path: Path, document: object, table: str | None) -> dict[str, object]:
    if isinstance(document, dict):
        listed = next((document[key] for key in _LISTS if isinstance(document.get(key), list | dict)), None)
        if listed is None and document and all(isinstance(rows, list) for rows in document.values()):
            return document
        document = listed
    if not isinstance(document, list | dict):
        raise LoadError(
            path, "it is neither an answer of the Table API ({'result': [...]}) nor rows by table ({'incident': [...]})"
        )
    if table is None:
        raise LoadError(path, "nothing tells the table of its rows: name the file after it, or pass table=")
    return {table: document}
