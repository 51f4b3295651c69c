"""Which tables are audited: those whose own entry in ``sys_dictionary`` says so."""

from __future__ import annotations

from collections.abc import Iterator

from pysnow.sandbox.store import Store

DICTIONARY_TABLE = "sys_dictionary"

_COLUMNS = ("name", "element", "audit")


class AuditedTables:
    """Answers whether a table is audited, for one store. Threads may share it.

    What it read is kept until ``forget``: every update asks.
    """

    def __init__(self, store: Store) -> None:
        """Read nothing yet.

        Args:
            store: Where the dictionary's rows are kept.
        """
        self._store = store
        self._kept: frozenset[str] | None = None

    def forget(self) -> None:
        """Read everything anew when it is needed next; to be called within the transaction that changes it."""
        self._kept = None

    def holds(self, table: str) -> bool:
        """Tell whether changes of a table's records are kept in ``sys_audit``."""
        kept = self._kept
        if kept is None:
            # As a writer: whoever is changing entries right now has told us to forget, but has not committed yet.
            with self._store.transaction():
                kept = self._kept = frozenset(self._read())
        return table in kept

    def _read(self) -> Iterator[str]:
        if DICTIONARY_TABLE not in self._store.dictionary:
            return
        for row in self._store.select(DICTIONARY_TABLE, columns=_COLUMNS):
            if row.get("audit") == "true" and not row.get("element"):
                yield row.get("name") or ""
