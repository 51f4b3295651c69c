"""Connections to SQLite, for a server with many threads.

A memory database lives in its one connection, so threads take turns. A file has a pool: readers run side by side (WAL),
writers take turns. Inside a transaction a thread keeps its connection, so that it reads what it wrote.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pysnow.sandbox.query.functions import register
from pysnow.sandbox.store.errors import StoreError

_BUSY_TIMEOUT_SECONDS = 60.0
_CACHE_SIZE_KIB = 64 * 1024
_MAP_SIZE_BYTES = 1 << 30

MARK_TABLE = "_meta"
"""The table by which a file is known as a store's."""


class Connections:
    """Hands out connections and runs transactions. Threads may share it."""

    def __init__(self, path: str | Path | None) -> None:
        """Open the database.

        Args:
            path: File, created when missing; None for a database in memory.

        Raises:
            StoreError: the file cannot be opened, is no database, or is that of another program.
        """
        self._path = path
        self._write_lock = threading.RLock()
        self._pool_lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = [self._open()]
        self._closed = False
        self._held = threading.local()
        # A store that is merely forgotten closes its connections too.
        weakref.finalize(self, _close_all, self._idle)

    @property
    def is_memory(self) -> bool:
        """Whether the database lives in memory."""
        return self._path is None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to read with; within a transaction of this thread, the transaction's own."""
        held = self._own()
        if held is not None:
            yield held
        elif self.is_memory:
            with self._write_lock:
                self._check_open()
                yield self._idle[0]
        else:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block all or nothing; a block within a block is a savepoint. Other writers wait."""
        held = self._own()
        if held is not None:
            with self._savepoint(held):
                yield held
            return
        with self._write_lock, self.reading() as connection, self._begun(connection):
            self._held.connection, self._held.depth = connection, 0
            try:
                yield connection
            finally:
                self._held.connection = None

    def close(self) -> None:
        """Close every connection that is not in use; those in use are closed as they come back."""
        with self._write_lock, self._pool_lock:
            self._closed = True
            _close_all(self._idle)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed: open another one")

    def _own(self) -> sqlite3.Connection | None:
        held: sqlite3.Connection | None = getattr(self._held, "connection", None)
        return held

    @contextmanager
    def _savepoint(self, connection: sqlite3.Connection) -> Iterator[None]:
        self._held.depth += 1
        name = f"s{self._held.depth}"
        connection.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            connection.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            connection.execute(f"RELEASE {name}")
            self._held.depth -= 1

    @contextmanager
    def _begun(self, connection: sqlite3.Connection) -> Iterator[None]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # SQLite itself rolls back on a full disk, among others.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _take(self) -> sqlite3.Connection:
        with self._pool_lock:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return self._open()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pool_lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _open(self) -> sqlite3.Connection:
        with translated(self._path):
            # The pool moves connections between threads, one at a time; transactions are begun by hand.
            connection = sqlite3.connect(
                ":memory:" if self._path is None else self._path,
                timeout=_BUSY_TIMEOUT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            try:
                self._set_up(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _set_up(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = OFF")
        # Sorting takes as much memory as the cache may have, in a memory database too.
        connection.execute(f"PRAGMA cache_size = -{_CACHE_SIZE_KIB}")
        if self._path is not None:
            # Looked at first: the journal mode stays in the file, and another program's is none of our business.
            _refuse_foreign(connection, self._path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA mmap_size = {_MAP_SIZE_BYTES}")
        register(connection)


@contextmanager
def translated(path: str | Path | None) -> Iterator[None]:
    """Turn what SQLite raises while a database is opened into a ``StoreError`` that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"cannot open {path or 'a database in memory'}: {error}; give another file") from error


def _refuse_foreign(connection: sqlite3.Connection, path: str | Path) -> None:
    """Refuse a database that has tables, but not ours."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if names and MARK_TABLE not in names:
        raise StoreError(f"{path} is the database of another program: give another file")


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()
