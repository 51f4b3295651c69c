"""XML exports: what the forms and lists of an instance give (``<xml>``, ``<unload>``), and answers of the Table API.

::

    <unload unload_date="2026-03-02 17:00:00">
      <incident action="INSERT_OR_UPDATE">
        <number>INC0010001</number>
        <caller_id display_value="Abel Tuter">62826bf03710200044e0bfc8bcbe5df1</caller_id>
      </incident>
    </unload>

A document type is refused before anything in it is read: no export has one, and entities serve to exhaust memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from pysnow.sandbox.loading.entries import Entry, LoadError

_ROW, _FIELD, _PART = 2, 3, 4
_DELETIONS = frozenset({"DELETE", "delete"})
_API_ROW = "result"


def read_xml(path: Path, content: bytes, table: str | None) -> Iterator[Entry]:
    """Read an XML export.

    Args:
        path: The file, for messages.
        content: Its bytes.
        table: Table of an answer of the Table API, which does not name any; None when nothing tells.

    Raises:
        LoadError: It is no such export.
    """
    reader = _Reader(path, table)
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise LoadError(path, f"it is not XML: {error}") from error
    except (LookupError, ValueError) as error:
        if isinstance(error, LoadError):
            raise
        raise LoadError(path, f"it is not XML that can be read: {error}") from error
    return iter(reader.entries)


class _Reader:
    """Gathers the rows of one document.

    Args:
        path: The file, for messages.
        table: Table of rows that do not name theirs.
    """

    def __init__(self, path: Path, table: str | None) -> None:
        self.entries: list[Entry] = []
        self._path = path
        self._table = table
        self._depth = 0
        self._values: dict[str, object] = {}
        self._parts: dict[str, object] = {}
        self._action = ""
        self._text: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _refuse_type(self, *_: object) -> None:
        raise LoadError(self._path, "it declares a document type, which no export does")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == _ROW:
            self._values, self._action = {}, attributes.get("action", "")
        elif self._depth == _FIELD:
            self._parts = {}
        elif self._depth > _PART:
            raise LoadError(self._path, f"line {self.parser.CurrentLineNumber}: <{name}> lies deeper than any field")
        self._text.clear()

    def _end(self, name: str) -> None:
        if self._depth == _PART:  # of a reference in an answer of the Table API: link and value
            self._parts[name] = "".join(self._text)
        elif self._depth == _FIELD:
            self._values[name] = self._parts or "".join(self._text)
        elif self._depth == _ROW:
            self._add_row(name)
        self._text.clear()
        self._depth -= 1

    def _add_row(self, name: str) -> None:
        table = self._table if name == _API_ROW else name
        if table is None:
            raise LoadError(self._path, "nothing tells the table of its rows: name the file after it, or pass table=")
        place = f"{table}, row {len(self.entries) + 1}"
        self.entries.append(Entry(table, self._values, place, is_deletion=self._action in _DELETIONS))
