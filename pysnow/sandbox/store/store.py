"""Rows of all tables, in SQLite: in memory or in a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import TypeAlias, cast

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.query.aggregation import Aggregation
from pysnow.sandbox.query.compiled import CompiledQuery, SqlValue
from pysnow.sandbox.store import grouping, schema, statements
from pysnow.sandbox.store.connections import Connections, translated
from pysnow.sandbox.store.errors import DuplicateKey, StoreError
from pysnow.sandbox.store.grouping import Group
from pysnow.sandbox.store.json_rows import JsonShape, checked_objects, json_rows
from pysnow.sandbox.store.remembered import Remembered
from pysnow.sandbox.store.rows import row_shape

Row: TypeAlias = "dict[str, str | None]"
Values: TypeAlias = "Mapping[str, str | None]"

_CLASS = "sys_class_name"
_BULK_ROWS = 20_000
"""From this many rows of one call on, indexes are built at the end; building them costs more than it saves before."""


class Store:
    """Rows of all tables of a dictionary.

    Values are texts or None for empty; ``""`` is kept as None. Booleans are ``"true"``/``"false"``, dates are UTC
    ``YYYY-MM-DD HH:MM:SS``, numbers plain digits. A table added to the dictionary later is usable at once. Threads may
    share it.

    Attributes:
        dictionary: The tables.
        remembered: Keeps what is worked out from the tables, until they change.
    """

    def __init__(
        self, dictionary: Dictionary, path: str | Path | None = None, *, template: Store | None = None
    ) -> None:
        """Open the store.

        Args:
            dictionary: The tables.
            path: File to keep the rows in, created when missing; None keeps them in memory.
            template: Store with the same tables, whose content replaces what is there. Much cheaper than to fill a new
                one.

        Raises:
            SchemaMismatch: the file was written by another version, or for columns of other types.
            StoreError: the file cannot be opened, is no database, or is that of another program.
        """
        self.dictionary = dictionary
        self._connections = Connections(path)
        self._revision = -1
        self.remembered = Remembered(dictionary)
        try:
            self._prepare(template, path)
        except BaseException:
            self._connections.close()
            raise

    def _prepare(self, template: Store | None, path: str | Path | None) -> None:
        if template is not None:
            self._fill_from(template)
            # What was copied follows this revision already; to look costs more than to copy.
            self._revision = template._revision
        with translated(path):
            with self._connections.transaction() as connection:
                schema.prepare(connection)
            self._follow()

    # -- writing --------------------------------------------------------------------------------------------------

    def insert(self, table: str, values: Values) -> None:
        """Add a row.

        Args:
            table: Its class, unless ``sys_class_name`` names a sub-class of it.
            values: The row; ``sys_id`` must be among them.

        Raises:
            DuplicateKey: the ``sys_id``, or the value of a unique column, is taken.
            StoreError: there is no ``sys_id``.
            UnknownColumn: the table lacks a column.
            UnknownTable: the dictionary lacks the table.
        """
        self.insert_many(table, (values,))

    def insert_many(self, table: str, rows: Iterable[Values]) -> int:
        """Add many rows, all or none, and give their number. Fastest when neighbours have the same columns.

        Args:
            table: Their class, unless ``sys_class_name`` of a row names a sub-class of it.
            rows: The rows; each has a ``sys_id``. They are read as they are written.

        Raises:
            DuplicateKey: a ``sys_id``, or the value of a unique column, is taken.
            StoreError: a row has no ``sys_id``.
            UnknownColumn: the table lacks a column.
            UnknownTable: the dictionary lacks the table.
        """
        self._follow()
        waiting = iter(rows)
        with self._writing(table) as connection:
            count = self._insert(connection, table, islice(waiting, _BULK_ROWS))
            if count == _BULK_ROWS:
                with schema.without_indexes(connection, self.dictionary.root(table)):
                    count += self._insert(connection, table, waiting)
        return count

    def update(self, table: str, sys_id: str, values: Values) -> bool:
        """Change columns of a row, and tell whether there is such a row in the table or below it.

        Naming another class of the hierarchy in ``sys_class_name`` moves the row; columns that the new class lacks
        become empty. Any other class name is passed over.

        Raises:
            DuplicateKey: the value of a unique column is taken.
            UnknownColumn: the table lacks a column.
            UnknownTable: the dictionary lacks the table.
        """
        self._follow()
        dictionary, moved_to = self.dictionary, values.get(_CLASS)
        if _CLASS in values and moved_to not in dictionary.descendants(dictionary.root(table)):
            values, moved_to = {element: values[element] for element in values if element != _CLASS}, None
        shape = self.remembered(row_shape, dictionary, table, tuple(values))
        with self._writing(table) as connection:
            changed = statements.update(dictionary, table, shape, shape.encode(values), sys_id)
            is_found = connection.execute(*changed).rowcount > 0
            if is_found and moved_to:
                connection.execute(*statements.clear_foreign(dictionary, moved_to, sys_id))
        return is_found

    def delete(self, table: str, sys_id: str) -> bool:
        """Remove a row, and tell whether there was one in the table or below it.

        Raises:
            UnknownTable: the dictionary lacks the table.
        """
        self._follow()
        sql, params = statements.delete(self.dictionary, table, sys_id)
        with self._writing(table) as connection:
            return connection.execute(sql, params).rowcount > 0

    def transaction(self) -> AbstractContextManager[object]:
        """Run a block all or nothing; a block within a block undoes only itself. Other writers wait."""
        return self._connections.transaction()

    # -- reading --------------------------------------------------------------------------------------------------

    def get(self, table: str, sys_id: str) -> Row | None:
        """Give a row with all columns visible at a table; None when no row of the table or below it has that id.

        Raises:
            UnknownTable: the dictionary lacks the table.
        """
        return next(self.get_many(table, (sys_id,)), None)

    def get_many(self, table: str, sys_ids: Iterable[str], *, columns: Sequence[str] | None = None) -> Iterator[Row]:
        """Give the rows with certain ids, in ascending order of ``sys_id``; ids without a row are passed over.

        Args:
            table: Table to look in.
            sys_ids: The ids, any number.
            columns: As for ``select``.

        Raises:
            UnknownTable: the dictionary lacks the table.
        """
        return self.select(table, statements.by_sys_ids(table, sys_ids), columns=columns)

    def select(
        self,
        table: str,
        query: CompiledQuery | None = None,
        *,
        columns: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Iterator[Row]:
        """Give the rows that match.

        They are read from the database at once and turned into dicts one by one, so that rows may be changed meanwhile.
        Order: what the query asks for, then ascending ``sys_id`` (an instance does not promise the latter).

        Args:
            table: Table to look in; rows of sub-classes are found, with the columns of this table.
            query: What must hold, compiled for the same table; None matches all.
            columns: Names or dotted paths to give, each under the name asked for; unknown ones are left out. None
                gives every column visible at the table.
            limit: Most rows to give; None for no limit.
            offset: Matching rows to skip first.

        Raises:
            UnknownTable: the dictionary lacks the table.
            ValueError: ``limit`` or ``offset`` is negative, or the query was compiled for another table.
        """
        self._follow()
        query = statements.checked(table, query)
        wanted = None if columns is None else tuple(columns)
        shown = self.remembered(
            statements.columns_shown, self.dictionary, table, wanted, (*query.joins, *query.order_joins)
        )
        statement = statements.select(self.dictionary, query, shown, limit=limit, offset=offset)
        found = self._fetch(statement.sql, statement.params)
        names = statement.names
        return (dict(zip(names, row, strict=False)) for row in found)

    def select_json(
        self, shape: JsonShape, query: CompiledQuery | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[bytes] | None:
        """Give the rows that match as JSON objects, printed by SQLite while other threads go on.

        Args:
            shape: What the objects show, of which table.
            query: As for ``select``; so are the others, and the order.
            limit: Most rows to give.
            offset: Matching rows to skip first.

        Returns:
            The text of each object, in UTF-8; None where SQLite cannot print them all: a reference holds something else
            than a plain key, or a path is beyond what it can join.

        Raises:
            UnknownTable: the dictionary lacks the table.
            ValueError: ``limit`` or ``offset`` is negative, or the query was compiled for another table.
        """
        self._follow()
        query = statements.checked(shape.table, query)
        shown = self.remembered(json_rows, self.dictionary, shape, (*query.joins, *query.order_joins))
        if shown is None:
            return None
        rows = statements.select(self.dictionary, query, shown, limit=limit, offset=offset)
        return checked_objects(cast("list[tuple[bytes, bytes | None]]", self._fetch(rows.sql, rows.params)))

    def count(self, table: str, query: CompiledQuery | None = None) -> int:
        """Count the rows that match.

        Raises:
            UnknownTable: the dictionary lacks the table.
            ValueError: the query was compiled for another table.
        """
        self._follow()
        counted = statements.count(self.dictionary, table, query)
        return int(str(self._fetch(counted.sql, counted.params)[0][0]))

    def aggregate(self, table: str, query: CompiledQuery | None, aggregation: Aggregation) -> list[Group]:
        """Work out counts, sums, averages and extremes of the rows that match, by group.

        Args:
            table: Table to look in; rows of sub-classes count.
            query: What must hold, compiled for the same table; None matches all. Its order means nothing here.
            aggregation: What to work out; without grouping columns there is one group, of all rows.

        Raises:
            UnknownColumn: a column to group by or to work on does not exist.
            UnknownTable: the dictionary lacks the table.
            ValueError: the query was compiled for another table.
        """
        self._follow()
        statement = grouping.aggregate(self.dictionary, table, query, aggregation)
        return grouping.groups_of(aggregation, self._fetch(statement.sql, statement.params))

    # -- the store itself -----------------------------------------------------------------------------------------

    def get_meta(self, name: str) -> str | None:
        """Give a note kept beside the rows, such as what they were seeded with; None when there is none."""
        found = self._fetch("SELECT value FROM _meta WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def set_meta(self, name: str, value: str) -> None:
        """Keep a note beside the rows."""
        with self._connections.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO _meta VALUES (?, ?)", (name, value))

    def copy(self, path: str | Path | None = None) -> Store:
        """Give an independent store with the same tables and rows, in memory or in a file."""
        return Store(self.dictionary.copy(), path, template=self)

    def close(self) -> None:
        """Give the database back; a memory store forgets its rows."""
        self._connections.close()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _fill_from(self, template: Store) -> None:
        with template._connections.reading() as source, self._connections.reading() as target:
            source.backup(target)

    def _follow(self) -> None:
        if self._revision == self.dictionary.revision:
            return
        with self._connections.transaction() as connection:
            revision = self.dictionary.revision
            schema.follow(connection, self.dictionary)
            self._revision = revision

    def _insert(self, connection: sqlite3.Connection, table: str, rows: Iterable[Values]) -> int:
        classes = frozenset(self.dictionary.descendants(table))
        count = 0
        for (name, elements), group in groupby(rows, partial(_class_and_columns, table, classes)):
            stored = tuple(element for element in elements if element != _CLASS)
            shape = self.remembered(row_shape, self.dictionary, name, stored)
            sql = statements.insert(self.dictionary, name, shape)
            count += connection.executemany(sql, ((*shape.encode(row), name) for row in group)).rowcount
        return count

    @contextmanager
    def _writing(self, table: str) -> Iterator[sqlite3.Connection]:
        try:
            with self._connections.transaction() as connection:
                yield connection
        except sqlite3.IntegrityError as error:
            if "NOT NULL" in str(error):
                raise StoreError(f"a row of table {table!r} has no sys_id: give it one") from error
            raise DuplicateKey(table, str(error)) from error

    def _fetch(self, sql: str, params: tuple[SqlValue, ...]) -> list[tuple[str | None, ...]]:
        with self._connections.reading() as connection, closing(connection.execute(sql, params)) as cursor:
            return cursor.fetchall()


def _class_and_columns(table: str, classes: frozenset[str], values: Values) -> tuple[str, tuple[str, ...]]:
    """Tell the class of a new row and its columns; a class that is not below the table counts as the table itself."""
    named = values.get(_CLASS)
    return (named if named in classes else table, tuple(values))
