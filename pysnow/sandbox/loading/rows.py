"""Writing the rows of exports: as they are, past all rules, because what happened on their instance has happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.instance.records import new_row
from pysnow.sandbox.instance.refusals import NotEmulated, Refusal
from pysnow.sandbox.loading.cells import cell_text, stored_cell
from pysnow.sandbox.loading.entries import Entry
from pysnow.sandbox.store.errors import StoreError

_CLASS, _SYS_ID = "sys_class_name", "sys_id"
_NOT_IN_ROWS = frozenset({Form.JOURNAL, Form.NOTHING})
_MARKERS = "__"  # JSONv2 adds __status and __error to each row


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading.

    Attributes:
        rows: Rows written or deleted, by table.
        ignored: Columns that the instance does not have, as ``table.column``: add them with ``load_schema``.
        unresolved: Names of records that are not there, as ``table.column: name``; these references are empty.
    """

    rows: Mapping[str, int]
    ignored: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()


class BadRow(ValueError):
    """A row that cannot be written."""


@dataclass(slots=True)
class RowLoader:
    """Writes the rows of exports into an instance. To be used inside one transaction, by one thread.

    Attributes:
        platform: The instance.
        reader: In whose zone and formats the dates of display values are read.
    """

    platform: Platform
    reader: Caller
    _rows: Counter[str] = field(default_factory=Counter)
    # Dicts keep the order of first sight, sets do not.
    _ignored: dict[str, None] = field(default_factory=dict)
    _unresolved: dict[str, None] = field(default_factory=dict)

    @property
    def loaded(self) -> Loaded:
        """What was done so far."""
        return Loaded(dict(self._rows), tuple(self._ignored), tuple(self._unresolved))

    def load(self, entries: Iterable[Entry]) -> None:
        """Write rows: those that are there already are changed, others added.

        A row is known by its ``sys_id``; one that says none, by the columns whose values are unique.

        Raises:
            BadRow: A row's table is unknown, or a value cannot be stored.
        """
        for entry in entries:
            try:
                self._write(entry)
            except (NotEmulated, Refusal, StoreError) as error:
                raise BadRow(f"{entry.place}: {error}") from error

    def _write(self, entry: Entry) -> None:
        dictionary, store = self.platform.dictionary, self.platform.store
        if entry.table not in dictionary:
            raise BadRow(
                f"{entry.place}: unknown table {entry.table!r}: add it first, with create_table() or load_schema()"
            )
        if dictionary.table(entry.table).is_view:
            raise BadRow(f"{entry.place}: {entry.table} is a view, which has no rows of its own")
        sys_id = cell_text(entry.values.get(_SYS_ID))[0]
        self._rows[entry.table] += 1
        if entry.is_deletion:
            store.delete(entry.table, sys_id)
            return
        table = self._class_of(entry)
        values = self._stored(entry, table)
        sys_id = sys_id or self._id_by_unique_value(table, values)
        if not (sys_id and store.update(table, sys_id, values)):
            now = self.platform.now()
            row = new_row(self.platform, table, values, self.reader, now)
            store.insert(table, {**row, _SYS_ID: sys_id or self.platform.new_id()})

    def _id_by_unique_value(self, table: str, values: Row) -> str:
        for element, column in self.platform.dictionary.columns(table).items():
            value = values.get(element)
            if column.unique and value:
                holders = self.platform.rows_where(table, same(element, value), columns=(_SYS_ID,), limit=1)
                return next((holder[_SYS_ID] or "" for holder in holders), "")
        return ""

    def _class_of(self, entry: Entry) -> str:
        """Give the table that a row really belongs to: the one it names, by name or label, if that is below its own."""
        named, _ = cell_text(entry.values.get(_CLASS))
        below = self.platform.dictionary.descendants(entry.table)
        if named in below:
            return named
        labels = {self.platform.dictionary.table(name).label: name for name in reversed(below)}
        return labels.get(named, entry.table)

    def _stored(self, entry: Entry, table: str) -> Row:
        columns = self.platform.dictionary.columns(table)
        values: Row = {}
        for name, cell in entry.values.items():
            column = columns.get(name)
            if column is None:
                if not name.startswith(_MARKERS) and "." not in name:
                    self._ignored[f"{table}.{name}"] = None
            elif name not in (_SYS_ID, _CLASS) and form_of(column.type) not in _NOT_IN_ROWS:
                values[name] = self._stored_cell(entry, table, column, cell)
        return values

    def _stored_cell(self, entry: Entry, table: str, column: Column, cell: object) -> str | None:
        text, is_display = cell_text(cell)
        is_display = is_display or entry.is_display
        stored = stored_cell(self.platform, table, column, text, self.reader, is_display=is_display)
        if text and stored is None and form_of(column.type) is Form.REFERENCE:
            self._unresolved[f"{table}.{column.element}: {text}"] = None
        return stored
