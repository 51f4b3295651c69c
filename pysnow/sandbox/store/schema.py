"""SQL tables and indexes that follow the dictionary.

One SQL table per root of a hierarchy. Text ignores the case of ASCII letters, as the collation of an instance does.
Invariants: statements only ever add; every name in them comes from the dictionary, which checked it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.physical import PhysicalColumn
from pysnow.sandbox.dictionary.types import Kind
from pysnow.sandbox.store.errors import SchemaMismatch

SCHEMA_VERSION = "2"
"""Grows when the way rows are laid out changes; a file of another version is refused."""

# A leading underscore keeps it apart from the dictionary's tables, whose names begin with a letter.
_NOTES = 'CREATE TABLE IF NOT EXISTS "_meta" ("name" TEXT PRIMARY KEY, "value" TEXT)'
_SQL_TYPES = {
    Kind.INTEGER: "INTEGER",
    # NUMERIC keeps 12.0 as the integer 12, so that casting to text gives the shortest form.
    Kind.DECIMAL: "NUMERIC",
    Kind.BOOLEAN: "INTEGER",
    Kind.DATE: "TEXT",
    Kind.DATE_TIME: "TEXT",
    Kind.TIME: "TEXT",
    Kind.DURATION: "TEXT",
}
_NOCASE_TEXT = "TEXT COLLATE NOCASE"

# Found by other means than sys_id all the time: by number, by user name, journals and attachments by their record.
_INDEXED = frozenset({"number", "user_name", "element_id", "table_sys_id", "documentkey", "document_id"})
# References that people filter and join by; indexes on all sixty of a task would halve the speed of filling it.
_INDEXED_REFERENCES = frozenset(
    {"assigned_to", "assignment_group", "caller_id", "cmdb_ci", "task", "sysapproval", "approver"}
    | {"user", "group", "role", "manager", "child", "sla", "sys_attachment"}
)
# Read in their own order with sys_id for a tie, and counted by class: all three columns answer from the index alone.
_ORDERED = {
    "sys_class_name": ("sys_class_name", "sys_id"),
    "sys_updated_on": ("sys_updated_on", "sys_id", "sys_class_name"),
    "sys_created_on": ("sys_created_on", "sys_id", "sys_class_name"),
}

# What the planner believes: a table of a million rows, and how many of them share a value. Fixed figures make it choose
# the same way for a small and a large table; measured ones would need ANALYZE after each change.
_ROWS = 1_000_000
_ROWS_PER_VALUE = {"sys_class_name": 200_000, "sys_updated_on": 20, "sys_created_on": 20}
_ROWS_PER_REFERENCE = 1_000
_ROWS_PER_NAME = 2

# A unique index stays: it is what finds the duplicate.
_SECONDARY_INDEXES = """
SELECT m.name, m.sql, s.stat FROM sqlite_schema AS m JOIN sqlite_stat1 AS s ON s.idx = m.name
WHERE m.type = 'index' AND m.tbl_name = ? AND m.sql LIKE 'CREATE INDEX%'
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the store's own table, and check that a file was written by this version.

    Raises:
        SchemaMismatch: another version wrote it.
    """
    connection.execute(_NOTES)
    connection.execute("INSERT OR IGNORE INTO _meta VALUES ('schema_version', ?)", (SCHEMA_VERSION,))
    (found,) = connection.execute("SELECT value FROM _meta WHERE name = 'schema_version'").fetchone()
    if found != SCHEMA_VERSION:
        raise SchemaMismatch(f"the store has layout {found}, this program reads {SCHEMA_VERSION}: start a new file")


def follow(connection: sqlite3.Connection, dictionary: Dictionary) -> None:
    """Add the SQL tables, columns and indexes that the dictionary asks for and the database lacks.

    Raises:
        SchemaMismatch: a column exists with another type.
    """
    present = _present_columns(connection)
    statistics: list[tuple[str, str, str]] = []
    for root in (name for name in dictionary.names() if dictionary.parent(name) is None):
        _follow_table(connection, dictionary, root, present.get(root, {}), statistics)
    if statistics:
        _tell_planner(connection, statistics)


@contextmanager
def without_indexes(connection: sqlite3.Connection, root: str) -> Iterator[None]:
    """Take the secondary indexes of a table away while a block fills it, and build them anew afterwards.

    To sort a million keys once costs a fraction of a million insertions. Must run in a transaction: a block that fails
    leaves the indexes to its rollback.
    """
    indexes = connection.execute(_SECONDARY_INDEXES, (root,)).fetchall()
    # One without entries yet is of a column that few rows set: keeping it costs less than a scan of the whole table.
    indexes = [index for index in indexes if _has_entries(connection, root, index[0])]
    for name, _, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    for _, sql, _ in indexes:
        connection.execute(sql)
    _tell_planner(connection, [(root, name, statistic) for name, _, statistic in indexes])


def _has_entries(connection: sqlite3.Connection, root: str, index: str) -> bool:
    column = index.removeprefix(f"{root}.")
    found = connection.execute(f'SELECT 1 FROM "{root}" WHERE "{column}" IS NOT NULL LIMIT 1').fetchone()
    return found is not None


def _present_columns(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    rows = connection.execute(
        "SELECT m.name, c.name, c.type FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table'"
    )
    present: dict[str, dict[str, str]] = {}
    for table, column, declared in rows:
        present.setdefault(table, {})[column.lower()] = declared
    return present


def _follow_table(
    connection: sqlite3.Connection,
    dictionary: Dictionary,
    root: str,
    present: dict[str, str],
    statistics: list[tuple[str, str, str]],
) -> None:
    columns = dictionary.physical_columns(root)
    missing = [column for column in columns if column.name.lower() not in present]
    _check_types(root, columns, present)
    if not present:
        connection.execute(f'CREATE TABLE "{root}" ({", ".join(map(_definition, columns))})')
        statistics.append((root, f"sqlite_autoindex_{root}_1", f"{_ROWS} 1"))
    for column in missing if present else ():
        connection.execute(f'ALTER TABLE "{root}" ADD COLUMN {_definition(column)}')
    wanted = _INDEXED | _INDEXED_REFERENCES | _display_columns(dictionary, root) | _inner_references(dictionary, root)
    of_all = {place.name for element in dictionary.columns(root) if (place := dictionary.physical(root, element))}
    for column in missing:
        is_of_all = column.name in of_all
        _add_index(connection, root, column, statistics, is_wanted=column.name in wanted, is_of_all=is_of_all)


def _definition(column: PhysicalColumn) -> str:
    key = " NOT NULL PRIMARY KEY" if column.name == "sys_id" else ""
    return f'"{column.name}" {_SQL_TYPES.get(column.kind, _NOCASE_TEXT)}{key}'


def _check_types(root: str, columns: list[PhysicalColumn], present: dict[str, str]) -> None:
    for column in columns:
        wanted = _SQL_TYPES.get(column.kind, "TEXT")
        found = present.get(column.name.lower(), wanted)
        if found != wanted:
            raise SchemaMismatch(f"column {root}.{column.name} is stored as {found}, not {wanted}: start a new file")


def _display_columns(dictionary: Dictionary, root: str) -> set[str]:
    found = set()
    for table in dictionary.descendants(root):
        element = dictionary.display_column(table)
        physical = dictionary.physical(table, element) if element else None
        if physical:
            found.add(physical.name)
    return found


def _inner_references(dictionary: Dictionary, root: str) -> set[str]:
    """Name the columns that point into their own hierarchy: trees are walked, and deleting a row looks for them."""
    found = set()
    for table in dictionary.descendants(root):
        for element, column in dictionary.columns(table).items():
            physical = dictionary.physical(table, element)
            target = column.reference
            if (
                physical
                and physical.kind is Kind.REFERENCE
                and target in dictionary
                and dictionary.root(target) == root
            ):
                found.add(physical.name)
    return found


def _add_index(
    connection: sqlite3.Connection,
    root: str,
    column: PhysicalColumn,
    statistics: list[tuple[str, str, str]],
    *,
    is_wanted: bool,
    is_of_all: bool,
) -> None:
    name = f"{root}.{column.name}"
    key: tuple[str, ...] = (column.name,)
    unique, partly, per_value = "", "", _ROWS_PER_NAME
    if column.name == "sys_id":
        return
    if column.name in _ORDERED:
        key, per_value = _ORDERED[column.name], _ROWS_PER_VALUE[column.name]
    elif column.unique:
        unique, per_value = "UNIQUE ", 1
    elif not is_wanted:
        return
    elif column.kind is Kind.REFERENCE:
        # Most references are unset in most rows, which then cost next to nothing.
        partly, per_value = f' WHERE "{column.name}" IS NOT NULL', _ROWS_PER_REFERENCE
    elif not is_of_all:
        # So is a column of some classes in the rows of all the others: application files have dozens of names.
        partly = f' WHERE "{column.name}" IS NOT NULL'
    columns = ", ".join(f'"{part}"' for part in key)
    connection.execute(f'CREATE {unique}INDEX "{name}" ON "{root}" ({columns}){partly}')
    figures = (_ROWS, per_value, *(1 for _ in key[1:]))
    statistics.append((root, name, " ".join(map(str, figures))))


def _tell_planner(connection: sqlite3.Connection, statistics: list[tuple[str, str, str]]) -> None:
    # ANALYZE of the schema alone creates the statistics table, and later loads what was written into it.
    connection.execute("ANALYZE sqlite_schema")
    connection.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", statistics)
    connection.execute("ANALYZE sqlite_schema")
